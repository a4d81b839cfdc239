"""A test of five offers whose true effects are known, in six forms of response.

Arms: nothing, 5, 10 and 20 % off, a gift that costs 2, free shipping that costs 3. Twenty features; the outcome is the
profit of one period, zero for those who do not buy. The arms are given by lot, or by a log that sent deeper offers to
better customers and recorded the chances.

`base`, `basket` and `threshold` are the published forms; the others are ours, so that nothing is fitted to those three:

- `scale`: features as shops have them (counts, shares, heavy tails, codes of groups, correlated), baskets with a heavy
  tail, and a lift in proportion to the odds of buying.
- `crossed`: who answers to an offer hangs on the product of two features, and the sign is the opposite for goods
  (gift, shipping) and for money; deeper is not always better.
- `null`: offers move nearly nobody and cost money: the best is to give nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.response.trial import Arm, Sale, Trial

Floats = NDArray[np.float64]

MARGIN = 0.40
ARMS = (
    Arm("nothing"),
    Arm("off_5", kind="percent_off", share=0.05),
    Arm("off_10", kind="percent_off", share=0.10),
    Arm("off_20", kind="percent_off", share=0.20),
    Arm("gift", kind="gift", fixed=2.0),
    Arm("shipping", kind="free_shipping", fixed=3.0),
)
SHARE = np.array([arm.share for arm in ARMS])
FIXED = np.array([arm.fixed for arm in ARMS])
FEATURES = 20


@dataclass(frozen=True)
class World:
    """What customers would do.

    Attributes:
        x: (n, 20) features as the models see them.
        chance: (n, 6) chance to buy under each arm.
        basket: (n, 6) expected basket of those who buy, major units.
        noise: standard deviation of the logarithm of a basket around what is expected.
    """

    x: Floats
    chance: Floats
    basket: Floats
    noise: float = 0.3


@dataclass(frozen=True)
class Task:
    """A trial, the chances of all its arms (n, 6), and the true gain of each arm over nothing (n, 6)."""

    trial: Trial
    propensity: Floats
    truth: Floats


def make(rows: int, seed: int, form: str, *, logged: bool) -> Task:
    """Draw customers, give each an arm, and let them buy or not.

    Args:
        rows: customers.
        seed: the same seed gives the same customers whether by lot or logged.
        form: a key of `FORMS`.
        logged: the arms hang on the features, with recorded chances, instead of 1/6 each.
    """
    draw = np.random.default_rng(seed)
    normal = draw.standard_normal((rows, FEATURES)).astype(np.float32).astype(float)
    world = FORMS[form](normal)
    unit = MARGIN - SHARE
    expected = world.chance * (world.basket * unit - FIXED)
    propensity = _logged(normal) if logged else np.full((rows, len(ARMS)), 1 / len(ARMS))
    arm = (draw.random(rows)[:, None] > propensity.cumsum(1)).sum(1).clip(0, len(ARMS) - 1)
    every = np.arange(rows)
    bought = draw.random(rows) < world.chance[every, arm]
    noise = np.exp(world.noise * draw.standard_normal(rows) - world.noise**2 / 2)
    spend = np.where(bought, world.basket[every, arm] * noise, 0.0)
    profit = np.where(bought, spend * unit[arm] - FIXED[arm], 0.0)
    trial = Trial(
        x=world.x,
        names=tuple(f"x{column}" for column in range(FEATURES)),
        arm=arm,
        arms=ARMS,
        outcome=profit,
        propensity=propensity[every, arm],
        customer=every,
        sale=Sale(bought, spend, MARGIN),
    )
    return Task(trial, propensity, expected - expected[:, [0]])


def _logged(x: Floats) -> Floats:
    score = np.zeros((len(x), len(ARMS)))
    score[:, 1:4], score[:, 4], score[:, 5] = 0.6 * x[:, [0]], 0.6 * x[:, 8], -0.5 * x[:, 4]
    odds = np.exp(score)
    return np.asarray(odds / odds.sum(1, keepdims=True))


def _expit(z: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-z)))


def _common(x: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return what the published forms share: chance (n,), basket (n, 6), how movable (n,), lift of the arms (n, 6)."""
    chance = _expit(-2.2 + 0.6 * x[:, 0] + 0.4 * x[:, 1] - 0.3 * x[:, 2] * x[:, 3])
    basket = np.repeat(np.exp(3.4 + 0.35 * x[:, 4] + 0.2 * x[:, 5])[:, None], len(ARMS), 1)
    movable = 0.12 * _expit(x[:, 6] + 0.8 * x[:, 7] - 0.5)
    lift = movable[:, None] * (1 - np.exp(-12 * SHARE))
    lift[:, 4] = 0.07 * (x[:, 8] > 0.5) * (x[:, 9] > -0.5)
    lift[:, 5] = 0.05 * _expit(-3 * (x[:, 4] + 0.3))
    lift[:, 1:] -= 0.01 * (x[:, [10]] > 1.2)
    return chance, basket, movable, lift


def _world(x: Floats, chance: Floats, lift: Floats, basket: Floats, noise: float = 0.3) -> World:
    return World(x, np.clip(chance[:, None] + lift, 0.001, 0.95), basket, noise)


def _base(x: Floats) -> World:
    chance, basket, _, lift = _common(x)
    return _world(x, chance, lift, basket)


def _basket(x: Floats) -> World:
    """The offer moves the basket too, differently for different people; effects are not additive."""
    chance, basket, _, lift = _common(x)
    lift *= 0.6 + 0.8 * (x[:, [11]] * x[:, [0]] > 0)
    basket[:, 1:4] *= 1 + 0.8 * SHARE[1:4] * _expit(2 * x[:, [12]])
    basket[:, 5] *= 1 + 0.12 * (x[:, 4] < 0)
    basket[:, 4] *= 1 - 0.05 * (x[:, 8] < 0)
    return _world(x, chance, lift, basket)


def _threshold(x: Floats) -> World:
    """Nothing happens below a personal depth, and deep offers put some people off."""
    chance, basket, movable, lift = _common(x)
    need = 0.04 + 0.10 * _expit(1.5 * x[:, 13])
    for arm in (1, 2, 3):
        lift[:, arm] = 1.6 * movable * (SHARE[arm] >= need) - 0.03 * (SHARE[arm] >= 0.2) * (x[:, 14] > 1)
    lift[:, 1:] *= np.where(x[:, [15]] > 0.8, 0.2, 1.0)
    return _world(x, chance, lift, basket)


def _scale(z: Floats) -> World:
    """Counts, shares, codes and heavy tails; the odds of buying are multiplied, not the chance added to."""
    x = z.copy()
    x[:, 1] = 0.7 * z[:, 0] + 0.7 * z[:, 1]
    x[:, 0] = np.exp(1.2 * z[:, 0])
    x[:, 2] = np.floor(np.exp(0.8 + 0.9 * z[:, 2]))
    x[:, 3] = np.floor(8 * _expit(z[:, 3]))
    x[:, 4] = np.exp(3 + 0.8 * z[:, 4])
    x[:, 6] = _expit(1.5 * z[:, 6])
    x[:, 7] = (z[:, 7] > 0.7).astype(float)
    x[:, 9] = 100 * _expit(z[:, 9] + 0.5 * z[:, 8])
    odds = -2.3 + 0.35 * np.log1p(x[:, 2]) + 0.4 * x[:, 1] + 0.3 * np.isin(x[:, 3], (1, 4, 6))
    taste = x[:, 6] * (1 + x[:, 7])
    reached = np.zeros((len(z), len(ARMS)))
    reached[:, 1:4] = 0.9 * taste[:, None] * np.sqrt(SHARE[1:4] / 0.2)
    reached[:, 4] = np.where(np.isin(x[:, 3], (0, 3, 6)), 0.7, -0.05)
    reached[:, 5] = 0.6 * (x[:, 4] < 15)
    basket = np.repeat((4 + 1.1 * x[:, 4])[:, None], len(ARMS), 1)
    basket[:, 5] *= 1.05
    return World(x, np.clip(_expit(odds[:, None] + reached), 0.001, 0.95), basket, 0.8)


def _crossed(x: Floats) -> World:
    """Effects are a product of two features, of opposite sign for money and for goods, and peak at 10 %."""
    chance = _expit(-2.0 + 0.5 * x[:, 0] + 0.3 * np.abs(x[:, 1]))
    basket = np.repeat(np.exp(3.5 + 0.3 * x[:, 4] - 0.2 * x[:, 5])[:, None], len(ARMS), 1)
    crossing = np.tanh(x[:, 6] * x[:, 7])
    lift = np.zeros((len(x), len(ARMS)))
    lift[:, 1:4] = np.array([0.04, 0.09, 0.07]) * crossing[:, None]
    lift[:, 4] = -0.07 * crossing
    lift[:, 5] = -0.08 * crossing * (x[:, 8] > 0)
    return _world(x, chance, lift, basket)


def _null(x: Floats) -> World:
    """Offers cost money and move nearly nobody."""
    chance, basket, movable, lift = _common(x)
    lift[:] = 0.02 * movable[:, None] * (1 - np.exp(-12 * SHARE))
    return _world(x, chance, lift, basket)


FORMS: dict[str, Callable[[Floats], World]] = {
    "base": _base, "basket": _basket, "threshold": _threshold, "scale": _scale, "crossed": _crossed, "null": _null,
}  # fmt: skip
"""Every form by its name."""
