"""Told sealed: by the day, by nobody, with a number that tells nothing; said more and judged the same way."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import stage
from tests.issues.test_queries_recusing import county, home, leave, person
from tongxin.casework import store
from tongxin.casework.actors import Calendar, Teller
from tongxin.core import clock, crypto, ids
from tongxin.core.errors import DomainError, KeyReused, NotAllowed, WrongStatus
from tongxin.core.models import Idempotency, OutboxItem
from tongxin.issues import access, actions, queries
from tongxin.issues.models import Envelope, Issue, IssueEntry, IssueFile, Recusal, Route, Status


def teller(issue):
    return Teller(issue.pk, "receipt")


def is_by_the_day(row, *moments) -> bool:
    start = clock.at(clock.today(), zone="Asia/Shanghai")
    dates = [getattr(row, name) for name in moments]
    return all(at == start for at in dates) and ids.moment_of(row.pk) == start


# --- telling ------------------------------------------------------------------------------------------------------
def test_no_row_of_it_tells_the_hour(here):
    said = {"is_sealed": True, "photos": [stage.photo()], "sound": stage.memo(), "about_post": here.posts["clerk"]}
    issue = stage.told(here, "s", days_ago=0, **said)
    assert is_by_the_day(issue, "told_at")
    assert is_by_the_day(IssueEntry.objects.get(issue=issue), "at")
    assert all(is_by_the_day(row, "added_at") for row in IssueFile.objects.filter(issue=issue))
    assert all(is_by_the_day(row, "at") for row in Recusal.objects.filter(issue=issue))
    assert is_by_the_day(Idempotency.objects.get(operation="issues.report"), "at")
    assert not OutboxItem.objects.exists(), "no queue waits for its photos"


def test_the_photos_are_redrawn_at_once_and_their_files_tell_no_hour(here):
    photo, memo = stage.photo(), stage.memo()
    stage.told(here, "s", days_ago=0, is_sealed=True, photos=[photo], sound=memo)
    start = clock.at(clock.today(), zone="Asia/Shanghai").timestamp()
    for stem, variant in ((photo.stem, "large"), (photo.stem, "small"), (memo.stem, "sound")):
        path = store.media_path(stem, variant)
        assert path.stat().st_mtime == path.parent.stat().st_mtime == start
        assert not store.spool_path(stem).exists(), "the file as it came is gone"


def test_a_file_that_cannot_be_read_keeps_nothing(here):
    broken = stage.photo()
    store.spool_path(broken.stem).write_bytes(b"\xff\xd8\xff nothing")
    with pytest.raises(DomainError):
        stage.told(here, "s", is_sealed=True, photos=[stage.photo(), broken])
    assert not Issue.objects.exists() and not store.spool_path(broken.stem).exists()


def test_its_number_is_drawn_and_the_next_ordinary_one_has_no_gap(here):
    first = stage.told(here, "one")
    numbers = {stage.told(here, f"s{n}", is_sealed=True).number for n in range(5)}
    second = stage.told(here, "two")
    assert len(numbers) == 5 and all(len(number.split("-")[1]) == 6 for number in numbers)
    assert int(second.number.split("-")[1]) == int(first.number.split("-")[1]) + 1


def test_who_told_it_lies_in_the_envelope_and_nowhere_else(here):
    said = {"told_by": here.persons["苗长有"], "household": here.households[0], "told_by_name": "苗长有"}
    issue = stage.told(here, "s", is_sealed=True, place=None, by="worker", **said)
    envelope = Envelope.objects.get(issue=issue)
    assert (envelope.phone, envelope.name) == ("13822220001", "苗长有")
    assert (envelope.told_by, envelope.household) == (here.persons["苗长有"], here.households[0])
    assert (issue.phone, issue.phone_tail_index, issue.told_by_name) == ("", "", "")
    assert issue.household is None and issue.told_by is None
    assert issue.grid is None and issue.group is None, "where somebody lives is no place of the matter"
    bare = stage.told(here, "bare", is_sealed=True, phone="")
    assert not Envelope.objects.filter(issue=bare).exists()


@pytest.mark.parametrize("name", ["phone", "told_by_name", "household"])
def test_the_database_refuses_a_sealed_row_that_names_somebody(here, name):
    issue = stage.told(here, "s", is_sealed=True)
    told = {"household": here.households[0]} if name == "household" else crypto.sealed_for(issue, name, "13822220001")
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(**told)


def test_the_database_refuses_a_complaint_that_is_not_sealed(here):
    issue = stage.told(here, "c", about_post=here.posts["clerk"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=issue.pk).update(is_sealed=False)


def test_it_is_to_be_taken_on_by_the_end_of_tomorrow_whenever_it_was_told(here):
    issue = stage.told(here, "s", days_ago=0, is_sealed=True)
    assert issue.take_by == clock.at(clock.today() + timedelta(days=2), zone="Asia/Shanghai")


def test_pressed_twice_it_is_one_with_the_same_receipt_and_other_words_are_another(here):
    said = {"category": "road", "words": "坑", "is_sealed": True}
    one = actions.report(here.village, actions.Report(**said), by=None, key="a key")
    photo = stage.photo()
    again = actions.report(here.village, actions.Report(**said), by=None, key="a key")
    assert (again.issue_id, again.receipt, again.is_replayed) == (one.issue_id, one.receipt, True)
    with pytest.raises(KeyReused):
        actions.report(here.village, actions.Report(**{**said, "photos": [photo]}), by=None, key="a key")
    assert not store.media_path(photo.stem, "large").exists(), "what hangs on nothing is taken away"
    row = Idempotency.objects.get(operation="issues.report")
    assert "a key" not in row.key and one.receipt not in str(row.response)


# --- with the receipt ---------------------------------------------------------------------------------------------
def test_said_more_by_the_day_and_once(here):
    issue = stage.told(here, "s", days_ago=0, is_sealed=True)
    photo = stage.photo()
    entry = actions.add(issue, by=teller(issue), words=" 更深了 ", uploads=[photo], key="k")
    assert entry.note == "更深了" and entry.by is None and entry.data == {"files": 1}
    start = clock.at(clock.today(), zone="Asia/Shanghai")
    assert start < entry.at < start + timedelta(seconds=1), "behind the report, and no hour"
    assert actions.add(issue, by=teller(issue), words="更深了", uploads=[stage.photo()], key="k") is None
    assert (
        IssueEntry.objects.filter(issue=issue, step="add").count() == IssueFile.objects.filter(issue=issue).count() == 1
    )


def test_what_is_said_comes_behind_what_has_happened(here):
    issue = stage.told(here, "s", days_ago=0, is_sealed=True)
    taken = actions.accept(issue, by=here.users["clerk"], title="坑")
    entry = actions.add(issue, by=teller(issue), words="更深了")
    assert entry.at == taken.at + timedelta(microseconds=1)
    assert [line.step for line in queries.story(issue)] == ["add", "accept", "report"]


@pytest.mark.parametrize("words", ["", "  "])
def test_nothing_is_not_more(here, words):
    issue = stage.told(here, "s", is_sealed=True)
    with pytest.raises(DomainError):
        actions.add(issue, by=teller(issue), words=words)


def test_only_its_teller_adds_and_only_while_it_is_open(here):
    issue, other = stage.told(here, "s", is_sealed=True), stage.told(here, "t", is_sealed=True)
    with pytest.raises(NotAllowed):
        actions.add(issue, by=teller(other), words="更深了")
    assert not any(access.can_add(user, issue) for user in here.users.values())
    actions.decline(issue, by=here.users["clerk"], reason="省道", where_to="县公路段")
    with pytest.raises(WrongStatus):
        actions.add(issue, by=teller(issue), words="更深了")


def test_nobody_of_the_staff_says_done_for_whoever_is_unknown(here):
    issue = stage.answered(here, "s", is_sealed=True)
    for user in here.users.values():
        assert not access.can_confirm(user, issue) and not access.can_reopen(user, issue)


def test_judged_by_the_day(here):
    issue = stage.answered(here, "s", days_ago=1, is_sealed=True)
    actions.judge(issue, by=teller(issue), is_done=True, note="好了")
    assert here.fresh("s").status == Status.SOLVED
    assert here.fresh("s").settled_at == clock.at(clock.today(), zone="Asia/Shanghai")


def test_not_yet_goes_back_and_the_second_time_to_the_supervisors(here):
    issue = stage.answered(here, "s", days_ago=1, is_sealed=True)
    actions.judge(issue, by=teller(issue), is_done=False)
    assert here.fresh("s").status == Status.DISPATCHED
    actions.answer(here.fresh("s"), by=here.users["worker"], reply="又填了")
    actions.judge(here.fresh("s"), by=teller(issue), is_done=False)
    assert here.fresh("s").status == Status.APPEALED


# --- what changes around a complaint -------------------------------------------------------------------------------
CALENDAR = Calendar("issues.recuse")


def test_who_becomes_kin_later_is_recused_from_then_on(here):
    issue = stage.told(here, "c", about_post=here.posts["secretary"])
    assert access.can_see(here.users["supervisor"], issue)
    home(here, person(here, "secretary"), person(here, "supervisor"))
    actions.watch(here.fresh("c"), by=CALENDAR)
    issue = here.fresh("c")
    assert access.is_recused(here.users["supervisor"], issue)
    assert issue.route == Route.TOWNSHIP, "the only supervisor is concerned: one step up"
    assert access.can_see(here.users["township"], issue)


def test_where_nobody_is_left_it_goes_up_and_says_so(here):
    issue = stage.told(here, "c", about_post=here.posts["secretary"])
    assert actions.pass_up(issue, by=CALENDAR) is None, "somebody can take it"
    leave(here, "supervisor")
    entry = actions.pass_up(here.fresh("c"), by=CALENDAR)
    assert entry.step == "pass_up" and here.fresh("c").route == Route.TOWNSHIP
    leave(here, "township")
    actions.pass_up(here.fresh("c"), by=CALENDAR)
    assert here.fresh("c").route == Route.COUNTY
    assert actions.pass_up(here.fresh("c"), by=CALENDAR) is None, "there is nothing above"
    assert access.can_see(county(here), here.fresh("c"))


def test_every_morning_all_villages_are_looked_at(here):
    stage.told(here, "c", about_post=here.posts["secretary"])
    stage.told(here, "plain")
    leave(here, "supervisor")
    actions.watch_everywhere()
    assert here.fresh("c").route == Route.TOWNSHIP and here.fresh("plain").route == Route.COUNCIL
