"""What the nights say by themselves: over the months, in the week, over the year.

Asked with the engine of all questions, so that nights may resemble their neighbours. Several
questions are one family (Benjamini & Hochberg); what is found has a false-coverage-rate interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sleepstats import inference
from sleepstats.answers import Card, date_said, plain, rows_of
from sleepstats.arrays import FLOOR_MIN, LATENCY, Floats, Ints
from sleepstats.clock import format_clock
from sleepstats.columns import column_of
from sleepstats.inference import guards, none_alone
from sleepstats.measures.description import hours_of

#: Nights before anything is asked of the calendar; nights of a span in which months can differ.
LEAST_NIGHTS, LEAST_SPAN = 21, 42
#: Days of a span that shows more than one summer and winter.
TWO_SEASONS = 540
YEAR = 365.25
#: Friday and Saturday nights, and others, that a comparison needs.
LEAST_FREE = 5
#: Nights of a gap, hours from the usual, and nights or days of one stretch, told in words.
GAP_NIGHTS, OFF_H, OFF_RUN = 7, 3.0, 3
#: Hours by which the middle of sleep differs before and after a gap, told.
MOVED_H = 1.0
#: Units of what a device measures of the body. Nights are told that lie from its middle by more
#: than so many times the width of the middle half, where there are so many of them, of so many.
BODY = ("bpm", "ms", "per min", "°C")
FAR, FAR_NIGHTS, FAR_FROM = 3.0, 5, 40
MONTHS, WEEK, SEASON = "over these months", "Friday and Saturday nights", "over the year"
COLUMNS = (
    "question", "outcome", "n", "effect", "effect_low", "effect_high", "pvalue", "pvalue_family",
    "found", "peak",
)  # fmt: skip


def over_calendar(
    nights: pd.DataFrame, outcomes: Sequence[str], *, level: float = 0.95
) -> pd.DataFrame:
    """Ask how measures changed over the months, in the week and over the year.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    outcomes : sequence of str
        Measures of the night, clocks included.
    level : float
        Confidence level; ``1 - level`` decides what is found.

    Returns
    -------
    DataFrame
        One row per question and measure: ``question``, ``outcome``, ``n``, ``effect`` with its
        interval in the measure's unit (clocks: hours; latency: minutes at the median),
        ``pvalue``, ``pvalue_family``, ``found``, and for the year ``peak``, the day of the year
        on which the measure is largest. The effect is the end less the beginning of a straight
        line; Friday and Saturday nights less the others; the top of a yearly wave less its trough.

    Notes
    -----
    Beside the line stand the days of the week and, in spans of 18 months or more, the yearly wave;
    beside the week the slow drift. The wave ``a cos + b sin`` is tested by both columns together,
    its size ``2 sqrt(a**2 + b**2)`` less what chance alone would give, and its interval is that of
    the slope on the wave of the fitted phase.
    """
    rows = list(_asked(nights, outcomes, level))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if not len(table):
        return table
    table["pvalue_family"] = none_alone.adjust_pvalues(table["pvalue"].to_numpy(dtype=np.float64))
    table["found"] = table["pvalue_family"] < 1.0 - level
    found, asked = int(table["found"].sum()), int(table["pvalue"].notna().sum())
    if found:
        wider = none_alone.level_of_found(found, asked, level=level)
        names = table.loc[table["found"], "outcome"].unique().tolist()
        ends = {(row[0], row[1]): (row[4], row[5]) for row in _asked(nights, names, wider)}
        for place in np.flatnonzero(table["found"]):
            pair = (table["question"].iloc[place], table["outcome"].iloc[place])
            table.loc[place, ["effect_low", "effect_high"]] = ends[pair]
    return table


@dataclass(frozen=True, eq=False)
class _Nights:
    """The nights on which some measures are known, and those measures as they are analysed."""

    names: list[str]
    days: pd.DatetimeIndex
    y: list[Floats]
    #: Median of a measure that is analysed on its logarithm, else NaN.
    median: list[float]


def _together(nights: pd.DataFrame, outcomes: Sequence[str]) -> list[_Nights]:
    """Group measures by the nights on which they are known, so that each is whitened once."""
    groups: dict[bytes, _Nights] = {}
    for name in outcomes:
        if plain.is_clock(column_of(nights, name)):
            values = hours_of(nights, name)
        else:
            values = nights[name].to_numpy(dtype=np.float64, na_value=np.nan)
        known = np.isfinite(values)
        if int(known.sum()) < LEAST_NIGHTS or np.ptp(values[known]) == 0.0:
            continue
        y, median = values[known], math.nan
        if name == LATENCY:
            y = np.maximum(y, FLOOR_MIN)
            y, median = np.log(y), float(np.median(y))
        days = pd.DatetimeIndex(nights.index)[known]
        one = groups.setdefault(known.tobytes(), _Nights([], days, [], []))
        one.names.append(name)
        one.y.append(y)
        one.median.append(median)
    return list(groups.values())


def _asked(
    nights: pd.DataFrame, outcomes: Sequence[str], level: float
) -> Iterator[tuple[Any, ...]]:
    """Ask measures everything that their nights allow."""
    for one in _together(nights, outcomes):
        number = guards.night_numbers(one.days.to_numpy("datetime64[D]"))
        weekday, span = one.days.day_of_week.to_numpy(), int(number[-1]) + 1
        wave = _wave(one.days) if span >= TWO_SEASONS else np.empty((len(number), 0))
        line = number / max(span - 1, 1)
        free = (weekday == guards.FRIDAY) | (weekday == guards.SATURDAY)
        week = guards.calendar_controls(number, weekday, span, adjust=("weekday",))
        asked: list[tuple[str, Floats, Floats]] = []
        if span >= LEAST_SPAN:
            asked.append((MONTHS, line, np.column_stack([week, wave])))
        if min(int(free.sum()), int((~free).sum())) >= LEAST_FREE:
            drift = guards.calendar_controls(number, weekday, span, adjust=("trend",))
            asked.append((WEEK, free.astype(np.float64), drift))
        y = np.column_stack(one.y)
        tables = inference.gls_tables(
            [(_counted(y, x, z), x[:, None], z, number) for _, x, z in asked], level=level
        )
        for (question, _, _), answered in zip(asked, tables, strict=True):
            for place, (name, median) in enumerate(zip(one.names, one.median, strict=True)):
                slope = answered.at(place, 0)
                if slope.reason:
                    continue
                sizes = [_own(size, median) for size in (slope.estimate, slope.low, slope.high)]
                yield (question, name, len(y), *sizes, slope.pvalue, math.nan, False, math.nan)
        if wave.shape[1]:
            beside = np.column_stack([week, line])
            for name, values, median in zip(one.names, one.y, one.median, strict=True):
                yield from _season(values, wave, beside, number, name, median, level)


def _counted(y: Floats, x: Floats, controls: Floats) -> Floats:
    """Return what each night counts for: one far from all others decides nothing by itself."""
    basis = guards.control_basis(controls)
    left = guards.without_controls(x[:, None], basis)
    return none_alone.bring_in(y, left, basis)[:, :, 0]


def _own(size: float, median: float) -> float:
    """Return an effect in the measure's own unit: minutes at the median for a logarithm."""
    return size if math.isnan(median) else median * math.expm1(size)


def _wave(days: pd.DatetimeIndex) -> Floats:
    """Return the two columns of a yearly wave."""
    turn = 2.0 * np.pi * days.day_of_year.to_numpy() / YEAR
    return np.column_stack([np.cos(turn), np.sin(turn)])


def _season(
    y: Floats, wave: Floats, controls: Floats, number: Ints, name: str, median: float, level: float
) -> Iterator[tuple[Any, ...]]:
    """Test the yearly wave by both columns, and measure it along its fitted phase."""
    y = none_alone.bring_in_around(y, np.column_stack([controls, wave]))
    joint = inference.gls_joint(y, wave, controls, number)
    if joint.reason:
        return
    design = np.column_stack([controls, wave])
    a, b = np.linalg.lstsq(design, y, rcond=None)[0][-2:]
    phase = math.atan2(b, a)
    along = wave @ [math.cos(phase), math.sin(phase)]
    slope = inference.gls_slope(y, along, controls, number, level=level)
    if slope.reason:
        return
    sizes = [_own(2.0 * size, median) for size in (slope.estimate, slope.low, slope.high)]
    peak = (phase % (2.0 * math.pi)) / (2.0 * math.pi) * YEAR
    yield (SEASON, name, len(y), *sizes, joint.pvalue, math.nan, False, peak)


def change_cards(nights: pd.DataFrame, table: pd.DataFrame) -> tuple[Card, ...]:
    """Return a card for everything that was found over the calendar, the clearest first."""
    found = table[table["found"].astype(bool)].sort_values("pvalue", kind="stable")
    return tuple(_card(nights, row) for row in rows_of(found))


def lead_said(nights: pd.DataFrame, values: Mapping[str, Any]) -> str:
    """Return what a question over the calendar is about, as the head of a line."""
    if values["question"] == MONTHS:
        return _span_said(pd.DatetimeIndex(nights.index[nights[values["outcome"]].notna()]))
    if values["question"] == WEEK:
        return "Friday and Saturday nights"
    return f"Around {pd.Timestamp('2023-01-01') + pd.Timedelta(days=values['peak'] - 1):%B}"


#: What else may be behind a change of what a device measured; what questions set against what.
DEVICE = "the device, its app or the way it is worn may have changed, too"
AGAINST = {
    MONTHS: "the end against the beginning, whatever the day of the week",
    SEASON: "against half a year away",
}


def _card(nights: pd.DataFrame, values: Mapping[str, Any]) -> Card:
    """Write one finding over the calendar."""
    column = column_of(nights, values["outcome"])
    scale = plain.scale_of(column)
    value, low, high = (scale * values[name] for name in ("effect", "effect_low", "effect_high"))
    small = f"{values['n']:,} nights; {AGAINST.get(values['question'], '')}"
    if values["question"] == WEEK:
        days = pd.DatetimeIndex(nights.index[nights[values["outcome"]].notna()]).day_of_week
        free = int(days.isin([guards.FRIDAY, guards.SATURDAY]).sum())
        small = f"{free:,} such nights against {values['n'] - free:,} others"
    if column.kind == "device" and values["question"] == MONTHS:
        small = f"{small}; {DEVICE}"
    return Card(
        lead_said(nights, values), plain.effect_said(value, column),
        f"{plain.range_said(low, high, column)}; {small}", "stands",
        values["outcome"], "", value, low, high, plain.unit_said(column),
    )  # fmt: skip


def _span_said(days: pd.DatetimeIndex) -> str:
    """Return a stretch of time as the head of a line.

    >>> _span_said(pd.DatetimeIndex(["2026-01-01", "2026-05-02"]))
    'Over these 4 months'
    """
    span, month = (days[-1] - days[0]).days, YEAR / 12.0
    units = (("years", YEAR, 23.5 * month), ("months", month, 2.5 * month), ("weeks", 7.0, 0.0))
    name, long = next((name, long) for name, long, least in units if span >= least)
    return f"Over these {span / long:.0f} {name}"


def stretches_said(nights: pd.DataFrame, middle: Floats, what: str) -> Iterator[str]:
    """Say what a picture shows at once: gaps, and nights whose ``middle``, in hours, lies off."""
    days = pd.DatetimeIndex(nights.index)
    number = guards.night_numbers(days.to_numpy("datetime64[D]"))
    gap = np.diff(number) - 1
    if (gap >= GAP_NIGHTS).any():
        place = int(gap.argmax())
        ends = f"between {date_said(days[place])} and {date_said(days[place + 1])}"
        several = int((gap >= GAP_NIGHTS).sum())
        more = f"; {several} such gaps last a week or longer" if several > 1 else ""
        yield f"The longest gap without an entry: {int(gap.max()):,} nights, {ends}{more}."
        sides = [part[np.isfinite(part)] for part in np.split(middle, [place + 1])]
        if min(map(len, sides)) >= GAP_NIGHTS:
            before, after = (float(np.median(side)) for side in sides)
            if abs(after - before) >= MOVED_H:
                yield (
                    f"Before it {what} lay at about {format_clock(before)}, after it at about "
                    f"{format_clock(after)}."
                )
    known = np.isfinite(middle)
    usual = pd.Series(middle[known]).rolling(61, center=True, min_periods=21).median()
    off = middle[known] - usual.to_numpy()
    far = np.flatnonzero(np.abs(off) > OFF_H)
    runs = np.split(far, np.flatnonzero(np.diff(number[known][far]) > OFF_RUN) + 1)
    runs = [run for run in runs if len(run) >= OFF_RUN]
    if runs:
        run = max(runs, key=len)
        first, last, size = days[known][run[0]], days[known][run[-1]], float(np.median(off[run]))
        more = f" Shorter stretches like it: {len(runs) - 1}." if len(runs) > 1 else ""
        yield (
            f"From {date_said(first)} to {date_said(last)} {what} lay about {abs(size):.0f} h "
            f"{'later' if size > 0 else 'earlier'} than otherwise, on {len(run)} nights: a "
            f"journey, shifts, or a clock set otherwise.{more}"
        )


def odd_said(nights: pd.DataFrame) -> Iterator[str]:
    """Say where what a device measured lies far off on some nights, and where its times differ."""
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
        runs = np.split(far, np.flatnonzero(np.diff(days) > pd.Timedelta(days=OFF_RUN)) + 1)
        longest = max(runs, key=len)
        dates = [pd.DatetimeIndex(nights.index)[longest[end]] for end in (0, -1)]
        with_it = [
            f"{column_of(nights, other).label} {np.nanmedian(those[far]):.3g} instead of "
            f"{_quarters(those)[1]:.3g}"
            for other, those in body.items()
            if other != name and _is_far(float(np.nanmedian(those[far])), *_quarters(those))
        ]
        also = f" On the same nights: {'; '.join(with_it)}." if with_it else ""
        yield (
            f"On {len(far)} nights {column.label} lay far from the others "
            f"({values[far].min():.3g} to {values[far].max():.3g} {column.unit}; half of all "
            f"{low:.3g} to {high:.3g}), most in a row from {date_said(dates[0])} to "
            f"{date_said(dates[1])}.{also} Another wearer, another place or setting of the device, "
            "or an illness looks like that."
        )
    if body:
        yield (
            "What is usual for heart rate, breathing and the like differs from person to person "
            "and from device to device; compare your nights with each other."
        )
    if {"tib_min", "spt_min"} <= set(nights) and column_of(nights, "tib_min").kind == "device":
        longer = int((nights["spt_min"] > nights["tib_min"] + 1.0).sum())
        if longer:
            yield (
                f"On {longer:,} nights the device's time in bed is shorter than from falling "
                "asleep to waking up: it leaves out gaps of its recording."
            )


def _quarters(values: Floats) -> tuple[float, float, float]:
    """Return the middle value and both ends of the middle half: low, middle, high."""
    low, middle, high = np.nanpercentile(values, [25, 50, 75]) if len(values) else (0.0, 0.0, 0.0)
    return float(low), float(middle), float(high)


def _is_far(value: float, low: float, middle: float, high: float) -> bool:
    return abs(value - middle) > high - low > 0.0
