"""The council's meeting: the acts since the last one, ticked or not; the sitting; its past."""

import re
from datetime import timedelta

import pytest

from tests.factories import stage
from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.models import Sitting

PAGE = "/v/council/"


@pytest.fixture
def council(client, here):
    client.force_login(here.users["council"])
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def held(here, **changes):
    acts = [str(act.pk) for act in queries.duty_acts(here.village.pk)]
    return {
        "held_on": clock.today().isoformat(),
        "present": "7",
        "note": "都看过了",
        "entries": acts,
        "key": "k",
        **changes,
    }


def test_no_act_waits(council, here):
    assert "没有等着上会的。" in text_of(council.get(PAGE))


def test_the_sitting_takes_what_is_ticked(council, here):
    stage.taken(here, "one"), stage.taken(here, "two")
    page = council.get(PAGE)
    assert len(page.context["acts"]) == 2 and all(act.is_ticked for act in page.context["acts"])
    first = str(page.context["acts"][0].entry.pk)
    response = council.post(PAGE, held(here, entries=[first]), follow=True)
    assert "看了 1 单" in text_of(response) and len(response.context["acts"]) == 1
    sitting = Sitting.objects.get()
    assert (sitting.present, sitting.note, sitting.recorded_by) == (7, "都看过了", here.users["council"])
    assert response.context["sittings"] == [sitting] and "都看过了" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"present": "0"}, "写清到了几个人"),
        ({"present": "很多"}, "写清到了几个人"),
        ({"held_on": ""}, "写日子"),
        ({"held_on": (clock.today() + timedelta(days=1)).isoformat()}, "这一天还没到"),
    ],
)
def test_a_wrong_sheet_keeps_words_and_ticks(council, here, changes, said):
    stage.taken(here, "one"), stage.taken(here, "two")
    ticked = str(queries.duty_acts(here.village.pk)[1].pk)
    response = council.post(PAGE, held(here, entries=[ticked], **changes))
    assert response.status_code == 422 and said in text_of(response) and "都看过了" in text_of(response)
    assert [act.is_ticked for act in response.context["acts"]] == [False, True] and not Sitting.objects.exists()


def test_pressed_twice_is_one_sitting(council, here):
    for _press in range(2):
        assert council.post(PAGE, held(here)).status_code == 303
    assert Sitting.objects.count() == 1


def test_nonsense_instead_of_an_act_counts_as_not_ticked(council, here):
    stage.taken(here, "one")
    council.post(PAGE, held(here, entries=["nonsense", "018f0000-0000-7000-8000-000000000000"]))
    assert Sitting.objects.get().items.count() == 0


def test_who_reads_does_not_record(client, here):
    stage.taken(here, "one")
    client.force_login(here.users["supervisor"])
    page = client.get(PAGE)
    assert "记一次会" not in text_of(page) and "disabled" in page.content.decode()
    assert client.post(PAGE, held(here)).status_code == 403 and not Sitting.objects.exists()


def test_the_acts_print_as_a_ledger(council, here):
    issue = stage.taken(here, "one")
    assert issue.number in text_of(council.get(PAGE + "?as=print"))
    assert council.get(PAGE + "?as=xlsx").content[:2] == b"PK"
