"""Drawn documents: pages of text, letters, receipts, tables, calendars, forms, notes and scores."""

import numpy as np
from PIL import Image, ImageChops

from aesplugin.training.judge.canvas import (
    WHITE,
    Canvas,
    Colour,
    Rng,
    Size,
    hue,
    mix,
    pick,
    smooth_noise,
)

_READ = ("serif", "serif", "sans", "narrow", "serif narrow", "plain", "mono", "serif italic")
_HEAD = ("bold", "serif bold", "narrow bold", "plain", "light", "serif")


def page(rng: Rng, size: Size) -> Image.Image:
    """A printed page: a heading, one to three columns, at times with a figure or a table."""
    sheet, ink = Canvas(rng, size), _ink(rng)
    edge, columns = sheet.px(rng.uniform(4, 9)), int(rng.choice([1, 1, 2, 2, 3]))
    face, height = pick(rng, _READ), sheet.px(rng.uniform(1.1, 2.6) / columns**0.4)
    top = float(edge)
    if rng.random() < 0.7:
        head = height * rng.uniform(1.5, 3.5)
        sheet.write((edge, top), sheet.words(2, 5), head, pick(rng, _HEAD), ink)
        top += head * 2
    gap = sheet.px(3)
    wide = (sheet.wide - 2 * edge - gap * (columns - 1)) / columns
    for n in range(columns):
        left = edge + n * (wide + gap)
        _column(sheet, (left, top, left + wide, sheet.high - edge), height, face, ink)
    if rng.random() < 0.5:
        middle = (sheet.wide / 2, sheet.high - edge * 0.8)
        sheet.write(middle, str(rng.integers(1, 400)), height, face, ink)
    return scanned(rng, sheet.image)


def _column(
    sheet: Canvas, box: tuple[float, float, float, float], height: float, face: str, ink: Colour
) -> None:
    left, top, right, bottom = box
    while top < bottom - height * 2:
        part = sheet.rng.random()
        room = min(bottom, top + height * 1.4 * int(sheet.rng.integers(3, 14)))
        if part < 0.15:
            sheet.write((left, top), sheet.words(1, 4), height * 1.25, pick(sheet.rng, _HEAD), ink)
            top += height * 2
            continue
        if part < 0.24:
            grid(sheet, (left, top, right, room), (int(sheet.rng.integers(2, 6)), 0), height, ink)
        elif part < 0.32:
            sheet.box((left, top, right, room), hue(sheet.rng, light=(0.5, 0.95), pale=0.6), ink)
        else:
            room = sheet.paragraph((left, top, right, room), height, face, ink)
        top = room + height * float(sheet.rng.choice([0.5, 1, 1.6]))


def grid(
    sheet: Canvas,
    box: tuple[float, float, float, float],
    cells: tuple[int, int],
    height: float,
    ink: Colour,
) -> None:
    """A table of `cells` columns and rows (0: as many as fit), ruled in one of several manners."""
    left, top, right, bottom = box
    across, down = cells[0], cells[1] or max(int((bottom - top) / (height * 1.7)), 1)
    wide, tall = (right - left) / across, (bottom - top) / down
    ruled, shaded = sheet.rng.random(2) < (0.6, 0.4)
    line = mix(ink, WHITE, sheet.rng.uniform(0, 0.75))
    tint = hue(sheet.rng, light=(0.75, 0.97), pale=0.5)
    for row in range(down):
        y = top + row * tall
        if row == 0 or (shaded and row % 2):
            sheet.box((left, y, right, y + tall), tint if row == 0 else mix(tint, WHITE, 0.6))
        for column in range(across):
            text = sheet.words(1, 2) if row == 0 or column == 0 else sheet.number()
            text = text[: max(int(wide / height * 1.5), 2)]
            at = (left + column * wide + height * 0.3, y + (tall - height) / 2)
            sheet.write(at, text, height, "bold" if row == 0 else "sans", ink)
        sheet.pen.line((left, y, right, y), line)
    for column in range(across + 1) if ruled else ():
        sheet.pen.line((left + column * wide, top, left + column * wide, bottom), line)


def letter(rng: Rng, size: Size) -> Image.Image:
    """A letter or an invoice: who writes, to whom, and what; signed by hand."""
    sheet, ink = Canvas(rng, size), _ink(rng)
    edge, height, face = (
        sheet.px(rng.uniform(6, 10)),
        sheet.px(rng.uniform(1.3, 2)),
        pick(rng, _READ),
    )
    accent = hue(rng, light=(0.2, 0.8))
    if rng.random() < 0.6:
        sheet.disc((edge * 1.5, edge), edge * rng.uniform(0.3, 0.6), accent)
    sheet.write((sheet.wide * 0.45, edge * 0.7), sheet.words(2, 3), height * 2, "bold", accent)
    for n in range(int(rng.integers(3, 6))):
        sheet.write((edge, edge * 2 + n * height * 1.4), sheet.words(1, 3), height, face, ink)
    top = sheet.high * 0.3
    for _ in range(int(rng.integers(1, 4))):
        room = top + height * 1.4 * int(rng.integers(2, 8))
        top = sheet.paragraph((edge, top, sheet.wide - edge, room), height, face, ink) + height
    if rng.random() < 0.5:
        room = min(top + height * 14, sheet.high * 0.85)
        grid(sheet, (edge, top, sheet.wide - edge, room), (4, 0), height, ink)
        top = room
    pen = (40, 50, 140) if rng.random() < 0.6 else ink
    scrawl(sheet, (edge, top + height * 2, edge + sheet.wide * 0.25, top + height * 5), pen)
    return scanned(rng, sheet.image)


def scrawl(sheet: Canvas, box: tuple[float, float, float, float], pen: Colour) -> None:
    """A word in an unreadable hand: loops that run to the right."""
    left, top, right, bottom = box
    rng, count = sheet.rng, max(int((right - left) / max(bottom - top, 1) * 14), 8)
    turn = np.cumsum(rng.uniform(0.5, rng.uniform(1.2, 3), count))
    reach = (bottom - top) / 2 * rng.uniform(0.3, 1, count)
    across = np.linspace(left, right, count) + np.cos(turn) * reach * 0.5
    down = (top + bottom) / 2 + np.sin(turn) * reach
    points = [(float(x), float(y)) for x, y in zip(across, down, strict=True)]
    sheet.pen.line(points, pen, max(1, round(sheet.unit * 0.22)), "curve")


def note(rng: Rng, size: Size) -> Image.Image:
    """Handwriting on plain, lined or squared paper, in ink or pencil."""
    paper = _paper(rng)
    sheet, step = Canvas(rng, size, paper), rng.uniform(2.2, 7)
    rule, pen = mix(paper, (90, 120, 190), 0.35), hue(rng, light=(0.1, 0.5), pale=0.9)
    gap, manner = sheet.px(step), int(rng.integers(3))
    for at in range(gap, sheet.high, gap) if manner else ():
        sheet.pen.line((0, at, sheet.wide, at), rule)
    for at in range(gap, sheet.wide, gap) if manner == 2 else ():
        sheet.pen.line((at, 0, at, sheet.high), rule)
    for y in range(gap * 2, sheet.high - gap, gap):
        x = float(gap * rng.uniform(1, 2.5))
        while x < sheet.wide * rng.uniform(0.6, 1) and rng.random() < 0.96:
            wide = gap * rng.uniform(0.5, 3)
            scrawl(sheet, (x, y - gap * 0.6, min(x + wide, sheet.wide - gap), y), pen)
            x += wide + gap * 0.6
    return scanned(rng, sheet.image)


def receipt(rng: Rng, size: Size) -> Image.Image:
    """A till receipt: a shop, items with prices, a total and a bar code."""
    sheet, ink = Canvas(rng, size, (250, 249, 246)), mix(_ink(rng), WHITE, rng.uniform(0, 0.35))
    edge, height = sheet.px(3), sheet.px(rng.uniform(1.6, 2.4))
    face, y = pick(rng, ("mono", "narrow", "plain")), float(sheet.px(4))
    sheet.write((edge * 3, y), sheet.words(1, 2).upper(), height * 1.7, "narrow bold", ink)
    y += height * 3
    while y < sheet.high * 0.78:
        sheet.write((edge, y), sheet.words(1, 2).upper()[:16], height, face, ink)
        sheet.write((sheet.wide * 0.76, y), f"{rng.lognormal(1.5, 1):.2f}", height, face, ink)
        y += height * float(rng.choice([1.3, 1.3, 1.3, 2.6]))
    sheet.pen.line((edge, y, sheet.wide - edge, y), ink)
    sheet.write((edge, y + height), "TOTAL", height * 1.5, "bold", ink)
    sheet.write((sheet.wide * 0.6, y + height), sheet.number(), height * 1.5, "bold", ink)
    bar_code(sheet, (edge * 2, y + height * 4, sheet.wide - edge * 2, sheet.high - edge), ink)
    return scanned(rng, sheet.image)


def bar_code(sheet: Canvas, box: tuple[float, float, float, float], ink: Colour) -> None:
    """Upright bars of several widths."""
    x, step = box[0], max((box[2] - box[0]) / 110, 1.0)
    while x < box[2]:
        bar, gap = sheet.rng.integers(1, 4, 2) * step
        sheet.box((x, box[1], min(x + bar - 1, box[2]), box[3]), ink)
        x += bar + gap


def spreadsheet(rng: Rng, size: Size) -> Image.Image:
    """Rows and columns of figures that fill the picture, as in an office program."""
    sheet, ink = Canvas(rng, size), _ink(rng)
    height, bar = sheet.px(rng.uniform(1.2, 2.4)), sheet.px(rng.uniform(0, 8))
    sheet.box((0, 0, sheet.wide, bar), hue(rng, light=(0.3, 0.95)))
    grid(sheet, (0, bar, sheet.wide, sheet.high), (int(rng.integers(4, 11)), 0), height, ink)
    return sheet.image if rng.random() < 0.6 else scanned(rng, sheet.image)


def calendar(rng: Rng, size: Size) -> Image.Image:
    """A month: seven columns of days under its name."""
    paper, accent = hue(rng, light=(0.9, 1), pale=0.2), hue(rng, light=(0.3, 0.85))
    sheet, ink = Canvas(rng, size, paper), _ink(rng)
    edge, face = sheet.px(rng.uniform(2, 6)), pick(rng, _HEAD)
    head = sheet.high * rng.uniform(0.12, 0.4)
    sheet.box((0, 0, sheet.wide, head), accent if rng.random() < 0.5 else None)
    sheet.write((edge, head * 0.3), sheet.words(1, 1), head * 0.4, face, ink)
    wide, tall = (sheet.wide - 2 * edge) / 7, (sheet.high - head - edge) / 6
    first, ruled = int(rng.integers(7)), rng.random() < 0.7
    for day in range(31):
        row, column = divmod(day + first, 7)
        at = (edge + column * wide, head + row * tall)
        sheet.box((*at, at[0] + wide, at[1] + tall), None, ink if ruled else None)
        colour = accent if column == 6 else ink
        sheet.write(
            (at[0] + wide * 0.1, at[1] + tall * 0.1), str(day + 1), tall * 0.3, face, colour
        )
        if rng.random() < 0.15:
            marked = (at[0] + 2, at[1] + tall * 0.6, at[0] + wide - 2, at[1] + tall * 0.85)
            sheet.box(marked, hue(rng, light=(0.6, 1)), round=sheet.unit)
    return sheet.image if rng.random() < 0.5 else scanned(rng, sheet.image)


def form(rng: Rng, size: Size) -> Image.Image:
    """A form or certificate: labels, lines to fill in, boxes to tick, a stamp."""
    sheet, ink = Canvas(rng, size, hue(rng, light=(0.9, 1), pale=0.2)), _ink(rng)
    edge, height, y = sheet.px(5), sheet.px(rng.uniform(1.4, 2.2)), float(sheet.px(5))
    sheet.write((edge, y), sheet.words(2, 4), height * 2, pick(rng, _HEAD), ink)
    y += height * 4
    while y < sheet.high - edge * 1.5:
        middle, line = sheet.wide * rng.uniform(0.3, 0.5), y + height * 1.2
        sheet.write((edge, y), sheet.words(1, 3)[:22], height, "narrow", ink)
        if rng.random() < 0.3:
            for n in range(3):
                x = middle + n * height * 4
                sheet.box((x, y, x + height, y + height), None, ink)
        elif rng.random() < 0.5:
            sheet.box((middle, y - height / 2, sheet.wide - edge, line), None, ink)
        else:
            sheet.pen.line((middle, line, sheet.wide - edge, line), ink)
        if rng.random() < 0.6:
            scrawl(
                sheet, (middle + height, y - height * 0.3, middle + height * 8, line), (30, 40, 120)
            )
        y += height * 2.4
    if rng.random() < 0.5:
        x, y, reach = sheet.wide * 0.7, sheet.high * 0.8, sheet.unit * 8
        sheet.pen.ellipse(
            (x - reach, y - reach, x + reach, y + reach), None, (180, 40, 50), sheet.px(0.5)
        )
    return scanned(rng, sheet.image)


def music(rng: Rng, size: Size) -> Image.Image:
    """Printed music: staves, bars, notes with stems."""
    sheet, ink = Canvas(rng, size), _ink(rng)
    gap, edge = sheet.unit * rng.uniform(0.7, 1.4), sheet.px(5)
    top = sheet.unit * 12
    sheet.write((sheet.wide * 0.3, sheet.unit * 4), sheet.words(1, 3), gap * 4, "serif", ink)
    while top + gap * 6 < sheet.high - edge:
        for n in range(5):
            sheet.pen.line((edge, top + n * gap, sheet.wide - edge, top + n * gap), ink)
        x, stride = edge + gap * 4, gap * rng.uniform(2, 4)
        while x < sheet.wide - edge:
            y, up = top + gap * int(rng.integers(0, 9)) / 2, rng.random() < 0.5
            sheet.pen.ellipse((x, y - gap / 2, x + gap * 1.3, y + gap / 2), ink)
            stem = x + gap * 1.2 if up else x
            sheet.pen.line((stem, y, stem, y + gap * (-3 if up else 3)), ink)
            x += stride
            if rng.random() < 0.2:
                sheet.pen.line((x, top, x, top + gap * 4), ink)
                x += stride / 2
        top += gap * 10
    return scanned(rng, sheet.image)


def scanned(rng: Rng, image: Image.Image) -> Image.Image:
    """As it came: clean, on tinted paper, unevenly lit, or lying askew on a table."""
    if rng.random() < 0.25:
        return image
    tint = _paper(rng)
    image = ImageChops.multiply(image, Image.new("RGB", image.size, tint))
    if rng.random() < 0.4:
        image = _lying(rng, image)
    if rng.random() < 0.6:
        clouds = 1 - smooth_noise(rng, (24, 24), 2, 1) * rng.uniform(0.1, 0.5)
        shade = Image.fromarray((clouds * 255).astype(np.uint8)).resize(image.size)
        image = ImageChops.multiply(image, Image.merge("RGB", (shade, shade, shade)))
    return image


def _lying(rng: Rng, image: Image.Image) -> Image.Image:
    """Seen at a small angle; around it the table, where the frame reaches beyond the page."""
    wide, high = image.size
    out, lean = rng.uniform(-0.05, 0.12), rng.uniform(-0.06, 0.06, 8)
    corners = ((-out, -out), (-out, 1 + out), (1 + out, 1 + out), (1 + out, -out))
    quad = [
        float((value + lean[2 * n + axis]) * (wide, high)[axis])
        for n, corner in enumerate(corners)
        for axis, value in enumerate(corner)
    ]
    table = hue(rng, light=(0.1, 0.8), pale=0.6)
    return image.transform(
        image.size, Image.Transform.QUAD, quad, Image.Resampling.BILINEAR, fillcolor=table
    )


def _paper(rng: Rng) -> Colour:
    """White, grey or yellowish; now and then of another pale colour."""
    if rng.random() < 0.15:
        return hue(rng, light=(0.85, 1), pale=0.25)
    bright, warm = rng.uniform(200, 255), rng.uniform(0.8, 1.01)
    return int(bright), int(bright * (1 + warm) / 2), min(int(bright * warm), 255)


def _ink(rng: Rng) -> Colour:
    return mix((0, 0, 0), hue(rng, light=(0.1, 0.6)), rng.uniform(0, 0.5))
