"""Body – post – appointment (C1–C5): who stands where, since when, until when."""

from datetime import date, datetime, timedelta
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.bodies.roles import Role
from tongxin.people.models import Person
from tongxin.territory.models import DatedQuerySet, Grid, VillageManager, VillageQuerySet, VillageRow


class BodyKind(models.TextChoices):
    PARTY_BRANCH = "party_branch", _("Party branch")
    PARTY_GROUP = "party_group", _("Grid Party group")
    COMMITTEE = "committee", _("Village committee")
    SUPERVISION = "supervision", _("Village affairs supervisory committee")
    UNION = "union", _("Trade union")
    YOUTH = "youth", _("Youth league branch")
    WOMEN = "women", _("Women's federation")
    COUNCIL = "council", _("Democratic consultation council")
    MEDIATION = "mediation", _("People's mediation committee")
    LAW_TEAM = "law_team", _("Team of law lecturers")
    LAW_SERVICE = "law_service", _("Public legal service studio")
    GRID_TEAM = "grid_team", _("Grid team")
    SERVICE = "service", _("Service posts")
    TOWNSHIP = "township", _("Township office")
    COUNTY = "county", _("County office")


class BodyQuerySet(DatedQuerySet["Body"]):
    pass


class Body(VillageRow):
    """A body of the village; bodies form a tree (branch → grid Party group)."""

    kind = models.CharField(_("Kind"), max_length=16, choices=BodyKind.choices)
    name = models.CharField(_("Name"), max_length=64)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="bodies")
    duty = models.CharField(_("What it does, in a sentence"), max_length=200, blank=True)
    opened_on = models.DateField(_("Since"))
    ended_on = models.DateField(_("Until"), null=True, blank=True)

    objects = VillageManager.from_queryset(BodyQuerySet)()

    class Meta:
        verbose_name_plural = "bodies"
        constraints = [
            models.UniqueConstraint(
                fields=["village", "name"], condition=models.Q(ended_on__isnull=True), name="bodies_body_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Post(VillageRow):
    """A post in a body; a matter is dispatched to a post, so that it stays when the holder changes."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("Title"), max_length=64)
    role = models.CharField(_("Role"), max_length=16, choices=Role.choices, default=Role.MEMBER)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="posts")
    seats = models.PositiveSmallIntegerField(_("Seats"), default=1)
    takes_matters = models.BooleanField(_("Matters can be dispatched to it"), default=False)
    # stand in for each other during a leave; always set on both sides (`actions.pair_posts`)
    partner = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    ended_on = models.DateField(_("Until"), null=True, blank=True)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "body", "title", "grid"], name="bodies_post_title"),
            models.CheckConstraint(condition=models.Q(seats__gte=1), name="bodies_post_seats"),
        ]

    def __str__(self) -> str:
        return self.title


class AppointmentQuerySet(VillageQuerySet["Appointment"]):
    def on(self, day: date) -> Self:
        return self.filter(models.Q(to_on__isnull=True) | models.Q(to_on__gt=day), from_on__lte=day)


class Appointment(VillageRow):
    """A person in a post from a day to a day. The telephone is the one for villagers and is public."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    from_on = models.DateField(_("From"))
    to_on = models.DateField(_("Until"), null=True, blank=True)
    ground = models.CharField(_("By what"), max_length=120, blank=True, help_text=_("elected, by-election, appointed"))
    phone = models.CharField(_("Telephone for villagers"), max_length=24, blank=True)
    away_from = models.DateField(_("On leave from"), null=True, blank=True)
    away_to = models.DateField(_("Back on"), null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_because = models.CharField(_("Why ended"), max_length=120, blank=True)

    objects = VillageManager.from_queryset(AppointmentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village", "post", "person"],
                condition=models.Q(to_on__isnull=True),
                name="bodies_appointment_once",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="bodies_appointment_dates",
            ),
        ]
        indexes = [models.Index(fields=["village", "person", "from_on"], name="bodies_appointment_person")]

    def is_away(self, day: date) -> bool:
        return bool(self.away_from and self.away_from <= day and (self.away_to is None or day < self.away_to))


class EmergencyQuerySet(VillageQuerySet["EmergencyAccess"]):
    def maybe_open(self, now: datetime) -> Self:
        """Those that can be open still; `is_open` knows the minute."""
        return self.filter(ended_at__isnull=True, given_at__gt=now - timedelta(hours=EmergencyAccess.MOST_HOURS))


class EmergencyAccess(VillageRow):
    """The post of somebody who cannot be reached, lent to a log-in for hours. Ends by itself; rows stay for ever."""

    MOST_HOURS = 24

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="emergencies")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="emergencies")
    hours = models.PositiveSmallIntegerField(_("For how many hours"), default=MOST_HOURS)
    because = models.CharField(_("What has happened"), max_length=200)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)  # by hand, or noted by the worker when the hours were over
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = VillageManager.from_queryset(EmergencyQuerySet)()

    class Meta:
        verbose_name_plural = "emergency accesses"
        constraints = [
            models.CheckConstraint(condition=models.Q(hours__range=(1, 24)), name="bodies_emergency_hours"),
            models.CheckConstraint(condition=~models.Q(because=""), name="bodies_emergency_because"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("given_at")),
                name="bodies_emergency_ends",
            ),
        ]
        indexes = [models.Index(fields=["village", "given_at"], name="bodies_emergency_given")]

    @property
    def until(self) -> datetime:
        """The first moment at which it is over, unless it was ended before."""
        return self.given_at + timedelta(hours=self.hours)

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.until


class Signed(VillageRow):
    """Somebody acts for a body, as they stood that day; a later hand-over does not rewrite it."""

    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_name = models.CharField(_("By whom"), max_length=64)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_post = models.CharField(_("In which post"), max_length=64)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+", db_index=False)
    by_body = models.CharField(_("For which body"), max_length=64)

    class Meta:
        abstract = True
