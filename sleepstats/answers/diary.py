"""What was read, what was odd in it, and how the person sleeps, in a few sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers import Said, count_said, date_said, known_nights, plain, usual_said
from sleepstats.answers.changes import stretches_said
from sleepstats.arrays import LATENCY, Floats, Ints, latency_refusal
from sleepstats.asking.question_checks import STAND_INS
from sleepstats.checks import check_nights
from sleepstats.clock import format_clock
from sleepstats.columns import told_of
from sleepstats.inference.guards import night_numbers
from sleepstats.measures.between_nights import longest_run, run_by_chance
from sleepstats.measures.description import describe_nights, hours_of, left_out
from sleepstats.reading.check import odd_lines
from sleepstats.reading.nights.record import LATENCY_NOTE, summary_sentences
from sleepstats.reading.nights.roles import taken_sentence

#: What there is to say about the rows of a file without any difficulty.
ALL_READ = Said(("Every row could be read.",))


def what_was_read(nights: pd.DataFrame) -> Said:
    """Say how many nights there are, from when to when, and what became of the source's rows.

    >>> index = pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-09"], name="night")
    >>> print(what_was_read(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index)))
    3 nights, from Monday 5 January 2026 to Friday 9 January 2026; 2 evenings in between ...
    """
    check_nights(nights)
    sentences = [_span(nights)]
    record = told_of(nights)
    if "counts" in record:
        told = summary_sentences(record)
        if record.get("roles"):
            sentences.insert(0, taken_sentence(record["roles"]))
        sentences += [text for text in told if not text.startswith(LATENCY_NOTE)]
    return Said((*sentences, *_not_told(nights)))


def what_was_odd(nights: pd.DataFrame, *, most: int = 12) -> Said:
    r"""List the source rows about which there is something to say.

    >>> import io
    >>> import sleepstats as ss
    >>> text = "night,into_bed,out_of_bed\n2026-01-05,23:10,07:00\n"
    >>> print(what_was_odd(ss.read_diary(io.StringIO(text))))
    Every row could be read.
    """
    return Said(tuple(odd_lines(nights, most))) or ALL_READ


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
    if not known_nights(nights, "tst_min") and known_nights(nights, "spt_min"):
        yield (
            "This file does not tell how long you lay awake in between, so here it is the time "
            "from falling asleep to waking up that is asked about."
        )
    elif not known_nights(nights, "tst_min") and known_nights(nights, "tib_min"):
        yield (
            "This file tells when you were in bed and not how long of that you slept, so here "
            "it is time in bed that is asked about."
        )
    reason = latency_refusal(nights)
    if reason and known_nights(nights, "sol_min"):
        yield f"How long you took to fall asleep is left out: {reason.partition(': ')[2]}."
    elif reason:
        yield "No column was understood as the time you took to fall asleep."


def how_you_sleep(nights: pd.DataFrame) -> Said:
    """Say how long, how soon, how well, when and how regularly, each with its uncertainty.

    >>> index = pd.date_range("2026-01-05", periods=3, name="night")
    >>> print(how_you_sleep(pd.DataFrame({"tst_min": [400.0, 420.0, 430.0]}, index=index)))
    You slept 6 h 40 min to 7 h 10 min (3 nights).
    """
    check_nights(nights)
    # what the file tells best stands for sleep, and the sentence says which it is
    duration = next((name for name in STAND_INS if known_nights(nights, name)), STAND_INS[0])
    awake_known = not _never_awake(nights)
    if duration == "tst_min" and not awake_known and known_nights(nights, "tib_min"):
        duration = "tib_min"
    names = [duration, *(() if latency_refusal(nights) else ("sol_min",)), "waso_min", "nawk"]
    names += ["se_pct"] if awake_known else []
    sentences = [*(_typical(nights, name) for name in names), _bed_time(nights), _regular(nights)]
    sentences += [say(nights, duration) for say in (_short_nights, _much_shorter, _without_length)]
    what, middle = _middle(nights)
    sentences += stretches_said(nights, middle, f"the middle of your {what}")
    sentences = [sentence for sentence in sentences if sentence]
    return Said(tuple(sentences or ["This diary holds no measure of sleep."]))


def _never_awake(nights: pd.DataFrame) -> bool:
    """Say whether time asleep is time in bed on every night: then it was not measured."""
    if not known_nights(nights, "se_pct"):
        return False
    return bool((nights["se_pct"].dropna() >= 99.95).all())


def measures(nights: pd.DataFrame) -> pd.DataFrame:
    """Show every measure for reading: the middle night, the middle half, how many nights.

    >>> index = pd.date_range("2026-01-05", periods=8, name="night")
    >>> measures(pd.DataFrame({"tst_min": [400.0, 420.0] * 4}, index=index))
                       middle night          middle half  nights  missing
    total sleep time  6 h 50 min  6 h 40 min to 7 h       8        0
    """
    described = describe_nights(nights)
    shown = described["median"].notna()
    if latency_refusal(nights):  # an app's rule is no measure
        shown &= described.index != LATENCY
    told: list[Any] = list(described[shown].itertuples())
    labels = [row.label for row in told]
    if len(nights) < FEW_NIGHTS:  # middles of other nights each would contradict one another
        each = [[_amount(value, row) for value in _each(nights, row)] for row in told]
        days = [f"{day:%a} {day.day} {day:%b}" for day in pd.DatetimeIndex(nights.index)]
        return pd.DataFrame(each, index=labels, columns=days)
    rows = [
        {
            "middle night": _amount(row.median, row),
            "middle half": _half(row, _each(nights, row)),
            "nights": row.n,
            "missing": row.missing,
        }
        for row in told
    ]
    columns = ["middle night", "middle half", "nights", "missing"]
    return pd.DataFrame(rows, index=labels, columns=columns)


def _each(nights: pd.DataFrame, row: Any) -> Floats:
    """Return the values of a measure night by night; clocks in hours."""
    if row.circular:
        return hours_of(nights, row.Index)
    return np.asarray(nights[row.Index].to_numpy(dtype=float, na_value=np.nan))


def _half(row: Any, values: Floats) -> str:
    """Return the middle half, its unit told once; of what is hardly ever more, how often 0."""
    if row.n < FEW_NIGHTS:
        return ""
    nothing = int((values == 0.0).sum())
    if not row.circular and nothing >= MOSTLY * row.n:
        return f"0 on {nothing:,} of {row.n:,} nights"
    low, high = (_amount(end, row) for end in (row.q1, row.q3))
    if row.unit and row.unit != "min":
        low = low if low == high else low.removesuffix(f" {row.unit}")
    return low if low == high else f"{low} to {high}"


def _amount(value: Any, row: Any) -> str:
    """Return a number of ``describe_nights`` with its unit, as it is spoken of."""
    if np.isnan(value):
        return ""
    if row.circular:
        return format_clock(value)
    if row.unit == "min":
        return _hours(value)
    return f"{value:.1f}".removesuffix(".0") + (f" {row.unit}" if row.unit else "")


_hours = partial(plain.minutes_said, long=59.5)
#: Fewer nights than these have no middle half worth telling.
FEW_NIGHTS = 8
#: A night under this many minutes is called short.
SHORT_MIN = 360.0
#: Share of the usual time below which a recording may have stopped; share of nights from which on
#: zeros are counted: an app that does not listen writes them too.
STOPPED, MOSTLY = 0.5, 0.9
_TIMES = {name: plain.PLAIN[name][0] for name in STAND_INS}
_SAID = {
    "tst_min": ("You slept {}", ""),
    "spt_min": ("From falling asleep to waking up it was {}", ""),
    "tib_min": ("You were in bed for {}", ""),
    "sol_min": ("It took you {}", " to fall asleep"),
    "waso_min": ("You were awake in the night for {}", ""),
    "nawk": ("You woke up {}", ""),
    "se_pct": ("You were asleep for {}", " of the time in bed"),
}
_SPOKEN = {"se_pct": "{:.0f} %".format, "nawk": "{:g} times".format}


def _values(nights: pd.DataFrame, name: str) -> tuple[Floats, Ints]:
    """Return the known values of a measure with their night numbers."""
    values = nights[name].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(values)
    days = pd.DatetimeIndex(nights.index.get_level_values(-1))[known]
    return values[known], night_numbers(days.to_numpy("datetime64[D]"))


def _typical(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on one measure; empty without values."""
    n = known_nights(nights, name)
    if not n:
        return ""
    values, number = _values(nights, name)
    spoken = _SPOKEN.get(name, _hours)
    lead, tail = _SAID[name]
    if n < FEW_NIGHTS:
        ends = dict.fromkeys(spoken(float(end)) for end in (values.min(), values.max()))
        return f"{lead.format(' to '.join(ends))}{tail} ({count_said(n, 'night')})."
    low, middle, high = (spoken(float(q)) for q in np.percentile(values, [25, 50, 75]))
    half = f"; on half of your {n:,} nights {low} to {high}" if low != high else f"; {n:,} nights"
    told = f"{lead.format(middle)}{tail} on a typical night{half}{_give(values, number, spoken)}."
    return f"{told} {usual_said(name, values.tolist())}".rstrip()


def _give(values: Floats, number: Ints, spoken: Callable[[float], str]) -> str:
    """Return the uncertainty of a middle value; empty where too few weeks tell of it."""
    middle, low, _ = left_out(values, number, np.median)
    if np.isnan(low) or spoken(middle - low).startswith("0 "):
        return ""
    return f" (more nights could move this by up to {spoken(middle - low)})"


def _bed_time(nights: pd.DataFrame) -> str:
    """Return the sentence on the time of going to bed; empty where it is not known."""
    for name, lead in (("lights_out", "Lights went out at"), ("into_bed", "You went to bed at")):
        if known_nights(nights, name) >= FEW_NIGHTS:
            hours = hours_of(nights, name)
            known = np.isfinite(hours)
            days = pd.DatetimeIndex(nights.index)[known]
            number = night_numbers(days.to_numpy("datetime64[D]"))
            low, middle, high = (
                format_clock(float(q)) for q in np.percentile(hours[known], [25, 50, 75])
            )
            give = _give(60.0 * hours[known], number, _hours)
            half = f"; on half of the nights {low} to {high}" if low != high else ""
            return f"{lead} {middle} on a typical night{half}{give}."
    return ""


def _middle(nights: pd.DataFrame) -> tuple[str, Floats]:
    """Return the middle of each night in hours, and of what; not known where the file has none."""
    if known_nights(nights, "midsleep_h") >= FEW_NIGHTS:
        return "sleep", hours_of(nights, "midsleep_h")
    if min(known_nights(nights, "into_bed"), known_nights(nights, "out_of_bed")) >= FEW_NIGHTS:
        ends = hours_of(nights, "into_bed") + hours_of(nights, "out_of_bed")
        return "time in bed", ends / 2.0
    return "", np.full(len(nights), np.nan)


def _regular(nights: pd.DataFrame) -> str:
    """Return the sentence on regularity; empty where the clock times do not allow one."""
    what, hours = _middle(nights)
    known = np.isfinite(hours)
    days = pd.DatetimeIndex(nights.index)[known]
    number = night_numbers(days.to_numpy("datetime64[D]"))
    follows = np.diff(number) == 1
    moved = 60.0 * np.abs(np.diff(hours[known]))[follows]
    if len(moved) < FEW_NIGHTS:
        return ""
    give = _give(moved, number[1:][follows], _hours)
    lead = "You sleep" if what == "sleep" else "You are in bed"
    typical = _hours(float(np.median(moved)))
    if typical == "0 min":
        return ""
    return (
        f"{lead} about {typical} earlier or later than the night before; "
        f"half of the time less, half of the time more{give}."
    )


def _short_nights(nights: pd.DataFrame, duration: str) -> str:
    """Return the sentence on short nights and the longest run of them; empty without any."""
    if duration == "tib_min" or known_nights(nights, duration) < 2 * FEW_NIGHTS:
        return ""
    values, number = _values(nights, duration)
    short = values < SHORT_MIN
    if not short.any():
        return f"None of {len(values):,} nights was shorter than {_hours(SHORT_MIN)}."
    share, low, high = left_out(short.astype(float), number, np.mean)
    ends = f"{100 * max(low, 0.0):.0f} to {100 * min(high, 1.0):.0f}"
    give = "" if np.isnan(low) else f"; of your nights in general it may be {ends} %"
    verb = "was" if short.sum() == 1 else "were"
    text = (
        f"{int(short.sum()):,} of {len(values):,} nights {verb} shorter than {_hours(SHORT_MIN)} "
        f"({100 * share:.0f} %{give})"
    )
    run, place = longest_run(short, number)
    if run < 2:
        return f"{text}, never two in a row."
    days = pd.DatetimeIndex(nights.index[nights[duration].notna()])
    chance = run_by_chance(len(values), share, run)
    luck = "With so many short nights chance alone puts some in a row."
    if chance < 0.2:
        often = max(round(100 * chance), 1)
        luck = f"With so many short nights chance alone makes such a row in {often} of 100 diaries."
    return f"{text}, at most {run} in a row (from {date_said(days[place])}). {luck}"


def _much_shorter(nights: pd.DataFrame, duration: str) -> str:
    """Say which nights hold hardly half of the usual time: a recording may have stopped."""
    name = next((one for one in reversed(STAND_INS) if known_nights(nights, one)), duration)
    if known_nights(nights, name) < 2 * FEW_NIGHTS:
        return ""
    values, _ = _values(nights, name)
    much = np.flatnonzero(values < STOPPED * np.median(values))
    if not len(much):
        return ""
    day = date_said(pd.DatetimeIndex(nights.index[nights[name].notna()])[int(values.argmin())])
    holds, least_of = ("holds", "") if len(much) == 1 else ("hold", "the shortest: ")
    return (
        f"{count_said(len(much), 'night')} {holds} less than half of your usual {_TIMES[name]} "
        f"({least_of}{day}, {_hours(float(values.min()))}). If the recording stopped early or "
        "began late, that says nothing about your sleep."
    )


def _without_length(nights: pd.DataFrame, duration: str) -> str:
    """Say how many nights lack a length, so that two counts of nights are no contradiction."""
    lacking = len(nights) - known_nights(nights, duration)
    of = (
        f"On {lacking:,} of your {count_said(len(nights), 'night')} {_TIMES[duration]} is not known"
    )
    return f"{of}: missing, or could not be read." if 0 < lacking < len(nights) else ""
