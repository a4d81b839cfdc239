"""The latest day stands last, whoever else is in the batch."""

import numpy as np
from tests.profiles.sequences.planted import of

from offersmith.profiles.sequences.batch import batch, following
from offersmith.profiles.sequences.steps import EACH, MOST, NUMBERS

ROWS = of([["a"], [], ["b", "c", "a"]], [["b"], [], ["c", "a"]])
NAMED = np.arange(2, 2 + len(ROWS.things.products))
MIDDLE, SPREAD = np.zeros(len(NUMBERS), np.float32), np.ones(len(NUMBERS), np.float32)


def test_days_are_set_to_the_right() -> None:
    found = batch(ROWS, NAMED, np.array([2, 1]), MIDDLE, SPREAD)
    assert found.numbers.shape == (2, MOST, len(NUMBERS))
    assert found.things.shape == (2, MOST, EACH)
    assert found.place[0, -4:].tolist() == [0, 3, 2, 1]
    assert found.things[0, -3:, 0].tolist() == [3, 4, 5]
    assert not found.things[1].any()
    assert not found.place[1].any()
    assert not found.numbers[1].any()


def test_numbers_are_standardised_where_there_is_a_day() -> None:
    found = batch(ROWS, NAMED, np.array([0]), MIDDLE + 1, SPREAD * 2)
    assert np.allclose(found.numbers[0, -1], (ROWS.numbers[0] - 1) / 2)
    assert not found.numbers[0, :-1].any()


def test_what_follows_is_filled_up_with_nothing() -> None:
    found = following(ROWS.following, np.array([7, 8, 9]), np.array([2, 0, 1]))
    assert found[:, :2].tolist() == [[8, 9], [7, 0], [0, 0]]
    assert found.shape == (3, EACH)
