"""What inode and times prove of a file, on systems that mean other things by them."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aesplugin.catalog.records import KnownFile
from aesplugin.compose import Workshop
from aesplugin.photo import FileStamp, PhotoState
from aesplugin.services.files.unchanged import is_touched, is_untouched
from aesplugin.settings import Settings
from tests.cli.conftest import make_photo

_MADE = 1_700_000_000_123_456_700


def _known(stamp: FileStamp) -> KnownFile:
    return KnownFile(
        size=stamp.size,
        mtime_ns=stamp.mtime_ns,
        state=PhotoState.ASSESSED,
        reason=None,
        content_hash="1",
        changed_ns=stamp.changed_ns,
        inode=stamp.inode,
    )


def _stamp(**changed: int) -> FileStamp:
    facts = {"size": 9, "mtime_ns": 5, "changed_ns": _MADE, "inode": 7} | changed
    return FileStamp(path="a.jpg", **facts)


@pytest.mark.parametrize(("keeps_change_time", "proved"), [(True, True), (False, False)])
def test_the_time_a_file_was_made_proves_nothing(keeps_change_time: bool, proved: bool) -> None:
    """On Windows a photo can be written over and given its old time, and inode and times stay."""
    stamp = _stamp()
    assert is_untouched(_known(stamp), stamp, keeps_change_time=keeps_change_time) is proved


@pytest.mark.parametrize("changed", [{"inode": 8}, {"changed_ns": _MADE + 10**9}])
def test_another_file_or_time_of_making_raises_a_doubt(changed: dict[str, int]) -> None:
    assert is_touched(_known(_stamp()), _stamp(**changed))
    assert not is_touched(_known(_stamp()), _stamp())


def _refs(path: str, number: int) -> FileStamp:
    """The stamp of a file on ReFS, whose numbers have 128 bits."""
    facts: Any = SimpleNamespace(
        st_size=3, st_mtime_ns=5, st_ctime_ns=_MADE, st_ino=number, st_dev=1
    )
    return FileStamp.of(path, facts)


def test_a_file_number_of_128_bits_is_kept_as_64(tmp_path: Path) -> None:
    low, high = _refs("a", (3 << 64) | 600), _refs("a", (4 << 64) | 600)
    assert low.inode != high.inode and all(0 <= (one.inode or -1) < 1 << 64 for one in (low, high))
    photo = make_photo(tmp_path / "a.png", seed=1)
    assert FileStamp.of(str(photo), os.stat(photo)).inode == os.stat(photo).st_ino
    settings = Settings(catalog=str(tmp_path / "c.sqlite3"), cache=tmp_path, model="fake")
    with Workshop(settings).catalog as catalog:
        catalog.stamp_again([high])
