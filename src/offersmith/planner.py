"""The desk where plans are made: what was asked becomes offers, limits, estimates and decisions.

Nothing is written here, so that a plan can be asked for and looked at before anything is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from offersmith import bootstrap
from offersmith.campaigns.still_out import still_out
from offersmith.errors import InputError, StateError
from offersmith.events import decision_log
from offersmith.kept import Kept
from offersmith.money import Money
from offersmith.offers.catalogue import catalogue
from offersmith.planned import Planned
from offersmith.profiles.attributes import with_attributes
from offersmith.profiles.segments import segment
from offersmith.progress import Progress, silent
from offersmith.response.base import Economics
from offersmith.response.explain.decided import why
from offersmith.settings import OfferSettings, PlanSettings, Settings
from offersmith.strategy import opted_out
from offersmith.strategy.cards import cards
from offersmith.strategy.compare import Comparison, Side, compare
from offersmith.strategy.funds import left, stated
from offersmith.strategy.limits import reading as limits_file
from offersmith.strategy.limits.compiling import Compiled, compile_limits
from offersmith.strategy.limits.frequency import Frequency
from offersmith.strategy.limits.past import Past
from offersmith.strategy.margins import at_margins
from offersmith.strategy.objective import Goal, check, settle
from offersmith.strategy.plan import make
from offersmith.strategy.playbooks import reading as playbook_files
from offersmith.strategy.playbooks.base import Playbook
from offersmith.strategy.playbooks.cards import playbook_cards
from offersmith.strategy.playbooks.merging import merge
from offersmith.strategy.playbooks.uses import Uses
from offersmith.strategy.request import Request
from offersmith.strategy.sets import checked
from offersmith.strategy.table import plan_table
from offersmith.vocabulary import Offer

UNWRITTEN = Path()
"""The files of a plan that is not kept."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a shop has at a moment; what of it is not promised yet is a plan's budget."""

    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans of one workspace.

    Attributes:
        kept: its events, profiles and models.
        settings: as read.
        folder: the workspace, where playbooks of its own lie.
    """

    kept: Kept
    settings: Settings
    folder: Path

    def request(
        self,
        budget: Money | Balance,
        *,
        limits: Path | None = None,
        playbooks: Sequence[str] = (),
        explore: float | None = None,
        goal: str | None = None,
        each: int | None = None,
        margin: float,
    ) -> Request:
        """Return what is asked, with the settings' answer to all that is not said.

        Raises:
            InputError: no such file, goal or playbook, one says what cannot be, or nothing of a balance is left.
        """
        plan = self.settings.plan
        share = plan.explore if explore is None else explore
        if not 0 <= share <= 1:
            raise InputError(f"explore = {share} must be a share from 0 to 1", hint="0.1 means 10 % of the customers")
        named = [playbook_files.find(name, self.folder) for name in playbooks]
        aim = settle({one.name: one.goal for one in named}, plan.goal) if goal is None else goal
        check(aim, plan.confidence)
        return Request(
            **self._funded(budget),
            explore=share,
            lots=plan.lots,
            margin=margin,
            limits=() if limits is None else limits_file.tables(limits),
            playbooks=tuple(one.raw for one in named),
            offers=() if named else self._own(),
            goal=aim,
            confidence=plan.confidence,
            each=checked(plan.each if each is None else each),
        )

    def _funded(self, budget: Money | Balance) -> dict[str, Any]:
        """Return the fields of a request that say what may be spent."""
        if isinstance(budget, Money):
            return {"budget": stated(budget)}
        currency = self.settings.shop.currency
        with bootstrap.open_ledger(self.kept.place, self.settings) as ledger:
            funds = still_out(ledger, self.kept.analytics, budget.at, currency)
        rest = left(budget.amount, funds.expected)
        parts = {"balance": stated(budget.amount), "out": funds.out, "uncounted": funds.uncounted}
        return {"budget": stated(rest), **parts}

    def _own(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(msgspec.to_builtins(one) for one in self.settings.offers)

    def plan(
        self,
        request: Request,
        at: datetime,
        progress: Progress = silent,
        where: str = "limits",
        instead_of: str = "",
    ) -> Planned:
        """Decide who gets what; what files it will have is for whoever keeps it.

        Args:
            request: what is asked.
            at: the moment it is made for.
            progress: told of every stage.
            where: names limits in messages.
            instead_of: the version of the plan that is made once more, if one is: what it gave counts against no limit.

        Raises:
            InputError: the request says what cannot be.
            InfeasibleError: its limits cannot be kept together.
        """
        economics = Economics(request.margin, self.settings.shop.currency, self.settings.economics.cost_share)
        table, _ = self.kept.profiles(at)
        groups = segment(table)
        known = with_attributes(table.append_column("segment", groups["segment"]), self.kept.register())
        playbooks = [playbook_files.parse(one, "--set") for one in request.playbooks]
        offers, tables, days, uses = self._offers(request, playbooks, known)
        longest = max(days.values(), default=self.settings.plan.valid_days)
        budget = Money.stated(request.budget, self.settings.shop.currency)
        own = catalogue(self.settings.offers, self.settings.shop.currency)
        rules = self.settings.plan
        out = opted_out.stated(known, rules.opted_out, rules.for_everybody, offers, own)
        limits = self._limits(tables, offers, known, budget, at, where, instead_of, out)
        fitted = self.kept.model(at, economics, progress)
        progress("shop.stage_plan", 0, None)
        asked = uses.asked(offers, own)
        estimates = uses.told(fitted.estimate(opted_out.others(table, out), asked))
        estimates = estimates if out is None else opted_out.uniform(estimates, out)
        plan = make(
            estimates,
            offers,
            budget,
            self._rules(request, longest),
            at,
            self.settings.learn.seed,
            reasons_from=table,
            cold=fitted.name == "prior",
            because=uses.because(partial(why, fitted, asked, table)),
            limits=limits,
            valid_days=days,
            asked=request.as_dict(),
            goal=Goal(request.goal, request.confidence, request.margin),
            opted_out=out,
            cost_share=economics.cost_share,
        )
        levels = (economics.margin_rate, *self.settings.economics.margin_levels)
        return Planned(
            plan,
            UNWRITTEN,
            UNWRITTEN,
            fitted,
            cards(plan, groups),
            economics,
            at_margins(plan, estimates, economics, levels),
            decision_log.state(self.settings, self.kept.place.decided),
            request,
            playbook_cards(playbooks, plan, known, estimates, self.settings.learn.horizon_days),
            uses.own,
        )

    def _rules(self, request: Request, days: int) -> PlanSettings:
        asked = {"explore": request.explore, "lots": request.lots, "each": request.each, "valid_days": days}
        return msgspec.structs.replace(self.settings.plan, **asked)

    def what_if(self, before: Side, changes: Sequence[str], progress: Progress = silent) -> Comparison:
        """Ask for a plan otherwise, for the same moment, and lay both side by side.

        Raises:
            InputError: a change names nothing, or what cannot be.
            InfeasibleError: the limits could not be kept together.
            StateError: what was asked of the plan is not known.
        """
        asked = before.summary.get("request")
        if asked is None:
            said = f"what was asked of plan {before.summary['version']} is not kept"
            raise StateError(said, hint="make it again: offersmith plan --budget AMOUNT")
        at = datetime.fromisoformat(before.summary["as_of"])
        request = Request.of(asked).changed(changes)
        if not request.playbooks and not request.offers:
            request = replace(request, offers=self._own())
        own = before.summary["version"]
        made = self.plan(request, at, progress, instead_of=own)
        stale = _looks_back(before.summary) or made.plan.model_versions != tuple(before.summary["model_versions"])
        stale |= opted_out.decided(made.as_dict(), made.decisions) != opted_out.decided(
            before.summary, before.decisions
        )
        if stale or before.summary["cost_share"] != self.settings.economics.cost_share:
            # What has changed since is in both, so that what differs is what was asked.
            again = self.plan(Request.of(asked), at, progress, instead_of=own)
            before = Side({**again.as_dict(), "version": own}, plan_table(again.plan))
        after = Side(made.as_dict(), plan_table(made.plan))
        return compare(before, after, self.kept.profiles(at)[0], what_if=changes)

    def _offers(
        self, request: Request, playbooks: Sequence[Playbook], known: pa.Table
    ) -> tuple[list[Offer], list[Mapping[str, Any]], Mapping[str, int], Uses]:
        """Return what may be given, `none` first, all limits, days by offer, and which offers stand for which."""
        currency = self.settings.shop.currency
        own = catalogue(self.settings.offers, currency)
        if not playbooks:
            try:
                stated = msgspec.convert(list(request.offers), list[OfferSettings])
            except msgspec.ValidationError as fault:
                raise InputError(f"offers: {fault}", hint="see docs/reference/settings.md, [[offers]]") from fault
            offers = catalogue(stated, currency)
            return offers, list(request.limits), {}, Uses.of(offers, own)
        merged = merge(playbooks, currency, known, self.settings.shop.language, self.settings.offers)
        limits = [*merged.limits, *request.limits]
        offers = catalogue(merged.offers, currency)
        return offers, limits, merged.valid_days, Uses.of(offers, self.kept.sent, merged.uses)

    def _limits(
        self,
        tables: Sequence[Mapping[str, Any]],
        offers: Sequence[Offer],
        known: pa.Table,
        budget: Money,
        at: datetime,
        where: str,
        instead_of: str,
        out: opted_out.OptedOut | None,
    ) -> Compiled | None:
        if not tables:
            return None
        stated = limits_file.parse({"limits": list(tables)}, where)
        paying = [offer.offer_id for offer in offers[1:]]
        channels = {offer.offer_id: offer.channel for offer in (*self.kept.offers(), *offers) if offer.channel}
        past = None
        if days := stated.looks_back:
            given, earlier = self.kept.given(at, days, instead_of)
            past = Past.of(given, known["customer_id"], at, {**earlier, **channels})
        currency, apart = self.settings.shop.currency, None if out is None else out.customers
        return compile_limits(
            stated, paying, known, currency, budget.major, channels=channels, past=past, opted_out=apart
        )


def _looks_back(summary: Mapping[str, Any]) -> bool:
    """Return whether a limit of a plan counts what was sent before: more may be known of that today."""
    return bool(summary.get("before")) or any(one["kind"] == Frequency.kind for one in summary.get("bans", ()))
