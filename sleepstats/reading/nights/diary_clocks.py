"""Which evening a row of a diary is of, and its clock times put on dates.

A diary writes clock times without dates, beside one date that may name the evening, the morning or
the day of filling in: the order of a night settles both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from sleepstats.arrays import Bools, Days, Floats, Stamps
from sleepstats.clock import NOON_H, evening_of, format_clock, unroll, unroll_after
from sleepstats.columns import CLOCKS
from sleepstats.errors import DiaryError, option
from sleepstats.reading import cells as of
from sleepstats.reading.cells.parsed import in_strict_order
from sleepstats.reading.nights import LATE_H, Draft, Options, entries, which_evening
from sleepstats.reading.text import RawTable, tidy
from sleepstats.reading.words import DATES, FILLED_IN

#: A night longer than this from bed to the final awakening holds a wrong clock time.
LONGEST_NIGHT_MIN = 18 * 60.0
#: Longest time believed between neighbouring clock items (in bed awake before or after sleep).
LONGEST_STEP_MIN = 12 * 60.0
#: Neighbouring nights further apart than this are told.
FAR_DAYS = 3653
#: A clock-valued factor up to this long after lights out still belongs to the same evening.
AFTER_LIGHTS_OUT_MIN = 3 * 60.0


def put_nights(draft: Draft, place: Mapping[str, int], options: Options) -> None:
    """Give every row of a diary its evening, and its clock times their dates."""
    clocks, stamps = _clock_cells(draft, place, options)
    bed = clocks.get("into_bed", clocks.get("lights_out", clocks.get("sleep_onset")))
    if bed is None and (first := _first_stamp(stamps)) is not None:
        bed = _minutes_of_day(first)
    if bed is not None:
        draft.cut_day(bed)
    _date_rows(draft, place, clocks, stamps, options)
    headers = {name: draft.table.header[i] for name, i in place.items()}
    unrolled = _unroll_night(draft, clocks, headers)
    for name in CLOCKS:
        if name in unrolled:
            draft.put(name, to_stamps(draft.night, unrolled[name]), headers[name])
        elif name in stamps:
            draft.put(name, stamps[name], headers[name])
    _order_stamps(draft, stamps)


def _clock_cells(
    draft: Draft, place: Mapping[str, int], options: Options
) -> tuple[dict[str, Floats], dict[str, Days]]:
    """Return clock-only columns in minutes after midnight, and columns of full stamps."""
    table = draft.table
    clocks: dict[str, Floats] = {}
    stamps: dict[str, Days] = {}
    twelve: bool | None = None
    for name in (n for n in CLOCKS if n in place):
        cells, header = table.columns[place[name]], table.header[place[name]]
        if of.looks_like_stamps(cells):
            where = f"{table.name}, column {header!r}"
            parsed = of.read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
            stamps[name] = draft.parsed(parsed, header).astype("datetime64[us]")
            continue
        role: Literal["bed", "wake"] = (
            "bed" if name in ("into_bed", "lights_out", "sleep_onset") else "wake"
        )
        after = None if role == "bed" else clocks.get("into_bed", clocks.get("lights_out"))
        read_cells = of.read_clocks(cells, role=role, twelve_hour=twelve, after=after)
        # One hand wrote all columns: what the first says about am and pm holds for the others.
        twelve = read_cells.twelve_hour if twelve is None else twelve
        draft.assume(read_cells, header)
        clocks[name] = draft.parsed(read_cells, header)
    return clocks, stamps


def _first_stamp(stamps: dict[str, Days]) -> Days | None:
    return next((stamps[name] for name in CLOCKS if name in stamps), None)


def _minutes_of_day(stamps: Days) -> Floats:
    minutes = (stamps - stamps.astype("datetime64[D]")) / np.timedelta64(1, "m")
    return np.asarray(minutes, dtype=float)


def _date_rows(
    draft: Draft,
    place: Mapping[str, int],
    clocks: dict[str, Floats],
    stamps: dict[str, Days],
    options: Options,
) -> None:
    """Give every row its evening date."""
    table = draft.table
    kind = next((k for k in DATES if k in place), None)
    if kind is None:
        first = _first_stamp(stamps)
        if first is None:
            raise DiaryError(
                f"{table.name}: no column says which night a row is. Expected a date column, for "
                f"example 'date'; the header has: {', '.join(table.header)}. Name it with "
                f"{option(columns={'your header': 'date'})}."
            )
        draft.night = evening_of(first, draft.day_cut_h)
        for i in np.flatnonzero(np.isnat(draft.night)).tolist():
            draft.refused[i] = "there is no bed time with a date, so this row has no night."
        return
    header, cells = table.header[place[kind]], table.columns[place[kind]]
    where = f"{table.name}, column {header!r}"
    if of.looks_like_stamps(cells):
        filled = of.read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
        day = filled.values.astype("datetime64[D]")
        hour = _minutes_of_day(filled.values) / 60.0
        # Filled in before going to bed, after midnight. 00:00 exactly is a date without a time.
        late = (hour > 0) & (hour < entries.ENTRY_CUT_H) & (kind == FILLED_IN)
    else:
        hour = None
        filled = of.read_dates(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
        day, late = filled.values, np.zeros(len(cells), bool)
    for i in np.flatnonzero(filled.bad_mask).tolist():
        draft.refused[i] = f"column {header!r}: {filled.reason(i)}"
    blank = np.isnat(day) & ~filled.bad_mask
    for i in np.flatnonzero(blank).tolist():
        draft.refused[i] = f"column {header!r} is blank, so this row has no night. Add its date."
    draft.labels = which_evening.label_rule(draft, kind, header, day, stamps, clocks, options, hour)
    for i in np.flatnonzero(late & ~np.isnat(day)).tolist():
        draft.tell(i, header, f"{cells[i]!r} is after midnight: taken for the day before")
    day = np.where(late, day - np.timedelta64(1, "D"), day)
    draft.stamps = stamps
    draft.night = which_evening.evening_dates(draft, day, clocks)
    _far_off(draft)


def _far_off(draft: Draft) -> None:
    """Warn of nights that lie years from the others: most often a mistyped year."""
    known = np.sort(draft.night[~np.isnat(draft.night)])
    gaps = np.flatnonzero(np.diff(known) > np.timedelta64(FAR_DAYS, "D"))
    for gap in gaps.tolist():
        draft.assumed.append(
            f"No night between {known[gap]} and {known[gap + 1]}, which is more than ten years: "
            "if a year is mistyped, correct it in the file."
        )


def _order_stamps(draft: Draft, stamps: dict[str, Days]) -> None:
    """Drop full stamps that run backwards or more than a day from the start of the night."""
    previous: Days | None = None
    for name in (n for n in CLOCKS if n in stamps):
        values = draft.columns[name]
        if previous is not None:
            step = (values - previous) / np.timedelta64(1, "h")
            for i in np.flatnonzero((step < 0) | (step > 24)).tolist():
                draft.tell(
                    i, draft.told[name]["header"],
                    f"{values[i]} does not follow {previous[i]} within a day: not used.",
                )  # fmt: skip
                values[i] = np.datetime64("NaT", "us")
            previous = np.where(np.isnat(values), previous, values)
        else:
            previous = values.copy()


def _unroll_night(
    draft: Draft, clocks: Mapping[str, Floats], headers: Mapping[str, str]
) -> dict[str, Floats]:
    """Turn clock readings into minutes after the evening date's midnight, in the night's order."""
    out: dict[str, Floats] = {}
    start = np.full(len(draft.table), np.nan)
    cut_h = draft.day_cut_h
    for name in ("into_bed", "lights_out"):
        if name in clocks:
            # Not one after the other: that would make nearly 24 h of a slip of minutes.
            minutes = unroll(clocks[name], cut_h)
            if name == "lights_out":
                _drop(draft, minutes, minutes < start, headers[name],
                      "lights out {0} is before getting into bed {1}: lights out not used.",
                      minutes, start)  # fmt: skip
            out[name] = minutes
            start = np.where(np.isnan(minutes), start, minutes)
    for name in ("sleep_onset", "final_wake", "out_of_bed"):
        if name not in clocks:
            continue
        alone = np.isnan(start)
        minutes = np.where(alone, unroll(clocks[name], cut_h), unroll_after(clocks[name], start))
        step = minutes - start
        if name == "final_wake":
            bad = step > LONGEST_NIGHT_MIN
            _drop_night(draft, out, minutes, bad, start, headers[name])
        else:
            _drop(draft, minutes, step > LONGEST_STEP_MIN, headers[name],
                  "{0} is before {1}, the clock time it should follow: not used.",
                  minutes, start)  # fmt: skip
        out[name] = minutes
        start = np.where(np.isnan(minutes), start, minutes)
    return out


def _drop(
    draft: Draft, values: Floats, bad: Bools, header: str, text: str,
    first: Floats, second: Floats,
) -> None:  # fmt: skip
    for i in np.flatnonzero(bad).tolist():
        one, other = format_clock(first[i] / 60), format_clock(second[i] / 60)
        draft.tell(i, header, text.format(one, other))
    values[bad] = np.nan


def _drop_night(
    draft: Draft, out: dict[str, Floats], wake: Floats, bad: Bools, start: Floats,
    header: str,
) -> None:  # fmt: skip
    for i in np.flatnonzero(bad).tolist():
        hours, minutes = divmod(round(wake[i] - start[i]), 60)
        draft.tell(
            i, header,
            f"from {format_clock(start[i] / 60)} to {format_clock(wake[i] / 60)} would be a night "
            f"of {hours} h {minutes:02d} min: one of the times is wrong, so neither is used. "
            "Write times as HH:MM on a 24-hour clock.",
        )  # fmt: skip
    # Which of the two is wrong cannot be told.
    for values in (*out.values(), wake):
        values[bad] = np.nan
    start[bad] = np.nan


def to_stamps(night: Stamps, minutes: Floats) -> Stamps:
    """Put minutes after the evening's midnight on the calendar."""
    stamps = night.astype("datetime64[us]")
    known = ~np.isnan(minutes) & ~np.isnat(stamps)
    if known.all():
        whole: Stamps = stamps + np.round(minutes * 60e6).astype("m8[us]")
        return whole
    out = np.full(len(stamps), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    micro = np.round(minutes[known] * 60e6).astype("timedelta64[us]")
    out[known] = stamps[known] + micro
    return out


def evening_clock(clock: Floats, reference: Floats, *, morning: bool, cut_h: float) -> Floats:
    """Unroll a clock-valued factor: the last such time before bed, or the first after it.

    A time up to three hours after lights out still belongs to the same evening. Where the bed
    time is missing, the evening is cut at the night's own cut.
    """
    if morning:
        return np.where(np.isnan(reference), clock + 1440.0, unroll_after(clock, reference))
    latest = reference + AFTER_LIGHTS_OUT_MIN
    back = np.mod(latest - clock, 1440.0)
    alone = np.where(clock < 60.0 * (cut_h - 7.0), clock + 1440.0, clock)
    return np.where(np.isnan(reference), alone, latest - back)


#: Words that say of which part of its day a row is, in a column of nothing else.
_PARTS_OF_DAY = {
    **dict.fromkeys(("morning", "am", "a.m.", "wake", "waking", "wakeup", "morgen", "morgens",
                     "früh", "matin", "mañana", "mattina", "mattino", "manhã", "ochtend", "rano",
                     "morgon", "morgonen", "朝", "早上", "早晨"), "morning"),
    **dict.fromkeys(("evening", "pm", "p.m.", "night", "bed", "bedtime", "abend", "abends", "soir",
                     "noche", "tarde", "sera", "noite", "avond", "wieczór", "wieczor", "kväll",
                     "kvällen", "夜", "晩", "夕方", "晚上"), "evening"),
}  # fmt: skip


def days_in_two_rows(
    table: RawTable, at: int | None, options: Options
) -> tuple[RawTable, str, Options, set[int]]:
    """Put the rows of one day together where each fills other columns: one night.

    Returned are the table, what is to be told of it, the options, and the column that says of which
    part of its day a row is. Where that, or the hour at which it was filled in, says that one is of
    the morning and the other of the evening, the day is a calendar day.
    """
    texts = [] if at is None else table.columns[at].tolist()
    if in_strict_order(texts) and " " not in "".join(texts):  # each day has a row of its own
        return table, "", options, set()
    if at is None or len({text.split()[0] if text.strip() else "" for text in texts}) == len(texts):
        return table, "", options, set()
    stamped = of.looks_like_stamps(table.columns[at])
    day = (of.read_stamps if stamped else of.read_dates)(
        table.columns[at], dayfirst=options.dayfirst, lines=table.line,
        where=f"{table.name}, column {table.header[at]!r}",
    ).values  # fmt: skip
    hour = (day - day.astype("datetime64[D]")) / np.timedelta64(1, "h") if stamped else None
    rows_of: dict[int, list[int]] = {}
    for i in np.flatnonzero(~np.isnat(day)).tolist():
        rows_of.setdefault(int(day[i].astype("datetime64[D]").astype(int)), []).append(i)
    rest = [i for i in range(len(table.header)) if i != at]
    parts = {i: [_PARTS_OF_DAY.get(tidy(cell).casefold(), "") for cell in table.columns[i].tolist()]
             for i in rest}  # fmt: skip
    part = next((i for i in rest if all(parts[i])), None)
    rest = [i for i in rest if i != part]
    filled = {i: ~of.is_missing(table.columns[i]) for i in rest}
    drop: dict[int, str] = {}
    columns = [column.copy() for column in table.columns]
    in_order = 0
    for one, other in (rows for rows in rows_of.values() if len(rows) == 2):
        mine, theirs = ([i for i in rest if filled[i][row]] for row in (one, other))
        same = set(mine) & set(theirs)
        if not (set(mine) - same and set(theirs) - same) or any(
            tidy(columns[i][one]) != tidy(columns[i][other]) for i in same
        ):
            continue
        for i in theirs:
            columns[i][one] = columns[i][other]
        drop[other] = "put together with the other row of its day"
        said = {parts[part][one], parts[part][other]} if part is not None else set()
        apart = hour is not None and min(hour[one], hour[other]) < NOON_H < LATE_H <= max(
            hour[one], hour[other]
        )  # fmt: skip
        in_order += bool(len(said) == 2 or apart)
    if not drop:
        return table, "", options, set()
    told = f"{len(drop)} days have two rows that fill other columns: put together, one night each."
    if 2 * in_order > len(drop) and options.labels == "auto":
        options = replace(options, labels="calendar")
        told += (
            " One is of the morning and one of the evening after it "
            f"({option(labels=which_evening.CALENDAR)})."
        )
    whole = replace(table, columns=columns).without_rows(drop)
    return whole, told, options, set() if part is None else {part}
