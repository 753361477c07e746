"""What the desk's forms take and what they give back, typed as people type."""

from datetime import date

import pytest

from tests.factories import stage
from tongxin.core import clock, numbers
from tongxin.issues import queries
from tongxin.issues.forms import desk
from tongxin.issues.models import Kind


@pytest.fixture
def issue(here):
    return stage.told(here, "m")


def dispatch(here, issue, **data):
    return desk.DispatchForm(data, issue=issue, choices=queries.choices(issue, clock.today()))


@pytest.mark.parametrize(
    ("post", "other", "chosen", "at"),
    [
        ("worker", "", "worker", None),
        ("other", "worker", "worker", None),
        ("", "worker", "worker", None),
        ("worker", "worker", "worker", None),
        ("worker", "helper", None, "post"),
        ("", "", None, "post"),
        ("other", "", None, "post"),
        ("clerk", "", None, "post"),
        ("other", "clerk", None, "other"),
    ],
)
def test_to_whom(here, issue, post, other, chosen, at):
    pk = {name: str(row.pk) for name, row in here.posts.items()} | {"other": "other", "": ""}
    form = dispatch(here, issue, post=pk[post], other=pk[other])
    assert form.is_valid() == (at is None) and list(form.errors) == ([at] if at else [])
    if chosen:
        assert form.chosen == here.posts[chosen]


@pytest.mark.parametrize(("typed", "due"), [("", None), ("2023-06-20", date(2023, 6, 20)), ("2023/06/20", None)])
def test_the_day_is_as_the_browser_sends_it(here, issue, typed, due):
    form = dispatch(here, issue, post=str(here.posts["worker"].pk), due_on=typed)
    assert form.is_valid() == (typed != "2023/06/20" or form.cleaned_data.get("due_on") is not None)
    if due:
        assert form.cleaned_data["due_on"] == due


NUMBER = numbers.compose(2023, 617)
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        NUMBER.replace("-", ""),
        f" {NUMBER.replace('-', ' ')} ",
        NUMBER.translate(FULL_WIDTH),
        NUMBER.replace("-", "").translate(CHINESE),
    ],
)
def test_a_number_however_it_is_spoken(issue, typed):
    form = desk.MergeForm({"into": typed}, issue=issue)
    assert form.is_valid() and form.cleaned_data["into"] == NUMBER


@pytest.mark.parametrize("typed", [NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), "", "abc", "23"])
def test_a_number_that_cannot_be(issue, typed):
    assert "into" in desk.MergeForm({"into": typed}, issue=issue).errors


def test_a_complaint_cannot_be_made_something_else(here):
    complaint = stage.told(here, "c", about_post=here.posts["secretary"])
    assert "kind" not in desk.ReclassifyForm(issue=complaint).fields
    offered = [value for value, _label in desk.ReclassifyForm(issue=stage.told(here, "m")).fields["kind"].choices]
    assert Kind.COMPLAINT not in offered


@pytest.mark.parametrize(
    ("shape", "data", "at"),
    [
        (desk.EndForm, {"reason": " ", "where_to": "镇上"}, ["reason"]),
        (desk.EndForm, {"reason": "是省道", "where_to": ""}, ["where_to"]),
        (desk.EndForm, {"reason": "x" * 1001, "where_to": "x" * 121}, ["reason", "where_to"]),
        (desk.GiveUpForm, {"reason": ""}, ["reason"]),
        (desk.HandBackForm, {"reason": ""}, ["reason"]),
        (desk.NoteForm, {"text": ""}, ["text"]),
        (desk.AnswerForm, {"reply": "", "key": "k"}, ["reply"]),
        (desk.AcceptForm, {"title": "路" * 61}, ["title"]),
        (desk.VerdictForm, {}, ["channel"]),
        (desk.VerdictForm, {"channel": "page"}, ["channel"]),
        (desk.JoinForm, {"channel": "paper"}, ["channel"]),
        (desk.JoinForm, {"channel": "phone", "phone": "12"}, ["phone"]),
    ],
)
def test_what_is_missing_or_too_long(issue, shape, data, at):
    form = shape(data, {}, issue=issue)
    assert sorted(form.errors) == sorted(at)


def test_every_fresh_form_that_needs_one_brings_its_own_key(issue):
    keys = {desk.NoteForm(issue=issue)["key"].value() for _form in range(3)}
    assert len(keys) == 3 and None not in keys


def test_no_form_asks_for_a_photo(issue):
    form = desk.AnswerForm({"reply": "填平了", "key": "k"}, {}, issue=issue)
    assert form.is_valid() and form.uploads.photos == []


@pytest.mark.parametrize(("text", "fine"), [("1", True), ("0", False), ("-1", False), ("1000", False), ("七", False)])
def test_how_many_were_present(text, fine):
    form = desk.SittingForm({"held_on": "2023-06-20", "present": text}, today=date(2023, 6, 20))
    assert form.is_valid() == fine
