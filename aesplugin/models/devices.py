"""The device a user names, checked before anything is put on it."""

import torch

from aesplugin.errors import UsageError


def device_named(name: str) -> torch.device:
    """`auto` is the accelerator where there is one, else the CPU.

    Raises:
        UsageError: no such device here.
    """
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
