import json

import numpy as np
import pytest

from offersmith.errors import InfeasibleError
from offersmith.strategy.allocation.conflict import Clash, Conflict
from offersmith.strategy.allocation.problem import Limit, Memory
from offersmith.strategy.allocation.solve import allocate
from offersmith.words import LANGUAGES


def refused(instance, limits):
    with pytest.raises(InfeasibleError) as told:
        allocate(instance, limits)
    return told.value, Conflict.of(told.value.facts["conflict"])


def test_a_contradiction_is_a_value_with_the_rows_that_take_part_and_what_is_possible(shop):
    instance, limits = shop(3_000)
    weight = np.zeros((1, instance.offers, instance.cells))
    weight[0, :, 0] = 1
    extra = [Limit("few", weight, 50), Limit("many", weight, 200, at_least=True)]
    fault, found = refused(instance, [*limits, *extra])
    assert found.kind == "contradiction"
    assert all(row.counted for row in found.rows)
    assert {row.name: (row.at_least, row.bound) for row in found.rows} == {"few": (False, 50), "many": (True, 200)}
    # One of the two gives way to the other: which one costs least, each in units of its own bound.
    assert {row.name: row.possible for row in found.rows} == {"few": None, "many": pytest.approx(50)}
    assert fault.message == found.says("en") == str(found)
    assert json.loads(json.dumps(fault.as_dict()))["conflict"] == found.as_dict()


def test_what_is_said_to_be_possible_is_and_a_little_more_is_not(shop):
    instance, _ = shop(3_000)
    weight = np.ones((1, instance.offers, instance.cells))
    _, found = refused(instance, [Limit("reach", weight, 4_000, at_least=True)])
    [row] = found.rows
    assert row.possible == np.isfinite(instance.value).any(axis=0).sum()
    allocate(instance, [Limit("reach", weight, row.possible, at_least=True)])
    refused(instance, [Limit("reach", weight, row.possible + 1, at_least=True)])


def test_what_only_parts_of_offers_would_keep_is_told_apart():
    value = np.ones((1, 3), np.float32)
    weight = np.ones((1, 1, 1))
    limits = [Limit("low", weight, 1.4, at_least=True), Limit("high", weight, 1.6)]
    _, found = refused(Memory.of(value, value.copy()), limits)
    assert found == Conflict(
        "whole_offers", (Clash("low", True, 1.4, None, True), Clash("high", False, 1.6, None, True))
    )
    assert "low, high" in found.says("en")
    assert "low、high" in found.says("zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_hold_every_figure(language):
    rows = (Clash("gifts", False, 1_200.0), Clash("reach", True, 5_000.0, 1_200.5))
    said = Conflict("contradiction", rows).says(language)
    assert all(text in said for text in ("gifts", "1,200.00", "reach", "5,000.00", "1,200.50"))
    assert ("at least" in said) == (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_offers_are_counted_without_cents(language):
    rows = (Clash("gifts", False, 1_200.0, None, True), Clash("reach", True, 5_000.0, 1_200 - 1e-9, True))
    said = Conflict("contradiction", rows).says(language)
    assert "1,200" in said
    assert "5,000" in said
    assert ".00" not in said
    assert "1.40" in Conflict("contradiction", (Clash("few", False, 1.4, None, True),)).says(language)
