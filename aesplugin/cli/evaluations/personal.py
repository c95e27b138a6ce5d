"""aesplugin evaluate personal: how well a person's ratings are predicted."""

from typing import TYPE_CHECKING, Any

from aesplugin.cli import options
from aesplugin.cli.console import out, print_json, say
from aesplugin.cli.progress import counting

if TYPE_CHECKING:
    from aesplugin.evaluation.personal.figures import Shot
    from aesplugin.evaluation.personal.ranking import PersonalReport
    from aesplugin.models.personal.files import PersonalFiles
    from aesplugin.models.personal.panel import Panel, Seen


def command(
    *,
    root: options.Root,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Measure how well 0 to 100 of a person's ratings predict the others (OASIS layout).

    Example: aesplugin evaluate personal --root oasis
    """
    from aesplugin.compose import Workshop
    from aesplugin.evaluation.personal.panel_scores import see_panel
    from aesplugin.models.personal.panel import read_panel
    from aesplugin.models.personal.plain import require_made_for
    from aesplugin.settings import load_settings

    panel = read_panel(root)
    if panel.absent:
        say(panel.absent)
    workshop = Workshop(load_settings(model=model, device=device))
    own, revision = workshop.settings.personal, workshop.card.revision
    if own is not None:
        require_made_for(own, revision)
    with counting("encoding") as progress:
        seen = see_panel(workshop.load_model(comments=False), panel, progress=progress)
    report = _measure(panel, seen, revision, workshop.personal_files)
    say(report.note)
    if json:
        print_json(_as_json(report))
        return
    for name, shots in {"personal": report.shots, **report.baselines}.items():
        for shot in shots:
            out.print(
                f"{name:18} k {shot.k:3}  SRCC {shot.srcc:.3f} ({shot.low:.3f}..{shot.high:.3f})"
                f"  lift@10% {shot.lift10:.2f}  {shot.users} people"
            )


def _measure(
    panel: "Panel", seen: "Seen", revision: str, files: "PersonalFiles"
) -> "PersonalReport":
    from aesplugin.errors import DataError
    from aesplugin.evaluation.personal.folds import honest_trials
    from aesplugin.evaluation.personal.ranking import measure_personal
    from aesplugin.models.personal.plain import fitting_model
    from aesplugin.training.personal.train import Recipe, fold_fit
    from aesplugin.training.photos import theme_folds

    try:
        folds = theme_folds(panel.themes, folds=5, seed=0)
    except DataError:  # fewer themes than folds
        folds = None
    shipped = fitting_model(seen.embeddings, seen.scores, revision=revision, files=files)
    alike = Recipe(steps=0, reader=shipped.card.reader, blend=shipped.card.blend)
    trials, note = honest_trials(
        panel,
        seen,
        shipped,
        folds=folds,
        fit=fold_fit(panel, seen, alike, reader=shipped.reader),
        own=None if files.place is None else str(files.place),
    )
    with counting("ranking") as progress:
        return measure_personal(trials, seen, note=note, progress=progress)


def _as_json(report: "PersonalReport") -> dict[str, Any]:
    return {
        "users": report.users,
        "shots": [_row(shot) for shot in report.shots],
        "baselines": {name: [_row(s) for s in shots] for name, shots in report.baselines.items()},
    }


def _row(shot: "Shot") -> dict[str, float]:
    return {
        "k": shot.k,
        "srcc": shot.srcc,
        "low": shot.low,
        "high": shot.high,
        "lift10": shot.lift10,
    }
