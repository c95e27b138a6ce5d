from dataclasses import replace

import numpy as np
import pytest

from aesplugin.assessment import Attribute, Flaw, Verdict
from aesplugin.decision import Choice, Proposal
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Candidate, Culling, Wish
from aesplugin.services.culling.propose import propose, strictness_table
from aesplugin.services.culling.technical import unusable
from aesplugin.services.groups.frame import Group, GroupKind

GENERAL = profiles.load("general")


def photo(name: str, value: float | None = 5.0, **facts: object) -> Candidate:
    sharpness = facts.pop("sharpness", None)
    attributes = dict(facts.pop("attributes", {}))  # type: ignore[call-overload]
    if sharpness is not None:
        attributes["subject_sharpness"] = Attribute(float(sharpness), "", Verdict.GOOD)  # type: ignore[arg-type]
    return Candidate(key=name, name=f"{name}.jpg", value=value, attributes=attributes, **facts)  # type: ignore[arg-type]


def grouped(kind: GroupKind, *members: Candidate) -> list[Candidate]:
    group = Group(kind=kind, members=tuple(m.key for m in members), reason=f"{len(members)} frames")
    return [replace(member, group=group) for member in members]


def by_key(culling: Culling) -> dict[str, Proposal]:
    return {proposal.content_hash: proposal for proposal in culling.proposals}


def choices(culling: Culling) -> dict[str, Choice]:
    return {key: proposal.choice for key, proposal in by_key(culling).items()}


def cull(candidates: list[Candidate], **wish: object) -> Culling:
    return propose(candidates, {}, Wish(**wish), GENERAL)  # type: ignore[arg-type]


def test_exactly_so_many_are_kept_and_the_best_ones() -> None:
    candidates = [photo(f"p{i:02}", 1 + i * 0.1, scene=i) for i in range(50)]
    culling = cull(candidates, keep=10)
    kept = [key for key, choice in choices(culling).items() if choice is Choice.PICK]
    assert kept == [f"p{i:02}" for i in range(40, 50)]
    assert sum(culling.counts().values()) == 50


@pytest.mark.parametrize("keep", [0, 1, 7, 20])
def test_the_number_asked_for_is_met(keep: int) -> None:
    candidates = [photo(f"p{i}", 5.0) for i in range(20)]
    assert cull(candidates, keep=keep).counts()[Choice.PICK] == keep


def test_a_near_copy_competes_with_the_burst_and_is_named_as_what_it_is() -> None:
    burst = [photo(f"b{i}", 5.0, sharpness=20 if i == 0 else 10) for i in range(3)]
    members = grouped(GroupKind.BURST, *burst)
    told = [replace(m, group=replace(m.group, copies=("b2",))) for m in members]  # type: ignore[type-var]
    found = by_key(cull(told, keep=1, strictness=1.0))
    assert found["b2"].choice is Choice.REJECT
    reason = "near-duplicate from outside the burst; weaker than b0.jpg"
    assert found["b2"].reason.startswith(reason)
    assert "near-duplicate" not in found["b1"].reason


def test_the_sharpest_frame_stands_for_its_burst_and_the_reason_says_so() -> None:
    burst = grouped(
        GroupKind.BURST, *(photo(f"b{i}", 5.0, sharpness=20 if i == 2 else 10) for i in range(5))
    )
    found = by_key(cull(burst, keep=1))
    assert found["b2"].choice is Choice.PICK
    assert "sharper subject than 4 other frames (eyes not checked)" in found["b2"].reason
    assert found["b0"].choice is Choice.REJECT
    assert found["b0"].reason.startswith("weaker than b2.jpg: softer subject")
    assert found["b0"].group == burst[0].group.id  # type: ignore[union-attr]


def test_near_ties_cannot_be_told() -> None:
    burst = grouped(GroupKind.BURST, photo("a", 5.0), photo("b", 5.05))
    assert choices(cull(burst, keep=1)) == {"a": Choice.NONE, "b": Choice.PICK}


def test_one_burst_does_not_fill_the_keepers() -> None:
    burst = grouped(GroupKind.BURST, *(photo(f"b{i}", 9 + i / 100) for i in range(10)))
    others = [photo(f"o{i}", 3.0, scene=i) for i in range(5)]
    culling = cull(burst + others, keep=5)
    kept = {key for key, choice in choices(culling).items() if choice is Choice.PICK}
    assert len(kept) == 5
    assert len([key for key in kept if key.startswith("b")]) == 1


def test_per_group_allows_more_and_too_few_are_said() -> None:
    burst = grouped(GroupKind.BURST, *(photo(f"b{i}", 9 + i / 100) for i in range(10)))
    assert cull(burst, keep=3, per_group=3).counts()[Choice.PICK] == 3
    few = cull(burst, keep=3)
    assert few.counts()[Choice.PICK] == 1
    assert "1 keeper instead of 3" in few.notes[0]


@pytest.mark.parametrize("kind", [GroupKind.BRACKET, GroupKind.PANORAMA, GroupKind.FOCUS_STACK])
@pytest.mark.parametrize("keep", [0, 2, 3, 6])
@pytest.mark.parametrize("strictness", [0.0, 1.0])
def test_series_are_never_culled_inside(kind: GroupKind, keep: int, strictness: float) -> None:
    series = grouped(kind, photo("s0", 2.0), photo("s1", 8.0), photo("s2", 1.0))
    others = [photo(f"o{i}", 5.0 + i / 10, scene=i) for i in range(6)]
    culling = cull(series + others, keep=keep, strictness=strictness)
    fates = {choices(culling)[key] for key in ("s0", "s1", "s2")}
    assert len(fates) == 1
    assert Choice.REJECT not in fates
    assert culling.counts()[Choice.PICK] <= keep


def test_keepers_are_not_all_of_one_scene() -> None:
    same = [photo(f"same{i}", 7.0 + i / 1000) for i in range(50)]
    other = [photo(f"other{i}", 6.0, scene=1 + i) for i in range(10)]
    vectors = {c.key: np.eye(11, dtype=np.float32)[c.scene] for c in same + other}
    culling = propose(same + other, vectors, Wish(keep=10), GENERAL)
    kept = [key for key, choice in choices(culling).items() if choice is Choice.PICK]
    assert sum(key.startswith("other") for key in kept) >= 5


def test_decisions_are_left_alone_and_count() -> None:
    burst = grouped(
        GroupKind.BURST,
        photo("mine", 3.0, decided=Choice.PICK),
        photo("better", 8.0),
        photo("gone", 9.0, decided=Choice.REJECT),
    )
    culling = cull([*burst, photo("o1", 5.0, scene=1), photo("o2", 6.0, scene=2)], keep=2)
    assert set(choices(culling)) == {"better", "o1", "o2"}
    assert choices(culling)["better"] is not Choice.PICK
    assert culling.counts()[Choice.PICK] == 1


def test_more_picked_by_hand_than_asked_for_is_said() -> None:
    mine = [photo(f"m{i}", 5.0, decided=Choice.PICK) for i in range(3)]
    assert "more than the 2 requested" in cull([*mine, photo("x")], keep=2).notes[0]


def test_what_has_no_score_cannot_be_told() -> None:
    culling = cull(
        [
            photo("a", None),
            photo("b", 5.0),
            *grouped(GroupKind.BURST, photo("c", None), photo("d", None)),
        ],
        keep=1,
    )
    assert choices(culling) == dict.fromkeys("acd", Choice.NONE) | {"b": Choice.PICK}
    assert "3 of 4 photos, without a score" in culling.notes[0]


def test_stricter_means_fewer_picks_and_more_rejects() -> None:
    rng = np.random.default_rng(0)
    candidates = [
        photo(f"p{i}", float(v), scene=i // 4) for i, v in enumerate(rng.uniform(3, 8, 200))
    ]
    table = strictness_table(candidates, {}, Wish(), GENERAL)
    picks = [counts[Choice.PICK] for _, counts in table]
    rejects = [counts[Choice.REJECT] for _, counts in table]
    assert picks == sorted(picks, reverse=True)
    assert picks[0] > picks[-1]
    assert rejects == sorted(rejects)
    assert all(sum(counts.values()) == 200 for _, counts in table)


def test_what_a_genre_takes_for_intent_is_no_flaw() -> None:
    soft = photo("soft", 5.0, attributes={"noise": Attribute(9.0, "", Verdict.POOR)})
    candidates = [photo("top", 5.2, scene=1), soft]
    strict = propose(candidates, {}, Wish(keep=1, strictness=0.0), GENERAL)
    kind = propose(candidates, {}, Wish(keep=1, strictness=0.0), profiles.load("wildlife"))
    assert choices(strict)["soft"] is Choice.REJECT
    assert "noise rated poor" in by_key(strict)["soft"].reason
    assert choices(kind)["soft"] is Choice.NONE


def test_nothing_is_nothing() -> None:
    assert cull([], keep=5).proposals == ()


POOR = {"subject_sharpness": Attribute(60.0, "px", Verdict.POOR)}


@pytest.mark.parametrize("strictness", [0.0, 0.5, 1.0])
def test_the_best_of_every_group_is_kept_however_strict(strictness: float) -> None:
    bursts = [
        grouped(
            GroupKind.BURST, *(photo(f"g{g}-{n}", 2 + g / 10 + n / 2, scene=g) for n in range(4))
        )
        for g in range(10)
    ]
    copies = grouped(GroupKind.DUPLICATES, photo("c0", 1.5), photo("c1", 1.4))
    series = grouped(GroupKind.BRACKET, photo("s0", 2.0), photo("s1", 1.0), photo("s2", 1.2))
    single = [photo("good", 9.0, scene=11), photo("bad", 1.1, scene=12)]
    members = [member for burst in bursts for member in burst]
    found = choices(cull([*members, *copies, *series, *single], strictness=strictness))
    kept = {key for key, choice in found.items() if choice is Choice.PICK}
    assert {*(f"g{g}-3" for g in range(10)), "c0", "s0", "s1", "s2"} <= kept
    assert len([key for key in kept if key[0] == "g"]) == 10 + ("good" in kept)
    assert "bad" not in kept or strictness < 1


def test_a_number_of_keepers_is_met_all_the_same() -> None:
    bursts = [
        member
        for g in range(5)
        for member in grouped(GroupKind.BURST, photo(f"{g}a", 5.0 + g), photo(f"{g}b", 1.0))
    ]
    assert cull(bursts, keep=2, strictness=1.0).counts()[Choice.PICK] == 2


def test_a_group_of_unusable_frames_keeps_none_and_says_so() -> None:
    burst = grouped(GroupKind.BURST, *(photo(f"b{n}", 3.0, attributes=POOR) for n in range(3)))
    others = [photo(f"o{n}", 6.0 + n / 10, scene=1 + n) for n in range(20)]
    culling = cull([*burst, *others], strictness=1.0)
    why = "all its 3 frames are technically unusable (nothing is sharp)"
    for key in ("b0", "b1", "b2"):
        assert choices(culling)[key] is not Choice.PICK
        assert by_key(culling)[key].reason.startswith(f"no keeper in this group, {why}; ")
    assert f"one group has no keeper: {why}" in culling.notes
    assert not any("no keeper" in by_key(culling)[other.key].reason for other in others)


@pytest.mark.parametrize(
    ("frames", "words"),
    [(2, "both its frames are"), (3, "all its 3 frames are"), (12, "all its 12 frames are")],
)
def test_both_frames_are_not_called_all(frames: int, words: str) -> None:
    burst = grouped(GroupKind.BURST, *(photo(f"b{n}", 3.0, attributes=POOR) for n in range(frames)))
    why = f"{words} technically unusable (nothing is sharp)"
    others = [photo(f"o{n}", 6.0, scene=1 + n) for n in range(20)]
    assert f"one group has no keeper: {why}" in cull([*burst, *others], strictness=1.0).notes


def test_a_frame_without_a_measurement_is_not_compared_by_it() -> None:
    soft = [photo(f"s{n}", 5.0, sharpness=10) for n in range(2)]
    burst = grouped(GroupKind.BURST, photo("sharp", 5.3, sharpness=20), *soft, photo("x", 5.0))
    found = by_key(cull(burst, keep=1))
    assert found["sharp"].reason.startswith("sharper subject than 2 other frames")
    assert found["s0"].choice is Choice.REJECT
    assert found["x"].choice is Choice.NONE
    strict = by_key(cull(burst, keep=1, strictness=1.0))
    assert strict["x"].reason == "weaker than sharp.jpg: lower score"


def test_several_groups_without_a_keeper_are_counted() -> None:
    bursts = [
        member
        for g in "ab"
        for member in grouped(
            GroupKind.BURST, *(photo(f"{g}{n}", 3.0, attributes=POOR) for n in range(2))
        )
    ]
    assert cull(bursts, strictness=1.0).notes == (
        "2 groups have no keeper: all their frames are technically unusable",
    )


def test_a_usable_frame_stands_for_its_group_before_an_unusable_one() -> None:
    burst = grouped(
        GroupKind.BURST, photo("high", 8.0, attributes=POOR), photo("usable", 4.0), photo("x", 3.0)
    )
    found = by_key(cull(burst, strictness=1.0))
    assert found["usable"].choice is Choice.PICK
    assert found["high"].choice is Choice.REJECT
    assert found["high"].reason == "weaker than usable.jpg: technically unusable, nothing is sharp"


def test_what_a_person_decided_in_a_group_counts_as_its_keeper() -> None:
    mine = grouped(GroupKind.BURST, photo("mine", 3.0, decided=Choice.PICK), photo("other", 8.0))
    left = grouped(GroupKind.BURST, photo("no", 9.0, decided=Choice.REJECT), photo("last", 2.0))
    found = choices(cull([*mine, *left], strictness=1.0))
    assert found["other"] is not Choice.PICK
    assert found["last"] is Choice.PICK


@pytest.mark.parametrize(
    ("name", "value", "verdict", "expected"),
    [
        ("subject_sharpness", 60.0, Verdict.POOR, "nothing is sharp"),
        ("subject_sharpness", 190.0, Verdict.CANT_TELL, None),
        ("motion_blur", 9.0, Verdict.POOR, None),  # a panned subject is sharp
        ("noise", 9.0, Verdict.POOR, None),
        ("clipped_highlights", 60.0, Verdict.POOR, "the highlights are blown"),
        ("clipped_highlights", 20.0, Verdict.POOR, None),
        ("clipped_highlights", 90.0, Verdict.CANT_TELL, None),  # a white backdrop
        ("clipped_highlights", 100.0, Verdict.CANT_TELL, "the highlights are blown"),
        ("clipped_shadows", 80.0, Verdict.POOR, "the shadows are black"),
        ("exposure", -5.0, Verdict.POOR, "far too dark"),
        ("exposure", 2.3, Verdict.POOR, "far too bright"),
        ("exposure", -1.0, Verdict.POOR, None),
        ("exposure", -5.0, Verdict.CANT_TELL, None),  # low key
    ],
)
def test_what_is_technically_unusable(
    name: str, value: float, verdict: Verdict, expected: str | None
) -> None:
    assert unusable({name: Attribute(value, "", verdict)}, GENERAL) == expected


def test_what_a_genre_takes_for_intent_is_usable() -> None:
    dark = {"exposure": Attribute(-5.0, "EV", Verdict.POOR)}
    forgiving = replace(GENERAL, forgiven=frozenset({Flaw.UNDEREXPOSED}))
    assert unusable(dark, GENERAL) and unusable(dark, forgiving) is None
