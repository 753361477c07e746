"""What the database itself refuses, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import stage
from tongxin.core import clock
from tongxin.issues.models import CategoryHandler, Issue, Recusal, SittingItem, Status


def refused(issue, **changes) -> bool:
    """Whether the database takes this update."""
    try:
        with transaction.atomic():
            Issue._base_manager.filter(pk=issue.pk).update(**changes)
    except IntegrityError:
        return True
    return False


NOW = clock.now()
SETTLED = {"status_group": "settled", "settled_at": NOW}
FORBIDDEN = {
    "an open matter that is settled": {"settled_at": NOW},
    "a settled one without a day": {"status": "solved", "status_group": "settled", "reply": "a", "answered_at": NOW},
    "an answer without words": {"status": "answered", "answered_at": NOW},
    "an answer without its moment": {"status": "answered", "reply": "填平了"},
    "a refusal without a reason": {**SETTLED, "status": "declined", "where_to": "镇上"},
    "a refusal without where to": {**SETTLED, "status": "referred", "reason": "是省道"},
    "a 'cannot' without why": {**SETTLED, "status": "not_possible"},
    "merged into nothing": {**SETTLED, "status": "merged", "status_group": "void"},
    "dispatched to nobody": {"status": "dispatched"},
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_database_refuses(here, what):
    assert refused(stage.told(here, "m"), **FORBIDDEN[what])


def test_a_complaint_cannot_be_given_to_the_council(here):
    issue = stage.told(here, "m", about_post=here.posts["secretary"])
    assert refused(issue, route="council") and not refused(issue, route="township")


def test_a_merged_pointer_belongs_to_merged_ones_only(here):
    assert refused(stage.told(here, "m"), merged_into=stage.told(here, "other"))


def test_a_number_is_there_once_a_village(here):
    one, two = stage.told(here, "one"), stage.told(here, "two")
    assert refused(two, number=one.number)
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    assert stage.told(neighbour, "one").number == one.number


def test_what_is_there_once(here):
    issue = stage.told(here, "m", about_post=here.posts["secretary"])
    person = here.persons[here.users["secretary"].name]
    same = [
        lambda: Recusal(village=here.village, issue=issue, person=person, at=clock.now()),
        lambda: CategoryHandler(village=here.village, category="water", post=here.posts["helper"]),
    ]
    for make in same:
        with pytest.raises(IntegrityError), transaction.atomic():
            make().save(force_insert=True)
    assert SittingItem._meta.constraints[0].fields == ("village", "entry")


def test_what_may_stand_in_public(here):
    shown, hidden = stage.answered(here, "shown"), []
    hidden.append(stage.answered(here, "sealed", is_sealed=True))
    hidden.append(stage.taken(here, "unanswered"))
    untitled = stage.answered(here, "untitled")
    Issue.objects.filter(pk=untitled.pk).update(title="")
    assert list(Issue.objects.all().shown_to_all()) == [shown]
    assert {i.pk for i in Issue.objects.all().open()} == {shown.pk, untitled.pk, *(i.pk for i in hidden)}
    assert not Issue.objects.all().solved().exists() and Issue.objects.all().pressing().count() == 4
    assert shown.is_open and str(shown) == shown.number and shown.get_status_display() == str(Status.ANSWERED.label)
