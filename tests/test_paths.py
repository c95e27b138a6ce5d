"""Paths of Windows and of others, as rules: no disk is asked, so that each is tested everywhere."""

from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest

from aesplugin import platform
from aesplugin.catalog.sql_helpers import is_under
from aesplugin.libraries.base import PrefixMap
from aesplugin.paths import (
    folder_of,
    hostless_address,
    is_absolute,
    is_windows,
    long_form,
    name_of,
    native,
    refused_by_windows,
)

_CONTAINER = "/usr/src/app/external"


@pytest.mark.parametrize(
    ("here", "path", "there"),
    [
        (r"D:\Photos", r"D:\Photos\2026\a.jpg", f"{_CONTAINER}/2026/a.jpg"),
        ("D:\\Photos\\", r"D:\Photos\a.jpg", f"{_CONTAINER}/a.jpg"),
        ("D:/Photos", r"D:\Photos\2026\a.jpg", f"{_CONTAINER}/2026/a.jpg"),
        (r"d:\photos", r"D:\Photos\Été.jpg", f"{_CONTAINER}/Été.jpg"),
        ("D:\\", r"D:\a.jpg", f"{_CONTAINER}/a.jpg"),
        (r"\\nas\photos", r"\\NAS\photos\2026\a.jpg", f"{_CONTAINER}/2026/a.jpg"),
        ("/mnt/photos", "/mnt/photos/2026/a.jpg", f"{_CONTAINER}/2026/a.jpg"),
        ("/mnt/photos", "/mnt/photos/a\\b.jpg", f"{_CONTAINER}/a\\b.jpg"),
        ("/", "/a.jpg", f"{_CONTAINER}/a.jpg"),
        (r"D:\Photos", r"D:\Photos2\a.jpg", r"D:\Photos2\a.jpg"),
        (r"D:\Photos", r"E:\Photos\a.jpg", r"E:\Photos\a.jpg"),
        ("/mnt/photos", "/mnt/Photos/a.jpg", "/mnt/Photos/a.jpg"),
        ("/mnt/photos", "/mnt/photos2/a.jpg", "/mnt/photos2/a.jpg"),
    ],
)
def test_a_path_here_is_told_as_the_container_names_it(here: str, path: str, there: str) -> None:
    assert PrefixMap([(here, _CONTAINER)]).there(path) == there


@pytest.mark.parametrize(
    ("here", "path"),
    [
        (r"D:\Photos", r"D:\Photos\2026\a.jpg"),
        ("D:/Photos/", r"D:\Photos\2026\a.jpg"),
        ("D:\\", r"D:\2026\a.jpg"),
        (r"\\nas\photos", r"\\nas\photos\2026\a.jpg"),
        ("/mnt/photos/", "/mnt/photos/2026/a.jpg"),
    ],
)
def test_a_path_of_the_container_is_told_as_this_machine_names_it(here: str, path: str) -> None:
    assert PrefixMap([(here, _CONTAINER)]).here(f"{_CONTAINER}/2026/a.jpg") == path


def test_the_library_may_be_the_one_on_windows() -> None:
    prefixes = PrefixMap([("/mnt/photos", r"P:\Library")])
    assert prefixes.there("/mnt/photos/2026/a.jpg") == r"P:\Library\2026\a.jpg"
    assert prefixes.here(r"p:\library\2026/a.jpg") == "/mnt/photos/2026/a.jpg"


def test_the_longest_prefix_counts_whatever_its_separators() -> None:
    prefixes = PrefixMap([("D:\\", "/d"), (r"D:\Photos\Old", "/old")])
    assert prefixes.there(r"D:\Photos\Old\a.jpg") == "/old/a.jpg"
    assert prefixes.there(r"D:\Photos\a.jpg") == "/d/Photos/a.jpg"


@pytest.mark.parametrize(
    ("path", "of_windows", "absolute"),
    [
        (r"D:\a", True, True),
        ("d:/a", True, True),
        (r"\\nas\a", True, True),
        ("/a", False, True),
        ("//a", False, True),
        ("D:a", False, False),  # below that drive's current folder
        (r"\a", False, False),
        ("a/b", False, False),
        ("", False, False),
    ],
)
def test_which_paths_are_absolute(path: str, of_windows: bool, absolute: bool) -> None:
    assert (is_windows(path), is_absolute(path)) == (of_windows, absolute)


@pytest.mark.parametrize(
    ("path", "opened"),
    [
        ("D:\\" + "a" * 260, "\\\\?\\D:\\" + "a" * 260),
        ("D:/b/" + "a" * 260, "\\\\?\\D:\\b\\" + "a" * 260),
        ("\\\\nas\\photos\\" + "a" * 260, "\\\\?\\UNC\\nas\\photos\\" + "a" * 260),
        ("\\\\?\\D:\\" + "a" * 260, "\\\\?\\D:\\" + "a" * 260),
        ("D:\\a.jpg", "D:\\a.jpg"),
        ("/mnt/" + "a" * 260, "/mnt/" + "a" * 260),
    ],
)
def test_a_long_path_is_opened_in_the_form_that_has_no_limit(path: str, opened: str) -> None:
    assert long_form(path) == opened


@pytest.mark.parametrize(
    ("name", "said"),
    [
        *(
            (name, "a device")
            for name in ("CON", "nul.jpg", "Aux.tar.gz", "COM1.CR2", "LPT\u00b2.x")
        ),
        *((name, "a device") for name in ("CON .jpg", "conin$", "PRN.xmp")),
        *((name, "end of a name") for name in ("a.jpg.", "a.jpg ")),
        *((name, "in a name") for name in ("a:b.jpg", "a?.jpg", "a\tb.jpg", 'say "x".jpg', "a|b")),
        *((name, "no name") for name in ("", ".", "..", " ")),
    ],
)
def test_names_that_windows_gives_no_file(name: str, said: str) -> None:
    reason = refused_by_windows(name)
    assert reason is not None and said in reason


@pytest.mark.parametrize(
    "name", ["IMG_1.CR2", "CONCERT.jpg", "COM10.jpg", "nula.jpg", ".con", "Été 1.jpg", "a.b.c"]
)
def test_names_that_it_does_give(name: str) -> None:
    assert refused_by_windows(name) is None


class _Busy:
    """A file that another program has open for a while."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, source: str, target: str) -> None:
        if self.left:
            self.left -= 1
            raise PermissionError(13, "in use")
        Path(source).replace(target)


def test_a_file_in_use_is_replaced_when_it_is_free(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    new.write_text("new")
    old.write_text("old")
    with pytest.raises(PermissionError):
        platform.replace(str(new), str(old), move=_Busy(3), waits=(0.0, 0.0))
    assert old.read_text() == "old"
    platform.replace(str(new), str(old), move=_Busy(2), waits=(0.0, 0.0))
    assert old.read_text() == "new" and not new.exists()


@pytest.mark.parametrize(
    ("path", "folder", "name"),
    [
        (r"D:\Photos\2026\a.jpg", r"D:\Photos\2026", "a.jpg"),
        ("D:/Photos/a.jpg", "D:/Photos", "a.jpg"),
        ("D:\\a.jpg", "D:\\", "a.jpg"),
        (r"\\nas\photos\a.jpg", "\\\\nas\\photos\\", "a.jpg"),
        ("/mnt/photos/a\\b.jpg", "/mnt/photos", "a\\b.jpg"),
        ("/a.jpg", "", "a.jpg"),
        ("a.jpg", "", "a.jpg"),
    ],
)
def test_a_page_shows_name_and_folder(path: str, folder: str, name: str) -> None:
    assert (folder_of(path), name_of(path)) == (folder, name)


def test_a_second_separator_is_made_the_first() -> None:
    assert native("D:/Photos\\a.jpg", separator="\\", other="/") == r"D:\Photos\a.jpg"
    assert native("/photos/a\\b.jpg", separator="/", other=None) == "/photos/a\\b.jpg"


@pytest.mark.parametrize(
    ("file", "address"),
    [
        (PurePosixPath("/home/a b/c.sqlite3"), "file:///home/a%20b/c.sqlite3"),
        (PureWindowsPath(r"D:\a\c.sqlite3"), "file:///D:/a/c.sqlite3"),
        (PureWindowsPath(r"\\nas\a\c.sqlite3"), "file:////nas/a/c.sqlite3"),
    ],
)
def test_sqlite_is_given_no_host(file: PurePath, address: str) -> None:
    assert hostless_address(file) == address


def test_a_backslash_is_a_part_of_a_name_here() -> None:
    assert is_under("/p/a\\b.jpg", "/p") and not is_under("/p\\a.jpg", "/p")
