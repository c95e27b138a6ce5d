from hypothesis import given
from hypothesis import strategies as st

from aesplugin.photo import FileStamp
from aesplugin.workers.settle import Settler

SECONDS = 3.0


def _stamp(size: int, mtime_ns: int = 0, path: str = "a.jpg") -> FileStamp:
    return FileStamp(path=path, size=size, mtime_ns=mtime_ns)


def test_a_file_settles_after_two_equal_looks_that_far_apart() -> None:
    settler = Settler(SECONDS)
    settler.notice("a.jpg", 0.0)
    assert settler.due(0.0) == ["a.jpg"]
    assert not settler.check("a.jpg", _stamp(10), 0.0)
    assert settler.due(2.9) == []
    assert settler.due(3.0) == ["a.jpg"]
    assert settler.check("a.jpg", _stamp(10), 3.0)
    assert len(settler) == 0


def test_growth_starts_the_wait_anew() -> None:
    settler = Settler(SECONDS)
    settler.notice("a.jpg", 0.0)
    for now, size in ((0.0, 1), (3.0, 2), (6.0, 3)):
        assert settler.due(now) == ["a.jpg"]
        assert not settler.check("a.jpg", _stamp(size), now)
    assert settler.due(9.0) == ["a.jpg"]
    assert settler.check("a.jpg", _stamp(3), 9.0)


def test_a_vanished_file_is_forgotten_and_may_come_back() -> None:
    settler = Settler(SECONDS)
    settler.notice("a.jpg", 0.0)
    settler.due(0.0)
    assert not settler.check("a.jpg", None, 0.0)
    assert len(settler) == 0
    settler.notice("a.jpg", 1.0)
    assert settler.due(1.0) == ["a.jpg"]


def test_a_thousand_notices_are_one_look() -> None:
    settler = Settler(SECONDS)
    for _ in range(1000):
        settler.notice("a.jpg", 0.0)
    assert settler.due(0.0) == ["a.jpg"]
    assert settler.due(0.0) == []


@given(
    looks=st.lists(
        st.tuples(
            st.floats(-50, 50, allow_nan=False),  # the clock's step, backwards too
            st.sampled_from([None, 1, 2]),  # the size seen; None: gone
            st.integers(0, 1),  # mtime
        ),
        max_size=60,
    )
)
def test_whatever_happens_nothing_settles_before_it_was_still(
    looks: list[tuple[float, int | None, int]],
) -> None:
    """Against a plain model: settled means the last looks, spanning SECONDS, saw one stamp."""
    settler = Settler(SECONDS)
    now, history = 100.0, []  # type: tuple[float, list[tuple[float, FileStamp | None]]]
    for step, size, mtime in looks:
        now += step
        settler.notice("a.jpg", now)
        stamp = None if size is None else _stamp(size, mtime)
        for path in settler.due(now):
            history.append((now, stamp))
            if settler.check(path, stamp, now):
                assert stamp is not None
                tail = _tail_of_equal(history)
                assert tail[-1] - tail[0] >= SECONDS
                history.clear()


def _tail_of_equal(history: list[tuple[float, FileStamp | None]]) -> list[float]:
    """Times of the last looks that saw the same stamp on a clock that did not jump back."""
    last = history[-1][1]
    tail: list[float] = []
    for at, seen in reversed(history):
        if seen != last or (tail and at > tail[0]):
            break
        tail.insert(0, at)
    return tail


@given(
    jumps=st.lists(st.floats(-1e6, 10, allow_nan=False), max_size=20),
    names=st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True),
)
def test_still_files_always_settle_soon_after_the_last_jump(
    jumps: list[float], names: list[str]
) -> None:
    settler = Settler(SECONDS)
    now = 0.0
    for name in names:
        settler.notice(name, now)
    left = set(names)
    for step in [*jumps, *[1.0] * 8]:
        now += step
        for path in settler.due(now):
            if settler.check(path, _stamp(1, path=path), now):
                left.discard(path)
    assert not left
    assert len(settler) == 0
