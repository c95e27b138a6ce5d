"""aesplugin watch: what it refuses before it begins."""

from pathlib import Path

from tests.cli.conftest import Cli


def test_a_photo_is_no_folder_to_watch(cli: Cli, photos: Path) -> None:
    for more in ([], ["--once"]):
        done = cli("watch", photos / "a.jpg", *more)
        assert done.code == 2
        assert f"{photos}/a.jpg is not a folder" in done.err


def test_once_needs_its_folder(cli: Cli, tmp_path: Path) -> None:
    done = cli("watch", tmp_path / "nope", "--once")
    assert done.code == 2
    assert f"{tmp_path}/nope does not exist" in done.err
