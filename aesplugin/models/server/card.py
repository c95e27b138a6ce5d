"""What is known of a server's model, kept in the cache folder; and its card.

The card is read by commands that must not wait for a server, or find it gone: `rank` and `status`
show scores that are there already. So what was found when it was last asked is kept in a small
file, by address and model. It is renewed before photos are scored (`ServerBackend.refresh_card`),
and wherever the server is found to have become another the scoring begins again under the new
revision.
"""

import hashlib
import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from aesplugin.errors import ModelError
from aesplugin.models.base import ModelCard
from aesplugin.models.vlm.dialogue import REVISION as DIALOGUE
from aesplugin.models.wording.level_questions import NUMBER_QUESTION, REVISION, WORDINGS

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a server told of itself and its model, and what it could do when it was tried."""

    kind: str  # a name in `DIALECTS`
    model: str
    weights: str  # quantisation and the like; empty where the server does not tell
    is_read: bool  # the probabilities of the level words can be read; else a number is said
    talks: bool  # answers in sentences, too
    token_ids: tuple[int, ...] = ()  # of the level words, where the server takes them

    @property
    def abilities(self) -> str:
        """In a few words: what it can and cannot do."""
        reads = (
            "gives the probabilities of the level words: scores are read from them"
            if self.is_read
            else "gives no probabilities: scores are numbers that the model says, not read, which"
            " differ less and are less reliable"
        )
        return f"sees pictures; {reads}; {'writes' if self.talks else 'writes no'} comments"


@dataclass(frozen=True, slots=True)
class Asking:
    """What decides, beside the server, what is answered: settings."""

    wording: str
    long_side: int


def generic_card() -> ModelCard:
    """The card of the backend itself, no model named."""
    return ModelCard(
        name="server",
        revision=f"server-{REVISION}",
        summary="A model on a server you run (vLLM, SGLang, llama.cpp, Ollama): use server:MODEL.",
        license="Apache-2.0 (this code; each model has its own licence)",
        comments=True,
    )


def card_of(facts: Facts, asking: Asking) -> ModelCard:
    """Its revision holds the server's kind, model, weights, wording, picture size, read or said."""
    how = "read" if facts.is_read else "said"
    asked = WORDINGS[asking.wording] if facts.is_read else NUMBER_QUESTION
    everything = [
        facts.kind, facts.model, facts.weights, asked, asking.long_side, how, REVISION, DIALOGUE,
    ]  # fmt: skip
    digest = hashlib.sha256(json.dumps(everything).encode()).hexdigest()[:12]
    named = re.sub(r"[^\w.-]+", "-", facts.model.rpartition("/")[2])[-_LONGEST_NAME:]
    parts = ["server", facts.kind, named, facts.weights, asking.wording, how, digest]
    weights = f" ({facts.weights})" if facts.weights else ""
    return ModelCard(
        name="server",
        revision="-".join(part for part in parts if part),
        summary=f"{facts.model}{weights} on a {facts.kind} server: {facts.abilities}.",
        license="see the model's own page",
        sources=(facts.model,),
        comments=facts.talks,
    )


def unknown_card(model: str) -> ModelCard:
    """Of a server that nobody has asked yet; nothing is stored under this revision."""
    return ModelCard(
        name="server",
        revision=f"server-not-asked-yet-{REVISION}",
        summary=f"{model}: what its server can do is found out when it first scores.",
        license="see the model's own page",
        sources=(model,),
        comments=True,
    )


def _file(cache: Path, base: str, model: str) -> Path:
    named = hashlib.sha256(f"{base} {model}".encode()).hexdigest()[:24]
    return cache / "servers" / f"{named}.json"


def read_facts(cache: Path, base: str, model: str) -> Facts | None:
    """What was last found out; None where that is nothing, or cannot be read."""
    try:
        found = json.loads(_file(cache, base, model).read_bytes())
        facts = Facts(**{**found, "token_ids": tuple(found["token_ids"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    is_whole = set(found) == {field.name for field in fields(Facts)} and facts.model == model
    return facts if is_whole and isinstance(facts.weights, str) else None


def keep_facts(cache: Path, base: str, facts: Facts) -> None:
    """Written whole or not at all.

    Raises:
        ModelError: the cache folder cannot be written: without it nothing could be shown later.
    """
    path = _file(cache, base, facts.model)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(asdict(facts), stream)
            os.replace(scratch, path)
        except OSError:
            with suppress(OSError):
                os.unlink(scratch)
            raise
    except OSError as error:
        raise ModelError(
            f"{path.parent} cannot be written ({error.strerror}): free some space, or set AES_CACHE"
        ) from None
