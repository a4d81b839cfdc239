"""The decisions that a shop made by lot: read as its files tell them, held against the events, and kept.

What a file says is believed or refused as a whole (`decision_file`). What it says must also be what happened: the
campaign is one of the events', and its offers were sent to those it names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace as replaced
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError, OffersmithError
from offersmith.events.base import Drawn, Receipt, Source
from offersmith.events.decision_file import read
from offersmith.events.decision_log import accept, doubted, drop, keep, kept, refuse
from offersmith.settings import Settings
from offersmith.store.analytics import Analytics
from offersmith.store.decided import MAX_UNLIKE
from offersmith.store.followed import sent_otherwise, unheard, unknown
from offersmith.vocabulary import NO_OFFER

NAMED = 10
"""Words that a refusal lists; the others are counted."""


def take(
    settings: Settings,
    folder: Path,
    file: Path,
    events: Callable[[], AbstractContextManager[Analytics]],
    sources: Sequence[Source],
) -> int:
    """Read the decisions that settings and sources tell, hold them against the events, and keep them as `file`.

    Args:
        settings: whose `[[decisions]]` are read, with those of sources that know how they drew.
        folder: the workspace; paths in the settings are relative to it.
        file: where they are kept; removed where nobody tells any.
        events: opens the engine over all events of the workspace.
        sources: where the events come from.

    Returns:
        How many there are.

    Raises:
        SettingsError: the settings map a column there is not.
        InputError: a file cannot be used as it is, or is not of what happened; what was kept before stays.
    """
    logs = [read(part, folder, settings.shop) for part in settings.decisions]
    logs += [log for source in sources if isinstance(source, Drawn) and (log := source.decided())]
    if not logs:
        drop(file)
        return 0
    log = _once(pa.concat_tables(logs))
    with events() as analytics:
        hold(log, analytics, [offer.id for offer in settings.offers])
    keep(file, log)
    accept(file)
    return int(log.num_rows)


def told(receipt: Receipt, file: Path) -> Receipt:
    """Return a receipt with the count of decisions kept as `file`, and the doubts about them."""
    return replaced(receipt, decided=kept(file), doubts=doubted(file))


@contextmanager
def after(receipt: Receipt, file: Path) -> Iterator[None]:
    """Note any complaint about decisions; add what became of the events read before, and which log still stands.

    Raises:
        OffersmithError: the complaint; its facts have the receipt, with the count of decisions kept as `file`.
    """
    try:
        yield
    except OffersmithError as fault:
        refuse(file, fault.message)
        there = kept(file)
        stands = f"the {there:,} decisions of an earlier log still stand" if there else "no decisions are kept"
        done = receipt.as_dict() | {"decisions": there}
        raise type(fault)(
            f"{fault.message}; the events were read and stay ({receipt.kept:,} new), {stands}",
            hint=fault.hint,
            **{**fault.facts, "receipt": done},
        ) from fault


def hold(log: pa.Table, analytics: Analytics, offers: Sequence[str]) -> None:
    """Hold decisions against what happened.

    Args:
        log: the decisions.
        analytics: over the events.
        offers: names of the offers the shop may give.

    Raises:
        InputError: no event knows a campaign, nobody knows when it was decided, others were sent its offers, or
            nobody knows an offer.
    """
    for campaign, rows, known in unknown(log, analytics):
        allowed = ", ".join(known) or "none yet"
        raise InputError(
            f"decisions: campaign_id {campaign!r} ({rows:,} rows) is in no event that shows or redeems an offer; "
            f"campaigns in the events: {allowed}",
            hint="name the campaign as the events do; without a column time somebody must have been shown its offers",
            field="campaign_id",
            value=campaign,
        )
    for campaign, shown, otherwise, example in sent_otherwise(log, analytics):
        raise InputError(
            f"decisions of campaign {campaign!r}: of {shown:,} customers who were shown an offer, {otherwise:,} were "
            f"shown another than offer_id says, such as {example!r}; allowed: {MAX_UNLIKE:.0%} of them",
            hint='if only the names differ: names = { "THEIRS" = "as in the events" }',
            field="offer_id",
            value=example,
        )
    words, heard = unheard(log, analytics, offers)
    if words:
        listed = _listed([f"{word!r} ({rows:,} of {log.num_rows:,} rows)" for word, rows in words.items()])
        value = next(iter(words))
        raise InputError(
            f"decisions: offer_id {listed} is not {NO_OFFER!r} (for no offer), nor one of [[offers]], nor in any "
            f"event; allowed: {_listed(heard)}",
            hint=f'if it is their word for one of those: names = {{ "{value}" = "{_nearest(value, heard)}" }}',
            field="offer_id",
            value=value,
            rows=words[value],
        )


def _nearest(word: str, known: Sequence[str]) -> str:
    """Return the known offer that is written most alike, else no offer: a pasted hint must not turn one into none."""
    return next(iter(get_close_matches(word, known, n=1)), NO_OFFER)


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED:,} more" if len(words) > NAMED else ""
    return ", ".join(words[:NAMED]) + more


def _once(log: pa.Table) -> pa.Table:
    """Return the decisions in their order, each once; refuse two different ones about one customer at one time."""
    log = log.sort_by([(name, "ascending") for name in ("campaign_id", "time", "customer_id", "offer_id")])
    same = np.ones(max(log.num_rows - 1, 0), dtype=np.bool_)
    for name in ("campaign_id", "customer_id", "time"):
        coded = log[name].combine_chunks().dictionary_encode(null_encoding="encode").indices.to_numpy()
        same &= coded[1:] == coded[:-1]
    again = np.flatnonzero(same)
    offers, chances = log["offer_id"].combine_chunks(), log["probability"].to_numpy()
    differ = pc.not_equal(offers.take(again), offers.take(again + 1)).to_numpy(zero_copy_only=False)
    differ |= chances[again] != chances[again + 1]
    if differ.any():
        first = log.slice(int(again[differ][0]), 2).to_pylist()
        raise InputError(
            f"decisions: customer_id {first[0]['customer_id']!r} has two decisions of campaign "
            f"{first[0]['campaign_id']!r} at one time, {first[0]['offer_id']!r} and {first[1]['offer_id']!r}, and so "
            f"have {int(differ.sum()):,} in all; allowed: one, or a column time that tells them apart",
            field="customer_id",
            value=first[0]["customer_id"],
        )
    return log.take(pa.array(np.setdiff1d(np.arange(log.num_rows), again + 1)))
