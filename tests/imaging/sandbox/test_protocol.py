import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aesplugin import errors
from aesplugin.assessment import Attribute, Verdict
from aesplugin.errors import PhotoError
from aesplugin.face import Eyes, Face
from aesplugin.imaging.examine import Examination
from aesplugin.imaging.sandbox import protocol
from aesplugin.photo import Exif, Photo, Rendition

FOUND = Examination(
    Photo(
        content_hash="ab",
        perceptual_hash=2**64 - 1,
        width=3,
        height=2,
        format="JPEG",
        exif=Exif(taken_at=datetime(2024, 1, 2, 3, 4, 5, 678, tzinfo=UTC), make="Canon", iso=100),
        exif_problem="something",
        note="colour profile ignored",
    ),
    Rendition(content_hash="ab", jpeg=b"\xff\xd8\0\xff", width=3, height=2),
    {
        "sharpness": Attribute(0.25, "1", Verdict.CANT_TELL),
        "none": Attribute(None, "EV", Verdict.GOOD),
    },
    thumbnail=b"\xff\xd8small",
    faces=(
        Face(
            box=(0.1, 0.2, 0.3, 0.5),
            confidence=0.9,
            width=300.0,
            measured_width=240.0,
            eyes=Eyes.CLOSED,
            openness=0.08,
            sharpness=0.2,
            brightness=0.5,
        ),
        Face(box=(0.0, 0.0, 1.0, 1.0), confidence=0.6, width=30.0, measured_width=30.0),
    ),
    faces_problem="something else",
)


def there_and_back(result: Examination | PhotoError) -> Examination | PhotoError:
    message = protocol.read_frame(io.BytesIO(protocol.frame(protocol.pack_result(result))))
    assert message is not None
    return protocol.unpack_result(message)


def test_an_examination_survives_the_pipe() -> None:
    for found in (FOUND, replace(FOUND, faces=()), replace(FOUND, faces=None)):
        assert there_and_back(found) == found


@pytest.mark.parametrize(
    "kind",
    [
        errors.MissingPhoto,
        errors.UnreadablePhoto,
        errors.EmptyPhoto,
        errors.UnsupportedPhoto,
        errors.DamagedPhoto,
        errors.OversizedPhoto,
        errors.StuckPhoto,
    ],
)
def test_every_state_survives_the_pipe(kind: type[PhotoError]) -> None:
    back = there_and_back(kind("why"))
    assert type(back) is kind
    assert str(back) == "why"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"state": "fine", "reason": ""},
        {"state": "damaged"},
        {"photo": 7},
        {**protocol.pack_result(FOUND), "photo": {"exif": {}}},
        {**protocol.pack_result(FOUND), "rendition": {"unknown": 1}},
        {**protocol.pack_result(FOUND), "attributes": {"a": [1]}},
        {**protocol.pack_result(FOUND), "faces": 3},
        {**protocol.pack_result(FOUND), "faces": [{"box": [0, 0, 1, 1], "eyes": "green"}]},
        {**protocol.pack_result(FOUND), "thumbnail": None},
    ],
)
def test_what_is_no_result_is_refused(message: dict[str, object]) -> None:
    with pytest.raises(protocol.BrokenFrame):
        protocol.unpack_result(message)


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x93\1\2", b"\x01", b"\x81\xa1a"])
def test_what_is_no_map_is_refused(body: bytes) -> None:
    with pytest.raises(protocol.BrokenFrame):
        protocol.unpack(body)


def test_the_stream_ends_quietly() -> None:
    assert protocol.read_frame(io.BytesIO(b"")) is None
    assert protocol.read_frame(io.BytesIO(b"\1")) is None
