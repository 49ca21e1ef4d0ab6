"""Clock times as people write them, read column by column.

Whether a column is of a 12-hour clock without am and pm, and which half of the day is meant, is
decided from all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np

from sleepstats.arrays import Bools, Floats, Rows
from sleepstats.clock import format_clock
from sleepstats.reading.cells import clock_words, parsed

Role = Literal["bed", "wake", "any"]

STYLE_24 = "24-hour clock"
STYLE_MARKED = "12-hour clock with am/pm"
STYLE_12 = "12-hour clock without am/pm"
STYLE_BED_12 = f"{STYLE_12}: 12 is midnight, 10 and 11 are evening, the rest morning"
STYLE_EARLY_12 = f"{STYLE_12}: 12 is midnight, 10 and 11 and what lies near them are evening"
STYLE_WAKE_12 = f"{STYLE_12}: 4 to 11 are morning, 12 is noon"
STYLE_HOURS = "whole hours on a 24-hour clock"
STYLE_UNKNOWN = "12-hour or 24-hour clock: the column does not say"

#: What counts hours back to something; none of it is not 0 of them.
SINCE = re.compile(r"(?i)\b(?:since|ago|seit|depuis|desde|sinds|sedan)\b|before[ _]bed$")
#: A reading within this many minutes of the column's middle decides between morning and evening.
_NEAR_MIDDLE_MIN = 210.0
#: A night on which somebody slept from so many to so many minutes is taken for what was meant.
_CLEAR_NIGHT_MIN = (180.0, 720.0)

_NO_COLON = re.compile(r"\d{3,4}", re.ASCII)
#: No HHMM, but a minute of a day; where a fifth of a column's numbers are, none is a clock time.
_MINUTE_OF_DAY = re.compile(r"(?:\d|1[0-3])?[6-9]\d", re.ASCII)
#: Minutes after midnight among bed times on a 24-hour clock; 1 to 4 and 20 to 24 may be hours.
_NO_HOURS = frozenset((0, *range(5, 20), *range(25, 60)))
_PLAIN = parsed.Lines(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_TIME = re.compile(
    r"(?:[01]?\d|2[0-4])(?P<said>(?:[:h][0-5]\d)? ?(?:[ap]\.?m\.?|uhr)?)", re.IGNORECASE
)
_NEXT = re.compile(r"\s*(?:[,;/&+|\n]|\b(?:and|und|et|y|e)\b)\s*", re.IGNORECASE)
_SIGNED = re.compile(r"\d ?[:.h] ?\d\d")
#: This share of a column's cells must be written without colon for 45 to be 00:45.
_MOSTLY = 0.8

_ASSUMED = (
    "Bed times without am or pm, none of them at 0 or from 13 to 24 o'clock, are read on a 12-hour "
    "clock: 12 is midnight, 10 and 11 are evening."
)


def read_clocks(
    cells: parsed.Texts, *, role: Role, twelve_hour: bool | None = None, after: Floats | None = None
) -> parsed.Parsed:
    """Read a column of clock times: minutes after midnight.

    Which half of the day a bare hour of 1 to 12 is of, is decided from the whole column; of a wake
    time also by ``after``, the row's bed time. What may be of either is refused, never guessed.
    """
    texts, codes = parsed.distinct(cells)
    texts = clock_words.with_colons(texts)
    if not twelve_hour and _PLAIN.fit(texts) and _needs_no_decision(texts, role):
        shown = True if _shows_24(texts) else None
        return parsed.Parsed(
            _plain_minutes(texts)[codes], style=STYLE_24, twelve_hour=False if shown else None
        )
    clocks = [clock_words.read_clock_words(text) for text in texts]
    if clock_words.read_whole_hours(texts, clocks):
        return _cells(texts, codes, clocks, STYLE_HOURS, twelve_hour=False)
    counts = np.bincount(codes, minlength=len(texts))
    clock_words.refuse_decimal_hours(texts, clocks)
    clock_words.read_past_midnight(texts, clocks)
    _refuse_minutes_of_day(texts, clocks)
    _hours_among_minutes(texts, clocks, counts)
    if role == "bed" and any(clock.shown_24 for clock in clocks):
        _restore_zeros(texts, clocks, np.bincount(codes, minlength=len(texts)))
    open_yet = [i for i, clock in enumerate(clocks) if clock.bare_hour > 0 and not clock.bad]
    bare = [i for i in open_yet if not clocks[i].spoken]
    style, assumed = _style_of(clocks), ""
    if twelve_hour is None and role == "bed" and bare:
        twelve_hour, assumed = _decide_half_days(texts, clocks, bare, counts)
        if twelve_hour is None and any(clocks[i].bad for i in bare):
            style = STYLE_UNKNOWN
    elif twelve_hour is None and any(clock.shown_24 for clock in clocks):
        twelve_hour = False
    if not (twelve_hour and bare):
        if role == "bed":
            _as_bed_times(clocks, [i for i in open_yet if clocks[i].spoken], counts)
        elif role == "any":
            _refuse(clocks, [i for i in open_yet if clocks[i].spoken])
        return _cells(texts, codes, clocks, style, assumed, twelve_hour)
    bare = open_yet
    if role == "wake":
        values, rows = _as_wake_times(clocks, bare, codes, after)
        return replace(
            _cells(texts, codes, clocks, STYLE_WAKE_12, assumed, True, rows), values=values
        )
    if role == "bed":
        _as_bed_times(clocks, bare, counts)
        _restore_zeros(texts, clocks, counts)
        early = any(5 <= clocks[i].bare_hour <= 9 and clocks[i].minutes >= 720.0 for i in bare)
        return _cells(
            texts, codes, clocks, STYLE_EARLY_12 if early else STYLE_BED_12, assumed, True
        )
    _refuse(clocks, bare)
    return _cells(texts, codes, clocks, STYLE_12, assumed, True)


def _cells(
    texts: list[str],
    codes: Rows,
    clocks: list[clock_words.Clock],
    style: str,
    assumed: str = "",
    twelve_hour: bool | None = None,
    rows: Bools | None = None,
) -> parsed.Parsed:
    """Spread the readings of distinct texts over the rows."""
    values = np.array([clock.minutes for clock in clocks], dtype=np.float64)
    bad = {i: clock.bad for i, clock in enumerate(clocks) if clock.bad}
    repaired = {i: clock.repaired or f"is read as {format_clock(clock.minutes / 60)}."
                for i, clock in enumerate(clocks)
                if clock.repaired or (clock.spoken and not clock.bad)}  # fmt: skip
    return parsed.Parsed(
        values[codes],
        parsed.Told(codes, texts, bad, rows),
        parsed.Told(codes, texts, repaired),
        style,
        assumed,
        twelve_hour,
    )


def _shows_24(texts: list[str]) -> bool:
    return any(text[:2] == "00" or text[:2] > "12" for text in texts if text)


def _plain_minutes(texts: list[str]) -> Floats:
    """Read texts that are plain."""
    return np.array(
        [
            int(text[:2]) * 60 + int(text[3:5]) + (int(text[6:]) / 60 if len(text) > 5 else 0)
            if text
            else np.nan
            for text in texts
        ],
        dtype=np.float64,
    )


def _needs_no_decision(texts: list[str], role: Role) -> bool:
    """Tell whether plain HH:MM readings can be read without asking for a 12-hour clock."""
    if role != "bed":
        return True
    late = sum(text[:2] in ("10", "11", "12") for text in texts)
    return _shows_24(texts) and 4 * late <= len(texts)


def _style_of(clocks: list[clock_words.Clock]) -> str:
    if any(clock.marked for clock in clocks):
        rest = any(clock.shown_24 or clock.bare_hour > 0 for clock in clocks)
        return f"{STYLE_MARKED} in some cells, {STYLE_24} in others" if rest else STYLE_MARKED
    return STYLE_24


# Bare hours: the functions below take the distinct texts of a column as Clock readings and change
# those whose hour is 1 to 12 without am or pm, which only the column can settle.


def _decide_half_days(
    texts: list[str], clocks: list[clock_words.Clock], bare: list[int], counts: Rows
) -> tuple[bool | None, str]:
    """Decide from bed times whether the bare ones are of a 12-hour clock, and what is assumed.

    None if they do not say and, for hours 1 to 4, need not; or if they do not say and the rest was
    refused.
    """
    hours = {clocks[i].bare_hour for i in bare}
    shown = [i for i, clock in enumerate(clocks) if clock.shown_24]
    if shown:
        late = sum(int(counts[i]) for i in bare if clocks[i].bare_hour >= 10)
        if late >= 5 and late >= 3 * int(counts[shown].sum()):
            return False, (
                f"{late} bed times from 10:00 to 12:59 are read as daytime, because "
                f"{texts[shown[0]]!r} in the same column shows a 24-hour clock."
            )
        return False, ""
    if any(clock.marked for clock in clocks):
        return True, ""
    # 12, or 10 and 11 beside 1 to 4, alone or with 9, and none of 0 or 13 to 24: a 12-hour clock
    if hours & {10, 11, 12} and (hours & {12, 1, 2, 3, 4} or hours <= {9, 10, 11}):
        return True, _ASSUMED
    if hours <= {1, 2, 3, 4}:
        return None, ""
    # 5 to 8 beside 10 or 11 prove nothing, but 12-hour diaries hardly ever write 07:30
    if all(clocks[i].padded for i in bare if clocks[i].bare_hour < 10):
        return False, ""
    _refuse(clocks, [i for i in bare if clocks[i].bare_hour >= 5])
    return None, ""


def _as_bed_times(clocks: list[clock_words.Clock], bare: list[int], counts: Rows) -> None:
    """Decode bed times: 12 is midnight, 10 and 11 evening, 1 to 4 morning, 5 to 9 by the middle."""
    unsure = {i for i in bare if 5 <= clocks[i].bare_hour <= 9}
    for i in bare:
        if clocks[i].bare_hour == 12:
            clocks[i].minutes -= 720.0
        elif clocks[i].bare_hour >= 10:
            clocks[i].minutes += 720.0
    if not unsure:
        return
    sure = [i for i, clock in enumerate(clocks) if i not in unsure and np.isfinite(clock.minutes)]
    after_noon = np.array([(clocks[i].minutes + 720.0) % 1440.0 for i in sure])
    middle = float(np.median(np.repeat(after_noon, counts[sure]))) if sure else np.nan
    for i in unsure:
        evening = clocks[i].minutes  # 9:15 pm is 555 minutes after noon
        if abs(evening - middle) <= _NEAR_MIDDLE_MIN:
            clocks[i].minutes += 720.0
        elif not abs(evening + 720.0 - middle) <= _NEAR_MIDDLE_MIN:
            _refuse(clocks, [i])


def _refuse_minutes_of_day(texts: list[str], clocks: list[clock_words.Clock]) -> None:
    """Refuse 1310 beside 1399 and 1371: minutes, after midnight or noon, and no clock times."""
    bare = [i for i, text in enumerate(texts) if text.isdecimal()]
    proof = [texts[i] for i in bare if _MINUTE_OF_DAY.fullmatch(texts[i])]
    if len(proof) < max(3, len(bare) / 5) or any(int(texts[i]) > 1440 for i in bare):
        return
    for i in bare:
        clocks[i] = clock_words.unreadable(
            f"may be a minute of the day, after midnight or after noon, as {proof[0]} is no "
            "clock time: not used. Write HH:MM, for example 23:10."
        )


def _restore_zeros(texts: list[str], clocks: list[clock_words.Clock], counts: Rows) -> None:
    """Read 45 as 00:45 among bed times written like 245 and 1230.

    Spreadsheets drop leading zeros, and 13 to 59 is no hour of such a clock; 1 to 12 stay refused.
    Beside 2310 so is 0 and what else is hardly an hour at which one goes to bed.
    """
    on_24 = any(clock.shown_24 for clock in clocks)
    written = [_NO_COLON.fullmatch(text) is not None for text in texts]
    said = [
        not parsed.says_missing(text)
        and not (on_24 and clock_words.HOURS_ONLY.fullmatch(text) and int(text) in _NO_HOURS)
        for text in texts
    ]
    if counts[written].sum() < _MOSTLY * counts[said].sum():
        return
    for i, text in enumerate(texts):
        minutes = int(text) if clock_words.HOURS_ONLY.fullmatch(text) else 60
        if minutes < 60 and (minutes in _NO_HOURS if on_24 else minutes > 12):
            known = f"00:{minutes:02d}"
            like = "23:10 as 2310" if on_24 else "2:45 as 245"
            told = f"read as {known}: the column writes {like}, and so {known} as {text}."
            clocks[i] = clock_words.Clock(float(minutes), shown_24=on_24, repaired=told)


def _as_wake_times(
    clocks: list[clock_words.Clock], bare: list[int], codes: Rows, after: Floats | None
) -> tuple[Floats, Bools | None]:
    """Read wake times, 12 as noon; from 1:00 to 3:59 only where the bed time of the row decides.

    Returns the minutes per row, and which rows may be refused (None: as their text says).
    """
    unsure = {i: clocks[i].minutes for i in bare if clocks[i].bare_hour <= 3}
    _refuse(clocks, unsure)
    values = np.array([clock.minutes for clock in clocks], dtype=np.float64)[codes]
    if after is None or not unsure:
        return values, None
    rows = np.ones(len(codes), dtype=bool)
    for i, morning in unsure.items():
        here = np.flatnonzero(codes == i)
        for reading in (morning, morning + 720.0):
            slept = np.mod(reading - after[here], 1440.0)
            clear = here[(slept >= _CLEAR_NIGHT_MIN[0]) & (slept < _CLEAR_NIGHT_MIN[1])]
            values[clear] = reading
            rows[clear] = False
    return values, rows


def _hours_among_minutes(texts: list[str], clocks: list[clock_words.Clock], counts: Rows) -> None:
    """Read 23 as 23:00 where the others have their minutes behind a sign; it is told."""
    said = [i for i, text in enumerate(texts) if not parsed.says_missing(text)]
    rest = [i for i in said if not _SIGNED.search(texts[i])]
    if counts[said].sum() - counts[rest].sum() < _MOSTLY * counts[said].sum():
        return
    for i in rest:
        hour = clock_words.ABOUT.sub("", clock_words.SAYS_CLOCK.sub("", texts[i].casefold()))
        if clock_words.HOURS_ONLY.fullmatch(hour) and int(hour) < 25:
            clocks[i] = clock_words.read_clock_words(f"{int(hour)}:00")
            clocks[i].repaired = "is read as a full hour: the others have their minutes."


def _refuse(clocks: list[clock_words.Clock], bare: Iterable[int]) -> None:
    """Refuse bare readings of times that may lie in either half of the day."""
    for i in bare:
        clocks[i].minutes, clocks[i].bad = np.nan, clock_words.EITHER_HALF


#: An answer that says how long before bed: 1 h before bed, at bedtime.
SAID_BEFORE = re.compile(
    r"(?:(?P<number>(?<!\d)\d+(?:[.,]\d+)?|an?|one|half an?|ein(?:e|er)?|une?) ?-?"
    r"(?P<unit>h|hrs?|hours?|std|stunden?|heures?|min|mins|minutes?|minuten) "
    r"(?:before|prior to|prior|vor|avant)|at bed ?time|right before bed|zur bettzeit)"
    r"(?: (?:to )?(?:going to |the )?(?:bed(?:time)?|sleep(?:ing)?|lights out|(?:dem )?schlafen\w*|"
    r"(?:le |de )?(?:coucher|dormir)))?",
    re.IGNORECASE,
)
#: One that says when: at 10 pm, um 22 Uhr.
_HALF_DAY = r"(?:[ap]m|[ap]\.m\.)"
SAID_CLOCK = re.compile(
    r"(?:\b(?:at|um|à|om|gegen)|@)? ?(?<![\d.,:])(?P<clock>"
    rf"\d{{1,2}}:\d\d(?: ?{_HALF_DAY})?|\d{{1,2}}[.h]\d\d ?(?:{_HALF_DAY}|uhr)|"
    rf"\d{{1,2}}h\d\d|\d{{1,2}} ?{_HALF_DAY})(?![\w.:])(?: ?(?:uhr|h)\b)?"
    r"|(?:\b(?:at|um|à|om)|@) ?(?P<bare>\d{1,4}(?:[.h]\d\d)?)\b(?: ?uhr\b)?",
    re.IGNORECASE,
)


def times_listed(text: str) -> list[str]:
    """Return the clock times that a cell is made of, 7:30, 10 and 3 pm; else none."""
    found = [_TIME.fullmatch(part) for part in _NEXT.split(text.strip())] if text else []
    if not all(found) or not any(one and one["said"] for one in found):
        return []
    return [one[0] if one["said"] else f"{one[0]}:00" for one in found if one]


#: A header that only asks how much, or how long, of what was asked before it.
_HOW_MUCH, _HOW_LONG = (
    re.compile("|".join(parsed.word_lists()[f"how {part} of it"])) for part in ("much", "long")
)


def asks_how_much(header: str, *, nightly: bool = False) -> bool:
    """Whether a header needs the one before it; How long? alone may ask of a night's length."""
    plain = " ".join(re.findall(r"[^\W_]+", header.casefold()))
    return bool(_HOW_MUCH.fullmatch(plain) or (not nightly and _HOW_LONG.fullmatch(plain)))
