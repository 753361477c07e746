"""Only the two keys open it; a missing or a wrong byte is refused, and the words say which of the three it is."""

import io
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.core.keeping import sealing
from tongxin.core.keeping.sealing import CHUNK, TAG, Altered, CutShort, Reader, Refused, Writer, WrongKey

PAIRS = [sealing.new_pair(name) for name in ("town", "supervisor")]
KEYS = [sealing.read_private(private) for _to, private in PAIRS]
STRANGER = sealing.read_private(sealing.new_pair("stranger")[1])


def sealed(path, content, part=10_240):
    with path.open("wb") as out:
        writer = Writer(out, [to for to, _private in PAIRS], {"made_at": "now"})
        for at in range(0, len(content), part):
            writer.write(content[at : at + part])
        writer.finish()
    assert writer.size == path.stat().st_size
    return path


def read(path, key=KEYS[0]):
    with Reader(path, [key]) as reader:
        return reader.read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17])
@pytest.mark.parametrize("key", KEYS)
def test_either_key_opens_what_was_sealed(tmp_path, size, key):
    content = os.urandom(size)
    assert read(sealed(tmp_path / "a", content, part=999 if size < 5000 else 70_000), key) == content


@settings(max_examples=20)
@given(st.lists(st.integers(1, 90_000), max_size=8))
def test_it_reads_in_any_portions(tmp_path_factory, portions):
    content = os.urandom(150_000)
    with Reader(sealed(tmp_path_factory.mktemp("a") / "a", content), KEYS) as reader:
        got = b"".join(reader.read(size) for size in portions)
        assert got + reader.read() == content


def test_another_key_is_told_whose_archive_it_is(tmp_path):
    with pytest.raises(WrongKey) as refused:
        read(sealed(tmp_path / "a", b"x"), STRANGER)
    for to, _private in PAIRS:
        assert f"{to.name} {to.id}" in str(refused.value)
    assert sealing.key_id(STRANGER.public_key()) in str(refused.value)


def test_nothing_of_the_content_shows(tmp_path):
    path = sealed(tmp_path / "a", b"13822220001" * 1000)
    assert b"1382222" not in path.read_bytes()
    assert sealed(tmp_path / "b", b"13822220001" * 1000).read_bytes() != path.read_bytes()


def test_a_small_archive_is_refused_cut_at_every_place_and_flipped_at_every_byte(tmp_path):
    whole = sealed(tmp_path / "a", b"a village" * 10).read_bytes()
    other = tmp_path / "b"
    for length in range(len(whole)):
        other.write_bytes(whole[:length])
        with pytest.raises(CutShort):
            read(other)
    for at in range(len(whole)):
        other.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        with pytest.raises(Altered):
            read(other)


def body(path):
    """Where the chunks begin."""
    raw = path.read_bytes()
    return raw.index(b"\n", raw.index(b"\n", raw.index(b"\n") + 1) + 1) + 1


def test_chunks_cannot_change_places_be_left_out_or_come_twice(tmp_path):
    path = sealed(tmp_path / "a", os.urandom(4 * CHUNK))
    raw, start, size = path.read_bytes(), body(path), CHUNK + TAG
    chunks = [raw[start + n * size : start + (n + 1) * size] for n in range(4)]
    for order in ([1, 0, 2, 3], [0, 2, 3], [0, 1, 1, 2, 3], [3], [0, 1, 2, 3, 3]):
        content = raw[:start] + b"".join(chunks[n] for n in order)
        whole = content + sealing.END + (len(content) + sealing.TRAILER).to_bytes(8, "big")
        path.write_bytes(whole)
        with pytest.raises(Altered):
            read(path)


def test_a_header_that_was_exchanged_with_its_sum_is_found(tmp_path):
    path = sealed(tmp_path / "a", b"x" * 100)
    raw, start = path.read_bytes(), body(path)
    header = json.loads(raw.splitlines()[1]) | {"made_at": "last year"}
    text = json.dumps(header, sort_keys=True).encode()
    import hashlib

    forged = sealing.MAGIC + text + b"\n" + hashlib.sha256(text).hexdigest().encode() + b"\n" + raw[start:-16]
    path.write_bytes(forged + sealing.END + (len(forged) + 16).to_bytes(8, "big"))
    with pytest.raises(Altered):
        read(path)


def test_whoever_breaks_off_leaves_an_archive_that_counts_as_cut(tmp_path):
    path = tmp_path / "a"
    with path.open("wb") as out:
        Writer(out, [PAIRS[0][0]], {}).write(b"x" * 3 * CHUNK)
    with pytest.raises(CutShort):
        read(path)


@pytest.mark.parametrize("content", [b"PK\x03\x04" * 40, b"SQLite format 3\0" * 40])
def test_some_other_file_is_no_archive(tmp_path, content):
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(Refused, match="no archive of ours"):
        read(path)


def test_a_key_is_read_back_from_paper_and_a_slip_is_noticed():
    to, private = sealing.new_pair("town")
    assert sealing.read_public(to.line).id == to.id
    spoken = private.lower().replace("-", " ").replace("town private", "town private ", 1)
    assert sealing.read_private(spoken).public_key() == to.key
    name, kind, text = private.split(" ")
    for at in (0, 7, len(text) - 1):
        wrong = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        with pytest.raises(ValueError, match="mistyped"):
            sealing.read_private(f"{name} {kind} {wrong}")
    with pytest.raises(ValueError, match="not a private key"):
        sealing.read_private(to.line)
    with pytest.raises(ValueError, match="sealed to somebody"):
        Writer(io.BytesIO(), [], {})
