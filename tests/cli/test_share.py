"""share: which photos a client gets, as one HTML file or a ZIP, and what is never in them."""

import base64
import io
import os
import re
import zipfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from tests.cli.conftest import Cli, make_photo, scored_shoot
from tests.photos import drawn, save

NUMBER = 4
_NAME = re.compile(r'data-name="([^"]*)"')


@pytest.fixture
def scored(cli: Cli, tmp_path: Path) -> Path:
    return scored_shoot(cli, tmp_path / "shoot", photos=NUMBER)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "out.html"


def names(file: Path) -> list[str]:
    return _NAME.findall(file.read_text(encoding="utf-8"))


def pictures(html: str) -> list[bytes]:
    found = re.findall(r'class="data">([^<]*)<', html)
    return [base64.b64decode(one) for one in found]


def test_all_photos_of_the_catalog_in_one_file(cli: Cli, scored: Path, target: Path) -> None:
    done = cli("share", target, "--title", "A & <b>B</b>")
    assert done.code == 0 and f"4 photos written to {target}" in done.err
    html = target.read_text(encoding="utf-8")
    assert '<h1 dir="auto">A &amp; &lt;b&gt;B&lt;/b&gt;</h1>' in html
    assert names(target) == [f"{n}.jpg" for n in range(NUMBER)]
    assert str(scored) not in html  # folders are nobody's business
    assert 'class="score"' not in html
    assert not list(target.parent.glob("*.part"))


def test_nothing_in_it_leads_out(cli: Cli, scored: Path, target: Path) -> None:
    assert cli("share", target).code == 0
    html = target.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy and "default-src &#39;none&#39;; img-src data:;" in policy.group(1)
    assert "unsafe" not in policy.group(1)
    assert "http:" not in html and "https:" not in html


def test_a_zip_has_the_page_and_its_pictures(cli: Cli, scored: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    assert cli("share", target).code == 0
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        folders = Counter(name.partition("/")[0] for name in archive.namelist())
        assert folders == {"index.html": 1, "previews": NUMBER, "thumbnails": NUMBER}
        html = archive.read("index.html").decode()
        assert "previews/0004.jpg" in html and pictures(html) == []


def test_pictures_carry_no_metadata_and_no_place(cli: Cli, tmp_path: Path, target: Path) -> None:
    taken = datetime(2026, 5, 1, 10)
    (tmp_path / "p").mkdir()
    photo = save(drawn(1, (2400, 1600)), tmp_path / "p" / "gps.jpg", taken, place=True)
    assert cli("score", photo).code == 0
    assert cli("share", target).code == 0
    (jpeg,) = pictures(target.read_text(encoding="utf-8"))
    with Image.open(io.BytesIO(jpeg)) as image:
        assert max(image.size) == 1600 and not image.getexif() and "icc_profile" not in image.info
    assert b"Exif" not in jpeg and b"Testcam" not in jpeg


def test_scores_where_they_are_wanted(cli: Cli, scored: Path, target: Path) -> None:
    assert cli("share", target, "--scores").code == 0
    assert target.read_text(encoding="utf-8").count('class="score"') == NUMBER


def test_only_what_a_person_chose(cli: Cli, scored: Path, target: Path) -> None:
    cli("decide", "-u", "anna", "--pick", scored / "1.jpg", scored / "2.jpg")
    cli("decide", "-u", "anna", "--stars", "4", scored / "2.jpg")
    cli("decide", "-u", "anna", "--favorite", scored / "3.jpg")
    for options, expected in (
        (("--choice", "pick"), ["1.jpg", "2.jpg"]),
        (("--choice", "none"), ["0.jpg", "3.jpg"]),
        (("--stars", "3"), ["2.jpg"]),
        (("--favorite",), ["3.jpg"]),
        (("--choice", "pick", "--top", "1"), None),
    ):
        assert cli("share", target, "-u", "anna", *options).code == 0
        assert names(target) == expected or (expected is None and len(names(target)) == 1)


def test_the_best_by_score(cli: Cli, scored: Path, target: Path) -> None:
    best = [row["path"] for row in cli("rank", "--limit", "2", "--json").objects()]
    assert cli("share", target, "--top", "2").code == 0
    assert names(target) == sorted(os.path.basename(path) for path in best)


def test_photos_and_folders_that_are_named(cli: Cli, scored: Path, target: Path) -> None:
    done = cli("share", target, scored / "0.jpg", scored / "2.jpg", scored / "nosuch.jpg")
    assert done.code == 0 and "nosuch.jpg is not in the catalog" in done.err
    assert names(target) == ["0.jpg", "2.jpg"]


def test_one_exposure_is_shown_once(cli: Cli, tmp_path: Path, target: Path) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    taken = datetime(2026, 5, 1, 10)
    save(drawn(1), folder / "IMG_1.jpg", taken)
    with Image.open(folder / "IMG_1.jpg") as image:
        exif = image.getexif().tobytes()
        pillow_heif.from_pillow(image).save(folder / "IMG_1.HEIC", quality=90, exif=exif)
    cli("score", folder)
    done = cli("share", target)
    assert len(names(target)) == 1 and "1 other file of the same exposures" in done.err


def test_what_is_gone_damaged_or_changed_is_left_out_and_named(
    cli: Cli, scored: Path, target: Path
) -> None:
    (scored / "1.jpg").unlink()
    make_photo(scored / "2.jpg", seed=99)
    done = cli("share", target)
    assert done.code == 1 and names(target) == ["0.jpg", "3.jpg"]
    gone, changed, written = done.err.splitlines()
    assert "left out" in gone and "1.jpg was deleted" in gone
    assert "left out" in changed and "2.jpg has changed" in changed
    assert written == f"2 photos written to {target}"


def test_a_copy_stands_in_for_a_file_that_is_gone(cli: Cli, scored: Path, target: Path) -> None:
    (scored / "z.jpg").write_bytes((scored / "0.jpg").read_bytes())
    cli("score", scored)
    (scored / "0.jpg").unlink()
    assert cli("share", target).code == 0
    assert len(names(target)) == NUMBER


def test_no_file_where_none_can_be_shown(cli: Cli, scored: Path, target: Path) -> None:
    target.write_text("before")
    for photo in scored.iterdir():
        photo.unlink()
    done = cli("share", target)
    assert done.code == 2 and "none of the photos can be shown" in done.err
    assert target.read_text() == "before" and not list(target.parent.glob("*.part"))


@pytest.mark.skipif(os.name == "nt", reason="such names need a POSIX file system")
def test_names_are_shown_escaped(cli: Cli, tmp_path: Path, target: Path) -> None:
    for number, name in enumerate(
        ["<img src=x onerror=alert(1)>.jpg", "a\nb.jpg", "a\u202egpj.jpg"]
    ):
        make_photo(tmp_path / "odd" / name, seed=number)
    cli("score", tmp_path / "odd")
    assert cli("share", target).code == 0
    html = target.read_text(encoding="utf-8")
    assert "<img src=x" not in html and "\u202e" not in html and "a\nb" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in html
    assert "a\\u202egpj.jpg" in html and "a\\nb.jpg" in html


def test_too_many_photos_for_one_html_file(cli: Cli, tmp_path: Path, target: Path) -> None:
    for number in range(201):
        make_photo(tmp_path / "many" / f"{number}.png", seed=number, size=(24, 16))
    cli("score", tmp_path / "many")
    done = cli("share", target)
    assert done.code == 2 and "201 photos are too many" in done.err and ".zip" in done.err
    assert not target.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give the file to write"),
        (("out.txt",), "must end in .html or .zip"),
        (("out.html", "--choice", "pick"), "need --user NAME"),
        (("out.html", "--title", " "), "--title must have"),
        (("out.html", "-u", "nobody", "--choice", "pick"), "no photos to share"),
        (("lacking/out.html",), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    cli: Cli,
    scored: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = cli("share", *arguments)
    assert done.code == 2 and said in done.err and len(done.err.splitlines()) == 1
    assert not done.out and not (tmp_path / "out.html").exists()


def test_a_program_gets_json(cli: Cli, scored: Path, target: Path) -> None:
    (scored / "1.jpg").unlink()
    (row,) = cli("share", target, "--json").objects()
    assert row["photos"] == 3 and row["file"] == str(target) and len(row["left_out"]) == 1
    assert re.fullmatch("[0-9a-f]{32}", row["share"])
