"""Numbers with their nouns and verbs in sentences."""


def counted(number: int, one: str, more: str = "") -> str:
    """`number` with its noun: "1 photo", "2 photos"; `more` is an irregular plural."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def part_has(number: int, of: int, one: str) -> str:
    """A part of these and its verb: "1 of 2 photos has", "2 of 2 photos have"."""
    return f"{number} of {counted(of, one)} {'has' if 1 in (number, of) else 'have'}"
