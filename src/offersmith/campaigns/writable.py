"""Text that somebody hands to the desk: what cannot be printed is refused here, by the name of its field.

SQLite would keep a NUL and every other sign of control, PostgreSQL refuses some of them with words about the server;
and a name that looks like another and is not helps nobody.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from offersmith.errors import InputError

LONGEST: Final = 255
"""The most signs a name or an id may have."""

LONGEST_NOTE: Final = 10_000

_BREAKS: Final = frozenset("\t\n\r")


def check_name(field: str, value: str) -> None:
    """Check an id, a batch, a person's or a customer's name; whether it may be empty is not asked here.

    Raises:
        InputError: it is too long or cannot be printed.
    """
    if len(value) > LONGEST or not value.isprintable():
        raise _wrong(field, value, f"up to {LONGEST} printable signs")


def check_note(value: str) -> None:
    """Check a note, which may have several lines.

    Raises:
        InputError: it is too long or cannot be printed.
    """
    if len(value) > LONGEST_NOTE or _controls(value):
        raise _wrong("note", value, f"up to {LONGEST_NOTE:,} printable signs and line breaks")


def check_typed(value: str) -> None:
    """Check a code as it was typed or pasted: spaces and marks that nobody sees come along with what is pasted.

    Raises:
        InputError: it has signs that no keyboard types.
    """
    if _controls(value):
        raise _wrong("code", value, "letters and digits, with spaces or dashes between them")


def _controls(value: str) -> bool:
    return any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in _BREAKS for sign in value)


def _wrong(field: str, value: str, allowed: str) -> InputError:
    # As ASCII: half of a surrogate pair cannot be printed, not even to say that it is there.
    return InputError(
        f"{field} = {value[:80]!a} is not allowed; allowed: {allowed}", field=field, value=ascii(value[:80])
    )
