"""A voice memo is known by its content; a film, a photo or a page under its name is refused."""

import struct

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.pictures import DATA, encode, quarters
from tongxin.casework import sounds, store
from tongxin.core.errors import DomainError


# --- recordings, made here --------------------------------------------------------------------------------------
def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def track(handler: bytes, *more: bytes) -> bytes:
    return box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(13))), *more)


PLACE = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+30.0179+120.0679/"), box(b"\xa9nam", b"Secret Title"))


def mp4(brand: bytes = b"M4A ", *tracks: bytes, last: bytes = b"") -> bytes:
    head = box(b"ftyp", brand, bytes(4), brand, b"isom")
    return head + box(b"mdat", b"voice" * 50) + box(b"moov", *(tracks or (track(b"soun"),)), last)


def webm(*codecs: bytes, kind: bytes = b"webm") -> bytes:
    head = b"\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84" + kind
    return b"\x1aE\xdf\xa3\x9f" + head + b"\x18S\x80g\x01" + b"\xff" * 7 + b"".join(b"\x86" + c for c in codecs)


def ogg(first: bytes) -> bytes:
    return b"OggS\0\x02" + bytes(20) + b"\x01" + bytes([len(first)]) + first + bytes(60)


def frames(count: int = 3, header: bytes = b"\xff\xfb\x90\x00", length: int = 417) -> bytes:
    """Layer III, 128 kbit/s, 44.1 kHz unless told otherwise."""
    return (header + bytes(length - 4)) * count


def id3(body: bytes) -> bytes:
    size = len(body)
    return b"ID3\x04\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + body


ACCEPTED = {
    "webm": (webm(b"A_OPUS"), "audio/webm"),
    "ogg opus": (ogg(b"OpusHead\x01\x01"), "audio/ogg"),
    "ogg vorbis": (ogg(b"\x01vorbis" + bytes(20)), "audio/ogg"),
    "m4a": (mp4(), "audio/mp4"),
    "safari's recorder": (mp4(b"iso5"), "audio/mp4"),
    "m4a with its place": (mp4(b"mp42", track(b"soun", PLACE), last=PLACE), "audio/mp4"),
    "3gp": (mp4(b"3gp4"), "audio/3gpp"),
    "mp3": (frames(), "audio/mpeg"),
    "mp3, 22 kHz": (frames(3, b"\xff\xf3\x80\x00", 208), "audio/mpeg"),
    "mp3 with a tag": (id3(b"TIT2" + bytes(300)) + frames(), "audio/mpeg"),
    "mp3 after padding": (id3(bytes(10)) + bytes(500) + frames(), "audio/mpeg"),
    "wav": (b"RIFF\x64\0\0\0WAVEfmt \x10\0\0\0" + bytes(90), "audio/wav"),
    "amr": (b"#!AMR\n" + bytes(64), "audio/amr"),
    "amr, wide band": (b"#!AMR-WB\n" + bytes(64), "audio/amr-wb"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_recording_is_taken_whatever_it_is_called_and_kept(name, sent, files):
    data, content_type = ACCEPTED[name]
    upload = sounds.receive(sent(data))
    assert (upload.kind, upload.content_type, upload.size) == ("sound", content_type, len(data))
    assert content_type in store.SOUNDS
    assert files() == [f"spool/{upload.stem[:2]}/{upload.stem}"]
    size = sounds.keep(upload.stem)
    assert files() == [f"media/{upload.stem[:2]}/{upload.stem}.sound"]
    assert store.media_path(upload.stem, "sound").stat().st_size == size


REFUSED = {
    "nothing": b"",
    "text": "不是录音".encode() * 40,
    "text in utf-16": "不是录音".encode("utf-16"),
    "page": b"<html><audio src=x>",
    "photo": encode(quarters(), "JPEG"),
    "png": encode(quarters(), "PNG"),
    "webp in a riff": encode(quarters(), "WEBP"),
    "heic": (DATA / "upright.heic").read_bytes(),
    "film, webm": webm(b"A_OPUS", b"V_VP9"),
    "film without sound": webm(b"V_VP8"),
    "matroska": webm(b"A_OPUS", kind=b"matr"),
    "film, mp4": mp4(b"mp42", track(b"soun"), track(b"vide")),
    "film, 3gp": mp4(b"3gp4", track(b"vide")),
    "quicktime": mp4(b"qt  "),
    "mp4 without a track": box(b"ftyp", b"M4A ", bytes(4)) + box(b"mdat", bytes(40)),
    "film, ogg": ogg(b"\x80theora" + bytes(20)),
    "film with sound, ogg": ogg(b"\x01vorbis" + bytes(20)) + ogg(b"\x80theora" + bytes(20)),
    "ogg of nothing": b"OggS" + bytes(100),
    "one frame only": frames(1),
    "tag without a sound": id3(bytes(300)),
    "tag that promises more": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + frames(),
    "layer two": frames(3, b"\xff\xfd\x90\x00"),
    "zeros": bytes(4000),
    "ones": b"\xff" * 4000,
    "midi": b"MThd\0\0\0\x06" + bytes(40),
    "wave without a format": b"RIFF\x24\0\0\0WAVEdata" + bytes(90),
    "recording that is a page": b"#!AMR\n<script>alert(1)</script>",
    "recording that is a pdf": id3(b"%PDF-1.7") + frames(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_is_refused_and_leaves_nothing(name, sent, files):
    with pytest.raises(sounds.NotASound):
        sounds.receive(sent(REFUSED[name], name="memo.mp3"))
    assert files() == []


def test_three_megabytes_are_the_most(sent, files):
    whole = b"#!AMR\n" + bytes(sounds.MAX_BYTES - 6)
    assert sounds.receive(sent(whole)).size == sounds.MAX_BYTES
    lying = sent(whole + b"\0")
    lying.size = 5
    for file in (sent(whole + b"\0"), lying):
        with pytest.raises(sounds.TooLarge):
            sounds.receive(file)
    assert len(files()) == 1


def test_the_refusals_are_domain_errors_in_the_readers_language():
    assert isinstance(sounds.NotASound(), DomainError) and isinstance(sounds.TooLarge(), DomainError)
    with translation.override("zh-hans"):
        assert str(sounds.NotASound()) == "这不是录音，请重新录一次。"
        assert str(sounds.TooLarge()) == "录音太长了，请录短一点。"


@given(start=st.sampled_from([b"", *(data[:24] for data, _ in ACCEPTED.values())]), rest=st.binary(max_size=600))
def test_noise_is_looked_at_without_stumbling(start, rest):
    assert sounds.content_type_of(start + rest) in {"", *store.SOUNDS}
    assert len(sounds._bare(start + rest)) <= len(start + rest)


# --- what is left of it -----------------------------------------------------------------------------------------
def kept(stem: str) -> bytes:
    return store.media_path(stem, "sound").read_bytes()


def test_place_and_title_are_gone_and_no_offset_has_moved(spooled):
    data = mp4(b"mp42", track(b"soun", PLACE), last=PLACE)
    stem = spooled(data)
    assert sounds.keep(stem) == len(data)
    left = kept(stem)
    assert b"Secret" in data and b"Secret" not in left
    assert b"+30.0179" in data and b"+30.0179" not in left
    assert left.find(b"voice" * 50) == data.find(b"voice" * 50)
    assert left.count(b"free") == 2 and b"udta" not in left
    assert sounds.content_type_of(left) == "audio/mp4"


def test_tags_of_an_mp3_are_cut_off(spooled):
    stem = spooled(id3(b"TIT2 Secret Title") + frames() + b"TAG" + b"Secret".ljust(125, b"\0"))
    assert sounds.keep(stem) == len(frames())
    assert kept(stem) == frames()


@pytest.mark.parametrize("name", ["webm", "ogg opus", "wav", "amr", "m4a", "mp3"])
def test_a_recording_without_notes_is_kept_to_the_byte(name, spooled):
    data = ACCEPTED[name][0]
    stem = spooled(data)
    assert sounds.keep(stem) == len(data)
    assert kept(stem) == data


# --- the worker may be stopped at any point ---------------------------------------------------------------------
def test_keeping_twice_gives_the_same(spooled, files):
    stem = spooled(frames())
    assert sounds.keep(stem) == sounds.keep(stem) == len(frames())
    assert len(files()) == 1


def test_a_full_disk_loses_no_recording(spooled, monkeypatch):
    stem = spooled(frames())

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(OSError):
        sounds.keep(stem)
    assert store.spool_path(stem).read_bytes() == frames()


def test_keeping_nothing_is_an_error():
    with pytest.raises(sounds.NotASound):
        sounds.keep("ab" + "0" * 30)
