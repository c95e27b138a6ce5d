"""A package of somebody else's: its model, sidecar format and library, used by the commands."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.photos import drawn, save

_PACKAGE = '''
import json
import os
from pathlib import Path

from aesplugin.models.base import Answer, ModelCard
from aesplugin.errors import LibraryError
from aesplugin.libraries.base import Item
from aesplugin.sidecars.base import Change, Merged, PersonsWords


class Widths:
    """Likes wide pictures."""

    card = ModelCard(
        name="widths", revision="w1", summary="Likes width.", license="MIT", comments=True
    )

    def __init__(self, *, device="auto", threads=0, comments=True):
        self.comments = comments

    def assess(self, renditions):
        return [
            Answer(score=min(10, 1 + one.width / 100), comment="Wide." if self.comments else None)
            for one in renditions
        ]


class Notes:
    """JSON beside the photo."""

    suffix = ".note"

    def read(self, data, *, default_star=True):
        return PersonsWords(stars=json.loads(data).get("stars"))

    def merge(self, data, publication):
        text = json.dumps({"score": publication.score}).encode()
        if text == data:
            return Merged(data=data)
        return Merged(data=text, changes=(Change("score", None, str(publication.score)),))

    def restore(self, data, before):
        return Merged(data=before)


class Shelf:
    """A file that lists what it was told."""

    title = "the shelf"

    def __init__(self, file):
        self._file = file

    @classmethod
    def connect(cls, place, *, prefixes):
        if not os.path.exists(place):
            raise LibraryError(f"{place} is no shelf")
        return cls(Path(place))

    def check(self):
        return "1"

    def find(self, paths):
        return {path: Item(key=path, path=path) for path in paths}

    def tell(self, wishes):
        with self._file.open("a") as out:
            for key, wish in wishes.items():
                out.write(json.dumps([key, wish.stars]) + chr(10))
        return len(wishes)

    def stacked(self, keys):
        return set()

    def stack(self, keys):
        pass
'''
_ENTRY_POINTS = """
[aesplugin.models]
widths = brought:Widths
[aesplugin.sidecars]
notes = brought:Notes
[aesplugin.libraries]
shelf = brought:Shelf
"""


@pytest.fixture
def photos(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two photos, scored by the model of a package that is installed beside ours."""
    site, info = tmp_path / "site", tmp_path / "site" / "brought-1.dist-info"
    info.mkdir(parents=True)
    (site / "brought.py").write_text(_PACKAGE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brought\nVersion: 1\n")
    (info / "entry_points.txt").write_text(_ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("AES_MODEL", "widths")
    folder = tmp_path / "photos"
    folder.mkdir()
    save(drawn(1, (300, 200)), folder / "narrow.jpg")
    save(drawn(2, (700, 300)), folder / "wide.jpg")
    assert cli("score", folder).code == 0
    return folder


def test_the_model_scores_with_and_without_comments(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "widths" in cli("models", "list").out
    ranked = cli("rank", "--json").objects()
    assert [Path(row["path"]).name for row in ranked] == ["wide.jpg", "narrow.jpg"]
    assert [(row["score"], row["comment"]) for row in ranked] == [(8.0, "Wide."), (4.0, "Wide.")]
    monkeypatch.setenv("AES_COMMENTS", "false")
    assert cli("score", photos).code == 0
    assert [row["comment"] for row in cli("rank", "--json").objects()] == [None, None]


def test_the_sidecar_format_is_written_read_and_taken_back(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_SIDECARS", "notes")
    assert cli("publish", photos).code == 0
    notes = sorted(photos.glob("*.note"))
    assert [json.loads(note.read_text()) for note in notes] == [{"score": 4.0}, {"score": 8.0}]
    assert not list(photos.glob("*.xmp"))
    assert cli("unpublish").code == 0
    assert not list(photos.glob("*.note"))
    (photos / "wide.jpg.note").write_text('{"stars": 5}')
    assert "1 kept" in cli("prefer", "--user", "anna", "--from-sidecars").err
    monkeypatch.setenv("AES_SIDECARS", "nosuch")
    refused = cli("publish", photos)
    assert refused.code and "known: xmp, notes" in refused.err


def test_the_library_is_told(cli: Cli, photos: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.jsonl"
    refused = cli("sync", photos, "--library", "shelf", "--url", shelf, "--ratings")
    assert refused.code and "is no shelf" in refused.err
    shelf.touch()
    done = cli("sync", photos, "--library", "shelf", "--url", shelf, "--ratings")
    assert done.code == 0 and "2 told" in done.out and "not in the shelf" in done.out
    assert len(shelf.read_text().splitlines()) == 2
