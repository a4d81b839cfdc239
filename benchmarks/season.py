"""A season of plans on the synthetic shop: plan, let everybody live, learn, thirty times over, judged by the truth."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._season_rounds import LAST, Asked, Result, season

SHARE, SPENT, COVERED = 0.85, 1.01, 0.9


def run(argv: list[str]) -> int:
    """Run it; 0 if every season reaches the oracle's share, keeps its budget and covers its values."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks season", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--margin", type=float, default=0.5, help="profit before offers over shelf value")
    parser.add_argument("--budget", type=float, default=0.6, help="of a round, a customer, major units")
    parser.add_argument("--explore", type=float, default=0.03, help="least share of customers decided by lot")
    parser.add_argument("--lots", nargs="+", choices=("even", "thompson"), default=["even"])
    parser.add_argument("--form", default="logit", help="what offers do")
    asked = parser.parse_args(argv)
    seasons = []
    for kind in asked.lots:
        start = time.process_time()
        one = Asked(
            asked.customers, asked.rounds, asked.seed, asked.margin, asked.budget, asked.explore, kind, asked.form
        )
        found = season(one, lambda result: _say(result, quiet=asked.json))
        seasons.append(
            {"lots": kind, **summary(found), "rounds": [result.as_dict() for result in found],
             "cpu_s": time.process_time() - start}
        )  # fmt: skip
    report = {name: getattr(asked, name) for name in ("customers", "seed", "margin", "budget", "explore", "form")}
    report["seasons"] = seasons
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        _print(report)
    return 0 if all(one["met"] for one in seasons) else 1


def summary(found: Sequence[Result]) -> dict[str, Any]:
    """Return the figures of a season: the last rounds beside the oracle and the budget, and how many values held."""
    last = found[-LAST:]
    share = sum(one.profit for one in last) / sum(one.oracle for one in last)
    spent = sum(one.cost for one in last) / sum(one.budget for one in last)
    known = sum(one.known or 0.0 for one in last)
    covered = sum(one.covered for one in found)
    return {
        "share": share,
        "share_without_lots": sum(one.sure for one in last) / sum(one.oracle for one in last),
        "share_of_known": sum(one.profit for one in last) / known if known else None,
        "known": known / sum(one.oracle for one in last),
        "spent": spent,
        "spent_most": max(one.cost / one.budget for one in last),
        "paid": sum(one.paid for one in last) / sum(one.budget for one in last),
        "claimed": sum(one.claimed for one in last) / sum(one.profit for one in last),
        "covered": covered,
        "count": len(found),
        "met": bool(share >= SHARE and spent <= SPENT and covered >= COVERED * len(found)),
    }


def _say(result: Result, *, quiet: bool) -> None:
    low, high = (f"{end:,.0f}" if end is not None else "-" for end in (result.low, result.high))
    line = (
        f"round {result.number:2}: profit {result.profit:10,.0f} of {result.oracle:8,.0f} "
        f"({result.profit / result.oracle:6.3f}), without lots {result.sure / result.oracle:6.3f}, "
        f"claimed {result.claimed:8,.0f}, planned {result.planned / result.budget:.3f}, "
        f"cost {result.cost / result.budget:.3f}, paid {result.paid / result.budget:.3f}, "
        f"by lot {result.explored:.2f}, value {result.value:8,.0f} ({low} to {high}) of {result.true:8,.0f} "
        f"{'' if result.covered else 'NOT COVERED'}, {result.cpu_s:.0f} CPU s, {result.model}\n"
    )
    (sys.stderr if quiet else sys.stdout).write(line)
    (sys.stderr if quiet else sys.stdout).flush()


def _print(report: dict[str, Any]) -> None:
    table = Table(title=f"{report['customers']:,} customers; the last {LAST} rounds, and values of all")
    names = {
        "lots": "lots",
        "share": "of oracle",
        "share_without_lots": "without lots",
        "known": "can be known",
        "share_of_known": "of that",
        "spent": "cost / budget",
        "spent_most": "most",
        "paid": "paid / budget",
        "claimed": "claimed / true",
        "covered": "covered",
        "count": "rounds",
        "cpu_s": "CPU s",
    }
    for said in names.values():
        table.add_column(said, justify="right")
    for one in report["seasons"]:
        table.add_row(*(f"{one[name]:.3f}" if isinstance(one[name], float) else str(one[name]) for name in names))
    Console(width=150).print(table)
    for one in report["seasons"]:
        for said, value, held in verdicts(one):
            sys.stdout.write(f"{'met   ' if held else 'MISSED'} {one['lots']}: {said}: {value:.3f}\n")


def verdicts(one: dict[str, Any]) -> tuple[tuple[str, float, bool], ...]:
    """Return what is asked of a season, what came of it, and whether that is enough.

    The oracle knows what every offer does to every customer, of which part shows in nothing a shop can see; what can
    be known at all is said beside it, and is not what is asked.
    """
    reached, rounds = one["share_of_known"], one["covered"] / one["count"]
    asked = (
        (f"share of the oracle (wanted >= {SHARE})", one["share"], one["share"] >= SHARE),
        (f"cost over budget, last {LAST} rounds (wanted <= {SPENT})", one["spent"], one["spent"] <= SPENT),
        (f"values covered (wanted >= {COVERED})", rounds, rounds >= COVERED),
    )
    beside = f"beside it, share of what can be known ({SHARE})"
    return (*asked, *([] if reached is None else [(beside, reached, reached >= SHARE)]))
