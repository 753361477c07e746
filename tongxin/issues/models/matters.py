"""A resident's difficulty, from the code to the answer (驿兴码; G2 of the model)."""

from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.bodies.models import Post
from tongxin.bodies.queries import Holdings, held
from tongxin.casework.models import Attachment, Case, Channel, Entry, StatusGroup
from tongxin.core.crypto import BlindIndexField, EncryptedTextField, last_four
from tongxin.people.models import Household, Person
from tongxin.territory import scope
from tongxin.territory.models import Grid, Group, Place, VillageManager, VillageQuerySet, VillageRow

P = TypeVar("P", bound=models.Model)


class Status(models.TextChoices):
    """Open ones wait for somebody; each settled one is an honest end of its own."""

    TOLD = "told", _("Received")
    TAKEN = "taken", _("Taken on")
    DISPATCHED = "dispatched", _("Being done")
    ANSWERED = "answered", _("Answered, waiting for a yes or no")
    APPEALED = "appealed", _("With the supervisors")
    SOLVED = "solved", _("Solved")
    NO_REPLY = "no_reply", _("Closed without a reply")
    DECLINED = "declined", _("Not for the village")
    REFERRED = "referred", _("Passed on")
    NOT_POSSIBLE = "not_possible", _("Cannot be done")
    MERGED = "merged", _("Merged")


GROUPS = {
    Status.TOLD: StatusGroup.OPEN,
    Status.TAKEN: StatusGroup.OPEN,
    Status.DISPATCHED: StatusGroup.OPEN,
    Status.ANSWERED: StatusGroup.OPEN,
    Status.APPEALED: StatusGroup.OPEN,
    Status.SOLVED: StatusGroup.SETTLED,
    Status.NO_REPLY: StatusGroup.SETTLED,
    Status.DECLINED: StatusGroup.SETTLED,
    Status.REFERRED: StatusGroup.SETTLED,
    Status.NOT_POSSIBLE: StatusGroup.SETTLED,
    Status.MERGED: StatusGroup.VOID,
}


class Category(models.TextChoices):
    ROAD = "road", _("Road")
    WATER = "water", _("Water")
    LIGHT = "light", _("Light and power")
    RUBBISH = "rubbish", _("Rubbish")
    NEIGHBOURS = "neighbours", _("Neighbours")
    LAND_MONEY = "land_money", _("Land and money")
    ELDERS = "elders", _("Old people")
    OTHER = "other", _("Something else")


class Kind(models.TextChoices):
    """What is wanted. The first three are the urgent, difficult, worrying and awaited matters (急难愁盼)."""

    HARD = "hard", _("Hard matter")
    VEXING = "vexing", _("Vexing matter")
    HELP = "help", _("Asks for help")
    SUGGESTION = "suggestion", _("Suggestion")
    COMPLAINT = "complaint", _("Complaint about an officer")


PRESSING = (Kind.HARD, Kind.VEXING, Kind.HELP)


class Route(models.TextChoices):
    """Who takes the order. A complaint never goes past the person complained about (R25)."""

    COUNCIL = "council", _("Consultation council")
    SUPERVISORS = "supervisors", _("Supervisors")
    TOWNSHIP = "township", _("Township")
    COUNTY = "county", _("County")


UPWARDS = (Route.SUPERVISORS, Route.TOWNSHIP, Route.COUNTY)  # where a complaint goes, one step after another


class IssueQuerySet(VillageQuerySet["Issue"]):
    def visible_to(self, user: object) -> Self:
        """The issues whose staff pages this user may open: lists, counts, search, tables and pages all start here.

        Which relation lets whom see stands in the matrix; of what is told about somebody, they see nothing (R25).
        """
        holdings = held(user, scope.one())
        here = self.of(scope.one())
        if not holdings:
            return here.none()
        return here.filter(_related(user, holdings)).exclude(_about(holdings))

    def open(self) -> Self:
        return self.filter(status_group=StatusGroup.OPEN)

    def settled(self) -> Self:
        return self.filter(status_group=StatusGroup.SETTLED)

    def solved(self) -> Self:
        """Done and confirmed by whoever told it; silence and merged children are not."""
        return self.filter(status=Status.SOLVED)

    def pressing(self) -> Self:
        return self.filter(kind__in=PRESSING)

    def shown_to_all(self) -> Self:
        """Answered matters that may stand in public: no complaint, nothing sealed, a title by the staff."""
        return self.filter(
            route=Route.COUNCIL,
            is_sealed=False,
            status__in=(Status.ANSWERED, Status.SOLVED, Status.NO_REPLY, Status.NOT_POSSIBLE),
            answered_at__isnull=False,
        ).exclude(title="")


def _where_given(field: str, *more: str, name: str) -> models.Index:
    """An index of the village's rows in which `field` is not null."""
    given = models.Q(**{f"{field}__isnull": False})
    return models.Index(fields=["village", field, *more], condition=given, name=name)


def _about(holdings: Holdings) -> models.Q:
    """Complaints that concern whoever holds these offices: by office today, or by the person of that day (R25)."""
    told = Recusal._base_manager.filter(issue=models.OuterRef("pk"))
    mine = told.filter(models.Q(person_id=holdings.person_id) | models.Q(post_id__in=holdings.posts))
    by_office = models.Q(about_post__in=holdings.posts)
    return by_office | models.Q(models.Q(about_post__isnull=False) & models.Exists(mine))


def _related(user: object, holdings: Holdings) -> models.Q:
    """The relations of the matrix's `issues.see` as conditions; those that let nobody like this user see are left out.

    `access.relations` says the same of one row.
    """
    council = models.Q(route=Route.COUNCIL)
    mine = models.Q(handler_post__in=holdings.hands)  # whatever the route: whoever dispatched it has chosen them
    conditions = {
        "council": council & ~models.Q(status=Status.APPEALED),
        "appealed": council & models.Q(status=Status.APPEALED),
        "complaint": models.Q(route=Route.SUPERVISORS),
        "complaint_up": models.Q(route=Route.TOWNSHIP),
        "complaint_county": models.Q(route=Route.COUNTY),
        "hand": mine,
        "partner": mine,
        "written": council & models.Q(recorded_by=user),
        "ground": council & models.Q(grid__in=holdings.grids, is_sealed=False),
    }
    opened = {relation for relation in conditions if holdings.may("issues.see", {relation})}
    if {"council", "appealed"} <= opened:  # whoever watches the council sees both: one plain condition, one index
        opened -= {"council", "appealed", "written", "ground"}
        found = council
    else:
        found = models.Q(pk__in=())
    for relation in sorted(opened):
        found |= conditions[relation]
    return found


class Issue(Case, VillageRow):
    """One matter that somebody told. Its story is in `IssueEntry`; here stands where it is now.

    `words` are the teller's and never leave the staff's and the teller's own page; `title` is the staff's, and public.
    """

    status = models.CharField(_("Status"), max_length=20, choices=Status.choices)
    number = models.CharField(_("Number"), max_length=16)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices, default=Kind.HARD)
    category = models.CharField(_("What it is about"), max_length=12, choices=Category.choices)
    route = models.CharField(_("Who takes it"), max_length=12, choices=Route.choices, default=Route.COUNCIL)
    words = models.TextField(_("Words"), blank=True)
    title = models.CharField(_("Title"), max_length=60, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    place_text = models.CharField(_("Where"), max_length=120, blank=True)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    is_urgent = models.BooleanField(_("Words of danger"), default=False)

    # who told it: opened by rights only
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="issues", db_index=False
    )
    told_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    told_by_name = EncryptedTextField(_("Told by"), mask="name", blank=True, default="")
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(_("Channel"), max_length=8, choices=Channel.choices)
    told_at = models.DateTimeField(_("Told"))
    phone = EncryptedTextField(_("Telephone"), mask="phone", blank=True, default="")
    phone_tail_index = BlindIndexField(of="phone", use="issue-tail", part=last_four)
    receipt_index = models.CharField(max_length=32, blank=True, editable=False)
    is_sealed = models.BooleanField(_("The teller wants to stay unknown"), default=False)
    about_post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    # whose turn it is, by when
    handler_post = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="issues", db_index=False
    )
    take_by = models.DateTimeField(_("To be taken on by"))
    reply_by = models.DateField(_("First answer by"))
    due_on = models.DateField(_("Due"))

    # the answer and the end
    reply = models.TextField(_("Answer"), blank=True)
    answered_at = models.DateTimeField(_("Answered"), null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(_("Times reopened"), default=0)
    settled_at = models.DateTimeField(_("Settled"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True)
    where_to = models.CharField(_("Where to go"), max_length=120, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

    objects = VillageManager.from_queryset(IssueQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "number"], name="issues_issue_number"),
            # who and when are set together or not at all
            models.CheckConstraint(
                condition=models.Q(status_group=StatusGroup.OPEN, settled_at__isnull=True)
                | (~models.Q(status_group=StatusGroup.OPEN) & models.Q(settled_at__isnull=False)),
                name="issues_issue_settled_at",
            ),
            models.CheckConstraint(
                condition=models.Q(status=Status.MERGED, merged_into__isnull=False)
                | (~models.Q(status=Status.MERGED) & models.Q(merged_into__isnull=True)),
                name="issues_issue_merged_into",
            ),
            # an answer without words closes nothing (domain.md 118)
            models.CheckConstraint(
                condition=~models.Q(status__in=(Status.ANSWERED, Status.SOLVED, Status.NO_REPLY))
                | (~models.Q(reply="") & models.Q(answered_at__isnull=False)),
                name="issues_issue_answer_has_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=(Status.DECLINED, Status.REFERRED))
                | (~models.Q(reason="") & ~models.Q(where_to="")),
                name="issues_issue_says_where_to",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.NOT_POSSIBLE) | ~models.Q(reason=""),
                name="issues_issue_says_why_not",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.DISPATCHED) | models.Q(handler_post__isnull=False),
                name="issues_issue_has_handler",
            ),
            models.CheckConstraint(
                condition=models.Q(about_post__isnull=True) | ~models.Q(route=Route.COUNCIL),
                name="issues_issue_complaint_not_to_council",
            ),
            # of a sealed matter the row itself knows nobody; who told it lies in its envelope (R27)
            models.CheckConstraint(
                condition=models.Q(is_sealed=False)
                | models.Q(
                    phone="", phone_tail_index="", told_by_name="", told_by__isnull=True, household__isnull=True
                ),
                name="issues_issue_sealed_names_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(about_post__isnull=True) | models.Q(is_sealed=True),
                name="issues_issue_complaint_is_sealed",
            ),
            models.UniqueConstraint(
                fields=["village", "receipt_index"],
                condition=~models.Q(receipt_index=""),
                name="issues_issue_receipt_once",
            ),
        ]
        # what most matters do not have is indexed only where it is: telling one writes six indexes, not eighteen
        indexes = [
            models.Index(fields=["village", "status_group", "route", "due_on", "id"], name="issues_issue_inbox"),
            _where_given("handler_post", "status_group", "due_on", name="issues_issue_handler"),
            _where_given("place", "status_group", name="issues_issue_place"),
            _where_given("grid", "status_group", name="issues_issue_grid"),
            _where_given("household", name="issues_issue_household"),
            _where_given("told_by", name="issues_issue_teller"),
            _where_given("recorded_by", "told_at", name="issues_issue_recorder"),
            _where_given("merged_into", name="issues_issue_children"),
            _where_given("answered_at", "status", name="issues_issue_answered"),
            models.Index(fields=["village", "category", "status_group", "told_at"], name="issues_issue_category"),
            models.Index(fields=["village", "phone_tail_index"], name="issues_issue_tail"),
            models.Index(fields=["village", "told_at"], name="issues_issue_told"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status_group == StatusGroup.OPEN


class PartQuerySet(VillageQuerySet[P]):
    """What hangs on an issue is seen by whoever sees the issue."""

    def visible_to(self, user: object) -> Self:
        return self.of(scope.one()).filter(issue__in=Issue.objects.visible_to(user).values("pk"))


class IssueEntry(Entry, VillageRow):
    """The story of an issue, a line a step."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="entries", db_index=False)

    objects = VillageManager.from_queryset(PartQuerySet)()

    class Meta:
        verbose_name_plural = "issue entries"
        indexes = [
            models.Index(fields=["village", "issue", "at"], name="issues_entry_story"),
            models.Index(fields=["village", "step", "at"], name="issues_entry_step"),
        ]


class IssueFile(Attachment, VillageRow):
    """A photo or voice memo, told with the matter or answered with."""

    class Purpose(models.TextChoices):
        TOLD = "told", _("Told with it")
        RESULT = "result", _("The result")

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="files", db_index=False)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)

    objects = VillageManager.from_queryset(PartQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "stem"], name="issues_file_stem")]
        indexes = [models.Index(fields=["village", "issue", "purpose"], name="issues_file_issue")]


class Voice(VillageRow):
    """Somebody who says 'me too' to an open issue: heard, counted, told the answer; never a second case."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="voices")
    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    phone = EncryptedTextField(mask="phone", blank=True, default="")
    phone_tail_index = BlindIndexField(of="phone", use="issue-tail", part=last_four)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = VillageManager.from_queryset(PartQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["village", "issue", "at"], name="issues_voice_issue")]


class RecusedBecause(models.TextChoices):
    OFFICE = "office", _("Holds the office, or held it within a year")
    KIN = "kin", _("Of the same household, now or before")


class Recusal(VillageRow):
    """A person who may not see this issue: it is about them, by the office they held when it was told, or about their
    kin (R25). It holds in every office they have or will have.
    """

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="recusals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(_("Why"), max_length=8, choices=RecusedBecause.choices, default=RecusedBecause.OFFICE)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = VillageManager.from_queryset(PartQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "issue", "person"], name="issues_recusal_once")]
        indexes = [models.Index(fields=["village", "person", "issue"], name="issues_recusal_person")]
