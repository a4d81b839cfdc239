"""A file of decisions made by lot: a row for each customer of each campaign, with the chance of what was chosen.

A row that is wrong is not set aside as one of events would be: what is left would be the decisions about those whose
rows were right, and that is no lot. So a file is believed or refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError, SettingsError
from offersmith.events import clock
from offersmith.events.base import REFUSED, Source
from offersmith.events.mapping import text
from offersmith.events.sources.csv import CsvSource
from offersmith.events.sources.files import by_ending
from offersmith.settings import DecisionSettings, ShopSettings, SourceSettings
from offersmith.store.decided import CHANCES, DECIDED, chances_of

OURS = ("campaign_id", "customer_id", "offer_id", "probability", "time")
TOLERANCE = 1e-6
CHANCE = "above 0 and at most 1"
ANY_CHANCE = "from 0 to 1"
WHOLE = "1 in every row, that of none included, each from 0 to 1"
_WORDS = {
    "campaign_id": "the campaign as the events name it",
    "customer_id": "the customer as the events name them",
    "offer_id": "the offer, or none for no offer",
}
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"

Marks = NDArray[np.bool_]
Floats = NDArray[np.float64]


def read(part: DecisionSettings, folder: Path, shop: ShopSettings) -> pa.Table:
    """Return the decisions of one `[[decisions]]` as `store.decided.DECIDED`.

    Raises:
        SettingsError: a column is mapped that there is not.
        InputError: naming the file, the field, the value and what is allowed, with counts.
    """
    wrong = sorted(set(part.columns) - set(OURS))
    if wrong:
        raise SettingsError(f"[[decisions]] columns has {', '.join(wrong)}; allowed: {', '.join(OURS)}")
    sources = by_ending(SourceSettings(files=part.files), folder, "[[decisions]]")
    return pa.concat_tables([_one(source, part, shop) for source in sources])


def _one(source: Source, part: DecisionSettings, shop: ShopSettings) -> pa.Table:
    batches = []
    for batch in source.batches():
        if REFUSED in (batch.schema.metadata or {}):
            rows = "; ".join(_place(source, row - 1) for row in batch.column("row").to_pylist()[:3])
            raise InputError(f"{source.name}: rows cannot be read (such as {rows}): a log of decisions must be whole")
        batches.append(batch)
    raw = pa.Table.from_batches(batches)
    where = _located(source.name, raw, part)
    file = _File(source.name, raw, where, partial(_place, source))
    offer = _renamed(file.words("offer_id"), part.names)
    if part.campaign and "campaign_id" not in where:
        campaign = pa.repeat(pa.scalar(part.campaign), raw.num_rows)
    else:
        campaign = file.words("campaign_id")
    chances = _chances(file, part, raw)
    if chances is not None:
        _must_name(file, chances, offer)
    own = file.numbers("probability") if "probability" in where else _looked_up(chances, offer)
    file.refuse("probability", ~((own > 0) & (own <= 1 + TOLERANCE)), own, CHANCE)
    if chances is not None:
        _agree(file, chances, own, offer)
    columns = {
        "campaign_id": campaign,
        "customer_id": file.words("customer_id"),
        "offer_id": offer,
        "probability": pa.array(np.minimum(own, 1.0)),
        "time": _times(file, part, shop),
        "chances": pa.nulls(raw.num_rows, CHANCES) if chances is None else chances,
    }
    return pa.table(columns).cast(DECIDED)


def _place(source: Source, row: int) -> str:
    """Return where a row stands, 0 below the header, as a person finds it."""
    return source.place(row) if isinstance(source, CsvSource) else f"row {row + 1:,}"


def _located(name: str, raw: pa.Table, part: DecisionSettings) -> dict[str, str]:
    """Return our column -> theirs for the columns the file has."""
    where = {ours: ours for ours in OURS if ours in raw.column_names} | dict(part.columns)
    needed = [ours for ours in OURS[:3] if ours not in where and not (part.campaign and ours == "campaign_id")]
    if "probability" not in where and not part.chances and "chances" not in raw.column_names:
        needed.append("probability")
    missing = sorted({*needed, *(set(where.values()) | set(part.chances.values())) - set(raw.column_names)})
    if missing:
        found = ", ".join(raw.column_names)
        raise InputError(
            f"{name} lacks the column(s) {', '.join(missing)}; found: {found}",
            hint='say which they are in [[decisions]]: columns = { customer_id = "THEIRS" }, or chances',
            found=raw.column_names,
            missing=missing,
        )
    used = {*where.values(), *part.chances.values(), *({"chances"} - set(part.chances.values()))}
    twice = [theirs for theirs in sorted(used) if raw.column_names.count(theirs) > 1]
    if twice:
        raise InputError(
            f"{name} has the column(s) {', '.join(twice)} more than once; allowed: once each",
            hint="export it again with a name of its own for each column",
            found=raw.column_names,
        )
    return where


@dataclass(frozen=True, slots=True)
class _File:
    """One file of decisions: its columns by our names; for complaints, its name, and where one of its rows stands."""

    name: str
    raw: pa.Table
    where: Mapping[str, str]
    place: Callable[[int], str]

    def column(self, field: str, theirs: str = "") -> pa.Array:
        """Return a column as it is written."""
        column = self.raw[theirs or self.where[field]].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_nested(column.type) or _is_bytes(column.type):
            raise InputError(f"{self.name}: {field} holds {column.type}; allowed: plain values", field=field)
        return column

    @contextmanager
    def reading(self, field: str, kind: pa.DataType) -> Iterator[None]:
        """Complain by name of a field whose values cannot be turned into what they must be."""
        try:
            yield
        except pa.ArrowException as fault:
            reason = str(fault).strip().splitlines()[0]
            raise InputError(f"{self.name}: {field} ({kind}) cannot be read: {reason}", field=field) from fault

    def words(self, field: str) -> pa.Array:
        """Return a column as text that is never missing."""
        column = self.column(field)
        with self.reading(field, column.type):
            words = text(column, field)
        self.refuse(field, words.is_null().to_numpy(zero_copy_only=False), column, _WORDS[field])
        return words

    def numbers(self, field: str, theirs: str = "", allowed: str = CHANCE) -> Floats:
        """Return a column of numbers; NaN where there is none."""
        values = self.column(field, theirs)
        if _is_text(values.type):
            words = pc.utf8_trim_whitespace(values)
            number = pc.fill_null(pc.match_substring_regex(words, _NUMBER), False)
            self.refuse(field, ~number.to_numpy(zero_copy_only=False), values, allowed)
            values = words
        elif not _is_number(values.type):
            raise InputError(f"{self.name}: {field} holds {values.type}; allowed: numbers {allowed}", field=field)
        with self.reading(field, values.type):
            values = values.cast(pa.float64())
        return np.asarray(pc.fill_null(values, np.nan).to_numpy(zero_copy_only=False))

    def refuse(self, field: str, wrong: Marks, values: Any, allowed: str) -> None:
        """Complain of rows that are wrong in a field, if there are any."""
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return
        value = _plain(values[int(rows[0])])
        said = "missing" if value is None or value == "" else repr(value)
        raise InputError(
            f"{self.name}: {field} is {said} in {len(rows):,} of {len(wrong):,} rows, first in "
            f"{self.place(int(rows[0]))}; allowed: {allowed}",
            field=field,
            value=value,
            rows=len(rows),
        )


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_number(kind: pa.DataType) -> bool:
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return bool(plain or pa.types.is_null(kind))  # nothing at all is missing, not of a wrong kind


def _plain(value: Any) -> Any:
    """Return a value as one of Python's that JSON knows too; moments as text, for Python's hold no nanoseconds."""
    if isinstance(value, pa.Scalar):
        value = value.cast(pa.string()).as_py() if pa.types.is_temporal(value.type) else value.as_py()
    return float(value) if isinstance(value, np.floating | Decimal) else value


def _renamed(offer: pa.Array, names: Mapping[str, str]) -> pa.Array:
    coded = offer.dictionary_encode()
    return pa.array([names.get(name, name) for name in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)


def _chances(file: _File, part: DecisionSettings, raw: pa.Table) -> pa.Array | None:
    """Return the chances of all offers where the file has them: a column of each, or a map of a plan's own file."""
    if part.chances:
        columns = part.chances.items()
        values = np.column_stack([file.numbers(f"chances.{offer}", theirs, ANY_CHANCE) for offer, theirs in columns])
        for number, offer in enumerate(part.chances):
            own = values[:, number]
            file.refuse(f"chances.{offer}", ~((own >= 0) & (own <= 1 + TOLERANCE)), own, ANY_CHANCE)
        total = values.sum(axis=1)
        file.refuse("the sum of chances", np.abs(total - 1) > TOLERANCE, total, WHOLE)
        return chances_of(list(part.chances), np.clip(values, 0.0, 1.0))
    if "chances" not in raw.column_names:
        return None
    return _mapped(file, part, raw["chances"].combine_chunks())


def _mapped(file: _File, part: DecisionSettings, maps: pa.Array) -> pa.Array:
    """Return maps of chances with our names of offers, each named once and whole."""
    kind = maps.type
    if not pa.types.is_map(kind) or maps.null_count or not (_is_number(kind.item_type) or _is_text(kind.item_type)):
        raise InputError(
            f"{file.name}: chances holds {kind}, {maps.null_count:,} missing; allowed: a map of chances by offer",
            hint='a file with a column of each names them in [[decisions]]: chances = { none = "COLUMN" }',
            field="chances",
        )
    with file.reading("chances", kind):
        maps = maps.cast(CHANCES)
    ends = np.asarray(maps.offsets)
    keys = _renamed(maps.keys[ends[0] : ends[-1]], part.names)
    items = maps.items[ends[0] : ends[-1]]
    row = np.repeat(np.arange(len(maps)), np.diff(ends))
    _once_each(file, keys, row, len(maps))
    values = np.asarray(items)
    bad = np.bincount(row, ~((values >= 0) & (values <= 1 + TOLERANCE)), len(maps)) > 0
    total = np.bincount(row, values, len(maps))
    file.refuse("the sum of chances", bad | ~(np.abs(total - 1) <= TOLERANCE), total, WHOLE)
    return pa.MapArray.from_arrays(pa.array(ends - ends[0], pa.int32()), keys, items)


def _once_each(file: _File, keys: pa.Array, row: NDArray[np.int64], rows: int) -> None:
    """Complain of rows whose chances name an offer more than once, by our names."""
    coded = keys.dictionary_encode()
    pairs = row * max(len(coded.dictionary), 1) + np.asarray(coded.indices)
    found, first = np.unique(pairs, return_index=True)
    if len(found) == len(pairs):
        return
    again = np.delete(np.arange(len(pairs)), first)
    wrong = np.unique(row[again])
    value = keys[int(again[0])].as_py()
    raise InputError(
        f"{file.name}: chances name offer {value!r} more than once in {len(wrong):,} of {rows:,} rows, first in "
        f"{file.place(int(wrong[0]))}; allowed: once",
        hint="names must not make two offers one",
        field="chances",
        value=value,
        rows=len(wrong),
    )


def _must_name(file: _File, chances: pa.Array, offer: pa.Array) -> None:
    """Complain of rows whose own offer is not among their chances."""
    unnamed = np.zeros(len(offer), dtype=np.bool_)
    for name in pc.unique(offer).to_pylist():
        mine = pc.equal(offer, name)
        there = pc.is_valid(pc.map_lookup(chances, name, "first"))
        unnamed |= pc.and_not(mine, there).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(unnamed)
    if not len(rows):
        return
    value = offer[int(rows[0])].as_py()
    named = ", ".join(key for key, _ in chances[int(rows[0])].as_py()) or "none at all"
    raise InputError(
        f"{file.name}: chances do not name offer {value!r}, which was chosen in {len(rows):,} of {len(offer):,} rows, "
        f"first in {file.place(int(rows[0]))}; they name: {named}",
        hint='if only the names differ: names = { "THEIRS" = "as in the events" }',
        field="chances",
        value=value,
        rows=len(rows),
    )


def _looked_up(chances: pa.Array, offer: pa.Array) -> Floats:
    """Return each row's chance of its own offer; 0 of one that is not named."""
    own = np.zeros(len(offer))
    for name in pc.unique(offer).to_pylist():
        mine = pc.equal(offer, name).to_numpy(zero_copy_only=False)
        found = pc.fill_null(pc.map_lookup(chances, name, "first"), 0.0).to_numpy(zero_copy_only=False)
        own[mine] = found[mine]
    return own


def _agree(file: _File, chances: pa.Array, own: Floats, offer: pa.Array) -> None:
    apart = np.abs(_looked_up(chances, offer) - own) > TOLERANCE
    file.refuse("probability", apart, own, "what chances say of the offer that was chosen")


def _times(file: _File, part: DecisionSettings, shop: ShopSettings) -> pa.Array:
    if "time" not in file.where:
        return pa.nulls(file.raw.num_rows, clock.MOMENT)
    column = file.column("time")
    with file.reading("time", column.type):
        read = clock.read(column, clock.Clock(shop.timezone, part.time_format, part.ambiguous_time))
    wrong = pc.or_(read.bad, read.ambiguous).to_numpy(zero_copy_only=False)
    file.refuse("time", wrong, column, "a moment, or nothing where all were decided before the campaign started")
    return read.time
