"""Name → part, loaded only when asked for.

Adding a part costs one file and one line here; other packages add theirs through the entry
point groups ``aesplugin.models``, ``aesplugin.sidecars`` and ``aesplugin.libraries``. Either way
the name stands for a class that derives from the base of its kind: docs/adding.md.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from aesplugin.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from aesplugin.libraries.base import Library
    from aesplugin.models.base import ModelBackend
    from aesplugin.settings import Settings
    from aesplugin.sidecars.base import SidecarFormat

MODELS = {
    "embedded": "aesplugin.models.embedded.backend:EmbeddedBackend",
    "mini": "aesplugin.models.calm.backend:CalmBackend",
    "vlm": "aesplugin.models.vlm.backend:VlmBackend",
    "qrealign": "aesplugin.models.qrealign.backend:QRealignBackend",
    "server": "aesplugin.models.server.backend:ServerBackend",
    "fake": "aesplugin.models.fake:FakeBackend",
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
_WAY_OUT: Final = "(docs/adding.md): update or remove the package"
_FAULTS: Final = (  # what importing somebody else's module may end in
    ImportError,
    SyntaxError,
    NameError,
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    AssertionError,
    OSError,
    RuntimeError,
)


def names(kind: str) -> list[str]:
    """All registered names of one kind ("models", ...), built-in first."""
    return list(dict.fromkeys([*_BUILT_IN[kind], *(entry.name for entry in _plugged(kind))]))


def model(name: str, settings: "Settings | None" = None) -> "ModelBackend":
    """What "NAME" or "NAME:GIVEN" stands for, with the settings in force; loads no network.

    Raises:
        UsageError: no such name (the message lists the known ones), one that takes nothing after a
            ":", or a package that brings something else than a model.
    """
    from aesplugin.models.base import ModelBackend

    name, colon, given = name.partition(":")
    found: type[ModelBackend] = _found("models", name, ModelBackend)
    if colon and not found.takes_name:
        raise UsageError(f"{name!r} takes no argument: leave out the ':'")
    made = found(given) if given else found()
    if settings is not None:
        made.configure(settings)
    return made


def sidecar_format(name: str) -> "SidecarFormat":
    """The format of that name.

    Raises:
        UsageError: no such name, or a package that brings something else.
    """
    from aesplugin.sidecars.base import SidecarFormat

    found: type[SidecarFormat] = _found("sidecars", name, SidecarFormat)
    return found()


def library(name: str) -> "type[Library]":
    """The library of that name; its `connect` makes one.

    Raises:
        UsageError: no such name, or a package that brings something else.
    """
    from aesplugin.libraries.base import Library

    found: type[Library] = _found("libraries", name, Library)
    return found


def _found(kind: str, name: str, base: type) -> Any:
    """The class that `name` stands for: one of `base`, with all that it must have."""
    own = _BUILT_IN[kind].get(name)
    if own is not None:
        module, _, attribute = own.partition(":")
        return getattr(import_module(module), attribute)
    entry = next((one for one in _plugged(kind) if one.name == name), None)
    if entry is None:
        known = ", ".join(names(kind))
        raise UsageError(f"unknown {_ONE[kind]} {name!r}; known: {known}")
    return _brought(entry, f"the {_ONE[kind]} {name!r} of {_origin(entry)}", base)


def _brought(entry: "EntryPoint", what: str, base: type) -> Any:
    try:
        found = entry.load()
    except _FAULTS as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(
            f"{what} cannot be loaded ({reason}): update or remove the package"
        ) from None
    if not (isinstance(found, type) and issubclass(found, base)):
        wanted = f"{base.__module__}.{base.__qualname__}"
        raise UsageError(f"{what} does not derive from {wanted} {_WAY_OUT}")
    missing = sorted(getattr(found, "__abstractmethods__", ()))
    if missing:
        raise UsageError(f"{what} lacks {', '.join(missing)} {_WAY_OUT}")
    return found


def _origin(entry: "EntryPoint") -> str:
    """The class, and the package that brings it."""
    package = f" (package {entry.dist.name})" if entry.dist else ""
    return f"{entry.value}{package}"


def _plugged(kind: str) -> "list[EntryPoint]":
    from importlib.metadata import entry_points  # no built-in part needs it

    return list(entry_points(group=f"aesplugin.{kind}"))
