"""Data sets by name: the class of each, and the `[[sets]]` of a training configuration.

A class is imported only when asked for: adding one is one file and one line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from aesplugin.errors import SettingsError, UsageError

DATASETS: Final = {
    "aadb": "aesplugin.training.datasets.aadb:Aadb",
    "ava": "aesplugin.training.datasets.ava:Ava",
    "ava_captions": "aesplugin.training.datasets.ava:AvaCaptions",
    "flickr_aes": "aesplugin.training.datasets.flickr_aes:FlickrAes",
    "oasis": "aesplugin.training.datasets.oasis:Oasis",
    "para": "aesplugin.training.datasets.para:Para",
    "pccd": "aesplugin.training.datasets.pccd:Pccd",
    "tad66k": "aesplugin.training.datasets.tad66k:Tad66k",
}


def dataset_class(name: str) -> Any:
    """The class of the set called `name`.

    Raises:
        UsageError: no such name; the message lists the known ones.
    """
    if name not in DATASETS:
        raise UsageError(f"unknown data set {name!r}; known: {', '.join(DATASETS)}")
    module, _, attribute = DATASETS[name].partition(":")
    return getattr(import_module(module), attribute)


_KEYS: Final = ("name", "root")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSet:
    """One data set: a name of `DATASETS` and the folder that holds its official layout."""

    name: str
    root: Path


def read_sets(tables: Any, where: str) -> tuple[NamedSet, ...]:
    """The value of `sets` in a configuration file called `where`, as named sets.

    Raises:
        SettingsError: not an array of tables, an unknown key or name, or a missing one.
    """
    if not isinstance(tables, Sequence) or isinstance(tables, str):
        raise SettingsError(f'{where}: write [[sets]], then name = "ava" and root = "folder"')
    return tuple(_one(table, f"{where}, set {n}") for n, table in enumerate(tables, start=1))


def _one(table: Any, where: str) -> NamedSet:
    if not isinstance(table, dict):
        raise SettingsError(f"{where}: {table!r} is not a table with name and root")
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"{where}: unknown setting {key!r}; known: {', '.join(_KEYS)}")
    for key in _KEYS:
        if not isinstance(table.get(key), str) or not table[key]:
            raise SettingsError(f"{where}: {key!r} is missing or not text")
    if table["name"] not in DATASETS:
        known = ", ".join(DATASETS)
        raise SettingsError(f"{where}: unknown data set {table['name']!r}; known: {known}")
    return NamedSet(name=table["name"], root=Path(table["root"]).expanduser())
