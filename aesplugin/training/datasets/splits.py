"""Which part a photo belongs to where a set does not say, the same on every machine."""

from aesplugin.training.datasets.base import SPLITS, Split
from aesplugin.training.sources import split_of


def stable_split(key: str) -> Split:
    """train, validate or test (78 : 10 : 12) by a hash of `key`: "set/photo" or "set/theme"."""
    found = split_of(key)
    return next(split for split in SPLITS if split == found)


def within_train(key: str) -> Split:
    """For the official training part of a set without validation photos: a tenth becomes that."""
    return "validate" if stable_split(key) == "validate" else "train"
