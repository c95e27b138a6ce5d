"""aesplugin evaluate judges: which of several models agrees best with a person's own word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say
from aesplugin.cli.evaluations import shared
from aesplugin.cli.evaluations.shared import plain
from aesplugin.cli.progress import counting

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.evaluation.judges.agreement import JudgesReport
    from aesplugin.evaluation.judges.candidates import Judge, Opinion
    from aesplugin.evaluation.judges.sheet import Side
    from aesplugin.services.groups.group import Shoot


def command(  # noqa: PLR0913 - one parameter per option
    names: Annotated[
        list[str], typer.Argument(metavar="MODEL MODEL...", help="Models, as for --model.")
    ],
    *,
    user: options.MaybeUser = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--sheet",
            metavar="FILE.html",
            help="Where models differ most, as a contact sheet (made anyway on too few ratings).",
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=1, max=200, help="Photos per model on the contact sheet.")
    ] = 24,
    json: options.Json = False,
    plot: shared.Plot = None,
    catalog: options.Catalog = None,
) -> None:
    """Compare models by your own stars, picks and rejects. Reads stored scores; scores nothing.

    Example: aesplugin evaluate judges embedded mini --user anna
    """
    from aesplugin.compose import Workshop
    from aesplugin.evaluation.judges.candidates import opinions_of
    from aesplugin.evaluation.plots import check_plot
    from aesplugin.services.groups.group import read_shoot
    from aesplugin.settings import load_settings

    check_plot(plot)
    workshop = Workshop(load_settings(catalog=catalog))
    judges = _judges(workshop, names)
    opinions = {} if user is None else opinions_of(workshop.catalog, user)
    shoot = read_shoot(workshop.catalog, workshop.card.revision)
    _require_scores(judges, shoot, opinions)
    found: dict[str, Any] = {"judges": {judge.name: judge.revision for judge in judges}}
    report = None
    if user is not None:
        report = _measure(workshop, judges, (user, opinions), shoot)
        found |= report.data()
        _show(report, json=json, plot=plot)
    if sheet or report is None or not report.says_something:
        target = sheet or workshop.settings.cache / "judges.html"
        found |= {"sheet": str(target), "differ": _differ(workshop, judges, shoot, target, count)}
    if json:
        print_json(plain(found))


def _judges(workshop: "Workshop", names: list[str]) -> "list[Judge]":
    """The models of these names with their stored scores; loads no network."""
    from aesplugin import registry
    from aesplugin.evaluation.judges.candidates import read_judge, require_different

    cards = {name: registry.model(name, workshop.settings).card for name in names}
    require_different(cards, names)
    return [read_judge(workshop.catalog, name, card) for name, card in cards.items()]


def _require_scores(judges: "list[Judge]", shoot: "Shoot", opinions: "dict[str, Opinion]") -> None:
    """Tells what each judge lacks: of the photos the person spoke of, where there are any.

    Raises:
        NoPhotos: no two photos are scored by all.
    """
    from aesplugin.errors import NoPhotos
    from aesplugin.evaluation.judges.candidates import scored_by_all, unscored_line

    paths = {entry.photo.content_hash: entry.path for entry in shoot.entries if entry.photo}
    if not paths:
        raise NoPhotos("the catalog contains no photos: begin with aesplugin score FOLDER")
    rated = {key: path for key, path in paths.items() if key in opinions}
    for judge in judges:
        line = unscored_line(judge, rated or paths, "rated photo" if rated else "photo")
        if line:
            say(line)
    if len(scored_by_all(judges) & set(paths)) < 2:
        raise NoPhotos("fewer than two photos have a score by every model named: score some first")


def _measure(
    workshop: "Workshop",
    judges: "list[Judge]",
    said: "tuple[str, dict[str, Opinion]]",
    shoot: "Shoot",
) -> "JudgesReport":
    from aesplugin.evaluation.judges.agreement import measure_judges
    from aesplugin.evaluation.judges.candidates import alike

    user, opinions = said
    groups = alike(shoot, opinions, workshop.sketch, whole_folders=True)
    with counting("comparing") as progress:
        return measure_judges(judges, user, opinions, groups, progress=progress)


def _show(report: "JudgesReport", *, json: bool, plot: Path | None) -> None:
    if plot is not None and report.says_something:
        from aesplugin.evaluation.plots import draw_panels

        draw_panels(plot, report.panels())
        say(f"plot written to {plot}")
    if not json:
        out.print(report.table(), markup=False, soft_wrap=True)


def _differ(
    workshop: "Workshop", judges: "list[Judge]", shoot: "Shoot", target: Path, count: int
) -> dict[str, Any]:
    """Writes the sheet, and returns what is on it."""
    from aesplugin.evaluation.judges.candidates import alike, scored_by_all
    from aesplugin.evaluation.judges.sheet import disputes, one_of_each, sides_data, write_sheet

    entries = {entry.photo.content_hash: entry for entry in shoot.entries if entry.photo}
    graphics = {key for one in judges for key in workshop.catalog.not_photos(one.revision)}
    compared = scored_by_all(judges) & set(entries)
    compared = compared - graphics or compared
    sides = disputes(judges, compared, most=_PER_GROUP * count)
    shown = [photo.content_hash for side in sides for photo in side.photos]
    groups = alike(shoot, shown, workshop.sketch, whole_folders=False)
    sides = one_of_each(sides, groups.group_of, most=count)
    write_sheet(target, sides, entries, compared=len(compared), thumbnails=workshop.thumbnails)
    _say_sheet(sides, target)
    return sides_data(sides, entries)


_PER_GROUP = 5  # photos looked at for each one shown: bursts would fill the sheet


def _say_sheet(sides: "list[Side]", target: Path) -> None:
    shown = sum(len(side.photos) for side in sides)
    if shown:
        say(f"where they differ most, to decide by eye: {target}")
    else:
        say(f"they order all photos alike: {target} is empty")
