"""Who told a matter, as the office sees it: masked until somebody says what for."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.audit.models import Why
from tongxin.casework.models import Channel
from tongxin.core import masking
from tongxin.issues import access, queries
from tongxin.issues.actions.looking import ToldBy
from tongxin.issues.models import Issue
from tongxin.issues.views.working import StaffRequest
from tongxin.people import access as people


@dataclass(frozen=True)
class Contact:
    """Name and telephone: masked, and of a sealed matter not even that, until they are `is_shown`."""

    name: str = ""
    phone: str = ""
    trouble: str = ""  # why the telephone cannot be read
    url: str = ""  # the household's page, for whoever may read the register
    is_sealed: bool = False
    is_shown: bool = False
    reasons: list[tuple[str, str]] = field(default_factory=Why.given)

    @property
    def can_open(self) -> bool:
        """Something is hidden that could be opened."""
        return not self.is_shown and bool(self.is_sealed or self.name or (self.phone and not self.trouble))


def contact(request: StaffRequest, issue: Issue, *, shown: ToldBy | None) -> Contact | None:
    """None for whom it is not."""
    if not access.can_see_contact(request.user, issue):
        return None
    if shown is None and issue.is_sealed:
        return Contact(is_sealed=True)
    trouble = issue.phone.trouble
    if shown is None:
        return Contact(_masked_name(issue), str(issue.phone), trouble)
    url = ""
    if issue.household_id and people.can_read_register(request.user, issue.village_id):
        url = reverse("people:household", args=[issue.household_id])
    name = shown.name or str(issue.told_by_name) or (str(issue.household) if issue.household else "")
    return Contact(name, shown.phone or str(issue.phone), trouble, url, issue.is_sealed, is_shown=True)


def _masked_name(issue: Issue) -> str:
    if issue.told_by is not None:
        return masking.name(issue.told_by.name)
    return str(issue.told_by_name) or (masking.name(str(issue.household)) if issue.household else "")


def told(issue: Issue, known: Contact | None) -> list[str]:
    """Who told it, how, and how many more said the same: sentences that name nobody unless the contact does."""
    who = _("A villager")
    if known is not None and known.name:
        who = known.name
    elif not issue.is_sealed and issue.group:
        who = _("Somebody of %(group)s") % {"group": issue.group.name}
    how = {
        Channel.CODE: _("%(who)s scanned the code and told it."),
        Channel.PAGE: _("%(who)s told it on the page."),
        Channel.PHONE: _("%(who)s told it by telephone."),
        Channel.DOOR: _("%(who)s told it at the door."),
        Channel.DESK: _("%(who)s told it at the desk."),
        Channel.PAPER: _("%(who)s wrote it on paper."),
    }
    said = [how.get(Channel(issue.channel), how[Channel.PAGE]) % {"who": who}]
    if issue.recorded_by is not None:
        said.append(_("%(name)s wrote it down.") % {"name": issue.recorded_by.name})
    if issue.phone and not issue.is_sealed:
        said.append(_("A telephone number is there."))
    if others := queries.others_count(issue):
        said.append(ngettext("%(n)d more said the same.", "%(n)d more said the same.", others) % {"n": others})
    return said
