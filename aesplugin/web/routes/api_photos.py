"""API: photos, their pictures, their assessments, and the order they stand in."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from aesplugin.catalog.filters import Order
from aesplugin.errors import MissingPhoto, UsageError
from aesplugin.imaging.histogram import histogram
from aesplugin.services.serialise import said_dict, suggestion_dict
from aesplugin.web.query import StrictFilters
from aesplugin.web.routes.common import ERRORS, AtDesk, PhotoHash
from aesplugin.web.schemas import (
    AssessmentOut,
    PhotoOut,
    PhotosOut,
    UserName,
    photo_out,
    photos_out,
)

router = APIRouter(prefix="/api/v1", tags=["photos"], responses=ERRORS)
_JPEG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}}, "description": "sRGB JPEG without metadata"}
}
# The name holds the content's hash, so what it shows can never change.
_FOREVER = {"cache-control": "private, max-age=31536000, immutable"}

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/photos")
def list_photos(
    desk: AtDesk,
    filters: StrictFilters,
    order: Order = Order.SCORE,
    limit: Limit = 60,
    offset: Offset = 0,
) -> PhotosOut:
    """A window of the photos that match."""
    return photos_out(desk.review.window(filters, order, limit=limit, offset=offset))


@router.get("/rank")
def rank(desk: AtDesk, filters: StrictFilters, limit: Limit = 50, offset: Offset = 0) -> PhotosOut:
    """Photos as the person `user` would sort them; by the score where nothing is known of them."""
    found = desk.review.window(filters, Order.PERSONAL, limit=limit, offset=offset)
    return photos_out(found)


@router.get("/photos/by-path")
def photo_by_path(
    desk: AtDesk,
    path: Annotated[str, Query(min_length=1, max_length=4096)],
    user: UserName = "me",
) -> PhotoOut:
    """The photo in a file; programs that know paths begin here."""
    entry = None
    if "\0" not in path:
        entry = desk.workshop.catalog.entry(path, desk.review.revision) if "/" in path else None
    if entry is None or entry.photo is None:
        raise UsageError("this file is not in the catalog; score it first")
    return photo_out(desk.review.tile(entry.photo.content_hash, user))


@router.get("/photos/{photo}")
def one_photo(desk: AtDesk, photo: PhotoHash, user: UserName = "me") -> PhotoOut:
    """Everything known of one photo."""
    return photo_out(desk.review.tile(photo, user))


@router.get("/photos/{photo}/assessments")
def assessments(desk: AtDesk, photo: PhotoHash) -> list[AssessmentOut]:
    """What the model in force said of a photo; an empty list where it was not asked yet."""
    found = desk.review.tile(photo, "").entry.assessment
    scored_at = desk.workshop.catalog.gallery.scored_at(photo, desk.review.revision)
    if found is None or scored_at is None:
        return []
    return [
        AssessmentOut.model_validate(
            {
                "model": found.model,
                "model_revision": found.model_revision,
                "score": found.score,
                "comment": found.comment,
                "suggestions": [suggestion_dict(s) for s in found.suggestions],
                "scored_at": scored_at,
            }
            | said_dict(found)
        )
    ]


@router.get("/photos/{photo}/thumbnail.jpg", response_class=Response, responses=_JPEG)
def thumbnail(desk: AtDesk, photo: PhotoHash) -> Response:
    """The small picture, 480 px."""
    data = desk.thumbnail(photo)
    if data is None:
        raise MissingPhoto("this photo is not in the catalog, or no file holds it any more")
    return Response(data, media_type="image/jpeg", headers=_FOREVER)


@router.get("/photos/{photo}/preview.jpg", response_class=Response, responses=_JPEG)
def preview(desk: AtDesk, photo: PhotoHash) -> Response:
    """The picture as a screen shows it, 1600 px."""
    data = desk.full_pictures.preview(desk.path_of(photo), photo)
    return Response(data, media_type="image/jpeg", headers=_FOREVER)


@router.get("/photos/{photo}/full.jpg", response_class=Response, responses=_JPEG)
def full(desk: AtDesk, photo: PhotoHash) -> Response:
    """The picture at its own size, upright; of a RAW file the camera's embedded preview."""
    data = desk.full_pictures.get(desk.path_of(photo), photo)
    return Response(data, media_type="image/jpeg", headers=_FOREVER)


@router.get("/photos/{photo}/histogram")
def tones(desk: AtDesk, photo: PhotoHash) -> dict[str, list[float]]:
    """Luminance, red, green, blue: 64 shares each, the highest 1."""
    data = desk.thumbnail(photo)
    if data is None:
        raise MissingPhoto("this photo is not in the catalog, or no file holds it any more")
    return histogram(data)
