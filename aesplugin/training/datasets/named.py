"""The `[[sets]]` of a training configuration: which data sets, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aesplugin.errors import SettingsError
from aesplugin.training.datasets.table import DATASETS

_KEYS: Final = ("name", "root")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSet:
    """One data set: a name of `table.DATASETS` and the folder that holds its official layout."""

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
        raise SettingsError(f"{where}: {table!r} is no table with name and root")
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"{where}: unknown setting {key!r}; known: {', '.join(_KEYS)}")
    for key in _KEYS:
        if not isinstance(table.get(key), str) or not table[key]:
            raise SettingsError(f"{where}: {key!r} is missing or no text")
    if table["name"] not in DATASETS:
        known = ", ".join(DATASETS)
        raise SettingsError(f"{where}: no data set is named {table['name']!r}; known: {known}")
    return NamedSet(name=table["name"], root=Path(table["root"]).expanduser())
