"""A client's choices, read from the file that the gallery saved, as decisions of a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Run
from aesplugin.counting import counted
from aesplugin.decision import Choice, Decision, Word
from aesplugin.errors import DataError
from aesplugin.printable import printable
from aesplugin.services.decide import decide_each
from aesplugin.services.files.companions import with_companions
from aesplugin.services.sharing.page import FORMAT, MOST_TITLE

MOST_BYTES = 32 * 2**20
_MOST_PHOTOS = 100_000
_PLACE = " in a shared gallery"  # ends the run's note
_SOMEBODY = "client"
_MOST_NAME = 200  # characters of a person's name

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Version(BaseModel):
    format: str = Field(max_length=100)


class ChosenPhoto(BaseModel):
    """What the client said of one photo; None where they said nothing of it."""

    model_config = ConfigDict(strict=True, frozen=True)

    photo: Hash
    name: str = Field(max_length=2000)
    chosen: bool | None = None
    stars: int | None = Field(None, ge=0, le=5)
    comment: str = Field("", max_length=2000)


class Choices(BaseModel):
    """The file's content."""

    model_config = ConfigDict(frozen=True)

    format: str
    share: str = Field(pattern=r"^[0-9a-f]{32}$")
    title: str = Field(max_length=10 * MOST_TITLE)  # escapes are longer than what they stand for
    made_at: AwareDatetime
    photos: tuple[ChosenPhoto, ...] = Field(max_length=_MOST_PHOTOS)

    @property
    def client(self) -> str:
        """The title as a person's name, where it can be one."""
        name = self.title.strip()
        return name if name.isprintable() and 0 < len(name) <= _MOST_NAME else _SOMEBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading a file of choices did; `run` is None where nothing is new."""

    user: str
    run: Run | None
    chosen: int
    rated: int
    unpicked: int  # picks that the client took back
    unrated: int
    changed: int
    comments: tuple[ChosenPhoto, ...]
    unknown: tuple[ChosenPhoto, ...]

    @property
    def line(self) -> str:
        """What it did, in one line."""
        said = f"{counted(self.chosen, 'photo')} chosen, {self.rated} with stars, by {self.user}"
        taken = ((self.unpicked, "pick"), (self.unrated, "rating"))
        if back := " and ".join(counted(number, what) for number, what in taken if number):
            said += f"; {back} taken back"
        if self.run is None:
            return f"{said}: nothing changed, these choices were already stored"
        return f"{said}; undo with: aesplugin undo {self.run.id}"


def read_file(file: Path) -> Choices:
    """The choices in a file.

    Raises:
        DataError: it cannot be read, or is no file of choices.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError:  # a null character in the name
        raise DataError(f"{file} is not the name of a file") from None
    return parse(data, str(file))


def parse(data: bytes, name: str) -> Choices:
    """The same from a file's bytes; `name` is for the message.

    Raises:
        DataError: they are no choices.
    """
    way_out = "ask the client for the file that “Save my choices” made"
    if len(data) > MOST_BYTES:
        raise DataError(f"{name} is too large for a file of choices: {way_out}")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        version = _Version.model_validate_json(data).format
    except ValidationError as error:
        what = "is no whole JSON file" if _is_syntax(error) else "is no file of choices"
        raise DataError(f"{name} {what}: {way_out}") from None
    if version != FORMAT:
        known = FORMAT.partition("/")[0]
        what = "was made by another release" if version.startswith(f"{known}/") else "is no choices"
        raise DataError(f"{name} {what} ({printable(version)!r} instead of {FORMAT!r}): {way_out}")
    try:
        found = Choices.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DataError(
            f"{name} is damaged, {printable(where)}: {first['msg']}; {way_out}"
        ) from None
    if len({one.photo for one in found.photos}) < len(found.photos):
        raise DataError(f"{name} is damaged, it names a photo twice; {way_out}")
    return found


def store(
    catalog: Catalog, choices: Choices, user: str | None = None, *, place: str = ""
) -> Reading:
    """Stores the choices as decisions of `user`, by default of the client, as one run.

    Chosen photos become picks together with the other files of their exposures. A choice or stars
    that the client took back lose their pick and stars; what they said nothing of, which the file
    does not name, stays as it is. `place` ends the run's note.

    Raises:
        UsageError: no usable name.
        DataError: none of the photos is in the catalog.
    """
    user = user or choices.client
    held = catalog.gallery.held([one.photo for one in choices.photos])
    known = [one for one in choices.photos if one.photo in held]
    if choices.photos and not known:
        raise DataError(
            "none of these photos is in this catalog; give the one they are from: --catalog FILE"
        )
    words = _words(catalog, user, known)
    own = {one.photo: words[one.photo] for one in known if one.photo in words}
    before = catalog.gallery.decisions_of(user, list(words)) if words else {}
    run = decide_each(catalog, user, words, place=_PLACE + place) if words else None
    return Reading(
        user=user,
        run=run,
        chosen=sum(bool(one.chosen) for one in known),
        rated=sum(bool(one.stars) for one in known),
        unpicked=sum(word.choice is Choice.NONE for word in own.values()),
        unrated=sum(
            word.stars == 0 and key in before and bool(before[key].stars)
            for key, word in own.items()
        ),
        changed=sum(_differs(word, before.get(key)) for key, word in words.items()) if run else 0,
        comments=tuple(one for one in known if one.comment.strip()),
        unknown=tuple(one for one in choices.photos if one.photo not in held),
    )


def _words(catalog: Catalog, user: str, photos: Iterable[ChosenPhoto]) -> dict[str, Word]:
    """What is said of each photo, where it says or changes anything."""
    given = {one.photo: one for one in photos}
    standing = catalog.gallery.decisions_of(user, list(given))
    said = {}
    for key, one in given.items():
        word = _word(one, standing.get(key))
        if one.chosen or one.stars or _differs(word, standing.get(key)):
            said[key] = word
    return said | _of_companions(catalog, said, given)


def _word(one: ChosenPhoto, standing: Decision | None) -> Word:
    """To take back a heart is no reject, and takes none back. What was not said changes nothing."""
    is_back = one.chosen is False and standing is not None and standing.choice is Choice.PICK
    choice = Choice.PICK if one.chosen else Choice.NONE if is_back else None
    return Word(choice=choice, stars=one.stars)


def _of_companions(
    catalog: Catalog, said: Mapping[str, Word], given: Mapping[str, ChosenPhoto]
) -> dict[str, Word]:
    """RAW and JPEG of an exposure share their fate; a gallery shows one of them."""
    found: dict[str, Word] = {}
    for choice in (Choice.NONE, Choice.PICK):  # a pick of one is a pick of all
        keys = [key for key, word in said.items() if word.choice is choice]
        others = set(with_companions(catalog, keys)) - given.keys() if keys else set()
        found |= dict.fromkeys(others, Word(choice=choice))
    return found


def _differs(word: Word, standing: Decision | None) -> bool:
    old = standing or Decision(content_hash="", user="")
    new = word.on(old)
    return (new.choice, new.stars or None) != (old.choice, old.stars or None)


def _is_syntax(error: ValidationError) -> bool:
    return any(one["type"] == "json_invalid" for one in error.errors(include_input=False))
