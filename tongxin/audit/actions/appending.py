"""Append to the chain of a village, in the transaction of the write that the entry is about (R12).

    with audit.together():
        … the writes …
        audit.record("territory.open_group", by=by, about=group)

An append takes the head of the village's chain and keeps it until the transaction ends, so it comes last: whoever holds
it waits for nothing. `together` sees to that when an act leaves more than one entry.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tongxin.audit import verifier
from tongxin.audit.models import INSTALLATION, ActorKind, AuditEntry, Chain
from tongxin.core import clock
from tongxin.core.ids import uuid7
from tongxin.core.inserting import insert_all, insert_if_new, must_be_in_transaction

A_STATEMENT = 200  # rows in one INSERT


@dataclass(frozen=True)
class Draft:
    """An entry that has no place in the chain yet."""

    village_id: UUID
    act: str
    actor_kind: str
    actor_id: UUID | None
    subject: str
    subject_id: UUID | None
    is_reading: bool = False
    why: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=clock.now)


_gathering: ContextVar[list[Draft] | None] = ContextVar("audit_gathering", default=None)


@contextmanager
def together() -> Iterator[None]:
    """A transaction whose entries are appended at its end, all at once. Nested, it joins the outer one."""
    outer = _gathering.get()
    if outer is not None:
        mark = len(outer)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del outer[mark:]  # its rows were taken back
            raise
        return
    drafts: list[Draft] = []
    token = _gathering.set(drafts)
    try:
        with transaction.atomic():
            yield
            _append(drafts)
    finally:
        _gathering.reset(token)


def record(
    act: str,
    *,
    by: object,
    about: models.Model | None = None,
    village_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Leave an entry for a write, inside its transaction.

    Args:
        act: the app and its verb, "people.join".
        by: a log-in, a teller, the calendar, the operator, or None for whoever has none.
        about: the row it is about; its `village_id` says whose chain, unless that is given.
        data: ids, codes and field names. No personal data, no floats: the chain outlives every key.
    """
    leave(draft(act, by, about, village_id, data))


def draft(
    act: str, by: object, about: models.Model | None, village_id: UUID | None, data: Mapping[str, Any] | None
) -> Draft:
    """An entry as it will stand in the chain of the village that the row belongs to."""
    kind, actor = who(by)
    return Draft(
        village_id or getattr(about, "village_id", None) or INSTALLATION,
        act,
        kind,
        actor,
        about._meta.label_lower if about is not None else "",
        about.pk if about is not None else None,
        data=_plain(dict(data or {})),
    )


def who(by: object) -> tuple[str, UUID | None]:
    """(kind, id) of an actor; only a log-in has an id."""
    kind = str(getattr(by, "actor_kind", ActorKind.ANYONE))
    return kind, getattr(by, "pk", None) if kind == ActorKind.USER else None


def _plain(data: Any) -> Any:
    """JSON without floats, whose text is the same on every machine.

    Raises:
        TypeError: names what does not belong into a chain.
    """
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, int):
        return int(data)
    if isinstance(data, str):
        return str(data)
    if isinstance(data, dict) and all(isinstance(key, str) for key in data):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if isinstance(data, UUID):
        return str(data)
    raise TypeError(f"{type(data).__name__} does not belong into the chain")


def leave(entry: Draft) -> None:
    """Into the chain; or to the others, when an act gathers several."""
    must_be_in_transaction(AuditEntry)
    gathering = _gathering.get()
    if gathering is not None:
        gathering.append(entry)
    else:
        _append([entry])


# --- the append ---------------------------------------------------------------------------------------------------
def _append(drafts: Sequence[Draft]) -> None:
    """Chain after chain, in one order for everybody."""
    for village_id in sorted({draft.village_id for draft in drafts}):
        append_to(village_id, [draft for draft in drafts if draft.village_id == village_id])


def append_to(village_id: UUID, drafts: Sequence[Draft], after: tuple[int, int, str] | None = None) -> None:
    """Append to one chain, behind its head; `after` (segment, seq, head) begins a new segment, for a seal only."""
    connection = connections[router.db_for_write(AuditEntry)]
    segment, seq, head = after or held(village_id, connection)
    entries = []
    for draft in drafts:
        seq += 1
        entry = AuditEntry(
            id=uuid7(), segment=segment, seq=seq, algorithm=settings.AUDIT_HASH, prev=head, **draft.__dict__
        )
        entry.hash = head = verifier.linked(head, entry.body)
        entries.append(entry)
    _move(village_id, segment, seq, head, connection)
    for start in range(0, len(entries), A_STATEMENT):
        insert_all(entries[start : start + A_STATEMENT])


def held(village_id: UUID, connection: BaseDatabaseWrapper) -> tuple[int, int, str]:
    """Segment, count and head of a chain, locked until the transaction ends (SQLite has one writer anyway)."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    statement = f"SELECT segment, seq, head FROM audit_chain WHERE village_id = %s{lock}"  # noqa: S608
    village = Chain._meta.get_field("village_id").get_db_prep_value(village_id, connection, False)
    with connection.cursor() as cursor:
        cursor.execute(statement, [village])
        row = cursor.fetchone()
        if row is None:
            insert_if_new(Chain(village_id=village_id, head=verifier.first(str(village_id), 1)))
            cursor.execute(statement, [village])
            row = cursor.fetchone()
    return int(row[0]), int(row[1]), str(row[2])


def _move(village_id: UUID, segment: int, seq: int, head: str, connection: BaseDatabaseWrapper) -> None:
    village = Chain._meta.get_field("village_id").get_db_prep_value(village_id, connection, False)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_chain SET segment = %s, seq = %s, head = %s WHERE village_id = %s",
            [segment, seq, head, village],
        )
