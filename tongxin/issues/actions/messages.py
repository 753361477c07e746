"""What goes out after a step, by the worker. A message holds a number and no words; sealed matters send none."""

from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from tongxin.bodies import queries as bodies
from tongxin.casework.actors import Calendar
from tongxin.core import clock, crypto, messages
from tongxin.issues import wording
from tongxin.issues.actions.verdict import lapse_silent
from tongxin.issues.models import Issue, Route, Voice
from tongxin.territory import queries as territory
from tongxin.territory import scope


def _issue(payload: dict[str, Any]) -> Issue | None:
    if not messages.is_on():
        return None
    issue = Issue._base_manager.select_related("village").filter(pk=payload["issue"]).first()
    return None if issue is None or issue.is_sealed or issue.route != Route.COUNCIL else issue


def _number(secret: crypto.Secret) -> str:
    """To send to; "" when it was erased. One that does not open for want of a key is tried again later."""
    try:
        return secret.in_clear()
    except crypto.Erased:
        return ""


def tell_number(payload: dict[str, Any]) -> None:
    """To the teller: we have it, this is the number."""
    issue = _issue(payload)
    if issue is None:
        return
    with translation.override(wording.LANGUAGE):
        text = _("%(village)s: we have it. Your number is %(number)s.") % {
            "village": issue.village.name,
            "number": issue.number,
        }
    messages.hand_over(_number(issue.phone), text, f"number-{issue.pk}")


def tell_handler(payload: dict[str, Any]) -> None:
    """To whoever holds the post: a matter is yours, by this day."""
    issue = _issue(payload)
    if issue is None or issue.handler_post_id is None:
        return
    with scope.village(issue.village_id), translation.override(wording.LANGUAGE):
        text = _("%(number)s is yours, to be answered by %(day)s.") % {
            "number": issue.number,
            "day": wording.spoken_day(issue.due_on),
        }
        for holder in bodies.holders([issue.handler_post_id], clock.today(issue.village.tz))[issue.handler_post_id]:
            messages.hand_over(holder.phone, text, f"task-{payload['entry']}-{holder.pk}")


def tell_tellers(payload: dict[str, Any]) -> None:
    """To everybody who told it: there is an answer; is it done?"""
    issue = _issue(payload)
    if issue is None:
        return
    phones: dict[UUID, str] = {issue.pk: _number(issue.phone)}
    phones.update(
        (row.pk, _number(row.phone)) for row in Issue._base_manager.filter(merged_into=issue, is_sealed=False)
    )
    phones.update((row.pk, _number(row.phone)) for row in Voice._base_manager.filter(issue=issue))
    with translation.override(wording.LANGUAGE):
        text = _("%(village)s: there is an answer to %(number)s. Please say whether it is done.") % {
            "village": issue.village.name,
            "number": issue.number,
        }
    for pk, phone in phones.items():
        messages.hand_over(phone, text, f"answer-{payload['entry']}-{pk}")


def lapse_everywhere() -> None:
    """Every morning: what has been silent for the village's number of days is closed as 'no reply'."""
    for village in territory.villages():
        with scope.village(village.pk):  # each closing commits by itself: nobody waits at the head of the chain
            lapse_silent(village, by=Calendar("issues.lapse"))
