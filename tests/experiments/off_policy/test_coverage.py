"""Intervals on logs with a known truth: a small look in every run, the whole measurement where time is no matter."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def judging(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.judging")


def test_intervals_hold_on_a_log_of_two_thousand(judging):
    for cell in judging.cells(1.0, 2_000, 250, judging.truth(), seed=5):
        assert 0.91 <= cell.coverage <= 0.985, cell
        assert cell.shown > 0.98
        assert abs(cell.bias) < 0.04
        if cell.bernstein is not None:
            assert cell.bernstein >= 0.97
            assert cell.bernstein_width > cell.width


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("rows", [2_000, 20_000])
def test_intervals_hold_in_two_thousand_logs(judging, temperature, rows):
    low, high = judging.BANDS[rows]
    for cell in judging.cells(temperature, rows, judging.RUNS, judging.truth()):
        assert low <= cell.coverage <= high, cell
        assert cell.held >= low, cell
        assert cell.bernstein is None or cell.bernstein >= 0.95, cell
