"""Real allocations that no machine can serve."""

import pytest
import torch

from aesplugin.errors import OutOfMemory
from aesplugin.models.runtime import is_memory_error, within_memory

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


@pytest.mark.parametrize(
    "said",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: not enough memory: you tried ...",
        "[ONNXRuntimeError] : 1 : FAIL : std::bad_alloc",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_what_devices_and_other_systems_say_is_known(said: str) -> None:
    assert is_memory_error(RuntimeError(said))
    assert not is_memory_error(ValueError(said))
