"""Names of the encoder's 1000 ImageNet classes: WordNet's first lemma of each."""

from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "imagenet_names.txt"


@cache
def class_names() -> tuple[str, ...]:
    """The names in class order."""
    return tuple(_FILE.read_text(encoding="utf-8").splitlines())
