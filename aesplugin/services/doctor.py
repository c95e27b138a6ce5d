"""Checks an installation: one finding per part, with the way out."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aesplugin.catalog.catalog import Catalog
from aesplugin.counting import counted
from aesplugin.errors import AesError, ModelError, OutOfMemory, WeightsDamaged, WeightsMissing
from aesplugin.models.base import AestheticModel, ModelBackend, ModelCard
from aesplugin.models.faces.reader import FaceReader
from aesplugin.services.context import Examiner
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

    @property
    def backend(self) -> ModelBackend:
        """What the model's name stands for."""
        ...

    def load_model(self) -> AestheticModel:
        """Loads the network."""
        ...

    def load_face_reader(self) -> FaceReader:
        """Loads the networks that look for faces."""
        ...

    def open_pool(self) -> AbstractContextManager[Examiner]:
        """Starts decoding processes."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    what: str
    ok: bool
    detail: str


def examine_installation(parts: Parts) -> list[Finding]:
    """Every check runs, whatever the others find."""
    checks: dict[str, Callable[[Parts], str]] = {
        "catalog": _check_catalog,
        "decoders": _check_decoders,
        "model": _check_model,
        "faces": _check_faces,
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
    found = f"{parts.settings.catalog} ({counted(sum(counts.values()), 'file')})"
    if parts.catalog.vocabulary.is_indexed():
        return found
    return f"{found}; find reads all texts: SQLite had no FTS5 when the catalog was made"


def _check_decoders(parts: Parts) -> str:
    with parts.open_pool() as pool:
        (_, result), *_ = pool.examine_all([str(Path(__file__))])
    if "stuck" in str(result):
        raise AesError(f"a decoding process does not respond: {result}")
    return "decoding processes work"


def _check_model(parts: Parts) -> str:
    card = parts.load_model().card
    said = parts.backend.describe()
    where = said or f"loads on {parts.settings.device}"
    return f"{card.name}@{card.revision} {where}"


def _check_faces(parts: Parts) -> str:
    if not parts.settings.faces:
        return "off"
    try:
        parts.load_face_reader()
    except (WeightsMissing, WeightsDamaged, OutOfMemory):  # they say what helps
        raise
    except ModelError as error:
        raise AesError(f"{error}; install onnxruntime again, or set `faces = false`") from None
    return "the three networks load"


def _check_disk(parts: Parts) -> str:
    parts.settings.cache.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(parts.settings.cache).free
    if free < _LEAST_FREE_BYTES:
        raise AesError(f"only {free >> 20} MiB free at {parts.settings.cache}; free some space")
    return f"{free / 2**30:.1f} GiB free at {parts.settings.cache}"
