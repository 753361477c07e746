"""What every case shares: status and group, timeline, files. Concrete tables add the village and the case."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.core.models import Row


class StatusGroup(models.TextChoices):
    """Lists ask for the group and never enumerate statuses."""

    OPEN = "open", _("Open")
    SETTLED = "settled", _("Settled")
    VOID = "void", _("Void")


class Channel(models.TextChoices):
    """How a word reached us."""

    CODE = "code", _("Scanned a code")
    PAGE = "page", _("On the page")
    PHONE = "phone", _("By telephone")
    DOOR = "door", _("At the door")
    DESK = "desk", _("At the desk")
    PAPER = "paper", _("On a paper slip")
    STAFF = "staff", _("Staff page")
    CLOCK = "clock", _("By the calendar")


class Case(Row):
    """A matter with a status. `status_group` moves in the same update as `status` (the machine sees to it)."""

    status = models.CharField(_("Status"), max_length=20)
    status_group = models.CharField(_("Status group"), max_length=8, choices=StatusGroup.choices)

    class Meta:
        abstract = True


class Entry(Row):
    """One line of a timeline: who did what, when, for whom. Only ever added.

    `by_name` and `by_post` are kept as they were that day; a later hand-over does not rewrite history.
    """

    at = models.DateTimeField(_("When"))
    step = models.CharField(_("Step"), max_length=24)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    by_name = models.CharField(_("By whom"), max_length=64, blank=True)
    by_post = models.CharField(_("In which post"), max_length=64, blank=True)
    channel = models.CharField(_("Channel"), max_length=8, choices=Channel.choices, default=Channel.STAFF)
    note = models.TextField(_("Words"), blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class FileState(models.TextChoices):
    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    REFUSED = "refused", _("Could not be read")


class FileKind(models.TextChoices):
    PHOTO = "photo", _("Photo")
    SOUND = "sound", _("Voice memo")


class Attachment(Row):
    """A photo or a voice memo. The upload lies in the spool until it has been redrawn; it is never shown itself."""

    kind = models.CharField(max_length=8, choices=FileKind.choices)
    state = models.CharField(max_length=8, choices=FileState.choices, default=FileState.WAITING)
    stem = models.CharField(max_length=40, help_text="random name, without an ending")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    added_at = models.DateTimeField()

    class Meta:
        abstract = True
