import pyarrow as pa
import pytest

from offersmith.profiles.attributes import typed, with_attributes


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["true", "False", None, " yes "], [True, False, None, True]),
        (["是", "否"], [True, False]),
        (["1", "2.5", "", None], [1.0, 2.5, None, None]),
        (["north", "7"], ["north", "7"]),
        (["", None], [None, None]),
        ([], []),
    ],
)
def test_a_column_is_what_all_its_values_can_be_read_as(texts, found):
    assert typed(pa.array(texts, pa.string())).to_pylist() == found


def test_customers_keep_their_rows_and_gain_what_the_register_says():
    profiles = pa.table({"customer_id": ["b", "c", "a"], "orders": [1.0, 2.0, 3.0]})
    register = pa.table({"customer_id": ["a", "b"], "member": ["yes", "no"], "orders": ["9", "9"], "age": ["40", ""]})
    found = with_attributes(profiles, register)
    assert found.to_pydict() == {
        "customer_id": ["b", "c", "a"],
        "orders": [1.0, 2.0, 3.0],
        "member": [False, None, True],
        "age": [None, None, 40.0],
    }
    assert with_attributes(profiles, None) is profiles
