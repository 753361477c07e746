"""What keeps a teller unknown: the envelope."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.core.crypto import EncryptedTextField
from tongxin.issues.models.matters import Issue, PartQuerySet
from tongxin.people.models import Household, Person
from tongxin.territory.models import VillageManager, VillageRow


class Envelope(VillageRow):
    """Who told a sealed matter, as far as they said so. No page opens it."""

    issue = models.OneToOneField(Issue, on_delete=models.PROTECT, related_name="envelope")
    phone = EncryptedTextField(_("Telephone"), mask="phone", blank=True, default="")
    name = EncryptedTextField(_("Told by"), mask="name", blank=True, default="")
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = VillageManager.from_queryset(PartQuerySet)()
