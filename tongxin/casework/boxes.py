"""The boxes of which MP4, 3GP and HEIC files are made (ISO/IEC 14496-12, 4.2; measures: ISO/IEC 23008-12, 6.5.3)."""

from collections.abc import Iterator


def walk(data: bytes | bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, first byte of the body and byte after it, of each whole box between two positions. One cut off ends it."""
    while start + 8 <= end:
        size, kind, body = int.from_bytes(data[start : start + 4], "big"), bytes(data[start + 4 : start + 8]), start + 8
        if size == 1:
            size, body = int.from_bytes(data[body : body + 8], "big"), body + 8
        size = size or end - start
        if start + size < body or start + size > end:
            return
        yield kind, body, start + size
        start += size


def measures(data: bytes) -> tuple[int, int]:
    """Width and height of the largest picture of a HEIC file, without a decoder; `ValueError` when there is none."""
    top = {kind: (body, end) for kind, body, end in walk(data, 0, len(data))}
    if b"meta" not in top:
        raise ValueError("no description")
    start, end = top[b"meta"]
    within = {kind: (body, after) for kind, body, after in walk(data, start + 4, end)}
    if b"mdat" not in top and b"idat" not in within:
        raise ValueError("cut off before its picture")
    found = (0, 0)
    for kind, body, after in walk(data, *within.get(b"iprp", (0, 0))):
        if kind != b"ipco":
            continue
        for name, at, last in walk(data, body, after):
            if name == b"ispe" and last - at >= 12:
                width = int.from_bytes(data[at + 4 : at + 8], "big")
                height = int.from_bytes(data[at + 8 : at + 12], "big")
                found = max(found, (width, height), key=lambda size: size[0] * size[1])
    if not all(found):
        raise ValueError("no measures")
    return found
