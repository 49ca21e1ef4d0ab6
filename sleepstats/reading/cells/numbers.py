"""Numbers, the decimal sign decided from the whole column; yes and no, ratings, counts, degrees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sleepstats.arrays import Floats
from sleepstats.reading.cells.parsed import (
    SMALL,
    Lines,
    Parsed,
    Texts,
    Told,
    distinct,
    says_missing,
)
from sleepstats.reading.text import Cells

_PLAIN = Lines(r"-?[0-9]+(?:\.[0-9]+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*", re.ASCII)
_SPACED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))", re.ASCII)

STYLES = {".": "decimal point", ",": "decimal comma", ".,": "decimal point and decimal comma"}
NOT_A_NUMBER = "is not a number. Write digits only, for example 2.5."
TOO_LARGE = "is too large for a number. Write digits only, for example 2.5."

_YES = frozenset(
    ("yes", "y", "true", "t", "✓", "✔", "☑", "✅", "1", "1.0", "on", "checked", "ja", "j",
     "oui", "o", "si", "sí", "sì", "s", "да", "д", "sim", "tak", "t.", "はい", "有", "あり", "是",
     "对",
     "○", "◯", "〇", "●", "◎", "+", "v", "👍", "done", "did", "yep", "yeah", "erledigt", "fait",
     "hecho",
     "fatto", "feito", "gedaan", "gjort", "zrobione")
)  # fmt: skip
_NO = frozenset(
    ("no", "n", "false", "f", "✗", "✘", "☐", "❌", "0", "0.0", "off", "unchecked", "nein", "non",
     "não", "nao", "нет", "н", "nee", "nie", "nej", "いいえ", "なし", "無", "无", "否", "没有",
     "没", "不",
     "👎", "nope", "not done")
)  # fmt: skip
#: A cross is a no beside circles and ticks, else a yes.
_CROSSES = frozenset(("x", "×", "╳"))
_TICKS = frozenset(("○", "◯", "〇", "●", "◎", "v", "✓", "✔", "☑", "✅"))
_MARKS = _CROSSES | _TICKS


def read_numbers(cells: Texts) -> Parsed:
    """Read a column of numbers.

    A comma is the decimal sign if some cell shows it: ``7,5``, ``0,125``, ``1.234,5``. It groups
    thousands if some cell shows that: ``1,234,567``, ``1,234.5``, or ``7.5`` elsewhere in the
    column. A column whose only commas stand before three digits (``11,528``) is read as thousands,
    which is told in ``assumed``. A point is the decimal sign unless some cell shows a decimal
    comma. Where cells contradict each other, those that can be read both ways are refused.

    >>> read_numbers(["7,5", "8", "12 %", "lots"]).values
    array([ 7.5,  8. , 12. ,  nan])
    >>> read_numbers(["11,528", "2,768"]).values
    array([11528.,  2768.])
    """
    plain = _short_and_plain(cells)
    if plain is not None:
        return Parsed(plain, style=STYLES["."])
    texts, codes = distinct(cells)
    if _PLAIN.fit(texts):
        values = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
        return Parsed(values[codes], style=STYLES["."])
    clean = [number_text(text) for text in texts]
    sign, assumed = decimal_sign([text for text in clean if text])
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    for i, text in enumerate(clean):
        if text:
            values[i], why = number_of(text, sign)
            if np.isinf(values[i]):
                values[i], why = np.nan, TOO_LARGE
            if why:
                bad[i] = why
        elif not says_missing(texts[i]):
            bad[i] = NOT_A_NUMBER
    return Parsed(values[codes], Told(codes, texts, bad), style=STYLES[sign], assumed=assumed)


def _short_and_plain(cells: Texts) -> Floats | None:
    """Read a short column that is plain numbers and empty cells only, or return None."""
    if len(cells) >= SMALL:
        return None
    rows: list[Any] = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    texts = dict.fromkeys(rows)
    few = 2 * len(texts) < len(rows)
    try:
        if not _PLAIN.fit(list(texts) if few else rows):
            return None
    except TypeError:  # None among the cells
        return None
    if few:
        number = {text: float(text or "nan") for text in texts}
        return np.fromiter(map(number.__getitem__, rows), dtype=np.float64, count=len(rows))
    if "" in texts:
        rows = [cell or "nan" for cell in rows]
    return np.fromiter(map(float, rows), dtype=np.float64, count=len(rows))


def number_text(text: str) -> str:
    """Return the digits and signs of a tidy text that is one number, else an empty text."""
    if says_missing(text):
        return ""
    text = text.removesuffix("%").rstrip().replace("−", "-")
    text = _SPACED.sub("", text)
    return text if _NUMBER.fullmatch(text) else ""


def decimal_sign(texts: list[str]) -> tuple[str, str]:
    """Return a column's decimal sign, "." or "," or both, and what is assumed if none shows it."""
    shown = {".": False, ",": False}
    grouped = ""
    for text in texts:
        comma, point = text.rfind(","), text.rfind(".")
        if comma >= 0 and point >= 0:
            shown["," if comma > point else "."] = True
        elif comma >= 0 or point >= 0:
            sign = "," if comma >= 0 else "."
            if not _GROUPS.fullmatch(text):
                shown[sign] = True
            elif text.count(sign) > 1:
                shown["." if sign == "," else ","] = True
            elif sign == ",":
                grouped = text
    if shown[","]:
        return ".," if shown["."] else ",", ""
    if grouped and not shown["."]:
        return ".", f"Commas before three digits, as in {grouped!r}, are read as thousands."
    return ".", ""


def number_of(text: str, sign: str) -> tuple[float, str]:
    """Return a number text's value and, if it cannot be read, why."""
    comma, point = text.rfind(","), text.rfind(".")
    own = "," if comma > point else "."
    groups = bool(_GROUPS.fullmatch(text))
    if groups and text.count(own) == 1 and len(sign) > 1:
        return np.nan, (
            "could be read with a decimal comma or a decimal point: the column has both. "
            "Write all of it one way."
        )
    if groups and (text.count(own) > 1 or own != sign):
        return float(text.replace(own, "")), ""
    whole, _, rest = text.rpartition(own)
    other = "." if own == "," else ","
    if own in whole or (other in whole and not _GROUPS.fullmatch(whole)):
        return np.nan, NOT_A_NUMBER
    return float(f"{whole.replace(other, '')}.{rest}" if rest != text else text), ""


def read_yes_no(cells: Texts) -> Parsed:
    """Read a column of yes/no answers.

    Read, in any case: yes/no, y/n, true/false, x, ticks and crosses, on/off, checked/unchecked,
    1/0, circles, and yes and no in a dozen languages. A cross beside circles or ticks is a no.

    >>> read_yes_no(["Yes", "n", "", "ja", "perhaps"]).values
    array([ 1.,  0., nan,  1., nan])
    """
    texts, codes = distinct(cells)
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    words = [text.casefold().rstrip("\ufe0f") for text in texts]
    crossed = not _TICKS.isdisjoint(words) and _MARKS.issuperset(filter(None, words))
    for i, (text, word) in enumerate(zip(texts, words, strict=True)):
        if word in _YES:
            values[i] = 1.0
        elif word in _NO:
            values[i] = 0.0
        elif word in _CROSSES:
            values[i] = 0.0 if crossed else 1.0
        elif not says_missing(text):
            bad[i] = "is neither yes nor no. Write yes or no, or leave the cell empty."
    return Parsed(values[codes], Told(codes, texts, bad), style="yes/no")


_AMOUNT = r"\d+(?:[.,]\d+)?"
_LABELLED = re.compile(
    rf"({_AMOUNT}) ?(?:[-–—:=.)]+ ?|\()[^\W\d][^\d]*|[^\W\d][^\d]*[(:=] ?({_AMOUNT})\)?"
)
_SHARE = re.compile(rf"({_AMOUNT}) ?(?:/|of|out of|von|sur|de|из) ?(\d+)", re.IGNORECASE)
_STARS = re.compile(r"([★⭐🌟*]{1,10})\ufe0f?([☆✩]{0,9})")

#: The answers of the Consensus Sleep Diary, best last.
SLEEP_WORDS = {
    "very poor": "1", "poor": "2", "fair": "3", "good": "4", "very good": "5",
    "not at all rested": "1", "slightly rested": "2", "somewhat rested": "3",
    "well rested": "4", "well-rested": "4", "very well-rested": "5", "very well rested": "5",
}  # fmt: skip


def read_ratings(cells: Texts, words: Mapping[str, str] | None = None) -> Parsed:
    """Read a column of ratings.

    >>> read_ratings(["3 - somewhat", "5", "4 (very)"]).values
    array([3., 5., 4.])
    >>> read_ratings(["8/10", "7 of 10", ""]).values
    array([ 8.,  7., nan])
    >>> read_ratings(["8/10", "4/5"]).values
    array([nan, nan])
    """
    numbers = read_numbers(cells)
    if not numbers.bad:
        return numbers
    texts, codes = distinct(cells)
    one_scale = len(set(filter(None, map(_scale, texts)))) < 2
    plain = list(texts)
    for i, text in enumerate(texts):
        if not number_text(text) and (one_scale or not _scale(text)):
            plain[i] = (words or {}).get(text.casefold()) or _digits(text) or text
    return read_numbers(np.array(plain, dtype=object)[codes])


def look_like_ratings(texts: Sequence[str]) -> bool:
    """Say whether texts are all ratings, some of them more than bare numbers."""
    said = [text for text in texts if not says_missing(text)]
    marked = [bool(_digits(text)) for text in said]
    return any(marked) and all(
        mark or bool(number_text(text)) for mark, text in zip(marked, said, strict=True)
    )


def _digits(text: str) -> str:
    """Return the number of a rating that is more than a number, or an empty text."""
    if stars := _STARS.fullmatch(text):
        return str(len(stars[1]))
    if share := _SHARE.fullmatch(text):
        value = float(share[1].replace(",", "."))
        return share[1] if value <= float(share[2]) else ""
    if labelled := _LABELLED.fullmatch(text):
        return labelled[1] or labelled[2]
    return ""


def _scale(text: str) -> str:
    """Return what a rating is out of, or an empty text."""
    share = _SHARE.fullmatch(text)
    return share[2] if share else ""


_COUNT = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:x|×|times?|drinks?|cups?|glass(?:es)?|units?|naps?|awakenings?|"
    r"mal|fois|veces|volte|keer|раза?|getränke?|tassen?|gläser|glas|verres?|tasses?)\.?",
    re.IGNORECASE,
)
_COUNT_WORDS = {"once": "1", "one time": "1", "twice": "2", "einmal": "1", "zweimal": "2"}


def bare_counts(cells: Cells) -> Cells:
    """Return counts without their words; every other cell as it is.

    >>> bare_counts(np.array(["3 times", "twice", "2", "a few"], dtype=object)).tolist()
    ['3', '2', '2', 'a few']
    """
    texts, codes = distinct(cells)
    bare = list(texts)
    for i, text in enumerate(texts):
        if found := _COUNT.fullmatch(text):
            bare[i] = found[1]
        else:
            bare[i] = _COUNT_WORDS.get(text.casefold(), text)
    return cells if bare == texts else np.array(bare, dtype=object)[codes]


_DEGREES = re.compile(r"(-?\d+(?:[.,]\d+)?) ?(?:°|º|deg(?:rees)?\.?)? ?([cf]?)", re.IGNORECASE)
_ABOUT = re.compile(r"temp|°|degrees|grad\b")


def without_degrees(cells: Cells, header: str) -> tuple[Cells, str]:
    """Return the cells as bare numbers, and the unit ("c", "f" or "") they were in.

    Cells are returned as they are unless the column is about temperature and all units written in
    it are the same.
    """
    if not _ABOUT.search(header.casefold()):
        return cells, ""
    texts, codes = distinct(cells)
    found = [_DEGREES.fullmatch(text) for text in texts]
    units = {one[2].casefold() for one in found if one and one[2]}
    if len(units) > 1:
        return cells, ""
    bare = [one[1] if one else text for one, text in zip(found, texts, strict=True)]
    if bare == texts:
        return cells, ""
    return np.array(bare, dtype=object)[codes], next(iter(units), "")


#: An amount with its unit, none of time: 0,5 l; 3杯.
_MEASURED = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(l|ml|cl|dl|oz|kg|g|km|m|mi|kcal|cal|%|€|\$|ltr|liter|litre|litros?|"
    r"litri|cups?|tassen?|tasses?|glas|gläser|verres?|tazas?|copas?|tazze|xícaras?|kopjes|杯|本|缶|"
    r"歩|步|个|次|回|支|罐)\.?",
    re.IGNORECASE,
)
_OF_COUNTS = re.compile(r"tass|cup|gl[aä]s|verre|taza|copa|tazz|xíc|kop|[杯本缶歩步个次回支罐]")


def without_units(cells: Cells) -> tuple[Cells, str]:
    """Return amounts as bare numbers, and their unit, if each cell has the same or none.

    >>> cells, unit = without_units(np.array(["0,5 l", "1 l", ""], dtype=object))
    >>> cells.tolist(), unit
    (['0,5', '1', ''], 'l')
    """
    texts, codes = distinct(cells)
    said = [text for text in texts if not says_missing(text)]
    found = [_MEASURED.fullmatch(text) for text in said]
    units = {one[2].casefold() for one in found if one}
    counts = {unit: _OF_COUNTS.match(unit) for unit in units}
    stems = {one[0] if one else unit for unit, one in counts.items()}
    numbers = all(one or number_text(text) for one, text in zip(found, said, strict=True))
    if len(stems) != 1 or not numbers:
        return cells, ""
    bare = [one[1] if (one := _MEASURED.fullmatch(text)) else text for text in texts]
    stem = stems.pop()
    return np.array(bare, dtype=object)[codes], "" if _OF_COUNTS.match(stem) else stem


def with_unit(name: str, unit: str) -> str:
    """Add the unit to a column name that does not say one."""
    said = not unit or not unit.isalpha() or name.endswith(("_c", "_f", f"_{unit}"))
    return name if said else f"{name}_{unit}"
