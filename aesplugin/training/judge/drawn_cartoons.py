"""Drawn people and beasts: cartoons, memes and line sketches."""

from PIL import Image

from aesplugin.training.judge.canvas import (
    BLACK,
    WHITE,
    Canvas,
    Colour,
    Rng,
    Size,
    font,
    hue,
    mix,
    palette,
    pick,
)
from aesplugin.training.judge.drawn_art import Point, star
from aesplugin.training.judge.drawn_screens import readable


def meme(rng: Rng, size: Size) -> Image.Image:
    """A flat or rayed field with a few words in outlined capitals or as a quotation."""
    ground = hue(rng, light=(0.05, 1))
    sheet = Canvas(rng, size, ground)
    if rng.random() < 0.3:
        rays = star((sheet.wide / 2, sheet.high / 2), max(size), 14, (0.0, 0.02))
        sheet.pen.polygon(rays, mix(ground, readable(ground), 0.25))
    manner, ink = rng.random() < 0.5, readable(ground)
    height = sheet.unit * rng.uniform(4, 9)
    for y in (
        (sheet.high * 0.06, sheet.high * 0.8) if manner else (sheet.high * 0.35, sheet.high * 0.5)
    ):
        text = sheet.words(2, 4).upper() if manner else sheet.words(3, 5)
        name = "narrow bold" if manner else "serif italic"
        fits = sheet.wide * 0.94 / max(font(name, 100).getlength(text), 1) * 100
        face = font(name, round(min(height, fits)))
        left = max((sheet.wide - face.getlength(text)) / 2, 0)
        stroke, fill = (sheet.px(0.5), WHITE) if manner else (0, ink)
        sheet.pen.text((left, y), text, fill, face, stroke_width=stroke, stroke_fill=BLACK)
    if manner:
        _figure(sheet, (sheet.wide / 2, sheet.high * 0.55), sheet.high * 0.22, palette(rng, 4))
    return sheet.image


def cartoon(rng: Rng, size: Size) -> Image.Image:
    """Comic panels or one scene: flat colours, black outlines, faces, speech bubbles."""
    sheet = Canvas(rng, size)
    across, down = pick(rng, ((1, 1), (1, 1), (2, 1), (2, 2), (3, 2), (2, 3)))
    wide, tall = sheet.wide / across, sheet.high / down
    for row in range(down):
        for column in range(across):
            _panel(sheet, (column * wide, row * tall), (wide, tall))
    for n in range(across + 1 if across * down > 1 else 0):
        sheet.pen.line((n * wide, 0, n * wide, sheet.high), WHITE, sheet.px(1.5))
    for n in range(down + 1 if across * down > 1 else 0):
        sheet.pen.line((0, n * tall, sheet.wide, n * tall), WHITE, sheet.px(1.5))
    return sheet.image


def _panel(sheet: Canvas, at: Point, room: Point) -> None:
    rng, colours, (left, top), (wide, tall) = sheet.rng, palette(sheet.rng, 6), at, room
    sheet.box((left, top, left + wide, top + tall), colours[0])
    horizon = top + tall * rng.uniform(0.5, 0.8)
    for n in range(int(rng.integers(0, 5))):
        x, y = left + wide * rng.random(), horizon - tall * rng.uniform(0.05, 0.3)
        width = wide * rng.uniform(0.1, 0.3)
        sheet.box(
            (x, y, min(x + width, left + wide), horizon),
            colours[n % 3 + 2],
            BLACK,
            width=sheet.px(0.3),
        )
    sheet.box((left, horizon, left + wide, top + tall), colours[1], BLACK, width=sheet.px(0.3))
    for _ in range(int(rng.integers(1, 4))):
        reach = min(wide, tall) * rng.uniform(0.12, 0.24)
        x = left + rng.uniform(reach, max(wide - reach, reach + 1))
        _figure(sheet, (x, horizon - reach * 0.3), reach, palette(rng, 4))
    if rng.random() < 0.6:
        height = min(wide, tall) * 0.05
        bubble = (left + wide * 0.1, top + tall * 0.05, left + wide * 0.75, top + tall * 0.25)
        sheet.pen.ellipse(bubble, WHITE, BLACK, sheet.px(0.3))
        text = (
            bubble[0] + wide * 0.12,
            bubble[1] + tall * 0.05,
            bubble[2] - wide * 0.08,
            bubble[3],
        )
        sheet.paragraph(text, height, "narrow bold", BLACK)


def _figure(sheet: Canvas, at: Point, reach: float, colours: list[Colour]) -> None:
    """A head with a face, on a body, outlined in black."""
    rng, line, (x, y) = sheet.rng, max(int(reach / 22), 1), at
    body = [
        (x - reach * 0.6, y + reach * 2),
        (x - reach * 0.3, y),
        (x + reach * 0.3, y),
        (x + reach * 0.6, y + reach * 2),
    ]
    sheet.pen.polygon(body, colours[0], BLACK, line)
    wide, tall = reach * rng.uniform(0.4, 0.7), reach * rng.uniform(0.45, 0.7)
    y -= tall * 0.7
    if rng.random() < 0.6:
        for side in (-1.0, 1.0):
            ear = [
                (x + side * wide * 0.9, y),
                (x + side * wide, y - tall * 1.4),
                (x + side * wide * 0.2, y - tall * 0.8),
            ]
            sheet.pen.polygon(ear, colours[1], BLACK, line)
    sheet.pen.ellipse((x - wide, y - tall, x + wide, y + tall), colours[1], BLACK, line)
    for side in (-0.4, 0.4):
        eye, size = (x + side * wide, y - tall * 0.15), reach * rng.uniform(0.08, 0.16)
        sheet.pen.ellipse(
            (eye[0] - size, eye[1] - size, eye[0] + size, eye[1] + size), WHITE, BLACK, line
        )
        sheet.disc(eye, size * 0.45, BLACK)
    mouth = (x - wide * 0.5, y, x + wide * 0.5, y + tall * 0.7)
    sheet.pen.arc(
        mouth, *((20, 160) if rng.random() < 0.7 else (200, 340)), fill=BLACK, width=line * 2
    )


def sketch(rng: Rng, size: Size) -> Image.Image:
    """Pencil or ink lines on paper: wavering outlines and hatching."""
    paper, pen = hue(rng, light=(0.85, 1), pale=0.2), hue(rng, light=(0.05, 0.4), pale=0.5)
    sheet = Canvas(rng, size, paper)
    if rng.random() < 0.5:
        for across in rng.random(int(rng.integers(1, 4))):
            at = (sheet.wide * (0.2 + 0.6 * across), sheet.high * rng.uniform(0.4, 0.7))
            _figure(sheet, at, min(size) * rng.uniform(0.12, 0.3), [paper] * 2)
    for _ in range(int(rng.integers(5, 16))):
        at = (rng.uniform(0.1, 0.9) * sheet.wide, rng.uniform(0.1, 0.9) * sheet.high)
        reach, sides = min(size) * rng.uniform(0.05, 0.3), int(rng.choice([3, 4, 5, 40, 40]))
        width = sheet.px(rng.uniform(0.1, 0.4))
        for _ in range(int(rng.integers(1, 4))):
            points = star(at, reach, sides, (rng.uniform(0, 0.1), 1.0))
            wobble = rng.normal(0, reach * 0.025, (len(points), 2))
            line = [
                (x + float(a), y + float(b)) for (x, y), (a, b) in zip(points, wobble, strict=True)
            ]
            sheet.pen.line([*line, line[0]], mix(pen, paper, rng.uniform(0, 0.5)), width, "curve")
        for n in range(int(rng.integers(0, 20))):
            x = at[0] - reach * 0.6 + n * reach * 0.06
            y = at[1] + reach * rng.uniform(-0.5, 0.1)
            sheet.pen.line((x, y, x - reach * 0.25, y + reach * 0.4), mix(pen, paper, 0.3), width)
    return sheet.image
