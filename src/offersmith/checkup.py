"""The desk where the page of quality is put together: what was read, who and what is odd, and what drifted since when.

Nothing is changed here, and nothing is decided: who is kept out of what is learned is `profiles.apart`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith import bootstrap
from offersmith.errors import InputError, StateError
from offersmith.events.filled import Filled
from offersmith.events.quality import quality
from offersmith.kept import Kept
from offersmith.profiles import FEATURES
from offersmith.profiles.apart import apart
from offersmith.profiles.drift import Drift, drift
from offersmith.profiles.odd import Odd, odd
from offersmith.report.checkup.facts import CheckupFacts
from offersmith.report.checkup.page import drift_lead, headline, render_checkup
from offersmith.report.format import Reader
from offersmith.report.gather import quality_facts
from offersmith.report.inputs_base import Both
from offersmith.store.files import replace
from offersmith.store.goods import goods
from offersmith.store.summaries import totals
from offersmith.store.texts import compile_texts
from offersmith.words import Language, say

SEED = 7
"""Of the order in which the odd are named."""
SINCE = timedelta(days=28)
"""How far back drift is looked for when nobody says since when."""
TOLD = 5
_GROWING = ("count", "sum", "distinct", "recency", "tenure")


@dataclass(frozen=True, slots=True, eq=False)
class Checkup:
    """The quality of a shop, and the page that was written of it."""

    facts: CheckupFacts
    file: Path
    size: int

    def text(self, language: Language = "en") -> str:
        """Say the finding, who nothing is learned from, what moved, and where the page is."""
        facts, reader = self.facts, Reader(language, self.facts.currency)
        lines = [headline(facts, reader)]
        if facts.kept_out.found:
            lines.append(say("crowd.kept_out_count", language, count=len(facts.kept_out.found)))
            lines += [f"  {one.text(language, facts.currency)}" for one in facts.kept_out.found[:TOLD]]
        lines += [drift_lead(facts, reader), *(f"  {one.text(language)}" for one in facts.moved[:TOLD])]
        return "\n".join([*lines, say("checkup.written", language, file=self.file, kilobytes=self.size // 1000)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        facts = self.facts
        return {
            "as_of": facts.as_of.isoformat(),
            "since": facts.since.isoformat(),
            "read": facts.read.read,
            "refused": facts.read.quarantined,
            "repaired": [one.en for one in facts.repaired],
            "customers": _odd(facts.customers),
            "kept_out": _odd(facts.kept_out),
            "products": _odd(facts.products),
            "drift": None if facts.drift is None else facts.drift.as_dict(),
            "moved": [one.feature for one in facts.moved],
            "file": str(self.file),
            "bytes": self.size,
        }

    def __str__(self) -> str:
        return self.text()


def checkup(kept: Kept, out: Path, as_of: datetime | None = None, since: datetime | None = None) -> Checkup:
    """Look at the quality of a shop at a moment, and write the page.

    Args:
        kept: the shelf of the shop.
        out: the page.
        as_of: naive UTC; None is the midnight after the last event.
        since: the earlier moment that drift is measured from; None is four weeks before.

    Raises:
        InputError: the moments are the wrong way round, or nothing is known yet of one of them.
        StateError: nothing happened before a moment.
        StorageError: the page cannot be written.
    """
    at = kept.known(as_of, "as-of")
    before = at - SINCE if since is None else kept.known(since, "since")
    if before >= at:
        raise InputError(
            f"since is {before:%Y-%m-%d %H:%M} and as-of {at:%Y-%m-%d %H:%M}: since must be the earlier one",
            hint="change them round", field="since", value=before.isoformat(), key="since_after",
            since=f"{before:%Y-%m-%d %H:%M}", at=f"{at:%Y-%m-%d %H:%M}",
        )  # fmt: skip
    profiles, _ = kept.profiles(at)
    with bootstrap.open_ledger(kept.place, kept.settings) as ledger:
        receipts = [dict(batch.counts) for batch in ledger.batches()]
    products = odd(kept.analytics.run(goods(at)), SEED, key="product_id")
    moved = _drift(kept, at, before, given=since is not None)
    facts = CheckupFacts(
        shop=kept.settings.shop.name,
        as_of=at,
        since=before,
        currency=kept.settings.shop.currency,
        read=quality_facts(receipts, quality(kept.analytics)),
        repaired=tuple(_filled(one) for receipt in receipts for one in receipt.get("repaired", ())),
        customers=odd(profiles, SEED),
        kept_out=apart(kept.analytics, at),
        products=products,
        names=_names(kept, at, products),
        drift=moved,
        aging=_aging(kept, moved, before),
    )
    html = render_checkup(facts, kept.settings.shop.language).encode()
    replace(out, html)
    return Checkup(facts, out, len(html))


def _drift(kept: Kept, at: datetime, before: datetime, *, given: bool) -> Drift | None:
    """Return what moved; None where nobody asked since when, and the shop was not there yet."""
    try:
        earlier = kept.profiles(kept.moment(before))[0]
    except StateError:
        if given:
            raise
        return None
    return drift(earlier, kept.profiles(at)[0])


def _aging(kept: Kept, moved: Drift | None, before: datetime) -> frozenset[str]:
    """Return the features that grow by themselves as a shop gets older.

    They are those of days since something, those counted from the first day on, and those of a window that was longer
    than the shop's records were at the earlier moment.
    """
    first = totals(kept.analytics)["first_time"][0].as_py()
    days = (before - first).days

    def grows(name: str) -> bool:
        one = FEATURES.get(name)
        return one is not None and (one.kind in _GROWING if one.window_days is None else one.window_days > days)

    return frozenset(one.feature for one in moved.features if grows(one.feature)) if moved else frozenset()


def _names(kept: Kept, at: datetime, products: Odd) -> dict[str, str]:
    if not products.found:
        return {}
    called = kept.analytics.run(compile_texts(at))
    shown = pa.array([one.key for one in products.found], pa.string())
    rows = called.filter(pc.is_in(called["product_id"], value_set=shown))
    return {row["product_id"]: name for row in rows.to_pylist() if (name := row["product_name"] or row["category"])}


def _filled(kept: dict[str, Any]) -> Both:
    one = Filled(**kept)
    return Both(one.text("en").replace("\n", ";"), one.text("zh").replace("\n", "；"))


def _odd(found: Odd) -> dict[str, Any]:
    named = [{"key": one.key, "kind": one.kind, "why": [why.feature for why in one.why]} for one in found.found]
    return {"rows": found.rows, "more": found.more, "found": named}
