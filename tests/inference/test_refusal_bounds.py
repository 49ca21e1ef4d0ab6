"""Exactly where a question is refused: one night, one column, one hair to either side.

The bounds are those that ``inference.guards`` documents: five spare nights, ``N - k - 1`` of them
for one column and ``N - k - m`` for m, three nights that differ, four degrees of freedom.
"""

import numpy as np
import pytest

from sleepstats.inference import beside, gls_joint, gls_slope, guards
from sleepstats.inference.beside import beside_others
from sleepstats.inference.habit_columns import ready_habits
from sleepstats.inference.information import effective_correlation
from sleepstats.inference.randomisation import TOO_FEW_SCHEDULES, randomisation_test
from sleepstats.inference.together import gls_contrasts


def numbers(n, columns=1):
    """Return an outcome, factors and ``columns`` controls without anything in common."""
    rng = np.random.default_rng([n, columns])
    controls = np.column_stack([np.ones(n), rng.normal(size=(n, columns - 1))])
    return rng.normal(size=n), rng.normal(size=(n, 3)), controls, np.arange(n)


@pytest.mark.parametrize("controls", [1, 3])
@pytest.mark.parametrize("spare", [4, 5])
def test_one_column_needs_five_spare_nights(spare, controls):
    y, x, z, night = numbers(spare + controls + 1, controls)
    few = spare < 5
    assert (gls_slope(y, x[:, 0], z, night).reason == guards.TOO_FEW_NIGHTS) is few
    flat = np.full(len(y), 7.0)
    # what is too short is called so, whatever else is the matter with the outcome
    told = guards.TOO_FEW_NIGHTS if few else guards.OUTCOME + guards.CONSTANT
    assert gls_slope(flat, x[:, 0], z, night).reason == told
    span = int(night[-1]) + 1
    seen = effective_correlation(y, x[:, 0], z, night, span)
    assert (seen.reason == guards.TOO_FEW_NIGHTS) is few


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("spare", [4, 5])
def test_several_columns_need_five_spare_nights_beside_all_of_them(spare, columns):
    y, x, z, night = numbers(spare + 1 + columns)
    few = spare < 5
    joint = gls_joint(y, x[:, :columns], z, night)
    assert (joint.reason == guards.TOO_FEW_NIGHTS) is few
    each = gls_contrasts(y, x[:, :columns], np.eye(columns), z, night)
    assert {one.reason == guards.TOO_FEW_NIGHTS for one in each} == {few}


@pytest.mark.parametrize(("n", "reason"), [(6, guards.TOO_FEW_NIGHTS), (7, TOO_FEW_SCHEDULES)])
def test_a_trial_needs_five_spare_nights(n, reason):
    """With seven nights it is the 128 schedules that are too few, no longer the nights."""
    y, _, z, night = numbers(n)
    every = np.array([[bool(code >> bit & 1) for bit in range(n)] for code in range(2**n)])
    done = np.arange(n) % 2 == 0
    got = randomisation_test(y, done, every, z, night, everything=True)
    assert got.reason == reason


@pytest.mark.parametrize(("differing", "refused"), [(2, True), (3, False)])
def test_three_nights_must_differ(differing, refused):
    y, _, z, night = numbers(40)
    on = (night < differing).astype(float)
    told = gls_slope(y, on, z, night).reason == guards.ONE_SIDE_TOO_RARE
    assert told is refused


def test_fewer_degrees_of_freedom_than_the_bound_are_refused(monkeypatch):
    y, x, z, night = numbers(30)
    df = gls_slope(y, x[:, 0], z, night).df
    several = gls_contrasts(y, x, np.eye(3), z, night)[0].df
    for bound, told in ((-0.5, ""), (0.0, ""), (0.5, guards.TOO_FEW_INFORMATIVE)):
        monkeypatch.setattr(guards, "LEAST_DF", df + bound)
        slope = gls_slope(y, x[:, 0], z, night)
        assert slope.reason == told
        assert np.isnan(slope.pvalue) == bool(told)
        monkeypatch.setattr(guards, "LEAST_DF", several + bound)
        assert gls_contrasts(y, x, np.eye(3), z, night)[0].reason == told


def test_beside_others_exactly_the_least_degrees_of_freedom_are_enough(monkeypatch):
    y, x, _, night = numbers(30)
    habits = ready_habits(x, night, night % 7)
    alone = np.full((1, 3), 0.01)
    df = beside_others(y[:, None], alone, habits).df
    for place in range(3):
        for bound, told in ((0.0, ""), (1e-9, guards.TOO_FEW_INFORMATIVE)):
            monkeypatch.setattr(beside, "LEAST_DF", df[0, place] + bound)
            got = beside_others(y[:, None], alone, habits)
            assert got.reason[0, place] == told
            assert np.isnan(got.pvalue[0, place]) == bool(told)


@pytest.mark.parametrize(
    ("n", "reason"), [(9, guards.TOO_FEW_NIGHTS), (10, guards.ONE_SIDE_TOO_RARE)]
)
def test_too_few_nights_are_told_before_a_rare_habit(n, reason):
    """By hand: level, line and two columns of the week leave n - 4 - 1 spare nights beside it."""
    y, _, _, night = numbers(n)
    rare = (night < 2).astype(float)[:, None]
    got = beside_others(y[:, None], np.full((1, 1), 0.5), ready_habits(rare, night, night % 7))
    assert got.reason.tolist() == [[reason]]
    assert got.n.dtype == got.k.dtype == np.int64


def test_of_several_sums_each_is_told_what_ails_its_own_column():
    y, x, z, night = numbers(40)
    x[:, 0] = 1.0
    x[:, 1] = night < 2
    told = [one.reason for one in gls_contrasts(y, x, np.eye(3), z, night)]
    # the third column is well: what stands first against the model is told of it
    assert told == [guards.CONSTANT, guards.ONE_SIDE_TOO_RARE, guards.CONSTANT]


def test_the_bound_itself_is_four():
    """Below four degrees of freedom a t distribution has no kurtosis."""
    assert guards.LEAST_DF == 4.0


def test_nights_of_full_leverage_have_the_fewest_degrees_of_freedom_and_no_infinite_ones() -> None:
    """What cancels to nothing, or below, tells least; 1 / 0.25 is 4, and no more than there are."""
    import warnings

    from sleepstats.inference import evidence

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = evidence._least_to(np.array([0.0, -1e-9, 0.25, 1e-9]), 30.0)
    assert got.tolist() == [evidence._LEAST_DF, evidence._LEAST_DF, 4.0, 30.0]
