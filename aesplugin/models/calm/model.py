"""CALM as one transformers model: encoder, MFAM, heads, language model.

Only MFAM, heads and adapter are saved: the encoder and the language model are frozen and come
from their own publishers.
"""

import os
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoModelForImageTextToText, PreTrainedModel

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.calm.card import WEIGHTS
from aesplugin.models.calm.config import CalmConfig
from aesplugin.models.calm.config_schema import CONFIG, WAY_OUT, read_shape, trained_hash
from aesplugin.models.calm.encoder import (
    LevelFeatures,
    View,
    build_encoder,
    summary,
    summary_blocks,
)
from aesplugin.models.calm.heads import Heads, Reading, Verdict
from aesplugin.models.calm.language import body_of, build_language, is_foreign
from aesplugin.models.calm.mfam import Insight, Mfam
from aesplugin.settings import load_settings

_FROZEN = ("encoder.",)
_SHAPE = "shape"  # in the weights' metadata: the hash of what the configuration was in training


class CalmForConditionalGeneration(PreTrainedModel):  # type: ignore[no-untyped-call]
    """Sequence: ``<low><middle><high><thematic><instruction>``, answered by the language model.

    Args:
        config: what to build.
        cache: folder of pulled weights; the settings' one by default.
        speaks: without it no language model is loaded, and only the heads answer.
    """

    config_class = CalmConfig
    config: CalmConfig
    base_model_prefix = "calm"

    def __init__(
        self, config: CalmConfig, *, cache: Path | None = None, speaks: bool = True
    ) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config, exact=False)
        self.mfam = Mfam(config, self.encoder.shape)
        plain = sum(summary_blocks(self.encoder.shape))
        self.heads = Heads(config.width, plain, config.folds)
        self.verdict = Verdict(int(config.language["hidden_size"]))
        self.language: Any = None
        if speaks:
            self.language = build_language(config, cache or load_settings().cache)

    def look(self, whole: Tensor, detail: Tensor, measures: Tensor) -> View:
        """What the encoder sees of photos of one shape.

        `whole` [B, 3, H, W] and `detail` [B, 3, h, w], bytes 0..255; `measures` [B, M].
        """
        return self.encoder.view(whole, detail, measures)

    def read(self, features: LevelFeatures) -> tuple[Insight, Reading]:
        """What MFAM makes of photos, and what the heads say."""
        insight = self.mfam(features)
        return insight, self.heads(insight.pooled, summary(features))

    def shown(self, insight: Insight, score: Tensor) -> Tensor:
        """What the language model is shown of photos with these scores [B]: [B, V, H]."""
        return torch.cat([insight.tokens, self.verdict(score).to(insight.tokens.dtype)], dim=1)

    def embed(self, tokens: Tensor, ids: Tensor) -> Tensor:
        """[B, V, H] and instruction ids [B, L] -> inputs [B, V + L, H]."""
        words = self.language.get_input_embeddings()(ids)
        return torch.cat([tokens.to(words.dtype), words], dim=1)

    def forward(
        self, tokens: Tensor, input_ids: Tensor, attention_mask: Tensor, labels: Tensor
    ) -> Tensor:
        """Mean next-token loss of the answers; see `answer`."""
        logits, wanted = self.answer(tokens, input_ids, attention_mask, labels)
        loss: Tensor = nn.functional.cross_entropy(logits, wanted)
        return loss

    def answer(
        self, tokens: Tensor, input_ids: Tensor, attention_mask: Tensor, labels: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logits [N, vocabulary] and labels [N] of all answers' tokens, row after row.

        Args:
            tokens: [B, V, H] from `shown`.
            input_ids, attention_mask: [B, L] instruction and answer, padded on the right.
            labels: [B, L], -100 wherever the loss must not look.
        """
        inputs = self.embed(tokens, input_ids)
        seen = torch.ones(tokens.shape[:2], dtype=attention_mask.dtype)
        mask = torch.cat([seen.to(attention_mask.device), attention_mask], dim=1)
        hidden = self.language_body(inputs_embeds=inputs, attention_mask=mask).last_hidden_state
        answers = hidden[:, tokens.shape[1] - 1 : -1]  # position i speaks of token i + 1
        wanted = labels != -100
        logits = self.language.get_output_embeddings()(answers[wanted])  # only the answer's rows
        return logits.float(), labels[wanted]

    @property
    def language_body(self) -> Any:
        """The language model below its word head, adapter included."""
        return body_of(self.language)

    def own_state(self) -> dict[str, Tensor]:
        """What this project trained: everything but the frozen encoder and language model."""
        return {
            name: value
            for name, value in self.state_dict().items()
            if not name.startswith(_FROZEN) and not is_foreign(name)
        }

    def save_pretrained(  # type: ignore[override]
        self, save_directory: str | os.PathLike[str], **_: Any
    ) -> None:
        """Writes config and own weights (float16) into a folder, each file atomically."""
        folder = Path(save_directory)
        folder.mkdir(parents=True, exist_ok=True)
        self.config.save_pretrained(folder)
        halves = {
            name: (value.float() if ".beauty." in name else value.half()).contiguous()
            for name, value in self.own_state().items()  # long sums need their small digits
        }
        # one note alone: several are written in any order, and the revision follows the bytes
        notes = {_SHAPE: trained_hash(read_shape(folder))}
        temporary = folder / f"{WEIGHTS}.tmp"
        save_file(halves, temporary, metadata=notes)
        temporary.replace(folder / WEIGHTS)

    @classmethod
    def from_pretrained(  # type: ignore[override]
        cls,
        path: str | os.PathLike[str],
        *,
        cache: Path | None = None,
        speaks: bool = True,
        **_: Any,
    ) -> "CalmForConditionalGeneration":
        """A saved model, in evaluation mode.

        Raises:
            WeightsMissing: no such folder or file, or no language model.
            WeightsDamaged: not our file, or it does not fit its configuration.
        """
        folder = Path(path)
        if not (folder / WEIGHTS).is_file() or not (folder / CONFIG).is_file():
            raise WeightsMissing(f"{folder} contains no CALM model ({WEIGHTS} and {CONFIG})")
        shape = read_shape(folder)
        config = CalmConfig(**shape)
        state, trained_so = _read_weights(folder / WEIGHTS)
        if trained_so not in (None, trained_hash(shape)):
            raise WeightsDamaged(
                f"{folder / CONFIG} is not the one these weights were trained with: {WAY_OUT}"
            )
        _check_sizes(config, state, str(folder))
        model = cls(config, cache=cache, speaks=speaks)
        model.load_own(state, str(folder))
        model.train(mode=False)
        return model

    def load_own(self, state: dict[str, Tensor], source: str) -> None:
        """Loads MFAM, heads and adapter; refuses a state that does not fit exactly.

        Raises:
            WeightsDamaged: a part is missing, too many, of another shape, or not a number.
        """
        own = self.own_state()
        if self.language is None:
            state = {name: one for name, one in state.items() if not name.startswith("language.")}
        odd = sorted(state.keys() ^ own.keys()) or sorted(
            name for name, value in state.items() if value.shape != own[name].shape
        )
        if odd:
            raise _misfit(source, odd[0])
        for name, value in state.items():
            if not value.isfinite().all():
                raise WeightsDamaged(
                    f"{source} contains NaN or infinite values in {name}: {WAY_OUT}"
                )
        self.load_state_dict({name: value.float() for name, value in state.items()}, strict=False)


def _read_weights(path: Path) -> tuple[dict[str, Tensor], str | None]:
    """The tensors, and the hash of the shape they were trained in.

    More heads leave every tensor's shape the same, so sizes alone tell too little. Weights saved
    before the hash was noted have none; for them the sizes must do.
    """
    try:
        with safe_open(path, framework="pt") as stored:
            trained_so = (stored.metadata() or {}).get(_SHAPE)
            return {name: stored.get_tensor(name) for name in stored.keys()}, trained_so  # noqa: SIM118
    except (OSError, ValueError, SafetensorError) as error:
        reason = (str(error).splitlines() or ["unreadable"])[0]
        raise WeightsDamaged(f"{path} cannot be read ({reason}): {WAY_OUT}") from None


def _check_sizes(config: CalmConfig, state: dict[str, Tensor], source: str) -> None:
    """Before anything large is built or loaded: a foreign width would ask for all the memory."""
    hidden = config.language["hidden_size"]
    wanted = {
        "mfam.formers.low.queries": (config.queries, config.width),
        "mfam.theme_to_language.weight": (config.theme_tokens * hidden, config.width),
        "mfam.measured.spread.low.bias": (config.measure_tokens * config.width,),
        "heads.beauty.bias": (1 + config.folds,),
    }
    for name, shape in wanted.items():
        if name not in state or state[name].shape != shape:
            raise _misfit(source, name)


def _misfit(source: str, name: str) -> WeightsDamaged:
    return WeightsDamaged(f"{source} does not fit its config.json ({name} differs): {WAY_OUT}")


AutoModelForImageTextToText.register(CalmConfig, CalmForConditionalGeneration)
