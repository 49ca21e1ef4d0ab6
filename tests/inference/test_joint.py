"""The joint test against dense matrices and plain analysis of variance."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.inference import gls_joint, gls_slope
from sleepstats.inference.guards import calendar_controls


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agrees_with_dense_matrices(gappy, dense_joint, seed: int) -> None:
    diary = gappy(seed, 80, 0.6, 0.4)
    controls = calendar_controls(diary.number, diary.weekday, diary.span)
    got = gls_joint(diary.y[:, 0], diary.x, controls, diary.number)
    want = dense_joint(diary.y[:, 0], diary.x, controls, diary.number)
    assert (got.df1, got.df2, got.reason) == (4, want.df2, "")
    assert got.fvalue == pytest.approx(want.fvalue, rel=1e-8)
    assert got.pvalue == pytest.approx(want.pvalue, rel=1e-7, abs=1e-10)


def test_one_column_is_the_slope_with_the_model_variance(golden: SimpleNamespace) -> None:
    joint = gls_joint(golden.y, golden.x[:, None], golden.controls, golden.number)
    slope = gls_slope(golden.y, golden.x, golden.controls, golden.number, se="model")
    assert joint.pvalue == pytest.approx(slope.pvalue, rel=1e-3)  # one-sided sums against |t|
    assert (joint.df1, joint.df2, joint.n) == (1, 42, 51)


def test_a_strong_factor_is_found_as_by_analysis_of_variance() -> None:
    rng = np.random.default_rng(4)
    level = rng.integers(0, 3, size=200)
    y = rng.normal(size=200) + 0.6 * (level == 2)
    columns = np.column_stack([level == 1, level == 2]).astype(float)
    got = gls_joint(y, columns, np.ones((200, 1)), np.arange(200))
    want = sm.OLS(y, sm.add_constant(columns)).fit()
    assert got.fvalue == pytest.approx(want.fvalue, rel=0.1)


def test_repeated_columns_do_not_count(golden: SimpleNamespace) -> None:
    once = gls_joint(golden.y, golden.x[:, None], golden.controls, golden.number)
    again = gls_joint(
        golden.y,
        np.column_stack([golden.x, 1 - golden.x, golden.controls[:, 2]]),
        golden.controls,
        golden.number,
    )
    assert again.df1 == 1
    assert again.pvalue == pytest.approx(once.pvalue, rel=1e-9)


def test_row_order_changes_nothing(gappy) -> None:
    diary = gappy(5, 60, 0.3, 0.2)
    controls = np.ones((len(diary.number), 1))
    plain = gls_joint(diary.y[:, 0], diary.x, controls, diary.number)
    order = np.random.default_rng(0).permutation(len(diary.number))
    mixed = gls_joint(diary.y[order, 0], diary.x[order], controls, diary.number[order])
    assert mixed.pvalue == pytest.approx(plain.pvalue, rel=1e-10)


def test_refusals(golden: SimpleNamespace) -> None:
    inside = gls_joint(golden.y, golden.controls[:, 1:3], golden.controls, golden.number)
    assert (inside.reason, inside.df1) == ("constant given the controls", 0)
    assert np.isnan(inside.pvalue)
    flat = gls_joint(np.full(51, 7.0), golden.x[:, None], golden.controls, golden.number)
    assert flat.reason == "outcome constant"
    rng = np.random.default_rng(7)
    few = gls_joint(rng.normal(size=9), rng.normal(size=(9, 4)), np.ones((9, 1)), np.arange(9))
    assert few.reason == "too few nights"


def test_missing_values_are_named(golden: SimpleNamespace) -> None:
    y = golden.y.copy()
    y[0] = np.nan
    with pytest.raises(DiaryError, match="Y holds 1 values that are missing or infinite"):
        gls_joint(y, golden.x[:, None], golden.controls, golden.number)


@pytest.mark.parametrize("drift", [0.0, 0.3])
@pytest.mark.parametrize("seed", [0, 1])
def test_an_outcome_that_kinds_tell_wholly_is_answered(drift, seed):
    """By construction: 420 min with tea, 450 with milk, 400 with water, and nothing else."""
    kind = np.random.default_rng(seed).choice(["tea", "milk", "water"], 60)
    slept = pd.Series(kind).map({"tea": 420.0, "milk": 450.0, "water": 400.0}).to_numpy()
    index = pd.date_range("2026-01-05", periods=60, name="night")
    nights = pd.DataFrame({"tst_min": slept + drift * np.arange(60), "drink": kind}, index)
    one = ss.associate(nights, outcome="tst_min", factor="drink")
    assert one.pvalue < 1e-12
    for beside in (False, True):
        (row,) = ss.correlate(nights, outcomes="tst_min", beside=beside).to_dict("records")
        assert (row["status"], row["pvalue"] < 1e-12) == ("found", True)
