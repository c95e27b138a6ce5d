"""What every model must offer, whatever network stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from aesplugin.assessment import Content, Reason, Suggestion
from aesplugin.photo import Rendition

_SILENT: Final = "-silent"  # at the end of a revision


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What a model is, as data: shown by ``aesplugin models info``.

    `figures` are measured values by name ("OASIS SRCC (theme-grouped)": 0.72), each one
    reproducible by the command in docs/evaluation.md. `comments` tells that the model writes some,
    unless its class is called with `comments=False`; its other answers are the same then.
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


class AestheticModel(Protocol):
    """Looks at renditions and answers.

    A registered class is called with the keywords `device` ("auto", "cpu", "cuda:1", ...) and
    `threads` (0 = as fits it) and loads its network then, once per process; one that writes
    comments takes `comments` as well, and writes none where it is false. The card is wanted more
    often than the network: a module `card` beside the class's, with `read_card()`, gives it
    without torch.
    """

    card: ModelCard

    def assess(self, renditions: Sequence[Rendition]) -> list[Answer]:
        """Answers in the order asked. The answer to a photo does not depend on its batch.

        Raises:
            DamagedPhoto: a rendition cannot be decoded (names its content hash).
            OutOfMemory: the batch does not fit; ask again with half of it.
        """
        ...
