"""Entries as terminal tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from aesplugin.assessment import Attribute, Verdict
from aesplugin.catalog.records import Entry
from aesplugin.cli.console import printable
from aesplugin.services.advice.reasons import reasons_of

if TYPE_CHECKING:
    from aesplugin.services.find import Found
    from aesplugin.services.personal.explanations import RankedPhoto

_COLORS = {Verdict.GOOD: "green", Verdict.POOR: "red", Verdict.CANT_TELL: "dim"}


def ranking_table(entries: Sequence[Entry], *, first: int = 1) -> Table:
    """Rank, score, photo and reasons, in the order given."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right", style="dim")
    table.add_column("score", justify="right", style="bold")
    table.add_column("photo", overflow="fold", min_width=16)
    table.add_column("why", overflow="fold", style="dim")
    for position, entry in enumerate(entries, start=first):
        score = f"{entry.assessment.score:.2f}" if entry.assessment else "-"
        name = Text(printable(Path(entry.path).name))
        table.add_row(str(position), score, name, Text(printable("; ".join(reasons_of(entry)))))
    return table


def found_table(found: "Sequence[Found]") -> Table:
    """Place, score, photo, and where each word stands in it, in the order given."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right", style="dim")
    table.add_column("score", justify="right", style="bold")
    table.add_column("photo", overflow="fold", min_width=16)
    table.add_column("found in", overflow="fold", style="dim")
    for position, one in enumerate(found, start=1):
        score = f"{one.entry.assessment.score:.2f}" if one.entry.assessment else "-"
        where = "; ".join(f"{word}: {', '.join(places)}" for word, places in one.matched.items())
        name = Text(printable(Path(one.entry.path).name))
        table.add_row(str(position), score, name, Text(printable(where)))
    return table


def attribute_table(attributes: dict[str, Attribute]) -> Table:
    """Name, value with unit, verdict."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("attribute", "value", "verdict"):
        table.add_column(name, justify="right" if name == "value" else "left")
    for name, attribute in attributes.items():
        value = "-" if attribute.value is None else f"{attribute.value:.3g} {attribute.unit}"
        table.add_row(name, value, Text(attribute.verdict.value, _COLORS[attribute.verdict]))
    return table


def personal_table(photos: "Sequence[RankedPhoto]") -> Table:
    """Rank, both scores, how far the photo moved up, and which rated photos moved it."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("#", "personal", "score", "moved"):
        table.add_column(name, justify="right", style="bold" if name == "personal" else "dim")
    table.add_column("photo", overflow="fold", min_width=16)
    table.add_column("why", overflow="fold", style="dim")
    for photo in photos:
        table.add_row(
            str(photo.place),
            f"{photo.personal:.2f}",
            f"{photo.general:.2f}",
            f"{photo.rose:+d}" if photo.rose else "0",
            Text(printable(Path(photo.entry.path).name)),
            Text(printable(_why(photo))),
        )
    return table


def _why(photo: "RankedPhoto") -> str:
    liked = [
        f"{share.points:+.2f} from {Path(path).name}"
        for path, share in zip(photo.resembles, photo.why.photos, strict=True)
    ]
    moved = [f"{share.points:+.2f} {share.what}" for share in photo.why.attributes]
    return "; ".join([*liked[:2], *moved[:2]])
