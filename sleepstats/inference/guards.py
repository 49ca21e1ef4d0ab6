"""What comes before every question: week and drift taken out, far nights brought in, refusals."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Bools, Floats, Ints, orthonormal, products, spread, triangle
from sleepstats.errors import DiaryError, did_you_mean

ADJUSTMENTS = ("weekday", "trend")
FULL_WEEK_FROM = 130  # nights; `benchmarks/tried.md` has what six columns cost and save
NIGHTS_PER_WAVE = 45
MOST_WAVES = 4
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
REPEATED = 1e-9  # a column counts as new when more than this share of its length is new


def night_numbers(days: ArrayLike) -> Ints:
    """Return calendar night numbers of evening dates, the first 0; a missing night leaves a gap.

    >>> night_numbers(np.array(["2024-03-01", "2024-03-02", "2024-03-05"], "datetime64[D]"))
    array([0, 1, 4])
    """
    dates = np.asarray(days).astype("datetime64[D]")
    if dates.size == 0:
        return np.zeros(0, dtype=np.int64)
    days_since: Ints = (dates - dates.min()).astype(np.int64)
    return days_since


def calendar_controls(
    number: ArrayLike,
    weekday: ArrayLike,
    span: int,
    *,
    adjust: Collection[str] = ADJUSTMENTS,
    used: ArrayLike | None = None,
) -> Floats:
    """Columns (N, k) that take weekday (Monday 0) and slow drift out; the intercept is first.

    What does not vary among the rows ``used``, or repeats earlier columns there, is dropped.
    """
    strange = [name for name in adjust if name not in ADJUSTMENTS]
    if strange:
        raise DiaryError(
            [
                f"adjust: {name!r} is not a calendar control. Write any of 'weekday' and 'trend', "
                f"or () for none.{did_you_mean(str(name), ADJUSTMENTS)}"
                for name in strange
            ]
        )
    night = np.asarray(number, dtype=np.float64)
    day = np.asarray(weekday)
    columns = [np.ones(len(night))]
    if "weekday" in adjust:
        # six columns cost too many of the nights of a short diary: what differs most, Friday and
        # Saturday, and Sunday, then stand for the week
        days: list[tuple[int, ...]] = [(which,) for which in range(1, 7)]
        if span < FULL_WEEK_FROM:
            days = [(FRIDAY, SATURDAY), (SUNDAY,)]
        columns += [np.isin(day, which).astype(np.float64) for which in days]
    if "trend" in adjust and span > 1:
        # a line, and cosines so slow that a habit of a week or two is not taken out with them
        columns.append(2.0 * night / (span - 1) - 1.0)
        columns += [
            np.cos(np.pi * (wave + 2) * (night + 0.5) / span)
            for wave in range(min(MOST_WAVES, span // NIGHTS_PER_WAVE))
        ]
    controls = np.column_stack(columns)
    rows = controls if used is None else controls[np.asarray(used, dtype=bool)]
    return controls[:, independent_columns(rows)]


def independent_columns(columns: Floats, *, tolerance: float = REPEATED) -> Ints:
    """Positions of the columns that are not a linear combination of the columns before them."""
    length = np.sqrt((columns * columns).sum(axis=0))
    kept = np.flatnonzero(length > 0)
    while True:
        block = kept[: len(columns)]
        if not len(block):
            return block
        # the diagonal of R is what of each column is new beside those before it
        fresh = np.abs(np.diag(triangle(columns[:, block] / length[block])))
        repeated = np.flatnonzero(fresh <= tolerance)
        if not len(repeated):
            return block
        # only the first can be trusted: after a repeated column the rest of R is of no column
        kept = np.delete(kept, repeated[0])


def in_calendar_order(
    Y: ArrayLike, X: ArrayLike, Z: ArrayLike, number: ArrayLike
) -> tuple[Floats, Floats, Floats, Ints]:
    """Complete arrays in calendar order, or a DiaryError that says what does not fit."""
    nights = np.asarray(number)
    tables = {
        name: np.asarray(table, dtype=np.float64) for name, table in (("Y", Y), ("X", X), ("Z", Z))
    }
    problems = [
        f"{name} has shape {table.shape}; one row for each of {len(nights)} night numbers and "
        "one column per series were expected."
        for name, table in tables.items()
        if table.ndim != 2 or len(table) != len(nights)
    ]
    problems += [
        f"{name} holds {int((~np.isfinite(table)).sum())} values that are missing or infinite. "
        "Leave those nights out first; gaps in the night numbers are understood."
        for name, table in tables.items()
        if not np.isfinite(table).all()
    ]
    order = np.argsort(nights, kind="stable")
    nights = nights[order].astype(np.int64)
    if (np.diff(nights) == 0).any():
        twice = int(nights[1:][np.diff(nights) == 0][0])
        problems.append(f"number holds night {twice} twice; one row per night was expected.")
    if problems:
        raise DiaryError(problems)
    outcomes, factors, controls = (table[order] for table in tables.values())
    return outcomes, factors, controls, nights


def standardised(columns: Floats) -> tuple[Floats, Floats]:
    """Columns without the controls scaled to unit mean square, and the scales."""
    scale = np.sqrt((columns * columns).mean(axis=0))
    return columns / scale, scale


CONSTANT = "constant"
TOO_FEW_NIGHTS = "too few nights"
ONE_SIDE_TOO_RARE = "one side too rare"
CONSTANT_GIVEN_CONTROLS = "constant given the controls"
TOO_FEW_INFORMATIVE = "too few informative nights"
OUTCOME = "outcome "  # in front of a code when it is the outcome that cannot be analysed

LEAST_SPARE = 5  # N - k - 1
LEAST_OFF_MODAL = 3
LEAST_DF = 4.0
_NOTHING = 1e-12  # share of the variance that counts as none


def off_modal(values: ArrayLike) -> int:
    """Count the nights whose value differs from the most frequent value."""
    column = np.asarray(values)
    if column.size == 0:
        return 0
    ordered = np.sort(column)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return int(column.size - np.diff(starts, append=column.size).max())


def control_basis(controls: Floats) -> Floats:
    """Orthonormal columns (N, k) spanning the controls; repeated controls are dropped."""
    length = np.sqrt((controls * controls).sum(axis=0))
    if 0 < controls.shape[1] <= len(controls) and length.all():
        basis, root = orthonormal(controls / length)
        if (np.abs(np.diag(root)) > REPEATED).all():  # nothing to drop, as mostly
            return basis
    kept = independent_columns(controls)
    return orthonormal(controls[:, kept])[0]


def without_controls(columns: Floats, basis: Floats) -> Floats:
    """Residuals of the columns on an orthonormal basis, projected twice against rounding."""
    across = basis.T
    left = columns - spread(products(across, columns.T).T, across).T
    return left - spread(products(across, left.T).T, across).T


def column_reasons(columns: Floats, residual: Floats, spare: int) -> NDArray[np.str_]:
    """Why each column cannot be analysed; empty where it can. ``spare``: ``N - k - 1``."""
    reasons = np.full(columns.shape[1], "", dtype="U48")
    if not len(columns):
        reasons[:] = TOO_FEW_NIGHTS
        return reasons
    total = ((columns - columns.mean(axis=0)) ** 2).sum(axis=0)
    left = (residual**2).sum(axis=0)
    for place in range(columns.shape[1]):
        differing = off_modal(columns[:, place])
        if differing == 0:
            reasons[place] = CONSTANT
        elif spare < LEAST_SPARE:
            reasons[place] = TOO_FEW_NIGHTS
        elif differing < LEAST_OFF_MODAL:
            reasons[place] = ONE_SIDE_TOO_RARE
        elif left[place] <= _NOTHING * total[place]:
            reasons[place] = CONSTANT_GIVEN_CONTROLS
    return reasons


#: A night counts as far as so many standard deviations of ordinary nights, and no farther.
LIMIT_SD = 2.0
#: Outcomes of few values, such as ratings, have no far nights: more values than this, and none of
#: them on a larger share of the nights.
MOST_STEPS, LARGEST_SHARE = 11, 0.25
_MOST_ROUNDS = 60
_SETTLED = 3  # rounds after which the limit stays
_STILL = 1e-8  # of the limit: what moves less stands
_OF_MEDIAN = 1.482602218505602  # of normal errors: their SD over the median of their size


def bring_in(outcomes: Floats, factors: Floats, basis: Floats) -> Floats:
    """Return (N, q, p) what each of q outcomes counts for when each of p factors is asked about.

    Huber's estimate by modified residuals: around orthonormal controls (N, k) and the factor,
    residuals beyond ``LIMIT_SD`` robust standard deviations are moved to that limit, and all are
    divided by the share of nights within, so that the engine's slope and variance are those of
    that estimate. Outcomes without such a night come back as they are.
    Huber 1973, doi:10.1214/aos/1176342503; Welsch 1975 (modified residuals).
    """
    left = factors - basis @ (basis.T @ factors)
    length = np.sqrt((left * left).sum(axis=0))
    along = (left / np.where(length > 0, length, np.inf)).T
    told = np.repeat(outcomes[:, :, None], len(along), axis=2)
    fine = finely_told(outcomes)
    if fine.any() and len(along):
        raw = outcomes[:, np.repeat(np.flatnonzero(fine), len(along))].T
        spare = len(outcomes) - basis.shape[1] - 1
        counted = _huber(raw, np.tile(along, (int(fine.sum()), 1)), basis.T, spare)
        told[:, fine] = counted.T.reshape(len(outcomes), -1, len(along))
    return told


def what_counts(
    outcomes: Floats, factors: Floats, controls: Floats, cells: Sequence[tuple[int, int]]
) -> tuple[Floats, list[tuple[int, int]]]:
    """Return outcomes as they are, those brought in behind them, and each cell's place there.

    Cells are pairs of outcome (of N, q) and factor (of N, p); most count differently beside each.
    """
    told = bring_in(outcomes, factors, control_basis(controls))
    same = (told == outcomes[:, :, None]).all(axis=0)
    own = list(dict.fromkeys(cell for cell in cells if not same[cell]))
    row = {cell: outcomes.shape[1] + place for place, cell in enumerate(own)}
    asked = [(row.get(cell, cell[0]), cell[1]) for cell in cells]
    return np.column_stack([outcomes, *(told[:, q, p] for q, p in own)]), asked


def bring_in_around(outcome: Floats, columns: Floats) -> Floats:
    """Return what an outcome (N,) counts for in a model of all the columns (N, m) together."""
    if not finely_told(outcome[:, None])[0]:
        return outcome
    basis = control_basis(columns)
    nothing = np.zeros((1, len(outcome)))
    counted = _huber(outcome[None, :], nothing, basis.T, len(outcome) - basis.shape[1])
    return counted.reshape(-1)


def finely_told(outcomes: Floats) -> Bools:
    """Say which outcomes (N, q) have enough different values for a night to lie far off."""
    fine = np.zeros(outcomes.shape[1], dtype=bool)
    for place, column in enumerate(outcomes.T):
        ordered = np.sort(column)
        starts = np.flatnonzero(np.diff(ordered, prepend=-np.inf))
        if len(starts) > MOST_STEPS:
            largest = np.diff(starts, append=len(column)).max()
            fine[place] = largest <= LARGEST_SHARE * len(column)
    return fine


def _huber(raw: Floats, along: Floats, across: Floats, spare: int) -> Floats:
    """Bring outcomes (P, N) in, each around its unit factor (P, N) and the controls (k, N)."""
    counted = raw.copy()
    if spare < 1:
        return counted
    limit, within = np.zeros((len(raw), 1)), np.ones((len(raw), 1))
    fit, near = np.zeros_like(raw), raw.copy()
    moving = np.arange(len(raw))
    for step in range(_MOST_ROUNDS):
        now, mine, unit = fit[moving] + near[moving], raw[moving], along[moving]
        fitted = (now @ across.T) @ across
        fitted += (now * unit).sum(axis=1, keepdims=True) * unit
        off = mine - fitted
        if step < _SETTLED:
            limit = np.median(np.abs(off), axis=1, keepdims=True)
            limit *= LIMIT_SD * _OF_MEDIAN * np.sqrt(raw.shape[1] / spare)
        most = limit[moving]
        moved = np.abs(fitted - fit[moving]).max(axis=1) > _STILL * most[:, 0]
        fit[moving], near[moving] = fitted, np.clip(off, -most, most)
        within[moving, 0] = (np.abs(off) <= most).mean(axis=1)
        if step >= _SETTLED:
            moving = moving[moved]
        if not len(moving):
            break
    far = within[:, 0] < 1.0
    counted[far] = fit[far] + near[far] / within[far]
    return counted
