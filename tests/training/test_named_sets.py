"""Stages that learn from named data sets: official layouts in miniature, a tower without words."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from aesplugin.errors import DataError
from aesplugin.models.folds import content_key
from aesplugin.training.calm.pairs import human_texts
from aesplugin.training.calm.votes import rated
from aesplugin.training.datasets import NamedSet
from aesplugin.training.engine.config import TrainingConfig, load_config
from aesplugin.training.features.cache import cache_file
from aesplugin.training.features.prepare import Progress, prepare
from aesplugin.training.named_photos import named_photos
from aesplugin.training.photos import unlabelled_photos
from aesplugin.training.stages import run
from tests.models.calm.small import TINY_CLIP
from tests.training.datasets.minis import MINIS
from tests.training.world import make_data, photo, write_config

_TRAINED = ["AVA/images_11.jpg", "PCCD/images_14_a-lake.jpg", "PCCD/images_4_a-tower.jpg"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos without ratings in a folder of the user's, and AVA, AVA-Captions and PCCD."""
    root = tmp_path_factory.mktemp("named")
    make_data(root / "data")
    shutil.rmtree(root / "data" / "oasis")  # the votes are those of the sets
    for name, folder in (("ava", "AVA"), ("ava_captions", "AVA"), ("pccd", "PCCD")):
        MINIS[name](root / folder)
    for seed, path in enumerate(sorted(root.glob("*/images/*.jpg"))):
        photo(path, seed)
    return root


@pytest.fixture(scope="module")
def config(root: Path) -> TrainingConfig:
    """Of full.toml's kind, everything it learns from encoded."""
    places = {"ava": "AVA", "ava_captions": "AVA", "pccd": "PCCD"}
    tables = (f"{{name = '{name}', root = '{root / place}'}}" for name, place in places.items())
    more = f"rounds = 1\nsets = [{', '.join(tables)}]"
    config = load_config(write_config(root, encoder=TINY_CLIP, more=more))
    told: list[tuple[int, int]] = []
    made = prepare(config, workers=1, sources=["unlabelled", "sets"], progress=_keeping(told))
    assert made == 4 + len(_TRAINED)
    assert told == [(done, made) for done in range(made + 1)]
    return config


def _keeping(told: list[tuple[int, int]]) -> Progress:
    return lambda done, total: told.append((done, total))


def test_sets_in_one_folder_share_their_photos_and_keep_tests_apart(
    root: Path, config: TrainingConfig
) -> None:
    found = {one.name: one for one in named_photos(config.sets)}
    assert sorted(found) == _TRAINED  # 12 is for validation in AVA-Captions, 14 for tests in AVA
    both = found["AVA/images_11.jpg"]
    assert both.score is not None and len(both.captions) == 1 and both.theme == "Macro"
    assert both.path == root / "AVA" / "images" / "11.jpg"
    few = named_photos(config.sets, limit=1)
    assert len(few) == 2 and set(few) < set(found.values())


def test_photos_of_two_sets_that_go_by_one_name_are_refused(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "AVA"  # other photos in a folder of the same name
    shutil.copytree(root / "AVA", other)
    sets = (
        NamedSet(name="ava", root=root / "AVA"),
        NamedSet(name="ava_captions", root=other),
    )
    with pytest.raises(DataError, match=r"would share one name, AVA/images_11\.jpg.*rename"):
        named_photos(sets)
    link = tmp_path / "linked" / "AVA"
    link.parent.mkdir()
    link.symlink_to(root / "AVA")
    linked = (sets[0], NamedSet(name="ava_captions", root=link))
    assert [one.name for one in named_photos(linked)] == ["AVA/images_11.jpg"]


def test_every_stage_learns_from_them(config: TrainingConfig) -> None:
    heard = {"generic": "caption", "comments": "critique", "scores": "number"}
    for stage, loss in heard.items():
        report = run(stage, config)
        assert report.steps == 2 and loss in report.losses
        assert all(math.isfinite(value) for value in report.losses.values())
    table = json.loads((config.out / "scores" / "model" / "folds.json").read_text())
    assert len(table["contents"]) == len(_TRAINED)
    assert {"Macro", "nature"} == set(table["themes"])


def test_what_is_learnt_are_their_words_and_their_votes(config: TrainingConfig) -> None:
    texts = human_texts(config)
    assert texts is not None
    assert set(texts.captions) == set(_TRAINED)
    said = texts.captions["PCCD/images_14_a-lake.jpg"]
    assert said == ("A calm picture.", "The horizon cuts it in half.", "Warm light.")
    data = rated(config)
    scores = {one.key.as_posix(): one.score for one in data.voted}
    assert scores["PCCD/images_14_a-lake.jpg"] == pytest.approx(8.2)
    assert [one.score for one in data.voted] == pytest.approx(data.scores.tolist())
    assert len(set(data.folds)) == len(_TRAINED)
    assert content_key(data.voted[0].path.read_bytes()) in data.table().contents


def test_without_texts_a_tower_without_classifier_is_told_the_way_out(
    config: TrainingConfig,
) -> None:
    with pytest.raises(DataError, match=r"no classifier .* add ava_captions or pccd"):
        run("generic", replace(config, sets=config.sets[:1], dry_run=True))


def test_sets_that_are_not_prepared_or_not_there_are_named(
    config: TrainingConfig, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"no features of the named sets in .*prepare"):
        human_texts(replace(config, features=tmp_path))
    absent = NamedSet(name="ava", root=tmp_path / "AVA")
    with pytest.raises(DataError, match="AVA is not a folder"):
        prepare(replace(config, sets=(absent,)), ["sets"], workers=1)


def test_without_any_votes_the_way_out_is_told(config: TrainingConfig) -> None:
    with pytest.raises(DataError, match=r"no photo has votes: put OASIS into .*data/oasis"):
        rated(replace(config, sets=()))


def test_votes_of_one_theme_alone_are_refused(config: TrainingConfig) -> None:
    with pytest.raises(DataError, match="two themes"):
        rated(replace(config, sets=config.sets[:1]))


def test_a_broken_picture_is_left_out(
    config: TrainingConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mine = MINIS["pccd"](tmp_path / "PCCD")
    photo(mine / "images" / "4_a-tower.jpg", 1)  # the other file is empty
    broken = replace(config, features=tmp_path / "f", sets=(NamedSet(name="pccd", root=mine),))
    assert prepare(broken, ["sets"], workers=1) == 1
    assert "14_a-lake.jpg is left out, it cannot be read" in caplog.text


def test_folders_of_any_name_hold_photos_without_ratings(tmp_path: Path) -> None:
    photo(tmp_path / "unlabelled" / "mine" / "1.jpg", 0)
    photo(tmp_path / "unlabelled" / "budgie_cc0" / "2.jpg", 0)  # kept for tests
    assert [path.name for path in unlabelled_photos(tmp_path)] == ["1.jpg"]
    photo(tmp_path / "unlabelled" / "stock708" / "3.jpg", 0)
    assert [path.name for path in unlabelled_photos(tmp_path)] == ["3.jpg"]


def test_squashed_and_framed_photos_stand_behind_those_cached_before(tmp_path: Path) -> None:
    for number in range(4):
        photo(tmp_path / "unlabelled" / "stock708" / f"{number}.jpg", number)
    before = unlabelled_photos(tmp_path)
    photo(tmp_path / "unlabelled" / "flickr8k" / "square.jpg", 4)
    photo(tmp_path / "crops" / "images" / "framed.jpg", 5)
    found = unlabelled_photos(tmp_path)
    assert found[:4] == before
    assert {path.name for path in found[4:]} == {"square.jpg", "framed.jpg"}


def test_flaws_and_crops_of_a_photo_lie_apart(tmp_path: Path) -> None:
    framed = tmp_path / "crops" / "images" / "framed.jpg"
    files = {cache_file(tmp_path, framed, seed=0, pairs=pairs) for pairs in (False, True)}
    assert len(files) == 2
