"""Divisions, villages, groups, grids, places and the codes on them."""

from datetime import date
from typing import ClassVar, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.core import access, matrix
from tongxin.core.models import Row
from tongxin.territory import scope

M = TypeVar("M", bound=models.Model)


class Level(models.IntegerChoices):
    """Levels of GB/T 2260 and GB/T 10114, and the villager group below them."""

    PROVINCE = 1, _("Province")
    CITY = 2, _("City")
    COUNTY = 3, _("County")
    TOWN = 4, _("Township")
    VILLAGE = 5, _("Village")
    GROUP = 6, _("Villager group")


class Division(Row):
    """A place in the state's tree. Codes change with the years; the id does not (rows hold the id)."""

    code = models.CharField(_("Official code"), max_length=15)
    name = models.CharField(_("Name"), max_length=64)
    level = models.PositiveSmallIntegerField(_("Level"), choices=Level.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="territory_division_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Village(Row):
    """A village that this deployment serves, with its own clocks. Each limit is a setting of the village."""

    slug = models.SlugField(_("Short name in addresses"), max_length=32, unique=True)
    name = models.CharField(_("Name"), max_length=64)
    division = models.OneToOneField(Division, on_delete=models.PROTECT, related_name="village")
    phone = models.CharField(_("Telephone"), max_length=24)
    office_hours = models.CharField(_("Office hours"), max_length=120, blank=True)
    host = models.CharField(_("Own host name"), max_length=120, blank=True)
    zone = models.CharField(_("Time zone"), max_length=40, default="Asia/Shanghai")
    is_demo = models.BooleanField(_("Synthetic data"), default=False)
    place_word = models.CharField(_("What a villager group is called here"), max_length=8, blank=True)
    # the clocks of the main job; `domain.md` 11.3 calls them local, so they are settings with these defaults
    take_hours = models.PositiveSmallIntegerField(_("Hours until a matter is taken on"), default=24)
    reply_workdays = models.PositiveSmallIntegerField(_("Working days until the first answer"), default=3)
    finish_days = models.PositiveSmallIntegerField(_("Days until a matter is finished"), default=15)
    silence_days = models.PositiveSmallIntegerField(_("Days of silence after which a matter is closed"), default=7)

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def tel(self) -> str:
        return "".join(ch for ch in self.phone if ch.isdigit() or ch == "+")


class VillageQuerySet(models.QuerySet[M]):
    def of(self, village: "Village | UUID") -> Self:
        return self.filter(village_id=village.pk if isinstance(village, Village) else village)

    def visible_to(self, user: object) -> Self:
        """The rows of the village at hand, for whoever sees such things there ([thing] of the matrix); else none.

        Every view that fetches by what an address or a form says begins here, so that the invisible is a 404.
        """
        things, here = matrix.whole().things, scope.one()
        right = things.get(str(self.model._meta.model_name), things["row"])
        return self.of(here) if access.holds(user, here, *right.roles) else self.none()


class VillageManager(models.Manager[M]):
    """The only door to a village's table: filtered by the active scope, refused without one."""

    def get_queryset(self) -> models.QuerySet[M]:
        rows = super().get_queryset()
        active = scope.active()
        if active is None:
            raise scope.NoScope(f"{self.model.__name__} was asked outside a village's scope")
        return rows if active is scope.EVERYTHING else rows.filter(village_id=active)


class VillageRow(Row):
    """A row that belongs to a village, for ever. Indexes and unique constraints begin with the village."""

    village = models.ForeignKey(Village, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class DatedQuerySet(VillageQuerySet[M]):
    """For rows with a first and a last day: `to` is the first day on which the row no longer holds."""

    FROM: ClassVar[str] = "opened_on"
    TO: ClassVar[str] = "ended_on"

    def on(self, day: date) -> Self:
        return self.filter(
            models.Q(**{f"{self.TO}__isnull": True}) | models.Q(**{f"{self.TO}__gt": day}), **{f"{self.FROM}__lte": day}
        )


class GroupQuerySet(DatedQuerySet["Group"]):
    pass


class Group(VillageRow):
    """A villager group (村民小组; 社 in parts of Dingxi)."""

    name = models.CharField(_("Name"), max_length=32)
    number = models.PositiveSmallIntegerField(_("Number"))
    code = models.CharField(_("Code"), max_length=15, blank=True)
    opened_on = models.DateField(_("Since"))
    ended_on = models.DateField(_("Until"), null=True, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = VillageManager.from_queryset(GroupQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "number", "opened_on"], name="territory_group_number")
        ]

    def __str__(self) -> str:
        return self.name


class GridQuerySet(DatedQuerySet["Grid"]):
    pass


class Grid(VillageRow):
    """A grid: the ground that one grid worker answers for. Code: 12 digits of the village and 3 of the grid."""

    name = models.CharField(_("Name"), max_length=32)
    number = models.PositiveSmallIntegerField(_("Number"))
    code = models.CharField(_("Code"), max_length=15)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="grids")
    extent = models.CharField(_("From where to where"), max_length=120, blank=True)
    opened_on = models.DateField(_("Since"))
    ended_on = models.DateField(_("Until"), null=True, blank=True)

    objects = VillageManager.from_queryset(GridQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "code"], name="territory_grid_code")]

    def __str__(self) -> str:
        return self.name


class PlaceKind(models.TextChoices):
    SPOT = "spot", _("Place with a code")
    SERVICE_CENTRE = "centre", _("Party-masses service centre")
    LAW_ROOM = "law_room", _("Public legal service room")
    CULTURE_WALL = "wall", _("Culture wall")
    CULTURE_SQUARE = "square", _("Party culture square")
    ROOM = "room", _("Room")


class PlaceQuerySet(DatedQuerySet["Place"]):
    pass


class Place(VillageRow):
    """A place that people know by name. A wall has a length in metres."""

    kind = models.CharField(_("Kind"), max_length=12, choices=PlaceKind.choices, default=PlaceKind.SPOT)
    name = models.CharField(_("Name"), max_length=64)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="places")
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="places")
    length_m = models.DecimalField(_("Length in metres"), max_digits=7, decimal_places=1, null=True, blank=True)
    functions = models.CharField(_("What it is used for"), max_length=200, blank=True)
    opened_on = models.DateField(_("In use since"))
    ended_on = models.DateField(_("In use until"), null=True, blank=True)

    objects = VillageManager.from_queryset(PlaceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village", "name"], condition=models.Q(ended_on__isnull=True), name="territory_place_name"
            ),
            models.CheckConstraint(
                condition=models.Q(length_m__isnull=True) | models.Q(length_m__gt=0), name="territory_place_length"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceCodeQuerySet(VillageQuerySet["PlaceCode"]):
    def valid(self) -> Self:
        return self.filter(revoked_on__isnull=True)


class PlaceCode(VillageRow):
    """The Yixing code (驿兴码) on a poster: six symbols and two check symbols. It names a place, never a person."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(_("Code"), max_length=12)
    issued_on = models.DateField(_("Issued"))
    revoked_on = models.DateField(_("Revoked"), null=True, blank=True)
    reason = models.CharField(_("Why revoked"), max_length=120, blank=True)

    objects = VillageManager.from_queryset(PlaceCodeQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "code"], name="territory_placecode_code"),
            models.UniqueConstraint(
                fields=["village", "place"],
                condition=models.Q(revoked_on__isnull=True),
                name="territory_placecode_one_valid",
            ),
        ]

    def __str__(self) -> str:
        return self.code
