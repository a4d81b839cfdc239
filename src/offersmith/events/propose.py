"""Looking at a shop's files and proposing how to read them: a commented `offersmith.toml` that works unedited.

Columns are recognised by name (`recognise`), everything else from a sample of the first rows: the format of times,
what marks a refund, names of events, lines that are services and no products, and where the shop may be.
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
from offersmith.events.proposal_text import write
from offersmith.events.recognise import bare, event_of, recognise, suggestion
from offersmith.events.sources.files import by_ending, find
from offersmith.events.synonyms import NOT_WANTED
from offersmith.settings import SourceSettings
from offersmith.vocabulary import EVENT_NAMES, EVENTS

SAMPLE = 50_000
"""Rows looked at, from the first file of each kind."""

TIME_FORMATS = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y",
    "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%y %H:%M", "%m/%d/%y", "%d/%m/%y %H:%M", "%d/%m/%y",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M", "%Y年%m月%d日", "%b %d, %Y", "%d %b %Y %H:%M", "%d %b %Y", "%B %d, %Y %I:%M %p",
)  # fmt: skip
"""Tried in this order on times that are neither ISO 8601 nor epochs; where month and day can be told apart by no row
of the sample, the month is taken to come first, and the proposal says so."""

# Lines on a receipt that are no goods, as British and American shops code them.
_SERVICES = frozenset(
    {"post", "postage", "dot", "m", "manual", "c2", "carriage", "d", "discount", "s", "samples", "bankcharges",
     "amazonfee", "cruk", "b", "adjust", "adjust2", "test001", "test002", "shipping", "delivery", "fee", "giftcard",
     "giftvoucher", "tip", "运费", "邮费", "补差价"}
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
        InputError: a file cannot be read, or no column looks like a time.
    """
    groups: dict[tuple[str, ...], list[Path]] = {}
    for path in find([str(file.expanduser().absolute()) for file in files], Path()):
        groups.setdefault(tuple(_sample(path).schema.names), []).append(path)
    blocks, findings = [], []
    place: Place | None = None
    for paths in groups.values():
        sample = _sample(paths[0])
        settings, found = look(sample, [_shown(path, folder) for path in paths])
        blocks.append(settings)
        findings.extend(found)
        place = place or guess_place(sample)
    if place is not None:
        findings.append(Found("place", {"currency": place.currency, "timezone": place.timezone, "why": place.why}))
    return Proposal(write(name, blocks, findings, place), tuple(findings))


def look(sample: pa.Table, files: Sequence[str]) -> tuple[SourceSettings, list[Found]]:
    """Propose how to read files of which `sample` is the beginning.

    Raises:
        InputError: no column looks like a time.
    """
    names = sample.schema.names
    if {"event", "time", "utc_offset", "amount"} <= set(names):
        columns = {column: column for column in EVENTS.names if column in names}
        return SourceSettings(kind="ours", files=tuple(files), columns=columns), [Found("ours")]
    columns, amount_is = recognise(names)
    if "time" not in columns:
        raise InputError(
            f"{files[0]} has no column that looks like a time; found: {', '.join(names)}",
            hint=suggestion(names),
            found=names,
            missing=["time"],
        )
    findings = [Found("columns", {"file": files[0], "columns": len(columns)})]
    raw = {ours: _column(sample, theirs) for ours, theirs in columns.items()}
    format_, doubtful = _time_format(raw["time"])
    if doubtful:
        findings.append(Found("month_first", {"format": format_}))
    event_names = _event_names(raw.get("event"))
    if event_names:
        findings.append(Found("names", {"names": len(event_names)}))
    refund_when = _refund_marks(raw, event_names)
    if refund_when:
        findings.append(Found("refunds", {"mark": refund_when[0]}))
    services = _services(raw.get("product_id"), names)
    if services:
        findings.append(Found("services", {"products": ", ".join(services[:8])}))
    if "customer_id" in columns and "email" in bare(columns["customer_id"]):
        findings.append(Found("email", {"column": columns["customer_id"]}))
    settings = SourceSettings(
        files=tuple(files),
        columns={column: columns[column] for column in EVENTS.names if column in columns},
        names=event_names,
        refund_when=refund_when,
        amount_is="unit" if amount_is == "unit" else "line",
        time_format=format_,
        drop_products=services,
    )
    return settings, findings


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


def _time_format(column: pa.Array) -> tuple[str, bool]:
    """Return (strptime format or nothing, whether month and day might be the other way round)."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return "", False
    words = text(column, "time")
    known = max(1, len(words) - words.null_count)
    misses = {format_: _misses(words, format_) for format_ in ("", *TIME_FORMATS)}
    best = min(misses, key=lambda format_: misses[format_])
    if misses[""] <= known * 0.02 or misses[best] > known * 0.5:
        return "", False
    swapped = best.replace("%m", "%x").replace("%d", "%m").replace("%x", "%d")
    return best, misses.get(swapped) == misses[best] and swapped != best


def _misses(words: pa.Array, format_: str) -> int:
    return int(pc.sum(clock.read(words, clock.Clock(format=format_)).bad).as_py() or 0)


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
