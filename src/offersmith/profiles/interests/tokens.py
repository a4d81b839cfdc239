"""Texts of a shop cut into words: product names, categories and searches, in English and in Chinese.

Texts are brought to one form (Unicode NFKC, lower case). Numbers, sizes and units say nothing of an interest and go
("6PK", "500 ml", "10片装"); model names of letters and digits stay ("ps5"). English words are folded from plural to
singular by a short rule set after Harman (1991), "How effective is suffixing?" (the S stemmer); a run of Chinese
characters stays whole here, and is cut by what `word_finder` has learned.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNITS = (
    "ml|cl|dl|l|ltr|litre|litres|g|gm|gms|gr|kg|mg|oz|lb|lbs|fl|ct|pk|pks|pc|pcs|cm|mm|m|km|in|inch|inches|ft|yd|w|v|"
    "kw|mah|gb|mb|tb|cc|p|x|s|st|nd|rd|th|tier|pack|packs|piece|pieces|drawer|drawers"
)
_UNITS_ZH = "千克|公斤|毫升|毫米|厘米|英寸|克|斤|升|片|包|袋|瓶|盒|罐|支|个|只|件|条|枚|卷|抽|寸|码|号|米|岁|月|度|元"
_SIZE = re.compile(rf"(?<![a-z0-9])\d+(?:[.,/]\d+)*\s*(?:(?:{_UNITS})(?![a-z0-9])|(?:{_UNITS_ZH})+装?|%)?(?![a-z0-9])")
_WORD = re.compile(rf"[{CJK}]+|(?:(?![{CJK}])\w)+(?:['\-](?:(?![{CJK}])\w)+)*")
_RUN = re.compile(rf"[{CJK}]+")
_BREAKS_ZH = re.compile("[的和与及或]")
_STOP_TEXT = """
a an and are as at be but by for from has have i if in into is it its my no not of off on or our so that the
their this to up us was we were will with without you your w o t s d de la le et set sets pack packs pk pc pcs
piece pieces asst asstd assorted assortment ass design designs style small sml sm medium med large lge lrg big
mini new size sizes colour color coloured colours various each per plus pair ct oz gm lb ml cm kg dozen doz
extra sold item items misc n/a na none null unknown test ant tall short round square oval shape shaped
"""
_STOP_TEXT_ZH = "装 新款 包邮 正品 新品 特价 促销 大号 中号 小号 规格 型号 套装 组合 官方 旗舰店"
STOP = frozenset(_STOP_TEXT.split())
"""English words that say nothing of what a product is: articles and the like, and the words of packing and size."""
_STOP_ZH = frozenset(_STOP_TEXT_ZH.split())
_ODD = {
    "children": "child", "women": "woman", "men": "man", "knives": "knife", "leaves": "leaf", "shelves": "shelf",
    "loaves": "loaf", "scarves": "scarf", "mice": "mouse", "geese": "goose", "feet": "foot", "teeth": "tooth",
    "christmas": "christmas", "canvas": "canvas", "lens": "lens", "gas": "gas", "movies": "movie", "cookies": "cookie",
    "series": "series", "clothes": "clothes", "shoes": "shoe", "pies": "pie", "ties": "tie",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text.

    Attributes:
        stem: what words are compared by: lower case, singular.
        said: the word as the text has it, in the normal form of Unicode.
        is_run: a whole run of Chinese characters, not cut yet.
    """

    stem: str
    said: str
    is_run: bool


def tokens(text: str | None) -> list[Token]:
    """Return the words of a text in their order; none of None, of spaces and of what has neither letters nor signs."""
    if not text:
        return []
    normal = unicodedata.normalize("NFKC", text).replace("\u2019", "'").replace("_", " ")
    found = []
    # A size is looked for in small letters; it is blanked at the same place, so that words are read as written.
    lower = normal.lower()
    kept = normal if len(lower) == len(normal) else lower
    for size in _SIZE.finditer(lower):
        kept = kept[: size.start()] + " " * (size.end() - size.start()) + kept[size.end() :]
    for match in _WORD.finditer(kept):
        word = match[0]
        if _RUN.match(word):
            found += [Token(run, run, is_run=True) for run in _BREAKS_ZH.split(word) if run and run not in _STOP_ZH]
            continue
        stem = folded(word.lower())
        if (
            (len(stem) > 2 or not stem.isalpha())
            and stem not in STOP
            and word.lower() not in STOP
            and not stem.isdigit()
        ):
            found.append(Token(stem, word, is_run=False))
    return found


def folded(word: str) -> str:
    """Return the singular of an English word in small letters, as far as its last letters tell."""
    word = word.removesuffix("'s").rstrip("'")
    if word in _ODD:
        return _ODD[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "'s")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
