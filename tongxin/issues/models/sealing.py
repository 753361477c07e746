"""What keeps a teller unknown: the envelope; and how two bodies open it (R27)."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.bodies.models import Signed
from tongxin.core.crypto import EncryptedTextField
from tongxin.issues.models.matters import Issue, PartQuerySet
from tongxin.people.models import Household, Person
from tongxin.territory.models import VillageManager, VillageQuerySet, VillageRow


class Envelope(VillageRow):
    """Who told a sealed matter, as far as they said so. Two bodies open it together (R27)."""

    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="envelope")
    phone = EncryptedTextField(_("Telephone"), mask="phone", blank=True, default="")
    name = EncryptedTextField(_("Told by"), mask="name", blank=True, default="")
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = VillageManager.from_queryset(PartQuerySet)()


class Unsealing(Signed):
    """A request to open an envelope; whoever asks has thereby agreed for their own body. Never changed."""

    WINDOW = timedelta(hours=72)

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="unsealings", db_index=False)
    reason = models.TextField(_("Reason"))
    case_number = models.CharField(_("Case number"), max_length=40)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(case_number=""), name="issues_unsealing_says_why"
            )
        ]
        indexes = [
            models.Index(fields=["village", "issue", "at"], name="issues_unsealing_issue"),
            models.Index(fields=["village", "at"], name="issues_unsealing_at"),
        ]

    @property
    def ends_at(self) -> datetime:
        """The first moment at which nobody may agree or read any more."""
        return self.at + self.WINDOW

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at


class UnsealingEntry(Signed):
    """What became of a request: the second body's word, once; and every reading."""

    class Step(models.TextChoices):
        AGREE = "agree", _("Agreed")
        REFUSE = "refuse", _("Refused")
        READ = "read", _("Read")

    unsealing = models.ForeignKey(Unsealing, on_delete=models.PROTECT, related_name="entries", db_index=False)
    step = models.CharField(_("Step"), max_length=8, choices=Step.choices)
    note = models.TextField(_("Words"), blank=True)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        verbose_name_plural = "unsealing entries"
        constraints = [
            models.UniqueConstraint(
                fields=["village", "unsealing"],
                condition=models.Q(step__in=("agree", "refuse")),
                name="issues_unsealing_one_word",
            )
        ]
        indexes = [models.Index(fields=["village", "unsealing", "at"], name="issues_unsealing_story")]
