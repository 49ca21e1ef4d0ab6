"""How long reading takes, as a multiple of ``pandas.read_csv`` of the same bytes.

    python benchmarks/reading_speed.py [ROWS] [FORMAT ...]

    python benchmarks/reading_speed.py --write    write benchmarks/reading_speed.md

Each invented export of the tests is blown up to ROWS (100,000 by default) by repeating its records
with their dates moved on and without the gaps between them, so that nights differ as in a long
history. Dates never begin again, so where each row has days of its own there are fewer rows.
``pandas.read_csv`` is not asked to interpret anything: dates, clocks and lists stay text. The
second ratio is against pandas reading the same bytes and then parsing the columns that hold dates
or clock times with ``to_datetime``, the format given to it where the cells have one.
"""

from __future__ import annotations

import argparse
import csv
import io
import platform
import re
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
from pandas.tseries.api import guess_datetime_format

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.reading.formats import known_formats
from sleepstats.reading.gather import gather
from sleepstats.reading.nights import Options
from sleepstats.reading.nights.companions import companion_frame, fate_of

FIXTURES = Path(__file__).parents[1] / "tests" / "reading" / "fixtures"
LIMIT = 5.0
REASONS = """Why some are slower than that, from profiles of those rows:

* `read_csv` leaves dates, clock times, durations and lists as text; reading them is most of the
  work here, and what the second ratio allows for as far as dates go. Where a file has no date that
  pandas would parse (PleesTracker: milliseconds), it is the first ratio over again, against a
  parser that takes 0.2 microseconds a row.
* Every row about which something is to be told costs 5 to 10 microseconds: its sentence, its place
  in the record. Where an export has other rows only those are repeated, as in a history.
* Cells of several lines need the line number of every row, which the C parser does not give, and a
  look at each line whether a quote that nothing closed has taken it in (PleesTracker, Bearable,
  Daylio). Few rows of PleesTracker fit into the years that its milliseconds can say.
* A log of events has a line for each of several things of a night, which make the night one after
  the other.
* GGIR has several nights in a row, Health Auto Export, Zeo and Daylio several things in a cell.
* Sleep as Android writes a header before every record, Sleepmeter does not escape its quotes and
  Garmin's page of one night has a key in every line: no table parser reads these at all, so the
  time of `read_csv` is that of reading them wrongly."""
#: How far dates are moved on at most: to the end of the 23rd century.
DAYS = 270 * 365
_ISO = re.compile(r"(?<!\d)(19|20)(\d\d)([-/.])(\d{1,2})\3(\d{1,2})(?!\d)")
_US = re.compile(r"(?<!\d)(\d{1,2})([/.] ?)(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_WORDS = re.compile(r"\b([A-Z][a-z]{2}) (\d{1,2}), ((?:19|20)\d\d)\b")
#: Day, month and two figures of the year at the beginning of a line.
_SHORT = re.compile(r"(?m)^(\d\d)/(\d\d)/(\d\d)(?=,)")
_EPOCH = re.compile(r"(?<![\d.])1[3-9]\d{8}(\d{3})?(?![\d.])")


@dataclass
class Row:
    """One export: its size, and seconds of both."""

    export: str
    rows: int
    megabytes: float
    pandas: float
    parsed: float
    ours: float

    def cells(self) -> list[str]:
        """Return the row of the table."""
        return [
            self.export, f"{self.rows:,}", f"{self.megabytes:.1f}", f"{1000 * self.pandas:,.0f}",
            f"{1000 * self.ours:,.0f}", f"{self.ours / self.pandas:.1f}",
            f"{self.ours / self.parsed:.1f}",
        ]  # fmt: skip


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("formats", nargs="*", help="folders of tests/reading/fixtures; all")
    parser.add_argument("--write", action="store_true", help="write benchmarks/reading_speed.md")
    arguments = parser.parse_args()
    head = ["export", "rows", "MB", "read_csv, ms", "read_diary, ms", "ratio", "dates parsed too"]
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    print("\n".join(lines))
    measured = []
    for file in sorted(p for p in FIXTURES.glob("*/*") if p.is_file()):
        if arguments.formats and file.parent.name not in arguments.formats:
            continue
        raw = blown_up(file.read_bytes().decode("utf-8-sig"), arguments.rows).encode()
        try:
            ours = best_of(lambda raw=raw: with_sleepstats(raw))
        except DiaryError as error:
            print(f"{file.name} is not a file of nights: {str(error)[:60]}")
            continue
        row = Row(
            f"{file.parent.name}/{file.name}",
            raw.count(b"\n"),
            len(raw) / 1e6,
            best_of(lambda raw=raw: with_pandas(raw)),
            best_of(lambda raw=raw: with_pandas(raw, dates=True)),
            ours,
        )
        measured.append(row)
        lines.append(f"| {' | '.join(row.cells())} |")
        print(lines[-1], flush=True)
    over = [row for row in measured if row.ours > LIMIT * row.pandas]
    said = (
        f"{len(over)} of {len(measured)} take more than {LIMIT:.0f} times as long as `read_csv`; "
        f"{sum(row.ours > LIMIT * row.parsed for row in measured)} more than {LIMIT:.0f} times as "
        "long as `read_csv` and `to_datetime`."
    )
    print(f"\n{said}")
    if arguments.write:
        page = "\n".join(lines)
        made = f"Python {platform.python_version()}, pandas {pd.__version__}"
        Path(__file__).with_suffix(".md").write_text(
            f"# Speed of reading\n\n{__doc__.split(chr(10) * 2, 2)[2].strip()}\n\n{page}\n\n{said}"
            f"\n\n{REASONS}\n\nMade by `python benchmarks/reading_speed.py --write` with {made}; "
            "processor time, the best of five.\n",
            encoding="utf-8",
        )
    return 0


def blown_up(text: str, rows: int) -> str:
    """Repeat what stands below the header, each time some days later.

    Rows with something to tell, of which an invented export is full and a history is not, are
    left out first.
    """
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    body_lines, head = _ordinary(text, lines)
    body = "\n".join(body_lines)
    number = _days_of(body)
    if number and _EPOCH.search(body) and (_ISO.search(body) or _US.search(body)):
        first = min(number)  # two ways of writing a time move alike: the gaps stay
        number = {day: (day - first).days for day in number}
    span = max(number.values(), default=0) + 1
    short_of_years = _SHORT.search(body) or _EPOCH.search(body)
    days = 365 * (2099 - max(number).year) if short_of_years else DAYS
    repeats = max(1, min(rows // len(body_lines), days // span))
    moved = (_moved(body, number, turn * span) for turn in range(repeats))
    return "\n".join([*head, *moved]) + "\n"


def _ordinary(text: str, lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines that are rows without a problem (all, if there is none), and the header."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DiaryWarning)
            report = ss.reading_report(ss.read_diary(io.StringIO(text)))
    except DiaryError:
        return lines[1:], lines[:1]
    rows = report[report["status"] != "skipped"]
    first = int(rows["line"].min())
    good = rows[rows["status"].isin(["used", "joined", "merged"])]
    quiet = good[(good["problem"] == "") | (good["status"] == "merged")]
    wanted = set((quiet if len(quiet) else good if len(good) else rows)["line"])
    own_header = (report["problem"] == "header repeated").any()
    body: list[str] = []
    taken = False
    begins = dict(
        zip(report["line"], report["problem"].where(report["status"] == "skipped", ""), strict=True)
    )
    for number in range(first, len(lines) + 1):
        why = begins.get(number)
        if why == "":  # a row; else the same row goes on, or a line that is none
            taken = number in wanted
            if taken and own_header and begins.get(number - 1, "").startswith("header"):
                body.append(lines[number - 2])
        if taken and (why is None or not why.startswith("header")):
            body.append(lines[number - 1])
    return body, lines[: first - 1 - own_header]


def _days_of(body: str) -> dict[date, int]:
    """Return the dates of a text, numbered without the gaps between them."""
    found: set[date] = set()

    def seen(then: date) -> date:
        found.add(then)
        return then

    _each_date(body, seen)
    return {day: number for number, day in enumerate(sorted(found))}


def _moved(text: str, number: dict[date, int], days: int) -> str:
    """Close the gaps between the dates of a text and move them on by so many days."""
    first = min(number, default=date(2020, 1, 1))
    return _each_date(text, lambda then: first + timedelta(days=number[then] + days))


def _each_date(text: str, change: Callable[[date], date]) -> str:
    """Change every date of a text, in its own way of writing."""

    def iso(match: re.Match[str]) -> str:
        mark = match[3]
        try:
            then = change(date(int(match[1] + match[2]), int(match[4]), int(match[5])))
        except ValueError:
            return match[0]
        wide = len(match[4]) == 2
        month = f"{then.month:02d}" if wide else str(then.month)
        day = f"{then.day:02d}" if len(match[5]) == 2 else str(then.day)
        return f"{then.year}{mark}{month}{mark}{day}"

    def us(match: re.Match[str]) -> str:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day_first = match[2][0] == "." or first > 12
        try:
            then = change(date(year, *((second, first) if day_first else (first, second))))
        except ValueError:
            return match[0]
        one, two = (then.day, then.month) if day_first else (then.month, then.day)
        return f"{one:02d}{match[2]}{two:02d}{match[2]}{then.year}"

    def short(match: re.Match[str]) -> str:
        try:
            then = change(date(2000 + int(match[3]), int(match[2]), int(match[1])))
        except ValueError:
            return match[0]
        return f"{then:%d/%m/%y}"

    def epoch(match: re.Match[str]) -> str:
        unit = 1000 if match[1] else 1
        then = date(1970, 1, 1) + timedelta(days=int(match[0]) // (86400 * unit))
        return str(int(match[0]) + (change(then) - then).days * 86400 * unit)

    def words(match: re.Match[str]) -> str:
        then = change(datetime.strptime(match[0], "%b %d, %Y").date())
        return f"{then:%b} {then.day}, {then.year}"

    text = _WORDS.sub(words, text)
    return _EPOCH.sub(epoch, _SHORT.sub(short, _US.sub(us, _ISO.sub(iso, text))))


def with_pandas(raw: bytes, *, dates: bool = False) -> tuple[float, object]:
    """Return the seconds of ``read_csv``, if told with every column of dates parsed."""
    text = raw.decode().split("\n")
    widest = max(range(min(30, len(text))), key=lambda i: max(text[i].count(d) for d in ",;\t"))
    delimiter = max(",;\t", key=text[widest].count)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        began = time.process_time()
        try:
            frame = pd.read_csv(
                io.BytesIO(raw), sep=delimiter, skiprows=widest, index_col=False, low_memory=False,
                on_bad_lines="skip", quoting=quoting,
            )  # fmt: skip
            break
        except pd.errors.ParserError:  # a quote that is never closed
            continue
    if dates:
        for name in frame.columns[[not _is_number(kind) for kind in frame.dtypes]]:
            _parse(frame[name])
    return time.process_time() - began, len(frame)


def _is_number(kind: object) -> bool:
    return pd.api.types.is_numeric_dtype(kind)


def _parse(column: pd.Series) -> None:
    """Parse a column if its first cell has a format that pandas knows."""
    known = column.dropna()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a day came first
        form = guess_datetime_format(str(known.iloc[0])) if len(known) else None
    if form is not None:
        with suppress(ValueError):
            pd.to_datetime(column, format=form, errors="coerce", utc="%z" in form)


def with_sleepstats(raw: bytes) -> tuple[float, object]:
    began = time.process_time()
    try:
        rows = len(ss.read_diary(io.BytesIO(raw)))
    except DiaryError as error:
        if "holds no nights" not in str(error):
            raise
        began = time.process_time()
        drafts, _ = gather(io.BytesIO(raw), "auto", known_formats(), Options())
        rows = len(companion_frame(drafts, [fate_of(draft) for draft in drafts]))
    return time.process_time() - began, rows


def best_of(run: Callable[[], tuple[float, object]], tries: int = 5) -> float:
    """Return the shortest of a few runs, in seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        return min(run()[0] for _ in range(tries))


if __name__ == "__main__":
    sys.exit(main())
