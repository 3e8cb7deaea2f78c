"""A reply's provenance as a JSON document, which `fusebox replay` reads."""

from __future__ import annotations

from typing import Any

from fusebox_client.reply import enum_name
from fusebox_client.wire import common_pb2 as common


def provenance_document(provenance: common.Provenance) -> dict[str, Any]:
    """Digests are hexadecimal, None where there is none; weights are exact in 1/1024."""
    sampling, limits = provenance.sampling, provenance.limits
    return {
        "base": _digest(provenance.base),
        "type": provenance.type,
        "kernels": provenance.kernels,
        "router": _digest(provenance.router),
        "kv_rule": enum_name(common.KVRule, provenance.kv_rule, "KV_RULE_"),
        # A string, because readers of JSON round large numbers.
        "seed": str(provenance.seed),
        "segments": [_segment(segment) for segment in provenance.segments],
        "prompt_tokens": list(provenance.prompt_tokens),
        "tokens": list(provenance.tokens),
        "sampling": {
            "temperature": sampling.temperature,
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "min_p": sampling.min_p,
            "repetition_penalty": sampling.repetition_penalty,
            "presence_penalty": sampling.presence_penalty,
            "frequency_penalty": sampling.frequency_penalty,
        },
        "limits": {"max_tokens": limits.max_tokens, "stop": list(limits.stop)},
        "warnings": list(provenance.warnings),
    }


def _segment(segment: common.Segment) -> dict[str, Any]:
    return {
        "from_token": segment.from_token,
        "reason": enum_name(common.Reason, segment.reason, "REASON_"),
        "mix": [
            {"name": share.name, "adapter": share.adapter.hex(), "weight": share.weight / 1024}
            for share in segment.mix.shares
        ],
        "coefficients": _digest(segment.mix.coefficients),
    }


def _digest(value: bytes) -> str | None:
    return value.hex() or None
