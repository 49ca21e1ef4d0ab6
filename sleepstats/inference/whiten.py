"""The noise shapes: memory taken out of columns for all at once, answers averaged over all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sleepstats.arrays import NIGHTS_IN_A_RUN, Floats, Ints, padded

PERSISTENCE = (-0.3, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ONE_NIGHT_SHARE = (0.0, 0.3, 0.6, 0.8)


@dataclass(frozen=True)
class NoiseGrid:
    """The 45 noise shapes: nights d apart have error correlation ``(1 - kappa) * phi**d``."""

    #: How much of one night's deviation lasts to the next night.
    phi: Floats
    #: Share of the variance that belongs to one night alone, such as reporting noise.
    kappa: Floats
    #: Not normalised.
    log_prior: Floats


@cache
def noise_grid() -> NoiseGrid:
    """Return 12 values of persistence by 4 of one-night noise, shared and read-only."""
    phi = np.asarray(PERSISTENCE)
    kappa = np.asarray(ONE_NIGHT_SHARE)
    # persistence is expected to be positive, a little more weight lies near one, and a diary of
    # pure one-night noise stays possible
    of_phi = (
        # width of the cell: the grid is not even
        np.log(np.gradient(phi))
        + np.log(0.1 + np.maximum(phi, 0.0))
        - np.log1p(-np.abs(phi))
        - np.where(phi < 0, (phi / 0.25) ** 2, 0.0)
    )
    of_kappa = np.log1p(-0.8 * kappa)
    flat_phi, flat_kappa, flat_prior = [0.0], [0.0], [0.0]
    for value, prior in zip(phi, of_phi, strict=True):
        if (
            value == 0.0
        ):  # without persistence the share means nothing: one point, the weight of four
            flat_prior[0] = float(prior + np.log(np.exp(of_kappa).sum()))
            continue
        flat_phi += [float(value)] * len(kappa)
        flat_kappa += kappa.tolist()
        flat_prior += (prior + of_kappa).tolist()
    arrays = [np.asarray(values) for values in (flat_phi, flat_kappa, flat_prior)]
    for values in arrays:
        values.flags.writeable = False
    return NoiseGrid(*arrays)


def gaps_of(number: Ints, length: int) -> Ints:
    """Nights since the one before, up to ``length``; 0 before the first and after the last.

    0 is endless: nothing is remembered, and a column that is zero there stays zero.
    """
    gaps = np.zeros(length, dtype=np.int64)
    gaps[1 : len(number)] = number[1:] - number[:-1]
    return gaps


@dataclass(frozen=True)
class Steps:
    """What the recursion does on every night of P patterns of gaps, for G noise shapes.

    Night ``c * B + b`` stands at [b, c]. On the grid the first of the four shapes of a persistence
    remembers no innovation, nor does the shape without persistence: M = 33 of 45 do.
    """

    #: (U, B, P, C) decay since the night before, once for each of the U values of persistence.
    decay: Floats
    #: (U, B, P, C) one over the innovation's standard deviation where none is remembered; on the
    #: grid only.
    plain_sd: Floats
    #: (M, B, P, C) what an innovation leaves to the next.
    carry: Floats
    #: (M, B, P, C) one over the innovation's standard deviation.
    inverse_sd: Floats
    #: (C, 1 + B, P, M) part of the night before a run, and of its nights, in what the run leaves to
    #: the next; (C, P, M) part of what was left to it.
    share: Floats
    through: Floats
    #: (P, G)
    half_log_det: Floats

    def of(self, patterns: slice) -> Steps:
        """Return the steps of some of the patterns."""
        decay, plain_sd, carry, inverse_sd, share = (
            by_night[:, :, patterns]
            for by_night in (self.decay, self.plain_sd, self.carry, self.inverse_sd, self.share)
        )
        through, left = self.through[:, patterns], self.half_log_det[patterns]
        return Steps(decay, plain_sd, carry, inverse_sd, share, through, left)

    def by_persistence(self, at_once: int) -> Iterator[tuple[slice, Steps, slice]]:
        """Give noise shapes of the grid with their steps and which of them remember innovations.

        So many values of persistence at once; those that most diaries have, near 0.3, come first.
        """
        each, values = len(ONE_NIGHT_SHARE), len(self.decay) - 1
        for start in sorted(range(0, values, at_once), key=lambda one: abs(one - 3)):
            stop, after = min(start + at_once, values), int(start > 0)  # behind that without any
            value, own = (
                slice(start + after, stop + 1),
                slice((each - 1) * start, (each - 1) * stop),
            )
            yield slice(each * start + after, each * stop + 1), replace(
                self, decay=self.decay[value], plain_sd=self.plain_sd[value],
                carry=self.carry[own], inverse_sd=self.inverse_sd[own],
            ), own  # fmt: skip


def noise_steps(gaps: Ints, phi: Floats, kappa: Floats) -> Steps:
    """Prepare the recursion for P patterns of gaps (P, N), N as :func:`padded` says."""
    there = np.bincount(gaps.ravel()) > 0
    which = np.ascontiguousarray((np.cumsum(there) - 1)[gaps].T)  # (N, P)
    seen = np.flatnonzero(there)
    powers = np.where(seen[:, None] == 0, 0.0, phi ** seen[:, None])
    plain, remember = _by_memory(phi, kappa)
    # F' = 1 - a^2 (1 - 2 kappa) - (a kappa)^2 / F, a = phi**gap; the innovation of the night
    # before enters by a kappa / F
    alone = 1.0 - powers**2 * (1.0 - 2.0 * kappa)
    stays = powers * kappa
    variance, kept = alone[:, remember][which], stays[:, remember][which]
    carry = np.empty(variance.shape)
    before, told = np.ones(variance.shape[1:]), np.empty(variance.shape[1:])
    for stay, leaves, now in zip(kept, carry, variance, strict=True):
        np.divide(stay, before, out=leaves)
        np.multiply(stay, leaves, out=told)
        np.subtract(now, told, out=now)
        before = now
    runs, carry = _in_runs(variance), _in_runs(carry)
    half_log_det = np.empty((len(gaps), len(phi)))
    half_log_det[:, remember] = 0.5 * np.log(runs.prod(axis=1)).sum(axis=0)
    for row, mine in zip(half_log_det, which.T, strict=True):
        times = np.bincount(mine, minlength=len(seen))[:, None]
        row[plain] = 0.5 * (times * np.log(alone[:, plain])).sum(axis=0)
    np.divide(1.0, np.sqrt(runs, out=runs), out=runs)
    # of each night's part in the innovation of its run's last night
    share = np.empty((len(runs), NIGHTS_IN_A_RUN + 1, *runs.shape[2:]))
    share[:, NIGHTS_IN_A_RUN] = 1.0
    for b in range(NIGHTS_IN_A_RUN - 1, 0, -1):
        np.multiply(share[:, b + 1], carry[:, b], out=share[:, b])
    through = share[:, 1] * carry[:, 0]
    share[:, 0] = 0.0
    share[:, :-1] -= _in_runs(powers[:, remember][which]) * share[:, 1:]
    values = plain if len(plain) else remember
    turned = _in_runs(which).transpose(1, 2, 0)  # (B, P, C)
    return Steps(
        decay=np.take(powers.T[values], turned, axis=1),
        plain_sd=np.take(1.0 / np.sqrt(alone.T[plain]), turned, axis=1),
        carry=np.ascontiguousarray(carry.transpose(3, 1, 2, 0)),
        inverse_sd=np.ascontiguousarray(runs.transpose(3, 1, 2, 0)),
        share=share,
        through=through,
        half_log_det=half_log_det,
    )


def _in_runs(by_night: NDArray[Any]) -> NDArray[Any]:
    """Turn (N, ...) into (C, B, ...): runs of B nights."""
    return by_night.reshape(len(by_night) // NIGHTS_IN_A_RUN, NIGHTS_IN_A_RUN, *by_night.shape[1:])


def _by_memory(phi: Floats, kappa: Floats) -> tuple[Ints, Ints]:
    """Return shapes that remember no innovation, and the others; all are others off the grid.

    On the grid none comes first, then all shares of each persistence.
    """
    every, each = np.arange(len(phi)), len(ONE_NIGHT_SHARE)
    on_grid = len(phi) > 1 and len(phi) % each == 1 and not phi[0] and not kappa[1::each].any()
    if not on_grid or (phi[1:].reshape(-1, each) != phi[1::each, None]).any():
        return every[:0], every
    return np.append(0, every[1::each]), every[1:].reshape(-1, each)[:, 1:].ravel()


def whiten_patterns(columns: Floats, steps: Steps, left: Floats, whitened: Floats) -> None:
    """Whiten columns (P, N, c) of P patterns of gaps for all noise shapes: (P, G, c, B, C).

    The nights come out in the order of ``Steps``, on which no sum over nights depends.
    """
    # e' = column' - a column + a (kappa / F) e: nothing is imputed. Night by night that is N small
    # steps; so the nights are cut into runs of eight, what each run leaves to the next is found
    # from its nights alone, and then all runs step together
    now = np.ascontiguousarray(_in_runs(columns.swapaxes(0, 1)).transpose(1, 3, 2, 0))
    chunk, width, patterns, runs = now.shape
    # one shape of a persistence remembers nothing, nor does that without any, which comes first
    plain = int(len(steps.plain_sd) > 0)
    values = len(steps.carry) // (len(ONE_NIGHT_SHARE) - 1) if plain else len(steps.decay)
    each, lead = len(steps.carry) // values, len(steps.decay) - values
    told = whitened.transpose(1, 2, 3, 0, 4)
    every = told[lead:].reshape(values, plain + each, *told.shape[1:])
    step = left.transpose(3, 2, 1, 0).copy().reshape(values, each, width, patterns, runs)
    carry, inverse_sd = (
        one.reshape(values, each, 1, *one.shape[1:]) for one in (steps.carry, steps.inverse_sd)
    )
    before = np.zeros_like(now[0])
    before[:, :, 1:] = now[-1, :, :, :-1]
    new = np.empty((lead + values, width, patterns, runs))
    for b in range(chunk):
        np.multiply(steps.decay[:, None, b], before, out=new)
        np.subtract(now[b], new, out=new)
        if lead:
            told[0, :, b] = new[0]  # without persistence a column stays as it is
        if plain:
            np.multiply(new[lead:], steps.plain_sd[lead:, None, b], out=every[:, 0, :, b])
        step *= carry[:, :, :, b]
        step += new[lead:, None]
        np.multiply(step, inverse_sd[:, :, :, b], out=every[:, plain:, :, b])
        before = now[b]


def left_to_each_run(columns: Floats, steps: Steps) -> Floats:
    """Innovation (C, P, c, M) of the night before each run, of columns (P, N, c)."""
    patterns, _, width = columns.shape
    runs, chunk = steps.share.shape[0], steps.share.shape[1] - 1
    window = np.zeros((runs, patterns, chunk + 1, width))
    window[:, :, 1:] = columns.reshape(patterns, runs, chunk, width).swapaxes(0, 1)
    window[1:, :, 0] = window[:-1, :, -1]
    own = window.swapaxes(2, 3) @ steps.share.swapaxes(1, 2)  # (C, P, c, M)
    left = np.empty(own.shape)
    left[0] = 0.0
    for run in range(runs - 1):
        np.multiply(left[run], steps.through[run, :, None], out=left[run + 1])
        left[run + 1] += own[run]
    return left


def whiten(columns: Floats, number: Ints, phi: Floats, kappa: Floats) -> tuple[Floats, Floats]:
    """Whiten columns (N, c) by Kalman innovations for G noise shapes; missing nights are gaps.

    Returns ``L^-1 columns`` as (G, c, N), ``L L'`` the error correlation, and half its log
    determinant (G,). Jones 1980, doi:10.1080/00401706.1980.10486171.
    """
    steps = steps_of(number, phi, kappa)
    return whitened_by(columns, steps), steps.half_log_det[0]


def steps_of(number: Ints, phi: Floats, kappa: Floats) -> Steps:
    """Prepare the recursion of one set of nights."""
    return noise_steps(gaps_of(number, padded(len(number)))[None], phi, kappa)


def whitened_by(columns: Floats, steps: Steps) -> Floats:
    """Whiten columns (N, c) of the one set of nights that the steps are of: (G, c, N)."""
    n, width = columns.shape
    length, shapes = padded(n), steps.half_log_det.shape[1]
    rows = np.zeros((1, length, width))
    rows[0, :n] = columns
    whitened = np.empty((1, shapes, width, NIGHTS_IN_A_RUN, length // NIGHTS_IN_A_RUN))
    whiten_patterns(rows, steps, left_to_each_run(rows, steps), whitened)
    by_night: Floats = whitened[0].swapaxes(2, 3).reshape(shapes, width, length)
    return by_night[:, :, :n]


_MOST_STEPS = 100


def mixture_pvalue(weight: Floats, centre: Floats, scale: Floats, df: Floats) -> Floats:
    """Two-sided p-value ``2 min(F(0), 1 - F(0))`` of m mixtures of G parts."""
    used = np.nonzero(weight)
    t = centre[used] / scale[used]
    tail = _beyond(t, df[used])  # each tail summed directly, so that small p-values stay exact
    mass = weight[used]
    n_rows = len(weight)
    below = np.bincount(used[0], mass * np.where(t < 0, 1.0 - tail, tail), n_rows)
    above = np.bincount(used[0], mass * np.where(t < 0, tail, 1.0 - tail), n_rows)
    return np.minimum(1.0, 2.0 * np.minimum(below, above))


def mixture_interval(
    weight: Floats, centre: Floats, scale: Floats, df: Floats, level: float | Floats
) -> tuple[Floats, Floats]:
    """Equal-tailed interval of m mixtures of G parts, at one level or a level (m,) of each."""
    from scipy.special import gammaln, stdtrit

    rows, points = np.nonzero(weight)
    n_rows = len(weight)
    tail_of = 0.5 - np.broadcast_to(level, n_rows) / 2.0
    mass, middle, spread, freedom = (a[rows, points] for a in (weight, centre, scale, df))
    reach = spread * np.asarray(stdtrit(freedom, 1.0 - tail_of[rows]))
    mean = np.bincount(rows, mass * middle, n_rows)
    between = np.bincount(rows, mass * (middle - mean[rows]) ** 2, n_rows)
    half = np.sqrt(np.bincount(rows, mass * reach**2, n_rows) + 4.0 * between)
    # both ends as one problem of 2 m rows: the lower ends first
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    starts = np.concatenate([starts, starts + len(rows)])
    rows = np.concatenate([rows, rows + n_rows])
    height = np.exp(gammaln(0.5 * freedom + 0.5) - gammaln(0.5 * freedom))
    height *= mass / (np.sqrt(np.pi * freedom) * spread)
    of = (mass, middle, spread, freedom, height)
    mass, middle, spread, freedom, height = (np.tile(a, 2) for a in of)
    ends = middle + np.concatenate([-reach, reach])
    lower, upper = np.minimum.reduceat(ends, starts), np.maximum.reduceat(ends, starts)
    # a quantile of a mixture lies between the smallest and the largest of its parts' quantiles:
    # Halley steps run inside that bracket, and fall back on its middle when they would leave it
    target = np.concatenate([tail_of, 1.0 - tail_of])
    value = np.clip(np.concatenate([mean - half, mean + half]), lower, upper)
    # steps are cubic: after one of 5e-4 of the narrowest part the error is near 1e-11 of it
    close, closed = 5e-4 * np.minimum.reduceat(spread, starts), 1e-13 * np.tile(half, 2)
    done = np.zeros(2 * n_rows, dtype=bool)
    for _ in range(_MOST_STEPS):
        t = (value[rows] - middle) / spread
        base = 1.0 + t * t / freedom
        density = height * base ** (-0.5 * (freedom + 1.0))
        fall = density * (freedom + 1.0) * t / (freedom * base * spread)
        tail = _beyond(t, freedom)
        below = mass * np.where(t < 0, tail, 1.0 - tail)
        excess, slope, bend = (
            np.bincount(rows, part, 2 * n_rows) for part in (below, density, -fall)
        )
        excess -= target
        lower = np.where(~done & (excess < 0), value, lower)
        upper = np.where(~done & (excess > 0), value, upper)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = excess / slope
            moved = value - newton / (1.0 - 0.5 * newton * bend / slope)
        inside = (moved >= lower) & (moved <= upper)
        moved = np.where(inside, moved, 0.5 * (lower + upper))
        settled = np.where(inside, np.abs(moved - value) <= close, upper - lower <= closed)
        value, done = np.where(done, value, moved), done | settled
        if done.all():
            break
        still = ~done[rows]
        rows = rows[still]
        of = (mass, middle, spread, freedom, height)
        mass, middle, spread, freedom, height = (a[still] for a in of)
    return value[:n_rows], value[n_rows:]


def _beyond(t: Floats, df: Floats) -> Floats:
    """Probability that a t variable lies beyond t on t's own side of zero."""
    from scipy.special import betainc  # only here: scipy takes a while to load

    return np.asarray(0.5 * betainc(0.5 * df, 0.5, df / (df + t * t)))
