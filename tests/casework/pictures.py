"""Pictures drawn for the tests: quarters in red, green, blue and white, so that a turn shows."""

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image

from tongxin.casework import store

DATA = Path(__file__).parents[1] / "data"
RED, GREEN, BLUE, WHITE = (200, 0, 0), (0, 160, 0), (0, 0, 200), (255, 255, 255)
SECRETS = (b"Secret Maker", b"SecretGpsDay", b"Secret Comment", b"Secret Packet", b"Secret Profile")


def quarters(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (width, height), WHITE)
    half, middle = width // 2, height // 2
    for colour, box in ((RED, (0, 0)), (GREEN, (half, 0)), (BLUE, (0, middle))):
        image.paste(colour, (*box, box[0] + half or 1, box[1] + middle or 1))
    return image.convert(mode)


def noise(width: int, height: int) -> Image.Image:
    """As full of detail as a field of rice: what a real photo weighs."""
    rough = Image.frombytes("RGB", (width // 4, height // 4), random.Random(7).randbytes(width * height * 3 // 16))
    return rough.resize((width, height), Image.Resampling.BICUBIC)


def encode(image: Image.Image, kind: str, **more) -> bytes:
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def exif(orientation: int | None = None) -> Image.Exif:
    told = Image.Exif()
    told[0x010F] = "Secret Maker"
    if orientation:
        told[0x0112] = orientation
    told._ifds[0x8825] = {1: "N", 2: (30.0, 1.0, 2.5), 3: "E", 4: (120.0, 3.0, 4.5), 29: "SecretGpsDay"}
    return told


def telling(orientation: int | None = None, size: tuple[int, int] = (96, 64)) -> bytes:
    """A JPEG with everything that a telephone can say beside the picture."""
    return encode(
        quarters(*size),
        "JPEG",
        quality=95,
        exif=exif(orientation),
        comment=b"Secret Comment",
        xmp=b"<x:xmpmeta>Secret Packet</x:xmpmeta>",
        icc_profile=b"Secret Profile" * 20,
    )


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def flat_png(width: int, height: int) -> bytes:
    """A white picture of these measures that weighs next to nothing."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" + b"\xff" * ((width + 7) // 8)) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def claiming(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header claims other measures than it has pixels for."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


JPEG = encode(quarters(), "JPEG", quality=95)
PNG = encode(quarters(), "PNG")


# --- looking at what was drawn ----------------------------------------------------------------------------------
def developed(stem: str, variant: str = "large") -> Image.Image:
    return Image.open(store.media_path(stem, variant), formats=["JPEG"])


def corners(image: Image.Image) -> list[str]:
    """The colours of the four quarters, read like a page."""
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    width, height = image.size
    spots = [(width // 4, height // 4), (3 * width // 4, height // 4)]
    spots += [(width // 4, 3 * height // 4), (3 * width // 4, 3 * height // 4)]

    def nearest(spot):
        pixel = image.convert("RGB").getpixel(spot)
        return min(names, key=lambda name: sum(abs(a - b) for a, b in zip(pixel, names[name], strict=True)))

    return [nearest(spot) for spot in spots]
