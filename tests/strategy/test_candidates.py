import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from offersmith.errors import InputError
from offersmith.strategy.candidates import candidates
from offersmith.strategy.objective import as_cost, as_value, profit


def test_arrays_are_sorted_by_customer_and_say_what_the_table_says(estimates, offers):
    table = estimates(30)
    mixed = table.take(pa.array(np.random.default_rng(1).permutation(table.num_rows)))
    found = candidates(mixed, offers)
    assert found.customers.to_pylist() == sorted(set(table["customer_id"].to_pylist()))
    assert found.offers == ("five-percent", "ten-percent", "twenty-percent")
    for name in ("profit", "cost", "profit_sd"):
        assert np.array_equal(getattr(found, name).T.ravel(), table[name].to_numpy())
    assert found.allowed.all()


def test_what_has_no_estimate_is_no_candidate(estimates, offers):
    table = estimates(3).slice(1)
    found = candidates(table, offers, pa.table({"customer_id": ["z", "c00001"]}))
    assert found.customers.to_pylist() == ["c00000", "c00001", "c00002", "z"]
    assert found.allowed[:, 0].tolist() == [False, True, True]
    assert not found.allowed[:, 3].any()
    assert as_value(found, profit(found))[0, 0] == -np.inf


def test_costs_are_rounded_up():
    cost = np.random.default_rng(0).gamma(2, 1, (3, 1000))
    rounded = as_cost(cost)
    assert rounded.dtype == np.float32
    assert (rounded.astype(np.float64) >= cost).all()
    assert np.allclose(rounded, cost, rtol=2e-7)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [("cost", -1.0, "cost = -1.0 must be"), ("cost", np.nan, "cost = nan"), ("profit", np.inf, "profit = inf")],
)
def test_impossible_numbers_are_named(estimates, offers, name, value, fault):
    table = estimates(2)
    place = table.column_names.index(name)
    broken = table.set_column(place, table.schema.field(name), pa.array([value] * table.num_rows))
    with pytest.raises(InputError, match=fault):
        candidates(broken, offers)


def test_unknown_offers_and_doubles_are_refused(estimates, offers):
    table = estimates(2)
    with pytest.raises(InputError, match="more than one row"):
        candidates(pa.concat_tables([table, table]), offers)
    with pytest.raises(InputError, match=r"'five-percent'.* not known"):
        candidates(table, [offer for offer in offers if offer.offer_id != "five-percent"])
    only = table.filter(pc.equal(table["offer_id"], "ten-percent"))
    assert candidates(only, offers).allowed.sum() == 2
