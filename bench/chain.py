"""How long the stand-alone verifier takes for a chain of 100,000 rows."""

import json
import time
from collections.abc import Iterator

from tongxin.audit import verifier

ROWS = 100_000
VILLAGE = "018f0000-0000-7000-8000-000000000001"


def lines() -> Iterator[str]:
    """An export, with rows as long as the product's."""
    head = verifier.first(VILLAGE, 1)
    yield json.dumps({"village": VILLAGE})
    for seq in range(1, ROWS + 1):
        body = {
            "id": f"018f0000-0000-7000-8000-{seq:012}",
            "village": VILLAGE,
            "segment": 1,
            "seq": seq,
            "at": "2026-06-15T00:20:01.000007Z",
            "act": "issues.dispatch",
            "actor": "user",
            "actor_id": VILLAGE,
            "subject": "issues.issue",
            "subject_id": VILLAGE,
            "reading": False,
            "why": "",
            "data": {"entry": VILLAGE},
            "algorithm": "sha256",
        }
        hash_ = verifier.linked(head, body)
        yield json.dumps({"body": body, "prev": head, "hash": hash_})
        head = hash_
    yield json.dumps({"end": {"seq": ROWS, "head": head}})


def seconds() -> float:
    """The best of three."""
    export, taken = list(lines()), []
    for _time in range(3):
        began = time.perf_counter()
        walk = verifier.checked(export)
        taken.append(time.perf_counter() - began)
        assert walk.verdict == 0 and walk.seq == ROWS
    return min(taken)
