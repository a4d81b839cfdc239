"""What the runs say together: shares of the oracle, paired differences, honesty of the claims, coverage, time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, median, stdev
from typing import Any

from rich.console import Console
from rich.table import Table

Run = dict[str, Any]

SHARE_TARGETS = {100_000: {"base": 0.74, "basket": 0.70, "threshold": 0.77}, 1_000_000: {"base": 0.90}}
CLAIM_TARGET = (0.9, 1.15)
COVERED_TARGET = 0.9
LARGE_ROWS, LARGE_CPU_S, LARGE_PEAK_MB = 1_000_000, 60.0, 4096.0
WIDTH = 112
WORTH = 0.01
"""A plan or an oracle worth less than this per customer has no share and no ratio: both would be noise."""


def summarise(runs: Sequence[Run], peers: Sequence[str], ours: Sequence[str]) -> dict[str, Any]:
    """Return figures per form and model, ours beside the best peer, and which targets are met by the first of ours."""
    forms: dict[str, Any] = {}
    for form in dict.fromkeys(run["form"] for run in runs):
        here = [run for run in runs if run["form"] == form]
        models = {name: _model([run for run in here if run["model"] == name]) for name in (*ours, *peers)}
        forms[form] = {"models": models, "beside": {name: _beside(here, name, peers, models) for name in ours if peers}}
    targets = _targets(forms, runs, ours[0]) if ours else []
    return {"forms": forms, "coverage": {name: _coverage(runs, name) for name in ours}, "targets": targets}


def _model(runs: Sequence[Run]) -> dict[str, Any]:
    shares = [(run["logged"], run["value"] / run["oracle"]) for run in runs if run["oracle"] > WORTH]
    claims = [run["claim"] / run["value"] for run in runs if run["value"] > WORTH]
    return {
        "runs": len(runs),
        "share": _mean([share for _, share in shares]),
        "share_randomised": _mean([share for logged, share in shares if not logged]),
        "share_logged": _mean([share for logged, share in shares if logged]),
        "value": fmean(run["value"] for run in runs),
        "claimed": fmean(run["claim"] for run in runs),
        "claimed_to_true": _mean(claims),
        "without_ratio": len(runs) - len(claims),
        "cpu_s": fmean(run["cpu_s"] for run in runs),
        "peak_mb": max(run["peak_mb"] for run in runs),
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _beside(runs: Sequence[Run], name: str, peers: Sequence[str], models: dict[str, Any]) -> dict[str, Any]:
    """Compare with the peer of the highest mean value, run by run (same data, same customers), in shares of the oracle.

    Where the oracle is worth nothing, the differences are in money.
    """
    best = max(peers, key=lambda peer: float(models[peer]["value"]))
    by_data = {(run["model"], run["logged"], run["seed"]): run for run in runs}
    differences = []
    for run in (run for run in runs if run["model"] == name):
        rival = by_data[best, run["logged"], run["seed"]]
        differences.append((run["value"] - rival["value"]) / (run["oracle"] if run["oracle"] > WORTH else 1.0))
    spread = stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else None
    return {
        "best_peer": best,
        "difference": fmean(differences),
        "standard_error": spread,
        "won": sum(difference > 0 for difference in differences),
        "of": len(differences),
        "cpu_to_median_peer": models[name]["cpu_s"] / median(models[peer]["cpu_s"] for peer in peers),
    }


def _coverage(runs: Sequence[Run], name: str) -> dict[str, int]:
    said = [run for run in runs if run["model"] == name and run["low"] is not None]
    return {"covered": sum(run["low"] <= run["value"] <= run["high"] for run in said), "of": len(said)}


def _targets(forms: dict[str, Any], runs: Sequence[Run], name: str) -> list[dict[str, Any]]:
    """Return every target with its figure; those of the size of the data only where that is what was run."""
    found: list[dict[str, Any]] = []

    def add(what: str, figure: float | None, wanted: str, *, met: bool) -> None:
        found.append({"target": what, "figure": figure, "wanted": wanted, "met": met})

    rows = runs[0]["rows"]
    for form, said in forms.items():
        model = said["models"][name]
        bar = SHARE_TARGETS.get(rows, {}).get(form)
        if bar is not None:
            add(f"{form}: share of oracle", model["share"], f">= {bar}", met=model["share"] >= bar)
        if model["claimed_to_true"] is not None:
            low, high = CLAIM_TARGET
            ratio = model["claimed_to_true"]
            add(f"{form}: claimed / true", ratio, f"{low} to {high}", met=low <= ratio <= high)
        if name in said["beside"]:
            beside = said["beside"][name]
            add(f"{form}: above {beside['best_peer']}", beside["difference"], "> 0", met=beside["difference"] > 0)
            ratio = beside["cpu_to_median_peer"]
            add(f"{form}: CPU to median peer", ratio, "<= 1", met=ratio <= 1)
        if rows >= LARGE_ROWS:
            add(f"{form}: CPU seconds", model["cpu_s"], f"<= {LARGE_CPU_S:.0f}", met=model["cpu_s"] <= LARGE_CPU_S)
            add(f"{form}: peak MB", model["peak_mb"], f"<= {LARGE_PEAK_MB:.0f}", met=model["peak_mb"] <= LARGE_PEAK_MB)
    coverage = _coverage(runs, name)
    if coverage["of"]:
        share = coverage["covered"] / coverage["of"]
        add("interval covers the plan's gain", share, f">= {COVERED_TARGET}", met=share >= COVERED_TARGET)
    return found


def show(figures: dict[str, Any]) -> None:
    """Print a table per form, ours beside the best peer, and the targets."""
    console = Console()
    console.width = max(console.width, WIDTH)
    for form, said in figures["forms"].items():
        table = Table(title=form)
        table.add_column("", no_wrap=True)
        for title in ("share", "by lot", "logged", "gain", "claimed", "cl./true", "CPU s", "MB", "runs"):
            table.add_column(title, justify="right", no_wrap=True)
        for name, model in said["models"].items():
            shares = (_text(model[key], ".3f") for key in ("share", "share_randomised", "share_logged"))
            money = (_text(model["value"], ".4f"), _text(model["claimed"], ".4f"))
            used = (_text(model["cpu_s"], ".1f"), _text(model["peak_mb"], ".0f"), str(model["runs"]))
            table.add_row(name, *shares, *money, _text(model["claimed_to_true"], ".2f"), *used)
        console.print(table)
        for name, beside in said["beside"].items():
            spread, ratio = _text(beside["standard_error"], ".3f"), beside["cpu_to_median_peer"]
            console.print(
                f"{name} - {beside['best_peer']}: {beside['difference']:+.3f} (standard error {spread}), "
                f"better in {beside['won']} of {beside['of']}; CPU {ratio:.2f} of the median peer's"
            )
    for name, coverage in figures["coverage"].items():
        if coverage["of"]:
            covered = f"{coverage['covered']} of {coverage['of']}"
            console.print(f"{name}: 95 % intervals that cover the plan's gain: {covered}")
    for target in figures["targets"]:
        said = "met" if target["met"] else "MISSED"
        console.print(f"{said:<7}{target['target']}: {_text(target['figure'], '.3f')} (wanted {target['wanted']})")


def _text(figure: float | None, how: str) -> str:
    return "-" if figure is None else format(figure, how)
