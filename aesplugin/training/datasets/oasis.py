"""OASIS beauty: photographs with votes 1..7, in this project's layout; split by theme.

Layout: `images.csv` (item, file, theme, beauty_mos; beauty_sd where known), `votes.csv` (user,
item, beauty), `images/`. Photos: Kurdi, Lozano & Banaji 2017; votes: Brielmann & Pelli 2019.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from aesplugin.evaluation.benchmarks.oasis import MOS_MAX, MOS_MIN
from aesplugin.models.personal.panel import read_panel
from aesplugin.training.datasets.base import PersonalRating, RatedPhoto, stable_split
from aesplugin.training.datasets.reading import Pictures, Row, number, stretch, table
from aesplugin.training.datasets.skipped import Skip, Skipped

_STRETCH: Final = 9 / (MOS_MAX - MOS_MIN)


class Oasis:
    """Rated photos, and who rated them."""

    def __init__(self, root: Path, skipped: Skipped) -> None:
        self._root, self._skipped = root, skipped
        self._pictures = Pictures(root / "images")

    def rated(self) -> Iterator[RatedPhoto]:
        rows = table(self._root / "images.csv", ("file", "theme", "beauty_mos"))
        yield from self._skipped.keep(rows, self._photo)

    def personal(self) -> Iterator[PersonalRating]:
        panel = read_panel(self._root)

        def rating(cell: tuple[int, int]) -> PersonalRating:
            person, photo = cell
            user, theme = panel.users[person], panel.themes[photo]
            return PersonalRating(
                user=f"oasis:{user}",
                path=self._pictures.find(panel.paths[photo].name),
                rating=stretch(float(panel.ratings[person, photo]), 1, 5),  # a panel holds stars
                split=stable_split(f"oasis/{theme}"),
                user_split=stable_split(f"oasis/user/{user}"),
                theme=theme,
            )

        cells = ((int(person), int(photo)) for person, photo in np.argwhere(panel.rated))
        yield from self._skipped.keep((("votes.csv", cell) for cell in cells), rating)

    def _photo(self, row: Row) -> RatedPhoto:
        if not row["beauty_mos"]:
            raise Skip("unlabelled", f"nobody voted on {row['file']!r}")
        mean = number(row["beauty_mos"], MOS_MIN, MOS_MAX, "beauty_mos")
        spread = row.get("beauty_sd")
        return RatedPhoto(
            path=self._pictures.find(row["file"]),
            score=stretch(mean, MOS_MIN, MOS_MAX),
            spread=number(spread, 0, MOS_MAX, "beauty_sd") * _STRETCH if spread else None,
            theme=row["theme"] or None,
            split=stable_split(f"oasis/{row['theme']}"),
        )
