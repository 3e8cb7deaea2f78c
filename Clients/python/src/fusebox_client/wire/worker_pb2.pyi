from fusebox_client.wire import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdapterResidency(_message.Message):
    __slots__ = ["adapter", "evictions", "load_ms", "loads", "resident", "uses"]
    ADAPTER_FIELD_NUMBER: _ClassVar[int]
    EVICTIONS_FIELD_NUMBER: _ClassVar[int]
    LOADS_FIELD_NUMBER: _ClassVar[int]
    LOAD_MS_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_FIELD_NUMBER: _ClassVar[int]
    USES_FIELD_NUMBER: _ClassVar[int]
    adapter: bytes
    evictions: int
    load_ms: float
    loads: int
    resident: bool
    uses: int
    def __init__(self, adapter: _Optional[bytes] = ..., resident: bool = ..., loads: _Optional[int] = ..., evictions: _Optional[int] = ..., uses: _Optional[int] = ..., load_ms: _Optional[float] = ...) -> None: ...

class Dispatch(_message.Message):
    __slots__ = ["allowed_adapters", "edition", "emitted", "emitted_text_bytes", "encode_only", "epoch", "gain", "kv_rule", "limits", "no_special_tokens", "part", "prompt", "prompt_scored", "request", "reroute", "routed_text", "router", "sampling", "scores", "segments", "weighting"]
    ALLOWED_ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    EMITTED_FIELD_NUMBER: _ClassVar[int]
    EMITTED_TEXT_BYTES_FIELD_NUMBER: _ClassVar[int]
    ENCODE_ONLY_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    GAIN_FIELD_NUMBER: _ClassVar[int]
    KV_RULE_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    NO_SPECIAL_TOKENS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_SCORED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    REROUTE_FIELD_NUMBER: _ClassVar[int]
    ROUTED_TEXT_FIELD_NUMBER: _ClassVar[int]
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    WEIGHTING_FIELD_NUMBER: _ClassVar[int]
    allowed_adapters: _containers.RepeatedScalarFieldContainer[bytes]
    edition: bytes
    emitted: _containers.RepeatedScalarFieldContainer[int]
    emitted_text_bytes: int
    encode_only: bool
    epoch: int
    gain: float
    kv_rule: _common_pb2.KVRule
    limits: _common_pb2.Limits
    no_special_tokens: bool
    part: int
    prompt: _common_pb2.Prompt
    prompt_scored: int
    request: bytes
    reroute: bool
    routed_text: str
    router: bytes
    sampling: _common_pb2.Sampling
    scores: _common_pb2.ScoresWanted
    segments: _containers.RepeatedCompositeFieldContainer[_common_pb2.Segment]
    weighting: _common_pb2.Weighting
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., epoch: _Optional[int] = ..., prompt: _Optional[_Union[_common_pb2.Prompt, _Mapping]] = ..., routed_text: _Optional[str] = ..., sampling: _Optional[_Union[_common_pb2.Sampling, _Mapping]] = ..., limits: _Optional[_Union[_common_pb2.Limits, _Mapping]] = ..., kv_rule: _Optional[_Union[_common_pb2.KVRule, str]] = ..., segments: _Optional[_Iterable[_Union[_common_pb2.Segment, _Mapping]]] = ..., emitted: _Optional[_Iterable[int]] = ..., emitted_text_bytes: _Optional[int] = ..., reroute: bool = ..., weighting: _Optional[_Union[_common_pb2.Weighting, str]] = ..., gain: _Optional[float] = ..., router: _Optional[bytes] = ..., allowed_adapters: _Optional[_Iterable[bytes]] = ..., scores: _Optional[_Union[_common_pb2.ScoresWanted, _Mapping]] = ..., prompt_scored: _Optional[int] = ..., encode_only: bool = ..., no_special_tokens: bool = ..., edition: _Optional[bytes] = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class DropEdition(_message.Message):
    __slots__ = ["edition"]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    edition: bytes
    def __init__(self, edition: _Optional[bytes] = ...) -> None: ...

class Edition(_message.Message):
    __slots__ = ["adapters", "edition", "offer", "router", "routers", "store"]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    ROUTERS_FIELD_NUMBER: _ClassVar[int]
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    STORE_FIELD_NUMBER: _ClassVar[int]
    adapters: _containers.RepeatedCompositeFieldContainer[EditionAdapter]
    edition: bytes
    offer: int
    router: bytes
    routers: str
    store: str
    def __init__(self, edition: _Optional[bytes] = ..., adapters: _Optional[_Iterable[_Union[EditionAdapter, _Mapping]]] = ..., store: _Optional[str] = ..., router: _Optional[bytes] = ..., routers: _Optional[str] = ..., offer: _Optional[int] = ...) -> None: ...

class EditionAdapter(_message.Message):
    __slots__ = ["digest", "name"]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    name: str
    def __init__(self, name: _Optional[str] = ..., digest: _Optional[bytes] = ...) -> None: ...

class EditionHeld(_message.Message):
    __slots__ = ["adapters", "edition", "offer", "refused"]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    EDITION_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    adapters: _containers.RepeatedCompositeFieldContainer[ResidentAdapter]
    edition: bytes
    offer: int
    refused: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedAdapter]
    def __init__(self, edition: _Optional[bytes] = ..., adapters: _Optional[_Iterable[_Union[ResidentAdapter, _Mapping]]] = ..., refused: _Optional[_Iterable[_Union[_common_pb2.RefusedAdapter, _Mapping]]] = ..., offer: _Optional[int] = ...) -> None: ...

class Expect(_message.Message):
    __slots__ = ["adapters"]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    adapters: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, adapters: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Finished(_message.Message):
    __slots__ = ["epoch", "failure", "max_tokens", "message", "part", "prompt_tokens", "reason", "request", "usage"]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    failure: _common_pb2.Code
    max_tokens: int
    message: str
    part: int
    prompt_tokens: _containers.RepeatedScalarFieldContainer[int]
    reason: _common_pb2.FinishReason
    request: bytes
    usage: _common_pb2.Usage
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., epoch: _Optional[int] = ..., reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ..., failure: _Optional[_Union[_common_pb2.Code, str]] = ..., message: _Optional[str] = ..., usage: _Optional[_Union[_common_pb2.Usage, _Mapping]] = ..., prompt_tokens: _Optional[_Iterable[int]] = ..., max_tokens: _Optional[int] = ...) -> None: ...

class Heartbeat(_message.Message):
    __slots__ = ["adapter_byte_limit", "adapter_bytes", "adapters", "cached_tokens", "evicted_blocks", "free_blocks", "prompt_tokens", "roll_call", "running", "silence_ms", "steps", "tokens"]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_BYTES_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_BYTE_LIMIT_FIELD_NUMBER: _ClassVar[int]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    EVICTED_BLOCKS_FIELD_NUMBER: _ClassVar[int]
    FREE_BLOCKS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    ROLL_CALL_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    SILENCE_MS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    adapter_byte_limit: int
    adapter_bytes: int
    adapters: _containers.RepeatedCompositeFieldContainer[AdapterResidency]
    cached_tokens: int
    evicted_blocks: int
    free_blocks: int
    prompt_tokens: int
    roll_call: int
    running: int
    silence_ms: int
    steps: int
    tokens: int
    def __init__(self, steps: _Optional[int] = ..., tokens: _Optional[int] = ..., running: _Optional[int] = ..., free_blocks: _Optional[int] = ..., prompt_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ..., evicted_blocks: _Optional[int] = ..., silence_ms: _Optional[int] = ..., adapters: _Optional[_Iterable[_Union[AdapterResidency, _Mapping]]] = ..., adapter_bytes: _Optional[int] = ..., adapter_byte_limit: _Optional[int] = ..., roll_call: _Optional[int] = ...) -> None: ...

class Ready(_message.Message):
    __slots__ = ["adapters", "base", "begin_token", "cache_tokens", "context", "defaults", "end_token", "identity", "kernels", "pid", "refused", "router", "slots", "type", "vocabulary"]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    BEGIN_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CACHE_TOKENS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    DEFAULTS_FIELD_NUMBER: _ClassVar[int]
    END_TOKEN_FIELD_NUMBER: _ClassVar[int]
    IDENTITY_FIELD_NUMBER: _ClassVar[int]
    KERNELS_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VOCABULARY_FIELD_NUMBER: _ClassVar[int]
    adapters: _containers.RepeatedCompositeFieldContainer[ResidentAdapter]
    base: bytes
    begin_token: str
    cache_tokens: int
    context: int
    defaults: _common_pb2.Sampling
    end_token: str
    identity: bytes
    kernels: str
    pid: int
    refused: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedAdapter]
    router: bytes
    slots: int
    type: str
    vocabulary: int
    def __init__(self, pid: _Optional[int] = ..., slots: _Optional[int] = ..., context: _Optional[int] = ..., base: _Optional[bytes] = ..., router: _Optional[bytes] = ..., type: _Optional[str] = ..., kernels: _Optional[str] = ..., adapters: _Optional[_Iterable[_Union[ResidentAdapter, _Mapping]]] = ..., identity: _Optional[bytes] = ..., cache_tokens: _Optional[int] = ..., defaults: _Optional[_Union[_common_pb2.Sampling, _Mapping]] = ..., refused: _Optional[_Iterable[_Union[_common_pb2.RefusedAdapter, _Mapping]]] = ..., vocabulary: _Optional[int] = ..., begin_token: _Optional[str] = ..., end_token: _Optional[str] = ...) -> None: ...

class ResidentAdapter(_message.Message):
    __slots__ = ["byte_count", "digest", "name", "rank", "warnings"]
    BYTE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    byte_count: int
    digest: bytes
    name: str
    rank: int
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., digest: _Optional[bytes] = ..., rank: _Optional[int] = ..., byte_count: _Optional[int] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class WorkerCancel(_message.Message):
    __slots__ = ["epoch", "part", "request"]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    part: int
    request: bytes
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., epoch: _Optional[int] = ...) -> None: ...

class WorkerChunk(_message.Message):
    __slots__ = ["epoch", "ids", "offset", "part", "prompt_offset", "prompt_scores", "request", "scores", "text"]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PROMPT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    PROMPT_SCORES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    ids: _containers.RepeatedScalarFieldContainer[int]
    offset: int
    part: int
    prompt_offset: int
    prompt_scores: _containers.RepeatedCompositeFieldContainer[_common_pb2.TokenScore]
    request: bytes
    scores: _containers.RepeatedCompositeFieldContainer[_common_pb2.TokenScore]
    text: str
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., epoch: _Optional[int] = ..., offset: _Optional[int] = ..., ids: _Optional[_Iterable[int]] = ..., text: _Optional[str] = ..., scores: _Optional[_Iterable[_Union[_common_pb2.TokenScore, _Mapping]]] = ..., prompt_scores: _Optional[_Iterable[_Union[_common_pb2.TokenScore, _Mapping]]] = ..., prompt_offset: _Optional[int] = ...) -> None: ...

class WorkerRouted(_message.Message):
    __slots__ = ["epoch", "part", "request", "segment", "sentence"]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    part: int
    request: bytes
    segment: _common_pb2.Segment
    sentence: _common_pb2.SentenceRoute
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., epoch: _Optional[int] = ..., segment: _Optional[_Union[_common_pb2.Segment, _Mapping]] = ..., sentence: _Optional[_Union[_common_pb2.SentenceRoute, _Mapping]] = ...) -> None: ...
