"""The same figures as scikit-uplift 0.5.1 on stored examples: other shares treated, other rates, one with ties."""

import json
from pathlib import Path

import numpy as np
import pytest

from offersmith.experiments.uplift import auuc, one_arm, qini, uplift_at_k

CASES = json.loads(Path(__file__).with_name("scikit_uplift.json").read_text())["cases"]


def _ranked(case):
    return one_arm(np.array(case["score"]), np.array(case["treated"]) == 1, np.array(case["outcome"], dtype=float))


@pytest.mark.parametrize("case", CASES)
def test_areas_over_the_perfect_curve(case):
    assert qini(_ranked(case)).value == pytest.approx(case["qini_auc_score"], abs=1e-12)
    assert auuc(_ranked(case)).value == pytest.approx(case["uplift_auc_score"], abs=1e-12)


@pytest.mark.parametrize("case", [case for case in CASES if "uplift_at_k" in case])
@pytest.mark.parametrize("strategy", ["overall", "by_group"])
def test_uplift_among_the_first(case, strategy):
    for share, expected in case["uplift_at_k"][strategy].items():
        found = uplift_at_k(_ranked(case), float(share), strategy=strategy)
        assert found.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_known_equal_chances_change_nothing(case):
    treated = np.array(case["treated"]) == 1
    chance = np.where(treated, treated.mean(), 1 - treated.mean())
    ranked = one_arm(np.array(case["score"]), treated, np.array(case["outcome"], dtype=float), propensity=chance)
    assert qini(ranked).value == pytest.approx(case["qini_auc_score"], abs=1e-12)
    assert auuc(ranked).value == pytest.approx(case["uplift_auc_score"], abs=1e-12)
