"""Seven days, five weeks, twelve months; and nobody else's files."""

from datetime import UTC, datetime, timedelta

from tongxin.core.keeping import retention


def name(moment):
    return f"{retention.new_name(moment)}.txb"


def test_after_two_years_of_days_there_are_the_last_days_weeks_and_months():
    start = datetime(2025, 1, 1, 2, tzinfo=UTC)
    lying: set[str] = set()
    for n in range(730):
        today = name(start + timedelta(days=n))
        lying = retention.kept({*lying, today})
        assert today in lying
    days = sorted(retention.made_at(one).date() for one in lying)
    last = (start + timedelta(days=729)).date()
    assert days[-7:] == [last - timedelta(days=n) for n in range(6, -1, -1)]
    assert len({day.isocalendar()[:2] for day in days}) >= retention.WEEKLY
    months = {(day.year, day.month) for day in days}
    assert len(months) == retention.MONTHLY
    assert len(days) <= retention.DAILY + retention.WEEKLY + retention.MONTHLY


def test_of_one_day_the_newest_stays():
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    many = [name(noon + timedelta(minutes=n)) for n in range(5)]
    assert retention.kept(many) == {many[-1]}


def test_only_archives_of_ours_are_removed_with_what_lies_beside_them(tmp_path):
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    old, new = name(noon), name(noon + timedelta(hours=1))
    for one in (old, new, "tongxin-notes.txb", "letter.txt"):
        (tmp_path / one).write_text("x")
        (tmp_path / one).with_suffix(".anchor.json").write_text("{}")
    assert retention.thin_out(tmp_path) == [old]
    assert sorted(path.name for path in tmp_path.glob("*.txb")) == sorted([new, "tongxin-notes.txb"])
    assert not (tmp_path / old).with_suffix(".anchor.json").exists()
    assert retention.thin_out(tmp_path) == []


def test_two_of_one_second_lie_in_their_order():
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    many = [name(noon + timedelta(milliseconds=n)) for n in range(0, 1000, 7)]
    assert many == sorted(many)
    assert retention.kept(many) == {many[-1]}
    assert retention.made_at(many[1]) == noon + timedelta(milliseconds=7)
