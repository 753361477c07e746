"""The chain of a village: who wrote or read what, each line bound to the one before. Only ever added.

`village_id` and the actor are plain ids: this floor knows neither villages nor log-ins.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.audit import verifier
from tongxin.core.models import Row, at_most

INSTALLATION = UUID(int=0)  # the chain of what belongs to no village: a log-in's password


class ActorKind(models.TextChoices):
    USER = "user", _("Log-in")
    TELLER = "teller", _("Whoever told it")
    CALENDAR = "calendar", _("The calendar")
    OPERATOR = "operator", _("The operator of the server")
    ANYONE = "anyone", _("Somebody without a log-in")


class Why(models.TextChoices):
    """What somebody gives as the reason for opening what is masked. A list: the chain holds no words of anybody."""

    CALL = "call", _("Call them about it")
    VISIT = "visit", _("Go and see them")
    CHECK = "check", _("Check what is entered")
    WORK = "work", _("Opened the sealed matter")
    AGREED = "agreed", _("Two offices agreed to it")

    @classmethod
    def given(cls) -> list[tuple[str, str]]:
        """The reasons that somebody presses; the last two are the page's own."""
        return [(one.value, str(one.label)) for one in cls if one not in (cls.WORK, cls.AGREED)]


class Algorithm(models.TextChoices):
    SHA256 = "sha256", "SHA-256"
    SM3 = "sm3", "SM3"


class Chain(Row):
    """Where a village's chain stands: how many entries, the hash of the last. Its row is the lock of appending."""

    village_id = models.UUIDField()
    segment = models.PositiveIntegerField(default=1)
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village_id"], name="audit_chain_once"),
            at_most("head", 64, "audit_chain_head_length"),
        ]


class AuditEntry(Row):
    """One write of a village's records, or one reading of what is masked or sealed.

    Holds ids, names of acts and fields, keyed digests; never a name, a number or words. So a person's key can be
    destroyed and the chain stays whole (R15).
    """

    village_id = models.UUIDField()
    segment = models.PositiveIntegerField()
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=60)
    actor_kind = models.CharField(max_length=8, choices=ActorKind.choices)
    actor_id = models.UUIDField(null=True, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    is_reading = models.BooleanField(default=False)
    why = models.CharField(max_length=12, blank=True)
    data = models.JSONField(default=dict, blank=True)
    algorithm = models.CharField(max_length=8, choices=Algorithm.choices)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    Algorithm: ClassVar[type[Algorithm]] = Algorithm
    # what is hashed: every column but the two hashes, under the name that the verifier knows it by
    HASHED: ClassVar[dict[str, str]] = {
        "id": "id",
        "village_id": "village",
        "segment": "segment",
        "seq": "seq",
        "at": "at",
        "act": "act",
        "actor_kind": "actor",
        "actor_id": "actor_id",
        "subject": "subject",
        "subject_id": "subject_id",
        "is_reading": "reading",
        "why": "why",
        "data": "data",
        "algorithm": "algorithm",
    }

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            models.UniqueConstraint(fields=["village_id", "seq"], name="audit_entry_seq"),
            models.UniqueConstraint(fields=["village_id", "prev"], name="audit_entry_prev"),  # a fork is refused
            at_most("act", 60, "audit_entry_act_length"),
            at_most("prev", 64, "audit_entry_prev_length"),
            at_most("hash", 64, "audit_entry_hash_length"),
        ]
        indexes = [
            # readings are few among the writes; these two hold nothing else
            models.Index(fields=["village_id", "at"], condition=models.Q(is_reading=True), name="audit_entry_readings"),
            models.Index(
                fields=["village_id", "actor_id", "at"], condition=models.Q(is_reading=True), name="audit_entry_reader"
            ),
        ]

    @property
    def body(self) -> verifier.Json:
        return body([getattr(self, name) for name in self.HASHED])


class Anchor(Row):
    """The head of a chain as it was handed out of the house: on paper, into a folder that somebody else keeps (R13)."""

    village_id = models.UUIDField()
    at = models.DateTimeField()
    segment = models.PositiveIntegerField()
    seq = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    characters = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village_id", "seq"], name="audit_anchor_seq"),
            at_most("head", 64, "audit_anchor_head_length"),
            at_most("characters", 12, "audit_anchor_characters_length"),
        ]
        indexes = [models.Index(fields=["village_id", "characters"], name="audit_anchor_characters")]

    @property
    def spelt(self) -> str:
        """The characters in groups of four, as they are printed and read out."""
        return " ".join(self.characters[i : i + 4] for i in (0, 4, 8))


class ChainCheck(Row):
    """One walk along a whole chain: the night's, or the operator's."""

    village_id = models.UUIDField()
    at = models.DateTimeField()
    segment = models.PositiveIntegerField()
    seq = models.PositiveBigIntegerField()
    verdict = models.PositiveSmallIntegerField()  # the verifier's: 0 whole, 1 damaged, 3 damaged once and sealed
    faults = models.JSONField(default=list, blank=True)  # [segment, seq, kind, last], as the verifier has them

    class Meta:
        indexes = [models.Index(fields=["village_id", "at"], name="audit_check_at")]

    @property
    def is_broken(self) -> bool:
        return self.verdict == 1

    @property
    def found(self) -> list[verifier.Fault]:
        return [verifier.Fault(*fault) for fault in self.faults]


def body(values: Sequence[Any]) -> verifier.Json:
    """What is hashed of an entry: its values in the order of `HASHED`, ids and moments as text."""
    found = dict(zip(AuditEntry.HASHED.values(), values, strict=True))
    found["id"], found["village"] = str(found["id"]), str(found["village"])
    if found["actor_id"]:
        found["actor_id"] = str(found["actor_id"])
    if found["subject_id"]:
        found["subject_id"] = str(found["subject_id"])
    at = found["at"].astimezone(UTC).replace(tzinfo=None)
    found["at"] = f"{at.isoformat(timespec='microseconds')}Z"
    return found
