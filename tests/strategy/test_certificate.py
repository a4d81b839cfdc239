import json

import numpy as np

from offersmith.strategy.assign import certify
from offersmith.strategy.certificate import Certificate, Row
from offersmith.strategy.linear import LinearRow

VALUE = np.array([[3, 2], [4, 5]], np.float32)
ROW = LinearRow("budget", np.array([[1, 1], [2, 2]], np.float32), 3.0)


def test_any_choice_at_any_price_is_certified_honestly():
    best = 8.0  # 3 + 5 for 3 of budget; nothing within it is worth more
    for choice in ([0, 1], [-1, -1], [0, 0], [-1, 1]):
        for price in (0.0, 0.5, 1.0, 2.0, 50.0):
            proof = certify(VALUE, ROW, np.array(choice, np.int16), price)
            assert proof.value <= best <= proof.dual_bound
            assert proof.gap == (proof.dual_bound - proof.value) / proof.dual_bound


def test_a_choice_outside_the_offers_is_not_integral():
    assert certify(VALUE, ROW, np.array([0, -1], np.int16), 1.0).integral
    assert not certify(VALUE, ROW, np.array([-2, 0], np.int16), 1.0).integral


def test_it_turns_into_plain_values():
    plain = certify(VALUE, ROW, np.array([0, 1], np.int16), 2.0).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    row = {"name": "budget", "bound": 3.0, "usage": 3.0, "price": 2.0, "at_least": False, "slack": 0.0}
    assert plain["rows"] == [row]


def test_what_is_left_of_a_row_is_not_negative_where_it_is_kept():
    assert Row("cap", 3.0, 2.0, 0.5).slack == 1.0
    assert Row("floor", 3.0, 5.0, -0.5, at_least=True).slack == 2.0
    assert Row("missed", 3.0, 2.0, 0.0, at_least=True).slack == -1.0


def test_a_share_of_nothing_is_not_said() -> None:
    proof = Certificate(-5.0, 0.0, 0.0, (), True, 3, 1)
    assert (proof.as_dict()["gap"], proof.as_dict()["shortfall"]) == (None, 5.0)
    assert Certificate(0.0, 0.0, 0.0, (), True, 3, 1).as_dict()["gap"] == 0.0
