"""Pressed twice, sent again after a lost answer, gone back and pressed: one record, one number."""

import pytest

from tests.factories import stage as stages
from tests.journeys.test_a_stranger_tells_and_hears_back import number_of, receipt_of, status_of
from tests.journeys.visitor import Visitor, picture
from tongxin.issues.models import Issue, IssueEntry, IssueFile, Sitting, Status, Voice
from tongxin.people.models import Household
from tongxin.territory import scope


@pytest.fixture
def counts(quiet):
    """How many rows of a table the village has."""

    def of(model, **which) -> int:
        with scope.village(quiet.village.pk):
            return model.objects.filter(**which).count()

    return of


def test_a_report_pressed_twice_is_one_with_one_number(quiet, counts):
    visitor = Visitor(quiet)
    sheet = visitor.open(f"/q/{quiet.codes[0].code}/").follow("/say/new/")
    said = {"category": "road", "words": "路塌了半边", "phone": "13822220007"}
    first = sheet.press("/say/new/", photo1=picture(), **said)
    second = sheet.press("/say/new/", photo1=picture(), **said)
    assert number_of(first) == number_of(second)
    assert (counts(Issue), counts(IssueFile), counts(IssueEntry)) == (1, 1, 1)


def test_a_sealed_report_pressed_twice_shows_the_same_receipt(quiet, counts):
    sheet = Visitor(quiet).open("/n/new/")
    said = {"category": "road", "words": "路塌了半边", "photo1": picture()}
    first = sheet.press("/n/new/", **said)
    second = sheet.press("/n/new/", **{**said, "photo1": picture()})
    assert receipt_of(first) == receipt_of(second)
    assert (counts(Issue), counts(IssueFile), counts(IssueEntry)) == (1, 1, 1)
    other = sheet.press("/n/new/", category="road", words="渠也裂了")
    assert other.status == 409 and counts(Issue) == 1


def test_the_same_sheet_with_other_words_is_no_second_matter(quiet, counts):
    visitor = Visitor(quiet)
    sheet = visitor.open("/say/new/")
    sheet.press("/say/new/", category="road", words="路塌了半边")
    again = sheet.press("/say/new/", category="road", words="渠也裂了")
    assert again.status == 409
    assert again.link("/say/new/")  # a new sheet is one press away
    assert counts(Issue) == 1


def test_me_too_pressed_twice_is_one_voice(quiet, counts):
    stages.told(quiet, "open", 1)
    page = Visitor(quiet).open(f"/q/{quiet.codes[0].code}/")
    page.press("/join/")
    page.press("/join/")
    assert counts(Voice) == 1


def test_each_step_of_the_office_pressed_twice_is_one_step(quiet, counts):
    number = stages.told(quiet, "open", 1).number
    council = Visitor(quiet, quiet.users["council"])
    inbox = council.open("/v/say/", open=number)
    for _press in range(2):
        page = inbox.press("/dispatch/", post="other", other=str(quiet.posts["worker"].pk))
        assert page.status == 200
    assert counts(IssueEntry, step="dispatch") == counts(IssueEntry, step="accept") == 1

    task = Visitor(quiet, quiet.users["worker"]).open(f"/w/{number}/")
    for _press in range(2):
        assert task.press("/note/", text="石子拉来了").status == 200
    assert counts(IssueEntry, step="note") == 1
    for _press in range(2):
        assert task.press("/answer/", reply="垫好了", photo1=picture()).status == 200
    assert (counts(IssueEntry, step="answer"), counts(IssueFile)) == (1, 1)

    teller = Visitor(quiet)
    page = teller.open(f"/say/{number}/").press("/prove/", tail="0001")
    for _press in range(2):
        assert page.press("/confirm/", button="办好了").status == 200
    assert counts(IssueEntry, step="confirm") == 1
    assert status_of(quiet, number) == Status.SOLVED


def test_what_is_written_down_for_another_is_one(quiet, counts):
    sheet = Visitor(quiet, quiet.users["worker"]).open("/w/say/new/")
    said = {"holding": "words", "channel": "door", "category": "water", "words": "水三天没来了"}
    first, second = sheet.press("/w/say/new/", **said), sheet.press("/w/say/new/", **said)
    assert first.url == second.url
    assert counts(Issue) == 1


def test_a_household_pressed_twice_is_one(quiet, counts):
    before = counts(Household)
    sheet = Visitor(quiet, quiet.users["clerk"]).open("/v/hh/new/")
    group, grid = str(quiet.groups[0].pk), str(quiet.grids[0].pk)
    form = sheet.form("/v/hh/new/")
    typed = {name: value for name, value in (("group", group), ("grid", grid)) if name in form.names}
    for _press in range(2):
        sheet.press("/v/hh/new/", **typed, **{"head-name": "祁有粮", "head-sex": "1"})
    assert counts(Household) == before + 1


def test_a_sitting_pressed_twice_is_one(quiet, counts):
    page = Visitor(quiet, quiet.users["clerk"]).open("/v/council/")
    for _press in range(2):
        assert page.press("/council/", present="5", note="都看过了").status == 200
    assert counts(Sitting) == 1
