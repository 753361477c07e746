"""Somebody speaks up on the page: what is taken, what is refused with which words, and what they get back."""

import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import stage
from tongxin.casework.models import Channel
from tongxin.core import clock, numbers
from tongxin.issues.forms.fields import clean_phone
from tongxin.issues.models import Issue, Kind, Route, Voice

NEW = "/say/new/"


def said(response) -> str:
    """The page as text, without the marks at which lines may break."""
    return re.sub(r'<span class="nb">([^<]*)</span>', r"\1", response.content.decode())


def errors(response) -> dict:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def hand_in(client, data):
    return client.post(NEW, data)


# --- what is taken ----------------------------------------------------------------------------------------------
def test_a_plain_report_gets_a_number_and_goes_on_by_303(client, here, sheet):
    response = hand_in(client, sheet())
    issue = Issue.objects.get()
    assert response.status_code == 303
    assert response["Location"] == reverse("issues:say_done", args=[issue.number])
    assert (issue.words, issue.category, issue.route, issue.channel) == (
        "门前的路塌了",
        "road",
        Route.COUNCIL,
        Channel.PAGE,
    )
    assert issue.recorded_by is None


def test_the_done_page_says_number_taker_and_by_when_and_survives_a_reload(client, here, sheet):
    number = hand_in(client, sheet(phone="138 1111 2222")).headers["Location"].split("/")[-2]
    for _turn in range(2):
        page = client.get(f"/say/done/{number}/")
        text = said(page)
        assert page.status_code == 200
        assert f"{number[:-1]}<i>{number[-1]}</i>" in text
        assert "24 小时内" in text and "村议事会有人接手" in text
        assert "报手机号后四位就行" in text and f'href="tel:{here.village.tel}"' in text
        assert "data-handed-in" in text


def test_a_stranger_with_the_number_is_led_from_the_done_page_to_the_sentences(client, here, sheet):
    number = hand_in(client, sheet()).headers["Location"].split("/")[-2]
    client.cookies.clear()
    response = client.get(f"/say/done/{number}/")
    assert response.status_code == 302 and response["Location"] == f"/say/{number}/"


def test_a_code_brings_its_place_grid_and_worker_along(client, here, sheet):
    code = here.codes[0].code
    page = client.get(NEW, {"q": code})
    assert "集市口" in said(page) and "您扫的码就贴在这里" in said(page)
    done = client.get(hand_in(client, sheet(q=code))["Location"])
    issue = Issue.objects.get()
    assert (issue.place, issue.grid, issue.group) == (here.places[0], here.grids[0], here.groups[0])
    assert issue.channel == Channel.CODE
    assert here.appointments[9].person.name in said(done) and here.appointments[9].phone in said(done)


def test_a_chosen_group_stands_above_the_code(client, here, sheet):
    hand_in(client, sheet(q=here.codes[0].code, group=here.groups[2].pk, place_text="沟那边"))
    issue = Issue.objects.get()
    assert (issue.place, issue.group, issue.place_text) == (None, here.groups[2], "沟那边")


@pytest.mark.parametrize("code", ["WRONG", "23456ZZ9"])
def test_a_code_that_is_none_stops_nobody(client, here, sheet, code):
    page = client.get(NEW, {"q": code})
    assert page.status_code == 200 and "码没认出来。写一下在哪。" in said(page)
    assert hand_in(client, sheet(q=code)).status_code == 303


def test_a_place_by_its_id_is_filled_in_too(client, here, sheet):
    page = client.get(NEW, {"place": here.places[1].pk})
    assert "老井" in said(page) and "您扫的码" not in said(page)
    hand_in(client, sheet(place=here.places[1].pk))
    assert Issue.objects.get().place == here.places[1]


def test_a_household_card_lends_its_ground_when_the_family_ticks_so(client, here, sheet):
    client.post(f"/c/{here.cards[0].token}/", {"tail": stage.TAIL})
    assert "记在我家名下" in said(client.get(NEW))
    hand_in(client, sheet(ours="on"))
    ours = Issue.objects.get()
    assert ours.household == here.households[0] and ours.grid == here.grids[0]


# --- pressed twice ----------------------------------------------------------------------------------------------
def test_pressed_twice_is_one_record_and_the_same_page(client, here, sheet):
    data = sheet(phone="13811112222")
    first, second = hand_in(client, data), hand_in(client, data)
    assert first["Location"] == second["Location"] and first.status_code == second.status_code == 303
    assert Issue.objects.count() == 1


def test_the_same_sheet_with_other_words_is_a_409_in_words(client, here, sheet):
    data = sheet()
    hand_in(client, data)
    response = hand_in(client, {**data, "words": "又塌了"})
    assert response.status_code == 409
    assert "这一件已经交过了。" in said(response) and NEW in said(response)
    assert Issue.objects.count() == 1


# --- sealed and complaints: led to the quiet channel --------------------------------------------------------------
@pytest.mark.parametrize("tick", ["is_sealed", "is_about"])
def test_either_tick_leads_to_the_quiet_channel_with_everything_typed_and_nothing_kept(client, here, sheet, tick):
    lying = set(settings.SPOOL_ROOT.glob("*/*"))
    photo = SimpleUploadedFile("IMG_0001.jpg", stage.jpeg(), "image/jpeg")
    typed = sheet(words="水<漏>了", place_text="老槐树下", phone="13811112222", q=here.codes[0].code, photo1=photo)
    led = client.post(NEW, {**typed, tick: "on"})
    assert led.status_code == 307 and led["Location"] == f"/n/new/?q={here.codes[0].code}"
    assert led["Referrer-Policy"] == "no-referrer"
    photo.seek(0)
    page = client.post(led["Location"], {**typed, tick: "on"})  # as a browser does after a 307
    text = said(page)
    assert page.status_code == 200 and "您写的都在这里，还没有存下。" in text and "照片和录音没有留下" in text
    assert "水&lt;漏&gt;了</textarea>" in text and 'value="老槐树下"' in text and 'value="13811112222"' in text
    assert 'value="road" id="id_category_0" checked' in text and "集市口" in text
    assert Issue.objects.count() == 0
    assert set(settings.SPOOL_ROOT.glob("*/*")) == lying


# --- what is refused, each with its sentence --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"category": None}, "category", "还没选是啥事。"),
        ({"category": "ufo"}, "category", "还没选是啥事。"),
        ({"words": "  "}, "words", "说一句，或者写几个字都行。"),
        ({"words": "啊" * 2001}, "words", "太长了。拣要紧的说，或者打电话。"),
        ({"phone": "138 0000 000"}, "phone", "手机号少 1 位，再看看。"),
        ({"phone": "13800000"}, "phone", "手机号少 3 位，再看看。"),
        ({"phone": "138000000000"}, "phone", "手机号多 1 位，再看看。"),
        ({"phone": "打我家座机"}, "phone", "这不像电话号码，再看看。"),
        ({"group": "018f0000-0000-7000-8000-000000000000"}, "group", "选一个组，或者写上地方。"),
        ({"place_text": "路" * 121}, "place_text", "太长了，写个地名就行。"),
    ],
)
def test_what_is_wrong_stands_above_and_beside_in_the_same_words(client, here, sheet, changes, field, sentence):
    response = hand_in(client, sheet(**changes))
    assert response.status_code == 422
    assert errors(response) == {field: [sentence]}
    assert said(response).count(sentence) == 2, "once in the summary, once beside the field"
    assert f'href="#id_{field}"' in said(response) and f'id="id_{field}"' in said(response)
    assert Issue.objects.count() == 0


def test_an_empty_sheet_names_both_places(client, here):
    response = hand_in(client, {})
    assert response.status_code == 422 and set(errors(response)) == {"category", "words"}
    assert "还有 2 处没填好，点一下就到。" in said(response)


def test_every_typed_value_and_the_chosen_tile_are_kept(client, here, sheet):
    kept = {"words": "水<漏>了", "place_text": "老槐树下", "phone": "1380", "category": "water"}
    text = said(hand_in(client, sheet(**kept, group=here.groups[1].pk)))
    assert "水&lt;漏&gt;了</textarea>" in text and 'value="老槐树下"' in text and 'value="1380"' in text
    assert 'value="water" id="id_category_1" checked' in text
    assert f'<option value="{here.groups[1].pk}" selected>' in text


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("", ""),
        ("13800000001", "13800000001"),
        (" 138-0000 0001 ", "13800000001"),
        ("１３８００００００１１", "13800000011"),
        ("+86 138 0000 0001", "13800000001"),
        ("0932-6620000", "09326620000"),
        ("(010) 8888 6666", "01088886666"),
        ("6620000", "6620000"),
    ],
)
def test_a_telephone_is_read_however_it_is_written(typed, clean):
    assert clean_phone(typed) == clean


# --- danger -----------------------------------------------------------------------------------------------------
def test_words_of_danger_put_the_telephone_first_on_both_pages(client, here, sheet):
    refused = hand_in(client, sheet(words="有人触电了", category=None))
    done = client.get(hand_in(client, sheet(words="有人触电了"))["Location"])
    for page in (refused, done):
        assert "先打电话" in said(page) and 'href="tel:119"' in said(page)
    assert Issue.objects.get().is_urgent
    calm = client.get(hand_in(client, sheet())["Location"])
    assert 'href="tel:119"' not in said(calm)


def test_the_emergency_numbers_stand_on_every_sheet(client, here):
    assert "119、120、110" in said(client.get(NEW))


# --- me too -----------------------------------------------------------------------------------------------------
def test_what_is_open_at_this_place_is_offered_first_without_anybodys_words(client, here, sheet):
    stage.told(here, "hole", words="张三家门前的坑")
    stage.told(here, "secret", is_sealed=True, words="不能说的")
    stage.told(here, "complaint", about_post=here.posts["clerk"], words="文书的事")
    stage.solved(here, "old")
    for address in (f"{NEW}?q={here.codes[0].code}", f"/q/{here.codes[0].code}/"):
        page = client.get(address)
        assert [one.number for one in page.context["alike"]] == [here.issues["hole"].number]
        assert "张三家" not in said(page) and "刚收到" in said(page) and "我也要说这个" in said(page)


def test_me_too_is_one_voice_however_often_it_is_pressed(client, here):
    issue = stage.told(here, "hole")
    for _turn in range(2):
        response = client.post(f"/say/{issue.number}/join/", {"key": "k", "phone": "138 1111 3333"})
        assert response.status_code == 303 and response["Location"] == f"/say/{issue.number}/"
    assert Voice.objects.count() == 1
    assert "记下了，算您一份。" in said(client.get(f"/say/{issue.number}/"))


@pytest.mark.parametrize("phone", ["1380000", "abc"])
def test_me_too_with_half_a_telephone_says_so(client, here, phone):
    issue = stage.told(here, "hole")
    response = client.post(f"/say/{issue.number}/join/", {"key": "k", "phone": phone})
    assert response.status_code == 400 and Voice.objects.count() == 0


def test_joining_a_closed_matter_is_refused_in_words(client, here):
    issue = stage.solved(here, "old")
    response = client.post(f"/say/{issue.number}/join/", {"key": "k"})
    assert response.status_code == 409
    assert "这事已经了结了" in said(response) and NEW in said(response)
    assert Voice.objects.count() == 0


def test_nobody_joins_what_is_sealed_or_a_complaint(client, here):
    for issue in (stage.told(here, "s", is_sealed=True), stage.told(here, "c", about_post=here.posts["clerk"])):
        assert client.post(f"/say/{issue.number}/join/", {"key": "k"}).status_code == 404
    assert Voice.objects.count() == 0


# --- this website -----------------------------------------------------------------------------------------------
def test_a_complaint_about_the_website_is_a_suggestion_with_a_number(client, here):
    response = client.post("/feedback/", {"key": "f", "words": "字太小", "phone": ""})
    issue = Issue.objects.get()
    assert response.status_code == 303 and issue.number in response["Location"]
    assert (issue.kind, issue.category, issue.place_text) == (Kind.SUGGESTION, "other", "本网站")


def test_an_empty_complaint_about_the_website_is_asked_for_words(client, here):
    response = client.post("/feedback/", {"key": "f", "words": " "})
    assert response.status_code == 422 and said(response).count("写几个字都行。") == 2


def test_a_number_is_made_of_year_sequence_and_check(client, here, sheet):
    hand_in(client, sheet())
    assert Issue.objects.get().number == numbers.compose(clock.today().year, 1)
