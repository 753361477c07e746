"""A hundred and more uploads with what is to become of each, made by code: (name, bytes, is it taken?)."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image, PngImagePlugin

from tests.casework.pictures import DATA, JPEG, PNG, claiming, encode, flat_png, noise, quarters

MARK = b"KEEP-ME-OUT-7f3a"  # in every place where a telephone or a joker could put words
PAGE = b"<html><script>alert(1)</script>" + MARK
Case = tuple[str, bytes, bool]


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg_with(*segments: bytes, tail: bytes = b"", base: bytes = JPEG) -> bytes:
    return base[:2] + b"".join(segments) + base[2:] + tail


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes, tail: bytes = b"", base: bytes = PNG) -> bytes:
    return base[:33] + b"".join(chunks) + base[33:] + tail


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.html", PAGE)
    return out.getvalue()


def exif() -> bytes:
    made = Image.Exif()
    made[0x010E] = MARK.decode()  # description
    made[0x013B] = MARK.decode()  # artist
    made[0x8298] = MARK.decode()  # copyright
    return made.tobytes()


def taken() -> Iterator[tuple[str, bytes]]:
    """Photos as they come, and what they carry along: all of it is to be gone from what we keep."""
    for mode in ("RGB", "L", "CMYK"):
        for quality in (20, 75, 95):
            yield f"jpeg {mode} {quality}", encode(quarters(mode=mode), "JPEG", quality=quality)
    for side in (1, 2, 3, 7, 16, 17, 63, 300, 1601, 2000):
        yield f"jpeg {side} px", encode(quarters(side, side), "JPEG")
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        picture = Image.new("I;16", (40, 30), 9000) if mode == "I;16" else quarters().convert(mode)
        yield f"png {mode}", encode(picture, "PNG")
    for turn in range(1, 9):
        made = Image.Exif()
        made[0x0112] = turn
        yield f"turned {turn}", encode(quarters(), "JPEG", exif=made.tobytes())
    yield "webp", encode(quarters(), "WEBP")
    yield "webp lossless", encode(quarters(mode="RGBA"), "WEBP", lossless=True)
    yield "gif", encode(quarters(), "GIF")
    yield "gif moving", encode(quarters(), "GIF", save_all=True, append_images=[quarters().rotate(90)])
    yield "two views", encode(quarters(), "MPO", save_all=True, append_images=[quarters()])
    yield "progressive", encode(quarters(), "JPEG", progressive=True)
    yield "noise", encode(noise(300, 200), "JPEG", quality=90)
    yield "heic", (DATA / "upright.heic").read_bytes()
    yield "heic turned", (DATA / "turned.heic").read_bytes()
    # marks
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARK.decode())
    text.add_itxt("Titel", MARK.decode())
    yield "jpeg: exif", encode(quarters(), "JPEG", exif=exif())
    yield "jpeg: xmp", jpeg_with(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + MARK + b"</x>"))
    yield "jpeg: icc", encode(quarters(), "JPEG", icc_profile=b"\0" * 128 + MARK * 9)
    yield "jpeg: comment", jpeg_with(segment(0xFE, MARK))
    yield "jpeg: photoshop", jpeg_with(segment(0xED, b"Photoshop 3.0\0" + MARK))
    for n in range(2, 16):
        yield f"jpeg: app{n}", jpeg_with(segment(0xE0 + n, MARK * 3))
    yield "jpeg: tail", jpeg_with(tail=MARK * 20)
    yield "jpeg: thumbnail", encode(quarters(), "JPEG", exif=exif()[:-1] + encode(quarters(8, 8), "JPEG") + MARK)
    yield "png: text", encode(quarters(), "PNG", pnginfo=text)
    yield "png: exif", encode(quarters(), "PNG", exif=exif())
    yield "png: own chunk", png_with(chunk(b"teSt", MARK))
    yield "png: packed text", png_with(chunk(b"zTXt", b"k\0\0" + zlib.compress(MARK)))
    yield "png: tail", png_with(tail=MARK * 20)
    yield "gif: comment", encode(quarters(), "GIF", comment=MARK)
    yield "gif: tail", encode(quarters(), "GIF") + MARK
    yield "webp: exif", encode(quarters(), "WEBP", exif=exif())
    yield "webp: xmp", encode(quarters(), "WEBP", xmp=b"<x>" + MARK + b"</x>")
    yield "webp: icc", encode(quarters(), "WEBP", icc_profile=b"\0" * 128 + MARK * 9)


def refused() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    yield "svg with a declaration", b'<?xml version="1.0"?><svg><script/></svg>'
    yield "page", b"<!doctype html>" + PAGE
    yield "postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n"
    yield "pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj"
    yield "archive", zipped()
    yield "program", b"MZ" + b"\0" * 300
    yield "elf", b"\x7fELF" + b"\0" * 300
    yield "script", b"#!/bin/sh\necho"
    for form in ("TIFF", "BMP", "ICO", "TGA", "PPM", "PCX", "DDS", "JPEG2000", "AVIF"):
        yield form.lower(), encode(quarters(), form)
    yield "photo and page", jpeg_with(segment(0xFE, PAGE))
    yield "photo and pdf", jpeg_with(segment(0xFE, b"%PDF-1.7 1 0 obj"))
    yield "photo and archive", JPEG + zipped()
    yield "png and archive", PNG + zipped()
    yield "archive and photo", zipped() + JPEG
    yield "text and photo", b"POST / HTTP/1.1\r\n\r\n" + JPEG
    for part in (1, 2, 3, 5, 9):
        yield f"jpeg cut at {part}/10", JPEG[: len(JPEG) * part // 10]
        yield f"png cut at {part}/10", PNG[: len(PNG) * part // 10]
    for size in ((12_001, 10), (10, 12_001), (8000, 7000), (14_000, 14_000)):
        yield f"png of {size[0]} × {size[1]}", flat_png(*size)
    yield "jpeg that claims 65,000", claiming(JPEG, 65_000, 65_000)
    yield "gif of 9,000", encode(Image.new("1", (9000, 9000)), "GIF")
    yield "webp of 12,001", encode(Image.new("RGB", (12_001, 4)), "WEBP")
    yield "eleven megabytes", JPEG + b"\0" * (11 * 1024 * 1024)
    yield "heic cut", (DATA / "upright.heic").read_bytes()[:-50]
    for n in range(6):
        yield f"noise after a promise {n}", JPEG[:4] + random.Random(n).randbytes(500)


def every() -> list[Case]:
    return [(name, data, True) for name, data in taken()] + [(name, data, False) for name, data in refused()]
