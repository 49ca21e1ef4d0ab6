"""Durations as people and programs write them, read column by column into minutes."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from sleepstats.reading.cells.number_words import number_text, without_note
from sleepstats.reading.cells.numbers import decimal_sign, number_of
from sleepstats.reading.cells.parsed import Lines, Parsed, Texts, Told, distinct, says_missing

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
