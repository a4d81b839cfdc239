import numpy as np
import pyarrow as pa
import pytest

from offersmith.offers.catalogue import NONE
from offersmith.strategy.playbooks.uses import Uses
from offersmith.vocabulary import ESTIMATES, Offer

TEN, FIVE = (Offer(name, "percent_off", {"percent": depth}, name) for name, depth in (("ten", 10), ("five", 5)))
STANDS = Offer("win-back.ten", "percent_off", {"percent": 10}, "We miss you")


def estimates(offers):
    """An estimate of one customer for each offer, its profit the offer's depth."""
    rows = {name: [0.0] * len(offers) for name in ESTIMATES.names}
    rows |= {
        "customer_id": ["c"] * len(offers),
        "offer_id": [one.offer_id for one in offers],
        "profit": [float(one.terms["percent"]) for one in offers],
        "model_version": ["m"] * len(offers),
    }
    return pa.table({name: pa.array(rows[name], ESTIMATES.field(name).type) for name in ESTIMATES.names})


def profits(table):
    return dict(zip(table["offer_id"].to_pylist(), table["profit"].to_pylist(), strict=True))


def test_an_offer_that_stands_for_another_is_expected_to_do_what_that_one_does():
    uses = Uses.of([NONE, STANDS, FIVE], [NONE, TEN, FIVE], {"win-back.ten": "ten"})
    asked = uses.asked([NONE, STANDS, FIVE], [NONE, TEN, FIVE])
    assert [one.offer_id for one in asked] == ["none", "five", "ten"]
    told = uses.told(estimates(asked[1:]))
    assert profits(told) == {"five": 5.0, "win-back.ten": 10.0}


def test_what_was_learned_of_an_offer_says_nothing_of_it_with_other_terms():
    deeper = Offer("ten", "percent_off", {"percent": 30}, "ten", 2)
    uses = Uses.of([NONE, deeper, FIVE], [NONE, TEN, FIVE])
    asked = uses.asked([NONE, deeper, FIVE], [NONE, TEN, FIVE])
    assert {one.offer_id: dict(one.terms) for one in asked[1:]} == {
        "five": {"percent": 5},
        "ten (changed)": {"percent": 30},
    }
    told = uses.told(estimates(asked[1:]))
    assert dict(zip(told["offer_id"].to_pylist(), told["profit"].to_pylist(), strict=True)) == {
        "five": 5.0,
        "ten": 30.0,
    }


@pytest.mark.parametrize("own", [{}, {"win-back.ten": "ten"}])
def test_a_question_is_asked_in_the_model_s_own_words(own):
    heard = []

    def ask(customers, given, profit):
        heard.append((customers.to_pylist(), given.to_pylist(), profit.tolist()))

    customers, given = pa.array(["a", "b"]), pa.array(["win-back.ten", "five"])
    Uses(own).because(ask)(customers, given, np.array([1.0, 2.0]))
    assert heard == [(["a", "b"], [own.get("win-back.ten", "win-back.ten"), "five"], [1.0, 2.0])]
