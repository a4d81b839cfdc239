"""What a person reads, in English and Chinese, from one catalogue.

The catalogue is a folder of TOML files, one per room; a message is a table with an `en` and a `zh` line:

    [receipt_read]
    en = "{rows:,} {rows:?row|rows} read"
    zh = "读取 {rows:,} 行"

`{rows:?row|rows}` is the first word where the count is one, else the second. A number that reads as zero has no minus
before it. A key is `room.name`. A key that is not in the catalogue is a fault of ours and raises at once; a contract
test asks that both languages of every message name the same values.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


SPOKEN = "OFFERSMITH_LANG"
"""Names the language of everything that is said, before that of the workspace."""
_MINUS_ZERO = re.compile(r"(\s*)-(0(?:\.0*)?%?\s*)")


class _Places(string.Formatter):
    """Fills the places of a message."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value: as Python does, but a loss that rounds to nothing is no loss, and `?one|many` is a word."""
        if format_spec.startswith("?"):
            one, _, many = format_spec[1:].partition("|")
            return one if str(value) in ("1", "1.0") else many
        text: str = super().format_field(value, format_spec)
        less = None if isinstance(value, str) else _MINUS_ZERO.fullmatch(text)
        return f"{less[1]}{less[2]}" if less else text


_PLACES = _Places()


def spoken(environ: Mapping[str, str], language: Language = "en") -> Language:
    """Return the language a person reads: the one `SPOKEN` names, else the usual one.

    A name is one of ours by how it begins, as `zh-CN` and `en_GB.UTF-8` do; another, such as `fr`, names none.

    Args:
        environ: of the process.
        language: the usual one.
    """
    wished = environ.get(SPOKEN, "").strip().lower()
    return next((one for one in LANGUAGES if wished.startswith(one)), language)


@cache
def catalogue(room: str) -> Mapping[str, Mapping[str, str]]:
    """Return the messages of one room: name -> language -> text."""
    text = resources.files("offersmith").joinpath("catalogue", f"{room}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def rooms() -> list[str]:
    """Return the rooms that have a page in the catalogue, sorted."""
    folder = resources.files("offersmith").joinpath("catalogue")
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))


def say(key: str, language: Language = "en", **values: Any) -> str:
    """Return the message `room.name` in `language`, its places filled with `values`.

    Raises:
        KeyError: the message or one of its values is missing: a fault of ours, found by the contract test.
    """
    room, _, name = key.partition(".")
    return _PLACES.vformat(catalogue(room)[name][language], (), values)
