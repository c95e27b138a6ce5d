"""Records to rows and back; what a database cannot hold (NaN, giant integers) is left out here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import RowMapping

from aesplugin.assessment import (
    SCORE_MAX,
    SCORE_MIN,
    Assessment,
    Attribute,
    Content,
    Flaw,
    Kind,
    Reason,
    Suggestion,
    Verdict,
)
from aesplugin.catalog.records import Preference, RunKind
from aesplugin.catalog.tables import is_storable
from aesplugin.decision import Word
from aesplugin.errors import ModelError, UsageError
from aesplugin.photo import Exif, FileStamp, Photo

EXIF_FIELDS = tuple(field.name for field in fields(Exif))


def now() -> datetime:
    """The present, aware."""
    return datetime.now(UTC)


def photo_row(photo: Photo, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """A row of `photos`."""
    return {
        "content_hash": photo.content_hash,
        "perceptual_hash": photo.perceptual_hash,
        "width": photo.width,
        "height": photo.height,
        "format": photo.format,
        "exif_problem": photo.exif_problem,
        "note": photo.note,
        "attributes": {name: _attribute_json(a) for name, a in attributes.items()},
        "first_seen": now(),
    }


def exif_row(photo: Photo) -> dict[str, Any]:
    """A row of `exif`: the time of day as the camera showed it, the offset beside it."""
    row = {name: _storable(getattr(photo.exif, name)) for name in EXIF_FIELDS}
    taken_at = photo.exif.taken_at
    offset = taken_at.utcoffset() if taken_at else None
    row["taken_at"] = taken_at.replace(tzinfo=None) if taken_at else None
    row["taken_offset"] = offset.total_seconds() if offset is not None else None
    return {"content_hash": photo.content_hash, **row}


def file_row(stamp: FileStamp) -> dict[str, Any]:
    """A row of `files` without content and without failure."""
    return {
        "path": stamp.path,
        "display": stamp.path,
        "content_hash": None,
        "size": stamp.size,
        "mtime_ns": stamp.mtime_ns,
        "changed_ns": _storable(stamp.changed_ns),
        "inode": stamp.inode,
        "failure": None,
        "reason": None,
        "seen_at": now(),
    }


def assessment_row(assessment: Assessment) -> dict[str, Any]:
    """A row of `assessments`.

    Raises:
        ModelError: the score is no number within 1..10; no such score is ever stored.
    """
    if not SCORE_MIN <= assessment.score <= SCORE_MAX:
        raise ModelError(
            f"photo {assessment.content_hash}: {assessment.model} returned the score"
            f" {assessment.score}, which is not within 1..10"
        )
    content = assessment.content
    return {
        "content_hash": assessment.content_hash,
        "model_revision": assessment.model_revision,
        "model": assessment.model,
        "score": float(assessment.score),
        "comment": assessment.comment,
        "suggestions": [_suggestion_json(s) for s in assessment.suggestions],
        "uncertainty": _number(assessment.uncertainty),
        "kind": content.kind.value if content and content.kind else None,
        "content": _content_json(content) if content else None,
        "reasons": _reasons_json(assessment.reasons),
        "created_at": now(),
        "embedding": assessment.embedding,
    }


def rating_row(user: str, rating: Preference) -> dict[str, Any]:
    """A row of `judgements` for a rating.

    Raises:
        UsageError: the rating is not within 1..5, or its source is that of a decision.
    """
    if rating.rating is not None and not 1 <= rating.rating <= 5:
        raise UsageError(f"rating {rating.rating} is not within 1..5")
    if rating.source in (RunKind.DECIDE, RunKind.CULL):
        raise UsageError(f"no rating comes from {rating.source!r}: that is a decision's source")
    return {
        "user_name": user,
        "content_hash": rating.content_hash,
        "choice": None if rating.choice is None else rating.choice.value,
        "stars": rating.rating,
        "favorite": rating.favorite,
        "source": rating.source,
        "stated_at": rating.stated_at or now(),
    }


def judgement_row(
    user: str, content_hash: str, word: Word, source: str, decided_at: datetime | None = None
) -> dict[str, Any]:
    """A row of `judgements` for a decision, of no run yet; no time means now.

    Raises:
        UsageError: the stars are not within 0..5.
    """
    if word.stars is not None and not 0 <= word.stars <= 5:
        raise UsageError(f"{word.stars} stars are not within 0..5")
    return {
        "user_name": user,
        "content_hash": content_hash,
        "choice": None if word.choice is None else word.choice.value,
        "stars": word.stars,
        "favorite": word.favorite,
        "source": source,
        "stated_at": decided_at or now(),
    }


def photo_of(row: RowMapping) -> Photo:
    """The photo in a row that has the columns of `photos` and, as ``exif_<name>``, of `exif`."""
    return Photo(
        content_hash=row["content_hash"],
        perceptual_hash=row["perceptual_hash"],
        width=row["width"],
        height=row["height"],
        format=row["format"],
        exif=_exif_of(row),
        exif_problem=row["exif_problem"],
        note=row["note"],
    )


def attributes_of(stored: Mapping[str, Any] | None) -> dict[str, Attribute]:
    """The measured attributes in the JSON of `photos.attributes`."""
    return {
        name: Attribute(value=a["value"], unit=a["unit"], verdict=Verdict(a["verdict"]))
        for name, a in (stored or {}).items()
    }


def assessment_of(row: RowMapping) -> Assessment:
    """The assessment in a row of `assessments`, without its embedding."""
    return Assessment(
        content_hash=row["content_hash"],
        model=row["model"],
        model_revision=row["model_revision"],
        score=row["score"],
        comment=row["comment"],
        suggestions=_suggestions_of(row["suggestions"]),
        uncertainty=row["uncertainty"],
        content=_content_of(row["kind"], row["content"]),
        reasons=_reasons_of(row["reasons"]),
    )


def _exif_of(row: RowMapping) -> Exif:
    values = {name: row[f"exif_{name}"] for name in EXIF_FIELDS}
    offset = row["exif_taken_offset"]
    if values["taken_at"] is not None and offset is not None:
        values["taken_at"] = values["taken_at"].replace(tzinfo=timezone(timedelta(seconds=offset)))
    return Exif(**values)


def _suggestions_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Suggestion, ...]:
    return tuple(
        Suggestion(
            flaw=Flaw(s["flaw"]),
            direction=s["direction"],
            strength=s["strength"],
            advice=s["advice"],
            amount=s.get("amount"),  # unknown to catalogs before 0003
        )
        for s in stored
    )


def _content_of(kind: str | None, stored: Mapping[str, Any] | None) -> Content | None:
    if stored is None:
        return None
    return Content(
        kind=Kind(kind) if kind else None,
        subject=stored["subject"],
        keywords=tuple(stored["keywords"]),
    )


def _reasons_of(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Reason, ...] | None:
    if stored is None:
        return None
    return tuple(Reason(text=one["text"], points=one["points"]) for one in stored)


def _content_json(content: Content) -> dict[str, Any]:
    return {"subject": content.subject, "keywords": list(content.keywords)}


def _reasons_json(reasons: Sequence[Reason] | None) -> list[dict[str, Any]] | None:
    """Those whose points are a number: the others tell neither for nor against."""
    if reasons is None:
        return None
    counted = ((one.text, _number(one.points)) for one in reasons)
    return [{"text": told, "points": points} for told, points in counted if points is not None]


def _suggestion_json(suggestion: Suggestion) -> dict[str, Any]:
    return asdict(suggestion) | {
        "flaw": suggestion.flaw.value,
        "strength": _number(suggestion.strength) or 0.0,
        "amount": _number(suggestion.amount),
    }


def _attribute_json(attribute: Attribute) -> dict[str, Any]:
    return {
        "value": _number(attribute.value),
        "unit": attribute.unit,
        "verdict": attribute.verdict.value,
    }


def _number(value: float | None) -> float | None:
    """A plain float (a model may answer with numpy's); None where there is none."""
    return None if value is None or not math.isfinite(value) else float(value)


def _storable(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not is_storable(value):
        return None
    return value
