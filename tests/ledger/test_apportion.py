"""The pool is shared out to the last unit, whatever the order; nobody is a unit away from the exact share. Full: S5."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.ledger.apportion import apportion

weights = st.dictionaries(
    st.text(max_size=4), st.one_of(st.integers(0, 10**6), st.fractions(0, 1000, max_denominator=60)), max_size=12
)
pools = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("pool", "given_", "shares"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),  # equal remainders: the smaller key
        (100, {"c": 1, "b": 1, "a": 1}, {"a": 34, "b": 33, "c": 33}),
        (10, {"a": 6, "b": 3, "c": 1}, {"a": 6, "b": 3, "c": 1}),
        (7, {"a": 5, "b": 3, "c": 2}, {"a": 4, "b": 2, "c": 1}),  # 3.5, 2.1, 1.4
        (1, {"a": 1, "b": 2}, {"a": 0, "b": 1}),
        (100, {"a": Fraction(1, 2), "b": Fraction(1, 3), "c": 0}, {"a": 60, "b": 40, "c": 0}),
        (0, {"a": 3}, {"a": 0}),
        (0, {}, {}),
        (0, {"a": 0}, {"a": 0}),
    ],
)
def test_pools_that_one_can_count_by_hand(pool, given_, shares):
    assert apportion(pool, given_) == shares


def test_keys_may_be_numbers_of_households():
    assert apportion(5, {10: 1, 9: 1}) == {9: 3, 10: 2}


@given(pools, weights)
def test_the_shares_are_the_pool_and_each_is_within_a_unit_of_the_exact_one(pool, given_):
    total = sum(given_.values())
    if not total:
        return
    shares = apportion(pool, given_)
    assert sum(shares.values()) == pool
    assert all(abs(shares[key] - Fraction(pool) * weight / total) < 1 for key, weight in given_.items())
    assert all(shares[key] == 0 for key, weight in given_.items() if not weight)


@given(pools, weights, st.randoms())
def test_the_order_of_the_rows_changes_nothing(pool, given_, random):
    if not sum(given_.values()):
        return
    rows = list(given_.items())
    random.shuffle(rows)
    assert apportion(pool, dict(rows)) == apportion(pool, given_)


@given(pools, weights, st.integers(1, 50))
def test_weights_count_by_their_proportion_only(pool, given_, factor):
    if sum(given_.values()):
        assert apportion(pool, given_) == apportion(pool, {key: weight * factor for key, weight in given_.items()})


@pytest.mark.parametrize(
    ("pool", "given_", "error"),
    [
        (10.0, {"a": 1}, TypeError),
        (float("nan"), {"a": 1}, TypeError),
        (True, {"a": 1}, TypeError),
        (10, {"a": 1.0}, TypeError),
        (10, {"a": True}, TypeError),
        (-1, {"a": 1}, ValueError),
        (10, {"a": -1, "b": 2}, ValueError),
        (10, {}, ValueError),
        (10, {"a": 0}, ValueError),
    ],
)
def test_what_is_not_exact_or_cannot_be_shared_is_refused(pool, given_, error):
    with pytest.raises(error):
        apportion(pool, given_)
