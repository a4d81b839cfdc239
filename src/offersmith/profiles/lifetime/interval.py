"""An expectation with how well it is known."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import ndtri

from offersmith.errors import InputError
from offersmith.profiles.lifetime.base import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """An expectation and how well it is known, a value each.

    Attributes:
        mean: the expectation.
        low: lower end of the interval.
        high: upper end.
        spread: standard error in logarithms.
    """

    mean: Floats
    low: Floats
    high: Floats
    spread: Floats


def normal(level: float) -> float:
    """Return how many standard errors an interval of this level reaches either way.

    Raises:
        InputError: the level is not between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"level {level} must be between 0 and 1", field="level", value=level)
    return float(ndtri(0.5 + level / 2))
