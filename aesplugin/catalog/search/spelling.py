"""The nearest known words to one that finds nothing."""

from sqlalchemy import Connection, func, select

from aesplugin.catalog.tables import known_words

_SHORTEST = 4  # letters of a word that may be misspelt
_LONG = 7  # letters from which on two may be wrong
_MOST = 5  # candidates


def nearest(connection: Connection, word: str) -> list[str]:
    """Known words within one edit, or two of a long word; the nearest first."""
    if len(word) < _SHORTEST:
        return []
    most = 2 if len(word) >= _LONG else 1
    length = func.length(known_words.c.word)
    query = select(known_words.c.word).where(length.between(len(word) - most, len(word) + most))
    found = []
    for known in connection.execute(query).scalars():
        if known != word and _may_be_within(word, known, most):
            edits = edit_distance(word, known)
            if edits <= most:
                found.append((edits, known[0] != word[0], known))
    return [known for *_, known in sorted(found)[:_MOST]]


def edit_distance(one: str, other: str) -> int:
    """How many letters have to be put in, left out, replaced or swapped with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        above, row = row, [at]
        for to, wanted in enumerate(other, start=1):
            cost = min(above[to] + 1, row[-1] + 1, above[to - 1] + (letter != wanted))
            swapped = at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted
            row.append(min(cost, before[to - 2] + 1) if swapped else cost)
        before = above
    return row[-1]


def _may_be_within(one: str, other: str, most: int) -> bool:
    """Quickly: whether few enough letters are in one of them only."""
    rest = list(other)
    for letter in one:
        if letter in rest:
            rest.remove(letter)
    return len(rest) <= most and len(one) - (len(other) - len(rest)) <= most
