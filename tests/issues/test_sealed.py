"""The quiet channel's pages: the sheet, the code that is shown once, and what it opens."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import stage
from tests.issues.test_queries_recusing import home, leave, person
from tests.issues.test_telling import said
from tongxin.casework import store
from tongxin.core import clock
from tongxin.issues.forms.sealed import ReceiptForm, SealedForm
from tongxin.issues.models import Envelope, Issue, IssueFile, Route, Status
from tongxin.issues.queries import receipts
from tongxin.issues.views import hush

NEW, OPEN = "/n/new/", "/n/open/"


def field(page, name: str, form: str = "") -> str:
    html = page.content.decode()
    part = html.partition(f'action="{form}')[2] if form else html
    return re.search(rf'name="{name}" value="([^"]*)"', part)[1]


def hand_in(client, **changes):
    data = {"ticket": field(client.get(NEW), "ticket"), "category": "road", "words": "门前的路塌了", **changes}
    return client.post(NEW, {name: value for name, value in data.items() if value is not None})


def open_with(client, receipt, **changes):
    ticket = field(client.get(OPEN), "ticket")
    return client.post(OPEN, {"ticket": ticket, "receipt": receipt, **changes})


def press(client, page, address, **data):
    return client.post(address, {"ticket": field(page, "ticket", address), **data})


def photo(name="IMG_0001.jpg"):
    return SimpleUploadedFile(name, stage.jpeg(), "image/jpeg")


# --- the sheet ----------------------------------------------------------------------------------------------------
def test_a_sheet_is_answered_with_a_code_this_once(client, here):
    page = hand_in(client, phone="138 1111 2222", place_text="老槐树下", photo1=photo())
    issue = Issue.objects.get()
    receipt = page.context["receipt"]
    assert page.status_code == 200 and re.fullmatch(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}", receipt)
    assert receipts.by_receipt(here.village.pk, receipts.tidy(receipt)) == issue
    assert (issue.words, issue.place_text, issue.is_sealed, issue.route) == (
        "门前的路塌了",
        "老槐树下",
        True,
        Route.COUNCIL,
    )
    assert Envelope.objects.get().phone == "13811112222"
    assert "只给看这一次" in said(page) and "<svg viewBox" in said(page) and issue.number in said(page)
    assert IssueFile.objects.get().purpose == IssueFile.Purpose.TOLD


def test_no_page_of_it_sets_a_cookie_or_is_kept_or_tells_where_from(client, here):
    done = hand_in(client)
    receipt = done.context["receipt"]
    opened = open_with(client, receipt)
    for page in (
        client.get("/n/"),
        client.get(NEW),
        client.get(OPEN),
        done,
        opened,
        hand_in(client, words=""),
        client.get("/n/none/"),
    ):
        assert page["Referrer-Policy"] == "no-referrer" and page["Cache-Control"] == "no-store"
        assert page["Content-Security-Policy"].startswith("default-src 'self';")
        assert not page.cookies
    assert not client.cookies
    for page in (done, opened):  # no way out of the channel carries anything along
        assert "next=" not in said(page) and receipt.replace(" ", "") not in "".join(
            re.findall(r'href="[^"]*"', said(page))
        )


def test_a_code_brings_its_place_along(client, here):
    code = here.codes[0].code
    page = client.get(NEW, {"q": code})
    assert "集市口" in said(page)
    hand_in(client, q=code)
    issue = Issue.objects.get()
    assert (issue.place, issue.grid, issue.channel) == (here.places[0], here.grids[0], "code")


def test_about_an_office_it_goes_past_them_and_says_so(client, here):
    page = hand_in(client, about_post=str(here.posts["secretary"].pk))
    issue = Issue.objects.get()
    assert (issue.about_post, issue.route) == (here.posts["secretary"], Route.SUPERVISORS)
    assert "您选的干部和他家里人看不到" in said(page) and "监委会明天之内有人接手" in said(page)


def test_two_offices_past_both(client, here):
    hand_in(client, about_post=str(here.posts["secretary"].pk), about_too=str(here.posts["supervisor"].pk))
    issue = Issue.objects.get()
    assert issue.route == Route.TOWNSHIP and issue.recusals.count() == 2


def test_where_nobody_is_left_it_says_where_else_to_go(client, here):
    leave(here, "supervisor", days=5)
    leave(here, "township", days=5)
    page = hand_in(client, about_post=str(here.posts["secretary"].pk))
    assert "这里谁也打不开" in said(page) and "12388" in said(page)
    assert "12388" in said(open_with(client, page.context["receipt"]))


def test_offices_are_offered_by_title_and_never_by_name(client, here):
    text = said(client.get(NEW))
    assert "支部书记" in text and "网格员 · 第 1 网格" in text and "党小组长" in text
    assert not [a.person.name for a in here.appointments if a.person.name in text]


def test_words_that_name_an_officer_are_asked_about_once(client, here):
    name = here.users["secretary"].name
    page = hand_in(client, words=f"{name}把路占了")
    assert page.status_code == 422 and "您提到了支部书记" in said(page) and not Issue.objects.exists()
    assert f"{name}把路占了</textarea>" in said(page) and 'name="not_about"' in said(page)
    again = {"ticket": field(page, "ticket"), "category": "road", "words": f"{name}把路占了", "not_about": "on"}
    assert client.post(NEW, again).context["receipt"]
    assert Issue.objects.get().route == Route.COUNCIL


def test_what_is_wrong_is_said_and_everything_typed_is_kept_but_files(client, here):
    lying = set(settings.SPOOL_ROOT.glob("*/*"))
    page = hand_in(
        client, category=None, words="水<漏>了", phone="1380", photo1=photo(), about_post=str(here.posts["clerk"].pk)
    )
    text = said(page)
    assert page.status_code == 422 and set(page.context["form"].errors) == {"category", "phone"}
    assert "水&lt;漏&gt;了</textarea>" in text and 'value="1380"' in text and "照片和录音没有留下" in text
    assert f'<option value="{here.posts["clerk"].pk}" selected>' in text
    assert set(settings.SPOOL_ROOT.glob("*/*")) == lying, "a sheet that comes back has put nothing on the disk"


def test_only_a_photo_is_enough_and_nothing_at_all_is_not(client, here):
    assert hand_in(client, words="", photo1=photo()).context["receipt"]
    assert "说一句，或者写几个字都行。" in said(hand_in(client, words=""))


def test_a_sheet_that_lay_open_too_long_comes_back_with_what_was_typed(client, here):
    with clock.stopped_at(clock.now() - hush.GOOD_FOR - timedelta(minutes=1)):
        ticket = field(client.get(NEW), "ticket")
    page = hand_in(client, ticket=ticket, words="塌了")
    assert "页面开得太久了" in said(page) and "塌了</textarea>" in said(page) and not Issue.objects.exists()
    assert client.post(NEW, {"ticket": field(page, "ticket"), "category": "road", "words": "塌了"}).context["receipt"]


@pytest.mark.parametrize("ticket", ["", "forged", "W10:x"])
def test_a_forged_pass_hands_nothing_in(client, here, ticket):
    assert hand_in(client, ticket=ticket).status_code == 200 and not Issue.objects.exists()


def test_pressed_twice_it_is_one_with_the_same_code(client, here):
    ticket = field(client.get(NEW), "ticket")
    first, second = (hand_in(client, ticket=ticket) for _ in range(2))
    assert first.context["receipt"] == second.context["receipt"] and Issue.objects.count() == 1
    other = hand_in(client, ticket=ticket, words="别的")
    assert other.status_code == 409 and "已经交过了" in said(other) and Issue.objects.count() == 1


def test_words_of_danger_put_the_telephone_first(client, here):
    assert 'href="tel:119"' in said(hand_in(client, words="有人触电了"))


def test_the_sheet_says_what_others_know(client, here):
    for page in (client.get("/n/"), client.get(NEW)):
        assert "上网记录要留六个月" in said(page) and "村上看不到" in said(page)


def test_the_done_page_leads_on_by_a_press_and_not_by_an_address(client, here):
    done = hand_in(client)
    page = client.post(OPEN, {"ticket": field(done, "ticket"), "receipt": field(done, "receipt")})
    assert "门前的路塌了" in said(page)


# --- the code -----------------------------------------------------------------------------------------------------
@pytest.fixture
def told(here):
    stage.told(here, "s", days_ago=0, is_sealed=True, words="门前的路塌了", photos=[stage.photo()], sound=stage.memo())
    return here.receipts["s"]


def test_the_code_opens_words_photos_and_story_however_it_is_written(client, here, told):
    for typed in (told, receipts.grouped(told).lower(), told.replace("0", "o").replace("1", "l")):
        page = open_with(client, typed)
        assert page.status_code == 200 and "门前的路塌了" in said(page) and "明天" not in page.context["state"]
        assert "/n/f/" in said(page) and "<audio" in said(page)


def test_the_story_tells_days_and_no_hours_of_its_teller(client, here, told):
    lines = open_with(client, told).context["lines"]
    assert [line.by_day for line in lines] == [True]
    assert "0:00" not in said(open_with(client, told)).partition("<main")[2]


def test_an_unknown_code_says_so_and_a_wrong_shape_too(client, here, told):
    page = open_with(client, "0000 0000 0000 0000")
    assert page.status_code == 200 and "没有这个码" in said(page) and "门前" not in said(page)
    short = open_with(client, told[:-1])
    assert short.status_code == 422 and "少了几位" in said(short)


def test_a_number_opens_nothing_here(client, here, told):
    assert open_with(client, here.issues["s"].number).status_code == 422


def test_the_codes_of_plain_matters_and_of_the_neighbour_open_nothing(client, here, told):
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    stage.told(neighbour, "s", is_sealed=True)
    assert "没有这个码" in said(open_with(client, neighbour.receipts["s"]))


def test_it_is_looked_up_by_a_press_alone(client, here, told):
    assert "门前" not in said(client.get(OPEN, {"receipt": told}))
    assert client.get("/n/add/").status_code == client.get("/n/verdict/").status_code == 405


def test_photos_open_by_the_pass_of_the_page_for_ten_minutes(client, here, told):
    addresses = re.findall(r'"(/n/f/[^"]+)"', said(open_with(client, told)))
    assert addresses and all(client.get(address).status_code == 200 for address in addresses)
    assert client.get(addresses[0].replace("/large/", "/sound/").replace("/small/", "/sound/")).status_code == 404
    with clock.stopped_at(clock.now() + hush.SHOWN_FOR + timedelta(seconds=5)):
        assert {client.get(address).status_code for address in addresses} == {404}
    assert client.get("/n/f/forged/large/").status_code == 404


def test_said_more_on_the_page(client, here, told):
    page = open_with(client, told)
    empty = press(client, page, "/n/add/", words=" ")
    assert empty.status_code == 422
    done = press(client, page, "/n/add/", words="今天更深了", photo1=photo())
    assert "补上了" in said(done) and "今天更深了" in said(done)
    assert IssueFile.objects.filter(kind="photo").count() == 2
    assert press(client, page, "/n/add/", words="今天更深了", photo1=photo()).status_code == 200
    assert IssueFile.objects.filter(kind="photo").count() == 2, "pressed twice is once"


def test_what_was_opened_closes_after_half_an_hour(client, here, told):
    page = open_with(client, told)
    with clock.stopped_at(clock.now() + hush.OPENED_FOR + timedelta(seconds=5)):
        closed = press(client, page, "/n/add/", words="更深了")
    assert closed.status_code == 409 and "再输一次回执码" in said(closed) and "门前" not in said(closed)


def test_a_pass_of_one_form_opens_no_other(client, here, told):
    sheet = field(client.get(NEW), "ticket")
    assert client.post("/n/add/", {"ticket": sheet, "words": "更深了"}).status_code == 409
    assert "门前" not in said(client.post(OPEN, {"ticket": sheet, "receipt": told}))


def test_done_and_not_yet_by_whoever_has_the_code(client, here):
    stage.answered(here, "s", is_sealed=True, days_ago=1, photos=[])
    page = open_with(client, here.receipts["s"])
    seen = field(page, "seen")
    assert "坑填平了" in said(page) and "您看，这事办好了吗？" in said(page)
    assert press(client, page, "/n/verdict/", answer="maybe", seen=seen).status_code == 422
    assert press(client, page, "/n/verdict/", answer="yes", seen="an older one").status_code == 409
    done = press(client, page, "/n/verdict/", answer="no", seen=seen, note="还在漏")
    assert "还没好，接着办" in said(done) and here.fresh("s").status == Status.DISPATCHED
    again = press(client, page, "/n/verdict/", answer="yes", seen=seen)
    assert again.status_code == 409 and here.fresh("s").status == Status.DISPATCHED


def test_a_closed_one_is_read_and_not_added_to(client, here):
    stage.solved(here, "s", is_sealed=True)
    page = open_with(client, here.receipts["s"])
    assert page.status_code == 200 and "/n/add/" not in said(page)


# --- slow-down ----------------------------------------------------------------------------------------------------
def test_many_tries_make_forms_ripen_and_lock_nobody_out(client, here, told, monkeypatch):
    monkeypatch.setattr(hush, "ALL_TRIES", ((3, 10),))
    start = clock.now()
    with clock.stopped_at(start):
        for n in range(3):
            open_with(client, f"{n:016}")
        ticket = field(client.get(OPEN), "ticket")
        young = client.post(OPEN, {"ticket": ticket, "receipt": told})
        assert young.status_code == 429 and young["Retry-After"] == "10" and "等 10 秒再点一次" in said(young)
        assert field(young, "ticket") == ticket and told in said(young), "the same form goes on ripening"
        unknown = client.post(OPEN, {"ticket": ticket, "receipt": "0" * 16})
        assert (unknown.status_code, unknown["Retry-After"]) == (429, "10"), "known and unknown wait alike"
    with clock.stopped_at(start + timedelta(seconds=10)):
        assert "门前的路塌了" in said(client.post(OPEN, {"ticket": ticket, "receipt": told}))


def test_one_code_asked_for_again_and_again_waits_alone(client, here, told, monkeypatch):
    monkeypatch.setattr(hush, "ONE_CODE", ((2, 42),))
    with clock.stopped_at(clock.now()):
        for _ in range(2):
            open_with(client, told)
        assert open_with(client, told)["Retry-After"] == "42"
        assert open_with(client, "0" * 16).status_code == 200


def test_one_form_is_good_for_a_few_tries(client, here, told):
    ticket = field(client.get(OPEN), "ticket")
    for _ in range(hush.USES):
        client.post(OPEN, {"ticket": ticket, "receipt": "0" * 16})
    page = client.post(OPEN, {"ticket": ticket, "receipt": told})
    assert "页面开得太久了" in said(page) and "门前" not in said(page)
    assert "门前的路塌了" in said(client.post(OPEN, {"ticket": field(page, "ticket"), "receipt": told}))


def test_a_flood_of_sheets_is_slowed_and_never_turned_away(client, here, monkeypatch):
    monkeypatch.setattr(hush, "TOLD_A_DAY", ((2, 42),))
    start = clock.now()
    with clock.stopped_at(start):
        assert hand_in(client).context["receipt"] and hand_in(client, words="二").context["receipt"]
        ticket = field(client.get(NEW), "ticket")
        page = hand_in(client, ticket=ticket, words="三")
        assert page.status_code == 429 and "等 42 秒再点一次" in said(page) and "三</textarea>" in said(page)
    with clock.stopped_at(start + timedelta(seconds=42)):
        assert hand_in(client, ticket=ticket, words="三").context["receipt"]


# --- forms --------------------------------------------------------------------------------------------------------
def test_the_sheet_has_neither_household_nor_key_nor_ticks_that_lead_away(here):
    assert not {"ours", "key", "is_sealed", "is_about"} & set(SealedForm().fields)


def test_a_code_is_tidied_by_its_form(here):
    form = ReceiptForm({"receipt": "abcd-efgh jkmn pqrs"})
    assert form.is_valid() and form.cleaned_data["receipt"] == "ABCDEFGHJKMNPQRS"
    assert ReceiptForm({"receipt": "x" * 90}).errors["receipt"] == ["回执码有 16 位，多了几位。"]


def test_kin_of_the_office_do_not_see_it_either(client, here):
    home(here, person(here, "secretary"), person(here, "council"))
    hand_in(client, about_post=str(here.posts["secretary"].pk))
    client.force_login(here.users["council"])
    assert client.get(f"/v/say/{Issue.objects.get().number}/").status_code == 404


def test_a_media_file_is_gone_with_what_it_hung_on(tmp_path, settings):
    settings.MEDIA_ROOT, settings.SPOOL_ROOT = tmp_path / "m", tmp_path / "s"
    upload = stage.photo()
    assert store.spool_path(upload.stem).exists()
    store.remove(upload.stem)
    assert not store.spool_path(upload.stem).exists()
