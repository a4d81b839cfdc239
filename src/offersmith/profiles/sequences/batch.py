"""Some customers' days as dense arrays, the latest day last: what a network reads.

Always as many days as there can be: a recurrent network would answer otherwise beside somebody with more of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.profiles.sequences.steps import EACH, MOST, Floats, Ints, Steps, Things
from offersmith.profiles.sequences.vocabulary import NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """b customers, t days, m things of a day.

    Attributes:
        numbers: (b, t, f) standardised; 0 where there is no day.
        things: (b, t, m) numbers of the vocabulary, `NOTHING` where there is none.
        place: (b, t) how many days from the last, which is 1; 0 where there is no day.
    """

    numbers: Floats
    things: Ints
    place: Ints


def batch(steps: Steps, named: Ints, rows: NDArray[np.int64], middle: Floats, spread: Floats) -> Batch:
    """Return some customers; somebody without any day has zeros only.

    Args:
        steps: of everybody.
        named: numbers of `steps.things`.
        rows: whom to take.
        middle: (f,) means to take off.
        spread: (f,) standard deviations to divide by.
    """
    length = np.diff(steps.ends)[rows]
    back = MOST - np.arange(MOST)  # column j of a row is the day so many before its end
    there = back[None, :] <= length[:, None]
    at = np.where(there, steps.ends[rows + 1][:, None] - back[None, :], 0)
    shape = (len(rows), MOST, steps.numbers.shape[1])
    numbers = np.zeros(shape, np.float32)
    numbers[there] = (steps.numbers[at[there]] - middle) / spread
    things = np.full((len(rows), MOST, EACH), NOTHING, np.int64)
    things[there] = _dense(steps.things.ends, named, at[there])
    return Batch(numbers, things, np.where(there, back[None, :], 0))


def following(of: Things, named: Ints, rows: NDArray[np.int64]) -> Ints:
    """Return (b, m) numbers of what customers bought next, `NOTHING` where there is none."""
    return _dense(of.ends, named, rows)


def _dense(ends: Ints, named: Ints, rows: Ints) -> Ints:
    """Return (b, m) the names of some rows, filled up with `NOTHING`."""
    start, length = ends[rows], np.diff(ends)[rows]
    place = np.arange(EACH)
    there = place[None, :] < length[:, None]
    found = np.full((len(rows), EACH), NOTHING, np.int64)
    found[there] = named[(start[:, None] + place[None, :])[there]]
    return found
