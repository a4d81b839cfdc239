"""What `python -m benchmarks features` calls a success."""

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
def features(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.features")


@pytest.mark.parametrize(
    ("cpu", "peak", "differing", "success"),
    [
        (1.5, 1500.0, [], True),
        (1.51, 100.0, [], False),
        (1.0, 1501.0, [], False),
        (1.0, 100.0, ["orders"], False),
        (9.0, 9000.0, ["orders"], False),
    ],
)
def test_a_missed_target_is_a_failure(
    features: Any, cpu: float, peak: float, differing: list[str], success: bool
) -> None:
    runs = {name: [{"cpu_s": 1.0, "wall_s": 1.0, "peak_mb": 100.0}] for name in features.RIVALS}
    runs[features.OURS] = [{"cpu_s": cpu, "wall_s": cpu, "peak_mb": peak}]
    differences = {name: [] for name in features.RIVALS if name != features.OURS} | {features.HAND: differing}
    assert features.passed(features.summarise(runs, differences, 1000)) is success


@pytest.mark.slow
def test_the_exit_status_says_what_the_figures_say() -> None:
    command = [sys.executable, "-m", "benchmarks", "features", "--events", "20000", "--repeats", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    figures = json.loads(done.stdout)
    assert not any(figures["differing_features"].values())
    assert done.returncode == (0 if figures["within_targets"] else 1)
