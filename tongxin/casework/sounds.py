"""Voice memos: known by their content, kept in the container in which they came, without the telephone's notes."""

import re
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tongxin.casework import boxes, store
from tongxin.casework.models import FileKind
from tongxin.casework.store import Upload
from tongxin.core.errors import DomainError

MAX_BYTES = 3 * 1024 * 1024
MP4_BRANDS = {b"M4A ", b"M4B ", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"dash", b"MSNV"}
HANDLER = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)
HOLDERS = {b"moov", b"trak", b"moof", b"traf"}  # boxes in which a telephone's notes may lie
NOTES = {b"udta", b"meta", b"uuid"}  # place, title, device, day
MPEG_RATES = {  # kbit/s of layer III, by the bits of its header
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
MPEG_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


class NotASound(DomainError):
    """Its content is not a recording that we know; a film is none."""

    def __init__(self, message: Any = "", field: str = "") -> None:
        super().__init__(message or _("This is not a recording. Please record again."), field)


class TooLarge(DomainError):
    """Over 3 MB."""

    def __init__(self, message: Any = "", field: str = "") -> None:
        super().__init__(message or _("The recording is too long. Please record a shorter one."), field)


def receive(file: "UploadedFile[Any]") -> Upload:
    """Look at a recording by its content and lay it into the spool. Raises `NotASound` or `TooLarge`."""
    if (file.size or 0) > MAX_BYTES:
        raise TooLarge
    file.seek(0)
    data: bytes = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge
    content_type = content_type_of(data)
    if not content_type or store.is_double_faced(data):
        raise NotASound
    stem = store.new_stem()
    store.write(store.spool_path(stem), data)
    return Upload(kind=FileKind.SOUND, stem=stem, content_type=content_type, size=len(data))


def keep(stem: str) -> int:
    """Move a recording from the spool to where it may be heard; its size in bytes. Repeating it gives the same answer.

    Raises `NotASound` when there is none.
    """
    raw, kept = store.spool_path(stem), store.media_path(stem, "sound")
    try:
        data = raw.read_bytes()
    except FileNotFoundError:
        if not kept.exists():
            raise NotASound from None
        return kept.stat().st_size
    store.write(kept, _bare(data))
    raw.unlink(missing_ok=True)
    return kept.stat().st_size


# --- what it is -------------------------------------------------------------------------------------------------
def content_type_of(data: bytes) -> str:
    """One of `store.SOUNDS`, or "" for anything else."""
    if data.startswith(b"#!AMR-WB\n"):
        return "audio/amr-wb"
    if data.startswith(b"#!AMR\n"):
        return "audio/amr"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE" and b"fmt " in data[12:512]:
        return "audio/wav"
    if data.startswith(b"\x1aE\xdf\xa3"):
        is_heard = b"\x42\x82\x84webm" in data[:64] and re.search(rb"A_(OPUS|VORBIS)", data[:8192])
        is_seen = re.search(rb"V_(VP8|VP9|AV1|MPEG|UNCOMP)", data[:65536])
        return "audio/webm" if is_heard and not is_seen else ""
    if data.startswith(b"OggS"):
        is_heard = re.search(rb"OpusHead|\x01vorbis|Speex   |\x7fFLAC", data[:512])
        return "audio/ogg" if is_heard and b"\x80theora" not in data[:4096] else ""
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if {found[1] for found in HANDLER.finditer(data)} != {b"soun"}:
            return ""
        return "audio/mp4" if brand in MP4_BRANDS else "audio/3gpp" if brand.startswith((b"3gp", b"3g2")) else ""
    return "audio/mpeg" if _is_mp3(data) else ""


def _tag_size(data: bytes) -> int:
    """Length of an ID3v2 tag at the beginning; 0 without one."""
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if data[5] & 0x10 else 0)


def _is_mp3(data: bytes) -> bool:
    """Two frames of layer III, one behind the other: eleven set bits alone are no proof. Padding may come first."""
    start = _tag_size(data)
    for at in range(start, min(start + 2048, len(data))):
        if (length := _frame(data, at)) and _frame(data, at + length):
            return True
        if data[at]:
            return False
    return False


def _frame(data: bytes, at: int) -> int:
    """Bytes of the layer III frame whose header stands here; 0 when none does."""
    head = int.from_bytes(data[at : at + 4], "big")
    version, layer, rate, hertz = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if len(data) < at + 4 or head >> 21 != 0x7FF or version == 1 or layer != 1 or rate in (0, 15) or hertz == 3:
        return 0
    kilobits = MPEG_RATES[1 if version == 3 else 2][rate]
    return (144_000 if version == 3 else 72_000) * kilobits // MPEG_HERTZ[version][hertz] + (head >> 9 & 1)


# --- what is taken out ------------------------------------------------------------------------------------------
def _bare(data: bytes) -> bytes:
    """The recording without the place, title and device that telephones write into MP4, 3GP and MP3 files."""
    if data[4:8] == b"ftyp":
        quiet = bytearray(data)
        _blank(quiet, 0, len(quiet))
        return bytes(quiet)
    if data[:3] == b"ID3" or _is_mp3(data):
        data = data[_tag_size(data) :]
        return data[:-128] if data[-128:-125] == b"TAG" else data
    return data


def _blank(data: bytearray, start: int, end: int, depth: int = 0) -> None:
    """Turn boxes of notes into free space of the same length, so that no offset in the file moves."""
    for kind, body, after in boxes.walk(data, start, end):
        if kind in NOTES:
            data[body - 4 : body] = b"free"
            data[body:after] = bytes(after - body)
        elif kind in HOLDERS and depth < 4:
            _blank(data, body, after, depth + 1)
