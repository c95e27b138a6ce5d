from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aesplugin.errors import UsageError
from aesplugin.evaluation.plots import Bars, Scatter, check_plot, draw_panels

pytest.importorskip("matplotlib")


def _bars(value: float = 0.8) -> Bars:
    return Bars(
        title="won",
        labels=["noise", "blur", "tilt"],
        series={"mild": [0.5, value, float("nan")], "strong": [0.9, -0.2, 1.0]},
        spread={"mild": [0.1, float("nan"), 0.1]},
        marks={"chance": 0.5},
    )


def test_bars_are_drawn_and_follow_the_values(tmp_path: Path) -> None:
    for name, value in (("a.png", 0.8), ("b.png", 0.2)):
        draw_panels(tmp_path / name, [_bars(value), _bars()])
    one, two = (
        np.asarray(Image.open(tmp_path / name).convert("RGB")) for name in ("a.png", "b.png")
    )
    assert one.shape == two.shape and one.shape[1] > one.shape[0]
    assert (one != two).any()
    draw_panels(tmp_path / "c.svg", [_bars()])
    assert "<svg" in (tmp_path / "c.svg").read_text()


def test_points_stand_beside_bars(tmp_path: Path) -> None:
    for name, points in (
        ("a.png", [(2.0, 3.0)]),
        ("b.png", [(2.0, 3.0), (8.0, 9.0)]),
        ("c.png", []),
    ):
        panel = Scatter(title="scores", x="label", y="model", points=points, bounds=(1, 10))
        draw_panels(tmp_path / name, [_bars(), panel])
    one, two, none = (
        np.asarray(Image.open(tmp_path / name).convert("RGB"))
        for name in ("a.png", "b.png", "c.png")
    )
    assert (one != two).any() and (one != none).any()


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    check_plot(None)
    check_plot(tmp_path / "fine.png")
    with pytest.raises(UsageError, match=r"plot\.txt: a plot's file name must end in \.png"):
        check_plot(tmp_path / "plot.txt")
    with pytest.raises(UsageError, match="absent is not a folder"):
        check_plot(tmp_path / "absent" / "plot.png")
    (tmp_path / "taken.png").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        draw_panels(tmp_path / "taken.png", [_bars()])
