"""What made a reply: all that repeats it exactly."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fusebox_client.enumerators import enum_name
from fusebox_client.wire import common_pb2 as common


@dataclass(frozen=True)
class Share:
    """One adapter of a mix."""

    name: str
    #: SHA-256 of the adapter.
    adapter: bytes
    #: A multiple of 1/1024.
    weight: float


@dataclass(frozen=True)
class Segment:
    """From this token of the reply on, these adapters governed; none: the base alone."""

    from_token: int
    #: "requested", "routed", "abstained" or "no_router".
    reason: str
    mix: tuple[Share, ...]
    #: SHA-256 of a table of coefficients, empty where there is none.
    coefficients: bytes


@dataclass(frozen=True)
class Sampling:
    """How tokens were drawn."""

    temperature: float
    top_k: int
    top_p: float
    min_p: float
    repetition_penalty: float
    presence_penalty: float
    frequency_penalty: float


@dataclass(frozen=True)
class Limits:
    """What ended the reply at the latest."""

    max_tokens: int
    stop: tuple[str, ...]
    #: The prompt was scored, and that was all.
    no_reply: bool = False
    #: The reply went on past the model's ends of text.
    ignore_eos: bool = False


@dataclass(frozen=True)
class Provenance:
    """All that is needed to repeat a finished part exactly; digests are SHA-256."""

    base: bytes
    #: The execution type; with a cache type other than usual such as "q8_0/q8_0".
    type: str
    #: The kernel set.
    kernels: str
    #: Empty where there was none.
    router: bytes
    #: "keep", "recompute" or "pin".
    kv_rule: str
    seed: int
    segments: tuple[Segment, ...]
    prompt_tokens: tuple[int, ...]
    tokens: tuple[int, ...]
    sampling: Sampling
    limits: Limits
    warnings: tuple[str, ...]


def provenance(message: common.Provenance) -> Provenance:
    sampling, limits = message.sampling, message.limits
    return Provenance(
        base=message.base,
        type=message.type,
        kernels=message.kernels,
        router=message.router,
        kv_rule=enum_name(common.KVRule, message.kv_rule, "KV_RULE_"),
        seed=message.seed,
        segments=tuple(_segment(segment) for segment in message.segments),
        prompt_tokens=tuple(message.prompt_tokens),
        tokens=tuple(message.tokens),
        sampling=Sampling(
            temperature=sampling.temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
            repetition_penalty=sampling.repetition_penalty,
            presence_penalty=sampling.presence_penalty,
            frequency_penalty=sampling.frequency_penalty,
        ),
        limits=Limits(limits.max_tokens, tuple(limits.stop), limits.no_reply, limits.ignore_eos),
        warnings=tuple(message.warnings),
    )


def provenance_document(provenance: Provenance) -> dict[str, Any]:
    """As a JSON document, which `fusebox replay` reads.

    Digests are hexadecimal, None where there is none; the seed is a string, because readers of
    JSON round large numbers.
    """
    document: dict[str, Any] = _plain(asdict(provenance))
    document["seed"] = str(provenance.seed)
    return document


def _segment(segment: common.Segment) -> Segment:
    return Segment(
        from_token=segment.from_token,
        reason=enum_name(common.Reason, segment.reason, "REASON_"),
        mix=tuple(
            Share(share.name, share.adapter, share.weight / 1024) for share in segment.mix.shares
        ),
        coefficients=segment.mix.coefficients,
    )


def _plain(value: Any) -> Any:
    """With what JSON lacks as what it has."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex() or None
    return value
