import numpy as np
import pytest
from PIL import Image

from aesplugin.models.calm.views import BUCKETS, DETAIL, bucket, detail_view, whole_view


@pytest.mark.parametrize("size", [(400, 267), (267, 400), (500, 400), (1024, 576), (300, 300)])
def test_whole_view_keeps_the_shape(size: tuple[int, int]) -> None:
    height, width = bucket(*size)
    assert abs(np.log(width / height) - np.log(size[0] / size[1])) < 0.12
    assert height % 32 == 0 and width % 32 == 0


def test_buckets_cost_about_the_same() -> None:
    areas = [height * width for height, width in BUCKETS]
    assert max(areas) < 1.35 * min(areas)


@pytest.mark.parametrize("size", [(1, 1024), (1024, 1), (1, 1), (7, 300), (40, 40)])
def test_odd_shapes_give_usable_views(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, (120, 60, 30))
    assert whole_view(image).shape[2] == 3
    assert detail_view(image).shape == (DETAIL, DETAIL, 3)


def test_detail_view_finds_the_busy_part() -> None:
    pixels = np.full((600, 800, 3), 128, np.uint8)
    pixels[340:596, 540:796] = np.random.default_rng(0).integers(0, 255, (256, 256, 3))
    found = detail_view(Image.fromarray(pixels))
    assert (found != 128).mean() > 0.9
