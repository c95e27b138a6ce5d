"""The faces of photos: data of the photo, like its measurements, whatever model gives the score."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, select

from aesplugin.catalog.records import ReadFaces
from aesplugin.catalog.rows import now
from aesplugin.catalog.sql_helpers import portions, replacing, upsert
from aesplugin.catalog.tables import faces
from aesplugin.face import Eyes, Face, Facing

_READ: Final = replacing("reader_revision", "faces", "read_at")
_DECIMALS: Final = 4  # finer than anything measured


def record_faces(connection: Connection, found: Mapping[str, ReadFaces]) -> None:
    """Stores the faces of photos by content hash, in place of those read before."""
    rows = [
        {
            "content_hash": content_hash,
            "reader_revision": one.reader_revision,
            "faces": [_face_json(face) for face in one.faces],
            "read_at": now(),
        }
        for content_hash, one in found.items()
    ]
    upsert(connection, faces, rows, _READ)


def without_faces(
    connection: Connection, content_hashes: Collection[str], reader_revision: str
) -> set[str]:
    """Those of `content_hashes` that this revision of the reader has not looked at."""
    missing = set(content_hashes)
    for portion in portions(list(content_hashes)):
        query = select(faces.c.content_hash).where(
            faces.c.content_hash.in_(portion), faces.c.reader_revision == reader_revision
        )
        missing.difference_update(connection.execute(query).scalars())
    return missing


def faces_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Face, ...]:
    """The faces in the JSON of `faces.faces`."""
    return tuple(_face(one) for one in stored)


def _face(one: Mapping[str, Any]) -> Face:
    left, top, right, bottom = one["box"]
    told = {
        "box": (left, top, right, bottom),
        "eyes": Eyes(one["eyes"]),
        "facing": Facing(one.get("facing", Facing.UNSURE)),  # the first reader did not ask
    }
    return Face(**{**one, **told})


def _face_json(face: Face) -> dict[str, Any]:
    values = {name: _rounded(value) for name, value in asdict(face).items()}
    box = [_rounded(side) for side in face.box]
    return values | {"box": box, "eyes": face.eyes.value, "facing": face.facing.value}


def _rounded(value: Any) -> Any:
    return round(value, _DECIMALS) if isinstance(value, float) else value
