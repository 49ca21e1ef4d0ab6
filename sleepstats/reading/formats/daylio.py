"""Daylio, Loop Habit Tracker and HabitBull, which know nothing of sleep: moods, activities, habits.

Daylio: a mood and a list of activities per entry, several entries a day, newest first. It goes with
the nights of another file. An entry from before 04:00 belongs to the evening before. Mood words are
renamed by their users and several may stand for one level: their order is not in the file and they
stay words.

Loop's ``Checkmarks.csv`` has one row per day, newest first, one column per habit. ``YES_MANUAL``
is a tick, ``YES_AUTO`` a day that a weekly aim lets off: nothing was done on it that the person
said, so it is not recorded, as are ``UNKNOWN`` and ``SKIP``. Numbers are thousandths.

HabitBull: one row per habit and day, 1 for done, 0 for not done, or how much.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.columns import name_from_header
from sleepstats.reading import cells as of
from sleepstats.reading.nights import Claim, Draft, Options, Preview, entries, tracker
from sleepstats.reading.text import DELIMITERS, normal_header

# a name begins at the start or behind a colon: looked for anywhere, a long cell would take minutes
_SCALE = r"(?:^|:)(?P<name>[^|:]+):\s*(?P<value>-?\d+(?:[.,]\d+)?)"

_OF_ENTRY = re.compile("|".join(of.parsed.word_lists()["log times"]))


def _date(draft: Draft) -> None:
    """Date each entry, and sum the entries of an evening up."""
    day = tracker.read_days(draft, draft.at("full_date"))
    clock = of.read_clocks(draft.cells("time"), role="any", twelve_hour=False)
    minutes = draft.parsed(clock, draft.header("time"))
    draft.night = entries.entry_evening(day, minutes)
    # An entry without a time counts as of noon, among the others of its day.
    stamps = day.astype("M8[us]") + np.nan_to_num(minutes, nan=720.0).astype("m8[m]")
    order = np.argsort(stamps, kind="stable")  # NaT last
    evenings = entries.Evenings(draft, draft.night)
    _moods(draft, evenings, order)
    _activities(draft, evenings, order)
    if "scales" in draft.place:
        _scales(draft, evenings)
    if any(key in draft.place for key in ("note", "note_title")):
        draft.notes.append("Notes and their titles are not used.")
    draft.evenings = evenings.frame()


def by_time(draft: Draft, used: set[int]) -> np.ndarray | None:
    """Order a log of several entries a day by its column of times, which is no habit.

    An entry of the small hours belongs to the evening before; one without a time counts as of noon.
    """
    table, known = draft.table, draft.night[~np.isnat(draft.night)]
    at = next((i for i, header in enumerate(table.header) if i not in used
               and _OF_ENTRY.fullmatch(normal_header(header))
               and normal_header(header) not in map(normal_header, draft.options.columns)
               and of.kind_of_cells(table.columns[i]) == "clock"), None)  # fmt: skip
    if at is None or len(np.unique(known)) == len(known):
        return None
    header, clock = table.header[at], of.read_clocks(table.columns[at], role="any")
    minutes, day = np.nan_to_num(draft.parsed(clock, header), nan=720.0), draft.night
    draft.night = entries.entry_evening(day, minutes)
    late = int((draft.night != day)[~np.isnat(day)].sum())
    moved = f"; {late} before 04:00 {'is' if late == 1 else 'are'} of the evening before"
    draft.notes.append(
        f"Column {header!r} says when each row was written: the latest of a day counts"
        f"{moved * (late > 0)}."
    )
    used.add(at)
    return np.argsort(day.astype("M8[s]") + (60 * minutes).astype("m8[s]"), kind="stable")


def _moods(draft: Draft, evenings: entries.Evenings, order: np.ndarray) -> None:
    """Keep the last mood of each evening as its word."""
    header, cells = draft.header("mood"), draft.cells("mood")
    words = cells.copy()
    words[:] = [cell.strip() for cell in cells.tolist()]
    evenings.last_text(order, words[order], "mood", header=header, kind="factor", when="day",
                       label="last mood of the day")  # fmt: skip
    seen = list(dict.fromkeys(word for word in words.tolist() if word))
    if seen:
        shown = ", ".join(seen[:8]) + (" …" if len(seen) > 8 else "")
        draft.notes.append(
            f"Moods are words ({shown}) whose order is not in the file; the last entry of a day is "
            "kept. To use them as numbers: nights['mood_score'] = nights['mood'].map({'good': 4, "
            "…}) with your own order."
        )


def _activities(draft: Draft, evenings: entries.Evenings, order: np.ndarray) -> None:
    header, cells = draft.header("activities"), draft.cells("activities")
    if not evenings.lists(order, cells[order], "|", header=header):
        return
    ticked = np.array([bool(cell.strip(" |")) for cell in cells.tolist()], dtype=bool)
    days = np.unique(draft.night[~np.isnat(draft.night)])
    # Several entries make one evening: the note counts evenings.
    blank = ~np.isin(days, draft.night[ticked])
    if note := of.note_on_blanks(days, blank, "activity"):
        note = note.replace("record has", "evening has", 1).replace(
            "records have", "evenings have", 1
        )
        draft.notes.append(note)


def _scales(draft: Draft, evenings: entries.Evenings) -> None:
    """Read ``Stress: 3 | Pain: 1``: one number per named scale, the mean of a day."""
    header, cells = draft.header("scales"), draft.cells("scales")
    codes, texts = pd.factorize(cells)
    pieces = pd.Series(texts).str.split("|").explode()
    said = pieces[pieces.str.strip().astype(bool)]
    found = said.str.extract(re.compile(_SCALE))
    for i in np.flatnonzero(np.isin(codes, found.index[found["value"].isna()])).tolist():
        draft.tell(i, header, f"{cells[i].strip()!r} is not written as a name and a number")
    names = found["name"].str.strip()
    found = found.assign(name=names.where(names != "")).dropna()
    found["value"] = found["value"].str.replace(",", ".").astype(float)
    rows_of = pd.Series(np.arange(len(codes)), index=codes, name="row")
    found = found.join(rows_of, how="inner").set_index("row").sort_index(kind="stable")
    values = found["value"]
    for name in found["name"].drop_duplicates().tolist():
        mine = (found["name"] == name).to_numpy()
        rows = found.index.to_numpy()[mine]
        column = evenings.free_name(name_from_header(name))
        label = f"{name.lower()}, mean of the day"
        evenings.numbers(rows, values.to_numpy()[mine], column, "mean", header=header, label=label)


_DAYLIO = tracker.Tracker(
    name="daylio",
    product="Daylio",
    recognised_by="columns full_date, time, mood and activities",
    gives="no sleep: joined to the nights of another file it gives the last mood word of a day, "
    "activities as yes / no / not recorded, and scales of one's own",
    needs=("full_date", "time", "mood", "activities"),
    why="the header has 'full_date', 'time', 'mood' and 'activities'",
    role="evenings",
    dating=_date,
    known=None,
    signature=("full_date", "weekday", "time", "mood", "activities", "note"),
)


_YES, _NO = ("YES_MANUAL",), ("NO",)
_NOT_SAID = ("", "UNKNOWN", "SKIP", "YES_AUTO", "QUESTION_MARK")
_OWN = {"YES_MANUAL", "YES_AUTO", "UNKNOWN", "SKIP"}
_THOUSANDTHS = 1000.0


def _loop_claims(preview: Preview, options: Options) -> Claim | None:
    """Claim a table of a date and cells in Loop's own words."""
    line = preview.first_line()
    for delimiter in DELIMITERS:
        headers = preview.cells(line, delimiter)
        if len(headers) < 2 or normal_header(headers[0]) != "date":
            continue
        below = range(line + 1, len(preview.lines) + 1)
        cells = {cell for number in below for cell in preview.cells(number, delimiter)[1:]}
        if cells & _OWN and not {c for c in cells - _OWN - {"NO", ""} if not _is_count(c)}:
            return Claim(95, line, delimiter, "a date and YES_MANUAL, NO, UNKNOWN of Loop Habits")
    return None


def _is_count(cell: str) -> bool:
    return cell.removeprefix("-").isdecimal()


def _loop_habits(draft: Draft) -> None:
    """Read each habit as yes, no, not recorded, or as how much."""
    morning = int(draft.options.labels == "morning")
    draft.night = tracker.read_days(draft, draft.at("date")) - np.timedelta64(morning, "D")
    headers = [header for header in draft.table.header[1:] if header]
    names = of.unused_names(headers, {"night"})
    for i, header in enumerate(draft.table.header[1:], start=1):
        if not header:
            continue
        texts = [cell.strip() for cell in draft.table.columns[i].tolist()]
        label = name_from_header(header).replace("_", " ")
        told = {"kind": "factor", "when": "day", "label": label}
        if any(map(_is_count, texts)):
            counts = [float(cell) / _THOUSANDTHS if _is_count(cell) else np.nan for cell in texts]
            draft.put(names[header], np.array(counts), header, **told)
            continue
        for row, cell in enumerate(texts):
            if cell not in (*_YES, *_NO, *_NOT_SAID):
                draft.tell(row, header, f"{cell!r} is none of Loop's answers: not used.")
        yes = np.array([cell in _YES for cell in texts])
        known = np.array([cell in (*_YES, *_NO) for cell in texts])
        if known.any():
            draft.put(names[header], pd.arrays.BooleanArray(yes, ~known), header, **told)


_LOOP = tracker.Tracker(
    name="loop_habits",
    product="Loop Habit Tracker (Checkmarks.csv)",
    recognised_by="a column Date and cells YES_MANUAL, NO, UNKNOWN, SKIP",
    gives="no sleep: joined to the nights of another file it gives each habit as yes / no / not "
    "recorded, or its count",
    claims=_loop_claims,
    role="evenings",
    dating=_loop_habits,
    known=None,
    signature=("date", "yes_manual", "unknown"),
)


def _bull_habits(draft: Draft) -> None:
    """Bring HabitBull's rows to one column per habit."""
    draft.night = tracker.read_days(draft, draft.at("calendardate"))
    draft.night = draft.night - np.timedelta64(int(draft.options.labels == "morning"), "D")
    header = draft.header("habitname")
    habit = np.array([cell.strip() for cell in draft.cells("habitname").tolist()], dtype=object)
    value = draft.parsed(of.read_numbers(draft.cells("value")), draft.header("value"))
    rows = pd.DataFrame({"night": draft.night.astype("M8[us]"), "habit": habit, "value": value})
    rows = rows[rows["night"].notna() & (rows["habit"] != "") & rows["value"].notna()]
    table = rows.pivot_table(index="night", columns="habit", values="value", aggfunc="sum")
    names = of.unused_names(list(table.columns), {"night"})
    evenings = {}
    for name in table.columns:
        amounts = table[name]
        ticked = set(rows.loc[rows["habit"] == name, "value"]) <= {0.0, 1.0}
        evenings[names[name]] = (amounts > 0).where(amounts.notna()).astype(
            "boolean") if ticked else amounts  # fmt: skip
        draft.told[names[name]] = {
            "header": header, "kind": "factor", "when": "day", "label": str(name)
        }  # fmt: skip
    draft.evenings = pd.DataFrame(evenings, index=table.index)


_HABITBULL = tracker.Tracker(
    name="habitbull",
    product="HabitBull",
    recognised_by="columns HabitName, HabitDescription, HabitCategory, CalendarDate, Value",
    gives="no sleep: joined to the nights of another file it gives each habit as yes / no, or how "
    "much; a day without a row is not recorded",
    signature=("habitname", "habitdescription", "habitcategory", "calendardate", "value",
               "commenttext"),
    needs=("habitname", "habitcategory", "calendardate", "value"),
    role="evenings",
    dating=_bull_habits,
    known=None,
)  # fmt: skip

FORMATS = (_DAYLIO, _LOOP, _HABITBULL)
