from dataclasses import replace
from datetime import UTC

import numpy as np

from aesplugin.services.groups.frame import Frame, Grouping, GroupKind
from aesplugin.services.groups.partition import Evidence, partition
from tests.services.groups.builders import evidence, frame


def _names(grouping: Grouping, kind: GroupKind) -> list[list[str]]:
    groups = [g.members for g in grouping.groups if g.kind is kind]
    return [[key.rsplit("/", 1)[-1].split(".")[0] for key in members] for members in groups]


def _partition(frames: list[Frame], looks: list[int] | None = None) -> Grouping:
    return partition(frames, evidence(frames, looks))


def test_quick_frames_of_one_view_are_a_burst() -> None:
    frames = [frame("a.jpg", 0), frame("b.jpg", 0.1), frame("c.jpg", 1.2), frame("d.jpg", 9)]
    grouping = _partition(frames, [0, 0, 0, 0])
    assert _names(grouping, GroupKind.BURST) == [["a", "b", "c"]]


def test_another_view_is_no_burst_however_quick() -> None:
    frames = [frame("a.jpg", 0), frame("b.jpg", 0.1), frame("c.jpg", 0.2)]
    assert _partition(frames, [0, 1, 2]).groups == ()


def test_two_bodies_are_never_one_burst() -> None:
    frames = [frame("a.jpg", 0, serial="1"), frame("b.jpg", 0.1, serial="2")]
    assert _partition(frames, [0, 0]).groups == ()


def test_interleaved_bodies_keep_their_own_bursts() -> None:
    frames = [frame(f"{i}.jpg", i * 0.1, serial=str(i % 2)) for i in range(6)]
    found = _names(_partition(frames, [0] * 6), GroupKind.BURST)
    assert found == [["0", "2", "4"], ["1", "3", "5"]]


def test_the_makers_burst_mark_is_believed() -> None:
    frames = [frame("a.jpg", 0, burst_id="x"), frame("b.jpg", 3, burst_id="x")]
    assert _names(_partition(frames, [0, 0]), GroupKind.BURST) == [["a", "b"]]


def test_a_burst_mark_that_comes_again_is_another_burst() -> None:
    seconds = (0, 3, 40, 8_640_000, 8_640_002)
    frames = [frame(f"{i}.jpg", at, burst_id="nikon-7") for i, at in enumerate(seconds)]
    grouping = _partition(frames, [0, 1, 2, 3, 4])
    assert _names(grouping, GroupKind.BURST) == [["0", "1", "2"], ["3", "4"]]
    assert _partition(frames[2:4], [0, 1]).groups == ()


def test_frames_of_one_whole_second_follow_the_makers_number() -> None:
    frames = [frame(f"{n}.jpg", 0, sequence_number=s) for n, s in (("x", 3), ("y", 1), ("z", 2))]
    assert _names(_partition(frames, [0, 0, 0]), GroupKind.BURST) == [["y", "z", "x"]]


def test_zoned_and_unzoned_clocks_stand_together() -> None:
    plain, zoned = frame("a.jpg", 0), frame("b.jpg", 0.5)
    exif = replace(zoned.exif, taken_at=zoned.exif.taken_at.replace(tzinfo=UTC))  # type: ignore[union-attr]
    frames = [plain, replace(zoned, photo=replace(zoned.photo, exif=exif))]
    assert _names(_partition(frames, [0, 0]), GroupKind.BURST) == [["a", "b"]]


def test_raw_and_jpeg_are_one_photo() -> None:
    frames = [frame("a.CR2", 0, format="CR2"), frame("a.JPG", 0), frame("b.CR2", 100, format="CR2")]
    grouping = _partition(frames)
    assert len(grouping.units) == 2
    assert grouping.companions["hash-of-/shoot/a.JPG"] == ("hash-of-/shoot/a.CR2",)
    assert grouping.groups == ()


def test_a_raw_of_another_time_or_folder_is_another_photo() -> None:
    apart = [frame("a.CR2", 0, format="CR2"), frame("a.JPG", 60)]
    assert len(_partition(apart).units) == 2
    elsewhere = [frame("a.CR2", 0, format="CR2"), frame("a.JPG", 0, folder="/other")]
    assert len(_partition(elsewhere).units) == 2


def test_a_pair_lies_together_wherever_else_copies_of_it_lie() -> None:
    raw, jpeg = frame("a.CR2", 0, format="CR2"), frame("a.JPG", 0)
    copied = replace(jpeg, path="/best/of.jpg", copies=("/shoot/a.JPG",))
    assert _partition([copied, raw]).companions == {jpeg.key: (raw.key,)}
    apart = replace(raw, path="/raw/x.CR2", copies=("/raw/y.CR2", "/shoot/a.CR2"))
    assert _partition([copied, apart]).companions == {jpeg.key: (raw.key,)}
    assert len(_partition([replace(copied, copies=()), raw]).units) == 2


def test_copies_at_any_time_are_duplicates() -> None:
    frames = [frame("a.jpg", 0, hash=7), frame("b.jpg", 90_000, hash=7), frame("c.jpg", 50, hash=7)]
    grouping = _partition(frames, [0, 0, 1])
    assert _names(grouping, GroupKind.DUPLICATES) == [["a", "b"]]


def test_a_copy_joins_the_burst_but_two_bursts_stay_two() -> None:
    frames = [
        *(frame(f"{i}.jpg", i * 0.1, hash=7) for i in range(3)),
        *(frame(f"{i}.jpg", 500 + i * 0.1, hash=7) for i in range(3, 6)),
        frame("copy.jpg", None, hash=7),
    ]
    grouping = _partition(frames, [0] * 7)
    found = _names(grouping, GroupKind.BURST)
    assert found == [["0", "1", "2", "copy"], ["3", "4", "5"]]


def test_a_copy_made_an_hour_earlier_is_told_as_such_and_not_as_a_frame() -> None:
    burst = [frame(f"{i}.jpg", 3600 + i * 0.2, hash=7) for i in range(3)]
    copy = frame("copy.jpg", 0, hash=7)
    (group,) = _partition([copy, *burst], [0] * 4).groups
    assert group.copies == (copy.key,)
    assert group.frames == tuple(one.key for one in burst)
    assert group.members == (*group.frames, copy.key)
    assert group.title == "burst of 3 and 1 near-duplicate"
    assert group.reason == (
        "3 frames of one view within 0.4 s; also 1 near-duplicate from outside the burst"
    )


def test_a_bracket_comes_before_a_burst() -> None:
    frames = [frame(f"{i}.jpg", i * 0.2, exposure_bias=b) for i, b in enumerate([0, -1, 1, 1, 1])]
    grouping = _partition(frames, [0] * 5)
    assert _names(grouping, GroupKind.BRACKET) == [["0", "1", "2"]]
    assert _names(grouping, GroupKind.BURST) == [["3", "4"]]


def test_scenes_end_with_a_pause() -> None:
    frames = [frame("a.jpg", 0), frame("b.jpg", 300), frame("c.jpg", 2000)]
    assert list(_partition(frames).scenes.values()) == [0, 0, 1]


def test_photos_without_time_are_grouped_by_look_and_said() -> None:
    frames = [frame("a.jpg", 0), *(frame(f"{n}.jpg", None) for n in "bcd")]
    grouping = _partition(frames, [0, 0, 1, 1])
    assert grouping.scenes == {f.key: s for f, s in zip(frames, [0, 0, 1, 1], strict=True)}
    assert _names(grouping, GroupKind.DUPLICATES) == [["a", "b"], ["c", "d"]]
    assert grouping.notes == ("3 of 4 photos have no time in EXIF: grouped by appearance only",)


def test_no_time_at_all_is_said() -> None:
    frames = [frame("a.jpg"), frame("b.jpg")]
    assert _partition(frames).notes == ("no photo has a time in EXIF: grouped by appearance only",)


def test_nothing_is_nothing() -> None:
    grouping = partition([], Evidence(embeddings={}, sketches=lambda _: None))
    assert (grouping.units, grouping.groups, dict(grouping.scenes)) == ((), (), {})


def test_hashes_speak_where_embeddings_are_missing_or_broken() -> None:
    frames = [
        frame("a.jpg", 0, hash=0b0),
        frame("b.jpg", 0.1, hash=0b111),
        frame("c.jpg", 0.2, hash=2**64 - 1),
    ]
    broken = {frames[0].key: np.array([np.nan, 1], dtype=np.float32)}
    grouping = partition(frames, Evidence(embeddings=broken, sketches=lambda _: None))
    assert _names(grouping, GroupKind.BURST) == [["a", "b"]]
