"""The habits of a diary as columns: gaps filled, how like the night before, what they explain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sleepstats.arrays import Bools, Floats, Ints, Rows
from sleepstats.errors import DiaryError
from sleepstats.inference.guards import ADJUSTMENTS, LEAST_OFF_MODAL, calendar_controls, off_modal


@dataclass(frozen=True, eq=False)
class Habits:
    """The habits of one diary, ready to be set beside each other."""

    #: (n, m): as recorded, NaN where not, and with the gaps filled; in an order of their own.
    columns: Floats
    filled: Floats
    #: (m,): the habit of each column; the kinds of one habit are several columns.
    habit: NDArray[np.int64]
    count: int
    #: (h, h): l is never held equal when j is asked about.
    apart: Bools
    #: (m,): at least 3 recorded evenings differ from the most frequent value.
    usable: Bools
    number: NDArray[np.int64]
    weekday: NDArray[np.int64]
    adjust: tuple[str, ...]
    #: (n, e): complete columns that are held equal in every question.
    always: Floats
    #: Whether the week of a short diary takes six columns.
    each_weekday: bool = False

    def places(self, habit: int) -> NDArray[np.int64]:
        """Columns of one habit."""
        return np.flatnonzero(self.habit == habit)

    def recorded(self, habit: int) -> Bools:
        """Evenings on which a habit was recorded."""
        return np.asarray(np.isfinite(self.columns[:, self.habit == habit]).all(axis=1))

    def controls(self, used: Bools) -> tuple[NDArray[np.int64], Floats]:
        """Night numbers and controls of the nights used, as a question about them alone has."""
        number = self.number[used]
        number = number - number[0] if len(number) else number
        span = int(number[-1]) + 1 if len(number) else 1
        z = calendar_controls(
            number, self.weekday[used], span, adjust=self.adjust, each_weekday=self.each_weekday
        )
        return number, np.concatenate([z, self.always[used]], axis=1)


def ready_habits(
    columns: ArrayLike,
    number: ArrayLike,
    weekday: ArrayLike,
    *,
    habit: ArrayLike | None = None,
    at_mean: ArrayLike | None = None,
    apart: ArrayLike | None = None,
    adjust: Collection[str] = ADJUSTMENTS,
    always: ArrayLike | None = None,
    each_weekday: bool = False,
) -> Habits:
    """Make habits (n, m) of n nights ready: fill their gaps, fix an order that is their own.

    `habit` (m,) names each column's habit, one of several kinds having a column for each but one;
    `at_mean` (m,) as in :func:`fill`; ``apart[j, l]`` as in :class:`Habits`; `always` (n, e).
    """
    table = np.asarray(columns, dtype=np.float64)
    nights, days = np.asarray(number, dtype=np.int64), np.asarray(weekday, dtype=np.int64)
    n, m = table.shape if table.ndim == 2 else (len(table), 0)
    owner = np.arange(m) if habit is None else np.asarray(habit, dtype=np.int64)
    count = int(owner.max()) + 1 if m else 0
    # never held equal: what lies between habit and outcome, a dose and its own yes/no
    never = np.zeros((count, count), bool) if apart is None else np.asarray(apart, dtype=bool)
    fixed = np.zeros((n, 0)) if always is None else np.asarray(always, dtype=np.float64)
    problems = []
    if not (table.ndim == 2 and nights.shape == days.shape == (n,) and len(fixed) == n):
        problems.append("columns, number, weekday and always have different numbers of nights.")
    if (np.diff(nights) <= 0).any():
        problems.append("number must increase; one row per night, in calendar order.")
    if owner.shape != (m,) or set(owner.tolist()) != set(range(count)):
        problems.append(f"habit must name each of {m} columns' habit, 0, 1, ... without a gap.")
    if never.shape != (count, count):
        problems.append(f"apart has shape {never.shape}; {count} habits were given.")
    if problems:
        raise DiaryError(problems)
    # by content, so that sums are added in the same order however the columns came
    order = sorted(range(m), key=lambda place: table[:, place].tobytes())
    table, owner = np.ascontiguousarray(table[:, order]), owner[order]
    span = int(nights[-1] - nights[0]) + 1 if n else 1
    z = calendar_controls(nights - nights[:1], days, span, adjust=adjust)
    plainly = np.zeros(m, bool) if at_mean is None else np.asarray(at_mean, dtype=bool)[order]
    filled = fill(table, np.concatenate([z, fixed], axis=1), plainly) if n else table
    usable = np.array([off_modal(x[np.isfinite(x)]) >= LEAST_OFF_MODAL for x in table.T], bool)
    never = never | np.eye(count, dtype=bool)
    return Habits(
        table, filled, owner, count, never, usable, nights, days, tuple(adjust), fixed, each_weekday
    )


ROUNDS = 6
RIDGE = 1.0


def fill(columns: ArrayLike, controls: ArrayLike, at_mean: Bools | None = None) -> Floats:
    """Fill missing cells (n, m) by the conditional mean given other columns and controls (n, k).

    ``w = (P'P + RIDGE I)^-1 P'x``, P centred, of unit variance, in rounds; columns `at_mean` (m,)
    by their mean. Little 1992, doi:10.1080/01621459.1992.10476282.
    """
    table = np.array(columns, dtype=np.float64)
    fixed = np.asarray(controls, dtype=np.float64)
    if table.ndim != 2 or fixed.ndim != 2 or len(table) != len(fixed):
        shapes = f"columns has shape {table.shape} and controls {fixed.shape}"
        raise DiaryError(f"{shapes}; one row for each evening was expected in both.")
    if not np.isfinite(fixed).all():
        raise DiaryError("controls has missing values; the calendar is known for every evening.")
    known = np.isfinite(table)
    count = known.sum(axis=0)
    recorded = np.where(known, table, 0.0)
    mean = recorded.sum(axis=0) / np.maximum(count, 1)
    apart = np.where(known, table - mean, 0.0)
    spread = np.sqrt((apart * apart).sum(axis=0) / np.maximum(count, 1))
    varies = spread > 1e-12 * np.maximum(np.abs(mean), 1e-300)
    scale = np.where(varies, spread, 1.0)
    unit = np.where(varies, apart / scale, 0.0)
    # by their mean where what is missing was not: the hour of a coffee that nobody drank
    guessed = varies if at_mean is None else varies & ~at_mean
    if len(gaps := np.flatnonzero(guessed & (count < len(table)))):
        # without the outcome: others' slopes stay unbiased where cells are missing at random
        unit = _predicted(unit, known, _standard(fixed), gaps)
    table = np.where(known, table, mean + scale * unit)
    table[:, count == 0] = np.nan
    return table


def _standard(columns: Floats) -> Floats:
    """Bring columns to mean 0 and variance 1; those that never change are left out."""
    apart = columns - columns.mean(axis=0)
    spread = np.sqrt((apart * apart).mean(axis=0))
    kept = spread > 1e-12
    return np.asarray(apart[:, kept] / spread[kept])


def _predicted(unit: Floats, known: Bools, fixed: Floats, gaps: Rows) -> Floats:
    """Predict the gaps of unit columns; the mean, 0, is where the rounds begin."""
    n, m = unit.shape
    part = np.concatenate([unit, fixed, np.ones((n, 1))], axis=1)
    missing = {int(column): np.flatnonzero(~known[:, column]) for column in gaps}
    penalty = RIDGE * np.eye(part.shape[1] - 1)
    for _ in range(ROUNDS):
        every = part.T @ part
        fresh = {}
        for column, rows in missing.items():
            left_out = part[rows]
            of_known = every - left_out.T @ left_out
            count = n - len(rows)
            mean = of_known[-1] / count
            centred = of_known[:-1, :-1] - count * np.outer(mean[:-1], mean[:-1])
            target = centred[:, column].copy()
            target[column] = 0.0  # its own slope is zero: it does not predict itself
            centred[column] = 0.0
            centred[:, column] = 0.0
            slopes = np.linalg.solve(centred + penalty, target)
            fresh[column] = mean[column] + (left_out[:, :-1] - mean[:-1]) @ slopes
        for column, rows in missing.items():
            part[rows, column] = fresh[column]
    return part[:, :m]


_LAGS_AT_MOST = 15  # nights apart on which a habit's memory is learnt
_LIKE_BEFORE = 0.98  # the most that a habit may be like the night before


def memory(x: Floats, left: Floats, basis: Floats, number: Ints, span: int) -> tuple[float, float]:
    """Return variance and correlation with the night before of a factor, from what is left of it.

    ``E[sum of M x x' M, lag apart] = sum_m c(m) (sums of M T(m) M, lag apart)``, T(m) one where
    nights lie m apart and ``M = I - Q Q'``: solved for c at the first few lags.
    """
    lags = min(max(2, span // 4), _LAGS_AT_MOST)
    there, grid, q = np.zeros((span, 1)), np.zeros((span, 1)), np.zeros((span, basis.shape[1]))
    there[number], grid[number, 0], q[number] = 1.0, left, basis

    def sums(one: Floats, other: Floats) -> Floats:
        return np.array([float((one[m:] * other[: span - m]).sum()) for m in range(lags + 1)])

    pairs = sums(there, there)
    mixed = np.diag(pairs)
    for m in range(lags + 1):
        moved = q.copy() if m == 0 else np.zeros_like(q)
        if m:
            moved[m:] += q[:-m]
            moved[:-m] += q[m:]
        moved *= there
        mixed[:, m] += sums(q @ (q.T @ moved), q) - sums(q, moved) - sums(moved, q)
    own = np.linalg.lstsq(mixed, sums(grid, grid), rcond=1e-8)[0]
    # the controls have taken something away, and no more than there was
    least, most = float((left**2).mean()), float(x.var())
    ratio = float(own[1] / max(float(own[0]), least))
    return float(np.clip(own[0], least, most)), float(np.clip(ratio, -_LIKE_BEFORE, _LIKE_BEFORE))


#: Nights that are left out of the fit on either side of the weeks it is tried on.
GAP_NIGHTS = 3
#: Blocks of whole weeks at most; longer diaries have blocks of two weeks and more.
MOST_BLOCKS = 26
LEAST_BLOCKS = 4
#: Blocks within the weeks of the fit, on which its penalty is chosen.
INNER_BLOCKS = 8
#: Penalties per night on columns of unit variance; infinite: the columns are not used at all.
PENALTIES = np.array([np.inf, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02])


@dataclass(frozen=True)
class Share:
    """A share of the squared differences and its interval; below 0 is worse than the mean."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Shares:
    """What calendar, calendar and habits, and the habits beside the calendar account for."""

    calendar: Share
    every: Share
    habits: Share
    weeks: int


def explained_shares(
    y: ArrayLike,
    calendar: ArrayLike,
    habits: ArrayLike,
    number: ArrayLike,
    week: ArrayLike,
    *,
    level: float = 0.95,
) -> Shares:
    """Predict blocks of whole weeks from the other weeks and compare the losses with the mean's.

    ``share = 1 - sum(loss) / sum(loss of the mean)``, squared, of the nights left out, with a
    jackknife interval; columns without intercept. Roberts et al. 2017, doi:10.1111/ecog.02881.
    """
    # 3 nights on either side are in neither fit nor test. Ridge regression on columns of unit
    # variance, one penalty for the calendar and then one for the habits, each the one of nine with
    # the least loss on up to 8 blocks within the weeks of the fit; one of the nine is to use
    # nothing. The interval is a jackknife over blocks, t with blocks - 1 degrees of freedom; its
    # upper end is further out by 2 (1 - share) columns / n: slopes learnt from n nights lose half
    # of it on others against slopes that are known, and the choice of a penalty among nights that
    # persist about as much again (by simulation). A share is at least 0: an interval that lies
    # below it is drawn out to it
    outcome = np.asarray(y, dtype=np.float64)
    of_week, night = np.asarray(week, dtype=np.int64), np.asarray(number, dtype=np.int64)
    first = _standard(np.asarray(calendar, dtype=np.float64))
    columns = np.concatenate([first, _standard(np.asarray(habits, dtype=np.float64))], axis=1)
    k = first.shape[1]
    weeks = len(np.unique(of_week))
    if weeks < LEAST_BLOCKS or not np.ptp(outcome) > 0:
        raise DiaryError(
            f"y has {weeks} weeks and differs by {np.ptp(outcome) if weeks else 0:g}; at least "
            f"{LEAST_BLOCKS} weeks and values that differ were expected."
        )
    block = _blocks(of_week, MOST_BLOCKS)
    losses = np.array([_losses(outcome, columns, k, night, block, one) for one in np.unique(block)])
    mean, of_calendar, of_every = losses.T
    return Shares(
        _share(mean, mean - of_calendar, k / len(outcome), level),
        _share(mean, mean - of_every, columns.shape[1] / len(outcome), level),
        _share(mean, of_calendar - of_every, (columns.shape[1] - k) / len(outcome), level),
        weeks,
    )


def _blocks(week: Ints, most: int) -> Ints:
    """Give each row its block: whole recorded weeks, at most so many blocks."""
    found, place = np.unique(week, return_inverse=True)
    return np.asarray(place * min(most, len(found)) // len(found), dtype=np.int64)


def _apart(number: Ints, test: Bools) -> Bools:
    """Return the nights that are further than the gap from any night of the test."""
    return np.asarray(np.abs(number[:, None] - number[test]).min(axis=1) > GAP_NIGHTS)


def _losses(y: Floats, columns: Floats, k: int, number: Ints, block: Ints, one: int) -> list[float]:
    """Squared losses on one block: of the mean, with the calendar, with all columns."""
    test = block == one
    fit = _apart(number, test)
    inner = np.zeros(len(y), dtype=np.int64)
    inner[fit] = _blocks(block[fit], INNER_BLOCKS)
    penalty = np.full(columns.shape[1], np.inf)
    told = [float(_loss(y, columns, fit, test, penalty[None])[0])]
    # the calendar first, so that the habits are asked what they add to it
    for part in (slice(None, k), slice(k, None)):
        tried = np.repeat(penalty[None], len(PENALTIES), axis=0)
        tried[:, part] = PENALTIES[:, None]
        total = np.zeros(len(PENALTIES))
        for other in np.unique(inner[fit]):
            inside = fit & (inner == other)
            total += _loss(y, columns, fit & _apart(number, inside), inside, tried)
        penalty = tried[total.argmin()]
        told.append(float(_loss(y, columns, fit, test, penalty[None])[0]))
    return told


def _loss(y: Floats, columns: Floats, fit: Bools, test: Bools, penalties: Floats) -> Floats:
    """Squared loss on the test for each row of penalties: (sX'Xs + I) u = sX'y, slopes su."""
    middle, mean = columns[fit].mean(axis=0), float(y[fit].mean())
    x = columns[fit] - middle
    # scaled this way an infinite penalty is a slope of exactly nothing
    scale = 1.0 / np.sqrt(fit.sum() * penalties)
    inside = scale[:, :, None] * (x.T @ x) * scale[:, None, :] + np.eye(x.shape[1])
    target = scale * (x.T @ (y[fit] - mean))
    slopes = scale * np.linalg.solve(inside, target[:, :, None])[:, :, 0]
    missed = (y[test] - mean)[None] - slopes @ (columns[test] - middle).T
    return np.asarray((missed * missed).sum(axis=1))


def _share(mean: Floats, saved: Floats, cost: float, level: float) -> Share:
    """Ratio of sums over blocks with jackknife interval; what learning cost on the upper end."""
    from scipy.special import stdtrit

    count = len(mean)
    estimate = float(saved.sum() / mean.sum())
    without = (saved.sum() - saved) / (mean.sum() - mean)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    half = float(stdtrit(count - 1, 0.5 + level / 2.0) * error)
    # once for the slopes and, by simulation, about as much again for penalty and persistence
    high = estimate + half + 2.0 * (1.0 - estimate) * cost
    return Share(estimate, estimate - half, min(1.0, max(0.0, high)))
