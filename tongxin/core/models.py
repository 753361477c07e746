"""Tables without a domain. `village_id` is a plain id here: the ground floor knows no villages."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from tongxin.core.ids import uuid7

models.CharField.register_lookup(Length)


def at_most(field: str, length: int, name: str) -> models.CheckConstraint:
    """SQLite ignores `max_length`, so a key column says it again as a constraint (R2)."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__length__lte": length}), name=name)


class Row(models.Model):
    """Every table of ours: a UUIDv7 made by the application."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Counter(Row):
    """The last number given out, per village, name and year. Only `counters.next_value` writes it."""

    village_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village_id", "name", "year"], name="core_counter_once"),
            models.UniqueConstraint(
                fields=["name", "year"],
                condition=models.Q(village_id__isnull=True),
                name="core_counter_once_no_village",
            ),
            at_most("name", 40, "core_counter_name_length"),
        ]


class CalendarDay(Row):
    """A day on which the State Council's notice or the county differs from Monday to Friday; above the library."""

    day = models.DateField(_("Day"), unique=True)
    is_workday = models.BooleanField(_("Working day"))
    name = models.CharField(_("Name of the day"), max_length=40, blank=True)

    class Meta:
        ordering = ["day"]


class Idempotency(Row):
    """A request that has been carried out, by the key that its form brought along (R6). Kept at least 90 days."""

    village_id = models.UUIDField(null=True, blank=True)
    actor = models.CharField(max_length=80)
    operation = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    response = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "idempotency"
        constraints = [
            models.UniqueConstraint(fields=["village_id", "actor", "operation", "key"], name="core_idempotency_once"),
            models.UniqueConstraint(
                fields=["actor", "operation", "key"],
                condition=models.Q(village_id__isnull=True),
                name="core_idempotency_once_no_village",
            ),
            at_most("actor", 80, "core_idempotency_actor_length"),
            at_most("operation", 60, "core_idempotency_operation_length"),
            at_most("key", 64, "core_idempotency_key_length"),
        ]
        indexes = [models.Index(fields=["at"], name="core_idempotency_at")]


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    TAKEN = "taken", _("Being done")
    DONE = "done", _("Done")
    PARKED = "parked", _("Set aside after failing")


class OutboxItem(Row):
    """Work outside the transaction, written inside it (R49): carried out at least once, so receivers take it twice."""

    village_id = models.UUIDField(null=True, blank=True)
    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    put_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=OutboxState.choices, default=OutboxState.WAITING)
    taken_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    State: ClassVar[type[OutboxState]] = OutboxState

    class Meta:
        constraints = [at_most("topic", 60, "core_outboxitem_topic_length")]
        indexes = [
            # the worker asks for these every few seconds; what is done must not be in the way
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="core_outboxitem_waiting"),
            models.Index(fields=["taken_at"], condition=models.Q(state="taken"), name="core_outboxitem_taken"),
            models.Index(fields=["done_at"], condition=models.Q(state="done"), name="core_outboxitem_done"),
        ]


class JobRun(Row):
    """One run of a periodic job for one slot of time (R50). The unique slot lets racing workers run it once."""

    name = models.CharField(max_length=60)
    slot = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "slot"], name="core_jobrun_once"),
            at_most("name", 60, "core_jobrun_name_length"),
        ]


class Throttle(Row):
    """One attempt that counts against a limit (R47). The key is kept as a keyed hash: it may hold an address."""

    key = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [at_most("key", 32, "core_throttle_key_length")]
        indexes = [
            models.Index(fields=["key", "at"], name="core_throttle_key_at"),
            models.Index(fields=["at"], name="core_throttle_at"),
        ]


class SiteState(Row):
    """Whether this is the live site or a copy of it (R54): one row, and its twin DATA/live.id, which no backup holds.

    A copy that was restored, by whatever hand, lacks the twin and is muted until a person says that it is the live one.
    """

    only = models.PositiveSmallIntegerField(default=1, unique=True)
    site_id = models.UUIDField(default=uuid7)  # stays through restores; archives and anchors carry it
    live_id = models.CharField(max_length=32)
    is_demo = models.BooleanField(default=False)
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_from = models.CharField(max_length=120, blank=True)
    picture_of = models.DateTimeField(null=True, blank=True)  # the moment that the archive shows
    leaps = models.JSONField(default=list)  # numbers left out after restores: [{"name", "year", "from", "to"}]
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=1), name="core_sitestate_only_one"),
            at_most("live_id", 32, "core_sitestate_live_id_length"),
        ]


class UpkeepKind(models.TextChoices):
    BACKUP = "backup", _("Backup")
    DRILL = "drill", _("Restore drill")
    CHECK = "check", _("Nightly check")
    UPGRADE = "upgrade", _("Upgrade")
    LIVE = "live", _("Made the live site")


class Upkeep(Row):
    """What was done for the site itself and how it ended; the status page reads it."""

    kind = models.CharField(max_length=8, choices=UpkeepKind.choices)
    at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    is_ok = models.BooleanField()
    words = models.CharField(max_length=500, blank=True)  # in English, for the operator's log; no names, no numbers
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "upkeep"
        constraints = [at_most("kind", 8, "core_upkeep_kind_length")]
        indexes = [models.Index(fields=["kind", "at"], name="core_upkeep_kind_at")]


class Heartbeat(Row):
    """When a process was last seen at work: the worker writes it, the pages read it (R50)."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [at_most("name", 40, "core_heartbeat_name_length")]


class Alarm(Row):
    """Something that wants a person, once a day: the process that gets the row in says it, the others are silent."""

    name = models.CharField(max_length=60)
    day = models.DateField()
    at = models.DateTimeField()
    words = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "day"], name="core_alarm_once_a_day"),
            at_most("name", 60, "core_alarm_name_length"),
        ]
        indexes = [models.Index(fields=["day"], name="core_alarm_day")]


class KeyPurpose(models.TextChoices):
    FIELD = "field", _("Opens what is sealed")
    INDEX = "index", _("Finds what is sealed")


class SealingKey(Row):
    """A key for the secrets of a village (none: the county), wrapped by the master key, which no database holds (R28).

    Only `core.keyring` reads and writes it. A destroyed one stays as a row without its key: what it had sealed is gone,
    and whoever reads it learns when.
    """

    village_id = models.UUIDField(null=True, blank=True)
    purpose = models.CharField(max_length=8, choices=KeyPurpose.choices)
    suite = models.CharField(max_length=1)  # of `core.ciphers`; a key is used with one suite all its life
    wrapped = models.CharField(max_length=160, blank=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    emptied_at = models.DateTimeField(null=True, blank=True)  # what could be moved to a newer key has been
    destroyed_at = models.DateTimeField(null=True, blank=True)
    destroyed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            # two processes that make a village's first key end up with one
            models.UniqueConstraint(
                fields=["village_id", "purpose"],
                condition=models.Q(retired_at__isnull=True),
                name="core_sealingkey_one_current",
            ),
            models.UniqueConstraint(
                fields=["purpose"],
                condition=models.Q(retired_at__isnull=True, village_id__isnull=True),
                name="core_sealingkey_one_current_no_village",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | models.Q(wrapped="", retired_at__isnull=False),
                name="core_sealingkey_destroyed_is_empty",
            ),
            at_most("wrapped", 160, "core_sealingkey_wrapped_length"),
        ]


class LoginSession(Row):
    """One browser in which somebody is logged in (or about to be): `core.sessions` writes it, the pages list it.

    `key` is the hash of what the cookie holds; `user_id` a plain id, for the ground floor knows no log-ins.
    """

    key = models.CharField(max_length=64, unique=True)
    user_id = models.UUIDField(null=True, blank=True)
    data = models.TextField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [at_most("key", 64, "core_loginsession_key_length")]
        indexes = [
            models.Index(fields=["user_id", "seen_at"], name="core_loginsession_user"),
            models.Index(fields=["ends_at"], name="core_loginsession_ends"),
        ]

    def is_over(self, now: datetime, idle: timedelta) -> bool:
        return now >= self.ends_at or (self.user_id is not None and now - self.seen_at >= idle)


class Lockout(Row):
    """Wrong tries at one thing since a person was last seen in the office (R47). At `guessing.MOST` it stays shut."""

    key = models.CharField(max_length=32, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [at_most("key", 32, "core_lockout_key_length")]
        indexes = [models.Index(fields=["at"], name="core_lockout_at")]
