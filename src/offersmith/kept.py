"""What was worked out once and is kept: profiles by moment, models by what they learned from.

A key names everything a result depends on (our code, the events, who may be addressed, the settings that matter), so
nothing kept is ever stale; what is damaged on the disk is worked out again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from offersmith import bootstrap
from offersmith.errors import InputError, StateError, StorageError
from offersmith.events.decision_log import state
from offersmith.offers.catalogue import catalogue, offer
from offersmith.profiles import FEATURES
from offersmith.profiles.build import build
from offersmith.profiles.lifetime import learning as lifetime
from offersmith.profiles.lifetime.value import Horizon
from offersmith.progress import Progress
from offersmith.response import MODELS
from offersmith.response import learn as learning
from offersmith.response.base import Economics, FittedResponse
from offersmith.response.told import Beside
from offersmith.response.waiting import waiting
from offersmith.settings import OfferSettings, Settings
from offersmith.store.analytics import Analytics
from offersmith.store.contacts import contacts
from offersmith.store.files import parquet, replace
from offersmith.store.ledger import PlanRow
from offersmith.store.summaries import totals
from offersmith.strategy.playbooks.base import offer_id
from offersmith.strategy.playbooks.uses import alike
from offersmith.vocabulary import Offer

if TYPE_CHECKING:
    from offersmith.profiles.clusters.kmeans import KMeansSegments

MODEL = "response"
SEGMENTS_SEED = 7
"""Of all that is done by lot in finding segments; the same shop gives the same segments."""


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A model that is kept, the moment it was learned of, and the margin rate it was learned with."""

    at: datetime
    margin_rate: float
    fitted: FittedResponse


@dataclass(frozen=True, slots=True)
class Kept:
    """The shelf of one workspace, for one set of events.

    Attributes:
        place: the workspace's folders.
        settings: as read.
        events: the files of events that are part of the store, in their order.
        analytics: the engine over them.
        decided: digest of the decisions whose chances the engine knows (`store.read_back`).
        sent: offers of past plans that were really sent and are not in the settings, such as those of playbooks.
    """

    place: bootstrap.Place
    settings: Settings
    events: tuple[Path, ...]
    analytics: Analytics
    decided: str = ""
    sent: tuple[Offer, ...] = ()

    def moment(self, as_of: datetime | None) -> datetime:
        """Return the moment a verb means: `as_of`, or the midnight (UTC) after the last event.

        Raises:
            StateError: nothing happened before it.
        """
        first, last = (totals(self.analytics)[name][0].as_py() for name in ("first_time", "last_time"))
        if first is None:
            text = "all rows that were read were refused: there are no events"
            raise StateError(text, hint="see what ingest says of them", key="all_refused")
        if as_of is None:
            return datetime(last.year, last.month, last.day) + timedelta(days=1)  # noqa: DTZ001 - naive UTC, as everywhere
        if as_of <= first:
            said = {"as_of": f"{as_of:%Y-%m-%d %H:%M}", "first": f"{first:%Y-%m-%d %H:%M}"}
            hint = f"the first event is of {said['first']}"
            raise StateError(f"nothing happened before {said['as_of']} UTC", hint=hint, key="too_early", **said)
        return as_of

    def known(self, as_of: datetime | None, name: str) -> datetime:
        """Return a moment of which something is known, and not less than there will be; None is that of `moment`.

        Args:
            as_of: naive UTC.
            name: what the moment is called where it is refused.

        Raises:
            InputError: the moment lies after everything that was read.
            StateError: nothing happened before it.
        """
        last = self.moment(None)
        if as_of is not None and as_of > last:
            raise InputError(
                f"{name} is {as_of:%Y-%m-%d %H:%M}, and nothing is known yet of the time after "
                f"{last:%Y-%m-%d %H:%M} UTC",
                hint=f"a moment up to {last:%Y-%m-%d}", field=name, value=as_of.isoformat(), key="not_known_yet",
                name=name, at=f"{as_of:%Y-%m-%d %H:%M}", last=f"{last:%Y-%m-%d %H:%M}",
            )  # fmt: skip
        return self.moment(as_of)

    def offers(self) -> list[Offer]:
        """Return what a model learns of: the settings' offers, `none` first, and those that past plans sent besides."""
        return [*catalogue(self.settings.offers, self.settings.shop.currency), *self.sent]

    def profiles(self, at: datetime) -> tuple[pa.Table, Path]:
        """Return everybody's profile as of a moment, and the file that keeps it."""
        file = self.place.part("profiles") / f"{at:%Y%m%dT%H%M%S.%f}-{self._key(FEATURES)}.parquet"
        with suppress(OSError, pa.ArrowException):
            return pq.read_table(file), file
        table = build(self.analytics, at, self.register())
        replace(file, parquet(table))
        return table, file

    def lifetimes(self, at: datetime) -> pa.Table:
        """Return what everybody who bought is expected to do and be worth from a moment on; see `lifetime.learning`."""
        horizon = Horizon()
        return self.table("lifetimes", at, lambda: lifetime.learn(self.analytics, at, horizon), horizon)

    def interests(self, at: datetime) -> pa.Table:
        """Return what everybody cares for as of a moment; see `interests.learning`."""

        def learn() -> pa.Table:
            from offersmith.profiles.interests import learning as interests  # noqa: PLC0415 - start-up path

            return interests.learn(self.analytics, at, seed=self.settings.learn.seed)

        return self.table("interests", at, learn, "interests")

    def clusters(self, at: datetime) -> KMeansSegments:
        """Return the segments found among the customers as of a moment: the kept ones, else found now and kept.

        Raises:
            InputError: nobody has bought before the moment.
        """
        from offersmith.profiles.apart import apart  # noqa: PLC0415 - start-up path
        from offersmith.profiles.clusters import kept, kmeans  # noqa: PLC0415 - start-up path
        from offersmith.profiles.odd import keep  # noqa: PLC0415 - start-up path

        file = self.place.part("clusters") / f"{at:%Y%m%dT%H%M%S.%f}-{self._key('clusters', SEGMENTS_SEED)}.json"
        with suppress(OSError, ValueError, InputError):
            return kept.read(json.loads(file.read_text(encoding="utf-8")))
        profiles, _ = self.profiles(at)
        like = keep(profiles, apart(self.analytics, at))
        found = kmeans.fit(profiles.filter(pa.array(like)), seed=SEGMENTS_SEED)
        replace(file, json.dumps(kept.plain(found)).encode())
        return found

    def table(self, name: str, at: datetime, make: Callable[[], pa.Table], *parts: object) -> pa.Table:
        """Return a table of a moment: the kept one, else made now and kept.

        Args:
            name: of the folder that keeps it.
            at: the moment.
            make: works it out.
            parts: what it depends on besides our code, the events and who may be addressed.
        """
        file = self.place.part(name) / f"{at:%Y%m%dT%H%M%S.%f}-{self._key(*parts)}.parquet"
        with suppress(OSError, pa.ArrowException):
            return pq.read_table(file)
        table = make()
        replace(file, parquet(table))
        return table

    def given(self, at: datetime, days: int, instead_of: str = "") -> tuple[pa.Table, dict[str, str]]:
        """Return the offers that customers were given in so many days before a moment, and the channels of offers.

        The offers are as `store.contacts.CONTACTS`, the channels those of all plans there are. `instead_of` is the
        version of a plan that is made once more: what it gave does not count against it.
        """
        with bootstrap.open_ledger(self.place, self.settings) as ledger:
            plans = sorted(ledger.plans(), key=lambda row: row.as_of)
            given = contacts(self.analytics, ledger, at - timedelta(days=days), at, instead_of)
        tables = [one for row in plans for one in row.summary.get("catalogue", ())]
        return given, {one["offer_id"]: one["channel"] for one in tables if one.get("channel")}

    def register(self) -> pa.Table | None:
        """Return everybody the shop may address, with what its files say of them; None where it told nobody."""
        return pq.read_table(self.place.register) if self.place.register.exists() else None

    def model(self, at: datetime, economics: Economics, progress: Progress) -> FittedResponse:
        """Return the response model of everything that happened before a moment."""
        kept = self.learned(at, economics)
        if kept is not None:
            return kept
        settings, shelf = self.settings, bootstrap.artifacts(self.place)
        fitted = learning.learn(
            self.analytics,
            at,
            profile=lambda moment: self.profiles(moment)[0],
            offers=self.offers(),
            economics=economics,
            settings=settings.learn,
            priors=settings.priors,
            progress=progress,
        )
        files, manifest = fitted.save()
        of = {"as_of": at.isoformat(), "margin_rate": economics.margin_rate, "under": self._under(economics)}
        shelf.save(MODEL, self._model_key(at, economics), files, {"model": fitted.name, "fitted": manifest, **of})
        return fitted

    def beside(self, at: datetime) -> Beside:
        """Return what stands beside the model of a moment: what it could not learn from, and the log of decisions.

        Raises:
            InputError: a chance on record is not above 0 and at most 1.
        """
        days = self.settings.learn.horizon_days
        return Beside(days, waiting(self.analytics, at, days), state(self.settings, self.place.decided))

    def learned(self, at: datetime, economics: Economics) -> FittedResponse | None:
        """Return the response model of a moment if it is kept and whole; None where it is still to be learned."""
        shelf, key = bootstrap.artifacts(self.place), self._model_key(at, economics)
        if key in shelf.versions(MODEL):
            with suppress(StorageError):
                files, manifest = shelf.load(MODEL, key)
                return MODELS[manifest["model"]].load(files, manifest["fitted"])
        return None

    def shown(self, as_of: datetime | None, economics: Economics) -> KeptModel | None:
        """Return the model a page without a plan shows: that of the moment asked for, and of no other.

        Where no moment is asked for, it is the usual one's, else the one learned last, as of whatever moment and with
        whatever margin; None where it was learned under other settings or from other events.
        """
        at = self.moment(as_of)
        found = self.learned(at, economics)
        if found is not None or as_of is not None:
            return None if found is None else KeptModel(at, economics.margin_rate, found)
        with suppress(StorageError, StateError):
            files, manifest = bootstrap.artifacts(self.place).load(MODEL)
            if manifest.get("under") == self._under(economics):
                fitted = MODELS[manifest["model"]].load(files, manifest["fitted"])
                return KeptModel(datetime.fromisoformat(manifest["as_of"]), manifest["margin_rate"], fitted)
        return None

    def _under(self, economics: Economics) -> str:
        """Name all that a model depends on besides its moment and its margin."""
        asked = (economics.currency, economics.cost_share, self.settings.learn, self.settings.priors)
        return self._key(self.offers(), asked, FEATURES, self.decided)

    def _model_key(self, at: datetime, economics: Economics) -> str:
        settings = self.settings
        return self._key(at, self.offers(), economics, settings.learn, settings.priors, FEATURES, self.decided)

    def _key(self, *parts: object) -> str:
        """Name what a result depends on: our code, the events, who may be addressed, and `parts`."""
        register = self.place.register
        listed = hashlib.sha256(register.read_bytes()).hexdigest() if register.exists() else ""
        depends = (bootstrap.code_digest(), [file.name for file in self.events], listed, parts)
        return hashlib.sha256(repr(depends).encode()).hexdigest()[:16]


def sent(plans: Sequence[PlanRow], settings: Settings) -> tuple[Offer, ...]:
    """Return the offers of plans that are not in the settings, nor stood for one; of one in several plans, the last."""
    own, currency, stood = {one.id for one in settings.offers}, settings.shop.currency, stood_for(settings)
    tables: dict[str, Mapping[str, Any]] = {}
    for row in sorted(plans, key=lambda row: row.as_of):
        names = stood(row)
        given = row.summary.get("catalogue", ())
        tables |= {one["offer_id"]: one for one in given if one["offer_id"] not in names}
    return tuple(_sent(one, currency) for name, one in sorted(tables.items()) if name not in own)


def stood_for(settings: Settings) -> Callable[[PlanRow], dict[str, str]]:
    """Return what says which offers of a plan's playbooks stood for which of the shop's own (`use`).

    On the terms that its own has today: where the shop has changed its offer since, what was sent is another offer, and
    keeps its own name.
    """
    currency = settings.shop.currency
    own = {one.offer_id: one for one in catalogue(settings.offers, currency)}

    def of(plan: PlanRow) -> dict[str, str]:
        given = {one["offer_id"]: one for one in plan.summary.get("catalogue", ())}
        asked: Mapping[str, Any] = plan.summary.get("request") or {}
        uses = {
            offer_id(book["name"], one["id"]): one["use"]
            for book in asked.get("playbooks", ())
            for one in book["offers"]
            if one.get("use") in own
        }
        return {
            name: use for name, use in uses.items() if name in given and alike(_sent(given[name], currency), own[use])
        }

    return of


def _sent(table: Mapping[str, Any], currency: str) -> Offer:
    terms = {name: table[name] for name in ("kind", "name", "version", "terms")}
    return offer(OfferSettings(id=table["offer_id"], channel=table.get("channel", ""), **terms), currency)
