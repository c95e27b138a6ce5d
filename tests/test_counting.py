import pytest

from aesplugin.counting import counted, part_has


def test_one_is_singular() -> None:
    assert [counted(n, "photo") for n in (0, 1, 2)] == ["0 photos", "1 photo", "2 photos"]
    assert [counted(n, "copy", "copies") for n in (1, 2)] == ["1 copy", "2 copies"]


@pytest.mark.parametrize(
    ("number", "of", "said"),
    [
        (0, 1, "0 of 1 photo has"),
        (1, 1, "1 of 1 photo has"),
        (0, 2, "0 of 2 photos have"),
        (1, 2, "1 of 2 photos has"),
        (2, 2, "2 of 2 photos have"),
        (0, 0, "0 of 0 photos have"),
    ],
)
def test_a_part_and_its_verb(number: int, of: int, said: str) -> None:
    assert part_has(number, of, "photo") == said
