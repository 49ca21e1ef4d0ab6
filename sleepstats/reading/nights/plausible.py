"""The last look at the nights, whatever their format: what cannot be is dropped, the odd is told.

A duration is not below 0 and not longer than a day, a clock time not before the one it follows.
Told, never corrected, are stretches of nights whose clock is not the bed's: some apps print every
night in the zone the phone had when exporting, so that a journey shows as a block of nights shifted
by many hours with sharp edges. Durations are right there; clock times, and sometimes the evening a
night belongs to, are not.

Before that: whether the bare numbers of a diary are seconds, minutes or hours.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Floats, Ints, Objects, Stamps, modulo
from sleepstats.clock import circular_mean_h, format_clock
from sleepstats.columns import CLOCKS, DICTIONARY
from sleepstats.reading import cells
from sleepstats.reading.nights import Draft, sentences
from sleepstats.reading.text import Cells

DAY_MIN = 1440.0
#: Years before and after which a date is told.
EARLIEST, LATEST = 1950, 2100
#: No amount that a person or a device writes down is larger; one that is no zero is not smaller.
LARGEST, SMALLEST = 1e15, 1e-100
#: A clock time of a night lies between these days after the evening's midnight.
EARLIEST_DAY, LATEST_DAY = np.timedelta64(-1, "D"), np.timedelta64(3, "D")

#: Nights as long, in hours, and the share of them from which on two columns look swapped.
LONG_H, MOSTLY = 15.0, 0.8
#: A stretch is this far from the person's usual bed time on the whole, ...
SHIFTED_H = 4.0
#: ... every night of it this far, its edges this steep, ...
EACH_H, EDGE_H = 3.0, 3.0
#: ... and at least this many recorded nights long, none of them this many days after the last.
FEWEST, LONGEST_GAP_DAYS = 3, 7
#: Without a usual bed time (shift work) nothing is unusual: this share of nights must be near it.
USUAL_SHARE, FEWEST_USUAL = 0.7, 10
#: Of more nights than this, evenly spaced ones tell the usual bed time.
_ENOUGH = 10_000
_BED = ("into_bed", "lights_out", "sleep_onset")


def drop_impossible(nights: pd.DataFrame, problem: Objects) -> None:
    """Make impossible durations, shares and clock times missing; both are changed in place.

    ``problem`` holds what is to be told of each night, an empty text for nothing.
    """
    told: dict[int, list[str]] = {}
    _clocks(nights, told)
    _tell_swapped(nights, problem, told)
    drop_huge(nights, told)
    for name in nights.columns:
        column = DICTIONARY.get(name)
        if column is None or column.unit not in ("min", "%") or nights[name].dtype != float:
            continue
        values = nights[name].to_numpy()
        most = DAY_MIN if column.unit == "min" else 100.0
        least = 0.0 if column.unit == "min" or column.kind == "computed" else -np.inf
        bad = (values < least) | (values > most) | np.isinf(values)
        for i in np.flatnonzero(bad).tolist():
            told.setdefault(i, []).append(
                f"{name} {values[i]:.0f} {column.unit} is not between 0 and {most:.0f}: not used. "
                "Check the unit."
            )
        if bad.any():
            nights[name] = np.where(bad, np.nan, values)
    for i, texts in told.items():
        problem[i] = sentences([*([problem[i]] if problem[i] else []), *texts])


def _tell_swapped(nights: pd.DataFrame, problem: Objects, told: dict[int, list[str]]) -> None:
    """Ask, where nearly all nights last 15 h, or nearly all begin out of order, about headers."""
    begin, end = ([nights[n].to_numpy() for n in ns if n in nights] for ns in (_BED, CLOCKS[:2:-1]))
    long = begin and end and (end[0] - begin[0]) / np.timedelta64(1, "h") >= LONG_H
    turned = [" is before " in text and "not used" in text for text in problem]
    for odd, what in ((long, "15 h or more between bed time and wake time"), (turned, "so it is")):
        rows = np.flatnonzero(odd)
        for i in rows.tolist() if len(rows) >= max(5, MOSTLY * len(nights)) else ():
            ask = "are the two columns swapped? If so, swap their headers and read again"
            told.setdefault(i, []).append(f"{what}, as in most rows: {ask}.")


def drop_huge(nights: pd.DataFrame, told: dict[int, list[str]]) -> None:
    """Make numbers missing that no unit explains; they would end every analysis."""
    for name in nights.columns[[dtype.kind == "f" for dtype in nights.dtypes]]:
        values = nights[name].to_numpy(dtype=float, na_value=np.nan)
        bad = ((size := np.abs(values)) > LARGEST) | ((size > 0.0) & (size < SMALLEST))
        for i in np.flatnonzero(bad).tolist():
            told.setdefault(i, []).append(
                f"{name} {values[i]:.3g} is no amount that anybody counts: not used. Check the "
                "cell."
            )
        if bad.any():
            nights[name] = np.where(bad, np.nan, values)


def huge_dropped(frame: pd.DataFrame) -> list[str]:
    """Drop such numbers from the evenings of a companion; return a note for each evening."""
    told: dict[int, list[str]] = {}
    drop_huge(frame, told)
    return [f"{frame.index[i]:%Y-%m-%d}: {'; '.join(texts)}" for i, texts in told.items()]


def tell_unlikely_years(evenings: Stamps) -> list[str]:
    """Tell of nights before 1950 or after 2100: read as written, but hardly meant."""
    known = evenings[~np.isnat(evenings)].astype("datetime64[Y]").astype(np.int64) + 1970
    odd = np.sort(known[(known < EARLIEST) | (known > LATEST)])
    years = " to ".join(dict.fromkeys(map(str, odd[[0, -1]] if len(odd) else ())))
    when = f"in the year{'s' * ('to' in years)} {years}"
    rows = "row is" if len(odd) == 1 else "rows are"
    told = f"{len(odd)} {rows} dated {when}. Check the dates; they were read as written."
    return [told] * bool(years)


def _clocks(nights: pd.DataFrame, told: dict[int, list[str]]) -> None:
    """Drop a clock time that lies before the one it follows, or more than a day after it."""
    before = np.full(len(nights), np.datetime64("NaT", "us"))
    seen: list[tuple[str, Bools]] = []
    evening = nights.index.to_numpy().astype("datetime64[us]")
    for name in CLOCKS:
        if name not in nights:
            continue
        stamps = nights[name].to_numpy().astype("datetime64[us]", copy=False)
        away = stamps - evening
        off = (away < EARLIEST_DAY) | (away > LATEST_DAY)
        for i in np.flatnonzero(off).tolist():
            told.setdefault(i, []).append(
                f"{name} {_said(stamps[i])} is days from the night of "
                f"{_said(evening[i]).split()[0]}: not used. Check its date."
            )
        if off.any():
            stamps = np.where(off, np.datetime64("NaT", "us"), stamps)
            nights[name] = stamps
        gap = stamps - before
        bad = (gap < np.timedelta64(0, "m")) | (gap > np.timedelta64(1, "D"))
        for i in np.flatnonzero(bad).tolist():
            last = next(other for other, known in reversed(seen) if known[i])
            told.setdefault(i, []).append(
                f"{name} {_said(stamps[i])} is not within a day after {last} "
                f"{_said(before[i])}: not used."
            )
        if bad.any():
            stamps = np.where(bad, np.datetime64("NaT", "us"), stamps)
            nights[name] = stamps
        known = ~np.isnat(stamps)
        before = stamps if known.all() else np.where(known, stamps, before)
        seen.append((name, known))


def _said(stamp: np.datetime64) -> str:
    return str(stamp.astype("datetime64[m]")).replace("T", " ")


def nights_away(nights: pd.DataFrame) -> list[tuple[int, int, float, float]]:
    """Find the stretches; where each night has its zone the clock is the bed's."""
    name = next((n for n in _BED if n in nights and nights[n].dtype.kind == "M"), None)
    if name is None or ("zone" in nights and nights["zone"].notna().any()):
        return []
    stamps = nights[name].to_numpy("datetime64[us]")
    rows = np.flatnonzero(~np.isnat(stamps))
    if len(stamps := stamps[rows]) < FEWEST_USUAL:
        return []
    clock = np.asarray((stamps - stamps.astype("datetime64[D]")) / np.timedelta64(1, "h"), float)
    usual = _usual(clock)
    off = _apart(clock, usual)
    if (np.abs(off) < SHIFTED_H).mean() < USUAL_SHARE:
        return []
    days = nights.index.to_numpy()[rows].astype("datetime64[D]").astype(np.int64)
    return [
        (int(rows[a]), int(rows[b]), hours, usual)
        for a, b in _runs(off, days)
        if b - a + 1 >= FEWEST and _steep(off, a, b)
        and abs(hours := float(np.median(off[a : b + 1]))) >= SHIFTED_H
    ]  # fmt: skip


def tell_nights_away(nights: pd.DataFrame, problem: Objects) -> list[str]:
    """Write into ``problem`` what is odd about each night, and return a note per stretch."""
    notes = []
    for first, last, hours, usual in nights_away(nights):
        begin, end = (f"{nights.index[i]:%Y-%m-%d}" for i in (first, last))
        text = "bed time hours from the usual: the clock may be that of another time zone."
        for i in (i for i in range(first, last + 1) if text[:-1] not in problem[i]):  # written out
            problem[i] = sentences([problem[i], text] if problem[i] else [text])
        notes.append(
            f"Bed times from {begin} to {end} ({last - first + 1} nights) lie {abs(hours):.1f} h "
            f"{'before' if hours < 0 else 'after'} the usual {format_clock(usual)}, with sharp "
            "edges, as when a journey is printed in another zone's clock. Durations are not "
            "touched by it; clock times, and perhaps the evening dates, of these nights are, "
            "unless these hours are right. Nothing was corrected."
        )
    return notes


def _usual(clock: Floats) -> float:
    """Return the circular median: the middle of the readings around their mean."""
    clock = clock[:: 1 + len(clock) // _ENOUGH]
    middle = float(clock[0]) if np.isnan(mean := circular_mean_h(clock)) else float(mean)
    return float(np.mod(middle + np.median(_apart(clock, middle)), 24.0))


def _apart(clock: Floats, usual: float) -> Floats:
    return modulo(clock - usual + 12.0, 24.0) - 12.0


def _runs(off: Floats, days: Ints) -> list[tuple[int, int]]:
    """Return stretches of neighbouring nights that are all off to the same side."""
    side = np.where(np.abs(off) >= EACH_H, np.sign(off), 0.0)
    wrap = np.abs(off) >= 10.0
    new = np.ones(len(off), dtype=bool)
    new[1:] = (side[1:] != side[:-1]) & ~(wrap[1:] & wrap[:-1])
    new[1:] |= np.diff(days) > LONGEST_GAP_DAYS
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(off)) - 1
    off_side = side[starts] != 0
    return list(zip(starts[off_side].tolist(), ends[off_side].tolist(), strict=True))


def _steep(off: Floats, first: int, last: int) -> bool:
    """Say whether the stretch begins and ends with a jump; the ends of the diary count as one."""
    begins = first == 0 or abs(off[first] - off[first - 1]) >= EDGE_H
    ends = last == len(off) - 1 or abs(off[last] - off[last + 1]) >= EDGE_H
    return bool(begins and ends)


Unit = Literal["s", "min", "h"]
#: A part of the night longer than this many hours was meant in minutes.
MOST_HOURS = 6.0
#: Half of the nights hold no part as long as this: such numbers are no minutes.
MOST_MIN = 180.0
#: Clock items and a duration that lie this close together tell the same.
CLOCKS_AGREE_MIN = 3.0
#: What lies awake in bed may exceed what bed and sleep leave for it by so much.
ROOM_MIN = 15.0
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
    values = draft.amounts(partial(cells.read_durations, unit=unit), column, header)
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
    elif middle > DAY_MIN:
        unit, why = "s", "as half of them would be more than a day in minutes"
    elif beside == "s":
        if middle < 60:
            return "s", "seconds as the durations beside it"
        unit, why = "s", "as the durations beside it are"
    elif beside == "h" and short:
        if (known % 1 == 0).all():
            return "h", "hours as the durations beside it"
        unit, why = "h", "as the durations beside it are"
    elif name in _AWAKE and short and middle < 1.5 and (known % 1 != 0).mean() > 0.5:
        unit, why = "h", "as most are a part of one"
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
    return best if off[best] <= CLOCKS_AGREE_MIN < off[other] - off[best] else ""


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


def hours_with_points(draft: Draft, at: int, unit: str | None) -> None:
    """Read 7.45 as 7 h 45 min where a column of whole nights shows that it is written so."""
    column, header = draft.table.columns[at], draft.table.header[at]
    if unit not in ("min", "s"):
        draft.table.columns[at] = plain = cells.with_colons(column)
        if plain is not column:
            how = f"as hours and minutes, such as {plain[0]}: no part of an hour is above .59."
            draft.notes.append(f"Column {header!r} is read {how}")
        elif doubt := cells.hours_in_doubt(column):
            draft.assumed.append(f"Column {header!r} {doubt}")


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
    return "s" if float(np.median(known)) > DAY_MIN else "min"
