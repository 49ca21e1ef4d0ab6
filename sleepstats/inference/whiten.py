"""Take the memory between nights out of every column, for all noise shapes at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sleepstats.arrays import Floats, Ints

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


_CHUNKS_OF = 8  # nights that follow each other in one run; all runs step together


def padded(n: int) -> int:
    """Nights with room to spare, so that many patterns of gaps have one length."""
    unit = 2 * _CHUNKS_OF if n < 512 else 4 * _CHUNKS_OF
    return -(-n // unit) * unit


def gaps_of(number: Ints, length: int) -> Floats:
    """Nights since the one before, up to ``length``; endless before the first and after the last.

    After an endless gap nothing is remembered: a column that is zero there stays zero.
    """
    gaps = np.full(length, np.inf)
    gaps[1 : len(number)] = np.diff(number)
    return gaps


@dataclass(frozen=True)
class Steps:
    """What the recursion does on every night of P patterns of gaps, for G noise shapes."""

    #: (P, B, U, C) decay since the night before, once for each of the U values of persistence;
    #: night ``c * B + b`` stands at [b, c].
    decay: Floats
    #: (P, B, G, C) what an innovation leaves to the next, and one over its standard deviation.
    carry: Floats
    inverse_sd: Floats
    #: (P, G)
    half_log_det: Floats

    def of(self, patterns: slice) -> Steps:
        """Return the steps of some of the patterns."""
        return Steps(
            self.decay[patterns],
            self.carry[patterns],
            self.inverse_sd[patterns],
            self.half_log_det[patterns],
        )


def noise_steps(gaps: Floats, phi: Floats, kappa: Floats) -> Steps:
    """Prepare the recursion for P patterns of gaps (P, N), N as :func:`padded` says."""
    seen, which = np.unique(gaps, return_inverse=True)
    decay = (phi ** seen[:, None])[which.reshape(gaps.shape).T]  # (N, P, G)
    variance = _innovation_variance(decay, kappa)
    before = np.concatenate([variance[:1], variance[:-1]])
    return Steps(
        decay=_in_chunks(decay[:, :, _firsts(phi)]),
        carry=_in_chunks(decay * kappa / before),
        inverse_sd=_in_chunks(1.0 / np.sqrt(variance)),
        half_log_det=0.5 * np.log(variance).sum(axis=0),
    )


def _in_chunks(by_night: Floats) -> Floats:
    """Turn (N, P, G) into (P, B, G, C): runs of B nights beside each other."""
    n, patterns, shapes = by_night.shape
    cut = by_night.reshape(n // _CHUNKS_OF, _CHUNKS_OF, patterns, shapes)
    return np.ascontiguousarray(cut.transpose(2, 1, 3, 0))


def _firsts(phi: Floats) -> Ints:
    """Where each value of persistence stands first: the first shape, then runs of one length."""
    run = len(ONE_NIGHT_SHARE)
    rest = phi[1:]
    if len(rest) % run or (rest.reshape(-1, run) != rest[::run, None]).any():
        run = 1
    return np.concatenate([[0], np.arange(1, len(phi), run)])


def whiten_patterns(columns: Floats, steps: Steps) -> Floats:
    """Whiten columns (P, N, c) of P patterns of gaps for all noise shapes: (P, G, c, N).

    The nights come out in the order of ``Steps``, on which no sum over nights depends.
    """
    # F' = 1 - a^2 (1 - 2 kappa) - (a kappa)^2 / F, e' = column' - a column + a (kappa / F) e with
    # a = phi**gap: nothing is imputed. Night by night that is N small steps; so the nights are cut
    # into runs of eight, what each run leaves to the next is found from its nights alone, and
    # then all runs step together
    (patterns, n, width), chunk = columns.shape, _CHUNKS_OF
    runs, shapes, values = n // chunk, steps.carry.shape[2], steps.decay.shape[2]
    each = (shapes - 1) // max(values - 1, 1)
    of_value = np.concatenate([[0], np.repeat(np.arange(1, values), each)])
    before = np.concatenate([np.zeros((patterns, 1, width)), columns[:, :-1]], axis=1)
    now, last = (
        np.ascontiguousarray(part.reshape(patterns, runs, chunk, width).transpose(0, 2, 3, 1))
        for part in (columns, before)
    )
    prior = _left_to_each_run(columns, before, steps, of_value)
    whitened = np.empty((patterns, shapes, width, chunk, runs))
    step = np.empty((patterns, shapes, width, runs))
    by_value = step[:, 1:].reshape(patterns, values - 1, each, width, runs)
    for b in range(chunk):
        new = now[:, b, None] - steps.decay[:, b, :, None] * last[:, b, None]
        np.multiply(prior, steps.carry[:, b, :, None], out=step)
        step[:, 0] += new[:, 0]
        by_value += new[:, 1:, None]
        np.multiply(step, steps.inverse_sd[:, b, :, None], out=whitened[:, :, :, b])
        prior = step
    return whitened.reshape(patterns, shapes, width, n)


def _left_to_each_run(columns: Floats, before: Floats, steps: Steps, of_value: Ints) -> Floats:
    """Innovation (P, G, c, C) of the night before each run."""
    (patterns, n, width), chunk = columns.shape, _CHUNKS_OF
    runs = n // chunk
    share = np.empty((patterns, chunk + 1, steps.carry.shape[2], runs))
    share[:, chunk] = 1.0  # of each night's part in the innovation of the run's last night
    for b in range(chunk - 1, 0, -1):
        np.multiply(share[:, b + 1], steps.carry[:, b], out=share[:, b])
    through = share[:, 1] * steps.carry[:, 0]
    decay = steps.decay[:, :, of_value]
    share[:, 0] = 0.0
    share[:, :-1] -= decay * share[:, 1:]
    window = np.empty((patterns, runs, chunk + 1, width))
    window[:, :, 0] = before.reshape(patterns, runs, chunk, width)[:, :, 0]
    window[:, :, 1:] = columns.reshape(patterns, runs, chunk, width)
    own = window.transpose(1, 0, 3, 2) @ share.transpose(3, 0, 1, 2)  # (C, P, c, G)
    kept = np.ascontiguousarray(through.transpose(2, 0, 1))[:, :, None]
    left = np.empty(own.shape)
    left[0] = 0.0
    for run in range(runs - 1):
        np.multiply(left[run], kept[run], out=left[run + 1])
        left[run + 1] += own[run]
    return np.ascontiguousarray(left.transpose(1, 3, 2, 0))


def whiten(columns: Floats, number: Ints, phi: Floats, kappa: Floats) -> tuple[Floats, Floats]:
    """Whiten columns (N, c) by Kalman innovations for G noise shapes; missing nights are gaps.

    Returns ``L^-1 columns`` as (G, c, N), ``L L'`` the error correlation, and half its log
    determinant (G,). Jones 1980, doi:10.1080/00401706.1980.10486171.
    """
    n, width = columns.shape
    length = padded(n)
    rows = np.zeros((1, length, width))
    rows[0, :n] = columns
    steps = noise_steps(gaps_of(number, length)[None], phi, kappa)
    whitened = whiten_patterns(rows, steps)[0]
    runs = whitened.reshape(len(phi), width, _CHUNKS_OF, -1).transpose(0, 1, 3, 2)
    return runs.reshape(len(phi), width, length)[:, :, :n], steps.half_log_det[0]


def _innovation_variance(decay: Floats, kappa: Floats) -> Floats:
    """One-step prediction variance of every night (N, P, G) when the marginal variance is one."""
    square = decay * decay
    fixed = 1.0 - square * (1.0 - 2.0 * kappa)
    fading = square * kappa**2
    variance = np.empty(decay.shape)
    before = np.ones(decay.shape[1:])
    for stays, fades, now in zip(fixed, fading, variance, strict=True):
        np.divide(fades, before, now)
        np.subtract(stays, now, now)
        before = now
    return variance
