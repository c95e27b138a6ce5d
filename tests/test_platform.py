"""What not every system has: scoring, cull, publish and the page do without it."""

import os
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from aesplugin import platform
from tests.photos import burst, drawn, save

# A system without them, as far as this package sees: the standard library keeps what it needs here.
_WITHOUT = """
import builtins, os, select, signal

MODULES = {"fcntl", "resource", "pwd", "grp", "termios"}
real = builtins.__import__


def importing(name, globals=None, locals=None, fromlist=(), level=0):
    asked_by = (globals or {}).get("__name__", "")
    if name in MODULES and asked_by.partition(".")[0] in ("aesplugin", "workers"):
        raise ModuleNotFoundError(f"No module named {name!r}")
    return real(name, globals, locals, fromlist, level)


builtins.__import__ = importing
for owner, names in (
    (signal, ("alarm", "SIGALRM")),
    (os, ("nice", "sched_getaffinity", "readv")),
    (select, ("poll",)),
):
    for name in names:
        if hasattr(owner, name):
            delattr(owner, name)
"""


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of such a system, for processes and what they start."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(_WITHOUT)
    root = str(Path(__file__).parents[1])
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(site), root)),
        "AES_CONFIG": os.devnull,
        "AES_CATALOG": str(tmp_path / "c.sqlite3"),
        "AES_CACHE": str(tmp_path / "cache"),
        "AES_DECODERS": "1",
    }


def _run(bare: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", *map(str, words)]
    return subprocess.run(
        command, env=bare, capture_output=True, text=True, timeout=300, check=False
    )


def _aesplugin(bare: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    return _run(bare, "-m", "aesplugin", *words)


def test_nothing_of_the_kind_is_there(bare: dict[str, str]) -> None:
    done = _run(bare, "-c", "from aesplugin import platform; print(platform.LIMITS_MEMORY)")
    assert done.stdout.strip() == "False", done.stderr


def test_photos_are_scored_culled_and_published(bare: dict[str, str], tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    burst(drawn(40, (900, 600)), photos, datetime(2026, 5, 2))
    (photos / "cut.jpg").write_bytes((photos / "BURST_01.jpg").read_bytes()[:3000])
    scored = _aesplugin(bare, "score", photos)
    assert scored.returncode == 1, scored.stderr
    assert "5 of 6 photos have a score" in scored.stdout and "damaged" in scored.stderr
    culled = _aesplugin(bare, "cull", photos, "--include-non-photos")
    assert culled.returncode == 0 and "pick" in culled.stdout, culled.stderr
    published = _aesplugin(bare, "publish", photos, "--tags")
    assert published.returncode == 0 and "5 written" in published.stdout, published.stderr
    assert len(list(photos.glob("*.xmp"))) == 5
    taken_back = _aesplugin(bare, "unpublish")
    assert taken_back.returncode == 0 and not list(photos.glob("*.xmp"))


def test_the_page_starts_and_shows_a_photo_at_its_size(
    bare: dict[str, str], tmp_path: Path
) -> None:
    photo = save(drawn(3, (900, 600)), tmp_path / "a.jpg")
    assert _aesplugin(bare, "score", photo).returncode == 0
    code = """
import urllib.request
from aesplugin.compose import Workshop
from aesplugin.settings import load_settings
from aesplugin.web.app import create_app
from aesplugin.web.state import Desk
from aesplugin.web.guard import Access
from aesplugin.web.testing import served

workshop = Workshop(load_settings())
(entry,) = workshop.catalog.entries(workshop.card.revision)
with served(create_app(Desk(workshop, Access()))) as port:
    home = f"http://127.0.0.1:{port}"
    page = urllib.request.urlopen(home + "/").read().decode()
    assert "<main" in page
    desk = Desk(workshop, Access())
    full = desk.full_pictures.get(entry.path, entry.photo.content_hash)
    assert full[:2] == b"\\xff\\xd8"
print("shown")
"""
    done = _run(bare, "-c", code)
    assert done.stdout.strip() == "shown", done.stderr


def test_a_photo_that_takes_too_much_memory_is_ended_by_the_parent(
    bare: dict[str, str], tmp_path: Path
) -> None:
    Image.new("RGB", (14_000, 10_000), 90).save(tmp_path / "large.png")
    small = save(drawn(3, (900, 600)), tmp_path / "small.jpg")
    env = {**bare, "AES_DECODE_MEMORY_MB": "300"}
    done = _aesplugin(env, "score", tmp_path / "large.png", small)
    assert "1 of 2 photos has a score" in done.stdout, done.stderr
    assert "stuck" in done.stderr and "raise decode_memory_mb" in done.stderr


def test_a_lock_is_held_by_one_and_left_by_the_dead(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    code = (
        "import sys, time; from pathlib import Path; from aesplugin import platform\n"
        "lock = platform.hold(Path(sys.argv[1])); print(lock is not None, flush=True)\n"
        "time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "True"
    assert platform.hold(path) is None
    holder.kill()
    holder.wait()
    lock = platform.hold(path)
    assert lock is not None
    lock.release()
    with platform.locked(path):
        assert platform.hold(path) is None


def test_a_process_that_lasts_too_long_ends(bare: dict[str, str]) -> None:
    code = "import time; from aesplugin import platform\nwith platform.ends_after(1): time.sleep(9)"
    for env in (dict(os.environ), bare):
        began = time.monotonic()
        done = _run(env, "-c", code)
        assert time.monotonic() - began < 8
        asked = f"from aesplugin import platform; print(platform.ended_late({done.returncode}))"
        assert _run(env, "-c", asked).stdout.strip() == "True"


def test_only_one_file_names_what_not_every_system_has() -> None:
    names = r"(import|from) (fcntl|resource|pwd|grp|termios|msvcrt|winreg)\b"
    of_os = r"os\.(O_NONBLOCK|O_CLOEXEC|fchmod|readv|fork|geteuid|getuid|nice)"
    used = rf"\b({of_os}|signal\.(alarm|SIGALRM|SIGKILL)|select\.poll)\b"
    pattern = re.compile(f"{names}|{used}")
    root = Path(__file__).parents[1]
    found = [
        f"{file.relative_to(root)}: {match[0]}"
        for folder in ("aesplugin", "workers")
        for file in sorted((root / folder).rglob("*.py"))
        if file != root / "aesplugin" / "platform.py"
        for match in pattern.finditer(file.read_text())
    ]
    assert not found
