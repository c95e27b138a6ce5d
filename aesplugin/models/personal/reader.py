"""What reads one person's rated photos in context: a network of its own, or a language model."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from torch import Tensor


class Reader(StrEnum):
    """Kinds of reader: a small network of its own, or CALM's language model."""

    NETWORK = "network"
    PROMPT = "prompt"


class TasteReader(Protocol):
    """Encodes the rated photos once per person, then says how taste moves any number of photos.

    Attributes:
        sees_photos: whether it is shown the photos themselves, [.., D] embeddings scaled to a mean
            square length of 1, or only [.., d] the taste view of them.
        together: photos it is asked about in one go.
    """

    sees_photos: ClassVar[bool]
    together: ClassVar[int]

    def train(self, mode: bool = True) -> Any:  # noqa: FBT001, FBT002 - as torch names it
        """Turns dropout on."""
        ...

    def own_state(self) -> "dict[str, Tensor]":
        """What training made of it, as it is stored."""
        ...

    def read(self, photos: "Tensor", said: "Tensor", present: "Tensor") -> Any:
        """Encode the context: [B, K, D or d], [B, K, SAID], [B, K] (False: padding, last)."""
        ...

    def ask(self, photos: "Tensor", asked: "Tensor", context: Any) -> "Tensor":
        """Moves [B, Q], in standard deviations of rating, of [B, Q, D or d], [B, Q, ASKED]."""
        ...
