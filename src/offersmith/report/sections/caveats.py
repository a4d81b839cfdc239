"""What these numbers cannot say, in plain words, where nobody can miss it."""

from __future__ import annotations

from collections.abc import Mapping

from offersmith.report.base import Note, Section
from offersmith.report.format import Reader
from offersmith.report.inputs import CaveatCode, Level, ReportFacts

SECTION = "caveats"
LEVELS: Mapping[CaveatCode, Level] = {
    "not_randomised": "serious",
    "partly_randomised": "serious",
    "placebo_failed": "serious",
    "prior_leans": "serious",
    "costs_guessed": "serious",
    "log_doubted": "serious",
    "cost_paid_by_others": "warning",
    "margin_stated": "warning",
    "face_values_unknown": "warning",
    "cold_start": "serious",
    "one_shop": "info",
    "redeemers_only_recipients": "info",
    "explored": "info",
    "anonymous_sales": "info",
    "short_history": "warning",
}


def gravest(facts: ReportFacts, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Return what must be read before the numbers are: one short line for each serious caveat, and where it is told."""
    codes = (code for code in dict.fromkeys(facts.caveats) if LEVELS[code] == "serious")
    return tuple((reader.say(f"caveat_{code}_short"), SECTION) for code in codes)


def section(facts: ReportFacts, reader: Reader) -> Section | None:
    """Return the section, or None without caveats."""
    codes = tuple(dict.fromkeys(facts.caveats))
    if not codes:
        return None
    name = "caveats_lead_one" if len(codes) == 1 else "caveats_lead"
    lead = reader.say(name, count=reader.count(len(codes)))
    notes = tuple(_note(code, facts, reader) for code in codes)
    return Section(SECTION, reader.say("caveats_title"), lead, notes)


def _note(code: CaveatCode, facts: ReportFacts, reader: Reader) -> Note:
    text = reader.say(f"caveat_{code}", margin=reader.percent(facts.margin_rate, 0))
    text = reader.sentences([text, *map(reader.of, facts.told.get(code, ()))])
    if code == "cold_start" and facts.priors is not None:
        priors = reader.say(
            "caveat_priors",
            lift=reader.percent(facts.priors.lift_per_point),
            spread=reader.percent(facts.priors.lift_sd),
            redemption=reader.percent(facts.priors.redemption, 0),
        )
        text = reader.sentences([text, priors])
    return Note(text, LEVELS[code], reader.say(f"caveat_{code}_title"), width="half")
