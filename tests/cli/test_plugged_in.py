"""A package of somebody else's: its model, sidecar format and library, used by the commands."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.photos import drawn, save
from tests.plugged_in import installed

_ADDING = Path(__file__).parents[2] / "docs" / "adding.md"
_PACKAGE = '''
import json
import os
from pathlib import Path

from aesplugin.errors import LibraryError, WeightsMissing
from aesplugin.libraries.base import Item, Library
from aesplugin.models.base import Answer, ModelBackend, ModelCard
from aesplugin.sidecars.base import Change, Merged, UserFields, SidecarFormat


class WidthsBackend(ModelBackend):
    """Likes wide pictures; "widths:N" likes those of N pixels best."""

    takes_name = True

    @property
    def card(self):
        return ModelCard(
            name="widths",
            revision=f"w1-{self.given or 'any'}",
            summary="Likes width.",
            license="MIT",
            comments=True,
        )

    def load(self, *, device, threads, cache, comments):
        if not (cache / "rule").exists():
            raise WeightsMissing("run: aesplugin models pull widths")
        return Widths(self.card, int(self.given or 900), comments)

    def pull(self, *, cache, progress):
        progress("writing the rule", 0.5)
        cache.mkdir(exist_ok=True)
        (cache / "rule").touch()


class Widths:
    def __init__(self, card, best, comments):
        self.card, self.best, self.comments = card, best, comments

    def assess(self, renditions):
        return [
            Answer(
                score=max(1, 10 - abs(self.best - one.width) / 100),
                comment="Wide." if self.comments else None,
            )
            for one in renditions
        ]


class Notes(SidecarFormat):
    """JSON beside the photo."""

    suffix = ".note"
    has_stars = True

    def read(self, data, *, default_star=True):
        return UserFields(stars=json.loads(data).get("stars"))

    def merge(self, data, publication):
        said = {"score": publication.score}
        if publication.stars:
            said["given"] = publication.stars
        text = json.dumps(said).encode()
        if text == data:
            return Merged(data=data)
        changes = [Change("score", None, str(publication.score))]
        if publication.stars:
            changes.append(Change("given", None, str(publication.stars), is_stars=True))
        return Merged(data=text, changes=tuple(changes))


class Lines(SidecarFormat):
    """The least that a format is."""

    suffix = ".txt"

    def merge(self, data, publication):
        text = f"{publication.score:.1f}"
        if text.encode() == data:
            return Merged(data=data)
        return Merged(data=text.encode(), changes=(Change("score", None, text),))


class Shelf(Library):
    """A file that lists what it was told."""

    title = "the shelf"
    has_stars = True

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

    def update(self, updates):
        with self._file.open("a") as out:
            for key, update in updates.items():
                out.write(json.dumps([key, update.stars]) + chr(10))
        return len(updates)
'''
_ENTRY_POINTS = {
    "models": "widths = brought:WidthsBackend\nformer = brought:Widths\nbroken = brought:Missing",
    "sidecars": "notes = brought:Notes\nlines = brought:Lines",
    "libraries": "shelf = brought:Shelf",
}


@pytest.fixture
def photos(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two photos, scored by the model of a package that is installed beside ours."""
    site = installed(tmp_path / "site", "brought", _PACKAGE, **_ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("AES_MODEL", "widths")
    folder = tmp_path / "photos"
    folder.mkdir()
    save(drawn(1, (300, 200)), folder / "narrow.jpg")
    save(drawn(2, (700, 300)), folder / "wide.jpg")
    assert cli("models", "pull").code == 0
    assert cli("score", folder).code == 0
    return folder


def test_the_model_scores_with_and_without_comments(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked = cli("rank", "--json").objects()
    assert [Path(row["path"]).name for row in ranked] == ["wide.jpg", "narrow.jpg"]
    assert [(row["score"], row["comment"]) for row in ranked] == [(8.0, "Wide."), (4.0, "Wide.")]
    monkeypatch.setenv("AES_COMMENTS", "false")
    assert cli("score", photos).code == 0
    assert [row["comment"] for row in cli("rank", "--json").objects()] == [None, None]


def test_the_model_is_listed_though_others_of_its_package_are_broken(
    cli: Cli, photos: Path
) -> None:
    listed = cli("models", "list", "--json")
    names = [one["name"] for one in listed.objects()[0]]
    assert listed.code == 0 and names == [
        "embedded",
        "mini",
        "vlm",
        "qrealign",
        "server",
        "fake",
        "widths",
    ]
    former, broken = listed.err.strip().splitlines()
    assert "'former' of brought:Widths (package brought) does not derive from" in former
    assert "aesplugin.models.base.ModelBackend" in former
    assert "'broken' of brought:Missing (package brought) cannot be loaded" in broken
    for name, line in (("former", former), ("broken", broken)):
        for command in (["rank"], ["score", photos], ["status"]):
            refused = cli(*command, "--model", name)
            assert refused.code == 2 and refused.err.strip().removeprefix("error: ") == line


def test_the_model_says_what_it_is_and_fetches_what_it_needs(cli: Cli, photos: Path) -> None:
    assert "revision: w1-300" in cli("models", "info", "widths:300").out
    pulled = cli("models", "pull", "widths:300")
    assert pulled.err.splitlines() == ["writing the rule (50%)", "widths:300 is ready"]
    assert cli("models", "pull", "fake").err.splitlines()[-1] == "fake is ready"


def test_what_stands_after_the_colon_reaches_the_model(cli: Cli, photos: Path) -> None:
    assert cli("score", photos, "--model", "widths:300").code == 0
    ranked = cli("rank", "--model", "widths:300", "--json").objects()
    assert [(Path(row["path"]).name, row["score"]) for row in ranked] == [
        ("narrow.jpg", 10.0),
        ("wide.jpg", 6.0),
    ]


def test_the_model_of_the_documentation_scores(
    cli: Cli, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = _ADDING.read_text().partition("## A model")[2].partition("\n## ")[0]
    (package,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (line,) = re.findall(r'mine = "(\S+)"', section)
    site = installed(tmp_path / "documented", "my_package", package, models=f"mine = {line}")
    monkeypatch.syspath_prepend(str(site))
    assert cli("score", photos, "--model", "mine").code == 0
    best = cli("rank", "--model", "mine", "--json").objects()[0]
    assert (Path(best["path"]).name, best["score"]) == ("wide.jpg", 8.0)


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
    assert "1 rating stored" in cli("prefer", "--user", "anna", "--from-sidecars").err
    monkeypatch.setenv("AES_SIDECARS", "nosuch")
    refused = cli("publish", photos)
    assert refused.code and "known: xmp, notes, lines" in refused.err


def test_stars_of_the_score_are_told_apart_in_any_format(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_SIDECARS", "notes")
    dry = cli("publish", photos, "--ratings", "--dry-run")
    assert dry.out.count("(from the score, not your rating)") == 2
    assert "2 star ratings taken from the score" in cli("publish", photos, "--ratings").err
    assert [one["stars_of_score"] for one in cli("publish", "--json").objects()] == [False] * 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--ratings"], "a .txt sidecar has no stars: leave out --ratings"),
        (["--labels", "--user", "ada"], "a .txt sidecar has no picks: leave out --labels"),
        (["--tags"], "a .txt sidecar has no tags: leave out --tags"),
        (["--description"], "a .txt sidecar has no description: leave out --description"),
    ],
)
def test_what_the_sidecar_format_does_not_have_is_refused_before_anything_is_written(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], says: str
) -> None:
    monkeypatch.setenv("AES_SIDECARS", "lines")
    refused = cli("publish", photos, *options)
    assert refused.code == 2 and refused.err.splitlines()[-1] == f"error: {says}"
    assert not list(photos.glob("*.txt"))


def test_a_format_that_knows_only_what_we_write_leaves_alone_what_others_changed(
    cli: Cli, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AES_SIDECARS", "lines")
    assert "2 written" in cli("publish", photos).out
    assert "2 unchanged" in cli("publish", photos).out
    assert cli("prefer", "--user", "anna", "--from-sidecars").code == 0
    changed, other = sorted(photos.glob("*.txt"))
    changed.write_text("my own words")
    back = cli("unpublish")
    assert back.code == 1 and f"{changed} was changed since" in back.err
    assert changed.read_text() == "my own words" and not other.exists()


def test_the_library_is_told(cli: Cli, photos: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.jsonl"
    refused = cli("sync", photos, "--library", "shelf", "--url", shelf, "--ratings")
    assert refused.code and "is no shelf" in refused.err
    shelf.touch()
    done = cli("sync", photos, "--library", "shelf", "--url", shelf, "--ratings")
    assert done.code == 0 and "2 updated" in done.out and "not in the shelf" in done.out
    assert len(shelf.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--ratings", "--tags"], "the shelf has no tags: leave out --tags"),
        (["--favorites", "--user", "ada"], "the shelf has no favourites: leave out --favorites"),
        (["--stacks"], "the shelf has no stacks: leave out --stacks"),
    ],
)
def test_what_the_library_does_not_have_is_refused_before_anything_is_told(
    cli: Cli, photos: Path, tmp_path: Path, options: list[str], says: str
) -> None:
    shelf = tmp_path / "shelf.jsonl"
    shelf.touch()
    refused = cli("sync", photos, "--library", "shelf", "--url", shelf, *options)
    assert refused.code == 2 and refused.err.strip() == f"error: {says}"
    assert shelf.read_text() == ""


def test_a_folder_does_not_count_as_told(cli: Cli, photos: Path) -> None:
    folder = ["--library", "folder", "--url", photos]
    refused = cli("sync", photos, *folder, "--ratings")
    assert refused.code == 2 and "the folder has no stars" in refused.err
    assert "0 updated, 2 unchanged" in cli("sync", photos, *folder).out
