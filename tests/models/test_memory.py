"""Real allocations that no machine can serve."""

import pytest
import torch

from aesplugin.errors import OutOfMemory
from aesplugin.models.memory import within_memory

HUGE = 2**60  # bytes


def test_the_libraries_failure_is_one_error() -> None:
    with (
        pytest.raises(OutOfMemory, match="8 photos do not fit"),
        within_memory("8 photos do not fit"),
    ):
        torch.empty(HUGE, dtype=torch.uint8)


def test_pythons_failure_is_the_same_error() -> None:
    with pytest.raises(OutOfMemory, match="do not fit"), within_memory("they do not fit"):
        bytearray(HUGE)


def test_other_failures_are_left_alone() -> None:
    with pytest.raises(RuntimeError, match="size of tensor"), within_memory("they do not fit"):
        torch.ones(2) + torch.ones(3)
