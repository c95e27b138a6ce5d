from pathlib import Path

import pytest

from aesplugin.evaluation.speed import BareLimits, make_photos, measure_limits
from aesplugin.imaging.sandbox.pool import ImagingPool
from aesplugin.models.fake import FakeModel
from aesplugin.samples import FileFormat
from tests.imaging.photos import noise


def _pool() -> ImagingPool:
    return ImagingPool(processes=1, seconds=20, memory_mb=4096, max_megapixels=50)


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_every_part_is_timed_by_itself(tmp_path: Path, file_format: FileFormat) -> None:
    source = tmp_path / "source.png"
    noise(400, 300).save(source)
    folder = tmp_path / "photos"
    make_photos(folder, [str(source)], count=3, megapixels=0.5, file_format=file_format)
    paths = sorted(str(path) for path in folder.iterdir())
    assert len(paths) == 3
    with _pool() as pool:
        found = measure_limits(paths, pool, FakeModel(), batch=2)
    assert found.disk > found.decoders > 0
    assert found.network > 0


def test_the_share_is_of_the_slowest_part() -> None:
    limits = BareLimits(disk=900, decoders=40, network=20)
    assert limits.reached(10) == 0.5


def test_nothing_that_decodes_has_no_limits(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no photo")
    with _pool() as pool, pytest.raises(ValueError, match="decoded"):
        measure_limits([str(tmp_path / "a.jpg")], pool, FakeModel(), batch=2)
