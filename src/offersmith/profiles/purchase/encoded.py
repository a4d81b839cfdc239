"""An encoder of what customers did day by day, asked who buys; it sees no feature, only the days in their order."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from offersmith.errors import InputError
from offersmith.profiles.purchase.base import Floats, Rows, customers
from offersmith.profiles.purchase.rate import FittedRate, Rate
from offersmith.profiles.sequences.encoders.base import Encoder
from offersmith.profiles.sequences.served import Served
from offersmith.profiles.sequences.steps import Steps
from offersmith.profiles.sequences.training import Lesson, train

LEAST = 200
"""Rows of each kind below which a network only learns by heart."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedEncoded:
    """An encoder that has learned.

    Attributes:
        served: it, as it is asked.
    """

    served: Served

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:
        """Return the chances.

        Raises:
            InputError: the days are not there, or those of others.
            MissingExtraError: onnxruntime is not installed.
        """
        if steps is None or len(steps) != profiles.num_rows:
            said = "none" if steps is None else f"{len(steps):,} rows"
            raise InputError(f"an encoder needs the days of {profiles.num_rows:,} customers, got {said}", field="steps")
        return self.served.chance(steps)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A predictor that is an encoder of sequences.

    Attributes:
        encoder: a member of `sequences.encoders.ENCODERS`.
    """

    encoder: Encoder

    @property
    def name(self) -> str:
        """The encoder's."""
        return self.encoder.name

    def fit(self, rows: Rows, *, seed: int) -> FittedEncoded | FittedRate:
        """Learn; from too few rows of a kind, or without days, the share of those who bought.

        Raises:
            MissingExtraError: torch is not installed.
        """
        if rows.steps is None or min(rows.bought.sum(), (~rows.bought).sum()) < LEAST:
            return Rate().fit(rows, seed=seed)
        lesson = Lesson(rows.steps, rows.bought, customers(rows.profiles))
        return FittedEncoded(train(self.encoder, lesson, seed=seed))
