"""Clock times as people write them, read column by column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import numpy as np

from sleepstats.arrays import Bools, Floats, Rows
from sleepstats.reading.cells.clock_words import (
    HOURS_ONLY,
    NEXT_DAY,
    Clock,
    read_clock_words,
    unreadable,
)
from sleepstats.reading.cells.parsed import (
    Parsed,
    Texts,
    Told,
    all_match,
    distinct,
    lines_of,
    says_missing,
)
from sleepstats.reading.cells.twelve_hour import (
    as_bed_times,
    as_wake_times,
    decide_half_days,
    refuse_all,
    restore_zeros,
)

Role = Literal["bed", "wake", "any"]

_PLAIN = lines_of(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
#: Numbers that cannot be HH.MM: 22.75, 22.333; and 22.5, which may be.
_NOT_MINUTES = re.compile(r"\d{1,2}[.,](?:[6-9]\d|\d{3,})", re.ASCII)
_ONE_DECIMAL = re.compile(r"\d{1,2}[.,]\d", re.ASCII)
#: One cell in so many that cannot be HH.MM casts doubt on the others.
_DOUBT_ONE_IN = 20

STYLE_24 = "24-hour clock"
STYLE_MARKED = "12-hour clock with am/pm"
STYLE_12 = "12-hour clock without am/pm"
STYLE_BED_12 = f"{STYLE_12}: 12 is midnight, 10 and 11 are evening, the rest morning"
STYLE_EARLY_12 = f"{STYLE_12}: 12 is midnight, 10 and 11 and what lies near them are evening"
STYLE_WAKE_12 = f"{STYLE_12}: 4 to 11 are morning, 12 is noon"
STYLE_HOURS = "whole hours on a 24-hour clock"
STYLE_UNKNOWN = "12-hour or 24-hour clock: the column does not say"


def read_clocks(
    cells: Texts, *, role: Role, twelve_hour: bool | None = None, after: Floats | None = None
) -> Parsed:
    """Read a column of clock times.

    Accepted: ``23:10``, ``23:10:30``, ``2310``, ``230``, ``23.10``, ``23h10``, ``23h``,
    ``23 Uhr 10``, ``7:30 pm``, ``7.30pm``, ``7 p.m.``, ``noon``, ``midnight``, and ``24:00`` (read
    as 00:00 of the next day, which is told). Never guessed: a bare number of one or two digits,
    unless the whole column is whole hours with one of 13 or more among them; a dotted number in a
    column of decimal hours.

    A bed column without any hour 0 or 13 to 24 is of a 12-hour clock if some of its cells have am
    or pm, or if readings of 10 or 11 come with others of 12 or 1 to 4, or stand alone or with 9.
    Then 12 is midnight, 10 and 11 are evening, 1 to 4 are morning, and 5 to 9 are in the half of
    the day that lies within 3.5 hours of the column's middle; where neither does, the cell is
    refused. Hours 5 to 8 with 10 or 11 but without 12 and 1 to 4 prove nothing: such a column is
    refused unless written with leading zeros (``07:30``), which 12-hour diaries hardly ever are.

    Among bed times of a 12-hour clock written without colon (``245``), ``45`` can only be 00:45 and
    is read so, which is told; ``11`` stays refused.

    On a 12-hour clock a wake time of 12 is noon, 4 to 11 are morning, and 1 to 3 are read only
    where ``after`` makes one reading a night of 3 to 12 hours; other times (role "any") are
    refused.

    >>> bed = read_clocks(["11:30", "12:15", "1:00", "11"], role="bed")
    >>> bed.values
    array([1410.,   15.,   60.,   nan])
    >>> bed.reason(3)
    "'11' could be 11 minutes or an hour. Write HH:MM."
    """
    texts, codes = distinct(cells)
    if not twelve_hour and all_match(_PLAIN, texts) and _needs_no_decision(texts, role):
        shown = True if _shows_24(texts) else None
        return Parsed(_plain(texts)[codes], style=STYLE_24, twelve_hour=False if shown else None)
    clocks = [read_clock_words(text) for text in texts]
    if _read_whole_hours(texts, clocks):
        return _cells(texts, codes, clocks, STYLE_HOURS, twelve_hour=False)
    _refuse_decimal_hours(texts, clocks)
    bare = [i for i, clock in enumerate(clocks) if clock.bare_hour > 0 and not clock.bad]
    counts = np.bincount(codes, minlength=len(texts))
    style, assumed = _style_of(clocks), ""
    if twelve_hour is None and role == "bed" and bare:
        twelve_hour, assumed = decide_half_days(texts, clocks, bare, counts)
        if twelve_hour is None and any(clocks[i].bad for i in bare):
            style = STYLE_UNKNOWN
    elif twelve_hour is None and any(clock.shown_24 for clock in clocks):
        twelve_hour = False
    if not (twelve_hour and bare):
        return _cells(texts, codes, clocks, style, assumed, twelve_hour)
    if role == "wake":
        values, rows = as_wake_times(clocks, bare, codes, after)
        return replace(
            _cells(texts, codes, clocks, STYLE_WAKE_12, assumed, True, rows), values=values
        )
    if role == "bed":
        as_bed_times(clocks, bare, counts)
        restore_zeros(texts, clocks, counts)
        early = any(5 <= clocks[i].bare_hour <= 9 and clocks[i].minutes >= 720.0 for i in bare)
        return _cells(
            texts, codes, clocks, STYLE_EARLY_12 if early else STYLE_BED_12, assumed, True
        )
    refuse_all(clocks, bare)
    return _cells(texts, codes, clocks, STYLE_12, assumed, True)


def _cells(
    texts: list[str],
    codes: Rows,
    clocks: list[Clock],
    style: str,
    assumed: str = "",
    twelve_hour: bool | None = None,
    rows: Bools | None = None,
) -> Parsed:
    """Spread the readings of distinct texts over the rows."""
    values = np.array([clock.minutes for clock in clocks], dtype=np.float64)
    bad = {i: clock.bad for i, clock in enumerate(clocks) if clock.bad}
    repaired = {i: clock.repaired for i, clock in enumerate(clocks) if clock.repaired}
    return Parsed(
        values[codes],
        Told(codes, texts, bad, rows),
        Told(codes, texts, repaired),
        style,
        assumed,
        twelve_hour,
    )


def _shows_24(texts: list[str]) -> bool:
    return any(text[:2] == "00" or text[:2] > "12" for text in texts if text)


def _needs_no_decision(texts: list[str], role: Role) -> bool:
    """Tell whether plain HH:MM readings can be read without asking for a 12-hour clock."""
    if role != "bed":
        return True
    late = sum(text[:2] in ("10", "11", "12") for text in texts)
    return _shows_24(texts) and 4 * late <= len(texts)


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


def _read_whole_hours(texts: list[str], clocks: list[Clock]) -> bool:
    """Read a column in which every cell is an hour from 0 to 24, one of them 13 or more."""
    said = [i for i, text in enumerate(texts) if not says_missing(text)]
    if not said or not all(HOURS_ONLY.fullmatch(texts[i]) for i in said):
        return False
    hours = [int(texts[i]) for i in said]
    if not 13 <= max(hours) <= 24:
        return False
    for i, hour in zip(said, hours, strict=True):
        clocks[i] = Clock(hour % 24 * 60.0, repaired=NEXT_DAY if hour == 24 else "")
    return True


def _refuse_decimal_hours(texts: list[str], clocks: list[Clock]) -> None:
    """Refuse 23.25 where the column also holds 22.75: it is a quarter past, or 25 past."""
    dotted = [i for i, clock in enumerate(clocks) if clock.dotted and not clock.marked]
    if not dotted:
        return
    proof = [text for text in texts if _NOT_MINUTES.fullmatch(text)]
    hint = [text for text in texts if _ONE_DECIMAL.fullmatch(text)]
    quarters = all(texts[i].partition(".")[2][:2] in ("00", "25") for i in dotted)
    if _DOUBT_ONE_IN * len(proof) < len(dotted) or not (proof or (hint and quarters)):
        return
    why = (
        f"could be a clock time or decimal hours: the column also holds {(proof or hint)[0]!r}. "
        "Write HH:MM."
    )
    for i in dotted:
        if not clocks[i].bad:
            clocks[i] = unreadable(why)


def _style_of(clocks: list[Clock]) -> str:
    if any(clock.marked for clock in clocks):
        rest = any(clock.shown_24 or clock.bare_hour > 0 for clock in clocks)
        return f"{STYLE_MARKED} in some cells, {STYLE_24} in others" if rest else STYLE_MARKED
    return STYLE_24
