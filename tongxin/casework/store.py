"""Where photos and voice memos lie on the disk. The spool holds uploads as they came and is never served (R39)."""

import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase

from tongxin.core import clock

STEM = re.compile(r"[0-9a-f]{32}")
ENDINGS = {"large": ".jpg", "small": ".s.jpg", "sound": ".sound"}  # a memo's container stands in its row
SOUNDS = {  # what a memo may be served as, and the name it then gets
    "audio/webm": "memo.webm",
    "audio/ogg": "memo.ogg",
    "audio/mp4": "memo.m4a",
    "audio/3gpp": "memo.3gp",
    "audio/mpeg": "memo.mp3",
    "audio/wav": "memo.wav",
    "audio/amr": "memo.amr",
    "audio/amr-wb": "memo.awb",
}
MARKUP = re.compile(rb"%pdf-|<(?:!doctype|html|head|body|script|iframe|svg|\?php)", re.IGNORECASE)
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
BATCH = 500


@dataclass(frozen=True)
class Upload:
    """A file that has been looked at and lies in the spool; the action makes the row for it."""

    kind: str
    stem: str
    content_type: str
    size: int


# --- names ------------------------------------------------------------------------------------------------------
def new_stem() -> str:
    """A random name: nobody finds a photo by guessing, and no name of the sender's reaches the disk."""
    return secrets.token_hex(16)


def _shard(root: Path, stem: str, ending: str = "") -> Path:
    if not STEM.fullmatch(stem):
        raise ValueError("not a stem of ours")  # R44: no text from outside becomes a path
    return Path(root) / stem[:2] / f"{stem}{ending}"


def spool_path(stem: str) -> Path:
    return _shard(settings.SPOOL_ROOT, stem)


def media_path(stem: str, variant: str) -> Path:
    """`variant`: large | small | sound."""
    return _shard(settings.MEDIA_ROOT, stem, ENDINGS[variant])


# --- writing ----------------------------------------------------------------------------------------------------
def write(path: Path, data: bytes) -> None:
    """All or nothing, and on the disk when this returns: whoever commits a row after it may rely on the file."""
    is_new_folder = not path.parent.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    if is_new_folder:
        _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    """A rename lasts only when the folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def date_back(stem: str, moment: datetime) -> None:
    """Let the files of a stem, and the folders that hold them, say they are of this moment (`core.quiet`)."""
    paths = [media_path(stem, variant) for variant in ENDINGS]
    for folder in (paths[0].parent, spool_path(stem).parent):
        paths += [folder, folder.parent]
    for path in paths:
        if path.exists():
            os.utime(path, (moment.timestamp(), moment.timestamp()))


def remove(stem: str) -> None:
    """Take away whatever the disk holds of a stem: nothing has come to hang on it."""
    for path in (spool_path(stem), *(media_path(stem, variant) for variant in ENDINGS)):
        path.unlink(missing_ok=True)


def is_double_faced(data: bytes) -> bool:
    """True when a file that begins as a photo or memo would also open as a PDF, a web page or an archive."""
    if MARKUP.search(data, 0, 1024):
        return True
    return data.find(b"PK\x05\x06", -66_000) >= 0 and b"PK\x01\x02" in data


# --- serving ----------------------------------------------------------------------------------------------------
def serve(stem: str, variant: str, content_type: str = "", *, wanted: str = "") -> HttpResponseBase:
    """The file for a browser; 404 when it is not there. Whether this reader may see it was asked before.

    Args:
        content_type: of a memo; photos are our own JPEGs whatever the upload was.
        wanted: the request's Range header. iPhones play no sound from a server that cannot answer a part of it.
    """
    path = media_path(stem, variant)
    if not path.is_file():
        raise Http404
    name, kind, place = "photo.jpg", "image/jpeg", "inline"
    if variant == "sound":
        name, kind = SOUNDS.get(content_type, "memo.bin"), content_type
        if content_type not in SOUNDS:
            kind, place = "application/octet-stream", "attachment"
    response: HttpResponse | FileResponse
    if variant == "sound" and wanted:
        response = _part(path.read_bytes(), wanted, kind)
    else:
        response = FileResponse(path.open("rb"), content_type=kind)
    response["Content-Disposition"] = f'{place}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Encoding"] = "identity"  # pressed as far as it goes; the gzip of pages leaves it alone
    response["Cache-Control"] = "private, max-age=3600"
    if variant == "sound":
        response["Accept-Ranges"] = "bytes"
    return response


def _part(data: bytes, wanted: str, content_type: str) -> HttpResponse:
    """One range of a memo (RFC 9110, 14.2); the whole for what is not one plain range."""
    found = RANGE.fullmatch(wanted.strip())
    if found is None or found[0] == "bytes=-":
        return HttpResponse(data, content_type=content_type)
    first, last = found[1], found[2]
    start = int(first) if first else max(0, len(data) - int(last))
    end = min(int(last), len(data) - 1) if first and last else len(data) - 1
    if start > end:
        response = HttpResponse(status=416, content_type=content_type)
        response["Content-Range"] = f"bytes */{len(data)}"
        return response
    response = HttpResponse(data[start : end + 1], status=206, content_type=content_type)
    response["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return response


# --- sweeping ---------------------------------------------------------------------------------------------------
def sweep(known: Callable[[Collection[str]], set[str]], older_than: timedelta) -> int:
    """Remove what lies in the spool without a row: the request was rolled back after its file was written.

    Args:
        known: which of these stems have a row. Asked by the batch.
        older_than: younger files may belong to a request that has not committed yet.

    Returns:
        How many files were removed.
    """
    oldest = (clock.now() - older_than).timestamp()
    removed = 0
    stale = _stale(Path(settings.SPOOL_ROOT), oldest)
    while batch := list(islice(stale, BATCH)):
        stems = {path.name for path in batch if STEM.fullmatch(path.name)}
        kept = known(stems) if stems else set()
        for path in batch:
            if path.name not in kept:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _stale(root: Path, oldest: float) -> Iterator[Path]:
    """Files under `root`, halves of interrupted writes among them, last touched before `oldest`."""
    for path in root.glob("*/*"):
        try:
            if path.is_file() and path.stat().st_mtime < oldest:
                yield path
        except FileNotFoundError:  # the worker was quicker
            continue
