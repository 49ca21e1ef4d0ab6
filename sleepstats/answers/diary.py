"""How the person sleeps, in a few sentences, and how much of a habit there is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers import Said, count_said, date_said, known_nights, plain, usual_said
from sleepstats.answers.changes import LEAST_FREE, odd_said, stretches_said
from sleepstats.arrays import LATENCY, Floats, Ints, latency_refusal, read_values
from sleepstats.asking.question_checks import STAND_INS
from sleepstats.checks import check_nights
from sleepstats.clock import format_clock
from sleepstats.columns import column_of
from sleepstats.inference import guards
from sleepstats.measures import between_nights, description
from sleepstats.measures.description import describe_nights, hours_of
from sleepstats.units import usual_ends


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
    names = [duration, *(() if latency_refusal(nights) else ("sol_min",)), "waso_min"]
    names += ["nawk", *(["se_pct"] if awake_known else [])]
    sentences = [_typical(nights, name) for name in names]
    sentences += [_rating(nights, name) for name in ("quality", "rested")]
    sentences += [_bed_time(nights), _regular(nights), _short_nights(nights, duration)]
    what, middle = _middle(nights)
    sentences += stretches_said(nights, middle, f"the middle of your {what}")
    sentences += [*_missing_days(nights), *odd_said(nights)]
    sentences = [sentence for sentence in sentences if sentence]
    first = next((n for n, one in enumerate(sentences) if GIVE in one), None)
    if first is not None:
        told = re.sub(rf"({GIVE} [^;.]+)", rf"\1 ({GIVE_SAID})", sentences[first], count=1)
        sentences[first] = told
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
    rows = [
        {
            "middle night": _amount(row.median, row),
            "middle half": "" if row.n < FEW_NIGHTS else _half(row),
            "nights": row.n,
            "missing": row.missing,
        }
        for row in told
    ]
    columns = ["middle night", "middle half", "nights", "missing"]
    return pd.DataFrame(rows, index=[row.label for row in told], columns=columns)


def _half(row: Any) -> str:
    """Return the middle half, its unit told once."""
    low, high = (_amount(end, row) for end in (row.q1, row.q3))
    if row.unit and row.unit != "min":
        low = low if low == high else low.removesuffix(f" {row.unit}")
    return low if low == high else f"{low} to {high}"


def _amount(value: Any, row: Any) -> str:
    """Return a number of ``describe_nights`` with its unit, as it is spoken of."""
    if row.circular:
        return format_clock(value)
    if row.unit == "min":
        return _hours(value)
    return f"{value:.1f}".removesuffix(".0") + (f" {row.unit}" if row.unit else "")


#: Fewer nights than these have no middle half worth telling.
FEW_NIGHTS = 8
#: A night under this many minutes is called short; under this many it may be no whole night.
SHORT_MIN, STUB_MIN = 360.0, 180.0
#: How far off a typical night may be, and what that means, where it first stands.
GIVE, GIVE_SAID = "give or take", "so many nights do not tell it closer"
_SAID = {
    "tst_min": ("You slept {}", ""),
    "spt_min": ("From falling asleep to waking up it was {}", ""),
    "tib_min": ("You were in bed for {}", ""),
    "sol_min": ("It took you {}", " to fall asleep"),
    "nawk": ("You woke up {}", ""),
    "waso_min": ("You were awake in the night for {}", ""),
    "se_pct": ("You were asleep for {}", " of the time in bed"),
}


def _values(nights: pd.DataFrame, name: str) -> tuple[Floats, Ints]:
    """Return the known values of a measure with their night numbers."""
    values = nights[name].to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(values)
    days = pd.DatetimeIndex(nights.index.get_level_values(-1))[known]
    return values[known], guards.night_numbers(days.to_numpy("datetime64[D]"))


def _typical(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on one measure; empty without values."""
    n = known_nights(nights, name)
    if not n:
        return ""
    values, number = _values(nights, name)
    spoken = {"se_pct": _percent, "nawk": _times}.get(name, _hours)
    lead, tail = _SAID[name]
    if n < FEW_NIGHTS:
        ends = dict.fromkeys(spoken(float(end)) for end in (values.min(), values.max()))
        return f"{lead.format(' to '.join(ends))}{tail} ({count_said(n, 'night')})."
    low, middle, high = (spoken(float(q)) for q in np.percentile(values, [25, 50, 75]))
    half = f"on the middle half of your {n:,} nights {low} to {high}" if low != high else (
        f"{n:,} nights"
    )  # fmt: skip
    give = "" if name == "nawk" else _give(values, number, spoken)
    device = column_of(nights, "tst_min" if name == "se_pct" else name).kind == "device"
    usual = usual_said(name, values.tolist(), device=device)
    return f"{lead.format(middle)}{tail} on a typical night{give}; {half}. {usual}".rstrip()


def _rating(nights: pd.DataFrame, name: str) -> str:
    """Return the sentence on a rating of the morning; empty where there are few."""
    if known_nights(nights, name) < FEW_NIGHTS or column_of(nights, name).kind != "recorded":
        return ""
    column, values = column_of(nights, name), _values(nights, name)[0]
    said = plain.measure_name(column)
    return (
        f"{said[:1].upper()}{said[1:]} was {np.median(values):.3g} on a typical night; in this "
        f"file it runs from {values.min():.3g} to {values.max():.3g}{plain.better_said(column)}."
    )


def _give(values: Floats, number: Ints, spoken: Callable[[float], str]) -> str:
    """Return the uncertainty of a middle value; empty where too few weeks tell of it."""
    middle, low, _ = between_nights.left_out(values, number, np.median)
    if np.isnan(low) or spoken(middle - low).split()[0] == "0":
        return ""
    if low < 0.0:
        return f", somewhere from {spoken(0.0)} to {spoken(2.0 * middle - low)}"
    return f", {GIVE} {spoken(middle - low)}"


def _bed_time(nights: pd.DataFrame) -> str:
    """Return the sentence on the time of going to bed; empty where it is not known."""
    for name, lead in (("lights_out", "Lights went out at"), ("into_bed", "You went to bed at")):
        if known_nights(nights, name) >= FEW_NIGHTS:
            hours = hours_of(nights, name)
            known = np.isfinite(hours)
            days = pd.DatetimeIndex(nights.index)[known]
            number = guards.night_numbers(days.to_numpy("datetime64[D]"))
            low, middle, high = (
                format_clock(float(q)) for q in np.percentile(hours[known], [25, 50, 75])
            )
            give = _give(60.0 * hours[known], number, _hours)
            half = f"; on the middle half of your nights {low} to {high}" if low != high else ""
            return f"{lead} {middle} on a typical night{give}{half}."
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
    number = guards.night_numbers(days.to_numpy("datetime64[D]"))
    follows = np.diff(number) == 1
    moved = 60.0 * np.abs(np.diff(hours[known]))[follows]
    if len(moved) < FEW_NIGHTS:
        return ""
    give = _give(moved, number[1:][follows], _hours)
    moves = "sleep moves" if what == "sleep" else "hours in bed move"
    typical = _hours(float(np.median(moved)))
    if typical == "0 min":
        return ""
    return (
        f"From one night to the next your {moves} by about {typical} on the clock{give}; on half "
        "of the nights by less."
    )


def _short_nights(nights: pd.DataFrame, duration: str) -> str:
    """Return the sentence on short nights and the longest run of them; empty without any."""
    if duration == "tib_min" or known_nights(nights, duration) < 2 * FEW_NIGHTS:
        return ""
    values, number = _values(nights, duration)
    short = values < SHORT_MIN
    if not short.any():
        return f"None of {len(values):,} nights was shorter than {_hours(SHORT_MIN)}."
    share, low, high = between_nights.left_out(short.astype(float), number, np.mean)
    ends = f"{100 * max(low, 0.0):.0f} to {100 * min(high, 1.0):.0f}"
    give = "" if np.isnan(low) else f"; of your nights in general it may be {ends} %"
    verb = "was" if short.sum() == 1 else "were"
    text = (
        f"{int(short.sum()):,} of {len(values):,} nights {verb} shorter than {_hours(SHORT_MIN)} "
        f"({100 * share:.0f} %{give})"
    )
    run, place = description.longest_run(short, number)
    days = pd.DatetimeIndex(nights.index[nights[duration].notna()])
    stubs, stub = int((values < STUB_MIN).sum()), ""
    if stubs:
        least = f"{_hours(float(values.min()))} on {date_said(days[int(values.argmin())])}"
        stub = (
            f" {count_said(stubs, 'night')} of them under {_hours(STUB_MIN)} ({least}): a "
            "recording that stopped, or a night noted in part, looks like that."
        )
    if run < 2:
        return f"{text}, never two in a row.{stub}"
    chance = description.run_by_chance(len(values), share, run)
    luck = "Some in a row can be mere chance."
    if chance < 0.2:
        often = max(round(100 * chance), 1)
        luck = f"Of 100 diaries with as many, chance alone makes such a row in {often}."
    return f"{text}, at most {run} in a row (from {date_said(days[place])}). {luck}{stub}"


def _times(count: float) -> str:
    return "once" if count == 1 else f"{count:.3g} times"


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _hours(minutes: float) -> str:
    """Return minutes as ``7 h 05 min``, ``7 h`` or ``25 min``."""
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"


def _missing_days(nights: pd.DataFrame) -> Iterator[str]:
    """Say where nights without an entry are mostly weekends, or mostly not: what is typical leans.

    The chance of as many among ``missing`` nights drawn from all is hypergeometric.
    """
    days = pd.DatetimeIndex(nights.index)
    every = pd.date_range(days[0], days[-1])
    free = every.day_of_week.isin([guards.FRIDAY, guards.SATURDAY])
    gone = ~every.isin(days)
    missing, most, hits = int(gone.sum()), int(free.sum()), int((gone & free).sum())
    ways = [math.comb(most, k) * math.comb(len(every) - most, missing - k)
            for k in range(missing + 1)]  # fmt: skip
    for some, chance, other in (
        (hits, sum(ways[hits:]), "other days"),
        (missing - hits, sum(ways[: hits + 1]), "weekends"),
    ):
        if missing >= LEAST_FREE and chance < 0.01 * sum(ways):
            kind = (
                "Friday or Saturday nights" if other == "other days" else "nights before workdays"
            )
            yield (
                f"{some} of the {missing} nights without an entry are {kind}, so what is typical "
                f"leans to the {other}."
            )


# ---- how much there is of a habit

#: Of a yes or no it is said that few evenings are without it, below this share.
FEW_SHARE = 0.15


def own_span(nights: pd.DataFrame, factor: str) -> tuple[float, float]:
    """Return between which amounts of a habit eight of ten evenings lie, to two digits.

    Both are the same where the habit has no amount: a yes or no, kinds, or hardly any difference.
    """
    values = nights[factor]
    read = None if values.isna().all() else read_values(values, pd.DatetimeIndex(nights.index))
    if read is None or read.kind != "numeric" or read.unit:  # hours of a clock are no amount
        return 0.0, 0.0
    low, high = usual_ends(read.values)
    return float(f"{low:.2g}"), float(f"{high:.2g}")


def amount_of(nights: pd.DataFrame, factor: str, step: float) -> tuple[float, str, str]:
    """Return for how much of a habit to tell what is left possible: step, lead and its last words.

    What an extra cup leaves possible is less than what a person's own evenings do.
    """
    column = column_of(nights, factor)
    low, high = (0.0, 0.0) if math.isnan(step) else own_span(nights, factor)
    if high > low:
        both = plain.amounts_said(low, high, column, "against")
        return high - low, f"{plain.habit_said(column)} ({both})", ""
    words = plain.step_said(step, column)
    return (1.0 if math.isnan(step) else step), plain.habit_said(column), words


def evenings_said(nights: pd.DataFrame, row: Mapping[str, Any]) -> str:
    """Count the nights of a question; of a yes or no those with it, too."""
    word = "evenings" if str(row["when"]).startswith("day before") else "nights"
    values = nights[row["factor"]]
    if values.isna().all():
        return f"{row['n']:,} {word}"
    read = read_values(values, pd.DatetimeIndex(nights.index))
    if read.kind != "yes/no":
        return f"{row['n']:,} {word}"
    known = nights[row["outcome"]].notna().to_numpy() & ~np.isnan(read.values)
    if int(known.sum()) != int(row["n"]):  # another row's value was met
        return f"{row['n']:,} {word}"
    with_it = int(read.values[known].sum())
    few = row["n"] - with_it
    without = f", without it on {few:,} only" if few < FEW_SHARE * row["n"] else ""
    return f"with it on {with_it:,} of {row['n']:,} {word}{without}"
