"""Each habit beside the others: against the engine asked one by one, simulated truths, refusals."""

import os
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from sleepstats.errors import DiaryError
from sleepstats.inference import evidence, gls_joint, gls_slope, side_by_side
from sleepstats.inference.beside import (
    beside_others,
    bound_missed,
    evenings_after,
    goes_with,
    what_stands,
)
from sleepstats.inference.guards import (
    CONSTANT,
    ONE_SIDE_TOO_RARE,
    TOO_FEW_INFORMATIVE,
    TOO_FEW_NIGHTS,
)
from sleepstats.inference.habit_columns import ready_habits
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.inference.side_by_side import CANNOT_BE_TOLD, held_equal, nights_of, relation

STRESS, PROXY, WINE, TEA, IDLE = range(5)
NAMES = ("estimate", "low", "high", "pvalue", "df")


def invented(n=150, seed=1, gaps=True):
    """Stress and wine have an effect, the proxy follows stress; gaps; two outcomes."""
    rng = np.random.default_rng(seed)
    stress = rng.normal(size=n)
    columns = np.column_stack(
        [
            stress,
            0.6 * stress + 0.8 * rng.normal(size=n),
            rng.random(n) < 0.4,
            rng.normal(size=n),
            rng.random(n) < 0.3,
        ]
    ).astype(float)
    outcomes = rng.normal(size=(n, 2)) - 0.6 * stress[:, None] - 0.9 * columns[:, [WINE]]
    if gaps:
        columns[rng.random(columns.shape) < 0.05] = np.nan
        outcomes[rng.random(outcomes.shape) < 0.05] = np.nan
    number = np.flatnonzero(rng.random(n + n // 5) < 0.9)[:n]
    return outcomes, columns, number, (number + 2) % 7


def alone(outcomes, habits):
    """p-values of every habit alone, by the engine."""
    p = np.full((outcomes.shape[1], habits.count), np.nan)
    for o, j in np.ndindex(p.shape):
        used = habits.recorded(j) & np.isfinite(outcomes[:, o])
        number, z = habits.controls(used)
        x = habits.columns[used][:, habits.places(j)]
        y = bring_in_around(outcomes[used, o], np.column_stack([z, x]))
        if x.shape[1] > 1:
            p[o, j] = gls_joint(y, x, z, number).pvalue
        else:
            p[o, j] = gls_slope(y, x[:, 0], z, number).pvalue
    return p


@pytest.mark.parametrize("gaps", [True, False])
def test_every_cell_is_the_engine_with_the_held_columns_as_controls(gaps):
    outcomes, columns, number, weekday = invented(gaps=gaps)
    habits = ready_habits(columns, number, weekday)
    table = beside_others(outcomes, alone(outcomes, habits), habits)
    assert table.held.any(axis=2).sum() >= 6
    for o, j in np.ndindex(table.pvalue.shape):
        used = np.isfinite(columns[:, j]) & np.isfinite(outcomes[:, o])
        nights, z = habits.controls(used)
        held = [habits.filled[used][:, habits.places(m)] for m in np.flatnonzero(table.held[o, j])]
        z = np.column_stack([z, *held])
        y = bring_in_around(outcomes[used, o], np.column_stack([z, columns[used, j]]))
        one = gls_slope(y, columns[used, j], z, nights)
        got = [getattr(table, name)[o, j] for name in NAMES]
        np.testing.assert_allclose(got, [getattr(one, name) for name in NAMES], rtol=1e-8)
        assert (table.n[o, j], table.k[o, j], table.reason[o, j]) == (one.n, one.k, "")


@pytest.mark.parametrize(("nights", "few"), [(10, False), (9, True)])
def test_five_nights_left_are_enough(nights, few):
    # hand calculation: an intercept, a line and two columns for the week; N - 4 - 1 = 5 at ten
    rng = np.random.default_rng(2)
    number = np.arange(nights)
    columns, outcome = rng.normal(size=(nights, 1)), rng.normal(size=(nights, 1))
    habits = ready_habits(columns, number, number % 7)
    assert habits.controls(np.ones(nights, dtype=bool))[1].shape == (nights, 4)
    table = beside_others(outcome, np.full((1, 1), 0.5), habits)
    assert (table.reason[0, 0] == TOO_FEW_NIGHTS) == few, table.reason


def test_a_proxy_is_unmasked_and_named_with_what_it_follows():
    """Simulated truth: the proxy has no effect; alone it is found, beside stress it is not."""
    outcomes, columns, number, weekday = invented(n=250, seed=3)
    habits = ready_habits(columns, number, weekday)
    p = alone(outcomes, habits)
    table = beside_others(outcomes, p, habits)
    found = p < 0.01
    stands = np.array([what_stands(row, f) for row, f in zip(table.pvalue, found, strict=True)])
    assert found[:, [STRESS, PROXY, WINE]].all()
    assert stands[:, [STRESS, WINE]].all()
    assert not stands[:, PROXY].any()
    named = goes_with(outcomes, table, found, stands, habits)
    assert [row[PROXY] for row in named] == [(STRESS,), (STRESS,)]
    assert [row[WINE] for row in named] == [(), ()]


def test_where_no_single_one_is_enough_several_are_named():
    """Simulated truth: the habit is the sum of two others, which both have an effect."""
    rng = np.random.default_rng(8)
    one, two = rng.normal(size=(2, 300))
    both = one + two + 0.5 * rng.normal(size=300)
    y = (rng.normal(size=300) - one - two)[:, None]
    number = np.arange(300)
    habits = ready_habits(np.column_stack([both, one, two]), number, number % 7)
    table = beside_others(y, alone(y, habits), habits)
    stands = np.array([[False, True, True]])
    (named,) = goes_with(y, table, np.ones((1, 3), bool), stands, habits)
    assert sorted(named[0]) == [1, 2]


def test_an_exact_copy_cannot_be_told_and_goes_with_its_original():
    outcomes, columns, number, weekday = invented(gaps=False)
    columns[:, TEA] = 100.0 * columns[:, STRESS] + 7.0
    habits = ready_habits(columns, number, weekday)
    p = alone(outcomes, habits)
    table = beside_others(outcomes, p, habits)
    assert (table.reason[:, [STRESS, TEA]] == CANNOT_BE_TOLD).all()
    assert np.isnan(table.pvalue[:, [STRESS, TEA]]).all()
    assert (table.reason[:, WINE] == "").all()
    stands = np.array([what_stands(row, p[0] < 0.05) for row in table.pvalue])
    named = goes_with(outcomes, table, p < 0.05, stands, habits)
    assert named[0][STRESS] == (TEA,)
    assert named[0][TEA] == (STRESS,)


def test_too_few_nights_are_refused():
    outcomes, columns, number, weekday = invented(n=12, gaps=False)
    habits = ready_habits(columns, number, weekday)
    table = beside_others(outcomes, np.zeros((2, 5)), habits)
    assert (table.reason == TOO_FEW_NIGHTS).all()  # 3 of the calendar, 5 habits: 5 are not left


def test_two_nights_that_decide_are_too_few():
    """Wine without a late meal on two evenings only: their contrast has hardly any freedom."""
    outcomes, columns, number, weekday = invented(n=60, gaps=False)
    columns[:, TEA] = columns[:, WINE]
    columns[[11, 40], TEA] = 1.0 - columns[[11, 40], TEA]
    habits = ready_habits(columns, number, weekday)
    p = np.full((2, 5), 0.5)
    table = beside_others(outcomes, p, habits)
    assert (table.reason[:, [WINE, TEA]] == TOO_FEW_INFORMATIVE).all()
    assert (table.inflation[:, WINE] > 2.5).all()


def test_selection_is_on_both_sides_and_leaves_out_what_is_declared():
    outcomes, columns, number, weekday = invented(gaps=False)
    p = np.array([0.5, 0.5, 0.5, 0.01, np.nan])
    apart = np.zeros((5, 5), bool)
    habits = ready_habits(columns, number, weekday, apart=apart)
    nights = nights_of(habits, outcomes, np.ones(150, bool))
    assert relation(habits, nights, STRESS)[PROXY] < 1e-6
    held = held_equal(habits, nights, STRESS, p)
    assert held[[PROXY, TEA]].all()
    assert not held[[STRESS, IDLE]].any()
    apart[STRESS, PROXY] = True
    apart[:, TEA] = True
    declared = ready_habits(columns, number, weekday, apart=apart)
    assert not held_equal(declared, nights, STRESS, p).any()
    assert held_equal(declared, nights, PROXY, p)[STRESS]


def test_relation_is_the_t_of_the_partial_correlation():
    """Ordinary least squares by statsmodels on the other column and the calendar, normal tails."""
    import statsmodels.api as sm
    from scipy import stats

    outcomes, columns, number, weekday = invented(gaps=False, seed=4)
    habits = ready_habits(columns, number, weekday)
    nights = nights_of(habits, outcomes, np.ones(150, bool))
    _, z = habits.controls(np.ones(150, bool))
    for j, m in np.argwhere(~np.eye(5, dtype=bool)):
        fit = sm.OLS(columns[:, j], np.column_stack([columns[:, m], z])).fit()
        expected = 2 * stats.norm.sf(abs(fit.tvalues[0]))
        assert relation(habits, nights, j)[m] == pytest.approx(expected, rel=1e-6)


def test_hundreds_of_tags_leave_half_of_the_nights():
    """60 nights less 5 columns of the calendar: the 27 strongest of 199, and answers."""
    rng = np.random.default_rng(9)
    tags = (rng.random((60, 200)) < 0.3).astype(float)
    number = np.arange(60)
    p = np.linspace(0.001, 0.002, 200)[None]
    habits = ready_habits(tags, number, number % 7)
    table = beside_others(rng.normal(size=(60, 1)), p, habits)
    assert (table.held[0].sum(axis=1) == 27).all()
    assert (table.reason == "").mean() > 0.9
    nights = nights_of(habits, np.zeros((60, 1)), np.ones(60, bool))
    strength = np.minimum(p[0], relation(habits, nights, 7))
    strength[7] = 1.0
    assert set(np.flatnonzero(table.held[0, 7])) == set(np.argsort(strength)[:27])


def test_what_was_recorded_on_few_nights_is_not_held_equal():
    outcomes, columns, number, weekday = invented(gaps=False)
    columns[:90, PROXY] = np.nan
    habits = ready_habits(columns, number, weekday)
    table = beside_others(outcomes, np.full((2, 5), 0.01), habits)
    assert not table.held[:, STRESS, PROXY].any()
    assert table.held[:, PROXY, STRESS].all()
    assert (table.n[:, PROXY] == 60).all()


def test_kinds_are_one_habit_with_one_p_value():
    rng = np.random.default_rng(3)
    outcomes, columns, number, weekday = invented(n=200, gaps=False)
    kind = rng.integers(0, 3, 200) + (columns[:, STRESS] > 1)
    dummies = np.column_stack([kind == 1, kind == 2, kind == 3]).astype(float)
    table = np.column_stack([columns, dummies])
    habits = ready_habits(table, number, weekday, habit=[0, 1, 2, 3, 4, 5, 5, 5])
    p = alone(outcomes, habits)
    got = beside_others(outcomes, p, habits)
    assert got.held[0, 5, STRESS]
    assert got.held[0, STRESS, 5]
    of_stress, of_kinds = got.held[0, STRESS, :5].sum(), got.held[0, 5, :5].sum()
    assert got.k[0, STRESS] - of_stress - 3 == got.k[0, 5] - of_kinds  # three columns of kinds
    nights, z = habits.controls(np.ones(200, bool))
    held = np.flatnonzero(got.held[0, 5])
    z = np.column_stack([z, table[:, held]])
    joint = gls_joint(
        bring_in_around(outcomes[:, 0], np.column_stack([z, dummies]), tested=dummies.shape[1]),
        dummies,
        z,
        nights,
    )
    assert got.pvalue[0, 5] == pytest.approx(joint.pvalue, rel=1e-9)
    assert np.isnan(got.estimate[0, 5])


def test_the_order_of_columns_changes_no_bit():
    outcomes, columns, number, weekday = invented()
    order = np.array([3, 0, 4, 2, 1])
    tables = []
    for place in (np.arange(5), order):
        habits = ready_habits(columns[:, place], number, weekday)
        tables.append(beside_others(outcomes, np.full((2, 5), 0.05), habits))
    for name in (*NAMES, "inflation", "k"):
        one, other = (getattr(table, name) for table in tables)
        np.testing.assert_array_equal(one[:, order], other)


_DIGEST = """
import hashlib, numpy as np
from test_beside import invented
from sleepstats.inference.beside import beside_others
from sleepstats.inference.habit_columns import ready_habits
outcomes, columns, number, weekday = invented(n=400)
table = beside_others(outcomes, np.full((2, 5), 0.05), ready_habits(columns, number, weekday))
bits = b"".join(getattr(table, n).tobytes() for n in ("estimate", "low", "high", "pvalue", "df"))
print(hashlib.sha256(bits).hexdigest())
"""


def test_the_number_of_threads_changes_no_bit():
    here = os.path.dirname(__file__)
    said = set()
    for threads in ("1", "2"):
        env = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        env["PYTHONPATH"] = os.pathsep.join([here, *sys.path])
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST], env=env, capture_output=True, text=True, check=True
        )
        said.add(done.stdout)
    assert len(said) == 1


def test_kept_whitened_columns_and_new_ones_say_the_same(monkeypatch):
    outcomes, columns, number, weekday = invented(gaps=False)
    habits = ready_habits(columns, number, weekday)
    p = alone(outcomes, habits)
    found, nothing = np.ones((2, 5), bool), np.zeros((2, 5), bool)
    kept = beside_others(outcomes, p, habits)
    monkeypatch.setattr(side_by_side, "_ALWAYS_KEPT", 0)
    monkeypatch.setattr(side_by_side, "_MOST_KEPT", 0)
    anew = beside_others(outcomes, p, habits)
    assert len(kept.nights) == 1
    assert len(anew.nights) == 0
    one, other = (goes_with(outcomes, t, found, nothing, habits) for t in (kept, anew))
    assert one == other


def test_what_stands_is_benjamini_hochberg_among_the_found():
    """By hand: of three found and answered, 0.001 <= .05/3 and 0.03 <= .05 2/3 stand."""
    p = np.array([0.001, 0.2, 0.03, 0.0001, np.nan])
    found = np.array([True, True, True, False, True])
    assert what_stands(p, found).tolist() == [True, False, True, False, False]
    assert bound_missed(p, found) == pytest.approx(0.05)
    # 0.02, 0.04, 0.5 of three: 0.02 > .05/3, 0.04 > .05 2/3
    p = np.array([0.02, 0.04, 0.5])
    assert not what_stands(p, [True] * 3).any()
    assert bound_missed(p, [True] * 3) == pytest.approx(0.05 / 3)
    assert p.min() > bound_missed(p, [True] * 3)
    # one habit, found or not, and none: 0.05 itself
    for few, found in (([0.3], [True]), ([0.3], [False]), ([0.01], [True]), ([], [])):
        assert bound_missed(few, found) == pytest.approx(0.05)
    # 0.001 stands, of four found of which one has no p: 0.05 2/3
    assert bound_missed([0.001, 0.2, 0.3, np.nan], [True] * 4) == pytest.approx(0.1 / 3)


def test_the_evening_after_is_the_engine_with_the_evening_beside():
    outcomes, columns, number, weekday = invented()
    habits = ready_habits(columns, number, weekday)
    asked = np.zeros((2, 5), bool)
    asked[1, [STRESS, WINE]] = True
    after = evenings_after(outcomes, asked, habits)
    assert np.isnan(after.pvalue[~asked]).all()
    by_night = dict(zip(number.tolist(), range(150), strict=True))
    for j in (STRESS, WINE):
        following = np.full(150, np.nan)
        for row, night in enumerate(number.tolist()):
            if night + 1 in by_night:
                following[row] = columns[by_night[night + 1], j]
        used = np.isfinite(following) & np.isfinite(columns[:, j]) & np.isfinite(outcomes[:, 1])
        nights, z = habits.controls(used)
        beside = np.column_stack([z, columns[used, j]])
        y = bring_in_around(outcomes[used, 1], np.column_stack([beside, following[used]]))
        one = gls_slope(y, following[used], beside, nights)
        got = [getattr(after, name)[1, j] for name in NAMES]
        np.testing.assert_allclose(got, [getattr(one, name) for name in NAMES], rtol=1e-8)
        assert after.n[1, j] == used.sum()
        assert after.held[1, j].tolist() == [place == j for place in range(5)]


def test_the_evening_after_of_kinds_has_a_p_value():
    """Simulated truth: after a bad night the third kind is more frequent."""
    rng = np.random.default_rng(2)
    sleep = rng.normal(size=200)
    kind = np.where(np.r_[0.0, sleep[:-1]] < -0.5, 2, rng.integers(0, 2, 200))
    columns = np.column_stack([kind == 1, kind == 2]).astype(float)
    habits = ready_habits(columns, np.arange(200), np.arange(200) % 7, habit=[0, 0])
    after = evenings_after(sleep[:, None], [[True]], habits)
    assert after.pvalue[0, 0] < 1e-6
    assert np.isnan(after.estimate[0, 0])


def test_strange_columns_do_not_spoil_the_others():
    outcomes, columns, number, weekday = invented()
    strange = np.column_stack([columns, np.full(150, np.nan), np.ones(150)])
    plain = ready_habits(columns, number, weekday)
    with_them = ready_habits(strange, number, weekday)
    p = alone(outcomes, plain)
    wide = np.column_stack([p, np.full((2, 2), np.nan)])
    one, other = beside_others(outcomes, p, plain), beside_others(outcomes, wide, with_them)
    np.testing.assert_allclose(one.pvalue, other.pvalue[:, :5], rtol=1e-6)
    assert other.reason[:, 5:].tolist() == [[TOO_FEW_NIGHTS, CONSTANT]] * 2
    assert not other.held[:, :, 5:].any()


def test_what_happened_once_is_neither_asked_nor_held_equal():
    outcomes, columns, number, weekday = invented(gaps=False)
    columns[:, TEA] = np.arange(150) == 9
    habits = ready_habits(columns, number, weekday)
    table = beside_others(outcomes, np.zeros((2, 5)), habits)
    assert (table.reason[:, TEA] == ONE_SIDE_TOO_RARE).all()
    assert not table.held[:, :, TEA].any()
    assert (table.reason[:, STRESS] == "").all()


def test_shapes_that_do_not_fit_are_told():
    outcomes, columns, number, weekday = invented()
    with pytest.raises(DiaryError, match="number must increase"):
        ready_habits(columns, number[::-1], weekday)
    with pytest.raises(DiaryError, match="habit must name each of 5 columns"):
        ready_habits(columns, number, weekday, habit=[0, 1, 2, 3, 5])
    with pytest.raises(DiaryError, match="apart has shape"):
        ready_habits(columns, number, weekday, apart=np.zeros((4, 5)))
    habits = ready_habits(columns, number, weekday)
    with pytest.raises(DiaryError, match="a p-value for each outcome"):
        beside_others(outcomes, np.zeros((1, 5)), habits)


def test_tables_have_one_value_for_each_question():
    outcomes, columns, number, weekday = invented(n=60)
    habits = ready_habits(columns, number, weekday)
    table = beside_others(outcomes, np.full((2, 5), 0.5), habits)
    for each in fields(table):
        if each.name not in ("held", "nights"):
            assert getattr(table, each.name).shape == (2, 5)


@pytest.mark.parametrize("less", [0.0, 2e-16, 4e-16, 1e-15])
def test_an_outcome_that_is_explained_whole_has_a_root_however_sums_are_rounded(less):
    """By hand: the outcome is minus the factor; machines round its own square apart by some 1e-16.

    The root gives back the products to within what was added, a part in 1e12.
    """
    cross = np.array([[[1.0, -0.2, -1.0], [-0.2, 1.0, 0.2], [-1.0, 0.2, 1.0 - less]]]) * 2167.0
    root = evidence.root_of(cross.copy())
    np.testing.assert_allclose(root @ root.transpose(0, 2, 1), cross, rtol=1e-11)
