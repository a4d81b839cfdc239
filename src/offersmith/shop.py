"""The verbs as Python: one method each, every one an answer that prints.

A verb opens the parts it needs, calls the room that knows how, writes what must be kept, and answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from offersmith import bootstrap
from offersmith.answers import Learned, Profiled, Reported, Started
from offersmith.errors import InputError, SettingsError, StateError
from offersmith.events import decisions
from offersmith.events import ingest as reading
from offersmith.events.base import Receipt
from offersmith.events.costed import costed
from offersmith.events.examples.proposals import PROPOSALS
from offersmith.events.matched import matched
from offersmith.events.propose import propose
from offersmith.events.quality import quality
from offersmith.kept import Kept
from offersmith.moments import utc_now
from offersmith.money import Money
from offersmith.office import Launched
from offersmith.planned import FORMAT, Planned
from offersmith.planner import Balance, Planner
from offersmith.portraits import Portrait, portrait
from offersmith.profiles.segments import segment
from offersmith.progress import Progress, silent
from offersmith.report import render
from offersmith.report.gather import effect_facts, gather, held_out_facts
from offersmith.report.inputs import ModelFacts, ReportFacts
from offersmith.response import holdout
from offersmith.response.base import FittedResponse
from offersmith.response.effects import PastEffect, past_effects
from offersmith.settings import FILE
from offersmith.store.files import parquet
from offersmith.store.files import replace as write
from offersmith.store.ledger import PlanRow
from offersmith.strategy.compare import Comparison, compare
from offersmith.strategy.table import plan_table
from offersmith.workspace import Workspace

if TYPE_CHECKING:
    from offersmith.buyers import Buyers
    from offersmith.checkup import Checkup
    from offersmith.conduct import Conduct
    from offersmith.crowds import Crowd
    from offersmith.mined import Mined
    from offersmith.store.baskets import By


class Shop(Workspace):
    """The verbs of one workspace."""

    @classmethod
    def init(
        cls, folder: str | Path, events: Sequence[str | Path] = (), *, example: str = "", force: bool = False
    ) -> Started:
        """Look at event files and write the settings that map them; or use a built-in example instead of files.

        Raises:
            InputError: no such file, none with rows in it, or no such example.
            SettingsError: the workspace exists already and `force` is not given.
        """
        path, file = Path(folder), Path(folder) / FILE
        if file.exists() and not force:
            raise SettingsError(f"{file} exists already", hint="edit it, or replace it with --force")
        name = path.resolve().name
        if example:
            if example not in PROPOSALS:
                raise InputError(f"no example {example!r}", hint=f"there are: {', '.join(PROPOSALS)}")
            write(file, PROPOSALS[example](name).encode())
            return Started(path, file)
        if not events:
            raise InputError("no events named", hint="give --events FILE, or --example synthetic")
        proposal = propose([Path(event) for event in events], name=name, folder=path)
        write(file, proposal.toml.encode())
        return Started(path, file, proposal.findings)

    def ingest(self, *files: str | Path, now: datetime | None = None, progress: Progress = silent) -> Receipt:
        """Read events: those named in the settings, or only `files` with the settings' mapping.

        Raises:
            InputError: a file cannot be used as it is; decisions are refused after the events are kept, and say so.
            StorageError: the disk refused; nothing half-written is left.
        """
        with bootstrap.open_ledger(self.place, self.settings) as ledger:
            receipt = reading.ingest(
                self.settings,
                self.folder,
                landing=bootstrap.landing(self.place, self.settings),
                ledger=ledger,
                now=now or utc_now(),
                sources=matched(self.settings, self.folder, [Path(file) for file in files]) if files else None,
                progress=progress,
            )
            events = partial(bootstrap.open_analytics, self.place, self.settings, ledger.event_files())
            if files:
                return costed(decisions.told(receipt, self.place.decided), ledger, events)
            named = reading.make(self.settings, self.folder)
            with decisions.after(receipt, self.place.decided):
                decisions.take(self.settings, self.folder, self.place.decided, events, named)
            return costed(decisions.told(receipt, self.place.decided), ledger, events)

    def quality(self, out: Path, as_of: datetime | None = None, since: datetime | None = None) -> Checkup:
        """Write the page of what is odd among events, customers and products, and of what drifted since a moment."""
        from offersmith.checkup import checkup  # noqa: PLC0415 - start-up path

        with self.engine() as kept:
            return checkup(kept, out, as_of, since)

    def profile(self, as_of: datetime | None = None, progress: Progress = silent) -> Profiled:
        """Work out every feature of every customer as of a moment (default: the midnight after the last event)."""
        progress("shop.stage_profile", 0, None)
        with self.engine() as kept:
            at = kept.moment(as_of)
            table, file = kept.profiles(at)
        codes = segment(table)["segment"].value_counts().to_pylist()
        counts = {entry["values"]: entry["counts"] for entry in sorted(codes, key=lambda entry: -entry["counts"])}
        return Profiled(at, file, table, counts, self.settings.shop.currency)

    def portrait(self, customer: str, as_of: datetime | None = None, out: Path | None = None) -> Portrait:
        """Tell one customer's story as of a moment, and write their page where a file is named."""
        with self.engine() as kept:
            return portrait(kept, customer, kept.moment(as_of), out)

    def segments(self, out: Path, as_of: datetime | None = None, rules: Path | None = None) -> Crowd:
        """Find the shop's segments as of a moment and write their page; `rules` states segments of one's own."""
        from offersmith.crowds import crowd  # noqa: PLC0415 - start-up path

        with self.engine() as kept:
            return crowd(kept, kept.moment(as_of), out, rules)

    def behaviour(self, out: Path, as_of: datetime | None = None) -> Conduct:
        """Write the page of what customers do: visits, drop-off, carts left, busy times, prices, repeat purchases."""
        from offersmith.conduct import conduct  # noqa: PLC0415 - start-up path

        with self.engine() as kept:
            return conduct(kept, out, as_of)

    def buyers(
        self, out: Path, as_of: datetime | None = None, days: int = 28, *, encoders: bool = False,
        progress: Progress = silent,
    ) -> Buyers:  # fmt: skip
        """Foretell who buys within so many days of a moment, and write the page and the table of it."""
        from offersmith.buyers import foretell  # noqa: PLC0415 - start-up path

        with self.engine() as kept:
            return foretell(kept, kept.moment(as_of), days, out, encoders=encoders, progress=progress)

    def mining(
        self, out: Path, as_of: datetime | None = None, *, min_support: float = 0.0005, by: By = "product",
        bundles: Path | None = None,
    ) -> Mined:  # fmt: skip
        """Find what goes together, one after another, and in place of each other; write the page, and candidates."""
        from offersmith.mined import mined  # noqa: PLC0415 - start-up path

        with self.engine() as kept:
            return mined(kept, out, as_of, min_support=min_support, by=by, table=bundles)

    def learn(self, as_of: datetime | None = None, margin: float | None = None, progress: Progress = silent) -> Learned:
        """Learn what offers change, from campaigns that were over before the moment; from stated priors without any."""
        with self.engine() as kept:
            at = kept.moment(as_of)
            fitted = kept.model(at, self.economics(margin), progress)
            return Learned(at, fitted, self.settings.shop.currency, kept.beside(at))

    def learned(self, as_of: datetime | None = None) -> FittedResponse:
        """Return the kept model of a moment; StateError where none was learned, or what it hangs on has changed."""
        with self.engine() as kept:
            found = kept.learned(kept.moment(as_of), self.economics())
        if found is None:
            said = f"no model of what {self.folder} knows now is kept"
            raise StateError(said, hint="learn one: offersmith learn", key="nothing_learned", folder=str(self.folder))
        return found

    def plan(
        self,
        budget: str | float | Decimal | Money | None = None,
        *,
        balance: str | float | Decimal | Money | None = None,
        goal: str | None = None,
        limits: Path | None = None,
        playbooks: Sequence[str] = (),
        explore: float | None = None,
        each: int | None = None,
        as_of: datetime | None = None,
        margin: float | None = None,
        progress: Progress = silent,
    ) -> Planned:
        """Decide who gets what within `budget` (major units of the shop's currency) and within every limit.

        Args:
            budget: what all offers together may cost.
            balance: in its place, what the shop has: the budget is that less what offers still out should cost.
            goal: what is made large, of `objective.OBJECTIVES`; default: the playbooks', else the settings'.
            limits: a file of `[[limits]]`.
            playbooks: by name; then the offers are theirs, for their customers, within their limits.
            explore: share of customers decided by lot; default: the settings'.
            each: offers a customer may get at most, 1 to 3; default: the settings'.
            as_of: the moment to plan for; default: the midnight after the last event.
            margin: rate of profit before offers; default: the settings'.
            progress: told how far it is.

        Raises:
            InputError: an amount, a share, a limit or a playbook says what cannot be.
            InfeasibleError: the limits cannot be kept together; it says which.
            StateError: there are no events before the moment.
        """
        if (given := balance if budget is None else budget) is None or None not in (budget, balance):
            said = "a plan needs a budget or a balance, one of the two"
            raise InputError(said, hint="--budget 5000", key="budget_or_balance")
        money, rate = self._amount(given, "balance" if budget is None else "budget"), self.economics(margin).margin_rate
        with self.engine() as kept:
            at, planner = kept.moment(as_of), Planner(kept, self.settings, self.folder)
            spend = Balance(money, at) if budget is None else money
            wanted = partial(planner.request, spend, limits=limits, playbooks=playbooks, explore=explore)
            made = planner.plan(wanted(goal=goal, each=each, margin=rate), at, progress, str(limits or "limits"))
        return self._keep(made)

    def compare(self, first: str, second: str) -> Comparison:
        """Lay two kept plans side by side, each named by its version or the beginning of it; see `compare`."""
        with self.office() as office, self.engine() as kept:
            before, after = (office.plan_side(version) for version in (first, second))
            return compare(before, after, kept.profiles(datetime.fromisoformat(after.summary["as_of"]))[0])

    def what_if(self, plan: str, changes: Sequence[str], progress: Progress = silent) -> Comparison:
        """Ask for a kept plan otherwise and see who would gain and lose; nothing is kept. See `Planner.what_if`."""
        with self.office() as office, self.engine() as kept:
            return Planner(kept, self.settings, self.folder).what_if(office.plan_side(plan), changes, progress)

    def effects(self, kept: Kept, at: datetime) -> tuple[PastEffect, ...]:
        """Measure what past campaigns changed, each beside its placebo, from what was known before a moment."""
        return past_effects(
            kept.analytics,
            at,
            profile=lambda moment: kept.profiles(moment)[0],
            settings=self.settings.learn,
            currency=self.settings.shop.currency,
            offers=self.offers(),
            priors=self.settings.priors,
        )

    def held_out(self, kept: Kept, at: datetime, progress: Progress = silent) -> ModelFacts | None:
        """Judge the way of learning on the last campaign that was over by a moment: learned before it, judged after.

        None when there was no such campaign, or nothing to learn from before it.
        """
        # The chance to redeem is learned over this many days, so that is how long recipients are watched.
        found = holdout.campaigns(kept.analytics, at, self.settings.learn.horizon_days)
        if not found:
            return None
        fitted = kept.model((last := found[-1]).start, self.economics(), progress)
        if fitted.name == "prior":
            return None
        profiles, _ = kept.profiles(last.start)
        estimates = fitted.estimate(profiles, self.offers())
        if last.offer_id not in estimates["offer_id"].unique().to_pylist():
            return None
        held = holdout.hold_out(last, profiles, estimates, self.settings.learn.seed)
        return held_out_facts(held, fitted.evidence.as_dict())

    def facts(
        self,
        as_of: datetime | None = None,
        planned: Planned | None = None,
        *,
        effects: Sequence[PastEffect] | None = None,
        models: ModelFacts | None = None,
        progress: Progress = silent,
    ) -> ReportFacts:
        """Gather what a report says: about `planned`, or about the newest plan, or without one.

        `effects` and `models` are measured here unless they are given.
        """
        if not self.event_files():
            raise self._nothing_read()
        with bootstrap.open_ledger(self.place, self.settings) as ledger:
            receipts = [dict(batch.counts) for batch in ledger.batches()]
            # Plans of another version may lack what a page says of them.
            plans = [row for row in ledger.plans() if row.summary.get("format") == FORMAT]
            written = planned.file if planned else ledger.verify(plans[-1]) if plans else None
        summary = planned.as_dict() if planned else dict(plans[-1].summary) if plans else None
        decisions = None if written is None else pq.read_table(written)
        learned = summary is not None and not summary["cold"]
        with self.engine() as kept:
            # A plan brings its own model's judging; without one the page shows what was learned, if anything was.
            model = kept.shown(as_of, self.economics()) if summary is None else None
            planned_at = datetime.fromisoformat(summary["as_of"]) if summary else None
            at = model.at if model else kept.moment(as_of or planned_at)
            table, _ = kept.profiles(at)
            measured = self.effects(kept, at) if effects is None and learned else effects or ()
            return gather(
                settings=self.settings,
                analytics=kept.analytics,
                as_of=at,
                receipts=receipts,
                quality=quality(kept.analytics),
                profiles=table,
                segments=segment(table),
                summary=summary,
                decisions=decisions,
                models=models or (self.held_out(kept, at, progress) if learned else None),
                effects=effect_facts(measured, self.settings.learn.horizon_days),
                judged=None if model is None else model.fitted.evidence.judged,
                margin_rate=None if model is None else model.margin_rate,
            )

    def report(self, out: str | Path = "report.html", progress: Progress = silent) -> Reported:
        """Write the report on the newest plan: one page, both languages."""
        progress("shop.stage_report", 0, None)
        facts = self.facts(progress=progress)
        write(file := Path(out), html := render(facts, self.language).encode())
        about = facts.as_of if facts.judged and not facts.plan else None
        return Reported(file, len(html), facts.plan.version if facts.plan else "", about)

    def launch(self, plan: str = "", *, author: str, at: datetime | None = None, **wanted: Any) -> Launched:
        """Turn a plan into a draft campaign with its vouchers and its budget; see `Office.launch_plan`."""
        with self.office() as office:
            return office.launch_plan(plan, author=author, at=at or utc_now(), **wanted)

    def _amount(self, given: str | float | Decimal | Money, name: str) -> Money:
        currency = self.settings.shop.currency
        money = given if isinstance(given, Money) else Money.stated(str(given), currency)
        if money.currency != currency or money.minor < 0:
            raise InputError(f"{name} {money} must be zero or more, in {currency}")
        return money

    def _keep(self, made: Planned) -> Planned:
        """Write the plan and its cards, and enter it in the ledger."""
        plan = made.plan
        folder = self.place.part("plans") / plan.version
        planned = replace(made, file=folder / "plan.parquet", cards_file=folder / "cards.md")
        data = parquet(plan_table(plan))
        write(planned.file, data)
        write(planned.cards_file, planned.page(self.language).encode())
        with bootstrap.open_ledger(self.place, self.settings) as ledger:
            ledger.record_plan(
                PlanRow(
                    plan_version=plan.version,
                    file=str(planned.file.relative_to(self.place.home)),
                    sha256=hashlib.sha256(data).hexdigest(),
                    as_of=plan.as_of,
                    created_at=utc_now(),
                    summary=planned.as_dict(),
                )
            )
        return planned
