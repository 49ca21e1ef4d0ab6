"""What the dates of a file leave open: what a tracker beside it shows of them, and both readings.

A tracker's stamps carry their dates, a diary's clock times mostly do not. Under the right reading
of its dates the diary's bed and rising times, or how long it says one slept, go with the tracker's
night by night; one day off they go with those of another night. Whether a row's habits are those of
the evening before its night or of the day that began when it ended, no night can show: then only
the habits move under the other reading, else the row with all that is in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Days, Floats
from sleepstats.columns import CLOCKS, RECORD, column_of, told_of
from sleepstats.errors import option
from sleepstats.reading.nights import Draft, Options, years
from sleepstats.reading.nights.which_evening import BEDTIME, CALENDAR, EVENING, MEANS, MORNING
from sleepstats.reading.text import RawTable
from sleepstats.reading.words import before_date

#: One reading is better where its nights are nearer by so many standard errors ...
CLEARER_ERRORS = 3.0
#: ... and by this share, over at least so many nights that the two put on other evenings.
NEARER, FEWEST = 0.75, 5
#: A night further off than this says no more than one at this distance.
_FARTHEST_MIN = 60.0
_BEGINS, _ENDS = CLOCKS[:3], CLOCKS[:2:-1]
_LENGTHS = ("tst_min", "spt_min", "tib_min")
_MINUTE = np.timedelta64(1, "m")

#: Reads the rows of a table of one's own with these options.
Reader = Callable[[Any, str, str, Options], Draft]


def nights_measured(drafts: Sequence[Draft]) -> pd.DataFrame:
    """Return begin, end and length of each night that trackers recorded, by evening date."""
    parts = [_ends_and_length(d.night, d.columns) for d in drafts]
    nights = [slice(None) if d.nap is None else ~d.nap for d in drafts]
    together = pd.concat([one[mine] for one, mine in zip(parts, nights, strict=True)])
    together = together[together.index.notna()]
    by_night = together.groupby(level=0)
    ends = {"begin": by_night["begin"].min(), "end": by_night["end"].max()}
    return pd.DataFrame(ends | {"length": by_night["length"].sum(min_count=1)})


def nights_of_frame(nights: pd.DataFrame) -> pd.DataFrame:
    """Return the same of a frame of nights."""
    columns = {str(name): nights[name].to_numpy() for name in nights.columns if name in _ASKED}
    return _ends_and_length(nights.index.to_numpy(), columns)


_ASKED = (*CLOCKS, *_LENGTHS)


def dated_by(draft: Draft, measured: pd.DataFrame, beside: str, read: Reader) -> Draft:
    """Return the diary, read by the rule that the measured nights show, if they show one.

    What its own header or its own stamps say of its dates is not asked again.
    """
    if draft.options.labels != "auto" or not len(draft.table) or measured.empty:
        return draft
    ways = {
        rule: read(draft.table, draft.format, draft.why, replace(draft.options, settled=rule))
        for rule in (EVENING, MORNING, BEDTIME)
    }
    if any(way.labels != rule for rule, way in ways.items()):
        return draft
    off = {rule: _distance(way, measured) for rule, way in ways.items()}
    rule = EVENING if _nearer(ways, off, EVENING, MORNING) else ""
    if _nearer(ways, off, BEDTIME, MORNING) and (not rule or _nearer(ways, off, BEDTIME, EVENING)):
        rule = BEDTIME
    if not rule and _nearer(ways, off, MORNING, EVENING):
        rule = "" if _nearer(ways, off, BEDTIME, MORNING) else MORNING
    if not rule:
        return draft
    chosen = ways[rule]
    other = EVENING if rule == MORNING else MORNING
    known = np.isfinite(off[rule])
    kept = [one for one in draft.notes if one not in {*ways[EVENING].notes, *ways[MORNING].notes}]
    chosen.notes[:0] = [one for one in kept if not one.startswith("Column ")]
    chosen.notes.append(
        f"Its dates are read as {MEANS[rule]} ({option(labels=rule)}), as its times then go with "
        f"those of {beside}: {np.nanmedian(off[rule]):.0f} min apart in the middle of "
        f"{known.sum()} nights, against {np.nanmedian(off[other]):.0f} min with "
        f"{option(labels=other)}."
    )
    return chosen


def _ends_and_length(night: Days, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return when each row's night began and ended, on the clock, and how long it was."""
    begin, end = (
        _clock(next((columns[n] for n in names if n in columns), None), len(night))
        for names in (_BEGINS, _ENDS)
    )
    lengths = [np.asarray(columns[n], dtype=float) for n in _LENGTHS if n in columns]
    length = np.full(len(night), np.nan)
    for one in lengths:
        length = np.where(np.isnan(length), one, length)
    length = np.where(np.isnan(length), np.mod(end - begin, 1440.0), length)
    index = pd.DatetimeIndex(night.astype("datetime64[us]"))
    return pd.DataFrame({"begin": begin, "end": end, "length": length}, index=index)


def _clock(stamps: Any, n: int) -> Floats:
    """Return minutes after noon of the day on which a stamp falls, or the day before."""
    if stamps is None:
        return np.full(n, np.nan)
    given = np.asarray(stamps).astype("datetime64[us]")
    after_noon = given - np.timedelta64(12, "h")
    minutes: Floats = (after_noon - after_noon.astype("datetime64[D]")) / _MINUTE
    return minutes


def _distance(draft: Draft, measured: pd.DataFrame) -> Floats:
    """Return how far each row is from the night measured on its evening, in minutes.

    What the two differ by on most nights is taken off: a person's own guess, a tracker's rule.
    """
    own = _ends_and_length(draft.night, draft.columns)
    there = measured.reindex(own.index)
    clocks = [name for name in ("begin", "end") if _both(own[name], there[name])]
    gaps = []
    for name in clocks or ["length"]:
        gap = own[name].to_numpy() - there[name].to_numpy()
        if name in ("begin", "end"):
            gap = np.mod(gap + 720.0, 1440.0) - 720.0
        if np.isfinite(gap).any():
            gaps.append(np.minimum(np.abs(gap - np.nanmedian(gap)), _FARTHEST_MIN))
    if not gaps:
        return np.full(len(own), np.nan)
    known = np.isfinite(gaps)
    counted = known.sum(axis=0)
    total = np.where(known, gaps, 0.0).sum(axis=0)
    return np.where(counted > 0, total / np.maximum(counted, 1), np.nan)


def _both(one: pd.Series[Any], other: pd.Series[Any]) -> bool:
    return int((one.notna().to_numpy() & other.notna().to_numpy()).sum()) >= FEWEST


def _nearer(ways: Mapping[str, Draft], off: Mapping[str, Floats], one: str, other: str) -> bool:
    """Say whether one reading's nights are clearly nearer, over the rows that the two part on."""
    apart = ways[one].night != ways[other].night
    gain = off[other] - off[one]
    gain = gain[apart & np.isfinite(gain)]
    if len(gain) < FEWEST:
        return False
    error = max(float(gain.std(ddof=1)) / np.sqrt(len(gain)), 1e-9)
    parted = apart & np.isfinite(off[one]) & np.isfinite(off[other])
    near, far = off[one][parted].mean(), off[other][parted].mean()
    return bool(gain.mean() / error >= CLEARER_ERRORS and near <= NEARER * far)


# ---- the nights as another rule would date them


def habits_after(
    nights: pd.DataFrame, names: Sequence[str] | None = None, days: int = 1
) -> pd.DataFrame:
    """Bring the habits of each calendar day to the night that followed, where it is recorded.

    The rows were dated as mornings, so a row's own evening is the one after its night. ``names``:
    these columns, and not all those of the day; ``days``: so many days later.
    """
    day = [str(n) for n in names or nights if names or column_of(nights, str(n)).when == "day"]
    told = told_of(nights).get("columns", {})
    heads = {n: str(told.get(n.removesuffix("_h_before_bed"), {}).get("header", "")) for n in day}
    if not (day := [n for n in day if before_date(heads[n]) != "day"]):  # that of yesterday stays
        return nights
    other_evening = pd.DatetimeIndex(nights.index) + pd.Timedelta(days=days)
    moved = nights[day].set_axis(other_evening).reindex(nights.index)
    bed = _bed_hours(nights)
    for name in day:
        if nights[name].dtype.kind == "M":
            moved[name] += pd.Timedelta(days=days)
        elif name.removesuffix("_h_before_bed") in {*nights} - {name}:  # before another bed time
            moved[name] += bed - bed.set_axis(other_evening).reindex(nights.index)
    out = nights.copy(deep=False)
    out[day] = moved
    out.attrs = nights.attrs
    return out


def calendar_days(draft: Draft) -> pd.DataFrame:
    """Return the evenings of a diary of calendar days: its habits on the evening of their date."""
    index = pd.DatetimeIndex(draft.night.astype("datetime64[us]"))
    columns = {name: pd.Series(values) for name, values in draft.columns.items()}
    rows = pd.DataFrame(columns, index=range(len(index))).set_axis(index, axis=0)
    rows = rows[rows.index.notna()].groupby(level=0).last()
    rows = rows if draft.evenings is None else draft.evenings
    rows = rows.reindex(rows.index.union(rows.index + pd.Timedelta(days=1)))
    rows.attrs[RECORD] = {"columns": draft.told}
    return habits_after(rows)


def _bed_hours(nights: pd.DataFrame) -> pd.Series[Any]:
    """Return the bed time of each night in hours after its evening's midnight."""
    name = next((n for n in ("lights_out", "into_bed") if n in nights), None)
    if name is None:
        return pd.Series(np.nan, index=nights.index)
    after = nights[name].to_numpy() - nights.index.to_numpy()
    return pd.Series(after / np.timedelta64(1, "h"), index=nights.index)


@dataclass(frozen=True)
class OpenDates:
    """Dates of a file that can be read in more than one way: as taken, and otherwise."""

    #: The rule by which the rows were dated, and those that the file leaves open.
    taken: str
    others: tuple[str, ...]
    #: The file, its columns, and what read it, where it stands beside the nights of another.
    file: str = ""
    columns: tuple[str, ...] = ()
    read_by: str = "read_diary"

    @property
    def likely(self) -> bool:
        """Whether the reading taken is by far the likelier: a list of habits, by its days."""
        return self.taken == EVENING

    @staticmethod
    def means(rule: str) -> str:
        """Say what a date is under a rule."""
        return MEANS[rule].replace(": ", ", that is ")


def read_otherwise(nights: pd.DataFrame, rule: str, dates: OpenDates) -> pd.DataFrame:
    """Return nights as another rule dates their rows, or the rows of what stands beside them."""
    if dates.file:
        here = [name for name in dates.columns if name in nights]
        moved = [n for n in here if rule != CALENDAR or column_of(nights, n).when == "day"]
        later = -1 if dates.taken == EVENING else 1
        return habits_after(nights, moved, later) if moved else nights
    if rule == CALENDAR:
        return habits_after(nights)
    out = nights.set_axis(pd.DatetimeIndex(nights.index) + pd.Timedelta(days=1))
    for name in out:
        if out[name].dtype.kind == "M":
            out[name] += pd.Timedelta(days=1)
    out.index.name = nights.index.name
    out.attrs = nights.attrs
    return out


def open_dates(nights: pd.DataFrame) -> list[OpenDates]:
    """Return what the dates of the nights' file leave open, then those of what stands beside."""
    record = told_of(nights)
    stands_in = {one["file"] for one in record.get("beside", ())} & {*record.get("files", ())[:1]}
    others = () if stands_in else tuple(record.get("readings", ()))  # only its pasted habits move
    own = OpenDates(record.get("labels", EVENING), others)
    beside = [
        OpenDates(
            one["labels"],
            # All columns move together where all are of the day.
            tuple(one["readings"])[: 1 if _all_of_the_day(nights, one["columns"]) else None],
            one["file"],
            tuple(one["columns"]),
            one["read_by"],
        )
        for one in record.get("beside", ())
    ]
    return [one for one in (own, *beside) if one.others]


def _all_of_the_day(nights: pd.DataFrame, names: Sequence[str]) -> bool:
    return all(column_of(nights, name).when == "day" for name in names if name in nights)


def beside_of(record: Mapping[str, Any], join: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a joined file's dates leave open, as the reading record keeps it."""
    given = {name: join[name] for name in ("file", "labels", "columns")}
    given["read_by"] = "join_evenings"
    others = list(record.get("readings", ()))
    return [given | {"readings": others}] if others and join["columns"] else []


#: 5./6.1.2026, 5/1 au 6/1, Jan 5-6, 2026.
_DAY_MONTH = r"(?:(\d{1,2})(?:\.|[./ ] ?(\d{1,2}|[^\W\d_]{3,}\.?))?)"
_WEEKDAYS = r"(?:[^\W\d_]+\.?(?: ?[/–-] ?[^\W\d_]+\.?)? )?"
_TWO_DAYS = re.compile(
    rf"{_WEEKDAYS}{_DAY_MONTH}\.? ?(?:/|-|–|→|>|auf|bis|au|to|al|a|op|naar|na|till) ?"
    rf"{_WEEKDAYS}{_DAY_MONTH}(?:[./ ] ?(\d{{4}}|\d\d))?\.?", re.IGNORECASE,
)  # fmt: skip
#: Jan 5, which is brought to 5 Jan.
_MONTH_DAY = re.compile(r"(?<![^\W\d_])([^\W\d_]{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?(?!\d),?")
_swapped = partial(_MONTH_DAY.sub, r"\2 \1")


def named_by_two_days(
    table: RawTable, options: Options, notes: list[str]
) -> tuple[RawTable, Options]:
    """Date rows that name the evening and the morning of their night by the evening."""
    for at, column in enumerate(table.columns):
        # swapped only as far as is looked at: most columns of most files are none of these
        ways = column, map(_swapped, column)
        if max(years.share(cells, _TWO_DAYS.fullmatch) for cells in ways) < years.MOSTLY:
            continue
        for dayfirst in (True, False):
            two = partial(_first_of_two, dayfirst=dayfirst)
            first = [two(cell) or two(_swapped(cell)) for cell in column.tolist()]
            if 2 * sum(map(bool, first)) > len(first):
                columns, header = list(table.columns), table.header[at]
                # What names no two days that follow each other stays, so that the row tells of it.
                both = [one or cell for one, cell in zip(first, column.tolist(), strict=True)]
                columns[at] = np.array(both, dtype=object)
                notes.append(
                    f"Column {header!r} names two days ({column[0]!r}): the evening and the "
                    "morning of a night."
                )
                told = {header: "evening", **options.columns}
                return replace(table, columns=columns), replace(options, columns=told)
    return table, options


def _first_of_two(text: str, dayfirst: bool) -> str:
    """Return the first of two days that follow each other; blank if they do not."""
    found = _TWO_DAYS.fullmatch(text.strip())
    if found is None:
        return ""
    one, month, other, month_after, year = found.groups()
    if not dayfirst and month and month_after:
        one, month, other, month_after = month, one, month_after, other
    before, after = (
        int(m) if m and m.isdecimal() else m and years.month_of(m) for m in (month, month_after)
    )
    if not (before or after) or not one.isdecimal() or not other.isdecimal():
        return ""
    over = int(other) < int(one)  # the month is that of one of them
    before = before or ((after or 1) - 1 - over) % 12 + 1
    after = after or (before - 1 + over) % 12 + 1
    for of in (2000 + int(year) % 100,) if year else (2024, 2023):  # with a 29 February or without
        try:
            second = dt.date(of, after, int(other))
            first = dt.date(of - (before > after), before, int(one))
        except ValueError:
            continue
        if (second - first).days == 1:
            return first.isoformat() if year else f"{first.day}.{first.month}."
    return ""
