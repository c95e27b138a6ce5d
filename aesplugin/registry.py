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
    "vlm": "aesplugin.models.vlm.model:VlmModel",
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
_ONE = {"models": "model", "sidecars": "sidecar format", "libraries": "library"}


def names(kind: str) -> list[str]:
    """All registered names of one kind ("models", ...), built-in first."""
    plugged = (entry.name for entry in entry_points(group=f"aesplugin.{kind}"))
    return list(dict.fromkeys([*_BUILT_IN[kind], *plugged]))


def load(kind: str, name: str) -> Any:
    """The class registered under `name`; "vlm:GIVEN" is bound to what is given by its `of`.

    Raises:
        UsageError: no such name; the message lists the known ones. Or it takes nothing after a ":".
    """
    name, _, given = name.partition(":")
    module, _, attribute = _target(kind, name).partition(":")
    found = getattr(import_module(module), attribute)
    return _taking(found, "of", name)(given) if given else found


def model_card(name: str) -> Any:
    """A model's card without its network: `read_card()` of the module `card` beside the class.

    A model in a single file has its card on the class; "vlm:GIVEN" is read by `card_of(GIVEN)`.

    Raises:
        UsageError: no such name, or it takes nothing after a ":".
    """
    name, _, given = name.partition(":")
    module, _, attribute = _target("models", name).partition(":")
    package = module.rpartition(".")[0]
    if package and find_spec(f"{package}.card") is not None:
        beside = import_module(f"{package}.card")
        return _taking(beside, "card_of", name)(given) if given else beside.read_card()
    found = getattr(import_module(module), attribute)
    return _taking(found, "of", name)(given).card if given else found.card


def _taking(holder: Any, method: str, name: str) -> Any:
    found = getattr(holder, method, None)
    if found is None:
        raise UsageError(f"{name!r} takes nothing after its name: leave out the ':'")
    return found


def _target(kind: str, name: str) -> str:
    target = _BUILT_IN[kind].get(name) or _plugged(kind, name)
    if target is None:
        known = ", ".join(names(kind))
        raise UsageError(f"no {_ONE[kind]} is named {name!r}; known: {known}")
    return target


def _plugged(kind: str, name: str) -> str | None:
    found = entry_points(group=f"aesplugin.{kind}", name=name)
    return next((entry.value for entry in found), None)
