"""What reads one person's rated photos in context: a network of its own, or a language model."""

from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class Reader(StrEnum):
    """Kinds of reader: a small network of its own, or CALM's language model."""

    NETWORK = "network"
    PROMPT = "prompt"


class TasteReader(Protocol):
    """Encodes one person's rated photos once, then says how taste moves any number of photos.

    Attributes:
        sees_photos: whether it is shown the photos themselves, [.., D] embeddings scaled to a mean
            square length of 1, or only [.., d] the taste view of them.
        together: photos it is asked about in one go.
    """

    sees_photos: ClassVar[bool]
    together: ClassVar[int]

    def own_state(self) -> "dict[str, NDArray[np.floating[Any]]]":
        """What training made of it, as it is stored."""
        ...

    def read(self, photos: "Floats", said: "Floats") -> Any:
        """Encode the context: [K, D or d], [K, EXAMPLE_FACTS]."""
        ...

    def ask(self, photos: "Floats", asked: "Floats", context: Any) -> "Floats":
        """Moves [Q], in standard deviations of rating, of [Q, D or d], [Q, QUERY_FACTS]."""
        ...
