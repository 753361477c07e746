"""A list of many persons that somebody wants to take out, and what two bodies said to it (R20)."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.bodies.models import Signed
from tongxin.territory.models import VillageManager, VillageQuerySet


class Export(Signed):
    """A request to take a list out; whoever asks has thereby agreed for their own body. Never changed."""

    WAITS = timedelta(hours=72)  # for the second body's word

    title = models.CharField(_("What it is called"), max_length=120)
    persons = models.PositiveIntegerField(_("How many persons it names"))
    method = models.CharField(max_length=4)  # how its own page is asked for it: GET, or POST for cards
    path = models.CharField(max_length=200)
    query = models.TextField(blank=True)
    reason = models.TextField(_("Reason"))
    ends_at = models.DateTimeField(_("Waits until"))

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & models.Q(persons__gt=0) & models.Q(ends_at__gt=models.F("at")),
                name="exports_export_says_why",
            )
        ]
        indexes = [models.Index(fields=["village", "at"], name="exports_export_at")]


class ExportEntry(Signed):
    """What became of a request: the second body's word, once; and that it was taken, once."""

    class Step(models.TextChoices):
        AGREE = "agree", _("Agreed")
        REFUSE = "refuse", _("Refused")
        TAKE = "take", _("Taken")

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="entries", db_index=False)
    step = models.CharField(_("Step"), max_length=8, choices=Step.choices)
    note = models.TextField(_("Words"), blank=True)
    ends_at = models.DateTimeField(_("May be taken until"), null=True, blank=True)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        verbose_name_plural = "export entries"
        constraints = [
            models.UniqueConstraint(
                fields=["village", "export"],
                condition=models.Q(step__in=("agree", "refuse")),
                name="exports_entry_one_word",
            ),
            models.UniqueConstraint(
                fields=["village", "export"], condition=models.Q(step="take"), name="exports_entry_taken_once"
            ),
            models.CheckConstraint(
                condition=models.Q(step="agree", ends_at__isnull=False)
                | (~models.Q(step="agree") & models.Q(ends_at__isnull=True)),
                name="exports_entry_ends",
            ),
        ]
        indexes = [models.Index(fields=["village", "export", "at"], name="exports_entry_story")]
