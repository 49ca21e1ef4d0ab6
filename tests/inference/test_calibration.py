"""Does a nominal 5 % mean 5 %? 400 simulated diaries a cell, truth known, seeds fixed."""

import numpy as np
import pytest
from scipy import stats

from sleepstats.inference import Slope, gls_slope
from sleepstats.inference.guards import calendar_controls

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
    weekend = np.isin(night % 7, [4, 5])
    calendar = WEEK[night % 7] + 1.2 * night / NIGHTS

    def diary(true_slope: float) -> Slope:
        y = persistent(rng, NIGHTS, phi)
        if cell == "numeric":
            x = persistent(rng, NIGHTS, phi) + calendar
        elif cell == "blocks":
            x = _blocks(rng)
        else:
            x = _weekend_habit(rng)
            y = y * np.where(weekend, 1.7, 1.0)
        y = y + calendar + true_slope * x
        kept = np.sort(rng.permutation(NIGHTS)[:51])
        controls = calendar_controls(kept, kept % 7, NIGHTS)
        return gls_slope(y[kept], x[kept], controls, kept)

    def answered(true_slope: float) -> list[Slope]:
        slopes: list[Slope] = []
        while len(slopes) < DIARIES:
            slope = diary(true_slope)
            slopes += [slope] if not slope.reason else []
        return slopes

    found = sum(slope.pvalue < 0.05 for slope in answered(0.0))
    missed = sum(not slope.low <= effect <= slope.high for slope in answered(effect))
    few, many = stats.binom.ppf([0.0005, 0.9995], DIARIES, 0.05)
    assert few <= found <= many
    assert few <= missed <= many
