"""Interests on Online Retail: customers' lists beside what they bought, topics, and baskets completed by vectors.

    python -m benchmarks interests --data DIR [--json] [--customers 20] [--seed 7]

`DIR` holds `online_retail_2010-2011.parquet`. Of each held-out basket one product is hidden; a rival ranks all products
that are not in the rest, and is right where the hidden one is among the first ten.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from scipy import sparse

from benchmarks._retail_events import write_retail
from offersmith.profiles.interests.evidence import Evidence, read_evidence
from offersmith.profiles.interests.interests import InterestModel, fit_interests, list_interests
from offersmith.profiles.interests.topics import Method, fit_topics
from offersmith.profiles.interests.vectors import basket_matrix, fit_vectors
from offersmith.store.analytics import Analytics
from offersmith.store.texts import compile_baskets

AS_OF = datetime(2011, 12, 10)  # noqa: DTZ001 - naive UTC by contract
_HELD_OUT, _FIRST = 3_000, 10


def run(argv: list[str]) -> int:
    """Run it; 0 if vectors complete baskets better than popularity does."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks interests", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", type=Path, required=True, help="folder of online_retail_2010-2011.parquet")
    parser.add_argument("--customers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args(argv)
    cpu = {}
    with tempfile.TemporaryDirectory() as folder, Analytics(threads=1) as analytics:
        path = Path(folder) / "events.parquet"
        write_retail(asked.data / "online_retail_2010-2011.parquet", path)
        analytics.use_events([path])
        start = time.process_time()
        evidence, baskets = read_evidence(analytics, AS_OF), analytics.run(compile_baskets(AS_OF))
        cpu["read"] = time.process_time() - start
    start = time.process_time()
    model = fit_interests(evidence, baskets, asked.seed)
    cpu["fit"] = time.process_time() - start
    # The first call loads the compiled loop.
    list_interests(model, evidence, 1)
    start = time.process_time()
    lists = list_interests(model, evidence)
    cpu["list"] = time.process_time() - start
    words = model.lexicon.matrix(evidence.texts.to_pylist())
    report: dict[str, Any] = {
        "customers": _customers(model, evidence, lists.to_pylist(), asked.customers, asked.seed),
        "topics": [name for key, name in zip(model.keys, model.names, strict=True) if key.startswith("topic:")],
        "coherence": _coherence(evidence, words, asked.seed),
        "completion": completion(
            basket_matrix(baskets, evidence.products), words[: len(evidence.products)], asked.seed
        ),
        "cpu_s": {name: round(value, 2) for name, value in cpu.items()},
    }
    if asked.json:
        sys.stdout.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    else:
        _show(report)
    rivals = report["completion"]
    return 0 if rivals["vectors"] > rivals["popularity"] else 1


def _customers(
    model: InterestModel, evidence: Evidence, lists: list[dict[str, Any]], many: int, seed: int
) -> list[dict[str, Any]]:
    names = dict(zip(model.keys, model.names, strict=True))
    answer = []
    for i in np.random.default_rng(seed).choice(len(evidence.customers), many, replace=False):
        rows = np.arange(evidence.ends[i], evidence.ends[i + 1])
        most = rows[np.argsort(-evidence.weight[rows], kind="stable")][:6]
        customer = evidence.customers[int(i)].as_py()
        answer.append(
            {
                "customer": customer,
                "products": len(rows),
                "interests": [
                    {"name": names[row["interest"]], "kind": row["kind"], "weight": round(row["weight"], 3),
                     "evidence": row["evidence"]}
                    for row in lists if row["customer_id"] == customer
                ],
                "bought_most": [evidence.texts[int(item)].as_py() for item in evidence.item[most]],
            }
        )  # fmt: skip
    return answer


def _coherence(evidence: Evidence, words: sparse.csr_matrix, seed: int) -> dict[str, float]:
    shape = (len(evidence.customers), len(evidence.texts))
    dealt = sparse.csr_matrix((np.log2(1 + evidence.weight), evidence.item, evidence.ends), shape=shape)
    counts = sparse.csr_matrix(dealt @ words)
    answer: dict[str, float] = {}
    methods: tuple[Method, ...] = ("nmf", "lda")
    for method in methods:
        start = time.process_time()
        found = fit_topics(counts, seed, method=method)
        answer |= {method: round(found.coherence, 4), f"{method}_cpu_s": round(time.process_time() - start, 1)}
    return answer


def completion(baskets: sparse.csr_matrix, words: sparse.csr_matrix, seed: int) -> dict[str, float]:
    """Return of each rival the share of held-out baskets whose hidden product is among its first ten."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(baskets.shape[0])
    many = min(_HELD_OUT, baskets.shape[0] // 4)
    train, test = baskets[np.sort(order[many:])], baskets[order[:many]]
    hidden = rng.integers(test.indptr[:-1], test.indptr[1:])
    target = test.indices[hidden]
    rest = test.copy()
    rest.data[hidden] = 0
    rest.eliminate_zeros()
    sold = np.asarray(train.sum(axis=0)).ravel()
    together = sparse.csr_matrix(train.T @ train)
    together = together - sparse.diags(together.diagonal())
    root = sparse.diags(1 / np.sqrt(np.maximum(sold, 1)))
    start = time.process_time()
    vectors = fit_vectors(train, words).products
    cpu = time.process_time() - start
    near = (np.asarray(rest @ vectors) @ vectors.T) / np.asarray(rest.sum(axis=1))
    rivals = {
        "popularity": np.tile(sold, (many, 1)),
        "co-occurrence": np.asarray((rest @ together).todense()),
        "co-occurrence, cosine": np.asarray((rest @ root @ together @ root).todense()),
        "vectors": near,
        "vectors and popularity": np.exp(4 * near) * np.sqrt(sold + 0.5),
    }
    answer = {}
    for name, scores in rivals.items():
        scores[rest.nonzero()] = -np.inf
        rank = (scores > scores[np.arange(many), target][:, None]).sum(axis=1)
        answer[name] = round(float((rank < _FIRST).mean()), 4)
    return {**answer, "vectors_cpu_s": round(cpu, 2)}


def _show(report: dict[str, Any]) -> None:
    console = Console(width=150, highlight=False, markup=False)
    for one in report["customers"]:
        console.print(f"customer {one['customer']}, {one['products']} products")
        for said in one["interests"]:
            console.print(f"    {said['weight']:6.1%}  {said['name']} ({said['kind']}, {said['evidence']} lines)")
        console.print(f"    bought: {', '.join(one['bought_most'])}")
    for name in report["topics"]:
        console.print(f"topic: {name}")
    for title in ("coherence", "completion", "cpu_s"):
        console.print(f"{title}: {', '.join(f'{name} {value}' for name, value in report[title].items())}")
