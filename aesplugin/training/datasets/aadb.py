"""AADB: Flickr photos with a score and eleven attributes (Kong et al., ECCV 2016).

Layout: `imgListFiles_label/imgList{Train,Validation,TestNew}Regression_score.txt` with lines
"file score" (five ratings 1..5, averaged, as 0..1), the same with an attribute's name for `score`
(-1..1); `datasetImages_originalSize/` (or `datasetImages_warp256/`, squashed to squares) and, for
the test part, `AADB_newtest_originalSize/` (or `AADB_newtest/`, whose names begin with the score).
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from aesplugin.training.datasets.base import RatedPhoto, Split
from aesplugin.training.datasets.reading import Pictures, lines, number, stretch
from aesplugin.training.datasets.skipped import Skip, Skipped

_PARTS: Final[dict[Split, str]] = {"test": "TestNew", "validate": "Validation", "train": "Train"}
_PICTURES: Final = (
    "datasetImages_originalSize",
    "AADB_newtest_originalSize",
    "datasetImages_warp256",
    "AADB_newtest",
)
_ATTRIBUTES: Final = {
    "BalacingElements": "balancing_elements",  # spelled so in the release
    "ColorHarmony": "color_harmony",
    "Content": "content",
    "DoF": "depth_of_field",
    "Light": "light",
    "MotionBlur": "motion_blur",
    "Object": "object_emphasis",
    "Repetition": "repetition",
    "RuleOfThirds": "rule_of_thirds",
    "Symmetry": "symmetry",
    "VividColor": "vivid_color",
}


class Aadb:
    """Rated photos with attributes."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._labels, self._skipped = root / "imgListFiles_label", skipped
        self._pictures = Pictures(*(root / name for name in _PICTURES))

    def rated(self) -> Iterator[RatedPhoto]:
        for split in _PARTS:
            photo = self._maker(split)
            yield from self._skipped.keep(lines(self._file(split, "score")), photo)

    def _maker(self, split: Split) -> Callable[[str], RatedPhoto]:
        attributes = self._attributes(split)

        def photo(line: str) -> RatedPhoto:
            name, score = _pair(line, 0)
            return RatedPhoto(
                path=self._pictures.find(name, f"{score:.3f}_{name}"),
                score=stretch(score, 0, 1),
                split=split,
                attributes=attributes.get(name, {}),
            )

        return photo

    def _attributes(self, split: Split) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {}
        for official, ours in _ATTRIBUTES.items():
            path = self._file(split, official)
            if not path.is_file():
                self._skipped.report(f"no {path.name}: {ours} is unknown")
                continue
            for name, value in self._skipped.keep(lines(path), lambda line: _pair(line, -1)):
                found.setdefault(name, {})[ours] = value
        return found

    def _file(self, split: Split, what: str) -> Path:
        return self._labels / f"imgList{_PARTS[split]}Regression_{what}.txt"


def _pair(line: str, low: float) -> tuple[str, float]:
    name, *rest = line.split()
    if len(rest) != 1:
        raise Skip("malformed", f"{len(rest) + 1} columns, not 2")
    return name, number(rest[0], low, 1)
