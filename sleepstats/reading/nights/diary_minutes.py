"""Whether bare numbers of a diary's lengths of time are seconds, minutes or hours."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sleepstats.arrays import Bools, Floats
from sleepstats.reading import cells
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.text import Cells

Unit = Literal["s", "min", "h"]
#: A part of the night longer than this many hours was meant in minutes.
MOST_HOURS = 6.0
#: Half of the nights hold no part as long as this: such numbers are no minutes.
MOST_MIN = 180.0
#: Clock items and a duration that lie this close together tell the same.
CLOCKS_AGREE_MIN = 3.0
#: What lies awake in bed may exceed what bed and sleep leave for it by so much.
ROOM_MIN = 15.0
_DAY_MIN = 1440.0
_TIMES: dict[Unit, float] = {"min": 1.0, "h": 60.0, "s": 1 / 60}
_WORDS: dict[Unit, str] = {"min": "minutes", "h": "hours", "s": "seconds"}
#: Parts of the time in bed that are not sleep.
_AWAKE = ("sol_min", "waso_min", "awake_min", "twak_min")


def part_in_minutes(draft: Draft, name: str, column: Cells, header: str, beside: Unit) -> Floats:
    """Read a part of the night, of which bare numbers are seconds, minutes or hours.

    Clocks of the night prove it; else a file has one unit, ``beside``, and what cannot be told is
    missing.
    """
    unit, doubt = _unit_of(draft, name, column, header, beside)
    values = draft.parsed(cells.read_durations(column, unit=unit), header)
    if not doubt:
        return values
    draft.assumed.append(
        f"Column {header!r}: its numbers may be minutes, or {doubt}, so they are not used. Head it "
        f"'{header} (min)' or '{header} ({unit})'."
    )
    return np.where(values > 0, np.nan, values)


def _unit_of(draft: Draft, name: str, column: Cells, header: str, beside: Unit) -> tuple[Unit, str]:
    """Return the unit of a part of the night, and what it may be where it cannot be told."""
    numbers = cells.read_numbers(column)
    values = numbers.values
    known = values[values > 0]
    if numbers.bad_mask.any() or not len(known):
        return "min", ""
    middle, short = float(np.median(known)), bool((known <= MOST_HOURS).all())
    unit: Unit = "min"
    why = ""
    if shown := _shown_by_clocks(draft, name, values) or _by_room(draft, name, values):
        unit, why = shown, "as the clock times show"
    elif beside == "s":
        if middle < 60:
            return "s", "seconds as the durations beside it"
        unit, why = "s", "as the durations beside it are"
    elif beside == "h" and short:
        if (known % 1 == 0).all():
            return "h", "hours as the durations beside it"
        unit, why = "h", "as the durations beside it are"
    elif name in (*_AWAKE, "nap_min") and middle > MOST_MIN:
        return "s", "seconds, as half of them would be more than 3 h"
    if unit != "min":
        draft.notes.append(f"Column {header!r} is read as {_WORDS[unit]}, {why}.")
    return unit, ""


def _shown_by_clocks(draft: Draft, name: str, values: Floats) -> Unit | Literal[""]:
    """Return the unit in which the latency is the time between two clock items, if in only one."""
    begin = draft.columns.get("lights_out", draft.columns.get("into_bed"))
    onset = draft.columns.get("sleep_onset")
    if name != "sol_min" or begin is None or onset is None:
        return ""
    shown = np.asarray((onset - begin) / np.timedelta64(1, "m"), dtype=float)
    both = ~np.isnan(shown) & (values > 0)
    if not both.any():
        return ""
    off = {u: float(np.median(np.abs(t * values - shown)[both])) for u, t in _TIMES.items()}
    best, other = sorted(off, key=lambda u: off[u])[:2]
    clear = off[best] <= CLOCKS_AGREE_MIN < off[other] - off[best]
    return best if clear else ""


def _by_room(draft: Draft, name: str, values: Floats) -> Unit | Literal[""]:
    """Return seconds where minutes do not go into what the time in bed leaves beside sleep."""
    asleep = draft.columns.get("tst_min")
    begin = draft.columns.get("into_bed", draft.columns.get("lights_out"))
    end = draft.columns.get("out_of_bed", draft.columns.get("final_wake"))
    if name not in _AWAKE or asleep is None or begin is None or end is None:
        return ""
    room = np.asarray((end - begin) / np.timedelta64(1, "m"), dtype=float) - asleep
    both: Bools = np.isfinite(room) & (values > 0)
    if both.sum() < 5:
        return ""
    no_minutes = (values[both] > room[both] + ROOM_MIN).mean() > 0.5
    seconds = (values[both] / 60 <= room[both] + ROOM_MIN).mean() > 0.9
    return "s" if no_minutes and seconds and (values[both] >= 60).mean() > 0.5 else ""


def unit_of_whole(column: Cells) -> Unit:
    """Return what bare numbers of a whole night's length can only be.

    No whole diary has nights of at most 24 minutes, and none of more than a day.
    """
    numbers = cells.read_numbers(column).values
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return "min"
    if (known <= 24).all():
        return "h"
    return "s" if float(np.median(known)) > _DAY_MIN else "min"
