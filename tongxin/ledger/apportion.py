"""Share out a pool of whole units by weights, to the last unit: the largest remainder (Hamilton, 1792). Pure.

Nobody gets less than the whole part of the exact share nor more than one unit above it, and the shares sum to the pool.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import TypeVar

K = TypeVar("K", str, int)


def apportion(pool: int, weights: Mapping[K, int | Fraction]) -> dict[K, int]:
    """Key -> whole units, whatever the order of `weights`.

    What the whole parts leave over goes, a unit each, to the largest remainders; among equal ones to the smaller key.
    A key is therefore something fixed before the pool is known: a household's number or id, never a name.

    Raises:
        TypeError: a float, or anything else that is not exact.
        ValueError: a pool or weight below zero, or no weight at all for a pool that is not empty.
    """
    _must_be_exact(pool, weights)
    if pool < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("neither a pool nor a weight is below zero")
    scale = lcm(*(weight.denominator for weight in weights.values()))
    whole = {key: weight.numerator * (scale // weight.denominator) for key, weight in weights.items()}
    total = sum(whole.values())
    if not total:
        if pool:
            raise ValueError("there is nobody to share it")
        return dict.fromkeys(weights, 0)
    shares = {key: pool * weight // total for key, weight in whole.items()}
    left = pool - sum(shares.values())
    for key in sorted(whole, key=lambda key: (-(pool * whole[key] % total), key))[:left]:
        shares[key] += 1
    return shares


def _must_be_exact(pool: int, weights: Mapping[K, int | Fraction]) -> None:
    if type(pool) is not int:
        raise TypeError("a pool is whole units")
    for weight in weights.values():
        if not isinstance(weight, int | Fraction) or isinstance(weight, bool):
            raise TypeError("a weight is a whole number or a fraction")
