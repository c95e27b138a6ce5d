"""The personal model on disk: weights as safetensors, the card as JSON beside them."""

import json
from functools import cache
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.personal.model import PersonalCard, PersonalModel

_WEIGHTS, _CARD = "personal.safetensors", "personal.json"


def save_personal(folder: Path, card: PersonalCard, tensors: dict[str, Tensor]) -> None:
    """Writes weights and card."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / _WEIGHTS)
    data = {name: getattr(card, name) for name in PersonalCard.__dataclass_fields__}
    (folder / _CARD).write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


@cache
def load_personal(folder: Path | None = None) -> PersonalModel:
    """The personal model in `folder` (the shipped one where None).

    Raises:
        WeightsMissing: there is none.
        WeightsDamaged: its files cannot be read or do not fit together.
    """
    place = folder or Path(__file__).parent / "weights"
    try:
        data = json.loads((place / _CARD).read_text(encoding="utf-8"))
        card = PersonalCard(**data | {"blend": tuple(data["blend"])})
        return PersonalModel(card, load_file(place / _WEIGHTS))
    except FileNotFoundError as error:
        raise WeightsMissing(
            f"the personal model is not there ({error.filename}): install aesplugin again, or make"
            " it with: aesplugin train personal"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsDamaged(
            f"the personal model in {place} is damaged ({type(error).__name__}): install aesplugin"
            " again"
        ) from None
