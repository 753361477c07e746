"""Drawn pictures in place of photographs: loess hills, a sky, and the thing that was mended. Nobody is in them."""

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 900)
Draw = ImageDraw.ImageDraw


def photo(subject: str, seed: int) -> bytes:
    """A JPEG of `subject` (a word of the plan); the same seed draws the same picture."""
    dice = Random(f"{subject}{seed}")
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    for y in range(520):
        t = y / 520
        draw.line([(0, y), (SIZE[0], y)], fill=(int(150 + 80 * t), int(190 + 45 * t), int(220 + 15 * t)))
    for layer, (base, colour) in enumerate(((430, (196, 172, 128)), (500, (178, 152, 104)), (560, (158, 140, 88)))):
        points = [(0, 900)]
        height = base
        for x in range(0, SIZE[0] + 60, 60):
            height += dice.randint(-26, 26)
            height = min(max(height, base - 70), base + 50)
            points.append((x, height))
        points.append((SIZE[0], 900))
        draw.polygon(points, fill=colour)
        if layer == 2:
            for _ in range(50):
                x, y = dice.randint(0, SIZE[0]), dice.randint(600, 890)
                draw.ellipse([x, y, x + 12, y + 8], fill=(132, 128, 70))
    _MOTIFS.get(subject, _tree)(draw, dice)
    image = image.filter(ImageFilter.GaussianBlur(1.1))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=84)
    return out.getvalue()


def _lamp(draw: Draw, dice: Random) -> None:
    x = 560 + dice.randint(-80, 80)
    draw.rectangle([x, 190, x + 16, 800], fill=(92, 98, 102))
    draw.line([(x + 8, 200), (x + 150, 170)], fill=(92, 98, 102), width=12)
    draw.polygon([(x + 120, 166), (x + 214, 176), (x + 204, 204), (x + 124, 196)], fill=(70, 76, 80))
    draw.polygon([(x + 128, 200), (x + 200, 206), (x + 300, 620), (x + 40, 620)], fill=(252, 238, 180))


def _canal(draw: Draw, dice: Random) -> None:
    draw.polygon([(440, 900), (760, 900), (650, 470), (590, 470)], fill=(170, 168, 160))
    draw.polygon([(490, 900), (710, 900), (636, 480), (604, 480)], fill=(96, 150, 178))
    for _ in range(26):
        y = dice.randint(520, 880)
        half = int((y - 470) * 0.22)
        x = 620 + dice.randint(-half, half)
        draw.line([(x - 22, y), (x + 22, y)], fill=(176, 208, 222), width=3)


def _bin(draw: Draw, dice: Random) -> None:
    for i in range(2):
        x = 380 + i * 250 + dice.randint(-20, 20)
        draw.polygon([(x, 520), (x + 200, 520), (x + 180, 800), (x + 20, 800)], fill=(44, 112, 82))
        draw.rectangle([x - 14, 490, x + 214, 524], fill=(34, 90, 66))
        draw.ellipse([x + 24, 790, x + 64, 830], fill=(48, 48, 48))
        draw.ellipse([x + 136, 790, x + 176, 830], fill=(48, 48, 48))


def _road(draw: Draw, dice: Random) -> None:
    draw.polygon([(240, 900), (960, 900), (660, 460), (590, 460)], fill=(150, 148, 144))
    for i in range(5):
        y = 500 + i * 86
        draw.polygon([(616 - i, y), (632 + i, y), (634 + i * 2, y + 44), (612 - i * 2, y + 44)], fill=(236, 226, 170))
    for i in range(9):
        x = 250 - i * 6
        draw.rectangle([x - 26, 860 - i * 42, x + 26, 884 - i * 42], fill=(186, 176, 160))


def _house(draw: Draw, dice: Random) -> None:
    draw.rectangle([330, 470, 900, 790], fill=(214, 196, 160))
    draw.polygon([(300, 474), (930, 474), (860, 350), (370, 350)], fill=(132, 84, 62))
    draw.rectangle([560, 580, 680, 790], fill=(108, 72, 46))
    for x in (390, 740):
        draw.rectangle([x, 560, x + 110, 670], fill=(120, 160, 176), outline=(108, 72, 46), width=8)
    draw.rectangle([780, 270, 820, 356], fill=(150, 110, 90))


def _wall(draw: Draw, dice: Random) -> None:
    draw.rectangle([0, 500, 1200, 760], fill=(236, 232, 220))
    draw.rectangle([0, 484, 1200, 504], fill=(120, 84, 64))
    for i in range(3):
        x = 90 + i * 370
        draw.rectangle([x, 540, x + 300, 720], fill=(224, 206, 160), outline=(140, 110, 80), width=6)
        draw.polygon(
            [(x + 20, 700), (x + 120, 590), (x + 200, 660), (x + 280, 600), (x + 280, 700)], fill=(120, 146, 96)
        )


def _tree(draw: Draw, dice: Random) -> None:
    x = 560 + dice.randint(-100, 100)
    draw.rectangle([x, 480, x + 46, 800], fill=(104, 78, 52))
    for _ in range(28):
        cx, cy = x + 23 + dice.randint(-170, 170), 400 + dice.randint(-130, 110)
        draw.ellipse(
            [cx - 70, cy - 56, cx + 70, cy + 56], fill=(86 + dice.randint(-14, 22), 128 + dice.randint(-14, 18), 70)
        )


_MOTIFS: dict[str, Callable[[Draw, Random], None]] = {
    "路灯": _lamp,
    "电杆": _lamp,
    "水管": _canal,
    "水渠": _canal,
    "水沟": _canal,
    "井盖": _canal,
    "井台": _canal,
    "垃圾箱": _bin,
    "集市": _road,
    "减速带": _road,
    "坡路": _road,
    "修路": _road,
    "小桥": _road,
    "巷道": _house,
    "炉子": _house,
    "文化墙": _wall,
}
