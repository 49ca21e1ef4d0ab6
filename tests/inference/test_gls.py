"""Slopes: golden diary, dense-matrix oracle, invariances, refusals."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sleepstats.errors import DiaryError
from sleepstats.inference import Slope, gls_slope, gls_slopes
from sleepstats.inference.guards import calendar_controls

FIELDS = ("estimate", "low", "high", "pvalue", "df", "phi", "kappa")


def test_golden_diary_to_six_digits(golden: SimpleNamespace) -> None:
    # numbers: two independent implementations (Kalman and dense Cholesky) made for the project
    slope = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    assert isinstance(slope, Slope)
    assert slope.estimate == pytest.approx(21.638951, abs=5e-7)
    assert slope.pvalue == pytest.approx(0.003266, abs=5e-7)
    assert slope.low == pytest.approx(8.517100, abs=5e-7)
    assert slope.high == pytest.approx(34.442685, abs=5e-7)
    assert slope.df == pytest.approx(21.030024, abs=5e-7)
    assert slope.phi == pytest.approx(0.691427, abs=5e-7)
    assert slope.kappa == pytest.approx(0.241279, abs=5e-7)
    assert (slope.n, slope.k, slope.reason) == (51, 8, "")
    assert all(type(getattr(slope, name)) is float for name in FIELDS)


def test_golden_diary_with_the_model_variance(golden: SimpleNamespace) -> None:
    slope = gls_slope(golden.y, golden.x, golden.controls, golden.number, se="model")
    assert slope.estimate == pytest.approx(21.638951, abs=5e-7)
    assert slope.pvalue == pytest.approx(0.002056, abs=5e-7)
    assert slope.low == pytest.approx(8.613854, abs=5e-7)
    assert slope.high == pytest.approx(34.329108, abs=5e-7)
    assert slope.df == pytest.approx(51 - 8 - 1)


@pytest.mark.parametrize(
    ("seed", "n", "phi", "noise", "level", "se"),
    [
        (1, 30, 0.0, 0.0, 0.95, "hc2"),
        (2, 45, 0.6, 0.5, 0.9, "hc2"),
        (3, 60, 0.9, 0.0, 0.99, "hc2"),
        (4, 90, -0.3, 0.2, 0.95, "hc2"),
        (5, 120, 0.8, 1.0, 0.95, "hc2"),
        (6, 60, 0.3, 0.0, 0.95, "model"),
    ],
)
def test_agrees_with_dense_matrices(
    gappy, dense_slope, seed: int, n: int, phi: float, noise: float, level: float, se: str
) -> None:
    diary = gappy(seed, n, phi, noise)
    controls = calendar_controls(diary.number, diary.weekday, diary.span)
    table = gls_slopes(diary.y, diary.x, controls, diary.number, level=level, se=se)
    answered = np.argwhere(table.reason == "")
    assert len(answered) >= 4
    for row, col in answered:
        want = dense_slope(
            diary.y[:, row], diary.x[:, col], controls, diary.number, level=level, se=se
        )
        got = table.at(row, col)
        size = abs(want.high - want.low)
        assert got.estimate == pytest.approx(want.estimate, abs=1e-8 * size)
        assert got.low == pytest.approx(want.low, abs=1e-8 * size)
        assert got.high == pytest.approx(want.high, abs=1e-8 * size)
        assert got.pvalue == pytest.approx(want.pvalue, rel=1e-6, abs=1e-8)
        assert got.df == pytest.approx(want.df, rel=1e-7)
        assert got.phi == pytest.approx(want.phi, abs=1e-8)
        assert got.kappa == pytest.approx(want.kappa, abs=1e-8)


def test_independent_nights_come_close_to_textbook_least_squares() -> None:
    # statsmodels OLS is the outside reference; the noise grid adds a little width
    import statsmodels.api as sm

    rng = np.random.default_rng(11)
    x = rng.normal(size=400)
    y = 3 * x + rng.normal(size=400)
    slope = gls_slope(y, x, np.ones((400, 1)), np.arange(400), se="model")
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    assert slope.estimate == pytest.approx(fit.params[1], abs=0.02)
    assert slope.high - slope.low == pytest.approx(np.ptp(fit.conf_int()[1]), rel=0.05)


def test_a_table_equals_its_cells(gappy) -> None:
    diary = gappy(7, 70, 0.5, 0.3)
    controls = calendar_controls(diary.number, diary.weekday, diary.span)
    table = gls_slopes(diary.y, diary.x, controls, diary.number)
    assert table.estimate.shape == (2, 4)
    for row in range(2):
        for col in range(4):
            one = gls_slope(diary.y[:, row], diary.x[:, col], controls, diary.number)
            for name in FIELDS:
                assert getattr(table.at(row, col), name) == pytest.approx(
                    getattr(one, name), rel=1e-6, abs=1e-9
                )


def test_repeats_to_the_bit(golden: SimpleNamespace) -> None:
    first = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    second = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    assert dataclasses.asdict(first) == dataclasses.asdict(second)


@settings(max_examples=25, deadline=None)
@given(
    shift=st.floats(-1e5, 1e5),
    by=st.floats(1e-4, 1e4),
    sign=st.sampled_from([-1.0, 1.0]),
    x_shift=st.floats(-1e4, 1e4),
    x_by=st.floats(1e-3, 1e3),
)
def test_equivariance(
    golden: SimpleNamespace, shift: float, by: float, sign: float, x_shift: float, x_by: float
) -> None:
    plain = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    y, x = shift + sign * by * golden.y, x_shift + x_by * golden.x
    moved = gls_slope(y, x, golden.controls, golden.number)
    unit = sign * by / x_by
    ends = sorted([plain.low * unit, plain.high * unit])
    tolerance = 1e-7 * abs(ends[1] - ends[0]) * (1 + abs(shift) / by / 1e4)
    assert moved.estimate == pytest.approx(plain.estimate * unit, abs=tolerance)
    assert [moved.low, moved.high] == pytest.approx(ends, abs=tolerance)
    assert moved.pvalue == pytest.approx(plain.pvalue, rel=1e-5)
    assert moved.df == pytest.approx(plain.df, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), later=st.integers(-500, 500))
def test_row_order_and_first_date_change_nothing(
    golden: SimpleNamespace, seed: int, later: int
) -> None:
    plain = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    order = np.random.default_rng(seed).permutation(len(golden.y))
    mixed = gls_slope(
        golden.y[order], golden.x[order], golden.controls[order], golden.number[order] + later
    )
    for name in FIELDS:
        assert getattr(mixed, name) == pytest.approx(getattr(plain, name), rel=1e-12)


def test_controls_in_another_basis_change_nothing(golden: SimpleNamespace) -> None:
    plain = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    turned = golden.controls @ np.random.default_rng(0).normal(size=(8, 8))
    again = gls_slope(golden.y, golden.x, turned, golden.number)
    for name in FIELDS:
        assert getattr(again, name) == pytest.approx(getattr(plain, name), rel=1e-8)


def test_repeated_controls_are_dropped_and_not_counted(golden: SimpleNamespace) -> None:
    plain = gls_slope(golden.y, golden.x, golden.controls, golden.number)
    extra = np.column_stack(
        [golden.controls, golden.controls[:, 1] + golden.controls[:, 7], np.zeros(51)]
    )
    again = gls_slope(golden.y, golden.x, extra, golden.number)
    assert again.k == 8
    assert again.pvalue == pytest.approx(plain.pvalue, rel=1e-9)


def test_p_and_interval_agree(gappy) -> None:
    for seed in range(20, 40):
        diary = gappy(seed, 50, 0.5, 0.3)
        table = gls_slopes(diary.y, diary.x, np.ones((len(diary.number), 1)), diary.number)
        answered = table.reason == ""
        outside = (table.low > 0) | (table.high < 0)
        assert ((table.pvalue < 0.05) == outside)[answered].all()
        assert (table.low < table.estimate)[answered].all()
        assert (table.estimate < table.high)[answered].all()


def test_a_wider_level_is_a_wider_interval(golden: SimpleNamespace) -> None:
    inner = gls_slope(golden.y, golden.x, golden.controls, golden.number, level=0.8)
    outer = gls_slope(golden.y, golden.x, golden.controls, golden.number, level=0.999)
    assert outer.low < inner.low < inner.high < outer.high
    assert outer.pvalue == inner.pvalue


def test_an_exact_line_is_found_without_a_warning() -> None:
    night = np.arange(40)
    x = np.sin(night) + night % 3
    slope = gls_slope(5 + 2 * x, x, np.ones((40, 1)), night)
    assert slope.estimate == pytest.approx(2.0)
    assert slope.low == pytest.approx(2.0, abs=1e-5)
    assert slope.high == pytest.approx(2.0, abs=1e-5)
    assert slope.pvalue < 1e-12


def test_refusals_say_why_and_give_no_numbers(golden: SimpleNamespace) -> None:
    n = 51
    rare = np.zeros(n)
    rare[:2] = 1
    factors = np.column_stack(
        [np.full(n, 3.0), rare, golden.controls[:, 3] * 4 + 1, golden.x, golden.number * 7.0]
    )
    table = gls_slopes(golden.y[:, None], factors, golden.controls, golden.number)
    assert table.reason[0].tolist() == [
        "constant",
        "one side too rare",
        "constant given the controls",
        "",
        "constant given the controls",
    ]
    refused = table.reason != ""
    for name in ("estimate", "low", "high", "pvalue"):
        assert np.isnan(getattr(table, name)[refused]).all()
        assert np.isfinite(getattr(table, name)[~refused]).all()
    assert table.estimate[0, 3] == pytest.approx(21.638951, abs=5e-7)


def test_an_outcome_that_cannot_be_analysed_is_named_as_such(golden: SimpleNamespace) -> None:
    flat = np.full(51, 420.0)
    table = gls_slopes(
        np.column_stack([flat, golden.y]), golden.x[:, None], golden.controls, golden.number
    )
    assert table.reason[:, 0].tolist() == ["outcome constant", ""]


@pytest.mark.parametrize(
    ("n", "reason"),
    [(1, "constant"), (6, "too few nights"), (7, "too few informative nights"), (14, "")],
)
def test_five_spare_nights_are_needed(n: int, reason: str) -> None:
    rng = np.random.default_rng(5)
    slope = gls_slope(rng.normal(size=n), rng.normal(size=n), np.ones((n, 1)), np.arange(n))
    assert slope.reason == reason


def test_more_controls_than_nights_is_too_few_nights() -> None:
    rng = np.random.default_rng(6)
    slope = gls_slope(
        rng.normal(size=8), rng.normal(size=8), rng.normal(size=(8, 12)), np.arange(8)
    )
    assert slope.reason == "too few nights"


def test_no_nights_at_all_is_refused() -> None:
    table = gls_slopes(np.empty((0, 1)), np.empty((0, 2)), np.empty((0, 1)), np.empty(0, int))
    assert table.reason.tolist() == [["too few nights", "too few nights"]]


def test_three_rare_nights_among_many_carry_too_little() -> None:
    # three nights on: Bell-McCaffrey leaves about two degrees of freedom
    rng = np.random.default_rng(8)
    x = np.zeros(60)
    x[[10, 30, 50]] = 1
    slope = gls_slope(rng.normal(size=60), x, np.ones((60, 1)), np.arange(60))
    assert slope.reason == "too few informative nights"
    assert slope.df < 4
    assert np.isnan([slope.estimate, slope.low, slope.high, slope.pvalue]).all()


def test_wrong_arrays_are_all_named(golden: SimpleNamespace) -> None:
    y = golden.y.copy()
    y[[3, 4]] = np.nan
    number = golden.number.copy()
    number[1] = number[0]
    with pytest.raises(DiaryError) as caught:
        gls_slopes(y[:, None], golden.x[:-1, None], golden.controls, number)
    assert caught.value.problems == (
        "X has shape (50, 1); one row for each of 51 night numbers and one column per series "
        "were expected.",
        "Y holds 2 values that are missing or infinite. Leave those nights out first; gaps in "
        "the night numbers are understood.",
        "number holds night 0 twice; one row per night was expected.",
    )


def test_unknown_options_are_named(golden: SimpleNamespace) -> None:
    with pytest.raises(DiaryError) as caught:
        gls_slope(golden.y, golden.x, golden.controls, golden.number, level=95, se="robust")
    assert caught.value.problems == (
        "level: 95 is not between 0 and 1. Write 0.95 for 95 %.",
        "se: 'robust' is not known. Write 'hc2' or 'model'.",
    )


def test_a_long_diary_of_many_columns_stays_finite() -> None:
    rng = np.random.default_rng(9)
    n = 2000
    number = np.flatnonzero(rng.random(n) > 0.15)
    controls = calendar_controls(number, number % 7, n)
    table = gls_slopes(
        rng.normal(size=(len(number), 2)), rng.normal(size=(len(number), 6)), controls, number
    )
    assert (table.reason == "").all()
    assert np.isfinite(table.low).all()
