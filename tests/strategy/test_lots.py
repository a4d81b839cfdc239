import numpy as np
import pyarrow as pa

from offersmith.strategy.lots import lots, names, uniform

KNOWN = ["63ed64be32795d9a", "e9841cbb513a1ac5", "6b06c8b59b31a48e"]
IDS = pa.array([f"customer-{place}" for place in range(20_000)])


def test_a_lot_depends_on_the_id_and_the_salt_alone():
    order = np.random.default_rng(0).permutation(len(IDS))
    assert np.array_equal(lots(IDS, "a")[order], lots(IDS.take(pa.array(order)), "a"))
    assert np.array_equal(lots(IDS.slice(5, 10), "a"), lots(IDS, "a")[5:15])
    assert not np.any(lots(IDS, "a") == lots(IDS, "b"))


def test_the_lots_are_known_so_that_an_old_plan_can_be_recomputed():
    assert [f"{bits:016x}" for bits in lots(pa.array(["", "a", "顾客"]), "7|2026-01-01|0")] == KNOWN


def test_lots_are_uniform_and_salts_are_independent():
    first, second = uniform(lots(IDS, "a")), uniform(lots(IDS, "b"))
    for numbers in (first, second):
        assert 0 <= numbers.min() <= numbers.max() < 1
        counts = np.bincount((numbers * 20).astype(int), minlength=20)
        assert ((counts - 1000) ** 2 / 1000).sum() < 50  # 99.99 % of chi squared with 19 degrees
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03
    assert abs(np.corrcoef(first[1:], first[:-1])[0, 1]) < 0.03


def test_names_are_unique_and_hexadecimal():
    made = names(IDS, "v1")
    assert len(made.unique()) == len(IDS)
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in made.slice(0, 50).to_pylist())
    assert names(pa.array([], pa.string()), "v1").to_pylist() == []
