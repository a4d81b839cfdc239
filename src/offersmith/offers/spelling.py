"""Keys that nobody knows: a typo never means "default", and the nearest right spelling is offered."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown_key(found: Iterable[object], allowed: Iterable[str]) -> str:
    """Return what to say of the keys that are not allowed; "" where all are.

    >>> unknown_key(["prioriti"], ["priority", "group"])
    "does not know prioriti (did you mean 'priority'?); allowed: priority, group"
    """
    known = tuple(allowed)
    strange = sorted({str(key) for key in found} - set(known))
    if not strange:
        return ""
    return f"does not know {', '.join(one + did_you_mean(one, known) for one in strange)}; allowed: {', '.join(known)}"


def did_you_mean(wrong: object, allowed: Iterable[str]) -> str:
    """Return a hint at the nearest of the allowed names, with a space before it; "" where none is near.

    >>> did_you_mean("percentoff", ["percent_off", "gift"])
    " (did you mean 'percent_off'?)"
    """
    near = difflib.get_close_matches(str(wrong), list(allowed), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""
