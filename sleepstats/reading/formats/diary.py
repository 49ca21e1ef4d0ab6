"""Diary tables: Consensus Sleep Diary items, form answers, and spreadsheets of a person's own.

One row per night. Columns are recognised by their headers (question texts or short names, in any
order) or by ``columns=``; whatever else is there becomes a factor of the person's own. Clock times
carry no date: the row's date and the order of a night settle it.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Floats
from sleepstats.clock import day_cut_h, evening_of, format_clock
from sleepstats.columns import CLOCKS, DICTIONARY
from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.reading.cells import (
    SLEEP_WORDS,
    bare_counts,
    is_missing,
    looks_like_stamps,
    read_clocks,
    read_dates,
    read_durations,
    read_numbers,
    read_ratings,
    read_stamps,
)
from sleepstats.reading.nights.diary_clocks import to_stamps, unroll_night
from sleepstats.reading.nights.draft import Claim, Draft, Format, Options, Preview
from sleepstats.reading.nights.limits import tell_unlikely_years
from sleepstats.reading.nights.nothing import CAN_BE_NONE, zero_for_none
from sleepstats.reading.nights.own_columns import take_own_column
from sleepstats.reading.text import DELIMITERS, Cells, RawTable, Source, normal_header, read_table
from sleepstats.reading.words.header_words import DATES, EVENING_DATE, FILLED_IN, MORNING_DATE
from sleepstats.reading.words.headers import meanings, unit_of_header

#: Header lines are looked for in this many lines from the top.
HEADER_WITHIN = 25
#: Neighbouring nights further apart than this are told.
FAR_DAYS = 3653
_SLEEP = (*CLOCKS, "sol_min", "waso_min", "tib_min", "tst_min", "spt_min")
_MINUTES = tuple(n for n, c in DICTIONARY.items() if c.unit == "min")
#: Ratings, and the words their answers may be.
_RATINGS = {"quality": SLEEP_WORDS, "rested": SLEEP_WORDS, "mood_on_waking": {}, "stress": {}}
_NUMBERS = (
    *(
        name
        for name, column in DICTIONARY.items()
        if name not in (*CLOCKS, *_MINUTES, *_RATINGS) and column.kind in ("recorded", "device")
    ),
    *("se_pct", "midsleep_h", "alcohol_drinks", "caffeine_drinks"),
)


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with a line of headers of which at least one is a date and one is sleep."""
    best: Claim | None = None
    for number in range(1, min(HEADER_WITHIN, len(preview.lines)) + 1):
        for delimiter in DELIMITERS:
            cells = preview.cells(number, delimiter)
            if len(cells) < 2:
                continue
            found = set(meanings(cells, options.columns).values())
            sleep = len(found & set(_SLEEP))
            dated = bool(found & set(DATES))
            if not sleep or not (dated or sleep >= 2):
                continue
            score = min(60, 20 + 5 * len(found) + 10 * dated)
            if best is None or score > best.score:
                why = f"line {number} has {len(found)} headers of a sleep diary"
                best = Claim(score, number, delimiter, why)
    return best


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one diary table."""
    table = read_table(source, claim.header_line, claim.delimiter)
    return draft_of(table, FORMAT.name, claim.why, options)


def draft_of(table: RawTable, format: str, why: str, options: Options) -> Draft:
    """Read the rows of a diary; other formats bring theirs into this form and call it."""
    _check_map(table.name, table.header, options)
    found = meanings(table.header, options.columns)
    place = {name: i for i, name in found.items()}
    draft = Draft(table, format, why, np.empty(0, "datetime64[D]"), zone=options.tz or "")
    if not len(table):
        draft.night = np.empty(0, "datetime64[D]")
        return draft
    clocks, stamps = _clock_cells(draft, place, options)
    bed = clocks.get("into_bed", clocks.get("lights_out", clocks.get("sleep_onset")))
    if bed is None and (first := _first_stamp(stamps)) is not None:
        bed = _minutes_of_day(first)
    if bed is not None:
        draft.day_cut_h = day_cut_h(bed)
        if draft.day_cut_h != 12.0:
            draft.notes.append(
                f"Bed times lie near noon, so the day is cut at "
                f"{format_clock(draft.day_cut_h)} instead of 12:00."
            )
    _date_rows(draft, place, clocks, stamps, options)
    headers = {name: table.header[i] for name, i in place.items()}
    unrolled = unroll_night(draft, clocks, headers, draft.day_cut_h)
    for name in CLOCKS:
        if name in unrolled:
            draft.put(name, to_stamps(draft.night, unrolled[name]), headers[name])
        elif name in stamps:
            draft.put(name, stamps[name], headers[name])
    _order_stamps(draft, stamps)
    _measures(draft, place)
    _own_columns(draft, found, options)
    if "naps" in draft.columns and "nap_min" in draft.columns:
        without = np.asarray(draft.columns["naps"] == 0, dtype=bool)
        draft.columns["nap_min"][without & np.isnan(draft.columns["nap_min"])] = 0.0
    draft.notes += tell_unlikely_years(draft.night)
    _reverse(draft, options)
    return draft


def _check_map(name: str, header: list[str], options: Options) -> None:
    have = {normal_header(h): h for h in header}
    wrong = [h for h in options.columns if normal_header(h) not in have]
    if wrong:
        raise DiaryError(
            [
                f"{name}: columns= names {h!r}, which is not in the header."
                f"{did_you_mean(h, header)} The header has: {', '.join(header)}."
                for h in wrong
            ]
        )


def _clock_cells(
    draft: Draft, place: dict[str, int], options: Options
) -> tuple[dict[str, Floats], dict[str, Days]]:
    """Return clock-only columns in minutes after midnight, and columns of full stamps."""
    table = draft.table
    clocks: dict[str, Floats] = {}
    stamps: dict[str, Days] = {}
    twelve: bool | None = None
    for name in (n for n in CLOCKS if n in place):
        cells, header = table.columns[place[name]], table.header[place[name]]
        if looks_like_stamps(cells):
            where = f"{table.name}, column {header!r}"
            parsed = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
            stamps[name] = draft.parsed(parsed, header).astype("datetime64[us]")
            continue
        role: Literal["bed", "wake"] = (
            "bed" if name in ("into_bed", "lights_out", "sleep_onset") else "wake"
        )
        after = None if role == "bed" else clocks.get("into_bed", clocks.get("lights_out"))
        read_cells = read_clocks(cells, role=role, twelve_hour=twelve, after=after)
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
    place: dict[str, int],
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
                "columns={'your header': 'date'}."
            )
        draft.night = evening_of(first, draft.day_cut_h)
        for i in np.flatnonzero(np.isnat(draft.night)).tolist():
            draft.refused[i] = "there is no bed time with a date, so this row has no night."
        return
    header, cells = table.header[place[kind]], table.columns[place[kind]]
    where = f"{table.name}, column {header!r}"
    if looks_like_stamps(cells):
        filled = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
        day = filled.values.astype("datetime64[D]")
        hour = _minutes_of_day(filled.values) / 60.0
        late = (hour > 0) & (hour < 4) if kind == FILLED_IN else np.zeros(len(day), bool)
    else:
        filled = read_dates(cells, dayfirst=options.dayfirst, where=where, lines=table.line)
        day, late = filled.values, np.zeros(len(cells), bool)
    for i in np.flatnonzero(filled.bad_mask).tolist():
        draft.refused[i] = f"column {header!r}: {filled.reason(i)}"
    blank = np.isnat(day) & ~filled.bad_mask
    for i in np.flatnonzero(blank).tolist():
        draft.refused[i] = f"column {header!r} is blank, so this row has no night. Add its date."
    draft.labels = _labels(draft, kind, header, day, stamps, options)
    for i in np.flatnonzero(late & ~np.isnat(day)).tolist():
        draft.tell(i, header, f"{cells[i]!r} is after midnight: taken for the day before")
    day = np.where(late, day - np.timedelta64(1, "D"), day)
    draft.night = _evening(draft, day, clocks)
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


def _labels(
    draft: Draft, kind: str, header: str, day: Days, stamps: dict[str, Days], options: Options
) -> str:
    """Decide whether the date column names the evening or the morning, and say how."""
    if options.labels != "auto":
        return options.labels
    if kind in (EVENING_DATE, MORNING_DATE):
        return "evening" if kind == EVENING_DATE else "morning"
    if kind == FILLED_IN:
        draft.notes.append(
            f"Column {header!r} says when a row was filled in: taken as the morning after."
        )
        return "morning"
    first = _first_stamp(stamps)
    if first is not None:
        evening = evening_of(first, draft.day_cut_h)
        known = ~np.isnat(evening) & ~np.isnat(day)
        same = float((evening[known] == day[known]).mean()) if known.any() else 0.0
        return "evening" if same > 0.5 else "morning"
    draft.assumed.append(
        f"Column {header!r} does not say whether it names the evening or the morning of a night; "
        "read as the morning of waking, as the Consensus Sleep Diary is filled in. "
        "If it names the evening: read_diary(..., labels='evening')."
    )
    return "morning"


def _evening(draft: Draft, day: Days, clocks: dict[str, Floats]) -> Days:
    """Return evening dates from the label dates."""
    if draft.labels == "evening":
        return day.astype("datetime64[D]")
    before = (day - np.timedelta64(1, "D")).astype("datetime64[D]")
    bed = clocks.get("into_bed", clocks.get("lights_out"))
    wake = clocks.get("final_wake", clocks.get("out_of_bed"))
    if draft.day_cut_h == 12.0 or bed is None or wake is None:
        return before
    went = wake - np.mod(wake - bed, 1440.0)  # minutes after the label day's midnight
    shifted = np.floor((went - 60.0 * draft.day_cut_h) / 1440.0)
    known = ~np.isnan(shifted) & ~np.isnat(day)
    out = before.copy()
    out[known] = day[known] + shifted[known].astype("timedelta64[D]")
    return out


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


def _measures(draft: Draft, place: dict[str, int]) -> None:
    """Read the recorded measures and ratings."""
    table = draft.table
    for name, i in place.items():
        cells, header = table.columns[i], table.header[i]
        if name in CAN_BE_NONE:
            cells = zero_for_none(draft, bare_counts(cells), header)
        if name in _MINUTES:
            unit = unit_of_header(header)
            unit = unit or ("h" if name in ("tst_min", "tib_min") and _hours(cells) else "min")
            values = draft.parsed(read_durations(cells, unit=unit), header)
            draft.put(name, _believable(draft, values, cells, header), header)
        elif name in _NUMBERS:
            draft.put(name, draft.parsed(read_numbers(cells), header), header)
        elif name in _RATINGS:
            rated = read_ratings(cells, _RATINGS[name])
            draft.put(name, draft.parsed(rated, header), header)
    if {"nawk", "waso_min"} <= set(draft.columns):
        asleep = (draft.columns["nawk"] == 0) & np.isnan(draft.columns["waso_min"])
        draft.columns["waso_min"][asleep] = 0.0


def _hours(cells: Cells) -> bool:
    """Say whether bare numbers of a sleep duration can only be hours."""
    numbers = read_numbers(cells).values
    known = numbers[~np.isnan(numbers)]
    return len(known) > 0 and bool((known <= 24).all())


def _believable(draft: Draft, values: Floats, cells: Cells, header: str) -> Floats:
    for i in np.flatnonzero(values > 1440).tolist():
        draft.tell(i, header, f"{cells[i]!r} is more than 24 hours: not used. Check the unit.")
    return np.where(values > 1440, np.nan, values)


def _own_columns(draft: Draft, found: dict[int, str], options: Options) -> None:
    """Take every other column as the person's own factor."""
    table = draft.table
    bed = draft.columns.get("lights_out", draft.columns.get("into_bed"))
    reference = np.full(len(table), np.nan)
    if bed is not None:
        reference = np.asarray(
            (bed - draft.night.astype("datetime64[us]")) / np.timedelta64(1, "m"), dtype=float
        )
    first: dict[str, int] = {}
    for i, header in enumerate(table.header):
        if header and (before := first.setdefault(normal_header(header), i)) != i:
            draft.notes.append(
                f"Columns {before + 1} and {i + 1} are both headed {header!r}: read as two "
                "columns. Rename one, or delete the one that is not meant."
            )
        name = found.get(i)
        if name in DATES or name == "weekday" or (name or "") in draft.columns:
            continue
        if name == "comments":
            values = table.columns[i].copy()
            values[is_missing(values)] = None
            draft.put("comments", pd.array(values, dtype="str"), header)
            continue
        when = options.when.get(name or "") or options.when.get(header)
        take_own_column(draft, table.columns[i], header, name=name, when=when, reference=reference)


def _reverse(draft: Draft, options: Options) -> None:
    """Mirror ratings that run the other way, within the range found."""
    for name in options.reverse:
        values = draft.columns.get(name)
        if values is None or not isinstance(values, np.ndarray) or values.dtype.kind != "f":
            raise DiaryError(
                f"reverse={name!r}: no column of ratings with that name."
                f"{did_you_mean(name, draft.columns)} "
                f"Columns read: {', '.join(draft.columns)}."
            )
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        draft.columns[name] = low + high - values
        draft.notes.append(f"Column {name!r} was mirrored within {low:g} to {high:g}.")


FORMAT = Format(
    name="diary",
    product="Diary table (Consensus Sleep Diary, Google Forms, a spreadsheet of your own)",
    recognised_by="a line of headers with a date and at least one sleep item, by question text or "
    "short name, in any order",
    gives="whatever was written down: clock items, latency, awakenings, ratings, and every other "
    "column as a habit of the day before; what was taken, how much and when from a free text",
    recognise=recognise,
    read=read,
    last_resort=True,
)
