"""What each loss of a stage counts where a file says nothing, by its name in `losses.jsonl`."""

from collections.abc import Mapping
from types import MappingProxyType

from aesplugin.errors import SettingsError

_LABELLED = {
    "flaw": 1.0,
    "severity": 1.0,
    "way": 0.5,
    "order": 1.0,
    "keep": 0.3,
    "triplet": 0.3,
    "crop": 0.5,
}  # of self-supervision without text; the stages after it keep them in practice

WEIGHTS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "self_supervised": {**_LABELLED, "align": 0.3, "cue": 0.2},
        "generic": {**_LABELLED, "theme": 0.5, "caption": 0.5},
        "comments": {**_LABELLED, "comment": 1.0, "critique": 1.0, "remedy": 1.0},
        "scores": {"number": 0.5, "rank": 0.2, "comment": 1.0},
    }
)
"""All losses that a stage may have, by stage; some only with data or settings of their own."""


def check_weights(stage: str, given: Mapping[str, float], source: str) -> None:
    """Refuses a weight of a loss that the stage never has.

    Raises:
        SettingsError: names the first such, and those there are.
    """
    known = WEIGHTS[stage]
    for name in given:
        if name not in known:
            raise SettingsError(
                f"{source}: in stages {stage} weights unknown loss {name!r}; "
                f"known: {', '.join(known)}"
            )
