"""The jobs' payloads with types: plain data on the way, values at both ends.

Paths travel as bytes, since a file name need not be text. Nothing here can be made to run code.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from aesplugin.assessment import Content, Flaw, Kind, Reason, Suggestion
from aesplugin.errors import ModelError
from aesplugin.jobs import Payload
from aesplugin.models.base import Answer
from aesplugin.photo import Rendition
from aesplugin.services.assess import Assessed


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestJob:
    """Files to decode. `losses` counts the workers that stopped while they were at it."""

    paths: tuple[str, ...]
    watched: bool = False  # found by a watcher: a file that is gone again is nobody's failure
    losses: int = 0

    def payload(self) -> Payload:
        """As plain data."""
        paths = [os.fsencode(path) for path in self.paths]
        return {"paths": paths, "watched": self.watched, "losses": self.losses}

    @classmethod
    def of(cls, payload: Payload) -> Self:
        """From plain data."""
        paths = tuple(os.fsdecode(path) for path in payload["paths"])
        return cls(paths=paths, watched=payload["watched"], losses=payload["losses"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo for the model, and how often the model failed at it before."""

    rendition: Rendition
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessJob:
    """A batch for the model of that revision."""

    revision: str
    photos: tuple[Candidate, ...]

    def payload(self) -> Payload:
        """As plain data; the renditions' bytes are in it, so a worker needs no shared disk."""
        photos = [asdict(photo.rendition) | {"failures": photo.failures} for photo in self.photos]
        return {"revision": self.revision, "photos": photos}

    @classmethod
    def of(cls, payload: Payload) -> Self:
        """From plain data."""
        photos = tuple(
            Candidate(
                Rendition(**{key: value for key, value in photo.items() if key != "failures"}),
                photo["failures"],
            )
            for photo in payload["photos"]
        )
        return cls(revision=payload["revision"], photos=photos)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordJob:
    """What a model said."""

    model: str
    revision: str
    results: tuple[Assessed, ...]

    def payload(self) -> Payload:
        """As plain data."""
        results = [_result_data(result) for result in self.results]
        return {"model": self.model, "revision": self.revision, "results": results}

    @classmethod
    def of(cls, payload: Payload) -> Self:
        """From plain data."""
        results = tuple(_result(data) for data in payload["results"])
        return cls(model=payload["model"], revision=payload["revision"], results=results)


def batches(photos: Sequence[Candidate], size: int) -> list[Sequence[Candidate]]:
    """`photos` in portions of at most `size`."""
    return [photos[start : start + size] for start in range(0, len(photos), size)]


def _result_data(result: Assessed) -> dict[str, Any]:
    data: dict[str, Any] = {"content_hash": result.content_hash, "attempt": result.attempt}
    if isinstance(result.outcome, Answer):
        return data | {"answer": asdict(result.outcome)}
    return data | {"error": str(result.outcome)}


def _result(data: dict[str, Any]) -> Assessed:
    outcome = _answer(data["answer"]) if "answer" in data else ModelError(data["error"])
    return Assessed(data["content_hash"], outcome, data["attempt"])


def _answer(data: dict[str, Any]) -> Answer:
    """What is absent, a sender of the release before did not know."""
    suggestions, content, reasons = map(data.get, ("suggestions", "content", "reasons"))
    if suggestions is not None:
        suggestions = tuple(Suggestion(**one | {"flaw": Flaw(one["flaw"])}) for one in suggestions)
    if reasons is not None:
        reasons = tuple(Reason(**one) for one in reasons)
    read = {"suggestions": suggestions, "content": _content(content), "reasons": reasons}
    return Answer(**data | read)


def _content(data: dict[str, Any] | None) -> Content | None:
    if data is None:
        return None
    kind = Kind(data["kind"]) if data["kind"] is not None else None
    return Content(**data | {"kind": kind, "keywords": tuple(data["keywords"])})
