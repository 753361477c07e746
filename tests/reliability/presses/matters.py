"""What residents say, and what the desk does with it."""

from typing import Any

from django.urls import reverse

from tests.factories import envelopes
from tests.factories import stage as stages
from tests.factories.stage import TAIL, Stage
from tongxin.core import clock
from tongxin.issues import actions
from tongxin.issues.models import CategoryHandler, IssueEntry

from . import ANYBODY, PIN, WORKER, Press, nth, recipe
from .registers import code


# --- residents --------------------------------------------------------------------------------------------------------
def said() -> dict[str, Any]:
    return {"category": "road", "words": f"第{nth()}回塌了", "phone": "13822220007"}


@recipe("issues:say_new")
def _say_new(stage: Stage) -> Press:
    to = reverse("issues:say_new")
    return Press(to, to, said(), {"words": f"第{nth()}道渠裂了"}, who=ANYBODY, also=ANYBODY, holding="words")


@recipe("issues:feedback")
def _feedback(stage: Stage) -> Press:
    to = reverse("issues:feedback")
    return Press(to, to, {"words": f"字太小{nth()}"}, {"words": f"字太大{nth()}"}, who=ANYBODY, also=ANYBODY)


@recipe("issues:say_join")
def _say_join(stage: Stage) -> Press:
    at = code(stage)
    issue = stages.told(stage, f"join-{nth()}", place=at.place)
    page, to = f"{reverse('issues:say_new')}?place={at.place_id}", reverse("issues:say_join", args=[issue.number])
    return Press(page, to, {"phone": "13822220066"}, {"phone": "13822220077"}, who=ANYBODY, also=ANYBODY)


@recipe("issues:say_confirm")
def _say_confirm(stage: Stage) -> Press:
    """The family's telephone says yes to an answer."""
    issue = stages.answered(stage, f"confirm-{nth()}", household=stage.households[0], phone=f"1381111{TAIL}")
    page, to = (reverse(f"issues:say_{name}", args=[issue.number]) for name in ("status", "confirm"))
    typed = {"answer": "yes", "note": "好了"}
    return Press(page, to, typed, {"note": "还行"}, who=ANYBODY, also=ANYBODY, family=True)


# --- residents who must not be known ----------------------------------------------------------------------------------
@recipe("issues:hush_new")
def _hush_new(stage: Stage) -> Press:
    to = reverse("issues:hush_new")
    return Press(to, to, said(), {"words": f"第{nth()}道渠裂了"}, who=ANYBODY, also=ANYBODY, holding="words")


@recipe("issues:hush_open")
def _hush_open(stage: Stage) -> Press:
    to, typed, other = reverse("issues:hush_open"), {"receipt": opened(stage)["receipt"]}, {"receipt": "0" * 16}
    return Press(to, to, typed, other, who=ANYBODY, also=ANYBODY, changes=False)


def opened(stage: Stage, tell: Any = stages.told) -> dict[str, Any]:
    """The code of a fresh sealed matter, as it is typed."""
    name = f"sealed-{nth()}"
    tell(stage, name, is_sealed=True)
    return {"receipt": stage.receipts[name]}


@recipe("issues:hush_add")
def _hush_add(stage: Stage) -> Press:
    page, to, before = reverse("issues:hush_open"), reverse("issues:hush_add"), opened(stage)
    other = {"words": "不更深了"}
    return Press(page, to, {"words": "更深了"}, other, who=ANYBODY, also=ANYBODY, holding="words", before=before)


@recipe("issues:hush_judge")
def _hush_judge(stage: Stage) -> Press:
    page, to, before = reverse("issues:hush_open"), reverse("issues:hush_judge"), opened(stage, stages.answered)
    return Press(page, to, {"answer": "yes"}, {"note": "还行"}, who=ANYBODY, also=ANYBODY, before=before)


@recipe("issues:say_find")
def _say_find(stage: Stage) -> Press:
    to, typed = reverse("issues:say_find"), {"tail": "0001", "group": str(stage.groups[0].pk)}
    return Press(to, to, typed, {"tail": "0002"}, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("issues:say_prove")
def _say_prove(stage: Stage) -> Press:
    issue = stages.told(stage, f"prove-{nth()}")
    page, to = (reverse(f"issues:say_{name}", args=[issue.number]) for name in ("status", "prove"))
    return Press(page, to, {"tail": "0001"}, {"tail": "0009"}, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("issues:card")
def _card(stage: Stage) -> Press:
    to = reverse("issues:card", args=[stage.cards[0].token])
    return Press(to, to, {"tail": TAIL}, {"tail": "9999"}, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("issues:my_pin")
def _my_pin(stage: Stage) -> Press:
    to = reverse("issues:my_pin")
    typed = {"pin": PIN, "again": PIN}
    return Press(to, to, typed, {"more": "x"}, who=ANYBODY, also=ANYBODY, family=True)


@recipe("issues:my_leave")
def _my_leave(stage: Stage) -> Press:
    page, to = reverse("issues:my"), reverse("issues:my_leave")
    return Press(page, to, other={"more": "x"}, who=ANYBODY, also=ANYBODY, family=True, changes=False)


# --- the desk ---------------------------------------------------------------------------------------------------------
def verb(name: str, issue: Any, typed: dict[str, Any], other: dict[str, Any], **more: Any) -> Press:
    page, to = (reverse(f"issues:{route}", args=[issue.number]) for route in ("issue", name))
    return Press(page, to, typed, other, **more)


@recipe("issues:accept")
def _accept(stage: Stage) -> Press:
    issue = stages.told(stage, f"accept-{nth()}")
    return verb("accept", issue, {"title": "集市口的路"}, {"title": "老井的路"}, who="council")


@recipe("issues:dispatch")
def _dispatch(stage: Stage) -> Press:
    issue, chosen = stages.taken(stage, f"dispatch-{nth()}"), str(stage.posts["worker"].pk)
    return verb("dispatch", issue, {"post": chosen, "other": ""}, {"note": "快些"}, who="council")


@recipe("issues:decline")
def _decline(stage: Stage) -> Press:
    issue = stages.told(stage, f"decline-{nth()}")
    return verb("decline", issue, {"reason": "是省道", "where_to": "公路段"}, {"reason": "是国道"}, who="council")


@recipe("issues:refer")
def _refer(stage: Stage) -> Press:
    issue = stages.told(stage, f"refer-{nth()}")
    return verb("refer", issue, {"reason": "归镇上", "where_to": "镇政府"}, {"reason": "归县上"}, who="council")


@recipe("issues:give_up")
def _give_up(stage: Stage) -> Press:
    issue = stages.taken(stage, f"give-up-{nth()}")
    return verb("give_up", issue, {"reason": "山体不稳"}, {"reason": "没有钱"}, who="council")


@recipe("issues:reveal")
def _reveal(stage: Stage) -> Press:
    issue = stages.told(stage, f"reveal-{nth()}")
    return verb("reveal", issue, {"why": "call"}, {"why": "visit"}, who="council", each=True)


@recipe("issues:merge")
def _merge(stage: Stage) -> Press:
    issue, into, third = (stages.told(stage, f"merge-{nth()}") for _n in range(3))
    return verb("merge", issue, {"into": into.number}, {"into": third.number}, who="council", holding="into")


@recipe("issues:reclassify")
def _reclassify(stage: Stage) -> Press:
    issue = stages.taken(stage, f"reclassify-{nth()}")
    return verb("reclassify", issue, {"category": "water", "kind": "help"}, {"category": "light"}, who="council")


@recipe("issues:note")
def _note(stage: Stage) -> Press:
    issue = stages.given(stage, f"note-{nth()}")
    return verb(
        "note", issue, {"text": f"石子拉来了{nth()}"}, {"text": f"沙子拉来了{nth()}"}, who=WORKER, also="council"
    )


@recipe("issues:answer")
def _answer(stage: Stage) -> Press:
    issue = stages.given(stage, f"answer-{nth()}")
    return verb("answer", issue, {"reply": "坑填平了"}, {"reply": "坑填了一半"}, who=WORKER, also="worker2")


@recipe("issues:hand_back")
def _hand_back(stage: Stage) -> Press:
    issue = stages.given(stage, f"hand-back-{nth()}")
    return verb("hand_back", issue, {"reason": "不归我管"}, {"reason": "干不了"}, who=WORKER, also="worker2")


ASKED = {"who": "clerk", "also": "supervisor"}


@recipe("issues:confirm")
def _confirm(stage: Stage) -> Press:
    issue = stages.answered(stage, f"done-{nth()}")
    return verb("confirm", issue, {"channel": "phone", "note": "好了"}, {"note": "行了"}, **ASKED)


@recipe("issues:not_yet")
def _not_yet(stage: Stage) -> Press:
    issue = stages.answered(stage, f"not-yet-{nth()}")
    return verb("not_yet", issue, {"channel": "phone", "note": "又塌"}, {"note": "没好"}, **ASKED)


@recipe("issues:join")
def _join(stage: Stage) -> Press:
    issue = stages.told(stage, f"joined-{nth()}")
    return verb("join", issue, {"channel": "phone", "phone": "13822220066"}, {"phone": "13822220077"}, who="council")


@recipe("issues:unseal")
def _unseal(stage: Stage) -> Press:
    issue = stages.told(stage, f"unseal-{nth()}", is_sealed=True)
    typed = {"case_number": envelopes.CASE, "reason": envelopes.WHY}
    return verb("unseal", issue, typed, {"reason": "要当面问清楚是哪一笔钱"}, who="supervisor", also="township")


def asked_for(stage: Stage) -> Any:
    name = f"asked-{nth()}"
    stages.told(stage, name, is_sealed=True)
    return envelopes.ask(stage, name)


def word(name: str, opening: Any, **more: Any) -> Press:
    page, to = (reverse(f"issues:{route}", args=[opening.asked.pk]) for route in ("unsealing", name))
    return Press(page, to, who="township", **more)


@recipe("issues:unseal_agree")
def _unseal_agree(stage: Stage) -> Press:
    typed, other = {"words": envelopes.YES}, {"words": "案卷看过了，没有别的办法"}
    return word("unseal_agree", asked_for(stage), typed=typed, other=other, also="secretary")


@recipe("issues:unseal_refuse")
def _unseal_refuse(stage: Stage) -> Press:
    typed, other = {"words": "案卷里没有这件事的材料"}, {"words": "问旁人也能问清楚这件事"}
    return word("unseal_refuse", asked_for(stage), typed=typed, other=other, also="secretary")


@recipe("issues:unseal_read")
def _unseal_read(stage: Stage) -> Press:
    opening = asked_for(stage)
    actions.agree_unsealing(opening, by=stage.users["township"], words=envelopes.YES)
    return word("unseal_read", opening, also="supervisor", each=True)


@recipe("issues:who_does_what")
def _usual(stage: Stage) -> Press:
    """The line of a category is there already and is written over."""
    fields = {"category": "light", "defaults": {"post": stage.posts["helper"], "question": f"灯{nth()}"}}
    CategoryHandler.objects.update_or_create(village=stage.village, **fields)
    to, chosen = reverse("issues:who_does_what"), str(stage.posts["worker"].pk)
    return Press(to, to, {"light-post": chosen, "light-question": f"灯不亮{nth()}"}, {"light-question": "没电了"})


@recipe("issues:council")
def _council(stage: Stage) -> Press:
    """A sitting that looks at two acts."""
    for name in (f"act-{nth()}", f"act-{nth()}"):
        stages.taken(stage, name)
    to = reverse("issues:council")
    acts = IssueEntry.objects.filter(step="accept").order_by("-id").values_list("pk", flat=True)[:2]
    typed = {"held_on": clock.today().isoformat(), "present": 5, "entries": [str(pk) for pk in acts]}
    return Press(to, to, typed, {"present": 6})


@recipe("issues:proxy")
def _proxy(stage: Stage) -> Press:
    to = reverse("issues:proxy")
    typed = {**said(), "channel": "door", "anyway": "1"}
    return Press(to, to, typed, {"words": f"另外一件{nth()}"}, who=WORKER, holding="words")
