"""Boxes are walked without trust in the lengths that they claim."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.pictures import DATA
from tongxin.casework import boxes

HEIC = (DATA / "upright.heic").read_bytes()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def test_boxes_come_one_behind_the_other():
    data = box(b"ftyp", b"abcd") + box(b"free", b"") + struct.pack(">I", 0) + b"mdat" + b"to the end"
    found = [(kind, data[body:end]) for kind, body, end in boxes.walk(data, 0, len(data))]
    assert found == [(b"ftyp", b"abcd"), (b"free", b""), (b"mdat", b"to the end")]


def test_a_length_of_sixty_four_bits_is_read():
    data = struct.pack(">I4sQ", 1, b"mdat", 20) + b"body" + box(b"free", b"x")
    found = [(kind, data[body:end]) for kind, body, end in boxes.walk(data, 0, len(data))]
    assert found == [(b"mdat", b"body"), (b"free", b"x")]


@pytest.mark.parametrize("size", [2, 7, 17, 0xFFFFFFFF])
def test_a_length_that_cannot_be_ends_the_walk(size):
    data = struct.pack(">I4s", size, b"mdat") + bytes(8)
    assert list(boxes.walk(data, 0, len(data))) == []


@pytest.mark.parametrize("size", [0, 15, 2**63, 2**64 - 1])
def test_a_long_length_that_cannot_be_ends_the_walk(size):
    data = struct.pack(">I4sQ", 1, b"mdat", size) + bytes(8)
    assert len(list(boxes.walk(data, 0, len(data)))) <= (size == 0)


@given(st.binary(max_size=300))
def test_the_walk_ends_and_stays_inside(data):
    last = 0
    for _kind, body, end in boxes.walk(data, 0, len(data)):
        assert last < body <= end <= len(data)
        last = end


@given(st.data())
def test_a_damaged_heic_has_measures_or_none(data):
    damaged = bytearray(HEIC)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(HEIC) - 1))] = data.draw(st.integers(0, 255))
    try:
        width, height = boxes.measures(bytes(damaged))
    except ValueError:
        return
    assert width > 0 and height > 0


def test_measures_are_those_of_the_largest_picture():
    assert boxes.measures(HEIC) == (96, 64)
