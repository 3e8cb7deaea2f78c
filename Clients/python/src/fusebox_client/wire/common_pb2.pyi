from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

CODE_ALREADY_EXISTS: Code
CODE_CONTEXT_OVERFLOW: Code
CODE_DEADLINE_EXCEEDED: Code
CODE_INTERNAL: Code
CODE_INVALID_ARGUMENT: Code
CODE_NOT_FOUND: Code
CODE_RESOURCE_EXHAUSTED: Code
CODE_SLOW_CONSUMER: Code
CODE_UNAVAILABLE: Code
CODE_UNSPECIFIED: Code
CODE_UNSUPPORTED_VERSION: Code
DESCRIPTOR: _descriptor.FileDescriptor
FINISH_REASON_CANCELLED: FinishReason
FINISH_REASON_DEADLINE: FinishReason
FINISH_REASON_END: FinishReason
FINISH_REASON_LENGTH: FinishReason
FINISH_REASON_STOP: FinishReason
FINISH_REASON_UNSPECIFIED: FinishReason
KV_RULE_KEEP: KVRule
KV_RULE_PIN: KVRule
KV_RULE_RECOMPUTE: KVRule
KV_RULE_UNSPECIFIED: KVRule
REASON_ABSTAINED: Reason
REASON_NO_ROUTER: Reason
REASON_REQUESTED: Reason
REASON_ROUTED: Reason
REASON_UNSPECIFIED: Reason
WEIGHTING_MEAN: Weighting
WEIGHTING_PAPER: Weighting
WEIGHTING_RENORMALIZED: Weighting
WEIGHTING_SUM: Weighting
WEIGHTING_TOP1: Weighting
WEIGHTING_UNSPECIFIED: Weighting

class Candidate(_message.Message):
    __slots__ = ["name", "probability"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    name: str
    probability: float
    def __init__(self, name: _Optional[str] = ..., probability: _Optional[float] = ...) -> None: ...

class Chat(_message.Message):
    __slots__ = ["messages"]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    messages: _containers.RepeatedCompositeFieldContainer[ChatMessage]
    def __init__(self, messages: _Optional[_Iterable[_Union[ChatMessage, _Mapping]]] = ...) -> None: ...

class ChatMessage(_message.Message):
    __slots__ = ["content", "role"]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    content: str
    role: str
    def __init__(self, role: _Optional[str] = ..., content: _Optional[str] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ["deadline_ms", "ignore_eos", "max_tokens", "no_reply", "stop"]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_EOS_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    NO_REPLY_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    deadline_ms: int
    ignore_eos: bool
    max_tokens: int
    no_reply: bool
    stop: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, max_tokens: _Optional[int] = ..., stop: _Optional[_Iterable[str]] = ..., deadline_ms: _Optional[int] = ..., no_reply: bool = ..., ignore_eos: bool = ...) -> None: ...

class Mix(_message.Message):
    __slots__ = ["coefficients", "shares"]
    COEFFICIENTS_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    coefficients: bytes
    shares: _containers.RepeatedCompositeFieldContainer[Share]
    def __init__(self, shares: _Optional[_Iterable[_Union[Share, _Mapping]]] = ..., coefficients: _Optional[bytes] = ...) -> None: ...

class Prompt(_message.Message):
    __slots__ = ["chat", "plain", "raw", "text", "tokens"]
    CHAT_FIELD_NUMBER: _ClassVar[int]
    PLAIN_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    chat: Chat
    plain: str
    raw: str
    text: str
    tokens: TokenIDs
    def __init__(self, text: _Optional[str] = ..., chat: _Optional[_Union[Chat, _Mapping]] = ..., raw: _Optional[str] = ..., tokens: _Optional[_Union[TokenIDs, _Mapping]] = ..., plain: _Optional[str] = ...) -> None: ...

class Provenance(_message.Message):
    __slots__ = ["base", "kernels", "kv_rule", "limits", "prompt_tokens", "router", "sampling", "seed", "segments", "tokens", "type", "warnings"]
    BASE_FIELD_NUMBER: _ClassVar[int]
    KERNELS_FIELD_NUMBER: _ClassVar[int]
    KV_RULE_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    ROUTER_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    SEGMENTS_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WARNINGS_FIELD_NUMBER: _ClassVar[int]
    base: bytes
    kernels: str
    kv_rule: KVRule
    limits: Limits
    prompt_tokens: _containers.RepeatedScalarFieldContainer[int]
    router: bytes
    sampling: Sampling
    seed: int
    segments: _containers.RepeatedCompositeFieldContainer[Segment]
    tokens: _containers.RepeatedScalarFieldContainer[int]
    type: str
    warnings: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, base: _Optional[bytes] = ..., type: _Optional[str] = ..., kernels: _Optional[str] = ..., router: _Optional[bytes] = ..., kv_rule: _Optional[_Union[KVRule, str]] = ..., seed: _Optional[int] = ..., segments: _Optional[_Iterable[_Union[Segment, _Mapping]]] = ..., prompt_tokens: _Optional[_Iterable[int]] = ..., tokens: _Optional[_Iterable[int]] = ..., sampling: _Optional[_Union[Sampling, _Mapping]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., warnings: _Optional[_Iterable[str]] = ...) -> None: ...

class RefusedAdapter(_message.Message):
    __slots__ = ["name", "reason"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    reason: str
    def __init__(self, name: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Sampling(_message.Message):
    __slots__ = ["frequency_penalty", "min_p", "presence_penalty", "repetition_penalty", "seed", "temperature", "top_k", "top_p"]
    FREQUENCY_PENALTY_FIELD_NUMBER: _ClassVar[int]
    MIN_P_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_PENALTY_FIELD_NUMBER: _ClassVar[int]
    REPETITION_PENALTY_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    TOP_P_FIELD_NUMBER: _ClassVar[int]
    frequency_penalty: float
    min_p: float
    presence_penalty: float
    repetition_penalty: float
    seed: int
    temperature: float
    top_k: int
    top_p: float
    def __init__(self, temperature: _Optional[float] = ..., top_k: _Optional[int] = ..., top_p: _Optional[float] = ..., min_p: _Optional[float] = ..., repetition_penalty: _Optional[float] = ..., presence_penalty: _Optional[float] = ..., frequency_penalty: _Optional[float] = ..., seed: _Optional[int] = ...) -> None: ...

class ScoresWanted(_message.Message):
    __slots__ = ["prompt", "reply", "top"]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    REPLY_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    prompt: bool
    reply: bool
    top: int
    def __init__(self, reply: bool = ..., prompt: bool = ..., top: _Optional[int] = ...) -> None: ...

class Segment(_message.Message):
    __slots__ = ["from_token", "mix", "reason"]
    FROM_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIX_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    from_token: int
    mix: Mix
    reason: Reason
    def __init__(self, from_token: _Optional[int] = ..., mix: _Optional[_Union[Mix, _Mapping]] = ..., reason: _Optional[_Union[Reason, str]] = ...) -> None: ...

class SentenceRoute(_message.Message):
    __slots__ = ["abstained", "candidates", "text"]
    ABSTAINED_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    abstained: bool
    candidates: _containers.RepeatedCompositeFieldContainer[Candidate]
    text: str
    def __init__(self, text: _Optional[str] = ..., candidates: _Optional[_Iterable[_Union[Candidate, _Mapping]]] = ..., abstained: bool = ...) -> None: ...

class Share(_message.Message):
    __slots__ = ["adapter", "name", "weight"]
    ADAPTER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    adapter: bytes
    name: str
    weight: int
    def __init__(self, adapter: _Optional[bytes] = ..., weight: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...

class TokenIDs(_message.Message):
    __slots__ = ["ids"]
    IDS_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, ids: _Optional[_Iterable[int]] = ...) -> None: ...

class TokenScore(_message.Message):
    __slots__ = ["id", "log_probability", "text", "top"]
    class Alternative(_message.Message):
        __slots__ = ["id", "log_probability", "text"]
        ID_FIELD_NUMBER: _ClassVar[int]
        LOG_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
        TEXT_FIELD_NUMBER: _ClassVar[int]
        id: int
        log_probability: float
        text: bytes
        def __init__(self, id: _Optional[int] = ..., log_probability: _Optional[float] = ..., text: _Optional[bytes] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    LOG_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    id: int
    log_probability: float
    text: bytes
    top: _containers.RepeatedCompositeFieldContainer[TokenScore.Alternative]
    def __init__(self, id: _Optional[int] = ..., log_probability: _Optional[float] = ..., text: _Optional[bytes] = ..., top: _Optional[_Iterable[_Union[TokenScore.Alternative, _Mapping]]] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ["cached_tokens", "completion_tokens", "prompt_tokens"]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    cached_tokens: int
    completion_tokens: int
    prompt_tokens: int
    def __init__(self, prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ...) -> None: ...

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class KVRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Weighting(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class FinishReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Code(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
