"""What a person entered beside the nights: journals by evening, hashtags, days in two rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.arrays import Bools, Days, Floats, Rows, Stamps
from sleepstats.clock import circular_mean_h
from sleepstats.columns import CLOCKS, DICTIONARY, column_of
from sleepstats.errors import advice, option
from sleepstats.reading import cells as of
from sleepstats.reading.nights import LATE_H, Draft, Options, not_one_diary
from sleepstats.reading.text import Cells, RawTable, tidy
from sleepstats.reading.words import meanings_of

#: What is entered before this hour of the clock still belongs to the evening before.
ENTRY_CUT_H = 4.0
_DAY = np.timedelta64(1, "D")
_OF_SLEEP = (*CLOCKS, "sol_min", "waso_min", "tib_min", "tst_min")
#: A tag of such a name is no such column.
_RESERVED = frozenset(DICTIONARY) - {"stress"}
#: A hashtag in free text, such as ``#stress`` and ``#alcohol_3x``.
_TAG = re.compile(
    r"(?<!\S)#(?P<tag>[^\s#]*?[^\W\d_][^\s#]*?)(?:_(?P<times>\d{1,3})x)?[.,;:!?)]*(?=[\s#]|$)"
)
# Stands in no tag, as commas and bars may.
_SEPARATOR = "\x1f"


def entry_evening(day: Days, minutes: Floats) -> Days:
    """Return each entry's evening: its date, or the day before if it is of the small hours."""
    late = minutes < 60.0 * ENTRY_CUT_H
    return np.where(late, day - _DAY, day).astype("datetime64[D]")


class Evenings:
    """Collects columns of one value per evening for ``draft.evenings``."""

    def __init__(self, draft: Draft, night: Days) -> None:
        self._draft, self._night = draft, night.astype("datetime64[D]")
        self._parts: dict[str, pd.Series[Any]] = {}

    def lists(
        self,
        rows: Rows,
        texts: Cells,
        separator: str,
        *,
        header: str,
        before: str = "",
        **told: Any,
    ) -> bool:
        """Add ticked things as yes / no / not recorded; no where that evening has another one.

        Returns whether there was any.
        """
        rows, texts = self._dated(rows, texts)
        if not len(rows):
            return False
        days, first, order = self._groups(rows)
        tags = of.split_tags(texts[order], separator)
        names = of.unused_names([f"{before}{tag}" for tag in tags], self._taken())
        for (tag, entered), name in zip(tags.items(), names.values(), strict=True):
            # Only an evening on which something else of the list was ticked says no.
            yes = np.logical_or.reduceat(entered.to_numpy(bool, na_value=False), first)
            blank = np.logical_and.reduceat(entered.isna(), first)
            about = {"kind": "factor", "when": "day", "label": f"{before}{tag}".lower()}
            values = pd.arrays.BooleanArray(yes, blank)
            self._add(name, days, values, header, **(about | told))
        return bool(tags)

    def numbers(
        self, rows: Rows, values: Floats, name: str, how: str, *,
        header: str, **told: Any,
    ) -> None:  # fmt: skip
        """Add a number per evening: the ``"mean"``, ``"max"`` or ``"sum"`` of its entries."""
        rows, values = self._dated(rows, values)
        known = ~np.isnan(values)
        grouped = pd.Series(values[known]).groupby(self._night[rows[known]].astype("M8[us]"))
        result = grouped.agg(how)
        if len(result):
            about = {"kind": "factor", "when": "day"}
            days = result.index.to_numpy()
            self._add(name, days, result.to_numpy(float), header, **(about | told))

    def last_text(self, rows: Rows, texts: Cells, name: str, *, header: str, **told: Any) -> None:
        """Add the text of each evening's last row among ``rows``, which are in order of time."""
        said = np.array([bool(text.strip()) for text in texts.tolist()], dtype=bool)
        rows, texts = self._dated(rows[said], texts[said])
        last = dict(zip(self._night[rows].tolist(), texts.tolist(), strict=True))
        if last:
            days = np.array(list(last), dtype="datetime64[D]")
            self._add(name, days, pd.array(list(last.values()), dtype="str"), header, **told)

    def free_name(self, name: str) -> str:
        """Return the name, numbered if it is taken."""
        return of.unused_names([name], self._taken())[name]

    def frame(self) -> pd.DataFrame:
        """Return all columns, one row per evening."""
        if not self._parts:
            return pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[us]"))
        return pd.concat(self._parts, axis=1, sort=True)

    def _taken(self) -> set[str]:
        return {*self._parts, *self._draft.columns, *_RESERVED}

    def _dated(self, rows: Rows, values: Any) -> tuple[Rows, Any]:
        dated = ~np.isnat(self._night[rows])
        return rows[dated], values[dated]

    def _groups(self, rows: Rows) -> tuple[Days, Rows, Rows]:
        """Return evenings, where each begins in the ordered rows, and that order."""
        order = np.argsort(self._night[rows], kind="stable")
        days, first = np.unique(self._night[rows][order], return_index=True)
        return days, first, order

    def _add(self, name: str, days: Days, values: Any, header: str, **told: Any) -> None:
        index = pd.DatetimeIndex(days.astype("datetime64[us]"))
        self._parts[name] = pd.Series(values, index=index)
        self._draft.told[name] = {"header": header} | told


def put_hashtags(
    draft: Draft,
    cells: Cells,
    header: str,
    *,
    automatic: Collection[str] = (),
    of_night: Collection[str] = (),
) -> Cells:
    r"""Add one column per hashtag and return the texts without them."""
    texts = cells.tolist()
    # The same comment stands on many nights: split it once.
    place = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    codes = np.fromiter(map(place.__getitem__, texts), dtype=np.intp, count=len(texts))
    split = [_split(str(text), automatic) for text in place]
    *parts, often = [*zip(*split, strict=True)] or [()] * 4
    plain, tags, by_app = (_array(part)[codes] for part in parts)
    own, machine = (of.split_tags(one, _SEPARATOR) for one in (tags, by_app))
    names = of.unused_names([*own, *machine], set(draft.columns) | {"comments"})
    counted = {tag for times in often for tag, number in times.items() if number != 1}
    for tag, values in own.items():
        when = "night" if tag.casefold() in of_night else "day"
        label = tag
        column: object = values
        if tag.casefold() in counted:
            times = [one.get(tag.casefold(), 0) for one in often]
            column = np.where(values.isna(), np.nan, np.array(times, dtype=float)[codes])
            label = f"{tag} (times)"
        draft.put(names[tag], column, header, kind="factor", when=when, label=label)
    for tag, values in machine.items():
        draft.put(names[tag], values, header, kind="control", when="night", label=tag)
    if own and (note := of.note_on_blanks(draft.night, tags == "", "tag")):
        draft.notes.append(note)
    return plain


def _split(text: str, automatic: Collection[str]) -> tuple[str, str, str, dict[str, int]]:
    """Return the text without tags, the person's tags, the app's tags, and how often each."""
    plain = text.replace("\\n", " \n ")
    own: list[str] = []
    machine: list[str] = []
    times: dict[str, int] = {}
    for match in _TAG.finditer(plain):
        tag = match["tag"]
        (machine if tag.casefold() in automatic else own).append(tag)
        times[tag.casefold()] = max(times.get(tag.casefold(), 0), int(match["times"] or 1))
    return (
        "\n".join(" ".join(line.split()) for line in _TAG.sub(" ", plain).split("\n")).strip(),
        _SEPARATOR.join(own),
        _SEPARATOR.join(machine),
        times,
    )


def _array(texts: Sequence[str]) -> Cells:
    return np.fromiter(texts, dtype=object, count=len(texts))


DAY_BEGINS_H, EVENING_BEGINS_H = 6, 18


def summarise_days(draft: Draft, stamps: Stamps, values: Floats, name: str, header: str) -> None:
    """Add a file's samples to its ``evenings``, as mean, maximum and mean of the evening."""
    day = stamps.astype("datetime64[D]")
    hour = (stamps - day) / np.timedelta64(1, "h")
    awake = (hour >= DAY_BEGINS_H) & ~np.isnan(values)
    evening = awake & (hour >= EVENING_BEGINS_H)
    draft.night = day
    by_day = pd.Series(values[awake]).groupby(pd.DatetimeIndex(day[awake]))
    late = pd.Series(values[evening]).groupby(pd.DatetimeIndex(day[evening]))
    columns = {
        f"{name}_mean": (by_day.mean(), f"mean {name}, 06:00 to midnight"),
        f"{name}_max": (by_day.max(), f"highest {name}, 06:00 to midnight"),
        f"{name}_evening_mean": (late.mean(), f"mean {name}, 18:00 to midnight"),
    }
    frame = pd.DataFrame({key: series for key, (series, _) in columns.items()}, dtype=float)
    draft.evenings = frame if draft.evenings is None else draft.evenings.join(frame, how="outer")
    for key, (_, label) in columns.items():
        draft.told[key] = {
            "header": header, "kind": "factor", "when": "day", "unit": "", "label": label,
            "made_of": [f"{name}_{part}" for part in ("mean", "max", "evening_mean")
                        if key != f"{name}_{part}"],
        }  # fmt: skip
    early = int((~np.isnan(values) & (hour < DAY_BEGINS_H)).sum())
    left = f" {early} samples before 06:00 were left out: they may lie in a sleep." if early else ""
    draft.notes.append(
        f"{name.capitalize()}: {int(awake.sum())} samples of {len(frame)} days, as mean and "
        f"maximum of the day (06:00 to midnight) and mean of the evening (from 18:00).{left}"
    )


def tell_open_dates(drafts: Sequence[Draft]) -> None:
    """Warn where it is open on which day a diary's habits were; else that is said already."""
    for draft in drafts:
        told = {n: (column_of(None, n), draft.told.get(n, {})) for n in draft.columns}
        habits = [n for n, (known, one) in told.items() if one.get("kind", known.kind) == "factor"
                  and draft.options.when.get(n, one.get("when", known.when)) == "day"]  # fmt: skip
        if [*draft.readings] == ["calendar"] and habits and not draft.pasted:
            draft.assumed.append(
                "Its dates are read as mornings on which a night ended, the habits of a row as "
                "those of the evening before. If they came after that night, as on a calendar day: "
                f"{option('read_diary(...', labels='calendar')}."
            )


#: Formats of tables that people keep beside any other file of nights.
OWN_TABLES = ("habits", "dose_log", "loop_habits", "habitbull", "daylio")


def only_companion(draft: Draft) -> str:
    """Say of a file that goes with nights that it holds none, and how it goes with them."""
    name, own = draft.table.name, draft.format in OWN_TABLES
    where = "the file of nights" if own else "the file of nights of the same export"
    text = (
        f"{name}: this file ({draft.why}) holds no nights, only what goes with them. "
        f"Read it together with {where}, "
        + advice(
            "read_diary([nights, this]), or join it to another diary: join_evenings(nights, this).",
            "sleepstats report NIGHTS --with THIS.",
        )
    )
    if draft.format == "habits":
        text += (
            f" Its headers: {', '.join(draft.table.header)}. If it is a diary of sleep under other "
            f"names, such as a bed time and a waking time, map them: "
            f"{_ends_in(draft)}; {not_one_diary.SHOWN_BY}."
        )
    return text


def _ends_in(draft: Draft) -> str:
    """Return the headers whose clock times can be those of bed and waking, mapped."""
    found: dict[str, str] = {}
    for name, values in draft.columns.items():
        header = draft.told.get(name, {}).get("header")  # a blank one cannot be mapped
        if header and isinstance(values, np.ndarray) and values.dtype.kind == "M":
            known = values[~np.isnat(values)]
            usual = circular_mean_h((known - known.astype("M8[D]")) / np.timedelta64(1, "h"))
            end = "into_bed" if usual >= 19 or usual < 3 else "final_wake" * (4 <= usual < 12)
            if end and end not in found.values():
                found[header] = end
    slept = draft.told.get("sleep", {}).get("header")  # hours, or a rating: the person knows
    if len(found) < 2 and not slept:
        columns = "columns={'your header': 'into_bed', …}"
        return advice(f"read_diary(path, {columns})", "--column 'your header=into_bed'")
    return option("read_diary(path", columns=found if len(found) > 1 else {slept: "tst_min"})


def _part_of_day(cell: str) -> str:
    """Return of which part of its day a cell says that a row is, if it says nothing else."""
    if cell.strip(" .").casefold() in ("pm", "p.m", "夜", "晩"):
        return "evening"
    about = meanings_of(tidy(cell)) or frozenset("?")
    late = about <= {"evening", "night", "bed", "at_bed", "daytime"}
    return "evening" if late else "morning" * (about <= {"morning", "on_waking", "wake", "rise"})


def days_in_two_rows(
    table: RawTable, at: int | None, options: Options, found: Mapping[int, str]
) -> tuple[RawTable, str, Options, set[int]]:
    """Put the rows of one day together where each fills other columns: one night.

    With the table goes what is to be told, the options, the column that says of which part of its
    day a row is; where that or its hour tells evenings, one goes with the morning after it.
    """
    column = np.empty(0, object) if at is None else table.columns[at]
    texts, form = column.tolist(), getattr(column, "chars", None)  # one says it of all
    short = max(map(len, texts if form is None else texts[:1]), default=0) <= 10
    heads = texts if short else [text[:10] for text in texts]
    whole = "".join(heads if form is None else heads[:1])
    own = whole.isascii() and len(whole.split()) == 1
    own = own and len(of.distinct(column)[0] if short else {*heads}) == len(heads)  # known mostly
    days = texts if own else [text.partition(" ")[0] for text in map(tidy, texts)]
    if at is None or own or len(set(days)) == len(texts):  # each day has a row of its own
        return table, "", options, set()
    cells, where = table.columns[at], f"{table.name}, column {table.header[at]!r}"
    read = of.read_stamps if of.looks_like_stamps(cells) else of.read_dates
    stamps = read(cells, dayfirst=options.dayfirst, where=where, lines=table.line).values
    day = stamps.astype("datetime64[D]")
    rest = [i for i in range(len(table.header)) if i != at]
    said = {i: of.distinct(table.columns[i])[0] for i in rest}
    part = next((i for i in rest if all(map(_part_of_day, said[i]))), None)
    filled = {i: ~of.is_missing(table.columns[i]) for i in rest if i != part}
    pairs = _pairs(table, day, filled)
    if not pairs:
        return table, "", options, set()
    late = (stamps - day) / np.timedelta64(1, "h") >= LATE_H
    if part is not None:
        late = np.array([_part_of_day(c) == "evening" for c in table.columns[part].tolist()])
    apart = sum(late[one] != late[other] for one, other in pairs)
    told = f"{len(pairs)} days have two rows that fill other columns: put together, one night each."
    drop = {other: "put together with the other row of its day" for _, other in pairs}
    table = replace(table, columns=[column.copy() for column in table.columns])
    if 2 * apart > len(pairs) and options.labels == "auto":
        evening = np.where(late, day, day - _DAY)
        pairs = _pairs(table, evening, filled)
        drop = {other: "put together with the other row of its night" for _, other in pairs}
        asleep = np.any([filled[i] for i in filled if found.get(i) in _OF_SLEEP], axis=0)
        alone = set(np.flatnonzero(late & ~asleep & ~np.isnat(day)).tolist()).difference(*pairs)
        drop |= dict.fromkeys(alone, "an evening without a morning after it: no night")
        table.columns[at] = np.where(np.isnat(day), cells, evening.astype(str))
        options = replace(options, labels="evening")
        told = f"{len(pairs)} evenings and the mornings after them have a row each: put together."
        told += f" Left out, without such a morning: {len(alone)}." * bool(alone)
    for one, other in pairs:
        for i in (i for i in filled if filled[i][other]):
            table.columns[i][one] = table.columns[i][other]
    return table.without_rows(drop), told, options, set() if part is None else {part}


def _pairs(table: RawTable, day: Days, filled: Mapping[int, Bools]) -> list[tuple[int, int]]:
    """Return the two rows of each day that has two, where each fills other columns."""
    rows_of: dict[int, list[int]] = {}
    for i in np.flatnonzero(~np.isnat(day)).tolist():
        rows_of.setdefault(int(day[i].astype(int)), []).append(i)
    found = []
    for one, other in (rows for rows in rows_of.values() if len(rows) == 2):
        mine, theirs = ({i for i in filled if filled[i][row]} for row in (one, other))
        cells = (table.columns[i] for i in mine & theirs)
        if mine - theirs and theirs - mine and all(tidy(c[one]) == tidy(c[other]) for c in cells):
            found.append((one, other))
    return found
