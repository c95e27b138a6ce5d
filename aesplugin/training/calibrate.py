"""When to name a flaw at all: one threshold, chosen on validation photos and kept with the model.

python -m aesplugin.training.calibrate CONFIG MODEL_FOLDER
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from aesplugin.models.calm.assess import Calibration
from aesplugin.models.calm.card import CALIBRATION
from aesplugin.models.calm.heads import CLEAN
from aesplugin.models.calm.model import CalmForConditionalGeneration
from aesplugin.training.config import load_config
from aesplugin.training.samples import Samples, unlabelled

ACCUSED = 0.10  # of clean validation photos, at most


@torch.no_grad()
def clean_margin(model: CalmForConditionalGeneration, samples: Samples) -> float:
    """How far the likeliest flaw must lead "clean", so that at most 10 % are wrongly accused.

    Counts the photos as they are and their harmless variants.
    """
    kinds = [version.kind for version in samples.features.versions]
    rows = [row for row, kind in enumerate(kinds) if kind != "flawed"]
    logits = model.read(samples.features.batch(rows))[1].flaw
    lead = logits[:, :CLEAN].amax(-1) - logits[:, CLEAN]
    return round(float(torch.quantile(lead, 1 - ACCUSED)), 2)


def calibrate(model: CalmForConditionalGeneration, samples: Samples, folder: Path) -> Calibration:
    """Chooses and writes `calibration.json` beside the model's weights."""
    found = Calibration(clean_margin=max(0.0, clean_margin(model, samples)))
    text = json.dumps(asdict(found), indent=2) + "\n"
    (folder / CALIBRATION).write_text(text, encoding="utf-8")
    return found


if __name__ == "__main__":
    place = Path(sys.argv[2])
    loaded = CalmForConditionalGeneration.from_pretrained(place, speaks=False)
    calibrate(loaded, unlabelled(load_config(Path(sys.argv[1])), ["validate"]), place)
