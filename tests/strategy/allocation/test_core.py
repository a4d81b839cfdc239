import numpy as np
import pytest

from offersmith.strategy.allocation.core import narrow
from offersmith.strategy.allocation.pricing import take
from offersmith.strategy.allocation.problem import Rows


@pytest.mark.parametrize("seed", range(4))
def test_inside_the_box_a_core_says_what_everybody_says(shop, seed):
    instance, limits = shop(3_000, rows=5, seed=seed, floor=True)
    rows, rng = Rows.of(limits, instance.offers, instance.cells, 3), np.random.default_rng(seed)
    price = rng.exponential(0.5, len(limits))
    radius = rng.uniform(0.01, 0.05, len(limits))
    core = narrow(instance, rows, price, radius)
    inner = core.within(rows, price, radius / 5)
    assert 0 < len(inner) < len(core) < instance.customers / 2
    for times, part in ((1.0, core), (0.2, inner)):
        for _ in range(10):
            here = price + times * radius * rng.uniform(-1, 1, len(price))
            whole, (few, option) = take(instance, rows, here), part.take(rows, here)
            assert few.gain == pytest.approx(whole.gain, rel=1e-12)
            assert few.drawn == pytest.approx(whole.drawn, rel=1e-9, abs=1e-9)
            assert ((option == -1) | ((option >= part.start[:-1]) & (option < part.start[1:]))).all()


def test_customers_held_to_an_option_draw_what_it_draws(shop):
    instance, limits = shop(2_000, rows=3, seed=1)
    rows = Rows.of(limits, instance.offers, instance.cells, 3)
    price = np.full(3, 0.3)
    core = narrow(instance, rows, price, np.full(3, 0.2))
    taken, option = core.take(rows, price)
    few = np.arange(len(core)) % 3 == 0
    held = core.only(few, option)
    assert len(held) == few.sum()
    assert held.take(rows, price)[0].drawn == pytest.approx(taken.drawn, rel=1e-9, abs=1e-9)
