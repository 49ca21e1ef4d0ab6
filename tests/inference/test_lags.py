"""The last three evenings of one habit at once: one p-value that keeps its size."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.inference import gls_joint
from sleepstats.inference.guards import calendar_controls

DIARIES = 300


def series(rng, n, rho):
    """Unit-variance AR(1)."""
    made = rng.normal(size=n)
    for night in range(1, n):
        made[night] = rho * made[night - 1] + np.sqrt(1 - rho * rho) * made[night]
    return made


def three_evenings(rng, habit, outcome, *, missing=0.1):
    """Ask about this evening and the two before it, on nights where all three are known."""
    n = len(habit)
    number = np.arange(n)
    lags = np.column_stack([np.r_[np.full(lag, np.nan), habit[: n - lag]] for lag in range(3)])
    lags[rng.random(lags.shape) < missing / 3] = np.nan
    used = np.isfinite(lags).all(axis=1)
    controls = calendar_controls(number, number % 7, n, used=used)
    return gls_joint(outcome[used], lags[used], controls[used], number[used])


@pytest.mark.parametrize("kind", ["number", "yes/no"])
def test_three_evenings_of_a_lasting_habit_keep_their_size(kind):
    """Null diaries of 90 nights with lasting habit and noise; binomial 99.9 % of 5 and 50 %."""
    rng = np.random.default_rng(20240312)
    p = np.empty(DIARIES)
    for place in range(DIARIES):
        habit = series(rng, 90, 0.6)
        habit = (habit > 0.4).astype(float) if kind == "yes/no" else habit
        outcome = series(rng, 90, 0.4) + 0.5 * rng.normal(size=90)
        test = three_evenings(rng, habit, outcome)
        assert test.df1 == 3
        p[place] = test.pvalue
    for level in (0.05, 0.5):
        low, high = stats.binom.ppf([0.0005, 0.9995], DIARIES, level)
        assert low <= (p < level).sum() <= high


def test_an_evening_before_the_last_is_seen_by_the_joint_test():
    """Simulated truth: only the evening before the last matters, 0.5 SD per SD."""
    rng = np.random.default_rng(6)
    habit = series(rng, 150, 0.3)
    outcome = np.r_[0.0, 0.5 * habit[:-1]] + rng.normal(size=150)
    assert three_evenings(rng, habit, outcome).pvalue < 0.01


def test_a_night_that_its_own_evenings_fit_wholly_has_the_least_freedom() -> None:
    # habit of the last three evenings, week and drift: one night has evenings like no other, its
    # leverage is 1, and the terms of the degrees of freedom cancel to nothing there. By hand: what
    # rests on one night has no freedom, so two of the evenings have not enough nights
    noted = "n" * 8 + "-" + "n" * 30 + "yy------y-yyyyyyyy-yy"
    index = pd.date_range("2024-01-04", periods=len(noted), name="night")
    slept = 430 + 55 * np.random.default_rng(0).normal(size=len(noted))
    nights = pd.DataFrame({"tst_min": slept, "late": [mark == "y" for mark in noted]}, index)
    nights = nights[[mark != "-" for mark in noted]]
    told = ss.associate(nights, outcome="tst_min", factor="late", lag=(0, 1, 2))  # no warning
    assert " ".join(str(told).split()).count("not enough nights to say") == 2
