import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aesplugin.errors import UsageError
from aesplugin.evaluation.groups import agreement_of_pairs, by_time, held_out, pairs_apart
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import decode
from aesplugin.imaging.fingerprint import perceptual_hash
from aesplugin.imaging.metadata.exif import read_exif
from aesplugin.photo import Photo
from aesplugin.services.groups.frame import Frame, GroupKind
from aesplugin.services.groups.partition import Evidence, partition

NOON = datetime(2026, 5, 1, 12)


def test_the_rule_cuts_by_body_pause_and_view() -> None:
    times = {
        name: (body, NOON + timedelta(seconds=at))
        for name, body, at in (
            ("a", "1", 0), ("b", "1", 1.5), ("c", "1", 3.1), ("d", "2", 0.1), ("e", "1", 3.2),
        )
    }  # fmt: skip
    assert by_time(times) == [["a", "b"], ["c", "e"], ["d"]]
    assert by_time(times, [frozenset("ce")]) == [["a", "b"], ["c"], ["e"], ["d"]]


def test_pairs_are_counted() -> None:
    report = agreement_of_pairs([["a", "b", "c"]], [["a", "b"], ["c", "d"]], frames=4)
    assert (report.found, report.true) == (3, 2)
    assert report.precision == pytest.approx(1 / 3)
    assert report.recall == pytest.approx(1 / 2)
    assert agreement_of_pairs([], [], frames=0).f1 == 1
    assert agreement_of_pairs([["a", "b"]], [], frames=2).f1 == 0


def test_each_day_is_judged_by_a_limit_set_on_the_other_days() -> None:
    days = {"a": "mon", "b": "mon", "c": "tue", "d": "tue"}
    true = [["a", "b"], ["c", "d"]]

    def found_at(limit: float) -> list[list[str]]:
        """Monday's pair is found from .3 on, Tuesday's from .6 on."""
        return [pair for pair, needed in ((["a", "b"], 0.3), (["c", "d"], 0.6)) if limit >= needed]

    monday, tuesday = held_out(found_at, true, days)
    assert (monday.day, tuesday.day) == ("mon", "tue")
    assert monday.limit >= 0.6  # as Tuesday wants it
    assert monday.pairs.f1 == 1
    assert tuesday.limit >= 0.3
    assert tuesday.pairs.f1 == (1 if tuesday.limit >= 0.6 else 0)
    assert held_out(found_at, true, dict.fromkeys(days, "mon")) == []


def test_pairs_apart_are_named_by_path_or_file() -> None:
    names = ["x/1.jpg", "x/2.jpg", "y/3.jpg"]
    assert pairs_apart(["1.jpg:x/2.jpg"], names) == {frozenset({"x/1.jpg", "x/2.jpg"})}
    for nothing in ("1.jpg:9.jpg", "nope:x", "1.jpg", "1.jpg:1.jpg", ":", ""):
        with pytest.raises(UsageError, match="--apart"):
            pairs_apart(["1.jpg:2.jpg", nothing], names)


# What a person sees as two views though the clock says one burst: head close, then whole horse.
APART = [frozenset({"rejected-17211.jpg", "rejected-17212.jpg"})]


@pytest.mark.slow
def test_real_bursts_are_found(data_dir: Path) -> None:
    from aesplugin.errors import ModelError
    from aesplugin.evaluation.judged import judge
    from aesplugin.models.embedded.model import EmbeddedModel

    frames, pictures = [], []
    for path in sorted((data_dir / "burst").rglob("*.jpg")):
        content = read_content(str(path))
        picture = decode(content.data, str(path), 300.0)
        pixels = picture.pixels
        exif, _ = read_exif(content.data, picture.exif)
        photo = Photo(
            content_hash=content.content_hash,
            perceptual_hash=perceptual_hash(pixels),
            width=pixels.shape[1],
            height=pixels.shape[0],
            format="JPEG",
            exif=exif,
        )
        frames.append(Frame(path=str(path), photo=photo))
        pictures.append(pixels)
    try:
        model = EmbeddedModel(threads=1)
    except ModelError as error:
        pytest.skip(f"the embedded model is not there: {error}")
    import numpy as np

    embeddings = {
        frame.key: np.frombuffer(answer.embedding or b"", dtype="<f2").astype(np.float32)
        for frame, answer in zip(frames, judge(model, pictures), strict=True)
    }
    grouping = partition(frames, Evidence(embeddings=embeddings, sketches=lambda _: None))
    name = {frame.key: os.path.basename(frame.path) for frame in frames}
    found = [[name[k] for k in g.frames] for g in grouping.groups if g.kind is GroupKind.BURST]
    times = {name[f.key]: (str(f.camera), f.time) for f in frames if f.time}
    assert len(times) == 146
    assert not [g for g in grouping.groups if g.kind.is_series]
    report = agreement_of_pairs(found, by_time(times, APART), frames=146)
    assert report.f1 >= 0.95, report
