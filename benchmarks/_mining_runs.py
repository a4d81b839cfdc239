"""One way of mining in a process of its own: what it spends, and what it finds.

    python benchmarks/_mining_runs.py METHOD FILE SUPPORT [--rules]

FILE is an .npz of `basket` and `item`, a row per line, sorted. The answer is one JSON object: CPU seconds and the
growth of peak memory of the mining alone (the data stand ready in each method's own form), the number of pairs, and a
digest of all pairs with their counts; with `--rules` all rules of confidence .1 and more. Nothing of ours is imported
for a peer.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

Pairs = dict[tuple[int, int], int]
CONFIDENCE = 0.1


def main(argv: list[str]) -> int:
    method, file, support = argv[0], np.load(argv[1]), float(argv[2])
    basket, item = file["basket"], file["item"]
    try:
        call, read = METHODS[method](basket, item, support)
    except ImportError:
        print(json.dumps({"missing": True}))
        return 0
    before, begun = _fresh(), time.process_time()
    found = call()
    spent, grown = time.process_time() - begun, _memory("VmHWM") - before
    pairs = read(found)
    told = sorted((min(pair), max(pair), count) for pair, count in pairs.items())
    answer: dict[str, Any] = {
        "cpu_s": spent, "peak_mb": grown / 1000, "pairs": len(told),
        "digest": hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16],
    }  # fmt: skip
    if "--rules" in argv:
        answer["rules"] = RULES[method](found, basket, item)
    print(json.dumps(answer))
    return 0


def _fresh() -> int:
    """Forget the peak of loading, and return the kilobytes held now; what `getrusage` says begins with our parent's."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def _frequent(basket: Any, item: Any, support: float) -> tuple[Any, Any]:
    """Return the lines of products that reach the support: peers are handed no others, which spares them work."""
    counts = np.bincount(item)
    held = counts[item] >= support * (int(basket.max()) + 1)
    return basket[held], item[held]


def ours(basket: Any, item: Any, support: float) -> tuple[Callable[[], Any], Callable[[Any], Pairs]]:
    import pyarrow as pa

    from offersmith.preference.mining.incidence import incidence
    from offersmith.preference.mining.pairs import pair_rules, pairs
    from offersmith.store.baskets import LINES, ORDERS, Baskets

    total, items = int(basket.max()) + 1, int(item.max()) + 1
    lines = pa.Table.from_arrays([pa.array(basket, pa.int32()), pa.array(item, pa.int32())], schema=LINES)
    nobody = pa.array(np.zeros(total, np.int32))
    orders = pa.Table.from_arrays([nobody, pa.array(np.zeros(total, "datetime64[us]"))], schema=ORDERS)
    read = Baskets(lines, orders, pa.array([str(one) for one in range(items)]), 0)

    def call() -> Any:
        found = incidence(read, support, 1)
        some = pairs(found)
        return found, some, pair_rules(found, some, read.items.take(pa.array(found.items)))

    def pairs_of(answer: Any) -> Pairs:
        found, some, _ = answer
        rows = zip(found.items[some.first], found.items[some.second], some.together, strict=True)
        return {(int(a), int(b)): int(count) for a, b, count in rows}

    return call, pairs_of


def mlxtend(basket: Any, item: Any, support: float) -> tuple[Callable[[], Any], Callable[[Any], Pairs]]:
    import pandas as pd
    from mlxtend.frequent_patterns import fpgrowth
    from scipy.sparse import csr_matrix

    total = int(basket.max()) + 1
    basket, item = _frequent(basket, item, support)
    names, column = np.unique(item, return_inverse=True)
    held = csr_matrix((np.ones(len(basket), bool), (basket, column)), shape=(total, len(names)))
    frame = pd.DataFrame.sparse.from_spmatrix(held, columns=[str(name) for name in names])

    def call() -> Any:
        return fpgrowth(frame, min_support=support, max_len=2, use_colnames=True)

    def pairs_of(found: Any) -> Pairs:
        rows = zip(found["itemsets"], found["support"], strict=True)
        some = [(sorted(int(name) for name in one), share) for one, share in rows if len(one) == 2]
        return {(one, other): round(share * total) for (one, other), share in some}

    return call, pairs_of


def efficient_apriori(basket: Any, item: Any, support: float) -> tuple[Callable[[], Any], Callable[[Any], Pairs]]:
    from efficient_apriori import apriori

    total = int(basket.max()) + 1
    basket, item = _frequent(basket, item, support)
    ends = np.concatenate([[0], np.cumsum(np.bincount(basket, minlength=total))])
    baskets = [tuple(item[a:b].tolist()) for a, b in pairwise(ends)]

    def call() -> Any:
        return apriori(baskets, min_support=support, min_confidence=CONFIDENCE, max_length=2)

    def pairs_of(found: Any) -> Pairs:
        return dict(found[0].get(2, {}))

    return call, pairs_of


def _our_rules(answer: Any, _basket: Any, _item: Any) -> list[Any]:
    rules = [one for one in answer[2].to_pylist() if one["confidence"] >= CONFIDENCE]
    return [_told(int(one["before"][0]), int(one["after"]), one["support"], one["confidence"], one["lift"],
                  one["conviction"]) for one in rules]  # fmt: skip


def _mlxtend_rules(sets: Any, _basket: Any, _item: Any) -> list[Any]:
    from mlxtend.frequent_patterns import association_rules

    rules = association_rules(sets, metric="confidence", min_threshold=CONFIDENCE)
    found = []
    for one in rules.itertuples():
        before, after = int(min(one.antecedents)), int(min(one.consequents))
        found.append(_told(before, after, one.support, one.confidence, one.lift, one.conviction))
    return found


def _apriori_rules(found: Any, _basket: Any, _item: Any) -> list[Any]:
    return [_told(one.lhs[0], one.rhs[0], one.support, one.confidence, one.lift, one.conviction) for one in found[1]]


def _told(
    before: int, after: int, support: float, confidence: float, lift: float, conviction: float | None
) -> list[Any]:
    """Return a rule; what is never wrong has no conviction, which the packages say as endless or a huge number."""
    endless = conviction is None or conviction > 1e6
    return [before, after, support, confidence, lift, None if endless else conviction]


METHODS = {"ours": ours, "mlxtend": mlxtend, "efficient_apriori": efficient_apriori}
RULES = {"ours": _our_rules, "mlxtend": _mlxtend_rules, "efficient_apriori": _apriori_rules}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
