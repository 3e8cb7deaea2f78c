from fusebox_client.wire import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

ADAPTER_VERB_ADD: AdapterVerb
ADAPTER_VERB_CANARY: AdapterVerb
ADAPTER_VERB_PROMOTE: AdapterVerb
ADAPTER_VERB_REMOVE: AdapterVerb
ADAPTER_VERB_REPLACE: AdapterVerb
ADAPTER_VERB_RESCAN: AdapterVerb
ADAPTER_VERB_ROLLBACK: AdapterVerb
ADAPTER_VERB_UNSPECIFIED: AdapterVerb
DESCRIPTOR: _descriptor.FileDescriptor
PRIORITY_HIGH: Priority
PRIORITY_LOW: Priority
PRIORITY_NORMAL: Priority
PRIORITY_UNSPECIFIED: Priority

class Accepted(_message.Message):
    __slots__ = ["durable", "parts", "request", "seed"]
    DURABLE_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    durable: bool
    parts: int
    request: bytes
    seed: int
    def __init__(self, request: _Optional[bytes] = ..., seed: _Optional[int] = ..., parts: _Optional[int] = ..., durable: bool = ...) -> None: ...

class AdapterChanged(_message.Message):
    __slots__ = ["refused", "request", "revision", "warnings"]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    refused: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedAdapter]
    request: bytes
    revision: int
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request: _Optional[bytes] = ..., revision: _Optional[int] = ..., warnings: _Optional[_Iterable[str]] = ..., refused: _Optional[_Iterable[_Union[_common_pb2.RefusedAdapter, _Mapping]]] = ...) -> None: ...

class AdapterDescription(_message.Message):
    __slots__ = ["byte_count", "digest", "evictions", "generation", "generations", "load_ms", "loads", "name", "previous", "rank", "resident", "routable", "uses", "warnings"]
    BYTE_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    EVICTIONS_FIELD_NUMBER: _ClassVar[int]
    GENERATIONS_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    LOADS_FIELD_NUMBER: _ClassVar[int]
    LOAD_MS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    RANK_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_FIELD_NUMBER: _ClassVar[int]
    ROUTABLE_FIELD_NUMBER: _ClassVar[int]
    USES_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    byte_count: int
    digest: bytes
    evictions: int
    generation: int
    generations: _containers.RepeatedCompositeFieldContainer[AdapterGeneration]
    load_ms: float
    loads: int
    name: str
    previous: _containers.RepeatedScalarFieldContainer[int]
    rank: int
    resident: int
    routable: bool
    uses: int
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., digest: _Optional[bytes] = ..., rank: _Optional[int] = ..., byte_count: _Optional[int] = ..., warnings: _Optional[_Iterable[str]] = ..., routable: bool = ..., resident: _Optional[int] = ..., loads: _Optional[int] = ..., evictions: _Optional[int] = ..., uses: _Optional[int] = ..., load_ms: _Optional[float] = ..., generation: _Optional[int] = ..., generations: _Optional[_Iterable[_Union[AdapterGeneration, _Mapping]]] = ..., previous: _Optional[_Iterable[int]] = ...) -> None: ...

class AdapterGeneration(_message.Message):
    __slots__ = ["digest", "failures", "number", "requests", "seconds", "share", "state", "tokens", "weight"]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    digest: bytes
    failures: int
    number: int
    requests: int
    seconds: float
    share: float
    state: str
    tokens: int
    weight: float
    def __init__(self, number: _Optional[int] = ..., digest: _Optional[bytes] = ..., state: _Optional[str] = ..., share: _Optional[float] = ..., requests: _Optional[int] = ..., failures: _Optional[int] = ..., tokens: _Optional[int] = ..., seconds: _Optional[float] = ..., weight: _Optional[float] = ...) -> None: ...

class AdapterUse(_message.Message):
    __slots__ = ["name", "selections", "tokens", "weight"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SELECTIONS_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    name: str
    selections: int
    tokens: int
    weight: float
    def __init__(self, name: _Optional[str] = ..., selections: _Optional[int] = ..., weight: _Optional[float] = ..., tokens: _Optional[int] = ...) -> None: ...

class Adapters(_message.Message):
    __slots__ = ["adapters", "refused", "request", "revision"]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    adapters: _containers.RepeatedCompositeFieldContainer[AdapterDescription]
    refused: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedAdapter]
    request: bytes
    revision: int
    def __init__(self, request: _Optional[bytes] = ..., adapters: _Optional[_Iterable[_Union[AdapterDescription, _Mapping]]] = ..., refused: _Optional[_Iterable[_Union[_common_pb2.RefusedAdapter, _Mapping]]] = ..., revision: _Optional[int] = ...) -> None: ...

class Attach(_message.Message):
    __slots__ = ["from_offsets", "request"]
    FROM_OFFSETS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    from_offsets: _containers.RepeatedScalarFieldContainer[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ..., from_offsets: _Optional[_Iterable[int]] = ...) -> None: ...

class AutoSelection(_message.Message):
    __slots__ = ["allowed", "gain", "weighting"]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    GAIN_FIELD_NUMBER: _ClassVar[int]
    WEIGHTING_FIELD_NUMBER: _ClassVar[int]
    allowed: _containers.RepeatedScalarFieldContainer[str]
    gain: float
    weighting: _common_pb2.Weighting
    def __init__(self, allowed: _Optional[_Iterable[str]] = ..., weighting: _Optional[_Union[_common_pb2.Weighting, str]] = ..., gain: _Optional[float] = ...) -> None: ...

class BaseSelection(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Cancel(_message.Message):
    __slots__ = ["request"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ...) -> None: ...

class ChangeAdapter(_message.Message):
    __slots__ = ["examples", "generation", "name", "path", "request", "share", "verb"]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SHARE_FIELD_NUMBER: _ClassVar[int]
    VERB_FIELD_NUMBER: _ClassVar[int]
    examples: str
    generation: int
    name: str
    path: str
    request: bytes
    share: float
    verb: AdapterVerb
    def __init__(self, request: _Optional[bytes] = ..., verb: _Optional[_Union[AdapterVerb, str]] = ..., name: _Optional[str] = ..., path: _Optional[str] = ..., share: _Optional[float] = ..., generation: _Optional[int] = ..., examples: _Optional[str] = ...) -> None: ...

class Chunk(_message.Message):
    __slots__ = ["ids", "offset", "part", "prompt_offset", "prompt_scores", "request", "scores", "text"]
    IDS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PROMPT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    PROMPT_SCORES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[int]
    offset: int
    part: int
    prompt_offset: int
    prompt_scores: _containers.RepeatedCompositeFieldContainer[_common_pb2.TokenScore]
    request: bytes
    scores: _containers.RepeatedCompositeFieldContainer[_common_pb2.TokenScore]
    text: str
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., offset: _Optional[int] = ..., ids: _Optional[_Iterable[int]] = ..., text: _Optional[str] = ..., scores: _Optional[_Iterable[_Union[_common_pb2.TokenScore, _Mapping]]] = ..., prompt_scores: _Optional[_Iterable[_Union[_common_pb2.TokenScore, _Mapping]]] = ..., prompt_offset: _Optional[int] = ...) -> None: ...

class Close(_message.Message):
    __slots__ = ["request"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ...) -> None: ...

class ConnectionStatus(_message.Message):
    __slots__ = ["buffered_bytes", "cut", "open", "refused"]
    BUFFERED_BYTES_FIELD_NUMBER: _ClassVar[int]
    CUT_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    buffered_bytes: int
    cut: int
    open: int
    refused: int
    def __init__(self, open: _Optional[int] = ..., refused: _Optional[int] = ..., cut: _Optional[int] = ..., buffered_bytes: _Optional[int] = ...) -> None: ...

class Credit(_message.Message):
    __slots__ = ["chunks", "request"]
    CHUNKS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    chunks: int
    request: bytes
    def __init__(self, request: _Optional[bytes] = ..., chunks: _Optional[int] = ...) -> None: ...

class Done(_message.Message):
    __slots__ = ["part", "provenance", "reason", "request", "usage"]
    PART_FIELD_NUMBER: _ClassVar[int]
    PROVENANCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    part: int
    provenance: _common_pb2.Provenance
    reason: _common_pb2.FinishReason
    request: bytes
    usage: _common_pb2.Usage
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., reason: _Optional[_Union[_common_pb2.FinishReason, str]] = ..., usage: _Optional[_Union[_common_pb2.Usage, _Mapping]] = ..., provenance: _Optional[_Union[_common_pb2.Provenance, _Mapping]] = ...) -> None: ...

class Drop(_message.Message):
    __slots__ = ["request"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ...) -> None: ...

class Failed(_message.Message):
    __slots__ = ["code", "message", "part", "request", "retry_after_ms"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RETRY_AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    code: _common_pb2.Code
    message: str
    part: int
    request: bytes
    retry_after_ms: int
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., code: _Optional[_Union[_common_pb2.Code, str]] = ..., message: _Optional[str] = ..., retry_after_ms: _Optional[int] = ...) -> None: ...

class FixedSelection(_message.Message):
    __slots__ = ["shares"]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    shares: _containers.RepeatedCompositeFieldContainer[NamedWeight]
    def __init__(self, shares: _Optional[_Iterable[_Union[NamedWeight, _Mapping]]] = ...) -> None: ...

class Latency(_message.Message):
    __slots__ = ["count", "p50_ms", "p95_ms", "p99_ms"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    P50_MS_FIELD_NUMBER: _ClassVar[int]
    P95_MS_FIELD_NUMBER: _ClassVar[int]
    P99_MS_FIELD_NUMBER: _ClassVar[int]
    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    def __init__(self, count: _Optional[int] = ..., p50_ms: _Optional[float] = ..., p95_ms: _Optional[float] = ..., p99_ms: _Optional[float] = ...) -> None: ...

class ListAdapters(_message.Message):
    __slots__ = ["request"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ...) -> None: ...

class ListRequests(_message.Message):
    __slots__ = ["limit", "only", "request"]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    limit: int
    only: bytes
    request: bytes
    def __init__(self, request: _Optional[bytes] = ..., limit: _Optional[int] = ..., only: _Optional[bytes] = ...) -> None: ...

class NamedWeight(_message.Message):
    __slots__ = ["name", "weight"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    name: str
    weight: float
    def __init__(self, name: _Optional[str] = ..., weight: _Optional[float] = ...) -> None: ...

class RequestSummary(_message.Message):
    __slots__ = ["accepted_ms", "attached", "attempts", "kept", "parts", "problem", "request", "state", "tokens"]
    ACCEPTED_MS_FIELD_NUMBER: _ClassVar[int]
    ATTACHED_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    accepted_ms: int
    attached: bool
    attempts: int
    kept: bool
    parts: int
    problem: str
    request: bytes
    state: str
    tokens: int
    def __init__(self, request: _Optional[bytes] = ..., state: _Optional[str] = ..., accepted_ms: _Optional[int] = ..., parts: _Optional[int] = ..., tokens: _Optional[int] = ..., attempts: _Optional[int] = ..., problem: _Optional[str] = ..., kept: bool = ..., attached: bool = ...) -> None: ...

class Requests(_message.Message):
    __slots__ = ["request", "requests", "total"]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    requests: _containers.RepeatedCompositeFieldContainer[RequestSummary]
    total: int
    def __init__(self, request: _Optional[bytes] = ..., requests: _Optional[_Iterable[_Union[RequestSummary, _Mapping]]] = ..., total: _Optional[int] = ...) -> None: ...

class Retry(_message.Message):
    __slots__ = ["request"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ...) -> None: ...

class Route(_message.Message):
    __slots__ = ["prompt", "request", "selection"]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SELECTION_FIELD_NUMBER: _ClassVar[int]
    prompt: _common_pb2.Prompt
    request: bytes
    selection: Selection
    def __init__(self, request: _Optional[bytes] = ..., prompt: _Optional[_Union[_common_pb2.Prompt, _Mapping]] = ..., selection: _Optional[_Union[Selection, _Mapping]] = ...) -> None: ...

class RouteReply(_message.Message):
    __slots__ = ["request", "segment", "sentences", "unread_bytes", "warnings"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    UNREAD_BYTES_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    segment: _common_pb2.Segment
    sentences: _containers.RepeatedCompositeFieldContainer[_common_pb2.SentenceRoute]
    unread_bytes: int
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request: _Optional[bytes] = ..., sentences: _Optional[_Iterable[_Union[_common_pb2.SentenceRoute, _Mapping]]] = ..., segment: _Optional[_Union[_common_pb2.Segment, _Mapping]] = ..., warnings: _Optional[_Iterable[str]] = ..., unread_bytes: _Optional[int] = ...) -> None: ...

class Routed(_message.Message):
    __slots__ = ["part", "request", "segment", "sentences", "unread_bytes"]
    PART_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SEGMENT_FIELD_NUMBER: _ClassVar[int]
    SENTENCES_FIELD_NUMBER: _ClassVar[int]
    UNREAD_BYTES_FIELD_NUMBER: _ClassVar[int]
    part: int
    request: bytes
    segment: _common_pb2.Segment
    sentences: _containers.RepeatedCompositeFieldContainer[_common_pb2.SentenceRoute]
    unread_bytes: int
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., segment: _Optional[_Union[_common_pb2.Segment, _Mapping]] = ..., sentences: _Optional[_Iterable[_Union[_common_pb2.SentenceRoute, _Mapping]]] = ..., unread_bytes: _Optional[int] = ...) -> None: ...

class RunningPart(_message.Message):
    __slots__ = ["part", "request", "shares", "tokens"]
    PART_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    part: int
    request: bytes
    shares: _containers.RepeatedCompositeFieldContainer[NamedWeight]
    tokens: int
    def __init__(self, request: _Optional[bytes] = ..., part: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[NamedWeight, _Mapping]]] = ..., tokens: _Optional[int] = ...) -> None: ...

class Selection(_message.Message):
    __slots__ = ["auto", "base", "fixed"]
    AUTO_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    FIXED_FIELD_NUMBER: _ClassVar[int]
    auto: AutoSelection
    base: BaseSelection
    fixed: FixedSelection
    def __init__(self, auto: _Optional[_Union[AutoSelection, _Mapping]] = ..., fixed: _Optional[_Union[FixedSelection, _Mapping]] = ..., base: _Optional[_Union[BaseSelection, _Mapping]] = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ["request"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    request: bytes
    def __init__(self, request: _Optional[bytes] = ...) -> None: ...

class StatusReply(_message.Message):
    __slots__ = ["accepted", "adapters", "base", "begin_token", "connections", "context", "degraded", "draining", "end_token", "failed", "finished", "first_token", "inter_token", "journal", "journal_problem", "model", "quarantined_adapters", "queued", "refused", "refused_adapters", "request", "resumed", "router", "running", "tokens", "version", "vocabulary", "workers"]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    BASE_FIELD_NUMBER: _ClassVar[int]
    BEGIN_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CONNECTIONS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    DEGRADED_FIELD_NUMBER: _ClassVar[int]
    DRAINING_FIELD_NUMBER: _ClassVar[int]
    END_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    FIRST_TOKEN_FIELD_NUMBER: _ClassVar[int]
    INTER_TOKEN_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_PROBLEM_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    QUARANTINED_ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    QUEUED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    VOCABULARY_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    accepted: int
    adapters: _containers.RepeatedCompositeFieldContainer[AdapterUse]
    base: bytes
    begin_token: str
    connections: ConnectionStatus
    context: int
    degraded: str
    draining: bool
    end_token: str
    failed: int
    finished: int
    first_token: Latency
    inter_token: Latency
    journal: str
    journal_problem: str
    model: str
    quarantined_adapters: _containers.RepeatedScalarFieldContainer[str]
    queued: int
    refused: int
    refused_adapters: _containers.RepeatedCompositeFieldContainer[_common_pb2.RefusedAdapter]
    request: bytes
    resumed: int
    router: bytes
    running: int
    tokens: int
    version: str
    vocabulary: int
    workers: _containers.RepeatedCompositeFieldContainer[WorkerStatus]
    def __init__(self, request: _Optional[bytes] = ..., version: _Optional[str] = ..., workers: _Optional[_Iterable[_Union[WorkerStatus, _Mapping]]] = ..., queued: _Optional[int] = ..., running: _Optional[int] = ..., accepted: _Optional[int] = ..., finished: _Optional[int] = ..., failed: _Optional[int] = ..., resumed: _Optional[int] = ..., draining: bool = ..., base: _Optional[bytes] = ..., router: _Optional[bytes] = ..., degraded: _Optional[str] = ..., connections: _Optional[_Union[ConnectionStatus, _Mapping]] = ..., refused_adapters: _Optional[_Iterable[_Union[_common_pb2.RefusedAdapter, _Mapping]]] = ..., model: _Optional[str] = ..., context: _Optional[int] = ..., vocabulary: _Optional[int] = ..., journal: _Optional[str] = ..., journal_problem: _Optional[str] = ..., quarantined_adapters: _Optional[_Iterable[str]] = ..., tokens: _Optional[int] = ..., refused: _Optional[int] = ..., adapters: _Optional[_Iterable[_Union[AdapterUse, _Mapping]]] = ..., first_token: _Optional[_Union[Latency, _Mapping]] = ..., inter_token: _Optional[_Union[Latency, _Mapping]] = ..., begin_token: _Optional[str] = ..., end_token: _Optional[str] = ...) -> None: ...

class Submit(_message.Message):
    __slots__ = ["credit", "encode_only", "keep", "kv_rule", "limits", "no_special_tokens", "priority", "prompt", "request", "sampling", "scores", "selection", "split"]
    CREDIT_FIELD_NUMBER: _ClassVar[int]
    ENCODE_ONLY_FIELD_NUMBER: _ClassVar[int]
    KEEP_FIELD_NUMBER: _ClassVar[int]
    KV_RULE_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    NO_SPECIAL_TOKENS_FIELD_NUMBER: _ClassVar[int]
    PRIORITY_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    SCORES_FIELD_NUMBER: _ClassVar[int]
    SELECTION_FIELD_NUMBER: _ClassVar[int]
    SPLIT_FIELD_NUMBER: _ClassVar[int]
    credit: int
    encode_only: bool
    keep: bool
    kv_rule: _common_pb2.KVRule
    limits: _common_pb2.Limits
    no_special_tokens: bool
    priority: Priority
    prompt: _common_pb2.Prompt
    request: bytes
    sampling: _common_pb2.Sampling
    scores: _common_pb2.ScoresWanted
    selection: Selection
    split: bool
    def __init__(self, request: _Optional[bytes] = ..., prompt: _Optional[_Union[_common_pb2.Prompt, _Mapping]] = ..., selection: _Optional[_Union[Selection, _Mapping]] = ..., sampling: _Optional[_Union[_common_pb2.Sampling, _Mapping]] = ..., limits: _Optional[_Union[_common_pb2.Limits, _Mapping]] = ..., kv_rule: _Optional[_Union[_common_pb2.KVRule, str]] = ..., split: bool = ..., credit: _Optional[int] = ..., keep: bool = ..., scores: _Optional[_Union[_common_pb2.ScoresWanted, _Mapping]] = ..., encode_only: bool = ..., no_special_tokens: bool = ..., priority: _Optional[_Union[Priority, str]] = ...) -> None: ...

class WorkerStatus(_message.Message):
    __slots__ = ["adapter_byte_limit", "adapter_bytes", "adapter_evictions", "adapter_loads", "cache_tokens", "cached_tokens", "evicted_blocks", "name", "parts", "pid", "problem", "prompt_tokens", "resident_adapters", "restarts", "running", "slots", "state", "steps", "tokens"]
    ADAPTER_BYTES_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_BYTE_LIMIT_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_EVICTIONS_FIELD_NUMBER: _ClassVar[int]
    ADAPTER_LOADS_FIELD_NUMBER: _ClassVar[int]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    CACHE_TOKENS_FIELD_NUMBER: _ClassVar[int]
    EVICTED_BLOCKS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_ADAPTERS_FIELD_NUMBER: _ClassVar[int]
    RESTARTS_FIELD_NUMBER: _ClassVar[int]
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    SLOTS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    adapter_byte_limit: int
    adapter_bytes: int
    adapter_evictions: int
    adapter_loads: int
    cache_tokens: int
    cached_tokens: int
    evicted_blocks: int
    name: str
    parts: _containers.RepeatedCompositeFieldContainer[RunningPart]
    pid: int
    problem: str
    prompt_tokens: int
    resident_adapters: int
    restarts: int
    running: int
    slots: int
    state: str
    steps: int
    tokens: int
    def __init__(self, name: _Optional[str] = ..., pid: _Optional[int] = ..., state: _Optional[str] = ..., slots: _Optional[int] = ..., running: _Optional[int] = ..., steps: _Optional[int] = ..., tokens: _Optional[int] = ..., restarts: _Optional[int] = ..., prompt_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ..., evicted_blocks: _Optional[int] = ..., cache_tokens: _Optional[int] = ..., problem: _Optional[str] = ..., parts: _Optional[_Iterable[_Union[RunningPart, _Mapping]]] = ..., adapter_bytes: _Optional[int] = ..., adapter_byte_limit: _Optional[int] = ..., resident_adapters: _Optional[int] = ..., adapter_loads: _Optional[int] = ..., adapter_evictions: _Optional[int] = ...) -> None: ...

class Priority(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class AdapterVerb(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
