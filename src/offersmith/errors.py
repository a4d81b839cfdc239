"""Every fault the product raises, in one place.

What may well happen (an empty audience, a spent budget, an unknown customer) is a value with a reason code and never an
exception. An exception is a fault somebody has to mend. Each carries the message key of `words`, the values that fill
the message, the exit code of the command line and the HTTP status of the doors to come.
"""

from __future__ import annotations

from typing import Any, ClassVar


class OffersmithError(Exception):
    """A fault with a message a person can act on.

    Args:
        message: what is wrong, naming the field, the value and what is allowed.
        hint: what to do about it; printed on its own line.
        key: of the message in `catalogue/errors.toml`, which says the same in every language with the facts in its
            places; empty where it is said in English alone.
        facts: the values behind the message, for `--json` and logs.
    """

    code: ClassVar[str] = "fault"
    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", key: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.key = key
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain values for `--json`."""
        return {"error": self.code, "message": self.message, "hint": self.hint, **self.facts}


class SettingsError(OffersmithError):
    """The workspace's settings are missing or wrong."""

    code, exit_code, status = "settings", 3, 422


class InputError(OffersmithError):
    """A file or argument handed to us cannot be used as it is."""

    code, exit_code, status = "input", 4, 422


class StateError(OffersmithError):
    """A verb was called before the one it needs: no events yet, no profile of that moment."""

    code, exit_code, status = "state", 5, 409


class StorageError(OffersmithError):
    """The disk or the database refused: full, unreadable, checksum differs."""

    code, exit_code, status = "storage", 6, 507


class MissingExtraError(OffersmithError):
    """An optional extra is needed and not installed."""

    code, exit_code, status = "extra", 7, 501


class InfeasibleError(OffersmithError):
    """The limits contradict each other: no plan can satisfy all of them."""

    code, exit_code, status = "infeasible", 8, 422
