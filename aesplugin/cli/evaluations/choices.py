"""Options that several benchmarks share, and the photos they choose."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aesplugin.cli.console import say
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.evaluation.transforms import Strength

Photos = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of good photos.")]
Count = Annotated[int, typer.Option("--count", min=1, help="Photos a folder, evenly chosen.")]
Strengths = Annotated[
    list[str] | None,
    typer.Option("--strength", metavar="NAME", help="mild, medium or strong; repeat for several."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed draws the same flaws.")]
All = Annotated[bool, typer.Option("--all", help="Also photos that the shipped models saw.")]
Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the figures as bars, too.")
]


def strengths_of(names: Sequence[str] | None, usual: Sequence[str]) -> "list[Strength]":
    """The strengths named, in the order given; the usual ones where none is.

    Raises:
        UsageError: no such strength.
    """
    from aesplugin.evaluation.transforms import Strength

    known = [strength.value for strength in Strength]
    for name in names or ():
        if name not in known:
            raise UsageError(f"no strength is named {name!r}; known: {', '.join(known)}")
    return [Strength(name) for name in dict.fromkeys(names or usual)]


def unseen_photos(folders: Sequence[Path], *, count: int, everything: bool) -> list[Path]:
    """`count` photos a folder, without those that training may have seen unless `everything`.

    Raises:
        DataError: a folder holds no photo, or none that training never saw.
    """
    from aesplugin.evaluation.photos import photos_in
    from aesplugin.training.sources import never_learnt_from

    if everything:
        return photos_in(folders, count=count)
    found = photos_in(folders, keep=never_learnt_from)
    left_out = len(photos_in(folders)) - len(found)
    if left_out:
        say(f"{left_out} photos that training may have seen are left out; --all takes them in")
    return photos_in(folders, count=count, keep=never_learnt_from)
