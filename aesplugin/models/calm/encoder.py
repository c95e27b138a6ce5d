"""The frozen vision encoder, read at three scales.

Low, middle and high are early, middle and late layers. Each level is a short list of tokens
with where they came from implied by their order, so that one cached array stands for a photo.
"""

from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import AutoConfig, AutoModel

from aesplugin.errors import SettingsError
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.loading import located, require_whole, unloadable
from aesplugin.models.calm.measures import MEASURES
from aesplugin.models.embedded.embedding import (
    TASTE,
    TASTE_PARTS,
    craft_features,
    head_means_of_taste,
    load_embedding,
    taste_features,
)
from aesplugin.models.embedded.features import (
    PATCH_STAGES,
    Numbers,
    part_widths,
    patch_parts,
    whole_parts,
)
from aesplugin.models.encoder.efficientnet import (
    EfficientNetLite2,
    TorchEncoder,
    load_encoder,
    normalise,
)
from aesplugin.models.judge.features import Blocks, layout_block, pooled_blocks
from aesplugin.models.runtime import UNLOADABLE, quiet_bars

REVISION = "lite2-v2"  # of the pooled features below: cached ones are valid for this only


class LevelFeatures(NamedTuple):
    """One batch of photos at three scales, one vector of their theme, and pixel measures."""

    low: Tensor  # [B, N_low, C_low]
    middle: Tensor  # [B, N_middle, C_middle]
    high: Tensor  # [B, N_high, C_high]
    theme: Tensor  # [B, C_theme]
    measures: Tensor  # [B, MEASURES]


class FeatureShape(NamedTuple):
    """(tokens, channels) of each level; theme and measures are one vector each."""

    low: tuple[int, int]
    middle: tuple[int, int]
    high: tuple[int, int]
    theme: int
    measures: int = MEASURES


def summary(features: LevelFeatures) -> Tensor:
    """What a linear read-out works on, [B, sum of `summary_blocks`]: the theme.

    Pixel measures beside it lower the agreement with votes (docs/training-log.md).
    """
    return features.theme


def summary_blocks(shape: FeatureShape) -> tuple[int, ...]:
    """Widths of the parts of `summary` that weigh the same in a ridge."""
    return theme_blocks(shape.theme)


def theme_blocks(theme: int) -> tuple[int, ...]:
    """Widths of the parts of a theme so wide: Lite2's has five, a tower's one."""
    parts = tuple(part_widths()[name] for name in TASTE_PARTS)
    return parts if theme == sum(parts) else (theme,)


class View(NamedTuple):
    """What one pass over photos of one shape sees."""

    features: LevelFeatures
    embedding: Tensor  # [B, E], by which photos can be compared
    blocks: Blocks | None = None  # what the judge looks at; a foreign tower has none


class CalmEncoder(Protocol):
    """Two views in, three levels out; `shape` is what MFAM is built for."""

    shape: FeatureShape

    def __call__(self, whole: Tensor, detail: Tensor, measures: Tensor) -> LevelFeatures: ...

    def view(self, whole: Tensor, detail: Tensor, measures: Tensor) -> View:
        """All that one pass sees."""
        ...


def _moments(maps: Tensor, cells: int) -> tuple[Tensor, Tensor]:
    """Mean and deviation in a cells x cells grid: two [B, cells², C] of [B, C, H, W]."""
    mean = F.adaptive_avg_pool2d(maps, cells)
    square = F.adaptive_avg_pool2d(maps * maps, cells)
    deviation = (square - mean * mean).clamp_min(0).sqrt()
    return mean.flatten(2).transpose(1, 2), deviation.flatten(2).transpose(1, 2)


class Lite2Encoder(nn.Module):
    """EfficientNet-Lite2: stages 0-2 and the pixels are low, 3-4 middle, 5-6 high.

    The theme is pooled from stages 3, 5, 6 and the head: one linear function of it already ranks
    beauty (see docs/training-log.md).
    """

    LOW_CELLS, DETAIL_CELLS, MIDDLE_CELLS, GRID = 4, 2, 4, 6

    def __init__(self, network: EfficientNetLite2 | None = None) -> None:
        super().__init__()
        self.network = network or load_encoder()
        self.reduce = load_embedding()
        low, detail = self.LOW_CELLS**2, self.DETAIL_CELLS**2
        self.shape = FeatureShape(
            low=(low + detail, 182),
            middle=(self.MIDDLE_CELLS**2, 416),
            high=(self.GRID**2, 560),
            theme=TASTE,
        )

    def forward(self, whole: Tensor, detail: Tensor, measures: Tensor) -> LevelFeatures:
        """`whole` [B, 3, H, W] and `detail` [B, 3, h, w], bytes 0..255; `measures` [B, M]."""
        return self.view(whole, detail, measures).features

    @torch.no_grad()
    def view(self, whole: Tensor, detail: Tensor, measures: Tensor) -> View:
        """The levels, and the embedding and blocks of the embedded scorer.

        It sees the same two views: photos are as alike, as good and as flawed by either model.
        """
        near, far = normalise(detail), normalise(whole)
        fine = self.network.forward_features(near, stages=PATCH_STAGES)
        maps = self.network.forward_features(far)
        arrays = [map_.cpu().numpy() for map_ in maps]
        parts = whole_parts(arrays) | patch_parts([map_.cpu().numpy() for map_ in fine])
        blocks = pooled_blocks(TorchEncoder(self.network), parts)
        blocks |= {"layout": layout_block(arrays), "measures": measures.cpu().numpy()}
        low = torch.cat(
            [
                self._low([far, *maps[:3]], self.LOW_CELLS),
                self._low([near, *fine[:3]], self.DETAIL_CELLS),
            ],
            dim=1,
        )
        pairs = [_moments(stage, self.MIDDLE_CELLS) for stage in maps[3:5]]
        middle = torch.cat([part for pair in pairs for part in pair], dim=2)
        late = [F.adaptive_avg_pool2d(stage, self.GRID).flatten(2) for stage in maps[5:7]]
        high = torch.cat(late, dim=1).transpose(1, 2)
        theme, embedding = taste_features(parts), self.reduce(craft_features(parts))
        levels = LevelFeatures(low, middle, high, _beside(theme, low), measures)
        return View(levels, _beside(embedding, low), blocks)

    @staticmethod
    def _low(maps: list[Tensor], cells: int) -> Tensor:
        pairs = [_moments(stage, cells) for stage in maps]
        return torch.cat([part for pair in pairs for part in pair], dim=2)  # [B, cells², 182]

    def classify(self, features: LevelFeatures) -> Tensor:
        """ImageNet logits [B, 1000], from the part of the theme that is the head's mean."""
        means = head_means_of_taste(features.theme.float().cpu().numpy())
        logits: Tensor = self.network.classifier(_beside(means, features.theme))
        return logits


def _beside(values: Numbers, other: Tensor) -> Tensor:
    """The array as a tensor, on the device of `other`."""
    return torch.from_numpy(values).to(other.device)


class VitEncoder(nn.Module):
    """Chosen layers of a CLIP, SigLIP or DINOv2 vision tower; the theme is its pooled last layer.

    The whole view is brought to the tower's square input by its own position embedding; the
    detail view is read as well, and its early tokens join the low level.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, spec: dict[str, Any]) -> None:
        super().__init__()
        self.tower = _vision_tower(spec)
        config = self.tower.config
        self.layers: dict[str, list[int]] = spec["layers"]
        _check_layers(self.layers, config)
        self.side = int(config.image_size)
        self.grid = int(spec.get("grid", 8))
        hidden, tokens = int(config.hidden_size), self.grid**2
        sizes = {name: hidden * len(index) for name, index in self.layers.items()}
        self.shape = FeatureShape(
            low=(2 * tokens, sizes["low"]),
            middle=(tokens, sizes["middle"]),
            high=(tokens, sizes["high"]),
            theme=hidden,
        )
        self.register_buffer("mean", torch.tensor(spec.get("mean", [0.5] * 3)).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(spec.get("std", [0.5] * 3)).view(1, 3, 1, 1))
        self.requires_grad_(requires_grad=False).eval()

    def forward(self, whole: Tensor, detail: Tensor, measures: Tensor) -> LevelFeatures:
        """`whole` [B, 3, H, W] and `detail` [B, 3, h, w], bytes 0..255; `measures` [B, M]."""
        return self.view(whole, detail, measures).features

    @torch.no_grad()
    def view(self, whole: Tensor, detail: Tensor, measures: Tensor) -> View:
        """The levels; the theme is the embedding, too."""
        far, near = self._states(whole), self._states(detail)
        low = torch.cat([self._level(far, "low"), self._level(near, "low")], dim=1)
        theme = far[-1].mean(dim=1)
        middle, high = self._level(far, "middle"), self._level(far, "high")
        return View(LevelFeatures(low, middle, high, theme, measures), theme)

    def _states(self, x: Tensor) -> tuple[Tensor, ...]:
        x = F.interpolate(x.float(), (self.side, self.side), mode="bicubic", antialias=True)
        x = ((x / 255).clamp(0, 1) - self.mean) / self.std
        states: tuple[Tensor, ...] = self.tower(x, output_hidden_states=True).hidden_states
        return states

    def _level(self, states: tuple[Tensor, ...], name: str) -> Tensor:
        patches = []
        for index in self.layers[name]:
            tokens = states[index]  # [B, (1 +) n², C]
            side = int(tokens.shape[1] ** 0.5)
            square = tokens[:, -side * side :].transpose(1, 2)
            square = square.reshape(*square.shape[:2], side, side)
            patches.append(F.adaptive_avg_pool2d(square, self.grid).flatten(2))
        return torch.cat(patches, dim=1).transpose(1, 2)


def _vision_tower(spec: dict[str, Any]) -> Any:
    named = spec.get("name", "of the configuration")
    try:
        if "config" in spec:
            given = dict(spec["config"])
            config = AutoConfig.for_model(given.pop("model_type"), **given)
            return AutoModel.from_config(config)  # type: ignore[no-untyped-call]
        with quiet_bars():
            model, found = AutoModel.from_pretrained(located(named), output_loading_info=True)
    except UNLOADABLE as error:
        raise unloadable("encoder", named, error) from None
    require_whole("encoder", named, found)
    return getattr(model, "vision_model", model)


def _check_layers(layers: dict[str, list[int]], config: Any) -> None:
    """What stands in a configuration must be there in the tower."""
    there = int(config.num_hidden_layers)
    beyond = [one for level in layers.values() for one in level if one > there]
    if beyond:
        raise SettingsError(
            f"the encoder has {there} layers, the configuration asks for layer {beyond[0]}: "
            f"use layers up to {there}"
        )


def build_encoder(config: CalmConfig, *, exact: bool = True) -> Lite2Encoder | VitEncoder:
    """The encoder the configuration names, frozen, in evaluation mode.

    Not `exact`, Lite2 sees as the default model does on a CPU: see `load_encoder`.
    """
    if config.encoder["kind"] == "vit":
        return VitEncoder(config.encoder)
    return Lite2Encoder(load_encoder(exact=exact))
