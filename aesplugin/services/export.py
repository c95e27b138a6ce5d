"""The catalog as CSV or JSON lines, streamed: memory does not grow with the catalog."""

import csv
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TextIO

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry
from aesplugin.services.faces import faces_line
from aesplugin.services.files.whole_file import written_whole
from aesplugin.services.keywords import caption_of, keywords_of
from aesplugin.services.serialise import entry_dict

COLUMNS = (
    "path", "state", "reason", "content_hash", "score", "comment", "suggestions", "model",
    "uncertainty", "kind", "subject", "keywords", "reasons", "faces", "hierarchical_keywords",
    "caption",
)  # fmt: skip
EXIF_COLUMNS = ("taken_at", "make", "model", "lens", "exposure_time", "f_number", "iso")
# A spreadsheet runs a cell that begins like this as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(
    catalog: Catalog, model_revision: str, *, format: Literal["csv", "json"], target: Path | None
) -> int:
    """Writes every entry to `target` (standard output where None); returns how many.

    A file appears whole or not at all.

    Raises:
        UsageError: the target cannot be written.
    """

    def write(file: TextIO) -> int:
        if format == "json":
            return _write_json(catalog.entries(model_revision), file)
        return _write_csv(catalog.entries(model_revision), file, measured=measured)

    measured = _attribute_names(catalog.entries(model_revision)) if format == "csv" else []
    if target is None:
        return write(sys.stdout)
    with (
        written_whole(target) as path,
        path.open("w", encoding="utf-8", newline="", errors="backslashreplace") as file,
    ):
        return write(file)


def _write_json(entries: Iterable[Entry], file: TextIO) -> int:
    return _count(entries, lambda entry: file.write(json.dumps(_as_dict(entry)) + "\n"))


def _write_csv(entries: Iterable[Entry], file: TextIO, *, measured: list[str]) -> int:
    writer = csv.writer(file)
    writer.writerow([*COLUMNS, *(f"exif_{name}" for name in EXIF_COLUMNS), *measured])
    return _count(
        entries,
        lambda entry: writer.writerow([_cell(value) for value in _row(entry, measured)]),
    )


def _attribute_names(entries: Iterable[Entry]) -> list[str]:
    """The names of attributes, one column each, as in the first photo that has any."""
    return next((list(entry.attributes) for entry in entries if entry.attributes), [])


def _row(entry: Entry, measured: list[str]) -> list[Any]:
    data = _as_dict(entry)
    exif = data["exif"] or {}
    values = {name: data["attributes"].get(name, {}).get("value") for name in measured}
    flat = data | {
        "suggestions": "; ".join(s["advice"] for s in data["suggestions"]),
        "keywords": "; ".join(data["keywords"]),
        "hierarchical_keywords": "; ".join(data["hierarchical_keywords"]),
        "reasons": "; ".join(f"{r['text']} ({r['points']:+.2f})" for r in data["reasons"] or ()),
        "faces": None if entry.faces is None else faces_line(entry.faces),
    }
    return [
        *(flat[name] for name in COLUMNS),
        *(exif.get(name) for name in EXIF_COLUMNS),
        *values.values(),
    ]


def _as_dict(entry: Entry) -> dict[str, Any]:
    """The entry, and what `publish --keywords --caption` writes of it."""
    content = entry.assessment.content if entry.assessment else None
    return entry_dict(entry) | {
        "hierarchical_keywords": ["|".join(path) for path in keywords_of(content)],
        "caption": caption_of(content),
    }


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _count(entries: Iterable[Entry], write: Callable[[Entry], Any]) -> int:
    count = 0
    for entry in entries:
        write(entry)
        count += 1
    return count
