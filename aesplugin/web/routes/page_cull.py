"""Pages: bursts side by side, and the cull with its strictness."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from aesplugin.decision import Choice, Proposal
from aesplugin.errors import UsageError
from aesplugin.services.cull import Cull
from aesplugin.services.culling.candidate import Wish
from aesplugin.web.pages import render
from aesplugin.web.query import kinds_of
from aesplugin.web.routes.common import AtDesk, User

router = APIRouter(include_in_schema=False)
GroupName = Annotated[str, Path(max_length=100)]
Folder = Annotated[str, Query(max_length=4096)]
KindName = Annotated[str, Query(max_length=20)]
_SHOWN = 200  # groups in the list; tiles of proposals


def _asked(
    strictness: Annotated[float, Query(ge=0, le=1)] = 0.5,
    keep: Annotated[str, Query(max_length=9)] = "",
) -> Wish:
    return Wish(strictness=strictness, keep=_number(keep))


AskedWish = Annotated[Wish, Depends(_asked)]


@router.get("/groups")
def groups_page(request: Request, desk: AtDesk, folder: Folder = "") -> HTMLResponse:
    """Every burst and series, of a folder where one is named."""
    is_large = desk.culling.is_too_large(folder or None)
    groups = () if is_large else desk.culling.groups(folder or None)
    return render(
        request,
        "groups.html",
        groups=groups[:_SHOWN],
        total=len(groups),
        folder=folder,
        folders=desk.choices.lists().folders,
        is_large=is_large,
    )


@router.get("/group/{group}")
def group_page(
    request: Request, desk: AtDesk, user: User, group: GroupName, folder: Folder = ""
) -> HTMLResponse:
    """One burst: its frames side by side, the proposal and its reason under each."""
    scope = folder or None
    found = desk.culling.group(group, scope)
    tiles = desk.review.tiles(found.members, user, personal=desk.review.personal_scores(user))
    proposals = desk.culling.of_group(user, found, scope=scope)
    names = [one.id for one in desk.culling.groups(scope)]
    at = names.index(found.id)
    return render(
        request,
        "group.html",
        group=found,
        tiles=tiles,
        proposals=proposals,
        units=desk.culling.units(proposals.values(), scope),
        files=desk.culling.files(found.members, scope),
        first=tiles[0].entry.path if tiles else "",
        folder=folder,
        following=names[at + 1] if at + 1 < len(names) else None,
    )


@router.get("/cull")
def cull_page(
    *,
    request: Request,
    desk: AtDesk,
    user: User,
    wish: AskedWish,
    folder: Folder = "",
    kind: KindName = "",
) -> HTMLResponse:
    """The cull of a folder at a strictness; to htmx only what the slider changes."""
    is_large = desk.culling.is_too_large(folder or None)
    found: Cull | None = None
    if not is_large:
        with suppress(UsageError):  # no photo there yet
            found = desk.culling.proposals(user, wish, scope=folder or None, kinds=kinds_of(kind))
    values: dict[str, Any] = {
        "found": found,
        "strictness": wish.strictness,
        "keep": wish.keep,
        "folder": folder,
        "kind": kinds_of(kind),
        "is_large": is_large,
        "tiles": {},
    }
    if found is not None:
        values |= _shown(desk, user, found, folder or None)
    name = "_cull.html" if "hx-request" in request.headers else "cull.html"
    return render(
        request, name, folders=desk.choices.lists().folders, choices=list(Choice), **values
    )


def _shown(desk: AtDesk, user: str, found: Cull, scope: str | None) -> dict[str, Any]:
    """What the page shows of a cull, and sends back of it."""
    proposals = found.culling.proposals
    return {
        "counts": found.culling.counts(),
        "tiles": _tiles(desk, user, found),
        "units": desk.culling.units(proposals, scope),
        "files": desk.culling.files([one.content_hash for one in proposals], scope),
    }


def _tiles(desk: AtDesk, user: str, found: Cull) -> dict[str, Sequence[tuple[object, Proposal]]]:
    """The first proposals of each kind, with their pictures."""
    shown: dict[str, Sequence[tuple[object, Proposal]]] = {}
    for choice in (Choice.PICK, Choice.REJECT, Choice.NONE):
        of_kind = [p for p in found.culling.proposals if p.choice is choice][: _SHOWN // 3]
        tiles = {
            t.content_hash: t for t in desk.review.tiles([p.content_hash for p in of_kind], user)
        }
        shown[choice.value] = [
            (tiles[p.content_hash], p) for p in of_kind if p.content_hash in tiles
        ]
    return shown


def _number(raw: str) -> int | None:
    """What a field says that may be empty; nothing where it is no number of photos."""
    return int(raw) or None if raw.isascii() and raw.isdecimal() and len(raw) < 9 else None
