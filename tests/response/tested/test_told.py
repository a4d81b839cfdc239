"""A judged test as a marketer reads it: figures without exponents, each under the name of what it is."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from offersmith.response.tested.judge import JudgedTest, judge_test
from offersmith.response.tested.read import Asked


def judged(path: Path, *, binary: bool, arms: int = 2, scale: float = 1.0) -> JudgedTest:
    draw = np.random.default_rng(5)
    arm, age = draw.integers(0, arms, 800), draw.normal(size=800)
    worth = scale * (1 + 2 * (arm == 1) * (age > 0) + draw.normal(size=800))
    outcome = (draw.random(800) < 0.2 + 0.4 * (arm == 1) * (age > 0)).astype(int) if binary else worth
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["arm", "made", "age"])
        rows.writerows(zip([f"a{one}" for one in arm], outcome, age, strict=True))
    return judge_test(path, Asked("arm", "a0", "made"), models=("constant", "t_linear"))


def test_a_share_of_the_best_order_and_an_area_have_two_names(tmp_path: Path) -> None:
    share = judged(tmp_path / "one.csv", binary=True)
    area = judged(tmp_path / "two.csv", binary=True, arms=3)
    assert "Qini, share of the best possible order: " in share.text()
    assert "Qini area" not in share.text()
    said, found = area.text(), area.ranking
    assert found is not None
    assert f"\n  Qini area per 1,000 customers: {1000 * found.qini.value:.4g}"[:44] in said
    assert f"  a1: Qini, share of the best possible order: {100 * found.by_arm['a1'].qini.value:.4g}"[:50] in said
    assert "Qini 面积（每千位顾客）" in area.text("zh")
    assert "a1：Qini（占最佳可能排序的比例）" in area.text("zh")


def test_an_outcome_of_zero_or_one_is_told_in_percent(tmp_path: Path) -> None:
    found = judged(tmp_path / "one.csv", binary=True)
    said = found.text()
    assert "made is 0 or 1, so figures are percentages" in said
    assert f"{100 * found.effects[0].effect:+.2f}"[:5] in said
    assert "%" not in judged(tmp_path / "other.csv", binary=False).text().split("Models")[0].replace("95 %", "")


@pytest.mark.parametrize("scale", [1e-6, 1e6])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_figure_has_an_exponent(tmp_path: Path, scale: float, language) -> None:
    said = judged(tmp_path / "test.csv", binary=False, scale=scale).text(language)
    assert not re.search(r"\d[eE][+-]?\d", said)


def test_why_two_values_of_one_model_differ_is_said_where_they_do(tmp_path: Path) -> None:
    found = judged(tmp_path / "test.csv", binary=False, arms=3)
    assert found.chosen is not None
    alone = next(one.value for one in found.chosen.tried if one.name == found.chosen.name)
    assert alone is not None
    differ = f"{alone.value:.3g}" != f"{found.chosen.learned.value:.3g}"
    assert ("also pays for having chosen the model" in found.text()) == differ
    assert ("计入了挑选模型的代价" in found.text("zh")) == differ
