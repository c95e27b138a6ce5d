"""Pages: bursts side by side, and the cull with its strictness."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse

from aesplugin.decision import Choice, Proposal
from aesplugin.errors import UsageError
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.culling.cull import Cull
from aesplugin.web.bursts import listed, open_ones, place_of, window
from aesplugin.web.pages import render
from aesplugin.web.query import kinds_of
from aesplugin.web.routes.common import AtDesk, User
from aesplugin.web.said import Said

router = APIRouter(include_in_schema=False)
GroupName = Annotated[str, Path(max_length=100)]
Folder = Annotated[str, Query(max_length=4096)]
KindName = Annotated[str, Query(max_length=20)]
Undecided = Annotated[str, Query(max_length=9)]  # whether only those are listed
_SHOWN = 200  # tiles of proposals


def _asked(
    strictness: Annotated[float, Query(ge=0, le=1)] = 0.5,
    keep: Annotated[str, Query(max_length=9)] = "",
) -> Wish:
    return Wish(strictness=strictness, keep=_number(keep))


AskedWish = Annotated[Wish, Depends(_asked)]


@router.get("/groups")
def groups_page(  # noqa: PLR0913 - one parameter per question
    *,
    request: Request,
    desk: AtDesk,
    user: User,
    folder: Folder = "",
    undecided: Undecided = "",
    at: Annotated[str, Query(max_length=100)] = "",
    start: Annotated[str, Query(max_length=9, alias="from")] = "",
) -> HTMLResponse:
    """The bursts and series in order of time, of one folder if it is given, a part at a time."""
    scope = folder or None
    is_large = desk.culling.is_too_large(scope)
    said = Said({}, {}, {}) if is_large else desk.culling.said(user, scope)
    every = listed(() if is_large else desk.culling.groups(scope), said.settled())
    part = window(every, _number(start) or 0, at, only_open=bool(undecided))
    following, beyond = open_ones(every, part)
    photos = [key for one in part.shown for key in one.group.members]
    return render(
        request,
        "groups.html",
        **{field.name: getattr(part, field.name) for field in fields(part)},
        next_open=following,
        beyond=beyond,
        decisions=said.own,
        settled_unseen=said.settled_unseen(photos),
        folder=folder,
        undecided=undecided,
        query=_query(folder, undecided),
        folders=desk.choices.lists().folders,
        is_large=is_large,
    )


@router.get("/group/{group}")
def group_page(
    *,
    request: Request,
    desk: AtDesk,
    user: User,
    group: GroupName,
    folder: Folder = "",
    undecided: Undecided = "",
) -> HTMLResponse:
    """One burst: its frames side by side, the proposal and its reason under each."""
    scope = folder or None
    found = desk.culling.group(group, scope)
    tiles = desk.review.tiles(found.members, user, personal=desk.review.personal_scores(user))
    said = desk.culling.said(user, scope)
    proposals = desk.culling.of_group(user, found, decisions=said.decisions, scope=scope)
    every = listed(desk.culling.groups(scope), said.settled())
    return render(
        request,
        "group.html",
        group=found,
        tiles=tiles,
        proposals=proposals,
        units=desk.culling.units(proposals.values(), scope),
        files=desk.culling.files(found.members, scope),
        first=tiles[0].entry.path if tiles else "",
        query=_query(folder, undecided),
        settled_unseen=said.settled_unseen(found.members),
        place=place_of(every, found.id, only_open=bool(undecided)),
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
    """The cull of a folder at a strictness; for htmx only the part that the slider changes."""
    is_large = desk.culling.is_too_large(folder or None)
    found: Cull | None = None
    if not is_large:
        with suppress(UsageError):  # no photos in it yet
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
    """What the page shows of a cull, and what it sends back on accepting."""
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


def _query(folder: str, undecided: str) -> str:
    """The list's filters, as every address from and to it has them."""
    values = {"folder": folder} | ({"undecided": "1"} if undecided else {})
    return urlencode(values, quote_via=quote, safe="", errors="replace")


def _number(raw: str) -> int | None:
    """The number in a field that may be empty; None where it is not a number of photos."""
    return int(raw) or None if raw.isascii() and raw.isdecimal() and len(raw) < 9 else None
