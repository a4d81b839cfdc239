"""What `python -m benchmarks baskets` prices, and what it calls a success; the peer is not needed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def baskets(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.baskets")


def plain(rule: Any, entries: Any, products: Any) -> int:
    """What a promotion alone takes off, by arithmetic on single pieces."""
    meant = [(products[at].price, n) for at, n in entries if rule.category in {None, products[at].category}]
    pieces = sorted(price for price, n in meant for _ in range(n))
    if (sum(pieces) if rule.needs == "value" else len(pieces)) < rule.least:
        return 0
    return {
        "percent": sum(pieces) * rule.value // 100,
        "amount": min(rule.value, sum(pieces)),
        "each": sum(min(rule.value, price) for price in pieces),
        "cheapest": pieces[0],
        "bundle": max(0, sum(pieces[: rule.least]) - rule.value),
    }[rule.gives]


def test_every_promotion_alone_takes_off_what_plain_arithmetic_says(baskets: Any) -> None:
    made = baskets.case(12)
    answers = baskets.answer(baskets.OURS, 12)
    for entries, found in zip(made.baskets, answers["alone"], strict=True):
        expected = {rule.name: plain(rule, entries, made.products) for rule in made.rules}
        assert found == {name: off for name, off in expected.items() if off}


def test_ten_or_more_of_fifty_promotions_apply_to_every_basket_and_all_of_them_answer(baskets: Any) -> None:
    ours = importlib.import_module("benchmarks._basket_ours")
    side = ours.prepare(baskets.case(12))
    for basket in side.baskets:
        effects = ours.evaluate(basket, side.programme, ours.CONTEXT)
        assert len(basket.lines) == 20
        assert len(effects.answers) == 50
        assert all(answer.code for answer in effects.answers)
        assert sum(answer.applied for answer in effects.answers) == len(effects.applied) >= 10


@pytest.mark.parametrize(
    ("rate", "peer", "least", "alone", "queries", "success"),
    [
        (2_000.0, 100.0, 10, 100, 0, True),
        (1_999.0, 1.0, 10, 100, 0, False),
        (9_000.0, 500.0, 10, 100, 0, False),
        (2_000.0, 100.0, 9, 100, 0, False),
        (2_000.0, 100.0, 10, 101, 0, False),
        (2_000.0, 100.0, 10, 100, 1, False),
    ],
)
def test_a_missed_target_is_a_failure(
    baskets: Any, rate: float, peer: float, least: int, alone: int, queries: int, success: bool
) -> None:
    mine = [{f"p{place}": 100 for place in range(least)}]
    theirs = [{f"p{place}": alone for place in range(least)}]
    rates = {way: [rate if way == baskets.OURS else peer] for way in baskets.WAYS}
    answers = {
        baskets.OURS: {"together": mine, "alone": mine},
        baskets.PEER: {"together": theirs, "alone": theirs, "queries": queries},
    }
    assert baskets.passed(baskets.summarise(rates, dict.fromkeys(rates, 1.0), answers)) is success


def test_it_runs_without_the_peer() -> None:
    command = [sys.executable, "-m", "benchmarks", "baskets", "--alone", "--json", "--baskets", "5", "--rounds", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    figures = json.loads(done.stdout)
    assert done.returncode in {0, 1}, done.stderr
    assert figures["baskets"] == 5
    assert figures["ways"]["offersmith"]["per_cpu_s"] > 0
    assert "ratios" not in figures
