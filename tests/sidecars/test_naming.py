"""Whose sidecar is whose, where a disk takes `IMG.xmp` and `img.XMP` for one, and on Windows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aesplugin.errors import SidecarError
from aesplugin.sidecars.naming import Naming, sidecar_for, sidecars_of
from tests.caseless_disk import caseless_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with caseless_disk(tmp_path) as disk:
        yield disk


def _put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(b"x")


@pytest.mark.parametrize("name", ["IMG_1.CR2.XMP", "img_1.cr2.xmp", "IMG_1.XMP", "Img_1.xmp"])
def test_a_sidecar_is_found_once_however_it_is_spelt(disk: Path, name: str) -> None:
    _put(disk, "IMG_1.CR2", name)
    (found,) = sidecars_of(str(disk / "IMG_1.CR2"))
    assert Path(found).samefile(disk / name)
    assert sidecar_for(str(disk / "IMG_1.CR2")) == found


def test_two_that_would_share_a_sidecar_are_told(disk: Path) -> None:
    _put(disk, "IMG_1.CR2", "img_1.NEF")
    with pytest.raises(SidecarError, match="share one sidecar"):
        sidecar_for(str(disk / "IMG_1.CR2"), naming=Naming.ADOBE)


def test_an_adobe_sidecar_is_the_raw_files_whatever_their_case(disk: Path) -> None:
    _put(disk, "IMG_1.CR2", "img_1.JPG", "Img_1.xmp")
    assert len(list(sidecars_of(str(disk / "IMG_1.CR2")))) == 1
    assert list(sidecars_of(str(disk / "img_1.JPG"))) == []


def test_a_photo_by_its_former_spelling_is_no_rival_of_itself(disk: Path) -> None:
    _put(disk, "img_1.cr2")
    sidecar = sidecar_for(str(disk / "IMG_1.CR2"), naming=Naming.ADOBE)
    assert sidecar == str(disk / "IMG_1.xmp")


def test_where_case_counts_they_are_two(tmp_path: Path) -> None:
    _put(tmp_path, "IMG_1.CR2", "img_1.NEF", "IMG_2.jpg", "IMG_2.jpg.xmp", "IMG_2.jpg.XMP")
    assert sidecar_for(str(tmp_path / "IMG_1.CR2"), naming=Naming.ADOBE).endswith("IMG_1.xmp")
    assert len(list(sidecars_of(str(tmp_path / "IMG_2.jpg")))) == 2


@pytest.mark.parametrize("name", ["NUL.CR2", "aux.jpg", "a:b.jpg", "IMG_1.jpg."])
def test_a_name_that_is_a_devices_is_refused_on_windows_alone(tmp_path: Path, name: str) -> None:
    photo = str(tmp_path / name)
    with pytest.raises(SidecarError, match=r"Windows .* rename the photo"):
        sidecar_for(photo, is_windows=True)
    assert sidecar_for(photo, is_windows=False) == f"{photo}.xmp"
