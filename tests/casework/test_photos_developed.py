"""The worker's drawing: upright, white where nothing was, and not one word of what the telephone wrote beside it."""

import io
import struct
import sys

import pytest
from PIL import Image

from tests.casework.pictures import (
    DATA,
    JPEG,
    PNG,
    SECRETS,
    chunk,
    corners,
    developed,
    encode,
    exif,
    flat_png,
    quarters,
    telling,
)
from tongxin.casework import heif, photos, store

BOMB = "ignore::PIL.Image.DecompressionBombWarning"


# --- what is left of it -----------------------------------------------------------------------------------------
SPEAKING = {
    "jpeg": telling(),
    "jpeg, two views": encode(quarters(), "MPO", save_all=True, append_images=[quarters()], exif=exif().tobytes()),
    "png": encode(quarters(), "PNG", exif=exif().tobytes(), icc_profile=b"Secret Profile"),
    "png words": PNG[:33] + chunk(b"tEXt", b"Comment\0Secret Comment") + PNG[33:],
    "webp": encode(quarters(), "WEBP", exif=exif().tobytes(), xmp=b"Secret Packet"),
    "gif": encode(quarters(), "GIF", comment=b"Secret Comment"),
    "heic": (DATA / "upright.heic").read_bytes(),
    "behind the end": JPEG + b"Secret Comment",
}


@pytest.mark.parametrize("name", SPEAKING)
def test_place_maker_and_words_are_gone_from_the_bytes(name, spooled):
    data = SPEAKING[name]
    assert any(secret in data for secret in SECRETS) or name == "png", "the sample says something"
    stem = spooled(data)
    photos.develop(stem)
    for variant in ("large", "small"):
        left = store.media_path(stem, variant).read_bytes()
        assert not any(secret in left for secret in SECRETS)
        assert not any(word in left for word in (b"Exif", b"GPS", b"ICC_PROFILE", b"xmp", b"http", b"MPF"))
        with developed(stem, variant) as image:
            assert not image.getexif()
            assert set(image.info) <= {
                "jfif",
                "jfif_version",
                "jfif_unit",
                "jfif_density",
                "progressive",
                "progression",
            }


def test_the_sample_really_says_where_it_was_taken():
    """The twin of the test above: what it looks for is there before."""
    with Image.open(io.BytesIO(telling())) as image:
        assert image.getexif().get_ifd(0x8825)[2] == (30.0, 1.0, 2.5)
    assert all(secret in telling() for secret in SECRETS)


@pytest.mark.parametrize(
    "orientation, expected",
    [
        (1, "red green blue white"),
        (2, "green red white blue"),
        (3, "white blue green red"),
        (4, "blue white red green"),
        (5, "red blue green white"),
        (6, "blue red white green"),
        (7, "white green blue red"),
        (8, "green white red blue"),
        (9, "red green blue white"),
        (None, "red green blue white"),
    ],
)
@pytest.mark.parametrize("size", [(96, 64), (4000, 3000)], ids=["small", "shrunk while reading"])
def test_a_photo_stands_upright(orientation, expected, size, spooled):
    stem = spooled(telling(orientation, size))
    made = photos.develop(stem)
    with developed(stem) as image, developed(stem, "small") as small:
        assert " ".join(corners(image)) == expected
        assert " ".join(corners(small)) == expected
    assert (made.width > made.height) == (orientation not in (5, 6, 7, 8))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_is_no_reason_to_lose_a_photo(spooled):
    data = JPEG[:2] + b"\xff\xe1" + struct.pack(">H", 20) + b"Exif\0\0II*\0\xff\xff\xff\xff\0\0\0\0"[:18] + JPEG[2:]
    stem = spooled(data)
    photos.develop(stem)
    with developed(stem) as image:
        assert corners(image) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(
    "data",
    [
        encode(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "PNG"),
        encode(Image.new("LA", (64, 64), (0, 0)), "PNG"),
        encode(Image.new("RGBA", (64, 64), (0, 0, 0, 0)), "WEBP", lossless=True),
        encode(Image.new("P", (64, 64), 0), "PNG", transparency=0),
        encode(Image.new("P", (64, 64), 0), "GIF", transparency=0),
        encode(Image.new("RGB", (64, 64), (1, 2, 3)), "PNG", transparency=(1, 2, 3)),
        encode(Image.new("RGBA", (3000, 2000), (0, 0, 0, 0)), "PNG"),
    ],
    ids=["rgba", "la", "webp", "palette", "gif", "key colour", "shrunk"],
)
def test_where_nothing_was_it_is_white(data, spooled):
    stem = spooled(data)
    photos.develop(stem)
    with developed(stem) as image:
        assert min(image.getpixel((image.width // 2, image.height // 2))) > 250


def test_half_transparent_is_half_white(spooled):
    stem = spooled(encode(Image.new("RGBA", (64, 64), (200, 0, 0, 128)), "PNG"))
    photos.develop(stem)
    with developed(stem) as image:
        red, green, _blue = image.getpixel((30, 30))
        assert abs(red - 227) < 6 and abs(green - 127) < 6


def test_sixteen_bits_of_grey_stay_grey(spooled):
    stem = spooled(encode(Image.new("I;16", (64, 64), 128 * 256), "PNG"))
    photos.develop(stem)
    with developed(stem) as image:
        assert abs(image.getpixel((30, 30))[0] - 128) < 4


@pytest.mark.parametrize(
    "size, large, small",
    [
        ((4000, 3000), (1600, 1200), (400, 300)),
        ((3000, 4000), (1200, 1600), (300, 400)),
        ((1601, 900), (1600, 899), (400, 225)),
        ((800, 600), (800, 600), (400, 300)),
        ((90, 60), (90, 60), (90, 60)),
        ((8000, 4), (1600, 1), (400, 1)),
        ((4, 8000), (1, 1600), (1, 400)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_measures_of_the_two_drawings(size, large, small, kind, spooled):
    stem = spooled(encode(quarters(*size), kind))
    made = photos.develop(stem)
    with developed(stem) as one, developed(stem, "small") as two:
        assert one.info.get("progressive") and two.info.get("progressive")
        for drawn, wanted in ((one.size, large), (two.size, small)):
            assert all(abs(a - b) <= 1 for a, b in zip(drawn, wanted, strict=True)), (drawn, wanted)
            assert max(drawn) == max(wanted)
        assert one.size == (made.width, made.height)


# --- the worker may be stopped at any point ---------------------------------------------------------------------
def test_developing_twice_gives_the_same(spooled, files):
    stem = spooled(telling(6))
    first = photos.develop(stem)
    before = store.media_path(stem, "large").read_bytes()
    assert photos.develop(stem) == first
    assert store.media_path(stem, "large").read_bytes() == before
    assert len(files()) == 2


@pytest.mark.parametrize("writes", [0, 1])
def test_a_full_disk_loses_no_upload_and_is_tried_again(writes, spooled, monkeypatch, files):
    stem = spooled(JPEG)
    write, done = store.write, []

    def full(path, data):
        if len(done) == writes:
            raise OSError(28, "No space left on device")
        done.append(path)
        write(path, data)

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(OSError):
        photos.develop(stem)
    assert store.spool_path(stem).read_bytes() == JPEG
    monkeypatch.undo()
    assert photos.develop(stem).width == 96
    assert len(files()) == 2


def test_a_reader_that_cannot_run_is_no_verdict_on_the_photo(spooled, monkeypatch):
    stem = spooled((DATA / "upright.heic").read_bytes())
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(heif.Unavailable):
        photos.develop(stem)
    monkeypatch.undo()
    assert photos.develop(stem).width == 96


@pytest.mark.parametrize("data", [b"text", PNG[:60], JPEG[:200], bytes(10)], ids=["text", "png", "jpeg", "zeros"])
def test_what_cannot_be_redrawn_is_refused_and_not_kept(data, spooled, files):
    stem = spooled(data)
    for _ in range(2):
        with pytest.raises(photos.NotAPhoto):
            photos.develop(stem)
    assert files() == []


@pytest.mark.filterwarnings(BOMB)
def test_the_worker_draws_no_bomb_either(spooled, files):
    stem = spooled(flat_png(14_000, 14_000))
    with pytest.raises(photos.NotAPhoto):
        photos.develop(stem)
    assert files() == []
