"""The model a benchmark measures."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aesplugin.models.base import AestheticModel


def load_judge(
    model: str | None, device: str | None, *, comments: bool, shown: bool = False
) -> "AestheticModel":
    """The named model, or that of the settings.

    `comments` as in `Workshop.load_model`: a benchmark of scores does not read them. `shown` puts
    the plug-in's check of suggestions on top.

    Raises:
        UsageError: no such model.
        ModelError: it cannot be loaded.
    """
    from aesplugin.compose import Workshop
    from aesplugin.settings import load_settings

    settings = load_settings(model=model, device=device)
    found = Workshop(settings).load_model(comments=comments)
    if shown:
        from aesplugin.evaluation.shown import AsShown

        found = AsShown(found)
    return found


def name_of(model: "AestheticModel") -> str:
    """Name and revision, as every report carries them."""
    return f"{model.card.name}@{model.card.revision}"
