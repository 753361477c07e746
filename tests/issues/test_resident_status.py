"""The number opens sentences, the teller everything; and the teller has the last word."""

import re
from datetime import timedelta

import pytest

from tests.factories import stage
from tongxin.casework.actors import Calendar
from tongxin.core import clock, numbers
from tongxin.issues import actions
from tongxin.issues.models import IssueEntry, Status

from .test_telling import said

WORDS = "王家门口的坑，我家孩子摔了"


def main(response) -> str:
    return re.sub(r"<[^>]+>", "", said(response).partition("<main")[2])


def prove(client, issue, tail="0001"):
    return client.post(f"/say/{issue.number}/prove/", {"tail": tail})


@pytest.fixture
def answered(here):
    return stage.answered(here, "hole", words=WORDS, photos=[stage.photo()])


# --- the number alone -------------------------------------------------------------------------------------------
def test_the_number_alone_shows_sentences_and_no_words_photos_or_title(client, here, answered):
    page = client.get(f"/say/{answered.number}/")
    text = said(page)
    assert page.status_code == 200
    assert "说的事：路" in text and "办的人说好了" in text and "派给" in text
    assert WORDS not in text and "/f/" not in text and answered.title not in text
    assert answered.reply not in text and "您当时说的" not in text
    assert 'value="yes"' not in text


def test_the_number_is_read_however_it_is_written(client, here, answered):
    loose = answered.number.replace("-", "")
    response = client.get(f"/say/{loose}/")
    assert response.status_code == 302 and response["Location"] == f"/say/{answered.number}/"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("26-0001-0", "号码对不上。请照着纸条再输一遍。"), ("99-9999-9", "没有这个号。"), ("abc", "号码对不上。")],
)
def test_a_number_that_is_none_is_a_404_in_words(client, here, number, sentence):
    number = numbers.compose(2099, 9999) if number == "99-9999-9" else number
    response = client.get(f"/say/{number}/")
    assert response.status_code == 404 and sentence in said(response)


@pytest.mark.parametrize("kind", ["sealed", "complaint"])
def test_what_is_sealed_is_answered_like_a_number_that_is_none(client, here, kind):
    """Whoever counts through the numbers does not learn how many sealed ones there are."""
    extra = {"is_sealed": True} if kind == "sealed" else {"about_post": here.posts["clerk"]}
    issue = stage.told(here, "secret", words=WORDS, category="neighbours", **extra)
    none = numbers.compose(clock.today().year, 99_999)
    for verb in ("", "prove/", "confirm/", "join/"):
        ask = client.post if verb else client.get
        known, unknown = (ask(f"/say/{n}/{verb}", {"tail": "0001", "answer": "yes"}) for n in (issue.number, none))
        assert known.status_code == unknown.status_code == 404
        assert main(known).replace(issue.number, none) == main(unknown)
    assert "没有这个号。" in said(client.get(f"/say/find/?number={issue.number}"))
    assert issue.number not in said(client.get("/say/")) and not client.cookies.get("mine")


# --- the teller -------------------------------------------------------------------------------------------------
def test_four_digits_open_it_and_the_phone_remembers(client, here, answered):
    assert prove(client, answered).status_code == 303
    text = said(client.get(f"/say/{answered.number}/"))
    assert WORDS in text and answered.title in text and answered.reply in text and "您看，这事办好了吗？" in text
    assert answered.number in said(client.get("/say/"))
    assert "您的 1 件，等您说行不行" in said(client.get("/"))
    assert client.cookies["mine"]["max-age"] == 180 * 24 * 3600 and client.cookies["mine"]["httponly"]


def test_the_whole_number_of_the_telephone_is_fine_too(client, here, answered):
    assert prove(client, answered, "138 2222 0001").status_code == 303


@pytest.mark.parametrize(
    ("tail", "sentence"), [("9999", "对不上，再看看。"), ("12", "要四位数字，再看看。"), ("", "写上手机号后四位。")]
)
def test_wrong_digits_are_a_422_with_their_sentence(client, here, answered, tail, sentence):
    response = prove(client, answered, tail)
    assert response.status_code == 422 and said(response).count(sentence) == 2
    assert WORDS not in said(response)


def test_the_sixth_try_waits_ten_minutes_even_with_the_right_digits(client, here, answered):
    for _turn in range(5):
        assert prove(client, answered, "9999").status_code == 422
    response = prove(client, answered)
    assert response.status_code == 429
    assert "试了 5 次了，歇 10 分钟再试，或者打电话。" in said(response)
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        assert prove(client, answered).status_code == 303


def test_tries_are_counted_by_number_and_by_client(client, here, answered):
    other = stage.told(here, "other", phone="13822225555")
    for _turn in range(5):
        prove(client, answered, "9999")
    assert prove(client, other, "5555").status_code == 429, "the same client at another number"
    far = {"REMOTE_ADDR": "10.9.9.9"}
    assert client.post(f"/say/{answered.number}/prove/", {"tail": "0001"}, **far).status_code == 429, "the same number"
    assert client.post(f"/say/{other.number}/prove/", {"tail": "5555"}, **far).status_code == 303


def test_a_forged_cookie_opens_nothing(client, here, answered):
    prove(client, answered)
    client.cookies["mine"] = client.cookies["mine"].value[:-2] + "zz"
    assert WORDS not in said(client.get(f"/say/{answered.number}/"))


def test_the_phone_remembers_twenty(client, here, sheet):
    told = [client.post("/say/new/", sheet())["Location"].split("/")[-2] for _turn in range(22)]
    listed = said(client.get("/say/"))
    assert told[0] not in listed and told[1] not in listed and all(number in listed for number in told[2:])


def test_notes_are_for_the_teller_and_orders_are_not(client, here):
    issue = stage.given(here, "road")
    actions.note(issue, by=here.users["worker"], text="石子明天拉来")
    assert "石子明天拉来" not in said(client.get(f"/say/{issue.number}/"))
    prove(client, issue)
    text = said(client.get(f"/say/{issue.number}/"))
    assert "石子明天拉来" in text and "先去看看" not in text, "what the council told the worker is not for the page"


# --- yes or no --------------------------------------------------------------------------------------------------
def confirm(client, issue, answer, **extra):
    return client.post(f"/say/{issue.number}/confirm/", {"answer": answer, **extra})


def test_yes_settles_it_and_says_so(client, here, answered):
    prove(client, answered)
    response = confirm(client, answered, "yes", note="谢谢")
    assert response.status_code == 303
    text = said(client.get(response["Location"]))
    assert "记下了，办好了。谢谢您。" in text and "您说办好了" in text
    assert here.fresh("hole").status == Status.SOLVED
    assert IssueEntry.objects.get(step="confirm").note == "谢谢"


def test_no_reopens_it_and_the_second_no_goes_to_the_supervisors(client, here, answered):
    prove(client, answered)
    assert confirm(client, answered, "no").status_code == 303
    assert here.fresh("hole").status == Status.DISPATCHED
    actions.answer(here.issues["hole"], by=here.users["worker"], reply="又填了")
    assert confirm(client, answered, "no").status_code == 303
    assert here.fresh("hole").status == Status.APPEALED
    assert "监委会接手了" in said(client.get(f"/say/{answered.number}/"))


def test_pressed_twice_is_said_once_and_answered_kindly(client, here, answered):
    prove(client, answered)
    confirm(client, answered, "yes")
    again = confirm(client, answered, "yes")
    assert again.status_code == 200 and "您说办好了" in said(again)
    assert IssueEntry.objects.filter(step="confirm").count() == 1


def test_a_second_no_from_an_old_page_does_not_count_twice(client, here, answered):
    prove(client, answered)
    seen = answered.answered_at.isoformat()
    confirm(client, answered, "no", seen=seen)
    late = confirm(client, answered, "no", seen=seen)
    assert late.status_code == 409 and "正在办" in said(late)
    actions.answer(here.fresh("hole"), by=here.users["worker"], reply="又填了")
    stale = confirm(client, answered, "no", seen=seen)
    assert stale.status_code == 409 and "又有新的回话了，您先看看。" in said(stale)
    assert here.fresh("hole").reopened == 1


def test_who_has_not_shown_that_it_is_theirs_says_nothing(client, here, answered):
    response = confirm(client, answered, "yes")
    assert response.status_code == 403 and "这事是您说的吗？" in said(response)
    assert here.fresh("hole").status == Status.ANSWERED


def test_neither_yes_nor_no_is_asked_again(client, here, answered):
    prove(client, answered)
    assert confirm(client, answered, "maybe").status_code == 422


def test_silence_is_shown_as_silence(client, here, answered):
    actions.lapse(answered, by=Calendar("issues.lapse"))
    prove(client, answered)
    text = said(client.get(f"/say/{answered.number}/"))
    assert "没人说行不行" in text and "您说办好了" not in text and 'value="yes"' not in text


# --- other ends -------------------------------------------------------------------------------------------------
def test_a_declined_matter_says_where_to_go_and_whom_to_call(client, here):
    issue = stage.told(here, "id")
    actions.decline(issue, by=here.users["council"], reason="派出所才能办", where_to="镇派出所，电话 0932-6623333")
    text = said(client.get(f"/say/{issue.number}/"))
    assert "镇派出所" in text and 'href="tel:09326623333"' in text and "派出所才能办" not in text
    prove(client, issue)
    assert "派出所才能办" in said(client.get(f"/say/{issue.number}/"))


def test_a_merged_matter_leads_to_the_other_and_brings_its_answer(client, here, answered):
    child = stage.told(here, "child", phone="13822227777")
    actions.merge(child, stage.taken(here, "parent"), by=here.users["council"])
    prove(client, child, "7777")
    text = said(client.get(f"/say/{child.number}/"))
    assert here.issues["parent"].number in text and "一块儿办" in text


def test_a_number_of_another_teller_is_not_told(client, here):
    parent, child = stage.taken(here, "parent"), stage.told(here, "child", is_sealed=True)
    actions.merge(child, parent, by=here.users["council"])
    prove(client, parent)
    text = said(client.get(f"/say/{parent.number}/"))
    assert child.number not in text and "还有 1 户说了同一件事，一块儿办。" in text


def test_what_is_late_is_said_plainly(client, here):
    untaken, late = stage.told(here, "untaken", 4), stage.given(here, "late", 20, due=3)
    assert "到点了还没人接。" in said(client.get(f"/say/{untaken.number}/"))
    assert "天。" in said(client.get(f"/say/{late.number}/")).split("已经晚了")[1][:8]
