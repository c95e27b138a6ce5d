"""A photo at its own size as sRGB JPEG without any metadata, for looking at it at 100 %.

Made in a process that can be killed (``python -m aesplugin.imaging.fullsize``), as all decoding.
"""

import io
import math
import os
import subprocess
import sys
from typing import Final

from PIL import Image

from aesplugin import platform
from aesplugin.errors import DamagedPhoto, MissingPhoto, PhotoError, StuckPhoto
from aesplugin.imaging.colour.depth import to_eight_bits
from aesplugin.imaging.colour.profiles import to_srgb
from aesplugin.imaging.content import read_content
from aesplugin.imaging.decode import load
from aesplugin.imaging.formats.raster import upright

_QUALITY: Final = 90
_LONGEST: Final = 12_000  # px: what browsers display without trouble


def full_size(
    path: str, content_hash: str, *, seconds: float, memory_mb: int, max_megapixels: float
) -> bytes:
    """JPEG bytes; the picture must still be the content the catalog knows.

    Raises:
        MissingPhoto: gone or changed. StuckPhoto: over the limits. DamagedPhoto: no pixels.
    """
    limits = (f"{seconds}", f"{memory_mb}", f"{max_megapixels}", content_hash)
    command = (sys.executable, "-P", "-m", "aesplugin.imaging.fullsize", *limits, os.fsencode(path))
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds + 10, check=False)
    except subprocess.TimeoutExpired:
        raise StuckPhoto(f"decoding took longer than {seconds:g} s") from None
    if done.returncode == 0 and done.stdout:
        return done.stdout
    if platform.ended_late(done.returncode):
        raise StuckPhoto(f"decoding took longer than {seconds:g} s")
    reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
    raise DamagedPhoto(reason[-1] if reason else "it cannot be decoded at full size")


def render(path: str, content_hash: str, max_megapixels: float) -> bytes:
    """The same in this process.

    Raises:
        PhotoError: by what is wrong.
    """
    content = read_content(path)
    if content.content_hash != content_hash:
        raise MissingPhoto(
            "the file has changed since it was scored; run `aesplugin score` on it again"
        )
    loaded = load(content.data, path, max_megapixels, long_side=_LONGEST)
    image, _ = to_srgb(to_eight_bits(loaded.image), loaded.icc, loaded.encoding)
    image = upright(image, loaded.orientation)
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    clean = Image.frombytes("RGB", image.size, image.tobytes())  # leaves every tag behind
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY, subsampling=0)
    return out.getvalue()


def main() -> None:
    """Prints the JPEG, or says on standard error why there is none."""
    seconds, memory_mb, max_megapixels, content_hash, path = sys.argv[1:]
    platform.limit_memory(int(memory_mb))
    try:
        with platform.ends_after(math.ceil(float(seconds))):
            jpeg = render(path, content_hash, float(max_megapixels))
    except PhotoError as error:
        sys.exit(str(error))
    except MemoryError:
        sys.exit("needs more memory to decode than allowed; raise decode_memory_mb")
    sys.stdout.buffer.write(jpeg)


if __name__ == "__main__":
    main()
