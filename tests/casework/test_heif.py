"""The reader of HEIC may fall, starve or be missing: what runs beside it stands."""

import io
import os
import struct
import subprocess
import sys

import pytest
from PIL import Image

from tests.casework.pictures import DATA
from tongxin.casework import heif, photos

HEIC = (DATA / "upright.heic").read_bytes()
FELLING = HEIC.replace(b"\x02\0\0Exif", b"\x02\0\0\x80xif", 1)  # a name that is no UTF-8: pi_heif 1.4 falls over it


def far_side(script: str, tmp_path, monkeypatch) -> None:
    path = tmp_path / "reader.py"
    path.write_text(script)
    monkeypatch.setattr(heif, "__file__", str(path))


def test_a_picture_comes_back_within_its_measures_and_says_nothing():
    with Image.open(io.BytesIO(heif.decode(HEIC, 48)), formats=["PNG"]) as image:
        assert (image.mode, image.size) == ("RGB", (48, 32))
        assert not image.info
    assert b"Secret" in HEIC and b"Secret" not in heif.decode(HEIC, 48)


def test_a_file_that_fells_its_reader_is_refused_and_we_stand(sent, spooled, files):
    assert FELLING != HEIC
    with pytest.raises(ValueError):
        heif.decode(FELLING, 1600)
    stem = photos.receive(sent(FELLING)).stem  # its outside is in order
    with pytest.raises(photos.NotAPhoto):
        photos.develop(stem)
    assert files() == []


@pytest.mark.parametrize("data", [b"", b"text", HEIC[:-50], HEIC[:24]], ids=["nothing", "text", "cut", "head"])
def test_what_is_no_heic_is_refused(data):
    with pytest.raises(ValueError):
        heif.decode(data, 1600)


@pytest.mark.parametrize(
    "script, error",
    [
        ("import os; os.kill(os.getpid(), 11)", ValueError),
        ("raise SystemExit(1)", ValueError),
        ("raise SystemExit(3)", heif.Unavailable),
        ("import time; time.sleep(60)", heif.Unavailable),
    ],
    ids=["falls", "refuses", "library missing", "hangs"],
)
def test_how_the_reader_ends_decides_what_is_said(script, error, tmp_path, monkeypatch):
    monkeypatch.setattr(heif, "PATIENCE", 1)
    far_side(script, tmp_path, monkeypatch)
    with pytest.raises(error):
        heif.decode(HEIC, 1600)


def test_the_reader_is_given_no_keys(tmp_path, monkeypatch):
    assert os.environ["TONGXIN_FIELD_KEY"]
    far_side("import os, sys; sys.stdout.write(' '.join(sorted(os.environ)))", tmp_path, monkeypatch)
    assert b"TONGXIN" not in heif.decode(HEIC, 1600)


def test_the_reader_has_bounds_and_writes_no_file(tmp_path):
    script = (
        "import resource, runpy, sys\n"
        f"far = runpy.run_path({heif.__file__!r})\n"
        "far['main'].__globals__['_read'] = lambda data, side: b''\n"
        "far['main']()\n"
        "kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)\n"
        "sys.stderr.write(repr([resource.getrlimit(kind)[0] for kind in kinds]))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script, "9"], input=b"", capture_output=True, check=True)
    assert done.stderr.decode() == repr([heif.MEMORY, heif.SECONDS, 0, 0])


def test_measures_that_lie_do_not_pass_the_reader():
    lying = HEIC.replace(struct.pack(">II", 96, 64), struct.pack(">II", 9000, 5000))
    assert lying != HEIC
    try:
        drawn = heif.decode(lying, 1600)
    except ValueError:
        return
    with Image.open(io.BytesIO(drawn)) as image:
        assert max(image.size) <= 1600
