"""One training in several processes, as `accelerate launch` starts them: who, where, averaged how.

The losses call modules one by one, not through one `forward`, so that a wrapper such as
`DistributedDataParallel` would never see them: its averaging hangs on `forward`. Gradients are
averaged by hand instead, all at once, after the backward pass and before the optimiser's step.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from aesplugin.training.engine.packages import require


class Team:
    """This process among its like; alone, and free of cost, where there is one only."""

    def __init__(self) -> None:
        require("accelerate")
        from accelerate import Accelerator

        # Precision is the configuration's, so that a resumed run cannot have another.
        self._accelerator: Any = Accelerator(mixed_precision="no")
        self.index = int(self._accelerator.process_index)
        self.size = int(self._accelerator.num_processes)

    @property
    def leads(self) -> bool:
        """Whether this process writes files and speaks to the user; one does."""
        return self.index == 0

    @property
    def device(self) -> torch.device:
        """Where this process computes: its own GPU, if any, unless accelerate is set otherwise."""
        device: torch.device = self._accelerator.device
        return device

    def here(self) -> AbstractContextManager[Any]:
        """A block whose new tensors are made on this process's device, models included."""
        return nullcontext() if self.device.type == "cpu" else self.device

    def wait(self) -> None:
        """Returns once all have come so far."""
        self._accelerator.wait_for_everyone()

    def close(self) -> None:
        """Leaves the process group; torch warns at exit otherwise."""
        if self.size > 1:
            self._accelerator.end_training()

    def align(self, module: nn.Module) -> None:
        """Gives every process the leader's trainable parameters, and its buffers."""
        if self.size == 1:
            return
        from accelerate.utils import broadcast

        wanted = [one.data for one in module.parameters() if one.requires_grad]
        with torch.no_grad():
            for mine in [*wanted, *module.buffers()]:
                mine.copy_(broadcast(mine.contiguous()))

    def average(self, parameters: Sequence[nn.Parameter], *, stop: bool = False) -> bool:
        """Replaces each gradient by its mean; True where any process asks to `stop`.

        A process without a gradient counts as zero; a parameter without one anywhere stays so.
        One reduction of one flat buffer: the wish to stop and who has a gradient ride along,
        so that all processes stop after the same step.
        """
        if self.size == 1:
            return stop
        given = [one.grad is not None for one in parameters]
        head = torch.tensor([stop, *given], dtype=torch.float32, device=parameters[0].device)
        parts = [one.grad if one.grad is not None else torch.zeros_like(one) for one in parameters]
        flat = self._mean(torch.cat([head, *(part.float().flatten() for part in parts)]))
        at = len(head)
        for one, anywhere in zip(parameters, flat[1:at].tolist(), strict=True):
            if anywhere:
                one.grad = flat[at : at + one.numel()].view_as(one).to(one.dtype)
            at += one.numel()
        return bool(flat[0] > 0)

    def _mean(self, values: Tensor) -> Tensor:
        mean: Tensor = self._accelerator.reduce(values, reduction="mean")
        return mean


def precision_of(device: torch.device, precision: str) -> AbstractContextManager[Any]:
    """Arithmetic in "bf16" where torch knows it to be safe, or all in "fp32"."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")
