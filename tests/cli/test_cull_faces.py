"""From files to the proposal: faces are read when photos are scored, and decide their burst."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageFilter
from skimage import data

from tests.cli.conftest import Cli

DATE_TIME_ORIGINAL, SUBSEC = 0x9003, 0x9291


@pytest.fixture
def burst(tmp_path: Path) -> Path:
    """Three frames of one second: eyes closed, good, soft."""
    good = Image.fromarray(data.astronaut())
    blink = good.copy()
    blink.paste((176, 128, 110), (185, 90, 265, 114))  # a band of skin over both eyes
    soft = good.filter(ImageFilter.GaussianBlur(2))
    folder = tmp_path / "burst"
    folder.mkdir()
    for number, (name, image) in enumerate([("blink", blink), ("good", good), ("soft", soft)]):
        exif = Image.Exif()
        exif[0x010F], exif[0x0110] = "C", "X"
        exif.get_ifd(0x8769).update(
            {DATE_TIME_ORIGINAL: "2026:05:01 10:00:00", SUBSEC: str(1 + 2 * number)}
        )
        image.save(folder / f"{name}.jpg", quality=92, exif=exif)
    return folder


def test_the_frame_with_open_eyes_and_a_sharp_face_is_kept(burst: Path, cli: Cli) -> None:
    assert cli("score", burst).code == 0
    found = [json.loads(line) for line in cli("cull", burst, "--json").out.splitlines()]
    assert len({one["group"] for one in found}) == 1 and found[0]["group"].startswith("burst")
    by_name = {Path(one["path"]).stem: one for one in found}
    assert [name for name, one in by_name.items() if one["proposal"] == "pick"] == ["good"]
    assert "eyes open; closed in 1 of 2 other frames" in by_name["good"]["reason"]
    assert by_name["blink"]["reason"].startswith("weaker than good.jpg: eyes closed")
    assert by_name["soft"]["reason"].startswith("weaker than good.jpg")
