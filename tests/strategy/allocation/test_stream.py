import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import Chunk, Memory
from offersmith.strategy.allocation.solve import allocate
from offersmith.strategy.allocation.stream import Streamed, write


def parts(instance, size):
    for start in range(0, instance.customers, size):
        here = slice(start, start + size)
        yield Chunk(instance.value[:, here], instance.cost[:, here], instance.cell[here], instance.extra[:, :, here])


def test_a_file_is_answered_as_memory_is(shop, judged, tmp_path):
    instance, limits = shop(60_000, rows=5, seed=2, floor=True)
    write(tmp_path / "customers.parquet", parts(instance, 7_000))
    streamed = Streamed(tmp_path / "customers.parquet", instance.cells)
    assert (streamed.customers, streamed.offers) == (60_000, 4)
    found = allocate(streamed, limits)
    value, _ = judged(instance, limits, found)
    assert value == pytest.approx(allocate(instance, limits).certificate.value, rel=1e-6)


def test_a_file_that_cannot_be_is_refused_by_column_and_row(shop, tmp_path):
    instance, limits = shop(3_000, cells=2)
    cost = instance.cost.copy()
    cost[1, 2_500] = np.inf
    broken = Memory(instance.value, cost, instance.cell, instance.extra, 2)
    write(tmp_path / "broken.parquet", parts(broken, 1_000))
    with pytest.raises(InputError, match=r"broken\.parquet, rows from 2001: cost: 1 "):
        allocate(Streamed(tmp_path / "broken.parquet", 2), limits)
    pq.write_table(pa.table({"value_0": pa.array([1.0], pa.float64())}), tmp_path / "half.parquet")
    with pytest.raises(InputError, match=r"\['cost_0'\] are missing"):
        Streamed(tmp_path / "half.parquet")
    pq.write_table(pa.table({"value_0": [1.0], "cost_0": [1.0]}), tmp_path / "double.parquet")
    with pytest.raises(InputError, match=r"value_0 \(double\).*must be float32"):
        Streamed(tmp_path / "double.parquet")
