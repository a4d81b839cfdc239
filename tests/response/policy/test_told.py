"""A judged policy as it is read: reasons with their counts, figures without exponents."""

import csv
import re
from pathlib import Path

import numpy as np

from offersmith.response.policy.log import PolicyJudged, judge_log
from offersmith.response.policy.told import told


def judged(path: Path, *, wins: int, rows: int = 800, worth: float = 1.0) -> PolicyJudged:
    """Judge giving everybody the gift: half of the rows did, and `wins` of these earned something."""
    given = np.arange(rows) % 2 == 0
    reward = np.where(given & (np.arange(rows) < 2 * wins), worth, 0.0)
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["action", "reward", "propensity"])
        lines.writerows([("gift" if one else "none", r, 0.5) for one, r in zip(given, reward, strict=True)])
    return judge_log(path, "gift")


def test_too_few_results_are_counted(tmp_path: Path) -> None:
    found = judged(tmp_path / "log.csv", wins=3)
    assert found.reasons == ("too_few_outcomes",)
    said = found.judged.support
    assert said.outcomes == 3
    assert "only 3 had a result other than the most common one; an interval needs 10" in told(found)
    assert "只有 3 个的结果不同于最常见的结果" in told(found, "zh")


def test_a_thin_log_says_what_it_is_worth(tmp_path: Path) -> None:
    found = judged(tmp_path / "log.csv", wins=15, rows=60)
    assert found.reasons == ("not_enough_support",)
    assert "the log is worth 30.0 rows for this policy" in told(found)
    assert "an interval needs at least 100" in told(found)


def test_no_figure_has_an_exponent_and_columns_keep_apart(tmp_path: Path) -> None:
    for worth in (1e-7, 3e12):
        said = told(judged(tmp_path / "log.csv", wins=90, worth=worth))
        assert not re.search(r"\d[eE][+-]?\d", said)
        lines = said.split("\n\n")[1].splitlines()
        assert all(len(re.split(r" {2,}", line.strip())) == 3 for line in lines)
