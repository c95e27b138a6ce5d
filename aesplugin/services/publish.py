"""Write results into sidecars, as a run that can be undone; a second run writes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from aesplugin.assessment import SCORE_MAX, SCORE_MIN, Assessment
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import Entry, PublishItem, RunKind
from aesplugin.decision import Choice, Decision
from aesplugin.errors import SidecarError, UsageError
from aesplugin.services.files.sidecar_readings import says_reject, written_by_others
from aesplugin.services.files.unchanged import other_content, with_doubts
from aesplugin.services.keywords import caption_of, keywords_of
from aesplugin.services.personal.prefer import Preferences
from aesplugin.sidecars import atomic
from aesplugin.sidecars.base import Change, Merged, Publication, SidecarFormat
from aesplugin.sidecars.naming import Naming, sidecar_for

_ATTEMPTS = 4  # another program may write the same sidecar while it is read
_TAG_ROOT = "aesplugin"
# Words, not numbers: darktable makes every level of a tag path a tag of its own.
_LEVELS = ("bad", "poor", "fair", "good", "excellent")
_LEVEL, _FLAW = "aesthetics ", "flaw "
TAG_BEGINNINGS = ((_TAG_ROOT, _LEVEL), (_TAG_ROOT, _FLAW))  # how every published tag begins


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """What the user chose beyond our own namespace, and whose decisions count."""

    user: str | None = None
    ratings: bool = False
    only_mine: bool = False  # of the ratings: no stars of the score, and earlier ones taken out
    labels: bool = False
    tags: bool = False
    keywords: bool = False
    description: bool = False
    caption: bool = False  # where there is no comment to be the description
    naming: Naming = Naming.FULL


class Outcome(StrEnum):
    WRITTEN = "written"  # in a dry run: would be written
    UNCHANGED = "unchanged"
    REFUSED = "refused"  # photo or sidecar changed, damage, no right to write: byte-identical
    RESTORED = "restored"  # unpublish: as it was before
    MERGED_BACK = "merged back"  # unpublish: ours taken out, later edits of others kept
    GONE = "gone"  # unpublish: it was deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The result for one photo's sidecar."""

    photo: str
    sidecar: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    kept: tuple[str, ...] = ()
    reason: str | None = None
    stars_of_score: bool = False  # the stars it got are the machine's, not the person's


@dataclass(slots=True)
class _Run:
    """The run's number, taken when the first file is about to be written."""

    catalog: Catalog
    note: str
    id: int | None = None
    written: set[str] = field(default_factory=set)

    @contextmanager
    def writing(self, item: PublishItem) -> Iterator[None]:
        """Records what is about to be written; removes the record of what was not written."""
        if self.id is None:
            self.id = self.catalog.runs.begin(RunKind.PUBLISH, self.note)
        self.catalog.runs.record_published(self.id, [item])
        try:
            yield
        except SidecarError:
            now, _ = atomic.read(item.path)
            stands = now is not None and atomic.digest(now) == item.after_hash
            if not stands and item.path not in self.written:
                kept = self.catalog.runs.withdraw_published(self.id, item.path)
                self.id = self.id if kept else None
            raise
        self.written.add(item.path)

    def finish(self) -> None:
        if self.id is not None:
            self.catalog.runs.finish(self.id)


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Publishes and undoes runs. `locks` is a folder for lock files."""

    catalog: Catalog
    sidecars: SidecarFormat
    locks: Path
    personal_scores: Mapping[str, float] = field(default_factory=dict)

    def publish(
        self, entries: Iterable[Entry], options: PublishOptions, *, dry_run: bool = False
    ) -> Iterator[Published]:
        """One result per assessed file, as it is done. Originals are never written, and read only
        where nothing less tells that it is the photo that was scored: another is refused.

        Each file's former bytes are in the catalog before it is written, so that a run that is
        killed at any point can be undone.

        Raises:
            UsageError: the format of sidecars has no such field.
        """
        _require_able(self.sidecars, options)
        decisions = self.catalog.people.decisions(options.user) if options.user else {}
        stars = Preferences(self.catalog, options.user).stars() if options.user else {}
        run = _Run(self.catalog, _note(options))
        try:
            scored = (entry for entry in entries if entry.assessment is not None)
            for entry, doubt in with_doubts(self.catalog, scored):
                if doubt is not None:
                    yield _refused(entry.path, "", doubt)
                    continue
                assert entry.photo is not None
                key = entry.photo.content_hash
                decision = decisions.get(key)
                own = self._own_stars(entry, decision, stars.get(key)) if options.ratings else None
                publication = self._publication(entry, decision, own, options)
                result = self._publish_one(entry, publication, options, None if dry_run else run)
                is_machines = options.ratings and own is None and _writes_stars(result)
                yield replace(result, stars_of_score=is_machines)
        finally:
            run.finish()

    def unpublish(self, run_id: int, *, dry_run: bool = False) -> Iterator[Published]:
        """Undoes what a run wrote; later changes by other programs stay.

        Raises:
            UsageError: no such publish run, it was undone before, or a later run in effect
                wrote one of its files: what that one added would come back.
        """
        run = self.catalog.runs.find(run_id)
        if run.kind is not RunKind.PUBLISH:
            raise UsageError(f"run {run_id} is not a publish run; see `aesplugin unpublish --list`")
        if run.undone_at is not None:
            raise UsageError(f"run {run_id} was already undone at {run.undone_at:%Y-%m-%d %H:%M}")
        if later := self.catalog.runs.written_over(run_id):
            raise UsageError(
                f"run {later[0]} wrote {later[1]} after run {run_id};"
                f" undo that one first: aesplugin unpublish {later[0]}"
            )
        complete = True
        for item in self.catalog.runs.published(run_id):
            result = self._restore_one(run_id, item, dry_run=dry_run)
            complete &= result.outcome is not Outcome.REFUSED
            yield result
        if complete and not dry_run:
            self.catalog.runs.mark_undone(run_id)

    def _own_stars(self, entry: Entry, decision: Decision | None, stars: int | None) -> int | None:
        """The person's stars; a reject read elsewhere only while it stands there.

        It may have been taken back since it was read.
        """
        is_theirs = decision is not None and decision.choice is Choice.REJECT
        if stars == -1 and not is_theirs and not says_reject(self.catalog, entry, self.sidecars):
            return None
        return stars

    def _publication(
        self, entry: Entry, decision: Decision | None, stars: int | None, options: PublishOptions
    ) -> Publication:
        assessment, photo = entry.assessment, entry.photo
        assert assessment is not None and photo is not None
        user = options.user if photo.content_hash in self.personal_scores else None
        return Publication(
            score=assessment.score,
            personal_score=self.personal_scores.get(photo.content_hash) if user else None,
            user=user,
            comment=assessment.comment,
            suggestions=tuple(suggestion.advice for suggestion in assessment.suggestions),
            model=assessment.model,
            model_revision=assessment.model_revision,
            scored_at=self.catalog.gallery.scored_at(photo.content_hash, assessment.model_revision),
            stars=_stars(assessment.score, stars, options) if options.ratings else None,
            choice=_choice(decision) if options.labels and options.user else None,
            tags=tags_of(entry) if options.tags else None,
            keywords=keywords_of(assessment.content) if options.keywords else None,
            description=_description(assessment, options),
        )

    def _publish_one(
        self, entry: Entry, publication: Publication, options: PublishOptions, run: _Run | None
    ) -> Published:
        sidecar = ""
        try:
            sidecar = sidecar_for(entry.path, suffix=self.sidecars.suffix, naming=options.naming)
            merged = self._write(
                sidecar, lambda data: self.sidecars.merge(data, publication), entry, run
            )
        except SidecarError as error:
            return _refused(entry.path, sidecar, str(error))
        return Published(
            photo=entry.path,
            sidecar=sidecar,
            outcome=Outcome.WRITTEN if merged.changes else Outcome.UNCHANGED,
            changes=merged.changes,
            kept=merged.kept,
        )

    def _write(
        self,
        sidecar: str,
        merge: Callable[[bytes | None], Merged],
        entry: Entry,
        run: _Run | None,
    ) -> Merged:
        assert entry.photo is not None
        for attempt in range(_ATTEMPTS):
            with atomic.locked(sidecar, self.locks):
                before, version = atomic.read(sidecar)
                merged = _named(sidecar, merge, before)
                if merged.changes:
                    atomic.check_unprotected(sidecar)
                    if doubt := other_content(self.catalog, entry, expect=run is not None):
                        raise SidecarError(doubt)
                if run is None or not merged.changes or merged.data is None:
                    return merged
                item = PublishItem(
                    path=sidecar,
                    before=before,
                    after_hash=atomic.digest(merged.data),
                    content_hash=entry.photo.content_hash,
                    found_at=written_by_others(
                        self.catalog, sidecar, version, entry.photo.content_hash
                    ),
                )
                try:
                    with run.writing(item):
                        atomic.replace(sidecar, merged.data, expected=version)
                except atomic.ChangedUnderUs:
                    if attempt == _ATTEMPTS - 1:
                        raise
                    continue
                return merged
        raise AssertionError("the loop returns or raises")

    def _restore_one(self, run_id: int, item: PublishItem, *, dry_run: bool) -> Published:
        try:
            with atomic.locked(item.path, self.locks):
                now, version = atomic.read(item.path)
                if now is None:
                    return _put_back(item, Outcome.GONE)
                if atomic.digest(now) == item.after_hash:
                    if not dry_run:
                        atomic.replace(item.path, item.before, expected=version)
                    return _put_back(item, Outcome.RESTORED)
                if now == item.before:  # the run was killed before it wrote
                    return _put_back(item, Outcome.UNCHANGED)
                merged = _named(
                    item.path, lambda data: self.sidecars.restore(data or b"", item.before), now
                )
                if merged.changes and not dry_run:
                    self._note_put_back(run_id, item, merged, version)
                    atomic.replace(item.path, merged.data, expected=version)
                outcome = Outcome.MERGED_BACK if merged.changes else Outcome.UNCHANGED
                return _put_back(item, outcome, merged)
        except SidecarError as error:
            return _refused("", item.path, str(error))

    def _note_put_back(
        self, run_id: int, item: PublishItem, merged: Merged, version: atomic.Version | None
    ) -> None:
        """Keeps the time of others' last change, since removing our fields makes the file newer."""
        if merged.data is not None:
            written = atomic.digest(merged.data)
            at = written_by_others(self.catalog, item.path, version, item.content_hash)
            self.catalog.runs.note_put_back(run_id, item.path, written, found_at=at)


def _require_able(sidecars: SidecarFormat, options: PublishOptions) -> None:
    asked = (
        ("stars", "--ratings", options.ratings, sidecars.has_stars),
        ("picks", "--labels", options.labels, sidecars.has_choice),
        ("tags", "--tags", options.tags, sidecars.has_tags),
        ("keywords", "--keywords", options.keywords, sidecars.has_keywords),
        ("description", "--description", options.description, sidecars.has_description),
        ("description", "--caption", options.caption, sidecars.has_description),
    )
    refuse_absent(f"a {sidecars.suffix} sidecar", asked)


def refuse_absent(owner: str, asked: Iterable[tuple[str, str, bool, bool]]) -> None:
    """Refuses the first thing that is wanted of a format or library and that it has not.

    Each of `asked`: what it is, the option that wants it, whether it is wanted, whether it is had.

    Raises:
        UsageError: names both.
    """
    for what, option, wanted, has in asked:
        if wanted and not has:
            raise UsageError(f"{owner} has no {what}: leave out {option}")


def stars_of(score: float) -> int:
    """A score 1..10 as 1..5 stars, in equal steps."""
    return min(5, 1 + int(5 * (score - SCORE_MIN) / (SCORE_MAX - SCORE_MIN)))


def tags_of(entry: Entry) -> tuple[tuple[str, ...], ...]:
    """A photo's score level and flaws as tag paths."""
    assessment = entry.assessment
    if assessment is None:
        return ()
    level = _LEVELS[stars_of(assessment.score) - 1]
    flaws = dict.fromkeys(s.flaw.value.replace("_", " ") for s in assessment.suggestions)
    return (
        (_TAG_ROOT, _LEVEL + level),
        *((_TAG_ROOT, _FLAW + flaw) for flaw in flaws),
    )


def _stars(score: float, own: int | None, options: PublishOptions) -> int:
    """The person's rating, if any: a reject is -1 and so loses its stars. 0: none."""
    if own is not None or options.only_mine:
        return own or 0
    return stars_of(score)


def _description(assessment: Assessment, options: PublishOptions) -> str | None:
    """The comment, else what the photo shows, as far as each was asked for."""
    told = assessment.comment if options.description else None
    return told or (caption_of(assessment.content) if options.caption else None)


def _writes_stars(result: Published) -> bool:
    return any(one.is_stars and one.after is not None for one in result.changes)


def _choice(decision: Decision | None) -> Choice:
    """Without a decision there is no flag: ours, from a decision that was undone, is removed."""
    return Choice.NONE if decision is None else decision.choice


def _named(path: str, merge: Callable[[bytes | None], Merged], data: bytes | None) -> Merged:
    try:
        return merge(data)
    except SidecarError as error:
        raise SidecarError(f"{path} {error}; left unchanged") from None


def _refused(photo: str, sidecar: str, reason: str) -> Published:
    return Published(photo=photo, sidecar=sidecar, outcome=Outcome.REFUSED, reason=reason)


def _put_back(item: PublishItem, outcome: Outcome, merged: Merged | None = None) -> Published:
    return Published(
        photo="",
        sidecar=item.path,
        outcome=outcome,
        changes=merged.changes if merged else (),
        kept=merged.kept if merged else (),
    )


def _note(options: PublishOptions) -> str:
    names = ("ratings", "only_mine", "labels", "tags", "keywords", "description", "caption")
    opted = [name.replace("_", "-") for name in names if getattr(options, name)]
    return "publish " + " ".join(f"--{name}" for name in opted) if opted else "publish"
