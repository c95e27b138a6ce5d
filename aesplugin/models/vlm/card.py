"""What a vision-language backend is, as data: readable without loading any network."""

import hashlib
from pathlib import Path
from typing import BinaryIO

from aesplugin.errors import WeightsMissing
from aesplugin.models.base import ModelCard
from aesplugin.models.vlm.questions import REVISION
from aesplugin.models.vlm.source import Source, folder_of

_WEIGHTS = ("*.safetensors", "*.bin")
_WORDS = (  # what decides, beside the weights, what is answered
    "config.json",
    "adapter_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "chat_template.json",
    "chat_template.jinja",
)
_PIECE, _PIECES = 64 * 1024, 64


def read_card() -> ModelCard:
    """The card of the backend itself, no network named."""
    return ModelCard(
        name="vlm",
        revision=f"vlm-{REVISION}",
        summary="Any transformers image-text-to-text model: say vlm:NAME_OR_PATH[+ADAPTER].",
        license="Apache-2.0 (this backend; a network has its own)",
        comments=True,
    )


def card_of(given: str) -> ModelCard:
    """The card of the network that `vlm:given` names; the revision follows its files.

    Raises:
        UsageError: nothing is named.
        WeightsMissing: its files are not on this machine.
    """
    source = Source.parse(given)
    digest = hashlib.sha256()
    for name in source.parts:
        digest.update(_fingerprint(folder_of(name)))
    named = "+".join(Path(part).name for part in source.parts)
    return ModelCard(
        name="vlm",
        revision=f"vlm-{named}-{digest.hexdigest()[:12]}-{REVISION}",
        summary=f"{' with the adapter '.join(source.parts)}, scored by level words.",
        license="see the model's own page",
        sources=source.parts,
        comments=True,
    )


def _fingerprint(folder: Path) -> bytes:
    """Of configuration and weights. Of a large file 64 pieces are read: `rank` must not wait."""
    weights = sorted(path for pattern in _WEIGHTS for path in folder.glob(pattern))
    digest = hashlib.sha256()
    for path in [*(folder / name for name in _WORDS if (folder / name).is_file()), *weights]:
        try:
            with path.open("rb") as stream:
                size = path.stat().st_size
                digest.update(f"{path.name} {size}\n".encode())
                _add_pieces(digest, stream, size)
        except OSError as error:
            raise WeightsMissing(f"{path} cannot be read: {error.strerror}") from None
    return digest.digest()


def _add_pieces(digest: "hashlib._Hash", stream: BinaryIO, size: int) -> None:
    step = max(_PIECE, size // _PIECES)  # a file of up to 4 MB is read whole
    for start in range(0, size, step):
        stream.seek(start)
        digest.update(stream.read(_PIECE))
