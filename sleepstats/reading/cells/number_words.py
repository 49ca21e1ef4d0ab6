"""Words beside a number: how sure it is, what it counts, of which degrees it is."""

from __future__ import annotations

import re

import numpy as np

from sleepstats.reading.cells.parsed import distinct, says_missing
from sleepstats.reading.text import Cells

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_SPACED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))", re.ASCII)


def number_text(text: str) -> str:
    """Return the digits and signs of a tidy text that is one number, else an empty text."""
    if says_missing(text):
        return ""
    text = text.removesuffix("%").rstrip().replace("−", "-")
    text = _SPACED.sub("", text)
    return text if _NUMBER.fullmatch(text) else ""


#: What makes a number an approximation, before it and behind it; a note behind it in brackets.
_BEFORE = re.compile(
    r"(?:[~≈±]|(?:ca|circa|about|around|approx|approximately|etwa|ungefähr|rund|env|environ|"
    r"unos|unas|sobre|cerca de|mais ou menos|più o meno|ongeveer|około|ok|ungefär|cirka|"
    r"около|примерно|約|约|大约)\b[. ]?) ?(?=\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?<=\w) ?(?:\?|-?ish|(?:o así|más o menos|aprox|approx|circa|ca|or so|oder so|"
    r"environ|ou así|około|ungefär)\.?)$",
    re.IGNORECASE,
)
_NOTE = re.compile(r"(?<=[\w.]) ?[(\[][^()\[\]]*[)\]]$")


def without_note(texts: list[str]) -> tuple[list[str], dict[int, str]]:
    """Return numbers without the words that only say how sure they are, and what to tell of them.

    >>> without_note(["~20", "45 or so", "2 (small)", "20-30", "3"])[0]
    ['20', '45', '2', '20-30', '3']
    """
    bare, told = list(texts), {}
    for i, text in enumerate(texts):
        if not text or (text[0].isdigit() and text[-1].isdigit()):
            continue
        about = _AFTER.sub("", _BEFORE.sub("", text, count=1))
        short = _NOTE.sub("", about).strip()
        if short != text and short[:1].isdigit():
            bare[i] = short
            told[i] = f"is read as {short}" + (", an approximation." if about != text else ".")
    return bare, told


_COUNT = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:x|×|times?|drinks?|cups?|glass(?:es)?|units?|naps?|awakenings?|"
    r"mal|fois|veces|volte|keer|раза?|getränke?|tassen?|gläser|glas|verres?|tasses?)\.?",
    re.IGNORECASE,
)
_COUNT_WORDS = {"once": "1", "one time": "1", "twice": "2", "einmal": "1", "zweimal": "2"}


#: An amount and one word of what; of a column of such, the word is what is counted.
_ONE_THING = re.compile(r"(\d+(?:[.,]\d+)?) ?([^\W\d_]{3,})\.?")
_NOT_COUNTED = re.compile(
    r"(?:lit|ltr|kca|cal|kil|met|mcg|iu|grams?|gramm|tab|mil|min|hou|hrs|hor|std|stu|heu|ore|uur|uhr|sec|seg|sek|god|tim|"
    r"jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)",
    re.IGNORECASE,
)
_ALIKE = 0.8


def _of_one_thing(texts: list[str]) -> dict[int, str]:
    """Return the numbers of texts such as "1 tazza", "3 tazze", where all count one thing."""
    found = {i: m for i, text in enumerate(texts) if (m := _ONE_THING.fullmatch(text))}
    stems = {match[2][:3].casefold() for match in found.values()}
    numbered = sum(text[:1].isdigit() for text in texts)
    if len(found) < max(2, _ALIKE * numbered) or len(stems) != 1:
        return {}
    return {} if _NOT_COUNTED.match(stems.pop()) else {i: m[1] for i, m in found.items()}


def bare_counts(cells: Cells) -> Cells:
    """Return counts without their words; every other cell as it is.

    >>> bare_counts(np.array(["3 times", "twice", "2", "a few"], dtype=object)).tolist()
    ['3', '2', '2', 'a few']
    >>> bare_counts(np.array(["1 tazza", "3 tazze", "nessuna"], dtype=object)).tolist()
    ['1', '3', 'nessuna']
    >>> bare_counts(np.array(["1 litre", "2 litres"], dtype=object)).tolist()  # a unit stays
    ['1 litre', '2 litres']
    """
    texts, codes = distinct(cells)
    counted = _of_one_thing(texts)
    bare = [counted.get(i, text) for i, text in enumerate(texts)]
    for i, text in enumerate(list(bare)):
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
