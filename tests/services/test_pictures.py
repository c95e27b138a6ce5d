"""Pictures for the page: made once, and not for someone who has gone on."""

from pathlib import Path

import pytest

from aesplugin.errors import PhotoError
from aesplugin.services.pictures import FullPictures

HASH = "a" * 64


def test_a_picture_that_nobody_waits_for_any_more_is_not_made(tmp_path: Path) -> None:
    made: list[str] = []

    def render(path: str, content_hash: str) -> bytes:
        made.append(path)
        return b"jpeg of " + content_hash.encode()

    pictures = FullPictures(tmp_path, render)
    with pytest.raises(PhotoError, match="nobody waits"):
        pictures.get("/photos/a.jpg", HASH, is_wanted=lambda: False)
    assert made == []
    wanted = pictures.get("/photos/a.jpg", HASH, is_wanted=lambda: True)
    assert pictures.get("/photos/a.jpg", HASH, is_wanted=lambda: False) == wanted, "it is there"
    assert made == ["/photos/a.jpg"]
