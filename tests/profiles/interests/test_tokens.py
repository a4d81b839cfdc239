"""Words of texts: sizes go, plurals fold, Chinese runs stay whole, and words are found in the shop's own texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.profiles.interests.lexicon import fit_lexicon
from offersmith.profiles.interests.tokens import folded, tokens
from offersmith.profiles.interests.word_finder import find_words


@pytest.mark.parametrize(("text", "stems"), [
    ("LUNCH BAGS  RED RETROSPOT", ["lunch", "bag", "red", "retrospot"]),
    ("SET/20 RED NAPKINS", ["red", "napkin"]),
    ("Milk 500 ml 6PK", ["milk"]),
    ("COFFEE 12 OZ 340GM", ["coffee"]),
    ("T-LIGHT HOLDERS", ["t-light", "holder"]),
    ("CHILDREN'S BOXES", ["child", "box"]),
    ("iPhone 15 手机壳", ["iphone", "手机壳"]),
    ("ＰＳ５ 手柄", ["ps5", "手柄"]),
    ("绿茶250克袋装", ["绿茶"]),
    ("婴儿纸尿裤 L号 60片装", ["婴儿纸尿裤", "号"]),
    ("50'S CHRISTMAS", ["christmas"]),
    ("", []), ("   ", []), ("12 345", []), (None, []), ("!!! ---", []),
])  # fmt: skip
def test_words_of_a_text(text: str | None, stems: list[str]) -> None:
    assert [token.stem for token in tokens(text)] == stems


@pytest.mark.parametrize(("many", "one"), [
    ("boxes", "box"), ("cases", "case"), ("glasses", "glass"), ("doilies", "doily"), ("lights", "light"),
    ("glass", "glass"), ("leaves", "leaf"), ("bus", "bus"), ("tea", "tea"),
])  # fmt: skip
def test_plural_and_singular_are_one_word(many: str, one: str) -> None:
    assert folded(many) == folded(one) == one


@given(st.text(max_size=40))
def test_any_text_gives_words_and_the_same_ones_again(text: str) -> None:
    found = tokens(text)
    assert found == tokens(text)
    assert all(token.stem.strip() and token.said.strip() for token in found)


def test_chinese_words_are_found_without_a_dictionary() -> None:
    rng = np.random.default_rng(5)
    words = ["绿茶", "红茶", "婴儿", "纸尿裤", "奶粉", "花园", "铲子", "手机壳", "茉莉", "有机", "春季"]
    runs = ["".join(rng.permutation(words)[: rng.integers(2, 5)]) for _ in range(300)]
    finder = find_words(runs)
    assert set(words) <= set(finder.words)
    assert finder.cut("有机绿茶纸尿裤") == ["有机", "绿茶", "纸尿裤"]
    assert "".join(finder.cut("春季陌生花园")) == "春季陌生花园"


@given(st.text(alphabet="甲乙丙丁戊己庚辛壬癸", min_size=1, max_size=12))
def test_what_is_cut_covers_the_run(run: str) -> None:
    finder = find_words(["甲乙丙", "丙甲乙", "甲乙丁", "戊甲乙"] * 2)
    pieces = finder.cut(run)
    assert set("".join(pieces)) == set(run)


def test_a_lexicon_shows_words_as_the_shop_wrote_them() -> None:
    texts = ["LUNCH BAG RED", "LUNCH BAGS BLUE", "LUNCH BAG PINK", "LUNCH BAG Café", "Teapot Café"]
    texts += [f"thing{i} other{i}" for i in range(120)]
    lexicon = fit_lexicon(texts)
    names = [lexicon.names[lexicon.index[key]] for key in ("lunch bag", "café")]
    assert names == ["lunch bag", "Café"]
    found = lexicon.matrix([*texts, None, "unheard"]).toarray()
    assert found[-1].sum() == found[-2].sum() == 0
    assert found[:, lexicon.index["lunch bag"]].tolist() == [1.0] * 4 + [0.0] * 123


def test_a_shop_without_texts_has_no_words() -> None:
    lexicon = fit_lexicon([None, "", " "])
    assert lexicon.names == ()
    assert lexicon.matrix([None]).shape == (1, 0)
