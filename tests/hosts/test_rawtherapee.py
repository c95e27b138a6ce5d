"""Our sidecars beside photos that a real RawTherapee develops."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from aesplugin.sidecars.base import Publication
from aesplugin.sidecars.xmp import XmpSidecar
from tests.photos import drawn, save


def test_it_develops_and_leaves_the_sidecar_as_it_is(tmp_path: Path) -> None:
    """Debian's RawTherapee 5.9 knows no XMP sidecars: ours must not disturb it, nor it ours."""
    command = shutil.which("rawtherapee-cli")
    if command is None:
        pytest.skip("rawtherapee-cli is not installed (Debian package rawtherapee)")
    photo = save(drawn(3), tmp_path / "IMG_1.jpg")
    published = Publication(score=7.3, model="fake", stars=4, tags=(("aesplugin", "flaw noise"),))
    data = XmpSidecar().merge(None, published).data
    assert data is not None
    sidecar = photo.with_name("IMG_1.jpg.xmp")
    sidecar.write_bytes(data)
    original = photo.read_bytes()
    done = subprocess.run(
        [command, "-o", tmp_path / "out.jpg", "-j90", "-Y", "-c", photo],
        capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with Image.open(tmp_path / "out.jpg") as image, Image.open(photo) as before:
        assert image.size == before.size
    assert sidecar.read_bytes() == data and photo.read_bytes() == original
    assert not list(tmp_path.glob("*.pp3"))
