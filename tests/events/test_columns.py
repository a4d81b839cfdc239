"""Columns made in the process become a batch of events."""

import numpy as np
import pyarrow as pa
import pytest

from offersmith.events.columns import record
from offersmith.vocabulary import EVENTS


def test_a_text_stands_for_every_row_and_the_rest_is_null() -> None:
    names = pa.chunked_array([["a"], ["b"]])
    batch = record(2, event="purchase", event_id=names, amount=np.array([5, 7]), quantity=np.array([1.0, 2.0]))
    assert batch.schema.equals(EVENTS, check_metadata=True)
    assert batch["event"].to_pylist() == ["purchase", "purchase"]
    assert batch["event_id"].to_pylist() == ["a", "b"]
    assert batch["amount"].to_pylist() == [5, 7]
    assert batch["rating"].null_count == 2


def test_a_name_that_is_no_column_is_refused() -> None:
    with pytest.raises(KeyError, match="amuont"):
        record(1, amuont=np.array([5]))
