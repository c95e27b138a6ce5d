"""What every model must offer, whatever network stands behind it.

A model is two things: its `ModelBackend`, which is registered and tells what the model is, and the
`AestheticModel` that this loads, which looks at photos.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from aesplugin.assessment import Content, Reason, Suggestion
from aesplugin.errors import ModelError
from aesplugin.photo import Rendition

if TYPE_CHECKING:
    from aesplugin.settings import Settings

Progress = Callable[[str, float], None]
"""Called with what is being done and how much of the whole is done, 0..1."""

_SILENT: Final = "-silent"  # at the end of a revision


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a model is, as data: shown by ``aesplugin models info``.

    `figures` are measured values by name ("OASIS SRCC (theme-grouped)": 0.72), each one
    reproducible by the command in docs/evaluation.md. `comments` tells that the model writes some,
    unless it is loaded with `comments=False`; its other answers are the same then.
    """

    name: str
    revision: str  # changes whenever an answer could change: base + adapter + prompts
    summary: str
    license: str
    sources: tuple[str, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    comments: bool = False

    def silent(self) -> "ModelCard":
        """Of the same model without comments: its answers are kept apart from those with them."""
        return replace(self, revision=f"{self.revision}{_SILENT}", comments=False)


def scores_alike(revision: str, other: str) -> bool:
    """Whether two revisions give the same scores and embeddings: with or without comments."""
    return revision.removesuffix(_SILENT) == other.removesuffix(_SILENT)


def alike_revisions(revision: str) -> tuple[str, str]:
    """The two revisions with the scores of this one: with comments, and without."""
    bare = revision.removesuffix(_SILENT)
    return bare, f"{bare}{_SILENT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a model says of one rendition.

    `score` 1..10; `embedding` little-endian float16 bytes or None; `suggestions` is None
    where the model gives none of its own (the measured attributes then speak). `uncertainty`,
    `content` and `reasons` are those of `Assessment`, None where the model does not give them.
    """

    score: float
    embedding: bytes | None = None
    comment: str | None = None
    suggestions: tuple[Suggestion, ...] | None = None
    uncertainty: float | None = None
    content: Content | None = None
    reasons: tuple[Reason, ...] | None = None


class PartlyAnswered(ModelError):
    """Some photos of a batch have no answer, each for a reason of its own; the others keep theirs.

    For a model to which asking again is dear. `outcomes` are in the order asked.
    """

    def __init__(self, outcomes: Sequence[Answer | ModelError]) -> None:
        super().__init__(str(next(one for one in outcomes if isinstance(one, ModelError))))
        self.outcomes = list(outcomes)


class AestheticModel(Protocol):
    """A network that is loaded: looks at renditions and answers."""

    card: ModelCard  # its backend's

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Answers in the order asked. The answer to a photo does not depend on its batch.

        Raises:
            DamagedPhoto: a rendition cannot be decoded (names its content hash).
            OutOfMemory: the batch does not fit; ask again with half of it.
            PartlyAnswered: some photos have no answer, and the model does not wish to be asked for
                the others again.
            ModelAway: no answer now, whatever the photo: ask again later.
        """
        ...


class ModelBackend(ABC):
    """What the name of a model stands for: says what it is, fetches what it needs, loads it.

    A backend is made often, for its card alone (by `rank` and `status`, for instance), and its
    module is imported then: torch and the like are imported inside `load` and `pull`.
    """

    takes_name: ClassVar[bool] = False  # "NAME:GIVEN" is one of many networks, named by GIVEN

    def __init__(self, given: str = "") -> None:
        """`given` is what stands after the ":"; always empty unless `takes_name`."""
        self.given = given

    def configure(self, settings: "Settings") -> None:  # noqa: B027 - most have none
        """Given the settings in force before all else; for a model that has some of its own."""

    @property
    @abstractmethod
    def card(self) -> ModelCard:
        """What the model is; reads no network. Where it is always the same, a class attribute.

        Raises:
            UsageError: `given` cannot be understood.
            WeightsMissing, WeightsDamaged: what the card is read from.
        """

    @abstractmethod
    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> AestheticModel:
        """Loads the network: the slow step, once a process.

        Args:
            device: "auto", "cpu", "cuda", "cuda:1", "mps".
            threads: of the CPU; 0 leaves them to the model.
            cache: the folder that `pull` fetched into.
            comments: where it is false no answer has one; it may be of no matter to a model whose
                card tells of no comments.

        Raises:
            UsageError: no such device here, or none of its networks is named.
            WeightsMissing, WeightsDamaged: fetch or mend them; the message says how.
            OutOfMemory: the network does not fit.
        """

    def refresh_card(self, *, cache: Path) -> None:  # noqa: B027 - most are read from files
        """Called before photos are scored: brings up to date what the card is read from.

        For a model that may change while it is not looked at, such as one on a server.

        Raises:
            ModelAway: it cannot be found out now, and nothing is known from before.
            ModelError: it is not there any more.
        """

    def describe(self) -> str:
        """Once loaded: what it can and cannot do here, for `aesplugin doctor`; may be empty."""
        return ""

    def pull(self, *, cache: Path, progress: Progress) -> None:
        """Fetches into `cache`, once, what `load` needs; says here that nothing is needed.

        Raises:
            WeightsMissing, WeightsDamaged: it cannot be had, or is not what it should be.
        """
        progress("nothing to fetch", 1.0)
