"""A shelf price for a while: from `starts` until just before `ends`, on the wall clock of `zone`.

Without a moment in the context it does not apply: a price that ends must not outlive its end by an oversight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith import words
from offersmith.errors import SettingsError
from offersmith.offers import wall_clock
from offersmith.offers.base import Phase, Refusal, Taken, Terms
from offersmith.offers.kinds import catalogue_cut
from offersmith.offers.kinds.catalogue_cut import CatalogueCut
from offersmith.offers.till import Till
from offersmith.words import Language

WHERE = "offer kind 'limited_time_price'"


class LimitedTimePrice:
    """A new shelf price between two wall times; see `catalogue_cut` for its arithmetic."""

    name = "limited_time_price"
    examples: Sequence[Terms] = (
        {"percent": 30, "ends": "2026-06-19", "zone": "Europe/Berlin"},
        {"price": "9.99", "starts": "2026-11-11T20:00", "ends": "2026-11-11", "zone": "Asia/Shanghai",
         "items": {"sku": ["a"]}, "currency": "USD"},
    )  # fmt: skip

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in normal form; see `OfferKind.check`.

        Raises:
            SettingsError: also where there is no start and no end, the end is not after the start, or there is no zone.
        """
        normal = catalogue_cut.check(self.name, terms, currency, "starts", "ends", "zone")
        zone = terms.get("zone")
        if not isinstance(zone, str):
            raise SettingsError(f"{WHERE}: zone = {zone!r} must be an IANA name such as Europe/London")
        # TOML reads an unquoted 2026-06-19 as a date; it means the same as the text.
        times = {
            name: terms[name].isoformat() if isinstance(terms[name], date) else terms[name]
            for name in ("starts", "ends")
            if terms.get(name) is not None
        }
        starts, ends = _window({"zone": zone, **times})
        if starts is None and ends is None:
            raise SettingsError(f"{WHERE} needs starts or ends, a wall time such as 2026-06-19 or 2026-06-19T18:00")
        if starts is not None and ends is not None and ends <= starts:
            raise SettingsError(f"{WHERE}: ends = {terms['ends']!r} must be after starts = {terms['starts']!r}")
        return normal | times | {"zone": zone}

    def phase(self, terms: Terms) -> Phase:  # noqa: ARG002 - the protocol's shape
        """Return `catalogue`."""
        return "catalogue"

    def compile(self, terms: Terms, currency: str) -> _Action:
        """Return the action of checked terms."""
        return _Action(catalogue_cut.compiled(terms, currency), *_window(terms))

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:  # noqa: ARG002
        """Return None: it depends on the pieces and the moment."""
        return None

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words, its time included."""
        text = catalogue_cut.says("catalogue_price", terms, language)
        for name in ("starts", "ends"):
            if name in terms:
                text += words.say(f"offers.limited_{name}", language, moment=terms[name].replace("T", " "))
        return text


def _window(terms: Terms) -> tuple[datetime | None, datetime | None]:
    """Return the instants, naive in UTC, between which the terms hold; half open."""
    first, last = terms.get("starts"), terms.get("ends")
    return (
        None if first is None else wall_clock.instant(first, terms["zone"], end=False, field=f"{WHERE}: starts"),
        None if last is None else wall_clock.instant(last, terms["zone"], end=True, field=f"{WHERE}: ends"),
    )


@dataclass(frozen=True, slots=True)
class _Action:
    cut: CatalogueCut
    starts: datetime | None
    ends: datetime | None

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it takes off; see `Action.take`."""
        moment = till.context.moment
        if moment is None:
            return Refusal("moment_unknown")
        if self.starts is not None and moment < self.starts:
            return Refusal("not_started", {"starts": self.starts.isoformat()})
        if self.ends is not None and moment >= self.ends:
            return Refusal("expired", {"ends": self.ends.isoformat()})
        return self.cut.take(till)
