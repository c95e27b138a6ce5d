"""Where a new scene begins in a gallery by time: after a pause in which no photo was taken."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from aesplugin.catalog.filters import Order, Sorting
from aesplugin.services.review import Tile

_PAUSE = timedelta(hours=1)


def is_by_time(order: Sorting) -> bool:
    """Whether photos stand in order of time."""
    return order in (Order.NEWEST, Order.OLDEST)


def scene_starts(tiles: Sequence[Tile], order: Sorting) -> dict[str, str]:
    """The photos that begin a scene within their day: by content hash, "14:05".

    In the gallery's order, so that of the newest first it is the scene's last photo. None but in
    a gallery by time; the first tile is only what comes before the second.
    """
    if not is_by_time(order):
        return {}
    found = {}
    for before, tile in pairwise(tiles):
        earlier, now = _taken_at(before), _taken_at(tile)
        if earlier and now and earlier.date() == now.date() and abs(now - earlier) > _PAUSE:
            found[tile.content_hash] = f"{now:%H:%M}"
    return found


def _taken_at(tile: Tile) -> datetime | None:
    """By the camera's clock, whatever its zone."""
    photo = tile.entry.photo
    taken_at = photo.exif.taken_at if photo else None
    return taken_at and taken_at.replace(tzinfo=None)
