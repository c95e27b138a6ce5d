"""The device a user names, checked before anything is put on it."""

import ctypes.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aesplugin.errors import UsageError

if TYPE_CHECKING:
    import torch

_DRIVERS: Final = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")


def resolved(name: str) -> str:
    """The device that `name` means: "cpu", told without loading torch where that can be told.

    `auto` is the CPU where no driver of a graphics card is there, or torch has none that fits it.
    A Mac's GPU is used where it is asked for (`mps`).

    Raises:
        UsageError: no such device here.
    """
    if name == "cpu" or (name == "auto" and not has_driver()):
        return "cpu"
    device = device_named(name)
    return "cpu" if device.type == "cpu" else str(device)


def has_driver() -> bool:
    """Whether a graphics card that torch may know has its driver here."""
    if sys.platform == "win32":
        return ctypes.util.find_library("nvcuda") is not None
    return any(Path(path).exists() for path in _DRIVERS)


def device_named(name: str) -> "torch.device":
    """`auto` is the accelerator where there is one, else the CPU.

    Raises:
        UsageError: no such device here.
    """
    import torch

    if name == "auto":
        found = torch.accelerator.current_accelerator(check_available=True)
        return found or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"device {name!r} cannot be used here ({reason}); try cpu") from None
    return device
