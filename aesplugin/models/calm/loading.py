"""What goes wrong when the library loads a frozen part, as one line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aesplugin.errors import ModelError, WeightsDamaged, WeightsMissing
from aesplugin.models.hub import hub_answers


def located(source: str) -> str:
    """The folder or hub name to load from; the hub's cache where the hub does not answer.

    The library would ask a hub that is not there for most of a minute, and again for each part.

    Raises:
        OSError: no such folder, nothing in the cache, and no hub.
    """
    if Path(source).is_dir() or hub_answers():
        return source
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return snapshot_download(source, local_files_only=True)
    except (LocalEntryNotFoundError, HFValidationError):
        raise OSError(
            "no such folder, not in the hub's cache, and the hub does not answer"
        ) from None


def unloadable(what: str, source: str, error: Exception) -> ModelError:
    """The error to raise for the part `what` named `source`: it is absent, or it is damaged."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, OSError):
        return WeightsMissing(
            f"the {what} {source!r} cannot be loaded ({first}): name a folder of this machine, or "
            "see that the hub can be reached"
        )
    return WeightsDamaged(f"the {what} {source!r} cannot be used ({first}): copy or pull it again")


def require_whole(what: str, source: str, found: Mapping[str, Any]) -> None:
    """Refuses a part whose checkpoint lacks weights: the library fills them with random numbers.

    `found` is the library's own account of the loading (`output_loading_info`).

    Raises:
        WeightsDamaged: names the first that is missing.
    """
    missing = sorted(found["missing_keys"])
    if missing:
        raise WeightsDamaged(
            f"the {what} {source!r} is not whole ({missing[0]} is missing): copy or pull it again"
        )
