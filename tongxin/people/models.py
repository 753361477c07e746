"""Households, persons, who belongs where from when to when, and the card on the door."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.core.crypto import BlindIndexField, EncryptedTextField, last_four
from tongxin.territory.models import Grid, Group, VillageManager, VillageQuerySet, VillageRow


class HouseholdQuerySet(VillageQuerySet["Household"]):
    def on(self, day: date) -> Self:
        return self.filter(models.Q(closed_on__isnull=True) | models.Q(closed_on__gt=day), opened_on__lte=day)


class Household(VillageRow):
    """A household (户). It lies in exactly one group and one grid; `closed_on` is the first day it no longer exists."""

    number = models.CharField(_("Household number"), max_length=16)
    house_name = models.CharField(_("House name"), max_length=32, blank=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="households")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="households")
    opened_on = models.DateField(_("Registered on"))
    closed_on = models.DateField(_("Closed on"), null=True, blank=True)
    closed_because = models.CharField(_("Why closed"), max_length=120, blank=True)
    text_size = models.PositiveSmallIntegerField(_("Letter size"), default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VillageManager.from_queryset(HouseholdQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="people_household_number"),
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gte=models.F("opened_on")),
                name="people_household_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "grid", "number"], name="people_household_grid"),
            models.Index(fields=["village", "group", "number"], name="people_household_group"),
        ]

    def __str__(self) -> str:
        return self.house_name or self.number


class Sex(models.TextChoices):
    """GB/T 2261.1."""

    UNKNOWN = "0", _("Not known")
    MALE = "1", _("Male")
    FEMALE = "2", _("Female")


class PersonQuerySet(VillageQuerySet["Person"]):
    def alive(self, day: date) -> Self:
        return self.filter(models.Q(died_on__isnull=True) | models.Q(died_on__gt=day))


class Person(VillageRow):
    """Somebody the village knows: a resident by membership, or one who is none (a legal adviser, a town's officer)."""

    name = models.CharField(_("Name"), max_length=64)
    name_key = models.CharField(_("Name in pinyin, for sorting and search"), max_length=160, blank=True)
    name_initials = models.CharField(max_length=32, blank=True)
    sex = models.CharField(_("Sex"), max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_year = models.PositiveSmallIntegerField(_("Year of birth"), null=True, blank=True)
    born_on = models.DateField(_("Birthday"), null=True, blank=True)
    died_on = models.DateField(_("Died on"), null=True, blank=True)
    phone = EncryptedTextField(_("Telephone"), mask="phone", blank=True, default="")
    phone_index = BlindIndexField(of="phone", use="phone")
    phone_tail_index = BlindIndexField(of="phone", use="household-tail", part=last_four)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="persons")
    updated_at = models.DateTimeField(auto_now=True)

    objects = VillageManager.from_queryset(PersonQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village", "user"], condition=models.Q(user__isnull=False), name="people_person_one_login"
            ),
            models.CheckConstraint(
                condition=models.Q(birth_year__isnull=True) | models.Q(birth_year__range=(1890, 2100)),
                name="people_person_birth_year",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "name_key"], name="people_person_name"),
            models.Index(fields=["village", "phone_index"], name="people_person_phone"),
            models.Index(fields=["village", "phone_tail_index"], name="people_person_tail"),
        ]

    def __str__(self) -> str:
        return self.name


class Relation(models.TextChoices):
    """To the head of the household: GB/T 4761, the part that a first visit needs."""

    HEAD = "02", _("Head of the household")
    SPOUSE = "10", _("Spouse")
    SON = "20", _("Son")
    SON_IN_LAW = "28", _("Son-in-law")
    DAUGHTER = "30", _("Daughter")
    DAUGHTER_IN_LAW = "38", _("Daughter-in-law")
    GRANDCHILD = "40", _("Grandchild")
    PARENT = "50", _("Parent")
    GRANDPARENT = "60", _("Grandparent")
    SIBLING = "70", _("Brother or sister")
    OTHER = "97", _("Other relative")
    NOT_RELATED = "99", _("Not related")


class Residence(models.TextChoices):
    REGISTERED = "registered", _("Registered here")
    NEWCOMER = "newcomer", _("Lives here, registered elsewhere")


class MembershipQuerySet(VillageQuerySet["Membership"]):
    def on(self, day: date) -> Self:
        return self.filter(models.Q(to_on__isnull=True) | models.Q(to_on__gt=day), from_on__lte=day)

    def registered(self) -> Self:
        return self.filter(residence=Residence.REGISTERED)


class Membership(VillageRow):
    """A person in a household, from a day to a day (`to_on` is the first day outside)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(_("Relation to the head"), max_length=2, choices=Relation.choices)
    residence = models.CharField(_("Residence"), max_length=12, choices=Residence.choices, default=Residence.REGISTERED)
    is_away = models.BooleanField(_("Away"), default=False)
    from_on = models.DateField(_("From"))
    to_on = models.DateField(_("Until"), null=True, blank=True)
    left_because = models.CharField(_("Why left"), max_length=120, blank=True)

    objects = VillageManager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            # one person in one household roll, one head a household (domain.md 127)
            models.UniqueConstraint(
                fields=["village", "person"],
                condition=models.Q(to_on__isnull=True),
                name="people_membership_one_household",
            ),
            models.UniqueConstraint(
                fields=["village", "household"],
                condition=models.Q(to_on__isnull=True, relation="02"),
                name="people_membership_one_head",
            ),
            models.CheckConstraint(
                condition=models.Q(to_on__isnull=True) | models.Q(to_on__gte=models.F("from_on")),
                name="people_membership_dates",
            ),
        ]
        indexes = [
            models.Index(fields=["village", "household", "from_on"], name="people_membership_house"),
            models.Index(fields=["village", "residence", "from_on"], name="people_membership_resid"),
        ]


class CardTokenQuerySet(VillageQuerySet["CardToken"]):
    def valid(self) -> Self:
        return self.filter(revoked_on__isnull=True)


class CardToken(VillageRow):
    """What the QR code of a household card carries: a random token that tells a stranger nothing."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="cards")
    token = models.CharField(max_length=32)
    issued_on = models.DateField(_("Issued"))
    revoked_on = models.DateField(_("Revoked"), null=True, blank=True)
    reason = models.CharField(_("Why revoked"), max_length=120, blank=True)

    objects = VillageManager.from_queryset(CardTokenQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "token"], name="people_cardtoken_token"),
            models.UniqueConstraint(
                fields=["village", "household"],
                condition=models.Q(revoked_on__isnull=True),
                name="people_cardtoken_one_valid",
            ),
        ]


class HouseholdPin(VillageRow):
    """Six digits that the family has chosen; from then on they open its page and a telephone's last four do not.

    Each choice is a row with an id of its own: a phone that was let in before it is let in no more.
    """

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="pins")
    secret = EncryptedTextField(default="")  # Argon2 over the digits, sealed: a dump gives nothing to try a million on
    set_at = models.DateTimeField(_("Set"))

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "household"], name="people_householdpin_one")]


class RegisterEntry(VillageRow):
    """History of the register: what was entered or changed, old to new, by whom. Only ever added."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=64, blank=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="history")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="history")
    what = models.CharField(max_length=24)
    old = models.JSONField(default=dict, blank=True)
    new = models.JSONField(default=dict, blank=True)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["village", "household", "at"], name="people_register_house")]
