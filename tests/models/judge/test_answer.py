import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from aesplugin.assessment import Content, Flaw, Kind
from aesplugin.models.calm.measures import HUE_SHARES, measure
from aesplugin.models.embedded.features import Numbers
from aesplugin.models.encoder.views import patch_view, whole_view
from aesplugin.models.judge.answer import (
    JudgeAnswer,
    answers_of,
    colours_of,
    content_of,
    flaw_probabilities,
    is_toned,
    kind_of,
    reasons_of,
    strengths_of,
    suggestions_of,
    values_of,
)
from aesplugin.models.judge.config import FLAWS
from aesplugin.models.judge.network import Findings
from aesplugin.models.judge.vocabulary import EMPTY_REASON, FLAW_REASONS, STRENGTHS, SUBJECTS
from tests.models.judge import made

_PLAIN = made.config()
_GREY = made.measures()


def _named(values: dict[str, float]) -> list[Flaw]:
    return [one.flaw for one in suggestions_of(values, _GREY, _PLAIN)]


def test_a_flaw_is_shown_from_its_limit_on() -> None:
    assert _named(made.values(flaw_blur=made.LEAST + 0.01)) == [Flaw.BLUR]
    assert _named(made.values(flaw_blur=made.LEAST - 0.01)) == []


def test_at_most_three_the_likeliest_first() -> None:
    four = [Flaw.NOISE, Flaw.CLUTTER, Flaw.BLUR, Flaw.VIGNETTING]
    assert _named(made.flawed(*four)) == four[:3]
    assert _named(made.flawed(*reversed(four))) == [*reversed(four)][:3]


def test_of_two_that_contradict_the_likelier_stays() -> None:
    opposed = made.flawed(Flaw.OVEREXPOSED, Flaw.UNDEREXPOSED, Flaw.NOISE)
    assert _named(opposed) == [Flaw.OVEREXPOSED, Flaw.NOISE]


def test_strength_is_how_much_of_the_flaw_there_is() -> None:
    (one,) = suggestions_of(made.values(flaw_blur=0.8), _GREY, _PLAIN)
    assert one.strength == pytest.approx((0.8 - 0.375) / 0.625)  # .375 lies halfway to slight
    (most,) = suggestions_of(made.values(flaw_blur=1.7), _GREY, _PLAIN)
    assert most.strength == 1


def test_a_photo_to_be_left_alone_gets_none() -> None:
    values = made.flawed(Flaw.BLUR)
    assert _named(values | made.values(flaw_blur=1.0, untouched=0.5)) == [Flaw.BLUR]
    assert _named(values | made.values(flaw_blur=1.0, untouched=0.51)) == []


@pytest.mark.parametrize("kind", ["graphic", "document", "scientific"])
def test_what_is_no_photo_gets_neither_advice_nor_reasons(kind: str) -> None:
    values = made.values(flaw_blur=1.0, **{f"kind_{kind}": 0.6})
    config = made.config(effects={"blur": -2.0}, telling={"blur": 0.1})
    assert kind_of(values, config) is Kind(kind)
    assert suggestions_of(values, _GREY, config) == ()
    assert reasons_of(values, _GREY, config) == ()
    assert reasons_of(made.values(flaw_blur=1.0), _GREY, config)


def test_what_is_no_photo_is_known_by_all_such_kinds_together() -> None:
    together = made.values(kind_graphic=0.25, kind_document=0.2, kind_landscape=0.4)
    assert kind_of(together, _PLAIN) is Kind.GRAPHIC
    less = made.values(kind_graphic=0.2, kind_document=0.15, kind_landscape=0.9)
    assert kind_of(less, _PLAIN) is Kind.LANDSCAPE


def test_a_surer_kind_of_photo_outweighs_what_is_no_photo() -> None:
    """What is left out of rank and cull must be the likelier."""
    deep_sky = made.values(kind_graphic=0.25, kind_scientific=0.2, kind_night=0.65)
    assert kind_of(deep_sky, _PLAIN) is Kind.NIGHT


def test_an_unclear_kind_is_not_told() -> None:
    assert kind_of(made.values(kind_landscape=0.49), _PLAIN) is None


@pytest.mark.parametrize(
    ("red", "blue", "direction"),
    [
        (0.3, -0.3, "cool down"),
        (-0.3, 0.3, "warm up"),
        (0.3, 0.3, "less magenta"),
        (-0.3, -0.3, "less green"),
    ],
)
def test_which_way_a_cast_goes_is_measured(red: float, blue: float, direction: str) -> None:
    values = made.values(flaw_color_cast=1.0)
    (one,) = suggestions_of(values, made.measures(red, blue), _PLAIN)
    assert (one.flaw, one.direction) == (Flaw.COLOR_CAST, direction)


def test_every_flaw_has_advice_and_a_reason() -> None:
    for flaw in FLAWS:
        (one,) = suggestions_of(made.flawed(flaw), _GREY, _PLAIN)
        assert one.flaw is flaw and one.advice
        assert FLAW_REASONS[flaw]


def test_probabilities_are_by_the_flaws_own_curve() -> None:
    likely = flaw_probabilities(made.values(flaw_blur=made.LEAST), _PLAIN)
    assert likely[Flaw.BLUR] == pytest.approx(0.5)
    assert likely[Flaw.NOISE] < 0.001


def test_the_narrower_subject_is_told_first() -> None:
    config = made.config(subjects={"cat": 0.5, "animal": 0.5, "sea": 0.5})
    both = made.values(word_cat=0.6, word_animal=0.9)
    assert content_of(both, config).subject == "a cat"
    assert content_of(made.values(word_animal=0.9), config).subject == "an animal"
    assert content_of(made.values(word_sea=0.9), config).subject == "the sea"
    assert content_of(made.values(word_cat=0.4), config).subject is None
    assert content_of(made.values(word_dog=9.0), config).subject is None  # never right enough
    for narrow, broad in (("cat", "animal"), ("man", "person"), ("church", "building")):
        assert SUBJECTS.index(narrow) < SUBJECTS.index(broad)


def test_keywords_are_told_from_their_limits_on() -> None:
    words = ("tree", "sky", "cloud", "snow", "grass", "rock", "water", "wave", "sand")
    config = made.config(words=dict.fromkeys(words, 0.5))
    found = made.values(word_tree=0.6, word_sky=0.8, word_snow=0.4, word_hat=9.0)
    assert content_of(found, config).keywords == ("sky", "tree")
    many = made.values(**{f"word_{word}": 0.9 - 0.01 * n for n, word in enumerate(words)})
    assert content_of(many, config).keywords == words[:8]


_EFFECTS = {"blur": -2.0, "noise": -1.0, "light": 1.0, "mood": 0.5}
_REASONED = made.config(
    effects=_EFFECTS,
    usual={"blur": 0.25, "light": 0.2},
    telling={"blur": 0.8, "noise": 0.3, "light": 0.3, "mood": 0.2},
)


def test_reasons_are_told_beyond_what_is_usual_the_strongest_first() -> None:
    values = made.values(flaw_blur=1.7, strength_light=0.7, strength_mood=0.3)
    told_ = reasons_of(values, _GREY, _REASONED)
    assert [(one.text, one.points) for one in told_] == [
        ("not sharp", -1.5),
        (STRENGTHS["light"], 0.5),
    ]
    assert reasons_of(made.values(), _GREY, _REASONED) == ()


def test_at_most_three_reasons() -> None:
    values = made.values(flaw_blur=1.7, flaw_noise=1.7, strength_light=1.3, strength_mood=2.0)
    assert [one.points for one in reasons_of(values, _GREY, _REASONED)] == [-1.5, 1.1, -1.0]


def test_a_flaw_never_praises_nor_its_absence() -> None:
    config = made.config(
        effects={"blur": -2.0, "light": 1.0},
        usual={"blur": 0.9, "light": 0.9},
        telling={"blur": 0.1, "light": 0.1},
    )
    assert reasons_of(made.values(), _GREY, config) == ()


_SEPIA = (1.07, 0.95, 0.75)
_WARM = (1.3, 1.0, 0.45)  # daylight's white balance under a light bulb

Colours = NDArray[np.float64]  # [H, W, 3], 0..1


def _scene() -> Colours:
    """Soft patches of all hues: a photo as far as colours go."""
    coarse = np.random.default_rng(0).integers(0, 255, (9, 12, 3), np.uint8)
    smooth = Image.fromarray(coarse).resize((480, 360), Image.Resampling.BICUBIC)
    scene: Colours = np.asarray(smooth) / 255
    return scene


def _greys(scene: Colours, tint: tuple[float, ...] = (1, 1, 1)) -> Colours:
    light = scene @ np.array([0.299, 0.587, 0.114])
    toned: Colours = light[..., None] * np.array(tint)
    return toned


def _measured(colours: Colours) -> Numbers:
    pixels = (colours.clip(0, 1) * 255).round().astype(np.uint8)
    return measure(whole_view(pixels), patch_view(pixels))


_CLIPPED = pytest.param(
    (0.6, 0.95, 1.15),
    marks=pytest.mark.xfail(strict=True, reason="a tint that clips a channel looks like light"),
)


@pytest.mark.parametrize(
    "tint", [(1, 1, 1), (1.005, 1, 0.995), _SEPIA, (0.55, 0.75, 1.0), _CLIPPED]
)
def test_black_and_white_and_one_tone_all_over_are_toned(tint: tuple[float, ...]) -> None:
    assert is_toned(_measured(_greys(_scene(), tint)))


def test_a_photo_of_many_hues_is_not_toned() -> None:
    assert not is_toned(_measured(_scene()))
    assert not is_toned(_measured(_scene() * np.array(_WARM)))  # a cast, and not a toning


@pytest.mark.parametrize("light", [(1, 1, 1), _WARM])
@pytest.mark.parametrize("name", ["coffee", "chelsea"])
def test_a_photo_of_warm_things_is_not_toned(name: str, light: tuple[float, ...]) -> None:
    data = pytest.importorskip("skimage.data")
    photo = getattr(data, name)() / 255
    assert not is_toned(_measured(photo * np.array(light)))


def test_one_colour_left_in_black_and_white_is_not_undone() -> None:
    """Nor is it called toned for it: little is coloured, and that in one hue."""
    spot = _greys(_scene())
    spot[100:200, 100:200] *= (1, 0.3, 0.3)
    assert not is_toned(_measured(spot))


def test_colours_that_were_meant_are_no_flaw() -> None:
    values = made.flawed(Flaw.COLOR_CAST, Flaw.UNDERSATURATED, Flaw.BLUR)
    effects = {"color_cast": -2.0, "undersaturated": -2.0, "blur": -1.0}
    config = made.config(effects=effects, telling=dict.fromkeys(effects, 0.1))
    sepia, colour = _measured(_greys(_scene(), _SEPIA)), _measured(_scene())
    assert [one.flaw for one in suggestions_of(values, sepia, config)] == [Flaw.BLUR]
    assert [one.text for one in reasons_of(values, sepia, config)] == [FLAW_REASONS[Flaw.BLUR]]
    assert len(suggestions_of(values, colour, config)) == 3
    assert len(reasons_of(values, colour, config)) == 3


def test_strengths_are_the_ones_beyond_their_limits() -> None:
    config = made.config(strengths={"light": 0.3, "mood": 0.5, "lines": 0.5})
    values = made.values(strength_light=0.4, strength_mood=0.9, strength_lines=0.1)
    assert strengths_of(values, config) == ["mood", "light"]
    assert strengths_of(made.values(strength_detail=9.0), config) == []


def test_values_are_by_target() -> None:
    rows = [made.values(flaw_blur=0.25), made.values(strength_mood=0.5)]
    assert values_of(made.findings(rows, [1.0, 2.0]).targets) == rows


def test_nothing_that_stands_out_is_empty_and_not_none() -> None:
    (one,) = answers_of(made.findings([made.values()], [5.12345]), _GREY[None], _PLAIN)
    answer = one.answer(embedding=b"12")
    assert (answer.suggestions, answer.reasons) == ((), ())
    assert answer.content is not None and answer.content.is_photo
    assert (answer.content.kind, answer.content.subject, answer.content.keywords) == (
        None,
        None,
        (),
    )
    assert (answer.score, answer.uncertainty, answer.embedding) == (5.123, 0.99, b"12")
    assert one.strengths == ()


def test_each_photo_of_a_batch_is_told_of_by_its_own_numbers() -> None:
    rows = [made.values(flaw_color_cast=1.0), made.values(), made.values(flaw_color_cast=1.0)]
    views = np.stack([made.measures(0.3, -0.3), _GREY, made.measures(-0.3, 0.3)])
    found = answers_of(made.findings(rows, [3.0, 9.7, 4.0]), views, _PLAIN)
    assert [one.score for one in found] == pytest.approx([3.0, 9.7, 4.0])
    directions = [[s.direction for s in one.suggestions] for one in found]
    assert directions == [["cool down"], [], ["warm up"]]


def test_no_photos_nothing_told() -> None:
    nothing = Findings(
        score=made.zeros(0),
        uncertainty=made.zeros(0),
        folds=made.zeros(0, 2),
        targets=made.findings([made.values()], [1.0]).targets[:0],
    )
    assert answers_of(nothing, made.measures()[None][:0], _PLAIN) == []


def _answer_of(values: dict[str, float], measures: Numbers = _GREY) -> JudgeAnswer:
    (one,) = answers_of(made.findings([values], [5.0]), measures[None], _PLAIN)
    return one


def test_only_what_is_all_but_sure_may_be_stated() -> None:
    sure, likely = _answer_of(made.values(flaw_blur=1.0)), _answer_of(made.values(flaw_blur=0.8))
    assert sure.claim is not None and sure.claim.flaw is Flaw.BLUR
    assert likely.suggestions and likely.claim is None


def test_a_tilt_is_left_to_the_measurement() -> None:
    tilted = _answer_of(made.values(flaw_tilted_horizon=1.0))
    assert tilted.suggestions and tilted.claim is None


def test_an_empty_frame_is_told_as_nothing_else() -> None:
    empty = _answer_of(made.values(empty=0.9, flaw_noise=1.0, kind_night=1.0, word_sky=1.0))
    assert empty.empty and not empty.suggestions and empty.content == Content()
    (reason,) = empty.reasons
    assert reason.text == EMPTY_REASON and reason.points < 0


def test_the_colours_are_those_of_a_good_part_of_the_frame() -> None:
    shares = np.array([0.3, 0.1, 0.0, 0.02, 0.05, 0.0, 0.18, 0.0])  # greens in two sectors
    measures = made.measures()
    measures[HUE_SHARES] = np.sqrt(shares)
    assert colours_of(measures) == ("greens", "blues")
    measures[HUE_SHARES] = 0.0
    assert colours_of(measures) == ()
