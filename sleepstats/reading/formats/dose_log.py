"""A log of doses or drinks: a time, what was taken and how much of it, several a day.

It goes with the nights of another file. Each thing becomes yes or no, the amount of the day, and
the time of the last of it, from which the hours before bed follow. An entry from before 04:00
belongs to the evening before. A day with another entry says no; one without any says nothing.

Where the things are measures of a night (bed time, minutes asleep), the rows of one date are one
night: a long table, read as a diary with a column for each measure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Floats, Objects, Stamps
from sleepstats.columns import CLOCKS, name_from_header
from sleepstats.errors import DiaryError
from sleepstats.reading.cells import doses, looks_like_stamps, parsed, read_clocks, read_stamps
from sleepstats.reading.formats import diary
from sleepstats.reading.nights import LATE_H, NEVER, Claim, Draft, Format, Options, Preview, shifted
from sleepstats.reading.nights import not_one_diary as people
from sleepstats.reading.nights import own_writing as own
from sleepstats.reading.nights.entries import entry_evening
from sleepstats.reading.nights.tracker import Tracker, read_days, read_together
from sleepstats.reading.text import DELIMITERS, RawTable, Source, normal_header, read_table
from sleepstats.reading.text.rows import tidied
from sleepstats.reading.words import DATES, Sense, Shape, meaning, meanings, sense
from sleepstats.reading.words.shapes import shape_of
from sleepstats.units import as_one

_SAID = {part: "|".join(words) for part, words in parsed.word_lists().items()}
_UNITS = r"( ?[(\[]?(?P<unit>mg|mcg|µg|g|ml|cl|iu|units?|drinks?|cups?)[)\]]?)?"
#: Headers of a log, and those of a table of measures, which may have the same.
_LOG = {
    "time": re.compile(_SAID["log times"]),
    "thing": re.compile(rf"(the )?({_SAID['log things']})"),
    "unit": re.compile(_SAID["log units"]),
    "much": re.compile(rf"({_SAID['log amounts']})( taken)?{_UNITS}"),
}
_MEASURES = _LOG | {
    "thing": re.compile(f"{_SAID['measures']}|{_LOG['thing'].pattern}"),
    "much": re.compile(f"{_SAID['values']}|{_LOG['much'].pattern}"),
}
_AMOUNT = re.compile(r"(?P<number>\d+(?:[.,]\d+)?) ?(?P<unit>[^\W\d]+)?\.?(?: .*)?")
_MASS = {"mg": 1.0, "milligram": 1.0, "mcg": 1e-3, "µg": 1e-3, "ug": 1e-3, "g": 1e3}
#: Things that were taken on fewer days than this are left to the account.
_MOST_THINGS = 30


def _parts(headers: list[str], of: Mapping[str, re.Pattern[str]] = _LOG) -> dict[str, int]:
    """Say which column is the day, the time, the thing, the amount and its unit."""
    found: dict[str, int] = {}
    for i, header in enumerate(map(normal_header, headers)):
        plain = header.replace("_", " ")
        for part, words in of.items():
            if part not in found and words.fullmatch(plain):
                found[part] = i
                break
        else:
            told = sense(header, Shape("date"))
            if "day" not in found and (meaning(header) in DATES or (told and told.role == "date")):
                found["day"] = i
    if "much" not in found and "unit" in found:  # units of alcohol are an amount
        found["much"] = found.pop("unit")
    return found


def _claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of when, what and how much."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        headers = preview.cells(line, delimiter)
        found = _parts(headers)
        ends = {meaning(h) or getattr(sense(h, Shape("clock")), "column", "") for h in headers}
        night = {CLOCKS.index(name) > 2 for name in ends & {*CLOCKS}}  # both: a diary
        if len(night) < 2 and {"thing", "much"} <= set(found) and set(found) & {"day", "time"}:
            names = ", ".join(repr(headers[i]) for i in sorted(found.values()))
            return Claim(70, line, delimiter, f"a log: {names}")
    return None


def _log(draft: Draft) -> None:
    """Sum up the log by evening and thing."""
    found = _parts(draft.table.header)
    day, stamp = _when(draft, found)
    draft.night = day
    header = draft.table.header[found["thing"]]
    places, cells = pd.factorize(np.asarray(draft.table.columns[found["thing"]]))
    said = [" ".join(cell.split()) for cell in cells]
    named = np.array([bool(thing) for thing in said], dtype=bool)[places]
    for i in np.flatnonzero(~named).tolist():
        draft.refused[i] = f"column {header!r} is blank: it does not say what was taken."
    amount, unit = _amounts(draft, found)
    spelled = {thing.casefold(): thing for thing in reversed(said) if thing}
    counts: Counter[str] = Counter()
    for thing, count in zip(said, np.bincount(places).tolist(), strict=True):
        counts[thing.casefold()] += count if thing else 0
    del counts[""]
    good = ~np.isnat(day) & named
    days = np.unique(day[good])
    number_of = {thing: i for i, thing in enumerate(counts)}
    number = np.array([number_of.get(thing.casefold(), -1) for thing in said], dtype=int)[places]
    parts: dict[str, pd.Series] = {}
    index = pd.DatetimeIndex(days.astype("M8[us]"))
    for thing, _ in counts.most_common(_MOST_THINGS):
        rows = np.flatnonzero(good & (number == number_of[thing]))
        if not len(rows):
            continue
        name = name_from_header(spelled[thing])
        told = {"header": header, "kind": "factor", "when": "day"}
        at = np.searchsorted(days, day[rows])
        taken = np.bincount(at, minlength=len(days)) > 0
        parts[name] = pd.Series(taken, index=index).astype("boolean")
        draft.told[name] = told | {"label": spelled[thing].lower()}
        _dose(draft, parts, rows, at, amount, unit, taken, name, told)
        last = np.full(len(days), NEVER)
        np.fmax.at(last, at, stamp[rows])
        if not np.isnat(last).all():
            parts[f"{name}_last"] = pd.Series(last, index=index)
            draft.told[f"{name}_last"] = told | {"label": f"last {spelled[thing].lower()}"}
    draft.evenings = pd.DataFrame(parts, index=index)
    draft.sense |= {
        draft.table.header[i]: Sense("date" if part in ("day", "time") else "habit")
        for part, i in found.items()
    }
    if (left := len(counts) - _MOST_THINGS) > 0:
        draft.notes.append(f"{left} things that were taken least often are left out.")
    draft.notes.append(
        f"A log of {int(good.sum())} entries on {len(days)} evenings: an evening with any entry "
        "says no to everything else; one without says nothing, neither yes nor no."
    )


def _when(draft: Draft, found: dict[str, int]) -> tuple[Days, Stamps]:
    """Return the evening of each entry, and its date and time."""
    table, options = draft.table, draft.options
    timed = found.get("time", found.get("day"))
    if timed is not None and looks_like_stamps(table.columns[timed]):
        ((stamp, _),) = read_together(draft, [timed])
        day = stamp.astype("M8[D]")
        minutes = (stamp - day) / np.timedelta64(1, "m")
    else:
        at = found.get("day", found.get("time", 0))
        day = read_days(draft, at)
        minutes = np.full(len(table), np.nan)
        if "time" in found and "day" in found:
            clocks = read_clocks(table.columns[found["time"]], role="any", twelve_hour=False)
            minutes = draft.parsed(clocks, table.header[found["time"]])
        stamp = shifted(day.astype("M8[us]"), minutes)
    for i in np.flatnonzero(np.isnat(day)).tolist():
        draft.refused.setdefault(i, "no day can be read, so this entry has no evening.")
    evening = np.where(np.isnan(minutes), day, entry_evening(day, np.nan_to_num(minutes, nan=720)))
    evening = evening - np.timedelta64(int(options.labels == "morning"), "D")
    return evening.astype("M8[D]"), stamp


def _amounts(draft: Draft, found: dict[str, int]) -> tuple[Floats, Objects]:
    """Return each entry's amount and its unit, masses in mg."""
    table = draft.table
    name = normal_header(header := table.header[found["much"]])
    said = _LOG["much"].fullmatch(name.replace("_", " "))
    general = (said and said["unit"]) or (name if name in (*_MASS, "ml") else "")
    cells = table.columns[found["much"]]
    beside = table.columns[found["unit"]] if "unit" in found else np.full(len(table), "", object)
    much, of = (pd.factorize(np.asarray(one))[0] for one in (cells, beside))
    pair = much * (1 + of.max(initial=0)) + of
    _, first, place = np.unique(pair, return_index=True, return_inverse=True)
    amount, unit = np.full(len(first), np.nan), np.full(len(first), "", dtype=object)
    texts = [f"{cells[row]} {beside[row].strip() or general}" for row in first.tolist()]
    marked = doses.without_thousands(np.array(texts, dtype=object), "")
    draft.assume(marked, header)
    for i, row in enumerate(first.tolist()):  # each amount with each unit beside it once
        if match := _AMOUNT.fullmatch(doses.in_figures(marked.values[i].strip())):
            own = (match["unit"] or beside[row].strip() or general).casefold()
            size = float(match["number"].replace(",", "."))
            own = own.removesuffix("s") if len(own) > 3 and own[-2] != "s" else own  # cups, 1 cup
            amount[i], unit[i] = (size * _MASS[own], "mg") if own in _MASS else (size, own)
    for i in np.flatnonzero(np.isnan(amount)[place]).tolist():
        if text := cells[i].strip():
            draft.tell(i, header, f"{text!r} is no amount. Expected a number, or 3 mg.")
    return amount[place], unit[place]


def _dose(
    draft: Draft, parts: dict[str, pd.Series], rows: np.ndarray, at: np.ndarray, amount: Floats,
    unit: Objects, taken: np.ndarray, name: str, told: dict[str, str],
) -> None:  # fmt: skip
    """Add the amount of a day in the unit that this thing mostly has; 0 where it was not taken."""
    known = rows[np.isfinite(amount[rows])]
    if not len(known):
        return
    one = as_one(unit[known].tolist())
    of_unit = Counter(one[u] for u in unit[known]).most_common(1)[0][0]
    values = np.where([one.get(u) == of_unit for u in unit[rows]], amount[rows], np.nan)
    lost = [i for i in known.tolist() if one[unit[i]] != of_unit]
    for i in lost:
        draft.tell(i, "", f"the amount is in {unit[i] or 'no unit'!r}, elsewhere in {of_unit!r}: "
                          "not added up.")  # fmt: skip
    bare = bool(one.get("")) * int((unit[known] == "").sum())
    for count, said in ((len(lost), f"in another unit than {of_unit or 'none'!r}: not added up"),
                        (bare, f"without a unit, read as {of_unit!r}, the only one")):  # fmt: skip
        if count:
            draft.assumed.append(f"{name}: {count} of {len(known)} amounts are {said}.")
    total = np.where(taken, np.bincount(at, values, minlength=len(taken)), 0.0)
    column = f"{name}_{name_from_header(of_unit)}" if of_unit else f"{name}_amount"
    parts[column] = pd.Series(total, index=parts[name].index)
    draft.told[column] = told | {"label": f"{name.replace('_', ' ')} a day", "unit": of_unit}


FORMAT = Tracker(
    name="dose_log",
    last_resort=True,
    product="Log of doses or drinks (a table of your own)",
    recognised_by="columns for when, what (substance, drink, medicine) and how much",
    gives="no sleep: joined to the nights of another file, each thing as yes / no, its amount and "
    "the hours before bed",
    claims=_claims,
    role="evenings",
    dating=_log,
    known=None,
    signature=("time", "substance", "amount"),
)

_MOST_COLUMNS, _NO_UNITS = 8, ("", "-", "n", "count", "none")
#: A measure with several values on more of its dates is none of the night; so many rows of the
#: evening and of the morning alike are of two dates a night.
_SEVERAL = _MIXED = 0.1


def _claims_long(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of when, which measure and its value, some of the measures being of sleep."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        headers = preview.cells(line, delimiter)
        found = _parts(headers, _MEASURES) if 3 <= len(headers) <= _MOST_COLUMNS else {}
        if not ({"thing", "much"} <= found.keys() and found.keys() & {"day", "time"}):
            continue
        cells: dict[str, list[str]] = {}
        for n in range(line + 1, len(preview.lines) + 1):
            if len(row := preview.cells(n, delimiter)) > max(found.values()):
                cells.setdefault(row[found["thing"]], []).append(row[found["much"]])
        names = [name for name, said in cells.items() if name and sum(map(bool, said)) > 1]
        found_out = meanings(names, options.columns, [shape_of(cells[name]) for name in names])
        if {*found_out.values()} & {*diary.SLEEP}:
            return Claim(75, line, delimiter, f"a row for each measure: {', '.join(names[:3])}, …")
    return None


def _read_long(source: Source, claim: Claim, options: Options) -> Draft:
    """Put the measures of each date in a row, as a diary has it."""
    table = read_table(source, claim.header_line, claim.delimiter)
    found = _parts(table.header, _MEASURES)
    at = found.get("day", found.get("time", 0))
    who = next((i for i, header in enumerate(table.header) if people.names_people(header)), None)
    if who is not None:
        table, options = people.rows_of_one(table, options, at=who), replace(options, person=None)
    assumed = list[str]()
    wide = _wide(table, found, _dates(table, at, options), assumed)
    rest = ", ".join(repr(h) for i, h in enumerate(table.header) if i not in found.values())
    note = (
        f"Each row is one measure: the {len(table)} rows of {len(wide)} dates are put together, "
        f"one night each. A message names the first line of its date.{rest and ' Not used: '}{rest}"
    )
    wide, options, told, more = own.spelled_out(wide, options)
    draft = diary.draft_of(wide, LONG.name, claim.why, options)
    draft.notes[:0], draft.assumed[:0] = [note, *told], assumed + more
    return draft


def _dates(table: RawTable, at: int, options: Options) -> Objects:
    """Return the date of each row as text, without the time at which it was entered."""
    cells, where = table.columns[at], f"{table.name}, column {table.header[at]!r}"
    if not looks_like_stamps(cells):
        return tidied(cells)
    stamps = read_stamps(cells, dayfirst=options.dayfirst, where=where, lines=table.line).values
    day = stamps.astype("M8[D]")
    hour = (stamps - day) / np.timedelta64(1, "h")
    if min((hour >= LATE_H).mean(), ((hour > 0) & (hour < LATE_H)).mean()) > _MIXED:
        raise DiaryError(
            f"{where}: some measures stand on the evening and some on the morning of a night. One "
            "date for both was expected: add a column of it, or write one row a night."
        )
    codes, days = pd.factorize(day.astype(np.int64))
    texts = np.datetime_as_string(days.astype("M8[D]")).astype(object)[codes]
    return np.where(np.isnat(day), tidied(cells), texts) if np.isnat(day).any() else texts


def _wide(table: RawTable, found: dict[str, int], dates: Objects, told: list[str]) -> RawTable:
    """Return a row for each date and a column for each measure; of two values the first holds."""
    read = {one: tidied(table.columns[i]) for one, i in found.items() if one not in ("day", "time")}
    names, values = read["thing"], read["much"]
    units = read.get("unit", np.full(len(table), "", dtype=object))
    of, days = pd.factorize(dates)
    first = np.unique(of, return_index=True)[1]
    rest, line = np.delete(np.arange(len(table)), first), table.line
    why = np.array([f"put together with line {n}: one night" for n in line[first]], object)[of]
    spelling, texts = pd.factorize(names)
    key = pd.factorize(np.array([*map(str.casefold, texts)], dtype=object))[0][spelling]
    said = np.flatnonzero((names != "") & (values != ""))
    said = said[np.argsort(key[said], kind="stable")]
    measures = np.split(said, np.flatnonzero(np.diff(key[said])) + 1) if len(said) else []
    header, columns = [table.header[found.get("day", found.get("time", 0))]], [days]
    twice = list[tuple[int, str]]()
    for rows in sorted(measures, key=lambda one: one[0]):
        at, place, again = np.unique(of[rows], return_index=True, return_inverse=True)
        had, name, unit = rows[place], names[rows[0]], units[rows[0]]
        other = np.flatnonzero(values[rows] != values[had[again]])
        for i, kept in zip(rows[other].tolist(), had[again[other]].tolist(), strict=True):
            why[i] = f"a second {names[i]!r} of {dates[i]}: line {line[kept]} has it and was kept"
        if count := len({*again[other].tolist()}):
            many = count > max(2.0, _SEVERAL * len(had))
            twice.append((rows[other[0]], (
                f"{name!r} has several values on {count} of {len(had)} dates: "
                f"{'left out' if many else 'the first is read'}. Expected one a date: keep one, or "
                "name each (nap 1, nap 2)."
            )))  # fmt: skip
            if many:
                continue
        header.append(name if unit.casefold() in _NO_UNITS else f"{name} ({unit})")
        columns.append(np.full(len(days), "", dtype=object))
        columns[-1][at] = np.where(units[had] == unit, values[had], values[had] + " " + units[had])
    told += [sentence for _, sentence in sorted(twice)]
    skipped = sorted([*table.skipped, *zip(line[rest].tolist(), why[rest].tolist(), strict=True)])
    wide = RawTable(table.name, header, columns, line[first], skipped, told=table.told)
    parts = dict.fromkeys((table.header[i] for i in found.values()), "night") | {header[0]: "date"}
    wide.renamed = dict.fromkeys(table.header, "aside") | parts
    return wide


LONG = Format(
    name="long_table",
    product="Long table (a table of your own: one row a measure)",
    recognised_by="columns date, metric (what was measured) and value, with measures of sleep",
    gives="what a diary gives: each measure is a column, the rows of one date are one night",
    recognise=_claims_long,
    read=_read_long,
    last_resort=True,
)
FORMATS = (FORMAT, LONG)
