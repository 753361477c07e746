"""The head of each chain goes out of the house every day, to somebody who does not hold the server (R13)."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tongxin.audit import queries, verifier
from tongxin.audit.models import Anchor, Chain
from tongxin.core import clock, outbox
from tongxin.core.inserting import insert_if_new

TOPIC = "audit.hand_over"


def anchor(village_id: UUID) -> Anchor | None:
    """Keep the head as it is now and promise to hand it over; the one that is kept, when nothing was added since.

    None when the chain is empty. Leaves no entry, or every anchor would be old at once.
    """
    with transaction.atomic():
        stands = queries.head(village_id)
        if stands is None or not stands.seq:
            return None
        row = Anchor(
            village_id=village_id,
            at=clock.now(),
            segment=stands.segment,
            seq=stands.seq,
            head=stands.head,
            characters=verifier.characters(stands.head),
        )
        if not insert_if_new(row):
            return Anchor.objects.get(village_id=village_id, seq=stands.seq)
        outbox.put(TOPIC, {"anchor": str(row.pk)}, village_id)
    return row


def anchor_everywhere() -> None:
    """Every night, for every chain that has grown."""
    for village_id in Chain.objects.order_by("village_id").values_list("village_id", flat=True):
        anchor(village_id)


def hand_over(payload: dict[str, Any]) -> None:
    """Outbox handler: one small file into the folder that somebody outside empties; nothing when there is none."""
    row = Anchor.objects.filter(pk=payload["anchor"]).first()
    if row is None or not settings.ANCHOR_FOLDER:
        return
    slug, name = queries.names().get(row.village_id, ("", ""))
    about = {
        "village": str(row.village_id),
        "name": name,
        "at": row.at.isoformat(),
        "segment": row.segment,
        "seq": row.seq,
        "head": row.head,
        "characters": row.characters,
    }
    _write(Path(settings.ANCHOR_FOLDER), f"{slug or row.village_id}-{row.seq:09}.json", about)


def _write(folder: Path, name: str, about: verifier.Json) -> None:
    """Whole or not at all; the same anchor again is the same file."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False, encoding="utf-8") as file:
        json.dump(about, file, ensure_ascii=False, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).rename(folder / name)
