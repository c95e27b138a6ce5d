"""Which fold's opinion never saw a public photo: by its content, else by its theme."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aesplugin.errors import WeightsDamaged, WeightsMissing

_KEY: Final = 16  # hex digits of the SHA-256 kept
_WAY_OUT: Final = "copy the whole model folder again, or reinstall aesplugin"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldTable:
    """The photos and themes that were learnt from, each with the fold that left it out."""

    themes: Mapping[str, int]
    contents: Mapping[str, int]

    def fold_of(self, content_hash: str, theme: str | None = None) -> int | None:
        """The fold to judge this photo honestly; None: the shipped head never saw it."""
        fold = self.contents.get(content_hash[:_KEY])
        if fold is None and theme is not None:
            fold = self.themes.get(theme)
        return fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """The score by a head that learnt neither from this photo nor from its theme.

    `learnt_from` tells that the shipped head did, so another (a fold's) answered. `read_outs`
    are that head's scores by every way the model has to read one; empty where there is one way.
    `shipped` is what users get, where that cost no second look; None: ask the model itself.
    """

    score: float
    learnt_from: bool
    read_outs: Mapping[str, float] = field(default_factory=dict)
    shipped: float | None = None


def content_key(data: bytes) -> str:
    """The key of a file's bytes in `FoldTable.contents`."""
    return hashlib.sha256(data).hexdigest()[:_KEY]


def write_folds(path: Path, table: FoldTable) -> None:
    """Writes the table as JSON."""
    text = json.dumps(
        {"themes": dict(table.themes), "contents": dict(table.contents)}, sort_keys=True
    )
    path.write_text(text + "\n", encoding="utf-8")


def read_folds(path: Path, heads: int) -> FoldTable:
    """The table that stands beside a model; `heads` of single folds are what the model has.

    Raises:
        WeightsMissing: no such file.
        WeightsDamaged: not a table of folds, or one of more folds than the model has heads.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        table = FoldTable(themes=dict(found["themes"]), contents=dict(found["contents"]))
    except OSError as error:
        raise WeightsMissing(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise WeightsDamaged(f"{path} is not a table of folds: {_WAY_OUT}") from None
    for name, fold in (*table.themes.items(), *table.contents.items()):
        if type(fold) is not int or not 0 <= fold < heads:
            raise WeightsDamaged(
                f"{path} belongs to another model: it gives {name!r} the fold {fold!r}, but this "
                f"model has {heads} folds, counted from 0: {_WAY_OUT}"
            )
    return table
