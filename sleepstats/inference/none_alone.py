"""No question, no night and no person decides alone: many questions, far nights, many people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Bools, Floats, Ints, padded
from sleepstats.errors import DiaryError, did_you_mean
from sleepstats.inference.guards import Cleared, column_reasons, control_basis, without_controls
from sleepstats.inference.shrinkage import freedom_of_mean, spread_about_mean, where_it_falls_to

FAMILIES = ("bh", "holm", "none")


def adjust_pvalues(pvalues: ArrayLike, *, family: str = "bh") -> Floats:
    """Adjust p-values for the number of questions; NaN (refused) stays and does not count.

    BH ``min over j >= i of p(j) m / j`` (Benjamini & Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x), Holm ``max over j <= i of p(j) (m - j + 1)`` (1979).
    """
    if family not in FAMILIES:
        raise DiaryError(
            f"family: {family!r} is not known. Write 'bh', 'holm' or 'none'."
            f"{did_you_mean(family, FAMILIES)}"
        )
    raw = np.array(pvalues, dtype=np.float64)
    asked = ~np.isnan(raw)
    outside = raw[asked][(raw[asked] < 0) | (raw[asked] > 1)]
    if outside.size:
        raise DiaryError(f"pvalues: {float(outside[0])!r} is not a p-value. Give values of 0 to 1.")
    if family == "none" or not asked.any():
        return raw
    raw[asked] = (_step_up if family == "bh" else _holm)(raw[asked])
    return raw


def _step_up(pvalues: Floats) -> Floats:
    """Step up: each p-value over its share of the questions, never above a larger one's."""
    # three lines rather than scipy.stats, which takes a second to import
    order, m = np.argsort(pvalues), len(pvalues)
    adjusted = np.empty_like(pvalues)
    shares = pvalues[order] * (m / np.arange(1, m + 1))
    adjusted[order] = np.minimum.accumulate(shares[::-1])[::-1]
    return adjusted


def _holm(pvalues: Floats) -> Floats:
    """Step down: each p-value times the questions not yet settled, never falling."""
    order = np.argsort(pvalues)
    left = np.arange(len(pvalues), 0, -1)
    adjusted = np.empty_like(pvalues)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(pvalues[order] * left))
    return adjusted


def level_of_found(found: int, asked: int, *, level: float = 0.95) -> float:
    """Level at which intervals of the found questions, of all answered, have to be computed.

    ``1 - (1 - level) found / asked``: with R printed, V wrong, the mean of ``V / max(R, 1)`` is at
    most ``1 - level``. Benjamini & Yekutieli 2005, doi:10.1198/016214504000001907.
    """
    if not 0.0 < level < 1.0:
        raise DiaryError(f"level: {level!r} is not between 0 and 1. Write 0.95 for 95 %.")
    if not 0 <= found <= asked:
        raise DiaryError(
            f"found: {found!r} of {asked!r} questions asked. Give the questions found, 0 up to the "
            "number asked."
        )
    # after Benjamini-Hochberg or Holm it never holds zero: p is at most (1 - level) found / asked
    return 1.0 - (1.0 - level) * found / asked if found else level


#: A night counts as far as so many standard deviations of ordinary nights: the first, down to the
#: second where tails are so heavy (excess kurtosis) and columns leave such a share of the nights,
#: by so much nearer on the side of the longer tail and farther on the other; of more nights than
#: so many, which find as much without it, the less.
LIMITS_SD, HEAVY_TAILS, LEAST_LEFT, LOPSIDED_SD, FEW_NIGHTS = (2.0, 1.2), 1.5, 0.85, 0.2, 120
#: Nights with a factor that are more variable look like heavy tails: as the squares of residuals,
#: to so many standard deviations, correlate with it from one to another without the night that
#: says most for it, limits go out to so many and errors to those of the nights as recorded, and
#: by a half beyond, for those are too small there themselves (benchmarks/tried.md).
GROWING, _SQUARES_TO_SD, GROWN_SD, _BEYOND = (0.1, 0.2), 3.0, 2.5, 1.5
#: Outcomes of few values, such as ratings, have no far nights: more values than this, and none of
#: them on a larger share of the nights.
MOST_STEPS, LARGEST_SHARE = 11, 0.25
_MOST_ROUNDS = 60
_SETTLED = 3  # rounds after which the limit stays
_STILL = 1e-8  # of the limit: what moves less stands
_AT_ONCE = 1 << 20  # numbers of all models that step together
_OF_MEDIAN = 1.482602218505602  # of normal errors: their SD over the median of their size


def bring_in(outcomes: Floats, left_x: Floats, basis: Floats) -> Floats:
    """Return (N, q, p) what each of q outcomes counts for when each of p factors is asked about.

    Modified residuals around orthonormal controls (N, k) and the factor that they leave (N, p).
    Huber 1973, doi:10.1214/aos/1176342503; Welsch 1975.
    """
    return _bring_in([(outcomes, left_x, basis)])[0]


def _bring_in(asked: Sequence[tuple[Floats, Floats, Floats]]) -> list[Floats]:
    """As :func:`bring_in` of many sets of nights; those of about one length step together."""
    told = [np.repeat(y[:, :, None], x.shape[1], axis=2) for y, x, _ in asked]
    fine = [np.flatnonzero(finely_told(y)) for y, _, _ in asked]
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, (y, x, basis) in enumerate(asked):
        # controls are filled up with zeros, which change nothing, so that more are alike
        size = padded(len(y)), -(-basis.shape[1] // 8) * 8, len(fine[place]), x.shape[1]
        if all(size[2:]) and len(y) - basis.shape[1] > 1:
            alike.setdefault(size, []).append(place)
    for (length, width, q, p), places in alike.items():
        raw, along = np.zeros((2, len(places), q, p, length))
        across = np.zeros((len(places), width, length))
        shape = np.array([asked[place][2].shape for place in places])
        for row, place in enumerate(places):
            y, x, basis = asked[place]
            nights, k = basis.shape
            far = np.sqrt((x * x).sum(axis=0))
            along[row, :, :, :nights] = (x / np.where(far > 0, far, np.inf)).T
            raw[row, :, :, :nights] = y.T[fine[place], None]
            across[row, :k, :nights] = basis.T
        flat = -1, q * p, length
        counted = _huber(raw.reshape(flat), along.reshape(flat), across, *shape.T)
        for place, of_one, nights in zip(places, counted, shape[:, 0].tolist(), strict=True):
            told[place][:, fine[place]] = of_one.T.reshape(length, q, p)[:nights]
    return told


def all_that_counts(
    asked: Sequence[Cleared], cells: Sequence[Sequence[tuple[int, int]]]
) -> list[tuple[Cleared, list[tuple[int, int]]]]:
    """Return nights with the outcomes brought in behind those as they are, and each cell there.

    Of many sets. Cells are pairs of outcome (of q) and factor (of p); most count differently.
    """
    told = _bring_in([(one.outcomes, one.left_x, one.basis) for one in asked])
    return [_behind(*each) for each in zip(asked, cells, told, strict=True)]


def _behind(
    nights: Cleared, cells: Sequence[tuple[int, int]], told: Floats
) -> tuple[Cleared, list[tuple[int, int]]]:
    """Put what counts behind the outcomes as they are where it differs."""
    same = (told == nights.outcomes[:, :, None]).all(axis=0).tolist()
    own = list(dict.fromkeys(cell for cell in cells if not same[cell[0]][cell[1]]))
    if not own:
        return nights, list(cells)
    row = {cell: nights.outcomes.shape[1] + place for place, cell in enumerate(own)}
    counted = told[:, [q for q, _ in own], [p for _, p in own]]
    left = without_controls(counted, nights.basis)
    codes = column_reasons(counted, left, len(counted) - nights.basis.shape[1] - 1)
    more = replace(
        nights,
        outcomes=np.concatenate([nights.outcomes, counted], axis=1),
        left_y=np.concatenate([nights.left_y, left], axis=1),
        of_y=np.concatenate([nights.of_y, codes]),
    )
    return more, [(row.get(cell, cell[0]), cell[1]) for cell in cells]


def bring_in_around(outcome: Floats, columns: Floats, *, tested: int = 1) -> Floats:
    """Return what an outcome (N,) counts for in a model of columns (N, m), the last ones tested."""
    if tested != 1:  # there is no one factor along which residuals could grow
        return bring_in(outcome[:, None], 0.0 * outcome[:, None], control_basis(columns))[:, 0, 0]
    return brought_in_around([(outcome, columns)])[0]


def brought_in_around(asked: Iterable[tuple[Floats, Floats]]) -> list[Floats]:
    """As :func:`bring_in_around` of many, those of about one size together."""
    told: list[Floats] = []
    waiting: list[tuple[Floats, Floats, Floats]] = []
    for outcome, columns in asked:
        fine = bool(finely_told(outcome[:, None])[0])  # otherwise nothing is asked of the model
        basis = control_basis(columns) if fine else columns[:, :1]
        waiting.append((outcome[:, None], basis[:, -1:], basis[:, :-1]))
        if sum(one.size for _, _, one in waiting) > _AT_ONCE:
            told += [one[:, 0, 0] for one in _bring_in(waiting)]
            waiting = []
    return told + [one[:, 0, 0] for one in _bring_in(waiting)]


def finely_told(outcomes: Floats) -> Bools:
    """Say which outcomes (N, q) have enough different values for a night to lie far off."""
    ordered = np.sort(outcomes, axis=0)
    values = (ordered[1:] != ordered[:-1]).sum(axis=0) + 1
    most = int(LARGEST_SHARE * len(outcomes))  # more nights than this have no value in common
    often = (ordered[most:] == ordered[: len(ordered) - most]).any(axis=0)
    return np.asarray((values > MOST_STEPS) & ~often)


def _huber(raw: Floats, along: Floats, across: Floats, n: Ints, k: Ints) -> Floats:
    """Bring outcomes (P, R, N) of P sets of n nights in, zero where they were filled up.

    Around its unit factor (P, R, N) and the k controls (P, k, N) of its set; over the share within,
    so that the engine's slope and variance are of Huber's estimate.
    """
    fit, near, shape = np.zeros_like(raw), raw.copy(), raw.shape[:2]
    limits, growing = np.zeros((2, *shape)), np.zeros(shape)
    within, moving = np.ones(shape), np.ones(shape, dtype=bool)
    filled = np.arange(raw.shape[2]) >= n[:, None, None]
    sets, own, unit, basis = np.arange(len(raw)), raw, along, across  # where something moves
    for step in range(_MOST_ROUNDS):
        if len(sets) < len(own):
            own, unit, basis = raw[sets], along[sets], across[sets]
        before = fit[sets]
        now = before + near[sets]
        fitted = np.matmul(np.matmul(now, basis.swapaxes(1, 2)), basis)
        fitted += np.einsum("prn,prn->pr", now, unit)[:, :, None] * unit
        off = own - fitted
        if step < _SETTLED:
            limits, growing = _limits(off, along, filled, n, k)
        below, above = limits[:, sets, :, None]
        inside = np.clip(off, -below, above)
        if step < _SETTLED:  # everything moves
            fit, near = fitted, inside
            continue
        share = 1.0 - np.count_nonzero(inside != off, axis=2) / n[sets, None]
        still = moving[sets]
        fit[sets] = np.where(still[:, :, None], fitted, before)
        near[sets] = np.where(still[:, :, None], inside, near[sets])
        within[sets] = np.where(still, share, within[sets])
        moving[sets] = still & (np.abs(fitted - before).max(axis=2) > _STILL * below[:, :, 0])
        sets = np.flatnonzero(moving.any(axis=1))
        if not len(sets):
            break
    # of nights that all lie on a line none is left beside the columns: they count as they are
    left = (within > 0.0) & (within < 1.0)
    squares = (np.einsum("prn,prn->pr", along**2, off**2) for off in (raw - fit, near))
    recorded, counted = (np.where(growing > 0.0, square, 1.0) for square in squares)
    wider = np.maximum(within * np.sqrt(recorded / counted), 1.0) ** (_BEYOND * growing)
    spread = np.where(left, wider / np.where(left, within, 1.0), 1.0)
    return np.where(left[:, :, None], fit + near * spread[:, :, None], raw)


def _limits(off: Floats, along: Floats, filled: Bools, n: Ints, k: Ints) -> tuple[Floats, Floats]:
    """How far below and above its fit a night counts (2, P, R), and how far errors grow along."""
    nights, one, square = n[:, None], along.any(axis=2), off * off
    ends = np.stack([(n - 1) // 2, n // 2])
    ordered = np.partition(np.where(filled, np.inf, square), np.unique(ends))
    middle = np.sqrt(ordered[np.arange(len(n)), :, ends]).mean(axis=0)
    spare = nights - k[:, None] - one
    sd = _OF_MEDIAN * np.sqrt(nights / spare) * middle
    growing = _growing(np.minimum(square, (_SQUARES_TO_SD * sd[:, :, None]) ** 2), along, filled, n)
    second = square.sum(axis=2)
    second[second == 0.0] = np.inf
    third, fourth = (np.einsum("prn,prn->pr", square, power) for power in (off, square))
    # beside many columns, and where no one factor is asked about, near limits find too much
    heavy = (one & (spare >= LEAST_LEFT * nights)) * np.minimum(FEW_NIGHTS / nights, 1.0)
    heavy = heavy * np.clip((nights * fourth / second**2 - 3.0) / HEAVY_TAILS, 0.0, 1.0)
    skew = (np.sqrt(nights) * third / second**1.5).clip(-1.0, 1.0) * [[[-1.0]], [[1.0]]]
    nearer = heavy * (1.0 - growing) * (LIMITS_SD[0] - LIMITS_SD[1] + LOPSIDED_SD * skew)
    return sd * (LIMITS_SD[0] + growing * (GROWN_SD - LIMITS_SD[0]) - nearer), growing


def _growing(size: Floats, along: Floats, filled: Bools, n: Ints) -> Floats:
    """How far (0 to 1) sizes (P, R, N) go with the unit factor, whichever night is left out."""
    apart = np.where(filled, 0.0, size - size.sum(axis=2, keepdims=True) / n[:, None, None])
    each, square = apart * along, apart * apart
    total, all_of = each.sum(axis=2, keepdims=True), square.sum(axis=2, keepdims=True)
    both = np.sqrt(np.maximum((all_of - square) * (1.0 - along * along), 0.0))
    both[both == 0.0] = np.inf
    rest = (np.abs(total) - np.sign(total) * each) / both
    least = np.where(filled, 1.0, rest).min(axis=2)
    return np.asarray(np.interp(least, GROWING, (0.0, 1.0)))


#: Estimates below which nothing is pooled.
LEAST_PEOPLE = 4
_NAN = float("nan")


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate and how much the estimates differ beyond their own error."""

    estimate: float
    low: float
    high: float
    pvalue: float  # two-sided, of a zero mean
    df: float
    #: Standard deviation of the true effects, and its interval.
    tau: float
    tau_low: float
    tau_high: float
    i2: float  # percent of the estimates' variance that is no error
    #: Interval for the true effect of one more person.
    new_low: float
    new_high: float
    n: int
    weights: Floats
    reason: str


def pool_estimates(estimates: ArrayLike, errors: ArrayLike, *, level: float = 0.95) -> Pooled:
    """Pool estimates (P,) with standard errors that may differ in truth: random effects.

    Paule & Mandel 1982, doi:10.6028/jres.087.022; Hartung & Knapp 2001, doi:10.1002/sim.791;
    Viechtbauer 2007, doi:10.1002/sim.2514; Higgins 2009, doi:10.1111/j.1467-985X.2008.00552.x.
    """
    from scipy.stats import chi2, t

    y = np.asarray(estimates, dtype=np.float64)
    v = np.asarray(errors, dtype=np.float64) ** 2
    if y.shape != v.shape or y.ndim != 1 or not np.isfinite([y, v]).all() or (v <= 0).any():
        raise DiaryError(
            f"estimates has shape {y.shape} and errors {v.shape}; one finite estimate and one "
            "standard error above zero per person were expected. Leave out people without one."
        )
    n = len(y)
    if n < LEAST_PEOPLE:
        return Pooled(
            estimate=_NAN, low=_NAN, high=_NAN, pvalue=_NAN, df=max(n - 1, 0),
            tau=_NAN, tau_low=_NAN, tau_high=_NAN, i2=_NAN, new_low=_NAN, new_high=_NAN,
            n=n, weights=np.full(n, _NAN), reason="too few people",
        )  # fmt: skip
    # tau^2 solves sum w (y - m)^2 = P - 1 with w = 1 / (v + tau^2); zero where even 0 gives less
    tau2 = where_it_falls_to(lambda value: spread_about_mean(y, v, value), n - 1.0)
    weight = 1.0 / (v + tau2)
    mean = float((weight * y).sum() / weight.sum())
    error = float(np.sqrt((weight * (y - mean) ** 2).sum() / ((n - 1) * weight.sum())))
    tail = 0.5 - level / 2.0
    # where a few people carry most of the weight the weights' own error matters: with P - 1
    # throughout, four diaries of 25 nights and one of 400 gave 10 % false positives where people
    # differ by 0.3 SD, with these degrees of freedom 4 (benchmarks/calibration_people.md)
    df = freedom_of_mean(weight / weight.sum())
    half = float(t.isf(tail, df)) * error
    away = float(t.isf(tail, n - 2)) * np.sqrt(tau2 + error**2)
    # the values of tau at which the same sum lies between the quantiles of chi^2 (Q-profile)
    ends = [
        where_it_falls_to(lambda value: spread_about_mean(y, v, value), float(quantile))
        for quantile in (chi2.isf(tail, n - 1), chi2.ppf(tail, n - 1))
    ]
    of_error = 1.0 / v
    typical = (n - 1) * of_error.sum() / (of_error.sum() ** 2 - (of_error**2).sum())
    return Pooled(
        estimate=mean, low=mean - half, high=mean + half,
        pvalue=float(2.0 * t.sf(abs(mean) / error, df)) if error > 0 else float(mean == 0),
        df=df,
        tau=float(np.sqrt(tau2)), tau_low=float(np.sqrt(ends[0])),
        tau_high=float(np.sqrt(ends[1])), i2=float(100.0 * tau2 / (tau2 + typical)),
        new_low=float(mean - away), new_high=float(mean + away),
        n=n, weights=weight / weight.sum(), reason="",
    )  # fmt: skip
