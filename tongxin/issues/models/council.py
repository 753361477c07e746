"""What the council keeps beside the matters: who usually does what, and the sittings that looked at duty acts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.bodies.models import Post
from tongxin.issues.models.matters import Category, IssueEntry
from tongxin.territory.models import VillageManager, VillageQuerySet, VillageRow


class CategoryHandler(VillageRow):
    """Which post usually does what: 'the pipe is broken, whom do I call?' Without one: the place's grid worker."""

    category = models.CharField(max_length=12, choices=Category.choices)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(_("As people ask it"), max_length=40, blank=True)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "category"], name="issues_categoryhandler_once")]


class Sitting(VillageRow):
    """A meeting of the council that looked at what duty members had done since the last one."""

    held_on = models.DateField(_("Held on"))
    present = models.PositiveSmallIntegerField(_("Members present"))
    note = models.TextField(_("What was said"), blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        indexes = [models.Index(fields=["village", "held_on"], name="issues_sitting_held")]


class SittingItem(VillageRow):
    """A duty act that a sitting saw, once."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="items")
    entry = models.ForeignKey(IssueEntry, on_delete=models.PROTECT, related_name="+")

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "entry"], name="issues_sittingitem_once")]
