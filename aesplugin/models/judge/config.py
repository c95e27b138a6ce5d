"""What the judge tells, in order, and the numbers it was calibrated to: `judge.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from aesplugin.assessment import Flaw, Kind
from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.judge.vocabulary import STRENGTHS, WORDS

CONFIG: Final = "judge.json"
FLAWS: Final = tuple(Flaw)
KINDS: Final = tuple(Kind)
STRENGTH_NAMES: Final = tuple(STRENGTHS)
WORD_TARGETS: Final = WORDS

SCORE, DAMAGE = "score", "damage"
UNTOUCHED: Final = "untouched"
EMPTY: Final = "empty"  # a frame that shows nothing at all
_WAY_OUT: Final = "copy the whole model folder again, or reinstall aesplugin"


def flaw_target(flaw: Flaw) -> str:
    """The target that says how much of a flaw there is, 0..1."""
    return f"flaw {flaw.value}"


def kind_target(kind: Kind) -> str:
    """The target that says whether a picture is of a kind."""
    return f"kind {kind.value}"


def strength_target(name: str) -> str:
    """The target that says whether a photo has one of `STRENGTHS`."""
    return f"strength {name}"


def word_target(word: str) -> str:
    """The target that says whether a photo shows what a word names."""
    return f"word {word}"


TARGETS: Final = (
    SCORE,
    DAMAGE,
    UNTOUCHED,
    EMPTY,
    *(flaw_target(flaw) for flaw in FLAWS),
    *(kind_target(kind) for kind in KINDS),
    *(strength_target(name) for name in STRENGTH_NAMES),
    *(word_target(word) for word in WORD_TARGETS),
)
"""Columns of the kernel's output; after them `BY_FOLD` of each fold."""

BY_FOLD: Final = (SCORE, DAMAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logistic:
    """A target's value to a probability: 1 / (1 + exp(-(slope * value + offset)))."""

    slope: FiniteFloat
    offset: FiniteFloat


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """Numbers chosen on photos the judge did not learn from.

    `votes_share` is how much the votes count in the score. Of the `damage` that was learnt from
    made copies, in points, what lies above `damage_floor` is taken off, times `damage_share`.
    `centre` and `gain` give estimates the spread of the labels. `uncertainty` is two numbers: the
    score's standard error is the first plus the second times the likeness to what was learnt.
    A flaw is shown from the probability `least_flaw` on, where the photo is "untouched" (needs
    nothing) at most to `most_untouched`; a comment states it from `least_claim` on. `kind_least`,
    `subjects` and `words` are the least values from which a kind, a subject or a keyword is told;
    from `photo_margin` on, where no kind of photo is likelier, it is no photo. `effects` are points
    of score by flaw and strength, against `usual` values; one is told as a reason from `telling`
    points on. `strengths` are the least values of a strength worth praise.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    folds: Annotated[int, Field(ge=0)]
    votes_share: Annotated[FiniteFloat, Field(ge=0, le=1)]
    damage_share: Annotated[FiniteFloat, Field(ge=0)]
    damage_floor: FiniteFloat
    centre: FiniteFloat
    gain: Annotated[FiniteFloat, Field(gt=0)]
    uncertainty: tuple[FiniteFloat, FiniteFloat]
    flaws: dict[str, Logistic]
    least_flaw: Annotated[FiniteFloat, Field(ge=0, le=1)]
    most_untouched: FiniteFloat
    least_claim: Annotated[FiniteFloat, Field(ge=0, le=1)]
    kind_least: FiniteFloat
    photo_margin: FiniteFloat
    subjects: dict[str, FiniteFloat] = field(default_factory=dict)
    words: dict[str, FiniteFloat] = field(default_factory=dict)
    strengths: dict[str, FiniteFloat] = field(default_factory=dict)
    effects: dict[str, FiniteFloat] = field(default_factory=dict)
    usual: dict[str, FiniteFloat] = field(default_factory=dict)
    telling: dict[str, FiniteFloat] = field(default_factory=dict)

    def probability(self, flaw: Flaw) -> Logistic:
        """How a flaw's target becomes a probability."""
        return self.flaws[flaw.value]


_CONFIGS: Final = TypeAdapter(JudgeConfig)


def read_config(folder: Path) -> JudgeConfig:
    """The configuration of the judge in `folder`.

    Raises:
        WeightsMissing: it cannot be read.
        WeightsDamaged: it is not whole.
    """
    path = folder / CONFIG
    try:
        config = _CONFIGS.validate_json(path.read_bytes())
    except OSError as error:
        raise WeightsMissing(f"{path} cannot be read ({error.strerror}): {_WAY_OUT}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WeightsDamaged(f"{path} is damaged ({place}: {first['msg']}): {_WAY_OUT}") from None
    _require_whole(path, config.flaws)
    return config


def _require_whole(path: Path, flaws: Mapping[str, Logistic]) -> None:
    """A flaw left out would never be shown, or always."""
    for name in sorted({flaw.value for flaw in FLAWS} ^ flaws.keys()):
        raise WeightsDamaged(f"{path} belongs to another release ({name}): {_WAY_OUT}")


def config_json(config: JudgeConfig) -> bytes:
    """The configuration as the file's bytes."""
    return _CONFIGS.dump_json(config, indent=1) + b"\n"
