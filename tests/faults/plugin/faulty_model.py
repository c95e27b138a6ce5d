"""A model for fault tests, found through an entry point as any other package's would be.

It notes every photo it looks at, takes its time, and fails at the photos it is told to fail at.
"""

import math
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from aesplugin.models.base import Answer, ModelBackend, ModelCard
from aesplugin.photo import Rendition


class FaultyModel:
    """Told by the environment: $FAULT_SECONDS a photo, $FAULT_JOURNAL, and contents.

    $FAULT_POISON kills it, $FAULT_BUG makes it raise, $FAULT_NAN is answered with no number.
    """

    card = ModelCard(name="faulty", revision="faulty-1", summary="For tests.", license="none")

    def __init__(self) -> None:
        self._seconds = float(os.environ.get("FAULT_SECONDS", "0"))
        self._poison = set(os.environ.get("FAULT_POISON", "").split())
        self._bug = set(os.environ.get("FAULT_BUG", "").split())
        self._nan = set(os.environ.get("FAULT_NAN", "").split())
        self._journal = Path(os.environ["FAULT_JOURNAL"])

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        with self._journal.open("a") as journal:
            journal.writelines(f"{os.getpid()} {one.content_hash}\n" for one in renditions)
        for one in renditions:
            if one.content_hash in self._poison:
                os.kill(os.getpid(), signal.SIGKILL)
            if one.content_hash in self._bug:
                raise ZeroDivisionError("a bug")
            time.sleep(self._seconds)
        return [
            Answer(score=math.nan if one.content_hash in self._nan else 5.0) for one in renditions
        ]


class FaultyBackend(ModelBackend):
    """What is registered."""

    card = FaultyModel.card

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> FaultyModel:
        return FaultyModel()
