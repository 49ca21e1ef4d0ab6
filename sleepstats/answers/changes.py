"""What the nights say by themselves: over the months, in the week, over the year.

Asked with the engine of all questions, so that nights may resemble their neighbours. Several
questions are one family (Benjamini & Hochberg); what is found has a false-coverage-rate interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sleepstats.answers import WEEKENDS_FROM, Card, plain, rows_of
from sleepstats.arrays import FLOOR_MIN, LATENCY, Floats, Ints
from sleepstats.asking.held_columns import clocks_known
from sleepstats.checks import date_said
from sleepstats.clock import format_clock, moves_of
from sleepstats.columns import Column, column_of, factor_names
from sleepstats.inference import gls_joint, gls_slope, gls_tables, guards, none_alone, randomisation
from sleepstats.measures.description import values_of
from sleepstats.reading.nights import dates_left_open as dating
from sleepstats.relations.gaps import free_nights_missing
from sleepstats.results.sentences import listed

#: Nights of a span in which months can differ; of weekends, and others, that are compared.
LEAST_SPAN, LEAST_FREE = 42, 5
#: Days of a span that shows more than one summer and winter, and of a year.
TWO_SEASONS, YEAR = 540, 365.25
#: Nights of a gap, least share with times for one of times; hours off, nights or days of a stretch.
GAP_NIGHTS, MOSTLY_TIMED, OFF_H, OFF_RUN = 7, 0.9, 3.0, 3
#: What such a stretch may be; stretches and moves of one's hours that are told.
AWAY, RUNS_TOLD, MOVES_TOLD = "a journey, shifts, or a clock set otherwise", 3, 4
#: Hours by which levels are the same; so many nights at either end show a drift beside the moves;
#: of a line one night in so many, and so many at least, are its first and its last.
BACK_H, DRIFT_OF, END_SHARE, END_NIGHTS = 0.5, 60, 10, 7
#: So much of a line's size off, that from the first to the last nights is explained, is uneven.
OFF_LINE, OFF_FAR, LINE_SAID = 0.15, 0.75, "the line uses all nights, and need not hit these"
#: Of the findings that another reading of the dates changes, so many are told.
READINGS_TOLD = 3
MONTHS, WEEK, SEASON = "over these months", "Friday and Saturday nights", "over the year"
COLUMNS = ("question", "outcome", "n", "effect", "effect_low", "effect_high", "pvalue",
           "pvalue_family", "found", "peak")  # fmt: skip


def over_calendar(
    nights: pd.DataFrame, outcomes: Sequence[str], *, level: float = 0.95
) -> pd.DataFrame:
    """Ask how measures changed over the months, in the week and over the year: a row for each.

    The effect (clocks in hours, latency in minutes) is the end of a line less its
    beginning, Friday and Saturday less other nights, the top of a yearly wave less its trough.
    """
    # beside the line stand the days of the week and, in spans of 18 months or more, the yearly
    # wave; beside the week the slow drift. The wave a cos + b sin is tested by both columns
    # together, its size 2 sqrt(a**2 + b**2) less what chance alone would give, its interval that of
    # the slope on the wave of the fitted phase; ``peak`` is the day on which it is largest
    table = pd.DataFrame(list(_asked(nights, outcomes, level)), columns=list(COLUMNS))
    if not len(table):
        return table
    table["pvalue_family"] = none_alone.adjust_pvalues(table["pvalue"].to_numpy(dtype=np.float64))
    table["found"] = table["pvalue_family"] < 1.0 - level
    if found := int(table["found"].sum()):
        asked = int(table["pvalue"].notna().sum())
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
        clock = plain.is_clock(column_of(nights, name))
        values = values_of(clocks_known(nights)[0] if clock else nights, name, clock=clock)
        known = np.isfinite(values)
        if int(known.sum()) < WEEKENDS_FROM or np.ptp(values[known]) == 0.0:
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
        asked = [(MONTHS, line, np.column_stack([week, wave]))] * (span >= LEAST_SPAN)
        if min(int(free.sum()), int((~free).sum())) >= LEAST_FREE:
            drift = guards.calendar_controls(number, weekday, span, adjust=("trend",))
            asked.append((WEEK, free.astype(np.float64), drift))
        y = np.column_stack(one.y)
        tables = gls_tables(
            [(_counted(y, x, z), x[:, None], z, number) for _, x, z in asked], level=level
        )
        for (question, _, _), answered in zip(asked, tables, strict=True):
            for place, (name, median) in enumerate(zip(one.names, one.median, strict=True)):
                slope = answered.at(place, 0)
                if slope.reason:
                    continue
                below = 0.0 if question == WEEK else 0.5  # most nights are no weekend
                sizes = [_own(x, median, below) for x in (slope.estimate, slope.low, slope.high)]
                yield (question, name, len(y), *sizes, slope.pvalue, math.nan, False, math.nan)
        if wave.shape[1]:
            beside = np.column_stack([week, line])
            for name, values, median in zip(one.names, one.y, one.median, strict=True):
                yield from _season(values, wave, beside, number, name, median, level)


def _counted(y: Floats, x: Floats, controls: Floats) -> Floats:
    """Return what each night counts for: one far from all others decides nothing by itself."""
    basis = guards.control_basis(controls)
    return none_alone.bring_in(y, guards.without_controls(x[:, None], basis), basis)[:, :, 0]


def _own(size: float, median: float, below: float = 0.5) -> float:
    """Return an effect in its own unit; of a logarithm so much of it lies below the median."""
    return size if math.isnan(median) else median * math.exp(-below * size) * math.expm1(size)


def _wave(days: pd.DatetimeIndex) -> Floats:
    """Return the two columns of a yearly wave."""
    turn = 2.0 * np.pi * days.day_of_year.to_numpy() / YEAR
    return np.column_stack([np.cos(turn), np.sin(turn)])


def _season(
    y: Floats, wave: Floats, controls: Floats, number: Ints, name: str, median: float, level: float
) -> Iterator[tuple[Any, ...]]:
    """Test the yearly wave by both columns, and measure it along its fitted phase."""
    design = np.column_stack([controls, wave])
    y = none_alone.bring_in_around(y, design, tested=2)
    joint = gls_joint(y, wave, controls, number)
    phase = math.atan2(*np.linalg.lstsq(design, y, rcond=None)[0][:-3:-1])  # b, a
    along = wave @ [math.cos(phase), math.sin(phase)]
    slope = gls_slope(y, along, controls, number, level=level)
    if joint.reason or slope.reason:
        return
    sizes = [_own(2.0 * size, median) for size in (slope.estimate, slope.low, slope.high)]
    peak = (phase % (2.0 * math.pi)) / (2.0 * math.pi) * YEAR
    yield (SEASON, name, len(y), *sizes, joint.pvalue, math.nan, False, peak)


def change_cards(nights: pd.DataFrame, table: pd.DataFrame) -> tuple[Card, ...]:
    """Return a card for everything that was found over the calendar, in their rank."""
    found = rows_of(table[table["found"].astype(bool)].sort_values("pvalue", kind="stable"))
    return tuple(sorted((_card(nights, x) for x in found), key=lambda card: card.rank))


def lead_said(nights: pd.DataFrame, values: Mapping[str, Any]) -> str:
    """Return what a question over the calendar is about, as the head of a line."""
    if values["question"] == MONTHS:
        return _span_said(pd.DatetimeIndex(nights.index[nights[values["outcome"]].notna()]))
    return WEEK if values["question"] == WEEK else f"Around {_month(values['peak'])}"


def _month(day: float) -> str:
    return f"{pd.Timestamp('2023-01-01') + pd.Timedelta(days=day - 1):%B}"


def _card(nights: pd.DataFrame, values: Mapping[str, Any]) -> Card:
    """Write one finding over the calendar."""
    (nights, away), column = clocks_known(nights), column_of(nights, values["outcome"])
    told = [line for name, line in away.items() if name == column.name]
    value, low, high = [plain.scale_of(column) * values[x] for x in COLUMNS[3:6]]
    said = plain.effect_said(value, column)
    small = f"the end of a straight line through {values['n']:,} nights against its beginning"
    if values["question"] == MONTHS:
        said, small = f"{said}, by a straight line", small + _ends_said(nights, column, value)
        small += f"; {plain.DEVICE}" * (column.kind == "device")
    if values["question"] == SEASON:
        other = f"against {_month(values['peak'] + YEAR / 2.0)}, by a smooth curve through the year"
        small = f"{values['n']:,} nights; {other}, which single months may miss"
    if values["question"] == WEEK:
        days = pd.DatetimeIndex(nights.index[nights[values["outcome"]].notna()]).day_of_week
        free = int(days.isin([guards.FRIDAY, guards.SATURDAY]).sum())
        habits = "; habits not taken into account" * bool(factor_names(nights))
        small = f"{free:,} such nights against {values['n'] - free:,} others{habits}"
    return Card(
        lead_said(nights, values), said,
        f"{plain.range_said(low, high, column)}; {small}", "stands",
        values["outcome"], "", value, low, high, plain.unit_said(column),
        more=(*(plain.SCORED,) * bool(plain.SCORE.search(column.label)), *told),
    )  # fmt: skip


def _ends_said(nights: pd.DataFrame, column: Column, line: float) -> str:
    """Return how first and last nights lay, why not as far apart as the line, and what moved."""
    known = nights.dropna(subset=[column.name])
    values = values_of(known, column.name, clock=plain.is_clock(column))
    some, places = max(len(values) // END_SHARE, END_NIGHTS), plain.places_of(line)
    ends = [float(np.median(part)) for part in (values[:some], values[-some:])]
    said = [f"{'−' * (x < 0.0)}{plain.amount_said(x, column, places)}" for x in ends]
    first, last = map(format_clock, ends) if plain.is_clock(column) else said
    off = abs(plain.scale_of(column) * (ends[1] - ends[0]) / (line or 1.0) - 1.0)  # 29 beside 19
    why = ", so it was no even change" if off > OFF_FAR else f" ({LINE_SAID})" * (off > OFF_LINE)
    if cut := randomisation.step_of(values):
        why = f": it moved around {known.index[cut]:%B %Y}, rather than little by little"
    return f"; typically {first} on the first {some:,} nights, {last} on the last{why}"


def _span_said(days: pd.DatetimeIndex) -> str:
    """Return a stretch of time as the head of a line."""
    span, month = (days[-1] - days[0]).days, YEAR / 12.0
    years, half = divmod(round(2.0 * span / YEAR), 2)
    said = f"{span / month:.0f} months" if span < 23.5 * month else f"{years}{'½' * half} years"
    return f"Over these {f'{span / 7.0:.0f} weeks' if span < 2.5 * month else said}"


def weekends_otherwise(nights: pd.DataFrame, outcomes: Sequence[str]) -> dict[str, Card] | None:
    """Return what differs at weekends if the file's dates name evenings; None if they cannot."""
    for dates in dating.open_dates(nights):
        if not dates.file and "evening" in dates.others:
            again = dating.read_otherwise(nights, "evening", dates)
            found = change_cards(again, over_calendar(again, outcomes))
            return {card.outcome: card for card in found if card.lead == WEEK}
    return None


def quoted(found: Sequence[Card]) -> str:
    """Return a few findings as they stand on their cards."""
    some = [f"“{card.large}”" for card in found[:READINGS_TOLD]]
    more = len(found) - len(some)
    return f"{listed([*some, *[f'{more} more'] * (more > 0)])} {'is' if len(found) == 1 else 'are'}"


def doubted(made: Sequence[Card], there: Mapping[str, Card] | None) -> tuple[Card, ...]:
    """Return cards of the calendar; of weekends that may be other days it is said what is then."""

    def told(card: Card) -> Card:
        if there is None or card.lead != WEEK:
            return card
        also = card.outcome in there and card.value * there[card.outcome].value > 0
        small = f"{card.small}; {plain.ALSO_OTHERWISE if also else plain.NOT_OTHERWISE}"
        return replace(card, small=small, verdict=card.verdict if also else "dates open")

    return tuple(map(told, made))


def stretches_said(nights: pd.DataFrame, middle: Floats, what: str) -> Iterator[str]:
    """Say what a picture shows at once: gaps, and nights whose ``middle``, in hours, lies off."""
    every, timed = pd.DatetimeIndex(nights.index), np.isfinite(middle)
    days = every[timed] if timed.mean() > MOSTLY_TIMED else every
    gap = np.diff(guards.night_numbers(days.to_numpy("datetime64[D]"))) - 1
    if (gap >= GAP_NIGHTS).any():
        place, several = int(gap.argmax()), int((gap >= GAP_NIGHTS).sum())
        ends = f"between {date_said(days[place])} and {date_said(days[place + 1])}"
        more = f"; {several} such gaps last a week or longer" if several > 1 else ""
        more += "; is a year mistyped?" if gap.max() > YEAR and several == 1 else "."
        lacks = "an entry" if len(days) == len(every) else "a usable time"
        yield f"The longest gap without {lacks}: {int(gap.max()):,} nights, {ends}{more}"
    yield from free_nights_missing(every)
    off, runs = _runs_off(days := every, middle)
    told = []
    for run in sorted(sorted(runs, key=len)[-RUNS_TOLD:], key=lambda run: run[0]):
        known = int(np.isfinite(off[run[0] : run[-1] + 1]).sum())  # others between were as usual
        of = f"{len(run)} of {known} nights" if known > len(run) else f"{known} nights"
        size = " to ".join(dict.fromkeys(f"{x:.0f}" for x in np.sort(np.abs(off[run]))[[0, -1]]))
        ends = f"from {date_said(days[run[0]])} to {date_said(days[run[-1]])} ({of})"
        told.append(f"about {size} h {'later' if off[run[0]] > 0 else 'earlier'} {ends}")
    if told:
        yield f"{what[:1].upper()}{what[1:]} lay {', '.join(told)}: {AWAY}; nothing was corrected."


def _runs_off(days: pd.DatetimeIndex, middle: Floats) -> tuple[Floats, list[Ints]]:
    """Return hours from the usual, and the nights of each stretch that lies off one way."""
    off = middle - pd.Series(middle).rolling(61, center=True, min_periods=21).median().to_numpy()
    number, runs = guards.night_numbers(days.to_numpy("datetime64[D]")), list[Ints]()
    for far in (np.flatnonzero(off > OFF_H), np.flatnonzero(off < -OFF_H)):
        runs += np.split(far, np.flatnonzero(np.diff(number[far]) > OFF_RUN) + 1)
    return off, [run for run in runs if len(run) >= OFF_RUN]


def moved_said(nights: pd.DataFrame, middle: Floats, what: str) -> tuple[str, str]:
    """Return when one's hours moved, in short and with the level of exactly those nights."""
    # empty where they did not; nights of a stretch that lies off are told apart
    days, kept = pd.DatetimeIndex(nights.index), np.isfinite(middle)
    kept[[night for run in _runs_off(days, middle)[1] for night in run]] = False
    days, middle = days[kept], middle[kept]
    if not (moves := moves_of(middle)):
        return "", ""
    parts = np.split(middle, moves)
    levels = [float(np.median(part)) for part in parts]
    steps = np.diff(levels)
    most = plain.minutes_said(60.0 * float(np.abs(steps).max()))
    known, dates = ([f"{x.day} {x:%B %Y}" for x in days[np.array(moves) - k]] for k in (1, 0))
    far = (days[moves] - days[np.array(moves) - 1]).days > GAP_NIGHTS
    lead, first, last = "Your sleep", parts[0][:DRIFT_OF], parts[-1][-DRIFT_OF:]
    apart = levels[-1] - levels[0]
    back = len(moves) == 2 and abs(apart) < BACK_H
    if abs(np.median(last) - np.median(first) - apart) >= BACK_H:  # the levels do not tell it
        way, when = "drifted", (f"on the first {len(first)} nights", f"on the last {len(last)}")
        rest = np.delete(np.arange(len(days)), slice(*moves)) if back else np.arange(0)
        if cut := randomisation.step_of(middle[rest]):  # once, and no slide
            way, when = f"moved around {days[rest[cut]]:%B %Y}", ("until then", "since")
            first, last = np.split(middle[rest], [cut])
        at = [format_clock(float(np.median(x))) for x in (first, last)]
        lead += f" {way}: {what} lay at {at[0]} {when[0]}, at {at[1]} {when[1]}. Your sleep also"
    way = f"about {most} {'later' if steps[0] > 0 else 'earlier'}"
    short = f"{lead} moved {len(moves)} times, by up to {most}."
    if len(moves) == 1:
        near = f"between {known[0]} and {dates[0]}" if far[0] else f"around {dates[0]}"
        short = f"{lead} moved {way} {near}."
    elif back:
        short = f"{lead} lay {way} from {dates[0]} to {dates[1]} than before and after."
    if len(moves) > MOVES_TOLD or lead != "Your sleep":  # levels would contradict it
        return short, short
    ends = [
        f" until {before} (no usable time until {date})" if gap else f" until about {date}"
        for before, date, gap in zip(known, dates, far, strict=True)
    ]
    told = [f"at {format_clock(x)}{end}" for x, end in zip(levels, [*ends, ""], strict=True)]
    number = np.split(guards.night_numbers(days.to_numpy("datetime64[D]")), moves)
    off = 60.0 * np.array(list(map(randomisation.off_of_median, parts, number)))
    wide, clock = np.hypot(off[1:], off[:-1]), column_of(nights, "midsleep_h")
    sizes = [plain.range_said(x - w, x + w, clock) for x, w in zip(60.0 * steps, wide, strict=True)]
    how = f"{', '.join(sizes)}; {' and '.join(f'{len(x):,}' for x in parts)} nights"
    return short, f"{lead} moved: on typical nights {what} lay {', then '.join(told)} ({how})."
