"""Tiny random Qwen2.5-VL, Idefics3 and SmolVLM, saved and loaded like real ones."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aesplugin.errors import DamagedPhoto, UsageError
from aesplugin.models.base import Answer
from aesplugin.models.vlm.card import Source
from aesplugin.models.vlm.loading import load
from aesplugin.models.vlm.model import VlmModel
from aesplugin.models.vlm.showing import Showing
from aesplugin.photo import Rendition
from tests.models.vlm.conftest import KINDS
from tests.models.vlm.tiny import save_adapter


def rendition(seed: int, size: tuple[int, int] = (90, 60)) -> Rendition:
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).resize(size).save(buffer, "JPEG")
    width, height = size
    return Rendition(
        content_hash=f"{seed:064x}", jpeg=buffer.getvalue(), width=width, height=height
    )


def answers(given: str, photos: list[Rendition], *, comments: bool = False) -> list[Answer]:
    return VlmModel(given, device="cpu", comments=comments).assess(photos)


@pytest.mark.parametrize("kind", KINDS)
def test_photos_are_told_apart_and_do_not_depend_on_their_batch(
    kind: str, folders: dict[str, Path]
) -> None:
    model = VlmModel(str(folders[kind]), device="cpu", comments=False)
    photos = [rendition(seed) for seed in range(3)]
    together = [answer.score for answer in model.assess(photos)]
    assert all(1 <= score <= 10 for score in together)
    assert len(set(together)) == 3
    assert [model.assess([photo])[0].score for photo in photos] == together


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1024), (1024, 1), (1, 1), (32, 32)])
def test_any_shape_is_scored(kind: str, size: tuple[int, int], folders: dict[str, Path]) -> None:
    (answer,) = answers(str(folders[kind]), [rendition(1, size)])
    assert 1 <= answer.score <= 10


@pytest.mark.parametrize("kind", ["qwen", "smolvlm"])
def test_it_is_asked_for_comment_and_suggestions(kind: str, folders: dict[str, Path]) -> None:
    (answer,) = answers(str(folders[kind]), [rendition(3)], comments=True)
    assert answer.comment is None or answer.comment.isprintable()
    assert answer.suggestions is None or all(one.advice for one in answer.suggestions)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("laid", [False, True])
def test_a_photo_that_was_looked_at_once_is_answered_as_if_anew(
    kind: str, laid: bool, folders: dict[str, Path], tmp_path: Path
) -> None:
    adapter = str(save_adapter(folders[kind], tmp_path)) if laid else None
    loaded = load(Source(str(folders[kind]), adapter), torch.device("cpu"))
    image = Image.open(BytesIO(rendition(5, (300, 200)).jpeg))
    known = Showing(loaded, image)
    known.ask("How good is this photo?", longest=3, opening="It is")
    for question in ("What works?", "How could it be improved?"):
        one = known.ask(question, longest=12)
        two = Showing(loaded, image).ask(question, longest=12)
        assert one.said == two.said
        assert torch.allclose(one.logits, two.logits, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_encoder_looks_once_for_all_scores_and_once_for_all_texts_of_a_photo(
    kind: str, folders: dict[str, Path]
) -> None:
    model = VlmModel(str(folders[kind]), device="cpu")
    looks: list[str] = []
    towers = ("visual", "vision_model")
    for name, module in model.loaded.network.named_modules():
        if name.endswith(towers):
            module.register_forward_hook(lambda *_: looks.append("look"))
    model.assess([rendition(0), rendition(1)])
    assert len(looks) == 1 + 2


def test_a_lora_adapter_changes_the_answer_and_the_revision(
    folders: dict[str, Path], adapter: Path
) -> None:
    plain, laid = str(folders["qwen"]), f"{folders['qwen']}+{adapter}"
    one, two = (VlmModel(given, "cpu", comments=False) for given in (plain, laid))
    assert one.assess([rendition(0)])[0].score != two.assess([rendition(0)])[0].score
    assert one.card.revision != two.card.revision
    assert "adapter" in two.card.revision


def test_a_photo_that_is_no_picture_is_named(folders: dict[str, Path]) -> None:
    broken = Rendition(content_hash="f" * 64, jpeg=b"none", width=1, height=1)
    with pytest.raises(DamagedPhoto, match="f" * 64):
        answers(str(folders["qwen"]), [rendition(0), broken])


def test_bad_arguments_are_named(folders: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="name the model as vlm:NAME_OR_PATH"):
        VlmModel("", "cpu")
    with pytest.raises(UsageError, match="'warp' cannot be used"):
        VlmModel(str(folders["qwen"]), device="warp")
