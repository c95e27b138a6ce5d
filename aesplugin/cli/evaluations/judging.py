"""The model a benchmark measures."""

from inspect import signature
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from aesplugin.models.base import AestheticModel


def load_judge(
    model: str | None, device: str | None, *, comments: bool, shown: bool = False
) -> "AestheticModel":
    """The named model, or that of the settings.

    Without `comments` a model that can is loaded so that it writes none: they cost most, and a
    benchmark of scores does not read them. `shown` puts the plug-in's check of suggestions on top.

    Raises:
        UsageError: no such model.
        ModelError: it cannot be loaded.
    """
    from aesplugin import registry
    from aesplugin.models.memory import within_memory
    from aesplugin.settings import load_settings

    settings = load_settings(model=model, device=device)
    model_class = registry.load("models", settings.model)
    more: dict[str, Any] = {}
    if not comments and "comments" in signature(model_class).parameters:
        more = {"comments": False}
    too_small = f"the memory is too small for {settings.model}: close something, or take another"
    with within_memory(too_small):
        found = model_class(device=settings.device, threads=settings.threads, **more)
    if shown:
        from aesplugin.evaluation.shown import AsShown

        found = AsShown(found)
    return cast("AestheticModel", found)


def name_of(model: "AestheticModel") -> str:
    """Name and revision, as every report carries them."""
    return f"{model.card.name}@{model.card.revision}"
