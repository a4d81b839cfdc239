"""The one-standard-error rule and the gate, on scores made by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.choice.gate import DOUBT, gate, single
from offersmith.response.choice.rule import AS_GOOD, BEST, NONE_FITTED, pick
from offersmith.response.choice.value import Gains
from offersmith.response.trial import Trial, named


def noise(rows=2000, seed=3, spread=1.0, mean=0.0):
    return mean + spread * np.random.default_rng(seed).normal(size=rows)


def test_a_clearly_better_one_wins_wherever_it_stands() -> None:
    terms = {"shared": noise(seed=1), "logit": noise(seed=2, mean=0.5)}
    assert pick(terms) == ("logit", BEST)
    assert pick(dict(reversed(terms.items()))) == ("logit", BEST)


def test_the_earlier_of_two_that_cannot_be_told_apart_is_taken() -> None:
    same = noise(seed=1, mean=0.3)
    terms = {"shared": same, "logit": same + noise(seed=2, spread=0.5, mean=0.001)}
    assert pick(terms)[0] == "shared"
    assert pick({"shared": same, "logit": same})[0] == "shared"


def test_pairing_decides_not_two_intervals() -> None:
    base = noise(seed=1, spread=10.0)
    terms = {"shared": base, "logit": base + noise(seed=2, spread=0.1, mean=0.05)}
    # 0.05 is far within the spread of either mean (0.22), and far outside that of their difference (0.002).
    assert pick(terms) == ("logit", BEST)


def test_rows_of_one_customer_count_as_one() -> None:
    customer = np.repeat(np.arange(30), 100)
    lead = np.repeat(np.random.default_rng(11).normal(0.12, 1.0, 30), 100)
    lead += 0.12 - lead.mean()
    terms = {"shared": np.zeros(3000), "logit": lead}
    assert pick(terms) == ("logit", BEST)
    assert pick(terms, customer) == ("shared", AS_GOOD)


def test_nothing_to_pick_from_is_a_reason() -> None:
    assert pick({}) == ("", NONE_FITTED)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=6), st.integers(0, 100))
def test_what_is_picked_is_never_a_standard_error_behind(means, seed) -> None:
    draw = np.random.default_rng(seed)
    terms = {str(index): mean + draw.normal(size=200) for index, mean in enumerate(means)}
    name, _ = pick(terms)
    top = max(terms.values(), key=lambda mine: mine.mean())
    apart = top - terms[name]
    assert apart.mean() <= apart.std(ddof=1) / np.sqrt(200) + 1e-12


def gains_of(means, rows=6000, seed=5):
    draw = np.random.default_rng(seed)
    arm = draw.integers(0, len(means), rows)
    outcome = np.array(means)[arm] + draw.normal(size=rows)
    trial = Trial(
        np.zeros((rows, 0)), (), arm, named([f"a{i}" for i in range(len(means))]), outcome,
        np.full(rows, 1 / len(means)), np.arange(rows),
    )  # fmt: skip
    fold = np.arange(rows) % 3
    return Gains.of(trial, fold, 3), fold


def shipped(gains, fold, action, reason=""):
    one = single(gains, fold, 3)
    learned, over = gains.value(action).widened(DOUBT), gains.value(action, one.action).widened(DOUBT)
    return gate(gains, action, learned, over, 9.0, one, reason), one


def test_the_gate_ships_what_pays_and_nothing_else() -> None:
    gains, fold = gains_of([0.0, 0.5, 1.0])
    kinds = {}
    for name, action in {"best": 2, "worse": 1, "nothing": 0}.items():
        found, one = shipped(gains, fold, np.full(len(fold), action))
        kinds[name] = found.kind
        assert one.arm == 2
    # All of the second best arm pays, but falls behind the best for all.
    assert kinds == {"best": "learned", "worse": "single", "nothing": "single"}


def test_where_nothing_pays_nothing_is_given() -> None:
    gains, fold = gains_of([0.0, -0.5, -1.0])
    found, _ = shipped(gains, fold, np.ones(len(fold), dtype=int))
    assert (found.kind, found.arm, found.value, found.reason) == ("none", "a0", 0.0, "nothing_pays")
    assert found.shares == {"a0": 1.0}


def test_a_doubted_test_ships_nothing_however_much_it_seems_to_pay() -> None:
    gains, fold = gains_of([0.0, 0.5, 1.0])
    found, _ = shipped(gains, fold, np.full(len(fold), 2), "not_by_lot")
    assert (found.kind, found.reason) == ("none", "not_by_lot")


def test_a_known_cost_is_taken_off_every_gain() -> None:
    gains, fold = gains_of([0.0, 0.5, 1.0])
    dear = Gains.of(gains.trial, fold, 3, np.array([0.1, 0.3, 2.0]))
    np.testing.assert_allclose(dear.gain, gains.gain - [0.0, 0.2, 1.9], atol=1e-12)
    assert single(dear, fold, 3).arm == 1


def test_the_best_single_arm_is_not_judged_by_the_rows_that_chose_it() -> None:
    """Five arms without effect: the best looks better than it is by about its standard error, unless judged apart."""
    own, apart = [], []
    for seed in range(40):
        gains, fold = gains_of([0.0] * 5, rows=1000, seed=seed)
        one = single(gains, fold, 3)
        own.append(gains.gain[:, one.arm].mean())
        apart.append(one.value.value)
    assert np.mean(own) > 0.05
    assert abs(np.mean(apart)) < 3 * np.std(apart) / np.sqrt(40)
