"""An encoder as a predictor: the share where there is too little to learn, and an error where days are missing."""

import numpy as np
import pyarrow as pa
import pytest
from tests.profiles.sequences.planted import of, ordered

from offersmith.errors import InputError
from offersmith.profiles.purchase.averaged import FittedAverage
from offersmith.profiles.purchase.base import Rows
from offersmith.profiles.purchase.encoded import LEAST, Encoded
from offersmith.profiles.sequences.encoders import ENCODERS


class Says:
    """A predictor that says one chance of everybody."""

    def __init__(self, chance: float) -> None:
        self.one = chance

    def chance(self, profiles, steps=None):
        return np.full(profiles.num_rows, self.one)


def rows(customers: int, *, steps: bool = True) -> Rows:
    days, bought = ordered(customers, seed=1)
    return Rows(pa.table({"customer_id": [f"c{place}" for place in range(customers)]}), bought, days if steps else None)


@pytest.mark.parametrize("known", [rows(2 * LEAST - 1), rows(20 * LEAST, steps=False)])
def test_from_too_little_only_the_share_is_learned(known) -> None:
    fitted = Encoded(ENCODERS["gru"]).fit(known, seed=1)
    assert fitted.chance(known.profiles) == pytest.approx(np.full(len(known), known.bought.mean()), abs=0.01)


def test_an_average_lies_between_in_log_odds() -> None:
    people = pa.table({"customer_id": ["ann", "bob"]})
    assert FittedAverage(Says(0.2), Says(0.8)).chance(people) == pytest.approx([0.5, 0.5])
    assert FittedAverage(Says(0.1), Says(0.1)).chance(people) == pytest.approx([0.1, 0.1])
    assert 0 < FittedAverage(Says(0.0), Says(0.5)).chance(people)[0] < 0.01


def test_days_that_are_missing_or_of_others_are_refused() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("onnxruntime")
    known = rows(5 * LEAST)
    fitted = Encoded(ENCODERS["cnn"]).fit(known, seed=1)
    assert fitted.chance(known.profiles, known.steps).shape == (len(known),)
    for wrong in (None, of([["a"]])):
        with pytest.raises(InputError, match="needs the days of"):
            fitted.chance(known.profiles, wrong)
