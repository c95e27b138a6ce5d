"""Is this installation able to do its job? One finding per part, with the way out."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import AesError
from aesplugin.models.base import AestheticModel, ModelCard
from aesplugin.services.parts import Examiner
from aesplugin.settings import Settings

_LEAST_FREE_BYTES = 500 * 2**20


class Parts(Protocol):
    """What is examined; see `aesplugin.compose.Workshop`."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        ...

    @property
    def catalog(self) -> Catalog:
        """Opens the catalog."""
        ...

    @property
    def card(self) -> ModelCard:
        """Reads the model's card."""
        ...

    def load_model(self) -> AestheticModel:
        """Loads the network."""
        ...

    def open_pool(self) -> AbstractContextManager[Examiner]:
        """Starts decoding processes."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    detail: str


def examine_installation(parts: Parts) -> list[Finding]:
    """Every check runs, whatever the others find."""
    checks: dict[str, Callable[[Parts], str]] = {
        "catalog": _check_catalog,
        "decoders": _check_decoders,
        "model": _check_model,
        "disk": _check_disk,
    }
    return [_finding(what, check, parts) for what, check in checks.items()]


def _finding(what: str, check: Callable[[Parts], str], parts: Parts) -> Finding:
    try:
        return Finding(what, ok=True, detail=check(parts))
    except AesError as error:
        return Finding(what, ok=False, detail=str(error))


def _check_catalog(parts: Parts) -> str:
    parts.catalog.check_writable()
    counts = parts.catalog.counts(parts.card.revision)
    return f"{parts.settings.catalog} ({sum(counts.values())} files)"


def _check_decoders(parts: Parts) -> str:
    with parts.open_pool() as pool:
        (_, result), *_ = pool.examine_all([str(Path(__file__))])
    if "stuck" in str(result):
        raise AesError(f"a decoding process does not answer: {result}")
    return "decoding processes start and answer"


def _check_model(parts: Parts) -> str:
    parts.load_model()
    return f"{parts.card.name}@{parts.card.revision} loads on {parts.settings.device}"


def _check_disk(parts: Parts) -> str:
    parts.settings.cache.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(parts.settings.cache).free
    if free < _LEAST_FREE_BYTES:
        raise AesError(f"only {free >> 20} MiB free at {parts.settings.cache}; free some space")
    return f"{free / 2**30:.1f} GiB free at {parts.settings.cache}"
