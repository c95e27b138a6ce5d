"""Pages: one photo with everything known about it, and the parts loaded on demand."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from aesplugin.catalog.filters import Filters, Sorting
from aesplugin.imaging.histogram import histogram
from aesplugin.services.advice.crop import better_crop
from aesplugin.services.personal.explanations import closest_favorites
from aesplugin.services.review import Tile
from aesplugin.web.pages import render
from aesplugin.web.photo_details import (
    bars,
    camera_facts,
    face_crops,
    histogram_paths,
    straightening,
)
from aesplugin.web.query import as_query, current_language, lenient_filters, order_of
from aesplugin.web.routes.common import AtDesk, PhotoHash, User
from aesplugin.web.state import Desk

_EACH_SIDE = 7  # neighbours in the filmstrip

router = APIRouter(include_in_schema=False, prefix="/photo")


@router.get("/{photo}")
def photo_page(request: Request, desk: AtDesk, photo: PhotoHash, user: User) -> HTMLResponse:
    """The photo with all its data, and its neighbours in the gallery it was opened from."""
    tile = desk.review.tile(photo, user)
    filters = desk.review.as_of_now(lenient_filters(request))
    order = order_of(request, filters)
    index = _index(request.query_params.get("i"))
    strip = _strip(desk, photo, index, filters, order)
    at = next((n for n, near in enumerate(strip) if near.tile.content_hash == photo), None)
    found = tile.entry.photo
    return render(
        request,
        "photo.html",
        tile=tile,
        strip=strip,
        before=strip[at - 1] if at else None,
        after=strip[at + 1] if at is not None and at + 1 < len(strip) else None,
        index=index,
        query=as_query(filters, order),
        home=as_query(replace(filters, as_of=None), order),
        camera=camera_facts(found.exif, current_language(request)) if found else [],
        bars=bars(tile.entry.attributes),
        crops=face_crops(tile.entry),
        turn_by=straightening(tile.entry.assessment),
    )


@router.get("/{photo}/histogram")
def tones(request: Request, desk: AtDesk, photo: PhotoHash) -> HTMLResponse:
    """The histogram."""
    data = desk.thumbnail(photo)
    paths = histogram_paths(histogram(data)) if data else {}
    return render(request, "_histogram.html", paths=paths)


@router.get("/{photo}/favorites")
def favorites(request: Request, desk: AtDesk, photo: PhotoHash, user: User) -> HTMLResponse:
    """The person's favourites that are most similar to it."""
    found = closest_favorites(desk.workshop.catalog, desk.review.revision, user, photo)
    return render(request, "_favorites.html", neighbours=found)


@router.get("/{photo}/crop")
def crop(request: Request, desk: AtDesk, photo: PhotoHash) -> HTMLResponse:
    """A crop that scores higher, drawn on the photo."""
    assessment = desk.review.tile(photo, "").entry.assessment
    jpeg = desk.full_pictures.preview(desk.path_of(photo), photo)
    known = assessment.score if assessment else None
    return render(
        request,
        "_crop.html",
        crop=better_crop(jpeg, desk.ask, known=known),
        turn_by=straightening(assessment),
    )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A photo of the filmstrip, and where it stands in the gallery."""

    tile: Tile
    index: int


def _strip(
    desk: Desk, photo: str, index: int | None, filters: Filters, order: Sorting
) -> list[Neighbour]:
    """The photo among its neighbours; none where it does not stand there in the gallery."""
    if index is None:
        return []
    first = max(0, index - _EACH_SIDE)
    window = desk.review.window(filters, order, limit=2 * _EACH_SIDE + 1, offset=first)
    found = [Neighbour(tile, first + n) for n, tile in enumerate(window.tiles)]
    is_near = any(near.tile.content_hash == photo for near in found)
    return found if is_near else []


def _index(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 9 else None
