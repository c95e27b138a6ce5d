"""Status: photos by state, the queue, the workers, and the time left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from aesplugin.catalog.records import Failure
from aesplugin.errors import QueueError
from aesplugin.jobs import Depth
from aesplugin.models.base import ModelCard
from aesplugin.photo import PhotoState
from aesplugin.settings import Settings

if TYPE_CHECKING:
    from aesplugin.broker import CeleryQueue, WorkerBeat
    from aesplugin.catalog.catalog import Catalog

WATCHER = "watcher"  # what a watcher calls itself in its sign of life


class Parts(Protocol):
    """The parts to ask; see `aesplugin.compose.Workshop`."""

    @property
    def settings(self) -> Settings:
        """The current settings."""
        ...

    @property
    def catalog(self) -> "Catalog":
        """Opens the catalog."""
        ...

    @property
    def card(self) -> ModelCard:
        """Reads the model's card."""
        ...

    def broker_queue(self, *, send_seconds: float = 0.0) -> "CeleryQueue":
        """Connects to the broker."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`depth` is None without a broker or if it does not answer (`problem` says why).

    `rate` is photos assessed a second over the last minute, by whomever; `eta` seconds until the
    pending ones are done at that rate, None where that is unknown.
    """

    catalog: str
    model: ModelCard
    states: Mapping[PhotoState, int]
    failures: Sequence[Failure]
    rate: float
    depth: Depth | None = None
    workers: Sequence["WorkerBeat"] = ()
    watchers: Sequence["WorkerBeat"] = ()
    problem: str | None = None
    here: str | None = None  # the last error of the calling process

    @property
    def eta(self) -> float | None:
        """Seconds, see above."""
        pending = self.states.get(PhotoState.PENDING, 0)
        if not pending:
            return 0.0
        return pending / self.rate if self.rate else None

    @property
    def last_error(self) -> str | None:
        """The first of: the broker's, this process's, a worker's or watcher's, the last photo's."""
        living = [*self.workers, *self.watchers]
        workers = [f"{one.queue} on {one.host}: {one.last_error}" for one in living]
        spoken = [text for text in workers if not text.endswith(": ")]
        photos = [failure.reason for failure in self.failures if failure.reason]
        return next(iter([*filter(None, [self.problem, self.here]), *spoken, *photos]), None)


def read_status(parts: Parts, *, failures: int = 10) -> Status:
    """Asks catalog and broker; a broker that does not answer is part of the status."""
    revision = parts.card.revision
    depth, living, problem = None, [], None  # type: Depth | None, list[WorkerBeat], str | None
    if parts.settings.broker:
        try:
            queue = parts.broker_queue(send_seconds=0.0)
            depth, living = queue.depth(), queue.workers()
        except QueueError as error:
            problem = str(error)
    return Status(
        catalog=parts.catalog.name,
        model=parts.card,
        states=parts.catalog.counts(revision),
        failures=parts.catalog.last_failures(revision, limit=failures),
        rate=parts.catalog.rate(revision),
        depth=depth,
        workers=[one for one in living if one.queue != WATCHER],
        watchers=[one for one in living if one.queue == WATCHER],
        problem=problem,
    )
