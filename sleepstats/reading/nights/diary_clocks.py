"""Which evening a row of a diary is of, and its clock times put on dates.

A diary writes clock times without dates, beside one date that may name the evening, the morning or
the day of filling in: the order of a night settles both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from sleepstats.arrays import Bools, Days, Floats, Stamps, modulo
from sleepstats.clock import evening_of, format_clock, from_usual, unroll, unroll_after
from sleepstats.columns import CLOCKS
from sleepstats.errors import DiaryError, option
from sleepstats.reading import cells as of
from sleepstats.reading.nights import Draft, Options, entries, tracker, which_evening, years
from sleepstats.reading.words import DATES, FILLED_IN

#: A night longer than this from bed to the final awakening holds a wrong clock time.
LONGEST_NIGHT_MIN = 18 * 60.0
#: How an offset from UTC is written in a column of its own.
OFFSET = re.compile(r"(?:UTC|GMT) ?(?:[+-]\d{1,2}(?::?\d\d)?)?|[+-]\d\d:?\d\d")
#: Longest time believed between neighbouring clock items (in bed awake before or after sleep).
LONGEST_STEP_MIN = 12 * 60.0
#: How long nights usually are. A clock time so far from its usual one is odd, one at most so far
#: is not.
_SHORT_MIN, _LONG_MIN = 180.0, 840.0
_ODD_MIN, _USUAL_MIN = 360.0, 180.0
_DAY_MIN = 1440.0
#: Neighbouring nights further apart than this are told.
FAR_DAYS = 3653
#: A clock-valued factor up to this long after lights out still belongs to the same evening.
AFTER_LIGHTS_OUT_MIN = 3 * 60.0
#: A night as long as this is asked whether one of its ends is a slip, 12:20 for 00:20.
_LONG_TOLD_MIN = 16 * 60.0
_TWELVE = "the waking beside them shows a 12-hour clock: 11:30 is 23:30 and 12:15 is 00:15."


def put_nights(draft: Draft, place: Mapping[str, int], options: Options) -> None:
    """Give every row of a diary its evening, and its clock times their dates."""
    clocks, stamps = _clock_cells(draft, place, options)
    headers = {name: draft.table.header[i] for name, i in place.items()}
    _drop_slips(draft, clocks, headers)
    bed = clocks.get("into_bed", clocks.get("lights_out", clocks.get("sleep_onset")))
    first = next((stamps[name] for name in CLOCKS if name in stamps), None)
    if bed is None and first is not None:
        bed = _minutes_of_day(first)
    draft.assumed += [
        f"Column {headers[name]!r}: putting a mask on or taking it off is read as {end}."
        for name, end in (("into_bed", "going to bed"), ("out_of_bed", "getting up"))
        if re.search(r"(?i)\bmas[ckq]", headers.get(name, ""))
    ]
    again = _further(draft, place)
    if bed is not None:
        draft.cut_day(np.where(again, np.nan, bed))
    _date_rows(draft, place, clocks, stamps, options)
    unrolled = _unroll_night(draft, clocks, headers)
    if again.any() and unrolled:  # each after the one before it
        laid = np.array([*unrolled.values()])
        for i in np.flatnonzero(again).tolist():
            laid[:, i] += _DAY_MIN * (np.fmin.reduce(laid[:, i]) < np.fmin.reduce(laid[:, i - 1]))
        later = again & (np.fmin.reduce(laid) >= _DAY_MIN + 60.0 * draft.day_cut_h)
        later &= np.isin(draft.night + np.timedelta64(1, "D"), draft.night[~again])
        laid[:, later] -= _DAY_MIN  # of the next evening, which has a row
        draft.night = draft.night + later.astype("timedelta64[D]")
        unrolled = dict(zip(unrolled, laid, strict=True))
    whole = stamps | {name: to_stamps(draft.night, minutes) for name, minutes in unrolled.items()}
    for name in (name for name in CLOCKS if name in whole):
        draft.put(name, whole[name], headers[name])
    _order_stamps(draft, stamps)


def _further(draft: Draft, place: Mapping[str, int]) -> Bools:
    """Return which rows are a further stay in bed of the row above: of its line and its date."""
    again = np.diff(draft.table.line, prepend=-1) == 0
    if again.any():
        dates = next((draft.table.columns[place[k]] for k in DATES if k in place), again)
        again &= np.asarray(dates == np.roll(dates, 1)) & (dates is not again)
    return np.asarray(again)


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
            if parsed.offset_min is not None:
                draft.offset[name] = parsed.offset_min
            continue
        role: Literal["bed", "wake"] = "bed" if name in CLOCKS[:3] else "wake"
        after = None if role == "bed" else clocks.get("into_bed", clocks.get("lights_out"))
        read_cells = of.read_clocks(cells, role=role, twelve_hour=twelve, after=after)
        end = next((table.columns[place[n]] for n in CLOCKS[3:] if n in place), None)
        if read_cells.assumed and read_cells.twelve_hour is False and end is not None:
            woke = of.read_clocks(end, role="wake", twelve_hour=False).values
            if np.nanmedian(np.mod(woke - read_cells.values, _DAY_MIN)) > _LONG_TOLD_MIN:
                read_cells = of.read_clocks(cells, role="bed", twelve_hour=True)
                read_cells = replace(read_cells, assumed=_TWELVE)
        # One hand wrote all columns: what the first says about am and pm holds for the others.
        twelve = read_cells.twelve_hour if twelve is None else twelve
        draft.assume(read_cells, header)
        clocks[name] = draft.parsed(read_cells, header)
    draft.twelve_hour = bool(twelve)
    _to_the_bed(draft, stamps, set(place.values()))
    return clocks, stamps


def _to_the_bed(draft: Draft, stamps: dict[str, Days], known: Collection[int]) -> None:
    """Bring stamps in UTC to the clock at the bed: by ``tz=``, or by a column of offsets.

    Stamps that carry other offsets than none show the bed's clock as they are written.
    """
    written = [draft.offset[name] for name in stamps if name in draft.offset]
    offsets = np.concatenate([*written, np.empty(0)])
    offsets = offsets[np.isfinite(offsets)]
    if not len(offsets) or (not draft.options.tz and offsets.any()):
        return
    beside = [] if draft.options.tz else [
        i for i, column in enumerate(draft.table.columns)
        if i not in known and years.share(column, OFFSET.fullmatch) >= years.MOSTLY
    ]  # fmt: skip
    for name, values in stamps.items():
        utc = tracker.to_utc(values, draft.offset.get(name, np.zeros(len(values))))
        if beside:
            at = beside[-1 if name in CLOCKS[3:] else 0]
            offset = of.read_offsets(draft.table.columns[at])
            stamps[name] = tracker.to_utc(utc, -offset)  # the other way
            tracker.put_zone(draft, offset, draft.table.header[at])
        else:
            stamps[name] = tracker.utc_to_local(draft, utc)


def _drop_slips(draft: Draft, clocks: dict[str, Floats], headers: Mapping[str, str]) -> None:
    """Make clock times missing that are wrong by what the others say: am for pm, most often.

    They leave a night of more than 16 h, which the other clock times of the row do not, or are far
    from where they usually lie, which the other end is not. The rest of the row stays.
    """
    begins, ends = ([n for n in part if n in clocks] for part in (CLOCKS[:3], CLOCKS[3:]))
    length = {(b, e): modulo(clocks[e] - clocks[b], _DAY_MIN) for b in begins for e in ends}
    long = {pair: minutes > _LONG_TOLD_MIN for pair, minutes in length.items()}
    rows = np.flatnonzero(np.any([*long.values()], axis=0)).tolist() if long else []
    far = {name: from_usual(clocks[name], near=_USUAL_MIN) for name in (*begins, *ends) if rows}
    for i in rows:
        bad = [pair for pair in long if long[pair][i]]
        wrong = [name for name in bad[0] if all(name in pair for pair in bad)]
        if len(wrong) == 2:
            odd = [name for name in wrong if abs(far[name][i]) >= _ODD_MIN]
            fine = [name for name in wrong if abs(far[name][i]) <= _USUAL_MIN]
            wrong = odd if len(odd) == len(fine) == 1 else []
        if len(wrong) != 1:
            continue
        name = wrong[0]
        clock = clocks[name][i]
        hours, minutes = divmod(round(length[bad[0]][i]), 60)
        begin, end = (format_clock(clocks[one][i] / 60) for one in bad[0])
        told = f"from {begin} to {end} would be a night of {hours} h {minutes:02d} min"
        meant = ""
        if _SHORT_MIN <= (length[bad[0]][i] + 720.0) % _DAY_MIN <= _LONG_MIN:
            meant = f" If {format_clock((clock + 720.0) % _DAY_MIN / 60)} was meant, write that."
        told += f": {format_clock(clock / 60)} is not used.{meant}"
        draft.tell(i, headers[name], told)
        clocks[name] = clocks[name].copy()
        clocks[name][i] = np.nan


def _minutes_of_day(stamps: Days) -> Floats:
    return np.asarray((stamps - stamps.astype("datetime64[D]")) / np.timedelta64(1, "m"), float)


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
        first = next((stamps[name] for name in CLOCKS if name in stamps), None)
        if first is None:
            raise DiaryError(
                f"{table.name}: no column says which night a row is. Expected a date column, for "
                f"example 'date'; the header has: {', '.join(table.header)}. Name it with "
                f"{option(columns={'your header': 'date'})}."
            )
        draft.night, draft.labels = evening_of(first, draft.day_cut_h), which_evening.BEDTIME
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
    day = np.where(again := _further(draft, place), np.datetime64("NaT", "D"), day)
    if not stamps:
        options = which_evening.of_the_coming_night(draft, day, clocks, place, options)
    draft.labels = which_evening.label_rule(draft, kind, header, day, stamps, clocks, options, hour)
    for i in np.flatnonzero(late & ~np.isnat(day)).tolist():
        draft.tell(i, header, f"{cells[i]!r} is after midnight: taken for the day before")
    day = np.where(late, day - np.timedelta64(1, "D"), day)
    draft.stamps = stamps
    night = which_evening.evening_dates(draft, day, clocks)
    draft.night = night[np.maximum.accumulate(np.where(again, 0, np.arange(len(night))))]
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
            if name == "out_of_bed":  # of a row without a final awakening: the night's other end
                whole = np.isnan(out.get("final_wake", np.full(len(step), np.nan)))
                _drop_night(draft, out, minutes, whole & (step > LONGEST_NIGHT_MIN), start,
                            headers[name])  # fmt: skip
                step = np.where(whole, 0.0, step)
            _drop(draft, minutes, step > LONGEST_STEP_MIN, headers[name],
                  "{0} is before {1}, the clock time it should follow: not used.",
                  minutes, start)  # fmt: skip
        out[name] = minutes
        start = np.where(np.isnan(minutes), start, minutes)
    return out


def _drop(
    draft: Draft, values: Floats, bad: Bools, header: str, text: str, first: Floats, second: Floats
) -> None:
    for i in np.flatnonzero(bad).tolist():
        draft.tell(i, header, text.format(*(format_clock(one[i] / 60) for one in (first, second))))
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
    micro, stamps, unknown = np.round(minutes * 60e6), night.astype("M8[us]"), np.isnan(minutes)
    micro[unknown], stamps[unknown] = 0.0, np.datetime64("NaT", "us")
    return np.asarray(stamps + micro.astype(np.int64).view("m8[us]"))


def evening_clock(clock: Floats, reference: Floats, *, morning: bool, cut_h: float) -> Floats:
    """Unroll a clock-valued factor: the last such time before bed, or the first after it.

    A time up to three hours after lights out still belongs to the same evening. Where the bed
    time is missing, the evening is cut at the night's own cut.
    """
    if morning:
        return np.where(np.isnan(reference), clock + 1440.0, unroll_after(clock, reference))
    latest = reference + AFTER_LIGHTS_OUT_MIN
    back = modulo(latest - clock, 1440.0)
    alone = np.where(clock < 60.0 * (cut_h - 7.0), clock + 1440.0, clock)
    return np.where(np.isnan(reference), alone, latest - back)
