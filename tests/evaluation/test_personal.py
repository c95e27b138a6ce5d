from pathlib import Path

import numpy as np
import pytest

from aesplugin.errors import DataError
from aesplugin.evaluation.personal import general, measure_methods, ridge, splits
from aesplugin.models.personal.panel import Panel, Seen, read_panel


def write(root: Path, *, votes: str, images: str = "") -> Path:
    rows = images or "".join(f"{i},{i}.jpg,t{i % 9},\n" for i in range(60))
    (root / "images.csv").write_text("item,file,theme,beauty_mos\n" + rows)
    (root / "votes.csv").write_text(votes)
    return root


def random_votes(*, part: bool) -> str:
    rng = np.random.default_rng(0)
    lines = ["user,item,beauty" + (",part" if part else "")]
    for user in range(4):
        for item in range(60):
            end = "," + ("query" if item % 3 == 0 else "support") if part else ""
            lines.append(f"u{user},{item},{rng.integers(1, 8)}{end}")
    return "\n".join(lines) + "\n"


def seen(panel: Panel) -> Seen:
    rng = np.random.default_rng(1)
    count = len(panel.paths)
    return Seen(
        embeddings=rng.standard_normal((count, 6)).astype(np.float32),
        scores=rng.uniform(1, 10, count).astype(np.float32),
    )


def test_parts_of_the_table_are_used(tmp_path: Path) -> None:
    panel = read_panel(write(tmp_path, votes=random_votes(part=True)))
    for split in splits(panel):
        assert set(split.query % 3) == {0}
        assert not set(split.query) & set(split.support)


def test_without_parts_support_and_query_share_no_theme(tmp_path: Path) -> None:
    panel = read_panel(write(tmp_path, votes=random_votes(part=False)))
    themes = np.array(panel.themes)
    for split in splits(panel):
        assert not set(themes[split.query]) & set(themes[split.support])


def test_photos_without_a_mean_score_are_allowed_and_votes_become_stars(tmp_path: Path) -> None:
    panel = read_panel(write(tmp_path, votes=random_votes(part=False)))
    assert len(panel.paths) == 60
    assert np.nanmin(panel.ratings) == 1
    assert np.nanmax(panel.ratings) == 5


def test_an_oracle_reaches_one_and_chance_stays_near_nought(tmp_path: Path) -> None:
    panel = read_panel(write(tmp_path, votes=random_votes(part=True)))
    looks = seen(panel)
    told = Seen(embeddings=looks.embeddings, scores=np.nanmean(panel.ratings, axis=0))
    alone = Panel(
        paths=panel.paths,
        themes=panel.themes,
        users=panel.users[:1],
        ratings=panel.ratings[:1],
        asked=None if panel.asked is None else panel.asked[:1],
    )
    oracle = Seen(embeddings=looks.embeddings, scores=panel.ratings[0])
    (shot,) = measure_methods(alone, oracle, {"general": general}, shots=(0,))["general"]
    assert shot.srcc == pytest.approx(1)
    assert shot.lift10 > 2
    shots = measure_methods(panel, told, {"ridge": ridge}, shots=(1, 10, 30, 500))["ridge"]
    assert [shot.k for shot in shots] == [1, 10, 30]  # nobody has 500
    assert all(shot.low <= shot.srcc <= shot.high for shot in shots)


@pytest.mark.parametrize(
    ("votes", "complaint"),
    [
        ("user,item,beauty\nu,999,3\n", "line 2: item '999'"),
        ("user,item,beauty\nu,1,eight\n", "line 2: 'eight'"),
        ("user,item,beauty\nu,1,8\n", "line 2: '8'"),
        ("user,item,beauty,part\nu,1,3,maybe\n", "part 'maybe'"),
        ("user,item\nu,1\n", "lacks the column 'beauty'"),
        ("", "lacks the column"),
        ("user,item,beauty\n", "has no rows"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path: Path, votes: str, complaint: str) -> None:
    with pytest.raises(DataError) as caught:
        read_panel(write(tmp_path, votes=votes))
    assert complaint in str(caught.value)


def test_nobody_to_measure_is_said(tmp_path: Path) -> None:
    same = "user,item,beauty\n" + "".join(f"u,{i},4\n" for i in range(60))
    with pytest.raises(DataError, match="nothing to measure"):
        splits(read_panel(write(tmp_path, votes=same)))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"images\.csv"):
        read_panel(tmp_path / "nowhere")
