"""What each verb answers: a small frozen value that prints for a person and becomes plain values for `--json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from offersmith.events.decision_log import LogState
from offersmith.events.found import Found
from offersmith.money import Money
from offersmith.profiles import FEATURES, label
from offersmith.profiles.build import profile
from offersmith.profiles.segments import segment
from offersmith.response import unrecorded
from offersmith.response.base import Economics, FittedResponse
from offersmith.response.told import Beside, beside, effects
from offersmith.strategy.cards import Card
from offersmith.strategy.certificate import Row
from offersmith.strategy.plan import Plan
from offersmith.strategy.promise import Promise, promise
from offersmith.strategy.request import Request
from offersmith.strategy.told import told
from offersmith.vocabulary import NO_OFFER, NORMAL_95, Offer
from offersmith.words import Language, catalogue, say

FORMAT = 1
"""Of a plan's summary as the ledger keeps it; raised when a report needs more of it than before."""

SCORES_SAID = ("redemption_auc", "redemption_lift")
"""What a person is told of a model; the other scores are in `--json`."""


REASONS = ("choice", "response", "experiments")
"""Rooms whose catalogues have the reason codes of a judging."""


class Answer(Protocol):
    """What every verb returns."""

    def text(self, language: Language = "en") -> str:
        """Say it to a person."""

    def as_dict(self) -> dict[str, Any]:
        """Say it to a program."""


@dataclass(frozen=True, slots=True)
class Started:
    """A workspace was made: its settings file, and what was recognised in the files."""

    folder: Path
    file: Path
    findings: tuple[Found, ...] = ()

    def text(self, language: Language = "en") -> str:
        """Say what was recognised and what comes next."""
        last = say("shop.started_next", language, folder=self.folder)
        found = [finding.text(language) for finding in self.findings]
        return "\n".join([*found, say("shop.started", language, file=self.file), last])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"folder": str(self.folder), "file": str(self.file), "findings": [str(f) for f in self.findings]}

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """One customer as of a moment; `known` is False when nobody of that name was seen before it."""

    customer_id: str
    as_of: datetime
    segment: str = ""
    features: Mapping[str, float | None] = field(default_factory=dict)
    currency: str = "USD"
    known: bool = True

    def text(self, language: Language = "en") -> str:
        """Say everything that is known, one feature a line."""
        if not self.known:
            return say("shop.no_such_customer", language, customer=self.customer_id, as_of=self.as_of)
        name = say(f"profiles.segment_{self.segment}", language)
        lines = [say("shop.customer", language, customer=self.customer_id, as_of=self.as_of, segment=name)]
        for feature, value in self.features.items():
            shown = say("shop.unknown", language) if value is None else self._shown(feature, value)
            lines.append(
                say("shop.customer_feature", language, name=feature, value=shown, says=label(feature, language))
            )
        return "\n".join(lines)

    def _shown(self, feature: str, value: float) -> str:
        """Return a value as people read it: money in major units, everything else to four figures."""
        if FEATURES[feature].unit != "minor":
            return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
        return Money(round(value), self.currency).text

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        fixed = {"customer_id": self.customer_id, "as_of": self.as_of.isoformat(), "known": self.known}
        return {**fixed, "segment": self.segment, "features": dict(self.features)} if self.known else fixed

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True, eq=False)
class Profiled:
    """Everybody's profile as of a moment: the file, the table, how many customers each segment has."""

    as_of: datetime
    file: Path
    table: pa.Table = field(repr=False)
    segments: Mapping[str, int]
    currency: str = "USD"

    def customer(self, customer_id: str) -> CustomerPage:
        """Return one customer's page; an unknown customer is an answer, not a fault."""
        found = profile(self.table, customer_id)
        if found is None:
            return CustomerPage(customer_id, self.as_of, known=False)
        rows = segment(self.table)
        code = rows["segment"][rows["customer_id"].index(customer_id).as_py()].as_py()
        return CustomerPage(customer_id, self.as_of, code, found.features, self.currency)

    def text(self, language: Language = "en") -> str:
        """Say how many customers there are and in which segments."""
        features = self.table.num_columns - 1
        customers = self.table.num_rows
        head = say("shop.profiled", language, customers=customers, features=features, as_of=self.as_of)
        return "\n".join(
            [head]
            + [
                say(
                    "shop.profiled_segment",
                    language,
                    name=say(f"profiles.segment_{code}", language),
                    customers=count,
                    share=count / customers,
                )
                for code, count in self.segments.items()
            ]
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the table itself is in `file`."""
        return {
            "as_of": self.as_of.isoformat(),
            "file": str(self.file),
            "customers": self.table.num_rows,
            "features": self.table.column_names[1:],
            "segments": dict(self.segments),
        }

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A response model: which one and why, how good it was on what it had not seen, and what it did not learn from."""

    as_of: datetime
    fitted: FittedResponse
    currency: str = ""
    beside: Beside = field(default_factory=lambda: Beside(0))

    def text(self, language: Language = "en") -> str:
        """Say which model it is, from what it learned, what was tried, and its scores out of fold."""
        evidence = self.fitted.evidence
        head = say(
            "shop.learned",
            language,
            model=self.fitted.name,
            version=self.fitted.version,
            as_of=self.as_of,
            rows=evidence.rows,
        )
        reasons = [f"  {say(f'response.{code}', language)}" for code in evidence.reasons]
        scores = [say(f"shop.{n}", language, value=v) for n, v in evidence.scores.items() if n in SCORES_SAID]
        found = self._tried(language) or effects(evidence, self.currency, self.beside.horizon_days, language)
        costs = [f"  {line}" for line in unrecorded.told(evidence.campaigns, language)]
        return "\n".join([head, *reasons, *found, *scores, *beside(evidence, self.beside, language), *costs])

    def _tried(self, language: Language) -> list[str]:
        """Say what the models that competed are worth on held-out customers, in their order; [] where none did."""
        judged = self.fitted.evidence.judged
        if not judged:
            return []
        chosen, currency = judged["chosen"], self.currency
        lines = [say("shop.learned_tried", language, currency=currency)]
        for one in judged["tried"]:
            mark, reason = "*" if one["name"] == chosen else " ", _reason(one["reason"], language)
            if one["value"] is None:
                lines.append(say("shop.learned_model_none", language, mark=mark, name=one["name"], reason=reason))
                continue
            key = "shop.learned_model_withheld" if one["low"] is None else "shop.learned_model"
            lines.append(say(key, language, **{**one, "mark": mark, "reason": reason}))
        why, verdict = _reason(judged["choice_reason"], language), _reason(judged["policy"]["reason"], language)
        return [*lines, say("shop.learned_chosen", language, name=chosen, reason=why, verdict=verdict)]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; `evidence.judged` has all that models were judged by."""
        return {
            "as_of": self.as_of.isoformat(),
            "version": self.fitted.version,
            "model": self.fitted.name,
            "evidence": self.fitted.evidence.as_dict(),
            "costs_untold": unrecorded.summary(self.fitted.evidence.campaigns),
            **self.beside.as_dict(),
        }

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A plan and where it was written.

    Attributes:
        plan: the decisions, their certificate and totals.
        file: the plan as Parquet, one row per eligible customer.
        cards_file: the plan in words.
        fitted: the response model behind it.
        cards: the strategy, one card per group that gets the same.
        economics: the margin rate and the shop's part of the cost the plan was made with.
        margins: (margin rate, expected profit, standard deviation) of the same decisions at the stated levels.
        log: how it stands with the decisions that the shop told: refused ones were not learned from.
        request: what was asked.
    """

    plan: Plan
    file: Path
    cards_file: Path
    fitted: FittedResponse
    cards: Sequence[Card]
    economics: Economics
    margins: Sequence[tuple[float, float, float]] = ()
    log: LogState = field(default_factory=LogState)
    request: Request | None = None

    @property
    def decisions(self) -> pa.Table:
        """One row per eligible customer (`vocabulary.DECISIONS`)."""
        return self.plan.decisions

    @property
    def customers(self) -> int:
        """How many customers were decided about."""
        return int(self.plan.decisions.num_rows)

    @property
    def profit_if_shop_paid(self) -> float:
        """Expected profit of the same decisions if nobody else paid for a part of the offers, major units."""
        return self.plan.expected_profit - (1 - self.economics.cost_share) * self.plan.spent

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the expected profit if the estimated effects of all customers err the same way."""
        half = NORMAL_95 * self.plan.profit_sd_shared
        return self.plan.expected_profit - half, self.plan.expected_profit + half

    @property
    def promise(self) -> Promise | None:
        """What the plan expects, beside what its policy was worth on held-out customers; None where none was."""
        return promise(self.plan, self.fitted.evidence.judged)

    def text(self, language: Language = "en") -> str:
        """Say who gets what, what it should earn, and how far that is from the best possible."""
        plan, (low, high) = self.plan, self.interval
        given = self.customers - plan.counts.get(NO_OFFER, 0)
        currency = plan.budget.currency

        def name(offer: Offer) -> str:
            return say("shop.nothing", language) if offer.offer_id == NO_OFFER else offer.name or offer.offer_id

        lines = [
            say("shop.planned", language, version=plan.version, given=given, customers=self.customers),
            *[
                say("shop.planned_offer", language, name=name(offer), customers=plan.counts.get(offer.offer_id, 0))
                for offer in plan.offers
            ],
            say(
                "shop.planned_money",
                language,
                cost=plan.spent,
                budget=plan.budget.major,
                currency=currency,
                profit=plan.expected_profit,
                low=low,
                high=high,
            ),
        ]
        lines += [_limit(row, language) for row in plan.certificate.rows[1:]]
        measured = self.promise
        if measured is not None:
            lines.append(measured.text(currency, language))
        if self.economics.cost_share < 1:
            lines.append(say("shop.planned_alone", language, profit=self.profit_if_shop_paid, currency=currency))
        if plan.cold and plan.explorers:
            lines.append(say("shop.planned_cold", language))
        lines.append(say("shop.planned_files", language, file=self.file, cards=self.cards_file))
        lines += [*told(plan, language), *unrecorded.told(self.fitted.evidence.campaigns, language)]
        lines += self.log.lines(language)
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: all a report says of the plan, so that the ledger keeps it whole."""
        low, high = self.interval
        evidence, measured = self.fitted.evidence, self.promise
        return {
            "format": FORMAT,
            **self.plan.as_dict(),
            "request": None if self.request is None else self.request.as_dict(),
            "expected_profit_interval": [low, high],
            "measured": None if measured is None else measured.as_dict(),
            "margin_rate": self.economics.margin_rate,
            "cost_share": self.economics.cost_share,
            "expected_profit_if_shop_paid": self.profit_if_shop_paid,
            "margins": [{"rate": r, "expected_profit": p, "sd": s} for r, p, s in self.margins],
            "offers": {offer.offer_id: offer.name or offer.offer_id for offer in self.plan.offers},
            "catalogue": [
                {
                    "offer_id": offer.offer_id,
                    "kind": offer.kind,
                    "terms": dict(offer.terms),
                    "name": offer.name,
                    "version": offer.version,
                }
                for offer in self.plan.offers
                if offer.offer_id != NO_OFFER
            ],
            "model": self.fitted.name,
            "reasons": [{"code": code, "says": say(f"response.{code}")} for code in evidence.reasons],
            "note": say("shop.planned_cold") if self.plan.cold and self.plan.explorers else "",
            "evidence": evidence.as_dict(),
            "costs_untold": unrecorded.summary(evidence.campaigns),
            "log": self.log.as_dict(),
            "cards": [card.as_dict() for card in self.cards],
            "file": str(self.file),
            "cards_file": str(self.cards_file),
        }

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Reported:
    """The report that was written: about a plan, else about the model learned as of a moment, else about the shop."""

    file: Path
    size: int
    plan: str = ""
    learned: datetime | None = None

    def text(self, language: Language = "en") -> str:
        """Say where it is, what it is about, and how it comes to be about more."""
        if self.plan:
            about = say("shop.reported_plan", language, plan=self.plan)
        elif self.learned:
            about = say("shop.reported_model", language, as_of=self.learned)
        else:
            about = say("shop.reported_none", language)
        return say("shop.reported", language, file=self.file, kilobytes=self.size // 1000, about=about)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        learned = self.learned.isoformat() if self.learned else None
        return {"file": str(self.file), "bytes": self.size, "plan": self.plan, "learned": learned}

    def __str__(self) -> str:
        return self.text()


def _limit(row: Row, language: Language) -> str:
    """Say what a plan uses of a limit, and what one more unit of it would earn where it binds."""
    floor = "floor" if row.at_least else "cap"
    said = say(f"shop.planned_{floor}", language, name=row.name, used=row.usage, bound=row.bound)
    return said if not row.price else f"{said}{say('shop.planned_binds', language, price=abs(row.price))}"


def _reason(code: str, language: Language) -> str:
    """Return a reason code of a judging in words; "" of none."""
    room = next((room for room in REASONS if code in catalogue(room)), "")
    return say(f"{room}.{code}", language) if room else code.replace("_", " ")
