"""A seeded test of one offer whose true effects are known, with common, rare and heavy-tailed outcomes."""

import numpy as np
import pytest


def _world(kind, rows, draw, *, effect=0.0, share=0.5):
    x = draw.normal(size=rows)
    predicted = 0.7 * x + draw.normal(size=rows)
    treated = np.zeros(rows, dtype=bool)
    treated[: int(rows * share)] = True
    draw.shuffle(treated)
    lift = 1 + effect * treated * (1 + x)
    if kind == "common":
        outcome = (draw.random(rows) < np.clip(0.25 * lift + 0.05 * np.tanh(x), 0, 1)).astype(float)
    elif kind == "rare":
        outcome = (draw.random(rows) < np.clip(0.01 * np.exp(0.5 * x - 0.125) * lift, 0, 1)).astype(float)
    elif kind == "spend":
        bought = draw.random(rows) < np.clip(0.05 * np.exp(0.5 * x - 0.125) * lift, 0, 1)
        outcome = bought * np.exp(3.5 + 0.2 * x + draw.normal(size=rows))
    else:
        outcome = np.exp(3.5 + 0.3 * x + draw.normal(size=rows)) * lift
    return predicted, treated, outcome


@pytest.fixture
def world():
    """Return `world(kind, rows, generator, effect=, share=) -> predicted, treated, outcome`."""
    return _world
