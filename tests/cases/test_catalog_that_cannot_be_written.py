"""A catalog that cannot be written can be looked at; whatever would change it says why not."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from aesplugin.catalog.engine import connect
from aesplugin.catalog.upgrade import prepare
from tests.catalog.revisions import fill
from tests.cli.conftest import make_photo
from tests.ordinary_user import aesplugin, as_ordinary_user, environment

READING = (
    ("rank",), ("rank", "--user", "anna"), ("status",), ("export",), ("show", "{photo}"),
    ("cull",), ("cull", "--user", "anna"), ("prefer", "--user", "anna"), ("undo", "--list"),
    ("unpublish", "--list"), ("publish", "--dry-run"), ("score", "{photo}"),
)  # fmt: skip
WRITING = (
    ("decide", "--user", "anna", "--pick", "{photo}"), ("cull", "--apply", "--user", "anna"),
    ("undo",), ("prefer", "--user", "anna", "--rating", "5", "{photo}"), ("retry",),
    ("publish",), ("score", "{new}"), ("watch", "--once", "{photos}"),
)  # fmt: skip

_KILLED_WHILE_OPEN = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("CREATE TABLE left_in_the_log (x)")
os.kill(os.getpid(), signal.SIGKILL)
"""


def _library(folder: Path) -> Path:
    """A catalog of three photos and a decision, in a folder of its own."""
    home = folder / "home"
    home.mkdir()
    for seed in range(3):
        make_photo(folder / "photos" / f"{seed}.jpg", seed=seed)
    assert run(home, ("score", "{photos}")).returncode == 0
    assert run(home, ("decide", "--user", "anna", "--pick", "{photo}")).returncode == 0
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A library that the test may change."""
    return _library(tmp_path)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that stays as it is."""
    return _library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def before(library: Path) -> dict[tuple[str, ...], subprocess.CompletedProcess[str]]:
    """What the reading commands say while it can be written."""
    return {command: run(library, command) for command in READING}


def protected_file(home: Path) -> Callable[[], None]:
    (home / "catalog.sqlite3").chmod(0o444)
    return lambda: (home / "catalog.sqlite3").chmod(0o644)


def protected_folder(home: Path) -> Callable[[], None]:
    home.chmod(0o555)
    return lambda: home.chmod(0o755)


def both(home: Path) -> Callable[[], None]:
    mend = [protected_file(home), protected_folder(home)]
    return lambda: [step() for step in reversed(mend)] and None


def read_only_mount(home: Path) -> Callable[[], None]:
    try:
        subprocess.run(["mount", "--bind", home, home], check=True, capture_output=True)
        again = ["mount", "-o", "remount,bind,ro", home]
        subprocess.run(again, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"mounting is not possible here: {error}")
    return lambda: subprocess.run(["umount", "--lazy", home], check=True) and None


def immutable(home: Path) -> Callable[[], None]:
    file = str(home / "catalog.sqlite3")
    try:
        subprocess.run(["chattr", "+i", file], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"this file system has no such attribute: {error}")
    return lambda: subprocess.run(["chattr", "-i", file], check=True) and None


WAYS = (protected_file, protected_folder, both, read_only_mount, immutable)


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request: pytest.FixtureRequest) -> Callable[[Path], Callable[[], None]]:
    found: Callable[[Path], Callable[[], None]] = request.param
    return found


@contextmanager
def protected(home: Path, way: Callable[[Path], Callable[[], None]]) -> Iterator[None]:
    mend = way(home)
    try:
        yield
    finally:
        mend()


def run(home: Path, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    photos = home.parent / "photos"
    words = {"photo": photos / "0.jpg", "photos": photos, "new": photos / "new.jpg"}
    settings = {"AES_CACHE": str(home.parent / "cache"), "AES_SETTLE_SECONDS": "0.1"}
    return aesplugin(home, *(word.format(**words) for word in command), settings=settings)


def test_it_can_be_read_as_before_and_is_left_as_it_is(
    library: Path,
    before: dict[tuple[str, ...], subprocess.CompletedProcess[str]],
    way: Callable[[Path], Callable[[], None]],
) -> None:
    beside = sorted(os.listdir(library))
    content = (library / "catalog.sqlite3").read_bytes()
    with protected(library, way):
        for command in READING:
            done, then = run(library, command), before[command]
            assert done.returncode == then.returncode == 0, (command, done.stderr)
            assert _lasting(done.stdout) == _lasting(then.stdout)
            (line,) = set(done.stderr.splitlines()) - set(then.stderr.splitlines())
            assert f"{library}/catalog.sqlite3 cannot be written" in line, command
    assert sorted(os.listdir(library)) == beside
    assert (library / "catalog.sqlite3").read_bytes() == content


def _lasting(text: str) -> list[str]:
    """Without the photos of the last minute."""
    return [line for line in text.splitlines() if not line.startswith("rate ")]


def test_what_would_change_it_is_refused_in_one_line(
    library: Path, way: Callable[[Path], Callable[[], None]]
) -> None:
    make_photo(library.parent / "photos" / "new.jpg", seed=9)
    with protected(library, way):
        for command in WRITING:
            done = run(library, command)
            lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
            told = [line for line in lines if "cannot be written" in line]
            assert done.returncode != 0, command
            assert len(told) == 1, (command, done.stderr)
            assert "make the file and its folder writable" in told[0], command


def test_what_stands_in_the_log_of_a_writer_that_was_killed_is_read(
    home: Path, way: Callable[[Path], Callable[[], None]]
) -> None:
    file = home / "catalog.sqlite3"
    photo = home.parent / "photos" / "1.jpg"
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("SELECT count(*) FROM files").fetchone()  # so that the log stays
        assert aesplugin(home, "decide", "--user", "ben", "--pick", photo).returncode == 0
        subprocess.run([sys.executable, "-c", _KILLED_WHILE_OPEN, file], check=False)
        kept = {name: (home / name).read_bytes() for name in os.listdir(home) if "-wal" in name}
    for name, data in kept.items():
        (home / name).write_bytes(data)  # as the killed process left it
    (home / "catalog.sqlite3-shm").unlink(missing_ok=True)
    assert kept["catalog.sqlite3-wal"]
    with protected(home, way):
        done = run(home, ("undo", "--list", "--user", "ben"))
        assert done.returncode == 0 and "decide" in done.stdout
        assert "cannot be written" in done.stderr
    assert (home / "catalog.sqlite3-wal").read_bytes() == kept["catalog.sqlite3-wal"]


def test_another_user_reads_beside_a_living_writer(home: Path) -> None:
    """Its log and index are there and may be read: what is committed meanwhile shows."""
    file = home / "catalog.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("UPDATE files SET seen_at = seen_at")
        for name in os.listdir(home):
            if name.startswith("catalog"):
                (home / name).chmod(0o444)
        with protected(home, protected_folder):
            assert run(home, ("status",)).returncode == 0
            writer.execute("DELETE FROM files")
            assert run(home, ("export", "--format", "json")).stdout == ""


def test_one_of_a_newer_release_is_named(home: Path) -> None:
    with closing(sqlite3.connect(home / "catalog.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with protected(home, both):
        done = run(home, ("rank",))
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()
    assert "revision 9999" in line and "update aesplugin" in line


def test_one_of_an_older_release_is_read_from_a_copy(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    old = home / "catalog.sqlite3"
    database = connect(old)
    prepare(database, "0001")
    fill(database, "0001")
    database.close()
    content = old.read_bytes()
    with protected(home, both):
        done = run(home, ("status",))
        assert done.returncode == 0 and "cannot be written" in done.stderr, done.stderr
        assert "/photos/" in run(home, ("export", "--format", "json")).stdout
        assert run(home, ("retry",)).returncode == 4
    assert os.listdir(home) == ["catalog.sqlite3"]
    assert old.read_bytes() == content


def test_none_yet_where_nothing_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with protected(tmp_path / "home", protected_folder):
        done = run(tmp_path / "home", ("rank",))
    assert done.returncode == 4
    (line,) = done.stderr.splitlines()
    assert "cannot be opened" in line


@contextmanager
def served(home: Path) -> Iterator[tuple[str, list[str]]]:
    """The page's address and the lines that were said before it was there, and after."""
    command = [*as_ordinary_user(), sys.executable, "-m", "aesplugin", "serve", "--port", "0"]
    changed = {"AES_CACHE": str(home.parent / "cache"), "HOME": str(home.parent)}
    with subprocess.Popen(
        command, env=environment(home) | changed, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said = [process.stderr.readline(), process.stderr.readline()]
            address = next(w for line in said for w in line.split() if w.startswith("http://"))
            yield address, said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def test_the_page_shows_it_says_so_and_refuses_decisions(
    library: Path, way: Callable[[Path], Callable[[], None]]
) -> None:
    with protected(library, way), served(library) as (address, said):
        assert sum("cannot be written" in line for line in said) == 1
        cookies = urllib.request.HTTPCookieProcessor()
        browser = urllib.request.build_opener(cookies)
        page = browser.open(address).read().decode()
        assert "cannot be written" in page and "0.jpg" in page
        base = address.split("?")[0]
        found = json.load(browser.open(f"{base}api/v1/photos"))
        key = found["photos"][0]["photo"]
        word = urllib.request.Request(
            f"{base}api/v1/decisions",
            data=json.dumps({"user": "anna", "photos": [key], "choice": "reject"}).encode(),
            headers={
                "content-type": "application/json",
                "authorization": f"Bearer {address.partition('token=')[2]}",
            },
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            browser.open(word)
        assert refused.value.code == 409
        assert "make the file and its folder writable" in json.load(refused.value)["error"]
