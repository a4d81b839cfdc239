"""The page of what goes together, in one language."""

from __future__ import annotations

import pyarrow.compute as pc

from offersmith.report.base import Block, Note, Number, Page, Section
from offersmith.report.format import Reader
from offersmith.report.mining.facts import MiningFacts
from offersmith.report.mining.picture import bridges_table, groups_table, network_figure
from offersmith.report.mining.tables import (
    candidates_table,
    left_table,
    pairs_table,
    sequences_table,
    sets_table,
    substitutes_table,
    sure,
    words,
)
from offersmith.report.render import document
from offersmith.words import LANGUAGES, Language

KINDS = ("bundle", "cross_sell", "next")


def render_mining(facts: MiningFacts, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same facts give the same bytes."""
    editions = tuple(page(facts, Reader(tongue, facts.currency)) for tongue in LANGUAGES)
    return document(editions, language, facts.currency)


def page(facts: MiningFacts, reader: Reader) -> Page:
    """Return the page in one language."""
    day = reader.day(facts.as_of)
    parts = (_candidates, _network, _rules, _sequences, _substitutes, _left)
    return Page(
        title=words(reader, "title", shop=facts.shop),
        language=reader.language,
        headline=headline(facts, reader),
        standfirst=words(reader, f"standfirst_{facts.by}", day=day, baskets=facts.baskets, floor=facts.floor),
        numbers=_numbers(facts, reader),
        sections=tuple(part(facts, reader) for part in parts),
        footer=((words(reader, "as_of"), f"{facts.as_of:%Y-%m-%d %H:%M} UTC"),),
        eyebrow=words(reader, "eyebrow", shop=facts.shop, day=day),
    )


def headline(facts: MiningFacts, reader: Reader) -> str:
    """Return the finding in a sentence."""
    if not facts.edges:
        return words(reader, "headline_none", baskets=facts.baskets)
    return words(reader, "headline", edges=len(facts.edges), substitutes=len(facts.substitutes))


def left_lead(facts: MiningFacts, reader: Reader) -> str:
    """Return what was read and what was left out."""
    told = {"baskets": facts.baskets, "items": facts.items, "floor": facts.floor}
    return words(reader, "left_lead", **told, rare=facts.left.rare_items, long=facts.left.long_baskets)


def _numbers(facts: MiningFacts, reader: Reader) -> tuple[Number, ...]:
    return (
        Number(reader.count(facts.pairs.num_rows // 2 + facts.more_pairs), words(reader, "pairs"),
               words(reader, "pairs_hint", floor=facts.floor)),
        Number(reader.count(len(facts.edges)), words(reader, "complements"), words(reader, "complements_hint")),
        Number(reader.count(len(facts.groups)), words(reader, "groups"), words(reader, "groups_hint")),
        Number(reader.count(len(facts.substitutes)), words(reader, "substitutes"), words(reader, "substitutes_hint")),
    )  # fmt: skip


def _candidates(facts: MiningFacts, reader: Reader) -> Section:
    counts = {kind: int(pc.sum(pc.equal(facts.bundles["kind"], kind)).as_py() or 0) for kind in KINDS}
    title = words(reader, "candidates")
    if not facts.bundles.num_rows:
        return Section("candidates", title, words(reader, "candidates_none"), ())
    told = {"bundles": counts["bundle"], "cross": counts["cross_sell"], "next": counts["next"]}
    blocks: list[Block] = [Note(words(reader, "candidates_note"), "warning")]
    blocks += [candidates_table(facts, reader, kind) for kind in KINDS if counts[kind]]
    blocks.append(Note(words(reader, "margin_note", rate=facts.margin_rate)))
    return Section("candidates", title, words(reader, "candidates_lead", **told), tuple(blocks))


def _network(facts: MiningFacts, reader: Reader) -> Section:
    title, figure = words(reader, "network"), network_figure(facts, reader)
    if figure is None:
        return Section("network", title, words(reader, "network_none"), ())
    told = {"nodes": len(facts.nodes), "edges": len(facts.edges), "groups": len(facts.groups)}
    lead = words(reader, "network_lead", **told, modularity=facts.modularity)
    blocks: list[Block] = [figure, groups_table(facts, reader)]
    if facts.bridges:
        blocks.append(bridges_table(facts, reader))
    return Section("network", title, lead, (*blocks, Note(words(reader, "network_note"))))


def _rules(facts: MiningFacts, reader: Reader) -> Section:
    title, found = words(reader, "rules"), facts.pairs.num_rows // 2
    if not found:
        return Section("rules", title, words(reader, "rules_none", floor=facts.floor), ())
    told = {"pairs": found, "sure": sure(facts.pairs).num_rows // 2, "sets": sure(facts.sets).num_rows}
    blocks: list[Block] = [pairs_table(facts, reader)]
    if told["sets"]:
        blocks.append(sets_table(facts, reader))
    blocks.append(Note(words(reader, "rules_note")))
    return Section("rules", title, words(reader, "rules_lead", **told), tuple(blocks))


def _sequences(facts: MiningFacts, reader: Reader) -> Section:
    title, found = words(reader, "sequences"), sure(facts.sequences).num_rows
    told = {"found": found, "rules": facts.sequences.num_rows}
    if not found:
        return Section("sequences", title, words(reader, "sequences_none", **told), ())
    blocks = (sequences_table(facts, reader), Note(words(reader, "sequences_note")))
    return Section("sequences", title, words(reader, "sequences_lead", **told), blocks)


def _substitutes(facts: MiningFacts, reader: Reader) -> Section:
    title, told = words(reader, "substitutes"), {"found": len(facts.substitutes), "apart": facts.apart}
    if not facts.substitutes:
        return Section("substitutes", title, words(reader, "substitutes_none", **told), ())
    blocks = (substitutes_table(facts, reader), Note(words(reader, "substitutes_note")))
    return Section("substitutes", title, words(reader, "substitutes_lead", **told), blocks)


def _left(facts: MiningFacts, reader: Reader) -> Section:
    return Section("left", words(reader, "left"), left_lead(facts, reader), (left_table(facts, reader),))
