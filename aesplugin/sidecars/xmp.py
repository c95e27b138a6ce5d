"""XMP sidecars: our fields in our own namespace, the user's only where opted in and empty.

Whatever we put into a field of the user's is remembered in our namespace (``Wrote…``): that is
how a later run tells its own words from a person's, and how they can be taken back.
"""

from typing import Final

from aesplugin.sidecars.base import Change, Merged, Publication, SidecarFormat, UserFields
from aesplugin.sidecars.rdf import RdfTree, clean
from aesplugin.sidecars.xmp_names import (
    COLOR_LABEL,
    COLOR_LABELS,
    LABEL,
    LISTS,
    OWN_LISTS,
    OWN_TEXTS,
    PICK_LABEL,
    PREFIXES,
    RATING,
    SUGGESTIONS,
    TEXTS,
    WROTE_LABEL,
    WROTE_PICK,
    WROTE_RATING,
    name_of,
    short,
)
from aesplugin.sidecars.xmp_tags import (
    persons_tags,
    restore_keywords,
    restore_tags,
    write_keywords,
    write_tags,
)
from aesplugin.sidecars.xmp_user_fields import (
    choice_of,
    persons,
    persons_descriptions,
    restore_description,
    restore_mark,
    stars_of,
    write_choice,
    write_description,
    write_rating,
)

_STARS: Final = short(RATING)


class XmpSidecar(SidecarFormat):
    """Adobe's XMP as darktable, digiKam, Lightroom, Immich and RawTherapee read it."""

    suffix = ".xmp"
    has_stars = has_choice = has_tags = has_keywords = has_description = True

    def read(self, data: bytes, *, default_star: bool = True) -> UserFields:
        """See `SidecarFormat.read`."""
        tree = RdfTree(data, PREFIXES)
        stars = persons(tree, RATING, WROTE_RATING)
        if stars == "1" and default_star and tree.uses(PREFIXES["darktable"]):
            stars = None  # darktable gives one star to every photo it imports
        return UserFields(
            stars=stars_of(stars),
            choice=choice_of(persons(tree, PICK_LABEL, WROTE_PICK), stars_of(stars)),
            label=persons(tree, LABEL, WROTE_LABEL),
            tags=persons_tags(tree),
            description=next(iter(persons_descriptions(tree)), None),
        )

    def merge(self, data: bytes | None, publication: Publication) -> Merged:
        """See `SidecarFormat.merge`."""
        tree = RdfTree(data, PREFIXES)
        before = _fields(tree)
        _write_own(tree, publication)
        kept = [
            *write_rating(tree, publication.stars),
            *write_choice(tree, publication.choice),
            *write_description(tree, publication.description),
        ]
        if publication.tags is not None:
            write_tags(tree, publication.tags)
        if publication.keywords is not None:
            kept += write_keywords(tree, publication.keywords)
        return _merged(tree, data, before, kept)

    def restore(self, data: bytes, before: bytes | None) -> Merged:
        """See `SidecarFormat.restore`."""
        tree = RdfTree(data, PREFIXES)
        old = RdfTree(before, PREFIXES)
        was = _fields(tree)
        kept = [
            *restore_mark(tree, old, WROTE_RATING, (RATING,)),
            *restore_mark(tree, old, WROTE_PICK, (PICK_LABEL,)),
            *restore_mark(tree, old, WROTE_LABEL, (LABEL, COLOR_LABEL, COLOR_LABELS)),
        ]
        restore_description(tree, old)
        restore_tags(tree, old)
        restore_keywords(tree, old)
        for name in OWN_TEXTS:
            tree.set_text(name, old.text(name))
        for name in OWN_LISTS:
            tree.set_items(name, old.items(name), kind="Seq")
        tree.prune()
        return _merged(tree, data, was, kept)


def _merged(tree: RdfTree, data: bytes | None, before: dict[str, str], kept: list[str]) -> Merged:
    after = _fields(tree)
    changes = tuple(
        Change(name, before.get(name), after.get(name), is_stars=name == _STARS)
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )
    return Merged(data=tree.to_bytes() if changes else data, changes=changes, kept=tuple(kept))


def _fields(tree: RdfTree) -> dict[str, str]:
    """Everything we may write, by its usual short name."""
    found = {name: tree.text(name) or "" for name in TEXTS}
    found |= {name: ", ".join(tree.items(name)) for name in LISTS}
    return {short(name): value for name, value in found.items() if value}


def _write_own(tree: RdfTree, publication: Publication) -> None:
    values = {
        "Score": _number(publication.score),
        "PersonalScore": _number(publication.personal_score),
        "User": publication.user,
        "Comment": publication.comment,
        "Model": publication.model,
        "ModelRevision": publication.model_revision,
        "ScoredAt": publication.scored_at and publication.scored_at.isoformat(timespec="seconds"),
    }
    for local, value in values.items():
        name, wanted = name_of(f"aes:{local}"), clean(value) or None if value else None
        if tree.text(name) != wanted:
            tree.set_text(name, wanted)
    suggestions = [clean(text) for text in publication.suggestions]
    if tree.items(SUGGESTIONS) != suggestions:
        tree.set_items(SUGGESTIONS, suggestions, kind="Seq")


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"
