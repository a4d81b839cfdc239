import pytest
from tests.offers.replay.one import differs

LINES = [{"id": "a", "unit_price": "10.00"}]
TENTH = {"id": "p", "kind": "order_percent", "value": "10", "code": "ten"}


@pytest.mark.parametrize(
    ("limits", "history", "why"),
    [
        ({"usage_limit": 2}, [{"code": "TEN"}], None),
        ({"usage_limit": 2}, [{"code": "TEN", "count": 2}], "usage_limit"),
        ({"usage_limit": 2, "used": 1}, [{"promotion": "p"}], "limit_reached"),
        ({"usage_limit": 1}, [{"code": "OTHER"}], None),
        ({"usage_limit": 1}, [{"code": "Ten", "state": "pending"}], "usage_limit"),
        ({"usage_limit": 1}, [{"code": "TEN", "state": "failed"}], None),
        ({"usage_limit": 1}, [{"code": "TEN", "state": "cancelled"}], None),
        (
            {"usage_limit": 1, "reusable_from_cancelled_orders": False},
            [{"code": "TEN", "state": "canceled"}],
            "used up",
        ),
        ({"usage_limit": 1, "cancelled_orders_count": True}, [{"code": "TEN", "state": "cancelled"}], "usage limit"),
        ({"usage_limit": 1, "reusable_from_cancelled_orders": True}, [{"code": "TEN", "state": "cancelled"}], None),
        ({"usage_limit_per_customer": 1}, [{"code": "TEN", "customer": "bob"}], None),
        ({"usage_limit_per_customer": 1}, [{"code": "TEN", "customer": "ann"}], "usage_limit_per_customer"),
        ({"usage_limit_per_customer": 1}, [{"code": "TEN", "email": "a@b.c"}], "per customer limit"),
        ({"once_per_customer": True}, [{"code": "TEN", "customer": {"email": "a@b.c"}}], "usage_limit"),
        ({"once_per_customer": True}, [{"code": "TEN"}], "usage_limit"),
        ({"one_use_per_customer": True}, [{"code": "TEN", "customer_email": "A@b.C"}], "usage_limit"),
        ({"max_uses_per_customer": 1}, [{"code": "TEN", "customer": "ann"}], "usage_limit"),
        ({"per_customer_limit": 1}, [{"code": "TEN", "customer": "ann"}], "usage_limit"),
        ({"usage_limit": 1}, "TEN", "usage_limit"),
        ({"usage_limit": 1}, [{"code": "TEN", "state": "PaymentSettled"}], "usage_limit"),
        ({"budget": {"kind": "usage", "limit": 5, "used": 5}}, [], "budget exceeded"),
        ({"expires": "2026-01-01"}, [], "expired"),
        ({"currency": "eur"}, [], "not_applicable"),
        ({"currency": "usd", "automatic": False, "enabled": True}, [], None),
        ({"enabled": False}, [], "no effect"),
        ({"budget": {"type": "usage", "limit": 5, "used": 5}}, [], "budget exceeded"),
        ({"budget": {"type": "spend", "limit": "1.00", "used": "0.01"}}, [], "budget_exceeded"),
        ({"budget": {"type": "spend", "limit": "1.00"}}, [], None),
        ({"ends": "2026-01-01"}, [], "expired"),
        ({"starts": "2026-03-01"}, [], "not yet started"),
        ({"conditions": {"min_items_total": "11.00"}}, [], "conditions not met"),
        ({"conditions": {"min_items_total": "11.00"}}, [], "not_applicable"),
    ],
)
def test_limits_and_reasons(limits, history, why):
    expected = {"discount_total": "1.00" if why is None else "0.00"}
    if why is not None:
        expected["rejected_codes"] = {" TEN": why}
    around = {"customer": {"id": "ann", "email": "a@b.c"}, "history": history, "codes": [" TEN"], "now": "2026-02-01"}
    assert differs([{**TENTH, **limits}], expected, lines=LINES, **around) is None


def test_a_state_that_is_not_known_is_named():
    found = differs([TENTH], {}, lines=LINES, history=[{"code": "TEN", "state": "lost"}])
    assert found.startswith("unsupported: history: state = 'lost' is unknown")


def test_another_reason_is_a_difference():
    expected = {"rejected_codes": {"TEN": "usage_limit"}}
    found = differs([{**TENTH, "ends": "2026-01-01"}], expected, lines=LINES, codes=["TEN"], now="2026-02-01")
    assert found == "fail: rejected_codes.TEN: expected usage_limit, got expired"
