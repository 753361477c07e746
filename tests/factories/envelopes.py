"""Requests to open envelopes, for a village on stage."""

from typing import TYPE_CHECKING

from tongxin.issues import actions, queries

if TYPE_CHECKING:
    from tests.factories.stage import Stage

WHY, YES, CASE = "要向本人核实补偿款的账目", "案卷看过了，确实要问本人", "柳监〔2026〕7 号"


def ask(stage: "Stage", name: str, who: str = "supervisor") -> queries.Opening:
    """Somebody asks to open the envelope of a matter."""
    asked = actions.ask_unsealing(stage.issues[name], by=stage.users[who], reason=WHY, case_number=CASE)
    found = queries.opening(stage.village.pk, asked.pk)
    assert found is not None
    return found


def fill(stage: "Stage") -> None:
    """One waits for the second body, to the other it has agreed."""
    with stage.days_ago(0.2):
        for name in ("sealed", "complaint"):
            opening = ask(stage, name)
        actions.agree_unsealing(opening, by=stage.users["township"], words=YES)
