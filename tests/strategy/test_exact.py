from itertools import product

import numpy as np
import pytest

from offersmith.errors import InfeasibleError, InputError
from offersmith.strategy.exact import LARGEST, optimum
from offersmith.strategy.linear import LinearRow


@pytest.mark.parametrize("seed", range(5))
def test_the_oracle_is_what_trying_everything_finds(seed):
    rng = np.random.default_rng(seed)
    value = rng.normal(1, 1, (2, 5)).astype(np.float32)
    rows = [LinearRow(name, rng.random((2, 5)).astype(np.float32), 1.2) for name in ("budget", "stock")]
    best = 0.0
    for choice in product((-1, 0, 1), repeat=5):
        cells = [(offer, place) for place, offer in enumerate(choice) if offer >= 0]
        if all(sum(float(row.coefficients[cell]) for cell in cells) <= row.bound for row in rows):
            best = max(best, sum(float(value[cell]) for cell in cells))
    found, choice = optimum(value, rows)
    assert found == pytest.approx(best)
    assert choice.dtype == np.int16


def test_its_limits_are_said():
    with pytest.raises(InputError, match="at most"):
        optimum(np.zeros((1, LARGEST + 1), np.float32), [])
    with pytest.raises(InfeasibleError, match="budget"):
        optimum(np.ones((1, 1), np.float32), [LinearRow("budget", np.ones((1, 1), np.float32), -1.0)])
    assert optimum(np.ones((0, 3), np.float32), [])[0] == 0
