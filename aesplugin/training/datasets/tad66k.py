"""TAD66K: photos of 47 themes, rated by each theme's own criteria (He et al., IJCAI 2022).

Layout: `labels/merge/test.csv` and `train.csv` (image, score 1..10), `labels/unmerge/*/THEME.csv`
with the same columns (the only place that tells themes), `TAD66K/` with the pictures, or the
pictures beside `labels/`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from aesplugin.training.datasets.base import RatedPhoto, Split, within_train
from aesplugin.training.datasets.reading import Pictures, Row, number, table
from aesplugin.training.datasets.skipped import Skipped

_COLUMNS: Final = ("image", "score")


class Tad66k:
    """Rated photos."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._labels, self._skipped = root / "labels", skipped
        folder = root / "TAD66K"
        self._pictures = Pictures(folder if folder.is_dir() else root)

    def rated(self) -> Iterator[RatedPhoto]:
        themes = self._themes()
        for official in ("test", "train"):
            rows = table(self._labels / "merge" / f"{official}.csv", _COLUMNS)
            yield from self._skipped.keep(rows, self._maker(themes, is_test=official == "test"))

    def _maker(self, themes: dict[str, str], *, is_test: bool) -> Callable[[Row], RatedPhoto]:
        def photo(row: Row) -> RatedPhoto:
            name = row["image"]
            split: Split = "test" if is_test else within_train(f"tad66k/{name}")
            return RatedPhoto(
                path=self._pictures.find(name),
                score=number(row["score"], 1, 10),
                theme=themes.get(name),
                split=split,
            )

        return photo

    def _themes(self) -> dict[str, str]:
        files = sorted((self._labels / "unmerge").glob("*/*.csv"))
        if not files:
            self._skipped.report("no labels/unmerge: photos have no theme")
        return {row["image"]: file.stem for file in files for _, row in table(file, ("image",))}
