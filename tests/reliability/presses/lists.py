"""Lists of many persons that two bodies let out."""

from typing import Any

from django.urls import reverse

from tests.factories import exports
from tests.factories.stage import Stage

from . import Press, nth, recipe


@recipe("exports:ask")
def _ask(stage: Stage) -> Press:
    exports.many(stage)
    page = f"{reverse('people:households')}?as=xlsx&n={nth()}"
    other = {"reason": "信用社要核对贷款的户名"}
    return Press(page, reverse("exports:ask"), {"reason": exports.WHY}, other, who="clerk", also="secretary")


def word(name: str, found: Any, **more: Any) -> Press:
    page, to = (reverse(f"exports:{route}", args=[found.asked.pk]) for route in ("export", name))
    return Press(page, to, **more)


@recipe("exports:agree")
def _agree(stage: Stage) -> Press:
    typed, other = {"words": exports.YES}, {"words": "镇上打过电话来，说得清楚"}
    asked = exports.ask(stage, query=f"as=xlsx&n={nth()}")
    return word("agree", asked, typed=typed, other=other, who="supervisor", also="township")


@recipe("exports:refuse")
def _refuse(stage: Stage) -> Press:
    typed, other = {"words": "没有说清楚是给谁用的"}, {"words": "去年的名单还在，不用再拿"}
    asked = exports.ask(stage, query=f"as=xlsx&n={nth()}")
    return word("refuse", asked, typed=typed, other=other, who="supervisor", also="township")


@recipe("exports:take")
def _take(stage: Stage) -> Press:
    """By one person only: nobody else may open the page with this form."""
    return word(
        "take", exports.agreed(stage, query=f"as=xlsx&n={nth()}"), other={"more": "x"}, who="clerk", also="clerk"
    )
