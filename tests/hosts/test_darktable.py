"""The darktable script in a real darktable without a window."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import aesplugin.hosts
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar
from aesplugin.web.app import create_app
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from aesplugin.web.token import stored_token
from tests.photos import drawn, save
from tests.programs import need
from tests.web.site import build

SCRIPT = Path(aesplugin.hosts.__file__).parent / "darktable" / "aesplugin.lua"
# Prints what the photo holds once the script is done with it.
WATCH = """
local dt = require "darktable"
dofile([[{script}]])
dt.register_event("watch", "post-import-image", function(_, image)
  print("RATING", image.rating)
  for _, tag in ipairs(dt.tags.get_tags(image)) do print("TAG", tag.name) end
end)
"""


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    folder = tmp_path / "it's a földer"
    folder.mkdir()
    return save(drawn(3), folder / "a $(touch x) photo.jpg")


def develop(photo: Path, work: Path, **environment: str) -> str:
    """Imports the photo into an empty library, with the script loaded; returns what was said."""
    command = need("darktable-cli")
    watch = work / "watch.lua"
    watch.write_text(WATCH.format(script=SCRIPT))
    done = subprocess.run(
        [command, photo, work / "out.jpg", "--core", "--configdir", work / "config",
         "--library", ":memory:", "--luacmd", f'dofile("{watch}")'],
        capture_output=True, text=True, timeout=180, check=False, cwd=work,
        env={**os.environ, **{f"AESPLUGIN_{k.upper()}": v for k, v in environment.items()}},
    )  # fmt: skip
    return done.stdout


def fake_command(work: Path, answer: str) -> str:
    """A program that answers like `aesplugin score --json`, and notes what it was asked."""
    program = work / "aesplugin"
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(work / 'asked')!r}, 'w').write(repr(sys.argv[1:]))\nprint({answer!r})\n"
    )
    program.chmod(0o755)
    return str(program)


ANSWER = (
    '{"path": "x", "score": 8.4, "comment": "\\u00e4 \\"quote\\"", "suggestions":'
    ' [{"flaw": "tilted_horizon", "direction": "", "strength": 0.5, "advice": "Rotate."}],'
    ' "attributes": {}, "exif": null}'
)


def test_tags_on_import_by_the_command_line(photo: Path, tmp_path: Path) -> None:
    said = develop(photo, tmp_path, address="", command=fake_command(tmp_path, ANSWER))
    assert "TAG\taesplugin|aesthetics excellent" in said
    assert "TAG\taesplugin|flaw tilted horizon" in said
    assert "RATING\t1" in said  # darktable's own default: stars are written only on request
    assert eval((tmp_path / "asked").read_text()) == ["score", "--json", str(photo)]
    assert not (tmp_path / "x").exists()


def test_gives_stars_only_on_request(photo: Path, tmp_path: Path) -> None:
    command = fake_command(tmp_path, ANSWER)
    assert "RATING\t5" in develop(photo, tmp_path, address="", command=command, ratings="1")


@pytest.mark.parametrize("answer", ["", "no json {", '{"score": null}', '{"score": "9"}', "[1,2"])
def test_without_an_answer_nothing_is_written(photo: Path, tmp_path: Path, answer: str) -> None:
    said = develop(photo, tmp_path, address="", command=fake_command(tmp_path, answer))
    assert "RATING\t1" in said and "aesplugin|" not in said


def test_off_means_off(photo: Path, tmp_path: Path) -> None:
    command = fake_command(tmp_path, ANSWER)
    said = develop(photo, tmp_path, address="", command=command, on_import="0")
    assert "aesplugin|" not in said and not (tmp_path / "asked").exists()


@contextmanager
def page(folder: Path, token: str) -> Iterator[int]:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    site = build(folder / "site")
    with served(create_app(Desk(site.workshop, Access(token=token)))) as port:
        yield port


TOKEN = "a-token-of-some-length"


@pytest.mark.parametrize("token", [TOKEN, "it's $(touch x) \\ %s `id`"])
def test_asks_the_page_first(photo: Path, tmp_path: Path, token: str) -> None:
    with page(tmp_path, token) as port:
        address = f"http://127.0.0.1:{port}/"
        said = develop(photo, tmp_path, address=address, command="", token=token)
    assert "TAG\taesplugin|aesthetics" in said
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("place", ["data", "home"])
def test_finds_the_token_of_this_machines_page(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    home = tmp_path / "it's home"
    folder = home / "data" if place == "data" else home / ".local" / "share"
    kept = stored_token(folder / "aesplugin" / "token")
    monkeypatch.setenv("HOME", str(home))
    if place == "data":
        monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    else:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    with page(tmp_path, kept) as port:
        said = develop(photo, tmp_path, address=f"http://localhost:{port}/", command="")
    assert "TAG\taesplugin|aesthetics" in said


def test_it_is_in_no_command_and_goes_to_no_other_machine(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stored_token(tmp_path / "data" / "aesplugin" / "token")
    curl = tmp_path / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text(
        f'#!/bin/sh\nprintf "%s " "$@" >> "{tmp_path}/asked"\ncat >> "{tmp_path}/read"\n'
    )
    curl.chmod(0o755)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PATH", f"{curl.parent}:{os.environ['PATH']}")
    develop(photo, tmp_path, address="http://127.0.0.1:9", command="")
    assert kept not in (tmp_path / "asked").read_text()
    assert (tmp_path / "read").read_text() == f'header = "Authorization: Bearer {kept}"'
    (tmp_path / "read").unlink()
    develop(photo, tmp_path, address="http://127.0.0.1.example:9", command="")
    assert "--config" not in (tmp_path / "asked").read_text().split("127.0.0.1:9")[1]
    assert kept not in (tmp_path / "read").read_text()


def test_darktable_keeps_what_we_wrote_and_develops_with_it(photo: Path, tmp_path: Path) -> None:
    """Our sidecar beside a photo: darktable reads it, and still develops."""
    published = Publication(score=7.3, model="fake", stars=4, tags=(("aesplugin", "flaw noise"),))
    data = XmpSidecar().merge(None, published).data
    assert data is not None
    sidecar = tmp_path / "chosen.xmp"
    sidecar.write_bytes(data)
    done = subprocess.run(
        [need("darktable-cli"), photo, sidecar, tmp_path / "out.jpg", "--core", "--configdir",
         tmp_path / "config", "--library", ":memory:"],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert (tmp_path / "out.jpg").exists(), f"{done.returncode} {done.stdout} {done.stderr}"
    assert sidecar.read_bytes() == data


def test_darktable_reads_keywords_and_passes_them_on(photo: Path, tmp_path: Path) -> None:
    """From our sidecar into darktable's own tags, and from there into the picture it makes."""
    before = XmpSidecar().merge(None, Publication(score=7.3, tags=(("Trip", "Oslo"),))).data
    assert before is not None
    theirs = before.replace(b"aes:WroteTags", b"aes:Others")
    keywords = (("animal",), ("animal", "bird"), ("kind", "wildlife"))
    published = Publication(score=7.3, keywords=keywords, description="A bird")
    data = XmpSidecar().merge(theirs, published).data
    assert data is not None
    sidecar = photo.with_name(f"{photo.name}.xmp")
    sidecar.write_bytes(data)
    said = develop(photo, tmp_path, address="", command="").splitlines()
    assert {"TAG\tanimal", "TAG\tanimal|bird", "TAG\tkind|wildlife", "TAG\tTrip|Oslo"} <= set(said)
    asked = [need("exiftool"), "-s3", "-sep", ";", "-XMP-dc:Subject", "-XMP-dc:Description"]
    words, caption = subprocess.run(
        [*asked, tmp_path / "out.jpg"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {"animal", "bird", "wildlife", "Oslo"} <= set(words.split(";"))
    assert caption == "A bird"
