"""What is handed to a command: JSON files, standard input, names with numbers."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from offersmith.errors import InputError

STDIN = Path("-")
UNLIMITED = "unlimited"


def read_json(file: Path) -> Any:
    """Return what a JSON file says; `-` is standard input.

    Raises:
        InputError: it cannot be read, is no text in UTF-8, or no JSON: names the line and the column.
    """
    name = "standard input" if file == STDIN else file
    try:
        data = sys.stdin.buffer.read() if file == STDIN else file.read_bytes()
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number, object_pairs_hook=_once)
    except OSError as fault:
        raise InputError(f"{name}: cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise InputError(f"{name}: is no text in UTF-8", hint="save it as UTF-8") from fault
    except json.JSONDecodeError as fault:
        raise InputError(f"{name}: line {fault.lineno}, column {fault.colno}: is no JSON: {fault.msg}") from fault
    except (ValueError, RecursionError) as fault:
        raise InputError(f"{name}: is no JSON: {fault}") from fault


def read_object(file: Path) -> dict[str, Any]:
    """Return the JSON object of a file.

    Raises:
        InputError: it cannot be read, or says something else than an object.
    """
    found = read_json(file)
    if not isinstance(found, dict):
        raise InputError(f"{file}: {found!r:.80} is not allowed; allowed: a JSON object")
    return found


def pieces(returned: Sequence[str]) -> dict[str, int]:
    """Read `LINE=N` arguments.

    Raises:
        InputError: one is none, or names a line again.
    """
    found: dict[str, int] = {}
    for one in returned:
        line, _, count = one.rpartition("=")
        if not line or not (count.isascii() and count.isdigit() and len(count) < 10 and int(count)):
            raise InputError(f"LINE=N = {one!r} is not allowed; allowed: a line's id, '=', and how many pieces, from 1")
        if line in found:
            raise InputError(f"LINE=N = {one!r} names line {line!r} again; allowed: each line once")
        found[line] = int(count)
    return found


def uses_of(text: str) -> int | None:
    """Read --uses: a number, or None where it is unlimited.

    Raises:
        InputError: it is neither.
    """
    if text.casefold() == UNLIMITED:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise InputError(f"uses = {text!r} is not allowed; allowed: a whole number of at least 1, or {UNLIMITED}")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number here")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON lets a name come twice and takes the last: of two budgets the first would be lost without a word.
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} is there twice in one object")
    return found
