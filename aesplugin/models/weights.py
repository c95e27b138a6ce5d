"""Large weights by model name: what `aesplugin models pull NAME` fetches."""

from pathlib import Path

from aesplugin.errors import UsageError
from aesplugin.models.fetching import Progress
from aesplugin.models.language_weights import pull_language
from aesplugin.settings import load_settings

PULLABLE = ("mini",)


def _silent(what: str, done: float) -> None:
    pass


def pull(name: str, progress: Progress = _silent, *, cache: Path | None = None) -> Path:
    """Fetches what the model `name` needs beyond this package; returns the folder it lies in.

    Raises:
        UsageError: no such model, or one that needs nothing.
        WeightsMissing, WeightsDamaged: see `pull_language`.
    """
    if name not in PULLABLE:
        raise UsageError(f"nothing to pull for {name!r}; known: {', '.join(PULLABLE)}")
    return pull_language(cache or load_settings().cache, progress)
