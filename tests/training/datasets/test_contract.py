"""What every set of the table owes: the same suite over each one's miniature."""

from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.training.datasets import (
    SPLITS,
    NamedSet,
    load_captioned,
    load_personal,
    load_rated,
)
from aesplugin.training.datasets.base import HasCaptions, HasRaters, HasRatings
from aesplugin.training.datasets.named import DATASETS, dataset_class
from tests.training.datasets.conftest import Mini

_OFFERS = {HasRatings: load_rated, HasCaptions: load_captioned, HasRaters: load_personal}


def _loaders(name: str) -> list:  # type: ignore[type-arg]
    return [load for offer, load in _OFFERS.items() if issubclass(dataset_class(name), offer)]


@pytest.mark.parametrize("name", DATASETS)
def test_a_set_offers_rows_that_are_there_within_the_scale_and_in_a_split(
    name: str, mini: Mini
) -> None:
    named, told = mini(name), list[str]()
    assert _loaders(name), "a set offers ratings, texts or raters"
    for load in _loaders(name):
        rows = load([named], say=told.append)
        assert rows
        for row in rows:
            assert row.path.is_file()
            assert named.root in row.path.parents
            assert row.split in SPLITS
            assert 1 <= getattr(row, "score", 1) <= 10
            assert 1 <= getattr(row, "rating", 1) <= 10
            assert all(-1 <= value <= 1 for value in getattr(row, "attributes", {}).values())
            assert getattr(row, "user", f"{name}:x").startswith(f"{name}:")
        assert rows == load([named]), "reading twice gives the same"
    expected = {"oasis"} if name == "oasis" else set()  # a photo nobody voted on
    assert {line.partition(":")[0] for line in told if "skipped" in line} == expected


@pytest.mark.parametrize("name", DATASETS)
def test_an_absent_folder_is_named(name: str, tmp_path: Path) -> None:
    for load in _loaders(name):
        with pytest.raises(
            DataError, match=f"nowhere is not a folder; it should contain .* {name}$"
        ):
            load([NamedSet(name=name, root=tmp_path / "nowhere")])


@pytest.mark.parametrize("name", DATASETS)
def test_an_empty_folder_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    for load in _loaders(name):
        with pytest.raises(DataError) as caught:
            load([NamedSet(name=name, root=tmp_path)])
        assert str(tmp_path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", DATASETS)
def test_files_cut_off_anywhere_are_told_or_give_fewer_rows(name: str, mini: Mini) -> None:
    """Half of any label file: one clear line or fewer rows, never a traceback of another kind."""
    root = mini(name).root
    labels = [path for path in sorted(root.rglob("*")) if path.is_file() and path.stat().st_size]
    for label in labels:
        whole = label.read_bytes()
        for cut in (b"", whole[: len(whole) // 2], whole[:7] + b"\xff\xfe" + whole[7:], b"\0" * 9):
            label.write_bytes(cut)
            for load in _loaders(name):
                try:
                    load([NamedSet(name=name, root=root)], say=lambda _: None)
                except DataError as error:
                    assert "\n" not in str(error)
        label.write_bytes(whole)


@pytest.mark.parametrize("name", DATASETS)
def test_a_set_without_pictures_is_unusable(name: str, mini: Mini) -> None:
    named = mini(name)
    for path in named.root.rglob("*.jpg"):
        path.unlink()
    for load in _loaders(name):
        with pytest.raises(DataError, match=r"(nothing usable|can be used).*without a p"):
            load([named], say=lambda _: None)


def test_the_documentation_names_every_set() -> None:
    page = Path(__file__).parents[3] / "docs" / "datasets.md"
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for name in DATASETS:
        assert any(f"`{name}`" in row for row in rows)
