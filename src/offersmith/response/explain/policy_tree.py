"""A shallow tree that says a policy, learned on some customers and judged on others (Athey & Wager 2021).

The best tree of depth two over binned features is found exactly; of depth three the first split is that of the best
tree of depth two, and each side gets its own best. What a tree learns from are doubly robust scores, or, where the
tree is to say what a model's policy does, the model's own effects; it is always judged by scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offersmith.errors import InputError
from offersmith.experiments.off_policy.interval import mean_interval
from offersmith.experiments.uplift.spread import MIN_GROUP, spread
from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.explain import tree_search
from offersmith.response.explain.tree import Condition, Leaf, Node, PolicyTree, Sign
from offersmith.response.learners.crossing import split

BINS = 32
MIN_INFLUENTIAL = 10.0
"""Customers that an interval's variance must rest on."""
PROOF = 3.0
"""Standard errors by which a subtree must beat a single arm: the best of thousands of splits always seems to."""
SIMPLER = 0.02
"""Share of a tree's worth that a shallower one may lose: a model's effects have no noise to doubt a split by."""
PAYS = 1.0
"""Standard errors by which a leaf's arm must beat giving nothing."""
_DEPTHS = (1, 2, 3)
_SALT = 2_000_003
"""Models split customers by the same rule and seed; these halves are to be others."""

Stated = tuple[float, float | None, float | None, str]
"""A mean, the ends of its interval, and the code of why there are none."""
Path = tuple[tuple[int, Sign, float], ...]


def policy_tree(
    x: Floats,
    names: Sequence[str],
    scores: Floats,
    arms: Sequence[str],
    *,
    customer: Ints | None = None,
    held: Bools | None = None,
    effects: Floats | None = None,
    policy: Ints | None = None,
    depth: int = 2,
    min_leaf: float = 0.02,
    seed: int = 0,
) -> PolicyTree:
    """Learn a policy tree, and judge it on customers it was not learned on.

    Args:
        x: (n, p) features, finite.
        names: (p,) their names.
        scores: (n, k) doubly robust scores of every arm's effect over arm 0, from models that did not see the row's
            customer; column 0 is zero.
        arms: (k,) names of the arms, the one that gives nothing first.
        customer: (n,) number of the customer; rows of one are kept together and counted as one.
        held: (n,) which rows to judge on; None = those of half the customers, drawn by `seed`.
        effects: (n, k) effects that a model expects, which the tree is then learned from; None = from `scores`.
        policy: (n,) the arm the full policy gives, by models that did not see the row's customer; None = not compared.
        depth: 1, 2 or 3 conditions at most.
        min_leaf: share of the learning rows a leaf must have.
        seed: of the halves.

    Raises:
        InputError: lengths differ, a value is not finite, an arm without a name, no rows to learn or judge on.
    """
    _check(x, names, scores, arms, effects, policy, depth)
    who = np.arange(len(x)) if customer is None else customer
    judged = split(who, 2, seed + _SALT) == 1 if held is None else held
    learn, rest = np.flatnonzero(~judged), np.flatnonzero(judged)
    if not len(learn) or not len(rest):
        raise InputError(
            f"{len(learn)} rows to learn a policy tree on and {len(rest)} to judge it on: both are needed",
            learn=len(learn),
            judged=len(rest),
        )
    root = simplest(x[learn], (scores if effects is None else effects)[learn], depth, min_leaf)
    return _judge(
        root,
        x[rest],
        tuple(names),
        scores[rest],
        tuple(arms),
        who[rest] if customer is not None else None,
        None if policy is None else policy[rest],
    )


def simplest(x: Floats, worth: Floats, depth: int, min_leaf: float) -> Node:
    """Return the shallowest tree that is not clearly worse than the deepest. Arguments as of `grow`."""
    here = np.arange(len(x))
    deepest = grow(x, worth, depth, min_leaf)
    best = worth[here, deepest.decide(x)]
    for levels in range(depth):
        found = grow(x, worth, levels, min_leaf)
        lost = best - worth[here, found.decide(x)]
        if lost.sum() <= max(PROOF * float(np.sqrt(lost @ lost)), SIMPLER * float(best.sum())):
            return found
    return deepest


def grow(x: Floats, worth: Floats, depth: int, min_leaf: float) -> Node:
    """Return the tree with the highest total worth on (n, p) rows, less what cannot be told from noise.

    Args:
        x: (n, p) features.
        worth: (n, k) what each arm is worth to each row.
        depth: conditions at most.
        min_leaf: share of the rows a leaf must have.
    """
    edges = [_edges(column) for column in x.T]
    bins = np.zeros((x.shape[1], len(x)), dtype=np.uint8)
    for j, at in enumerate(edges):
        bins[j] = np.searchsorted(at, x[:, j], side="left")
    least = max(1.0, min_leaf * len(x))
    score = np.ascontiguousarray(worth, dtype=np.float64)

    def node(rows: Ints, levels: int) -> Node:
        arm = _arm(score[rows])
        if levels == 0 or not len(edges):
            return Node(arm)
        find = tree_search.stump if levels == 1 else tree_search.root
        feature, border = find(bins, score, rows, BINS, least)
        if feature < 0:
            return Node(arm)
        goes = bins[feature, rows] <= border
        left, right = node(rows[goes], levels - 1), node(rows[~goes], levels - 1)
        column = x[rows, feature]
        found = Node(-1, feature, shortest(float(column[goes].max()), float(column[~goes].min())), left, right)
        gain = score[rows, found.decide(x[rows])] - score[rows, arm]
        return found if gain.sum() > PROOF * np.sqrt(gain @ gain) else Node(arm)

    return node(np.arange(len(x)), depth)


def _arm(score: Floats) -> int:
    """Return the arm worth most to some rows, or 0 where that cannot be told from nothing."""
    arm = int(np.argmax(score.sum(axis=0)))
    gain = score[:, arm] - score[:, 0]
    return arm if gain.sum() > PAYS * np.sqrt(gain @ gain) else 0


def shortest(low: float, high: float) -> float:
    """Return the number with the fewest decimals in [low, high): a border that a sentence can say."""
    for decimals in range(-6, 12):
        unit = 10.0**-decimals
        found = float(round(np.ceil(low / unit) * unit, max(decimals, 0)))
        if low <= found < high:
            return found
    return low


def _edges(column: Floats) -> Floats:
    """Return at most `BINS - 1` values of a feature, after each of which it may be split."""
    levels = np.linspace(0, 1, BINS + 1)[1:-1]
    distinct = np.unique(column)
    found = distinct if len(distinct) <= BINS else np.unique(np.quantile(column, levels, method="inverted_cdf"))
    return np.asarray(found[found < distinct[-1]])


def _judge(
    root: Node,
    x: Floats,
    names: tuple[str, ...],
    scores: Floats,
    arms: tuple[str, ...],
    customer: Ints | None,
    policy: Ints | None,
) -> PolicyTree:
    number, here = root.leaf(x), np.arange(len(x))
    leaves = root.leaves()
    given = np.array([arm for _, arm in leaves], dtype=np.int64)[number]
    own = scores[here, given]
    value, low, high, reason = _stated(own, customer)
    lost: Stated = (float("nan"), None, None, "")
    if policy is not None:
        lost = _stated(scores[here, policy] - own, customer)
    return PolicyTree(
        root=root,
        names=names,
        arms=arms,
        leaves=tuple(
            Leaf(
                conditions=_conditions(path, names),
                arm=arms[arm],
                rows=int((number == place).sum()),
                share=float((number == place).mean()),
                value=float(own[number == place].mean()) if (number == place).any() else float("nan"),
            )
            for place, (path, arm) in enumerate(leaves)
        ),
        rows=len(x),
        value=value,
        low=low,
        high=high,
        loss=lost[0],
        loss_low=lost[1],
        loss_high=lost[2],
        reason=reason,
        loss_reason=lost[3],
    )


def _stated(score: Floats, customer: Ints | None) -> Stated:
    """Return a mean of scores with its interval, or with the reason why there is none."""
    value = float(score.mean())
    if not np.any(score):
        return 0.0, 0.0, 0.0, ""
    clusters = len(score) if customer is None else len(np.unique(customer))
    if clusters < MIN_GROUP:
        return value, None, None, "uplift_few_customers"
    if spread((score - value) / len(score), customer).influential < MIN_INFLUENTIAL:
        return value, None, None, "uplift_few_outcomes"
    found = mean_interval(score, customer)
    return value, found.low, found.high, ""


def _conditions(path: Path, names: tuple[str, ...]) -> tuple[Condition, ...]:
    """Return a path's conditions, each side of a feature once: the tighter; the lower end first."""
    kept: dict[tuple[int, Sign], float] = {}
    for feature, sign, value in path:
        before = kept.get((feature, sign), value)
        kept[feature, sign] = min(before, value) if sign == "<=" else max(before, value)
    features = dict.fromkeys(feature for feature, _ in kept)
    signs: tuple[Sign, Sign] = (">", "<=")
    return tuple(
        Condition(names[feature], sign, kept[feature, sign])
        for feature in features
        for sign in signs
        if (feature, sign) in kept
    )


def _check(
    x: Floats,
    names: Sequence[str],
    scores: Floats,
    arms: Sequence[str],
    effects: Floats | None,
    policy: Ints | None,
    depth: int,
) -> None:
    if x.ndim != 2 or x.shape[1] != len(names):
        raise InputError(f"features of shape {x.shape} for {len(names)} names", names=list(names))
    for what, table in (("scores", scores), ("effects", effects)):
        if table is None:
            continue
        if table.shape != (len(x), len(arms)):
            raise InputError(f"{what} of shape {table.shape}; {(len(x), len(arms))} is needed: rows x arms")
        wrong = int((~np.isfinite(table)).sum())
        if wrong:
            raise InputError(f"{what}: {wrong} of {table.size} are not finite", field=what, count=wrong)
    for name, column in zip(names, x.T, strict=True):
        wrong = int((~np.isfinite(column)).sum())
        if wrong:
            raise InputError(f"{name}: {wrong} of {len(x)} values are not finite", column=name, count=wrong)
    if policy is not None:
        wrong = int(((policy < 0) | (policy >= len(arms))).sum())
        if len(policy) != len(x) or wrong:
            raise InputError(f"policy: {len(policy)} rows for {len(x)}, {wrong} of them with an arm without a name")
    if depth not in _DEPTHS:
        raise InputError(f"depth {depth} of a policy tree; 1, 2 or 3 is allowed", field="depth")
