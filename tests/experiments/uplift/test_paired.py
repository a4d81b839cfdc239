import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.experiments.uplift import auuc, one_arm, paired, qini, summary, uplift_at_k

FIGURES = {"qini": qini, "auuc": auuc, "uplift_at_k": uplift_at_k}


def _two(world, draw, rows=2000, noise=0.3):
    score, treated, y = world("common", rows, draw, effect=0.5)
    return one_arm(score, treated, y), one_arm(score + noise * draw.normal(size=rows), treated, y)


@pytest.mark.parametrize("name", FIGURES)
def test_a_difference_is_known_better_than_its_parts(world, name):
    first, second = _two(world, np.random.default_rng(1))
    found, parts = paired(first, second, name), [FIGURES[name](ranked) for ranked in (first, second)]
    assert found.value == pytest.approx(parts[0].value - parts[1].value)
    assert found.standard_error < 0.75 * min(part.standard_error for part in parts)
    assert found.name == f"{name}_difference"
    assert found.definition == parts[0].definition


def test_a_model_beside_itself_differs_by_nothing(world):
    first, _ = _two(world, np.random.default_rng(2))
    found = paired(first, first, "qini")
    assert (found.value, found.low, found.reason) == (0, None, "uplift_constant")


def test_two_equally_good_models_are_not_told_apart_too_often(world):
    draw, inside = np.random.default_rng(3), 0
    for _ in range(200):
        score, treated, y = world("common", 1500, draw, effect=0.5)
        one, other = (one_arm(score + draw.normal(size=1500), treated, y) for _ in range(2))
        found = paired(one, other, "qini")
        inside += found.low <= 0 <= found.high
    assert 0.9 <= inside / 200 <= 0.99


def test_other_customers_cannot_be_compared(world):
    first, second = _two(world, np.random.default_rng(4))[0], _two(world, np.random.default_rng(5))[0]
    with pytest.raises(InputError, match="the same rows"):
        paired(first, second, "qini")


def test_a_summary_holds_what_its_parts_say(world):
    ranked = _two(world, np.random.default_rng(6))[0]
    found = summary(ranked, shares=(0.2,))
    assert (found.qini, found.auuc) == (qini(ranked), auuc(ranked))
    plain = found.as_dict()
    assert [part["share"] for part in plain["uplift_at_k"]] == [0.2]
    assert len(plain["curve"]["gain"]) == 101
    treated = ranked.treated > 0
    assert plain["curve"]["gain"][-1] == pytest.approx(ranked.outcome[treated].mean() - ranked.outcome[~treated].mean())
