"""The state machine of both clients, without sockets and with a clock of the test's own."""

from __future__ import annotations

from typing import Any

import pytest

from fusebox_client import Accepted, Chunk, Done, NoAnswer, RequestFailed, Unreachable
from fusebox_client.credit import UNLIMITED
from fusebox_client.progress import ReplyProgress, Resume
from fusebox_client.session import Session
from fusebox_client.settings import Settings
from fusebox_client.wire import client_pb2 as client
from fusebox_client.wire import common_pb2 as common

ID = bytes(range(16))


def chunk(offset: int, ids: list[int], text: str) -> client.Chunk:
    return client.Chunk(request=ID, offset=offset, ids=ids, text=text)


def accepted(seed: int = 42) -> client.Accepted:
    return client.Accepted(request=ID, seed=seed, parts=1)


def done(tokens: int) -> client.Done:
    message = client.Done(request=ID, reason=common.FINISH_REASON_LENGTH)
    message.usage.completion_tokens = tokens
    return message


def failed(code: common.Code, retry_after_ms: int = 0) -> client.Failed:
    return client.Failed(request=ID, code=code, retry_after_ms=retry_after_ms)


def connected(**settings: Any) -> Session:
    session = Session("ipc:///nowhere", Settings(**settings), bytes(16), 0)
    session.connected(0)
    return session


def submitted(**settings: Any) -> Session:
    session = connected(**settings)
    session.start(ID, client.Submit(request=ID), 0)
    sent(session)
    return session


def sent(session: Session) -> list[str]:
    """The kinds of what is to be sent, in order; sends it."""
    kinds = [type(message).__name__ for message in session.outgoing]
    session.outgoing.clear()
    return kinds


def test_a_reply_drops_what_it_has() -> None:
    progress = ReplyProgress()
    progress.receive(accepted())
    events = [
        event
        for message in (
            chunk(0, [5, 6], "a"),
            chunk(0, [5, 6], "a"),
            chunk(0, [5, 6, 7], "aü"),
            chunk(3, [], "end"),
            chunk(3, [], "end"),
        )
        for event in progress.receive(message)
    ]
    assert events == [
        Chunk(0, 0, [5, 6], "a"),
        Chunk(0, 2, [7], "ü"),
        Chunk(0, 3, [], "end"),
    ]


def test_a_reply_notices_gaps_and_other_replies() -> None:
    progress = ReplyProgress()
    progress.receive(accepted())
    progress.receive(chunk(0, [5, 6], "a"))
    with pytest.raises(Resume):
        progress.receive(chunk(4, [9], "x"))
    assert progress.offsets == [2]
    with pytest.raises(Resume):
        progress.receive(chunk(1, [6, 7], "x"))
    assert progress.offsets == [0]
    with pytest.raises(NoAnswer):
        progress.receive(chunk(0, [5, 9], "a"))
    with pytest.raises(Resume):
        progress.receive(done(4))
    progress.receive(done(4))
    assert progress.is_finished


def test_a_reply_has_at_most_sixteen_parts() -> None:
    for message in (
        client.Accepted(parts=17),
        client.Chunk(part=16, ids=[1]),
        client.Failed(part=1 << 31),
    ):
        with pytest.raises(NoAnswer, match="at most 16"):
            ReplyProgress().receive(message)
    assert ReplyProgress().receive(client.Accepted(seed=7)) == [Accepted(7, parts=1)]


def test_a_request_is_begun_again_and_then_attached_to() -> None:
    session = submitted()
    session.disconnected(1)
    session.connected(2)
    assert sent(session) == ["Submit"]
    session.receive(accepted(), 2)
    session.receive(chunk(0, [1, 2], "a"), 2)
    session.disconnected(3)
    assert sent(session) == []
    session.connected(4)
    attach = session.outgoing[0]
    assert isinstance(attach, client.Attach) and list(attach.from_offsets) == [2]
    session.outgoing.clear()
    session.receive(failed(common.CODE_NOT_FOUND), 4)
    submit = session.outgoing[0]
    assert isinstance(submit, client.Submit) and submit.sampling.seed == 42


def test_a_cancelled_request_is_cancelled_again() -> None:
    session = submitted()
    session.cancel(ID)
    assert sent(session) == ["Cancel"]
    session.disconnected(1)
    session.connected(2)
    assert sent(session) == ["Submit", "Cancel"]


def test_an_abandoned_request_is_stopped_and_forgotten() -> None:
    session = submitted()
    session.abandon(ID)
    assert sent(session) == ["Cancel", "Close"]
    assert session.is_idle and not session.is_pending(ID) and session.take(ID) is None
    session.receive(accepted(), 1)
    session.abandon(ID)
    assert sent(session) == []


def test_abandoning_leaves_kept_and_foreign_requests_alone() -> None:
    session = connected()
    for opening in (client.Submit(request=ID, keep=True), client.Attach(request=ID)):
        session.start(ID, opening, 0)
        session.abandon(ID)
    assert sent(session) == ["Submit", "Attach"]


def test_a_reply_that_is_read_to_its_end_is_closed() -> None:
    for keep, closing in ((False, ["Close"]), (True, [])):
        session = submitted(keep_replies=keep)
        for message in (accepted(), chunk(0, [1], "a"), done(1)):
            session.receive(message, 1)
        assert sent(session) == closing
        kinds = [type(session.take(ID)) for _ in range(3)]
        assert kinds[1:] == [Chunk, Done] and session.take(ID) is None


def test_a_request_is_read_once_at_a_time() -> None:
    session = submitted()
    with pytest.raises(ValueError, match="being read"):
        session.start(ID, client.Attach(request=ID), 0)
    session.receive(failed(common.CODE_INVALID_ARGUMENT), 0)
    session.start(ID, client.Attach(request=ID), 0)


def test_a_busy_service_is_asked_again_for_a_while() -> None:
    session = submitted(busy_timeout=1)
    session.receive(failed(common.CODE_RESOURCE_EXHAUSTED, 300), 0)
    session.tick(0.2)
    assert sent(session) == []
    session.tick(0.3)
    assert sent(session) == ["Submit"]
    session.receive(failed(common.CODE_RESOURCE_EXHAUSTED, 300), 1.0)
    event = session.take(ID)
    assert getattr(event, "code", "") == "resource_exhausted"


def test_a_question_that_is_refused_is_an_error() -> None:
    session = connected()
    session.start(ID, client.Route(request=ID), 0)
    session.receive(failed(common.CODE_INVALID_ARGUMENT), 1)
    with pytest.raises(RequestFailed, match="invalid_argument"):
        session.take_answer(ID)


def test_what_waits_for_too_long_is_given_up() -> None:
    session = Session("ipc:///nowhere", Settings(), bytes(16), 0)
    session.start(ID, client.Submit(request=ID), 1)
    session.tick(2.9)
    assert session.is_pending(ID)
    session.tick(3)
    with pytest.raises(Unreachable, match="fusebox serve"):
        session.take(ID)
    session = submitted()
    session.tick(5)
    assert sent(session) == ["Submit"]
    session.tick(20)
    with pytest.raises(NoAnswer):
        session.take(ID)


def test_silence_about_an_accepted_request_is_looked_into() -> None:
    session = submitted()
    session.receive(accepted(), 1)
    session.tick(6)
    assert sent(session) == ["Attach", "Status"]
    session.receive(client.StatusReply(request=bytes(16)), 7)
    assert isinstance(session.take(ID), Accepted)
    session.tick(26)
    assert session.is_pending(ID)
    session.tick(31)
    with pytest.raises(NoAnswer):
        session.take(ID)


def test_credit_follows_the_reader() -> None:
    session = submitted(window=4)
    session.receive(accepted(), 1)
    session.take(ID)
    for offset in range(4):
        session.receive(chunk(offset, [offset], "x"), 1)
    assert sent(session) == []
    # The service waits for the reader: its silence means nothing.
    session.tick(60)
    assert sent(session) == [] and not session.is_idle
    session.take(ID)
    assert sent(session) == []
    session.take(ID)
    credit = session.outgoing.popleft()
    assert isinstance(credit, client.Credit) and credit.chunks == 2
    # And it has a new while to say something.
    session.tick(61)
    for _ in range(2):
        session.take(ID)
    assert session.is_pending(ID)


def test_credit_starts_again_with_an_attempt() -> None:
    session = submitted(window=4)
    session.receive(accepted(), 1)
    session.take(ID)
    for offset in range(4):
        session.receive(chunk(offset, [offset], "x"), 1)
    session.disconnected(2)
    session.connected(3)
    assert sent(session) == ["Attach"]
    # Those four came on the credit of the earlier connection.
    for _ in range(4):
        session.take(ID)
    assert sent(session) == []
    # What was known already and is dropped is read, or the reply would stand still.
    session.receive(chunk(0, [0, 1], "xx"), 4)
    session.receive(chunk(2, [2, 3], "xx"), 4)
    assert sent(session) == ["Credit"]


def test_an_attached_reply_begins_with_its_acceptance() -> None:
    session = connected()
    session.start(ID, client.Attach(request=ID), 0)
    sent(session)
    # On their way to who detached the request on this connection.
    session.receive(chunk(8, [1], "x"), 1)
    session.receive(done(9), 1)
    assert sent(session) == [] and session.is_pending(ID)
    for message in (accepted(), chunk(0, [1], "x"), done(1)):
        session.receive(message, 2)
    kinds = [type(session.take(ID)) for _ in range(3)]
    assert kinds == [Accepted, Chunk, Done] and session.take(ID) is None


def test_an_attached_reply_gets_credit_of_its_own() -> None:
    for window, chunks in ((4, 4), (0, UNLIMITED)):
        session = connected(window=window)
        session.start(ID, client.Attach(request=ID), 0)
        session.receive(accepted(), 1)
        credit = session.outgoing[-1]
        assert isinstance(credit, client.Credit) and credit.chunks == chunks


def test_a_change_of_adapters_may_take_long_while_the_service_lives() -> None:
    session = connected()
    change = client.ChangeAdapter(request=ID, verb=client.ADAPTER_VERB_PROMOTE, name="calm")
    session.start(ID, change, 0)
    assert sent(session) == ["ChangeAdapter"]
    for now in range(5, 105, 5):
        session.tick(now)
        # Said again, with the same id, it is the same change.
        assert sent(session) == ["ChangeAdapter", "Status"] and session.is_pending(ID)
        session.receive(client.StatusReply(request=bytes(16)), now)
    session.receive(client.AdapterChanged(request=ID, revision=2), 101)
    assert session.take_answer(ID) == client.AdapterChanged(request=ID, revision=2)
    session.start(ID, change, 101)
    session.tick(121)
    with pytest.raises(NoAnswer):
        session.take_answer(ID)


def test_a_service_that_knows_no_changes_of_adapters_is_not_waited_for() -> None:
    session = connected()
    status = bytes(reversed(ID))
    session.start(ID, client.ChangeAdapter(request=ID, verb=client.ADAPTER_VERB_RESCAN), 0)
    session.start(status, client.Status(request=status), 0)
    unknown = client.Failed(code=common.CODE_INVALID_ARGUMENT, message="no kind of message")
    session.receive(unknown, 1)
    with pytest.raises(RequestFailed, match="no kind of message"):
        session.take_answer(ID)
    assert session.is_pending(status)
