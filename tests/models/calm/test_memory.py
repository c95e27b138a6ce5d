"""Too little memory for a batch: half of it is asked, and every photo gets its answer."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest
import torch
from PIL import Image

from aesplugin.errors import OutOfMemory
from aesplugin.models.calm.assess import CalmModel, Look
from aesplugin.photo import Rendition
from aesplugin.services.pipeline.assess import assess


class HungryModel(CalmModel):
    """Really asks the machine for more than it has where more than `most` photos come at once."""

    most = 1

    def look(self, images: Sequence[Image.Image]) -> Look:
        if len(images) > self.most:
            torch.empty(2**60, dtype=torch.uint8)
        return super().look(images)


@pytest.fixture
def renditions(photos: list[Image.Image]) -> list[Rendition]:
    made = []
    for number, image in enumerate(photos):
        buffer = BytesIO()
        image.save(buffer, "JPEG")
        made.append(
            Rendition(
                content_hash=f"{number:064x}",
                jpeg=buffer.getvalue(),
                width=image.width,
                height=image.height,
            )
        )
    return made


def test_half_the_batch_is_asked_until_it_fits(
    saved_calm: Path, renditions: list[Rendition]
) -> None:
    hungry = HungryModel(device="cpu", folder=saved_calm, comments=False)
    plain = CalmModel(device="cpu", folder=saved_calm, comments=False)
    found = assess(hungry, renditions)
    assert [one.outcome for one in found] == plain.assess(renditions)


def test_a_photo_that_never_fits_is_named(saved_calm: Path, renditions: list[Rendition]) -> None:
    hungry = HungryModel(device="cpu", folder=saved_calm, comments=False)
    hungry.most = 0
    for one in assess(hungry, renditions):
        assert isinstance(one.outcome, OutOfMemory)
        assert "do not fit" in str(one.outcome)
