"""The personal model on disk: weights as safetensors, the card as JSON beside them."""

import functools
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.base import scores_alike
from aesplugin.models.personal.incontext import InContextReader
from aesplugin.models.personal.model import PersonalCard, PersonalModel
from aesplugin.models.personal.reader import Reader, TasteReader

Arrays = Mapping[str, NDArray[np.floating[Any]]]

SHIPPED = Path(__file__).parent / "weights"  # a folder for each model that has one
_CONTEXT = "context."  # before the names of the reader's tensors
_WAY_OUT = (
    "train it again with `aesplugin train personal`; for the shipped one, reinstall aesplugin"
)
_WEIGHTS, _CARD = "personal.safetensors", "personal.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalFiles:
    """Where a personal model comes from.

    Attributes:
        place: folder of another personal model than the shipped one.
        cache: folder of pulled weights, for a model that reads with a language model.
    """

    place: Path | None = None
    cache: Path | None = None


SHIPPED_FILES = PersonalFiles()


def save_personal(
    folder: Path, card: PersonalCard, arrays: Arrays, reader: TasteReader | None = None
) -> None:
    """Writes card, weights, and what the reader learnt."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {} if reader is None else reader.own_state()
    both = {**arrays, **{f"{_CONTEXT}{name}": array for name, array in state.items()}}
    save_file({name: np.array(array, order="C") for name, array in both.items()}, folder / _WEIGHTS)
    data = {name: getattr(card, name) for name in PersonalCard.__dataclass_fields__}
    (folder / _CARD).write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def shipped_for(revision: str) -> Path | None:
    """The folder of the shipped personal model that was made for a model of this revision."""
    places = sorted(path.parent for path in SHIPPED.glob(f"*/{_CARD}"))
    fitting = (place for place in places if scores_alike(read_card(place).made_for, revision))
    return next(fitting, None)


def read_card(place: Path) -> PersonalCard:
    """The card of the personal model in a folder.

    Raises:
        WeightsMissing: there is none.
        WeightsDamaged: it cannot be read.
    """
    with _told(place):
        data = json.loads((place / _CARD).read_text(encoding="utf-8"))
        first, second = data["blend"]
        reader = Reader(data.get("reader", Reader.NETWORK))
        return PersonalCard(**data | {"blend": (first, second), "reader": reader})


def load_personal(place: Path, cache: Path | None = None) -> PersonalModel:
    """The personal model in a folder; `cache` as in `PersonalFiles`.

    Raises:
        WeightsMissing: there is none, or its language model was not pulled.
        WeightsDamaged: its files cannot be read or do not fit together.
    """
    return _loaded(place, cache)


@functools.cache
def _loaded(place: Path, cache: Path | None) -> PersonalModel:
    card = read_card(place)
    with _told(place):
        arrays = load_file(place / _WEIGHTS)
        state = {
            name.removeprefix(_CONTEXT): array
            for name, array in arrays.items()
            if name.startswith(_CONTEXT)
        }
        reader = _reader(card, state, cache) if state and card.blend[1] else None
        return PersonalModel(card, arrays, reader)


def _reader(card: PersonalCard, state: Arrays, cache: Path | None) -> TasteReader:
    if card.reader is Reader.PROMPT:
        from aesplugin.models.personal.prompt import PromptReader, open_prompt

        return PromptReader(open_prompt(card.width, state, cache=cache))
    return InContextReader(state)


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise WeightsMissing(
            f"no personal model ({error.filename} does not exist): {_WAY_OUT}"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsDamaged(
            f"the personal model in {place} is damaged ({type(error).__name__}): {_WAY_OUT}"
        ) from None
