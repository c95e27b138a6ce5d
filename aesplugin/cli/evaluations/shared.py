"""What benchmarks share: their options, the model they measure, and how a report is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from aesplugin.cli.console import out, print_json, say
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.evaluation.plots import Panel
    from aesplugin.evaluation.real.labels import Split
    from aesplugin.evaluation.synthetic_flaws import Strength
    from aesplugin.models.base import AestheticModel


Photos = Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of good photos.")]
Count = Annotated[int, typer.Option("--count", min=1, help="Photos per folder, evenly spaced.")]
Strengths = Annotated[
    list[str] | None,
    typer.Option("--strength", metavar="NAME", help="mild, medium or strong; may be repeated."),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Random seed; the same seed gives the same copies.")
]
All = Annotated[
    bool, typer.Option("--all", help="Include photos the shipped models were trained on.")
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE.png", help="Also plot the figures to this file."),
]
SplitName = Annotated[
    str,
    typer.Option("--split", metavar="NAME", help="Split to measure: train, choose, report or all."),
]
_ALL = "all"


def split_named(name: str) -> "Split | None":
    """The split of labelled photos of that name; None for all of them.

    Raises:
        UsageError: there is none.
    """
    from aesplugin.evaluation.real.labels import Split

    if name == _ALL:
        return None
    known = [one.value for one in Split]
    if name not in known:
        raise UsageError(f"unknown split {name!r}; known: {', '.join([*known, _ALL])}")
    return Split(name)


def strengths_of(names: Sequence[str] | None, usual: Sequence[str]) -> "list[Strength]":
    """The strengths named, in the order given; the usual ones where none is.

    Raises:
        UsageError: no such strength.
    """
    from aesplugin.evaluation.synthetic_flaws import Strength

    known = [strength.value for strength in Strength]
    for name in names or ():
        if name not in known:
            raise UsageError(f"unknown strength {name!r}; known: {', '.join(known)}")
    return [Strength(name) for name in dict.fromkeys(names or usual)]


def unseen_photos(folders: Sequence[Path], *, count: int, everything: bool) -> list[Path]:
    """`count` photos a folder, without those that training may have seen unless `everything`.

    Raises:
        DataError: a folder holds no photo, or none that training never saw.
    """
    from aesplugin.evaluation.inputs import photos_in
    from aesplugin.training.photos import never_learnt_from

    if everything:
        return photos_in(folders, count=count)
    found = photos_in(folders, keep=never_learnt_from)
    left_out = len(photos_in(folders)) - len(found)
    if left_out:
        say(f"{left_out} photos that may be training data are left out; --all includes them")
    return photos_in(folders, count=count, keep=never_learnt_from)


def load_judge(
    model: str | None, device: str | None, *, comments: bool, shown: bool = False
) -> "AestheticModel":
    """The named model, or that of the settings.

    `comments` as in `Workshop.load_model`: a benchmark of scores does not read them. `shown` puts
    the plug-in's check of suggestions on top.

    Raises:
        UsageError: no such model.
        ModelError: it cannot be loaded.
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    settings = load_settings(model=model, device=device)
    found = Workshop(settings).load_model(comments=comments)
    if shown:
        from aesplugin.evaluation.judged import AsShown

        found = AsShown(found)
    return found


def name_of(model: "AestheticModel") -> str:
    """Name and revision, as every report carries them."""
    return f"{model.card.name}@{model.card.revision}"


class Report(Protocol):
    """What a benchmark returns."""

    def table(self) -> str:
        """As text."""
        ...

    def data(self) -> Mapping[str, Any]:
        """For JSON."""
        ...

    def panels(self) -> "Sequence[Panel]":
        """For a picture."""
        ...


def show(report: Report, *, json: bool, plot: Path | None, model: str = "") -> None:
    """Prints the report and draws it into `plot`; `model` goes into the JSON."""
    if plot is not None:
        from aesplugin.evaluation.plots import draw_panels

        draw_panels(plot, report.panels())
        say(f"plot written to {plot}")
    if json:
        print_json(plain(({"model": model} if model else {}) | dict(report.data())))
    else:
        out.print(report.table(), markup=False, soft_wrap=True)


def plain(value: Any) -> Any:
    """`value` as JSON can carry it: data classes as objects, numbers that are none as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    return value
