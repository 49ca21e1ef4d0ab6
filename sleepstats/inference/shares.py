"""Shares of an outcome's differences: what columns account for, what could undo a finding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.errors import DiaryError


def partial_r2(t: ArrayLike, df: ArrayLike) -> Floats:
    """Share of what is left of the outcome's variance that the factor has: ``t^2 / (t^2 + df)``."""
    square = np.asarray(t, dtype=np.float64) ** 2
    return np.asarray(square / (square + np.asarray(df, dtype=np.float64)))


def t_of_pvalue(pvalue: ArrayLike, df: ArrayLike) -> Floats:
    """Size of the t value that has this two-sided p-value: the engine's, which averages many."""
    from scipy.special import stdtrit

    half = np.asarray(pvalue, dtype=np.float64) / 2.0
    return np.asarray(-stdtrit(np.asarray(df, dtype=np.float64), half))


def robustness_value(
    t: ArrayLike,
    df: ArrayLike,
    *,
    q: float = 1.0,
    alpha: float | None = None,
    critical_df: ArrayLike | None = None,
) -> Floats:
    """Share, 0 to 1, of what is left of both that something unrecorded must have to undo a slope.

    ``f = q |t| / sqrt(df)``, ``RV = (sqrt(f^4 + 4 f^2) - f^2) / 2``; with alpha until it is no
    longer significant: Cinelli & Hazlett 2020, doi:10.1111/rssb.12348. NaN for NaN.
    """
    # with alpha, f* = t(1 - alpha/2; df - 1) / sqrt(df - 1) is first taken off f: RV is 0 when
    # nothing remains, and (f^2 - f*^2) / (1 + f^2) where f exceeds 1 / f*. With the degrees of
    # freedom of the engine's interval as ``critical_df`` it is above 0 exactly where the interval
    # excludes 0
    from scipy.special import stdtrit

    if not q > 0:
        raise DiaryError(f"q: {q!r} is not positive. Write 1 for the whole slope.")
    if alpha is not None and not 0.0 < alpha < 1.0:
        raise DiaryError(f"alpha: {alpha!r} is not between 0 and 1. Write 0.05 for 5 %.")
    freedom = np.asarray(df, dtype=np.float64)
    f = q * np.abs(np.asarray(t, dtype=np.float64)) / np.sqrt(freedom)
    if alpha is None:
        return _equal_shares(f)
    with np.errstate(invalid="ignore", divide="ignore"):
        of_t = freedom - 1.0 if critical_df is None else np.asarray(critical_df, dtype=np.float64)
        least = np.asarray(stdtrit(of_t, 1.0 - alpha / 2.0))
        # the engine's t is compared as it is, the paper's with one degree of freedom less
        spare = freedom - 1.0 if critical_df is None else freedom
        critical = least / np.sqrt(spare)
        strong = (f * f - critical * critical) / (1.0 + f * f)
        value = np.where(f * critical > 1.0, strong, _equal_shares(f - critical))
    return np.where(f < critical, 0.0, value)


def _equal_shares(f: Floats) -> Floats:
    """Share that factor and outcome would both have to have in common with the unrecorded thing."""
    square = np.minimum(f, 1e6) ** 2  # a perfect fit: nothing less than all of it would do
    return np.asarray(0.5 * (np.sqrt(square * square + 4.0 * square) - square))


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
    blocks: int


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
        len(losses),
    )


def _standard(columns: Floats) -> Floats:
    """Bring columns to mean 0 and variance 1; those that never change are left out."""
    apart = columns - columns.mean(axis=0)
    spread = np.sqrt((apart * apart).mean(axis=0))
    kept = spread > 1e-12
    return np.asarray(apart[:, kept] / spread[kept])


def _blocks(week: Ints, most: int) -> Ints:
    """Give each row its block: whole recorded weeks, at most so many blocks."""
    found, place = np.unique(week, return_inverse=True)
    return np.asarray(place * min(most, len(found)) // len(found), dtype=np.int64)


def _apart(number: Ints, test: Bools) -> Bools:
    """Return the nights that are further than the gap from any night of the test."""
    return np.asarray(np.abs(number[:, None] - number[test]).min(axis=1) > GAP_NIGHTS)


def _losses(
    y: Floats, columns: Floats, k: int, number: Ints, block: Ints, one: int
) -> tuple[float, float, float]:
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
    return told[0], told[1], told[2]


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
    """Ratio of sums over blocks with its jackknife interval; what learning cost on the upper end.

    ``high = estimate + t error + 2 (1 - estimate) columns / n``.
    """
    count = len(mean)
    estimate = float(saved.sum() / mean.sum())
    without = (saved.sum() - saved) / (mean.sum() - mean)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    half = float(stats.t.ppf(0.5 + level / 2.0, count - 1) * error)
    # once for the slopes and, by simulation, about as much again for penalty and persistence
    high = estimate + half + 2.0 * (1.0 - estimate) * cost
    return Share(estimate, estimate - half, min(1.0, max(0.0, high)))
