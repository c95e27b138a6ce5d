"""The decoding process that also reads faces, from the pixels that it has decoded anyway.

``python -m aesplugin.services.pipeline.photo_reader``, started by the pool as
`aesplugin.imaging.sandbox.child` is.
"""

from collections.abc import Callable
from pathlib import Path

from PIL import Image

from aesplugin.errors import ModelError, OutOfMemory
from aesplugin.face import Face
from aesplugin.imaging.sandbox import child
from aesplugin.models.faces.networks import FOLDER
from aesplugin.models.faces.reader import FaceReader


class LateFaceReader:
    """A `FaceReader` whose networks are loaded with the first photo.

    Tried once; again only where memory was too small.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._reader: FaceReader | ModelError | None = None

    def read(
        self, image: Image.Image, *, full_width: int, larger: Callable[[float], Image.Image]
    ) -> tuple[Face, ...]:
        """As `FaceReader.read`.

        Raises:
            ModelError: weights are missing or damaged, or ONNX Runtime is absent or fails.
        """
        if self._reader is None:
            try:
                self._reader = load_face_reader(self._folder)
            except OutOfMemory:
                raise  # the next photo may find enough
            except ModelError as error:
                self._reader = error
        if isinstance(self._reader, ModelError):
            raise self._reader
        return self._reader.read(image, full_width=full_width, larger=larger)


def load_face_reader(folder: Path = FOLDER) -> FaceReader:
    """Loads the networks.

    Raises:
        ModelError: weights are missing or damaged, or ONNX Runtime is absent or fails.
    """
    try:
        return FaceReader(folder)
    except ImportError as error:
        raise ModelError(f"ONNX Runtime does not load: {error}") from None


if __name__ == "__main__":
    child.main(LateFaceReader().read)
