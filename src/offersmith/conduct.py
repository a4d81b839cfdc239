"""The desk where the page of behaviour is put together: how customers visit, leave, buy, and come back.

Every figure comes from `profiles.behaviour`; nothing is decided here.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from offersmith.kept import Kept
from offersmith.profiles.behaviour import abandonment
from offersmith.profiles.behaviour.cycles import cycles
from offersmith.profiles.behaviour.elasticity import elasticities
from offersmith.profiles.behaviour.funnel import funnel, funnels
from offersmith.profiles.behaviour.preferred import What, preferred
from offersmith.profiles.behaviour.price import price_sense
from offersmith.profiles.behaviour.replenishment import due
from offersmith.profiles.behaviour.seasonality import seasonality
from offersmith.profiles.behaviour.visits import visits
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.conduct.gather import SHOWN, again, left, months, product_names
from offersmith.report.conduct.page import headline, render_conduct
from offersmith.report.conduct.timing import DRAWN
from offersmith.report.format import Reader
from offersmith.store.files import replace
from offersmith.store.summaries import totals
from offersmith.words import Language, say

DAYS = 365
"""How far back visits, the funnel, prices and preferences are looked at: a year holds every season once."""
RESPECTS: tuple[What, ...] = ("hour", "weekday", "channel", "device")


@dataclass(frozen=True, slots=True, eq=False)
class Conduct:
    """What the customers of a shop do, and the page that was written of it."""

    facts: ConductFacts
    file: Path
    size: int

    def text(self, language: Language = "en") -> str:
        """Say the finding, a line or two of every part, and where the page is."""
        facts = self.facts
        told = [facts.visits.text, facts.funnel.text, facts.carts.found.text, facts.views.found.text]
        told += [facts.seasons.season(of).text for of in DRAWN]
        told += [facts.price.text, *(one.text for one in facts.preferred)]
        lines = [headline(facts, Reader(language, facts.currency)), *(text(language) for text in told)]
        lines.append(say("conduct.again_count", language, cycles=facts.cycles, without=facts.without))
        lines += [say("behaviour.due", language, **facts.due)] if facts.cycles else []
        written = say("conduct.written", language, file=self.file, kilobytes=self.size // 1000)
        return "\n".join([*lines, written])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        facts = self.facts
        return {
            "as_of": facts.as_of.isoformat(),
            "since": facts.since.isoformat(),
            "visits": facts.visits.as_dict(),
            "funnel": facts.funnel.as_dict(),
            "categories": [one.as_dict() for one in facts.categories],
            "carts": facts.carts.found.as_dict(),
            "views": facts.views.found.as_dict(),
            "seasons": facts.seasons.as_dict(),
            "price": facts.price.as_dict(),
            "elasticities": [one.as_dict() for one in facts.elasticities],
            "preferred": {one.what: one.as_dict() for one in facts.preferred},
            "again": [{**asdict(one.cycle), "due": one.due, "overdue": one.overdue} for one in facts.again],
            "cycles": facts.cycles,
            "without": facts.without,
            "due": facts.due,
            "file": str(self.file),
            "bytes": self.size,
        }

    def __str__(self) -> str:
        return self.text()


def conduct(kept: Kept, out: Path, as_of: datetime | None = None) -> Conduct:
    """Look at what the customers of a shop do, and write the page.

    Args:
        kept: the shelf of the shop.
        out: the page.
        as_of: naive UTC; None is the midnight after the last event.

    Raises:
        InputError: nothing is known yet of the moment.
        StateError: nothing happened before it.
        StorageError: the page cannot be written.
    """
    at, engine = kept.known(as_of, "as-of"), kept.analytics
    today = at.replace(tzinfo=UTC).astimezone(ZoneInfo(kept.settings.shop.timezone)).date()
    since = max(at - timedelta(days=DAYS), totals(engine)["first_time"][0].as_py())
    by_product, by_category = cycles(engine, at), cycles(engine, at, "category")
    waiting = due(engine, at, by_product, by_category)
    bought_again = again(by_product, waiting)
    carts, views = left(abandonment.carts(engine, at)), left(abandonment.views(engine, at))
    shown = [one.key for part in (carts, views) for one in part.products]
    shown += [one.cycle.thing for one in bought_again]
    facts = ConductFacts(
        shop=kept.settings.shop.name,
        as_of=at,
        since=since,
        currency=kept.settings.shop.currency,
        visits=visits(engine, at, since),
        funnel=funnel(engine, at, since),
        categories=funnels(engine, at, since, top=SHOWN),
        carts=carts,
        views=views,
        seasons=seasonality(engine, at),
        months=months(engine, at, today),
        price=price_sense(engine, at, since),
        elasticities=elasticities(engine, at, since),
        preferred=tuple(preferred(engine, at, what, days=DAYS) for what in RESPECTS),
        again=bought_again,
        cycles=len(by_product.found),
        without=by_product.without,
        due=dict(waiting.counts),
        kinds=by_category.found[:SHOWN],
        names=product_names(engine, at, shown),
    )
    html = render_conduct(facts, kept.settings.shop.language).encode()
    replace(out, html)
    return Conduct(facts, out, len(html))
