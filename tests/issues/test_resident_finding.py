"""Whoever lost the number: by what is left of it, by four digits and the group."""

import pytest

from tests.factories import stage
from tongxin.core import clock, numbers
from tongxin.issues import actions

from .test_telling import said

FIND = "/say/find/"


def by_tail(client, here, tail="0001", group=0):
    return client.post(FIND, {"tail": tail, "group": here.groups[group].pk})


def test_the_number_leads_to_the_matter(client, here):
    issue = stage.told(here, "road")
    response = client.get(FIND, {"number": f" {issue.number.replace('-', ' ')} "})
    assert response.status_code == 302 and response["Location"] == f"/say/{issue.number}/"


def test_a_wrong_check_digit_is_a_422_and_what_was_typed_stays(client, here):
    response = client.get(FIND, {"number": "26-0001-0"})
    assert response.status_code == 422
    assert said(response).count("号码对不上。请照着纸条再输一遍。") == 2 and 'value="26-0001-0"' in said(response)


def test_a_number_that_nothing_has_is_a_404(client, here):
    response = client.get(FIND, {"number": numbers.compose(clock.today().year, 77)})
    assert response.status_code == 404 and "没有这个号。打电话问一下。" in said(response)


def test_four_digits_and_the_group_list_the_matters_and_open_them(client, here):
    issue = stage.answered(here, "road", words="王家的坑")
    page = by_tail(client, here)
    assert page.status_code == 200 and issue.number in said(page) and "王家的坑" not in said(page)
    assert "王家的坑" in said(client.get(f"/say/{issue.number}/"))


def test_four_digits_of_another_group_find_nothing(client, here):
    stage.told(here, "road")
    response = by_tail(client, here, group=1)
    assert response.status_code == 404 and "没找到。换个说法，或者打电话问。" in said(response)


def test_what_is_sealed_is_never_found_by_four_digits(client, here):
    stage.told(here, "s", is_sealed=True)
    stage.told(here, "c", about_post=here.posts["clerk"])
    assert by_tail(client, here).status_code == 404


def test_who_only_said_me_too_finds_it_but_reads_nobodys_words(client, here):
    issue = stage.told(here, "road", words="王家的坑")
    actions.join(issue, by=None, key="k", phone="13800004444")
    assert issue.number in said(by_tail(client, here, "4444"))
    assert "王家的坑" not in said(client.get(f"/say/{issue.number}/"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [({"tail": "12"}, "要四位数字，再看看。"), ({}, "写上手机号后四位。"), ({"tail": "1234"}, "选一下是哪个组的事。")],
)
def test_half_of_it_is_a_422(client, here, data, sentence):
    response = client.post(FIND, data)
    assert response.status_code == 422 and said(response).count(sentence) == 2


def test_guessing_digits_stops_after_five(client, here):
    stage.told(here, "road")
    for guess in range(5):
        assert by_tail(client, here, f"888{guess}").status_code == 404
    response = by_tail(client, here)
    assert response.status_code == 429 and "试了 5 次了" in said(response)


def test_the_page_without_anything_offers_both_ways(client, here):
    text = said(client.get(FIND))
    assert "报号查" in text and "报四位数就行" in text and f"tel:{here.village.tel}" in text
