"""Rules, sequences, substitutes and candidates as tables: products by name, money in major units, reasons in words."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.preference.mining.candidate import REASONS
from offersmith.report.base import Cell, Column, Table
from offersmith.report.format import MISSING, Reader
from offersmith.report.mining.facts import MiningFacts
from offersmith.words import say

SHOWN = 15
"""Rows of a table, at most; how many there are stands above it."""
CANDIDATES = 10
"""Of each kind in the tables."""
ALPHA = 0.05


def words(reader: Reader, name: str, /, **values: object) -> str:
    """Return the message `mining.name` in the reader's language."""
    return say(f"mining.{name}", reader.language, **values)


def columns(reader: Reader, *asked: tuple[str, Any]) -> tuple[Column, ...]:
    """Return columns by the names of their words, and kinds."""
    return tuple(Column(words(reader, name), kind) for name, kind in asked)


def called(facts: MiningFacts, reader: Reader, items: list[str]) -> str:
    """Return what products are called, joined."""
    return words(reader, "plus").join(facts.called.get(one, one) for one in items)


def sure(rules: pa.Table, alpha: float = ALPHA) -> pa.Table:
    """Return the rules that are hardly chance."""
    return rules.filter(pc.less(rules["q_value"], alpha))


def pairs_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return the surest pairs, each by the rule of higher confidence."""
    better: dict[frozenset[str], dict[str, Any]] = {}
    for rule in facts.pairs.slice(0, 4 * SHOWN).to_pylist():
        members = frozenset((*rule["before"], rule["after"]))
        if members not in better or rule["confidence"] > better[members]["confidence"]:
            better[members] = rule
    rows = tuple(_rule(facts, reader, rule) for rule in list(better.values())[:SHOWN])
    return Table(words(reader, "pairs_table"), _rule_columns(reader), rows)


def sets_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return the surest rules with several products before them."""
    rows = tuple(_rule(facts, reader, rule) for rule in sure(facts.sets).slice(0, SHOWN).to_pylist())
    return Table(words(reader, "sets_table"), _rule_columns(reader), rows)


def sequences_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return what is bought after what."""
    heads = columns(
        reader, ("before", "text"), ("later", "text"), ("customers", "int"), ("reverse", "int"),
        ("confidence", "percent"), ("over_habit", "number"),
    )  # fmt: skip
    rows = tuple(
        (called(facts, reader, [one["before"]]), called(facts, reader, [one["after"]]), one["customers"],
         one["reverse"], one["confidence"], one["lift"])
        for one in sure(facts.sequences).slice(0, SHOWN).to_pylist()
    )  # fmt: skip
    return Table(words(reader, "sequences_table"), heads, rows)


def substitutes_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return what stands in for what."""
    heads = columns(
        reader, ("one", "text"), ("other", "text"), ("buyers", "int"), ("together", "int"), ("expected", "int")
    )
    rows = tuple(
        (called(facts, reader, [one.first]), called(facts, reader, [one.second]), one.buyers, one.together,
         round(one.expected))
        for one in facts.substitutes[:SHOWN]
    )  # fmt: skip
    return Table(words(reader, "substitutes_table"), heads, rows)


def candidates_table(facts: MiningFacts, reader: Reader, kind: str) -> Table:
    """Return the candidates of a kind with their money and reasons."""
    some = facts.bundles.filter(pc.equal(facts.bundles["kind"], kind)).slice(0, CANDIDATES).to_pylist()
    all_ = _shared(some)
    if kind == "bundle":
        heads = columns(
            reader, ("products", "text"), ("together", "int"), ("lift", "number"), ("price", "money"),
            ("margin", "money"), ("reasons", "text"),
        )  # fmt: skip
    else:
        counted = "customers" if kind == "next" else "together"
        heads = columns(
            reader, ("before", "text"), ("offered", "text"), (counted, "int"), ("confidence", "percent"),
            ("margin", "money"), ("gain", "money"), ("reasons", "text"),
        )  # fmt: skip
    rows = tuple(_candidate(facts, reader, one, all_) for one in some)
    title, shared = words(reader, f"{kind}_table"), [code for code in REASONS if code in all_]
    if shared:
        title = words(reader, "all_of_them", title=title, reasons=_reasons(reader, shared))
    return Table(title, heads, rows)


def left_table(facts: MiningFacts, reader: Reader) -> Table:
    """Return what was left out, and why."""
    left = facts.left
    found = {
        "rare_items": left.rare_items, "long_baskets": left.long_baskets, "long_lines": left.long_lines,
        "nameless": left.nameless, "sets_cut": facts.sets_cut, "more_pairs": facts.more_pairs,
    }  # fmt: skip
    rows = tuple((words(reader, f"left_{name}"), count, words(reader, f"why_{name}")) for name, count in found.items())
    heads = columns(reader, ("what", "text"), ("how_many", "int"), ("why", "text"))
    return Table(words(reader, "left_table"), heads, rows)


def _rule_columns(reader: Reader) -> tuple[Column, ...]:
    return columns(
        reader, ("before", "text"), ("after", "text"), ("together", "int"), ("confidence", "percent"),
        ("lift", "number"), ("leverage", "percent"), ("conviction", "number"),
    )  # fmt: skip


def _rule(facts: MiningFacts, reader: Reader, rule: dict[str, Any]) -> tuple[Cell, ...]:
    names = called(facts, reader, rule["before"]), called(facts, reader, [rule["after"]])
    figures = (rule[name] for name in ("together", "confidence", "lift", "leverage", "conviction"))
    return (*names, *figures)


def _shared(candidates: list[dict[str, Any]]) -> set[str]:
    """Return the reasons that all have: they are said once."""
    return set.intersection(*(set(one["reasons"]) for one in candidates)) if len(candidates) > 1 else set()


def _candidate(facts: MiningFacts, reader: Reader, one: dict[str, Any], said: set[str]) -> tuple[Cell, ...]:
    products, margin = called(facts, reader, one["products"]), _major(reader, one["margin"])
    why = _reasons(reader, [code for code in one["reasons"] if code not in said])
    if one["offered"] is None:
        return (products, one["together"], one["lift"], _major(reader, one["price"]), margin, why)
    offered, gain = called(facts, reader, [one["offered"]]), _major(reader, one["gain"])
    return (products, offered, one["together"], one["confidence"], margin, gain, why)


def _reasons(reader: Reader, codes: list[str]) -> str:
    return words(reader, "joint").join(words(reader, f"reason_{code}") for code in codes) or MISSING


def _major(reader: Reader, minor: float | None) -> float | None:
    return None if minor is None else minor * reader.major(1)
