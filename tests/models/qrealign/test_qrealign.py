"""Q-ReAlign on a tiny random network of its own class: Qwen3.5, recurrent layers and all."""

import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from aesplugin import registry
from aesplugin.errors import DamagedPhoto, WeightsMissing
from aesplugin.models.base import AestheticModel
from aesplugin.models.qrealign.backend import HUB
from aesplugin.models.runtime import quiet_bars
from aesplugin.photo import Rendition
from tests.models.vlm.tiny import save_qwen35

SIZES = [(90, 60), (60, 90), (300, 200)]
PROMPT = (
    "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>"
    "How would you rate the aesthetics of this image?<|im_end|>\n"
    "<|im_start|>assistant\n<think>\n\n</think>\n\nThe aesthetics of the image is"
)
WORDS = {"excellent": 10.0, "good": 7.75, "fair": 5.5, "poor": 3.25, "bad": 1.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_qwen35(tmp_path_factory.mktemp("qrealign") / "tiny")


@pytest.fixture(scope="module")
def model(folder: Path) -> AestheticModel:
    backend = registry.model(f"qrealign:{folder}")
    return backend.load(device="cpu", threads=1, cache=folder, comments=True)


def rendition(seed: int) -> Rendition:
    size = SIZES[seed % len(SIZES)]
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).resize(size).save(buffer, "JPEG")
    return Rendition(
        content_hash=f"{seed:064x}", jpeg=buffer.getvalue(), width=size[0], height=size[1]
    )


def test_score_and_spread_are_those_computed_by_hand(model: AestheticModel, folder: Path) -> None:
    from transformers import AutoModelForImageTextToText, AutoTokenizer
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    photo = rendition(2)
    image = Image.open(BytesIO(photo.jpeg)).convert("RGB")
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    seen = Qwen2VLImageProcessorPil.from_pretrained(folder)(images=[image], return_tensors="pt")
    patches = int(seen["image_grid_thw"][0].prod()) // 4
    prompt = PROMPT.replace("<|image_pad|>", "<|image_pad|>" * patches)
    inputs = tokenizer(prompt, return_tensors="pt")
    with quiet_bars(), torch.inference_mode():
        network: Any = AutoModelForImageTextToText.from_pretrained(folder)
        pad = tokenizer.convert_tokens_to_ids("<|image_pad|>")
        logits = network(
            input_ids=inputs["input_ids"],
            mm_token_type_ids=(inputs["input_ids"] == pad).int(),
            pixel_values=seen["pixel_values"],
            image_grid_thw=seen["image_grid_thw"],
        ).logits[0, -1]
    ids = [tokenizer(f" {word}").input_ids[0] for word in WORDS]
    shares = logits[ids].double().softmax(0)
    levels = torch.tensor(list(WORDS.values()), dtype=torch.double)
    score = float(shares @ levels)
    spread = float((shares @ (levels - score) ** 2).sqrt())
    (answer,) = model.assess([photo])
    assert answer.score == pytest.approx(score, abs=0.006)
    assert answer.uncertainty == pytest.approx(spread, abs=0.006)
    assert answer.comment is None
    assert answer.suggestions is None


def test_eight_photos_of_three_shapes_are_scored_as_each_alone(model: AestheticModel) -> None:
    photos = [rendition(seed) for seed in range(8)]
    together = [answer.score for answer in model.assess(photos)]
    assert len(set(together)) > 2
    alone = [model.assess([photo])[0].score for photo in photos]
    assert together == pytest.approx(alone, abs=0.011)


def test_photos_of_one_shape_share_a_pass(model: AestheticModel) -> None:
    passes: list[int] = []
    network = model._levels._loaded.network  # type: ignore[attr-defined]
    hook = network.register_forward_hook(lambda *_: passes.append(1))
    model.assess([rendition(seed) for seed in range(9)])
    hook.remove()
    assert len(passes) == 2, "upright and lying photos of one size take as many tokens"


def test_a_rendition_that_is_no_picture_is_named(model: AestheticModel) -> None:
    broken = Rendition(content_hash="f" * 64, jpeg=b"none", width=1, height=1)
    with pytest.raises(DamagedPhoto, match="f" * 64):
        model.assess([rendition(0), broken])


def test_its_sizes_have_names_and_say_how_to_fetch_them() -> None:
    assert registry.model("qrealign").card.sources == (HUB["mini"],)
    with pytest.raises(WeightsMissing, match="aesplugin models pull qrealign:pro"):
        _ = registry.model("qrealign:pro").card
    with pytest.raises(WeightsMissing, match="aesplugin models pull qrealign`"):
        registry.model("qrealign").load(device="cpu", threads=0, cache=Path(), comments=True)


def test_other_weights_have_another_revision(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    before = registry.model(f"qrealign:{copy}").card.revision
    assert before == registry.model(f"qrealign:{folder}").card.revision
    config = copy / "config.json"
    config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert registry.model(f"qrealign:{copy}").card.revision != before
