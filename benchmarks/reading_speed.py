"""How long reading takes, as a multiple of ``pandas.read_csv`` of the same bytes.

    python benchmarks/reading_speed.py [ROWS] [FORMAT ...]

Each invented export of the tests is blown up to ROWS (100,000 by default) by repeating its records
with their dates moved on, so that nights differ as in a long history.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning
from sleepstats.reading.companions import companion_frame, fate_of
from sleepstats.reading.draft import Options
from sleepstats.reading.formats import known_formats
from sleepstats.reading.gather import gather

FIXTURES = Path(__file__).parents[1] / "tests" / "reading" / "fixtures"
LIMIT = 5.0
#: How far dates are moved on before they begin again: to the end of the 23rd century.
DAYS = 270 * 365
_ISO = re.compile(r"(?<!\d)(19|20)(\d\d)([-/.])(\d{1,2})\3(\d{1,2})(?!\d)")
_US = re.compile(r"(?<!\d)(\d{1,2})([/.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_EPOCH = re.compile(r"(?<![\d.])1[3-9]\d{8}(\d{3})?(?![\d.])")


def main() -> int:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    wanted = set(sys.argv[2:])
    print(f"{'export':<46} {'rows':>7} {'MB':>6} {'pandas s':>9} {'ours s':>7} {'ratio':>6}")
    over = []
    for file in sorted(p for p in FIXTURES.glob("*/*") if p.is_file()):
        if wanted and file.parent.name not in wanted:
            continue
        name = f"{file.parent.name}/{file.name}"
        raw = blown_up(file.read_bytes().decode("utf-8-sig"), rows).encode()
        count = raw.count(b"\n")
        theirs = best_of(lambda raw=raw: with_pandas(raw))
        try:
            ours = best_of(lambda raw=raw: with_sleepstats(raw), tries=2)
        except DiaryError as error:
            print(f"{name:<46} not a file of nights: {str(error)[:60]}")
            continue
        ratio = ours / theirs
        mark = " *" if ratio > LIMIT else ""
        print(f"{name:<46} {count:>7} {len(raw) / 1e6:>6.1f} {theirs:>9.3f} {ours:>7.3f} "
              f"{ratio:>6.1f}{mark}", flush=True)  # fmt: skip
        if ratio > LIMIT:
            over.append(name)
    print(f"more than {LIMIT:.0f} times pandas: {', '.join(over) or 'none'}")
    return 0


def blown_up(text: str, rows: int) -> str:
    """Repeat what stands below the header, each time some days later.

    Rows with something to tell, of which an invented export is full and a history is not, are
    left out first, where every row is one line.
    """
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    body_lines, head = _ordinary(text, lines)
    body = "\n".join(body_lines)
    span = _span(body)
    repeats = max(1, rows // len(body_lines))
    turns = max(1, DAYS // span)
    return (
        "\n".join([*head, *(_moved(body, (turn % turns) * span) for turn in range(repeats))]) + "\n"
    )


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
    good = quiet if len(quiet) else good
    if '"\n' in text or len(report) < sum(1 for line in lines if line.strip()):
        return lines[first - 1 :], lines[: first - 1]
    if report["line"].gt(first).any() and (report["status"] == "skipped").sum() > first:
        return lines[first - 1 :], lines[: first - 1]  # a header before every record
    return [lines[i - 1] for i in sorted(set(good["line"]))], lines[: first - 1]


def _span(body: str) -> int:
    days = [int(m[5]) for m in _ISO.finditer(body)]
    days += [max(int(m[1]), int(m[3])) for m in _US.finditer(body)]
    return max(1, max(days, default=1) - min(days, default=1) + 1)


def _moved(text: str, days: int) -> str:
    """Move every date of a text on by so many days, in its own way of writing."""

    def iso(match: re.Match[str]) -> str:
        mark = match[3]
        try:
            then = date(int(match[1] + match[2]), int(match[4]), int(match[5]))
        except ValueError:
            return match[0]
        then = then + timedelta(days=days)
        wide = len(match[4]) == 2
        month = f"{then.month:02d}" if wide else str(then.month)
        day = f"{then.day:02d}" if len(match[5]) == 2 else str(then.day)
        return f"{then.year}{mark}{month}{mark}{day}"

    def us(match: re.Match[str]) -> str:
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        day_first = match[2] == "." or first > 12
        try:
            then = date(year, second if day_first else first, first if day_first else second)
        except ValueError:
            return match[0]
        then = then + timedelta(days=days)
        one, two = (then.day, then.month) if day_first else (then.month, then.day)
        return f"{one:02d}{match[2]}{two:02d}{match[2]}{then.year}"

    def epoch(match: re.Match[str]) -> str:
        return str(int(match[0]) + days * 86400 * (1000 if match[1] else 1))

    return _EPOCH.sub(epoch, _US.sub(us, _ISO.sub(iso, text)))


def with_pandas(raw: bytes) -> object:
    text = raw.decode().split("\n")
    widest = max(range(min(30, len(text))), key=lambda i: max(text[i].count(d) for d in ",;\t"))
    delimiter = max(",;\t", key=text[widest].count)
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        began = time.perf_counter()
        try:
            frame = pd.read_csv(
                io.BytesIO(raw), sep=delimiter, skiprows=widest, index_col=False, low_memory=False,
                on_bad_lines="skip", quoting=quoting,
            )  # fmt: skip
            break
        except pd.errors.ParserError:  # a quote that is never closed
            continue
    return time.perf_counter() - began, len(frame)


def with_sleepstats(raw: bytes) -> object:
    began = time.perf_counter()
    try:
        rows = len(ss.read_diary(io.BytesIO(raw)))
    except DiaryError as error:
        if "holds no nights" not in str(error):
            raise
        began = time.perf_counter()
        drafts, _ = gather(io.BytesIO(raw), "auto", known_formats(), Options())
        rows = len(companion_frame(drafts, [fate_of(draft) for draft in drafts]))
    return time.perf_counter() - began, rows


def best_of(run: Callable[[], object], tries: int = 3) -> float:
    """Return the shortest of a few runs, in seconds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        warnings.simplefilter("ignore", pd.errors.ParserWarning)
        return min(run()[0] for _ in range(tries))  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main())
