"""One object of a scenario, read field by field, so that a field nobody knows is named and never passed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from offersmith.errors import InputError
from offersmith.money import Money

NOTES: Final = frozenset({"note", "notes", "why", "comment", "description", "source", "title", "name", "label"})
"""Fields for people; every object may have them."""


class Fields:
    """A JSON object and which of its fields were read.

    Args:
        raw: as JSON gives it.
        where: how a fault names it.

    Raises:
        InputError: it is no object.
    """

    __slots__ = ("_raw", "_seen", "where")

    def __init__(self, raw: Any, where: str) -> None:
        if not isinstance(raw, Mapping):
            raise InputError(f"{where} = {raw!r:.80} must be an object")
        self._raw: Mapping[str, Any] = raw
        self._seen: set[str] = set()
        self.where = where

    def __contains__(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def names(self) -> list[str]:
        """Return the names of all fields."""
        return list(self._raw)

    def get(self, *names: str, usual: Any = None) -> Any:
        """Return the value of the first of several spellings that is there, else `usual`.

        Another spelling that says something else is not counted as read.
        """
        found = next((self._raw[name] for name in names if self._raw.get(name) is not None), usual)
        self._seen.update(name for name in names if self._raw.get(name) in (None, found))
        return found

    def text(self, *names: str) -> str | None:
        """Return a text, or None where it is absent.

        Raises:
            InputError: it is no text.
        """
        value = self.get(*names)
        if value is not None and not isinstance(value, str):
            raise self.wrong(names[0], value, "a text")
        return value

    def texts(self, *names: str) -> list[str]:
        """Return a text or a list of texts as a list, empty where it is absent.

        Raises:
            InputError: it is neither.
        """
        value = self.get(*names)
        return [] if value is None else texts(value, f"{self.where}: {names[0]}")

    def whole(self, *names: str) -> int | None:
        """Return a whole number, or None where it is absent; `"3"` is one.

        Raises:
            InputError: it is none.
        """
        value = self.get(*names)
        return None if value is None else whole(value, f"{self.where}: {names[0]}")

    def flag(self, *names: str) -> bool | None:
        """Return true or false, or None where it is absent.

        Raises:
            InputError: it is neither.
        """
        value = self.get(*names)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(names[0], value, "true, false")
        return value

    def minor(self, currency: str, *names: str) -> int | None:
        """Return an amount in minor units, or None where it is absent.

        Raises:
            InputError: it is no exact amount of the currency.
        """
        value = self.get(*names)
        return None if value is None else minor(value, currency, f"{self.where}: {names[0]}")

    def listed(self, *names: str) -> list[Any]:
        """Return a list, empty where it is absent; an object alone counts as a list of one.

        Raises:
            InputError: it is neither.
        """
        value = self.get(*names, usual=[])
        if isinstance(value, Mapping):
            return [value]
        if not isinstance(value, (list, tuple)):
            raise self.wrong(names[0], value, "a list")
        return list(value)

    def rest(self, *, names: bool = False) -> dict[str, Any]:
        """Return the fields that were not read yet, and count them as read.

        Args:
            names: whether they are names of the scenario's own, such as products; else notes are left out.
        """
        left = {
            name: value
            for name, value in self._raw.items()
            if name not in self._seen and (names or name not in NOTES) and value is not None
        }
        self._seen.update(left)
        return left

    def done(self) -> None:
        """Raise if a field was not read.

        Raises:
            InputError: naming the fields.
        """
        left = sorted(self.rest())
        if left:
            raise InputError(f"{self.where}: {', '.join(left)}: unknown field")

    def wrong(self, name: str, value: object, allowed: str) -> InputError:
        """Return the fault of a value."""
        return InputError(f"{self.where}: {name} = {value!r:.80} is not allowed; allowed: {allowed}")


def texts(value: Any, where: str) -> list[str]:
    """Return a text or a list of texts as a list.

    Raises:
        InputError: it is neither.
    """
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, (list, tuple)) or not all(isinstance(one, str) and one for one in found):
        raise InputError(f"{where} = {value!r:.80} must be a text or a list of texts")
    return list(found)


def whole(value: Any, where: str) -> int:
    """Return a whole number, of a number or of text.

    Raises:
        InputError: it is none.
    """
    exact = decimal(value, where)
    if exact != exact.to_integral_value():
        raise InputError(f"{where} = {value!r:.80} must be a whole number")
    return int(exact)


def decimal(value: Any, where: str) -> Decimal:
    """Return an exact number, of a number or of text.

    Raises:
        InputError: it is none.
    """
    try:
        exact = Decimal(str(value)) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
    except InvalidOperation:
        exact = None
    if exact is None or not exact.is_finite() or abs(exact) > 10**12:
        raise InputError(f"{where} = {value!r:.80} must be a number")
    return exact


def minor(value: Any, currency: str, where: str) -> int:
    """Return an amount in major units as minor ones.

    Raises:
        InputError: it is no exact amount of the currency.
    """
    exact = decimal(value, where)
    try:
        return Money.parse(exact, currency).minor
    except InputError as fault:
        raise InputError(f"{where}: {fault.message}") from fault


def objects(values: Sequence[Any], where: str) -> list[Fields]:
    """Return the objects of a list, each named by its place.

    Raises:
        InputError: one is no object.
    """
    return [Fields(one, f"{where}[{place}]") for place, one in enumerate(values)]
