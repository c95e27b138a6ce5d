import io

import numpy as np
import pytest
from PIL import Image

from aesplugin.imaging.fingerprint import perceptual_hash
from tests.imaging.photos import encoded, noise


def distance(a: Image.Image, b: Image.Image) -> int:
    return (perceptual_hash(np.asarray(a)) ^ perceptual_hash(np.asarray(b))).bit_count()


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(encoded(image, quality=quality))).convert("RGB")


def test_copies_that_look_alike_are_near() -> None:
    photo = noise(320, 240)
    assert distance(photo, photo.resize((160, 120), Image.Resampling.LANCZOS)) <= 6
    assert distance(photo, recompressed(photo, 30)) <= 6
    assert distance(photo, photo.point([min(255, int(v * 1.2)) for v in range(256)] * 3)) <= 10


def test_other_pictures_are_far() -> None:
    photos = [noise(320, 240, seed) for seed in range(12)]
    apart = [distance(a, b) for i, a in enumerate(photos) for b in photos[:i]]
    assert min(apart) >= 16
    assert 24 < np.mean(apart) < 40  # unrelated hashes differ in half of their 64 bits


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_a_hash_of_64_bits(level: int) -> None:
    found = perceptual_hash(np.full((10, 10, 3), level, np.uint8))
    assert 0 <= found < 2**64


def test_the_hash_uses_the_64th_bit() -> None:
    assert any(perceptual_hash(np.asarray(noise(64, 64, s))) >= 2**63 for s in range(8))
