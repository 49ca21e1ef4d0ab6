"""Columns of a 12-hour clock without am/pm: whether it is one, and which half of the day is meant.

Every function takes the distinct texts of a column as :class:`Clock` readings and changes those
whose hour is bare, 1 to 12 without am or pm.
"""

from __future__ import annotations

import re

import numpy as np

from sleepstats.arrays import Bools, Floats, Rows
from sleepstats.reading.cells.clock_words import EITHER_HALF, HOURS_ONLY, Clock
from sleepstats.reading.cells.parsed import says_missing

#: A reading within this many minutes of the column's middle decides between morning and evening.
_NEAR_MIDDLE_MIN = 210.0
#: A night on which somebody slept from so many to so many minutes is taken for what was meant.
_CLEAR_NIGHT_MIN = (180.0, 720.0)

_NO_COLON = re.compile(r"\d{3,4}", re.ASCII)
#: This share of a column's cells must be written without colon for 45 to be 00:45.
_MOSTLY = 0.8

_ASSUMED = (
    "Bed times without am or pm, none of them at 0 or from 13 to 24 o'clock, are read on a 12-hour "
    "clock: 12 is midnight, 10 and 11 are evening."
)


def decide_half_days(
    texts: list[str], clocks: list[Clock], bare: list[int], counts: Rows
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
    if hours & {10, 11, 12} and (hours & {12, 1, 2, 3, 4} or hours <= {9, 10, 11}):
        return True, _ASSUMED
    if hours <= {1, 2, 3, 4}:
        return None, ""
    if all(clocks[i].padded for i in bare if clocks[i].bare_hour < 10):
        return False, ""
    for i in bare:
        if clocks[i].bare_hour >= 5:
            _refuse(clocks[i])
    return None, ""


def as_bed_times(clocks: list[Clock], bare: list[int], counts: Rows) -> None:
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
            _refuse(clocks[i])


def restore_zeros(texts: list[str], clocks: list[Clock], counts: Rows) -> None:
    """Read 45 as 00:45 among bed times written like 245 and 1230.

    Spreadsheets drop leading zeros, and 13 to 59 is no hour of such a clock; 1 to 12 stay refused.
    """
    written = [_NO_COLON.fullmatch(text) is not None for text in texts]
    said = [not says_missing(text) for text in texts]
    if counts[written].sum() < _MOSTLY * counts[said].sum():
        return
    for i, text in enumerate(texts):
        if HOURS_ONLY.fullmatch(text) and 12 < int(text) < 60:
            clocks[i] = Clock(
                float(text),
                repaired=f"read as 00:{text}: the column writes 2:45 as 245, and so 00:{text} "
                f"as {text}.",
            )


def as_wake_times(
    clocks: list[Clock], bare: list[int], codes: Rows, after: Floats | None
) -> tuple[Floats, Bools | None]:
    """Read wake times, 12 as noon; from 1:00 to 3:59 only where the bed time of the row decides.

    Returns the minutes per row, and which rows may be refused (None: as their text says).
    """
    unsure = {i: clocks[i].minutes for i in bare if clocks[i].bare_hour <= 3}
    for i in unsure:
        _refuse(clocks[i])
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


def refuse_all(clocks: list[Clock], bare: list[int]) -> None:
    """Refuse bare readings of times that may lie in either half of the day."""
    for i in bare:
        _refuse(clocks[i])


def _refuse(clock: Clock) -> None:
    clock.minutes, clock.bad = np.nan, EITHER_HALF
