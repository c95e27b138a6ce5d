"""Pages: one photo with everything known of it, and what is fetched for it on demand."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from aesplugin.imaging.histogram import histogram
from aesplugin.services.crop import better_crop
from aesplugin.services.similar import closest_favorites
from aesplugin.web.camera import camera_facts
from aesplugin.web.charts import bars, histogram_paths
from aesplugin.web.pages import render
from aesplugin.web.query import as_query, lenient_filters, order_of
from aesplugin.web.routes.common import AtDesk, PhotoHash, User

router = APIRouter(include_in_schema=False, prefix="/photo")


@router.get("/{photo}")
def photo_page(request: Request, desk: AtDesk, photo: PhotoHash, user: User) -> HTMLResponse:
    """The photo, its neighbours in the gallery it was opened from, and what is known of it."""
    tile = desk.review.tile(photo, user)
    filters, order = lenient_filters(request), order_of(request)
    index = _index(request.query_params.get("i"))
    before, after = None, None
    if index is not None:
        first = max(0, index - 1)
        window = desk.review.window(filters, order, limit=3, offset=first)
        keys = [neighbour.content_hash for neighbour in window.tiles]
        if photo in keys:
            at = keys.index(photo)
            before = (keys[at - 1], first + at - 1) if at > 0 else None
            after = (keys[at + 1], first + at + 1) if at + 1 < len(keys) else None
    found = tile.entry.photo
    return render(
        request,
        "photo.html",
        tile=tile,
        before=before,
        after=after,
        index=index,
        query=as_query(filters, order),
        home=as_query(replace(filters, as_of=None), order),
        camera=camera_facts(found.exif) if found else [],
        bars=bars(tile.entry.attributes),
    )


@router.get("/{photo}/histogram")
def tones(request: Request, desk: AtDesk, photo: PhotoHash) -> HTMLResponse:
    """How the tones are spread."""
    data = desk.thumbnail(photo)
    paths = histogram_paths(histogram(data)) if data else {}
    return render(request, "_histogram.html", paths=paths)


@router.get("/{photo}/favorites")
def favorites(request: Request, desk: AtDesk, photo: PhotoHash, user: User) -> HTMLResponse:
    """The person's favourites that look most like it."""
    found = closest_favorites(desk.workshop.catalog, desk.review.revision, user, photo)
    return render(request, "_favorites.html", neighbours=found)


@router.get("/{photo}/crop")
def crop(request: Request, desk: AtDesk, photo: PhotoHash) -> HTMLResponse:
    """The crop the model likes better, drawn on the photo."""
    assessment = desk.review.tile(photo, "").entry.assessment
    jpeg = desk.full_pictures.preview(desk.path_of(photo), photo)
    known = assessment.score if assessment else None
    return render(request, "_crop.html", crop=better_crop(jpeg, desk.ask, known=known))


def _index(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 9 else None
