"""A policy tree in sentences, from its plain values: what a report kept reads as well as what was just learned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from offersmith import words


def tree_sentences(
    tree: Mapping[str, Any],
    language: words.Language = "en",
    *,
    features: Mapping[str, str] | None = None,
    arms: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Return one sentence a leaf: "If recency <= 30 and baskets > 40: 10 % off (23 % of customers)." and so on.

    Args:
        tree: `PolicyTree.as_dict()`.
        language: of the sentences.
        features: what features are called; those not named keep their own name.
        arms: what arms are called, likewise.
    """
    called, offered = features or {}, arms or {}
    found = []
    for leaf in tree["leaves"]:
        conditions = words.say("response.and", language).join(
            words.say(
                "response.tree_at_most" if one["sign"] == "<=" else "response.tree_above",
                language,
                feature=called.get(one["feature"], one["feature"]),
                value=number(one["value"]),
            )
            for one in leaf["conditions"]
        )
        key = "response.tree_leaf" if leaf["conditions"] else "response.tree_everybody"
        offer = offered.get(leaf["arm"], leaf["arm"])
        found.append(words.say(key, language, conditions=conditions, arm=offer, share=percent(leaf["share"])))
    return tuple(found)


def tree_cost(tree: Mapping[str, Any], language: words.Language = "en", unit: str = "") -> tuple[str, ...]:
    """Return what the tree is worth on held-out customers, and what saying the policy so simply costs.

    Args:
        tree: `PolicyTree.as_dict()`.
        language: of the sentences.
        unit: of the outcome, such as "EUR "; stands before every amount.
    """
    found = [_figure("tree_value", tree, ("value", "low", "high", "reason"), language, unit)]
    if tree["loss"] is not None:
        found.append(_figure("tree_loss", tree, ("loss", "loss_low", "loss_high", "loss_reason"), language, unit))
    return tuple(found)


def number(value: float) -> str:
    """Return a border of a condition, all its digits and no more."""
    return f"{value:.12g}"


def percent(share: float) -> str:
    """Return a share in percent; one decimal below ten."""
    return f"{100 * share:.0f}" if share >= 0.1 or share == 0 else f"{100 * share:.1f}"


def _figure(
    key: str, tree: Mapping[str, Any], fields: tuple[str, str, str, str], language: words.Language, unit: str
) -> str:
    value, low, high, code = (tree[field] for field in fields)
    if low is None:
        reason = words.say(f"experiments.{code}", language) if code else ""
        return words.say(f"response.{key}_only", language, value=f"{unit}{value:z.3f}", reason=reason)
    return words.say(f"response.{key}", language, **{
        name: f"{unit}{one:z.3f}" for name, one in (("value", value), ("low", low), ("high", high))
    })  # fmt: skip
