"""Drawn screenshots: chats, web pages, terminals, editors, settings, desktops, social posts."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from aesplugin.training.flaws.pixel_operations import Pixels
from aesplugin.training.judge.canvas import (
    BLACK,
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
    smooth_noise,
)

_FACES: Final = ("sans", "plain", "narrow", "light")


def chat(rng: Rng, size: Size, photos: Sequence[Pixels] = ()) -> Image.Image:
    """Messages in bubbles to the left and right, above a line to type in."""
    back, ink = _theme(rng)
    sheet, mine = Canvas(rng, size, back), hue(rng, light=(0.4, 0.95))
    theirs, height = mix(back, ink, 0.12), sheet.px(rng.uniform(1.7, 2.4))
    face, y = pick(rng, _FACES), _status_bar(sheet, back, ink)
    while y < sheet.high - height * 6:
        right, wide = rng.random() < 0.5, sheet.wide * rng.uniform(0.25, 0.75)
        lines = int(rng.integers(1, 6))
        tall = height * (1.4 * lines + 1.2)
        left = sheet.wide - wide - height if right else height * 2.5
        fill = mine if right else theirs
        bubble = (left, y, left + wide, y + tall)
        if photos and rng.random() < 0.4:
            put_photo(sheet, bubble, photos)
        else:
            sheet.box(bubble, fill, round=height)
            inside = (left + height * 0.7, y + height * 0.6, left + wide - height * 0.5, y + tall)
            sheet.paragraph(inside, height, face, readable(fill))
        y += tall + height * rng.uniform(0.3, 1.2)
    bar = (height, sheet.high - height * 3.5, sheet.wide - height, sheet.high - height)
    sheet.box((0, bar[1] - height / 2, sheet.wide, sheet.high), back)
    sheet.box(bar, theirs, round=height * 1.2)
    return sheet.image


def web_page(rng: Rng, size: Size, photos: Sequence[Pixels] = ()) -> Image.Image:
    """A site: a header with links, a large opening, cards with pictures, text and buttons."""
    back, ink = _theme(rng)
    sheet, (accent, second) = Canvas(rng, size, back), palette(rng, 2)
    height, edge = sheet.px(rng.uniform(1.2, 2.2)), sheet.px(rng.uniform(2, 7))
    face, bar = pick(rng, _FACES), height * rng.uniform(2.5, 4)
    top = accent if rng.random() < 0.6 else mix(back, ink, 0.06)
    sheet.box((0, 0, sheet.wide, bar), top)
    sheet.write((edge, bar / 3), sheet.words(1, 1), height * 1.3, "bold", readable(top))
    for n in range(int(rng.integers(2, 6))):
        at = (sheet.wide * 0.45 + n * height * 6, bar / 3)
        sheet.write(at, sheet.words(1, 1)[:9], height, face, readable(top))
    y = bar + height
    if rng.random() < 0.6:
        y = _opening(sheet, (edge, y, sheet.wide - edge, y + sheet.high * 0.3), second, height)
    across = int(rng.integers(1, 5))
    wide, tall = (sheet.wide - 2 * edge) / across, sheet.high * rng.uniform(0.25, 0.5)
    while y < sheet.high:
        for n in range(across):
            left = edge + n * wide
            card(sheet, (left, y, left + wide - height, y + tall - height), height, photos)
        y += tall
    return sheet.image


def _opening(sheet: Canvas, box: Box, accent: Colour, height: float) -> float:
    sheet.box(box, accent, round=float(sheet.rng.choice([0, height])))
    ink = readable(accent)
    sheet.write((box[0] + height, box[1] + height), sheet.words(2, 4), height * 3, "bold", ink)
    sheet.write((box[0] + height, box[1] + height * 5), sheet.words(4, 8), height, "sans", ink)
    _button(sheet, (box[0] + height, box[1] + height * 7), height)
    return box[3] + height * 2


def _button(sheet: Canvas, at: tuple[float, float], height: float) -> None:
    fill = hue(sheet.rng, light=(0.2, 1))
    sheet.box((*at, at[0] + height * 9, at[1] + height * 2.2), fill, round=height * 0.6)
    where = (at[0] + height, at[1] + height * 0.5)
    sheet.write(where, sheet.words(1, 2)[:13], height, "bold", readable(fill))


def card(sheet: Canvas, box: Box, height: float, photos: Sequence[Pixels] = ()) -> None:
    """A picture above a title and a few lines; a real photo where there are some."""
    left, top, right, bottom = box
    back = pick(sheet.rng, (WHITE, (245, 245, 248), (38, 40, 46)))
    sheet.box(box, back, mix(back, readable(back), 0.2), round=height * 0.5)
    middle = top + (bottom - top) * sheet.rng.uniform(0.35, 0.65)
    if photos and sheet.rng.random() < 0.7:
        put_photo(sheet, (left, top, right, middle), photos)
    else:
        sheet.box((left, top, right, middle), hue(sheet.rng, light=(0.4, 1)))
        centre = ((left + right) / 2, (top + middle) / 2)
        sheet.disc(centre, (middle - top) / 4, hue(sheet.rng, light=(0.4, 1)))
    ink, x = readable(back), left + height * 0.6
    sheet.write((x, middle + height * 0.5), sheet.words(1, 3)[:18], height * 1.2, "bold", ink)
    text = (x, middle + height * 2.2, right - height * 0.6, bottom - height * 0.5)
    sheet.paragraph(text, height * 0.9, "sans", mix(ink, back, 0.35))


def put_photo(sheet: Canvas, box: Box, photos: Sequence[Pixels]) -> None:
    """One of the photos, cut to the shape of `box`."""
    left, top, right, bottom = (round(value) for value in box)
    size = (max(right - left, 2), max(bottom - top, 2))
    photo = Image.fromarray(pick(sheet.rng, photos))
    sheet.image.paste(ImageOps.fit(photo, size, Image.Resampling.BILINEAR), (left, top))


def post(rng: Rng, size: Size, photos: Sequence[Pixels] = ()) -> Image.Image:
    """A social network: who says it, a picture, icons and comments."""
    back, ink = _theme(rng)
    sheet = Canvas(rng, size, back)
    height, y = sheet.px(rng.uniform(1.6, 2.3)), _status_bar(sheet, back, ink)
    while y < sheet.high:
        sheet.disc((height * 2.2, y + height * 1.5), height * 1.2, hue(rng, light=(0.4, 1)))
        sheet.write((height * 4, y + height * 0.4), sheet.words(1, 2), height, "bold", ink)
        sheet.write((height * 4, y + height * 1.7), sheet.words(1, 2), height * 0.8, "sans", ink)
        y += height * 3.5
        tall = sheet.wide * rng.uniform(0.45, 0.8)
        shown = (0, y, sheet.wide, y + tall)
        if photos:
            put_photo(sheet, shown, photos)
        else:
            sheet.box(shown, hue(rng, light=(0.3, 1)))
            sheet.write((height, y + tall / 3), sheet.words(2, 3), height * 2.5, "bold", WHITE)
        y += tall + height * 0.6
        for n in range(3):
            sheet.disc(
                (height * (1.5 + n * 2.5), y + height * 0.8), height * 0.7, mix(ink, back, 0.3)
            )
        y += height * 2
        room = (height, y, sheet.wide - height, y + height * 1.4 * int(rng.integers(1, 5)))
        y = sheet.paragraph(room, height, "sans", ink) + height
    return sheet.image


def terminal(rng: Rng, size: Size) -> Image.Image:
    """A terminal or a code editor: lines of monospaced type in several colours."""
    back = (
        hue(rng, light=(0.03, 0.25), pale=0.6)
        if rng.random() < 0.75
        else hue(rng, light=(0.93, 1), pale=0.1)
    )
    sheet, plain = Canvas(rng, size, back), mix(readable(back), back, 0.15)
    inks = [plain, *(mix(one, plain, 0.2) for one in palette(rng, 4))]
    height, y = sheet.px(rng.uniform(1.2, 2.6)), 0.0
    margin, coded = height * 3.0, rng.random() < 0.6
    if rng.random() < 0.7:
        y = height * 2
        sheet.box((0, 0, sheet.wide, y), mix(back, plain, 0.2))
        for n in range(3):
            sheet.disc((height * (1 + n * 1.2), height), height * 0.4, inks[n + 1])
    last, indent, n = sheet.high * rng.uniform(0.5, 1.05), 0, 1
    while y < last:
        indent = int(np.clip(indent + rng.integers(-1, 2), 0, 5)) if coded else 0
        x = margin + indent * height * 2
        if coded:
            sheet.write((height * 0.4, y), str(n), height, "mono", mix(plain, back, 0.6))
        for _ in range(int(rng.integers(0, 9))):
            text = pick(
                rng, (sheet.word(), sheet.number(), "=", "(", "):", "->", "--" + sheet.word())
            )
            x = sheet.write((x, y), text + " ", height, "mono", pick(rng, inks))
        y, n = y + height * 1.3, n + 1
    return sheet.image


def settings_list(rng: Rng, size: Size) -> Image.Image:
    """Rows of settings, contacts or files: an icon, a name, a switch or a mark."""
    back, ink = _theme(rng)
    sheet, accent = Canvas(rng, size, mix(back, ink, 0.05)), hue(rng, light=(0.4, 0.9))
    height, face = sheet.px(rng.uniform(1.6, 2.4)), pick(rng, _FACES)
    y, row = _status_bar(sheet, back, ink), height * rng.uniform(2.6, 4)
    sheet.write((height, y), sheet.words(1, 2), height * 2, "bold", ink)
    y += height * 3.5
    icons, switches = rng.random(2) < (0.7, 0.5)
    while y < sheet.high:
        sheet.box((0, y, sheet.wide, y + row), back, mix(back, ink, 0.12))
        if icons:
            place = (height, y + row * 0.25, height + row * 0.5, y + row * 0.75)
            sheet.box(place, hue(rng, light=(0.4, 1)), round=row * 0.12)
        sheet.write((height * 2 + row * 0.5, y + row * 0.3), sheet.words(1, 4), height, face, ink)
        if switches:
            on, x = rng.random() < 0.5, sheet.wide - height * 4
            switch = (x, y + row * 0.3, x + height * 2.6, y + row * 0.3 + height * 1.4)
            sheet.box(switch, accent if on else mix(back, ink, 0.25), round=height * 0.7)
            knob = (x + height * (1.9 if on else 0.7), y + row * 0.3 + height * 0.7)
            sheet.disc(knob, height * 0.6, WHITE)
        y += row + (height * 2 if rng.random() < 0.12 else 0)
    return sheet.image


def desktop(rng: Rng, size: Size, photos: Sequence[Pixels] = ()) -> Image.Image:
    """A screen with windows that overlap, icons and a task bar."""
    sheet = Canvas(rng, size, hue(rng, light=(0.1, 0.9)))
    clouds = smooth_noise(rng, size, rng.uniform(0.6, 2), 1)[..., None]
    ends = [np.array(hue(rng, light=(0.1, 0.9)), np.float32) for _ in range(2)]
    wall = ends[0] + (ends[1] - ends[0]) * clouds
    sheet.image.paste(Image.fromarray(wall.astype(np.uint8)))
    height = sheet.px(rng.uniform(1, 1.6))
    for n in range(int(rng.integers(0, 8))):
        sheet.box(
            (height, height * (1 + n * 5), height * 4, height * (4 + n * 5)),
            hue(rng, light=(0.4, 1)),
            round=height / 2,
        )
    for _ in range(int(rng.integers(1, 5))):
        left, top = sheet.wide * rng.uniform(0, 0.6), sheet.high * rng.uniform(0, 0.6)
        right, bottom = (
            left + sheet.wide * rng.uniform(0.25, 0.6),
            top + sheet.high * rng.uniform(0.25, 0.6),
        )
        _window(sheet, (left, top, right, bottom), height, photos)
    sheet.box(
        (0, sheet.high - height * 3, sheet.wide, sheet.high),
        pick(rng, (BLACK, (230, 230, 235), (30, 40, 60))),
    )
    for n in range(int(rng.integers(3, 12))):
        x = height * (1 + n * 3)
        sheet.box(
            (x, sheet.high - height * 2.5, x + height * 2, sheet.high - height / 2),
            hue(rng, light=(0.4, 1)),
            round=height / 3,
        )
    return sheet.image


def _window(sheet: Canvas, box: Box, height: float, photos: Sequence[Pixels]) -> None:
    back, ink = _theme(sheet.rng)
    left, top, right, bottom = box
    sheet.box(box, back, mix(back, ink, 0.3), round=height * 0.4)
    sheet.box((left, top, right, top + height * 2), mix(back, ink, 0.15), round=height * 0.4)
    sheet.write((left + height, top + height * 0.4), sheet.words(1, 3), height, "sans", ink)
    inside = (left + height, top + height * 3, right - height, bottom - height)
    if photos and sheet.rng.random() < 0.6:
        put_photo(sheet, inside, photos)
    else:
        sheet.paragraph(inside, height, pick(sheet.rng, ("mono", "sans", "serif")), ink)


def _theme(rng: Rng) -> tuple[Colour, Colour]:
    """Background and ink: light or dark."""
    if rng.random() < 0.6:
        return hue(rng, light=(0.92, 1), pale=0.12), (25, 27, 32)
    return hue(rng, light=(0.05, 0.2), pale=0.5), (228, 230, 235)


def readable(back: Colour) -> Colour:
    """Black or white, whichever is read more easily on `back`."""
    return BLACK if 0.3 * back[0] + 0.6 * back[1] + 0.1 * back[2] > 140 else WHITE


def _status_bar(sheet: Canvas, back: Colour, ink: Colour) -> float:
    """The clock, the battery and the title of a phone; returns where the rest begins."""
    rng, height = sheet.rng, sheet.unit * 1.6
    sheet.write(
        (height, height * 0.6), f"{rng.integers(24)}:{rng.integers(10, 60)}", height, "bold", ink
    )
    x = sheet.wide - height * 3.5
    sheet.box((x, height * 0.7, x + height * 2, height * 1.7), None, ink)
    sheet.box((x, height * 0.7, x + height * 2 * rng.random(), height * 1.7), ink)
    bar = mix(back, hue(rng, light=(0.2, 0.9)), float(rng.choice([0.0, 0.1, 1.0])))
    sheet.box((0, height * 2.5, sheet.wide, height * 6), bar)
    sheet.write((height * 2, height * 3.4), sheet.words(1, 2), height * 1.4, "bold", readable(bar))
    return height * 7
