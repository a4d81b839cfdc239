"""Who buys within 28 days, on real shops: every predictor on three stretches that it did not learn from.

    python -m benchmarks purchase [--encoders] [--data FOLDER] [--shop NAME] [--json]

FOLDER holds the files of Online Retail; encoders of sequences need the extra `deep`. Beside each encoder stands how
often the thing bought next is among its ten likeliest, and that of the most popular things and of the customer's own.
The exit status is 1 where the predictor taken without looking at a stretch is worse than the best of it by more than
the interval of their difference.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._next_bought import next_bought
from benchmarks._real_shops import opened, shops
from benchmarks._remembering import remembering
from offersmith.kept import Kept
from offersmith.profiles.purchase import ENCODED, PAIRS, PREDICTORS
from offersmith.profiles.purchase.judging import compete, score, with_pairs
from offersmith.profiles.purchase.learning import rows_before, rows_of, together

DAYS, CUTS, SEED, TAKEN = 28, 3, 7, "taken"


def run(argv: list[str]) -> int:
    """Run it; 0 if the automatic choice is never worse than the best by more than its interval."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks purchase", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", type=Path, help="folder with the files of Online Retail")
    parser.add_argument("--encoders", action="store_true", help="let encoders of sequences compete too")
    parser.add_argument("--shop", help="only the shop whose name begins so")
    asked = parser.parse_args(argv)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, place in shops(Path(folder), asked.data).items():
            if name.startswith(asked.shop or ""):
                with opened(place) as kept:
                    found += [{"shop": name, **cut} for cut in judged(kept, encoders=asked.encoders)]
    if asked.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        _print(found)
    return 0 if all(one["held"] for one in found) else 1


def judged(kept: Kept, *, encoders: bool) -> list[dict[str, Any]]:
    """Return what each predictor reaches on the last stretches, and which would have been taken before each."""
    last, found = kept.moment(None), []
    predictors = remembering({**PREDICTORS, **(ENCODED if encoders else {})})
    pairs = PAIRS if encoders else {}
    for back in range(CUTS, 0, -1):
        cut = last - back * timedelta(days=DAYS)
        begun = time.process_time()
        known = rows_before(kept.analytics, cut, DAYS, lambda moment: kept.profiles(moment)[0], steps=encoders)
        taken = compete(known, predictors, seed=SEED, pairs=pairs, dear=(*ENCODED, *PAIRS))
        if taken is None:
            continue
        spent = time.process_time() - begun
        held = rows_of(kept.analytics, cut, DAYS, kept.profiles(cut)[0], steps=encoders)
        fitted = {name: one.fit(together(known), seed=SEED) for name, one in predictors.items()}
        chances = {name: one.chance(held.profiles, held.steps) for name, one in with_pairs(fitted, pairs).items()}
        scores = score({**chances, TAKEN: taken.fitted.chance(held.profiles, held.steps)}, held, seed=SEED)
        own = next(one for one in scores if one.name == TAKEN)
        found.append(
            {"cut": str(cut.date()), "customers": len(held), "bought": float(held.bought.mean()), "taken": taken.name,
             "odds_times": math.exp(taken.shift), "held": own.low <= 0, "cpu_s": spent,
             "scores": [one.as_dict() for one in scores], "before": [one.as_dict() for one in taken.scores],
             "next": next_bought(fitted, together(known), held)}
        )  # fmt: skip
    return found


def _print(found: list[dict[str, Any]]) -> None:
    table = Table(title=f"who buys within {DAYS} days; log loss in nats, beyond the best with its 95 % interval")
    heads = ("shop", "cut", "customers", "bought", "predictor", "AUC", "log loss", "beyond the best", "slope", "mean")
    for name in heads:
        table.add_column(name, justify="left" if name in ("shop", "cut", "predictor") else "right")
    for one in found:
        for place, each in enumerate(one["scores"]):
            first = [one["shop"], one["cut"], f"{one['customers']:,}", f"{one['bought']:.3f}"]
            first = [""] * 4 if place else first
            mark = f": {one['taken']}, odds x {one['odds_times']:.2f}" if each["name"] == TAKEN else ""
            beyond = f"{each['worse']:+.4f} ({each['low']:+.4f} to {each['high']:+.4f})"
            said = ["-" if each[key] is None else f"{each[key]:.3f}" for key in ("auc", "log_loss", "slope", "mean")]
            table.add_row(*first, each["name"] + mark, said[0], said[1], beyond, said[2], said[3])
    Console(width=150).print(table)
    if any(one["next"] for one in found):
        _print_next(found)
    for one in found:
        sys.stdout.write(
            f"{'met   ' if one['held'] else 'MISSED'} {one['shop']} {one['cut']}: {one['taken']} is not worse than the "
            f"best by more than its interval; {one['cpu_s']:.0f} CPU s\n"
        )


def _print_next(found: list[dict[str, Any]]) -> None:
    table = Table(title="what is bought on the next day of buying: customers with one of it among ten, and mean 1/rank")
    for name in ("shop", "cut", "customers", "by", "hit@10", "MRR"):
        table.add_column(name, justify="left" if name in ("shop", "cut", "by") else "right")
    for one in found:
        for place, each in enumerate(one["next"]):
            first = ["", "", ""] if place else [one["shop"], one["cut"], f"{each['customers']:,}"]
            table.add_row(*first, each["by"], f"{each['hit']:.3f}", f"{each['mrr']:.3f}")
    Console(width=150).print(table)
