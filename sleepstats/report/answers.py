"""Answers in a few plain sentences: what was read, how you sleep, what went with it.

The report and the notebooks show these at the top, so that a number in a sentence can never
differ from the tables and pictures below it. Nothing is computed here that a public function does
not give.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.columns import RECORD, check_nights, column_of


@dataclass(frozen=True, repr=False)
class Answer:
    """A few sentences, shown as paragraphs in a notebook and as text elsewhere.

    Attributes
    ----------
    sentences : tuple of str
        One finished sentence (or two that belong together) each.

    Examples
    --------
    >>> Answer(("You slept.", "You woke up."))
    You slept.
    You woke up.
    """

    sentences: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sentences)

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences)


#: How many habits are named where none of them stood out.
NAMED = 8

#: What there is to say about the rows of a file without any difficulty.
#: More rows than this with the same to tell are told once.
ALIKE = 3
ALL_READ = Answer(("Every row could be read.",))


def what_was_read(nights: pd.DataFrame) -> Answer:
    """Say how many nights there are, from when to when, and what became of the source's rows.

    Parameters
    ----------
    nights : DataFrame
        One row per night; what became of the rows is told if it came from ``read_diary``.

    Returns
    -------
    Answer
        The nights and the gaps between them; rows read, used and left out; what the file could
        not tell.

    Examples
    --------
    >>> index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-09"], name="night")
    >>> print(what_was_read(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index)))
    3 nights, from Monday 5 January 2026 to Friday 9 January 2026; 2 evenings in between ...
    """
    from sleepstats.reading.record import LATENCY_NOTE, summary_sentences

    check_nights(nights)
    sentences = [_span(nights)]
    record = nights.attrs.get(RECORD)
    if isinstance(record, dict) and "counts" in record:
        told = summary_sentences(record)
        sentences += [text for text in told if not text.startswith(LATENCY_NOTE)]
    return Answer((*sentences, *_not_told(nights)))


def what_was_odd(nights: pd.DataFrame, *, most: int = 12) -> Answer:
    r"""List the source rows about which there is something to say.

    Parameters
    ----------
    nights : DataFrame
        As returned by ``read_diary``.
    most : int, default 12
        How many rows to list; the rest is counted.

    Returns
    -------
    Answer
        One line per row: its place in the file, and what was found and done.

    Raises
    ------
    DiaryError
        If the frame was not read by ``read_diary``.

    Examples
    --------
    >>> import io
    >>> import sleepstats as ss
    >>> text = "night,into_bed,out_of_bed\n2026-01-05,23:10,07:00\n"
    >>> print(what_was_odd(ss.read_diary(io.StringIO(text))))
    Every row could be read.
    """
    from sleepstats.reading.record import reading_report

    rows = reading_report(nights)
    rows = rows[(rows["problem"] != "") & (rows["status"] != "skipped")]
    if rows.empty:
        return ALL_READ
    together: dict[tuple[str, str], list[Any]] = {}
    for row in rows.itertuples():
        text = re.sub(r"^line \d+[,:] ", "", str(row.problem))
        together.setdefault((str(row.file), text), []).append(row)
    lines: list[str] = []
    shown = 0
    for (file, text), same in together.items():
        if len(lines) >= most:
            break
        alike = len(same) > ALIKE
        part = same if alike else same[: most - len(lines)]
        shown += len(part)
        if alike:
            first, last = same[0].line, same[-1].line
            lines.append(f"{file}, {len(same)} rows from line {first} to {last}: {text}")
        else:
            lines += [problem_line(row) for row in part]
    if len(rows) > shown:
        lines.append(f"… and {len(rows) - shown} rows more; reading_report(nights) lists all.")
    return Answer(tuple(lines))


def problem_line(row: Any) -> str:
    """Return one row of a reading report as a sentence that begins with its place in the file."""
    text = str(row.problem)
    place = f"{row.file}, line {row.line}"
    return f"{row.file}, {text}" if text.startswith("line ") else f"{place}: {text}"


def how_you_sleep(nights: pd.DataFrame) -> Answer:
    """Say how long, how soon, how efficiently and how regularly.

    Parameters
    ----------
    nights : DataFrame
        One row per night, with any of ``tst_min``, ``tib_min``, ``sol_min``, ``se_pct`` and the
        clock columns.

    Returns
    -------
    Answer
        One sentence per measure that is there: the middle night and the half of the nights around
        it; then how much the time of sleep moves.

    Examples
    --------
    >>> index = pd.date_range("2026-01-05", periods=3, name="night")
    >>> print(how_you_sleep(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index)))
    You slept 7 h on the middle night; half of the nights lie between 6 h 50 min and 7 h 05 min ...
    """
    from sleepstats.asking.question_checks import STAND_INS
    from sleepstats.latency import latency_refusal

    check_nights(nights)
    duration = next((name for name in STAND_INS if _known(nights, name)), STAND_INS[0])
    names = (duration, *(() if latency_refusal(nights) else ("sol_min",)), "se_pct")
    sentences = [_typical(nights, name) for name in names]
    sentences = [sentence for sentence in (*sentences, _regular(nights)) if sentence]
    return Answer(tuple(sentences or ["This diary holds no measure of sleep."]))


def measures(nights: pd.DataFrame) -> pd.DataFrame:
    """Show every measure for reading: the middle night, the middle half, how many nights.

    Parameters
    ----------
    nights : DataFrame
        One row per night.

    Returns
    -------
    DataFrame
        ``describe_nights`` as text, one row per measure that has a value: ``middle night`` (the
        median), ``middle half`` (between the quartiles), ``nights`` (with a value), ``missing``
        (calendar nights without). Times of day as ``HH:MM``, long durations in hours and minutes.

    Examples
    --------
    >>> index = pd.date_range("2026-01-05", periods=3, name="night")
    >>> measures(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index))
                     middle night             middle half  nights  missing
    total sleep time          7 h  6 h 50 min to 7 h 05 min       3        0
    """
    from sleepstats.measures.description import describe_nights

    described = describe_nights(nights)
    described = described[described["median"].notna()]
    rows = [
        {
            "middle night": _amount(row.median, row),
            "middle half": f"{_amount(row.q1, row)} to {_amount(row.q3, row)}",
            "nights": row.n,
            "missing": row.missing,
        }
        for row in described.itertuples()
    ]
    columns = ["middle night", "middle half", "nights", "missing"]
    return pd.DataFrame(rows, index=described["label"].rename(None), columns=columns)


def _amount(value: Any, row: Any) -> str:
    """Return a number of ``describe_nights`` with its unit, as it is spoken of."""
    from sleepstats.clock import format_clock

    if row.circular:
        return format_clock(value)
    if row.unit == "min":
        return _hours(value)
    return f"{value:.1f}".removesuffix(".0") + (f" {row.unit}" if row.unit else "")


def what_went_with(nights: pd.DataFrame, table: pd.DataFrame, *, most: int = 3) -> Answer:
    """Say what stood out of a table of questions, and what became of the others.

    Parameters
    ----------
    nights : DataFrame
        The nights that were asked.
    table : DataFrame
        As returned by ``correlate(nights)``.
    most : int, default 3
        How many findings to tell in full.

    Returns
    -------
    Answer
        The clearest findings, each with its size, interval and nights, or that there is none; then
        the count of all questions asked.

    Examples
    --------
    >>> import sleepstats as ss
    >>> nights, truth = ss.simulate_nights(90, seed=1)
    >>> table = ss.correlate(nights, outcomes=["tst_min"], factors=["stress", "reading"])
    >>> len(what_went_with(nights, table).sentences) >= 2
    True
    """
    from sleepstats.relations.one_or_all import associate

    if (table["status"] == "refused").all():
        return Answer((_nothing_asked(nights, table),))
    told = table.attrs.get("sleepstats_table", {})
    options = {key: told[key] for key in ("level",) if key in told}
    if "adjust" in told:
        options["adjust"] = tuple(told["adjust"])
    found = clearest(table)
    sentences = [
        str(associate(nights, outcome=outcome, factor=factor, **options))
        for outcome, factor in found[["outcome", "factor"]].head(most).to_numpy().tolist()
    ]
    if len(found) > most:
        sentences.append(f"{_count(len(found) - most, 'more finding')} stand in the table.")
    tied = found["reason"].str.contains("entangled with ", regex=False)
    once = found[tied].drop_duplicates("factor").head(most)
    for factor, text in once[["factor", "reason"]].to_numpy().tolist():
        reason = text[text.index("entangled with ") :]
        sentences.append(f"“{column_of(nights, factor).label}” is {reason}.")
    if not sentences:
        sentences.append(_nothing_found(nights, table))
    return Answer((*sentences, _tally(table)))


def clearest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of questions that were found, the clearest first."""
    found = table[table["status"] == "found"]
    return found.sort_values(["pvalue_family", "pvalue"], kind="stable")


def _nothing_asked(nights: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say why no question could be asked."""
    if table.empty:
        return (
            "Nothing can be asked of this diary: it holds the nights but no habit or circumstance, "
            "such as stress or coffee, to set them against."
        )
    from sleepstats.asking.refusals import LEAST_NIGHTS

    reasons = table["reason"].str.partition(":")[0].value_counts()
    if len(nights) < LEAST_NIGHTS:
        why = (
            f"it has {_count(len(nights), 'night')}, and a question needs at least {LEAST_NIGHTS} "
            "with both values"
        )
    else:
        why = f"the commonest reason is: {reasons.index[0]}"
    return f"Nothing can be asked of this diary yet: {why}."


def _nothing_found(nights: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say what was asked about when nothing stood out."""
    asked = table[table["status"] != "refused"]
    habits, outcomes = (
        [column_of(nights, name).label for name in asked[column].unique()]
        for column in ("factor", "outcome")
    )
    shown = [f"“{label}”" for label in habits[:NAMED]]
    if len(habits) > NAMED:
        shown.append(f"{len(habits) - NAMED} more")
    nothing = "It did not" if len(habits) == 1 else "None of it"
    verb = "go" if len(habits) == 1 else "went"
    return (
        f"Asked about: {_listed(shown, 'and')}. {nothing} clearly {verb} with "
        f"{_listed(outcomes, 'or')}."
    )


def _listed(words: list[str], last: str) -> str:
    """Join words with commas and a last conjunction."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _tally(table: pd.DataFrame) -> str:
    """Count the questions by what became of them."""
    counts = table["status"].value_counts()
    words = {
        "found": "stood out",
        "not found": "showed no clear difference",
        "unreachable": "could hardly be answered with this many nights",
        "refused": "could not be asked",
    }
    parts = [f"{counts[status]} {text}" for status, text in words.items() if status in counts]
    return f"{_count(len(table), 'question')}: {'; '.join(parts)}."


def _span(nights: pd.DataFrame) -> str:
    """Say how many nights, from when to when, and how many evenings in between are missing."""
    dates = pd.DatetimeIndex(nights.index.get_level_values(-1))
    if len(dates) == 1:
        return f"1 night, {_date(dates[0])}."
    missing = (dates[-1] - dates[0]).days + 1 - len(dates.unique())
    gaps = f"{_count(missing, 'evening')} in between {'has' if missing == 1 else 'have'} no entry"
    return (
        f"{_count(len(dates), 'night')}, from {_date(dates[0])} to {_date(dates[-1])}; "
        f"{gaps if missing else 'no evening in between is missing'}."
    )


def _not_told(nights: pd.DataFrame) -> Iterable[str]:
    """Say what the diary does not tell about sleep itself."""
    from sleepstats.latency import latency_refusal

    if not _known(nights, "tst_min") and _known(nights, "spt_min"):
        yield (
            "This file does not tell how long you lay awake in between, so below it is the time "
            "from falling asleep to waking up (sleep period time) that is asked about."
        )
    elif not _known(nights, "tst_min") and _known(nights, "tib_min"):
        yield (
            "This file tells when you were in bed and not how long of that you slept, so below "
            "it is time in bed that is asked about."
        )
    reason = latency_refusal(nights)
    if reason and _known(nights, "sol_min"):
        yield f"How long you took to fall asleep is left out: {reason.partition(': ')[2]}."
    elif reason:
        yield "How long you took to fall asleep is not recorded."


def _typical(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on one measure; empty without values."""
    n = _known(nights, name)
    if not n:
        return ""
    values = nights[name].to_numpy(dtype=float, na_value=np.nan)
    low, middle, high = np.nanpercentile(values, [25, 50, 75])
    said = [f"{v:.0f} %" if name == "se_pct" else _hours(v) for v in (low, middle, high)]
    lead = {
        "tst_min": f"You slept {said[1]}",
        "spt_min": f"From falling asleep to waking up it was {said[1]}",
        "tib_min": f"You were in bed for {said[1]}",
        "sol_min": f"It took you {said[1]} to fall asleep",
        "se_pct": f"You were asleep for {said[1]} of the time in bed",
    }[name]
    return (
        f"{lead} on the middle night; half of the nights lie between {said[0]} and {said[2]} "
        f"({_count(n, 'night')})."
    )


def _regular(nights: pd.DataFrame) -> str:
    """Return the sentence on regularity; empty where the clock times do not allow one."""
    from sleepstats.measures.between_nights import regularity

    found = regularity(nights)
    value = found["value"]
    moved, later = float(value["midsleep_sd_min"]), float(value["social_jetlag_min"])
    if np.isnan(moved):
        return ""
    slept = str(found.loc["midsleep_sd_min", "basis"]).startswith("sleep_onset")
    n = int(found["n"]["midsleep_sd_min"])
    text = (
        f"The middle of your {'sleep' if slept else 'time in bed'} moved by {_hours(moved)} from "
        f"night to night (standard deviation on the clock; {_count(n, 'night')})"
    )
    if np.isnan(later):
        return f"{text}."
    direction = "later" if value["midsleep_free_h"] >= value["midsleep_work_h"] else "earlier"
    return f"{text}; on Friday and Saturday nights it came {_hours(later)} {direction}."


def _known(nights: pd.DataFrame, name: str) -> int:
    """Count the nights with a value."""
    return int(nights[name].notna().sum()) if name in nights else 0


def _hours(minutes: float) -> str:
    """Return minutes as ``7 h 05 min``, ``7 h`` or ``25 min``."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"


def _date(day: pd.Timestamp) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _count(n: int, word: str) -> str:
    return f"{n:,} {word}{'' if n == 1 else 's'}"


__all__ = ["Answer", "how_you_sleep", "measures", "what_was_odd", "what_was_read", "what_went_with"]
