"""Two bodies let a list of many persons out (R20); each step is exactly one entry of the chain (T09)."""

from datetime import timedelta

import pytest

from tests.factories import exports
from tongxin.audit.models import AuditEntry
from tongxin.bodies.models import Appointment
from tongxin.core import clock
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.exports import actions
from tongxin.exports.models import ExportEntry


def acts():
    return list(AuditEntry.objects.filter(act__startswith="exports.").order_by("seq").values_list("act", flat=True))


def agree(here, found, who="supervisor"):
    return actions.agree_export(found, by=here.users[who], words=exports.YES)


def test_each_step_is_exactly_one_entry(here):
    found = exports.agreed(here)
    actions.take_export(found, by=here.users["clerk"])
    assert acts() == ["exports.ask", "exports.agree", "exports.take"]
    taken = AuditEntry.objects.get(act="exports.take")
    assert taken.is_reading and taken.subject_id == found.asked.pk and taken.data["persons"] == 51


def test_it_may_be_taken_for_so_many_hours_as_the_setting_says(here, settings):
    settings.EXPORT_HOURS = 3
    word = agree(here, exports.ask(here))
    assert word.ends_at - word.at == timedelta(hours=3)


@pytest.mark.parametrize("who", ["clerk", "committee", "council", "worker"])
def test_nobody_else_agrees(here, who):
    with pytest.raises(NotAllowed):
        agree(here, exports.ask(here), who)


@pytest.mark.parametrize("text", ["", "九个字的理由不够长", "打给13822220001问问是不是"])
def test_a_reason_is_a_sentence_and_names_nobody(here, text):
    wanted = actions.Wanted(**exports.ROLL, query="as=xlsx")
    with pytest.raises(DomainError):
        actions.ask_export(here.village, wanted, by=here.users["clerk"], reason=text)
    with pytest.raises(DomainError):
        actions.agree_export(exports.ask(here), by=here.users["supervisor"], words=text)


def test_the_same_list_is_asked_for_once_at_a_time(here):
    found = exports.ask(here)
    with pytest.raises(WrongStatus):
        exports.ask(here)
    exports.ask(here, query="as=print")
    exports.ask(here, "secretary")
    actions.refuse_export(found, by=here.users["township"], words="没有说清楚是给谁用的")
    assert exports.ask(here).asked.pk != found.asked.pk


def test_where_nobody_could_agree_it_is_not_asked_for(here):
    for who in ("secretary", "supervisor", "township"):
        Appointment.objects.filter(post=here.posts[who]).update(to_on=clock.today())
    with pytest.raises(DomainError) as refused:
        exports.ask(here)
    assert refused.value.message == actions.NO_SECOND


def test_a_second_word_comes_too_late(here):
    found = exports.ask(here)
    agree(here, found)
    with pytest.raises(WrongStatus):
        actions.refuse_export(found, by=here.users["township"], words=exports.YES)


def test_a_word_after_its_time_comes_too_late(here):
    found = exports.ask(here)
    with clock.stopped_at(found.asked.ends_at), pytest.raises(WrongStatus):
        agree(here, found)


def test_it_is_taken_by_who_asked_once_and_in_time(here):
    found = exports.ask(here)
    with pytest.raises(WrongStatus):
        actions.take_export(found, by=here.users["clerk"])
    word = agree(here, found)
    for who in ("supervisor", "secretary", "committee"):
        with pytest.raises(NotAllowed):
            actions.take_export(found, by=here.users[who])
    with clock.stopped_at(word.ends_at), pytest.raises(WrongStatus):
        actions.take_export(found, by=here.users["clerk"])
    actions.take_export(found, by=here.users["clerk"])
    with pytest.raises(WrongStatus):
        actions.take_export(found, by=here.users["clerk"])
    assert ExportEntry.objects.filter(step="take").count() == 1


def test_what_has_grown_is_not_what_was_agreed_to(here):
    asked = exports.agreed(here).asked
    actions.must_cover(asked, actions.exporting.Leaving("户台账", 51))
    with pytest.raises(WrongStatus):
        actions.must_cover(asked, actions.exporting.Leaving("户台账", 52))
