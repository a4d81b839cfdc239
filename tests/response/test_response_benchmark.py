"""What `python -m benchmarks response` measures and calls a success: its tasks, its sums, and what it keeps."""

from __future__ import annotations

import importlib
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PUBLISHED_X = [0.12573, -0.132105, 0.640423]
PUBLISHED_TRUTH = [0.0, 0.284814, 0.288345, -0.05222, -0.19994, -0.042669]
FORMS = ("base", "basket", "threshold", "scale", "crossed", "null")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("logged", [False, True])
def test_the_truth_is_what_weighted_means_of_the_arms_tend_to(load: Any, form: str, logged: bool) -> None:
    task = load("_response_task").make(150_000, 11, form, logged=logged)
    trial = task.trial
    for arm in range(1, len(trial.arms)):
        signed = (trial.arm == arm).astype(float) - (trial.arm == 0)
        scores = signed * trial.outcome / trial.propensity - task.truth[:, arm]
        assert abs(scores.mean()) < 4.5 * scores.std() / math.sqrt(len(trial))


def test_the_same_customers_whether_by_lot_or_logged_and_other_forms_share_the_published_draws(load: Any) -> None:
    make = load("_response_task").make
    lot, logged = make(500, 3, "basket", logged=False), make(500, 3, "basket", logged=True)
    assert np.array_equal(lot.trial.x, logged.trial.x)
    assert np.array_equal(lot.truth, logged.truth)
    assert not np.array_equal(lot.trial.arm, logged.trial.arm)
    # Figures of the published task, first customer of seed 0: whoever changes the draws changes the task.
    first = make(1000, 0, "base", logged=False)
    assert first.trial.x[0, :3] == pytest.approx(PUBLISHED_X, abs=1e-6)
    assert first.truth[0] == pytest.approx(PUBLISHED_TRUTH, abs=1e-6)


def test_in_the_null_form_nothing_pays(load: Any) -> None:
    truth = load("_response_task").make(50_000, 1, "null", logged=False).truth
    assert truth.max(1).mean() < 1e-3
    assert (truth[:, 1:].mean(0) < -0.1).all()


def _run(model: str, seed: int, value: float, **more: Any) -> dict[str, Any]:
    figures = {"form": "base", "logged": False, "rows": 100_000, "oracle": 0.2, "low": None, "high": None}
    return {
        **figures,
        "model": model,
        "seed": seed,
        "value": value,
        "claim": value,
        "cpu_s": 1.0,
        "peak_mb": 1.0,
        **more,
    }


def _targets(load: Any, runs: list[dict[str, Any]]) -> dict[str, bool]:
    figures = load("_response_table").summarise(runs, ("a", "b"), ("own",))
    return {target["target"]: target["met"] for target in figures["targets"]}


def test_each_target_is_missed_by_what_misses_it(load: Any) -> None:
    peers = [_run(name, seed, value) for name, value in (("a", 0.10), ("b", 0.12)) for seed in (0, 1)]
    good = [_run("own", seed, 0.16, low=0.1, high=0.2) for seed in (0, 1)]
    assert all(_targets(load, good + peers).values())
    for change, missed in (
        ({"value": 0.147, "claim": 0.147}, "base: share of oracle"),
        ({"claim": 0.19}, "base: claimed / true"),
        ({"value": 0.11, "claim": 0.11}, "base: above b"),
        ({"cpu_s": 1.01}, "base: CPU to median peer"),
        ({"low": 0.17}, "interval covers the plan's gain"),
    ):
        assert not _targets(load, [{**run, **change} for run in good] + peers)[missed]


def test_differences_are_paired_by_dataset(load: Any) -> None:
    runs = [_run("own", 0, 0.10), _run("own", 1, 0.20), _run("a", 0, 0.09), _run("a", 1, 0.17)]
    beside = load("_response_table").summarise(runs, ("a",), ("own",))["forms"]["base"]["beside"]["own"]
    assert beside["difference"] == pytest.approx((0.05 + 0.15) / 2)
    assert beside["standard_error"] == pytest.approx(0.05)
    assert (beside["won"], beside["of"]) == (2, 2)


def test_a_kept_result_is_used_while_its_dataset_is_the_same(load: Any, tmp_path: Path) -> None:
    runs = load("_response_runs")
    job = runs.Job("offersmith constant", "base", False, 0, 300)
    made: list[str] = []

    class Counting(runs.Runs):  # type: ignore[misc, name-defined]
        def _apart(self, work: Any, *arguments: Any) -> dict[str, Any]:
            made.append(work.__name__)
            return dict(work(*arguments))

    first = Counting(tmp_path, (), 0).result(job)
    assert Counting(tmp_path, (), 0).result(job) == first
    assert len(made) == 1
    path = tmp_path / job.file
    path.write_text(json.dumps({**json.loads(path.read_text()), "digest": "of other code"}))
    Counting(tmp_path, (), 0).result(job)
    assert len(made) == 2
    assert first["oracle"] == pytest.approx(0.2035, abs=0.001)


@pytest.mark.parametrize(("option", "wrong"), [("--forms", "bas"), ("--ours", "nobody")])
def test_an_unknown_name_is_refused_with_the_names_there_are(option: str, wrong: str) -> None:
    command = [sys.executable, "-m", "benchmarks", "response", "--peers", "none", option, wrong]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{option}: '{wrong}' is none of" in done.stderr
    assert "Traceback" not in done.stderr
