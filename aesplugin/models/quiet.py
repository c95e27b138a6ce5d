"""Loading and saving without the libraries' own progress bars."""

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr


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
