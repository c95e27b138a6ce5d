"""Our sidecars in a real digiKam without a window: what it has read stands in its database.

digiKam is large (700 MB), so continuous integration does not install it; where it is found, this
runs.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aesplugin.decision import Choice
from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar
from tests.photos import drawn, save

SECONDS = 240  # machines that test are busy
CONFIGURATION = """
[General Settings]
Version=7.9.0

[Database Settings]
Database Type=QSQLITE
Database Name={database}/
Database Name Thumbnails={database}/
Database Name Face={database}/
Database Name Similarity={database}/
Internal Database Server=false

[Album Settings]
Album Path={photos}
Scan At Start=true

[Metadata Settings]
Use XMP Sidecar For Reading=true
"""
MARKS = [(4, Choice.PICK), (-1, Choice.REJECT), (2, None)]
KEYWORDS = (("animal",), ("animal", "bird"), ("kind", "wildlife"))
TAGS = (("aesplugin", "aesthetics good"), ("aesplugin", "flaw noise"))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The database of a digiKam that has scanned three photos with sidecars of ours."""
    if shutil.which("digikam") is None:
        pytest.skip("digikam is not installed (Debian package digikam)")
    work = tmp_path_factory.mktemp("digikam")
    photos, database = work / "photos", work / "database"
    (work / ".config").mkdir()
    photos.mkdir()
    database.mkdir()
    for number, (stars, choice) in enumerate(MARKS):
        published = Publication(
            score=7.3,
            model="fake",
            stars=stars,
            choice=choice,
            tags=TAGS,
            description="Calm.",
            keywords=KEYWORDS,
        )
        data = XmpSidecar().merge(None, published).data
        assert data is not None
        photo = save(drawn(number), photos / f"IMG_{number}.jpg")
        photo.with_name(f"{photo.name}.xmp").write_bytes(data)
    (work / ".config" / "digikamrc").write_text(
        CONFIGURATION.format(database=database, photos=photos)
    )
    before = {file.name: file.read_bytes() for file in photos.iterdir()}
    file = database / "digikam4.db"
    run_until(work, file, "SELECT count(*) > 0 FROM Settings WHERE keyword = 'DBVersion'")
    with closing(sqlite3.connect(file)) as made, made:  # as its own dialog would add the folder
        place = f"volumeid:?path={photos}"
        made.execute("INSERT INTO AlbumRoots VALUES (1, 'photos', 0, 1, ?, '/')", [place])
    run_until(work, file, f"SELECT count(*) = {len(MARKS)} FROM ImageInformation")
    assert {file.name: file.read_bytes() for file in photos.iterdir()} == before
    with closing(sqlite3.connect(file)) as found:
        yield found


def run_until(work: Path, file: Path, is_done: str) -> None:
    """Starts digiKam and ends it once the query says so."""
    environment = {
        **os.environ,
        "HOME": str(work), "XDG_CONFIG_HOME": str(work / ".config"),
        "XDG_RUNTIME_DIR": str(work), "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8",
        # Its help window is a browser, which wants neither root nor a machine without a GPU.
        "QTWEBENGINE_DISABLE_SANDBOX": "1", "QT_QUICK_BACKEND": "software",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--disable-gpu --no-sandbox",
    }  # fmt: skip
    command = ["digikam", "--database-directory", str(file.parent)]
    if shutil.which("dbus-run-session"):
        command = ["dbus-run-session", "--", *command]
    work.chmod(0o700)
    log = work / "log"
    with log.open("wb") as said:
        running = subprocess.Popen(
            command, env=environment, stdout=said, stderr=said, start_new_session=True
        )
    try:
        deadline = time.monotonic() + SECONDS
        while not holds(file, is_done):
            assert time.monotonic() < deadline, log.read_text(errors="replace")[-2000:]
            time.sleep(0.5)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()


def holds(file: Path, question: str) -> bool:
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as database:
            return bool(database.execute(question).fetchone()[0])
    except sqlite3.OperationalError:  # it is being made, or written
        return False


def test_stars_and_rejects(read: sqlite3.Connection) -> None:
    rows = read.execute("SELECT rating FROM ImageInformation ORDER BY imageid").fetchall()
    assert [stars for (stars,) in rows] == [stars for stars, _ in MARKS]


def test_tags_stand_under_one_of_ours(read: sqlite3.Connection) -> None:
    rows = read.execute(
        "SELECT parent.name, tag.name FROM ImageTags JOIN Tags tag ON tag.id = tagid"
        " JOIN Tags parent ON parent.id = tag.pid WHERE imageid = 3 ORDER BY tag.name"
    ).fetchall()
    assert [row for row in rows if row[0] == "aesplugin"] == [*TAGS]
    assert {row for row in rows if row[0] != "aesplugin"} >= set(KEYWORDS[1:])


@pytest.mark.parametrize(
    ("photo", "labels"),
    [(1, {"Pick Label Accepted", "Color Label Green"}),
     (2, {"Pick Label Rejected", "Color Label Red"}), (3, set())],
)  # fmt: skip
def test_picks_and_rejects_are_flags_and_colours(
    read: sqlite3.Connection, photo: int, labels: set[str]
) -> None:
    rows = read.execute(
        "SELECT name FROM ImageTags JOIN Tags ON Tags.id = tagid WHERE imageid = ?"
        " AND name LIKE '% Label %'",
        [photo],
    )
    assert {name for (name,) in rows} == labels


def test_the_caption(read: sqlite3.Connection) -> None:
    rows = read.execute("SELECT comment FROM ImageComments ORDER BY imageid").fetchall()
    assert rows == [("Calm.",)] * len(MARKS)
