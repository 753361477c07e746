"""S11: every upload of the corpus is judged as expected, and nothing that it carried along is kept (T31, R39)."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tongxin.casework import photos
from tongxin.core.errors import DomainError

from . import board, corpus

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning", "ignore::UserWarning")


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> Path:
    settings.SPOOL_ROOT, settings.MEDIA_ROOT = tmp_path / "spool", tmp_path / "media"
    return tmp_path


def through(data: bytes) -> bool:
    """The whole way: looked at, redrawn. Whether it was taken."""
    try:
        upload = photos.receive(SimpleUploadedFile("../../evil.html", data, "text/html"))
        photos.develop(upload.stem)
    except DomainError:
        return False
    return True


def marks(disk: Path) -> int:
    """Files that hold a mark, or are no plain JPEG."""
    found = 0
    for path in disk.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            with Image.open(io.BytesIO(data)) as image:
                is_plain = image.format == "JPEG" and image.mode == "RGB" and not image.getexif()
                is_plain = is_plain and not {"comment", "icc_profile", "exif", "xmp"} & image.info.keys()
            found += corpus.MARK in data or not is_plain
    return found


def swept(disk: Path, take: Callable[[bytes], bool]) -> tuple[list[str], int]:
    """What was not as expected, and how many stored files hold what they should not."""
    odd, left = [], 0
    for name, data, wanted in corpus.every():
        if take(data) is not wanted:
            odd.append(f"{name}: {'refused' if wanted else 'taken'}")
        left += marks(disk)
        for path in disk.rglob("*"):
            if path.is_file():
                path.unlink()
    return odd, left


def test_the_corpus_is_judged_as_expected_and_no_mark_is_left(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = len(corpus.every())
    odd, left = swept(disk, through)

    def plainly(data: bytes) -> Image.Image:
        image = Image.open(io.BytesIO(data))
        image.load()
        return image

    def saved(image: Image.Image) -> bytes:
        out = io.BytesIO()
        kind = image.format or ("JPEG" if image.mode == "RGB" else "PNG")
        image.save(out, "JPEG" if kind == "MPO" else kind)
        return out.getvalue()

    monkeypatch.setattr(photos, "_redraw", plainly)
    monkeypatch.setattr(photos, "_jpeg", saved)
    monkeypatch.setattr(photos, "_developed", lambda stem: None)
    kept = 0
    for name, data, _wanted in corpus.every():
        if ":" in name and "heic" not in name:
            through(data)
            kept += any(corpus.MARK in path.read_bytes() for path in disk.rglob("*.jpg"))
            for path in disk.rglob("*.jpg"):
                path.unlink()
    board.reach(
        "S11",
        wanted="≥ 120 files, each as expected, 0 marks in what is kept",
        reached=f"{many} files, {len(odd)} odd {odd[:8]}, {left} marks",
        held=many >= 120 and not odd and not left,
        control=f"a plain save: {kept} files keep their marks",
        control_failed=kept > 0,
    )
