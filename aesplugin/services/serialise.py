"""The JSON of a photo's entry, the same for every command and page.

By hand where it is flatter than the values it shows, or names them otherwise; the rest is `asdict`.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aesplugin.assessment import Assessment
from aesplugin.catalog.records import Entry
from aesplugin.models.base import Answer
from aesplugin.photo import Exif, FileStatus


def entry_dict(entry: Entry) -> dict[str, Any]:
    """path, state, reason, content_hash, score, attributes, comment, suggestions, model, exif.

    Beside them `note`, about how it was decoded, `faces`, and the keys of `answer_dict`. Every key
    is always there; what is not known is null (or empty for the other collections).
    """
    assessment = entry.assessment
    return {
        "path": entry.path,
        "state": entry.state,
        "reason": entry.reason,
        "content_hash": entry.photo.content_hash if entry.photo else None,
        "score": assessment.score if assessment else None,
        "attributes": {name: asdict(a) for name, a in entry.attributes.items()},
        "comment": assessment.comment if assessment else None,
        "suggestions": [asdict(s) for s in assessment.suggestions] if assessment else [],
        "model": _model(assessment),
        "exif": exif_dict(entry.photo.exif) if entry.photo else None,
        "note": entry.photo.note if entry.photo else None,
        "faces": None if entry.faces is None else [asdict(face) for face in entry.faces],
    } | answer_dict(assessment)


def failure_dict(file: FileStatus) -> dict[str, Any]:
    """The same keys for a file or folder that failed."""
    entry = Entry(path=file.path, paths=(file.path,), state=file.state, reason=file.reason)
    return entry_dict(entry)


def answer_dict(answer: Assessment | Answer | None) -> dict[str, Any]:
    """uncertainty, kind, subject, keywords, reasons.

    `reasons` is null where the model gives none, and an empty list where nothing stands out.
    """
    content = answer.content if answer else None
    reasons = answer.reasons if answer else None
    return {
        "uncertainty": answer.uncertainty if answer else None,
        "kind": content.kind if content else None,
        "subject": content.subject if content else None,
        "keywords": list(content.keywords) if content else [],
        "reasons": None if reasons is None else [asdict(reason) for reason in reasons],
    }


def exif_dict(exif: Exif) -> dict[str, Any]:
    """Only the fields present in the file; times in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(exif).items()
        if value is not None
    }


def _model(assessment: Assessment | None) -> str | None:
    return f"{assessment.model}@{assessment.model_revision}" if assessment else None
