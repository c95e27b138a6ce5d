"""Which network is meant by `vlm:NAME_OR_PATH[+ADAPTER]`, and where its files lie."""

import re
from dataclasses import dataclass
from pathlib import Path

from aesplugin.errors import UsageError, WeightsMissing
from aesplugin.models.fetching import Progress
from aesplugin.models.hub import PROBE_SECONDS, hub_answers

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
                "which network? say vlm:NAME_OR_PATH[+ADAPTER], each a folder or a name on the hub"
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
            f"{name} is no folder here, and the hub does not answer: copy the model to this "
            "machine and name its folder"
        )
    try:
        snapshot_download(name, allow_patterns=list(_FILES), etag_timeout=PROBE_SECONDS)
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise WeightsMissing(f"{name} cannot be fetched from the hub: {reason}") from None
