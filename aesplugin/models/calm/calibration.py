"""Numbers chosen on validation photos, stored beside the weights: when to name a flaw at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from aesplugin.assessment import SYNTHETIC_FLAWS
from aesplugin.errors import WeightsDamaged
from aesplugin.models.calm.config_schema import WAY_OUT, first_fault
from aesplugin.models.wording.aspects import ASPECT_NAMES

_Positive = Annotated[FiniteFloat, Field(gt=0)]
ReadOut = Literal["regression", "levels", "text"]

CALIBRATION = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """`clean_margins`: how much likelier than "clean" each flaw must be (in logits) to be named;
    0 where nothing was calibrated. `second_share`: the least probability of a second or third
    flaw. `usual_doubt`: how likely each aspect of a clean photo seems spoilt.
    """

    read_out: ReadOut = "regression"
    clean_margins: Mapping[str, float] = field(default_factory=dict)
    second_share: float = 0.2
    usual_doubt: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Calibration":
        """From `calibration.json`; the defaults where there is none.

        Raises:
            WeightsDamaged: it is there and is not whole; no threshold is guessed.
        """
        path = folder / CALIBRATION
        if not path.exists():
            return cls()
        try:
            stored = TypeAdapter(_Stored).validate_json(path.read_bytes())
        except OSError as error:
            raise WeightsDamaged(f"{path} cannot be read: {error.strerror}; {WAY_OUT}") from None
        except ValidationError as error:
            raise WeightsDamaged(
                f"{path} is not a calibration ({first_fault(error)}): {WAY_OUT}, or create it with "
                "`aesplugin train calibrate`"
            ) from None
        return cls(stored.read_out, stored.clean_margins, stored.second_share, stored.usual_doubt)


def _every_flaw(margins: dict[str, float]) -> dict[str, float]:
    """A flaw left out would be named at the slightest suspicion."""
    return _named_so(margins, {flaw.value for flaw in SYNTHETIC_FLAWS}, "flaw")


def _every_aspect(doubts: dict[str, float]) -> dict[str, float]:
    return _named_so(doubts, set(ASPECT_NAMES), "aspect")


def _named_so(given: dict[str, float], known: set[str], what: str) -> dict[str, float]:
    for name in sorted(known ^ given.keys()):
        raise ValueError(f"{name} is missing" if name in known else f"unknown {what} {name}")
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """The file, in which nothing may be left out."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True)

    read_out: ReadOut
    clean_margins: Annotated[dict[str, FiniteFloat], AfterValidator(_every_flaw)]
    second_share: Annotated[float, Field(ge=0, le=1)]
    usual_doubt: Annotated[dict[str, _Positive], AfterValidator(_every_aspect)]
