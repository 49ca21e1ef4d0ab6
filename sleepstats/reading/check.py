"""Before the first question: a blank diary to fill in, and what a file was read as."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sleepstats.checks import date_said, is_blank, latency_call, nights_said
from sleepstats.columns import column_of, factor_names, told_of
from sleepstats.errors import DiaryError, advice, both_forms
from sleepstats.reading.formats import known_formats
from sleepstats.reading.nights import roles
from sleepstats.reading.nights.record import reading_report, summary_sentences

#: What most questions are about, and what it is called where it is missing.
_WANTED = {
    "into_bed": "bed times", "sol_min": "sleep onset latency", "waso_min": "wake after sleep onset",
    "tst_min": "total sleep time", "quality": "a rating of sleep quality",
}  # fmt: skip
#: Gaps of at least this many nights are listed, the longest first, this many of them.
GAP_NIGHTS, GAPS_SHOWN = 3, 5
#: More rows than this with the same to tell are told once.
ALIKE, _LONG_NAP = 3, re.compile(r"\d+ min; line \d+ of that evening is longer")


def recognised(nights: pd.DataFrame) -> list[str]:
    """Say what each file was taken for, and why."""
    formats, lines = known_formats(), list[str]()
    for part in told_of(nights).get("sources", []):
        known = formats.get(part["format"])
        product = known.product if known else part["format"]
        lines.append(f"{part['file']}: {product} (format {part['format']}), because {part['why']}.")
        if known:
            lines.append(f"  Such a file gives {known.gives}.")
    return lines


def coverage(nights: pd.DataFrame) -> list[str]:
    """Say from when to when the nights run, and where the longest gaps are."""
    first, last = nights.index.min(), nights.index.max()
    span = (last - first).days + 1
    lines = [
        f"{nights_said(nights)}, the first {first:%Y-%m-%d}, the last {last:%Y-%m-%d}; "
        f"{span - len(nights)} of {span} evenings in between have no night."
    ]
    days = nights.index.to_numpy().astype("datetime64[D]")
    missing = np.diff(days).astype(int) - 1
    long = np.flatnonzero(missing >= GAP_NIGHTS)
    for i in sorted(long.tolist(), key=lambda i: (-missing[i], i))[:GAPS_SHOWN]:
        lines.append(f"  gap of {missing[i]} nights after {days[i]}, until {days[i + 1]}")
    if len(long) > GAPS_SHOWN:
        lines.append(f"  and {len(long) - GAPS_SHOWN} more gaps of {GAP_NIGHTS} nights or longer")
    return lines


def factor_table(nights: pd.DataFrame) -> list[str]:
    """List every factor with what was recorded: yes / no / not recorded, or the range."""
    names = factor_names(nights)
    if not names:
        return ["No habits or circumstances were recorded: there is nothing to relate sleep to."]
    width = max(len("factor"), *(len(name) for name in names))
    lines = [f"{'factor':<{width}}  {'recorded as':<32}  {'not recorded':>12}  belongs to"]
    for name in names:
        what, absent = _what(nights[name]), int(nights[name].isna().sum())
        lines.append(f"{name:<{width}}  {what:<32}  {absent:>12}  {column_of(nights, name).when}")
    return lines


def _what(values: pd.Series[Any]) -> str:
    known = values.dropna()
    if not len(known) and not pd.api.types.is_bool_dtype(values.dtype):
        return "nothing"
    if pd.api.types.is_numeric_dtype(values.dtype):  # yes and no are
        if {*known.unique().tolist()} <= {0.0, 1.0}:
            yes = int((known == 1).sum())
            return f"{yes} yes, {len(known) - yes} no"
        if len(known) == 1:
            return f"1 number, {_short(known.iloc[0])}"
        return f"{len(known)} numbers, {_short(known.min())} to {_short(known.max())}"
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return f"{len(known)} clock times"
    return f"{len(known)} answers of {known.nunique()} kinds"


def _short(value: float) -> str:
    """Write a number without an exponent and without idle zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def not_given(nights: pd.DataFrame) -> list[str]:
    """Name what most questions are about and this diary does not have."""
    missing = [
        word for name, word in _WANTED.items()
        if not (name in nights and nights[name].notna().any())
        and not (name == "into_bed" and "lights_out" in nights)
    ]  # fmt: skip
    return [f"Not in this file: {', '.join(missing)}.{latency_call(nights)}"] if missing else []


def check_lines(nights: pd.DataFrame) -> list[str]:
    """Return everything there is to say about a diary as read, as lines to print."""
    record = told_of(nights)
    read = summary_sentences(record) if "counts" in record else []
    taken = [roles.taken_sentence(record["roles"])] if record.get("roles") else []
    blocks = [taken, recognised(nights), [*read, *not_given(nights)], coverage(nights),
              factor_table(nights)]  # fmt: skip
    return [line for block in filter(None, blocks) for line in ("", *block)][1:]


#: Units of what a device measures of the body. Nights are told that lie from its middle by more
#: than so many times the width of the middle half, where there are so many of them, of so many;
#: those with at most so many days between them are one stretch.
BODY = ("bpm", "ms", "per min", "°C")
FAR, FAR_NIGHTS, FAR_FROM, TOGETHER = 3.0, 5, 40, 3
#: The items of a night, in the words that are understood; the first dates the row.
HEADERS = (
    "Evening of", "Into bed", "Lights out", "Minutes to fall asleep", "Awakenings",
    "Minutes awake in the night", "Final awakening", "Out of bed", "Sleep quality (1 to 5)",
    "Rested (1 to 5)", "Stress (0 to 10)",
)  # fmt: skip
#: How it is told that something cannot be.
_IMPOSSIBLE = re.compile("not used|more than a day")
#: Files whose columns a person chose; elsewhere an app asked.
_WRITTEN_BY_HAND = ("diary", "habits", "dose_log", "event_log", "long_table", "nights",
                    "qualtrics", "redcap")  # fmt: skip
#: What takes longer on a typical night is no falling asleep.
_MOST_LATENCY_MIN = 90.0
_CLOCKS = (1, 2, 6, 7)
#: So many evenings are written down in advance.
DAYS = 28


def write_blank_diary(
    path: Path,
    habits: Sequence[str] = (),
    *,
    first: str | None = None,
    days: int = DAYS,
    force: bool = False,
) -> list[str]:
    """Write a CSV file or a workbook with a row for each evening; return its headers."""
    headers = [*HEADERS, *(habit.strip() for habit in habits), "Comments"]
    keys = [header.casefold() for header in headers]
    twice = next((h for h, key in zip(headers, keys, strict=True) if keys.count(key) > 1), None)
    if twice is not None or "" in keys:
        raise DiaryError(
            f"habits: {twice or ''!r} stands twice or is empty. Expected a name of its own for "
            "each, such as 'Coffee (cups)'."
        )
    if path.exists() and not force:
        raise DiaryError(f"{path}: is already there. Use --force to replace it, or another name.")
    try:
        begin = dt.date.fromisoformat(first) if first else dt.date.today()
    except ValueError:
        raise DiaryError(
            f"--first {first!r} is no date. Expected one such as 2026-01-31."
        ) from None
    evenings = [begin + dt.timedelta(days=i) for i in range(days)]
    if path.suffix.lower() == ".xlsx":
        _workbook(path, headers, evenings)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:  # spreadsheets need the mark
            table = csv.writer(file)
            table.writerow(headers)
            table.writerows([day.isoformat(), *[""] * (len(headers) - 1)] for day in evenings)
    return headers


def _workbook(path: Path, headers: list[str], evenings: list[dt.date]) -> None:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise DiaryError(
            f"{path.name}: writing a workbook needs the package 'openpyxl', which is not "
            "installed: python -m pip install openpyxl. Or give a name ending in .csv."
        ) from None
    book = Workbook()
    sheet = book.active
    sheet.title = "Sleep diary"
    sheet.append(headers)
    for row, day in enumerate(evenings, start=2):
        sheet.cell(row=row, column=1, value=day).number_format = "yyyy-mm-dd"
        for at in _CLOCKS:
            sheet.cell(row=row, column=at + 1).number_format = "hh:mm"
    for at, header in enumerate(headers, start=1):
        sheet.column_dimensions[sheet.cell(row=1, column=at).column_letter].width = len(header) + 2
    sheet.freeze_panes = "B2"
    book.save(path)


def odd_lines(nights: pd.DataFrame, most: int) -> list[str]:
    """List the source rows about which there is something to say, those alike together."""
    rows = reading_report(nights)
    rows = rows[(rows["problem"] != "") & (rows["status"] != "skipped")]
    together: dict[tuple[str, str], list[Any]] = {}
    for row in rows.itertuples():
        together.setdefault((str(row.file), _without_numbers(row)), []).append(row)
    lines, shown, told = list[str](), 0, set[tuple[str, str]]()
    for row in rows.itertuples():
        key = str(row.file), _without_numbers(row)
        if len(lines) >= most or key in told:
            continue
        same = together[key]
        # the same thing said of forty rows is read as forty things
        if len(same) > ALIKE:
            told.add(key)
            shown += len(same)
            place = f"{row.file}, {len(same)} rows from line {same[0].line} to {same[-1].line}"
            one = same[len(same) // 2]  # the first is often odd in more than this
            alike = f", such as line {one.line}" if len(set(map(_without_place, same))) > 1 else ""
            lines.append(f"{place}{alike}: {_without_place(one)}")
        else:
            shown += 1
            lines.append(problem_line(row))
    if len(rows) > shown:
        every = advice("reading_report(nights)", "sleepstats check FILE")
        lines.append(both_forms(f"… and {len(rows) - shown} rows more; {every} lists all."))
    return lines


def check_first(nights: pd.DataFrame) -> str:
    """Say what to do first with a blank file, or where half of its rows cannot be."""
    if is_blank(nights):
        return "Fill in the file, one row each morning. Then make this page again."
    wrong, n = len(wrong_nights(nights)), told_of(nights).get("rows_used", 0)
    told = f"Check your file first: {wrong} of {n} rows (“What was read”) hold what cannot be."
    return f"{told} Then make this page again." * bool(wrong)


def wrong_nights(nights: pd.DataFrame) -> pd.DatetimeIndex:
    """Return the night of each row that holds what cannot be; none where most rows are right."""
    rows = told_of(nights).get("rows", {"status": [], "problem": {}, "day": []})
    used = np.isin(rows["status"], ("used", "repaired"))
    bad = [int(i) for i, x in rows["problem"].items() if used[int(i)] and _IMPOSSIBLE.search(x)]
    bad = bad if 2 * len(bad) >= used.sum() else []
    return pd.DatetimeIndex(np.asarray(rows["day"], dtype=np.int64)[bad].astype("datetime64[D]"))


def habits_said(nights: pd.DataFrame) -> tuple[str, str]:
    """Return what habits are called, many and one: notes where an app had most of them ticked."""
    ticked = [pd.api.types.is_bool_dtype(nights[name].dtype) for name in factor_names(nights)]
    if not is_by_app(nights) or 2 * sum(ticked) <= len(ticked):
        return "habits", "habit"
    return ("notes", "note") if all(ticked) else ("notes and counts", "note or count")  # steps


def is_by_app(nights: pd.DataFrame) -> bool:
    """Say whether an app or a device made the columns, and no person."""
    return told_of(nights).get("format", "diary") not in _WRITTEN_BY_HAND


def may_be_latency(nights: pd.DataFrame, header: str) -> bool:
    """Say whether a column left aside can be minutes to fall asleep, which the file has not."""
    name = told_of(nights).get("roles", {}).get(header, {}).get("column", "")
    if "sol_min" in nights or name not in nights or nights[name].dtype.kind not in "iuf":
        return False
    values = nights[name].dropna()
    return bool(len(values) and values.min() >= 0 and 1 <= values.median() <= _MOST_LATENCY_MIN)


def _without_place(row: Any) -> str:
    """Return what is said of a row, less its line."""
    return re.sub(r"^line \d+[,:] ", "", str(row.problem))


def _without_numbers(row: Any) -> str:
    """Return what is said of a row without its numbers, which differ from row to row."""
    return re.sub(r"\d[\d.:-]*", "…", _without_place(row))


def problem_line(row: Any) -> str:
    """Return one row of a reading report as a sentence that begins with its place in the file."""
    text = str(row.problem)
    return f"{row.file}, {'' if text.startswith('line ') else f'line {row.line}: '}{text}"


def columns_of(nights: pd.DataFrame) -> str:
    """List the columns with the nights on which each has a value."""
    told = told_of(nights).get("columns", {})
    width = max(len(name) for name in nights.columns)
    lines = [f"{'column':<{width}}  nights  kind      belongs to"]
    for name in nights.columns:
        column = column_of(nights, name)
        values = nights[name]
        known = int((values != "").sum()) if name == "problem" else int(values.notna().sum())
        written = column.kind == "computed" and "header" in told.get(name, {})
        kind = "recorded" if written else column.kind
        lines.append(f"{name:<{width}}  {known:>6}  {kind:<8}  {column.when}")
    return "\n".join(lines)


def odd_values(nights: pd.DataFrame) -> Iterator[str]:
    """Say where what a device measured lies far off, and what naps may have been the night."""
    body = {
        name: nights[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in map(str, nights.columns)
        if column_of(nights, name).kind == "device" and column_of(nights, name).unit in BODY
    }
    told: set[int] = set()
    for name, values in body.items():
        column, (low, middle, high) = column_of(nights, name), _quarters(values)
        far = np.flatnonzero(np.abs(values - middle) > FAR * (high - low))
        if len(far) < FAR_NIGHTS or np.isfinite(values).sum() < FAR_FROM or told & set(far):
            continue
        told |= set(far)
        days = pd.DatetimeIndex(nights.index)[far]
        runs = np.split(far, np.flatnonzero(np.diff(days) > pd.Timedelta(days=TOGETHER)) + 1)
        longest = max(runs, key=len)
        dates = [date_said(pd.DatetimeIndex(nights.index)[longest[end]]) for end in (0, -1)]
        with_it = [
            f"{column_of(nights, other).label} {np.nanmedian(those[far]):.3g} instead of "
            f"{_quarters(those)[1]:.3g}"
            for other, those in body.items()
            if other != name and (of := _quarters(those))[2] > of[0]
            if abs(float(np.nanmedian(those[far])) - of[1]) > of[2] - of[0]
        ]
        also = f" On the same nights: {'; '.join(with_it)}." if with_it else ""
        most = f", the longest stretch from {dates[0]} to {dates[1]} ({len(longest)})"
        # an illness quickens the pulse and evens it out; the other way nothing of it is said
        ill = (float(np.median(values[far])) > middle) is not (column.unit == "ms")
        ends = f"{values[far].min():.3g} to {values[far].max():.3g} {column.unit}"
        lay = f"lay far from the others ({ends}; the middle half {low:.3g} to {high:.3g})"
        yield (
            f"On {len(far)} nights {column.label} {lay.replace('-', '−')}"
            f"{most * (len(longest) > 1)}.{also} Another wearer, "
            f"{'' if ill else 'or '}another place or setting of the device"
            f"{', or an illness' * ill} looks like that; they are kept."
        )
    rows = told_of(nights).get("rows", {"problem": {}})
    naps = ((rows["line"][int(i)], _LONG_NAP.search(x)) for i, x in rows["problem"].items())
    if long := [f"line {line} ({found[0]})" for line, found in naps if found]:
        more = f" and {len(long) - 1} more" * (len(long) > 1)
        yield (
            f"Counted as a nap: {long[0]}{more}. If the two are one night in pieces, make them one "
            "line; if they are two nights, correct the dates; if one is wrong, delete that one."
        )


def _quarters(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the middle value and both ends of the middle half: low, middle, high."""
    low, middle, high = np.nanpercentile(values, [25, 50, 75]) if len(values) else (0.0, 0.0, 0.0)
    return float(low), float(middle), float(high)
