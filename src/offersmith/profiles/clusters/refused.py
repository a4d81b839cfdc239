"""Why segments of a shop's own are refused: in the catalogue's words, with place, value and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

from msgspec import ValidationError

from offersmith.errors import InputError
from offersmith.words import say

FIELDS = ("id", "name", "where")
CONDITIONS = ("column", "is", "from", "below", "at_most", "top", "bottom")
_SAME = {"below": "from", "at_most": "from", "bottom": "top", "en": "name", "zh": "name"}
"""Fields of which the same is allowed as of another."""
_PATH = re.compile(r"`\$(?P<path>[^`]*)`$")
_NAMED = re.compile(r"field `(?P<field>[^`]+)`")


def refused(reason: str, *, hint: str = "", **facts: Any) -> InputError:
    """Return the refusal `errors.rules_REASON`, its places filled with `facts`."""
    said = say(f"errors.rules_{reason}", "en", **facts)
    return InputError(said, hint=hint, key=f"rules_{reason}", **facts)


def unknown_column(segment: str | int, column: str, columns: Collection[str]) -> InputError:
    """Return the refusal of a column that there is not, with the nearest one or all there are."""
    near = get_close_matches(column, list(columns), 1, cutoff=0.5)
    named = {"near": near[0]} if near else {"there": ", ".join(sorted(columns))}
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {named['there']}"
    return refused("unknown_column", hint=hint, segment=segment, field="column", column=column, **named)


def misshapen(fault: ValidationError, made: Any, segment: str | int) -> InputError:
    """Return the refusal of a table that is not of the form of a rule: which field, and what may stand there.

    Args:
        fault: what the reader of the form says.
        made: the table.
        segment: its id, or its place in the file.
    """
    text = str(fault)
    path, named = _PATH.search(text), _NAMED.search(text)
    steps = re.findall(r"[^.\[\]]+", path["path"]) if path else []
    if named:
        field, allowed = named["field"], ", ".join(CONDITIONS if "where" in steps else FIELDS)
        reason = "unknown_field" if "unknown" in text else "missing_field"
        return refused(reason, segment=segment, field=field, allowed=allowed)
    field = next((step for step in reversed(steps) if not step.isdigit()), "")
    if not field or steps[-1] == "..." or (field == "where" and len(steps) > 1):
        return refused("no_table", segment=segment, field="where" if field else "segments")
    value = f"{_at(made, steps)!r:.80}"
    return refused(f"wrong_{_SAME.get(field, field)}", segment=segment, field=field, value=value)


def _at(made: Any, steps: list[str]) -> Any:
    """Return what stands at a path; the whole where the path ends before."""
    for step in steps:
        if isinstance(made, dict) and step in made:
            made = made[step]
        elif isinstance(made, list) and step.isdigit() and int(step) < len(made):
            made = made[int(step)]
    return made
