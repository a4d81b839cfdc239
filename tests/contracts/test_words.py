"""Every message is there in every language, with the same places to fill."""

from __future__ import annotations

import string
import unicodedata

import pytest

from offersmith.words import LANGUAGES, catalogue, rooms

MESSAGES = [(room, name) for room in rooms() for name in sorted(catalogue(room))]


def places(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


@pytest.mark.parametrize(("room", "name"), MESSAGES, ids=[f"{room}.{name}" for room, name in MESSAGES])
def test_a_message_says_the_same_in_every_language(room: str, name: str) -> None:
    message = catalogue(room)[name]
    assert set(message) == set(LANGUAGES)
    assert all(text.strip() for text in message.values())
    assert places(message["en"]) == places(message["zh"])
    assert "" not in places(message["en"]), "places have names: languages order them differently"


@pytest.mark.parametrize(("room", "name"), MESSAGES, ids=[f"{room}.{name}" for room, name in MESSAGES])
def test_a_word_for_one_stands_beside_the_word_for_many_and_the_count(room: str, name: str) -> None:
    for text in catalogue(room)[name].values():
        parts = list(string.Formatter().parse(text))
        counts = {place for _, place, spec, _ in parts if place and not (spec or "").startswith("?")}
        for place, spec in ((place, spec) for _, place, spec, _ in parts if (spec or "").startswith("?")):
            assert spec
            one, many = spec.removeprefix("?").split("|")
            assert one != many
            assert place in counts, "a word in the singular or plural without its number"


def test_the_catalogue_was_found() -> None:
    assert "report" in rooms()
    assert len(MESSAGES) > 100


def test_most_chinese_lines_are_chinese() -> None:
    lines = [catalogue(room)[name]["zh"] for room, name in MESSAGES]
    chinese = [line for line in lines if any("CJK" in unicodedata.name(sign, "") for sign in line)]
    assert len(chinese) > 0.95 * len(lines)
