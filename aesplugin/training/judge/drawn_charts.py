"""Drawn charts, diagrams and maps."""

import numpy as np
from PIL import Image

from aesplugin.training.judge.canvas import (
    WHITE,
    Box,
    Canvas,
    Colour,
    Rng,
    Size,
    hue,
    mix,
    palette,
    pick,
)
from aesplugin.training.judge.drawn_screens import readable


def chart(rng: Rng, size: Size) -> Image.Image:
    """One to six charts with axes, ticks, titles and legends."""
    back = WHITE if rng.random() < 0.55 else hue(rng, light=(0.05, 1), pale=0.35)
    sheet = Canvas(rng, size, back)
    across, down = pick(rng, ((1, 1), (1, 1), (1, 1), (2, 1), (1, 2), (2, 2), (3, 2)))
    wide, tall = sheet.wide / across, sheet.high / down
    for n in range(across * down):
        left, top = n % across * wide, n // across * tall
        _panel(sheet, (left, top, left + wide, top + tall), back)
    return sheet.image


def _panel(sheet: Canvas, box: Box, back: Colour) -> None:
    left, top, right, bottom = box
    rng, ink, reach = sheet.rng, readable(back), min(right - left, bottom - top)
    height, colours = max(reach * rng.uniform(0.03, 0.05), 7), palette(rng, 5)
    plot = (left + height * 5, top + height * 3.5, right - height * 2, bottom - height * 4)
    middle = (left + (right - left) * 0.3, top + height)
    sheet.write(middle, sheet.words(2, 4), height * 1.3, pick(rng, ("bold", "sans", "serif")), ink)
    kind = pick(rng, (_bars, _lines, _scatter, _pie, _area))
    if kind is not _pie:
        _axes(sheet, plot, height, mix(ink, back, 0.15), back)
    kind(sheet, plot, colours)
    if rng.random() < 0.6:
        for n, colour in enumerate(colours[:3]):
            x, y = plot[0] + height, plot[1] + height * (0.5 + n * 1.5)
            sheet.box((x, y, x + height, y + height), colour)
            sheet.write((x + height * 1.5, y), sheet.words(1, 2)[:12], height, "sans", ink)


def _axes(sheet: Canvas, plot: Box, height: float, ink: Colour, back: Colour) -> None:
    left, top, right, bottom = plot
    rng, steps = sheet.rng, int(sheet.rng.integers(3, 9))
    ruled, step = rng.random() < 0.6, float(rng.choice([0.1, 0.5, 1, 5, 20, 100]))
    for n in range(steps + 1):
        y, x = bottom - (bottom - top) * n / steps, left + (right - left) * n / steps
        if ruled:
            sheet.pen.line((left, y, right, y), mix(back, ink, 0.2))
        sheet.write((left - height * 3, y - height / 2), f"{n * step:g}", height, "sans", ink)
        sheet.write((x - height / 2, bottom + height / 2), f"{n * 2}", height, "sans", ink)
    sheet.pen.line((left, top, left, bottom, right, bottom), ink, sheet.px(0.2))
    sheet.write(((left + right) / 2, bottom + height * 2), sheet.words(1, 2), height, "sans", ink)


def _bars(sheet: Canvas, plot: Box, colours: list[Colour]) -> None:
    left, top, right, bottom = plot
    rng, count = sheet.rng, int(sheet.rng.integers(3, 16))
    many, lying = rng.random(2) < (0.5, 0.3)
    for n in range(count):
        share, colour = rng.uniform(0.08, 0.98), colours[n % len(colours) if many else 0]
        if lying:
            step = (bottom - top) / count
            y = top + n * step
            sheet.box(
                (left, y + step * 0.15, left + (right - left) * share, y + step * 0.85), colour
            )
        else:
            step = (right - left) / count
            x = left + n * step
            high = bottom - (bottom - top) * share
            sheet.box((x + step * 0.15, high, x + step * 0.85, bottom), colour)


def _walk(rng: Rng, count: int) -> list[float]:
    steps = np.cumsum(rng.normal(rng.uniform(-0.2, 0.2), 1, count))
    spread = float(np.ptp(steps)) or 1.0
    return [float(value) for value in (steps - steps.min()) / spread * 0.85 + 0.07]


def _lines(sheet: Canvas, plot: Box, colours: list[Colour]) -> None:
    left, top, right, bottom = plot
    rng, count = sheet.rng, int(sheet.rng.choice([6, 12, 40, 200]))
    for colour in colours[: int(rng.integers(1, 5))]:
        values = _walk(rng, count)
        points = [
            (left + (right - left) * n / (count - 1), bottom - (bottom - top) * value)
            for n, value in enumerate(values)
        ]
        sheet.pen.line(points, colour, sheet.px(rng.uniform(0.2, 0.5)), "curve")
        if count <= 12:
            for point in points:
                sheet.disc(point, sheet.unit * 0.6, colour)


def _area(sheet: Canvas, plot: Box, colours: list[Colour]) -> None:
    left, top, right, bottom = plot
    rng, count = sheet.rng, int(sheet.rng.choice([8, 25, 80]))
    for n, colour in enumerate(colours[:3]):
        room = (bottom - top) * (1 - n * 0.3)
        line = [
            (left + (right - left) * k / (count - 1), bottom - room * value)
            for k, value in enumerate(_walk(rng, count))
        ]
        sheet.pen.polygon([(left, bottom), *line, (right, bottom)], colour)


def _scatter(sheet: Canvas, plot: Box, colours: list[Colour]) -> None:
    left, top, right, bottom = plot
    rng = sheet.rng
    for colour in colours[: int(rng.integers(1, 5))]:
        middle, slope = rng.uniform(0.25, 0.75, 2), rng.uniform(-0.8, 0.8)
        spread, radius = rng.uniform(0.03, 0.15), sheet.unit * rng.uniform(0.3, 1)
        for along, off in rng.normal(0, spread, (int(rng.integers(20, 120)), 2)):
            x = float(np.clip(middle[0] + along, 0, 1))
            y = float(np.clip(middle[1] + along * slope + off, 0, 1))
            sheet.disc((left + (right - left) * x, bottom - (bottom - top) * y), radius, colour)


def _pie(sheet: Canvas, plot: Box, colours: list[Colour]) -> None:
    rng, radius = sheet.rng, min(plot[2] - plot[0], plot[3] - plot[1]) / 2
    x, y, turn = (plot[0] + plot[2]) / 2, (plot[1] + plot[3]) / 2, 0.0
    for n, share in enumerate(rng.dirichlet(np.full(int(rng.integers(2, 8)), 2.0))):
        ends, circle = (
            (turn, turn + 360 * float(share)),
            (x - radius, y - radius, x + radius, y + radius),
        )
        sheet.pen.pieslice(circle, *ends, fill=colours[n % 5], outline=WHITE)
        turn = ends[1]
    if rng.random() < 0.4:
        sheet.disc((x, y), radius * 0.55, sheet.image.getpixel((0, 0)))  # type: ignore[arg-type]


def diagram(rng: Rng, size: Size) -> Image.Image:
    """Boxes, rounds and diamonds with names, joined by arrows."""
    back = pick(rng, (WHITE, WHITE, hue(rng, light=(0.05, 1), pale=0.3)))
    sheet, colours, ink = Canvas(rng, size, back), palette(rng, 4), readable(back)
    across, down = int(rng.integers(2, 6)), int(rng.integers(2, 6))
    wide, tall = sheet.wide / across, sheet.high / down
    spots = [(c, r) for r in range(down) for c in range(across) if rng.random() < 0.8]
    centres = [((c + 0.5) * wide, (r + 0.5) * tall) for c, r in spots]
    for n, one in enumerate(centres[1:], 1):
        _arrow(sheet, centres[int(rng.integers(max(n - 3, 0), n))], one, ink)
    manner, outlined = int(rng.integers(4)), rng.random() < 0.4
    for n, (x, y) in enumerate(centres):
        fill = back if outlined else colours[n % 4]
        box = (x - wide * 0.33, y - tall * 0.26, x + wide * 0.33, y + tall * 0.26)
        if manner == 3 and n % 3 == 0:
            diamond = [(x, box[1]), (box[2], y), (x, box[3]), (box[0], y)]
            sheet.pen.polygon(diamond, fill, ink)
        elif manner == 2:
            sheet.pen.ellipse(box, fill, ink)
        else:
            sheet.box(box, fill, ink, round=manner * sheet.unit * 2, width=sheet.px(0.2))
        height = min(wide * 0.07, tall * 0.16)
        at = (x - wide * 0.25, y - height / 2)
        sheet.write(at, sheet.words(1, 2)[:12], height, "sans", readable(fill))
    return sheet.image


def _arrow(
    sheet: Canvas, tail: tuple[float, float], head: tuple[float, float], ink: Colour
) -> None:
    width, tip = sheet.px(0.25), sheet.unit * 1.5
    middle = ((tail[0] + head[0]) / 2, (tail[1] + head[1]) / 2)
    sheet.pen.line((*tail, *head), ink, width)
    turn = float(np.arctan2(head[1] - tail[1], head[0] - tail[0]))
    points = [
        (middle[0] + tip * float(np.cos(turn + a)), middle[1] + tip * float(np.sin(turn + a)))
        for a in (0.0, 2.5, -2.5)
    ]
    sheet.pen.polygon(points, ink)


def street_map(rng: Rng, size: Size) -> Image.Image:
    """A town: blocks, parks, water, roads of three widths, names and pins."""
    land = hue(rng, light=(0.85, 0.97), pale=0.2) if rng.random() < 0.75 else (36, 42, 56)
    sheet, park, water = (
        Canvas(rng, size, land),
        mix(land, (110, 190, 100), 0.5),
        mix(land, (90, 160, 230), 0.7),
    )
    for n in range(int(rng.integers(2, 7))):
        x, y = rng.uniform(0, sheet.wide), rng.uniform(0, sheet.high)
        sheet.pen.polygon(
            _blob(rng, (x, y), sheet.unit * rng.uniform(6, 26)), water if n == 0 else park
        )
    if rng.random() < 0.6:
        _path(sheet, water, sheet.px(rng.uniform(2, 8)))
    road, edge = mix(land, WHITE, 0.8), mix(land, (120, 120, 120), 0.5)
    for width, count in ((0.5, 22), (1.1, 8), (2, 3)):
        tone = road if width < 2 else pick(rng, ((250, 200, 90), (240, 150, 120), road))
        for _ in range(int(rng.integers(count // 2, count + 1))):
            _path(sheet, tone, sheet.px(width), edge)
    ink = readable(land)
    for _ in range(int(rng.integers(4, 20))):
        at = (rng.uniform(0, sheet.wide * 0.9), rng.uniform(0, sheet.high))
        sheet.write(at, sheet.words(1, 2), sheet.unit * rng.uniform(1.2, 2.8), "narrow", ink)
        if rng.random() < 0.3:
            sheet.disc(at, sheet.unit, (220, 60, 50))
    return sheet.image


def _blob(rng: Rng, at: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    far = np.full(24, radius)
    for k in (1, 2, 3, 5):
        far += radius * rng.uniform(0, 0.2) * np.sin(k * turns + rng.uniform(0, 6))
    return [
        (at[0] + float(r * np.cos(t)), at[1] + float(r * np.sin(t)))
        for r, t in zip(far, turns, strict=True)
    ]


def _path(sheet: Canvas, tone: Colour, width: int, edge: Colour | None = None) -> None:
    """A way from one edge of the sheet to another, straight or bending."""
    rng, reach = sheet.rng, max(sheet.wide, sheet.high)
    turn, bend = rng.uniform(0, np.pi), rng.normal(0, 0.06) if rng.random() < 0.5 else 0.0
    x, y = rng.uniform(0, sheet.wide), rng.uniform(0, sheet.high)
    x, y = x - np.cos(turn) * reach, y - np.sin(turn) * reach
    points = []
    for _ in range(40):
        points.append((float(x), float(y)))
        x, y = x + np.cos(turn) * reach / 18, y + np.sin(turn) * reach / 18
        turn += bend * rng.uniform(0, 1)
    if edge is not None:
        sheet.pen.line(points, edge, width + 2, "curve")
    sheet.pen.line(points, tone, width, "curve")


def region_map(rng: Rng, size: Size) -> Image.Image:
    """Countries or districts in flat colours, with borders and a legend."""
    colours, count = (
        [*palette(rng, 5), hue(rng, light=(0.7, 1), pale=0.4)],
        int(rng.integers(8, 40)),
    )
    small = (max(size[0] // 2, 1), max(size[1] // 2, 1))
    y, x = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
    rough = rng.uniform(0.5, 2) * max(small) / 100
    x, y = x + np.sin(y / (3 * rough)) * rough, y + np.sin(x / (4 * rough)) * rough
    best, owner = np.full(x.shape, np.inf, np.float32), np.zeros(x.shape, np.intp)
    for n, (across, down) in enumerate(rng.random((count, 2))):
        far = (x - across * small[0]) ** 2 + (y - down * small[1]) ** 2
        owner = np.where(far < best, n, owner)
        best = np.minimum(far, best)
    flat = np.array(colours, np.uint8)[rng.integers(0, 6, count)][owner]
    border = (owner != np.roll(owner, 1, 0)) | (owner != np.roll(owner, 1, 1))
    flat[border] = readable(colours[0])
    sheet = Canvas(rng, size)
    sheet.image.paste(Image.fromarray(flat).resize(size, Image.Resampling.BILINEAR))
    for across, down in rng.random((8, 2)):
        at = (across * sheet.wide * 0.9, down * sheet.high)
        sheet.write(
            at, sheet.words(1, 1), sheet.unit * 2, pick(rng, ("serif", "sans")), (20, 20, 20)
        )
    return sheet.image
