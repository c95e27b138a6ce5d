"""The jobs' payloads: plain data in transit, typed values at both ends.

Paths travel as bytes, since a file name need not be text. Nothing here can be made to run code.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from aesplugin.errors import ModelError
from aesplugin.jobs import JobData, Payload, plain
from aesplugin.models.base import Answer
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import Assessed

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestJob:
    """Files to decode. `losses` counts the workers that stopped while decoding them."""

    paths: tuple[str, ...]
    watched: bool = False  # found by a watcher: a file that is gone again is no failure
    losses: int = 0

    def payload(self) -> Payload:
        """As plain data."""
        paths = [os.fsencode(path) for path in self.paths]
        return {"paths": paths, "watched": self.watched, "losses": self.losses}

    @classmethod
    def of(cls, data: JobData) -> Self:
        """From plain data, or as it was handed over within a process."""
        if isinstance(data, cls):
            return data
        payload = plain(data)
        paths = tuple(os.fsdecode(path) for path in payload["paths"])
        return cls(paths=paths, watched=payload["watched"], losses=payload["losses"])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A photo for the model, and how often the model failed on it before."""

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
    def of(cls, data: JobData) -> Self:
        """From plain data, or as it was handed over within a process."""
        if isinstance(data, cls):
            return data
        payload = plain(data)
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
    """A model's answers."""

    model: str
    revision: str
    results: tuple[Assessed, ...]

    def payload(self) -> Payload:
        """As plain data."""
        results = [_result_data(result) for result in self.results]
        return {"model": self.model, "revision": self.revision, "results": results}

    @classmethod
    def of(cls, data: JobData) -> Self:
        """From plain data, or as it was handed over within a process."""
        if isinstance(data, cls):
            return data
        payload = plain(data)
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
    """What is absent, a sender of the release before did not know."""
    outcome = (
        _answers().validate_python(data["answer"])
        if "answer" in data
        else ModelError(data["error"])
    )
    return Assessed(data["content_hash"], outcome, data["attempt"])


@cache
def _answers() -> "TypeAdapter[Answer]":
    from pydantic import TypeAdapter  # only where answers come from another process

    return TypeAdapter(Answer)
