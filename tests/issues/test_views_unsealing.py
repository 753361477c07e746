"""The pages of an opening: the desk's, and what the teller reads with the receipt; each refused press on record."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import stage
from tests.factories.envelopes import CASE, WHY, YES
from tests.issues.test_sealed import open_with
from tests.issues.test_unsealing import PHONE, WHO, acts, agree, ask, read, second, steps
from tongxin.audit.models import AuditEntry
from tongxin.core import clock
from tongxin.issues import actions
from tongxin.issues.models import Unsealing
from tongxin.territory import queries as territory


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def as_(client, here):
    def log_in(who):
        client.force_login(here.users[who])
        return client

    return log_in


def to(name, pk):
    return reverse(f"issues:{name}", args=[pk])


def test_the_way_from_the_matter_to_the_name(as_, here, sealed):
    page = as_("supervisor").get(to("issue", sealed.number))
    assert "谁说的，封着" in text_of(page)
    page = as_("supervisor").post(to("unseal", sealed.number), {"reason": WHY, "case_number": CASE})
    assert page.status_code == 303
    [asked] = Unsealing.objects.all()
    assert to("unsealing", asked.pk) not in as_("supervisor").get(reverse("issues:today")).content.decode()
    assert to("unsealing", asked.pk) in as_("township").get(reverse("issues:today")).content.decode()
    page = as_("township").get(to("unsealing", asked.pk))
    assert WHY in text_of(page) and CASE in text_of(page) and WHO not in text_of(page)
    assert as_("township").post(to("unseal_agree", asked.pk), {"words": YES}).status_code == 303
    for who in ("township", "supervisor"):
        assert WHO not in text_of(as_(who).get(to("unsealing", asked.pk)))
        page = as_(who).post(to("unseal_read", asked.pk))
        assert WHO in text_of(page) and PHONE in text_of(page) and page["Cache-Control"].find("no-store") >= 0
    assert to("unsealing", asked.pk) not in as_("township").get(reverse("issues:today")).content.decode(), (
        "read already"
    )
    page = as_("secretary").get(to("unsealing", asked.pk))
    assert page.status_code == 200 and WHO not in text_of(page) and "现在看" not in text_of(page)


def test_a_reading_stands_among_those_that_looked_and_a_complaint_not_before_the_accused(as_, here, sealed, complaint):
    for issue in (sealed, complaint):
        read(here, agree(here, ask(here, issue)))
    said = "保密的事是谁说的（两个单位拆的封）"
    assert text_of(as_("supervisor").get(reverse("audit:looks"))).count(said) == 2
    assert text_of(as_("clerk").get(reverse("audit:looks"))).count(said) == 1


def test_what_is_missing_is_said_on_the_page_and_what_was_typed_is_kept(as_, here, sealed):
    page = as_("supervisor").post(to("unseal", sealed.number), {"reason": "核实", "case_number": CASE})
    assert page.status_code == 422 and "至少十个字" in text_of(page) and CASE in page.content.decode()
    asked = ask(here, sealed).asked
    page = as_("township").post(to("unseal_agree", asked.pk), {"words": "好"})
    assert page.status_code == 422 and "至少十个字" in text_of(page) and steps() == []


def denied():
    rows = AuditEntry.objects.filter(act="issues.unseal_denied").order_by("seq")
    return [(row.data["step"], row.actor_id) for row in rows]


def test_each_refused_press_is_exactly_one_entry(as_, here, complaint):
    """T09: alone, of the same body, recused, too late; and no row says that anything was opened."""
    other, users = second(here, "supervisor"), here.users
    asked = ask(here, complaint).asked
    presses = [
        ("supervisor", "unseal_agree", 403, "agree"),
        (other, "unseal_agree", 403, "agree"),
        (other, "unseal_refuse", 403, "refuse"),
        ("secretary", "unseal_agree", 404, "agree"),
        ("supervisor", "unseal_read", 409, "read"),
        ("township", "unseal_read", 403, "read"),
    ]
    for n, (who, name, status, step) in enumerate(presses, 1):
        page = as_(who).post(to(name, asked.pk), {"words": YES})
        assert (who, page.status_code) == (who, status)
        assert len(denied()) == n and denied()[-1] == (step, users[who].pk)
    assert (
        as_("secretary").post(to("unseal", complaint.number), {"reason": WHY, "case_number": CASE}).status_code == 404
    )
    assert as_("township").post(to("unseal", complaint.number), {"reason": WHY, "case_number": CASE}).status_code == 404
    assert len(denied()) == len(presses) + 2
    with clock.stopped_at(asked.ends_at):
        assert as_("township").post(to("unseal_agree", asked.pk), {"words": YES}).status_code == 409
    assert len(denied()) == len(presses) + 3
    assert steps() == [] and [act for act, _is in acts() if act != "unseal_denied"] == ["unseal"]


def test_the_next_village_finds_nothing(as_, here, sealed, client):
    asked = ask(here, sealed).asked
    there = stage.settle(stage.village("shiping", "石坪村", 2))
    client.force_login(stage.everybody(there))
    for name in ("unseal_agree", "unseal_refuse", "unseal_read"):
        assert client.post(there.path(to(name, asked.pk)), {"words": YES}).status_code == 404
        assert client.post(here.path(to(name, asked.pk)), {"words": YES}).status_code == 404
    assert client.get(there.path(to("unsealing", asked.pk))).status_code == 404
    assert denied() == [] and steps() == []
    territory.forget_villages()


def test_whom_it_is_about_and_who_sits_with_them_see_no_request(as_, here, complaint):
    other = second(here, "secretary", "supervisor", body=here.posts["secretary"].body)
    asked = ask(here, complaint).asked
    for who in ("secretary", other):
        assert as_(who).get(to("unsealing", asked.pk)).status_code == 404
        listed = as_(who).get(reverse("issues:unsealings"))
        assert complaint.number not in text_of(listed)
        assert complaint.number not in text_of(as_(who).get(reverse("issues:today"))) or who == other
    assert complaint.number in text_of(as_("township").get(reverse("issues:unsealings")))


# --- the teller -----------------------------------------------------------------------------------------------------
def told(client, here, name="s"):
    return text_of(open_with(client, here.receipts[name]))


def test_the_teller_reads_day_offices_and_reason(client, here, sealed):
    assert "没有人申请过拆封" in told(client, here)
    supervisors, township = (here.posts[who].body.name for who in ("supervisor", "township"))
    opening = ask(here, sealed)
    text = told(client, here)
    assert f"{supervisors}申请拆封" in text and WHY in text and "还封着" in text
    agree(here, opening)
    text = told(client, here)
    assert f"{supervisors}和{township}拆了封" in text and "还没有人看" in text
    read(here, opening)
    text = told(client, here)
    assert f"{supervisors}看了" in text and "还没有人看" not in text
    names = [here.users[who].name for who in ("supervisor", "township")]
    assert not [name for name in names if name in text] and CASE not in text
    with clock.stopped_at(opening.asked.ends_at + timedelta(days=9)):
        assert f"{supervisors}和{township}拆了封" in told(client, here), "it stays there"


def test_the_teller_reads_what_was_refused_and_what_lapsed(client, here, sealed):
    with here.days_ago(5):
        ask(here, sealed)
    actions.refuse_unsealing(ask(here, sealed), by=here.users["township"], words="案卷里没有这件事的材料")
    text = told(client, here)
    assert "别的单位没有同意，没有拆" in text and "不同意。原因：案卷里没有这件事的材料。没有拆" in text
    assert "拆了封" not in text
