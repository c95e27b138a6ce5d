"""Name → class, loaded only when asked for.

Adding a part costs one file and one line here; other packages add theirs through the entry
point groups ``aesplugin.models``, ``aesplugin.sidecars`` and ``aesplugin.libraries``.
"""

from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from aesplugin.errors import UsageError

MODELS = {
    "embedded": "aesplugin.models.embedded.model:EmbeddedModel",
    "mini": "aesplugin.models.calm.assess:CalmModel",
    "fake": "aesplugin.models.fake:FakeModel",
}
SIDECARS = {
    "xmp": "aesplugin.sidecars.xmp:XmpSidecar",
}
LIBRARIES = {
    "folder": "aesplugin.libraries.folder:FolderLibrary",
    "immich": "aesplugin.libraries.immich:ImmichLibrary",
}
_BUILT_IN = {"models": MODELS, "sidecars": SIDECARS, "libraries": LIBRARIES}


def names(kind: str) -> list[str]:
    """All registered names of one kind ("models", ...), built-in first."""
    plugged = (entry.name for entry in entry_points(group=f"aesplugin.{kind}"))
    return list(dict.fromkeys([*_BUILT_IN[kind], *plugged]))


def load(kind: str, name: str) -> Any:
    """The class registered under `name`.

    Raises:
        UsageError: no such name; the message lists the known ones.
    """
    module, _, attribute = _target(kind, name).partition(":")
    return getattr(import_module(module), attribute)


def model_card(name: str) -> Any:
    """A model's card without its network: `read_card()` of the module `card` beside the class.

    A model in a single file has its card on the class.

    Raises:
        UsageError: no such name.
    """
    module, _, attribute = _target("models", name).partition(":")
    package = module.rpartition(".")[0]
    if package and find_spec(f"{package}.card") is not None:
        return import_module(f"{package}.card").read_card()
    return getattr(import_module(module), attribute).card


def _target(kind: str, name: str) -> str:
    target = _BUILT_IN[kind].get(name) or _plugged(kind, name)
    if target is None:
        known = ", ".join(names(kind))
        raise UsageError(f"no {kind.removesuffix('s')} is named {name!r}; known: {known}")
    return target


def _plugged(kind: str, name: str) -> str | None:
    found = entry_points(group=f"aesplugin.{kind}", name=name)
    return next((entry.value for entry in found), None)
