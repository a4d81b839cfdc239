"""Writing a proposal down as a commented settings file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from offersmith.events.found import Found
from offersmith.events.places import Place
from offersmith.settings import SourceSettings
from offersmith.vocabulary import EVENTS

_HEAD = """\
# How Offersmith reads this shop. Proposed from its files; check the lines marked CHECK, then: offersmith ingest
# Every key is described in docs/reference/settings.md. Any of them can be overridden from the environment, for
# example OFFERSMITH_SHOP__CURRENCY=EUR.
"""

_TAIL = """\
[economics]
# CHECK: profit before offers as a share of revenue. Events cannot say it; the report shows three levels of it.
margin_rate = 0.3

# Offers that may be given are listed as [[offers]]; without any there are 5, 10 and 20 percent off.
# [[offers]]
# id = "ten-percent"
# kind = "percent_off"
# name = "10 % off"
# terms = { percent = 10 }
"""


FILL_IN = {"time": "CHECK: name the column of times", "customer_id": "CHECK: name the column of customers"}
"""What stands in place of a column that is needed and that nobody could tell; ingest refuses it by name."""


@dataclass(frozen=True, slots=True)
class Block:
    """One `[[events]]` to be written, and what a person has to look at in it.

    Attributes:
        settings: what is written.
        guessed: our columns that were told by their values only.
        unread: a time that nothing could read; empty when all could.
        seen: (their column, a value of it) of every column, listed where something has to be filled in.
    """

    settings: SourceSettings
    guessed: frozenset[str] = frozenset()
    unread: str = ""
    seen: tuple[tuple[str, str], ...] = field(default=())


def write(name: str, blocks: Sequence[Block], findings: Iterable[Found], place: Place | None) -> str:
    """Return the text of `offersmith.toml`."""
    told = "".join(f"#   {finding}\n" for finding in findings)
    parts = [_HEAD + (f"# What the files say:\n{told}" if told else ""), _shop(name, place)]
    parts += [_block(block) for block in blocks]
    return "\n".join([*parts, _TAIL])


def _shop(name: str, place: Place | None) -> str:
    why = f"guessed from {place.why}" if place else "the files do not say; this is the default"
    found = place or Place("USD", "UTC", "")
    language = "zh" if found.currency == "CNY" else "en"
    return (
        f"[shop]\nname = {_quoted(name)}\n"
        f"# CHECK: {why}. Amounts are in this currency.\ncurrency = {_quoted(found.currency)}\n"
        f"# CHECK: times without a zone were read off a wall in this time zone.\ntimezone = {_quoted(found.timezone)}\n"
        f'# Language of the report: "en" or "zh".\nlanguage = "{language}"\n'
    )


def _block(proposed: Block) -> str:
    block = proposed.settings
    lines = ["[[events]]"]
    if block.kind != "auto":
        lines += [
            "# The file has our own columns: times in UTC, money in minor units.",
            f"kind = {_quoted(block.kind)}",
        ]
    lines += [
        "# Files, folders or patterns such as sales/*.csv, seen from this folder.",
        f"files = {_list(block.files)}",
    ]
    if "event" not in block.columns:
        lines += ["# The file has no column of events: every row is one of these.", f"event = {_quoted(block.event)}"]
    if block.amount_is == "unit":
        lines += ["# The amount's column is the price of one piece; it is multiplied by the quantity."]
        lines += ['amount_is = "unit"']
    if block.time_format:
        lines += [
            "# CHECK: how times are written (as strptime takes it).",
            f"time_format = {_quoted(block.time_format)}",
        ]
    if proposed.unread:
        lines += [
            f"# CHECK: times such as {_quoted(proposed.unread)} cannot be read and would be refused. How they are"
        ]
        lines += ["# written, as strptime takes it; several formats are separated by ' | ':"]
        lines += ['# time_format = "%d/%m/%Y %H:%M"']
    if block.refund_when:
        lines += ["# What marks a refund: an order id that starts so, or a negative quantity."]
        lines += [f"refund_when = {_list(block.refund_when)}"]
    if block.drop_products:
        lines += ["# Lines that are no goods (postage, fees, corrections): their money counts, their product does not."]
        lines += [f"drop_products = {_list(block.drop_products)}"]
    lines += ["# A file of everybody who may be addressed, with or without purchases:", '# customers = "customers.csv"']
    lines += ["", "# Our column = theirs.", "[events.columns]"]
    for ours, pair in zip(block.columns, _pairs(block.columns), strict=True):
        if block.columns[ours] == FILL_IN.get(ours):
            lines += [f"# CHECK: fill in which column is {ours}; or take this [[events]] out, if it holds no events."]
        elif ours in proposed.guessed:
            lines += ["# CHECK: its values look like it, its name says nothing."]
        lines.append(pair)
    lines += _seen(proposed)
    free = [name for name in EVENTS.names if name not in block.columns and name not in ("event_id", "utc_offset")]
    lines += [f"# also possible: {', '.join(free[start : start + 8])}" for start in range(0, len(free), 8)]
    if block.names:
        lines += ["", '# Their name of an event = ours; "" for events that are not wanted.', "[events.names]"]
        lines += _pairs(block.names)
    return "\n".join(lines) + "\n"


def _seen(block: Block) -> list[str]:
    if not block.seen:
        return []
    pairs = [f"#   {_quoted(name)}" + (f", e.g. {_quoted(value)}" if value else "") for name, value in block.seen]
    return ["# The columns of the file:", *pairs]


def _pairs(values: Mapping[str, str]) -> list[str]:
    return [f"{key if key.isidentifier() and key.isascii() else _quoted(key)} = {_quoted(value)}"
            for key, value in values.items()]  # fmt: skip


def _list(values: Sequence[str]) -> str:
    lines = [""]
    for value in values:
        if len(lines[-1]) + len(value) > 100 and lines[-1]:
            lines.append("")
        lines[-1] += f"{_quoted(value)}, "
    if len(lines) == 1:
        return f"[{lines[0].removesuffix(', ')}]"
    return "\n".join(["[", *(f"  {line.rstrip()}" for line in lines), "]"])


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
