"""Looking at a shop's files and proposing how to read them: a commented `offersmith.toml` that works unedited.

Columns are recognised by name and else by their values (`recognise`), everything else from a sample of the first rows:
the format of times, what marks a refund, names of events, lines that are services and no products, and where the shop
may be. What cannot be told is left to be filled in, with the file's columns beside it: there is always a proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.events import amounts, clock
from offersmith.events.base import REFUSED, Source
from offersmith.events.found import Found
from offersmith.events.mapping import text
from offersmith.events.places import Place, guess_place
from offersmith.events.proposal_text import FILL_IN, Block, write
from offersmith.events.recognise import (
    amount_by_values,
    bare,
    customer_by_values,
    event_of,
    is_money,
    recognise,
    time_by_values,
)
from offersmith.events.sources.files import by_ending, find
from offersmith.events.synonyms import NOT_WANTED
from offersmith.settings import SourceSettings
from offersmith.vocabulary import EVENT_NAMES, EVENTS

SAMPLE = 50_000
"""Rows looked at, from the first file of each kind."""

NEEDED = ("time", "customer_id", "amount")
"""Without these of our columns there is little to plan from; the proposal says so. A file that names its events may
hold none that cost anything."""

# Lines on a receipt that are no goods, as British and American shops code them.
_SERVICES = frozenset(
    {"post", "postage", "dot", "m", "manual", "c2", "carriage", "d", "discount", "s", "samples", "bankcharges",
     "amazonfee", "cruk", "b", "adjust", "adjust2", "test001", "test002", "shipping", "delivery", "fee", "giftcard",
     "giftvoucher", "tip", "versand", "versandkosten", "porto", "trinkgeld", "gutschein", "pfand", "fraisdeport",
     "livraison", "envio", "gastosdeenvio", "运费", "邮费", "补差价"}
)  # fmt: skip
_RETAIL_SERVICES = (
    "POST", "DOT", "M", "m", "C2", "C3", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "ADJUST", "ADJUST2",
    "TEST001", "TEST002", "gift_0001_10", "gift_0001_20", "gift_0001_30", "gift_0001_40", "gift_0001_50",
    "gift_0001_60", "gift_0001_70", "gift_0001_80", "gift_0001_90",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """Proposed settings: the text of `offersmith.toml`, and what it rests on."""

    toml: str
    findings: tuple[Found, ...] = ()

    def __str__(self) -> str:
        return self.toml

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json`."""
        found = [{"code": finding.code, **finding.values, "text": str(finding)} for finding in self.findings]
        return {"toml": self.toml, "findings": found}


def propose(files: Sequence[Path], *, name: str, folder: Path | None = None) -> Proposal:
    """Look at files (or folders of files) and propose the settings of a workspace.

    Args:
        files: CSV and Parquet files, folders, or patterns; files with the same columns share one `[[events]]`.
        name: what the shop is called.
        folder: the workspace to be; files below it are named relative to it, others by their absolute path.

    Raises:
        InputError: a file cannot be read or has no rows, or a folder has no files.
    """
    groups: dict[tuple[str, ...], list[Path]] = {}
    for path in find([str(file.expanduser().absolute()) for file in files], Path()):
        groups.setdefault(tuple(_sample(path).schema.names), []).append(path)
    blocks: list[Block] = []
    findings: list[Found] = []
    place: Place | None = None
    for paths in groups.values():
        sample = _sample(paths[0])
        block, found = look(sample, [_shown(path, folder) for path in paths])
        blocks.append(block)
        findings.extend(found)
        place = place or guess_place(sample)
    if place is not None:
        findings.append(Found("place", {"currency": place.currency, "timezone": place.timezone, "why": place.why}))
    return Proposal(write(name, blocks, findings, place), tuple(findings))


def look(sample: pa.Table, files: Sequence[str]) -> tuple[Block, list[Found]]:
    """Propose how to read files of which `sample` is the beginning; what is not found is left to be filled in."""
    names = sample.schema.names
    if {"event", "time", "utc_offset", "amount"} <= set(names):
        columns = {column: column for column in EVENTS.names if column in names}
        return Block(SourceSettings(kind="ours", files=tuple(files), columns=columns)), [Found("ours")]
    columns, amount_is, off = _recognised(sample)
    guessed = {**off, **_guess(sample, {**columns, **off})}
    findings = [Found("columns", {"file": files[0], "columns": len({*columns, *guessed})})]
    findings += [Found("guessed", {"file": files[0], "ours": ours, "theirs": name}) for ours, name in guessed.items()]
    columns |= guessed
    lacking = [ours for ours in NEEDED if ours not in columns and not (ours == "amount" and "event" in columns)]
    findings += [Found(f"no_{ours}", {"file": files[0]}) for ours in lacking]
    raw = {ours: _column(sample, theirs) for ours, theirs in columns.items()}
    written = clock.how_written(raw["time"]) if "time" in raw else clock.Written()
    if written.doubtful:
        findings.append(Found("month_first", {"format": written.format}))
    unread = written.example if written.unread > clock.FEW * written.known else ""
    if unread:
        values = {"rows": written.unread, "known": written.known, "theirs": columns["time"], "example": unread[:40]}
        findings.append(Found("unread", {"file": files[0], **values}))
    event_names = _event_names(raw.get("event"))
    refund_when, services = _refund_marks(raw, event_names), _services(raw.get("product_id"), names)
    findings += _told(event_names, refund_when, services, columns)
    settings = SourceSettings(
        files=tuple(files),
        columns={ours: columns.get(ours) or FILL_IN[ours] for ours in EVENTS.names if ours in {*columns, *FILL_IN}},
        names=event_names,
        refund_when=refund_when,
        amount_is="unit" if amount_is == "unit" else "line",
        time_format=written.format,
        drop_products=services,
    )
    seen = _seen(sample) if lacking or guessed or unread else ()
    return Block(settings, frozenset(guessed), unread[:40], seen), findings


def _recognised(sample: pa.Table) -> tuple[dict[str, str], str, dict[str, str]]:
    """Return what names say, what the amount is, and what a column of money that is named like an offer took off."""
    names, money = sample.schema.names, list[str]()
    columns, amount_is = recognise(names)
    while "offer_id" in columns and is_money(_column(sample, columns["offer_id"])):
        money.append(columns["offer_id"])
        columns, amount_is = recognise([name for name in names if name not in money])
    sums = [name for name in money if not bare(name).endswith(("id", "code", "upc"))]
    return columns, amount_is, {"coupon_discount": sums[0]} if sums and "coupon_discount" not in columns else {}


def _guess(sample: pa.Table, columns: Mapping[str, str]) -> dict[str, str]:
    """Return our column -> theirs for what only the values tell; a name whose values deny it is overruled."""
    free = {name: _column(sample, name) for name in sample.schema.names
            if name not in columns.values() and sample.schema.names.count(name) == 1}  # fmt: skip
    guessed: dict[str, str] = {}
    named = columns.get("time")
    if named is None or _no_time(_column(sample, named)):
        other = time_by_values(free)
        if other is not None:
            guessed["time"] = other
            free.pop(other)
    if "customer_id" not in columns and (email := customer_by_values(free)) is not None:
        guessed["customer_id"] = email
    if "amount" not in columns and (amount := amount_by_values(free)) is not None:
        guessed["amount"] = amount
    return guessed


def _no_time(column: pa.Array) -> bool:
    written = clock.how_written(column.slice(0, SAMPLE // 10))
    return written.unread > 0.5 * written.known


def _told(
    event_names: Mapping[str, str], refund_when: Sequence[str], services: Sequence[str], columns: Mapping[str, str]
) -> list[Found]:
    findings = [Found("names", {"names": len(event_names)})] if event_names else []
    if refund_when:
        findings.append(Found("refunds", {"mark": refund_when[0]}))
    if services:
        findings.append(Found("services", {"products": ", ".join(services[:8])}))
    if "email" in bare(columns.get("customer_id", "")):
        findings.append(Found("email", {"column": columns["customer_id"]}))
    return findings


def _seen(sample: pa.Table) -> tuple[tuple[str, str], ...]:
    """Return every column with its first value, cut short; addresses of people have no place in a settings file."""
    first = [next((str(value) for value in column.slice(0, 100).to_pylist() if value not in (None, "")), "")
             for column in sample.columns]  # fmt: skip
    shown = ["" if "@" in value else value[:40] for value in first]
    return tuple(zip(sample.schema.names, shown, strict=True))


def _sample(path: Path) -> pa.Table:
    batches: list[pa.RecordBatch] = []
    for batch in _source(path).batches():
        if REFUSED not in (batch.schema.metadata or {}):
            batches.append(batch)
        if sum(part.num_rows for part in batches) >= SAMPLE:
            break
    if not batches:
        raise InputError(f"{path} has no row that fits its header", path=str(path))
    return pa.Table.from_batches(batches).slice(0, SAMPLE)


def _source(path: Path) -> Source:
    return by_ending(SourceSettings(files=(str(path),)), Path())[0]


def _shown(path: Path, folder: Path | None) -> str:
    where = folder.absolute() if folder is not None else None
    return path.relative_to(where).as_posix() if where is not None and path.is_relative_to(where) else str(path)


def _column(sample: pa.Table, name: str) -> pa.Array:
    column = sample.column(sample.schema.names.index(name)).combine_chunks()
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _event_names(column: pa.Array | None) -> dict[str, str]:
    """Return their name -> ours for the names that are not ours already; unwanted ones map to nothing."""
    if column is None:
        return {}
    theirs = sorted(name for name in pc.unique(text(column, "event")).to_pylist() if name)
    known = {name: "" if name in NOT_WANTED else event_of(name) for name in theirs if name not in EVENT_NAMES}
    return {name: ours for name, ours in known.items() if ours is not None}


def _refund_marks(raw: Mapping[str, pa.Array], event_names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what marks a refund: a letter before the order id that only negative lines have, or the sign itself."""
    if "refund" in event_names.values() or "quantity" not in raw:
        return ()
    negative = pc.fill_null(pc.less(amounts.pieces(raw["quantity"])[0].cast(pa.float64()), 0), False)
    if not pc.any(negative).as_py():
        return ()
    if "order_id" in raw:
        letter = pc.struct_field(
            pc.extract_regex(text(raw["order_id"], "order_id"), r"^(?P<letter>[A-Za-z])\d"), "letter"
        )
        below = Counter(found for found in letter.filter(negative).to_pylist() if found)
        above = set(letter.filter(pc.invert(negative)).to_pylist())
        prefix = next((found for found, _ in below.most_common() if found not in above), None)
        if prefix is not None:
            return (f"order_id:{prefix}",)
    return ("negative_quantity",)


def _services(column: pa.Array | None, names: Sequence[str]) -> tuple[str, ...]:
    if column is None:
        return ()
    if {"stockcode", "invoicedate"} <= {bare(name) for name in names}:
        return _RETAIL_SERVICES
    products = pc.unique(text(column, "product_id")).to_pylist()
    return tuple(sorted(name for name in products if name and bare(name) in _SERVICES))
