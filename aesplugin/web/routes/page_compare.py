"""Page: a few chosen photos side by side."""

import re
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from aesplugin.errors import UsageError
from aesplugin.services.files.companions import with_companions
from aesplugin.web.pages import render
from aesplugin.web.routes.common import AtDesk, User
from aesplugin.web.schemas import HASH

router = APIRouter(include_in_schema=False)
_LEAST, _MOST = 2, 9
_HOW = f"select {_LEAST} to {_MOST} photos in the gallery and press G"


@router.get("/compare")
def compare(
    request: Request, desk: AtDesk, user: User, photos: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """The photos of the address, in its order; those that are gone are counted instead."""
    keys = _named(photos)
    scores = desk.review.personal_scores(user)
    tiles = desk.review.tiles(keys, user, personal=scores)
    if len(tiles) < _LEAST:
        raise UsageError(
            f"{_gone(len(keys) - len(tiles), len(keys))}; too few are left to compare: {_HOW}"
        )
    catalog = desk.workshop.catalog
    return render(
        request,
        "compare.html",
        tiles=tiles,
        files={key: "+".join(with_companions(catalog, [key])) for key in keys},
        missing=_gone(len(keys) - len(tiles), len(keys)) if len(tiles) < len(keys) else None,
    )


def _named(raw: str) -> list[str]:
    """The content hashes in an address.

    Raises:
        HTTPException: too few, too many, one twice, or something else.
    """
    keys = [key for key in re.split(r"[,\s]+", raw) if key]
    wrong = next((key for key in keys if not re.fullmatch(HASH, key)), None)
    if wrong is not None:
        raise HTTPException(422, f"“{wrong[:70]}” is not the content hash of a photo: {_HOW}")
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise HTTPException(422, f"photo {twice} is named twice: {_HOW}")
    if not _LEAST <= len(keys) <= _MOST:
        count = f"{len(keys)} {'photo' if len(keys) == 1 else 'photos'}" if keys else "no photo"
        raise HTTPException(422, f"{count} cannot be compared: {_HOW}")
    return keys


def _gone(missing: int, total: int) -> str:
    are = "is" if missing == 1 else "are"
    return (
        f"{missing} of the {total} photos {are} not in this catalog, or no file holds it any more"
    )
