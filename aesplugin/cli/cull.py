"""aesplugin cull: of these frames, which to look at."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from aesplugin.cli import options
from aesplugin.cli.console import err, out, print_json, printable, say
from aesplugin.cli.non_photos import IncludeNonPhotos, say_left_out
from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from aesplugin.compose import Workshop
    from aesplugin.services.cull import Counts, Cull
    from aesplugin.services.culling.candidate import Wish
    from aesplugin.services.group import Shoot


def command(  # noqa: PLR0913 - one parameter per option
    scope: Annotated[
        str | None, typer.Argument(help="A folder; all of the catalog where none.")
    ] = None,
    *,
    keep: Annotated[int | None, typer.Option("--keep", min=0, help="So many keepers.")] = None,
    keep_percent: Annotated[
        float | None, typer.Option("--keep-percent", min=0, max=100, help="So many percent.")
    ] = None,
    strictness: Annotated[
        float,
        typer.Option("--strictness", min=0, max=1, help="0 keeps much, 1 the best of each burst."),
    ] = 0.5,
    user: options.MaybeUser = None,
    per_group: Annotated[
        int, typer.Option("--per-group", min=1, help="Keepers of one burst, at most.")
    ] = 1,
    profile: Annotated[
        str, typer.Option("--profile", help="general, portrait, landscape, sport, …")
    ] = "general",
    include_non_photos: IncludeNonPhotos = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Make the proposals your decisions (see undo).")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a photo.")] = False,
    catalog: options.Catalog = None,
    model: options.Model = None,
) -> None:
    """Propose pick, reject or can't tell, with the reason; a dry run unless --apply.

    Nothing is ever moved or deleted, and what you decided yourself is left alone.

    Example: aesplugin cull ~/Pictures/match --keep 100 --profile sport
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    if keep is not None and keep_percent is not None:
        raise UsageError("give --keep or --keep-percent, not both")
    if apply and not user:
        raise UsageError("--apply makes decisions: say whose, with --user")
    workshop = Workshop(load_settings(catalog=catalog, model=model))
    if apply:
        workshop.catalog.check_writable()
    shoot = _shoot(workshop, scope, include_non_photos=include_non_photos)
    wish = _wish(shoot, keep, keep_percent, (strictness, per_group))
    found = _cull(workshop, shoot, wish, profile=profile, user=user)
    for note in (*found.grouping.notes, *found.culling.notes):
        say(note)
    if json:
        for row in _rows(found):
            print_json(row)
    else:
        _print(found)
    if apply and user:
        _apply(workshop, user, found)
    else:
        say("this was a dry run; --apply --user NAME makes the proposals your decisions")


def _shoot(workshop: "Workshop", scope: str | None, *, include_non_photos: bool) -> "Shoot":
    from aesplugin.catalog.filters import Kinds
    from aesplugin.services.group import group, is_mixed, of_kinds, read_shoot
    from aesplugin.services.same_files import known_place

    folder = None if scope is None else known_place(workshop.catalog, scope)
    everything = read_shoot(workshop.catalog, workshop.card.revision, folder)
    if include_non_photos or not is_mixed(everything):
        return everything
    shoot = of_kinds(everything, Kinds.PHOTOS, group(everything, workshop.sketch))
    say_left_out(len(everything.entries) - len(shoot.entries))
    if everything.entries and not shoot.entries:
        raise UsageError("nothing but graphics and documents there, which are not culled")
    return shoot


def _wish(
    shoot: "Shoot", keep: int | None, percent: float | None, strict: tuple[float, int]
) -> "Wish":
    from aesplugin.services.cull import keepers_of
    from aesplugin.services.culling.candidate import Wish
    from aesplugin.services.group import pairs_of

    if percent is not None:
        keep = keepers_of(len(pairs_of(shoot)), percent)
    return Wish(keep=keep, strictness=strict[0], per_group=strict[1])


def _cull(
    workshop: "Workshop", shoot: "Shoot", wish: "Wish", *, profile: str, user: str | None
) -> "Cull":
    from aesplugin.services.cull import cull, read_decisions
    from aesplugin.services.culling import profiles

    values = None
    if user:
        from aesplugin.services.taste import rank_for

        personal = workshop.settings.personal
        ranking = rank_for(workshop.catalog, workshop.card.revision, user, personal=personal)
        if ranking.note:
            say(ranking.note)
        values = dict(zip(ranking.hashes, ranking.personal.tolist(), strict=True))
    return cull(
        shoot,
        wish,
        profiles.load(profile),
        sketches=workshop.sketch,
        values=values,
        decisions=read_decisions(workshop.catalog, user),
    )


def _rows(found: "Cull") -> list[dict[str, Any]]:
    scenes = {
        key: scene
        for unit, scene in found.grouping.scenes.items()
        for key in found.grouping.files_of(unit)
    }
    return [
        {
            "path": found.paths[proposal.content_hash],
            "content_hash": proposal.content_hash,
            "proposal": _word(proposal.choice.value),
            "reason": proposal.reason,
            "group": proposal.group,
            "scene": scenes.get(proposal.content_hash),
        }
        for proposal in found.proposals()
    ]


def _print(found: "Cull") -> None:
    from aesplugin.decision import Choice

    styles = {Choice.PICK: "green", Choice.REJECT: "red", Choice.NONE: "dim"}
    for proposal in found.proposals():
        out.print(
            f"[{styles[proposal.choice]}]{_word(proposal.choice.value):11}[/]",
            end="",
            soft_wrap=True,
        )
        name = printable(found.paths[proposal.content_hash])
        out.print(f"{name}  {printable(proposal.reason)}", markup=False, soft_wrap=True)
    groups = len(found.grouping.groups)
    scenes = len(set(found.grouping.scenes.values()))
    say(f"{_counted(found.culling.counts())}; {groups} groups, {scenes} scenes")
    for strictness, counts in found.table:
        err.print(f"  --strictness {strictness:<4g} {_counted(counts)}", markup=False)


def _counted(counts: "Counts") -> str:
    return ", ".join(f"{count} {_word(choice.value)}" for choice, count in counts.items())


def _word(choice: str) -> str:
    return "can't tell" if choice == "none" else choice


def _apply(workshop: "Workshop", user: str, found: "Cull") -> None:
    from aesplugin.services.decide import accept

    run = accept(workshop.catalog, user, found.proposals())
    if run is None:
        say("nothing was left to decide")
    else:
        say(f"{run.note}; take back with: aesplugin undo {run.id}")
