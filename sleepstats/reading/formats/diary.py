"""Diary tables: Consensus Sleep Diary items, form answers, and spreadsheets of a person's own.

One row per night. Columns are recognised by their headers (question texts or short names, in any
order) or by ``columns=``; whatever else is there becomes a factor of the person's own. Clock times
carry no date: the row's date and the order of a night settle it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import numpy as np
import pandas as pd

from sleepstats import clock
from sleepstats.arrays import Floats
from sleepstats.columns import CLOCKS, DICTIONARY, column_of
from sleepstats.errors import DiaryError, advice, did_you_mean, option
from sleepstats.reading import cells, words
from sleepstats.reading.nights import (
    Claim,
    Draft,
    Format,
    Options,
    Preview,
    diary_clocks,
    entries,
    not_one_diary,
    own_columns,
    own_writing,
    plausible,
    records,
    roles,
)
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table
from sleepstats.reading.words import DATES, meanings, meanings_of, sense, turned, unit_of_header
from sleepstats.reading.words.shapes import Shape, shape_of

#: In so many lines from the top headers are looked for, at so many rows below for what they mean.
HEADER_WITHIN, ROWS_LOOKED_AT = 25, 20
SLEEP = (*CLOCKS, "sol_min", "waso_min", "tib_min", "tst_min", "spt_min")
_MINUTES = tuple(n for n, c in DICTIONARY.items() if c.unit == "min")
_WHOLE = ("tst_min", "tib_min", "spt_min")
_WITHIN, _IN_SLEEP = ("waso", "onset", "night"), {"night", "fall"}  # falling asleep not counted
_ALL_AWAKE = "all of the time in bed without sleep: falling asleep is in it, as it adds up"
_PARTS = ("sol_min", "waso_min", "nap_min", "awake_min", "twak_min", *clock.STAGES)
#: The same by what a header is about; of scores and batteries only where they run to 100.
_MEASURED = {"heart", "hrv", "oxygen", "breath", "efficiency"}
_OF_100, _HALF_OF_100 = {"score", "readiness"}, 50.0
#: Ratings, and the words their answers may be.
_WORDS = cells.SLEEP_WORDS
_RATINGS = {"quality": _WORDS, "rested": _WORDS, "mood_on_waking": {}, "stress": {}}
_KINDS = ("recorded", "device")
_NUMBERS = {n for n, c in DICTIONARY.items() if c.kind in _KINDS} - {*CLOCKS, *_MINUTES, *_RATINGS}
_NUMBERS |= {"se_pct", "midsleep_h", "alcohol_drinks", "caffeine_drinks"}


def recognise(preview: Preview, options: Options) -> Claim | None:
    """Claim a file with a line of headers of which at least one is a date and one is sleep."""
    best: Claim | None = None
    for number in range(1, min(HEADER_WITHIN, len(preview.lines)) + 1):
        for delimiter in DELIMITERS:
            headers = preview.cells(number, delimiter)
            if len(headers) < 2:
                continue
            found = set(meanings(headers, options.columns).values())
            worded = sum(map(bool, map(meanings_of, headers)))  # each may mean one thing more
            if best and best.score >= min(60, 20 + 5 * (len(found) + worded + 1) + 10):
                continue  # a row below the headers, most often: how all below it look costs much
            if not (found & set(SLEEP) and found & set(DATES)) and worded:
                shapes = shapes_below(preview, number, delimiter, len(headers))
                found |= set(meanings(headers, options.columns, shapes).values())
            sleep = len(found & set(SLEEP))
            dated = bool(found & set(DATES))
            if (dated or worded) and not sleep:
                below = range(number + 1, len(preview.lines) + 1)
                rows = (preview.cells(line, delimiter) for line in below)
                sleep = own_writing.range_beside(rows, headers)
            people = any(map(not_one_diary.names_people, headers))
            if not sleep or not (dated or sleep >= 2 or people):
                continue
            score = min(60, 20 + 5 * len(found) + 10 * dated)
            if best is None or score > best.score:
                why = f"line {number} has {len(found)} headers of a sleep diary"
                best = Claim(score, number, delimiter, why)
    return best


def shapes_below(preview: Preview, number: int, delimiter: str, width: int) -> list[Shape]:
    """Say how the cells below a line look, as far as the preview shows them."""
    below = range(number + 1, min(number + ROWS_LOOKED_AT, len(preview.lines)) + 1)
    rows = [preview.cells(line, delimiter) for line in below]
    head = preview.cells(number, delimiter)  # above each week again, below its title
    dated = [row for row in rows if len(row) >= width and row != head and any(row)]
    rows = [row for row in dated if sum(map(bool, row)) > 1] or [[""] * width]
    if len(dated) == ROWS_LOOKED_AT and not any(rows[0]):  # blank for longer than is looked at
        return [Shape() for _ in range(width)]
    return [shape_of([row[i] for row in rows]) for i in range(width)]


def read(source: Source, claim: Claim, options: Options) -> Draft:
    """Read one diary table."""
    whole = read_table(source, claim.header_line, claim.delimiter, named=options.columns)
    whole, options = not_one_diary.columns_of_one(whole, options)
    title = " ".join(source.preview()[: claim.header_line - 1])
    table, options, notes, assumed = own_writing.spelled_out(whole, options, title)
    draft = draft_of(table, FORMAT.name, claim.why, options)
    draft.notes[:0] = notes
    draft.assumed[:0] = assumed
    return draft


def draft_of(table: RawTable, format: str, why: str, options: Options) -> Draft:
    """Read the rows of a diary; other formats bring theirs into this form and call it."""
    _check_map(table.name, table.header, options)
    shapes = [shape_of(column) for column in table.columns]
    found = meanings(table.header, options.columns, shapes)
    place = dict(zip(found.values(), found, strict=True))
    at = next((place[k] for k in DATES if k in place), None)
    whole, table = table, not_one_diary.rows_of_one(table, options, dates=at)
    if table is not whole:
        shapes = [shape_of(column) for column in table.columns]
    table, told, options, parts = entries.days_in_two_rows(table, at, options, found)
    dated = not place.keys().isdisjoint(DATES) or any(s.kind == "stamp" for s in shapes)
    if who := not_one_diary.one_row_each(table, dated=dated):
        raise DiaryError(
            f"{table.name}, column {who!r}: each row is another person, so this is a table of "
            "people and not of nights. Expected several nights of each, one row a night: what went "
            "with one person's sleep cannot be learned from one night of many."
        )
    draft = Draft(table, format, why, np.empty(0, "datetime64[D]"), zone=options.tz or "",
                  options=options)  # fmt: skip
    draft.notes += filter(None, [told])
    for header, column, shape in zip(table.header, table.columns, shapes, strict=True):
        if shape.naps:
            draft.nap = np.array(["nap" in meanings_of(str(cell)) for cell in column], dtype=bool)
        elif shape.kind == "yes/no" and (mark := words.nap_mark(header)) is not None:
            draft.nap = np.asarray(cells.read_yes_no(column).values == mark)
    if not len(table):
        draft.night = np.empty(0, "datetime64[D]")
        return draft
    diary_clocks.put_nights(draft, place, options)
    for i, why in turned.of_the_day_after(table.header, draft.labels, {*place, *draft.readings}):
        if (sense(table.header[i], shapes[i]) or turned.Sense("habit")).role == "habit":
            place.pop(found.pop(i, ""), None)
            draft.sense[table.header[i]] = turned.Sense("morning", why=why)
    others = turned.of_another(table.header, shapes).items()
    draft.sense |= {table.header[i]: meant for i, meant in others if i not in found}
    _measures(draft, place)
    for name, why in records.contradicted(draft).items():
        del draft.columns[name], found[place[name]]
        draft.sense[header := draft.told.pop(name)["header"]] = turned.Sense("aside", why=why)
        draft.assumed.append(f"Column {header!r} is left aside: {why}.")
    draft.sense |= {table.header[i]: turned.Sense("date") for i in parts}
    _own_columns(draft, found, shapes, options, without=parts)
    _lengths_settled(draft)
    for name, values in draft.columns.items():
        header = draft.told.get(name, {}).get("header", "")
        numbers = isinstance(values, np.ndarray) and values.dtype.kind == "f"
        if numbers and _never_zero(draft, name, header, values):
            records.tell_zeros(draft, values, header)
    draft.notes += plausible.tell_unlikely_years(draft.night)
    _reverse(draft, options)
    return draft


def _never_zero(draft: Draft, name: str, header: str, values: Floats) -> bool:
    """Whether a zero in a column can only mean that nothing was measured."""
    if words.never_zero(header) or name in _WHOLE:
        return True
    role = draft.sense[header].role if header in draft.sense else column_of(None, name).when
    about, scored = meanings_of(header), np.nanmax(values, initial=0.0) > _HALF_OF_100
    measured = bool(about & _MEASURED or (about & _OF_100 and scored))
    return measured and role in ("night", "morning", "aside")


def put_habits(
    draft: Draft, found: dict[int, str], options: Options, *, without: Collection[int]
) -> None:
    """Read what a table without sleep says of its days: ratings, numbers, habits of one's own."""
    _check_map(draft.table.name, draft.table.header, options)
    _measures(draft, {name: i for i, name in found.items()})
    shapes = [shape_of(column) for column in draft.table.columns]
    _own_columns(draft, found, shapes, options, without=without, beside_nights=False)
    _reverse(draft, options)


def _check_map(name: str, header: list[str], options: Options) -> None:
    have = {normal_header(h): h for h in header}
    if wrong := [h for h in options.columns if normal_header(h) not in have]:
        raise DiaryError(
            [
                f"{name}: {advice('columns=', '--column')} names {h!r}, which is not in the header."
                f"{did_you_mean(h, header)} The header has: {', '.join(header)}."
                for h in wrong
            ]
        )


def _measures(draft: Draft, place: dict[str, int]) -> None:
    """Read the recorded measures and ratings."""
    table = draft.table
    timed, whole = ([i for n, i in place.items() if n in of] for of in (_MINUTES, _WHOLE))
    cells.milliseconds_as_seconds(table.columns, whole, timed)
    units = dict[str, plausible.Unit]()
    for name in (n for n in _WHOLE if n in place):
        unit = unit_of_header(table.header[place[name]])
        plausible.hours_with_points(draft, place[name], unit)
        units[name] = unit or plausible.unit_of_whole(table.columns[place[name]])
    parts = [i for n, i in place.items() if n in _PARTS and not unit_of_header(table.header[i])]
    in_s = any(plausible.unit_of_whole(table.columns[i]) == "s" for i in parts)
    beside: plausible.Unit = next((u for u in units.values() if u != "min"), "s" if in_s else "min")
    for name, i in sorted(place.items(), key=lambda one: one[0] in _PARTS):  # whole nights first
        column, header = table.columns[i], table.header[i]
        own_columns.tell_not_known(draft, column, header)
        if name in own_columns.CAN_BE_NONE:
            bare = column if name in _MINUTES else cells.bare_counts(column, shares=name != "nawk")
            for row, told in cells.worded_counts(column, bare).items():
                draft.tell(row, header, told)
            column = own_columns.blanks_told(draft, bare, header, name)
            column = draft.zero_for_none(column, header)
        if name in _MINUTES:
            unit = unit_of_header(header)
            if name in _PARTS and not unit:
                values = plausible.part_in_minutes(draft, name, column, header, beside)
            else:
                lengths = partial(cells.read_durations, unit=unit or units.get(name, "min"))
                values = draft.amounts(lengths, column, header)
            draft.put(name, values, header)
        elif name in _NUMBERS:
            bare = cells.bare_counts(column, shares=False)
            numbers = draft.amounts(cells.read_numbers, bare, header)
            if name == "se_pct" and 0 < np.nanmax(numbers, initial=0.0) <= 1:
                numbers = 100.0 * numbers  # a share, not per cent
            draft.put(name, numbers, header)
        elif name in _RATINGS:
            own_columns.take_rating(draft, name, column, header, _RATINGS[name])


def _lengths_settled(draft: Draft) -> None:
    """Take what is all the time in bed, asleep or awake in it by its numbers for that."""
    had, header = draft.columns, draft.told.get("tst_min", {}).get("header", "")
    if any(had[name].dtype.kind not in "fiu" for name in {*_PARTS, *_WHOLE, "nawk"} & had.keys()):
        return  # clocks under the header of a length
    for times, minutes in (("nawk", "waso_min"), ("naps", "nap_min")):
        if {times, minutes} <= had.keys():  # none took no time, or the form does not ask
            had[minutes][np.asarray(had[times] == 0, dtype=bool) & np.isnan(had[minutes])] = 0.0
    bare = "tst_min" in had and "tib_min" not in had and not meanings_of(header) - {"length"}
    if bare and clock.is_time_in_bed(had["tst_min"], had):
        draft.put("tib_min", had.pop("tst_min"), header)
        del draft.told["tst_min"]
    stages, total = clock.time_in_stages(had)
    told = draft.told.get(stages[0], {}) if stages else {}
    if (plain := clock.with_points(had.get("tst_min"), total)) is not None:
        had["tst_min"] = plain
        draft.notes.append(f"Column {header!r} is read as hours and minutes, as the stages add up.")
    for i in np.flatnonzero(total == 0).tolist():
        draft.tell(i, str(told["header"]), "no stage of sleep: nor was the time awake measured")
    nothing = clock.nothing_measured(had)
    for name in {*_PARTS, "nawk"} & had.keys() - {"nap_min"}:
        had[name] = np.where(nothing & (had[name] == 0), np.nan, had[name])
    if "tst_min" not in had and {"deep_min", "light_min"} <= {*stages}:
        slept = np.where(total > 0, total, np.nan)
        draft.put("tst_min", slept, str(told["header"]), kind="device", made_of=list(stages))
    elif "tst_min" in had and stages and clock.same_minutes(had["tst_min"], total):
        draft.told["tst_min"]["kind"] = "device"  # nobody writes down stages
    own, header = roles.own_measures(draft), draft.told.get("waso_min", {"header": ""})["header"]
    within = any(word in header.lower() for word in _WITHIN) or meanings_of(header) & _IN_SLEEP
    named = "waso_min" in draft.options.columns.values()
    if named or within or not {"tib_min", "tst_min", "waso_min"} <= own.keys():
        return
    rest = own["tib_min"] - own["tst_min"]  # and what is left without the time to fall asleep
    left = rest - own["sol_min"] if "sol_min" in own else own.get("spt_min", rest) - own["tst_min"]
    if [clock.same_minutes(one, own["waso_min"], least=3) for one in (rest, left)] == [True, False]:
        told = draft.told.pop("waso_min") | {"kind": draft.told["tst_min"].get("kind", "recorded")}
        draft.put("awake_min", had.pop("waso_min"), **told)
        draft.notes.append(f"Column {header!r} is {_ALL_AWAKE}.")


def _own_columns(
    draft: Draft, found: dict[int, str], shapes: Sequence[Shape], options: Options, *,
    without: Collection[int] = (), beside_nights: bool = True,
) -> None:  # fmt: skip
    """Take every other column as the person's own factor."""
    table = draft.table
    reference, aside = draft.since_evening("lights_out", "into_bed"), dict(draft.sense)
    first: dict[str, int] = {}
    place = set(found.values())
    for i, header in enumerate(table.header):
        if header and (before := first.setdefault(normal_header(header), i)) != i:
            draft.notes.append(
                f"Columns {before + 1} and {i + 1} are both headed {header!r}: read as two "
                "columns. Rename one, or delete the one that is not meant."
            )
        name = found.get(i)
        if name in DATES:
            draft.sense[header] = turned.Sense("date")
            continue
        taken = (name or "") in draft.columns or (name in _RATINGS and header in draft.sense)
        if taken or i in without:
            continue
        meant = None if name == "tags" else sense(header, shapes[i])
        if name is None or name in ("weekday", "comments"):
            meant, shape = aside.get(header, meant), shapes[i] if beside_nights else None
            draft.sense[header] = own_columns.role_of_own(header, name, meant, options, shape)
            turned.tell(header, draft.sense[header].why, draft.notes, draft.assumed)
            if draft.sense[header].role in ("id", "person", "unused", "date"):
                continue
        if name == "comments" or (meant and meant.role == "note" and "comments" not in place):
            values = table.columns[i].copy()
            values[cells.is_missing(values)] = None
            draft.put("comments", pd.array(values, dtype="str"), header)
            continue
        own_columns.take_own_column(draft, table.columns[i], header, name=name,
                                    sense=draft.sense.get(header), reference=reference)  # fmt: skip
    roles.settle_by_arithmetic(draft)
    own_columns.tell_beyond_scale(draft)


def _reverse(draft: Draft, options: Options) -> None:
    """Mirror ratings that run the other way, as the person or else their own header says."""
    for name in (n for n in _RATINGS if n in draft.told and n not in options.reverse):
        header, told = draft.told[name].get("header", ""), (draft.notes, draft.assumed)
        draft.columns[name] = turned.as_more(name, header, draft.columns[name], draft.table, *told)
    for name in options.reverse:
        values = draft.columns.get(name)
        if values is None or not isinstance(values, np.ndarray) or values.dtype.kind != "f":
            raise DiaryError(
                f"{option(reverse=name)}: no column of ratings with that name."
                f"{did_you_mean(name, draft.columns)} Columns read: {', '.join(draft.columns)}."
            )
        if not np.isfinite(values).any():
            continue
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
