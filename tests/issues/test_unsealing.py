"""Two bodies open an envelope, or nobody does (R27, T09): who may, for how long, and what stands on record of it."""

from datetime import timedelta

import pytest

from tests.factories import stage
from tests.factories.envelopes import CASE, WHY, YES
from tests.issues.test_queries_recusing import county, leave, person
from tongxin.audit.actions import readings
from tongxin.audit.models import AuditEntry
from tongxin.bodies.models import EmergencyAccess
from tongxin.core import clock, crypto
from tongxin.core.errors import DomainError, NotAllowed, TooMany, WrongStatus
from tongxin.issues import actions, queries
from tongxin.issues.actions import recusing
from tongxin.issues.models import Envelope, RecusedBecause, Unsealing, UnsealingEntry
from tongxin.issues.queries import State
from tongxin.territory import queries as territory
from tongxin.territory import scope

WHO = "苗长有"
PHONE = "13822220001"


def ask(here, issue, who="supervisor", reason=WHY, case_number=CASE):
    asked = actions.ask_unsealing(issue, by=here.users[who], reason=reason, case_number=case_number)
    return now(asked)


def now(asked):
    """How a request stands now."""
    asked = getattr(asked, "asked", asked)
    return queries.opening(asked.village_id, asked.pk)


def agree(here, opening, who="township", words=YES):
    actions.agree_unsealing(opening, by=here.users[who], words=words)
    return now(opening.asked)


def read(here, opening, who="supervisor"):
    return actions.read_envelope(now(opening.asked), by=here.users[who])


def acts():
    """What the chain says of envelopes, in order: (act, whether it is a reading)."""
    rows = AuditEntry.objects.filter(act__startswith="issues.unseal").order_by("seq")
    return [(row.act.removeprefix("issues."), row.is_reading) for row in rows]


def steps():
    return list(UnsealingEntry.objects.order_by("at", "id").values_list("step", flat=True))


def refused(error, act, *args, **kwargs):
    """Refused, and nothing is written of it."""
    before = acts(), steps(), Unsealing.objects.count()
    with pytest.raises(error):
        act(*args, **kwargs)
    assert (acts(), steps(), Unsealing.objects.count()) == before


# --- two open it ----------------------------------------------------------------------------------------------------
def test_two_bodies_open_it_and_each_opening_is_one_entry(here, sealed):
    opening = ask(here, sealed)
    assert opening.state == State.ASKED and acts() == [("unseal", False)]
    opening = agree(here, opening)
    assert opening.state == State.OPEN and acts()[1:] == [("unseal_agree", False)]
    for n, who in enumerate(("supervisor", "township", "supervisor"), 1):
        opened = read(here, opening, who)
        assert (opened.name, opened.phone, opened.household) == (WHO, PHONE, str(here.households[0]))
        assert acts()[2:] == [("unseal_read", True)] * n and steps() == ["agree", *["read"] * n]
    [entry, *_rest] = AuditEntry.objects.filter(act="issues.unseal_read")
    assert (entry.subject_id, entry.why, entry.data) == (
        sealed.pk, "agreed", {"fields": ["name", "phone", "household"]},
    )  # fmt: skip
    assert WHO not in repr(opened) and PHONE not in repr(opened)


def test_who_signed_stands_there_as_they_stood_that_day(here, sealed):
    opening = agree(here, ask(here, sealed))
    asked, word = opening.asked, opening.word
    assert (asked.by_post, asked.by_body, asked.case_number) == ("监委会主任", here.posts["supervisor"].body.name, CASE)
    assert (word.by_post, word.body_id, word.note) == ("包村干部", here.posts["township"].body_id, YES)


def test_a_resident_of_the_register_is_read_by_name(here):
    issue = stage.told(here, "s", is_sealed=True, told_by=here.persons[WHO], by="worker", phone="")
    opening = agree(here, ask(here, issue))
    assert (read(here, opening).name, read(here, opening).phone) == (WHO, "")


def test_an_empty_one_and_an_erased_one_are_read_too(here):
    issue = stage.told(here, "bare", is_sealed=True, phone="")
    assert not read(here, agree(here, ask(here, issue)))
    issue = stage.told(here, "gone", is_sealed=True, told_by_name=WHO)
    Envelope.objects.filter(issue=issue).update(
        phone=crypto.Sealed("x2:2026-06-15"), name=crypto.Sealed("x2:2026-06-15")
    )
    assert not read(here, agree(here, ask(here, issue)))


# --- one is not two -------------------------------------------------------------------------------------------------
def test_one_alone_reads_nothing(here, sealed):
    opening = ask(here, sealed)
    refused(WrongStatus, read, here, opening)
    refused(NotAllowed, read, here, opening, "township")


def test_whoever_asked_does_not_agree(here, sealed):
    refused(NotAllowed, agree, here, ask(here, sealed), "supervisor")


def second(here, who, post="", body=None):
    """Somebody more, in a post like another one: of the same body, unless a body is given."""
    like = here.posts[post or who]
    title = {"title": f"副{like.title}", "role": like.role, "position": 70}
    name = f"{who}-{len(here.users)}"
    here.posts[name] = stage.row(stage.Post, village=here.village, body=body or like.body, **title)
    stage.appoint(here, name, stage._person(here, name, stage.officer(here, name, f"副手{len(here.users)}")))
    return name


def test_two_of_one_body_are_not_two(here, sealed):
    other = second(here, "supervisor")
    opening = ask(here, sealed)
    refused(NotAllowed, agree, here, opening, other)
    refused(NotAllowed, actions.refuse_unsealing, opening, by=here.users[other], words=YES)


def test_who_sits_in_both_bodies_is_not_two(here, sealed):
    """The supervisor also sits in the council: whoever sits only there is none of another body."""
    stage.appoint(here, "council", person(here, "supervisor"))
    opening = ask(here, sealed)
    refused(NotAllowed, agree, here, opening, "council")
    assert agree(here, opening, "secretary").state == State.OPEN


def test_whoever_also_sits_where_it_was_asked_is_not_the_other(here, sealed):
    stage.appoint(here, "supervisor", person(here, "township"))
    refused(NotAllowed, agree, here, ask(here, sealed), "township")


def test_a_post_that_is_lent_for_hours_signs_nothing(here, sealed):
    fields = {"person": person(here, "helper"), "because": "主任住院了", "given_at": clock.now(), "hours": 24}
    stage.row(EmergencyAccess, village=here.village, post=here.posts["supervisor"], **fields)
    refused(NotAllowed, ask, here, sealed, "helper")
    refused(NotAllowed, agree, here, ask(here, sealed, "secretary"), "helper")


@pytest.mark.parametrize("who", ["clerk", "committee", "worker", "helper", "accountant", "former"])
def test_other_posts_neither_ask_nor_agree(here, sealed, who):
    refused(NotAllowed, ask, here, sealed, who)
    refused(NotAllowed, agree, here, ask(here, sealed), who)


def test_where_nobody_else_could_agree_nobody_asks(here, complaint):
    leave(here, "township")
    refused(DomainError, ask, here, complaint)


# --- whom it is about -----------------------------------------------------------------------------------------------
def test_about_an_officer_the_supervisors_ask_and_the_township_agrees(here, complaint):
    opening = ask(here, complaint)
    for who in ("secretary", "clerk", "council"):
        refused(NotAllowed, agree, here, opening, who)
    assert read(here, agree(here, opening)).name == WHO


def test_whoever_is_recused_neither_asks_nor_agrees_nor_reads(here):
    """About the supervisor: the township takes it, the county agrees."""
    county(here)
    issue = stage.told(here, "up", about_post=here.posts["supervisor"], words="主任的事", told_by_name=WHO)
    refused(NotAllowed, ask, here, issue, "supervisor")
    opening = ask(here, issue, "township")
    refused(NotAllowed, agree, here, opening, "supervisor")
    opening = agree(here, opening, "county")
    refused(NotAllowed, read, here, opening, "supervisor")
    assert read(here, opening, "county").name == WHO


def test_who_sits_in_the_body_of_the_accused_neither_asks_nor_agrees(here, complaint):
    other = second(here, "secretary", "supervisor", body=here.posts["secretary"].body)
    refused(NotAllowed, ask, here, complaint, other)
    refused(NotAllowed, agree, here, ask(here, complaint), other)


def test_who_is_recused_later_reads_no_more(here, complaint):
    opening = agree(here, ask(here, complaint))
    read(here, opening)
    recusing.recuse(complaint, [queries.Concerned(person(here, "supervisor").pk, RecusedBecause.KIN)])
    refused(NotAllowed, read, here, opening)
    assert read(here, opening, "township").name == WHO


def test_when_whoever_asked_has_left_the_office_nobody_agrees(here, sealed):
    opening = ask(here, sealed)
    leave(here, "supervisor")
    here.users["supervisor"].__dict__.pop("_holdings", None)
    refused(WrongStatus, agree, here, now(opening.asked))
    assert actions.refuse_unsealing(now(opening.asked), by=here.users["township"], words=YES).step == "refuse"


def test_who_has_left_the_office_reads_no_more(here, sealed):
    opening = agree(here, ask(here, sealed))
    leave(here, "township")
    here.users["township"].__dict__.pop("_holdings", None)
    refused(NotAllowed, read, here, opening, "township")


def test_the_next_village_is_nobody(here, sealed):
    opening = ask(here, sealed)
    there = stage.settle(stage.village("shiping", "石坪村", 2))
    foreign = stage.everybody(there)
    refused(NotAllowed, actions.ask_unsealing, sealed, by=foreign, reason=WHY, case_number=CASE)
    refused(NotAllowed, actions.agree_unsealing, opening, by=foreign, words=YES)
    opening = agree(here, opening)
    refused(NotAllowed, actions.read_envelope, opening, by=foreign)
    with scope.village(there.village.pk):
        assert queries.opening(there.village.pk, opening.asked.pk) is None
    territory.forget_villages()


# --- 72 hours -------------------------------------------------------------------------------------------------------
def test_after_72_hours_nobody_agrees_and_nobody_reads(here, sealed):
    opening, other = ask(here, sealed), ask(here, stage.told(here, "t", is_sealed=True))
    opening, end = agree(here, opening), opening.asked.ends_at
    assert end - opening.asked.at == timedelta(hours=72)
    with clock.stopped_at(end - timedelta(seconds=1)):
        assert read(here, opening).name == WHO
    with clock.stopped_at(end):
        assert now(opening).state == State.OVER
        refused(WrongStatus, read, here, opening)
        refused(WrongStatus, actions.read_envelope, opening, by=here.users["supervisor"])  # seen while it was open
    with clock.stopped_at(end + timedelta(seconds=1)):
        assert now(other).state == State.LAPSED
        refused(WrongStatus, agree, here, other)


def test_after_it_is_over_it_may_be_asked_anew(here, sealed):
    with here.days_ago(4):
        agree(here, ask(here, sealed))
    assert ask(here, sealed).state == State.ASKED
    assert [one.state for one in queries.openings_of(sealed)] == [State.ASKED, State.OVER]


# --- once -----------------------------------------------------------------------------------------------------------
def test_while_one_runs_nobody_asks_again(here, sealed):
    opening = ask(here, sealed)
    refused(WrongStatus, ask, here, sealed, "township")
    agree(here, opening)
    refused(WrongStatus, ask, here, sealed, "township")


def test_one_word_ends_it(here, sealed):
    opening = ask(here, sealed)
    actions.refuse_unsealing(opening, by=here.users["township"], words="案卷里没有这件事的材料")
    assert now(opening).state == State.REFUSED and acts()[-1] == ("unseal_refuse", False)
    for who in ("secretary", "township"):
        refused(WrongStatus, agree, here, opening, who)
    refused(WrongStatus, read, here, opening)
    refused(NotAllowed, read, here, opening, "township")


# --- what is written ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "given",
    [
        {"reason": ""},
        {"reason": "核实"},
        {"reason": f"{WHY}，打 13822220001"},
        {"case_number": " "},
        {"case_number": "7" * 41},
    ],
)
def test_without_a_reason_and_a_case_number_nobody_asks(here, sealed, given):
    refused(DomainError, ask, here, sealed, **given)


def test_without_a_reason_nobody_agrees(here, sealed):
    refused(DomainError, agree, here, ask(here, sealed), words="同意")


def test_what_is_not_sealed_has_no_envelope(here):
    refused(DomainError, ask, here, stage.told(here, "plain"))


def test_two_hundred_readings_are_enough_for_a_day(here, sealed, monkeypatch):
    opening = agree(here, ask(here, sealed))
    monkeypatch.setattr(readings, "A_DAY", 1)
    read(here, opening)
    with pytest.raises(TooMany):
        read(here, opening)
    assert steps() == ["agree", "read"]
    assert AuditEntry.objects.filter(act=readings.REFUSED).count() == 1
