"""Scores from Python: paths, folders, bytes and pictures; bad ones are named, none is made up."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.api import AesError, PhotoState, Scorer
from aesplugin.errors import UsageError
from tests.photos import drawn, save


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer("embedded", device="cpu") as found:
        yield found


def test_a_file_its_bytes_and_its_picture_have_one_score(scorer: Scorer, tmp_path: Path) -> None:
    file = save(drawn(3, (900, 600)), tmp_path / "a.jpg")
    found = {one.path: one for one in scorer.score([file, file.read_bytes(), Image.open(file)])}
    assert set(found) == {str(file), "<bytes 2>", "<image 3>"}
    scores = [one.assessment.score for one in found.values() if one.assessment]
    assert len(scores) == 3
    assert scores[0] == scores[1]
    assert max(scores) - min(scores) < 0.05
    by_path = found[str(file)]
    assert by_path.photo is not None and (by_path.photo.width, by_path.photo.height) == (900, 600)
    assert by_path.attributes


def test_a_picture_is_seen_upright_and_in_its_colours(scorer: Scorer, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    drawn(5, (600, 400)).save(tmp_path / "turned.jpg", exif=exif)
    found = scorer.score_one(Image.open(tmp_path / "turned.jpg"))
    assert found.photo is not None and (found.photo.width, found.photo.height) == (400, 600)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB"])
def test_pictures_of_all_modes_have_a_score_or_a_reason(scorer: Scorer, mode: str) -> None:
    image = drawn(7, (300, 200))
    image = image.convert("RGB").convert(mode) if mode != "LAB" else Image.new("LAB", (300, 200))
    found = scorer.score_one(image)
    assert (found.assessment is None) == (found.state is not PhotoState.ASSESSED)
    assert found.assessment or found.reason


def test_folders_bad_files_and_absent_ones(scorer: Scorer, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(11):
        save(drawn(number), folder / f"{number}.jpg")
    (folder / "cut.jpg").write_bytes((folder / "1.jpg").read_bytes()[:400])
    absent = tmp_path / "absent.jpg"
    found = {one.path: one for one in scorer.score([folder, absent, b"no photo", b""])}
    assert len(found) == 15
    assert sum(one.state is PhotoState.ASSESSED for one in found.values()) == 11
    assert found[str(folder / "cut.jpg")].state is PhotoState.DAMAGED
    assert found[str(absent)].state is PhotoState.MISSING
    assert found["<bytes 3>"].state is PhotoState.UNSUPPORTED
    assert found["<bytes 4>"].state is PhotoState.EMPTY
    for one in found.values():
        assert one.assessment or one.reason


@pytest.mark.skipif(os.name == "nt", reason="rights are told otherwise there")
def test_a_folder_that_cannot_be_listed_is_named(scorer: Scorer, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    found = list(scorer.score([closed]))
    closed.chmod(0o700)
    if os.geteuid() == 0:
        pytest.skip("the administrator may list every folder")
    assert [(one.path, one.state) for one in found] == [(str(closed), PhotoState.UNREADABLE)]


def test_an_endless_stream_is_read_as_results_are_taken(scorer: Scorer, tmp_path: Path) -> None:
    data = save(drawn(1), tmp_path / "a.jpg").read_bytes()
    drawn_from = itertools.count()
    stream = (data for _ in drawn_from)
    taken = list(itertools.islice(scorer.score(stream), 20))
    assert len({one.path for one in taken}) == 20
    assert next(drawn_from) < 200


def test_what_is_no_photo_is_named_in_one_line(scorer: Scorer) -> None:
    with pytest.raises(UsageError, match="list of photos"):
        list(scorer.score("photo.jpg"))
    with pytest.raises(UsageError, match=r"ndarray is not a photo.*fromarray"):
        list(scorer.score([np.zeros((8, 8, 3), np.uint8)]))  # type: ignore[list-item]
    with pytest.raises(AesError, match="nosuch"):
        Scorer("nosuch")


def test_one_photo_is_asked_of_one_photo(scorer: Scorer, tmp_path: Path) -> None:
    for number in range(2):
        save(drawn(number), tmp_path / f"{number}.jpg")
    with pytest.raises(UsageError, match="holds 2 photos"):
        scorer.score_one(tmp_path)
