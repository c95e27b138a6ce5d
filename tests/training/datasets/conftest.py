from collections.abc import Callable
from pathlib import Path

import pytest

from aesplugin.training.datasets import NamedSet
from tests.training.datasets.minis import MINIS

Mini = Callable[[str], NamedSet]


@pytest.fixture
def mini(tmp_path: Path) -> Mini:
    """Makes the miniature of a set, to be spoiled at will."""

    def make(name: str) -> NamedSet:
        return NamedSet(name=name, root=MINIS[name](tmp_path / name))

    return make
