"""S5: pools are shared out exactly, whatever the order of the rows, and nobody is a unit away from his share (T20)."""

import random

from tongxin.ledger.apportion import apportion

from . import board


def pools(count: int, seed: int = 20):
    """Pools as a village has them: shares, heads, hectares in ares, a few large and many small."""
    dice = random.Random(seed)
    for n in range(count):
        size = dice.randint(2, 9) if n % 20 else dice.randint(10, 50) if n % 1000 else dice.randint(200, 800)
        most = dice.choice((1, 3, 100, 10_000))
        weights = {f"h{dice.randrange(10**9):09}": dice.randint(0, most) for _ in range(size)}
        weights["h"] = 1  # somebody always has a share
        yield dice.randrange(10 ** dice.choice((3, 6, 9, 12))), weights


def test_a_hundred_thousand_pools_are_exact():
    count = 100_000
    dice = random.Random(5)
    inexact = unfair = by_order = rounded = 0
    for pool, weights in pools(count):
        total = sum(weights.values())
        shares = apportion(pool, weights)
        inexact += sum(shares.values()) != pool
        unfair += any(abs(shares[key] * total - pool * weight) >= total for key, weight in weights.items())
        rows = list(weights.items())
        dice.shuffle(rows)
        by_order += apportion(pool, dict(rows)) != shares
        rounded += sum(round(pool * weight / total) for weight in weights.values()) != pool
    board.reach(
        "S5",
        wanted=f"{count} pools exact, order-independent, less than a unit off",
        reached=f"{inexact} inexact, {by_order} by order, {unfair} a unit off",
        held=not (inexact or unfair or by_order),
        control=f"rounding row by row: {rounded} of {count} wrong",
        control_failed=rounded > count / 2,
    )
