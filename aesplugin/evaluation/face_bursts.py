"""Does the frame win in which the eyes are open and the face is sharp? On made bursts.

Every second photo, and every second face with closed eyes, was used to choose how much faces
count; figures are those of the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from aesplugin.errors import DataError
from aesplugin.evaluation.inputs import load_pixels, photos_in
from aesplugin.evaluation.judged import Progress, as_rendition, attributes_of
from aesplugin.evaluation.made_bursts import Frame, Made, Portrait, make_burst
from aesplugin.evaluation.metrics import Measured, measure_share
from aesplugin.evaluation.plots import Bars
from aesplugin.evaluation.real.labels import LABELS, Complain, Split, read_labels
from aesplugin.face import Eyes
from aesplugin.models.base import AestheticModel
from aesplugin.models.faces.detector import FaceDetector
from aesplugin.models.faces.reader import FaceReader
from aesplugin.services.culling.burst_winner import margins_by_key, rank_group
from aesplugin.services.culling.candidate import Candidate, Wish
from aesplugin.services.culling.profiles import Profile
from aesplugin.services.groups.frame import Group, GroupKind

_OPEN: Final = "open"  # the folder of photos of open eyes, where there are no labels
_LEAST_WIDTH: Final = 56.0  # px of the face: below, eyes are not told well enough
_FROM_FRONT: Final = 0.3  # of its width between the eyes, at least: else nothing fits over it


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstsReport:
    """What wins; of `left_out` photos no burst is made: no face is large enough and from the front.

    `right`: the good frame wins; `without_faces`: the same if nothing is known of faces;
    `over_soft` and `over_blink`: against the one other frame alone.
    """

    photos: int
    left_out: int
    right: Measured
    without_faces: Measured
    over_soft: Measured
    over_blink: Measured

    def table(self) -> str:
        """The report as text."""
        lines = [f"bursts: {self.right.count}, photos left out: {self.left_out}"]
        lines += [
            f"{name}: {one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
            for name, one in self._shares().items()
        ]
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The report for JSON."""
        return {
            "photos": self.photos,
            "left_out": self.left_out,
            "right": self.right,
            "without_faces": self.without_faces,
            "over_soft": self.over_soft,
            "over_blink": self.over_blink,
        }

    def panels(self) -> list[Bars]:
        """The shares."""
        shares = {name: one.value for name, one in self._shares().items()}
        series = {"share": list(shares.values())}
        return [Bars(title="made bursts", labels=list(shares), series=series)]

    def _shares(self) -> dict[str, Measured]:
        return {
            "the good frame wins": self.right,
            "the same without faces": self.without_faces,
            "it wins against the soft frame alone": self.over_soft,
            "it wins against the frame with closed eyes alone": self.over_blink,
        }


def measure_bursts(  # noqa: PLR0913 - what is compared, each by its name
    root: Path,
    closed: Path,
    model: AestheticModel,
    profile: Profile,
    *,
    split: Split | None = Split.REPORT,
    complain: Complain = lambda line: None,
    progress: Progress = lambda done, of: None,
) -> BurstsReport:
    """Of the photos of `root` with open eyes; `closed` is a folder of faces with closed eyes.

    Raises:
        DataError: there is no such photo, or one cannot be read.
        WeightsMissing, WeightsDamaged: of the face networks.
    """
    photos = _half(_of_open_eyes(root, complain), split)
    bursts = list(read_bursts(photos, _half(photos_in([closed]), split), model, progress=progress))
    if not bursts:
        raise DataError(f"{root}: no photo with open eyes shows a face of {_LEAST_WIDTH:g} px")

    def share(without: Made | None = None, **change: Any) -> Measured:
        return measure_share(
            [winner(burst, profile, without, **change) is Made.GOOD for burst in bursts]
        )

    return BurstsReport(
        photos=len(photos),
        left_out=len(photos) - len(bursts),
        right=share(),
        without_faces=share(faces=None),
        over_soft=share(Made.BLINK),
        over_blink=share(Made.SOFT),
    )


Burst = Sequence[tuple[Made, Candidate]]


def read_bursts(
    photos: Sequence[Path],
    closed: Sequence[Path],
    model: AestheticModel,
    *,
    progress: Progress = lambda done, of: None,
) -> Iterator[Burst]:
    """A burst of each photo with a face, its frames read as the product reads photos.

    Raises:
        DataError: nobody's eyes are closed, or a photo cannot be read.
    """
    detector, reader = FaceDetector(), FaceReader()
    shut = [one for path in closed if (one := _portrait(path, detector))]
    if not shut:
        raise DataError("no face was found in the photos of closed eyes")
    for number, path in enumerate(photos):
        scene = _portrait(path, detector)
        if scene is not None:
            frames = make_burst(scene, shut, np.random.default_rng(number))
            yield [(frame.made, _candidate(frame, model, reader)) for frame in frames]
        progress(number + 1, len(photos))


def winner(burst: Burst, profile: Profile, without: Made | None = None, **change: Any) -> Made:
    """The frame that is kept; `change` is made to what is known of each frame."""
    left = [(made, one) for made, one in burst if made is not without]
    group = Group(kind=GroupKind.BURST, members=tuple(made for made, _ in left), reason="made")
    members = [replace(one, group=group, **change) for _, one in left]
    margins = margins_by_key(members, profile)
    (best,) = rank_group(members, Wish(), profile, margins).best
    return Made(best)


def _candidate(frame: Frame, model: AestheticModel, reader: FaceReader) -> Candidate:
    """A blink changes neither light nor focus, so score and attributes are those without it.

    Somebody else's face would change them by more than any blink.
    """
    pixels = np.asarray(frame.eyes_open)
    (answer,) = model.assess([as_rendition(pixels)])
    return Candidate(
        key=frame.made,
        name=f"{frame.made}.jpg",
        value=answer.score,
        attributes=attributes_of(pixels),
        faces=reader.read(frame.image, full_width=frame.image.width),
    )


def _portrait(path: Path, detector: FaceDetector) -> Portrait | None:
    image = Image.fromarray(load_pixels(path))
    found = detector.find(image)[:1]
    portraits = [Portrait(image, face) for face in found if face.width >= _LEAST_WIDTH]
    from_front = [one for one in portraits if one.apart >= _FROM_FRONT * one.face.width]
    return from_front[0] if from_front else None


def _of_open_eyes(root: Path, complain: Complain) -> list[Path]:
    if (root / _OPEN).is_dir():
        return photos_in([root / _OPEN])
    if not (root / LABELS).is_file():
        raise DataError(f"{root} holds neither the folder {_OPEN} nor {LABELS}")
    return [one.path for one in read_labels(root, None, complain) if one.eyes is Eyes.OPEN]


def _half(paths: Sequence[Path], split: Split | None) -> Sequence[Path]:
    return paths if split is None else paths[split is Split.REPORT :: 2]
