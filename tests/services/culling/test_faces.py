"""Faces in the cull: the frame wins where every main face has open eyes and is sharp."""

from dataclasses import replace

import pytest

from aesplugin.decision import Choice
from aesplugin.face import Eyes, Face, Facing
from aesplugin.services.culling import profiles
from aesplugin.services.culling.burst_winner import margins
from aesplugin.services.culling.candidate import Candidate, Wish
from aesplugin.services.culling.faces import compare_faces, faces_shown
from aesplugin.services.culling.profiles import profile_for
from aesplugin.services.culling.propose import propose
from aesplugin.services.groups.frame import GroupKind
from tests.services.culling.test_propose import by_key, grouped, photo

AUTO = profiles.load("auto")
OPEN, CLOSED, UNSURE = Eyes.OPEN, Eyes.CLOSED, Eyes.UNSURE


def face(
    x: float = 0.5,
    eyes: Eyes = OPEN,
    *,
    y: float = 0.4,
    size: float = 0.2,
    sharpness: float = 0.2,
    openness: float | None = None,
) -> Face:
    """A face around `x` and `y`, so large, as the reader gives it for a photo of 24 megapixels."""
    usual = {OPEN: 0.25, CLOSED: 0.06, UNSURE: None}[eyes]
    box = (x - size / 2, y - size / 2, x + size / 2, y + size / 2)
    return Face(
        box=box,
        confidence=0.9,
        width=6000 * size,
        measured_width=240.0,
        eyes=eyes,
        openness=usual if openness is None else openness,
        sharpness=sharpness,
        brightness=0.5,
    )


def row(*eyes: Eyes) -> tuple[Face, ...]:
    """Faces side by side."""
    return tuple(face((at + 1) / (len(eyes) + 1), one, size=0.1) for at, one in enumerate(eyes))


def burst(*frames: tuple[Face, ...] | None, scores: tuple[float, ...] = ()) -> list[Candidate]:
    values = scores or (5.0,) * len(frames)
    members = [
        replace(photo(f"f{at}", value), faces=faces)
        for at, (faces, value) in enumerate(zip(frames, values, strict=True))
    ]
    return grouped(GroupKind.BURST, *members)


def kept(members: list[Candidate], profile: str = "auto") -> dict[str, str]:
    """The frames that are picked, with their reasons."""
    found = propose(members, {}, Wish(keep=1), profiles.load(profile))
    return {p.content_hash: p.reason for p in found.proposals if p.choice is Choice.PICK}


def reasons(members: list[Candidate], profile: str = "auto") -> dict[str, str]:
    found = propose(members, {}, Wish(keep=1, strictness=1.0), profiles.load(profile))
    return {key: proposal.reason for key, proposal in by_key(found).items()}


@pytest.mark.parametrize("profile", ["auto", "portrait", "family", "wedding", "event"])
def test_the_frame_with_open_eyes_wins(profile: str) -> None:
    frames = burst((face(eyes=CLOSED),), (face(),), (face(eyes=CLOSED),), scores=(5.6, 5, 5.3))
    assert list(kept(frames, profile)) == ["f1"]
    assert kept(frames, profile)["f1"].startswith("eyes open; closed in 2 of 2 other frames")
    assert "eyes closed" in reasons(frames, profile)["f0"]


@pytest.mark.parametrize("profile", ["general", "landscape", "sport", "wildlife"])
def test_profiles_of_other_things_weigh_no_faces(profile: str) -> None:
    assert list(kept(burst((face(eyes=CLOSED),), (face(),), scores=(5.3, 5)), profile)) == ["f0"]


def test_a_single_blink_is_named_first_among_the_reasons() -> None:
    """The frames with open eyes are the usual ones there, and yet it is what sets them apart."""
    frames = [(face(eyes=CLOSED),), (face(),), (face(sharpness=0.17),)]
    found = kept(burst(*frames, scores=(5.3, 5.7, 5.0)))
    assert found["f1"].startswith("eyes open; closed in 1 of 2 other frames")


def test_everyone_has_to_have_open_eyes() -> None:
    frames = burst(
        row(OPEN, OPEN, CLOSED),
        row(OPEN, OPEN, OPEN),
        row(CLOSED, CLOSED, OPEN),
        row(OPEN, OPEN, OPEN),
        scores=(5.0, 5.1, 5.0, 5.0),
    )
    assert kept(frames)["f1"].startswith("everyone's eyes open; closed in 2 of 3 other frames")
    assert "closed eyes in 2 of 3 faces" in reasons(frames)["f2"]


def test_nobody_is_counted_who_is_not_seen() -> None:
    """A person turned away in the best frame may have closed eyes, for all that is known."""
    both, one_blinks = row(OPEN, OPEN), row(CLOSED, OPEN)
    found = kept(burst(both[:1], one_blinks, one_blinks, both, scores=(5.3, 5, 5, 5)))
    assert found["f0"].startswith("fewer closed eyes than 2 other frames")
    found = reasons(burst(both, one_blinks[:1], both))
    assert "closed eyes in 1 of 2 faces" in found["f1"]


def test_one_blink_among_many_is_a_small_cost() -> None:
    many = (OPEN,) * 9
    frames = burst(row(*many, CLOSED), row(*many, OPEN), scores=(5.5, 5.0))
    assert list(kept(frames)) == ["f0"]  # the better photo, all the same
    alike = burst(row(*many, CLOSED), row(*many, OPEN))
    assert list(kept(alike)) == ["f1"]
    found = propose(alike, {}, Wish(keep=1), AUTO)
    assert by_key(found)["f0"].choice is Choice.NONE


@pytest.mark.parametrize("scores", [(5.0, 5.3, 5.1), (5.3, 5.0, 5.1)])
def test_eyes_that_are_closed_in_all_frames_are_meant(scores: tuple[float, ...]) -> None:
    kiss = row(CLOSED, CLOSED)
    best = f"f{scores.index(max(scores))}"
    assert list(kept(burst(kiss, kiss, kiss, scores=scores))) == [best]
    asleep_between = (face(0.3, CLOSED), face(0.7))  # a baby in its mother's arms
    mother_blinks = (face(0.3, CLOSED), face(0.7, CLOSED))
    found = kept(burst(asleep_between, mother_blinks, scores=(5.0, 5.3)))
    assert list(found) == ["f0"]
    assert "eyes" in found["f0"]
    assert "everyone" not in found["f0"]


def test_unsure_eyes_are_neither_open_nor_closed() -> None:
    unsure = (face(eyes=UNSURE),)
    for other in (face(), face(eyes=CLOSED)):
        frames = burst(unsure, (other,), scores=(5.0, 5.1))
        assert list(kept(frames)) == ["f1"]
        assert "open" not in kept(frames)["f1"]
        frames = burst(unsure, (other,), scores=(5.1, 5.0))
        assert list(kept(frames)) == ["f0"]
    half_open = (face(eyes=UNSURE, openness=0.13),)
    assert list(kept(burst(half_open, (face(),)))) == ["f1"]  # nothing else differs
    assert list(kept(burst(half_open, (face(),), scores=(5.25, 5.0)))) == ["f0"]


def away(x: float = 0.5, *, size: float = 0.2) -> Face:
    return replace(face(x, UNSURE, size=size), facing=Facing.AWAY, turned=0.8)


def camera(x: float = 0.5, *, size: float = 0.2) -> Face:
    return replace(face(x, size=size), facing=Facing.CAMERA, turned=0.1)


def test_the_frame_wins_in_which_a_face_looks_at_the_camera() -> None:
    frames = burst((away(),), (camera(),), (away(),), scores=(5.2, 5.0, 5.1))
    assert kept(frames)["f1"].startswith("eyes open; turned away in 2 of 2 other frames")
    assert "turned away" in reasons(frames)["f0"]
    assert list(kept(burst((away(),), (camera(),), scores=(5.6, 5.0)))) == ["f0"]  # a small cost
    found = propose(burst((away(),), (camera(),)), {}, Wish(keep=1), AUTO)
    assert by_key(found)["f0"].choice is Choice.NONE  # that alone is no reject


def test_a_face_turned_away_among_others() -> None:
    there = (camera(0.3), camera(0.7))
    assert list(kept(burst((camera(0.3), away(0.7)), there))) == ["f1"]
    frames = burst((away(0.3), away(0.7)), there)
    assert kept(frames)["f1"].startswith("everyone's eyes open; turned away in the other frame")
    assert "2 of 2 faces turned away" in reasons(frames)["f0"]
    neither = burst((away(0.3), away(0.7)), (camera(0.3), away(0.7)), there)
    shares = [one and one.closed_share for one in compare_faces([m.faces for m in neither])]
    assert shares == [pytest.approx(share) for share in (0.2, 0.1, 0)]


def test_a_profile_in_every_frame_is_meant() -> None:
    for other in (away(), replace(face(), facing=Facing.UNSURE, turned=0.45)):
        frames = burst((away(),), (other,), scores=(5.1, 5.0))
        assert list(kept(frames)) == ["f0"]


@pytest.mark.parametrize("missing", [None, (), (face(eyes=UNSURE),)])
def test_what_is_missing_does_not_count(missing: tuple[Face, ...] | None) -> None:
    shut, awake = (face(eyes=CLOSED, sharpness=0.15),), (face(),)
    frames = burst(shut, awake, missing, awake, scores=(5.0, 5.0, 5.1, 5.0))
    found = dict(zip("abcd", margins(frames, AUTO), strict=True))
    assert found["c"].parts["eyes"] is None
    assert found["c"].parts["face_sharpness"] in (None, 0)
    assert list(kept(frames)) == ["f2"]


UNKNOWN = [None, (), (face(eyes=UNSURE),), (face(0.9, size=0.05),)]


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_no_frame_is_rejected_for_eyes_that_nobody_saw(unknown: tuple[Face, ...] | None) -> None:
    """The usual frame has closed eyes there, and yet nothing is known of this one."""
    shut = (face(eyes=CLOSED),)
    frames = burst((face(),), shut, shut, unknown, scores=(5.3, 5, 5, 5))
    for strictness in (0.0, 0.5):
        found = by_key(propose(frames, {}, Wish(keep=1, strictness=strictness), AUTO))
        assert [found[f"f{at}"].choice for at in range(4)] == [
            Choice.PICK, Choice.REJECT, Choice.REJECT, Choice.NONE,
        ]  # fmt: skip
    assert reasons(frames)["f3"] == "weaker than f0.jpg: lower score"
    assert reasons(frames)["f0"].startswith("eyes open; closed in 2 of 3 other frames")


def test_of_several_people_only_those_are_compared_who_are_seen_in_both_frames() -> None:
    """One of two is turned away in the last frame, and has closed eyes in most of the others."""
    both, one_blinks = row(OPEN, OPEN), row(OPEN, CLOSED)
    for away in (both[:1], (both[0], replace(one_blinks[1], eyes=UNSURE, openness=None))):
        frames = burst(both, one_blinks, one_blinks, away, scores=(5.3, 5, 5, 5))
        found = by_key(propose(frames, {}, Wish(keep=1), AUTO))
        assert found["f3"].choice is Choice.NONE
        assert found["f1"].choice is Choice.REJECT
        assert reasons(frames)["f3"] == "weaker than f0.jpg: lower score"
    also_blinks = burst(both, one_blinks, one_blinks, row(CLOSED, OPEN)[:1])
    assert reasons(also_blinks)["f3"] == "weaker than f0.jpg: closed eyes in 1 of 2 faces"


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize("others", [(CLOSED, OPEN, OPEN), (OPEN, CLOSED, CLOSED), (CLOSED, OPEN)])
def test_nothing_is_said_of_eyes_that_nobody_saw(
    unknown: tuple[Face, ...] | None, others: tuple[Eyes, ...]
) -> None:
    seen = [(face(eyes=one),) for one in others]
    for score in (9.0, 1.0):
        frames = burst(unknown, *seen, scores=(score, *(5.0 for _ in seen)))
        reason = reasons(frames)["f0"]
        assert "eyes" not in reason.replace(" (eyes not checked)", "")
        assert reason[0].isalpha()
        assert "; (" not in reason and ";  than" not in reason


def test_fewer_closed_eyes_are_said_only_where_they_are_fewer() -> None:
    """Each of the two frames shows one of three with closed eyes, and one of them not at all."""
    a, b, c = row(OPEN, OPEN, OPEN)
    shut_a, shut_b, _ = row(CLOSED, CLOSED, CLOSED)
    frames = burst((a, shut_b, c), (a, shut_b), (shut_a, c), (a, b, c), scores=(1, 7, 5, 1))
    assert "fewer closed eyes" not in kept(frames)["f1"]


@pytest.mark.parametrize("unknown", [None, (), (replace(face(), sharpness=None),)])
def test_the_sharpness_of_a_face_that_nobody_saw_is_not_compared(
    unknown: tuple[Face, ...] | None,
) -> None:
    soft, sharp = (face(sharpness=0.1),), (face(sharpness=0.2),)
    frames = burst(sharp, soft, soft, unknown, scores=(5.3, 5, 5, 5))
    found = by_key(propose(frames, {}, Wish(keep=1), AUTO))
    assert found["f3"].choice is Choice.NONE
    assert found["f1"].choice is Choice.REJECT
    assert found["f0"].reason.startswith("sharper face than 2 other frames")
    assert reasons(frames)["f3"] == "weaker than f0.jpg: lower score"


def test_the_sharpest_face_wins() -> None:
    frames = burst((face(sharpness=0.1),), (face(sharpness=0.2),), (face(sharpness=0.11),))
    assert kept(frames)["f1"].startswith("sharpest face")
    assert "softer face" in reasons(frames)["f0"]
    two = burst(*((face(0.3, sharpness=s), face(0.7, sharpness=s)) for s in (0.1, 0.2)))
    assert kept(two)["f1"].startswith("sharper faces")


def test_faces_measured_on_other_sizes_are_not_compared() -> None:
    near = replace(face(sharpness=0.1), measured_width=240.0)
    far = replace(face(sharpness=0.2), measured_width=60.0)
    assert [one and one.sharpness for one in compare_faces([(near,), (near,), (far,)])] == [
        1, 1, None,
    ]  # fmt: skip


def test_only_large_faces_in_focus_count() -> None:
    behind = face(0.8, CLOSED, size=0.06)
    blurred = face(0.2, CLOSED, size=0.18, sharpness=0.03)
    frames = burst(
        (face(), replace(behind, eyes=OPEN), replace(blurred, eyes=OPEN)),
        (face(), behind, blurred),
        scores=(5.0, 5.1),
    )
    assert list(kept(frames)) == ["f1"]


def test_somebody_who_passes_close_by_decides_nothing() -> None:
    passing = face(0.8, size=0.5)
    frames = burst(
        (face(0.3),), (face(0.3, CLOSED), passing), (face(0.3, CLOSED),), scores=(5, 5.2, 5.2)
    )
    assert list(kept(frames)) == ["f0"]


def test_a_face_found_twice_is_one() -> None:
    twice = (face(0.5), face(0.505, size=0.19))
    (found,) = compare_faces([twice])
    assert found is not None and found.seen == 1
    assert faces_shown([twice]) == faces_shown([(face(),)])


@pytest.mark.parametrize("by", [0.0, 0.03, 0.15, 0.25])
def test_faces_are_matched_by_place_and_size(by: float) -> None:
    """The camera may turn by more than a face between two frames."""
    first = (face(0.2, size=0.1), face(0.35, CLOSED, size=0.1), face(0.6, size=0.1))
    second = (face(0.2 + by, CLOSED, size=0.1), face(0.35 + by, size=0.1), face(0.6 + by, size=0.1))
    found = compare_faces([first, second, second])
    assert [one and one.closed_share for one in found] == [pytest.approx(1 / 3)] * 3
    swapped = compare_faces([first, first, second])
    assert [one and (one.open, one.closed) for one in swapped] == [(2, 1)] * 3


def test_faces_that_were_not_read_say_so() -> None:
    sharp = [photo(f"b{at}", 5.0, sharpness=20 if at else 10) for at in range(2)]
    unread = grouped(GroupKind.BURST, *sharp)
    assert "sharper subject (eyes not checked)" in kept(unread)["b1"]
    without = grouped(GroupKind.BURST, *(replace(one, faces=()) for one in sharp))
    assert "not checked" not in kept(without)["b1"]
    read = grouped(GroupKind.BURST, *(replace(one, faces=(face(),)) for one in sharp))
    assert "not checked" not in kept(read)["b1"]
    assert "eyes not checked" in kept(read, "sport")["b1"]


def test_of_several_faces_only_those_are_compared_that_both_frames_show() -> None:
    """The second is sharp in the first frame, and not to be seen in the last."""
    first = face(0.3)
    soft, sharp = (face(0.7, sharpness=sharpness) for sharpness in (0.1, 0.2))
    frames = burst((first, sharp), (first, soft), (first, soft), (first,), scores=(5.3, 5, 5, 5))
    found = by_key(propose(frames, {}, Wish(keep=1), AUTO))
    assert found["f0"].reason.startswith("sharper faces than 2 other frames")
    assert found["f1"].choice is Choice.REJECT
    assert found["f3"].choice is Choice.NONE
    assert reasons(frames)["f3"] == "weaker than f0.jpg: lower score"


def test_a_sharper_face_whose_eyes_were_not_checked_says_so() -> None:
    frames = burst(*((face(eyes=UNSURE, sharpness=sharpness),) for sharpness in (0.1, 0.2)))
    assert kept(frames)["f1"].startswith("sharper face (eyes not checked)")
    assert "softer face (eyes not checked)" in reasons(frames)["f0"]
    assert "not checked" not in kept(burst((face(sharpness=0.1),), (face(),)))["f1"]


@pytest.mark.parametrize(
    ("faces", "chosen"),
    [
        (None, "auto"),
        ((), "auto"),
        ((face(size=0.01),), "auto"),
        ((face(size=0.03),), "event"),  # at full length, as people stand about
        ((face(size=0.2),), "portrait"),
        ((face(size=0.2), face(0.9, size=0.04)), "portrait"),  # somebody far behind
        (row(OPEN, OPEN), "family"),
        (row(OPEN, OPEN, OPEN, OPEN), "family"),
        (row(*(OPEN,) * 9), "event"),
        (tuple(replace(face(x / 10, size=0.03)) for x in range(1, 9)), "event"),
    ],
)
def test_auto_takes_the_profile_that_fits_what_a_group_shows(
    faces: tuple[Face, ...] | None, chosen: str
) -> None:
    assert profile_for(faces_shown([faces, faces, ()]), AUTO).name == chosen
    assert profile_for(faces_shown([faces]), profiles.load("sport")).name == "sport"


def test_without_faces_auto_is_general() -> None:
    general = profiles.load("general")
    assert (AUTO.weights, AUTO.diversity, AUTO.scene_minutes, AUTO.forgiven) == (
        general.weights, general.diversity, general.scene_minutes, general.forgiven,
    )  # fmt: skip


def test_500_faces_and_none() -> None:
    crowd = tuple(face(x / 51, y=y / 11, size=0.015) for y in range(1, 11) for x in range(1, 51))
    found = compare_faces([crowd, crowd, (), None])
    assert [one and one.open for one in found] == [12, 12, 0, None]
    assert compare_faces([]) == []
    assert faces_shown([]) is None
    odd = replace(face(), box=(0.5, 0.5, 0.5, 0.5))  # at the border, clipped to nothing
    assert len(compare_faces([(odd,), (odd,)])) == 2
