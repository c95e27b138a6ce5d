"""What running a network takes: its device, threads and memory, and libraries kept quiet."""

import ctypes.util
import io
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safetensors import SafetensorError
from threadpoolctl import ThreadpoolController

from aesplugin.errors import OutOfMemory, UsageError
from aesplugin.models.base import AestheticModel, Answer
from aesplugin.photo import Rendition

if TYPE_CHECKING:
    import torch


_WORDS = (
    "can't allocate memory",  # torch's allocator on the CPU
    "not enough memory",  # the same on Windows
    "Failed to allocate memory",  # ONNX Runtime's
    "bad allocation",  # the same where its arena does not grow
    "std::bad_alloc",  # the same where it is not the arena that asks
    "out of memory",  # devices
    "_STATUS_ALLOC_FAILED",  # cuBLAS and cuDNN, which allocate by themselves
)


@contextmanager
def within_memory(what: str) -> Iterator[None]:
    """`what` names the thing and the way out, such as "8 photos do not fit: ...".

    Raises:
        OutOfMemory: the block ran out of the device's or the machine's memory.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_memory_error(error):
            raise
        raise OutOfMemory(what) from None


def too_large(photos: int, device: "torch.device") -> str:
    """What `within_memory` says of so many photos."""
    what = "one photo does" if photos == 1 else f"{photos} photos do"
    return f"{what} not fit into the memory of {device} beside the model: choose a smaller one"


def is_memory_error(error: Exception) -> bool:
    """Whether it tells of too little memory, on a device or on this machine.

    Told by torch's words: its CPU allocator raises a plain RuntimeError, and asking for the class
    that devices raise would load torch.
    """
    if isinstance(error, MemoryError):
        return True
    message = str(error)
    return isinstance(error, RuntimeError) and any(words in message for words in _WORDS)


UNLOADABLE: Final = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    SafetensorError,
)


@contextmanager
def quiet_bars() -> Iterator[None]:
    """No "Loading weights" and "Writing model shards"; a download still shows how far it is."""
    from huggingface_hub.utils import enable_progress_bars  # type: ignore[attr-defined]
    from transformers.utils import logging

    if not logging.is_progress_bar_enabled():
        yield
        return
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the hub's bars as well,
    enable_progress_bars()  # which are wanted
    try:
        yield
    finally:
        logging.enable_progress_bar()  # type: ignore[no-untyped-call]


@contextmanager
def quiet_conversion() -> Iterator[None]:
    """The same for a GGUF file, whose reader has a bar that no switch turns off."""
    with quiet_bars(), redirect_stderr(io.StringIO()):
        yield


_DRIVERS: Final = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/dev/kfd")


def resolved(name: str) -> str:
    """The device that `name` means: "cpu" is found without loading torch where possible.

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


def dtype_on(device: "torch.device") -> "torch.dtype":
    """In which a large network computes: in halves on a GPU, in bfloat16 where it has that.

    A CPU computes in single precision: without units for bfloat16 it takes five times as long.
    """
    import torch

    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


@contextmanager
def one_thread() -> Iterator[None]:
    """NumPy's threads rest, and torch's where it is loaded; as before afterwards.

    They wait for each other in a loop, and longest where others need the cores: beside two decoders
    on two cores the judge took 150 ms a photo with them, and 92 so. `evaluate personal`, which asks
    a network of a few thousand weights some ten thousand times, takes 84 s so and took over 14
    minutes.
    """
    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    if torch:
        torch.set_num_threads(1)
    try:
        with _pools().limit(limits=1, user_api="blas"):
            yield
    finally:
        if torch:
            torch.set_num_threads(before)


@lru_cache(maxsize=1)
def _pools() -> ThreadpoolController:
    """Of the libraries that are loaded by now, NumPy's among them."""
    import numpy  # noqa: F401

    return ThreadpoolController()


def sleep_while_waiting() -> None:
    """Lets torch's threads sleep where they would wait in a loop; to be called before torch loads.

    Looping threads take the cores from the decoding processes, and each other's: with one busy
    neighbour on two cores `score --model mini` took up to five times as long (docs/performance.md).
    What the user set stands.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


class InTurn:
    """The same model; who asks while another is answered waits for that batch, no longer."""

    def __init__(self, model: AestheticModel) -> None:
        self.card = model.card
        self._model = model
        self._turn = threading.Lock()

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """The model's answers, once it is this caller's turn."""
        with self._turn:
            return self._model.assess(renditions)
