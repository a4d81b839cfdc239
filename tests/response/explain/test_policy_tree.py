from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.response.explain import policy_tree as room
from offersmith.response.explain.policy_tree import grow, policy_tree, shortest, simplest
from offersmith.response.explain.tree_words import percent, tree_cost, tree_sentences

NAMES, ARMS = ("recency", "baskets", "noise"), ("none", "ten", "twenty")


def market(rows, seed, noise=2.0):
    """Twenty percent pays where recency <= 0.3 and baskets > 0.5, ten a little elsewhere; scores are noisy about it."""
    draw = np.random.default_rng(seed)
    x = np.round(draw.random((rows, 3)), 3)
    truth = np.zeros((rows, 3))
    truth[:, 1] = 0.2
    truth[:, 2] = np.where((x[:, 0] <= 0.3) & (x[:, 1] > 0.5), 1.5, -0.5)
    scores = truth + noise * draw.normal(size=(rows, 3))
    scores[:, 0] = 0.0
    return x, truth, scores


def best_of_all(x, worth, depth, least):
    """Return the highest total worth of any tree, by trying every one."""
    most = worth.sum(axis=0).max() if len(x) >= least else -np.inf
    if depth == 0:
        return most
    for j in range(x.shape[1]):
        for border in np.unique(x[:, j])[:-1]:
            left = x[:, j] <= border
            if min(left.sum(), (~left).sum()) >= least:
                sides = [best_of_all(x[side], worth[side], depth - 1, least) for side in (left, ~left)]
                most = max(most, sum(sides))
    return most


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 2]), st.sampled_from([0.01, 0.1, 0.2]))
def test_no_tree_over_the_bins_is_worth_more(seed, depth, share):
    draw = np.random.default_rng(seed)
    x = draw.integers(0, 4, size=(60, 3)).astype(float)
    worth = draw.normal(size=(60, 3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "PROOF", 0.0)
        patch.setattr(room, "PAYS", 0.0)
        tree = grow(x, worth, depth, share)
    found = worth[np.arange(60), tree.decide(x)].sum()
    assert found == pytest.approx(best_of_all(x, worth, depth, max(1.0, share * 60)), abs=1e-9)
    assert np.bincount(tree.leaf(x)).min() >= max(1.0, share * 60)


@pytest.mark.parametrize("depth", [2, 3])
def test_what_pays_where_is_found_and_said(depth):
    x, truth, scores = market(8000, 1)
    tree = policy_tree(x, NAMES, scores, ARMS, policy=truth.argmax(axis=1), depth=depth)
    fresh, worth, _ = market(20_000, 2)
    earned = worth[np.arange(len(fresh)), tree.decide(fresh)].mean()
    assert earned == pytest.approx(worth.max(axis=1).mean(), abs=0.02)
    assert tree.low < earned < tree.high
    assert abs(tree.loss) < 0.04
    twenty = next(leaf for leaf in tree.leaves if leaf.arm == "twenty")
    assert {(one.feature, one.sign) for one in twenty.conditions} == {("recency", "<="), ("baskets", ">")}
    assert sum(leaf.share for leaf in tree.leaves) == pytest.approx(1)
    assert sum(leaf.share * leaf.value for leaf in tree.leaves) == pytest.approx(tree.value)


def test_leaves_hold_exactly_those_whose_conditions_they_name():
    x, _, scores = market(4000, 3, noise=0.5)
    tree = policy_tree(x, NAMES, scores, ARMS, depth=3)
    number = tree.root.leaf(x)
    for place, leaf in enumerate(tree.leaves):
        meets = np.ones(len(x), dtype=bool)
        for one in leaf.conditions:
            column = x[:, NAMES.index(one.feature)]
            meets &= column <= one.value if one.sign == "<=" else column > one.value
        assert np.array_equal(meets, number == place)


def test_noise_alone_is_not_split():
    draw = np.random.default_rng(4)
    split = 0
    for _ in range(60):
        scores = draw.normal(size=(1000, 3))
        scores[:, 0] = 0.0
        split += grow(draw.random((1000, 4)), scores, 2, 0.05).left is not None
    assert split <= 18


def test_of_trees_that_earn_alike_the_shallowest_is_taken():
    x, truth, scores = market(6000, 10)
    one = np.where(x[:, [0]] <= 0.3, [[0.0, 0.1, 1.0]], [[0.0, 0.1, -1.0]])
    one[:, 2] += 0.02 * (x[:, 1] - 0.5)  # two more borders would earn next to nothing
    assert len(simplest(x, one, 3, 0.02).leaves()) == 2
    assert len(simplest(x, truth, 3, 0.02).leaves()) == 3
    assert len(simplest(x, scores, 2, 0.02).leaves()) == 3


def test_what_cannot_be_told_from_nothing_is_not_given():
    draw = np.random.default_rng(5)
    given_ = []
    for _ in range(200):
        scores = np.column_stack([np.zeros(300), draw.normal(size=300)])
        given_.append(grow(np.zeros((300, 1)), scores, 1, 0.05).arm)
    assert 0.1 < np.mean(given_) < 0.22  # beyond one standard error


def test_the_interval_of_what_a_tree_is_worth_covers_the_truth():
    inside = []
    for seed in range(150):
        x, _, scores = market(1500, 100 + seed)
        tree = policy_tree(x, NAMES, scores, ARMS, seed=seed)
        fresh, worth, _ = market(20_000, 1)
        inside.append(tree.low <= worth[np.arange(len(fresh)), tree.decide(fresh)].mean() <= tree.high)
    assert 0.9 <= np.mean(inside) <= 0.99


def test_what_the_tree_costs_covers_the_truth():
    inside = []
    fresh, worth, _ = market(20_000, 1)
    for seed in range(100):
        x, truth, scores = market(2000, 300 + seed)
        tree = policy_tree(x, NAMES, scores, ARMS, policy=truth.argmax(axis=1), depth=1, seed=seed)
        lost = worth.max(axis=1).mean() - worth[np.arange(len(fresh)), tree.decide(fresh)].mean()
        inside.append(tree.loss_low <= lost <= tree.loss_high)
        assert lost > 0.05
    assert np.mean(inside) >= 0.89


def test_a_model_s_effects_teach_the_tree_and_scores_judge_it():
    x, truth, scores = market(3000, 5, noise=6.0)
    effects = truth.copy()
    tree = policy_tree(x, NAMES, scores, ARMS, effects=effects, policy=effects.argmax(axis=1))
    assert {leaf.arm for leaf in tree.leaves} == {"ten", "twenty"}
    assert abs(tree.loss) < 0.05
    assert tree.high - tree.low > 0.2


def test_rows_of_one_customer_count_once():
    x, _, scores = market(1000, 6)
    once = policy_tree(x, NAMES, scores, ARMS, customer=np.arange(1000), depth=1)
    thrice = policy_tree(
        np.repeat(x, 3, axis=0),
        NAMES,
        np.repeat(scores, 3, axis=0),
        ARMS,
        customer=np.repeat(np.arange(1000), 3),
        depth=1,
    )
    assert thrice.value == pytest.approx(once.value)
    assert thrice.high - thrice.low == pytest.approx(once.high - once.low, rel=1e-9)


def test_nothing_given_is_worth_nothing_and_few_customers_get_no_interval():
    x, _, scores = market(400, 7)
    nothing = policy_tree(x, NAMES, np.minimum(scores, 0.0) - np.array([0.0, 1.0, 1.0]), ARMS)
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 0.0)
    assert tree_sentences(nothing.as_dict()) == ("Everybody: none.",)
    few = policy_tree(x[:40], NAMES, scores[:40] + np.array([0.0, 5.0, 0.0]), ARMS, depth=1)
    assert (few.low, few.reason) == (None, "uplift_few_customers")
    assert "fewer than 30" in tree_cost(few.as_dict())[0]


def test_a_difference_in_a_handful_of_customers_gets_no_interval():
    x, _, scores = market(4000, 9)
    held = np.arange(4000) % 2 == 1
    tree = policy_tree(x, NAMES, scores, ARMS, held=held)
    policy = tree.decide(x)
    policy[1:9] = 0
    again = policy_tree(x, NAMES, scores, ARMS, held=held, policy=policy)
    assert again.loss_reason == "uplift_few_outcomes"
    assert "a few customers make up most" in tree_cost(again.as_dict())[1]


def test_it_is_said_in_both_languages():
    x, truth, scores = market(8000, 1)
    plain = policy_tree(x, NAMES, scores, ARMS, policy=truth.argmax(axis=1)).as_dict()
    called = {"recency": "days since last order", "baskets": "baskets"}
    said = tree_sentences(plain, features=called, arms={"twenty": "20 % off"})
    leaf = next(leaf for leaf in plain["leaves"] if leaf["arm"] == "twenty")
    limits = {one["feature"]: f"{one['value']:.12g}" for one in leaf["conditions"]}
    share = percent(leaf["share"])
    parts = [f"days since last order <= {limits['recency']}", f"baskets > {limits['baskets']}"]
    both = {f"If {' and '.join(order)}: 20 % off ({share} % of customers)." for order in (parts, parts[::-1])}
    assert len(both & set(said)) == 1
    assert all(one.endswith("。") for one in (*tree_sentences(plain, "zh"), *tree_cost(plain, "zh")))
    assert tree_cost(plain, unit="EUR ")[0].count("EUR ") == 3


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_borders_are_short_and_part_the_same_rows(low, gap):
    high = low + gap
    if high > low:
        found = shortest(low, high)
        assert low <= found < high


def test_a_border_that_a_sentence_can_say():
    assert shortest(29.97, 30.02) == 30.0
    assert shortest(0.41, 0.57) == 0.5
    assert shortest(3.0, 4.0) == 3.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": np.full((4, 3), np.nan)}, "recency: 4 of 4"),
        ({"scores": np.full((4, 3), np.inf)}, "scores: 12 of 12"),
        ({"scores": np.zeros((4, 2))}, "rows x arms"),
        ({"names": ("one",)}, "1 names"),
        ({"depth": 7}, "depth 7"),
        ({"policy": np.array([0, 1, 2, 3])}, "1 of them"),
        ({"held": np.zeros(4, dtype=bool)}, "0 to judge"),
    ],
)
def test_what_cannot_be_used_is_named_and_counted(change, says):
    known = {"x": np.zeros((4, 3)), "names": NAMES, "scores": np.zeros((4, 3)), "arms": ARMS}
    with pytest.raises(InputError, match=says):
        policy_tree(**(known | change))


def test_the_same_rows_give_the_same_tree_in_any_order():
    x, _, scores = market(3000, 8)
    order = np.random.default_rng(1).permutation(len(x))
    for depth, which in product((2, 3), (slice(None), order)):
        found = grow(x[which], scores[which], depth, 0.02)
        assert found.leaves() == grow(x, scores, depth, 0.02).leaves()
