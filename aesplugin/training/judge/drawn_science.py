"""Drawn scientific images: heat maps, X-rays, ultrasound, cells, spectra, fields, gels."""

from typing import Final

import numpy as np
from PIL import Image

from aesplugin.training.flaws.pixel_operations import Pixels, to_uint8
from aesplugin.training.judge.canvas import (
    BLACK,
    WHITE,
    Canvas,
    Plane,
    Rng,
    Size,
    pick,
    smooth_noise,
)

_SCALES: Final = {
    "rainbow": "00007f 0000ff 00ffff ffff00 ff0000 7f0000",
    "iron": "000010 30008a a0009a e84a20 ffb000 fffff0",
    "viridis": "440154 3b528b 21918c 5ec962 fde725",
    "inferno": "000004 57106e bc3754 f98e09 fcffa4",
    "cool": "3b4cc0 9abbff dddddd f4987a b40426",
    "radar": "e8e8f0 60a0ff 30c030 ffe030 ff8020 c01030",
    "hot": "000000 900000 ff4000 ffd000 ffffff",
    "grey": "000000 ffffff",
    "earth": "1a3a6a 4080b0 60a060 c0b070 806040 ffffff",
}
COLOURED: Final = tuple(name for name in _SCALES if name != "grey")


def false_colour(values: Plane, scale: str) -> Pixels:
    """[H, W] of 0..1 in the colours of one of the scales."""
    stops = np.array([list(bytes.fromhex(stop)) for stop in _SCALES[scale].split()], np.float32)
    places = np.linspace(0, 255, len(stops))
    lut = np.stack([np.interp(np.arange(256), places, stops[:, c]) for c in range(3)], 1)
    coloured: Pixels = lut.astype(np.uint8)[to_uint8(values)]
    return coloured


def heat_map(rng: Rng, size: Size) -> Image.Image:
    """A thermal picture or a field: warm bodies on smooth ground, with a colour bar."""
    values = smooth_noise(rng, size, rng.uniform(1, 7), int(rng.integers(1, 5))) * rng.uniform(
        0.3, 0.9
    )
    for _ in range(int(rng.integers(0, 6))):
        values += _body(rng, size) * rng.uniform(0.3, 0.7)
    if rng.random() < 0.3:
        values = np.floor(values * 9) / 9  # filled contours
    scale = pick(rng, COLOURED)
    return framed(rng, Image.fromarray(false_colour(values, scale)), scale)


def _body(rng: Rng, size: Size) -> Plane:
    """A soft ellipse, turned, anywhere in the picture; 1 in its middle."""
    small = (max(size[0] // 4, 1), max(size[1] // 4, 1))
    y, x = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
    x, y = x - small[0] * rng.random(), y - small[1] * rng.random()
    turn, long = rng.uniform(0, np.pi), max(small) * rng.uniform(0.04, 0.25)
    across = (x * np.cos(turn) + y * np.sin(turn)) / long
    along = (y * np.cos(turn) - x * np.sin(turn)) / (long * rng.uniform(0.3, 1))
    edge = np.minimum((np.hypot(across, along) - 1) * rng.uniform(3, 20), 30)
    soft = 1 / (1 + np.exp(edge))
    return np.asarray(Image.fromarray(soft.astype(np.float32)).resize(size))


def framed(rng: Rng, image: Image.Image, scale: str) -> Image.Image:
    """With the signs of an instrument: a colour bar, figures, a cross-hair, a frame, or none."""
    sheet = Canvas(rng, image.size)
    sheet.image.paste(image)
    height, wide, high = sheet.unit * rng.uniform(1.8, 3), sheet.wide, sheet.high
    ramp = false_colour(np.linspace(1, 0, 64, dtype=np.float32)[:, None].repeat(4, 1), scale)
    if rng.random() < 0.3:
        _as_figure(sheet, image, height)
    if rng.random() < 0.7:
        bar = Image.fromarray(ramp).resize((max(int(wide * 0.035), 1), int(high * 0.7)))
        sheet.image.paste(bar, (int(wide * 0.88), int(high * 0.15)))
        for n in range(5):
            at = (wide * 0.925, high * (0.15 + n * 0.165))
            sheet.pen.text(
                at, f"{40 - n * 7.5:g}", WHITE, stroke_width=1, stroke_fill=BLACK, font_size=height
            )
    if rng.random() < 0.4:
        _cross_hair(sheet, height * 1.4)
    return sheet.image


def _as_figure(sheet: Canvas, image: Image.Image, height: float) -> None:
    """Smaller, on white paper, with a title and figures along its axes."""
    wide, high = sheet.wide, sheet.high
    inset = image.resize((int(wide * 0.74), int(high * 0.78)))
    sheet.box((0, 0, wide, high), WHITE)
    sheet.image.paste(inset, (int(wide * 0.1), int(high * 0.1)))
    for n in range(6):
        sheet.write(
            (wide * 0.04, high * (0.1 + n * 0.15)), str(100 - n * 20), height, "sans", BLACK
        )
        sheet.write((wide * (0.1 + n * 0.14), high * 0.9), str(n * 10), height, "sans", BLACK)
    sheet.write((wide * 0.2, high * 0.03), sheet.words(2, 4), height * 1.3, "sans", BLACK)


def _cross_hair(sheet: Canvas, height: float) -> None:
    """A cross on one spot with its temperature."""
    rng, wide, high = sheet.rng, sheet.wide, sheet.high
    x, y, reach = wide * rng.uniform(0.3, 0.7), high * rng.uniform(0.3, 0.7), sheet.unit * 4
    sheet.pen.line((x - reach, y, x + reach, y), WHITE, sheet.px(0.3))
    sheet.pen.line((x, y - reach, x, y + reach), WHITE, sheet.px(0.3))
    sheet.pen.text(
        (x, y),
        f"{rng.uniform(-10, 90):.1f}°C",
        WHITE,
        stroke_width=1,
        stroke_fill=BLACK,
        font_size=height,
    )


def x_ray(rng: Rng, size: Size) -> Image.Image:
    """Soft grey bodies on black, with bones as bright bars or arches, and a letter."""
    values = _body(rng, size) * 0.2 + smooth_noise(rng, size, 5) * 0.12
    for _ in range(int(rng.integers(2, 5))):
        values += _body(rng, size) * rng.uniform(0.1, 0.3)
    sheet = Canvas(rng, size, BLACK)
    x, step, reach = sheet.wide * rng.uniform(0.4, 0.6), sheet.unit * rng.uniform(5, 9), sheet.unit
    arched, width = rng.random() < 0.6, sheet.px(rng.uniform(1.2, 3))
    for n in range(int(sheet.high / step)):
        y, far = n * step, reach * rng.uniform(14, 34)
        if arched:
            for side in ((200, 340), (190, 350)):
                sheet.pen.arc(
                    (x - far, y, x + far, y + step * 4), *side, fill=(70, 70, 70), width=width
                )
        sheet.box((x - reach * 3, y, x + reach * 3, y + step * 0.75), (110, 110, 110), round=reach)
    small = (max(size[0] // 6, 1), max(size[1] // 6, 1))
    bones = np.asarray(sheet.image.convert("L").resize(small).resize(size), np.float32) / 255
    values = np.clip(
        values + bones + rng.standard_normal(values.shape, np.float32) * np.float32(0.02), 0, 1
    )
    shown = 1 - values if rng.random() < 0.2 else values
    image = Image.fromarray(false_colour(shown, "grey"))
    return _marked(rng, image)


def _marked(rng: Rng, image: Image.Image) -> Image.Image:
    """Names and figures in the corners, as instruments write them."""
    sheet = Canvas(rng, image.size)
    sheet.image.paste(image)
    height = sheet.unit * rng.uniform(1.5, 2.6)
    for corner in rng.permutation(4)[: int(rng.integers(1, 4))]:
        x, y = (0.03, 0.8)[corner % 2] * sheet.wide, (0.03, 0.88)[corner // 2] * sheet.high
        for n in range(2):
            text = pick(rng, (sheet.number(), sheet.words(1, 1).upper(), "R", "L", "10 mm"))[:10]
            sheet.write((x, y + n * height * 1.3), text, height, "sans", (230, 230, 230))
    return sheet.image


def ultrasound(rng: Rng, size: Size) -> Image.Image:
    """A fan of speckle on black, with dark hollows."""
    wide, high = size
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    x, y = (x - wide / 2) / high, (y + high * rng.uniform(0.02, 0.15)) / high
    far, turn = np.hypot(x, y), np.abs(np.arctan2(x, y))
    fan = (
        (far < rng.uniform(0.9, 1.05))
        & (far > rng.uniform(0.1, 0.25))
        & (turn < rng.uniform(0.5, 0.9))
    )
    grain = rng.rayleigh(0.35, (max(high // 3, 1), max(wide // 4, 1))).astype(np.float32)
    speckle = np.asarray(Image.fromarray(grain).resize(size, Image.Resampling.BICUBIC))
    values = speckle * (0.25 + smooth_noise(rng, size, 6, 2))
    for _ in range(int(rng.integers(1, 4))):
        values = values * (1 - 0.9 * _body(rng, size))
    return _marked(
        rng, Image.fromarray(false_colour(values * fan, pick(rng, ("grey", "grey", "iron"))))
    )


def brain_slices(rng: Rng, size: Size) -> Image.Image:
    """Rounded sections in greys, one large or many on a grid, as a scanner gives them."""
    across = int(rng.choice([1, 2, 3, 4]))
    side = max(size[0] // across, 8)
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    sheet, scale = Canvas(rng, size, BLACK), pick(rng, ("grey", "grey", "grey", "hot"))
    for n in range(across * (size[1] // side + 1)):
        far = np.hypot(x / rng.uniform(0.6, 0.75), y / rng.uniform(0.75, 0.9))
        folds = smooth_noise(rng, (side, side), rng.uniform(5, 12), 2)
        skull, inside = np.exp(-(((far - 1) / 0.05) ** 2)), far < 0.88
        hollow = np.exp(-(((np.abs(x) - 0.12) / 0.07) ** 2) - (y / 0.25) ** 2)
        values = skull * 0.8 + inside * (0.25 + 0.5 * (folds > 0.5) * folds) * (1 - 0.9 * hollow)
        tile = Image.fromarray(false_colour(values.astype(np.float32), scale))
        sheet.image.paste(tile, (n % across * side, n // across * side))
    return _marked(rng, sheet.image)


def cells(rng: Rng, size: Size) -> Image.Image:
    """Under the microscope: stained tissue, or stains that glow on black, with a scale bar."""
    glowing = rng.random() < 0.5
    sheet = Canvas(rng, size, BLACK)
    sheet.pen.rectangle(
        (0, 0, *size),
        BLACK if glowing else pick(rng, ((240, 215, 228), (225, 225, 235), (200, 215, 190))),
    )
    tints = ((60, 90, 255), (40, 230, 90), (255, 50, 60), (255, 60, 220))
    if not glowing:
        tints = ((200, 120, 170), (225, 160, 190), (160, 100, 170), (150, 160, 120))
    tone, reach = pick(rng, tints), sheet.unit * rng.uniform(1.2, 6)
    count = int(np.clip(sheet.wide * sheet.high / reach**2 / 6, 10, 500))
    for across, down in rng.random((count, 2)):
        x, y, wide, tall = (
            across * sheet.wide,
            down * sheet.high,
            *(reach * rng.uniform(0.5, 1.2, 2)),
        )
        sheet.pen.ellipse((x - wide, y - tall, x + wide, y + tall), tone, pick(rng, tints))
        core = (90, 50, 130) if not glowing else pick(rng, tints)
        sheet.disc((x, y), float(min(wide, tall)) * 0.45, core)
    small = (max(size[0] // 4, 1), max(size[1] // 4, 1))
    soft = (
        np.asarray(sheet.image.resize(small).resize(size, Image.Resampling.BICUBIC), np.float32)
        / 255
    )
    texture = 0.75 + 0.5 * smooth_noise(rng, size, 40, 2)[..., None]
    grown = Canvas(rng, size)
    grown.image.paste(Image.fromarray(to_uint8(soft * texture)))
    if rng.random() < 0.6:
        x, y = sheet.wide * 0.75, sheet.high * 0.93
        grown.box((x, y, x + sheet.unit * 15, y + sheet.unit * 0.8), WHITE if glowing else BLACK)
    return grown.image


def electron_micrograph(rng: Rng, size: Size) -> Image.Image:
    """Grey relief lit from one side, above a bar with the instrument's figures."""
    ground = smooth_noise(rng, size, rng.uniform(4, 30), 5)
    if rng.random() < 0.5:
        ground = np.abs(ground - 0.5) * 2  # ridges
    if rng.random() < 0.5:
        for _ in range(int(rng.integers(3, 14))):
            ground = np.maximum(ground, _body(rng, size) * rng.uniform(1, 2))  # grains lie on it
    relief = np.gradient(ground, axis=int(rng.integers(2))) * rng.uniform(15, 60) * max(size) / 1000
    values = np.clip(0.45 + relief + 0.2 * ground, 0, 1)
    grainy = values + rng.normal(0, 0.04, values.shape).astype(np.float32)
    sheet = Canvas(rng, size)
    sheet.image.paste(Image.fromarray(false_colour(grainy, "grey")))
    height = sheet.unit * 2.2
    sheet.box((0, sheet.high - height * 2, sheet.wide, sheet.high), BLACK)
    text = f"{rng.integers(1, 30)}.00 kV   x{rng.integers(1, 99)},000   {sheet.number()} µm"
    sheet.write((height, sheet.high - height * 1.6), text, height, "sans", WHITE)
    return sheet.image


def spectrogram(rng: Rng, size: Size) -> Image.Image:
    """Sound over time: bands and harmonics; or a spectrum of light with dark lines."""
    wide, high = size
    scale = pick(rng, COLOURED)
    y = np.linspace(1, 0, high, dtype=np.float32)[:, None]
    loud = smooth_noise(rng, (wide, 8), rng.uniform(3, 20), 3)[:1]
    pitch = 0.05 + 0.1 * smooth_noise(rng, (wide, 8), rng.uniform(2, 9), 2)[:1]
    tones = np.exp(-((np.mod(y / pitch, 1) - 0.5) ** 2) * 30) * np.exp(-y * rng.uniform(1, 4))
    noise = rng.random((max(high // 3, 1), max(wide // 3, 1)), np.float32)
    floor = np.asarray(Image.fromarray(noise).resize(size)) * 0.3
    image = Image.fromarray(false_colour(tones * loud + floor, scale))
    return framed(rng, image, scale)


def light_spectrum(rng: Rng, size: Size) -> Image.Image:
    """The colours of light in a row, crossed by dark lines, or bright lines on black."""
    wide, high = size
    x = np.linspace(0, 1, wide, dtype=np.float32)
    bands = [np.exp(-(((x - middle) / 0.2) ** 2)) for middle in (0.8, 0.5, 0.2)]
    lines = np.ones(wide, np.float32)
    for middle in rng.random(int(rng.integers(5, 40))):
        lines -= np.exp(-(((x - middle) / rng.uniform(0.001, 0.006)) ** 2)).astype(np.float32)
    lines = np.clip(lines if rng.random() < 0.5 else 1 - lines, 0, 1)
    row = to_uint8(np.stack(bands, 1) * lines[:, None])
    sheet = Canvas(rng, size, pick(rng, (BLACK, BLACK, WHITE)))
    rows, margin = int(rng.integers(1, 5)), sheet.px(3)
    tall = max(high // rows - margin * 2, 1)
    for n in range(rows):
        band = Image.fromarray(np.roll(row, n * 37, 0)[None].repeat(tall, 0))
        sheet.image.paste(band, (0, n * (tall + margin * 2) + margin))
        sheet.write(
            (margin, n * (tall + margin * 2)), sheet.number(), margin, "sans", (128, 128, 128)
        )
    return sheet.image


def gel(rng: Rng, size: Size) -> Image.Image:
    """Lanes of blurred bands, dark on grey or bright on black."""
    wide, high = size
    lanes, y = int(rng.integers(5, 16)), np.linspace(0, 1, high, dtype=np.float32)[:, None]
    values = smooth_noise(rng, size, 2, 2) * 0.15
    lane = np.clip(np.cos(np.linspace(0, lanes * 2 * np.pi, wide)) * -2, 0, 1).astype(np.float32)
    owner = np.minimum(np.arange(wide) * lanes // wide, lanes - 1)
    for _ in range(int(rng.integers(4, 14))):
        places = np.clip(rng.random() + rng.choice([0, 0, 0.05]) * rng.normal(size=lanes), 0, 1)
        force = rng.random(lanes) * (rng.random(lanes) < 0.7)
        values += (
            np.exp(-(((y - places[owner]) / rng.uniform(0.006, 0.02)) ** 2)) * force[owner] * lane
        )
    shown = values if rng.random() < 0.5 else 0.9 - values
    return _marked(rng, Image.fromarray(false_colour(shown.astype(np.float32), "grey")))


def matrix(rng: Rng, size: Size) -> Image.Image:
    """A table of coloured cells: correlations, confusions, expression of genes."""
    shape = (int(rng.integers(4, 40)), int(rng.integers(4, 40)))
    values = smooth_noise(rng, shape, 5, 2) * 0.6 + rng.random(shape[::-1], np.float32) * 0.4
    if shape[0] < 16 and rng.random() < 0.6:
        values[np.arange(min(shape)), np.arange(min(shape))] = 1
    scale = pick(rng, COLOURED)
    image = Image.fromarray(false_colour(values, scale)).resize(size, Image.Resampling.NEAREST)
    return framed(rng, image, scale)
