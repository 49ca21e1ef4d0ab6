"""What was read, and what was odd in it, in a few sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from sleepstats.answers.said import Answer, count_said, date_said, known_nights
from sleepstats.checks import check_nights
from sleepstats.columns import RECORD

#: What there is to say about the rows of a file without any difficulty.
#: More rows than this with the same to tell are told once.
ALIKE = 3

ALL_READ = Answer(("Every row could be read.",))


def what_was_read(nights: pd.DataFrame) -> Answer:
    """Say how many nights there are, from when to when, and what became of the source's rows.

    >>> index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-09"], name="night")
    >>> print(what_was_read(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index)))
    3 nights, from Monday 5 January 2026 to Friday 9 January 2026; 2 evenings in between ...
    """
    from sleepstats.reading.nights.record import LATENCY_NOTE, summary_sentences

    check_nights(nights)
    sentences = [_span(nights)]
    record = nights.attrs.get(RECORD)
    if isinstance(record, dict) and "counts" in record:
        told = summary_sentences(record)
        sentences += [text for text in told if not text.startswith(LATENCY_NOTE)]
    return Answer((*sentences, *_not_told(nights)))


def what_was_odd(nights: pd.DataFrame, *, most: int = 12) -> Answer:
    r"""List the source rows about which there is something to say.

    >>> import io
    >>> import sleepstats as ss
    >>> text = "night,into_bed,out_of_bed\n2026-01-05,23:10,07:00\n"
    >>> print(what_was_odd(ss.read_diary(io.StringIO(text))))
    Every row could be read.
    """
    from sleepstats.reading.nights.record import reading_report

    rows = reading_report(nights)
    rows = rows[(rows["problem"] != "") & (rows["status"] != "skipped")]
    if rows.empty:
        return ALL_READ
    together: dict[tuple[str, str], list[Any]] = {}
    for row in rows.itertuples():
        together.setdefault((str(row.file), _without_line(row)), []).append(row)
    lines: list[str] = []
    shown = 0
    told: set[tuple[str, str]] = set()
    for row in rows.itertuples():
        key = str(row.file), _without_line(row)
        if len(lines) >= most or key in told:
            continue
        same = together[key]
        if len(same) > ALIKE:
            told.add(key)
            shown += len(same)
            first, last = same[0].line, same[-1].line
            lines.append(f"{row.file}, {len(same)} rows from line {first} to {last}: {key[1]}")
        else:
            shown += 1
            lines.append(problem_line(row))
    if len(rows) > shown:
        lines.append(f"… and {len(rows) - shown} rows more; reading_report(nights) lists all.")
    return Answer(tuple(lines))


def _without_line(row: Any) -> str:
    return re.sub(r"^line \d+[,:] ", "", str(row.problem))


def problem_line(row: Any) -> str:
    """Return one row of a reading report as a sentence that begins with its place in the file."""
    text = str(row.problem)
    place = f"{row.file}, line {row.line}"
    return f"{row.file}, {text}" if text.startswith("line ") else f"{place}: {text}"


def _span(nights: pd.DataFrame) -> str:
    """Say how many nights, from when to when, and how many evenings in between are missing."""
    dates = pd.DatetimeIndex(nights.index.get_level_values(-1))
    if len(dates) == 1:
        return f"1 night, {date_said(dates[0])}."
    missing = (dates[-1] - dates[0]).days + 1 - len(dates.unique())
    have = "has" if missing == 1 else "have"
    gaps = f"{count_said(missing, 'evening')} in between {have} no entry"
    return (
        f"{count_said(len(dates), 'night')}, from {date_said(dates[0])} to {date_said(dates[-1])}; "
        f"{gaps if missing else 'no evening in between is missing'}."
    )


def _not_told(nights: pd.DataFrame) -> Iterable[str]:
    """Say what the diary does not tell about sleep itself."""
    from sleepstats.latency import latency_refusal

    if not known_nights(nights, "tst_min") and known_nights(nights, "spt_min"):
        yield (
            "This file does not tell how long you lay awake in between, so below it is the time "
            "from falling asleep to waking up (sleep period time) that is asked about."
        )
    elif not known_nights(nights, "tst_min") and known_nights(nights, "tib_min"):
        yield (
            "This file tells when you were in bed and not how long of that you slept, so below "
            "it is time in bed that is asked about."
        )
    reason = latency_refusal(nights)
    if reason and known_nights(nights, "sol_min"):
        yield f"How long you took to fall asleep is left out: {reason.partition(': ')[2]}."
    elif reason:
        yield "How long you took to fall asleep is not recorded."
