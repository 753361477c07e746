"""What a person decides about the site itself."""

from django.urls import reverse

from tests.factories.stage import Stage
from tongxin.audit import actions as audit
from tongxin.core import clock, notes, site
from tongxin.core.models import OutboxItem

from . import ANYBODY, Press, nth, recipe


@recipe("core:live")
def _live(stage: Stage) -> Press:
    site.mark_restored(archive="tongxin-x.txb", picture_of=clock.now(), leaps=[])
    notes.forget()
    return Press(reverse("core:status"), reverse("core:live"), {"old_is_off": "1"}, {"old_is_off": "0"})


@recipe("core:aside")
def _aside(stage: Stage) -> Press:
    now = clock.now()
    OutboxItem(topic=f"test.{nth()}", put_at=now, due_at=now, state="parked", last_error="x").save(force_insert=True)
    return Press(reverse("core:status"), reverse("core:aside"), {"what": "drop"}, {"what": "again"}, holding="what")


@recipe("audit:anchor")
def _anchor(stage: Stage) -> Press:
    with audit.together():
        audit.record("test.more", by=stage.users["clerk"], about=stage.households[0])
    return Press(reverse("audit:looks"), reverse("audit:anchor"), other={"more": "x"})


@recipe("audit:paper")
def _paper(stage: Stage) -> Press:
    to = reverse("audit:paper")
    typed, other = {"characters": "2" * 12}, {"characters": "3" * 12}
    return Press(to, to, typed, other, who=ANYBODY, also=ANYBODY, changes=False)
