"""Learners compete on a shop's lots: of the customers of today no more are encoded than an average needs."""

import numpy as np
import pyarrow as pa
import pytest
from tests.response.test_learned import fit, lot

from offersmith.response.judging import competition
from offersmith.response.learned import Learned

QUICK = ("t_linear", "constant")


def test_a_small_shop_is_read_whole_and_a_large_one_evenly(monkeypatch):
    table = pa.table({"customer": np.arange(10_000)})
    assert competition.some(table, 7) is table
    monkeypatch.setattr(competition, "TODAY", 2_000)
    drawn = competition.some(table, 7)["customer"].to_numpy()
    assert len(drawn) == len(set(drawn.tolist())) == 2_000
    assert (np.diff(drawn) > 0).all()
    counts = np.bincount(drawn // 1_000, minlength=10)
    assert (abs(counts - 200) < 5 * np.sqrt(200)).all()
    assert drawn.tolist() == competition.some(table, 7)["customer"].to_pylist()
    assert drawn.tolist() != competition.some(table, 8)["customer"].to_pylist()


def test_what_is_believed_rests_on_some_of_todays_customers_in_a_large_shop(monkeypatch):
    history = lot(1_500, seed=4)[0]
    whole = fit(history, Learned(QUICK))
    monkeypatch.setattr(competition, "TODAY", 700)
    part = fit(history, Learned(QUICK))
    assert part.evidence.judged["policy"] == whole.evidence.judged["policy"]
    used, all_used = ([one.used for one in fitted.evidence.effects] for fitted in (part, whole))
    assert used != all_used
    assert used == pytest.approx(all_used, abs=0.3)
