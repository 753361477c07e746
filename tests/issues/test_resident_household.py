"""The card on the door: nothing to a stranger, the family's page to the family."""

import pytest

from tests.factories import stage
from tongxin.core import clock
from tongxin.people.models import CardToken

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
