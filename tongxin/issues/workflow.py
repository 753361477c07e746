"""The main job as a table to read aloud. `docs/workflows.md` is drawn from it."""

from django.utils.translation import gettext_lazy as _

from tongxin.bodies.queries import signature
from tongxin.casework.workflow import Step, Workflow
from tongxin.issues import access
from tongxin.issues.models import GROUPS, Issue, IssueEntry
from tongxin.issues.models import Status as S

OPEN = (S.TOLD, S.TAKEN, S.DISPATCHED, S.ANSWERED, S.APPEALED)

ISSUE = Workflow(
    Issue,
    IssueEntry,
    "issue",
    S.TOLD,
    GROUPS,
    [
        #    step         from                                    to              label                        who
        Step("accept", (S.TOLD,), S.TAKEN, _("Take it on"), access.can_accept),
        Step("dispatch", (S.TAKEN, S.DISPATCHED, S.APPEALED), S.DISPATCHED, _("Dispatch"), access.can_dispatch),
        Step("hand_back", (S.DISPATCHED,), S.TAKEN, _("I cannot do this"), access.can_hand_back),
        Step("answer", (S.DISPATCHED,), S.ANSWERED, _("Answer"), access.can_answer),
        Step("confirm", (S.ANSWERED,), S.SOLVED, _("It is done"), access.can_confirm),
        Step("reopen", (S.ANSWERED,), S.DISPATCHED, _("Not yet"), access.can_reopen),
        Step("appeal", (S.ANSWERED,), S.APPEALED, _("Not yet, for the second time"), access.can_reopen),
        Step("lapse", (S.ANSWERED,), S.NO_REPLY, _("Close for lack of a reply"), access.can_lapse),
        Step("decline", (S.TOLD, S.TAKEN), S.DECLINED, _("Not for the village"), access.can_decline),
        Step("refer", (S.TOLD, S.TAKEN, S.APPEALED), S.REFERRED, _("Pass on"), access.can_dispatch),
        Step("give_up", (S.TAKEN, S.APPEALED), S.NOT_POSSIBLE, _("Cannot be done"), access.can_give_up),
        Step("merge", (S.TOLD, S.TAKEN), S.MERGED, _("Merge into another"), access.can_merge),
        Step("note", (S.TAKEN, S.DISPATCHED, S.APPEALED), None, _("Write what happened"), access.can_note),
        Step("add", OPEN, None, _("Say more"), access.can_add),
        Step("pass_up", OPEN, None, _("Goes one step up"), access.can_pass_up),
        Step("reclassify", (S.TOLD, S.TAKEN), None, _("Change what it is about"), access.can_reclassify),
    ],
    signature,
)
