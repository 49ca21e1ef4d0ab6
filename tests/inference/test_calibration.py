"""Does a nominal 5 % mean 5 %? 400 simulated diaries a cell, truth known, seeds fixed."""

import numpy as np
import pytest
from scipy import stats

from sleepstats.inference.controls import calendar_controls
from sleepstats.inference.gls import gls_slope

DIARIES = 400
NIGHTS = 60
WEEK = np.array([0, -0.1, 0, 0.1, 0.7, 0.8, -0.4])


def _blocks(rng: np.random.Generator) -> np.ndarray:
    """Yes/no evenings that stay as they are with probability 0.9."""
    changes = rng.random(NIGHTS) < 0.1
    return ((np.cumsum(changes) + rng.integers(2)) % 2).astype(float)


def _weekend_habit(rng: np.random.Generator) -> np.ndarray:
    weekend = np.isin(np.arange(NIGHTS) % 7, [4, 5])
    return (rng.random(NIGHTS) < np.where(weekend, 0.6, 0.12)).astype(float)


@pytest.mark.parametrize(
    ("cell", "phi", "effect"),
    [("numeric", 0.6, 0.3), ("blocks", 0.6, 0.5), ("weekend habit", 0.3, 0.5)],
)
def test_false_positives_and_coverage(persistent, cell: str, phi: float, effect: float) -> None:
    rng = np.random.default_rng([20, len(cell)])
    night = np.arange(NIGHTS)
    asked = found = covered = 0
    while asked < DIARIES:
        y = persistent(rng, NIGHTS, phi)
        if cell == "numeric":
            x = persistent(rng, NIGHTS, phi) + WEEK[night % 7] + 1.2 * night / NIGHTS
        elif cell == "blocks":
            x = _blocks(rng)
        else:
            x = _weekend_habit(rng)
            y = y * np.where(np.isin(night % 7, [4, 5]), 1.7, 1.0)
        y = y + WEEK[night % 7] + 1.2 * night / NIGHTS
        kept = np.sort(rng.permutation(NIGHTS)[:51])
        controls = calendar_controls(kept, kept % 7, NIGHTS)
        null = gls_slope(y[kept], x[kept], controls, kept)
        if null.reason:
            continue
        real = gls_slope((y + effect * x)[kept], x[kept], controls, kept)
        asked += 1
        found += null.pvalue < 0.05
        covered += real.low <= effect <= real.high
    few, many = stats.binom.ppf([0.0005, 0.9995], DIARIES, 0.05)
    assert few <= found <= many
    assert few <= DIARIES - covered <= many
