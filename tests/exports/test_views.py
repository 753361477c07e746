"""A list of many persons through the browser: the page in its place, the word, the list once (T09, R20)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import exports
from tests.factories import stage as stages
from tests.journeys.visitor import Visitor
from tongxin.audit.models import AuditEntry
from tongxin.core import clock, exporting, ledgers
from tongxin.exports.models import Export, ExportEntry
from tongxin.people.models import Household
from tongxin.territory import scope

ROLL = "/v/hh/?as=xlsx"


def denied():
    return AuditEntry.objects.filter(act="exports.denied").count()


def post(client, name, found, **typed):
    return client.post(reverse(f"exports:{name}", args=[found.asked.pk]), typed)


@pytest.mark.parametrize("form", ["xlsx", "print"])
def test_fifty_go_out_at_once_and_fifty_one_do_not(here, at, form):
    clerk, address = at("clerk"), f"/v/hh/?as={form}"
    page = clerk.get(address)
    assert page.templates[0].name == "exports/export_ask.html" and "51" in page.content.decode()
    assert "户主3" not in page.content.decode() and "no-store" in page["Cache-Control"]
    Household.objects.filter(number="950").update(closed_on=clock.today(), closed_because="迁走")
    out = clerk.get(address)
    assert out.get("Content-Type") == ledgers.MIME if form == "xlsx" else "户主3" in out.content.decode()
    assert not Export.objects.exists()


def test_cards_of_many_households_count(here, at):
    clerk = at("clerk")
    exports.many(here, exporting.MOST + 2)  # one household lies in another group
    page = clerk.post("/v/hh/cards/print/", {"group": "1", "part": "0"})
    assert page.templates[0].name == "exports/export_ask.html"
    assert clerk.post("/v/hh/cards/print/", {"household": "001 002"}).templates[0].name == "people/card_print.html"


def test_a_list_of_matters_names_nobody(here, at, monkeypatch):
    monkeypatch.setattr(exporting, "MOST", 0)
    stages.told(here, "one")
    for address in (reverse("issues:inbox"), reverse("territory:places")):
        assert at("secretary").get(f"{address}?as=xlsx").get("Content-Type") == ledgers.MIME, address


def test_lists_of_officers_and_of_who_looked_count(here, at, monkeypatch):
    monkeypatch.setattr(exporting, "MOST", 0)
    page = at("secretary").get(f"{reverse('bodies:bodies')}?as=xlsx")
    assert page.templates[0].name == "exports/export_ask.html"


def test_the_whole_way(here):
    clerk, supervisor = Visitor(here, here.users["clerk"]), Visitor(here, here.users["supervisor"])
    asked = clerk.open(ROLL).press("", holding="reason", reason=exports.WHY)
    found = exports.again(here, Export.objects.get())
    assert found.asked.persons == 51 and asked.status == 200
    today = supervisor.open(reverse("issues:today"))
    assert found.asked.title in today.text
    address = reverse("exports:export", args=[found.asked.pk])
    supervisor.open(address).press("", holding="words", words=exports.YES)
    assert found.asked.title in clerk.open(reverse("issues:today")).text
    browser, page = clerk.client, clerk.open(address)
    take = next(form for form in page.forms if form.action.endswith("/take/"))
    out = browser.post(take.action, take.fields)
    assert out["Content-Type"] == ledgers.MIME and "no-store" in out["Cache-Control"]
    again = browser.post(take.action, take.fields)  # the same press once more is led to the page that says so
    assert again.status_code == 303 and again["Location"].endswith(address)
    assert not [form for form in clerk.open(address).forms if form.action.endswith("/take/")]
    acts = AuditEntry.objects.filter(act__startswith="exports.").values_list("act", flat=True)
    assert sorted(acts) == ["exports.agree", "exports.ask", "exports.take"]
    looked = Visitor(here, here.users["supervisor"]).open(reverse("audit:looks"))
    assert found.asked.title in looked.text


def test_cards_are_made_once_they_are_agreed_to(here, at):
    exports.many(here, exporting.MOST + 2)
    page = at("clerk").post("/v/hh/cards/print/", {"group": "1", "part": "0"})
    at("clerk").post(reverse("exports:ask"), {"what": page.context["what"], "reason": exports.WHY})
    found = exports.again(here, Export.objects.get())
    assert found.asked.method == "POST" and "csrf" not in found.asked.query
    post(at("township"), "agree", found, words=exports.YES)
    out = post(at("clerk"), "take", found)
    assert out.templates[0].name == "people/card_print.html" and sum(map(len, out.context["sheets"])) == 51


def test_each_refused_press_is_exactly_one_entry(here, at):
    found = exports.ask(here)
    presses = [
        ("clerk", "agree", 403, 0),  # no such right: the gate stands before the view
        ("council", "agree", 403, 0),
        ("clerk", "take", 409, 1),  # not agreed
    ]
    for who, step, status, entries in presses:
        before = denied()
        assert post(at(who), step, found, words=exports.YES).status_code == status, (who, step)
        assert denied() == before + entries
    exports.actions.agree_export(found, by=here.users["supervisor"], words=exports.YES)
    for who, step, status in [("township", "agree", 409), ("supervisor", "take", 403), ("committee", "take", 404)]:
        before = denied()
        assert post(at(who), step, found, words=exports.YES).status_code == status, (who, step)
        assert denied() == before + 1, (who, step)
    assert post(at("clerk"), "take", found).status_code == 200
    before = denied()
    assert post(at("clerk"), "take", found).status_code == 409 and denied() == before + 1
    assert ExportEntry.objects.filter(step="take").count() == 1


def test_two_of_one_body_are_one(here, at, second):
    found = exports.ask(here, "supervisor")
    assert post(at(second("supervisor")), "agree", found, words=exports.YES).status_code == 403
    assert not ExportEntry.objects.exists() and denied() == 1


def test_after_the_time_it_is_gone(here, at):
    found = exports.agreed(here)
    with clock.stopped_at(found.word.at + timedelta(hours=23, minutes=59)):
        assert "/take/" in at("clerk").get(reverse("exports:export", args=[found.asked.pk])).content.decode()
    with clock.stopped_at(found.word.ends_at):
        assert post(at("clerk"), "take", found).status_code == 409 and denied() == 1
    assert not ExportEntry.objects.filter(step="take").exists()


def test_another_village_knows_nothing_of_it(here, at):
    there = stages.settle(stages.village("shiping", "石坪村", 2))
    found = exports.agreed(here)
    with scope.village(there.village.pk):
        stranger = at("clerk")
        stranger.force_login(there.users["supervisor"])
        for step in ("agree", "refuse", "take"):
            address = f"/shiping{reverse(f'exports:{step}', args=[found.asked.pk])}"
            assert stranger.post(address, {"words": exports.YES}).status_code == 404
        assert stranger.get(reverse("exports:export", args=[found.asked.pk])).status_code == 404


def test_a_list_that_has_grown_stays_here_and_may_be_taken_when_it_shrinks(here, at):
    found = exports.agreed(here)
    exports.many(here, 52)
    assert post(at("clerk"), "take", found).status_code == 409
    assert not ExportEntry.objects.filter(step="take").exists()


def test_what_was_asked_for_is_not_changed_on_the_way(here, at):
    what = at("clerk").get(ROLL).context["what"]
    for forged in ("", what[:-1] + ("A" if what[-1] != "A" else "B"), at("secretary").get(ROLL).context["what"]):
        answer = at("clerk").post(reverse("exports:ask"), {"what": forged, "reason": exports.WHY})
        assert answer.status_code == 400 and not Export.objects.exists()


def test_whoever_may_no_longer_open_the_list_gets_none(here, at):
    found = exports.agreed(here, "worker", path=reverse("audit:looks"))
    assert post(at("worker"), "take", found).status_code == 403
    assert not ExportEntry.objects.filter(step="take").exists()


def test_an_empty_list_says_so(here, at):
    page = at("clerk").get(reverse("exports:exports")).content.decode()
    assert "还没有人" in page or "Nobody has asked" in page


def test_a_short_reason_comes_back_with_the_form(here, at):
    what = at("clerk").get(ROLL).context["what"]
    page = at("clerk").post(reverse("exports:ask"), {"what": what, "reason": "要用"})
    assert page.status_code == 422 and "要用" in page.content.decode() and not Export.objects.exists()


def test_a_word_without_a_sentence_comes_back(here, at):
    found = exports.ask(here)
    assert post(at("supervisor"), "agree", found, words="行").status_code == 422 and denied() == 0
