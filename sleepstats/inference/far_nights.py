"""Nights far from what one would expect count up to a limit: an all-nighter decides no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sleepstats.arrays import Bools, Floats
from sleepstats.inference.guards import Cleared, column_reasons, control_basis, without_controls

#: A night counts as far as so many standard deviations of ordinary nights, and no farther.
LIMIT_SD = 2.0
#: Outcomes of few values, such as ratings, have no far nights: more values than this, and none of
#: them on a larger share of the nights.
MOST_STEPS, LARGEST_SHARE = 11, 0.25
_MOST_ROUNDS = 60
_SETTLED = 3  # rounds after which the limit stays
_STILL = 1e-8  # of the limit: what moves less stands
_OF_MEDIAN = 1.482602218505602  # of normal errors: their SD over the median of their size


def bring_in(outcomes: Floats, left_x: Floats, basis: Floats) -> Floats:
    """Return (N, q, p) what each of q outcomes counts for when each of p factors is asked about.

    Huber's estimate by modified residuals: around orthonormal controls (N, k) and the factor that
    they leave (N, p), residuals beyond ``LIMIT_SD`` robust standard deviations are moved to that
    limit, and all are divided by the share within, so that the engine's slope and variance are of
    that estimate. Outcomes without such a night come back as they are.
    Huber 1973, doi:10.1214/aos/1176342503; Welsch 1975 (modified residuals).
    """
    length = np.sqrt((left_x * left_x).sum(axis=0))
    along = (left_x / np.where(length > 0, length, np.inf)).T
    told = np.repeat(outcomes[:, :, None], len(along), axis=2)
    fine = finely_told(outcomes)
    if fine.any() and len(along):
        raw = outcomes[:, np.repeat(np.flatnonzero(fine), len(along))].T
        spare = len(outcomes) - basis.shape[1] - 1
        counted = _huber(raw, np.tile(along, (int(fine.sum()), 1)), basis.T, spare)
        told[:, fine] = counted.T.reshape(len(outcomes), -1, len(along))
    return told


def what_counts(
    nights: Cleared, cells: Sequence[tuple[int, int]]
) -> tuple[Cleared, list[tuple[int, int]]]:
    """Return nights with the outcomes brought in behind those as they are, and each cell there.

    Cells are pairs of outcome (of q) and factor (of p); most count differently beside each.
    """
    told = bring_in(nights.outcomes, nights.left_x, nights.basis)
    same = (told == nights.outcomes[:, :, None]).all(axis=0)
    own = list(dict.fromkeys(cell for cell in cells if not same[cell]))
    if not own:
        return nights, list(cells)
    row = {cell: nights.outcomes.shape[1] + place for place, cell in enumerate(own)}
    counted = np.column_stack([told[:, q, p] for q, p in own])
    left = without_controls(counted, nights.basis)
    codes = column_reasons(counted, left, len(counted) - nights.basis.shape[1] - 1)
    more = replace(
        nights,
        outcomes=np.concatenate([nights.outcomes, counted], axis=1),
        left_y=np.concatenate([nights.left_y, left], axis=1),
        of_y=np.concatenate([nights.of_y, codes]),
    )
    return more, [(row.get(cell, cell[0]), cell[1]) for cell in cells]


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
