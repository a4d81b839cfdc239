"""`quote` and `redeem`: from a basket to a refund, each step once."""

import io
import json
import sys

import pytest
from tests.cli.conftest import AT, Bench

from offersmith.offers.explain import explain_code


def reserve(bench: Bench, key: str, *codes: str, **more: object) -> tuple[int, dict]:
    return bench.json("redeem", "reserve", bench.basket(*codes, **more), "--key", key, "--at", AT)


def test_a_quote_says_what_applies_and_why_not(bench: Bench) -> None:
    bench.live()
    bench("voucher", "share", "spring", "ten", "SPRING10", "--at", AT)
    code, found = bench.json("quote", bench.basket("spring10"), "--at", AT)
    assert code == 0
    assert found["off"] == 950, "5.00, then a tenth of the rest"
    assert found["total"] == 4050
    code, out, _ = bench("quote", bench.basket("spring10", price="30.00"), "--at", AT)
    assert code == 0
    assert "spring/five" in out
    assert "10.00 EUR" in out, "it says how much more to spend"


def test_a_code_that_does_not_count_is_a_value(bench: Bench) -> None:
    bench.live()
    code, found = bench.json("quote", bench.basket("NOBODY"), "--at", AT)
    assert (code, found["rejected_codes"], found["off"]) == (0, {"NOBODY": "code_unknown"}, 500)
    code, found = bench.json("quote", bench.basket("NOBODY"), "--at", AT, "--audience", "public")
    assert found["rejected_codes"] == {"NOBODY": "not_applicable"}


def test_a_basket_comes_from_standard_input(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.live()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bench.basket().read_bytes())))
    code, found = bench.json("quote", "-", "--at", AT)
    assert (code, found["total"]) == (0, 4500)


def test_a_promise_is_kept_and_a_return_pays_what_was_paid(bench: Bench) -> None:
    bench.live()
    code, promise = reserve(bench, "o-1", quantity=2, order_id="1")
    assert (code, promise["code"], promise["effects"]["total"]) == (0, "reserved", 9500)
    name = promise["redemption_id"]
    assert reserve(bench, "o-1", quantity=2, order_id="1")[1]["repeated"] is True
    assert bench.json("redeem", "confirm", name, "--key", "paid-1", "--at", AT)[1]["state"] == "confirmed"
    code, back = bench.json("redeem", "return", name, "1=1", "--key", "back-1", "--at", AT)
    assert (code, back["refund"]) == (0, 4750)
    assert bench.json("redeem", "return", name, "1=1", "--key", "back-1", "--at", AT)[1]["repeated"] is True
    assert bench.json("redeem", "return", name, "1=1", "--key", "back-2", "--at", AT)[1]["refund"] == 4750
    code, shown = bench.json("redeem", "order", "1")
    assert [step["step"] for step in shown["redemptions"][0]["steps"]] == [
        "reserve", "confirm", "give_back", "give_back",
    ]  # fmt: skip
    code, books = bench.json("campaign", "books", "spring")
    assert (code, books["balanced"]) == (0, True)
    assert {one["name"]: one["taken"] - one["given_back"] for one in books["meters"]} == {"pot": 0, "twice": 1}


def test_a_promise_says_what_its_reader_may_know(bench: Bench) -> None:
    bench.live()
    _, staff = reserve(bench, "o-1", "NOBODY")
    assert staff["rejected_codes"] == {"NOBODY": "code_unknown"}
    file = bench.basket("NOBODY")
    code, found = bench.json("redeem", "reserve", file, "--key", "o-2", "--at", AT, "--audience", "public")
    assert (code, found["rejected_codes"]) == (0, {"NOBODY": "not_applicable"})
    _, out, _ = bench("redeem", "reserve", file, "--key", "o-3", "--at", AT, "--audience", "public")
    assert f"NOBODY: {explain_code('not_applicable', 'en')}" in out
    _, out, _ = bench("redeem", "reserve", file, "--key", "o-4", "--at", AT)
    assert f"NOBODY: {explain_code('code_unknown', 'en')}" in out


def test_a_failed_payment_gives_everything_back(bench: Bench) -> None:
    bench.live()
    _, promise = reserve(bench, "o-1")
    name = promise["redemption_id"]
    assert bench("redeem", "roll-back", name, "--key", "failed-1", "--reason", "declined", "--at", AT)[0] == 0
    assert bench("redeem", "roll-back", name, "--key", "failed-1", "--at", AT)[0] == 0, "again is the same answer"
    code, out, _ = bench("redeem", "confirm", name, "--key", "late", "--at", AT)
    assert code == 1
    assert name in out
    code, out, _ = bench("redeem", "show", name)
    assert (code, "rolled back" in out) == (0, True)


def test_the_last_use_is_gone_and_the_next_order_is_told(bench: Bench) -> None:
    bench.live()
    assert [reserve(bench, f"o-{number}")[1]["effects"]["off"] for number in range(3)] == [500, 500, 0]
    _, found = bench.json("quote", bench.basket(), "--at", AT)
    assert {one["promotion_id"]: one["code"] for one in found["answers"]}["spring/five"] == "limit_reached"
    assert bench.json("redeem", "sweep", "--at", "2026-06-10T12:00")[1] == {"swept": 3}
    assert bench.json("quote", bench.basket(), "--at", AT)[1]["off"] == 500


def test_a_key_for_something_else_is_refused(bench: Bench) -> None:
    bench.live()
    reserve(bench, "o-1")
    code, found = reserve(bench, "o-1", price="60.00")
    assert (code, found["code"]) == (1, "key_reused")


def test_what_is_not_there_is_said(bench: Bench) -> None:
    assert bench("redeem", "confirm", "r-none", "--key", "k")[0] == 1
    assert bench("redeem", "roll-back", "r-none", "--key", "k")[0] == 1
    assert bench("redeem", "return", "r-none", "1=1", "--key", "k")[0] == 1
    code, out, _ = bench("redeem", "show", "r-none")
    assert (code, "r-none" in out) == (1, True)
    assert bench("redeem", "order", "17")[0] == 1


@pytest.mark.parametrize("returned", ["1", "1=", "1=0", "1=-2", "=2", "1=x", "1=1,5", "1=²"])
def test_a_return_that_cannot_be_meant(bench: Bench, returned: str) -> None:
    code, _, err = bench("redeem", "return", "r-none", returned, "--key", "k")
    assert code == 4
    assert repr(returned) in err
    assert "allowed" in err


def test_more_than_was_sold_is_refused(bench: Bench) -> None:
    bench.live()
    _, promise = reserve(bench, "o-1")
    bench("redeem", "confirm", promise["redemption_id"], "--key", "p", "--at", AT)
    code, _, err = bench("redeem", "return", promise["redemption_id"], "1=2", "--key", "b", "--at", AT)
    assert (code, "allowed: 0 to 1" in err) == (4, True)
    code, _, err = bench("redeem", "return", promise["redemption_id"], "9=1", "--key", "b", "--at", AT)
    assert (code, "no such line" in err) == (4, True)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "line 1"),
        ("[]", "JSON object"),
        ('{"lines": [], "lines": []}', "twice"),
        ('{"currency": "EUR", "lines": [{"product_id": "a", "quantity": 1, "unit_price": NaN}]}', "NaN"),
        ('{"currency": "USD", "lines": []}', "EUR"),
        ('{"lines": [{"product_id": "a", "quantity": -1, "unit_price": "1.00"}]}', "quantity = -1"),
        ('{"lines": [{"product_id": "a", "quantity": 1, "unit_price": "1.00", "currency": "USD"}]}', "one currency"),
        ('{"lines": [{"product_id": "a", "quantity": 1, "unit_price": "1.001"}]}', "unit_price"),
        ('{"lines": [], "identifiers": ["x"]}', "identifiers"),
        ("\ufeff[1", "column"),
    ],
)
def test_a_basket_that_is_wrong_is_named(bench: Bench, content: str, says: str) -> None:
    file = bench.file("wrong.json", content)
    for command in (("quote", file), ("redeem", "reserve", file, "--key", "k")):
        code, _, err = bench(*command)
        assert code == 4
        assert says in err
        assert "Traceback" not in err
    assert bench.json("redeem", "sweep", "--at", "2030-01-01")[1] == {"swept": 0}


def test_a_file_that_is_not_there(bench: Bench) -> None:
    code, out, err = bench("quote", bench.folder / "nowhere.json", "--json")
    assert (code, json.loads(out)["error"]) == (4, "input")
    assert "nowhere.json" in err


def test_chinese(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.live()
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    assert "应付" in bench("quote", bench.basket("NOBODY"), "--at", AT)[1]
    assert "已预留" in bench("redeem", "reserve", bench.basket(), "--key", "k", "--at", AT)[1]
