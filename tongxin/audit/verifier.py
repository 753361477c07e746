#!/usr/bin/env python3
"""Checks an exported chain, with nothing but Python's own library: for whoever does not hold the server.

    python3 verifier.py chain.jsonl --printed 1234=7KQM-2XWF-9ATB --anchors FOLDER

An entry's hash is H(hash of the entry before ‖ its canonical bytes): UTF-8 JSON, keys sorted, no blanks, no floats.
Twelve characters of the last hash stand on paper outside (an anchor): without them nobody sees that the last rows were
taken away or that everything was written anew.

Exit: 0 whole · 1 damaged · 2 the file cannot be read · 3 damaged once, sealed in the open, whole since.
"""

import argparse
import hashlib
import json
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # five bits each; 0, 1, I and O look like others
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


# --- how a hash is made ---------------------------------------------------------------------------------------------
def linked(prev: str, body: Json) -> str:
    """The hash of an entry, 64 hex digits; the row itself names the algorithm."""
    return hashed(body["algorithm"], prev.encode() + _canonical(body).encode())


def first(village: str, segment: int) -> str:
    """What stands as `prev` in the first entry of a segment: no two segments begin alike."""
    return hashlib.sha256(f"tongxin chain|{village}|{segment}".encode()).hexdigest()


def characters(head: str) -> str:
    """Twelve characters, 60 bits, of a hash."""
    bits = int(head[:15], 16)
    return "".join(ALPHABET[bits >> 5 * i & 31] for i in range(11, -1, -1))


def hashed(algorithm: str, data: bytes) -> str:
    if algorithm not in ("sha256", "sm3"):
        raise ValueError(f"no such algorithm: {algorithm}")
    try:
        return hashlib.new(algorithm, data).hexdigest()
    except ValueError:  # an OpenSSL without the algorithms of GM/T
        return sm3(data).hex()


def sm3(data: bytes) -> bytes:
    """GB/T 32905-2016, slowly."""
    mask = 0xFFFFFFFF

    def turn(x: int, n: int) -> int:
        return (x << n % 32 | x >> 32 - n % 32) & mask

    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    data += b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack(">Q", 8 * len(data))
    for at in range(0, len(data), 64):
        w = list(struct.unpack(">16I", data[at : at + 64]))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ turn(w[j - 3], 15)
            w.append(x ^ turn(x, 15) ^ turn(x, 23) ^ turn(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            ss1 = turn(turn(a, 12) + e + turn(0x79CC4519 if j < 16 else 0x7A879D8A, j) & mask, 7)
            ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
            gg = e ^ f ^ g if j < 16 else e & f | ~e & g
            tt1 = ff + d + (ss1 ^ turn(a, 12)) + (w[j] ^ w[j + 4]) & mask
            tt2 = gg + h + ss1 + w[j] & mask
            a, b, c, d, e, f, g, h = tt1, a, turn(b, 9), c, tt2 ^ turn(tt2, 9) ^ turn(tt2, 17), e, turn(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True)]
    return struct.pack(">8I", *state)


# --- walking along it -------------------------------------------------------------------------------------------------
class Walk:
    """Follows a chain row by row. `faults` holds (segment, seq, what is wrong)."""

    def __init__(self, village: str, anchors: Iterable[tuple[int, str]] = ()) -> None:
        self.village, self.segment, self.seq, self.head = village, 1, 0, first(village, 1)
        self.anchors: dict[int, set[str]] = {}
        for seq, printed in anchors:
            self.anchors.setdefault(seq, set()).add(printed)
        self.faults: list[tuple[int, int, str]] = []

    def wrong(self, seq: int, what: str) -> None:
        self.faults.append((self.segment, seq, what))

    def missing(self, last: int, where: str = "") -> None:
        start = self.seq + 1
        self.wrong(start, (f"row {start} is" if start == last else f"rows {start} to {last} are") + f" missing{where}")

    def unmet(self, last: float) -> None:
        """Papers that speak of rows up to `last`, which nobody has seen."""
        for count in sorted(count for count in self.anchors if count <= last):
            self.wrong(count, f"the paper says there were {count} rows; row {count} is not here")
            del self.anchors[count]

    def take(self, body: Json, prev: str, hash_: str) -> None:
        """The next row."""
        seq = body["seq"]
        if body["segment"] != self.segment:
            self._turn(body)
        if seq > self.seq + 1:
            self.missing(seq - 1)
        elif seq <= self.seq:
            self.wrong(seq, f"row {seq} comes after row {self.seq}: inserted, repeated or swapped")
        if body["village"] != self.village:
            self.wrong(seq, f"row {seq} belongs to another village")
        if prev != self.head:
            self.wrong(seq, f"row {seq} does not follow the row before it")
        if linked(prev, body) != hash_:
            self.wrong(seq, f"row {seq} was changed: its content does not give its hash")
        for printed in self.anchors.pop(seq, ()):
            if printed != characters(hash_):
                self.wrong(seq, f"row {seq}: the paper says {printed}, this chain {characters(hash_)}: written anew")
        self.seq, self.head = max(seq, self.seq), hash_

    def _turn(self, body: Json) -> None:
        """A broken chain goes on in a new segment, whose first row says what the broken one looked like."""
        seal = body["data"].get("sealed", {}) if body["act"] == "audit.seal" else {}
        if body["segment"] != self.segment + 1 or seal.get("segment") != self.segment:
            self.wrong(body["seq"], f"row {body['seq']} begins segment {body['segment']} without a seal")
        elif seal["seq"] > self.seq:
            self.missing(seal["seq"], " at the end of the segment")
        self.seq = max(self.seq, seal.get("seq", 0))
        self.unmet(self.seq)
        self.segment, self.head = body["segment"], first(self.village, body["segment"])

    def end(self, seq: int, head: str) -> None:
        """No more rows: compare with the head that was kept beside them, and with the papers not met yet."""
        if seq > self.seq:
            self.missing(seq, " at the end")
        elif (seq, head) != (self.seq, self.head):
            self.wrong(self.seq, f"the head that was kept is not that of row {self.seq}")
        self.unmet(float("inf"))

    @property
    def verdict(self) -> int:
        """The exit code."""
        return (1 if self.faults[-1][0] == self.segment else 3) if self.faults else 0


# --- the file and the command -----------------------------------------------------------------------------------------
def checked(lines: Iterable[str], anchors: Iterable[tuple[int, str]] = ()) -> Walk:
    """Walk along an export: a line about it, a line a row, a line with the head. Raises when it is none, or cut off."""
    rows = (json.loads(line) for line in lines if line.strip())
    walk = Walk(next(rows)["village"], anchors)
    for row in rows:
        if "end" in row:
            walk.end(row["end"]["seq"], row["end"]["head"])
            return walk
        walk.take(row["body"], row["prev"], row["hash"])
    raise ValueError("the file is cut off: its last line is missing")


def plain(text: str) -> str:
    """Characters as somebody typed them off a paper."""
    return re.sub(r"[\s\-·]", "", text).upper()


def papers(printed: Iterable[str], folder: str) -> Iterator[tuple[int, str]]:
    for text in printed:
        seq, _, shown = text.partition("=")
        yield int(seq), plain(shown)
    for path in sorted(Path(folder).glob("*.json")) if folder else ():
        kept = json.loads(path.read_text("utf-8"))
        yield kept["seq"], kept["characters"]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Check an exported audit chain · 核对导出的留痕链"
    )  # zh: town officers
    parser.add_argument("file")
    parser.add_argument("--printed", action="append", default=[], metavar="ROWS=CHARACTERS", help="from a notice")
    parser.add_argument("--anchors", default="", metavar="FOLDER", help="the anchor files that were handed over")
    asked, say = parser.parse_args(arguments), sys.stdout.write
    try:
        known = list(papers(asked.printed, asked.anchors))
        with Path(asked.file).open(encoding="utf-8") as lines:
            walk = checked(lines, known)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        say(f"读不了 · cannot be read: {error}\n")  # zh: town officers
        return 2
    for segment, _seq, what in walk.faults[:50]:
        say(f"第{segment}段 · segment {segment}: {what}\n")  # zh: town officers
    words = {0: "完整 · whole", 1: "被动过 · DAMAGED", 3: "断过已封存 · sealed, whole since"}  # zh: town officers
    say(f"{words[walk.verdict]}: {walk.seq} rows, head {characters(walk.head)}, {len(known)} anchors\n")
    return walk.verdict


if __name__ == "__main__":
    sys.exit(main())
