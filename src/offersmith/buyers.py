"""The desk where it is foretold who buys within so many days: learned, judged, written as a page and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.kept import Kept
from offersmith.profiles.purchase import ENCODED, PAIRS, PREDICTORS
from offersmith.profiles.purchase.averaged import FittedAverage
from offersmith.profiles.purchase.base import FittedPredictor, Floats
from offersmith.profiles.purchase.encoded import FittedEncoded
from offersmith.profiles.purchase.judging import Competed, compete
from offersmith.profiles.purchase.learning import buyers, rows_before
from offersmith.profiles.purchase.shifted import FittedShifted
from offersmith.profiles.sequences import library
from offersmith.profiles.sequences import steps as sequences
from offersmith.progress import Progress, silent
from offersmith.report.buyers.facts import BuyersFacts, Tenth
from offersmith.report.buyers.page import encoders as said_of_encoders
from offersmith.report.buyers.page import headline, predictor, render_buyers
from offersmith.report.format import Reader
from offersmith.store.files import parquet, replace
from offersmith.words import Language, say

SEED = 7
"""Of all that is done by lot; the same shop gives the same chances."""
LONGEST = 366
"""Days that can be asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Buyers:
    """Who will likely buy, the page and the table that were written of it."""

    facts: BuyersFacts
    chances: pa.Table
    currency: str
    file: Path
    table: Path
    size: int

    def text(self, language: Language = "en") -> str:
        """Say how many will buy, which way of foretelling was taken, and where the files are."""
        reader = Reader(language, self.currency)
        lines = [headline(self.facts, reader)]
        if self.facts.taken:
            lines += [say("buyers.taken", language, name=predictor(self.facts.taken, reader))]
            lines += [said_of_encoders(self.facts, reader)]
        told = {"file": self.file, "table": self.table, "customers": reader.count(self.chances.num_rows)}
        return "\n".join([*lines, say("buyers.written", language, kilobytes=self.size // 1000, **told)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        facts = self.facts
        return {
            "as_of": facts.as_of.isoformat(),
            "days": facts.days,
            "customers": facts.customers,
            "expected": facts.expected,
            "taken": facts.taken,
            "encoders": facts.encoders,
            "gain": facts.gain,
            "shift": facts.shift,
            "scores": list(facts.scores),
            "file": str(self.file),
            "table": str(self.table),
        }

    def __str__(self) -> str:
        return self.text()


def foretell(
    kept: Kept, at: datetime, days: int, out: Path, *, encoders: bool = False, progress: Progress = silent
) -> Buyers:
    """Foretell who buys within so many days of a moment; write a page, and beside it a table of everybody's chance.

    Args:
        kept: the shelf of the shop.
        at: naive UTC.
        days: within how many.
        out: the page; the table has its name and ends in `.parquet`.
        encoders: whether networks that read sequences compete too.
        progress: told how far it is.

    Raises:
        InputError: the days are below 1 or above 366.
        MissingExtraError: encoders are asked for and the extra `deep` is not installed.
        OSError: a file cannot be written.
    """
    if not 1 <= days <= LONGEST:
        said = f"days is {days}; allowed: 1 to {LONGEST}"
        raise InputError(said, field="days", value=days, key="days_allowed", days=days, most=LONGEST)
    if encoders and not library.installed():
        raise library.missing()
    progress("buyers.stage_rows", 0, None)
    stretches = rows_before(kept.analytics, at, days, lambda moment: kept.profiles(moment)[0], steps=encoders)
    competing = {**PREDICTORS, **(ENCODED if encoders else {})}
    pairs = PAIRS if encoders else {}
    found = compete(stretches, competing, seed=SEED, pairs=pairs, dear=(*ENCODED, *PAIRS), progress=progress)
    profiles = buyers(kept.profiles(at)[0])
    steps = sequences.read(kept.analytics, at, profiles["customer_id"].combine_chunks()) if encoders else None
    chance = found.fitted.chance(profiles, steps) if found else np.zeros(0)
    facts = _facts(kept.settings.shop.name, at, days, profiles.num_rows, found, chance, encoders=encoders)
    table, html = _table(profiles, chance, found, steps), render_buyers(
        facts, kept.settings.shop.currency, kept.settings.shop.language
    ).encode()  # fmt: skip
    beside = out.with_suffix(".parquet")
    replace(out, html)
    replace(beside, parquet(table))
    return Buyers(facts, table, kept.settings.shop.currency, out, beside, len(html))


def _facts(
    shop: str, at: datetime, days: int, customers: int, found: Competed | None, chance: Floats, *, encoders: bool
) -> BuyersFacts:
    if found is None:
        return BuyersFacts(shop, at, days, customers, None, (), "", (), "not_asked")
    scores = tuple(one.as_dict() for one in found.scores)
    within = encoders and found.name not in PREDICTORS
    code = "taken" if within else "left_out" if encoders else "not_asked"
    plain = min((one for one in found.scores if one.name in PREDICTORS), key=lambda one: one.log_loss)
    gain = (plain.worse, plain.low, plain.high) if within else None
    parts = [part for part in np.array_split(np.sort(chance)[::-1], 10) if part.size]
    tenths = tuple(Tenth(part.size, float(part[-1]), float(part[0]), float(part.sum())) for part in parts)
    return BuyersFacts(
        shop, at, days, customers, float(chance.sum()), tenths, found.name, scores, code, gain, found.shift
    )


def _table(profiles: pa.Table, chance: Floats, found: Competed | None, steps: sequences.Steps | None) -> pa.Table:
    """Return customer_id and chance, the likeliest first; with the embedding where an encoder was taken."""
    if found is None:
        return pa.table({"customer_id": pa.array([], pa.string()), "chance": pa.array([], pa.float64())})
    columns = {"customer_id": profiles["customer_id"], "chance": pa.array(chance)}
    encoded = _encoder(found.fitted)
    if encoded is not None and steps is not None:
        vectors = encoded.served.embedding(steps)
        columns["embedding"] = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    return pa.table(columns).sort_by([("chance", "descending"), ("customer_id", "ascending")])


def _encoder(fitted: FittedPredictor) -> FittedEncoded | None:
    if isinstance(fitted, FittedShifted):
        return _encoder(fitted.fitted)
    if isinstance(fitted, FittedAverage):
        return _encoder(fitted.one) or _encoder(fitted.other)
    return fitted if isinstance(fitted, FittedEncoded) else None
