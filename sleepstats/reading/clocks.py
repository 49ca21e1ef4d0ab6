"""Clock times as people write them, read column by column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sleepstats.reading.parsed import (
    Cells,
    Texts,
    Told,
    all_match,
    distinct,
    lines_of,
    says_missing,
)

Floats = NDArray[np.float64]
Role = Literal["bed", "wake", "any"]

_PLAIN = lines_of(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_HALF = r"(?:(?P<half>[ap])\.? ?(?:m\.?)?)"
_FORMS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<h>\d{1,2}):(?P<m>\d\d)(?:[:.](?P<s>\d\d)(?:[.,]\d+)?)?"
        rf" ?(?:{_HALF}|uhr|h|hrs?\.?)?",
        r"(?P<h>\d{1,2}) ?(?:h|uhr|u) ?(?P<m>\d\d)?(?: ?(?:min|m)?\.?)",
        rf"(?P<h>\d{{1,2}})(?P<m>\d\d) ?(?:{_HALF}|h|hrs?\.?|hours|uhr)?",
        rf"(?P<h>\d{{1,2}})(?P<dot>\.)(?P<m>\d\d)(?:\.(?P<s>\d\d))? ?(?:{_HALF}|uhr|h)?",
        rf"(?P<h>\d{{1,2}}) ?{_HALF}",
    )
)
_WORDS = {"midnight": 0.0, "12 midnight": 0.0, "noon": 720.0, "12 noon": 720.0}
_HOURS_ONLY = re.compile(r"\d{1,2}", re.ASCII)
_DECIMAL_HOURS = re.compile(r"\d{1,2}[.,](?:\d|[6-9]\d|\d{3,})", re.ASCII)
_DAY_SHARE = re.compile(r"0?[.,]\d{3,}", re.ASCII)
_STAMP = re.compile(r".*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*\d[:.]\d\d.*", re.ASCII)

_WRITE = "Write HH:MM, for example 23:10."
_NOT_A_CLOCK = "{!r} is not a clock time. " + _WRITE
_EITHER_HALF = "{!r} could be morning or evening. Write it on a 24-hour clock, or with am or pm."
STYLE_24 = "24-hour clock"
STYLE_MARKED = "12-hour clock with am/pm"
STYLE_BED_12 = (
    "12-hour clock without am/pm: 12 is midnight, 10 and 11 are evening, the rest morning"
)
STYLE_WAKE_12 = "12-hour clock without am/pm: 4 to 11 are morning, 12 is noon"
STYLE_ANY_12 = "12-hour clock without am/pm"
STYLE_HOURS = "whole hours on a 24-hour clock"

#: A reading within this many minutes of the column's middle decides between morning and evening.
_NEAR_MIDDLE_MIN = 210.0


_NO_COLON = re.compile(r"\d{3,4}")


@dataclass
class _Clock:
    """What one text says: minutes after midnight, or why it cannot be read."""

    minutes: float = np.nan
    bare_hour: int = -1  # hour of a reading that could be of either half of the day
    shown_24: bool = False  # hour 0 or 13 to 24: written on a 24-hour clock
    marked: bool = False  # am or pm
    padded: bool = False  # 07:30, not 7:30
    dotted: bool = False
    bad: str = ""
    repaired: str = ""


def read_clocks(
    cells: Texts, *, role: Role, twelve_hour: bool | None = None, after: Floats | None = None
) -> Cells:
    """Read a column of clock times.

    Parameters
    ----------
    cells : object array or sequence of str
        Text cells of one column.
    role : {"bed", "wake", "any"}
        What the column holds: times of going to bed or to sleep; of waking or rising; other times.
    twelve_hour : bool, optional
        Whether readings without am/pm are of a 12-hour clock. Left out, a bed column decides for
        itself, and other columns are read on a 24-hour clock. Pass what the bed column of the same
        file showed (its ``twelve_hour``).
    after : float array, optional
        Bed times of the same rows, minutes after midnight. On a 12-hour clock they decide whether
        somebody got up at 2 in the night or in the afternoon.

    Returns
    -------
    Cells
        ``values``: minutes after midnight, ``[0, 1440)``.

    Notes
    -----
    Accepted: ``23:10``, ``23:10:30``, ``2310``, ``230``, ``23.10``, ``23h10``, ``23h``,
    ``23 Uhr 10``, ``7:30 pm``, ``7.30pm``, ``7 p.m.``, ``noon``, ``midnight``, and ``24:00`` (read
    as 00:00 of the next day, which is told). Never guessed: a bare number of one or two digits,
    unless the whole column is whole hours with one of 13 or more among them; a dotted number in a
    column of decimal hours.

    A bed column without any hour 0 or 13 to 24 is of a 12-hour clock without am/pm if readings of
    10 or 11 come with others of 12 or 1 to 4, or stand alone or with 9. Then 12 is midnight, 10 and
    11 are evening, 1 to 4 are morning, and 5 to 9 are in the half of the day that lies within 3.5
    hours of the column's middle; where neither does, the cell is ambiguous and refused. Among such
    bed times written without colon (``245``), ``45`` can only be 00:45 and is read so, which is
    told; ``11`` stays ambiguous. Hours 5 to
    8 with 10 or 11 but without 12 and 1 to 4 prove nothing: such a column is refused unless it is
    written with leading zeros (``07:30``), which 12-hour diaries hardly ever are.

    Examples
    --------
    >>> bed = read_clocks(["11:30", "12:15", "1:00", "11"], role="bed")
    >>> bed.values
    array([1410.,   15.,   60.,   nan])
    >>> bed.reason(3)
    "'11' could be 11 minutes or an hour. Write HH:MM."
    """
    texts, codes = distinct(cells)
    if twelve_hour is None and all_match(_PLAIN, texts) and _shows_24(texts, role):
        return Cells(_plain(texts)[codes], style=STYLE_24, twelve_hour=False)
    parsed = [_parse(text) for text in texts]
    whole_hours = _read_whole_hours(texts, parsed)
    _refuse_decimal_hours(texts, parsed)
    counts = np.bincount(codes, minlength=len(texts))
    style, assumed = STYLE_HOURS if whole_hours else _style_of(parsed), ""
    bare = [i for i, clock in enumerate(parsed) if clock.bare_hour > 0 and not clock.bad]
    if twelve_hour is None and role == "bed" and bare and not whole_hours:
        twelve_hour, assumed = _decide(texts, parsed, bare, counts)
    elif whole_hours or any(clock.shown_24 for clock in parsed):
        twelve_hour = bool(twelve_hour)
    rows = None
    if twelve_hour and bare:
        if role == "bed":
            style = STYLE_BED_12
            _as_bed_times(texts, parsed, bare, counts)
            _restore_zeros(texts, parsed, counts)
        elif role == "wake":
            style = STYLE_WAKE_12
            rows = _as_wake_times(texts, parsed, bare)
        else:
            style = STYLE_ANY_12
            for i in bare:
                parsed[i].minutes, parsed[i].bad = np.nan, _EITHER_HALF.format(texts[i])
    bad = {i: clock.bad for i, clock in enumerate(parsed) if clock.bad}
    repaired = {i: clock.repaired for i, clock in enumerate(parsed) if clock.repaired}
    values = np.array([clock.minutes for clock in parsed], dtype=np.float64)[codes]
    unclear: NDArray[np.bool_] | None = None
    if rows and after is not None:
        unclear = _settle(values, codes, texts, rows, after, bad)
    return Cells(
        values,
        Told(codes, bad, unclear),
        Told(codes, repaired),
        style,
        assumed,
        twelve_hour,
    )


def _shows_24(texts: list[str], role: Role) -> bool:
    """Tell whether plain HH:MM readings need no decision about a 12-hour clock."""
    return role != "bed" or any(text[:2] == "00" or text[:2] > "12" for text in texts if text)


def _plain(texts: list[str]) -> Floats:
    """Read texts that are all empty, HH:MM or HH:MM:SS."""
    return np.array(
        [
            int(text[:2]) * 60 + int(text[3:5]) + (int(text[6:]) / 60 if len(text) > 5 else 0)
            if text
            else np.nan
            for text in texts
        ],
        dtype=np.float64,
    )


def _parse(text: str) -> _Clock:
    """Read one text as far as it can be read without the rest of the column."""
    if says_missing(text):
        return _Clock()
    low = " ".join(text.casefold().split())
    if low in _WORDS:
        return _Clock(_WORDS[low], marked=True)
    for form in _FORMS:
        found = form.fullmatch(low)
        if found:
            break
    else:
        return _Clock(bad=_why_not(text, low))
    part = found.groupdict()
    hour, minute, second = int(part["h"]), int(part.get("m") or 0), int(part.get("s") or 0)
    half = part.get("half")
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        return _Clock(bad=_NOT_A_CLOCK.format(text), dotted=bool(part.get("dot")))
    if half and hour > 12 and half == "a":
        return _Clock(bad=f"{text!r} is on a 24-hour clock but says am. {_WRITE}")
    if half == "p" and hour == 0:
        return _Clock(bad=_EITHER_HALF.format(text))
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    clock = _Clock(hour % 24 * 60.0 + minute + second / 60.0, marked=bool(half))
    clock.dotted, clock.padded = bool(part.get("dot")), part["h"][0] == "0" and hour > 0
    if hour == 24:
        clock.repaired = f"{text!r} read as 00:00 of the next day."
    clock.shown_24 = not half and (hour == 0 or hour > 12)
    if not half and not clock.shown_24:
        clock.bare_hour = hour
    return clock


def _why_not(text: str, low: str) -> str:
    if _HOURS_ONLY.fullmatch(low):
        return f"{text!r} could be {int(low)} minutes or an hour. Write HH:MM."
    if _DAY_SHARE.fullmatch(low):
        return (
            f"{text!r} looks like a spreadsheet's share of a day. Format the column as time "
            "(HH:MM) and export again."
        )
    if re.fullmatch(r"\d{1,2}[.,]\d", low):
        return (
            f"{text!r} could be {low[:-2]}:{low[-1]}0 or {low[:-2]}:{int(low[-1]) * 6:02d}. "
            "Write HH:MM."
        )
    if _STAMP.fullmatch(low):
        return f"{text!r} is a date and time in a column of clock times. {_WRITE}"
    return _NOT_A_CLOCK.format(text)


def _read_whole_hours(texts: list[str], parsed: list[_Clock]) -> bool:
    """Read a column in which every cell is an hour from 0 to 24, one of them 13 or more."""
    said = [i for i, text in enumerate(texts) if not says_missing(text)]
    if not said or not all(_HOURS_ONLY.fullmatch(texts[i]) for i in said):
        return False
    hours = [int(texts[i]) for i in said]
    if not 13 <= max(hours) <= 24:
        return False
    for i, hour in zip(said, hours, strict=True):
        parsed[i] = _Clock(hour % 24 * 60.0, shown_24=hour == 0 or hour > 12)
        if hour == 24:
            parsed[i].repaired = f"{texts[i]!r} read as 00:00 of the next day."
    return True


def _refuse_decimal_hours(texts: list[str], parsed: list[_Clock]) -> None:
    """Refuse 23.25 where the column also holds 22.75: it is a quarter past, or 25 past."""
    dotted = [i for i, clock in enumerate(parsed) if clock.dotted]
    if not dotted:
        return
    decimal = [t for t in texts if _DECIMAL_HOURS.fullmatch(t)]
    certain = [t for t in decimal if not re.fullmatch(r"\d{1,2}[.,]\d", t)]
    only_quarters = all(texts[i].partition(".")[2][:2] in ("00", "25") for i in dotted)
    if not (20 * len(certain) >= len(dotted) if certain else decimal and only_quarters):
        return
    for i in dotted:
        if not parsed[i].bad:
            parsed[i] = _Clock(
                bad=f"{texts[i]!r} could be a clock time or decimal hours: the column also holds "
                f"{(certain or decimal)[0]!r}. Write HH:MM."
            )


def _style_of(parsed: list[_Clock]) -> str:
    if any(clock.marked for clock in parsed):
        rest = any(clock.shown_24 or clock.bare_hour > 0 for clock in parsed)
        return f"{STYLE_MARKED} in some cells, {STYLE_24} in others" if rest else STYLE_MARKED
    return STYLE_24


def _decide(
    texts: list[str], parsed: list[_Clock], bare: list[int], counts: NDArray[np.intp]
) -> tuple[bool | None, str]:
    """Decide from a bed column whether its unmarked readings are of a 12-hour clock."""
    hours = {parsed[i].bare_hour for i in bare}
    late = sum(int(counts[i]) for i in bare if 10 <= parsed[i].bare_hour <= 12)
    shown = sum(int(counts[i]) for i, clock in enumerate(parsed) if clock.shown_24)
    if shown:
        if late >= 3 * shown and late >= 5:
            example = next(texts[i] for i, clock in enumerate(parsed) if clock.shown_24)
            return False, (
                f"{late} bed times from 10:00 to 12:59 are read as daytime, because {example!r} in "
                "the same column shows a 24-hour clock."
            )
        return False, ""
    if hours & {10, 11, 12} and (hours & {12, 1, 2, 3, 4} or hours <= {9, 10, 11}):
        return True, (
            "Bed times without am or pm, none of them at 0 or from 13 to 24 o'clock, are read on a "
            "12-hour clock: 12 is midnight, 10 and 11 are evening."
        )
    padded = [parsed[i].padded for i in bare if parsed[i].bare_hour < 10]
    if hours <= {1, 2, 3, 4} or (padded and all(padded)):
        return None if hours <= {1, 2, 3, 4} else False, ""
    for i in bare:
        if parsed[i].bare_hour >= 5:
            parsed[i].minutes, parsed[i].bad = np.nan, _EITHER_HALF.format(texts[i])
    return None, ""


def _as_bed_times(
    texts: list[str], parsed: list[_Clock], bare: list[int], counts: NDArray[np.intp]
) -> None:
    """Decode bed times of a 12-hour clock: 12 is midnight, 10 and 11 evening, 1 to 4 morning."""
    open_cases = []
    for i in bare:
        clock = parsed[i]
        if clock.bare_hour == 12:
            clock.minutes -= 720.0
        elif clock.bare_hour >= 10:
            clock.minutes += 720.0
        elif clock.bare_hour >= 5:
            open_cases.append(i)
    if not open_cases:
        return
    sure = np.array(
        [(c.minutes + 720.0) % 1440.0 for i, c in enumerate(parsed) if i not in open_cases]
    )
    repeats = np.array([counts[i] for i in range(len(parsed)) if i not in open_cases])
    read = np.isfinite(sure)
    middle = float(np.median(np.repeat(sure[read], repeats[read]))) if read.any() else np.nan
    for i in open_cases:
        clock = parsed[i]
        as_evening = clock.minutes  # 9:15 pm is 555 minutes after noon, the scale of ``middle``
        if abs(as_evening - middle) <= _NEAR_MIDDLE_MIN:
            clock.minutes += 720.0
        elif not abs(as_evening + 720.0 - middle) <= _NEAR_MIDDLE_MIN:
            clock.minutes, clock.bad = np.nan, _EITHER_HALF.format(texts[i])


def _restore_zeros(texts: list[str], parsed: list[_Clock], counts: NDArray[np.intp]) -> None:
    """Read 45 as 00:45 among bed times like 245 and 1230, which no hour of 1 to 12 allows."""
    written = [int(counts[i]) for i, text in enumerate(texts) if _NO_COLON.fullmatch(text)]
    said = [int(counts[i]) for i, text in enumerate(texts) if not says_missing(text)]
    if sum(written) < 0.8 * sum(said):
        return
    for i, text in enumerate(texts):
        if _HOURS_ONLY.fullmatch(text) and 12 < int(text) < 60:
            parsed[i] = _Clock(
                float(text),
                repaired=f"{text!r} read as 00:{text}: the column writes 2:45 as 245, so 00:{text} "
                "loses its zeros.",
            )


def _as_wake_times(texts: list[str], parsed: list[_Clock], bare: list[int]) -> list[int]:
    """Refuse wake times from 1:00 to 3:59 of a 12-hour clock; return which these are."""
    unclear = [i for i in bare if parsed[i].bare_hour <= 3]
    for i in unclear:
        parsed[i].bad = _EITHER_HALF.format(texts[i])
        parsed[i].minutes = np.nan
    return unclear


def _settle(
    values: Floats,
    codes: NDArray[np.intp],
    texts: list[str],
    unclear: list[int],
    after: Floats,
    bad: dict[int, str],
) -> NDArray[np.bool_]:
    """Read unclear wake times by their bed times; return which rows may still be refused."""
    refused = np.isin(codes, list(bad))
    for i in unclear:
        rows = np.flatnonzero(codes == i)
        morning = _parse(texts[i]).minutes
        slept = np.mod(morning - after[rows], 1440.0)
        for half, hours in ((0.0, slept), (720.0, np.mod(slept + 720.0, 1440.0))):
            clear = (hours >= 180.0) & (hours < 720.0)
            values[rows[clear]] = morning + half
            refused[rows[clear]] = False
    return refused
