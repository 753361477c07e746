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
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

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
    """SHA-256, or SM3 (GB/T 32905-2016) where this Python's OpenSSL has it."""
    if algorithm not in ("sha256", "sm3"):
        raise ValueError(f"no such algorithm: {algorithm}")
    return hashlib.new(algorithm, data).hexdigest()


# --- walking along it -------------------------------------------------------------------------------------------------
WORDS = {
    "missing": "第{seq}至{last}行不见了 · rows {seq} to {last} are missing",  # zh: read by town officers
    "order": "第{seq}行不在位置上 · row {seq} is out of order: inserted, repeated or swapped",  # zh: the same
    "foreign": "第{seq}行是别村的 · row {seq} belongs to another village",  # zh: the same
    "link": "第{seq}行接不上前一行 · row {seq} does not follow the row before it",  # zh: the same
    "changed": "第{seq}行被改过 · row {seq} was changed: its content does not give its hash",  # zh: the same
    "paper": "第{seq}行和纸上的不一样 · row {seq} is not the one on the paper: written anew",  # zh: the same
    "unmet": "纸上有第{seq}行，这里没有 · the paper tells of row {seq}; it is not here",  # zh: the same
    "unsealed": "第{seq}行另起一段，没封存 · row {seq} begins a segment without a seal",  # zh: the same
    "head": "链头不是第{seq}行的 · the head that was kept is not that of row {seq}",  # zh: the same
    "nonsense": "第{seq}行读不懂 · row {seq} makes no sense",  # zh: the same
}


class Fault(NamedTuple):
    segment: int
    seq: int
    kind: str
    last: int

    def __str__(self) -> str:
        return WORDS[self.kind].format(seq=self.seq, last=self.last)


class Walk:
    """Follows a chain row by row and keeps its faults."""

    def __init__(self, village: str, anchors: Iterable[tuple[int, str]] = ()) -> None:
        self.village, self.segment, self.seq, self.head = village, 1, 0, first(village, 1)
        self.faults: list[Fault] = []
        self.anchors: dict[int, set[str]] = {}
        for seq, printed in anchors:
            self.anchors.setdefault(seq, set()).add(printed)

    def wrong(self, kind: str, seq: int, last: int = 0) -> None:
        self.faults.append(Fault(self.segment, seq, kind, last))

    def unmet(self, last: float) -> None:
        """Papers that speak of rows up to `last`, which nobody has seen."""
        for count in sorted(count for count in self.anchors if count <= last):
            self.wrong("unmet", count)
            del self.anchors[count]

    def take(self, body: Json, prev: str, hash_: str) -> None:
        """The next row; one that makes no sense is a fault like another."""
        try:
            self._take(body, prev, hash_)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.wrong("nonsense", self.seq + 1)

    def _take(self, body: Json, prev: str, hash_: str) -> None:
        seq = body["seq"]
        if body["segment"] != self.segment:
            self._turn(body, seq)
        if seq > self.seq + 1:
            self.wrong("missing", self.seq + 1, seq - 1)
        elif seq <= self.seq:
            self.wrong("order", seq)
        if body["village"] != self.village:
            self.wrong("foreign", seq)
        if prev != self.head:
            self.wrong("link", seq)
        self.seq, self.head = max(seq, self.seq), hash_
        if any(printed != characters(hash_) for printed in self.anchors.pop(seq, ())):
            self.wrong("paper", seq)
        if linked(prev, body) != hash_:
            self.wrong("changed", seq)

    def _turn(self, body: Json, seq: int) -> None:
        """A broken chain goes on in a new segment, whose first row says what the broken one looked like."""
        seal = body["data"].get("sealed", {}) if body["act"] == "audit.seal" else {}
        if body["segment"] != self.segment + 1 or seal.get("segment") != self.segment:
            self.wrong("unsealed", seq)
        elif seal["seq"] > self.seq:
            self.wrong("missing", self.seq + 1, seal["seq"])
        self.seq = max(self.seq, seal.get("seq", 0))
        self.unmet(self.seq)
        self.segment, self.head = body["segment"], first(self.village, body["segment"])

    def end(self, seq: int, head: str) -> None:
        """No more rows: compare with the head that was kept beside them, and with the papers not met yet."""
        if seq > self.seq:
            self.wrong("missing", self.seq + 1, seq)
        elif (seq, head) != (self.seq, self.head):
            self.wrong("head", self.seq)
        self.unmet(float("inf"))

    @property
    def verdict(self) -> int:
        """The exit code."""
        return (1 if self.faults[-1].segment == self.segment else 3) if self.faults else 0


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


def papers(village: str, printed: Iterable[str], folder: str) -> Iterator[tuple[int, str]]:
    """What was handed out of this village's chain: (rows, characters)."""
    for text in printed:
        seq, _, shown = text.partition("=")
        yield int(seq), plain(shown)
    for path in sorted(Path(folder).glob("*.json")) if folder else ():
        kept = json.loads(path.read_text("utf-8"))
        if kept["village"] == village:
            yield kept["seq"], kept["characters"]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an exported audit chain")
    parser.add_argument("file")
    parser.add_argument("--printed", action="append", default=[], metavar="ROWS=CHARACTERS", help="from a notice")
    parser.add_argument("--anchors", default="", metavar="FOLDER", help="the anchor files that were handed over")
    asked, say = parser.parse_args(arguments), sys.stdout.write
    try:
        with Path(asked.file).open(encoding="utf-8") as lines:
            about = next(lines)
            known = list(papers(json.loads(about)["village"], asked.printed, asked.anchors))
            walk = checked(chain([about], lines), known)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
        say(f"读不了 · cannot be read: {error!r}\n")  # zh: read by town officers
        return 2
    for fault in walk.faults[:50]:
        say(f"[{fault.segment}] {fault}\n")
    words = {0: "完整 · whole", 1: "被动过 · DAMAGED", 3: "断过，已封存 · sealed, whole since"}  # zh: town officers
    say(f"{words[walk.verdict]}: {walk.seq} rows, head {characters(walk.head)}, {len(known)} papers\n")
    return walk.verdict


if __name__ == "__main__":
    sys.exit(main())
