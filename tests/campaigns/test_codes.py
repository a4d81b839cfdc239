"""Codes: uniform, readable, and found again however they are typed."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from offersmith.campaigns.codes import ALPHABET, LOOK_ALIKES, Form, mint, normalise, spellings
from offersmith.errors import InputError

drawn = st.text(ALPHABET, min_size=10, max_size=32)
forms = st.builds(Form, st.integers(10, 32), st.from_regex(r"\A[A-Za-z0-9]{0,16}\Z"), st.integers(0, 32))


def seeded(seed: int) -> "random.Random":
    return random.Random(seed)


def test_the_alphabet_holds_one_of_each_set_that_looks_alike() -> None:
    for alike in ("0OQD", "1IL7", "S5", "Z2", "B8", "UV"):
        assert len(set(alike) & set(ALPHABET)) == 1
    assert not set(LOOK_ALIKES) & set(ALPHABET)
    assert set(LOOK_ALIKES.values()) <= set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 24


@given(forms, st.integers(0, 2**32))
def test_what_is_printed_is_looked_up_as_it_was_drawn(form: Form, seed: int) -> None:
    for key, code in mint(3, form, seeded(seed).randbytes):
        assert normalise(code) == normalise(code.lower()) == key
        assert spellings(code)[0] == key
        symbols = key.removeprefix(form.prefix.upper())
        assert len(symbols) == form.symbols
        assert set(symbols) <= set(ALPHABET)


def test_a_million_codes_differ() -> None:
    codes = mint(1_000_000)
    assert len({key for key, _ in codes}) == 1_000_000


def test_every_symbol_is_as_likely_at_every_place() -> None:
    keys = [key for key, _ in mint(48_000, Form(symbols=10, group=0), seeded(7).randbytes)]
    signs = np.array([list(key) for key in keys])
    for place in range(10):
        counts = Counter(signs[:, place].tolist())
        assert stats.chisquare([counts[sign] for sign in ALPHABET]).pvalue > 1e-6


def test_bytes_that_would_favour_some_symbols_are_thrown_away() -> None:
    asked: list[int] = []

    def source(count: int) -> bytes:
        asked.append(count)
        return bytes([255, 240, 0, 23]) * count if len(asked) == 1 else bytes(count)

    [(key, _)] = mint(1, Form(symbols=10, group=0), source)
    assert key == (ALPHABET[0] + ALPHABET[-1]) * 5
    # A source that gives nothing but such bytes at first is asked again.
    first = [True]

    def stubborn(count: int) -> bytes:
        return bytes([250] * count) if first and first.pop() else bytes([1] * count)

    assert mint(1, Form(symbols=10, group=0), stubborn)[0][0] == ALPHABET[1] * 10


def test_ten_symbols_are_the_least() -> None:
    assert Form().bits > 55
    assert Form(symbols=10).bits > 45


@pytest.mark.parametrize("wrong", [{"symbols": 9}, {"symbols": 33}, {"prefix": "A-B"}, {"prefix": "春"}, {"group": -1},
                                   {"prefix": "A" * 17}])  # fmt: skip
def test_a_form_outside_what_is_allowed_is_named(wrong: dict[str, object]) -> None:
    [(field, value)] = wrong.items()
    with pytest.raises(InputError) as fault:
        Form(**wrong)  # type: ignore[arg-type]
    assert f"{field} = {value!r}" in fault.value.message
    assert "allowed:" in fault.value.message


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    key = normalise(text)
    assert normalise(key) == key
    assert normalise(f" {text.lower()}\u2013 ") in (key, "") or key == normalise(text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "save 10",
        "SAVE-10",
        "ｓａｖｅ１０",
        "save\u201010",
        "Save\u201410",
        "SA\u200bVE10",
        "save\u00a010\n",
        "S.A.V.E10",
    ],
)
def test_a_code_is_found_however_it_is_typed(text: str) -> None:
    assert normalise(text).replace(".", "") == "SAVE10"


@pytest.mark.parametrize("text", ["", "  ", "--", "=1+1", "a" * 65, "a" * 10_000, "code;drop", "<b>"])
def test_what_cannot_be_a_code_is_no_code(text: str) -> None:
    assert normalise(text) == ""
    assert spellings(text) == ()


def test_chinese_codes_are_codes() -> None:
    assert normalise("新年 快乐８８８") == "新年快乐888"


@given(drawn, st.randoms(use_true_random=False), st.from_regex(r"\A[A-Z0-9]{0,8}\Z"))
def test_look_alikes_are_repaired_behind_any_prefix(key: str, dice: random.Random, prefix: str) -> None:
    back = {good: bad for bad, good in LOOK_ALIKES.items()}
    misread = "".join(back[sign] if sign in back and dice.random() < 0.5 else sign for sign in key)
    assert prefix + key in spellings(prefix + misread)
    assert spellings(prefix + key)[0] == prefix + key
