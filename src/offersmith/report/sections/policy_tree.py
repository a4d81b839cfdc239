"""The policy in sentences: a few rules that say who gets what, and what it costs to put it so briefly."""

from __future__ import annotations

from decimal import Decimal

from offersmith.report.base import Block, Card, Cards, Number, Numbers, Section, Text
from offersmith.report.format import MINUS, Reader, fixed
from offersmith.report.inputs_judged import Condition, JudgedFacts, LeafFacts, TreeFacts
from offersmith.report.scale import Scale

SECTION = "policy_tree"
SIGNIFICANT = 4
LARGE = 1000.0


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None without a tree."""
    tree = facts.tree
    if tree is None:
        return None
    scale = Scale(reader, facts.money)
    cards = tuple(_card(leaf, scale) for leaf in tree.leaves)
    blocks: tuple[Block, ...] = (
        *_numbers(tree, scale),
        Cards(reader.say("tree_rules"), cards),
        Text(reader.say("tree_how", per=scale.customers), reader.say("tree_how_title")),
    )
    lead = reader.sentences([reader.say("tree_lead", count=reader.count(len(tree.leaves))), *_cost(tree, scale)])
    return Section(SECTION, reader.say("tree_title"), lead, blocks)


def _cost(tree: TreeFacts, scale: Scale) -> list[str]:
    """Return what the simplification costs, in words."""
    loss, reader = tree.loss, scale.reader
    if loss.value is None:
        return [reader.say("tree_loss_unknown")]
    values = {"loss": scale.write(loss.value), "per": scale.customers, "span": scale.span(loss)}
    said = [reader.say("tree_loss" if loss.value >= 0 else "tree_gain", **values)]
    if loss.value >= 0 and loss.held and not loss.positive:
        said.append(reader.say("tree_loss_unclear"))
    return said


def _numbers(tree: TreeFacts, scale: Scale) -> tuple[Numbers, ...]:
    reader, items = scale.reader, []
    if tree.value.value is not None:
        label = reader.say("tree_number_value", per=scale.customers)
        items.append(Number(scale.write(tree.value.value), label, scale.span(tree.value)))
    if tree.loss.value is not None:
        items.append(Number(scale.write(tree.loss.value), reader.say("tree_number_loss"), scale.span(tree.loss)))
    return (Numbers(tuple(items)),) if items else ()


def _card(leaf: LeafFacts, scale: Scale) -> Card:
    reader = scale.reader
    gives = reader.say("tree_gives_none") if leaf.is_none else reader.say("tree_gives", arm=reader.of(leaf.arm))
    share = "" if leaf.share is None else reader.percent(leaf.share, 0)
    count = "tree_customers_share" if share else "tree_customers"
    said = [reader.say(count, customers=reader.count(leaf.rows), share=share)]
    if leaf.value is not None and not leaf.is_none:
        said.append(reader.say("tree_worth", value=scale.write(leaf.value), per=scale.customers))
    return Card(gives, (condition(leaf.conditions, reader),), tuple(said))


def condition(conditions: tuple[Condition, ...], reader: Reader) -> str:
    """Return whom a rule is for, as a sentence."""
    if not conditions:
        return reader.say("tree_everybody")
    parts = [_part(one, reader) for one in conditions]
    return reader.say("tree_if", conditions=reader.say("tree_and").join(parts))


def _part(one: Condition, reader: Reader) -> str:
    low = None if one.low is None else written(one.low)
    high = None if one.high is None else written(one.high)
    kind = "tree_between" if low and high else "tree_above" if low else "tree_at_most"
    return reader.say(kind, feature=reader.of(one.feature), low=low or "", high=high or "")


def written(value: float) -> str:
    """Write the border of a rule with as many digits as it takes to find it again, no more.

    >>> written(30.5), written(0.012341), written(-12345.6), written(3.0)
    ('30.5', '0.01234', '−12,346', '3')
    """
    if abs(value) >= LARGE or value == int(value):
        return fixed(value, 0)
    text = f"{Decimal(f'{abs(value):.{SIGNIFICANT}g}'):f}"
    return (MINUS if value < 0 else "") + text
