"""From Python values to the messages of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, Union

from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

#: "auto", "base", names that auto may choose from, or weights by name.
Select = Union[str, Sequence[str], Mapping[str, float]]
#: A text, chat messages as {"role", "content"}, or token ids.
Prompt = Union[str, Sequence[Mapping[str, str]], Sequence[int]]
#: How the weights of several sentences become those of a message.
Weighting = Literal["renormalized", "sum", "mean", "top1", "paper"]
#: What becomes of earlier keys and values when a reply is routed again.
KVRule = Literal["keep", "recompute", "pin"]
#: Who goes first where many wait.
Priority = Literal["high", "normal", "low"]


class SubmitOptions(TypedDict, total=False):
    """What a request may ask for besides its prompt and its adapters."""

    weighting: Weighting | None
    #: Factor of the weights that the router gives.
    gain: float | None
    kv_rule: KVRule | None
    #: Each sentence of the last user message is a part of its own.
    split: bool
    #: The prompt is tokenized without a chat template; markers in it become their tokens.
    raw: bool
    #: The prompt is tokenized without a chat template; markers in it stay text.
    plain: bool
    #: Of each part; None: 256, or what the context leaves.
    max_tokens: int | None
    #: A string, or several, that end a reply.
    stop: str | Sequence[str]
    #: The reply goes on past the model's ends of text, for a fixed length.
    ignore_eos: bool
    #: Seconds until the reply ends with what was made until then.
    deadline: float | None
    #: 0: greedy. None, here and below: the model's own default, and off where it has none. Where
    #: all of them are None and the model has no default, greedy under a repetition penalty of 1.1.
    temperature: float | None
    #: So many likeliest tokens stay; 0: all.
    top_k: int | None
    #: The likeliest tokens whose probabilities reach this sum stay; 1: all.
    top_p: float | None
    #: Tokens stay that are at least this share as likely as the likeliest; 0: all.
    min_p: float | None
    #: Divides the positive and multiplies the negative logits of tokens seen, the prompt's
    #: included; 1: off.
    repetition_penalty: float | None
    #: Is subtracted from the logits of tokens seen.
    presence_penalty: float | None
    #: Is subtracted from the logits of tokens seen, once an occurrence.
    frequency_penalty: float | None
    #: None: the service draws one, and says which.
    seed: int | None
    #: The log probability of each token of the reply.
    scores: bool
    #: That of each token of the prompt, given those before it.
    prompt_scores: bool
    #: So many of the likeliest tokens beside each, at most 20.
    top_scores: int
    #: The prompt is scored, and that is all.
    no_reply: bool
    priority: Priority
    #: It goes on when this client is gone, for another one to `attach` to; otherwise the service
    #: cancels what runs for a connection that has been gone for ten seconds.
    keep: bool


def prompt_message(prompt: Prompt, raw: bool = False, plain: bool = False) -> common.Prompt:
    if raw and plain:
        raise ValueError("a prompt is either raw or plain")
    message = common.Prompt()
    if isinstance(prompt, str):
        if raw:
            message.raw = prompt
        elif plain:
            message.plain = prompt
        else:
            message.text = prompt
        return message
    for item in prompt:
        if isinstance(item, Mapping):
            message.chat.messages.add(role=item["role"], content=item["content"])
        else:
            message.tokens.ids.append(item)
    return message


def selection_message(
    select: Select = "auto", weighting: Weighting | None = None, gain: float | None = None
) -> client.Selection:
    selection = client.Selection()
    if isinstance(select, Mapping):
        for name, weight in select.items():
            selection.fixed.shares.add(name=name, weight=weight)
    elif select == "base":
        selection.base.SetInParent()
    elif isinstance(select, str):
        if select != "auto":
            raise ValueError(f'select "auto", "base", a list of names or a dict, not {select!r}')
        selection.auto.SetInParent()
    else:
        selection.auto.allowed.extend(select)
    if weighting is not None:
        name = f"WEIGHTING_{weighting.upper()}"
        selection.MergeFrom(client.Selection(auto=client.AutoSelection(weighting=name)))
    if gain is not None:
        selection.auto.gain = gain
    if (weighting is not None or gain is not None) and select != "auto" and (
        isinstance(select, (str, Mapping))
    ):
        raise ValueError("a weighting or gain goes with auto only")
    return selection


def route_message(prompt: Prompt, select: Select = "auto", raw: bool = False) -> client.Route:
    return client.Route(prompt=prompt_message(prompt, raw), selection=selection_message(select))


def submit_message(
    prompt: Prompt,
    *,
    select: Select = "auto",
    weighting: Weighting | None = None,
    gain: float | None = None,
    kv_rule: KVRule | None = None,
    split: bool = False,
    raw: bool = False,
    plain: bool = False,
    max_tokens: int | None = None,
    stop: str | Sequence[str] = (),
    deadline: float | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    min_p: float | None = None,
    repetition_penalty: float | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    seed: int | None = None,
    scores: bool = False,
    prompt_scores: bool = False,
    top_scores: int = 0,
    no_reply: bool = False,
    ignore_eos: bool = False,
    priority: Priority = "normal",
    keep: bool = False,
) -> client.Submit:
    """The message without its id; ValueError for values without sense."""
    for name, value in (
        ("max_tokens", max_tokens),
        ("top_p", top_p),
        ("repetition_penalty", repetition_penalty),
    ):
        if value is not None and value <= 0:
            raise ValueError(f"{name} has to be more than 0, not {value}")
    if no_reply and max_tokens is not None:
        raise ValueError("no_reply goes without max_tokens")
    sampling = common.Sampling(
        temperature=temperature,
        top_k=top_k,
        top_p=top_p,
        min_p=min_p,
        repetition_penalty=repetition_penalty,
        presence_penalty=presence_penalty,
        frequency_penalty=frequency_penalty,
        seed=seed,
    )
    limits = common.Limits(
        max_tokens=max_tokens or 0,
        stop=[stop] if isinstance(stop, str) else list(stop),
        deadline_ms=0 if deadline is None else max(1, round(deadline * 1000)),
        no_reply=no_reply,
        ignore_eos=ignore_eos,
    )
    wanted = common.ScoresWanted(reply=scores, prompt=prompt_scores, top=top_scores)
    return client.Submit(
        prompt=prompt_message(prompt, raw, plain),
        selection=selection_message(select, weighting, gain),
        sampling=sampling,
        limits=limits,
        kv_rule=None if kv_rule is None else f"KV_RULE_{kv_rule.upper()}",
        split=split,
        keep=keep,
        priority=None if priority == "normal" else f"PRIORITY_{priority.upper()}",
        scores=wanted if scores or prompt_scores else None,
    )


def encode_message(
    prompt: Prompt, raw: bool = False, plain: bool = False
) -> client.Submit:
    """The message that only has a prompt turned into ids, or ids into text."""
    return client.Submit(prompt=prompt_message(prompt, raw, plain), encode_only=True)
