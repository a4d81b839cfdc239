"""The same order reserved again, with another key or basket: the newest counts, and no order competes with itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.store.test_redemptions import NOW, OTHER, balanced, money, rows, used, uses, wanted

from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Redemptions


@pytest.fixture
def redemptions(ledger: Ledger) -> Redemptions:
    return Redemptions(ledger)


def test_the_newest_replaces_the_one_before_in_one_step(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", uses(1), money(100, 80), order_id="o")).done
    assert redemptions.held_by_order("o", "ann") == {"spring/uses": 1, "spring/budget/2026-11": 80}
    again = redemptions.reserve(wanted("k2", uses(1), money(100, 90), order_id="o", digest=OTHER))
    assert (again.code, again.facts["replaced"]) == ("reserved", ["r-k1"])
    assert used(redemptions) == {"spring/uses": 1, "spring/budget/2026-11": 90}
    step = redemptions.steps("r-k1")[-1]
    assert (step.step, step.facts) == ("roll_back", {"reason": "replaced", "from": "reserved", "by": "r-k2"})
    assert step.amounts == {"spring/uses": -1, "spring/budget/2026-11": -80}
    assert redemptions.confirm("r-k1", "c1", NOW).code == "not_reserved"
    assert redemptions.confirm("r-k2", "c2", NOW).done
    assert balanced(ledger)


def test_what_the_new_one_needs_no_more_is_free(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", uses(1), money(100, 80), order_id="o", customer_id=None)).done
    assert redemptions.reserve(wanted("k2", order_id="o", customer_id=None)).done
    assert used(redemptions) == {"spring/uses": 0, "spring/budget/2026-11": 0}
    assert redemptions.held_by_order("o", None) == {}
    assert balanced(ledger)


def test_where_the_new_one_is_refused_the_old_one_stays(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k0", money(100, 30))).done
    assert redemptions.reserve(wanted("k1", uses(1), money(100, 60), order_id="o")).done
    before = rows(ledger)
    short = redemptions.reserve(wanted("k2", uses(1), money(100, 71), order_id="o"))
    assert (short.code, short.rest) == ("refused_budget", 70), "what the order itself holds is there for it"
    void = redemptions.reserve(wanted("k2", uses(1), order_id="o", vouchers=("NONE",)))
    assert void.code == "voucher_void"
    assert rows(ledger) == before
    assert used(redemptions) == {"spring/uses": 1, "spring/budget/2026-11": 90}
    assert redemptions.confirm("r-k1", "c1", NOW).done
    assert balanced(ledger)


def test_a_confirmed_order_is_not_reserved_again(ledger: Ledger, redemptions: Redemptions) -> None:
    first = wanted("k1", uses(), order_id="o")
    assert redemptions.reserve(first).done
    assert redemptions.confirm("r-k1", "c1", NOW).done
    again = redemptions.reserve(wanted("k2", uses(), order_id="o"))
    assert (again.code, again.redemption_id, again.state, again.done) == ("order_confirmed", "r-k1", "confirmed", False)
    assert redemptions.reserve(first).repeated, "its own key is answered as before"
    assert used(redemptions) == {"spring/uses": 1}
    assert redemptions.roll_back("r-k1", "b1", NOW, "cancelled").done
    assert redemptions.reserve(wanted("k2", uses(), order_id="o")).done, "a cancelled order may be made again"
    assert balanced(ledger)


def test_one_that_ran_out_is_replaced_too_and_not_paid_beside_the_new_one(
    ledger: Ledger, redemptions: Redemptions
) -> None:
    assert redemptions.reserve(wanted("k1", uses(), order_id="o")).done
    late = NOW + timedelta(hours=1)
    assert redemptions.sweep(late) == 1
    assert redemptions.reserve(wanted("k2", uses(), order_id="o", at=late, expires_at=None)).done
    assert redemptions.confirm("r-k1", "c1", late).code == "not_reserved"
    assert used(redemptions) == {"spring/uses": 1}
    assert balanced(ledger)


@pytest.mark.parametrize(
    "other", [{"order_id": "p"}, {"customer_id": "bob"}, {"customer_id": None}, {"order_id": None}]
)
def test_another_order_and_another_customer_s_are_left_alone(
    ledger: Ledger, redemptions: Redemptions, other: dict[str, str | None]
) -> None:
    assert redemptions.reserve(wanted("k1", uses(), order_id="o")).done
    assert redemptions.reserve(wanted("k2", uses(), **{"order_id": "o", **other})).done
    assert used(redemptions) == {"spring/uses": 2}
    assert redemptions.confirm("r-k1", "c1", NOW).done


def test_the_same_keys_again_are_answered_as_before(ledger: Ledger, redemptions: Redemptions) -> None:
    first, second = (wanted(key, uses(1), order_id="o") for key in ("k1", "k2"))
    assert redemptions.reserve(first).done
    assert redemptions.reserve(second).done
    assert redemptions.reserve(second).repeated
    old = redemptions.reserve(first)
    assert (old.repeated, old.state) == (True, "rolled_back")
    assert redemptions.reserve(wanted("k2", uses(1), order_id="o", digest=OTHER)).code == "key_reused"
    assert used(redemptions) == {"spring/uses": 1}
    assert balanced(ledger)
