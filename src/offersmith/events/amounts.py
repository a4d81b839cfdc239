"""Numbers of a shop, exactly: text, integers, floats and decimals to decimals, and from there to minor units.

A float stands for the shortest decimal that reads as it (2.675, not 2.67499999...), so a column gives the same amounts
from CSV and from Parquet. Text may carry a currency sign, thousands separators or a decimal comma: `1,234.50`,
`1.234,50`, `12,5`, `£12.50`, `(12.50)`; a single comma before exactly three digits separates thousands.
"""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

EXACT = pa.decimal128(20, 8)
PIECES = pa.decimal128(17, 6)
_WIDE = pa.decimal128(38, 8)
_LARGEST = 1e11
_LARGEST_PIECES = 1e10
_LARGEST_LINE = Decimal(10) ** 12
_PLAIN = r"^-?\d{1,11}(\.\d{1,8})?$"
_POWER = r"^[+-]?\d+(\.\d+)?[eE][+-]?\d{1,2}$"
_MISSING = pa.array(["", "NULL", "null", "NaN", "nan", "None", "\\N", "N/A", "#N/A", "<NA>", "-"])

# Applied in this order to texts that are not plain numbers.
_REPAIRS = (
    (r"^\((.+)\)$", r"-\1"),
    (r"(?:[A-Z]{2,3}\$|[A-Z]{3}|[$£€¥￥₹₩元])", ""),
    (r"[\s\x{00A0}\x{202F}']", ""),
    (r"^\+", ""),
    (r"^(-?)\.(\d)", r"\1@.\2"),
    (r"@", "0"),
    (r"^(-?\d{1,3}(?:,\d{3})+)\.(\d+)$", r"\1#\2"),
    (r"^(-?\d{1,3}(?:\.\d{3})+),(\d+)$", r"\1#\2"),
)


def exact(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return (decimals with eight places, mask of what is there and is no number, or is 10^11 and more)."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _texts(column.cast(pa.string()))
    if pa.types.is_null(kind):
        return pa.nulls(len(column), EXACT), _never(column)
    if pa.types.is_decimal(kind):
        column = pc.round(column, 8, round_mode="half_to_even") if kind.scale > 8 else column
        return _bounded(column, column.cast(pa.float64()))
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
        return _bounded(column, column)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        whole = column.cast(pa.int64(), safe=False)
        return _bounded(whole, whole.cast(pa.float64(), safe=False))
    return pa.nulls(len(column), EXACT), pc.is_valid(column)


def pieces(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return (decimals with six places, mask of bad ones): quantities, less than 10^10."""
    value, bad = exact(column)
    tall = pc.fill_null(pc.greater_equal(pc.abs(value.cast(pa.float64())), _LARGEST_PIECES), False)
    value = pc.if_else(tall, pa.scalar(None, EXACT), value)
    return pc.round(value, 6, round_mode="half_to_even").cast(PIECES), pc.or_(bad, tall)


def minor(value: pa.Array, digits: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Round decimals in major units to int64 minor units of `digits` places, half to even.

    Returns:
        (minor units, mask of what had to be rounded, mask of what is 10^12 major units and more).
    """
    rounded = pc.round(value, digits, round_mode="half_to_even")
    changed = pc.fill_null(pc.not_equal(rounded, value), False)
    narrow = rounded.cast(pa.decimal128(38, digits))
    tall = pc.fill_null(pc.greater_equal(pc.abs(narrow), pa.scalar(_LARGEST_LINE, pa.decimal128(13, 0))), False)
    narrow = pc.if_else(tall, pa.scalar(None, narrow.type), narrow).cast(pa.decimal128(20, digits))
    factor = pa.scalar(Decimal(10**digits), pa.decimal128(4, 0))
    return pc.multiply(narrow, factor).cast(pa.int64()), changed, tall


def line(unit: pa.Array, quantity: pa.Array) -> pa.Array:
    """Return unit price (`EXACT`) times quantity (`PIECES`), exactly; null where either is."""
    return pc.multiply(unit, quantity)


def _bounded(column: pa.Array, size: pa.Array) -> tuple[pa.Array, pa.Array]:
    bad = pc.fill_null(pc.greater_equal(pc.abs(size), _LARGEST), False)
    if pc.any(bad).as_py():
        column = pc.if_else(bad, pa.scalar(None, column.type), column)
    wide = column if pa.types.is_floating(column.type) else column.cast(_WIDE)
    return wide.cast(EXACT), bad


def _texts(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    plain = pc.match_substring_regex(column, _PLAIN)
    if pc.all(plain).as_py():
        return column.cast(EXACT), _never(column)
    text = pc.utf8_trim_whitespace(column)
    text = pc.if_else(pc.is_in(text, _MISSING), pa.scalar(None, pa.string()), text)
    known = pc.is_valid(text)
    text = pc.if_else(plain, text, _repaired(text))
    power = pc.fill_null(pc.match_substring_regex(text, _POWER), False)
    floats = pc.if_else(power, text, pa.scalar(None, pa.string())).cast(pa.float64())
    powers, too_tall = _bounded(floats, floats)
    fine = pc.match_substring_regex(text, _PLAIN)
    value = pc.if_else(fine, text, pa.scalar(None, pa.string())).cast(EXACT)
    value = pc.coalesce(value, powers)
    return value, pc.or_(pc.and_(known, pc.is_null(value)), too_tall)


def _repaired(text: pa.Array) -> pa.Array:
    for pattern, replacement in _REPAIRS:
        text = pc.replace_substring_regex(text, pattern, replacement)
    split = pc.fill_null(pc.match_substring(text, "#"), False)
    parted = pc.replace_substring(pc.replace_substring_regex(text, r"[.,]", ""), "#", ".")
    text = pc.if_else(split, parted, text)
    thousands = pc.fill_null(pc.match_substring_regex(text, r"^-?\d{1,3}(,\d{3})+$|^-?\d{1,3}(\.\d{3}){2,}$"), False)
    text = pc.if_else(thousands, pc.replace_substring_regex(text, r"[.,]", ""), text)
    text = pc.replace_substring_regex(text, r"^(-?\d+),(\d+)$", r"\1.\2")
    # Past eight places a digit that is not zero only has to stay seen, so that a half is still told from more.
    text = pc.replace_substring_regex(text, r"^(-?\d+\.\d{8})0+$", r"\1")
    return _sticky(text)


def _sticky(text: pa.Array) -> pa.Array:
    long = pc.fill_null(pc.match_substring_regex(text, r"^-?\d+\.\d{9,}$"), False)
    if not pc.any(long).as_py():
        return text
    cut = pc.replace_substring_regex(text, r"^(-?\d+\.\d{7})\d+$", r"\1")
    return pc.if_else(long, pc.binary_join_element_wise(cut, "1", ""), text)


def _never(column: pa.Array) -> pa.Array:
    return pc.equal(pc.is_valid(column), pa.scalar(None, pa.bool_())).fill_null(False)
