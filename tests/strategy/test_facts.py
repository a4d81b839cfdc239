import pyarrow as pa

from offersmith.profiles import FEATURES
from offersmith.strategy.facts import FACTS, facts

CUSTOMERS = pa.array(["a", "b", "c", "stranger"])


def test_facts_hold_where_the_feature_is_known_and_reached():
    profiles = pa.table({"customer_id": ["c", "a", "b"], "orders": [3, 0, None], "recency": [90.0, None, 10.0]})
    found = {code: held.tolist() for code, held in facts(profiles, CUSTOMERS)}
    assert found == {
        "no_history": [True, False, False, False],
        "long_absent": [False, False, True, False],
        "bought_lately": [False, True, False, False],
    }


def test_nothing_is_said_of_nothing():
    assert facts(None, CUSTOMERS) == ()
    assert facts(pa.table({"customer_id": ["a"]}), CUSTOMERS) == ()


def test_every_fact_reads_a_declared_feature():
    assert {fact.feature for fact in FACTS} <= set(FEATURES)
