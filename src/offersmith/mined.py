"""The desk where the page of what goes together is made: what is mined, what products are called, what they cost.

Nothing is decided here: candidates of bundles and cross-sells are written down for playbooks and people.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.kept import Kept
from offersmith.preference.mining.bundles import bundles
from offersmith.preference.mining.incidence import MIN_SUPPORT
from offersmith.preference.mining.mine import Finds, mine
from offersmith.preference.mining.worth import Worth
from offersmith.report.format import Reader
from offersmith.report.mining.facts import Edge, MiningFacts, Node, Stand
from offersmith.report.mining.page import headline, left_lead, render_mining
from offersmith.report.mining.tables import called
from offersmith.store.baskets import By, baskets
from offersmith.store.files import parquet, replace
from offersmith.store.goods import goods
from offersmith.store.texts import compile_texts
from offersmith.words import Language, say

SEED = 7
"""Of finding groups."""
TOLD = 5


@dataclass(frozen=True, slots=True, eq=False)
class Mined:
    """What was mined from a shop, and the files that were written of it."""

    facts: MiningFacts
    file: Path
    size: int
    table: Path | None = None

    def text(self, language: Language = "en") -> str:
        """Say the finding, the first candidates, what was left out, and where the page is."""
        facts, reader = self.facts, Reader(language, self.facts.currency)
        lines = [headline(facts, reader)]
        for one in facts.bundles.filter(pc.equal(facts.bundles["kind"], "bundle")).slice(0, TOLD).to_pylist():
            told = {"products": called(facts, reader, one["products"]), "together": one["together"]}
            lines.append("  " + say("mining.line_bundle", language, **told, lift=one["lift"]))
        lines += [left_lead(facts, reader)]
        if self.table is not None:
            lines.append(say("mining.table_written", language, file=self.table, rows=facts.bundles.num_rows))
        return "\n".join([*lines, say("mining.written", language, file=self.file, kilobytes=self.size // 1000)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        facts = self.facts
        left = {name: getattr(facts.left, name) for name in ("nameless", "long_baskets", "long_lines", "rare_items")}
        return {
            "as_of": facts.as_of.isoformat(),
            "by": facts.by,
            "baskets": facts.baskets,
            "items": facts.items,
            "floor": facts.floor,
            "left_out": {**left, "sets_cut": facts.sets_cut, "more_pairs": facts.more_pairs},
            "pairs": facts.pairs.num_rows // 2,
            "set_rules": facts.sets.num_rows,
            "sequences": facts.sequences.num_rows,
            "network": {"nodes": len(facts.nodes), "edges": len(facts.edges), "groups": len(facts.groups),
                        "modularity": facts.modularity, "bridges": [facts.nodes[at].item for at in facts.bridges]},
            "substitutes": [{"first": one.first, "second": one.second, "together": one.together,
                             "expected": one.expected, "buyers": one.buyers} for one in facts.substitutes],
            "candidates": facts.bundles.num_rows,
            "bundles": facts.bundles.slice(0, TOLD).to_pylist(),
            "file": str(self.file),
            "table": None if self.table is None else str(self.table),
            "bytes": self.size,
        }  # fmt: skip

    def __str__(self) -> str:
        return self.text()


def mined(
    kept: Kept, out: Path, as_of: datetime | None = None, *,
    min_support: float = MIN_SUPPORT, by: By = "product", table: Path | None = None,
) -> Mined:  # fmt: skip
    """Mine a shop's baskets at a moment, and write the page.

    Args:
        kept: the shelf of the shop.
        out: the page.
        as_of: naive UTC; None is the midnight after the last event.
        min_support: share of baskets that a rule must hold in.
        by: whether an item is a product or a category.
        table: where all candidates go as Parquet (`candidate.BUNDLES`); None writes none.

    Raises:
        InputError: the share is none.
        StateError: nothing happened before the moment.
        StorageError: a file cannot be written.
    """
    at = kept.moment(as_of)
    texts = kept.analytics.run(compile_texts(at)).to_pylist() if by == "product" else []
    kinds = {row["product_id"]: row["category"] for row in texts if row["category"]}
    found = mine(baskets(kept.analytics, at, by), kinds, min_support, seed=SEED)
    economics = kept.settings.economics
    worth = Worth.of(_prices(kept, at, found.names, by), economics.margin_rate)
    rules = {"pairs": found.pairs, "sets": found.sets, "sequences": found.sequences}
    candidates = bundles(rules, found.found.baskets, found.network, found.substitutes, kinds, worth, found.names)
    facts = _facts(kept, at, by, found, candidates, _called(found.names, texts))
    html = render_mining(facts, kept.settings.shop.language).encode()
    if table is not None:
        replace(table, parquet(candidates))
    replace(out, html)
    return Mined(facts, out, len(html), table)


def _facts(kept: Kept, at: datetime, by: By, found: Finds, candidates: pa.Table, names: dict[str, str]) -> MiningFacts:
    ids: list[str] = found.names.to_pylist()
    net, subs = found.network, found.substitutes
    nodes = zip(net.items, net.group, net.degree, net.participation, strict=True)
    stands = zip(subs.first, subs.second, subs.how.together, subs.how.expected, subs.how.buyers, strict=True)
    return MiningFacts(
        shop=kept.settings.shop.name,
        as_of=at,
        currency=kept.settings.shop.currency,
        by=by,
        called=names,
        baskets=found.found.baskets,
        items=len(ids),
        floor=found.found.floor,
        left=found.found.left,
        margin_rate=kept.settings.economics.margin_rate,
        pairs=found.pairs,
        more_pairs=found.more_pairs,
        sets=found.sets,
        sets_cut=sum(level.cut for level in found.levels),
        sequences=found.sequences,
        nodes=tuple(Node(ids[item], int(group), int(edges), float(part)) for item, group, edges, part in nodes),
        edges=tuple(Edge(int(a), int(b), float(w)) for a, b, w in zip(net.first, net.second, net.phi, strict=True)),
        bridges=tuple(int(one) for one in net.bridges()),
        modularity=net.modularity,
        substitutes=tuple(Stand(ids[a], ids[b], int(k), float(mean), int(n)) for a, b, k, mean, n in stands),
        apart=subs.apart,
        bundles=candidates,
    )


def _prices(kept: Kept, at: datetime, names: pa.Array, by: By) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the usual price of a piece of each item, nan where there is none; a category has no price."""
    prices = np.full(len(names), np.nan)
    if by == "product" and len(names):
        sold = kept.analytics.run(goods(at))
        place = pc.index_in(names, value_set=sold["product_id"].combine_chunks())
        column = sold["price"].combine_chunks().take(place)
        prices = column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    return np.where(prices > 0, prices, np.nan)


def _called(names: pa.Array, texts: list[dict[str, Any]]) -> dict[str, str]:
    """Return what items are called; where several are called the same, the id stands behind it."""
    ids: list[str] = names.to_pylist()
    there = set(ids)
    said = {row["product_id"]: row["product_name"] or row["category"] for row in texts if row["product_id"] in there}
    plain = {one: said.get(one) or one for one in ids}
    often = Counter(plain.values())
    return {one: name if often[name] == 1 or name == one else f"{name} ({one})" for one, name in plain.items()}
