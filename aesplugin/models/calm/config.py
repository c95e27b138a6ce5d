"""CALM's configuration: which encoder, which language model, how large the module between."""

from pathlib import Path
from typing import Any

from transformers import AutoConfig, PretrainedConfig

from aesplugin.models.calm.config_schema import MODEL_TYPE, SHAPE, check_shape, read_shape

LEVELS = ("low", "middle", "high")

MINI_ENCODER: dict[str, Any] = {"kind": "efficientnet_lite2"}
MINI_LANGUAGE: dict[str, Any] = {"name": "mini", "hidden_size": 576}


class CalmConfig(PretrainedConfig):  # type: ignore[no-untyped-call]
    """Everything needed to build the network; weights of the frozen parts are named, not kept.

    Args:
        encoder: ``{"kind": "efficientnet_lite2"}``, or ``{"kind": "vit", "name": hub name or
            path, "layers": {"low": [...], "middle": [...], "high": [...]}}``; a ViT may be
            given by ``"config"`` (a dict) in place of a name, for random weights.
        language: ``{"name": "mini" | hub name | path, "hidden_size": int}``, or ``"config"``.
        width: of the Q-Formers. depth: blocks in each. heads: attention heads.
        queries: learnable queries of each level. theme_tokens: of the thematic branch.
        measure_tokens: made of pixel measures for the low and for the middle level.
        lora_rank: of the adapter in the language model; 0 for none.
        folds: how many score heads are kept that never saw one fold of the rated themes.

    Raises:
        SettingsError: a wrong type, a number out of range, an unknown name; it says which.
    """

    model_type = MODEL_TYPE

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        language: dict[str, Any] | None = None,
        **sizes: Any,
    ) -> None:
        self.encoder: dict[str, Any] = MINI_ENCODER if encoder is None else encoder
        self.language: dict[str, Any] = MINI_LANGUAGE if language is None else language
        self.width: int = sizes.pop("width", 192)
        self.depth: int = sizes.pop("depth", 2)
        self.heads: int = sizes.pop("heads", 4)
        self.queries: int = sizes.pop("queries", 4)
        self.theme_tokens: int = sizes.pop("theme_tokens", 2)
        self.measure_tokens: int = sizes.pop("measure_tokens", 4)
        self.dropout: float = sizes.pop("dropout", 0.1)
        self.folds: int = sizes.pop("folds", 5)
        self.lora_rank: int = sizes.pop("lora_rank", 8)
        check_shape({name: getattr(self, name) for name in SHAPE})
        self.encoder, self.language = dict(self.encoder), dict(self.language)
        super().__init__(**sizes)

    @property
    def visual_tokens(self) -> int:
        """How many embeddings stand for the photo before the instruction, the score's included."""
        return 3 * self.queries + self.theme_tokens + 1


def read_config(folder: Path) -> CalmConfig:
    """The configuration of the model in `folder`, as it was saved.

    Raises:
        WeightsDamaged: unreadable, of another kind of model, or not whole.
    """
    return CalmConfig(**read_shape(folder))


AutoConfig.register(MODEL_TYPE, CalmConfig)
