"""Trains the embedded scorer's head: `aesplugin train head`.

Features of all photos and of their flawed copies are computed once and kept (resumable); then
one opinion is fitted for each fold of themes and one on everything. The folds' opinions ship
too: they make the evaluation of public photos honest. The protocol and what was tried:
docs/training-log.md.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor

from aesplugin.evaluation.benchmarks.oasis import Oasis, read_oasis
from aesplugin.evaluation.metrics import Agreement, agreement
from aesplugin.models.efficientnet import EfficientNetLite2, load_encoder
from aesplugin.models.embedded.head import Head, to_score
from aesplugin.models.folds import FoldTable, content_key, write_folds
from aesplugin.training.data import drawn_photos, theme_folds
from aesplugin.training.head_features import CLEAN, HARMLESS, Sample, Seen, look
from aesplugin.training.head_fit import HeadFit
from aesplugin.training.head_table import RATED, SYNTHETIC, UNLABELLED, Table, build_table
from aesplugin.training.order import OrderOptions
from aesplugin.training.sources import HELD_OUT
from aesplugin.training.synthetic import nothing

# The shipped recipe: how many photos of each folder, and how many of them get every flaw.
DRAWS: Final = {"imagenet_samples": 375, "stock708": 375, "voc2007": 325, "bsds500": 225}
_DEEP: Final = 75
_OTHER_FOLDERS: Final = 400  # photos of each folder where the user's folders are others
_WIDE_FLAWS: Final = 3
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadOptions:
    """What to train on and where to put it.

    `root` is in OASIS layout (images.csv, images/); `unlabelled` holds folders of photos;
    `features` keeps what the encoder saw, and may be given again to go on.
    """

    root: Path
    output: Path  # folder: head.safetensors, folds.json, report.json
    features: Path
    unlabelled: Path | None = None
    rated_flaws: int = 5  # flawed copies of each rated photo
    synthetic: int = 120
    folds: int = 5
    seed: int = 0
    threads: int = 0
    fit: OrderOptions = field(default_factory=OrderOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReport:
    """Out-of-fold figures: each photo judged by the fold that saw neither it nor its theme.

    `taste_alone` is votes alone, without order; `won` the share of flawed copies scored below
    their original, by source and flaw (training's own flaws); scores are 1..10.
    """

    photos: int
    rows: int
    out_of_fold: Agreement
    taste_alone: Agreement
    won: Mapping[str, float]
    harmless_shift: float  # mean absolute change of score by a harmless copy
    nothing_highest: float  # highest score of a picture of nothing


def _silent(what: str, done: int, of: int) -> None:
    pass


def train_head(options: HeadOptions, progress: Progress = _silent) -> HeadReport:
    """Trains, writes the files into `options.output`, and reports. Same seed, same head.

    Raises:
        DataError: a data set is not as documented.
        WeightsMissing, WeightsDamaged: the encoder's weights.
    """
    if options.threads:
        torch.set_num_threads(options.threads)
    encoder = load_encoder()
    oasis = read_oasis(options.root)
    mos = np.array([photo.mos for photo in oasis.photos])
    themes = [photo.theme for photo in oasis.photos]
    theme_fold = theme_folds(themes, folds=options.folds, seed=options.seed)
    table = build_table(_seen(options, oasis, encoder, progress))
    fit = HeadFit(table, mos, theme_fold, classifier=encoder.classifier, options=options.fit)
    head, unseen, taste = fit.run(seed=options.seed, progress=partial(progress, "fitting"))
    report = _report(table, mos, head, (unseen, taste))
    _write(options.output, head, _fold_table(oasis, theme_fold), report)
    return report


def _seen(
    options: HeadOptions, oasis: Oasis, encoder: EfficientNetLite2, progress: Progress
) -> Iterator[tuple[str, Seen]]:
    samples = list(_samples(options, oasis))
    stored = look(
        (sample for _, sample in samples),
        encoder=encoder,
        cache=options.features,
        seed=options.seed,
    )
    for done, ((source, _), seen) in enumerate(zip(samples, stored, strict=True), start=1):
        progress("looking at photos", done, len(samples))
        yield source, seen


def _samples(options: HeadOptions, oasis: Oasis) -> Iterator[tuple[str, Sample]]:
    for photo in oasis.photos:
        name = f"oasis/images/{photo.path.name}"
        yield RATED, Sample(name=name, load=photo.path.read_bytes, flaws=options.rated_flaws)
    if options.unlabelled is not None:
        yield from _unlabelled(options.unlabelled, options.seed)
    for number in range(options.synthetic):
        load = partial(nothing, number, seed=options.seed)
        yield SYNTHETIC, Sample(name=f"synthetic/{number}", load=load, flaws=0)


def _unlabelled(root: Path, seed: int) -> Iterator[tuple[str, Sample]]:
    draws = _draws(root)
    deep = set(drawn_photos(root, dict.fromkeys(draws, _DEEP), seed=seed))
    for path in drawn_photos(root, draws, seed=seed):
        name = f"unlabelled/{path.relative_to(root).as_posix()}"
        every = path in deep
        flaws = 14 if every else _WIDE_FLAWS
        yield UNLABELLED, Sample(name=name, load=path.read_bytes, flaws=flaws, harmless=every)


def _draws(root: Path) -> Mapping[str, int]:
    if all((root / name).is_dir() for name in DRAWS):
        return DRAWS
    inside = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    names = [name for name in inside if name not in HELD_OUT]
    return dict.fromkeys(names or ["."], _OTHER_FOLDERS)


def _fold_table(oasis: Oasis, theme_fold: NDArray[np.int64]) -> FoldTable:
    folds = [int(fold) for fold in theme_fold]
    photos = list(zip(oasis.photos, folds, strict=True))
    return FoldTable(
        themes={photo.theme: fold for photo, fold in photos},
        contents={content_key(photo.path.read_bytes()): fold for photo, fold in photos},
    )


def _report(
    table: Table, mos: NDArray[np.float64], head: Head, unseen: tuple[Tensor, Tensor]
) -> HeadReport:
    rated = torch.from_numpy(table.rows(RATED, clean=True))
    stretched = head.shipped.stretched(unseen[0])  # the folds share this stretch
    score, originals = to_score(stretched).numpy(), table.original.numpy()
    same = np.flatnonzero(table.kind == HARMLESS)
    empty = table.rows(SYNTHETIC, clean=True)
    return HeadReport(
        photos=len(rated),
        rows=len(score),
        out_of_fold=agreement(stretched[rated].double().numpy(), mos),
        taste_alone=agreement(unseen[1][rated].double().numpy(), mos),
        won=_won(table, stretched.numpy()),
        harmless_shift=float(
            np.abs(score[same] - score[originals[same]]).sum() / max(len(same), 1)
        ),
        nothing_highest=float(score[empty].max(initial=0.0)),
    )


def _won(table: Table, total: NDArray[np.float32]) -> dict[str, float]:
    won = {}
    originals = table.original.numpy()
    for source in (RATED, UNLABELLED):
        for flaw in sorted({str(kind) for kind in table.kind} - {CLEAN, HARMLESS}):
            rows = np.flatnonzero((table.source == source) & (table.kind == flaw))
            if len(rows):
                won[f"{source} {flaw}"] = float((total[rows] < total[originals[rows]]).mean())
    return won


def _write(output: Path, head: Head, folds: FoldTable, report: HeadReport) -> None:
    output.mkdir(parents=True, exist_ok=True)
    layers = ("reduce", "reduce_low", "reduce_tones", "waves", "waves_low", "waves_tones")
    large = {f"{layer}.weight" for layer in layers}
    state = {
        name: (tensor.half() if name in large else tensor).contiguous()
        for name, tensor in head.state_dict().items()
    }
    (output / "head.safetensors").write_bytes(save(state))
    write_folds(output / "folds.json", folds)
    text = json.dumps(asdict(report), indent=1)
    (output / "report.json").write_text(text + "\n", encoding="utf-8")
