import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aesplugin.errors import MissingPhoto, PhotoError, UnreadablePhoto
from aesplugin.imaging.scan import is_hidden_below, walk
from tests.imaging.photos import write
from tests.imaging.test_content import without_privileges


def names(root: Path, **options: object) -> list[str]:
    return [os.path.relpath(s.path, root) for s in walk([str(root)], **options)]  # type: ignore[arg-type]


def test_photos_are_found_sorted_and_recursively(tmp_path: Path) -> None:
    for name in ("b/2.jpg", "b/1.HEIC", "a/z.Nef", "c.png", "notes.txt", "b/1.jpg.xmp", "a/v.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path, name, b"x")
    assert names(tmp_path) == ["c.png", "a/z.Nef", "b/1.HEIC", "b/2.jpg"]


def test_stamps_tell_size_and_time(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jpg", b"12345")
    os.utime(path, ns=(1, 1_700_000_000_123_456_789))
    (stamp,) = walk([str(tmp_path)])
    assert (stamp.path, stamp.size, stamp.mtime_ns) == (path, 5, 1_700_000_000_123_456_789)


def test_raw_and_jpeg_of_one_shot_are_both_there(tmp_path: Path) -> None:
    write(tmp_path, "a.cr2", b"x")
    write(tmp_path, "a.jpg", b"x")
    assert names(tmp_path) == ["a.cr2", "a.jpg"]


FOREIGN = (
    *(".hidden", "@eaDir", "#recycle", "$RECYCLE.BIN", ".Trash-1000", "lost+found", ".darktable"),
    *("Photos Previews.lrdata", "Lightroom Catalog.LRCAT-DATA", "Library.photoslibrary"),
)


@pytest.mark.parametrize("folder", FOREIGN)
def test_other_programs_folders_are_left_out(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    write(tmp_path / folder, "a.jpg", b"x")
    write(tmp_path, "b.jpg", b"x")
    write(tmp_path, "._b.jpg", b"resource fork")
    assert names(tmp_path) == ["b.jpg"]


def test_a_folder_given_by_name_is_walked_even_if_hidden(tmp_path: Path) -> None:
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden", "a.jpg", b"x")
    assert names(tmp_path / ".hidden") == ["a.jpg"]


def test_files_given_by_name_are_taken_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, "scan.bin", b"xyz")
    gone = str(tmp_path / "gone.jpg")
    stamps = list(walk([path, gone]))
    assert [(s.path, s.size) for s in stamps] == [(path, 3), (gone, 0)]


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").mkdir()
    write(tmp_path / "x.jpg", "inside.jpg", b"x")
    assert names(tmp_path) == ["x.jpg/inside.jpg"]
    assert names(tmp_path / "x.jpg") == ["inside.jpg"]


def test_a_folder_named_like_a_photo_without_photos_is_reported(tmp_path: Path) -> None:
    """Nothing with a photo's name disappears silently."""
    (tmp_path / "x.jpg").mkdir()
    problems: list[tuple[str, PhotoError]] = []
    assert names(tmp_path, on_problem=lambda p, e: problems.append((p, e))) == []
    ((path, error),) = problems
    assert path == str(tmp_path / "x.jpg")
    assert isinstance(error, UnreadablePhoto)


def test_broken_and_circular_links_are_named_not_lost(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").symlink_to("nowhere.jpg")
    (tmp_path / "circle.jpg").symlink_to("circle.jpg")
    (tmp_path / "broken.txt").symlink_to("nowhere.txt")
    problems: list[tuple[str, PhotoError]] = []
    stamps = list(walk([str(tmp_path)], on_problem=lambda p, e: problems.append((p, e))))
    assert [Path(s.path).name for s in stamps] == ["broken.jpg", "circle.jpg"]
    assert {s.size for s in stamps} == {0}
    assert problems == []


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    write(tmp_path / "real", "a.jpg", b"x")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "real")
    assert len(names(tmp_path)) == 1
    assert len(list(walk([str(tmp_path), str(tmp_path / "real")]))) == 1


def test_a_folder_that_may_not_be_listed_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    (tmp_path / "closed").mkdir(mode=0o700)
    write(tmp_path / "closed", "a.jpg", b"x")
    write(tmp_path, "b.jpg", b"x")
    if os.geteuid() != 0:
        (tmp_path / "closed").chmod(0)
    problems: list[tuple[str, PhotoError]] = []
    with without_privileges():
        assert names(tmp_path, on_problem=lambda p, e: problems.append((p, e))) == ["b.jpg"]
    ((path, error),) = problems
    assert path == str(tmp_path / "closed")
    assert isinstance(error, UnreadablePhoto)


def test_names_that_are_not_utf8_survive(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    Path(os.fsdecode(raw)).write_bytes(b"x")
    (stamp,) = walk([str(tmp_path)])
    assert os.fsencode(stamp.path) == raw


def test_a_vanished_file_is_missing_when_examined(tmp_path: Path) -> None:
    from aesplugin.imaging.examine import examine

    path = write(tmp_path, "a.jpg", b"x")
    (stamp,) = walk([str(tmp_path)])
    Path(path).unlink()
    with pytest.raises(MissingPhoto):
        examine(stamp.path, max_megapixels=1)


def test_folders_nested_very_deep_are_walked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):  # beyond Python's recursion limit
        Path("d").mkdir()
        os.chdir("d")
    write(Path(), "a.jpg", b"x")
    os.chdir(tmp_path)
    found = list(walk(["."]))
    subprocess.run(["rm", "-rf", "d"], check=True)  # pytest's own clean-up recurses
    assert len(found) == 1


def test_the_walk_is_lazy(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "1.jpg", b"x")
    found = walk([str(tmp_path)])
    assert next(found).path.endswith("a/1.jpg")
    write(tmp_path / "b", "2.jpg", b"x")  # b has not been listed yet
    assert len(list(found)) == 2


def test_what_is_named_twice_comes_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, "a.jpg", b"x")
    write(tmp_path / "sub", "b.jpg", b"x")
    (tmp_path / "link.jpg").symlink_to("a.jpg")
    one, two, link = (str(tmp_path / name) for name in ("a.jpg", "sub/b.jpg", "link.jpg"))
    for paths in (
        [one, one, two],
        [str(tmp_path), one, two, str(tmp_path / "sub")],
        [two, one, str(tmp_path)],
        [link, one, two],
    ):
        assert sorted(stamp.path for stamp in walk(paths)) == [one, two], paths
    assert [stamp.path for stamp in walk([link])] == [link]


def test_a_file_behind_a_link_to_it_and_one_to_its_folder_comes_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in (root, tmp_path / "away"):
        folder.mkdir()
    write(tmp_path / "away", "e.jpg", b"x")
    write(root, "a.jpg", b"x")
    (root / "e1.jpg").symlink_to(tmp_path / "away" / "e.jpg")
    (root / "out").symlink_to(tmp_path / "away")
    assert names(root) == ["a.jpg", "out/e.jpg"]


def test_a_folder_of_deleted_photos_among_several_is_not_walked(tmp_path: Path) -> None:
    """`aesplugin score *` on network storage names it, too."""
    for folder, name in (("2025", "a.jpg"), ("#recycle", "b.jpg"), (".best", "c.jpg")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, name, b"x")
    paths = [str(tmp_path / name) for name in ("#recycle", "2025", ".best")]
    problems: dict[str, str] = {}
    found = list(walk(paths, on_problem=lambda path, error: problems.update({path: str(error)})))
    assert [Path(stamp.path).name for stamp in found] == ["a.jpg", "c.jpg"]
    assert list(problems) == [paths[0]]
    assert "name it explicitly" in problems[paths[0]]
    assert [Path(stamp.path).name for stamp in walk(paths[:1])] == ["b.jpg"]


class _Entry:
    """A folder's entry as Windows gives it: its facts are those of the listing, without inode."""

    def __init__(self, entry: os.DirEntry[str], hidden: tuple[str, ...]) -> None:
        self._entry, self._hidden = entry, hidden
        self.name, self.path = entry.name, entry.path

    def is_dir(self) -> bool:
        return self._entry.is_dir()

    def is_symlink(self) -> bool:
        return self._entry.is_symlink()

    def stat(self) -> Any:
        facts = self._entry.stat()
        names = ("st_size", "st_mtime_ns", "st_ctime_ns", "st_mode")
        hides = stat.FILE_ATTRIBUTE_HIDDEN if self.name in self._hidden else 0
        is_told = self.name in self._hidden  # `os.stat` of this system knows no such attribute
        return SimpleNamespace(
            **{name: getattr(facts, name) for name in names},
            **{"st_dev": 0, "st_ino": facts.st_ino if is_told else 0, "st_file_attributes": hides},
        )


def _windows(*hidden: str) -> Any:
    """Lists folders as Windows does."""

    @contextmanager
    def listing(folder: str) -> Iterator[Iterator[_Entry]]:
        with os.scandir(folder) as entries:
            yield (_Entry(entry, hidden) for entry in entries)

    return listing


def test_every_folder_is_walked_where_a_listing_tells_no_inode(tmp_path: Path) -> None:
    for folder in ("a", "a/deep", "b", "c"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "1.jpg", b"x")
    (tmp_path / "d").symlink_to(tmp_path / "a")
    found = names(tmp_path, listing=_windows())
    assert found == names(tmp_path) == ["a/1.jpg", "a/deep/1.jpg", "b/1.jpg", "c/1.jpg"]
    (stamp, *_) = walk([str(tmp_path)], listing=_windows())
    assert stamp.inode == os.stat(stamp.path).st_ino  # two photos that change names are noticed


def test_what_an_attribute_hides_is_left_out(tmp_path: Path) -> None:
    """As AppData on Windows, and the covers that its Media Player puts beside music."""
    for name in ("a.jpg", "AlbumArtSmall.jpg", "AppData/icon.png", "b/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path, name, b"x")
    hidden = ("AlbumArtSmall.jpg", "AppData")
    assert names(tmp_path, listing=_windows(*hidden)) == ["a.jpg", "b/c.jpg"]
    assert names(tmp_path / "AppData", listing=_windows(*hidden)) == ["icon.png"]  # if named


@pytest.mark.parametrize("attribute", ["st_file_attributes", "st_flags"])
def test_an_event_below_a_hidden_folder_brings_no_photo(tmp_path: Path, attribute: str) -> None:
    flag = {"st_file_attributes": stat.FILE_ATTRIBUTE_HIDDEN, "st_flags": stat.UF_HIDDEN}

    def facts_of(path: str) -> Any:
        is_hidden = os.path.basename(path) == "Library"
        return SimpleNamespace(**{attribute: flag[attribute] if is_hidden else 0})

    root = str(tmp_path)
    assert is_hidden_below(f"{root}/Library/Caches/a.jpg", root, facts_of)
    assert not is_hidden_below(f"{root}/Pictures/a.jpg", root, facts_of)
    assert not is_hidden_below(f"{root}/Library/a.jpg", f"{root}/Library", facts_of)
