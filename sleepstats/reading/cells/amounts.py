"""Numbers with a word: durations in minutes, and what an amount counts, measures or is warm."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from sleepstats.reading.cells.numbers import decimal_sign, number_of, number_text, without_note
from sleepstats.reading.cells.parsed import Lines, Parsed, Texts, Told, distinct, says_missing
from sleepstats.reading.text import Cells

Unit = Literal["min", "h", "s"]

DAY_MIN = 1440.0
_FACTOR = {"min": 1.0, "h": 60.0, "s": 1.0 / 60.0}
_NAMES = {"min": "minutes", "h": "hours", "s": "seconds"}
_PLAIN = Lines(r"[0-9]+(?:\.[0-9]+)?")
_HOURS_MINUTES = Lines(r"[0-9]{1,2}:[0-5][0-9]")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)? ?(?:h|hrs?|hours|std)?\.?", re.ASCII)
_ISO = re.compile(
    r"p(?:(?P<d>\d+)d)?(?:t(?:(?P<h>\d+(?:[.,]\d+)?)h)?(?:(?P<min>\d+(?:[.,]\d+)?)m)?"
    r"(?:(?P<s>\d+(?:[.,]\d+)?)s)?)?",
    re.ASCII,
)
_AMOUNT = r"(\d+(?:[.,]\d+)?)"
_HOURS = (
    r"(?:h|hrs?|hours?|std|stunden?|heures?|horas?|or[ae]|u|uur|ч|час(?:а|ов)?|godz|timmar|tim|"
    r"時間|小时)"
)
_MINUTES = r"(?:m|mins?|minut(?:es?|en|os?|i|a|ы)?|мин|минут[аы]?|м|分钟|分間|分)"
_SECONDS = r"(?:s|secs?|seconds?|sek|sekunden?|сек|с)"
_END = r"(?![A-Za-zÀ-ɏЀ-ӿ])"
_JOIN = r"(?:\.|,|and|und|et|y|e|и|&| )*"
_WORDED = re.compile(
    rf"(?:{_AMOUNT} ?{_HOURS}{_END}{_JOIN})?(?:{_AMOUNT} ?{_MINUTES}{_END}{_JOIN})?"
    rf"(?:{_AMOUNT} ?{_SECONDS}{_END}\.?)?"
)
_SHORT = re.compile(r"(\d{1,2}) ?(?:h|ч|u|uur|std|hrs?|godz)\.? ?([0-5]?\d)", re.ASCII)
_BOUND = re.compile(r"(?:<|>|≤|≥|under|over|less than|more than|up to) ?=? ?\d.*|\d.*\+")
_RANGE = re.compile(r"\d[\d.,: ]*(?:h|min|m)? ?(?:-|–|—|to|bis|or) ?\d.*")

_WRITE = "Write minutes (455) or hours and minutes (7:35)."


def read_durations(cells: Texts, *, unit: Unit | None) -> Parsed:
    """Read a column of durations.

    Accepted whatever the unit: ``7:35`` (hours and minutes), ``7:35:00``, ``7h 35m``, ``7h35``,
    ``7 hrs 35 mins``, ``7ч 32м``, ``455 min``, ``7.5 h``, ``1,5 h``, ``90 minutes``, ``PT7H35M``.
    Bare numbers take the unit; their decimal sign is decided from the whole column
    (``numbers.read_numbers``). An approximation (``~20``, ``about 20``) is its number, which is
    told. Refused, never guessed: ranges (``20-30``), bounds (``<5``), words, negative durations,
    more than a day.

    >>> read_durations(["7:35", "7h 35m", "455", "7,5 h", "PT7H35M", "~20"], unit="min").values
    array([455., 455., 455., 450., 455.,  20.])
    """
    texts, codes = distinct(cells)
    factor = _FACTOR[unit or "min"]
    style = f"bare numbers are {_NAMES[unit or 'min']}"
    if unit is None:
        style += " (the header states no unit)"
    bad: dict[int, str] = {}
    repaired: dict[int, str] = {}
    if _PLAIN.fit(texts):
        values = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
        values *= factor
        clocks, assumed = 0, ""
    elif _HOURS_MINUTES.fit(texts):
        values = np.array(
            [int(t[:-3]) * 60.0 + int(t[-2:]) if t else np.nan for t in texts], dtype=np.float64
        )
        clocks, assumed = 1, ""
    else:
        plain, repaired = without_note(texts)
        bare = [number_text(text) for text in plain]
        sign, assumed = decimal_sign([text for text in bare if text])
        values = np.full(len(texts), np.nan)
        clocks = 0
        for i, text in enumerate(plain):
            if bare[i] and not text.endswith("%"):
                number, why = number_of(bare[i], sign)
                values[i] = number * factor
            elif says_missing(text):
                continue
            else:
                values[i], why = _worded(text)
                clocks += ":" in text
            if why:
                bad[i] = why
    for i in np.flatnonzero((values < 0) | (values > DAY_MIN)).tolist():
        if values[i] < 0:
            bad[i] = f"is negative. {_WRITE}"
        else:
            bad[i] = (
                f"would be {values[i] / 60:.1f} hours, more than a day. "
                "Check the cell and the unit in the header."
            )
        values[i] = np.nan
    if clocks:
        style = f"hours:minutes; {style}"
    repaired = {i: text for i, text in repaired.items() if i not in bad}
    return Parsed(
        values[codes], Told(codes, texts, bad), Told(codes, texts, repaired), style, assumed
    )


def _worded(text: str) -> tuple[float, str]:
    """Return the minutes of a text that is no bare number and, if it cannot be read, why."""
    low = " ".join(text.casefold().split())
    found = _CLOCK.fullmatch(low)
    if found:
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        if minutes > 59 or seconds > 59:
            return np.nan, f"is not a duration: minutes and seconds end at 59. {_WRITE}"
        return hours * 60.0 + minutes + seconds / 60.0, ""
    found = _SHORT.fullmatch(low)
    if found:
        return int(found[1]) * 60.0 + int(found[2]), ""
    found = _WORDED.fullmatch(low)
    if found and any(found.groups()):
        return _sum(found.groups(), (60.0, 1.0, 1.0 / 60.0)), ""
    found = _ISO.fullmatch(low)
    if found and any(found.groups()):
        return _sum(found.group("d", "h", "min", "s"), (1440.0, 60.0, 1.0, 1.0 / 60.0)), ""
    if low.startswith(("-", "−")) and low[1:2].isdigit():
        return np.nan, f"is negative. {_WRITE}"
    if _BOUND.fullmatch(low):
        return np.nan, "is a bound, not a number. Write one number."
    if _RANGE.fullmatch(low):
        return np.nan, "is a range, not a number. Write one number."
    return np.nan, f"is not a duration. {_WRITE}"


def _sum(parts: tuple[str | None, ...], factors: tuple[float, ...]) -> float:
    return sum(
        float(part.replace(",", ".")) * factor
        for part, factor in zip(parts, factors, strict=True)
        if part
    )


#: Vessels, which are counted and are units of what was drunk.
_CUPS = r"cups?|tassen?|tasses?|glas|gläser|verres?"
_COUNT = re.compile(
    rf"(\d+(?:[.,]\d+)?) ?(?:x|×|times?|drinks?|{_CUPS}|glass(?:es)?|units?|naps?|awakenings?|"
    r"mal|fois|veces|volte|keer|раза?|getränke?)\.?",
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
    rf"litri|{_CUPS}|tazas?|copas?|tazze|xícaras?|kopjes|[杯本缶歩步个次回支罐])\.?",
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
