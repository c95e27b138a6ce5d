"""The choices of the page's filters: cameras and folders, refreshed from time to time."""

import os
import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from aesplugin.catalog.gallery import Gallery
from aesplugin.errors import CatalogError

_FRESH_SECONDS = 30.0
_CHEAP_SECONDS = 0.03  # if it takes no longer, it is read while the page waits
_MOST_FOLDERS = 500  # a longer list is slow to send and to open


@dataclass(frozen=True, slots=True)
class Folders:
    """Folders that a page lists, out of `total`; any other can be typed."""

    offered: Sequence[str]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The choices of a filter."""

    cameras: Sequence[str]
    folders: Folders  # with common parents of several of them
    filled: Folders  # those that hold photos themselves


@dataclass(frozen=True, slots=True)
class _Read:
    lists: Lists
    at: float  # s, monotonic: when they were read
    cost: float  # s it took


class Choices:
    """The lists of one catalog; any number of threads may ask."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._lock = threading.Lock()
        self._kept: _Read | None = None

    def lists(self) -> Lists:
        """The choices of the filters; for a large catalog as of the last request."""
        with self._lock:
            kept = self._kept
            if kept is None or time.monotonic() - kept.at > _FRESH_SECONDS:
                if kept is None or kept.cost < _CHEAP_SECONDS:
                    return self._read()
                self._kept = replace(kept, at=time.monotonic())  # no other thread starts meanwhile
                threading.Thread(target=self._renew, name="lists", daemon=True).start()
            return kept.lists

    def _renew(self) -> None:
        with suppress(CatalogError):  # the next request for photos reports it
            self._read()

    def _read(self) -> Lists:
        began = time.monotonic()
        filled = self._gallery.folders()
        lists = Lists(
            cameras=self._gallery.cameras(),
            folders=_highest({*filled, *_above(filled)}),
            filled=_highest(filled),
        )
        now = time.monotonic()
        self._kept = _Read(lists, at=now, cost=now - began)
        return lists


def _above(folders: Iterable[str]) -> set[str]:
    """Folders that contain several of these in different subfolders."""
    ways: dict[str, set[str]] = {}
    for folder in folders:
        below, parent = folder, os.path.dirname(folder)
        while parent != below and below not in ways.setdefault(parent, set()):
            ways[parent].add(below)
            below, parent = parent, os.path.dirname(parent)
    return {folder for folder, below in ways.items() if len(below) > 1 and folder != os.sep}


def _highest(folders: Iterable[str]) -> Folders:
    """By name; if there are too many, those nearest the root, since they contain the others."""
    every = sorted(folders)
    nearest = sorted(every, key=lambda folder: folder.count(os.sep))[:_MOST_FOLDERS]
    return Folders(sorted(nearest), len(every))
