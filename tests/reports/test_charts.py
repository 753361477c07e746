"""Charts begin at nought, keep proportion and stay inside their box."""

from hypothesis import given
from hypothesis import strategies as st

from tongxin.reports import charts

ITEMS = st.lists(
    st.tuples(st.text("甲乙丙丁abc", min_size=1, max_size=6), st.integers(0, 5000)), min_size=1, max_size=14
)


@given(ITEMS)
def test_bars_are_as_long_as_their_numbers_and_stay_inside(items):
    drawn = charts.bars(items)
    most = max(n for _label, n in items)
    longest = max(bar.width for bar in drawn.bars)
    for bar, (label, n) in zip(drawn.bars, items, strict=True):
        assert (bar.label, bar.value) == (label, n)
        assert bar.x + bar.width <= drawn.width
        assert abs(bar.width * most - longest * n) <= most
        assert bar.y + bar.height <= drawn.height


@given(ITEMS)
def test_columns_stand_on_the_ground_in_proportion(items):
    drawn = charts.columns(items)
    most = max(n for _label, n in items)
    for bar, (_label, n) in zip(drawn.bars, items, strict=True):
        assert abs(bar.y + bar.height - drawn.ground) < 0.11
        assert 0 <= bar.x <= bar.x + bar.width <= drawn.width + 0.2
        if most:
            assert abs(bar.height - (drawn.ground - 22) * n / most) < 0.11


def test_a_waffle_has_a_square_for_each_thing_in_its_series():
    drawn = charts.waffle([("办结", 17), ("并案", 4), ("在办", 3), ("转镇", 1), ("不归村", 1)])
    assert len(drawn.cells) == 26
    assert [sum(cell.series == n for cell in drawn.cells) for n in range(5)] == [17, 4, 3, 1, 1]
    assert len({(cell.x, cell.y) for cell in drawn.cells}) == 26
    assert all(key.y + 13 <= drawn.height for key in drawn.keys)
    assert min(key.y for key in drawn.keys) > max(cell.y for cell in drawn.cells) + drawn.side


def test_long_keys_go_to_a_second_line():
    drawn = charts.waffle([(f"很长很长的名字{n}", 1) for n in range(5)])
    assert len({key.y for key in drawn.keys}) > 1
    assert all(key.x + charts.text_width(key.label) < drawn.width for key in drawn.keys)


def test_nothing_at_all_can_be_drawn():
    assert charts.bars([]).bars == charts.columns([]).bars == ()
    assert charts.bars([("甲", 0)]).bars[0].width == 0
