"""The built wheel holds every file of the packages, and its plug-ins are found once installed."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Folders of the repository, and what they are in the wheel.
PLACES = {
    "aesplugin": "aesplugin",
    "workers": "aesplugin/workers",
    "migrations": "aesplugin/catalog/migrations",
}
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that the checkout stays as it is."""
    work = tmp_path_factory.mktemp("wheel")
    source = work / "source"
    source.mkdir()
    for name in PLACES:
        shutil.copytree(ROOT / name, source / name, ignore=LEFT_OUT)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", work, source],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (made,) = work.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the wheel's packages, as an installer lays them out."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "aesplugin", *arguments],
        capture_output=True, text=True, timeout=120, check=True, cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "200"},
    )  # fmt: skip
    return done.stdout


def test_every_file_of_the_packages_is_in(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    ours = {
        f"{place}/{file.relative_to(ROOT / name).as_posix()}"
        for name, place in PLACES.items()
        for file in (ROOT / name).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    }
    assert len(ours) > 200
    assert ours - held == set()


def test_the_only_name_it_installs_is_ours(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition("/")[0] for name in archive.namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"aesplugin"}


def test_the_plug_ins_and_the_page_are_in(wheel: Path) -> None:
    """By name: a file that vanished from the checkout too would not be missed above."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    lightroom = "aesplugin/hosts/lightroom/aesplugin.lrplugin"
    assert "aesplugin/hosts/darktable/aesplugin.lua" in held
    for name in ("Info", "Metadata", "ScoreSelection", "PluginInfoProvider", "Json", "Client"):
        assert f"{lightroom}/{name}.lua" in held
    for name in ("static/page.js", "static/vendor/htmx.min.js", "templates/gallery.html"):
        assert f"aesplugin/web/{name}" in held
    assert not [name for name in held if name.startswith(("tests/", "docs/"))]


def test_hosts_prints_files_of_the_installed_wheel(installed: Path) -> None:
    paths = [Path(line[19:].strip()) for line in run(installed, "hosts").splitlines()]
    assert [path.name for path in paths] == ["aesplugin.lua", "aesplugin.lrplugin"]
    assert all(path.is_relative_to(installed) and path.exists() for path in paths)


def test_hosts_copies_them_where_they_go_and_over_older_ones(
    installed: Path, tmp_path: Path
) -> None:
    (tmp_path / "aesplugin.lua").write_text("an older one")
    run(installed, "hosts", "--copy-to", str(tmp_path))
    run(installed, "hosts", "--copy-to", str(tmp_path))
    assert "darktable" in (tmp_path / "aesplugin.lua").read_text()
    source = installed / "aesplugin" / "hosts" / "lightroom" / "aesplugin.lrplugin"
    copied = {f.name: f.read_bytes() for f in (tmp_path / source.name).iterdir()}
    assert copied == {file.name: file.read_bytes() for file in source.iterdir()}
