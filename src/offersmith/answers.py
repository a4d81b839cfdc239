"""What each verb answers: a small frozen value that prints for a person and becomes plain values for `--json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from offersmith.events.found import Found
from offersmith.money import Money
from offersmith.profiles import FEATURES, label
from offersmith.profiles.build import profile
from offersmith.profiles.segments import segment
from offersmith.response import unrecorded
from offersmith.response.base import FittedResponse
from offersmith.response.told import Beside, beside, effects
from offersmith.words import Language, catalogue, say

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


def _reason(code: str, language: Language) -> str:
    """Return a reason code of a judging in words; "" of none."""
    room = next((room for room in REASONS if code in catalogue(room)), "")
    return say(f"{room}.{code}", language) if room else code.replace("_", " ")
