"""API: photos, their pictures, their assessments, and their order."""

import os
from typing import Annotated, Any

from anyio import from_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from aesplugin.catalog.filters import Order, sorting_of
from aesplugin.errors import MissingPhoto, UsageError
from aesplugin.imaging.histogram import histogram
from aesplugin.paths import native
from aesplugin.services.files.same_files import known_place
from aesplugin.services.serialise import answer_dict
from aesplugin.web.query import OrderText, StrictFilters, default_order
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
# The address contains the content hash, so the picture never changes.
_FOREVER = {"cache-control": "private, max-age=31536000, immutable"}

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/photos")
def list_photos(
    desk: AtDesk,
    filters: StrictFilters,
    order: OrderText | None = None,
    limit: Limit = 60,
    offset: Offset = 0,
) -> PhotosOut:
    """A window of the photos that match, by score, or by match where `q` is searched for."""
    sorting = sorting_of(order) if order else default_order(filters)
    return photos_out(desk.review.window(filters, sorting, limit=limit, offset=offset))


@router.get("/rank")
def rank(desk: AtDesk, filters: StrictFilters, limit: Limit = 50, offset: Offset = 0) -> PhotosOut:
    """Photos sorted by the taste of `user`; by score where that is not known."""
    found = desk.review.window(filters, Order.PERSONAL, limit=limit, offset=offset)
    return photos_out(found)


@router.get("/photos/by-path")
def photo_by_path(
    desk: AtDesk,
    path: Annotated[str, Query(min_length=1, max_length=4096)],
    user: UserName = "me",
) -> PhotoOut:
    """The photo in a file, for programs that know only its path."""
    entry = None
    if "\0" not in path and os.path.isabs(path):
        catalog, revision = desk.workshop.catalog, desk.review.revision
        entry = catalog.entry(native(path), revision)
        entry = entry or catalog.entry(known_place(catalog, path), revision)
    if entry is None or entry.photo is None:
        raise UsageError("this file is not in the catalog; score it first")
    return photo_out(desk.review.tile(entry.photo.content_hash, user))


@router.get("/photos/{photo}")
def one_photo(desk: AtDesk, photo: PhotoHash, user: UserName = "me") -> PhotoOut:
    """Everything known about one photo."""
    return photo_out(desk.review.tile(photo, user))


@router.get("/photos/{photo}/assessments")
def assessments(desk: AtDesk, photo: PhotoHash) -> list[AssessmentOut]:
    """The current model's assessment of a photo; an empty list if there is none yet."""
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
                "suggestions": found.suggestions,
                "scored_at": scored_at,
            }
            | answer_dict(found)
        )
    ]


@router.get("/photos/{photo}/thumbnail.jpg", response_class=Response, responses=_JPEG)
def thumbnail(desk: AtDesk, photo: PhotoHash) -> Response:
    """The thumbnail, 480 px."""
    data = desk.thumbnail(photo)
    if data is None:
        raise MissingPhoto("this photo is not in the catalog, or no file holds it any more")
    return Response(data, media_type="image/jpeg", headers=_FOREVER)


@router.get("/photos/{photo}/preview.jpg", response_class=Response, responses=_JPEG)
def preview(request: Request, desk: AtDesk, photo: PhotoHash) -> Response:
    """A preview, 1600 px."""

    def is_wanted() -> bool:  # who turns quickly from photo to photo leaves many behind
        return not from_thread.run(request.is_disconnected)

    data = desk.full_pictures.preview(desk.path_of(photo), photo, is_wanted=is_wanted)
    return Response(data, media_type="image/jpeg", headers=_FOREVER)


@router.get("/photos/{photo}/full.jpg", response_class=Response, responses=_JPEG)
def full(desk: AtDesk, photo: PhotoHash) -> Response:
    """The picture at full size, upright; of a RAW file the camera's embedded preview."""
    data = desk.full_pictures.get(desk.path_of(photo), photo)
    return Response(data, media_type="image/jpeg", headers=_FOREVER)


@router.get("/photos/{photo}/histogram")
def tones(desk: AtDesk, photo: PhotoHash) -> dict[str, list[float]]:
    """Luminance, red, green, blue: 64 shares each, the highest 1."""
    data = desk.thumbnail(photo)
    if data is None:
        raise MissingPhoto("this photo is not in the catalog, or no file holds it any more")
    return histogram(data)
