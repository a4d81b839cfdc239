"""Small trials whose true effects are known, of several forms; not the tasks anything is tuned on."""

from dataclasses import dataclass

import numpy as np

from offersmith.response.trial import Arm, Sale, Trial

ARMS = (
    Arm("none"),
    Arm("ten", "percent_off", share=0.10),
    Arm("twenty", "percent_off", share=0.20),
    Arm("gift", "gift", fixed=4.0),
)
MARGIN = 0.5


@dataclass(frozen=True)
class Known:
    """A trial and what is true of it: `truth` (n, k) are expected effects on the outcome over arm 0."""

    trial: Trial
    truth: np.ndarray


def known(rows=2000, seed=1, form="sale", logged=True, uniform=True):
    """Return a trial of four arms.

    Args:
        rows: how many, one per customer.
        seed: of everything.
        form: `sale` (profit of a sale, and what it is made of), `profit` (the same without what it is made of),
            `chance` (0/1), `mean` (a number that is never zero) or `flat` (the same for everybody).
        logged: as in `Trial`.
        uniform: one lottery for all; else the chances depend on the customer.
    """
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(rows, 5))
    base = 1 / (1 + np.exp(-(-0.8 + 0.5 * x[:, 0])))
    lift = np.column_stack(
        [0 * base, 0.05 + 0.05 * (x[:, 1] > 0), 0.25 * (x[:, 1] > 0), np.where(x[:, 2] > 0.5, 0.35, -0.02)]
    )
    chance = np.clip(base[:, None] + lift, 0.01, 0.97)
    size = np.exp(3.2 + 0.3 * x[:, 3])
    lean = np.zeros((rows, 4)) if uniform else np.column_stack([0 * base, 0.8 * x[:, 1], 0 * base, -0.8 * x[:, 2]])
    propensity = np.exp(lean) / np.exp(lean).sum(axis=1, keepdims=True)
    arm = (draw.random(rows)[:, None] > propensity.cumsum(axis=1)).sum(axis=1).clip(0, 3)
    here = np.arange(rows)
    bought = draw.random(rows) < chance[here, arm]
    basket = np.where(bought, size * np.exp(0.3 * draw.normal(size=rows) - 0.045), 0.0)
    relief = np.column_stack([one.relief(basket) for one in ARMS])[here, arm]
    worth = np.column_stack([MARGIN * size - one.relief(size) for one in ARMS])
    sale = None
    if form in {"sale", "profit"}:
        outcome, expected = np.where(bought, MARGIN * basket - relief, 0.0), chance * worth
        sale = Sale(bought, basket, MARGIN) if form == "sale" else None
    elif form == "chance":
        outcome, expected = bought.astype(float), chance
    elif form == "mean":
        outcome, expected = 3 * chance[here, arm] + draw.normal(size=rows), 3 * chance
    elif form == "flat":
        outcome, expected = np.full(rows, 2.0), np.full((rows, 4), 2.0)
    else:
        raise ValueError(form)
    trial = Trial(
        x, tuple(f"x{column}" for column in range(5)), arm, ARMS, outcome, propensity[here, arm], here, sale, logged
    )
    return Known(trial, expected - expected[:, [0]])


def earned(truth, effects):
    """Return the mean true effect of giving everybody the arm with the best effect."""
    return float(truth[np.arange(len(truth)), effects.argmax(axis=1)].mean())
