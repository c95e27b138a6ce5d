"""One network for several threads, which ask it one at a time."""

import threading
from collections.abc import Sequence

from aesplugin.models.base import AestheticModel, Answer
from aesplugin.photo import Rendition


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
