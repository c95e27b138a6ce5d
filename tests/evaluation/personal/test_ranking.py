from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aesplugin.errors import DataError
from aesplugin.evaluation.personal.figures import summaries
from aesplugin.evaluation.personal.folds import honest_trials
from aesplugin.evaluation.personal.ranking import (
    METHODS,
    Trial,
    general,
    measure,
    measure_crowd,
    measure_personal,
    ridge,
    whole_trial,
)
from aesplugin.evaluation.personal.splits import splits
from aesplugin.models.personal.model import PersonalModel
from aesplugin.models.personal.panel import Panel, Seen, read_panel
from aesplugin.models.personal.plain import plain_model


def write(root: Path, *, votes: str, images: str = "") -> Path:
    rows = images or "".join(f"{i},{i}.jpg,t{i % 9},\n" for i in range(60))
    (root / "images.csv").write_text("item,file,theme,beauty_mos\n" + rows)
    (root / "images").mkdir()
    for item in range(60):
        (root / "images" / f"{item}.jpg").touch()
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


def model_of(looks: Seen) -> PersonalModel:
    return plain_model(looks.embeddings, looks.scores)


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
    trial = whole_trial(alone, model_of(oracle))
    (shot,) = summaries(measure([trial], oracle, {"general": general}, shots=(0,))["general"])
    assert shot.srcc == pytest.approx(1)
    assert shot.lift10 > 2
    everyone = whole_trial(panel, model_of(told))
    found = measure([everyone], told, {"ridge": ridge}, shots=(1, 10, 30, 500))["ridge"]
    shots = summaries(found)
    assert [shot.k for shot in shots] == [1, 10, 30]  # nobody has 500
    assert all(shot.low <= shot.srcc <= shot.high for shot in shots)


def test_the_crowd_is_the_mean_of_all_others(tmp_path: Path) -> None:
    lines = ["user,item,beauty"]
    for item in range(60):
        lines += [f"one,{item},{1 + item % 7}", f"two,{item},{7 - item % 7}"]
    panel = read_panel(write(tmp_path, votes="\n".join(lines) + "\n"))
    (shot,) = summaries(measure_crowd([whole_trial(panel, model_of(seen(panel)))]))
    assert shot.srcc == pytest.approx(-1)  # each hears the other alone


def test_every_method_starts_from_the_general_score(tmp_path: Path) -> None:
    panel = read_panel(write(tmp_path, votes=random_votes(part=True)))
    looks = seen(panel)
    report = measure_personal([whole_trial(panel, model_of(looks))], looks, note="")
    assert [shot.k for shot in report.shots] == [0, 1, 5, 10, 30]
    at_none = {name: shots[0].srcc for name, shots in report.baselines.items() if name != "crowd"}
    assert set(at_none.values()) == {report.shots[0].srcc}
    assert report.shots[0].srcc == report.shots[1].srcc  # one rating says nothing
    assert set(METHODS) - {"personal", "in-context alone"} < set(report.baselines)
    assert report.users == 4


def test_people_with_a_single_vote_are_left_out(tmp_path: Path) -> None:
    votes = random_votes(part=False) + "shy,3,5\n"
    panel = read_panel(write(tmp_path, votes=votes))
    assert len(panel.users) == 5
    assert {panel.users[split.user] for split in splits(panel)} == {"u0", "u1", "u2", "u3"}


def test_votes_on_photos_that_are_not_there_are_left_out_and_said(tmp_path: Path) -> None:
    root = write(tmp_path, votes=random_votes(part=True) + "u0,999,3,query\n")
    (root / "images" / "7.jpg").unlink()
    panel = read_panel(root)
    assert len(panel.paths) == 59
    assert panel.absent == "left out: 1 photo without a file, with 5 votes"
    assert len(splits(panel)) == 4
    for path in panel.paths:
        path.unlink()
    with pytest.raises(DataError, match="none of the 60 photos"):
        read_panel(root)


def test_a_model_that_learnt_from_the_photos_is_made_anew_or_called_optimistic(
    tmp_path: Path,
) -> None:
    panel = read_panel(write(tmp_path, votes=random_votes(part=True)))
    looks = seen(panel)
    shipped = replace(model_of(looks).card, space="embedded")
    model = model_of(looks)
    model.card = shipped
    folds = np.arange(60) % 3

    def no_fit(users: np.ndarray, photos: np.ndarray) -> PersonalModel:
        raise AssertionError("nothing was learnt from these")

    _, note = honest_trials(panel, looks, model, folds=folds, fit=no_fit)
    assert note.endswith("the shipped one")
    (trial,), note = honest_trials(panel, looks, model, folds=folds, fit=no_fit, own="mine")
    assert trial.model is model  # nobody knows here who taught it
    assert note.endswith("the one in mine; optimistic if it was trained on these people or photos")
    learnt = replace(looks, learnt=np.ones(60, dtype=np.bool_))
    _, note = honest_trials(panel, learnt, model, folds=folds, fit=no_fit)
    assert "optimistic" in note  # four people are too few to learn anew from
    only_support = replace(looks, learnt=np.arange(60) % 3 != 0)
    _, note = honest_trials(panel, only_support, model, folds=folds, fit=no_fit)
    assert note.endswith("the shipped one")
    many = replace(
        panel,
        users=tuple(f"u{i}" for i in range(60)),
        ratings=np.repeat(panel.ratings, 15, axis=0),
        asked=None,
    )
    trials, note = honest_trials(many, learnt, model, folds=folds, fit=lambda users, photos: model)
    assert "retrained" in note
    assert all(isinstance(trial, Trial) for trial in trials)
    assert len(trials) == 15


@pytest.mark.parametrize(
    ("votes", "complaint"),
    [
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
