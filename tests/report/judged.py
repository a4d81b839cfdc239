"""A realistic judging as plain values, as `Evidence.judged` carries it: five offers, some of it withheld."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

OFFERS = {
    "pct5": "5% off",
    "pct10": "10% off",
    "pct20": "20% off",
    "gift": "Gift with the order",
    "ship": "Free delivery",
}
FEATURES = ("recency", "spend_90d", "orders_365d", "coupon_affinity")


def _figure(name: str, definition: str, value: float, half: float, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "definition": definition, "definition_text": "in words", "value": value,
        "standard_error": half / 2,
        "low": value - half, "high": value + half, "confidence": 0.95, "rows": 30_000, "treated": 25_000,
        "control": 5_000, "influential": 2_000.0, "reason": "", "share": None, **more,
    }  # fmt: skip


def _tried() -> list[dict[str, Any]]:
    rows = [
        ("shared", 0.1391, 0.031, 0.1489), ("additive", 0.1312, 0.031, 0.1377), ("average", 0.1288, 0.03, 0.121),
        ("logit", 0.1190, 0.032, 0.155), ("dr_linear", 0.0711, 0.036, 0.24), ("s_boosting", 0.0822, 0.029, 0.041),
        ("constant", 0.0412, 0.027, 0.052), ("t_boosting", 0.0522, 0.038, 0.49),
    ]  # fmt: skip
    tried = [
        {"name": name, "value": value, "low": value - half, "high": value + half, "claimed": claimed, "reason": ""}
        for name, value, half, claimed in rows
    ]
    thin = {"low": None, "high": None, "claimed": 0.21, "reason": "not_enough_support"}
    failed = {"name": "t_svm", "value": None, "low": None, "high": None, "claimed": None, "reason": "not_supported"}
    return [*tried, {"name": "our own rule", "value": 0.03, **thin}, failed]


def _calibration(rng: np.random.Generator) -> list[dict[str, Any]]:
    found = []
    for at, arm in enumerate(OFFERS):
        slope = (1.04, 0.93, 0.71, 1.2, 0.31)[at]
        bins = []
        for tenth in range(10):
            predicted = -0.12 + 0.04 * tenth + 0.01 * at
            measured = slope * predicted + rng.normal(0, 0.02)
            bins.append({"rows": 1000 + tenth, "predicted": predicted, "measured": measured, "standard_error": 0.03,
                         "low": measured - 0.06, "high": measured + 0.06})  # fmt: skip
        found.append({"arm": arm, "slope": slope, "slope_low": slope - 0.4, "slope_high": slope + 0.4, "bins": bins})
    found[3]["bins"][0] |= {"rows": 12, "low": None, "high": None}
    return found


def _points(scale: float, half: float, *, thin: bool = False) -> list[dict[str, Any]]:
    points = [{"depth": 0.0, "arm": "none", "rows": 5000, "profit": 0.0, "low": 0.0, "high": 0.0, "reason": ""}]
    for depth, arm, profit in ((0.05, "pct5", 0.04), (0.1, "pct10", 0.055), (0.2, "pct20", -0.02)):
        value = profit * scale
        withheld = thin and depth == 0.2
        points.append(
            {
                "depth": depth, "arm": arm, "rows": 5000, "profit": value, "pooled": value, "chance": 0.1,
                "expected": value,
                "low": None if withheld else value - half, "high": None if withheld else value + half,
                "reason": "too_few_outcomes" if withheld else "",
            }
        )  # fmt: skip
    return points


def _depth() -> list[dict[str, Any]]:
    segments = [("champion", 9000, 0.6, 0.1), ("loyal", 8000, 1.4, 0.1), ("regular", 7000, 2.2, 0.1),
                ("at_risk", 4000, -1.0, 0.0), ("one_time", 1500, 0.9, None),
                ("our own people", 400, 1.0, 0.1)]  # fmt: skip
    return [
        {
            "kind": "percent_off", "unit": "share", "minimum": 0.0, "rows": 30_000, "points": _points(1.0, 0.02),
            "best": 0.1, "close": [0.05, 0.1], "rising": 0.4,
            "segments": [
                {"segment": name, "rows": rows, "points": _points(scale, 0.05, thin=rows < 2000), "best": best,
                 "close": [] if best is None else [best, 0.05], "rising": None}
                for name, rows, scale, best in segments
            ],
        }
    ]  # fmt: skip


def _tree() -> dict[str, Any]:
    def at(feature: str, sign: str, value: float) -> dict[str, Any]:
        return {"feature": feature, "sign": sign, "value": value}

    leaves = [
        ([at("recency", "<=", 30.5), at("spend_90d", ">", 212.4), at("spend_90d", "<=", 1500.0)], "pct10", 9200, 0.16),
        ([at("recency", "<=", 30.5), at("spend_90d", "<=", 212.4)], "none", 8100, 0.0),
        ([at("recency", ">", 30.5), at("basket share", ">", 0.012345)], "gift", 4300, 0.31),
        ([at("recency", ">", 30.5), at("basket share", "<=", 0.012345)], "ship", 8400, 0.052),
    ]
    return {
        "leaves": [
            {"conditions": path, "arm": arm, "rows": rows, "share": rows / 30_000, "value": value}
            for path, arm, rows, value in leaves
        ],
        "value": 0.118, "low": 0.089, "high": 0.147, "loss": 0.0211, "loss_low": 0.004, "loss_high": 0.038,
        "reason": "",
    }  # fmt: skip


def _preference() -> dict[str, Any]:
    def of(value: float) -> dict[str, float]:
        return {"value": value, "low": value - 0.012, "high": value + 0.012, "confidence": 0.95}

    def figures(auc: float) -> dict[str, Any]:
        answers = {"accuracy": of(0.83), "precision": of(0.41), "recall": of(0.55), "f1": of(0.47)}
        bins = [{"rows": 900, "predicted": 0.03 + 0.06 * i, "observed": 0.02 + 0.063 * i} for i in range(10)]
        return {
            "rows": 9000, "positives": 1311, "customers": 7012, "chosen": {"threshold": 0.22, **answers},
            "half": {"threshold": 0.5, **answers}, "auc": of(auc), "average_precision": of(0.38),
            "log_loss": of(0.333), "brier": of(0.1), "calibration": {"bins": bins, "slope": 1.02},
        }  # fmt: skip

    names = {"boosting": 0.811, "logistic": 0.792, "forest": 0.8, "svm": 0.779, "tree": 0.741}
    return {
        "label": "redeemed",
        "chosen": "boosting",
        "threshold": 0.22,
        "tried": [{"name": name, "settings": {}, "figures": figures(auc)} for name, auc in names.items()],
    }


def judging() -> dict[str, Any]:
    """Return a fresh copy, to be changed at will."""
    rng = np.random.default_rng(3)
    share = np.linspace(0, 1, 101)
    gain = 0.2 * share - 0.16 * share**2
    arms = [
        {"arm": arm, "rows": 5000 + at, "mean": 0.9 + at / 50, "effect": effect, "low": effect - 0.03,
         "high": effect + 0.03, "method": "lin", "reason": ""}
        for at, (arm, effect) in enumerate(zip(OFFERS, (0.04, 0.055, -0.02, 0.01, 0.035), strict=True))
    ]  # fmt: skip
    qini = _figure("qini", "qini_area_many", 0.0311, 0.012)
    return copy.deepcopy(
        {
            "rows": 30_000, "customers": 24_512, "outcome": "profit", "control": "none",
            "arms": [{"arm": "none", "rows": 5002, "mean": 0.88, "effect": None, "low": None, "high": None}, *arms],
            "qini": qini, "auuc": _figure("auuc", "auuc_area_many", 0.0298, 0.012),
            "at_k": [_figure("uplift_at_k", "uplift_at_k_overall_many", 0.21, 0.09, share=0.3)],
            "by_arm": [
                {"arm": "pct10", "qini": _figure("qini", "qini_area", 0.012, 0.02), "at_k": []},
                {"arm": "ship", "qini": {**qini, "value": None, "low": None, "reason": "uplift_undefined"}},
            ],
            "curve": {"kind": "qini", "share": share.tolist(), "gain": gain.tolist()},
            "tried": _tried(), "chosen": "shared", "choice_reason": "best_held_out",
            "single": {"arm": "pct10", "value": 0.055, "low": 0.024, "high": 0.086}, "none": {"value": 0},
            "learned": {"value": 0.1391, "low": 0.1081, "high": 0.1701, "reason": ""},
            "over_single": {"value": 0.0841, "low": 0.05, "high": 0.118, "reason": ""},
            "policy": {
                "kind": "learned", "arm": None, "value": 0.1391, "low": 0.1081, "high": 0.1701, "claimed": 0.1489,
                "reason": "learned_pays",
                "shares": {"none": 0.31, "pct5": 0.12, "pct10": 0.27, "gift": 0.2, "ship": 0.1},
            },
            "calibration": _calibration(rng), "depth": _depth(), "tree": _tree(), "preference": _preference(),
            "reasons": ["not_randomised"], "counts": {"immature": 412, "overlapping": 1_204, "not_supported": 0},
            "support": {"rows": 30_000, "ess": 7012.4, "largest_weight": 12.5, "largest_share": 0.0004,
                        "mean_weight": 0.998},
        }
    )  # fmt: skip


def withheld() -> dict[str, Any]:
    """Return the same with every interval withheld and every other figure not a number."""
    plain = _bare(judging())
    assert isinstance(plain, dict)
    plain["policy"] |= {"reason": "not_enough_support"}
    return plain


def _bare(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    if key in {"low", "loss_low", "slope_low"}:
        return None
    return math.nan if key in {"high", "loss_high", "slope_high"} else value
