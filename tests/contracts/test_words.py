"""Every message is there in every language, with the same places to fill."""

from __future__ import annotations

import string
import unicodedata

import pytest

from offersmith.words import LANGUAGES, catalogue, rooms

MESSAGES = [(room, name) for room in rooms() for name in sorted(catalogue(room))]


def places(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("room", rooms())
def test_messages_say_the_same_in_every_language(room: str) -> None:
    messages = catalogue(room)
    assert messages
    assert [name for name, message in messages.items() if set(message) != set(LANGUAGES)] == []
    assert [name for name, message in messages.items() if not all(text.strip() for text in message.values())] == []
    filled = {name: {language: places(text) for language, text in one.items()} for name, one in messages.items()}
    assert [name for name, found in filled.items() if found["en"] != found["zh"]] == []
    # Places have names: languages order them differently.
    assert [name for name, found in filled.items() if "" in found["en"]] == []


@pytest.mark.parametrize("room", rooms())
def test_a_word_for_one_stands_beside_the_word_for_many_and_the_count(room: str) -> None:
    wrong = [name for name, one in catalogue(room).items() if not all(numbered(text) for text in one.values())]
    assert wrong == [], "the singular must differ from the plural, and stand beside its number"


def numbered(text: str) -> bool:
    """Return whether every word for one differs from that for many, and its number is in the same text."""
    parts = [(place, spec or "") for _, place, spec, _ in string.Formatter().parse(text)]
    counts = {place for place, spec in parts if place and not spec.startswith("?")}
    for place, spec in parts:
        if spec.startswith("?"):
            one, many = spec.removeprefix("?").split("|")
            if one == many or place not in counts:
                return False
    return True


@pytest.mark.parametrize("text", ["{n} {n:?one|one}", "{n:?day|days}", "{n} {m:?day|days}"])
def test_a_word_without_its_number_is_found(text: str) -> None:
    assert not numbered(text)
    assert numbered("{n} {n:?day|days}")


def test_the_catalogue_was_found() -> None:
    assert "report" in rooms()
    assert len(MESSAGES) > 100


def test_most_chinese_lines_are_chinese() -> None:
    lines = [catalogue(room)[name]["zh"] for room, name in MESSAGES]
    chinese = [line for line in lines if any("CJK" in unicodedata.name(sign, "") for sign in line)]
    assert len(chinese) > 0.95 * len(lines)
