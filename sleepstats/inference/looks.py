"""One question asked at several planned looks: bounds, chances to end early, what it showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from sleepstats.arrays import Bools, Floats, Ints
from sleepstats.inference.randomisation import TIE, Compared, Randomised, compare, inverted

_TINY = 1e-300
#: The end of an interval next to zero, where no effect at all is what was found not to be.
_JUST = 1e-6
_WALKS = 10_000
_DOUBLINGS, _HALVINGS = 40, 17  # to a hundred-thousandth of the interval


def spent_by(shares: ArrayLike, alpha: float) -> Floats:
    """Error that may be spent by each look: ``2 - 2 Phi(z / sqrt(t))``, all of it at the end.

    Lan & DeMets 1983, doi:10.1093/biomet/70.3.659.
    """
    from scipy.special import ndtr, ndtri

    return np.asarray(2.0 * ndtr(ndtri(alpha / 2.0) / np.sqrt(np.asarray(shares, dtype=float))))


@dataclass(frozen=True)
class Crossings:
    """What became of each of m draws that all K looks are taken of."""

    #: (m,) the look at which it crossed, from 0; K if never.
    when: Ints
    #: (K,) the least size that crossed; infinite where none did.
    bounds: Floats
    #: (m, K) share of the draws that had crossed before, or are as large at this look.
    pvalues: Floats


def crossings_of(sizes: Floats, spent: Floats) -> Crossings:
    """Take each look's bound from the draws (m, K) that have not crossed earlier.

    A draw crosses where fewer than ``spent`` of all draws have crossed before it or are as large:
    so no more than that share ever does, however the sizes depend on one another.
    """
    many, looks = sizes.shape
    when = np.full(many, looks)
    bounds, pvalues = np.full(looks, np.inf), np.ones(sizes.shape)
    for look in range(looks):
        left = when == looks
        size = sizes[:, look]
        tie = TIE * max(float(size.max()), TIE)
        above = np.sort(size[left])
        as_large = len(above) - np.searchsorted(above, size - tie)
        pvalues[:, look] = (many - len(above) + as_large) / many
        # a p-value is a count over a count: what is spent exactly must not cross by rounding
        now = left & (pvalues[:, look] < spent[look] - 1e-12) & (size > tie)
        if now.any():
            when[now], bounds[look] = look, size[now].min()
    return Crossings(when, bounds, pvalues)


@lru_cache(maxsize=8)
def walks_of(information: tuple[float, ...]) -> Floats:
    """Draw z at looks that know so much each, without an effect: (20000, K), always the same."""
    from scipy.special import ndtri

    steps = np.sqrt(np.diff(np.asarray(information), prepend=0.0))
    # each step has every part of its range once, in an order of its own: as exact as many more
    places = np.tile(np.arange(_WALKS)[:, None], len(steps))
    places = np.random.default_rng(1).permuted(places, axis=0)
    draws = ndtri((places + 0.5) / _WALKS) * steps
    walks = np.cumsum(draws, axis=1) / np.sqrt(np.asarray(information))
    both: Floats = np.concatenate([walks, -walks])
    both.flags.writeable = False
    return both


@lru_cache(maxsize=64)
def _bound_at_end(shares: tuple[float, ...], alpha: float) -> float:
    return float(crossings_of(np.abs(walks_of(shares)), spent_by(shares, alpha)).bounds[-1])


def chance_left(
    z: ArrayLike, share: float, drift: float, shares: tuple[float, ...], alpha: float
) -> Floats:
    """Return the chance to end with a finding, seen z when ``share`` of all is known.

    ``drift`` is what z comes to at the end on average if there is the difference asked about, in
    either direction.
    """
    from scipy.special import ndtr

    bound = _bound_at_end(shares, alpha)
    so_far = np.abs(np.asarray(z, dtype=np.float64)) * np.sqrt(share)
    to_come = abs(drift) * (1.0 - share) - bound
    with np.errstate(divide="ignore", invalid="ignore"):  # where all is known it is 0 or 1
        return np.asarray(ndtr((so_far + to_come) / np.sqrt(1.0 - share)))


def walk_through(
    shares: tuple[float, ...], spent: Floats, drift: Floats, asked: float, hardly: float
) -> tuple[Floats, Floats, float]:
    """Return the chances to end at each look with a finding and without, and what looks take.

    ``drift`` is z at each look on average; without a finding it ends where what comes to ``asked``
    at the end would be found with a chance below ``hardly``.
    """
    walks = walks_of(shares)
    sizes = np.abs(walks)
    alpha = float(spent[-1])
    z = walks + drift
    found = np.abs(z) >= crossings_of(sizes, spent).bounds
    over = found.copy()
    for look, share in enumerate(shares[:-1] if asked else ()):
        over[:, look] |= chance_left(z[:, look], share, asked, shares, alpha) < hardly
    over[:, -1] = True
    last = over.argmax(axis=1)
    by = found[np.arange(len(z)), last]
    at_end = np.sort(sizes[:, -1])[-int(alpha * len(walks))]
    ends = [np.bincount(last[which], minlength=len(shares)) / len(z) for which in (by, ~by)]
    return ends[0], ends[1], float((np.abs(z[:, -1]) >= at_end).mean() - by.mean())


def compare_looks(
    y: Floats, x: Bools, schedules: Bools, controls: Sequence[Floats], number: Ints, *,
    everything: bool = False, final: bool = True,
) -> list[Compared]:  # fmt: skip
    """Set an outcome beside schedules at looks: the first N_j nights for controls (N_j, k_j)."""
    if not everything:
        schedules = np.concatenate([x[None, :], schedules])
    looks: list[Compared] = []
    for z in reversed(controls):  # the last first: all are measured by its scale
        n = len(z)
        scale = 0.0 if not looks or looks[-1].reason else looks[-1].scale
        # before the end few schedules may do: with too few of them nothing crosses
        least = {} if final and not looks else {"least": 1}
        one = compare(y[:n], x[:n], schedules[:, :n], z, number[:n], scale=scale, **least)
        looks.insert(0, one)
    return looks


def looks_test(
    looks: Sequence[Compared], *, shares: tuple[float, ...], level: float = 0.95,
    asked: float = 0.0, hardly: float = 0.0,
) -> Randomised:  # fmt: skip
    """Test at the last of the looks reached; each bound comes from re-drawn schedules.

    ``shares`` of the nights are over at all planned looks; where an effect of ``asked`` would be
    found with a chance below ``hardly``, it is answered as at the last one.
    """
    last = looks[-1]
    if last.reason:
        return inverted(last, level)
    # at a look too early for its controls nothing can cross: its sizes are zeros
    sizes = np.abs(np.column_stack([look.a for look in looks]))
    crossings = crossings_of(sizes, spent_by(shares, 1.0 - level)[: len(looks)])
    # the schedule carried out, or one that is the same on the nights used
    place = int(np.argmin(np.abs(last.c - last.c_done) + np.abs(last.a - last.a_done)))
    when = int(crossings.when[place])
    crossed = when + 1 if when < len(looks) else 0
    found, left = inverted(last, level), float("nan")
    share = shares[len(looks) - 1]
    if asked and share < 1.0:
        error = float(np.nanstd(found.others))
        drift = asked / (error * np.sqrt(share))
        left = float(chance_left(found.estimate / error, share, drift, shares, 1.0 - level))
    # going on, the interval is what the look's own bound leaves (Jennison & Turnbull 1989)
    if not crossed and share < 1.0 and not left < hardly:
        beyond = float((sizes[:, -1] >= crossings.bounds[-1] - TIE).mean())
        found = inverted(last, 1.0 - max(beyond, 1.0 / len(sizes)))
    elif not 0 < crossed < len(looks) or found.low <= 0.0 <= found.high:
        # one that went on all the same knows more than at its crossing, unless it lost it again
        found = _by_stages(looks[: crossed or None], crossings.bounds, level)
        if 0 < crossed < len(shares):
            found = _after_crossing(found, looks[:crossed], crossings.bounds, level)
    pvalue = float(crossings.pvalues[place, min(when, len(looks) - 1)])
    return replace(found, pvalue=pvalue, crossed=crossed, left=left)


def _after_crossing(
    found: Randomised, looks: Sequence[Compared], bounds: Floats, level: float
) -> Randomised:
    """Move the end that is nearer to zero: chance helped the trials that cross at this look.

    No more than ``1 - level`` of them would miss the truth: Fan & DeMets 2006,
    doi:10.1002/sim.2461.
    """
    able = [(look, bound) for look, bound in zip(looks, bounds, strict=False) if not look.reason]
    knows = np.array([look.c_done for look, _ in able])
    # more is known at each look than before; gaps may make it a little less
    walks = walks_of(tuple(float(one) for one in np.round(np.maximum.accumulate(
        (knows / knows[-1]) ** 2 + 1e-6 * np.arange(len(knows))), 6)))  # fmt: skip
    last = looks[-1]
    freedom = np.array([max(look.n - look.k - 1, 1) for look, _ in able])
    squares = np.array([look.square for look, _ in able])
    at = np.array([bound for _, bound in able])
    at = np.where(np.isfinite(at), at, 0.0)
    limits = at * np.sqrt(freedom / np.maximum(squares - at**2, _TINY))
    limits = np.where(at > 0.0, limits, np.inf)
    seen = abs(last.a_done) * np.sqrt(freedom[-1] / max(last.square - last.a_done**2, _TINY))
    error = np.sqrt((last.square - last.a_done**2) / freedom[-1]) / last.c_done

    far = abs(found.high if last.a_done > 0 else found.low) / (error * last.scale) - seen

    def missed(shift: float) -> float:
        """Share of the trials ending here whose interval would miss this, at either end."""
        z = walks + shift * knows / knows[-1]
        here = (np.abs(z[:, :-1]) < limits[:-1]).all(axis=1) & (np.abs(z[:, -1]) >= limits[-1])
        beyond = here & ((z[:, -1] >= seen) | (z[:, -1] <= shift - far))
        return float(beyond.sum()) / max(float(here.sum()), 1.0)

    low, high = 0.0, seen
    for _ in range(_HALVINGS):
        half = (low + high) / 2.0
        low, high = (low, half) if missed(half) >= 1.0 - level else (half, high)
    near = max(low, _JUST * seen) * float(error) * last.scale
    if last.a_done > 0:
        near, far = min(near, found.low), found.high
        return replace(found, estimate=(near + far) / 2.0, low=near)
    near, far = max(-near, found.high), found.low
    return replace(found, estimate=(near + far) / 2.0, high=near)


def _by_stages(looks: Sequence[Compared], bounds: Floats, level: float) -> Randomised:
    """Replace estimate and interval: earlier crossings are the more extreme.

    Effects for which what was seen is not among the ``1 - level`` most extreme, and their median:
    Tsiatis, Rosner & Mehta 1984, doi:10.2307/2530924.
    """
    last = looks[-1]
    tail = (1.0 - level) / 2.0 - 1e-12
    low, high = (
        sign * last.scale * _end_by_stages(looks, bounds, sign, tail) for sign in (1.0, -1.0)
    )
    middle = last.scale * _end_by_stages(looks, bounds, 1.0, 0.5)
    estimate = float(np.clip(middle, low, high))
    return replace(inverted(last, level), estimate=estimate, low=low, high=high)


def _end_by_stages(looks: Sequence[Compared], bounds: Floats, sign: float, share: float) -> float:
    """Return the effect, of y or its mirror image, from which so many schedules do as much."""
    last = looks[-1]
    step = float(np.sqrt(last.square / max(last.n - last.k, 1))) / last.c_done
    # zero is one end of the search, so that the interval says what the test says
    above = _as_extreme(looks, bounds, sign, 0.0) < share
    near, far = 0.0, step if above else -step
    for _ in range(_DOUBLINGS):
        if (_as_extreme(looks, bounds, sign, far) < share) != above:
            break
        near, far = far, 2.0 * far
    else:
        return float(np.copysign(np.inf, far))
    low, high = min(near, far), max(near, far)
    for _ in range(_HALVINGS):
        half = (low + high) / 2.0
        enough = _as_extreme(looks, bounds, sign, half) >= share
        low, high = (low, half) if enough else (half, high)
    return low


def _as_extreme(looks: Sequence[Compared], bounds: Floats, sign: float, effect: float) -> float:
    """Return the share of schedules that, with this effect, end as high or higher than was seen."""
    # each schedule and its mirror image: without an effect the two are one another's negative, so
    # that the share is half that of the two-sided test, and the interval says what the test says
    going = np.ones((2, len(looks[0].a)), dtype=bool)
    up = np.zeros_like(going)
    for look, bound in zip(looks[:-1], bounds, strict=False):
        if not look.reason and np.isfinite(bound):
            size = _size_if(look, sign, effect)
            up |= going & (size >= bound - TIE)
            going &= np.abs(size) < bound - TIE
    last = looks[-1]
    up |= going & (_size_if(last, sign, effect) >= sign * last.a_done - TIE)
    return float(up.mean())


def _size_if(look: Compared, sign: float, effect: float) -> Floats:
    """Return what schedules and their mirror images would have shown, had they this effect."""
    # y_s = y - c x_o + c x_s. Not divided by what is left of y, which a supposed effect that is
    # far off would make large
    rest = sign * look.a - effect * look.c
    shift = effect * look.length
    sizes: Floats = np.empty((2, len(rest)))
    np.add(shift, rest, out=sizes[0])
    np.subtract(shift, rest, out=sizes[1])
    return sizes
