"""Daylio: a mood and a list of activities per entry, several entries a day, newest first.

There is no sleep in the file: it goes with the nights of another one. An entry from before 04:00
belongs to the evening before. Mood words are renamed by their users and several may stand for one
level, so their order is not in the file and they stay words.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sleepstats.columns import name_from_header
from sleepstats.reading.cells import kind_of_cells, note_on_blanks, parsed, read_clocks
from sleepstats.reading.nights import Draft, entries, tracker
from sleepstats.reading.nights.tracker import read_days
from sleepstats.reading.text import normal_header

# a name begins at the start or behind a colon: looked for anywhere, a long cell would take minutes
_SCALE = r"(?:^|:)(?P<name>[^|:]+):\s*(?P<value>-?\d+(?:[.,]\d+)?)"

_OF_ENTRY = re.compile("|".join(parsed.word_lists()["log times"]))


def _date(draft: Draft) -> None:
    """Date each entry, and sum the entries of an evening up."""
    day = read_days(draft, draft.at("full_date"))
    clock = read_clocks(draft.cells("time"), role="any", twelve_hour=False)
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
               and kind_of_cells(table.columns[i]) == "clock"), None)  # fmt: skip
    if at is None or len(np.unique(known)) == len(known):
        return None
    header, clock = table.header[at], read_clocks(table.columns[at], role="any")
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
    if note := note_on_blanks(days, blank, "activity"):
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


FORMAT = tracker.Tracker(
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
