"""The JSON shape of a photo's entry, one for every command and page."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aesplugin.assessment import Assessment, Attribute, Suggestion
from aesplugin.catalog.records import Entry
from aesplugin.models.base import Answer
from aesplugin.photo import Exif


def entry_dict(entry: Entry) -> dict[str, Any]:
    """path, state, reason, content_hash, score, attributes, comment, suggestions, model, exif.

    Beside them `note`, of how it was decoded, and what `said_dict` has. Every key is always there;
    what is not known is null (or empty for the collections).
    """
    assessment = entry.assessment
    return {
        "path": entry.path,
        "state": entry.state.value,
        "reason": entry.reason,
        "content_hash": entry.photo.content_hash if entry.photo else None,
        "score": assessment.score if assessment else None,
        "attributes": {name: attribute_dict(a) for name, a in entry.attributes.items()},
        "comment": assessment.comment if assessment else None,
        "suggestions": [suggestion_dict(s) for s in assessment.suggestions] if assessment else [],
        "model": _model(assessment),
        "exif": exif_dict(entry.photo.exif) if entry.photo else None,
        "note": entry.photo.note if entry.photo else None,
    } | said_dict(assessment)


def failure_dict(path: str, state: str, reason: str | None) -> dict[str, Any]:
    """The same keys for a file or folder of which nothing but its failure is known."""
    return {
        "path": path,
        "state": state,
        "reason": reason,
        "content_hash": None,
        "score": None,
        "attributes": {},
        "comment": None,
        "suggestions": [],
        "model": None,
        "exif": None,
        "note": None,
    } | said_dict(None)


def said_dict(said: Assessment | Answer | None) -> dict[str, Any]:
    """uncertainty, kind, subject, keywords, reasons.

    `reasons` is null where the model gives none, and an empty list where nothing stands out.
    """
    content = said.content if said else None
    reasons = said.reasons if said else None
    return {
        "uncertainty": said.uncertainty if said else None,
        "kind": content.kind.value if content and content.kind else None,
        "subject": content.subject if content else None,
        "keywords": list(content.keywords) if content else [],
        "reasons": None if reasons is None else [asdict(reason) for reason in reasons],
    }


def attribute_dict(attribute: Attribute) -> dict[str, Any]:
    """value, unit, verdict."""
    return {
        "value": attribute.value,
        "unit": attribute.unit,
        "verdict": attribute.verdict.value,
    }


def suggestion_dict(suggestion: Suggestion) -> dict[str, Any]:
    """flaw, direction, strength, advice, amount."""
    return asdict(suggestion) | {"flaw": suggestion.flaw.value}


def exif_dict(exif: Exif) -> dict[str, Any]:
    """Only what the file says; times in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(exif).items()
        if value is not None
    }


def _model(assessment: Assessment | None) -> str | None:
    return f"{assessment.model}@{assessment.model_revision}" if assessment else None
