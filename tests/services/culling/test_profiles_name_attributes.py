"""A profile that weighs an attribute nobody measures would weigh nothing."""

import numpy as np

from aesplugin.imaging.attributes import measure
from aesplugin.services.culling.burst_winner import EYES, FACE_SHARPNESS
from aesplugin.services.culling.profiles import load, names


def test_every_weight_names_a_measured_attribute() -> None:
    measured = measure(np.zeros((32, 32, 3), np.uint8), jpeg_quality=None, native_size=(32, 32))
    for name in names():
        assert set(load(name).weights) - {EYES, FACE_SHARPNESS} <= set(measured), name
