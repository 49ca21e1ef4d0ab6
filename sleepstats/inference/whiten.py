"""The noise shapes: memory taken out of columns for all at once, answers averaged over all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

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

    Night ``c * B + b`` stands at [c, b]. On the grid the first of the four shapes of a persistence
    remembers no innovation, nor does the shape without persistence: M = 33 of 45 do.
    """

    #: (C, B, P, U) decay since the night before, once for each of the U values of persistence.
    decay: Floats
    #: (C, B, P, U) one over the innovation's standard deviation where none is remembered; on the
    #: grid only.
    plain_sd: Floats
    #: (C, B, P, M) decay, for the shapes that remember.
    fading: Floats
    #: (C, B, P, M) what an innovation leaves to the next.
    carry: Floats
    #: (C, B, P, M) one over the innovation's standard deviation.
    inverse_sd: Floats
    #: (P, G)
    half_log_det: Floats

    def of(self, patterns: slice) -> Steps:
        """Return the steps of some of the patterns."""
        decay, plain_sd, fading, carry, inverse_sd = (
            by_night[:, :, patterns]
            for by_night in (self.decay, self.plain_sd, self.fading, self.carry, self.inverse_sd)
        )
        left = self.half_log_det[patterns]
        return Steps(decay, plain_sd, fading, carry, inverse_sd, left)


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
    runs = _in_runs(variance)
    half_log_det = np.empty((len(gaps), len(phi)))
    half_log_det[:, remember] = 0.5 * np.log(runs.prod(axis=1)).sum(axis=0)
    for row, mine in zip(half_log_det, which.T, strict=True):
        times = np.bincount(mine, minlength=len(seen))[:, None]
        row[plain] = 0.5 * (times * np.log(alone[:, plain])).sum(axis=0)
    np.divide(1.0, np.sqrt(runs, out=runs), out=runs)
    values = plain if len(plain) else remember
    return Steps(
        decay=_in_runs(powers[:, values][which]),
        plain_sd=_in_runs((1.0 / np.sqrt(alone[:, plain]))[which]),
        fading=_in_runs(powers[:, remember][which]),
        carry=_in_runs(carry),
        inverse_sd=runs,
        half_log_det=half_log_det,
    )


def _in_runs(by_night: Floats) -> Floats:
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

    The nights come out in the order of ``Steps`` turned, on which no sum over nights depends.
    """
    # e' = column' - a column + a (kappa / F) e: nothing is imputed. Night by night that is N small
    # steps; so the nights are cut into runs of eight, what each run leaves to the next is found
    # from its nights alone, and then all runs step together
    now = np.ascontiguousarray(_turned(columns.swapaxes(0, 1)))  # (P, B, c, C)
    decay, plain_sd, carry, inverse_sd = (
        np.ascontiguousarray(part.transpose(2, 1, 3, 0))
        for part in (steps.decay, steps.plain_sd, steps.carry, steps.inverse_sd)
    )
    patterns, chunk, width, runs = now.shape
    lead = int(plain_sd.shape[2] > 0)  # shapes of a persistence, and of none, that remember nothing
    values = decay.shape[2] - lead
    each = carry.shape[2] // values
    every = whitened[:, lead:].reshape(patterns, values, lead + each, *whitened.shape[2:])
    step = np.empty((patterns, values, each, width, runs))
    carry, inverse_sd = (
        one.reshape(patterns, chunk, *step.shape[1:3], 1, runs) for one in (carry, inverse_sd)
    )
    prior = np.ascontiguousarray(left.transpose(1, 3, 2, 0)).reshape(step.shape)
    before = np.zeros_like(now[:, 0])
    before[:, :, 1:] = now[:, -1, :, :-1]
    for b in range(chunk):
        new = decay[:, b, :, None] * before[:, None]
        np.subtract(now[:, b, None], new, out=new)
        if lead:
            whitened[:, 0, :, b] = new[:, 0]  # without persistence a column stays as it is
            np.multiply(new[:, 1:], plain_sd[:, b, 1:, None], out=every[:, :, 0, :, b])
        np.multiply(prior, carry[:, b], out=step)
        step += new[:, lead:, None]
        np.multiply(step, inverse_sd[:, b], out=every[:, :, lead:, :, b])
        before, prior = now[:, b], step


def _turned(by_night: Floats) -> Floats:
    """Turn (N, P, c) into (P, B, c, C)."""
    return _in_runs(by_night).transpose(2, 1, 3, 0)


def left_to_each_run(columns: Floats, steps: Steps) -> Floats:
    """Innovation (C, P, c, M) of the night before each run, of columns (P, N, c)."""
    patterns, _, width = columns.shape
    runs, chunk, _, shapes = steps.carry.shape
    share = np.empty((runs, chunk + 1, patterns, shapes))
    share[:, chunk] = 1.0  # of each night's part in the innovation of the run's last night
    for b in range(chunk - 1, 0, -1):
        np.multiply(share[:, b + 1], steps.carry[:, b], out=share[:, b])
    through = (share[:, 1] * steps.carry[:, 0])[:, :, None]
    share[:, 0] = 0.0
    share[:, :-1] -= steps.fading * share[:, 1:]
    window = np.zeros((runs, patterns, chunk + 1, width))
    window[:, :, 1:] = columns.reshape(patterns, runs, chunk, width).swapaxes(0, 1)
    window[1:, :, 0] = window[:-1, :, -1]
    own = window.swapaxes(2, 3) @ share.swapaxes(1, 2)  # (C, P, c, M)
    left = np.empty(own.shape)
    left[0] = 0.0
    for run in range(runs - 1):
        np.multiply(left[run], through[run], out=left[run + 1])
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
    t = -centre[used] / scale[used]
    tail = _beyond(t, df[used])  # each tail summed directly, so that small p-values stay exact
    mass = weight[used]
    n_rows = len(weight)
    below = np.bincount(used[0], mass * np.where(t < 0, tail, 1.0 - tail), n_rows)
    above = np.bincount(used[0], mass * np.where(t < 0, 1.0 - tail, tail), n_rows)
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
    mass, middle, spread, freedom = (np.tile(a, 2) for a in (mass, middle, spread, freedom))
    ends = middle + np.concatenate([-reach, reach])
    lower, upper = np.minimum.reduceat(ends, starts), np.maximum.reduceat(ends, starts)
    # a quantile of a mixture lies between the smallest and the largest of its parts' quantiles:
    # Halley steps run inside that bracket, and fall back on its middle when they would leave it
    target = np.concatenate([tail_of, 1.0 - tail_of])
    value = np.clip(np.concatenate([mean - half, mean + half]), lower, upper)
    # steps are cubic: after one of 5e-4 of the narrowest part the error is near 1e-11 of it
    close, closed = 5e-4 * np.minimum.reduceat(spread, starts), 1e-13 * np.tile(half, 2)
    height = np.exp(gammaln(0.5 * freedom + 0.5) - gammaln(0.5 * freedom))
    height *= mass / (np.sqrt(np.pi * freedom) * spread)
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
