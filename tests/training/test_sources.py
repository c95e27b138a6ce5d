"""Which photos training may have seen, by the folder names it goes by."""

from pathlib import Path

import pytest

from aesplugin.training import photos
from aesplugin.training.photos import (
    HELD_OUT,
    LEARNT_WHOLLY,
    never_learnt_from,
    split_of,
    unlabelled_photos,
)


def _of_split(folder: str, split: str) -> str:
    return next(name for n in range(99) if split_of(f"{folder}/{(name := f'{n}.jpg')}") == split)


@pytest.mark.parametrize("split", ["train", "validate", "test"])
@pytest.mark.parametrize("folder", LEARNT_WHOLLY)
def test_of_folders_learnt_from_wholly_nothing_is_unseen(folder: str, split: str) -> None:
    photo = _of_split(Path(folder).name, split)
    assert not never_learnt_from(Path(folder, photo))
    assert not never_learnt_from(Path("/data", folder, "within", photo))


@pytest.mark.parametrize("folder", ["flickr8k", "crops/images"])
def test_of_folders_that_were_split_the_tests_are_unseen(folder: str) -> None:
    for split in ("train", "validate", "test"):
        photo = Path("/data", folder, _of_split(Path(folder).name, split))
        assert never_learnt_from(photo) == (split == "test")


def test_other_folders_are_unseen() -> None:
    for folder in (*HELD_OUT, "mine", "mine/images", "stock708/../mine"):
        for number in range(9):
            assert never_learnt_from(Path(folder, f"{number}.jpg"))


def test_a_folder_is_known_from_inside_and_through_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bsds500").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "bsds500")
    assert not never_learnt_from(tmp_path / "link" / "1.jpg")
    monkeypatch.chdir(tmp_path / "bsds500")
    assert not never_learnt_from(Path("1.jpg"))


def test_every_folder_that_a_recipe_names_is_known(tmp_path: Path) -> None:
    for folder in (*photos.UNLABELLED, *photos.SQUASHED):
        _touch(tmp_path / "unlabelled" / folder / _of_split(folder, "train"))
    _touch(tmp_path / "crops" / "images" / _of_split("images", "train"))
    found = unlabelled_photos(tmp_path)
    assert len(found) == 6
    assert not any(never_learnt_from(photo) for photo in found)


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
