"""What everybody may read: first page, board, who answers, places; photos with their rights."""

from datetime import timedelta

import pytest

from tests.factories import stage
from tongxin.core import clock, outbox
from tongxin.issues.models import IssueFile
from tongxin.territory.models import PlaceCode

from .test_telling import said

PAGES = [
    "/",
    "/say/",
    "/say/new/",
    "/say/find/",
    "/who/",
    "/board/",
    "/my/",
    "/help/",
    "/privacy/",
    "/a11y/",
    "/feedback/",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_heading_its_title_and_the_telephone(client, here, address):
    page = client.get(address)
    text = said(page)
    assert page.status_code == 200 and text.count("<h1") == 1
    assert f" · {here.village.name}</title>" in text and f"tel:{here.village.tel}" in text
    assert page["Cache-Control"] == "no-store, private"


def test_empty_pages_speak_in_sentences(client, here):
    assert "还没有办完的事。您说一件，就有人接。" in said(client.get("/"))
    assert "还没有人说事。您可以第一个说。" in said(client.get("/say/"))
    assert "还没有办完的事。" in said(client.get("/board/"))


def test_before_the_first_village_there_is_no_page(client, db):
    assert client.get("/").status_code == 404


# --- the board --------------------------------------------------------------------------------------------------
def shown(client, **filters):
    return [one.issue.number for one in client.get("/board/", filters).context["shown"]]


def test_the_board_shows_answers_and_nobodys_name_words_or_sealed_matter(client, here):
    done = stage.solved(here, "done", words="王家门口的坑", phone="13822220001", told_by_name="王老五")
    stage.solved(here, "secret", is_sealed=True)
    stage.given(here, "open")
    assert shown(client) == [done.number]
    for address in ("/board/", f"/board/said/{done.number}/", "/", "/say/"):
        text = said(client.get(address))
        assert done.title in text
        for secret in ("王家门口", "王老五", "13822220001", "2222", "集市口</"):
            assert secret not in text
    assert done.reply in said(client.get(f"/board/said/{done.number}/"))


def test_the_board_can_be_narrowed_by_group_and_kind(client, here):
    road = stage.solved(here, "road")
    water = stage.solved(here, "water", category="water", place=here.places[1])
    assert shown(client, group=2) == [water.number]
    assert shown(client, category="road") == [road.number]
    assert shown(client, group=1, category="water") == []
    assert set(shown(client, group="x", category="ufo")) == {road.number, water.number}


def test_what_was_not_answered_in_time_stands_beside_it(client, here):
    assert "没有到点没回话的。" in said(client.get("/board/"))
    stage.given(here, "late", 20, due=3)
    assert "有 1 件没按时回话" in said(client.get("/board/"))


@pytest.mark.parametrize("name", ["open", "secret"])
def test_what_is_not_on_the_board_has_no_page_there(client, here, name):
    issue = stage.given(here, "open") if name == "open" else stage.solved(here, "secret", is_sealed=True)
    response = client.get(f"/board/said/{issue.number}/")
    reason = "公开栏上没有这件事。" if name == "open" else "没有这个号。"
    assert response.status_code == 404 and reason in said(response)


# --- photos -----------------------------------------------------------------------------------------------------
@pytest.fixture
def files(here):
    """(told, result) of an answered matter and of a sealed one, developed."""
    stage.answered(here, "open", photos=[stage.photo()], sound=stage.memo())
    stage.answered(here, "sealed", photos=[stage.photo()], is_sealed=True)
    while outbox.work_once(50):
        pass

    def file(name, purpose, kind="photo"):
        return IssueFile.objects.filter(issue=here.issues[name], purpose=purpose, kind=kind).first()

    return file


def at(file, variant="small"):
    return f"/f/{file.pk}/{variant}/"


def test_a_result_is_public_and_what_was_told_is_not(client, here, files):
    for variant in ("small", "large"):
        shown_to_all = client.get(at(files("open", "result"), variant))
        assert shown_to_all.status_code == 200 and shown_to_all["Content-Type"] == "image/jpeg"
    for hidden in (files("open", "told"), files("sealed", "told"), files("sealed", "result")):
        assert client.get(at(hidden)).status_code == 404
    assert client.get(at(files("open", "told", "sound"), "sound")).status_code == 404


def test_the_teller_sees_and_hears_what_they_told(client, here, files):
    number = here.issues["open"].number
    client.post(f"/say/{number}/prove/", {"tail": "0001"})
    assert client.get(at(files("open", "told"))).status_code == 200
    assert client.get(at(files("open", "told", "sound"), "sound")).status_code == 200
    text = said(client.get(f"/say/{number}/"))
    assert at(files("open", "told")) in text and at(files("open", "told", "sound"), "sound") in text
    assert client.get(at(files("sealed", "told"))).status_code == 404


@pytest.mark.parametrize(
    ("login", "open_", "sealed"),
    [("council", 200, 200), ("worker", 200, 404), ("worker2", 200, 404), ("mediator", 404, 404), ("former", 404, 404)],
)
def test_staff_see_what_their_post_lets_them_see(client, here, files, login, open_, sealed):
    client.force_login(here.users[login], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(at(files("open", "told"))).status_code == open_
    assert client.get(at(files("sealed", "told"))).status_code == sealed


def test_a_file_has_only_its_own_variants(client, here, files):
    result = files("open", "result")
    assert client.get(at(result, "sound")).status_code == 404
    assert client.get(at(result, "raw")).status_code == 404


# --- who answers ------------------------------------------------------------------------------------------------
def test_who_answers_by_group_by_matter_and_by_place(client, here):
    text = said(client.get("/who/", {"place": here.places[0].pk}))
    for who in (9, 11, 12):
        assert here.appointments[who].person.name in text and f"tel:{here.appointments[who].phone}" in text
    assert "没水了" in text and here.appointments[8].person.name in text
    assert "Post" not in text and "老井" in text


def test_on_leave_the_partner_is_named(client, here):
    away = here.appointments[9]
    away.away_from, away.away_to = clock.today() - timedelta(days=1), clock.today() + timedelta(days=3)
    away.save()
    text = said(client.get(f"/q/{here.codes[0].code}/"))
    assert here.appointments[10].person.name in text and f"{away.person.name} 请假" in text
    assert f"tel:{away.phone}" not in text


def test_nobody_entered_is_said_so(client, here):
    assert "还没登记。打村委电话。" in said(client.get("/who/"))


# --- places -----------------------------------------------------------------------------------------------------
def test_a_code_opens_its_place(client, here):
    code = here.codes[0].code
    text = said(client.get(f"/q/{code.lower()}/"))
    assert "集市口" in text and f"/say/new/?q={code.lower()}" in text


@pytest.mark.parametrize(
    ("code", "status", "sentence"),
    [
        ("revoked", 410, "这个码换了新的。不扫也能说事。"),
        ("closed place", 410, "这个码换了新的。不扫也能说事。"),
        ("misread", 404, "码没认对。再扫一次，不扫也能说。"),
        ("unknown", 404, "这个码不是本村的。不扫也能说事。"),
    ],
)
def test_a_code_that_leads_nowhere_says_why_and_lets_people_speak(client, here, code, status, sentence):
    PlaceCode.objects.filter(pk=here.codes[0].pk).update(revoked_on=clock.today())
    text = here.codes[1].code
    typed = {
        "revoked": here.codes[0].code,
        "closed place": here.codes[3].code,
        "misread": text[:-1] + ("A" if text[-1] != "A" else "B"),
        "unknown": "ABC234AU",
    }[code]
    response = client.get(f"/q/{typed}/")
    assert response.status_code == status and sentence in said(response) and "/say/new/" in said(response)


# --- paper ------------------------------------------------------------------------------------------------------
def test_the_paper_form_has_every_tile_and_place_for_a_number(client, here):
    text = said(client.get("/help/paper/"))
    assert text.count('class="box"') == 10 and "接单人" in text and here.village.phone in text
