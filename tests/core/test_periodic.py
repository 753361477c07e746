"""Jobs of the calendar: once a slot, however many workers ask."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import clock, outbox, periodic
from tongxin.core.models import JobRun, OutboxItem

DAY = timedelta(days=1)
ran: list[str] = []


@pytest.fixture(autouse=True)
def only_ours(monkeypatch):
    """No other job, and a worker that has just been started."""
    ran.clear()
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(periodic, "_claimed", {})


def restart():
    periodic._claimed.clear()


def day_job(name="note", at=timedelta(hours=3)):
    periodic.register(name, DAY, lambda: ran.append(name), at=at)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from([timedelta(minutes=5), timedelta(hours=1), DAY, 7 * DAY]),
    st.sampled_from([timedelta(), timedelta(hours=3), timedelta(hours=6, minutes=30)]),
)
def test_a_moment_lies_in_its_slot_and_the_next_slot_begins_where_it_ends(naive, every, at):
    job = periodic.Job("n", every, lambda: None, at)
    moment = naive.replace(tzinfo=UTC)
    slot = job.slot(moment)
    assert slot <= moment < slot + every
    assert job.slot(slot) == slot
    assert job.slot(slot + every) == slot + every


def test_a_daily_slot_begins_on_the_villages_wall_and_a_weekly_one_on_monday():
    daily = periodic.Job("n", DAY, lambda: None, timedelta(hours=6))
    assert clock.local(daily.slot(clock.at(datetime(2023, 6, 20).date(), 5, 59))).isoformat()[:16] == "2023-06-19T06:00"
    assert clock.local(daily.slot(clock.at(datetime(2023, 6, 20).date(), 6))).isoformat()[:16] == "2023-06-20T06:00"
    weekly = periodic.Job("n", 7 * DAY, lambda: None)
    assert clock.local(weekly.slot(clock.at(datetime(2023, 6, 21).date(), 12))).strftime("%a %H:%M") == "Mon 00:00"


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_once_a_day_over_restarts_and_a_missed_one_is_caught_up_once():
    day_job()
    for moment, runs in [
        (datetime(2023, 6, 20, 12), 1),  # at the first start at once
        (datetime(2023, 6, 20, 23), 1),
        (datetime(2023, 6, 21, 2, 59), 1),
        (datetime(2023, 6, 21, 3, 1), 2),
        (datetime(2023, 6, 25, 9), 3),  # three days down
        (datetime(2023, 6, 25, 10), 3),
    ]:
        restart()
        with clock.stopped_at(moment):
            periodic.tick()
            periodic.tick()
            outbox.work_once()
        assert len(ran) == runs, moment
    assert all(run.finished_at for run in JobRun.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_tick_within_the_slot_asks_the_database_nothing(django_assert_num_queries):
    day_job()
    periodic.tick()
    with django_assert_num_queries(0):
        assert periodic.tick() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_is_tried_again_and_counts_as_late_until_it_is_done():
    broken = [True]

    def job():
        if broken:
            raise ZeroDivisionError
        ran.append("mended")

    periodic.register("fragile", DAY, job)
    with clock.stopped_at(datetime(2023, 6, 20, 12)) as start:
        periodic.tick()
        outbox.work_once()
        assert [job.name for job in periodic.late()] == ["fragile"]
        assert JobRun.objects.get().error == "ZeroDivisionError"
    broken.clear()
    with clock.stopped_at(start + timedelta(hours=1)):
        outbox.work_once()
        assert periodic.late() == []
    assert ran == ["mended"]
    assert JobRun.objects.get().error == ""
    with clock.stopped_at(start + 2 * DAY):
        assert [job.name for job in periodic.late()] == ["fragile"]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_the_next_version_no_longer_has_holds_nothing_up(monkeypatch):
    day_job()
    periodic.tick()
    monkeypatch.setattr(periodic, "_jobs", {})
    assert outbox.work_once() == 1
    assert JobRun.objects.get().error == "no such job"
    assert OutboxItem.objects.get().state == "done"


def test_two_jobs_of_one_name_are_refused():
    day_job()
    with pytest.raises(ValueError):
        day_job(at=timedelta(hours=4))


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_racing_workers_one_promises_the_slot():
    day_job()
    gate, promised = threading.Barrier(6), []

    def run():
        gate.wait()
        restart()  # each is a process of its own and remembers nothing
        promised.append(periodic.tick())
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(promised) == [0, 0, 0, 0, 0, 1]
    assert OutboxItem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("moment", "is_late"),
    [
        (datetime(2023, 6, 20, 2, 59), False),
        (datetime(2023, 6, 21, 2, 59), False),
        (datetime(2023, 6, 21, 4, 59), False),  # it has two hours
        (datetime(2023, 6, 21, 5, 1), True),
        (datetime(2024, 2, 29, 12), True),
    ],
)
def test_a_job_that_has_not_run_by_its_time_is_late(moment, is_late):
    day_job()
    with clock.stopped_at(datetime(2023, 6, 20, 3)):  # its slot begins at three
        periodic.tick()
        outbox.work_once()
    with clock.stopped_at(moment):
        found = periodic.late()
    assert bool(found) is is_late
    if is_late:
        assert clock.local(found[0].last).isoformat()[:16] == "2023-06-20T03:00"
        assert found[0].by <= clock.at(moment.date(), moment.hour, moment.minute)


@pytest.mark.django_db(transaction=True)
def test_a_job_that_never_ran_is_late_from_the_start():
    day_job()
    [found] = periodic.late()
    assert found.last is None
