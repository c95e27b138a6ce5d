"""A contact sheet: a single self-contained HTML file, photos by score with their reasons."""

import base64
import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry
from aesplugin.imaging.renditions import ThumbnailStore
from aesplugin.models.base import ModelCard
from aesplugin.photo import PhotoState
from aesplugin.services.advice.reasons import reasons_of
from aesplugin.services.files.whole_file import written_whole
from aesplugin.services.pipeline.score import ScoredFile

MOST_PHOTOS = 400  # a page of about 10 MB; beyond that, the review page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tile:
    name: str
    link: str | None  # file: address of the original
    picture: str | None  # data: address of the thumbnail
    score: float
    reasons: Sequence[str]
    advice: Sequence[str]
    comment: str | None


def write_report(
    catalog: Catalog,
    card: ModelCard,
    files: Sequence[ScoredFile],
    target: Path,
    *,
    thumbnails: ThumbnailStore,
) -> Path:
    """Writes the contact sheet of one run to `target` atomically; returns its path.

    Raises:
        UsageError: the target cannot be written.
    """
    assessed = [file.path for file in files if file.state is PhotoState.ASSESSED]
    entries = catalog.entries(card.revision, paths=assessed)
    tiles = [_tile(entry, score, thumbnails) for entry, score in _best(entries)]
    page = template("report.html").render(
        tiles=tiles,
        total=len(assessed),
        failed=[file for file in files if file.state is not PhotoState.ASSESSED],
        states=Counter(file.state.value for file in files),
        card=card,
        made_at=datetime.now(UTC).astimezone(),
    )
    with written_whole(target) as path:
        path.write_text(page, encoding="utf-8", errors="backslashreplace")
    return target


def _best(entries: Iterable[Entry]) -> list[tuple[Entry, float]]:
    scored = ((e, e.assessment.score) for e in entries if e.assessment is not None)
    return heapq.nsmallest(MOST_PHOTOS, scored, key=lambda pair: (-pair[1], pair[0].path))


def _tile(entry: Entry, score: float, thumbnails: ThumbnailStore) -> _Tile:
    assessment = entry.assessment
    return _Tile(
        name=Path(entry.path).name,
        link=link_of(entry.path),
        picture=picture_of(entry, thumbnails),
        score=score,
        reasons=reasons_of(entry),
        advice=[s.advice for s in assessment.suggestions] if assessment else [],
        comment=assessment.comment if assessment else None,
    )


def link_of(path: str) -> str | None:
    """The file: address of an original; None where its name fits in none."""
    try:
        return Path(path).as_uri()
    except (ValueError, UnicodeError):  # a name no address can carry
        return None


def picture_of(entry: Entry, thumbnails: ThumbnailStore) -> str | None:
    """The data: address of the photo's thumbnail; None where none is kept."""
    if entry.photo is None:
        return None
    try:
        data = thumbnails.path(entry.photo.content_hash).read_bytes()
    except OSError:  # the cache was cleared: the page goes without this picture
        return None
    return "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")


def template(name: str) -> Template:
    """One of `aesplugin/services/templates`; those of contact sheets extend `sheet.html`."""
    environment = Environment(
        loader=PackageLoader("aesplugin.services"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
