"""`offers`: without a workspace."""

import json
from pathlib import Path

import pytest

from offersmith.offers import KINDS

BASKET = {
    "currency": "EUR",
    "lines": [{"line_id": "1", "product_id": "tea", "quantity": 3, "unit_price": "20.00"}],
    "moment": "2026-06-19T12:00",
}
TEN = {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}


@pytest.fixture
def priced(run, tmp_path: Path):
    """Price a basket with promotions; both as JSON or as text."""

    def call(basket: object, promotions: object, *more: str) -> tuple[int, str, str]:
        files = []
        for name, content in (("basket.json", basket), ("promotions.json", promotions)):
            file = tmp_path / name
            file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
            files.append(str(file))
        return run("offers", "price", *files, *more)

    return call


def test_every_kind_is_listed_in_both_languages(run, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = json.loads(run("offers", "list", "--json")[1])["kinds"]
    assert {one["kind"] for one in kinds} == set(KINDS) - {"none"}
    assert all(example["says"]["en"] and example["says"]["zh"] for one in kinds for example in one["examples"])
    assert any("for: category coffee" in example["rules"]["en"] for one in kinds for example in one["examples"])
    assert "10 % off what it is for\n    for: category coffee\n" in run("offers", "list")[1]
    monkeypatch.setenv("OFFERSMITH_LANG", "zh")
    assert "立减" in run("offers", "list")[1]


def test_a_basket_is_priced_without_a_workspace(priced) -> None:
    code, out, _ = priced(BASKET, [TEN], "--json")
    found = json.loads(out)
    assert (code, found["total"], found["at"]) == (0, 5400, "2026-06-19T12:00:00")
    assert "54.00 EUR" in priced(BASKET, [TEN])[1]


def test_a_code_is_the_promotion_s_id(priced) -> None:
    coded = [{**TEN, "needs_code": True}]
    assert json.loads(priced(BASKET, coded, "--json")[1])["total"] == 6000
    assert json.loads(priced({**BASKET, "codes": ["ten"]}, coded, "--json")[1])["total"] == 5400


def test_a_definition_serves_too_and_its_time_counts(priced) -> None:
    definition = {"name": "June", "zone": "Europe/Berlin", "ends": "2026-06-19", "promotions": [TEN]}
    assert json.loads(priced(BASKET, definition, "--json")[1])["total"] == 5400
    late = json.loads(priced(BASKET, definition, "--json", "--at", "2026-06-19T22:00")[1])
    assert (late["total"], late["answers"][0]["code"]) == (6000, "expired")


@pytest.mark.parametrize(
    ("basket", "promotions", "code", "says"),
    [
        ({**BASKET, "currency": "euro"}, [TEN], 4, "three capital letters"),
        ({**BASKET, "lines": [{**BASKET["lines"][0], "quantity": -1}]}, [TEN], 4, "quantity = -1"),
        ({**BASKET, "lines": [{**BASKET["lines"][0], "currency": "USD"}]}, [TEN], 4, "one currency"),
        (BASKET, [{**TEN, "kind": "gratis"}], 3, "kind = 'gratis'"),
        (BASKET, [{**TEN, "starts": "2026-06-02", "ends": "2026-06-01T00:00"}], 3, "ends"),
        (BASKET, [{**TEN, "zone": "Mars/Olympus"}], 3, "Mars/Olympus"),
        (BASKET, [TEN, TEN], 3, "ten"),
        (BASKET, [], 3, "at least one promotion"),
        (BASKET, "7", 3, "a list of promotions"),
        (BASKET, "[", 4, "line 1"),
        ("[]", [TEN], 4, "JSON object"),
        (BASKET, [7], 3, "promotions"),
    ],
)
def test_what_is_wrong_is_named(priced, basket: object, promotions: object, code: int, says: str) -> None:
    found, _, err = priced(basket, promotions)
    assert found == code
    assert says in err
    assert "Traceback" not in err


def _scenarios(total: str) -> dict[str, object]:
    return {
        "schema_version": 1,
        "scenarios": [
            {
                "id": "one",
                "cart": {"currency": "USD", "lines": [{"id": "a", "sku": "tea", "qty": 1, "unit_price": "10.00"}]},
                "promotions": [{"id": "p", "kind": "order_percent", "value": "10"}],
                "expected": {"total": total},
            }
        ],
    }  # fmt: skip


def test_scenarios_are_replayed(run, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.json"
    for total, result, code in (("9.00", "pass", 0), ("8.00", "fail", 1)):
        file.write_text(json.dumps(_scenarios(total)), encoding="utf-8")
        found, out, _ = run("offers", "replay", str(file), "--json")
        [one] = json.loads(out)
        assert (found, one["id"], one["result"]) == (code, "one", result)
    assert "8.00" in run("offers", "replay", str(file))[1]
    file.write_text("{", encoding="utf-8")
    assert run("offers", "replay", str(file))[0] == 4
