"""Every feature marked `live` is one: kept up to date on its own, it says what the batch query says."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from tests.profiles.live.shops import assert_equal, batch

from offersmith.events.synthetic import make
from offersmith.profiles import FEATURES
from offersmith.profiles.live import LIVE, LiveProfiles, compile_live
from offersmith.vocabulary import Feature

MOMENTS = (datetime(2024, 2, 20), datetime(2024, 5, 1))


@pytest.fixture(scope="module")
def events() -> pa.Table:
    """Return a few thousand events of the synthetic shop, in an order that is not time's."""
    table = pa.Table.from_batches(make(60, 120, 5, start=date(2024, 1, 1)).batches())
    assert table.num_rows > 3000
    return table.take(np.random.default_rng(1).permutation(table.num_rows))


@pytest.fixture(scope="module")
def answers(events: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> dict[datetime, pa.Table]:
    folder = tmp_path_factory.mktemp("events")
    return {moment: batch(events, moment, LIVE, folder) for moment in MOMENTS}


def test_there_are_live_features_and_they_are_those_declared_so() -> None:
    assert {feature.name for feature in LIVE} == {name for name, feature in FEATURES.items() if feature.live}
    assert len(LIVE) >= 35


@pytest.mark.parametrize("feature", LIVE, ids=lambda feature: feature.name)
def test_a_live_feature_is_the_batch_query(
    feature: Feature, events: pa.Table, answers: dict[datetime, pa.Table]
) -> None:
    state = LiveProfiles(compile_live([feature]))
    state.feed(events, MOMENTS[0])
    for moment, wanted in answers.items():
        state.advance(moment)
        assert_equal(state.read(moment), wanted.select(["customer_id", feature.name]), [feature], events.num_rows)


def test_all_live_features_together_are_the_batch_query(events: pa.Table, answers: dict[datetime, pa.Table]) -> None:
    state = LiveProfiles(compile_live(LIVE))
    for start in range(0, events.num_rows, 500):
        state.feed(events.slice(start, 500), MOMENTS[0])
    for row in events.slice(0, 200).to_pylist():
        state.update(row, MOMENTS[0])  # delivered again
    for moment, wanted in answers.items():
        assert_equal(state.read(moment), wanted, LIVE, events.num_rows)
