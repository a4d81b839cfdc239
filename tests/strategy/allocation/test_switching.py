from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.strategy.allocation import switching
from offersmith.strategy.allocation.core import Core
from offersmith.strategy.allocation.switching import switched


def few(seed, customers, rows, *, floor):
    """Return a core of a few customers, what options draw, and what rows leave."""
    rng = np.random.default_rng(seed)
    count = rng.integers(1, 4, customers)
    size = int(count.sum())
    start = np.concatenate([[0], np.cumsum(count)])
    value, cost = rng.normal(1, 1, size), rng.lognormal(0, 0.5, size)
    drawn = np.stack([np.ones(size), cost, value])
    offer = np.concatenate([np.arange(many) for many in count])
    core = Core(np.arange(customers), start, offer, np.zeros(size, np.int64), drawn, np.zeros((3, 3, 1)))
    draw = cost * (rng.random((rows, size)) < 0.7)
    rest = 0.4 * draw.sum(axis=1) * rng.random(rows)
    if floor and rows:
        draw[0], rest[0] = -draw[0], -0.5 * rest[0]
    return core, draw, rest


def best_of_all(core, draw, rest):
    """Return the most that any choice is worth that keeps the rows; None where none does."""
    each = [[-1, *range(first, last)] for first, last in zip(core.start[:-1], core.start[1:], strict=True)]
    worth = []
    for choice in product(*each):
        given = [option for option in choice if option >= 0]
        if (draw[:, given].sum(axis=1) <= rest).all():
            worth.append(core.drawn[2, given].sum())
    return max(worth, default=None)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000), customers=st.integers(1, 6), rows=st.integers(0, 3), floor=st.booleans(),
    dear=st.floats(0, 3),
)  # fmt: skip
def test_what_is_found_at_any_prices_is_the_best_of_all(seed, customers, rows, floor, dear):
    core, draw, rest = few(seed, customers, rows, floor=floor)
    price = dear * np.random.default_rng(seed).random(rows)
    found, best = switched(core, draw, rest, price), best_of_all(core, draw, rest)
    assert found.through
    if best is None:
        assert found.option is None
        return
    given_to = np.flatnonzero(found.option >= 0)
    option = found.option[given_to]
    assert (draw[:, option].sum(axis=1) <= rest + 1e-12).all()
    assert ((core.start[:-1][given_to] <= option) & (option < core.start[1:][given_to])).all()
    assert core.drawn[2, option].sum() == pytest.approx(best, abs=1e-9)
    # Asked for more than there is, it finds nothing.
    assert switched(core, draw, rest, price, best + 1e-6).option is None
    assert switched(core, draw, rest, price, best - 1e-6).option is not None


def test_it_says_when_it_did_not_come_through(monkeypatch):
    core, draw, rest = few(1, 30, 3, floor=False)
    whole = switched(core, draw, rest, np.full(3, 0.7))
    monkeypatch.setattr(switching, "WORK", 300)
    part = switched(core, draw, rest, np.full(3, 0.7))
    assert (whole.through, part.through) == (True, False)
    assert part.option is not None
    assert core.drawn[2, part.option[part.option >= 0]].sum() <= core.drawn[2, whole.option[whole.option >= 0]].sum()
