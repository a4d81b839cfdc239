"""What `plan` answers: the decisions, where they are written, and what a person is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from offersmith.events.decision_log import LogState
from offersmith.response import unrecorded
from offersmith.response.base import Economics, FittedResponse
from offersmith.strategy import withheld
from offersmith.strategy.cards import Card
from offersmith.strategy.cards import to_markdown as cards_page
from offersmith.strategy.certificate import Row
from offersmith.strategy.funds import lines as fund_lines
from offersmith.strategy.goal_words import goal_lines, of_goal
from offersmith.strategy.objective import PROFIT
from offersmith.strategy.plan import Plan
from offersmith.strategy.playbooks.base import spoken
from offersmith.strategy.playbooks.card_words import lines as card_lines
from offersmith.strategy.playbooks.card_words import to_markdown as playbooks_page
from offersmith.strategy.playbooks.cards import PlaybookCard
from offersmith.strategy.promise import Promise, promise
from offersmith.strategy.request import Request
from offersmith.strategy.told import told
from offersmith.vocabulary import NO_OFFER, NORMAL_95, Offer
from offersmith.words import LANGUAGES, Language, say

FORMAT = 1
"""Of a plan's summary as the ledger keeps it; raised when a report needs more of it than before."""


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A plan and where it was written.

    Attributes:
        plan: the decisions, their certificate and totals.
        file: the decisions as Parquet.
        cards_file: the plan in words.
        fitted: the response model behind it.
        cards: the strategy, one card per group that gets the same.
        playbooks: the strategy by playbook, where it was asked for so.
        uses: offers of playbooks that stand for one of the shop's own.
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
    playbooks: Sequence[PlaybookCard] = ()
    uses: Mapping[str, str] = field(default_factory=dict)

    @property
    def decisions(self) -> pa.Table:
        """One row per offer that a customer gets, and one per customer who gets nothing (`vocabulary.DECISIONS`)."""
        return self.plan.decisions

    @property
    def customers(self) -> int:
        """How many customers were decided about."""
        return self.plan.customers

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
    def unjudged(self) -> bool:
        """Whether a gain is expected by a model that was not judged on customers held out."""
        return not self.plan.cold and self.plan.expected_profit > 0 and not self.fitted.evidence.judged

    @property
    def promise(self) -> Promise | None:
        """What the plan expects, beside what its policy was worth on held-out customers; None where none was."""
        return promise(self.plan, self.fitted.evidence.judged, self.uses)

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
                if not self.playbooks or offer.offer_id == NO_OFFER
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
        request = self.request
        if request is not None:
            lines += fund_lines(request.balance, request.out, request.uncounted, plan.budget, language)
        lines += goal_lines(plan.goal, plan.certificate.value, plan.given_up, language)
        lines += [_playbook(card, language) for card in self.playbooks]
        lines += [_limit(row, plan.goal.name, language) for row in plan.certificate.rows[1:]]
        names = {offer.offer_id: offer.name or offer.offer_id for offer in plan.offers}
        lines += withheld.counted(plan.before, language)
        lines += withheld.banned(plan.bans, names, [card.playbook.name for card in self.playbooks], language)
        lines += withheld.opted_out(plan.opted_out, names, currency, language)
        measured = self.promise
        if measured is not None:
            lines.append(measured.text(currency, language))
            lines += [] if plan.goal.name == PROFIT else [say("strategy.promise_other_goal", language)]
        elif self.unjudged:
            lines.append(say("strategy.unjudged", language))
        if self.economics.cost_share < 1:
            lines.append(say("shop.planned_alone", language, profit=self.profit_if_shop_paid, currency=currency))
        if plan.cold and plan.explorers:
            lines.append(say("shop.planned_cold", language))
        lines.append(say("shop.planned_files", language, file=self.file, cards=self.cards_file))
        lines += [*told(plan, language), *unrecorded.told(self.fitted.evidence.campaigns, language)]
        lines += self.log.lines(language)
        return "\n".join(lines)

    def page(self, language: Language = "en") -> str:
        """Return the strategy in words as Markdown: by playbook where it was asked for so, then by group."""
        groups = cards_page(self.cards, language, self.plan, self._names(language))
        return f"{playbooks_page(self.playbooks, language)}\n{groups}" if self.playbooks else groups

    def _names(self, language: Language) -> dict[str, tuple[str, str]]:
        """Return the title of its playbook and the name of every offer of a playbook, in a language."""
        names = {offer.offer_id: offer.name or offer.offer_id for offer in self.plan.offers}
        return {
            offer: (spoken(book.title, language), book.offer_names(language).get(offer, names[offer]))
            for book in (card.playbook for card in self.playbooks)
            for offer in book.offer_ids
        }

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: all a report says of the plan, so that the ledger keeps it whole."""
        low, high = self.interval
        evidence, measured = self.fitted.evidence, self.promise
        return {
            "format": FORMAT,
            **self.plan.as_dict(),
            "request": None if self.request is None else self.request.as_dict(),
            "uncounted": {} if self.request is None else dict(self.request.uncounted),
            "expected_profit_interval": [low, high],
            "measured": None if measured is None else measured.as_dict(),
            "unjudged": self.unjudged,
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
                    "channel": offer.channel,
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
            "playbooks": [{**card.as_dict(), "words": words(card)} for card in self.playbooks],
            "file": str(self.file),
            "cards_file": str(self.cards_file),
        }

    def __str__(self) -> str:
        return self.text()


SAID = 0.005
"""Price of a limit below which it is not said to bind: it would be said to earn 0.00, and is mostly rounding."""


def words(card: PlaybookCard) -> dict[str, Any]:
    """Return a playbook's card in every language: title, what it is for, lines with their labels, names of offers."""
    return {
        tongue: {
            "title": spoken(card.playbook.title, tongue),
            "about": spoken(card.playbook.about, tongue),
            "lines": [list(line) for line in card_lines(card, tongue)],
            "offers": card.playbook.offer_names(tongue),
        }
        for tongue in LANGUAGES
    }


def _playbook(card: PlaybookCard, language: Language) -> str:
    """Say in a line what a plan made of a playbook."""
    title, given, members = spoken(card.playbook.title, language), card.given, card.members
    profit, cost, currency = card.expected_profit, card.expected_cost, card.currency
    said = {"title": title, "given": given, "members": members, "profit": profit, "cost": cost, "currency": currency}
    return say("shop.planned_playbook", language, **said)


def _limit(row: Row, goal: str, language: Language) -> str:
    """Say what a plan uses of a limit, and what one more unit of it would add to the goal where it binds."""
    floor = "floor" if row.at_least else "cap"
    whole = all(float(one).is_integer() for one in (row.usage, row.bound))
    used, bound = (f"{one + 0.0:,.0f}" if whole else f"{one:,.2f}" for one in (row.usage, row.bound))
    said = say(f"shop.planned_{floor}", language, name=row.name, used=used, bound=bound)
    if abs(row.price) < SAID:
        return said
    return said + say("shop.planned_binds", language, price=abs(row.price), of=of_goal(goal, language))
