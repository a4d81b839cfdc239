"""Response models on Hillstrom's e-mail test: do they rank customers, and does a policy beat the best single e-mail?

    python -m benchmarks hillstrom [--data FILE] [--seeds 20] [--learners NAME,...] [--no-peers] [--json]

Each seed splits the customers in half by lot; a model learns three arms on one half and is judged on the other. Means
over the seeds are shown, with how many of the 95 % intervals lie above 0. The splits share their customers, so the
spread over seeds is not a standard error: the intervals of single splits are.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks._hillstrom_data import ARMS, OUTCOMES, Mailing, load
from benchmarks._hillstrom_judge import policy, ranking
from offersmith.response.base import Floats
from offersmith.response.bases.network import installed
from offersmith.response.learners import LEARNERS
from offersmith.response.trial import Trial

Effects = Callable[[Floats], Floats]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "hillstrom" / "hillstrom.csv"
PUBLISHED = (
    "Published (scikit-uplift notebooks at 0038e65): women's e-mail, visit, 50 % split, ClassTransformation with "
    "XGBoost of depth 2: uplift@30% overall 0.0661. 30 % split, ClassTransformation with CatBoost: uplift@10% overall "
    "0.0314 (women's), 0.0654 (men's), treated against all others. Qini figures of other papers are divided by other "
    "areas and cannot be compared."
)


def run(argv: list[str]) -> int:
    """Run the benchmark; 2 if the data are not there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks hillstrom", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="hillstrom.csv as published")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--learners", help="some of our learners; all whose libraries are installed by default")
    parser.add_argument("--no-peers", action="store_true", help="leave causalml out even if it is installed")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(argv)
    names = list(_installed()) if asked.learners is None else [name for name in asked.learners.split(",") if name]
    unknown = [name for name in names if name not in LEARNERS]
    if unknown:
        parser.error(f"--learners: {unknown[0]!r} is none of {', '.join(LEARNERS)}")
    if asked.seeds < 1:
        parser.error(f"--seeds: {asked.seeds}; at least 1 is needed")
    if not asked.data.is_file():
        parser.error(f"--data: no file {asked.data}; Hillstrom's e-mail test as CSV (64,000 rows) is needed")
    fits = dict.fromkeys(names, _ours) | ({} if asked.no_peers else _peers())
    test = load(asked.data)
    console = Console(stderr=True)
    runs = []
    for seed in range(asked.seeds):
        for name, fit in fits.items():
            with console.status(f"seed {seed + 1} of {asked.seeds}: {name}"):
                runs.append(one(test, name, fit, seed))
    figures = summarise(runs)
    if asked.json:
        report = {"models": figures, "published": PUBLISHED, "seeds": asked.seeds, "runs": runs}
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        show(figures, asked.seeds)
    return 0


def _installed() -> tuple[str, ...]:
    """Return our learners, without the neural one where torch is not there; say so."""
    if installed():
        return tuple(LEARNERS)
    sys.stderr.write("The neural learner is left out: torch is not installed (extra `deep`).\n")
    return tuple(name for name in LEARNERS if "neural" not in name)


def _ours(name: str, trial: Trial, seed: int) -> Effects | None:
    fitted = LEARNERS[name].fit(trial, seed=seed)
    return None if fitted is None else fitted.effects


def _peers() -> dict[str, Callable[[str, Trial, int], Effects | None]]:
    if importlib.util.find_spec("causalml") is None:
        Console(stderr=True).print("causalml is not installed (extra `bench`): its learners are left out")
        return {}
    module = importlib.import_module("benchmarks._hillstrom_peers")
    return dict.fromkeys(module.PEERS, module.fit)


def one(test: Mailing, name: str, fit: Callable[[str, Trial, int], Effects | None], seed: int) -> dict[str, Any]:
    """Fit a model on one half for each outcome and judge it on the other."""
    mixed = np.random.default_rng(seed).permutation(len(test.arm))
    learned, held = np.sort(mixed[: len(mixed) // 2]), np.sort(mixed[len(mixed) // 2 :])
    found: dict[str, Any] = {"model": name, "seed": seed, "cpu_s": 0.0, "ranking": {}, "policy": None}
    for outcome in OUTCOMES:
        start = time.process_time()
        effects = fit(name, test.trial(outcome, learned), seed)
        predicted = None if effects is None else effects(test.x[held])
        found["cpu_s"] += time.process_time() - start
        if predicted is None:
            continue
        found["ranking"][outcome] = ranking(test, outcome, held, predicted)
        if outcome == "spend":
            found["policy"] = policy(test, learned, held, predicted)
    return found


def summarise(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return means over the seeds of each model's figures."""
    models: dict[str, Any] = {}
    for name in dict.fromkeys(run["model"] for run in runs):
        mine = [run for run in runs if run["model"] == name]
        plain: dict[str, Any] = {"cpu_s": fmean(run["cpu_s"] for run in mine)}
        for outcome in OUTCOMES:
            ranked = [run["ranking"][outcome] for run in mine if outcome in run["ranking"]]
            plain[outcome] = {
                arm: {figure: _over([found[arm][figure] for found in ranked]) for figure in ranked[0][arm]}
                for arm in (ranked[0] if ranked else ())
            }
        plans = [run["policy"] for run in mine if run["policy"]]
        plain["policy"] = {
            what: _over([plan[what] for plan in plans])
            for what in ("policy", "best single arm", "none", "over best single arm", "over none")
            if plans
        }
        models[name] = plain
    return models


def _over(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    values = [figure["value"] for figure in found if figure["value"] is not None]
    stated = [figure for figure in found if figure["low"] is not None]
    return {
        "value": fmean(values) if values else None,
        "low": fmean(figure["low"] for figure in stated) if stated else None,
        "high": fmean(figure["high"] for figure in stated) if stated else None,
        "above_zero": sum(figure["low"] > 0 for figure in stated),
        "below_zero": sum(figure["high"] < 0 for figure in stated),
        "stated": len(stated),
    }


def show(figures: dict[str, Any], seeds: int) -> None:
    """Print the tables."""
    console = Console(width=150)
    for outcome in OUTCOMES:
        for arm in (*ARMS[1:], "best arm"):
            unit = "area over the perfect one's" if outcome == "visit" and arm != "best arm" else "area per customer"
            table = Table(title=f"{outcome}, {arm} against none: means of {seeds} splits")
            for column in (
                "model",
                "uplift@30%",
                "mean 95 % interval",
                f"Qini ({unit})",
                "mean 95 % interval",
                "above 0",
            ):
                table.add_column(column, justify="left" if column == "model" else "right")
            for name, plain in figures.items():
                if arm in plain[outcome]:
                    top, area = plain[outcome][arm]["uplift@30%"], plain[outcome][arm]["qini"]
                    above = f"{area['above_zero']}/{area['stated']}"
                    table.add_row(name, _number(top), _interval(top), _number(area), _interval(area), above)
            console.print(table)
    table = Table(title=f"spend a customer, three arms, doubly robust: means of {seeds} splits")
    whats = ("policy", "best single arm", "none", "over best single arm", "over none")
    for column in ("model", *whats, "CPU s"):
        table.add_column(column, justify="left" if column == "model" else "right")
    for name, plain in figures.items():
        cells = [_cell(plain["policy"][what]) for what in whats] if plain["policy"] else [""] * len(whats)
        table.add_row(name, *cells, f"{plain['cpu_s']:.1f}")
    console.print(table)
    console.print(PUBLISHED)


def _number(found: dict[str, Any]) -> str:
    return "-" if found["value"] is None else f"{found['value']:.4f}"


def _interval(found: dict[str, Any]) -> str:
    return "-" if found["low"] is None else f"[{found['low']:.4f}, {found['high']:.4f}]"


def _cell(found: dict[str, Any]) -> str:
    value = "-" if found["value"] is None else f"{found['value']:.3f}"
    return value if found["low"] is None else f"{value} [{found['low']:.3f}, {found['high']:.3f}]"
