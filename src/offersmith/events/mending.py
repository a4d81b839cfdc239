"""Missing numbers filled in while a source is read, where the settings ask for it (`[repair]`).

Only what is not there is filled in, and quantities of 0: what cannot be read or has the wrong sign is refused as ever,
for it says that something else is wrong. Ids are made of what the source said, so that repairing changes none; what
it said and what stands there now lie side by side in the store's folder `repaired`, and reading the source without
`[repair]` gives every event as it was. A guess may lean on later rows of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.events.filled import Filled
from offersmith.events.mapping import Mapped
from offersmith.events.repair import Mended, Rule, repair
from offersmith.events.validate import Verdict
from offersmith.settings import LEAVE, RepairSettings
from offersmith.store.landing import MENDED, Stage

SEED = 7
"""Of which known values are hidden to see how far off a way is."""
MISSING = "missing_amount"
WAYS = {"auto": "", "median": "overall_median", "category_median": "category_median", "last_known": "last_known",
        "interpolate": "interpolation"}  # fmt: skip
"""What a person writes in `[repair]` -> code of `fills.WAYS`; `auto` takes the one that guesses best."""


@dataclass(frozen=True, slots=True)
class Mending:
    """What was done about the missing numbers of a source.

    Attributes:
        done: one receipt per column that something is missing in.
        refused: numbers of the rows that still have no amount.
    """

    done: tuple[Mended, ...] = ()
    refused: pa.Array | None = None


def asked(settings: RepairSettings) -> dict[str, str]:
    """Return column -> way, of the columns that are to be repaired; a quantity first, since an amount goes with it."""
    return {name: way for name in ("quantity", "amount") if (way := getattr(settings, name)) != LEAVE}


def reprieved(verdict: Verdict, mapped: Mapped, settings: RepairSettings) -> Verdict:
    """Return the verdict with sales let in whose only fault is an amount that will be filled in."""
    if "amount" not in asked(settings):
        return verdict
    sale = pc.equal(mapped.columns["event"], "purchase")
    mended = pc.fill_null(pc.and_(sale, pc.equal(verdict.reason, MISSING)), False)
    nothing = pa.scalar(None, pa.string())
    return replace(
        verdict,
        passed=pc.or_(verdict.passed, mended),
        reason=pc.if_else(mended, nothing, verdict.reason),
        column=pc.if_else(mended, nothing, verdict.column),
    )


def mend(stage: Stage, settings: RepairSettings, *, amounts: bool) -> Mending:
    """Fill in what the settings ask for, of all rows of a source that are staged.

    Args:
        stage: where they are; it is told what to put in place of what, and which rows stay away.
        settings: which columns, and how.
        amounts: whether the source has amounts at all; one without them lacks none.
    """
    ways = {name: way for name, way in asked(settings).items() if amounts or name != "amount"}
    if not ways:
        return Mending()
    rows = stage.rows(("event", "time", "product_id", "category", "quantity", "amount"), ("purchase", "refund"))
    table = rows.rename_columns(["event_id", *rows.column_names[1:]])
    counted = pc.any(pc.is_valid(table["quantity"])).as_py()
    rules = [_rule(name, WAYS[way], per="quantity" if counted else None) for name, way in ways.items()]
    found = repair(table, datetime.max, SEED, rules)  # noqa: DTZ901 - events are naive UTC
    mended = [_mended(name, changed) for name, changed in found.kept.items()]
    if mended:
        stage.mend(pa.concat_tables(mended))
    lacking = pc.and_(pc.equal(found.table["event"], "purchase"), pc.is_null(found.table["amount"]))
    refused = found.table["event_id"].filter(lacking).combine_chunks() if "amount" in ways else None
    if refused is not None:
        stage.leave_out(refused)
    return Mending(found.mended, refused)


def receipts(done: Sequence[Mended], kept: pa.Table, currency: str) -> tuple[Filled, ...]:
    """Return what the receipt says, of the rows that became events.

    Args:
        done: of `mend`.
        kept: `landing.REPAIRED` with the `row` of each in its source.
        currency: of amounts.
    """
    return tuple(_receipt(one, kept.filter(pc.equal(kept["column"], one.column)), currency) for one in done
                 if one.missing + one.impossible)  # fmt: skip


def in_sales(receipts: Iterable[Mapping[str, Any]]) -> Filled | None:
    """Return all amounts that were filled in, of receipts as the ledger keeps them; None where there are none."""
    found = [one for receipt in receipts for one in receipt.get("repaired", ()) if one["column"] == "amount"]
    rows, together = (sum(one[name] for one in found) for name in ("rows", "together"))
    return Filled("amount", rows, together=together, currency=found[0]["currency"]) if rows else None


def _receipt(one: Mended, kept: pa.Table, currency: str) -> Filled:
    counts = {entry["values"]: entry["counts"] for entry in kept["way"].value_counts().to_pylist()}
    first = kept.sort_by("row").slice(0, 1).to_pylist()
    shown: dict[str, Any] = first[0] if first else {"row": 0, "original": None, "filled": None}
    return Filled(
        column=one.column,
        rows=kept.num_rows,
        ways=dict(sorted(counts.items(), key=lambda item: -item[1])),
        together=pc.sum(kept["filled"]).as_py() or 0.0,
        error=one.errors.get(one.way),
        hidden=one.hidden,
        left=one.left,
        row=shown["row"],
        before=shown["original"],
        after=shown["filled"],
        currency=currency if one.column == "amount" else "",
    )


def _rule(column: str, way: str, per: str | None) -> Rule:
    if column == "quantity":
        return Rule(column, ("purchase", "refund"), above=0.0, way=way)
    return Rule(column, ("purchase",), above=-1.0, per=per, way=way)


def _mended(column: str, changed: pa.Table) -> pa.Table:
    found = {"row": changed["event_id"], "column": pa.array([column] * changed.num_rows, pa.string()),
             **{name: changed[name] for name in ("original", "filled", "way")}}  # fmt: skip
    return pa.table({name: found[name].cast(MENDED.field(name).type) for name in MENDED.names}, schema=MENDED)
