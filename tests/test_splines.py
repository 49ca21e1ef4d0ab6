"""Natural splines: their definition, their straight ends, their knots."""

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from sleepstats.responses.hours_before_bed import knots_of, natural_spline


def test_spans_the_natural_cubic_splines_of_scipy():
    # scipy: CubicSpline(bc_type="natural") through any values at the knots, within them
    knots = np.array([1.0, 3.0, 4.0, 7.5])
    inside = np.linspace(1.0, 7.5, 60)
    columns = np.column_stack([np.ones(60), natural_spline(inside, knots)])
    rng = np.random.default_rng(3)
    for _ in range(5):
        target = CubicSpline(knots, rng.normal(size=4), bc_type="natural")(inside)
        left = target - columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
        assert np.abs(left).max() < 1e-10


def test_straight_beyond_the_last_knots():
    for outside in (np.linspace(-5, 1, 20), np.linspace(7.5, 20, 20)):
        bent = natural_spline(outside, [1.0, 3.0, 4.0, 7.5])
        assert np.abs(np.diff(bent, n=2, axis=0)).max() < 1e-9


def test_few_knots_make_a_line():
    assert natural_spline([1.0, 2.0], [0.0, 3.0]).tolist() == [[1.0], [2.0]]


def test_equal_knots_stand_once():
    assert knots_of([2.0] * 50 + [3.0] * 50).tolist() == [2.0, 3.0]
    assert knots_of(np.arange(101)).tolist() == pytest.approx([5, 35, 65, 95])
