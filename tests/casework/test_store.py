"""Files are whole or absent, lie under names of ours, and reach a browser as what they are."""

import os
import stat
from datetime import timedelta

import pytest
from django.http import Http404

from tongxin.casework import store
from tongxin.core import clock

STEM = "ab" + "0" * 30


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


# --- names ------------------------------------------------------------------------------------------------------
def test_a_new_stem_is_random_hex_and_shards_by_its_first_two_signs(disk):
    stems = {store.new_stem() for _ in range(100)}
    assert len(stems) == 100
    assert all(store.STEM.fullmatch(stem) for stem in stems)
    assert store.spool_path(STEM) == disk / "spool" / "ab" / STEM
    assert store.media_path(STEM, "large") == disk / "media" / "ab" / f"{STEM}.jpg"
    assert store.media_path(STEM, "small") == disk / "media" / "ab" / f"{STEM}.s.jpg"
    assert store.media_path(STEM, "sound").parent == disk / "media" / "ab"


@pytest.mark.parametrize("stem", ["", "..", "../../etc/passwd", STEM[:-1], STEM + "0", STEM.upper(), STEM + "\n"])
def test_nothing_but_a_stem_becomes_a_path(stem):
    with pytest.raises(ValueError):
        store.spool_path(stem)
    with pytest.raises(ValueError):
        store.media_path(stem, "large")


def test_a_variant_that_nobody_named_has_no_path():
    with pytest.raises(KeyError):
        store.media_path(STEM, "original")


# --- writing ----------------------------------------------------------------------------------------------------
def test_a_file_is_readable_by_its_owner_only(files):
    path = store.spool_path(STEM)
    store.write(path, b"photo")
    assert path.read_bytes() == b"photo"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert files() == [f"spool/ab/{STEM}"]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_no_half(monkeypatch, files, broken):
    path = store.spool_path(STEM)
    store.write(path, b"old")

    def fail(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, broken, fail)
    with pytest.raises(OSError):
        store.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert files() == [f"spool/ab/{STEM}"]


def test_a_file_is_on_the_disk_before_it_has_its_name(monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), fsync(handle)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("replace"), replace(a, b)))
    store.write(store.spool_path(STEM), b"photo")
    assert order[:3] == ["fsync", "replace", "fsync"]


# --- serving ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("variant", ["large", "small"])
def test_a_photo_is_served_as_our_jpeg_whatever_the_upload_was(variant):
    store.write(store.media_path(STEM, variant), b"\xff\xd8\xff drawn")
    response = store.serve(STEM, variant, "image/heic")
    assert body(response) == b"\xff\xd8\xff drawn"
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, max-age=3600"


def test_a_memo_is_served_in_its_container():
    store.write(store.media_path(STEM, "sound"), b"#!AMR\nvoice")
    response = store.serve(STEM, "sound", "audio/amr")
    assert body(response) == b"#!AMR\nvoice"
    assert response["Content-Type"] == "audio/amr"
    assert response["Content-Disposition"] == 'inline; filename="memo.amr"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_memo_of_a_foreign_type_is_only_handed_over_as_a_download():
    store.write(store.media_path(STEM, "sound"), b"<script>")
    response = store.serve(STEM, "sound", "text/html")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "wanted, status, expected, place",
    [
        ("bytes=0-1", 206, b"01", "bytes 0-1/10"),
        ("bytes=0-", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=4-99", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-30", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=5-2", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
        ("", 200, b"0123456789", None),
    ],
)
def test_an_iphone_may_ask_for_a_part_of_a_memo(wanted, status, expected, place):
    store.write(store.media_path(STEM, "sound"), b"0123456789")
    response = store.serve(STEM, "sound", "audio/mp4", wanted=wanted)
    assert response.status_code == status
    assert body(response) == expected
    assert response.get("Content-Range") == place
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_what_is_not_there_is_a_404_and_the_spool_is_never_served(spooled):
    stem = spooled(b"raw upload")
    for variant in store.ENDINGS:
        with pytest.raises(Http404):
            store.serve(stem, variant, "image/jpeg")


# --- two faces --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mark", [b"%PDF-1.7", b"<HTML>", b"<script src=x>", b"<svg onload=x>", b"<?php"])
def test_a_second_face_is_seen_in_the_first_kilobyte(mark):
    assert store.is_double_faced(b"\xff\xd8\xff" + b"\x00" * 900 + mark)
    assert not store.is_double_faced(b"\xff\xd8\xff" + b"\x00" * 2000)


# --- sweeping ---------------------------------------------------------------------------------------------------
def test_sweeping_takes_what_has_no_row_and_is_old(spooled, files):
    orphan, kept = spooled(b"rolled back"), spooled(b"has a row")
    half = store.spool_path(orphan).with_name(".half.part")
    half.write_bytes(b"hal")
    asked = []

    def known(stems):
        asked.append(set(stems))
        return {kept}

    assert store.sweep(known, timedelta(days=1)) == 0
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        young = spooled(b"young")
        os.utime(store.spool_path(young), (clock.now().timestamp(),) * 2)
        assert store.sweep(known, timedelta(days=1)) == 2
    assert asked == [{orphan, kept}]
    assert {path.rsplit("/", 1)[1] for path in files()} == {kept, young}


def test_sweeping_asks_by_the_batch(monkeypatch, spooled, files):
    monkeypatch.setattr(store, "BATCH", 2)
    for _ in range(5):
        spooled(b"x")
    sizes = []
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert store.sweep(lambda stems: sizes.append(len(stems)) or set(), timedelta(days=1)) == 5
    assert sizes == [2, 2, 1]
    assert files() == []


def test_sweeping_stops_when_the_rows_cannot_be_asked(spooled, files):
    spooled(b"x")

    def known(stems):
        raise RuntimeError("database is gone")

    with clock.stopped_at(clock.now() + timedelta(days=2)), pytest.raises(RuntimeError):
        store.sweep(known, timedelta(days=1))
    assert len(files()) == 1


def test_an_empty_spool_is_swept_in_peace():
    assert store.sweep(lambda stems: set(), timedelta(0)) == 0
