"""A labelled set small enough for tests: twelve pictures of two sources, half of them voted on."""

import csv
import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.training.world import photo

RATED, OTHERS = 6, 6
_KINDS = ("landscape", "portrait", "pet", "street", "food", "graphic")


class Labelled(NamedTuple):
    """Where the labels and the votes are."""

    labels: Path
    oasis: Path


def make_labelled(root: Path) -> Labelled:
    """Writes pictures, `labels.jsonl` and OASIS's table below `root`."""
    labels, oasis = root / "labelled", root / "oasis"
    rows = []
    for number in range(RATED + OTHERS):
        rated = number < RATED
        name = f"{'oasis/images' if rated else 'labelled/photos/stock'}/{number}.jpg"
        photo(root / name, number)
        rows.append(label(name, number))
    write_labels(labels, rows)
    with (oasis / "images.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["item", "file", "theme", "beauty_mos"])
        for number in range(RATED):
            table.writerow([number, f"{number}.jpg", f"theme {number // 2}", 2 + number % 5])
    return Labelled(labels, oasis)


def label(name: str, number: int, **changes: Any) -> dict[str, Any]:
    """What somebody might have said of picture `number`; one in three needs nothing."""
    fine = number % 3 == 0
    row = {
        "file": name,
        "split": "choose" if number % 4 == 3 else "train",
        "kind": _KINDS[number % len(_KINDS)],
        "subject": "a cat" if number % 2 else "two trees",
        "keywords": ["sky", "grass"],
        "flaws": {} if fine else {"blur": 2, "clutter": 1} if number % 2 else {"noise": 2},
        "none_needed": fine,
        "score": 3.0 + number % 6,
        "good": "Golden light on the calm water.",
        "bad": "The cat is out of focus.",
    }
    return row | changes


def write_labels(folder: Path, rows: list[dict[str, Any]]) -> None:
    """The file that `rows` are read from."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
