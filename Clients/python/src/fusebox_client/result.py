"""A whole reply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from fusebox_client.errors import RequestFailed
from fusebox_client.events import Accepted, Chunk, Done, Event, Failed, Routed
from fusebox_client.provenance import Provenance
from fusebox_client.scores import TokenScore


@dataclass
class Part:
    """One part of a whole reply."""

    text: str = ""
    ids: list[int] = field(default_factory=list)
    segments: list[Routed] = field(default_factory=list)
    #: One an id, and one a token of the prompt, where they were asked for.
    scores: list[TokenScore] = field(default_factory=list)
    prompt_scores: list[TokenScore] = field(default_factory=list)
    done: Done | None = None
    failed: Failed | None = None


@dataclass
class Result:
    """A whole reply; all but `parts` is of the only part, or of the parts joined."""

    parts: list[Part]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Result:
        """Puts a reply's events together; RequestFailed when the request or any part failed."""
        parts = [Part()]

        def part(index: int) -> Part:
            while len(parts) <= index:
                parts.append(Part())
            return parts[index]

        for event in events:
            if isinstance(event, Accepted):
                part(event.parts - 1)
            elif isinstance(event, Routed):
                part(event.part).segments.append(event)
            elif isinstance(event, Chunk):
                part(event.part).text += event.text
                part(event.part).ids += event.ids
                part(event.part).scores += event.scores
                part(event.part).prompt_scores += event.prompt_scores
            elif isinstance(event, Done):
                part(event.part).done = event
            else:
                part(event.part).failed = event
        for failed in (p.failed for p in parts if p.failed):
            raise RequestFailed(failed.code, failed.message, failed.retry_after)
        return cls(parts)

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts)

    @property
    def ids(self) -> list[int]:
        return [id for part in self.parts for id in part.ids]

    @property
    def prompt_ids(self) -> list[int]:
        provenance = self.provenance
        return list(provenance.prompt_tokens) if provenance else []

    @property
    def scores(self) -> list[TokenScore]:
        return [score for part in self.parts for score in part.scores]

    @property
    def prompt_scores(self) -> list[TokenScore]:
        return [score for part in self.parts for score in part.prompt_scores]

    @property
    def segments(self) -> list[Routed]:
        return [segment for part in self.parts for segment in part.segments]

    @property
    def finish_reason(self) -> str:
        done = self.parts[-1].done
        return done.finish_reason if done else "failed"

    @property
    def provenance(self) -> Provenance | None:
        done = self.parts[0].done
        return done.provenance if done else None
