from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.training.calm.votes import Vote, read_votes

_HEADER = "item,file,theme,beauty_mos"


def _table(folder: Path, *lines: str) -> Path:
    (folder / "images.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_votes_are_stretched_and_the_unvoted_left_out(tmp_path: Path) -> None:
    folder = _table(tmp_path, _HEADER, "1,a.jpg,Lake,1", "2,b.jpg,Lake,7", "3,c.jpg,Hill,")
    assert read_votes(folder) == {"a.jpg": Vote(1.0, "Lake"), "b.jpg": Vote(10.0, "Lake")}


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([_HEADER, "1,a.jpg,Lake,5", "2,b.jpg"], "line 3 is too short: it has no theme"),
        ([_HEADER, "1,a.jpg,Lake"], "line 2 is too short: it has no beauty_mos"),
        ([_HEADER, "1,a.jpg,Lake,five"], "line 2: beauty_mos 'five' is not a number"),
        ([_HEADER, "1,a.jpg,Lake,nan"], r"line 2: beauty_mos nan is outside 1\.\.7"),
        ([_HEADER, "1,a.jpg,Lake,9"], r"line 2: beauty_mos 9 is outside 1\.\.7"),
        (["item,file,beauty_mos", "1,a.jpg,5"], "lacks the column 'theme'"),
        ([""], "lacks the column 'file'"),
    ],
)
def test_a_table_of_another_layout_is_named(
    tmp_path: Path, lines: list[str], complaint: str
) -> None:
    with pytest.raises(DataError, match=rf"images\.csv.*{complaint}"):
        read_votes(_table(tmp_path, *lines))


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"images\.csv cannot be read"):
        read_votes(tmp_path)
    (tmp_path / "images.csv").write_bytes(_HEADER.encode("utf-16"))
    with pytest.raises(DataError, match=r"images\.csv is not CSV in UTF-8"):
        read_votes(tmp_path)
