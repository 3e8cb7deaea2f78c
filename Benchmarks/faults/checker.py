"""Whether a history keeps the promises, as far as a client can see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from history import Delivery, End, History, Invocation, PartDelivery
from questions import Answer, Reference

#: How often a part may be given to a worker.
ATTEMPT_LIMIT = 3


@dataclass(frozen=True)
class Violation:
    """A promise that was broken.

    C1: a part has one end. C2: offsets go on without gap or overlap. C3: tokens and text are
    those of a service that nothing happened to. C4: what was accepted comes to an end, in time,
    or is still there. C5: nothing comes after the end. C7: no more runs than there are places.
    C8: nothing is tried more often than it may be.
    """

    rule: str
    request: bytes
    words: str

    def __str__(self) -> str:
        return f"{self.rule} {self.request.hex()[:8]}: {self.words}"


def check(
    history: History, reference: Reference, pending: Collection[bytes] = (), grace: float = 2.0
) -> list[Violation]:
    """All that was broken; `pending` are requests that the service says it has yet to answer."""
    broken = [
        Violation(rule, request, words)
        for request, invocation in history.requests.items()
        for rule, words in _request(invocation, reference, request in pending, grace)
    ]
    for places in history.places:
        for worker, (running, slots) in places.items():
            # A worker that is starting has said nothing of its slots.
            if slots and running > slots:
                broken.append(Violation("C7", b"", f"{worker} runs {running} in {slots} places"))
    for request, attempts in history.attempts.items():
        if attempts > ATTEMPT_LIMIT:
            broken.append(Violation("C8", request, f"was tried {attempts} times"))
    return broken


def counts(broken: Collection[Violation]) -> str:
    """Such as "2 C3, 1 C4"; "none"."""
    found = Counter(violation.rule for violation in broken)
    return ", ".join(f"{count} {rule}" for rule, count in sorted(found.items())) or "none"


Found = Iterator[tuple[str, str]]


def _request(
    invocation: Invocation, reference: Reference, is_pending: bool, grace: float
) -> Found:
    yield from _acceptance(invocation, is_pending, grace)
    answers = reference[invocation.question]
    if invocation.accepted_at is not None and not invocation.may_fail:
        if invocation.parts != len(answers):
            yield "C3", f"has {invocation.parts} parts for {len(answers)}"
            return
    for part, answer in enumerate(answers):
        deliveries = [each.parts[part] for each in invocation.deliveries if part in each.parts]
        yield from _ends(deliveries, invocation)
        for delivery in deliveries:
            yield from _tokens(delivery, answer)
            if delivery.ends and delivery.ends[0].is_done:
                yield from _whole(delivery, delivery.ends[0], answer, invocation)


def _acceptance(invocation: Invocation, is_pending: bool, grace: float) -> Found:
    accepted = False
    for delivery in invocation.deliveries:
        if delivery.accepted > 1:
            yield "C1", f"was accepted {delivery.accepted} times on one connection"
        if accepted and not invocation.closed:
            yield from _forgotten(delivery)
        accepted |= delivery.accepted > 0
    if not accepted or invocation.closed or invocation.accepted_at is None:
        return
    if not invocation.is_over:
        if not is_pending:
            ended = len(invocation.ended_at)
            yield "C4", f"{ended} of {invocation.parts} parts came to an end"
    elif invocation.deadline is not None:
        late = max(invocation.ended_at.values()) - invocation.accepted_at - invocation.deadline
        if late > grace:
            yield "C4", f"ended {late:.1f} s after its deadline"


def _forgotten(delivery: Delivery) -> Found:
    if delivery.refused in ("not_found", "already_exists", "invalid_argument"):
        yield "C4", f"had been accepted, and was then refused: {delivery.refused}"


def _ends(deliveries: list[PartDelivery], invocation: Invocation) -> Found:
    last: End | None = None
    for delivery in deliveries:
        if len(delivery.ends) > 1:
            yield "C1", f"a part ended {len(delivery.ends)} times on one connection"
        if delivery.pieces_at_end not in (None, len(delivery.pieces)):
            yield "C5", "tokens or text came after a part's end"
        for end in delivery.ends:
            if end.is_passing:
                continue
            if last is not None and (end.word, end.tokens) != (last.word, last.tokens):
                yield "C1", f"a part ended as {last.word}, later as {end.word}"
            last = end
            # Before the first token a deadline is a failure.
            is_late = end.word == "deadline_exceeded" and invocation.deadline is not None
            if not end.is_done and not is_late and not invocation.may_fail:
                yield "C4", f"failed: {end.word}: {end.message}"
    if last is not None and last.tokens is not None:
        most = max(delivery.end_offset for delivery in deliveries)
        if most > last.tokens:
            yield "C5", f"{most} tokens came of a part that ended with {last.tokens}"


def _tokens(delivery: PartDelivery, answer: Answer) -> Found:
    offset = delivery.start
    for piece in delivery.pieces:
        if piece.offset != offset:
            kind = "missing" if piece.offset > offset else "sent twice"
            yield "C2", f"tokens {kind}: {piece.offset} came where {offset} was due"
            return
        if piece.ids != answer.ids[offset : offset + len(piece.ids)]:
            yield "C3", f"another token than in the reference from {offset} on"
            return
        offset += len(piece.ids)


def _whole(
    delivery: PartDelivery, end: End, answer: Answer, invocation: Invocation
) -> Found:
    if end.tokens != delivery.end_offset:
        yield "C2", f"{delivery.end_offset} tokens came, the end says {end.tokens}"
        return
    if end.word in ("cancelled", "deadline"):
        wanted = invocation.cancelled_at if end.word == "cancelled" else invocation.deadline
        if wanted is None:
            yield "C3", f"ended as {end.word}, which nobody asked for"
        return
    if (end.word, end.tokens) != (answer.finish_reason, len(answer.ids)):
        reference = f"{answer.finish_reason} after {len(answer.ids)}"
        yield "C3", f"ended as {end.word} after {end.tokens} tokens, in the reference {reference}"
    elif delivery.text not in (None, answer.text):
        yield "C3", f"another text than in the reference: {delivery.text!r}"
