import io

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DamagedPhoto
from aesplugin.models.encoder.views import CELL, decode, patch_view, whole_size, whole_view
from aesplugin.photo import Rendition


def _rendition(jpeg: bytes) -> Rendition:
    return Rendition(content_hash="c0ffee", jpeg=jpeg, width=64, height=48)


def _jpeg(mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (64, 48), 120).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_renditions_decode_to_three_channels(mode: str) -> None:
    assert decode(_rendition(_jpeg(mode))).shape == (48, 64, 3)


@pytest.mark.parametrize("jpeg", [b"", b"text", _jpeg()[:40]])
def test_damaged_rendition_is_named(jpeg: bytes) -> None:
    with pytest.raises(DamagedPhoto, match=r"c0ffee.*ingest"):
        decode(_rendition(jpeg))


@pytest.mark.parametrize("size", [(3, 2), (4, 3), (16, 9), (1, 1), (2, 3), (7, 1), (5, 4), (21, 9)])
def test_aspect_and_area_are_kept(size: tuple[int, int]) -> None:
    width, height = whole_size(size[0] * 100, size[1] * 100)
    assert width % CELL == 0
    assert height % CELL == 0
    assert 70_000 <= width * height <= 93_000
    assert width / height == pytest.approx(size[0] / size[1], rel=0.15)


@pytest.mark.parametrize("size", [(5000, 1), (1, 5000), (1, 1), (30000, 2)])
def test_extreme_shapes_stay_bounded(size: tuple[int, int]) -> None:
    width, height = whole_size(*size)
    assert 70_000 <= width * height <= 93_000


def test_whole_view_is_the_photo_made_small() -> None:
    ramp = np.zeros((600, 900, 3), np.uint8)
    ramp[..., 0] = np.linspace(0, 255, 900, dtype=np.uint8)
    view = whole_view(ramp)
    assert view.dtype == np.uint8
    assert abs(int(view[0, view.shape[1] // 2, 0]) - 127) <= 2


def test_patch_is_taken_where_the_detail_is() -> None:
    photo = np.full((700, 1000, 3), 90, np.uint8)
    photo[400:600, 700:900] = np.random.default_rng(0).integers(0, 255, (200, 200, 3))
    patch = patch_view(photo)
    assert patch.shape == (224, 224, 3)
    assert (patch != 90).any(axis=2).sum() == (photo != 90).any(axis=2).sum()


def test_patch_keeps_the_pixels() -> None:
    photo = np.random.default_rng(0).integers(0, 255, (224, 224, 3), np.uint8)
    np.testing.assert_array_equal(patch_view(photo), photo)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((200, 1024), (192, 224)), ((100, 70), (96, 64)), ((1, 1), (32, 32)), ((1, 5000), (32, 224))],
)
def test_small_photos_give_smaller_patches(
    shape: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert patch_view(np.zeros((*shape, 3), np.uint8)).shape[:2] == expected
