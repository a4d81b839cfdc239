"""What may be spent and what is made large, asked otherwise: the budget follows the balance, the goal the playbooks."""

from dataclasses import replace

import pytest

from offersmith.errors import InputError
from offersmith.strategy.request import Request

OUT = {"expected": "40.00 USD", "offers": 7, "plans": [{"name": "spring", "plan": "p1", "offers": 7, "expected": 40.0}]}
PLAIN = Request("60.00 USD", 0.1, "even", 0.3)
ASKED = replace(PLAIN, balance="100.00 USD", out=OUT, uncounted={"codes": 3, "unsent": 1})
BOOKED = replace(PLAIN, playbooks=({"name": "win-back"}, {"name": "clearance", "goal": "revenue"}), goal="revenue")


def test_what_was_asked_is_read_back_and_what_is_only_told_is_not_asked():
    assert Request.of(ASKED.as_dict()) == ASKED
    assert "uncounted" not in ASKED.as_dict()
    assert not {"balance", "out"} & PLAIN.as_dict().keys()


def test_before_there_were_goals_it_was_profit():
    old = {name: value for name, value in PLAIN.as_dict().items() if name not in ("goal", "confidence")}
    assert Request.of(old) == PLAIN
    assert Request.of(old).changed(["goal=cautious"]).goal == "cautious"


@pytest.mark.parametrize(("change", "budget", "balance"), [
    ("balance=300", "260.00 USD", "300.00 USD"), ("balance=40.01 USD", "0.01 USD", "40.01 USD"),
    ("out.expected=10", "90.00 USD", "100.00 USD"), ("budget=25", "25.00 USD", ""),
    ("explore=0", "60.00 USD", "100.00 USD"), ("budget=60", "60.00 USD", ""),
])  # fmt: skip
def test_the_budget_follows_the_balance_or_stands_alone(change, budget, balance):
    made = ASKED.changed([change])
    assert (made.budget, made.balance) == (budget, balance)
    assert bool(made.out) == bool(balance)


@pytest.mark.parametrize(("request_", "changes", "said"), [
    (ASKED, ["budget=20", "balance=50"], "ask for one of the two"), (ASKED, ["balance=40"], "nothing is left"),
    (ASKED, ["balance=much"], "'much' is not a number"), (ASKED, ["balance=50 EUR"], "must be in USD"),
    (ASKED, ["out.expected=-5"], "0 or more"), (ASKED, ["out.offers=2"], "out.expected can be asked"),
    (ASKED, ["out.expected=99.999"], "more decimals"), (PLAIN, ["balance=50"], "within a budget, not of a balance"),
    (PLAIN, ["out.expected=5"], "no 'out'"), (PLAIN, ["goal=fame"], "goal = 'fame' is not known"),
    (PLAIN, ["goal=3"], "goal = 3 is not known"), (PLAIN, ["confidence=2"], "confidence = 2 must be"),
    (BOOKED, ["playbooks.win-back.goal=profit"], "win-back: profit; clearance: revenue"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(request_, changes, said):
    with pytest.raises(InputError, match=said):
        request_.changed(changes)


def test_the_goal_follows_a_playbook_unless_it_is_asked_for_itself():
    assert BOOKED.changed(["playbooks.clearance.goal=cautious"]).goal == "cautious"
    assert BOOKED.changed(["playbooks.win-back.goal=revenue"]).goal == "revenue"
    assert BOOKED.changed(["playbooks.clearance.goal=cautious", "goal=profit"]).goal == "profit"
    assert BOOKED.changed(["budget=5"]).goal == "revenue"
