"""A photo is known by its content, redrawn before anybody sees it, and says nothing but its pixels."""

import io
import subprocess
import sys
import time
import zipfile
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from tests.casework.pictures import (
    DATA,
    JPEG,
    PNG,
    claiming,
    corners,
    developed,
    encode,
    flat_png,
    noise,
    quarters,
    telling,
)
from tongxin.casework import photos, store
from tongxin.core.errors import DomainError

BOMB = "ignore::PIL.Image.DecompressionBombWarning"


# --- what is taken ----------------------------------------------------------------------------------------------
ACCEPTED = {
    "jpeg": (JPEG, "image/jpeg"),
    "progressive": (encode(quarters(), "JPEG", progressive=True), "image/jpeg"),
    "grey": (encode(quarters(mode="L"), "JPEG"), "image/jpeg"),
    "cmyk": (encode(quarters(mode="CMYK"), "JPEG"), "image/jpeg"),
    "one pixel": (encode(quarters(1, 1), "JPEG"), "image/jpeg"),
    "with everything a telephone says": (telling(6), "image/jpeg"),
    "two views in one": (
        encode(quarters(), "MPO", save_all=True, append_images=[quarters(48, 32)]),
        "image/jpeg",
    ),
    "a film behind it": (JPEG + b"\0\0\0\x18ftypmp42" + b"\xff\xd8\xff\xda" * 500, "image/jpeg"),
    "png": (PNG, "image/png"),
    "png, palette": (encode(quarters(mode="P"), "PNG"), "image/png"),
    "webp": (encode(quarters(), "WEBP"), "image/webp"),
    "webp, lossless": (encode(quarters(mode="RGBA"), "WEBP", lossless=True), "image/webp"),
    "gif": (encode(quarters(), "GIF"), "image/gif"),
    "gif, moving": (
        encode(quarters(), "GIF", save_all=True, append_images=[quarters().rotate(180)]),
        "image/gif",
    ),
    "heic": ((DATA / "upright.heic").read_bytes(), "image/heic"),
    "heic, turned": ((DATA / "turned.heic").read_bytes(), "image/heic"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_photo_is_taken_whatever_it_is_called_and_redrawn(name, sent, files):
    data, content_type = ACCEPTED[name]
    upload = photos.receive(sent(data))
    assert (upload.kind, upload.content_type, upload.size) == ("photo", content_type, len(data))
    assert store.spool_path(upload.stem).read_bytes() == data

    made = photos.develop(upload.stem)
    with developed(upload.stem) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (made.width, made.height))
        if name not in ("grey", "one pixel"):
            turned = name in ("with everything a telephone says", "heic, turned")
            expected = ["blue", "red", "white", "green"] if turned else ["red", "green", "blue", "white"]
            assert corners(image) == expected
    assert made.size == store.media_path(upload.stem, "large").stat().st_size
    folder = f"media/{upload.stem[:2]}/{upload.stem}"
    assert files() == [f"{folder}.jpg", f"{folder}.s.jpg"], "the upload is gone"


def test_a_file_read_before_is_read_from_its_beginning(sent):
    file = sent(JPEG)
    file.read()
    assert photos.receive(file).size == len(JPEG)


def test_nothing_of_the_senders_name_reaches_the_disk(sent, files):
    photos.receive(sent(JPEG, name="../../张三丰-李庄12号.jpg"))
    (path,) = files()
    assert store.STEM.fullmatch(path.rsplit("/", 1)[1])


# --- what is refused --------------------------------------------------------------------------------------------
def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "hello")
    return out.getvalue()


def with_comment(text: bytes) -> bytes:
    return encode(quarters(), "JPEG", comment=text)


def many_scans() -> bytes:
    """A progressive JPEG with one of its scans fifty times: each costs the reader a pass over every pixel."""
    data = encode(quarters(), "JPEG", progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:-2] + data[last:-2] * 50 + b"\xff\xd9"


def broken_crc() -> bytes:
    at = PNG.rfind(b"IEND") - 8  # the sum of the pixels' chunk
    return PNG[:at] + bytes(4) + PNG[at + 4 :]


REFUSED = {
    "nothing": b"",
    "text": "不是照片".encode(),
    "page": b"<!doctype html><img src=x>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "svg with a declaration": b'<?xml version="1.0"?><svg/>',
    "pdf": b"%PDF-1.7\n1 0 obj",
    "archive": zipped(),
    "film": b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 400,
    "quicktime": b"\0\0\0\x14ftypqt  \0\0\0\0qt  ",
    "avif": encode(quarters(), "AVIF"),
    "avif under another brand": (DATA / "upright.heic").read_bytes().replace(b"heicmiaf", b"avifmiaf", 1),
    "heic cut": (DATA / "upright.heic").read_bytes()[:-50],
    "heic without its picture": (DATA / "upright.heic").read_bytes()[:435],
    "heic without measures": (DATA / "upright.heic").read_bytes().replace(b"ispe", b"free"),
    "heic of nothing": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "tiff": encode(quarters(), "TIFF"),
    "bmp": encode(quarters(), "BMP"),
    "ico": encode(quarters(), "ICO"),
    "jpeg 2000": encode(quarters(), "JPEG2000"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a program": b"MZ" + b"\0" * 200,
    "start of a jpeg": b"\xff\xd8\xff",
    "jpeg without a picture": b"\xff\xd8\xff\xd9",
    "jpeg of segments": JPEG[:2] + b"\xff\xe9\x00\x04ab" * 5000 + JPEG[2:],
    "jpeg without its tables": JPEG.replace(b"\xff\xdb", b"\xff\xfe"),
    "jpeg cut in half": JPEG[: len(JPEG) // 2],
    "jpeg without its end": JPEG[:-2],
    "progressive, cut": encode(quarters(), "JPEG", progressive=True)[:-40],
    "large jpeg, cut": encode(quarters(2400, 2000), "JPEG")[:-500],
    "jpeg of fifty passes": many_scans(),
    "png cut": PNG[: len(PNG) // 2],
    "png without its end": PNG[:-12],
    "png with a wrong sum": broken_crc(),
    "webp cut": encode(quarters(), "WEBP")[:-30],
    "gif of nothing": b"GIF89a\x01\0\x01\0\0\0\0;",
    "wave in a riff": b"RIFF\x24\0\0\0WAVEfmt ",
    "photo that is a pdf": with_comment(b"%PDF-1.7 1 0 obj"),
    "photo that is a page": with_comment(b"<html><script>alert(1)</script>"),
    "photo that is an archive": JPEG + zipped(),
    "png that is an archive": PNG + zipped(),
    "text before a photo": b"GET / HTTP/1.1\r\n\r\n" + JPEG,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_and_leaves_nothing(name, sent, files):
    with pytest.raises(photos.NotAPhoto):
        photos.receive(sent(REFUSED[name], name="photo.jpg"))
    assert files() == []


@pytest.mark.filterwarnings(BOMB)
@pytest.mark.parametrize(
    "data",
    [
        flat_png(12_001, 10),
        flat_png(10, 12_001),
        flat_png(8000, 7000),
        flat_png(14_000, 14_000),
        (DATA / "upright.heic").read_bytes().replace(b"\0\0\0\x60\0\0\0\x40", b"\0\0\x30\0\0\0\x30\0"),
        claiming(JPEG, 9000, 9000),
        claiming(JPEG, 65_000, 65_000),
        encode(Image.new("1", (9000, 9000)), "GIF"),
        encode(Image.new("RGB", (12_001, 4)), "WEBP"),
    ],
    ids=["wide", "high", "many pixels", "bomb", "heic", "claims much", "claims a bomb", "gif", "webp"],
)
def test_too_many_pixels_are_refused_before_they_are_drawn(data, sent, files):
    assert len(data) < 200_000
    with pytest.raises(photos.TooLarge):
        photos.receive(sent(data))
    assert files() == []


def test_the_largest_picture_of_todays_telephones_is_taken(sent):
    assert photos.receive(sent(flat_png(8192, 6144))).size


def test_ten_megabytes_are_the_most(sent, files, monkeypatch):
    whole = JPEG + b"\0" * (photos.MAX_BYTES - len(JPEG))
    assert photos.receive(sent(whole)).size == photos.MAX_BYTES
    with pytest.raises(photos.TooLarge):
        photos.receive(sent(whole + b"\0"))
    lying = sent(whole + b"\0")
    lying.size = 5
    with pytest.raises(photos.TooLarge):
        photos.receive(lying)
    assert len(files()) == 1


def test_the_refusals_are_domain_errors_in_the_readers_language():
    for error in (photos.NotAPhoto(), photos.TooLarge()):
        assert isinstance(error, DomainError)
    with translation.override("zh-hans"):
        assert str(photos.NotAPhoto()) == "这不是照片，换一张。"
        assert str(photos.TooLarge()) == "照片太大了。换一张，或者不传也行。"


@hypothesis_settings(max_examples=150)
@given(start=st.sampled_from([b"", *(data[:40] for data, _ in ACCEPTED.values())]), rest=st.binary(max_size=400))
def test_noise_is_refused_with_nothing_but_our_own_error(start, rest):
    with suppress(photos.NotAPhoto, photos.TooLarge):
        photos._prove(start + rest, photos._format(start + rest))


@pytest.mark.filterwarnings(BOMB, "ignore::UserWarning:PIL")
@hypothesis_settings(max_examples=150)
@given(data=st.data(), name=st.sampled_from(sorted(name for name in ACCEPTED if "heic" not in name)))
def test_a_damaged_photo_is_redrawn_or_refused_and_nothing_else(data, name):
    damaged = bytearray(ACCEPTED[name][0])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        photos._prove(bytes(damaged), photos._format(bytes(damaged)))
        image = photos._redraw(bytes(damaged))
    except (photos.NotAPhoto, photos.TooLarge):
        return
    assert image.mode == "RGB" and max(image.size) <= 1600 and not image.info


def test_looking_at_a_photo_costs_little(sent):
    """Generous, for a busy machine: about 8 ms on a desk. A full decode of both would be five times that."""
    data = encode(noise(1600, 1200), "JPEG", quality=80)
    huge = encode(noise(4000, 3000), "JPEG", quality=60)
    photos.receive(sent(data))
    costs = []
    for _ in range(5):
        start = time.process_time()
        photos._prove(data, photos._format(data))
        photos._prove(huge, photos._format(huge))
        costs.append(time.process_time() - start)
    assert min(costs) < 0.05


@pytest.mark.parametrize("name", [name for name in ACCEPTED if "heic" not in name])
def test_a_photo_is_opened_with_one_format_and_no_other(name, monkeypatch):
    asked, opened = [], Image.open

    def spy(file, formats=None):
        asked.append(formats)
        return opened(file, formats=formats)

    monkeypatch.setattr(Image, "open", spy)
    data = ACCEPTED[name][0]
    photos._prove(data, photos._format(data))
    photos._redraw(data)
    assert asked == [[photos._format(data)]] * 2


def test_the_libraries_of_other_formats_are_not_loaded_for_a_jpeg():
    code = (
        "import io, sys, django; django.setup()\n"
        "from PIL import Image; from tongxin.casework import photos\n"
        "out = io.BytesIO(); Image.new('RGB', (9, 9)).save(out, 'JPEG'); photos._prove(out.getvalue(), 'JPEG')\n"
        "assert 'pi_heif' not in sys.modules and 'PIL.WebPImagePlugin' not in sys.modules\n"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
