"""Who looked, the notice for the board, and the page that answers whoever holds one."""

import re

import pytest
from django.urls import reverse

from tests import history
from tests.factories import stage as stages
from tongxin.audit import actions as audit
from tongxin.audit import queries
from tongxin.audit.models import Anchor, AuditEntry, Chain
from tongxin.core.models import Throttle
from tongxin.territory import queries as territory
from tongxin.territory import scope

LOOKS, NOTICE, PAPER = "/v/record/", "/v/record/notice/", "/check/"


@pytest.fixture
def here(db):
    territory.forget_villages()
    made = stages.settle(stages.village())
    with scope.village(made.village.pk):
        yield made
    territory.forget_villages()


@pytest.fixture
def as_user(client, here):
    def log_in(who):
        client.force_login(here.users[who])
        return client

    return log_in


@pytest.fixture
def matter(here):
    return stages.told(here, "m", told_by_name="苗长有", phone="13822220001")


def reveal(client, issue, why="visit"):
    return client.post(reverse("issues:reveal", args=[issue.number]), {"why": why})


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# --- who looked ---------------------------------------------------------------------------------------------------
def test_nobody_looked_is_said(as_user):
    assert "还没有人打开过遮住的内容" in text_of(as_user("supervisor").get(LOOKS))


def test_who_when_what_of_what_and_what_for(as_user, here, matter):
    reveal(as_user("clerk"), matter)
    page = text_of(as_user("supervisor").get(LOOKS))
    for word in (here.users["clerk"].name, "文书", "说事人的姓名和电话", matter.number, "上门去看"):
        assert word in page, word
    assert "苗长有" not in page and "13822220001" not in page


@pytest.mark.parametrize(("who", "status"), [("clerk", 200), ("township", 200), ("committee", 403), ("helper", 403)])
def test_it_is_for_supervisors_clerk_and_township(as_user, who, status):
    assert as_user(who).get(LOOKS).status_code == status


def test_a_complaint_about_a_supervisor_is_not_in_the_supervisors_list(as_user, here):
    up = stages.told(here, "up", about_post=here.posts["supervisor"], phone="13822220002")
    as_user("township").get(reverse("issues:issue", args=[up.number]))
    assert AuditEntry.objects.filter(is_reading=True, subject_id=up.pk).exists()
    assert up.number in text_of(as_user("township").get(LOOKS))
    page = as_user("supervisor").get(LOOKS)
    assert up.number not in text_of(page) and page.context["page"].paginator.count == 0
    assert page.context["months"] == []


def test_by_month_and_by_person(as_user, here, matter):
    with here.days_ago(70):
        reveal(as_user("council"), matter)
    reveal(as_user("clerk"), matter)
    page = as_user("supervisor").get(LOOKS)
    assert [n for _month, n in page.context["months"]] == [1, 1]
    newest, older = (first.strftime("%Y-%m") for first, _n in page.context["months"])

    def shown(**asked):
        return [line.who.split()[0] for line in as_user("supervisor").get(LOOKS, asked).context["lines"]]

    clerk, council = here.users["clerk"], here.users["council"]
    assert shown(month=newest) == [clerk.name]
    assert shown(month=older) == [council.name]
    assert shown(who=str(council.pk)) == [council.name]
    assert shown(month="2026-99", who="nonsense") == [clerk.name, council.name]


@pytest.mark.parametrize(("as_", "kind"), [("print", "text/html"), ("xlsx", "spreadsheetml")])
def test_on_paper_and_as_a_table(as_user, matter, as_, kind):
    reveal(as_user("clerk"), matter)
    answer = as_user("supervisor").get(LOOKS, {"as": as_})
    assert answer.status_code == 200 and kind in answer["Content-Type"]


def test_damage_is_told_on_the_page(as_user, here, matter):
    with history.unguarded():
        AuditEntry.objects.filter(village_id=here.village.pk, seq=1).update(act="a.c")
    audit.check(here.village.pk)
    page = text_of(as_user("supervisor").get(LOOKS))
    assert "被人从后台动过" in page and "第 1 条被改过" in page


# --- the notice ---------------------------------------------------------------------------------------------------
def test_the_notice_shows_day_count_characters_and_the_way_to_check(as_user, here, matter):
    client = as_user("clerk")
    assert "还没有留痕" in text_of(client.get(NOTICE))
    assert client.post("/v/record/anchor/").status_code == 303
    row = Anchor.objects.get(village_id=here.village.pk)
    page = client.get(NOTICE)
    assert row.spelt in text_of(page) and f"{row.seq} 条" in text_of(page) and 'class="qr"' in page.content.decode()
    assert as_user("committee").get(NOTICE).status_code == 403


def test_an_empty_record_has_no_notice(as_user):
    assert as_user("clerk").post("/v/record/anchor/")["Location"].endswith(LOOKS)
    assert not Anchor.objects.exists()


# --- anybody with a paper -----------------------------------------------------------------------------------------
@pytest.fixture
def paper(here, matter):
    return audit.anchor(here.village.pk)


def ask(client, text):
    return client.post(PAPER, {"characters": text})


def test_the_code_on_the_paper_fills_the_form_and_asks_nothing_by_itself(client, paper):
    page = client.get(PAPER, {"c": paper.characters})
    assert paper.characters in page.content.decode() and not page.context["asked"]


@pytest.mark.parametrize("spell", [str, str.lower, lambda c: f" {c[:4]}-{c[4:8]} {c[8:]} "])
def test_the_characters_of_the_paper_are_the_record_s_however_typed(client, paper, spell):
    page = ask(client, spell(paper.characters))
    assert page.status_code == 200 and "对得上" in text_of(page) and f"{paper.seq} 条" in text_of(page)


def test_others_are_not(client, paper):
    assert "对不上" in text_of(ask(client, "2222 2222 2222"))


@pytest.mark.parametrize("text", ["", "12", "0" * 12, "不知道是啥", "2" * 13])
def test_what_cannot_be_one_is_said_so(client, paper, text):
    page = ask(client, text)
    assert page.status_code == 422 and not page.context["asked"]


def test_a_row_changed_after_printing_is_told_to_whoever_holds_the_paper(client, here, paper):
    with history.unguarded():
        AuditEntry.objects.filter(village_id=here.village.pk, seq=paper.seq).update(why="x")
    assert "纸是对的，留痕不对" in text_of(ask(client, paper.characters))
    with history.unguarded():
        AuditEntry.objects.filter(village_id=here.village.pk, seq=paper.seq).delete()
    assert "纸是对的，留痕不对" in text_of(ask(client, paper.characters))


def test_a_neighbour_s_paper_is_not_this_village_s(client, here, paper):
    other = stages.village("shiping", "石坪村", 2)
    assert queries.paper(other.village.pk, paper.characters) is None


def test_asking_is_limited(client, paper, monkeypatch):
    monkeypatch.setattr("tongxin.audit.views.TRIES", 3)
    assert [ask(client, "2" * 12).status_code for _n in range(4)] == [200, 200, 200, 429]
    assert Throttle.objects.count() == 3


def test_asking_writes_nothing_into_the_record(client, here, paper):
    before = Chain.objects.get(village_id=here.village.pk).seq
    ask(client, paper.characters)
    assert Chain.objects.get(village_id=here.village.pk).seq == before
