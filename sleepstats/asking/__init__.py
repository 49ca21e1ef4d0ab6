"""From a question about two columns of ``nights`` to a judged answer; here a question made ready.

Which rows meet, on which scale, and whether it can be asked at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sleepstats import arrays
from sleepstats.arrays import LATENCY, Bools, Floats, Ints, Reading, ValueKind
from sleepstats.checks import computed_here
from sleepstats.clock import format_clock
from sleepstats.columns import CLOCKS, ENOUGH, Column, column_of, computed_of, ingredients
from sleepstats.inference import guards
from sleepstats.units import counted


@dataclass(frozen=True)
class Asking:
    """How questions are asked: controls, displayed correlation, family, level."""

    adjust: tuple[str, ...]
    method: str = "pearson"
    family: str = "none"
    level: float = 0.95

    @property
    def calendar(self) -> tuple[str, ...]:
        """What the calendar says: week and slow drift."""
        return tuple(name for name in self.adjust if name in guards.ADJUSTMENTS)

    @property
    def held(self) -> tuple[str, ...]:
        """Columns of nights that are held equal."""
        return tuple(name for name in self.adjust if name not in guards.ADJUSTMENTS)


#: (outcome's when, factor's when) -> (rows the factor is taken back, what meets what in words).
#: A day comes before its night, a night before its morning, a morning before the next day.
MEETING: Mapping[tuple[str, str], tuple[int, str]] = {
    ("night", "day"): (0, "day before the night"),
    ("night", "night"): (0, "same night"),
    ("night", "morning"): (1, "morning before the night"),
    ("morning", "day"): (0, "day before the morning"),
    ("morning", "night"): (0, "night before the morning"),
    ("morning", "morning"): (0, "same morning"),
    ("day", "day"): (0, "same day"),
    ("day", "night"): (1, "night before the day"),
    ("day", "morning"): (1, "morning of the same day"),
}


class Windows(dict[tuple[int, int, tuple[str, ...], bool], tuple[Ints, Floats]]):
    """Number and controls of stretches of a diary's rows: the calendar depends on their ends.

    By first row, row behind the last, adjustments, whether each weekday has a column; made once.
    """

    def __init__(self, dates: pd.DatetimeIndex) -> None:
        self.days = dates.to_numpy("datetime64[D]")
        # Monday is 0; 1970-01-01, the day that dates are counted from, was a Thursday
        self.weekday: Ints = (self.days.astype(np.int64) + 3) % 7

    def __missing__(self, key: tuple[int, int, tuple[str, ...], bool]) -> tuple[Ints, Floats]:
        start, stop, adjust, each = key
        number, day = guards.night_numbers(self.days[start:stop]), self.weekday[start:stop]
        span = int(number[-1]) + 1
        z = guards.calendar_controls(number, day, span, adjust=adjust, each_weekday=each)
        self[key] = number, z
        return self[key]


@dataclass(frozen=True, eq=False)
class Diary:
    """What all questions of one frame share."""

    #: The evening of each row.
    dates: pd.DatetimeIndex
    windows: Windows
    #: Values of each column asked about.
    readings: Mapping[str, Reading]
    #: ndarray of bool: whether the row before is the calendar night before.
    follows: Bools
    #: Columns that exist.
    names: frozenset[str]
    #: Why latency cannot be asked about; empty when it can.
    latency_refusal: str
    #: For each column asked about, the columns that enter its definition.
    made_of: Mapping[str, set[str]]
    #: Columns that are computed from measures of their own night, and a line that says so.
    computed: Mapping[str, str]
    #: Of habits of which it is open on which day they were, a line that says so.
    dates_open: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Question:
    """One outcome and one factor, row by row."""

    #: What is known of both columns.
    outcome: Column
    factor: Column
    #: Which part of the factor's cycle meets which of the outcome's.
    when: str
    #: Rows the factor was taken back: 1 when a row's factor comes after its outcome.
    lag: int
    #: How the factor was read.
    kind: ValueKind
    #: ndarray of float: the outcome as recorded.
    recorded: Floats
    #: ndarray of float: the outcome on the scale of the analysis: latency as its log.
    y: Floats
    #: ndarray of float: the factor that each row's outcome met.
    x: Floats
    #: Kinds of a categorical factor; ``x`` holds their positions.
    levels: tuple[str, ...]
    #: ndarray of bool: rows with both values.
    used: Bools
    #: Why the question cannot be asked: a short code, a colon, words; empty when it can.
    refusal: str
    #: Further columns held fixed, row by row; they are complete on the rows used.
    beside: tuple[Floats, ...] = ()
    #: Whether the week of a short diary takes six columns: the outcome's weekdays differ.
    each_weekday: bool = False
    #: Bed times, held equal too where the factor is counted back from them.
    bed: Floats | None = None

    @property
    def log_scale(self) -> bool:
        """Whether the outcome is analysed as its logarithm."""
        return self.outcome.name == LATENCY


def prepare(
    nights: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    *,
    when: Mapping[str, str] | None = None,
) -> tuple[Diary, list[Question]]:
    """Make questions ready to be answered: no factor comes after the outcome it is asked about."""
    dates = pd.DatetimeIndex(nights.index)
    windows = Windows(dates)
    days = windows.days
    follows = np.concatenate([[False], np.diff(days) == np.timedelta64(1, "D")])[: len(days)]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    computed = computed_of(nights)
    when = dict.fromkeys(computed, "night") | dict(when or {})
    sides = {name: _side(nights, name, when, dates) for name in names}
    values = {name: reading for name, (_, reading) in sides.items()}
    entering = {name: {name, *computed.get(name, ())} for name in names}
    made_of = {name: set[str]().union(*(ingredients(x, nights) for x in xs), xs - {name})
               for name, xs in entering.items()}  # fmt: skip
    latency = arrays.latency_refusal(nights) if LATENCY in names else ""
    diary = Diary(
        dates, windows, values, follows, frozenset(nights.columns), latency, made_of,
        computed_here(nights, computed),
    )  # fmt: skip
    alike: dict[tuple[str, bytes], str] = {}
    scaled = {name: on_scale(name, sides[name][1].values) for name in {y: None for y, _ in pairs}}
    asked = [_question(diary, (*sides[y], scaled[y]), sides[x], alike) for y, x in pairs]
    of_y = {one.outcome.name: one.y for one in asked if not one.refusal}
    on = guards.night_numbers(days), windows.weekday, dict[bytes, list[Floats]]()
    own = {name for name, y in of_y.items() if guards.weekdays_differ(y, *on)}
    return diary, [
        replace(one, each_weekday=True) if one.outcome.name in own else one for one in asked
    ]


def on_scale(name: str, values: Floats) -> Floats:
    """Return an outcome on the scale of the analysis."""
    return np.log(np.maximum(values, arrays.FLOOR_MIN)) if name == LATENCY else values


def _side(
    nights: pd.DataFrame, name: str, when: Mapping[str, str] | None, dates: pd.DatetimeIndex
) -> tuple[Column, Reading]:
    """Return what is known of a column, and its values."""
    column = column_of(nights, name)
    if name in nights:
        reading = arrays.read_values(nights[name], dates)
    else:
        reading = Reading("empty", np.full(len(nights), np.nan))
    if reading.unit:
        column = replace(column, unit=reading.unit)
    if when and name in when:
        column = replace(column, when=when[name])  # type: ignore[arg-type]
    return column, reading


def _question(
    diary: Diary,
    of_outcome: tuple[Column, Reading, Floats],
    of_factor: tuple[Column, Reading],
    alike: dict[tuple[str, bytes], str],
) -> Question:
    """Align the two columns and see whether the question can be asked."""
    outcome, recorded, y = of_outcome
    factor, exposure = of_factor
    lag, words = MEETING[outcome.when, factor.when]
    x = exposure.values
    if lag:  # the calendar night before; where that has no row, the value is missing
        x = np.where(diary.follows, np.concatenate([[np.nan], x[:-1]])[: len(x)], np.nan)
    used = ~(np.isnan(y) | np.isnan(x))
    question = Question(
        outcome=outcome,
        factor=factor,
        when=words,
        lag=lag,
        kind=exposure.kind,
        recorded=recorded.values,
        y=y,
        x=x,
        levels=exposure.levels,
        used=used,
        refusal="",
    )
    refusal = refusal_of(diary, question, exposure, alike)
    if not refusal and exposure.kind == "categorical":
        return of_kinds(question)
    return replace(question, refusal=refusal) if refusal else question


#: Nights with both values that a question needs.
LEAST_NIGHTS = ENOUGH
#: Nights that must differ from the commonest value, and nights a kind must have.
LEAST_ON_A_SIDE = 3


def refusal_of(
    diary: Diary, asked: Question, exposure: Reading, alike: dict[tuple[str, bytes], str]
) -> str:
    """Return the first reason why a question cannot be asked."""
    outcome, factor = asked.outcome.name, asked.factor.name
    if outcome not in diary.names and outcome != LATENCY:
        return f"not recorded: nights has no column {outcome}"
    if LATENCY in (outcome, factor) and diary.latency_refusal:
        return diary.latency_refusal
    if outcome == factor:
        return f"tautology: {factor} is the outcome itself"
    own = [name for name in (factor, outcome) if name in diary.computed] if asked.lag == 0 else []
    if own and {outcome, *diary.made_of[outcome]} & {factor, *diary.made_of[factor]}:
        return f"tautology: {diary.computed[own[0]]}"
    if asked.lag == 0 and (factor in diary.made_of[outcome] or outcome in diary.made_of[factor]):
        return f"tautology: {outcome} and {factor} are tied by definition"
    if exposure.kind == "text":
        return f"text: {factor} has {len(exposure.levels)} different answers, too many to compare"
    if exposure.kind == "other":
        return f"not usable: {factor} is {exposure.levels[0]}, neither number, yes or no, nor kind"
    if exposure.kind == "yes/no" and (never := _never_no(factor, exposure.values)):
        return never
    return _too_few(asked) or too_alike(asked, alike)


def _never_no(factor: str, values: Floats) -> str:
    """Say when a factor was only ever ticked."""
    yes, no = int((values == 1).sum()), int((values == 0).sum())
    unknown = len(values) - yes - no
    if no or not yes or not unknown:
        return ""
    return (
        f"never recorded as no: {factor} has {yes} yes, 0 no and {unknown} not recorded; "
        "a list of ticks cannot tell no from not recorded (if a blank means no, read it with "
        f"blank_is_no=({factor!r},), in the shell --blank-is-no {factor})"
    )


def _too_few(asked: Question) -> str:
    """Say how many nights have both values when they are fewer than needed."""
    n = int(asked.used.sum())
    if n >= LEAST_NIGHTS:
        return ""
    total = len(asked.used)
    both = ((asked.outcome.name, asked.y), (asked.factor.name, asked.x))
    gaps = {name: int(np.isnan(values).sum()) for name, values in both}
    gaps[asked.factor.name] -= asked.lag  # before the first day stands no night
    worst = max(gaps, key=lambda name: gaps[name])
    have = "has" if n == 1 else "have"
    missing = f" ({worst} is missing on {gaps[worst]} of {counted(total, 'night')})"
    return (
        f"too few nights: needs at least {LEAST_NIGHTS} nights with both {asked.outcome.name} and "
        f"{asked.factor.name}; {n} {have} both{missing * (gaps[worst] > 0)}"
    )


def too_alike(asked: Question, alike: dict[tuple[str, bytes], str]) -> str:
    """Say when nearly all nights have one value of the factor, or of the outcome."""
    nights = asked.used.tobytes()
    factor = f"{asked.factor.name}, {asked.lag} before", nights
    if factor not in alike:  # the same for every outcome on the same nights
        alike[factor] = _factor_too_alike(asked)
    outcome = asked.outcome.name, nights
    if not alike[factor] and outcome not in alike:
        alike[outcome] = _mostly_one(asked.outcome.name, asked.recorded[asked.used], ())
    return alike[factor] or alike[outcome]


def _factor_too_alike(asked: Question) -> str:
    """Say when fewer than three nights differ from the factor's commonest value."""
    x, factor = asked.x[asked.used], asked.factor.name
    if asked.kind != "yes/no":
        return _mostly_one(factor, x, asked.levels)
    n, yes = len(x), int(x.sum())
    if yes in (0, n):
        said = ("no", "yes", "0", "1")[bool(yes) + 2 * bool(asked.factor.unit)]
        return f"constant: {factor} was {said} on all {n} nights"
    if min(yes, n - yes) >= LEAST_ON_A_SIDE:
        return ""
    few = f"{factor} on {yes} of {n} nights ({LEAST_ON_A_SIDE} needed on each side)"
    return f"one side too rare: {few}"


def _mostly_one(name: str, values: Floats, levels: tuple[str, ...]) -> str:
    """Say when fewer than three nights differ from the commonest value."""
    # where at most two nights differ from the commonest value, one of the first three has it
    if (values != values[:LEAST_ON_A_SIDE, None]).sum(axis=1).min() >= LEAST_ON_A_SIDE:
        return ""
    seen, counts = np.unique(values, return_counts=True)
    n, times, common = len(values), int(counts.max()), seen[counts.argmax()]
    number = format_clock(common) if name in CLOCKS else f"{common:g}"
    said = levels[int(common)] if levels else number
    if times == n:
        return f"constant: {name} was {said} on all {n} nights"
    few = f"{name} was {said} on {times} of {n} nights ({LEAST_ON_A_SIDE} others needed)"
    return f"one side too rare: {few}"


def of_kinds(asked: Question) -> Question:
    """Keep the nights whose kind was seen on at least three of them; two such kinds are needed."""
    counts = np.bincount(asked.x[asked.used].astype(int), minlength=len(asked.levels))
    kept = np.flatnonzero(counts >= LEAST_ON_A_SIDE)
    asked = replace(asked, used=asked.used & np.isin(asked.x, kept))
    return replace(asked, refusal=_kinds_refusal(asked))


def _kinds_refusal(asked: Question) -> str:
    """Refuse a categorical factor of which only one kind was seen often enough."""
    kinds = np.unique(asked.x[asked.used])
    if len(kinds) < 2:
        only = f"only {asked.levels[int(kinds[0])]} was" if len(kinds) else "no kind was"
        return (
            f"one side too rare: of {len(asked.levels)} kinds of {asked.factor.name} {only} "
            f"seen on at least {LEAST_ON_A_SIDE} nights"
        )
    return _too_few(asked)
