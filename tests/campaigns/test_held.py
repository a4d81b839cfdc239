"""A simulation asks for the codes of the customers it meets, and of nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, percent

from offersmith.campaigns import held
from offersmith.campaigns.codes_told import void_batch
from offersmith.campaigns.simulate import PastOrder
from offersmith.offers.basket import Basket, Line
from offersmith.store.vouchers import Voucher


def orders(*customers: str | None) -> list[PastOrder]:
    basket = Basket((Line("cup", 1, 5000),), "EUR")
    return [
        PastOrder(f"o{place}", customer, AT + timedelta(hours=place), basket)
        for place, customer in enumerate(customers)
    ]


@pytest.fixture
def coded(desk: Shopkeeper) -> Shopkeeper:
    promotions = [percent("ten", 10, needs_code=True), percent("five", 5, needs_code=True)]
    for name in ("c", "other"):
        assert desk.create(name, {"name": name, "promotions": promotions}, author="ann", at=AT).done
    return desk


def touched(desk: Shopkeeper, *customers: str | None) -> dict[str, Any]:
    found = desk.simulate("c", orders(*customers), actor="ann", at=AT, margin_rate=0.3).simulation
    assert found is not None
    return {name: count for name, (count, _) in found.by_promotion.items()}


def test_codes_hold_from_stretch_to_stretch(coded: Shopkeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "STRETCH", 2)
    coded.issue("c", "ten", "b", at=AT, customers=["kim", "lee"], uses=2)
    coded.issue("c", "five", "b5", at=AT, customers=["lee"], uses=None)
    assert touched(coded, "kim", "lee", "kim", None, "kim", "max", "lee", "lee") == {"ten": 4, "five": 3}


def test_nobody_else_s_codes_are_read(coded: Shopkeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    coded.issue("c", "ten", "b", at=AT, customers=[f"c{number}" for number in range(500)])
    coded.issue("c", "five", "open", at=AT, count=500)
    read: list[Voucher] = []
    found = coded.vouchers.of_customers

    def watched(customers: list[str]) -> list[Voucher]:
        read.extend(found(customers))
        return read

    monkeypatch.setattr(coded.vouchers, "of_customers", watched)
    monkeypatch.setattr(coded.vouchers, "export", None)
    assert touched(coded, "c1", "c2", "c1") == {"ten": 2, "five": 3}
    assert sorted(one.customer_id or "" for one in read) == ["c1", "c2"]


def test_only_live_codes_of_the_campaign_count(coded: Shopkeeper) -> None:
    coded.issue("other", "ten", "b", at=AT, customers=["kim"])
    coded.issue("c", "ten", "b", at=AT, customers=["lee"])
    coded.issue("c", "five", "void", at=AT, customers=["kim", "lee"])
    void_batch(coded, "c", "void")
    # Of `five` there is no live code: whose the next ones will be nobody knows.
    assert touched(coded, "kim", "lee") == {"ten": 1, "five": 2}
