"""Effective-sample correlation: golden diary, a plain loop, scipy where nights are independent."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from sleepstats.errors import DiaryError
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.information import (
    _LADDER,
    effective_correlation,
    effective_correlations,
)


def _by_loop(
    x: np.ndarray, y: np.ndarray, controls: np.ndarray, number: np.ndarray, span: int
) -> tuple[float, float]:
    """r and n_eff from the definition, lag by lag and pair by pair."""
    x, y = (v - controls @ np.linalg.lstsq(controls, v, rcond=None)[0] for v in (x, y))
    n, k = controls.shape
    at = {int(night): place for place, night in enumerate(number)}
    most = max(2, span // 4)
    total = 0.0
    for lag in range(1, most + 1):
        pairs = [(place, at[night + lag]) for night, place in at.items() if night + lag in at]
        if not pairs:
            continue
        a_x = np.mean([x[i] * x[j] for i, j in pairs]) / np.mean(x * x)
        a_y = np.mean([y[i] * y[j] for i, j in pairs]) / np.mean(y * y)
        total += (1 - lag / (most + 1)) * a_x * a_y
    return float(np.corrcoef(x, y)[0, 1]), max(4.5, (n - k + 1) / max(1, 1 + 2 * total))


def test_golden_diary_with_controls(golden: SimpleNamespace) -> None:
    # numbers: computed for the project by an independent prototype
    got = effective_correlation(golden.x, golden.y, golden.controls, golden.number, golden.span)
    assert got.r == pytest.approx(0.512225, abs=5e-7)
    assert got.n_eff == pytest.approx(12.931919, abs=5e-7)
    assert got.low == pytest.approx(-0.056115, abs=5e-7)
    assert got.high == pytest.approx(0.829851, abs=5e-7)
    assert (got.n, got.k, got.reason) == (51, 8, "")


def test_golden_diary_raw(golden: SimpleNamespace) -> None:
    ones = np.ones((51, 1))
    got = effective_correlation(golden.x, golden.y, ones, golden.number, golden.span)
    assert got.r == pytest.approx(0.418979, abs=5e-7)
    assert got.n_eff == pytest.approx(18.708420, abs=5e-7)
    assert got.pvalue == pytest.approx(0.076816, abs=1e-6)
    # what a reader of scipy would have been told
    assert stats.pearsonr(golden.x, golden.y).pvalue == pytest.approx(0.002213, abs=5e-7)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_pair_equals_the_plain_loop(gappy, seed: int) -> None:
    diary = gappy(seed, 40 + 30 * seed, 0.6, 0.3)
    controls = calendar_controls(diary.number, diary.weekday, diary.span)
    table = effective_correlations(diary.y, diary.x, controls, diary.number, diary.span)
    for row, col in np.ndindex(2, 4):
        r, n_eff = _by_loop(diary.x[:, col], diary.y[:, row], controls, diary.number, diary.span)
        assert table.r[row, col] == pytest.approx(r, abs=1e-12)
        assert table.n_eff[row, col] == pytest.approx(n_eff, rel=1e-10)


def test_few_nights_far_apart_have_lags_without_pairs() -> None:
    number = np.array([0, 50, 51, 100, 101, 102, 150, 200])
    x, y = np.sin(number), np.cos(3 * number)
    got = effective_correlation(x, y, np.ones((8, 1)), number, 201)
    r, n_eff = _by_loop(x, y, np.ones((8, 1)), number, 201)
    assert (got.r, got.n_eff) == pytest.approx((r, n_eff))


def test_spearman_is_scipys_with_a_wider_interval(gappy) -> None:
    diary = gappy(6, 90, 0.2, 0.5)
    ones = np.ones((len(diary.number), 1))
    x, y = diary.x[:, 3], diary.y[:, 0]
    got = effective_correlation(x, y, ones, diary.number, diary.span, method="spearman")
    assert got.r == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    error = np.sqrt((1 + got.r**2 / 2) / (got.n_eff - 3))
    want = np.tanh(np.arctanh(got.r) + stats.norm.ppf(0.975) * error)
    assert got.high == pytest.approx(want)


def test_alternating_series_are_never_worth_more_nights_than_recorded() -> None:
    night = np.arange(40)
    x = (-1.0) ** night
    y = np.sin(night * 2.0)
    assert effective_correlation(x, y, np.ones((40, 1)), night, 40).n_eff <= 40


def test_order_scale_and_first_night_change_nothing(golden: SimpleNamespace) -> None:
    plain = effective_correlation(golden.x, golden.y, golden.controls, golden.number, 60)
    order = np.random.default_rng(1).permutation(51)
    moved = effective_correlation(
        3 + 2 * golden.x[order],
        golden.y[order] / 60 - 7,
        golden.controls[order],
        golden.number[order] + 12,
        60,
    )
    for name in ("r", "low", "high", "n_eff", "pvalue"):
        assert getattr(moved, name) == pytest.approx(getattr(plain, name), rel=1e-9)


def test_refusals(golden: SimpleNamespace) -> None:
    rare = np.zeros(51)
    rare[4] = 1
    table = effective_correlations(
        np.column_stack([golden.y, np.ones(51)]),
        np.column_stack([golden.x, rare, golden.controls[:, 1]]),
        golden.controls,
        golden.number,
        60,
    )
    assert table.reason.tolist() == [
        ["", "one side too rare", "constant given the controls"],
        ["outcome constant", "one side too rare", "constant given the controls"],
    ]
    assert np.isnan(table.r[table.reason != ""]).all()
    assert np.isnan(table.n_eff[table.reason != ""]).all()


def test_wrong_options_are_named(golden: SimpleNamespace) -> None:
    with pytest.raises(DiaryError) as caught:
        effective_correlation(
            golden.x, golden.y, golden.controls, golden.number, 60, method="kendall", level=0
        )
    assert caught.value.problems == (
        "level: 0 is not between 0 and 1. Write 0.95 for 95 %.",
        "method: 'kendall' is not known. Write 'pearson' or 'spearman'.",
    )


def test_information_is_known_on_both_sides_of_every_step_of_the_controls() -> None:
    """Between its rungs it is interpolated; a column more at 45, 90 and 135, and all six at 130."""
    width = {
        n: calendar_controls(np.arange(n), np.arange(n) % 7, n).shape[1] for n in range(30, 170)
    }
    steps = [n for n in range(31, 170) if width[n] != width[n - 1]]
    assert steps == [45, 90, 130, 135]
    assert {rung for n in steps for rung in (n - 1, n)} <= set(_LADDER)
