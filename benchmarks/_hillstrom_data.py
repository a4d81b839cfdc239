"""Hillstrom's e-mail test of 2008: 64,000 customers, men's or women's e-mail or none by lot, and two weeks after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.csv as csv

from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.trial import Sale, Trial, named

ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
OUTCOMES = ("visit", "spend")
_NUMBERS = ("recency", "history", "mens", "womens", "newbie")
_WORDS = ("zip_code", "channel")


@dataclass(frozen=True, eq=False)
class Mailing:
    """The test as arrays.

    Attributes:
        x: (n, p) features: numbers as they are, words as one column of zeros and ones per word.
        names: (p,) their names.
        arm: (n,) index into `ARMS`.
        outcomes: (n,) each of `OUTCOMES`: 1 for a visit, dollars spent.
    """

    x: Floats
    names: tuple[str, ...]
    arm: Ints
    outcomes: dict[str, Floats]

    def trial(self, outcome: str, rows: Ints) -> Trial:
        """Return some rows as what a learner learns from; every arm had the chance 1/3."""
        y, spend = self.outcomes[outcome][rows], self.outcomes["spend"][rows]
        return Trial(
            x=self.x[rows],
            names=self.names,
            arm=self.arm[rows],
            arms=named(ARMS),
            outcome=y,
            propensity=np.full(len(rows), 1 / len(ARMS)),
            customer=rows,
            sale=Sale(_bought(spend), spend, 1.0) if outcome == "spend" else None,
        )


def _bought(spend: Floats) -> Bools:
    return np.asarray(spend > 0)


def load(path: Path) -> Mailing:
    """Read the file as it was published.

    Raises:
        FileNotFoundError: there is no such file.
    """
    table = csv.read_csv(path)
    columns = [table.column(name).to_numpy().astype(float) for name in _NUMBERS]
    names = list(_NUMBERS)
    for name in _WORDS:
        said = np.array(table.column(name).to_pylist())
        for word in sorted(set(said.tolist())):
            columns.append((said == word).astype(float))
            names.append(f"{name}={word}")
    segment = np.array(table.column("segment").to_pylist())
    arm = np.select([segment == name for name in ARMS], range(len(ARMS))).astype(np.int64)
    outcomes = {name: table.column(name).to_numpy().astype(float) for name in OUTCOMES}
    return Mailing(np.column_stack(columns), tuple(names), arm, outcomes)
