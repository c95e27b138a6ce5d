"""Every kind of RAW that is decoded is also known as RAW where files are paired."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aesplugin.extensions import RAW_EXTENSIONS
from aesplugin.services.groups.pairs import is_raw, pair_up
from aesplugin.services.groups.partition import looks_of
from tests.cases.catalogued import Catalogued
from tests.services.groups.builders import frame


def test_the_raws_of_the_case_stand_with_their_jpegs(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    made("01")  # its script is imported
    known = Catalogued(made("02") / "mef", tmp_path)
    kinds = ["dcr", "erf", "mef", "mos", "nef"]  # LibRaw opens no ORI made this way
    assert known.together() == [sorted([f"{k}/P1.{k}", f"{k}/P1.jpg"]) for k in kinds]


@pytest.mark.parametrize("extension", sorted(RAW_EXTENSIONS))
@pytest.mark.parametrize("told_by", ["format", "name"])
def test_any_raw_stands_with_its_jpeg(extension: str, told_by: str) -> None:
    format = extension[1:].upper() if told_by == "format" else "TIFF"
    raw = frame(f"P1{extension.upper()}", 0, hash=7, format=format)
    jpeg = frame("p1.jpg", 0, hash=7)
    assert is_raw(raw) and not is_raw(jpeg)
    frames = [raw, jpeg]
    assert pair_up(frames, looks_of(frames, {})) == {jpeg.key: (raw.key,)}
