from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.evaluation.benchmarks.oasis import read_oasis

_HEADER = "item,file,theme,category,beauty_mos,beauty_sd,raters"


def _root(folder: Path, *rows: str, header: str = _HEADER) -> Path:
    (folder / "images").mkdir()
    (folder / "images.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


def test_photos_without_votes_or_file_are_left_out_and_told(tmp_path: Path) -> None:
    root = _root(
        tmp_path,
        "1,Lake 1.jpg,Lake,Scene,5.5,1,90",
        "2,Lake 2.jpg,Lake,Scene,,,0",
        "3,Gone 1.jpg,Gone,Object,2,1,90",
    )
    (root / "images" / "Lake 1.jpg").write_bytes(b"pixels")
    oasis = read_oasis(root)
    assert [(p.item, p.theme, p.mos) for p in oasis.photos] == [(1, "Lake", 5.5)]
    assert oasis.without_mos == 1
    assert oasis.missing == ("Gone 1.jpg",)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("x,a.jpg,T,S,5,1,9", "line 2.*'x'"),
        ("1,a.jpg,T,S,five,1,9", "line 2.*'five'"),
        ("1,a.jpg,T,S,9.5,1,9", r"9\.5 is outside 1\.\.7"),
        ("1,a.jpg,T,S,nan,1,9", "outside"),
        ("1,../a.jpg,T,S,5,1,9", "not the name of a file"),
        ("1,,T,S,5,1,9", "not the name of a file"),
        ("1,absent.jpg,T,S,5,1,9", "no usable photo"),
    ],
)
def test_unusable_rows_are_named(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        read_oasis(_root(tmp_path, row))


def test_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lacks the column 'theme'"):
        read_oasis(_root(tmp_path, "1,a.jpg,5", header="item,file,beauty_mos"))


def test_empty_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "images.csv").write_bytes(b"")
    with pytest.raises(DataError, match=r"images\.csv lacks the column 'item'"):
        read_oasis(tmp_path)


def test_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"images\.csv cannot be read"):
        read_oasis(tmp_path)


def test_table_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "images.csv").write_bytes(_HEADER.encode("utf-16"))
    with pytest.raises(DataError, match=r"images\.csv"):
        read_oasis(tmp_path)


def test_public_set_reads(data_dir: Path) -> None:
    oasis = read_oasis(data_dir / "oasis")
    assert len(oasis.photos) == 577
    assert not oasis.missing
