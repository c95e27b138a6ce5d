"""Photographs for tests that look at the page: free samples, and bursts made of them."""

from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageEnhance, ImageFilter

_EXIF_IFD, _MODEL, _MAKE = 0x8769, 0x0110, 0x010F
_TAKEN, _SUBSEC = 0x9003, 0x9291
_GPS_IFD = 0x8825


def save(
    image: Image.Image,
    path: Path,
    taken_at: datetime | None = None,
    *,
    camera: str = "Testcam 1",
    place: bool = False,
) -> Path:
    """A JPEG with camera EXIF; with a place, GPS tags of a point in the Pacific."""
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "Test", camera
    if taken_at is not None:
        ifd = exif.get_ifd(_EXIF_IFD)
        ifd[_TAKEN] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
        ifd[_SUBSEC] = f"{taken_at.microsecond // 1000:03}"
    if place:
        gps = exif.get_ifd(_GPS_IFD)
        gps[1], gps[2] = "S", (47.0, 9.0, 12.5)
        gps[3], gps[4] = "W", (126.0, 43.0, 7.25)
    image.convert("RGB").save(path, "JPEG", quality=90, exif=exif)
    return path


def burst(image: Image.Image, folder: Path, start: datetime, *, frames: int = 5) -> list[Path]:
    """Frames of one view, 150 ms apart: shifted a little, two blurred, the last darker."""
    made = []
    width, height = image.size
    for number in range(frames):
        shift = 3 * number
        frame = image.crop((shift, shift, width - 20 + shift, height - 20 + shift))
        if number in (1, 2):  # neighbours, as a shaken hand makes them: no focus stack
            frame = frame.filter(ImageFilter.GaussianBlur(4))
        if number == frames - 1:
            frame = ImageEnhance.Brightness(frame).enhance(0.8)
        taken_at = start + timedelta(milliseconds=150 * number)
        made.append(save(frame, folder / f"BURST_{number + 1:02}.jpg", taken_at))
    return made


def drawn(number: int, size: tuple[int, int] = (360, 240)) -> Image.Image:
    """A picture that differs clearly from every other number's: gradients and discs."""
    red = Image.linear_gradient("L").resize(size).rotate(37 * number)
    green = Image.radial_gradient("L").resize(size).rotate(11 * number)
    blue = Image.new("L", size, (53 * number) % 256)
    image = Image.merge("RGB", (red, green, blue))
    disc = Image.new("RGB", (60, 60), ((97 * number) % 256, (31 * number) % 256, 200))
    image.paste(disc, ((47 * number) % (size[0] - 60), (29 * number) % (size[1] - 60)))
    return image
