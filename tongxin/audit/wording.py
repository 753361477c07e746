"""What an act of the chain and a fault of it are called on a page."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from tongxin.audit.queries import Look
from tongxin.audit.verifier import Fault


def lines(looks: Sequence[Look]) -> list[Look]:
    """With the act in words."""
    said = {
        "issues.reveal": _("Who told a matter, and their telephone"),
        "issues.read_sealed": _("A sealed matter"),
        "issues.unseal_read": _("Who told a sealed matter, opened by two offices"),
        "exports.take": _("A list of many persons, agreed to by two bodies"),
        "people.reveal": _("A household's telephones"),
        "audit.too_many": _("Refused: too many in one day"),
    }
    return [replace(look, act=said.get(look.act, look.act)) for look in looks]


def faults(found: Sequence[Fault]) -> list[str]:
    """What the walk found, for whoever reads it on the desk."""
    said = {
        "missing": _("Rows %(seq)d to %(last)d are missing."),
        "order": _("Row %(seq)d is not in its place."),
        "foreign": _("Row %(seq)d belongs to another village."),
        "link": _("Row %(seq)d does not follow the one before it."),
        "changed": _("Row %(seq)d was changed."),
        "paper": _("Row %(seq)d is not the one that was printed."),
        "unmet": _("Row %(seq)d was printed and is not here."),
        "unsealed": _("Row %(seq)d begins anew without a seal."),
        "head": _("The head that was kept is not that of row %(seq)d."),
        "nonsense": _("Row %(seq)d cannot be read."),
    }
    return [said[fault.kind] % {"seq": fault.seq, "last": fault.last} for fault in found]
