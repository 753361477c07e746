"""What a post lets its holder be. Rights ask for roles; roles follow from today's appointments and end with them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.core import matrix


class Role(models.TextChoices):
    """Each with its name; `MEANS` says in a sentence what it is."""

    SECRETARY = "secretary", _("Village secretary or director")
    CLERK = "clerk", _("Village clerk")
    COMMITTEE = "committee", _("Committee member")
    COUNCIL = "council", _("Member of the consultation council")
    SUPERVISOR = "supervisor", _("Supervisor")
    GRID_WORKER = "grid_worker", _("Grid worker")
    HELPER = "helper", _("Holder of a service post")
    PARTY_GROUP = "party_group", _("Leader of a grid Party group")
    PARTY_HOUSEHOLD = "party_household", _("Party-member household")
    MEDIATOR = "mediator", _("People's mediator")
    LEGAL_ADVISER = "legal_adviser", _("Legal adviser")
    ACCOUNTANT = "accountant", _("Accountant")
    TOWNSHIP = "township", _("Township officer")
    COUNTY = "county", _("County officer")
    MEMBER = "member", _("Member")


MEANS = {
    Role.SECRETARY: _("Leads the village; sees every matter that goes to the council; keeps the register."),
    Role.CLERK: _("Works the inbox, keeps the register, prints cards and posters."),
    Role.COMMITTEE: _("Sees the inbox and the register; holds matters that are dispatched to the post."),
    Role.COUNCIL: _("Takes the orders: accepts, merges, declines, refers, dispatches."),
    Role.SUPERVISOR: _(
        "Sees all village matters, changes none; takes complaints about officers and second reopenings."
    ),
    Role.GRID_WORKER: _("Answers for a grid: reports for others, fulfils what is dispatched, knows the households."),
    Role.HELPER: _("Fulfils what is dispatched to the post."),
    Role.PARTY_GROUP: _("Leads the Party group of a grid."),
    Role.PARTY_HOUSEHOLD: _("The Party member whom neighbours can knock at."),
    Role.MEDIATOR: _("Mediates disputes."),
    Role.LEGAL_ADVISER: _("Advises the village on the law."),
    Role.ACCOUNTANT: _("Keeps the books."),
    Role.TOWNSHIP: _("The township's officer for this village; takes complaints about supervisors."),
    Role.COUNTY: _("Takes complaints that nobody in village and township may open; sees nothing else."),
    Role.MEMBER: _("Belongs to a body, without further rights."),
}

# who gets staff pages at all; the others hold a post without work in the system
STAFF = frozenset(Role(role) for role in matrix.roles("staff"))
