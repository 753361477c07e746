"""The card on the door: nothing to a stranger, the family's page to the family."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.factories import stage
from tongxin.audit.models import AuditEntry
from tongxin.core import clock, guessing
from tongxin.people import actions as people
from tongxin.people import queries as register
from tongxin.people.models import CardToken, HouseholdPin, RegisterEntry

from .test_telling import said


@pytest.fixture
def card(here):
    return f"/c/{here.cards[0].token}/"


def test_a_stranger_sees_village_and_telephone_and_nothing_of_the_household(client, here, card):
    page = client.get(card)
    text = said(page)
    assert page.status_code == 200 and here.village.name in text and here.village.phone in text
    for secret in ("拐弯处", "苗", "一组", "第 1 网格", ">001"):
        assert secret not in text


def test_four_digits_of_a_familys_telephone_open_its_page_for_thirty_days(client, here, card):
    stage.answered(here, "family", household=here.households[0], phone="", words="家里没水")
    stage.told(here, "secret", household=here.households[0], is_sealed=True, phone="13811110471")
    response = client.post(card, {"tail": stage.TAIL})
    assert response.status_code == 303 and response["Location"] == "/my/"
    assert client.cookies["home"]["max-age"] == 30 * 24 * 3600 and client.cookies["home"]["httponly"]
    text = said(client.get("/my/"))
    assert "拐弯处" in text and "3 口人" in text and "1 人在外" in text
    assert here.issues["family"].number in text and here.issues["secret"].number not in text
    assert here.appointments[9].person.name in text, "the grid worker"
    assert "家里没水" in said(client.get(f"/say/{here.issues['family'].number}/"))
    assert client.get(card)["Location"] == "/my/"


def test_the_family_may_say_that_it_is_done(client, here, card):
    issue = stage.answered(here, "family", household=here.households[0], phone="")
    client.post(card, {"tail": stage.TAIL})
    assert client.post(f"/say/{issue.number}/confirm/", {"answer": "yes"}).status_code == 303


def test_wrong_digits_are_a_422_and_the_sixth_try_waits(client, here, card):
    for _turn in range(5):
        response = client.post(card, {"tail": "9999"})
        assert response.status_code == 422 and "对不上，再看看。" in said(response)
    response = client.post(card, {"tail": stage.TAIL})
    assert response.status_code == 429 and "试了 5 次了，歇 10 分钟再试，或者打电话。" in said(response)


def test_a_revoked_card_says_so_and_closes_the_page_it_had_opened(client, here, card):
    client.post(card, {"tail": stage.TAIL})
    CardToken.objects.filter(pk=here.cards[0].pk).update(revoked_on=clock.today())
    page = client.get(card)
    assert page.status_code == 410 and "这张卡作废了，请用新卡。" in said(page)
    assert "拐弯处" not in said(client.get("/my/"))


def test_the_card_of_a_household_that_moved_away_is_gone(client, here):
    assert client.get(f"/c/{here.cards[2].token}/").status_code == 410


def test_a_card_of_nowhere_is_a_404(client, here):
    response = client.get("/c/nowhere/")
    assert response.status_code == 404 and "这张卡不是本村的。" in said(response)


def test_without_a_card_the_page_says_how_to_open_it(client, here):
    assert "扫门上的户卡" in said(client.get("/my/"))


def test_the_page_can_be_closed_on_a_lent_telephone(client, here, card):
    client.post(card, {"tail": stage.TAIL})
    assert client.post("/my/leave/").status_code == 303
    assert "拐弯处" not in said(client.get("/my/"))


def test_a_neighbour_reads_nothing_of_this_household(client, here, card):
    issue = stage.told(here, "family", household=here.households[1], phone="", words="家里没水")
    client.post(card, {"tail": stage.TAIL})
    assert "家里没水" not in said(client.get(f"/say/{issue.number}/"))


def test_a_grid_worker_who_scans_it_comes_to_the_staff_page(client, here, card):
    client.force_login(here.users["worker"])
    response = client.get(card)
    assert response.status_code == 302 and response["Location"] == f"/v/hh/{here.households[0].pk}/"


def test_a_former_officer_is_a_stranger_to_it(client, here, card):
    client.force_login(here.users["former"])
    assert client.get(card).status_code == 200


def test_what_waits_for_the_familys_word_stands_on_the_first_page(client, here, card):
    stage.answered(here, "family", household=here.households[0], phone="", words="家里没水")
    stage.answered(here, "secret", household=here.households[0], is_sealed=True)
    stage.answered(here, "neighbour", household=here.households[1], phone="")
    client.post(card, {"tail": stage.TAIL})
    assert [issue.number for issue in client.get("/").context["waiting"]] == [here.issues["family"].number]


# --- twenty wrong tries ---
def guess(card, n, *, wrong="9999", field="tail", later=False):
    """As a patient stranger: a new address and an hour for each try, up to an hour ago. The last answer."""
    start, answer = clock.now() + timedelta(hours=1 if later else -n - 1), None
    for turn in range(n):
        with clock.stopped_at(start + timedelta(hours=turn)):
            answer = Client(REMOTE_ADDR=f"10.1.{turn // 200}.{turn % 200 + 1}").post(card, {field: wrong})
    return answer


def test_twenty_wrong_tries_shut_the_card_for_strangers_and_leave_one_entry(client, here, card):
    known = Client()
    assert known.post(card, {"tail": stage.TAIL}).status_code == 303
    known.post("/my/leave/")
    assert guess(card, guessing.MOST).status_code == 422
    for answer in (guess(card, 1, wrong=stage.TAIL), guess(card, 1)):
        text = said(answer)
        assert answer.status_code == 429 and "这张卡锁住了" in text and here.village.phone in text
        assert "home" not in answer.cookies
    entries = RegisterEntry.objects.filter(household=here.households[0], what="card")
    assert [entry.new for entry in entries] == [{"shut": "20"}]
    assert AuditEntry.objects.filter(act="people.card", subject_id=here.households[0].pk).count() == 1
    assert register.shut(here.cards[:2]) == {here.cards[0].pk}
    assert known.post(card, {"tail": stage.TAIL}).status_code == 303, "a phone that has opened it before"


def test_the_owner_in_between_does_not_wash_the_guessers_count(client, here, card):
    guess(card, guessing.MOST - 1)
    assert Client(REMOTE_ADDR="198.51.100.7").post(card, {"tail": stage.TAIL}).status_code == 303
    guess(card, 1)
    assert guess(card, 1, wrong=stage.TAIL).status_code == 429


def test_the_office_opens_a_shut_card_or_makes_a_new_one(client, here, card):
    guess(card, guessing.MOST + 1)
    people.unlock_card(here.cards[0], by=here.users["clerk"], seen="认得本人")
    assert Client().post(card, {"tail": stage.TAIL}).status_code == 303
    guess(card, guessing.MOST + 1, later=True)
    assert RegisterEntry.objects.filter(new__shut="20").count() == 2
    fresh = people.replace_card(here.cards[0], by=here.users["clerk"], reason="丢了")
    assert Client().post(f"/c/{fresh.token}/", {"tail": stage.TAIL}).status_code == 303


# --- six digits of the family's own ---
PIN = "738205"


@pytest.fixture
def chosen(client, here, card):
    client.post(card, {"tail": stage.TAIL})
    response = client.post("/my/pin/", {"pin": "７３８２ 05", "again": PIN})
    assert response.status_code == 303 and response["Location"] == "/my/"
    return card


def test_once_it_is_set_the_telephone_opens_nothing_and_the_digits_do(client, here, chosen):
    assert "拐弯处" in said(client.get("/my/")), "the phone that has chosen it stays in"
    stranger = Client()
    page = said(stranger.get(chosen))
    assert 'name="pin"' in page and 'name="tail"' not in page and "拐弯处" not in page
    for typed in ({"tail": stage.TAIL}, {"pin": "000000"}, {"pin": stage.TAIL}):
        answer = stranger.post(chosen, typed)
        assert answer.status_code == 422 and "home" not in answer.cookies
    assert not register.prove_family(here.households[0], stage.TAIL)
    answer = stranger.post(chosen, {"pin": "７３８２０５"})
    assert answer.status_code == 303 and "拐弯处" in said(stranger.get("/my/"))


def test_a_phone_that_was_let_in_by_the_telephone_is_out_again(client, here, card):
    earlier = Client()
    earlier.post(card, {"tail": stage.TAIL})
    assert "拐弯处" in said(earlier.get("/my/"))
    pin = people.set_pin(here.households[0], by=here.users["clerk"], pin=PIN)
    assert "拐弯处" not in said(earlier.get("/my/"))
    assert PIN not in str(pin.secret) and PIN not in HouseholdPin.objects.get().secret.in_clear()


def test_whoever_has_the_page_open_cannot_choose_a_second_one(client, here, chosen):
    answer = client.post("/my/pin/", {"pin": "914827", "again": "914827"})
    assert answer.status_code == 409
    assert Client().post(chosen, {"pin": PIN}).status_code == 303


def test_nobody_chooses_for_a_family_whose_card_was_not_opened(client, here, card):
    assert "扫门上的户卡" in said(client.post("/my/pin/", {"pin": PIN, "again": PIN}))
    assert not HouseholdPin.objects.exists()


@pytest.mark.parametrize(
    ("pin", "again", "sentence"),
    [
        ("000000", "000000", "这个太好猜了"),
        ("123456", "123456", "这个太好猜了"),
        ("876543", "876543", "这个太好猜了"),
        ("890123", "890123", "这个太好猜了"),
        ("382382", "382382", "这个太好猜了"),
        ("474747", "474747", "这个太好猜了"),
        ("710471", "710471", "里头有家里电话的尾号"),
        ("047104", "047104", "里头有家里电话的尾号"),
        ("73820", "73820", "要六位数字，再看看。"),
        ("73820x", "73820x", "要六位数字，再看看。"),
        ("738205", "738206", "两遍不一样，再输一次。"),
        ("", "", "写六位数字。"),
    ],
)
def test_what_a_neighbour_tries_first_is_refused_with_a_sentence(client, here, card, pin, again, sentence):
    client.post(card, {"tail": stage.TAIL})
    answer = client.post("/my/pin/", {"pin": pin, "again": again})
    text = said(answer)
    assert answer.status_code == 422 and sentence in text
    assert not pin or f'value="{pin}"' not in text
    assert not HouseholdPin.objects.exists()


def test_wrong_digits_count_at_the_same_door(client, here, chosen):
    guess(chosen, guessing.MOST, wrong="914827", field="pin")
    assert guess(chosen, 1, wrong=PIN, field="pin").status_code == 429


def test_forgotten_it_is_cleared_at_the_desk_and_the_phones_are_out(client, here, chosen):
    people.clear_pin(here.households[0], by=here.users["clerk"], because="认得本人")
    assert "拐弯处" not in said(client.get("/my/"))
    assert client.post(chosen, {"tail": stage.TAIL}).status_code == 303
    acts = RegisterEntry.objects.filter(household=here.households[0], what="pin").order_by("at", "id")
    assert [entry.new for entry in acts] == [{"set": "card"}, {"cleared": "认得本人"}]
    assert AuditEntry.objects.filter(act="people.pin").count() == 2
