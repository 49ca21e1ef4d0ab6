"""Where an oracle that knows the noise is ahead: what was tried, on the same diaries.

    python benchmarks/tried.py --diaries 300        the tables of benchmarks/tried.md

Invented diaries with fixed seeds: a rare habit (8 % of evenings, 0.7 SD), streaks (persistence 0.7,
0.5 SD) and a number (0.3 SD per SD) under four kinds of noise, and with noise that is larger on
nights with the habit or at weekends. Each is asked by the engine as it is, with other variances
(`model`, and mixtures of it with HC2 that count as so many nights), with other priors on
persistence, and by an oracle that is told the noise. Nothing here is used by the package.
"""

from __future__ import annotations

import argparse
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np
from calibration import DRIFT, WEEK_Y, persistent, present

from sleepstats.inference.evidence import weigh_patterns
from sleepstats.inference.guards import (
    calendar_controls,
    control_basis,
    off_modal,
    standardised,
    without_controls,
)
from sleepstats.inference.whiten import mixture_pvalue, noise_grid, whiten

SEED = 20261130
NIGHTS = (30, 60, 120)
NOISES = {"white": (0.0, 0.0), "0.3": (0.3, 0.0), "0.6": (0.6, 0.0), "0.8 + white": (0.8, 0.5)}
UNEVEN = ("habit nights twice", "weekends 1.7 times")
EFFECTS = {"rare": 0.7, "streaks": 0.5, "number": 0.3}
BORROWED = (3.0, 8.0)

Array = np.ndarray
Rng = np.random.Generator


def factors(rng: Rng, n: int) -> dict[str, Array]:
    """Return the three factors of one diary."""
    return {
        "rare": (rng.random(n) < 0.08).astype(float),
        "streaks": (persistent(rng, n, 0.7) > 0.0).astype(float),
        "number": persistent(rng, n, 0.3),
    }


def ways(y: Array, x: Array, z: Array, number: Array) -> dict[str, Array]:
    """p-values of two outcomes (N, 2) in every way, the oracle's left out."""
    basis = control_basis(z)
    left_y, _ = standardised(without_controls(y, basis))
    left_x, _ = standardised(without_controls(x[:, None], basis))
    columns = np.concatenate([basis, left_x, left_y], axis=1)
    pair = np.arange(y.shape[1]), np.zeros(y.shape[1], dtype=int)
    asked = [columns], [number], [pair], basis.shape[1], 1
    told, trusting = (next(weigh_patterns(*asked, robust=robust)) for robust in (True, False))
    weight = told.weight.T
    slope, robust, df = told.slope.T, told.variance.T, told.df.T
    model, spare = trusting.variance.T, trusting.df.T
    grid = noise_grid()
    ways = {
        "as it is": (weight, robust, df),
        "model": (weight, model, spare),
    }
    for nights in BORROWED:
        share = nights / (nights + df)
        ways[f"borrowed {nights:g}"] = (weight, share * model + (1 - share) * robust, df + nights)
    priors = {
        "prior flat": -np.log(0.1 + np.maximum(grid.phi, 0)) + np.log1p(-np.abs(grid.phi)),
        "prior less near 1": np.log1p(-np.abs(grid.phi)),
        "white as likely as all": np.where(grid.phi == 0, np.log(8.0), 0.0),
    }
    for name, change in priors.items():
        other = weight * np.exp(change)
        ways[name] = (other / other.sum(axis=1, keepdims=True), robust, df)
    return {name: mixture_pvalue(w, slope, np.sqrt(v), f) for name, (w, v, f) in ways.items()}


def oracle(y: Array, x: Array, z: Array, number: Array, noise: tuple[float, float]) -> Array:
    """p-values by least squares after the true noise is taken out."""
    from scipy import stats

    basis = control_basis(z)
    columns = np.column_stack([basis, x, y])
    clean = whiten(columns, number, *(np.array([value]) for value in noise))[0][0]
    design, outcomes = clean[: -y.shape[1]].T, clean[-y.shape[1] :].T
    slopes, left = np.linalg.lstsq(design, outcomes, rcond=None)[:2]
    spare = len(y) - design.shape[1]
    error = np.sqrt(left / spare * np.linalg.inv(design.T @ design)[-1, -1])
    return 2 * stats.t.sf(np.abs(slopes[-1] / error), spare)


def count(n: int, noise: str, uneven: str, diaries: int) -> dict[tuple[str, str], Array]:
    """Count false and true findings by factor and way, and of how many."""
    rng = np.random.default_rng([SEED, n, list(NOISES).index(noise), len(uneven)])
    counts: dict[tuple[str, str], Array] = {}
    for _ in range(diaries):
        weekday = (np.arange(n) + rng.integers(7)) % 7
        phi, kappa = NOISES[noise]
        errors = persistent(rng, n, phi)
        if kappa:
            errors = np.sqrt(1 - kappa) * errors + np.sqrt(kappa) * rng.normal(size=n)
        kept = present(rng, n)
        number = np.flatnonzero(kept) - np.flatnonzero(kept)[0]
        z = calendar_controls(number, weekday[kept], int(number[-1]) + 1)
        for name, x in factors(rng, n).items():
            if off_modal(x[kept]) < 3:
                continue
            loud = {"habit nights twice": x > 0.5, "weekends 1.7 times": np.isin(weekday, [4, 5])}
            times = {"habit nights twice": 2.0, "weekends 1.7 times": 1.7}
            own = errors * np.where(loud[uneven], times[uneven], 1.0) if uneven else errors
            y = own + WEEK_Y[weekday] + DRIFT * np.arange(n) / n
            both = np.column_stack([y, y + EFFECTS[name] * x])[kept]
            told = ways(both, x[kept], z, number)
            told["oracle"] = oracle(both, x[kept], z, number, NOISES[noise])
            for way, p in told.items():
                found = counts.setdefault((name, way), np.zeros(3))
                found += [p[0] < 0.05, p[1] < 0.05, 1]
    return counts


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--diaries", type=int, default=300, help="of each cell")
    diaries = parser.parse_args().diaries
    print("| n | factor | way | false, even noise: mean (worst of 4) | found | false, habit nights "
          "twice as variable | false, weekends 1.7 times |")  # fmt: skip
    print("| ---: | --- | --- | ---: | ---: | ---: | ---: |")
    for n in NIGHTS:
        even = [count(n, noise, "", diaries) for noise in NOISES]
        odd = [count(n, "0.3", uneven, 2 * diaries) for uneven in UNEVEN]
        for name, way in even[0]:
            rates = np.array([100 * one[name, way][:2] / one[name, way][2] for one in even])
            false = [100 * one[name, way][0] / one[name, way][2] for one in odd]
            print(f"| {n} | {name} | {way} | {rates[:, 0].mean():.1f} ({rates[:, 0].max():.1f}) | "
                  f"{rates[:, 1].mean():.1f} | {false[0]:.1f} | {false[1]:.1f} |",
                  flush=True)  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
