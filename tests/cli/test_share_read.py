"""share --read: a client's choices become decisions of one person, as one run."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

from tests.cli.conftest import Cli, scored_shoot
from tests.photos import drawn, save

NUMBER = 4
SHARE = "0123456789abcdef" * 2


@pytest.fixture
def scored(cli: Cli, tmp_path: Path) -> Path:
    return scored_shoot(cli, tmp_path / "shoot", photos=NUMBER)


@pytest.fixture
def hashes(cli: Cli, scored: Path) -> dict[str, str]:
    rows = cli("export", "--format", "json").objects()
    return {Path(row["path"]).name: row["content_hash"] for row in rows}


def said(key: str, name: str, *, chosen: bool = False, stars: int = 0, comment: str = "") -> Any:
    return {"photo": key, "name": name, "chosen": chosen, "stars": stars, "comment": comment}


def written(folder: Path, photos: list[Any], **changes: Any) -> Path:
    made = {
        "format": "aesplugin-choices/1",
        "share": SHARE,
        "title": "Tom and Jo",
        "made_at": "2026-05-01T10:00:00.000Z",
        "photos": photos,
    }
    file = folder / "choices.json"
    file.write_text(json.dumps(made | changes), encoding="utf-8")
    return file


def picks(cli: Cli, user: str, folder: Path) -> set[str]:
    """The photos that a share of this person's picks would have."""
    target = folder / "picks.html"
    if cli("share", target, "--choice", "pick", "-u", user).code:
        return set()
    html = target.read_text(encoding="utf-8")
    return {part.partition('"')[0] for part in html.split('data-name="')[1:]}


def test_choices_are_stored_as_one_run_and_undone(
    cli: Cli, hashes: Mapping[str, str], tmp_path: Path
) -> None:
    file = written(
        tmp_path,
        [
            said(hashes["0.jpg"], "0.jpg", chosen=True, stars=5, comment="this one!"),
            said(hashes["1.jpg"], "1.jpg", stars=2),
            said(hashes["2.jpg"], "2.jpg"),
        ],
    )
    done = cli("share", "--read", file)
    assert done.code == 0
    comment, line = done.err.splitlines()
    assert comment == "0.jpg: this one!"
    assert line == "1 photo chosen, 2 with stars, by Tom and Jo; undo with: aesplugin undo 1"
    assert picks(cli, "Tom and Jo", tmp_path) == {"0.jpg"}
    again = cli("share", "--read", file)
    assert again.code == 0 and "nothing changed" in again.err
    assert len(cli("undo", "--list", "--json").objects()) == 1
    assert cli("undo").code == 0
    assert picks(cli, "Tom and Jo", tmp_path) == set()
    assert "undo with: aesplugin undo 2" in cli("share", "--read", file).err


def test_what_was_taken_back_goes_and_nothing_else(
    cli: Cli, scored: Path, hashes: Mapping[str, str], tmp_path: Path
) -> None:
    cli("decide", "-u", "jo", "--reject", scored / "2.jpg")
    cli("decide", "-u", "jo", "--pick", "--stars", "3", scored / "3.jpg")
    first = [said(hashes["0.jpg"], "0.jpg", chosen=True), said(hashes["2.jpg"], "2.jpg", stars=1)]
    cli("share", "--read", written(tmp_path, first), "-u", "jo")
    assert picks(cli, "jo", tmp_path) == {"0.jpg", "3.jpg"}
    second = [said(hashes["0.jpg"], "0.jpg"), said(hashes["1.jpg"], "1.jpg", chosen=True)]
    cli("share", "--read", written(tmp_path, second), "-u", "jo")
    assert picks(cli, "jo", tmp_path) == {"1.jpg", "3.jpg"}
    assert cli("share", tmp_path / "r.html", "--choice", "reject", "-u", "jo").code == 0


@pytest.mark.parametrize(
    ("touched", "back"),
    [
        ({"comment": "nice"}, ""),
        ({"stars": 4}, ""),
        ({"chosen": True}, ""),
        ({"chosen": False}, "; 1 pick taken back"),
        ({"stars": 0}, "; 1 rating taken back"),
        ({"chosen": False, "stars": 0}, "; 1 pick and 1 rating taken back"),
    ],
)
def test_only_what_the_client_touched_changes(
    cli: Cli,
    scored: Path,
    hashes: Mapping[str, str],
    tmp_path: Path,
    touched: dict[str, Any],
    back: str,
) -> None:
    cli("decide", "-u", "jo", "--pick", "--stars", "3", scored / "3.jpg")
    photo = {"photo": hashes["3.jpg"], "name": "3.jpg"} | touched
    done = cli("share", "--read", written(tmp_path, [photo]), "-u", "jo")
    assert done.code == 0
    assert f"by jo{back}" + (":" if touched == {"comment": "nice"} else "") in done.err
    assert ("taken back" in done.err) == bool(back)
    still = set() if touched.get("chosen") is False else {"3.jpg"}
    assert picks(cli, "jo", tmp_path) == still
    again = cli("share", "--read", tmp_path / "choices.json", "-u", "jo")
    assert "nothing changed" in again.err and "taken back" not in again.err


def test_a_raw_or_heif_beside_the_chosen_jpeg_is_picked_with_it(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    save(drawn(1), folder / "IMG_1.jpg", datetime(2026, 5, 1, 10))
    with Image.open(folder / "IMG_1.jpg") as image:
        exif = image.getexif().tobytes()
        pillow_heif.from_pillow(image).save(folder / "IMG_1.HEIC", quality=90, exif=exif)
    cli("score", folder)
    rows = cli("export", "--format", "json").objects()
    key = next(row["content_hash"] for row in rows if row["path"].endswith(".jpg"))
    done = cli("share", "--read", written(tmp_path, [said(key, "IMG_1.jpg", chosen=True)]))
    assert "1 photo chosen" in done.err
    assert cli("undo").err.strip().endswith("undone: 2 decisions")


def test_photos_of_another_catalog_are_named_and_skipped(
    cli: Cli, hashes: Mapping[str, str], tmp_path: Path
) -> None:
    odd = said("f" * 64, "<b>\u202ex\n.jpg", chosen=True)
    known = said(hashes["0.jpg"], "0.jpg", chosen=True)
    done = cli("share", "--read", written(tmp_path, [odd, known]))
    assert done.code == 0
    skipped, line = done.err.splitlines()
    assert skipped == "<b>\\u202ex\\n.jpg is not in this catalog: skipped"
    assert line.startswith("1 photo chosen")
    only = cli("share", "--read", written(tmp_path, [odd]))
    assert only.code == 7 and "none of these photos is in this catalog" in only.err


@pytest.mark.parametrize("title", ["", "   ", "a\nb", "x" * 201])
def test_a_title_that_is_no_name(
    cli: Cli, hashes: Mapping[str, str], tmp_path: Path, title: str
) -> None:
    file = written(tmp_path, [said(hashes["0.jpg"], "0.jpg", chosen=True)], title=title)
    assert "by client;" in cli("share", "--read", file).err


_ONE = said("a" * 64, "a.jpg", chosen=True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no whole JSON file"),
        (b'{"format": "aesplugin-choices/1", "pho', "is no whole JSON file"),
        (b"\x00\xff" * 5_000_000, "is no whole JSON file"),
        (b"[" * 100_000, "is no whole JSON file"),
        (b" " * (33 * 2**20), "is too large"),
        (b"[]", "is no file of choices"),
        (b'{"format": 1}', "is no file of choices"),
        (b'{"format": "aesplugin-choices/2"}', "was made by another release"),
        (b'{"format": "holiday"}', "is no choices"),
        (b'{"format": "aesplugin-choices/1"}', "is damaged, share"),
    ],
    ids=range(10),
)
def test_another_file_stores_nothing(cli: Cli, tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "choices.json"
    file.write_bytes(content)
    refused(cli, file, reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"photos": [_ONE | {"photo": "../../etc/passwd"}]}, "photos.0.photo"),
        ({"photos": [_ONE | {"photo": "A" * 64}]}, "photos.0.photo"),
        ({"photos": [_ONE | {"stars": 6}]}, "photos.0.stars"),
        ({"photos": [_ONE | {"stars": True}]}, "photos.0.stars"),
        ({"photos": [_ONE | {"chosen": "yes"}]}, "photos.0.chosen"),
        ({"photos": [_ONE | {"comment": "x" * 3000}]}, "photos.0.comment"),
        ({"photos": [_ONE, _ONE]}, "names a photo twice"),
        ({"photos": {"a": 1}}, "photos"),
        ({"share": "<script>"}, "share"),
        ({"made_at": "yesterday"}, "made_at"),
    ],
)
def test_a_damaged_file_stores_nothing(
    cli: Cli, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    refused(cli, written(tmp_path, **({"photos": [_ONE]} | change)), reason)


def test_a_file_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    refused(cli, tmp_path / "nosuch.json", "cannot be read")
    refused(cli, tmp_path, "cannot be read")


def refused(cli: Cli, file: Path, reason: str) -> None:
    done = cli("share", "--read", file)
    assert done.code == 7 and reason in done.err and len(done.err.splitlines()) == 1
    assert cli("undo", "--list", "--json").out == ""


def test_reading_and_writing_are_not_mixed(cli: Cli, tmp_path: Path) -> None:
    done = cli("share", tmp_path / "out.html", "--read", tmp_path / "choices.json")
    assert done.code == 2 and "--read" in done.err
