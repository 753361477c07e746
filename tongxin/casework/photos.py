"""The one way of a photo: looked at when it comes, redrawn by the worker, and only the drawing is ever shown (R39)."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image

from tongxin.casework import boxes, heif, store
from tongxin.casework.models import FileKind
from tongxin.casework.store import Upload
from tongxin.core.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50 * 1024 * 1024  # the "50 MP" of telephones is 8192 × 6144
MAX_SIDE = 12_000
LARGE, SMALL, QUALITY = 1600, 400, 82
MAX_SCANS = 32  # of a progressive JPEG; cameras and browsers write about ten, and each costs a pass over all pixels
MAX_MARKERS = 2000
MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")  # neither a stuffed byte nor a restart
QUANTISATION, FRAMES = 0xDB, {0xC0, 0xC1, 0xC2}  # what a scan needs before it: tables, and a frame that Pillow decodes
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
CONTENT_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
    "GIF": "image/gif",
}
TURNS = {  # EXIF orientation -> what makes it upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class NotAPhoto(DomainError):
    """Its content is not a picture that we read, or not a whole one."""

    def __init__(self, message: Any = "", field: str = "") -> None:
        super().__init__(message or _("This is not a photo. Please choose another."), field)


class TooLarge(DomainError):
    """Over 10 MB, 50 million pixels or 12,000 pixels on a side."""

    def __init__(self, message: Any = "", field: str = "") -> None:
        super().__init__(message or _("The photo is too large. Choose another, or send none."), field)


@dataclass(frozen=True)
class Developed:
    """Width and height in pixels and size in bytes of the large drawing."""

    width: int
    height: int
    size: int


# --- while the sender waits -------------------------------------------------------------------------------------
def receive(file: "UploadedFile[Any]") -> Upload:
    """Look at an upload by its content, cheaply, and lay it into the spool. Raises `NotAPhoto` or `TooLarge`."""
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge
    file.seek(0)
    data: bytes = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge
    kind = _format(data)
    _prove(data, kind)
    stem = store.new_stem()
    store.write(store.spool_path(stem), data)
    return Upload(kind=FileKind.PHOTO, stem=stem, content_type=CONTENT_TYPES[kind], size=len(data))


def _format(data: bytes) -> str:
    """Pillow's name of the one format with which this may be opened. The sender's name and type are not asked."""
    kind = ""
    if data.startswith(b"\xff\xd8\xff"):
        kind = "JPEG"
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "PNG"
    elif data.startswith((b"GIF87a", b"GIF89a")):
        kind = "GIF"
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "WEBP"
    elif data[4:8] == b"ftyp":
        brands = {data[at : at + 4] for at in (8, *range(16, min(int.from_bytes(data[:4], "big"), 256), 4))}
        if data[8:12] in HEIF_BRANDS and not brands & {b"avif", b"avis"}:
            kind = "HEIF"
    if not kind or store.is_double_faced(data):
        raise NotAPhoto
    return kind


def _open(data: bytes, kind: str) -> Image.Image:
    """The header, read with this one format, its measures checked before a pixel is decoded."""
    if kind == "WEBP":
        from PIL import WebPImagePlugin  # noqa: F401  else Pillow would load all its formats to find this one
    try:
        image = Image.open(BytesIO(data), formats=[kind])
    except Image.DecompressionBombError as error:
        raise TooLarge from error
    _measure(*image.size)
    return image


def _measure(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise TooLarge


def _prove(data: bytes, kind: str) -> None:
    """Whether the file keeps what its first bytes promise: its parts, its measures, its end. No pixel is decoded while
    the sender waits; a picture whose parts are whole and whose pixels are not is found by the worker."""
    try:
        if kind == "HEIF":
            _measure(*boxes.measures(data))  # its decoder is not let near the pages (`heif`)
            return
        if kind == "JPEG":
            _walk(data)
        image = _open(data, kind)
        if kind == "PNG":
            image.verify()
    except (DomainError, MemoryError):
        raise
    except Exception as error:  # decoders of hostile files raise anything
        raise NotAPhoto from error


def _walk(data: bytes) -> None:
    """From marker to marker to the end of the picture: a JPEG that was cut off has none.

    What follows the end (a second view, a short film) is the telephone's custom and does no harm: it is not redrawn.
    """
    scans, position, tables = 0, 2, set()
    for _turn in range(MAX_MARKERS):
        found = MARKER.search(data, position)
        if found is None:
            break
        marker, position = data[found.start() + 1], found.end()
        if marker == 0xD9 and scans:
            return
        tables.add(marker)
        if marker == 0xDA and not (QUANTISATION in tables and tables & FRAMES):
            break
        scans += marker == 0xDA
        if marker in (0xD8, 0xD9) or scans > MAX_SCANS:
            break
        position += int.from_bytes(data[position : position + 2], "big")
    raise NotAPhoto


# --- the worker's part ------------------------------------------------------------------------------------------
def develop(stem: str) -> Developed:
    """Redraw an upload, large and small, and remove it. Repeating it gives the same answer.

    Raises `NotAPhoto` when it cannot be read; the upload is removed then too, for nobody will look at it again.
    """
    raw = store.spool_path(stem)
    try:
        data = raw.read_bytes()
    except FileNotFoundError:
        return _developed(stem)
    try:
        drawing = _redraw(data)
    except DomainError as error:
        raw.unlink(missing_ok=True)
        raise NotAPhoto from error
    small = drawing.copy()
    small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    store.write(store.media_path(stem, "small"), _jpeg(small))
    store.write(store.media_path(stem, "large"), _jpeg(drawing))
    raw.unlink(missing_ok=True)
    return _developed(stem)


def _developed(stem: str) -> Developed:
    """What the disk holds of an upload that has been redrawn."""
    path = store.media_path(stem, "large")
    try:
        with Image.open(path, formats=["JPEG"]) as image:
            return Developed(image.width, image.height, path.stat().st_size)
    except FileNotFoundError as error:
        raise NotAPhoto from error


def _redraw(data: bytes) -> Image.Image:
    """A new RGB picture of at most 1600 pixels, upright, white where there was nothing; pixels and no word beside."""
    try:
        kind = _format(data)
        if kind == "HEIF":
            _measure(*boxes.measures(data))
            data, kind = heif.decode(data, LARGE), "PNG"
        image = _open(data, kind)
        image.draft("RGB", _fitting(image.size))
        image.load()
        _measure(*image.size)  # a GIF may turn out larger than it said
        turn = TURNS.get(_orientation(image))
        image = _plain(image)
        image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        if turn is not None:
            image = image.transpose(turn)
        sheet = Image.new("RGB", image.size, "white")
        sheet.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
        return sheet
    except (DomainError, heif.Unavailable, MemoryError):
        raise
    except Exception as error:  # decoders of hostile files raise anything
        raise NotAPhoto from error


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """The measures within 1600 × 1600, for a JPEG decoder that shrinks as it reads."""
    scale = min(1.0, LARGE / max(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _orientation(image: Image.Image) -> int:
    """As EXIF says; 1 (upright) when EXIF is broken, which is no reason to lose a photo."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # the library raises whatever a broken table leads it to
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something may be transparent."""
    if image.mode in ("RGB", "RGBA"):
        has_key = image.mode == "RGB" and "transparency" in image.info
        return image.convert("RGBA") if has_key else image
    if image.mode.startswith(("I", "F")):  # 16 bits of grey
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()
