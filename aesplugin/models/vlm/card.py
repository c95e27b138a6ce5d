"""Which network `vlm:NAME_OR_PATH[+ADAPTER]` means, where it lies, its card; nothing is loaded."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aesplugin.errors import UsageError, WeightsMissing
from aesplugin.models.base import ModelCard, Progress
from aesplugin.models.hub import PROBE_SECONDS, hub_answers
from aesplugin.models.vlm.dialogue import REVISION

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")


@dataclass(frozen=True, slots=True)
class Source:
    """A network, and a LoRA adapter to lay over it; each a folder or a name on the hub."""

    name: str
    adapter: str | None = None

    @classmethod
    def parse(cls, given: str) -> "Source":
        """From what follows `vlm:`. A folder whose own name holds a `+` is taken whole.

        Raises:
            UsageError: nothing is named, or one side of the `+` is empty.
        """
        if given and Path(given).expanduser().is_dir():
            return cls(given)
        name, plus, adapter = given.rpartition("+")
        if not plus:
            name, adapter = given, ""
        if not name or (plus and not adapter):
            raise UsageError(
                "name the model as vlm:NAME_OR_PATH[+ADAPTER], each a folder or a name on the hub"
            )
        return cls(name, adapter or None)

    @property
    def parts(self) -> tuple[str, ...]:
        """The network's name, and the adapter's where there is one."""
        return (self.name,) if self.adapter is None else (self.name, self.adapter)


def folder_of(name: str) -> Path:
    """Where the files of a folder or hub name lie; looks at this machine only.

    Raises:
        WeightsMissing: no such folder, and not in the hub's cache.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    if not _HUB_NAME.fullmatch(name):
        raise WeightsMissing(f"there is no folder {name}")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, OSError, ValueError):
        raise WeightsMissing(
            f"{name} is neither a folder nor in the hub's cache: check the path, or run "
            f"`aesplugin models pull vlm:{name}`"
        ) from None


def fetch(source: Source, progress: Progress) -> None:
    """Downloads what is named by hub name and is not here yet.

    Raises:
        WeightsMissing: no such folder, or the hub does not answer or has no such model.
    """
    for done, name in enumerate(source.parts):
        if Path(name).expanduser().is_dir():
            continue
        if not _HUB_NAME.fullmatch(name):
            raise WeightsMissing(f"there is no folder {name}")
        progress(f"fetching {name}", done / len(source.parts))
        _download(name)


def _download(name: str) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    if not hub_answers():
        raise WeightsMissing(
            f"{name} is not a folder here, and the hub does not answer: copy the model to this "
            "machine and name its folder"
        )
    try:
        snapshot_download(name, allow_patterns=list(_FILES), etag_timeout=PROBE_SECONDS)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise WeightsMissing(f"{name} cannot be downloaded from the hub: {reason}") from None


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
        summary="Any transformers image-text-to-text model: use vlm:NAME_OR_PATH[+ADAPTER].",
        license="Apache-2.0 (this code; each model has its own licence)",
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
        digest.update(fingerprint(folder_of(name)))
    named = "+".join(Path(part).name for part in source.parts)
    return ModelCard(
        name="vlm",
        revision=f"vlm-{named}-{digest.hexdigest()[:12]}-{REVISION}",
        summary=f"{' with the adapter '.join(source.parts)}, scored by level words.",
        license="see the model's own page",
        sources=source.parts,
        comments=True,
    )


def fingerprint(folder: Path) -> bytes:
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
