"""What every registered model must keep; a new one is picked up from the registry."""

import io
import math
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from aesplugin import registry
from aesplugin.assessment import SCORE_MAX, SCORE_MIN
from aesplugin.errors import DamagedPhoto, WeightsMissing
from aesplugin.models.base import AestheticModel, ModelBackend, ModelCard
from aesplugin.models.server.backend import ServerBackend
from aesplugin.photo import Rendition
from aesplugin.settings import load_settings
from tests.models.server.fakes import FakeServer, running
from tests.models.vlm.tiny import save_idefics3, save_qwen35

SHAPES = [(320, 240), (240, 320), (1024, 16), (1, 1), (300, 300)]


def rendition(seed: int, size: tuple[int, int] = (320, 240)) -> Rendition:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (5, 7, 3), dtype=np.uint8))
    data = io.BytesIO()
    coarse.resize(size, Image.Resampling.BICUBIC).save(data, "JPEG", quality=92)
    width, height = size
    return Rendition(content_hash=f"{seed:064x}", jpeg=data.getvalue(), width=width, height=height)


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with running(FakeServer()) as fake:
        yield fake


@pytest.fixture(scope="module", params=registry.names("models"))
def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> ModelBackend:
    name: str = request.param
    if name == "server":  # it answers for the model of a server that is there
        fake = request.getfixturevalue("server")
        settings = load_settings(server_url=fake.url, cache=tmp_path_factory.mktemp("server"))
        return registry.model(f"server:{fake.model}", settings)
    if name == "vlm":  # it answers for the network that is named
        name = f"vlm:{save_idefics3(tmp_path_factory.mktemp('vlm'))}"
    if name == "qrealign":
        name = f"qrealign:{save_qwen35(tmp_path_factory.mktemp('qrealign'))}"
    return registry.model(name)


@pytest.fixture(scope="module")
def model(backend: ModelBackend) -> AestheticModel:
    return _loaded(backend, comments=True)


def _loaded(backend: ModelBackend, *, comments: bool) -> AestheticModel:
    own = backend.settings if isinstance(backend, ServerBackend) else load_settings()
    cache = own.cache
    try:
        return backend.load(device="cpu", threads=0, cache=cache, comments=comments)
    except WeightsMissing as error:
        pytest.skip(f"{backend.card.name}: {error}")


@pytest.mark.parametrize("name", registry.names("models"))
def test_the_card_is_complete(name: str) -> None:
    card = registry.model(name).card
    assert isinstance(card, ModelCard)
    assert card.name == name
    assert card.revision
    assert card.summary
    assert card.license


def test_the_card_is_known_before_the_network_is_loaded(
    backend: ModelBackend, model: AestheticModel
) -> None:
    assert model.card == backend.card


def test_there_are_comments_only_where_the_card_says_so_and_they_are_asked_for(
    backend: ModelBackend, model: AestheticModel
) -> None:
    photos = [rendition(seed) for seed in range(2)]
    if not backend.card.comments:
        assert {answer.comment for answer in model.assess(photos)} == {None}
    silent = _loaded(backend, comments=False).assess(photos)
    assert {answer.comment for answer in silent} == {None}
    assert [a.score for a in silent] == [a.score for a in model.assess(photos)]
    assert not backend.card.silent().comments
    assert backend.card.silent().revision != backend.card.revision


def test_the_answer_does_not_depend_on_the_batch(model: AestheticModel) -> None:
    photos = [rendition(seed, SHAPES[seed % 2]) for seed in range(5)]
    together = model.assess(photos)
    alone = [model.assess([photo])[0] for photo in photos]
    assert [a.score for a in together] == pytest.approx([a.score for a in alone], abs=0.0015)


def test_scores_stay_in_range_for_any_shape(model: AestheticModel) -> None:
    answers = model.assess([rendition(i, shape) for i, shape in enumerate(SHAPES)])
    assert len(answers) == len(SHAPES)
    assert all(SCORE_MIN <= answer.score <= SCORE_MAX for answer in answers)


def test_what_is_said_beside_the_score_can_be_shown(model: AestheticModel) -> None:
    for answer in model.assess([rendition(seed) for seed in range(3)]):
        if answer.uncertainty is not None:
            assert 0 < answer.uncertainty < SCORE_MAX - SCORE_MIN
        if answer.reasons is not None:
            points = [abs(reason.points) for reason in answer.reasons]
            assert all(map(math.isfinite, points))
            assert points == sorted(points, reverse=True), "the strongest first"
            assert all(reason.text for reason in answer.reasons)
        if answer.content is not None:
            assert all(answer.content.keywords), "keywords are nouns"
            assert answer.content.subject != ""


def test_nothing_asked_nothing_answered(model: AestheticModel) -> None:
    assert model.assess([]) == []


def test_a_rendition_that_is_no_picture_is_named(model: AestheticModel) -> None:
    if model.card.name == "fake":
        pytest.skip("the fake looks at no pixels")
    bad = Rendition(content_hash="f" * 64, jpeg=b"no picture", width=8, height=8)
    with pytest.raises(DamagedPhoto, match="f" * 12):
        model.assess([rendition(1), bad])
