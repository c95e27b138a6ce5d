"""A catalog from Python: score into it, rank, cull, rate, decide, publish."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Self

from aesplugin.catalog.filters import Kinds
from aesplugin.catalog.records import Entry, Run
from aesplugin.compose import Workshop
from aesplugin.decision import Choice, Word
from aesplugin.errors import UsageError
from aesplugin.services.culling import profiles
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.culling.cull import Cull, cull, keepers_of, read_decisions
from aesplugin.services.decide import accept, decide, undo
from aesplugin.services.files.companions import with_companions
from aesplugin.services.files.same_files import known_place
from aesplugin.services.groups.group import Shoot, group, is_mixed, of_kinds, pairs_of, read_shoot
from aesplugin.services.personal.explanations import RankedPhoto, Why, ranked_photos
from aesplugin.services.personal.prefer import Learnt, Preferences
from aesplugin.services.personal.taste import rank_for
from aesplugin.services.publish import Published, PublishOptions
from aesplugin.settings import load_settings
from aesplugin.sidecars.naming import Naming

_LOG = logging.getLogger(__name__)


def open_catalog(path: str | os.PathLike[str] | None = None, **settings: object) -> "PhotoCatalog":
    """The catalog at a path or database URL, made where there is none; None: as set.

    `settings` are those of docs/settings.md by name, such as `model="mini"`; they go before the
    settings file and the environment.

    Raises:
        SettingsError: a setting is not usable.
        CatalogError: no catalog, or one that a newer release made.
    """
    given = None if path is None else os.fspath(path)
    if given is not None and "://" not in given:
        given = os.path.expanduser(given)
    return PhotoCatalog(Workshop(load_settings(catalog=given, **settings)))


class PhotoCatalog:
    """Photos with what is known of them, and the words of the people who work with them.

    `photo` is a path or a content hash everywhere. Use as a context manager, or call `close`.
    """

    def __init__(self, workshop: Workshop) -> None:
        """See `open_catalog`."""
        self._workshop = workshop
        self._catalog = workshop.catalog
        self._revision = workshop.card.revision

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what scoring started, and lets the database go."""
        self._workshop.close()
        self._catalog.close()

    def score(
        self, paths: Iterable[str | os.PathLike[str]], *, read_faces: bool = False
    ) -> Iterator[Entry]:
        """Scores files and folders that are new or have changed; yields every file, as it is done.

        What is known already is yielded at once. Stopped at any point, the next call goes on. With
        `read_faces` faces are looked for in known photos, too, where that was not done.

        Raises:
            CatalogError: it cannot be written. ModelError: the model cannot be loaded.
            UsageError: faces are to be read, and the setting `faces` is off.
        """
        run = self._workshop.score_run()
        places = (os.path.abspath(os.path.expanduser(os.fspath(path))) for path in paths)
        plan = run.plan(places, read_faces=read_faces)
        for file in run.run(plan):
            yield self._catalog.entry(file.path, self._revision) or Entry(
                path=file.path, paths=(file.path,), state=file.state, reason=file.reason
            )

    def entries(self, folder: str | os.PathLike[str] | None = None) -> Iterator[Entry]:
        """All files that are there and could be decoded, in a folder and below it, by path."""
        yield from self._workshop.entries_under([] if folder is None else [self._place(folder)])

    def entry(self, photo: str | os.PathLike[str]) -> Entry | None:
        """What is known of one photo; None where it is not in the catalog."""
        key = Preferences(self._catalog, "").keys_of([os.fspath(photo)]).get(os.fspath(photo))
        return self._catalog.entry(key, self._revision) if key else None

    def rank(
        self,
        *,
        user: str | None = None,
        limit: int = 50,
        offset: int = 0,
        include_non_photos: bool = False,
    ) -> list[RankedPhoto]:
        """Photos by score, best first; with `user` by what that person likes, and why.

        Graphics, documents and scientific images are left out unless included. Where too little is
        known of the person, the general score ranks, and a warning is logged.

        Raises:
            WeightsMissing, WeightsDamaged: of the personal model.
        """
        left_out = [] if include_non_photos else self._catalog.not_photos(self._revision)
        if user is None:
            kinds = Kinds.PHOTOS if left_out else Kinds.ALL
            found = self._catalog.rank(self._revision, limit=limit, offset=offset, kinds=kinds)
            return [_as_ranked(entry, offset + at) for at, entry in enumerate(found, start=1)]
        personal = self._workshop.personal_files
        ranking = rank_for(
            self._catalog, self._revision, user, personal=personal, leave_out=left_out
        )
        if ranking.note:
            _LOG.warning("%s", ranking.note)
        return ranked_photos(self._catalog, self._revision, ranking, limit=limit, offset=offset)

    def cull(  # noqa: PLR0913 - what a person may ask for, each by its name
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        keep: int | None = None,
        keep_percent: float | None = None,
        strictness: float = 0.5,
        per_group: int = 1,
        profile: str = "auto",
        user: str | None = None,
        include_non_photos: bool = False,
    ) -> Cull:
        """Proposes what to keep of a folder, or of all; changes nothing: see `accept`.

        Args:
            folder: with all below it.
            keep, keep_percent: so many keepers; by `strictness` (0 keeps much, 1 little) where
                neither is given.
            per_group: keepers of one burst, at most.
            profile: auto (chosen by the faces each group shows), general, portrait, ...
            user: whose taste counts, and whose decisions stand.
            include_non_photos: also graphics, documents and scientific images.

        Raises:
            UsageError: no photo there, or both `keep` and `keep_percent`.
        """
        if keep is not None and keep_percent is not None:
            raise UsageError("give a number of photos to keep or a percentage, not both")
        shoot, left_out = self._shoot(folder, include_non_photos=include_non_photos)
        values, note = self._values(user)
        if keep_percent is not None:
            keep = keepers_of(len(pairs_of(shoot)), keep_percent)
        found = cull(
            shoot,
            Wish(keep=keep, strictness=strictness, per_group=per_group),
            profiles.load(profile),
            sketches=self._workshop.sketch,
            values=values,
            decisions=read_decisions(self._catalog, user),
        )
        return replace(found, notes=(*note, *found.notes), left_out=left_out)

    def accept(self, user: str, proposed: Cull) -> Run | None:
        """Makes picks and rejects of a cull the person's decisions; None where nothing is new."""
        return accept(self._catalog, user, proposed.proposals())

    def prefer(
        self,
        user: str,
        photos: Iterable[str | os.PathLike[str]],
        *,
        rating: int | None = None,
        favorite: bool | None = None,
    ) -> Learnt:
        """A person rates photos, 1 to 5 stars, or calls them favourites: their taste learns it.

        Raises:
            UsageError: a rating outside 1..5, or no usable name.
        """
        statement = {"rating": rating, "favorite": favorite}
        return Preferences(self._catalog, user).state([os.fspath(one) for one in photos], statement)

    def decide(
        self,
        user: str,
        photos: Iterable[str | os.PathLike[str]],
        *,
        choice: Choice | None = None,
        stars: int | None = None,
        favorite: bool | None = None,
    ) -> Run | None:
        """A person picks, rejects or stars photos; None leaves as it is, 0 stars take them away.

        RAW and JPEG of one exposure are picked and rejected together. Returns the run, for `undo`;
        None where all of it was so before.

        Raises:
            UsageError: one is not in the catalog, or its file is no longer the photo that was
                scored, and nothing was decided; stars outside 0..5.
        """
        keys = Preferences(self._catalog, user).chosen([os.fspath(photo) for photo in photos])
        if choice is not None:
            keys = with_companions(self._catalog, keys)
        word = Word(choice=choice, stars=stars, favorite=favorite)
        return decide(self._catalog, user, keys, word)

    def undo(self, run: int | None = None, *, user: str | None = None) -> Run:
        """Takes back what `decide` or `accept` did; the newest that stands where None.

        Raises:
            UsageError: no such run, none left, or taken back already.
        """
        return undo(self._catalog, run, user=user)[0]

    def publish(  # noqa: PLR0913 - what may be written, each by its name
        self,
        paths: Iterable[str | os.PathLike[str]] = (),
        *,
        user: str | None = None,
        ratings: bool = False,
        only_mine: bool = False,
        labels: bool = False,
        tags: bool = False,
        keywords: bool = False,
        description: bool = False,
        caption: bool = False,
        naming: Naming = Naming.FULL,
        dry_run: bool = False,
    ) -> Iterator[Published]:
        """Writes XMP sidecars beside photos (of all of the catalog where no path is named).

        Photos themselves are never written. The options are those of `aesplugin publish`; with
        `dry_run` the differences are told and nothing is written.

        Raises:
            UsageError: `labels` or `only_mine` without whose, or a format of sidecars that has no
                such field.
        """
        if (labels or only_mine) and not user:
            raise UsageError("labels and only_mine need a person: give user")
        options = PublishOptions(
            user=user,
            ratings=ratings,
            only_mine=only_mine,
            labels=labels,
            tags=tags,
            keywords=keywords,
            description=description,
            caption=caption,
            naming=naming,
        )
        entries = self._workshop.entries_under([self._place(path) for path in paths])
        return self._workshop.publisher(user or "").publish(entries, options, dry_run=dry_run)

    def unpublish(self, run: int, *, dry_run: bool = False) -> Iterator[Published]:
        """Puts sidecars back as they were before a run; later changes of others stay.

        Raises:
            UsageError: no such run, or taken back already.
        """
        return self._workshop.publisher().unpublish(run, dry_run=dry_run)

    def _place(self, path: str | os.PathLike[str]) -> str:
        return known_place(self._catalog, os.fspath(path))

    def _shoot(
        self, folder: str | os.PathLike[str] | None, *, include_non_photos: bool
    ) -> tuple[Shoot, int]:
        """Photos that may be culled, and how many pictures were left out."""
        place = None if folder is None else self._place(folder)
        everything = read_shoot(self._catalog, self._revision, place)
        if include_non_photos or not is_mixed(everything):
            return everything, 0
        shoot = of_kinds(everything, Kinds.PHOTOS, group(everything, self._workshop.sketch))
        if everything.entries and not shoot.entries:
            raise UsageError("nothing but graphics and documents there, which are not culled")
        return shoot, len(everything.entries) - len(shoot.entries)

    def _values(self, user: str | None) -> tuple[Mapping[str, float] | None, list[str]]:
        """A person's scores by content hash, and what is to be said of them."""
        if not user:
            return None, []
        personal = self._workshop.personal_files
        ranking = rank_for(self._catalog, self._revision, user, personal=personal)
        values = dict(zip(ranking.hashes, ranking.personal.tolist(), strict=True))
        return values, [ranking.note] if ranking.note else []


def _as_ranked(entry: Entry, place: int) -> RankedPhoto:
    assert entry.assessment is not None
    score = entry.assessment.score
    return RankedPhoto(
        place=place,
        entry=entry,
        general=score,
        personal=score,
        rose=0,
        why=Why(photos=(), attributes=()),
        resembles=(),
    )
