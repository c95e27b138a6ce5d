from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import load_pixels, photos_in, read_rendition
from aesplugin.evaluation.judged import as_rendition
from aesplugin.models.encoder.views import decode


def _photo(path: Path, size: tuple[int, int] = (64, 48), **more: object) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", size, (200, 30, 30)).save(path, **more)  # type: ignore[arg-type]
    return path


def test_photos_are_chosen_evenly_and_by_wish(tmp_path: Path) -> None:
    for number in range(10):
        _photo(tmp_path / "a" / f"{number}.jpg")
    (tmp_path / "a" / "notes.txt").write_text("no photo")
    found = photos_in([tmp_path / "a"], count=3)
    assert [path.name for path in found] == ["0.jpg", "3.jpg", "6.jpg"]
    assert len(photos_in([tmp_path / "a"], count=99)) == 10
    odd = photos_in([tmp_path / "a"], keep=lambda path: int(path.stem) % 2 == 1)
    assert [path.stem for path in odd] == ["1", "3", "5", "7", "9"]
    with pytest.raises(DataError, match="every photo in it may be training data"):
        photos_in([tmp_path / "a"], keep=lambda path: False)
    with pytest.raises(DataError, match="is not a folder of photos"):
        photos_in([tmp_path / "absent"])


def test_pixels_are_upright_and_of_rendition_size(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    turned = _photo(tmp_path / "a" / "turned.jpg", exif=exif)
    assert load_pixels(turned).shape == (64, 48, 3)
    large = _photo(tmp_path / "a" / "large.png", (2048, 1000))
    assert load_pixels(large).shape == (500, 1024, 3)
    with pytest.raises(DataError, match=r"turned\.jpg has 48 x 64 pixels; at least 50"):
        load_pixels(turned, least=50)


def test_plain_pixels_and_files_become_the_same_rendition(tmp_path: Path) -> None:
    path = _photo(tmp_path / "a" / "large.png", (1500, 900))
    ours = as_rendition(np.asarray(Image.open(path)))
    theirs = read_rendition(path)
    assert ours.jpeg == theirs.jpeg
    assert decode(ours).shape == (614, 1024, 3)
