"""Every noise shape by itself: weight, slope, error and degrees of freedom, by dense matrices.

The larger tests see averages over the 45 shapes; here nothing averages out. Ordinary algebra on
whitened columns: least squares, HC2, and Bell & McCaffrey's traces of N x N matrices.
"""

import warnings

import numpy as np
import pytest

from sleepstats.inference import evidence, gls_joint, gls_slopes, gls_tables, guards, together
from sleepstats.inference.together import gls_contrasts, whiten_together
from sleepstats.inference.whiten import noise_grid


def at_every_shape(y, x, controls, number, correlation, *, robust=True, sums=None):
    """(4, 45): weight with the negligible cut off, slope, standard error, degrees of freedom.

    Of several columns x the slope is a sum of theirs, and all of them are in the weight.
    """
    grid = noise_grid()
    x = np.atleast_2d(x.T).T
    n, k, m = len(y), controls.shape[1], x.shape[1]
    spare = n - k - m
    sums = np.ones(1) if sums is None else sums
    logs, told = [], []
    for phi, kappa, prior in zip(grid.phi, grid.kappa, grid.log_prior, strict=True):
        root = np.linalg.cholesky(correlation(number, phi, kappa))
        w, yw = (np.linalg.solve(root, one) for one in (np.column_stack([controls, x]), y))
        inverse = np.linalg.inv(w.T @ w)
        beta = inverse @ w.T @ yw
        error, maker = yw - w @ beta, np.eye(n) - w @ inverse @ w.T
        u = w @ inverse @ np.concatenate([np.zeros(k), sums])
        if robust:
            share = u**2 / np.maximum(np.diag(maker), 1e-12)
            variance, form = (share * error**2).sum(), maker @ np.diag(share) @ maker
            df = min(max(np.trace(form) ** 2 / np.trace(form @ form), 2.0), spare)
        else:
            variance, df = error @ error / spare * (u @ u), spare
        told.append((beta[k:] @ sums, np.sqrt(variance), df))
        logs.append(prior - np.log(np.diag(root)).sum() - np.linalg.slogdet(w.T @ w)[1] / 2
                    - spare / 2 * np.log(error @ error))  # fmt: skip
    weight = np.exp(np.array(logs) - max(logs))
    weight /= weight.sum()
    weight[weight < 1e-10] = 0.0
    return weight / weight.sum(), *np.array(told).T


def held_against(got, want, unit=1.0, rel=1e-6):
    weight, slope, scale, df = want
    np.testing.assert_allclose(got[0], weight, rtol=rel, atol=1e-12)
    at = weight > 0
    np.testing.assert_allclose(unit * got[1][at], slope[at], rtol=rel, atol=1e-9 * scale[at].max())
    np.testing.assert_allclose(unit * got[2][at], scale[at], rtol=rel)
    np.testing.assert_allclose(got[3][at], df[at], rtol=rel)


def diary(seed, n=45, columns=3, last=0.5):
    rng = np.random.default_rng(seed)
    number = np.sort(rng.permutation(n + n // 3)[:n])
    x = rng.normal(size=(n, columns))
    x[:, -1] = rng.random(n) < 0.3
    y = rng.normal(size=(n, 2))
    for night in range(1, n):
        y[night] += last * y[night - 1]
    controls = np.column_stack([np.ones(n), number / n, rng.normal(size=n)])
    return y + 0.4 * x[:, :1], x, controls, number


@pytest.mark.parametrize("last", [0.0, 1.0])
@pytest.mark.parametrize("factors", [1, 3, 5])
@pytest.mark.parametrize("se", ["hc2", "model"])
def test_the_engine_at_every_shape(error_correlation, last, factors, se):
    """One factor and several go through different parts of the engine, few and many as well."""
    y, x, controls, number = diary(factors, n=72 if last == 1 else 45, columns=5, last=last)
    x = x[:, -factors:]
    table = gls_slopes(y, x, controls, number, se=se)
    for row, column in ((0, 0), (1, factors - 1)):
        want = at_every_shape(y[:, row], x[:, column], controls, number, error_correlation,
                              robust=se == "hc2")  # fmt: skip
        held_against(table.mixtures[row, column], want)
        grid = noise_grid()
        assert table.phi[row, column] == pytest.approx(want[0] @ grid.phi, rel=1e-6)
        assert table.kappa[row, column] == pytest.approx(want[0] @ grid.kappa, rel=1e-6)


@pytest.mark.parametrize("factors", [1, 2])
def test_a_night_with_a_column_of_its_own_at_every_shape(error_correlation, factors):
    """Its leverage is one: whatever is left of it there is rounding, and its share nothing."""
    y, x, controls, number = diary(9)
    controls = np.column_stack([controls, np.arange(45) == 20])
    table = gls_slopes(y, x[:, :factors], controls, number)
    want = at_every_shape(y[:, 1], x[:, 0], controls, number, error_correlation)
    held_against(table.mixtures[1, 0], want, rel=1e-5)


def test_memory_that_lasts_leaves_shapes_out(error_correlation):
    """Of 72 nights that all go on from the one before, noise without memory is out of question."""
    y, x, controls, number = diary(1, n=72, columns=5, last=1.0)
    assert (at_every_shape(y[:, 0], x[:, 0], controls, number, error_correlation)[0] == 0).any()


@pytest.mark.parametrize("factors", [1, 2])
@pytest.mark.parametrize("se", ["hc2", "model"])
def test_what_a_factor_explains_wholly_has_an_error_of_rounding(factors, se):
    y, x, controls, number = diary(4)
    y[:, 0] = 3 * x[:, 0] + controls @ [5.0, 1.0, -2.0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = gls_slopes(y, x[:, :factors], controls, number, se=se)
    assert table.estimate[0, 0] == pytest.approx(3.0, rel=1e-7)
    weight, _, scale, _ = table.mixtures[0, 0]
    # 1e-15 of the outcome's variance: its root is 3e-8 of the slope over the root of the nights
    assert 0 < scale[weight > 0].max() < 1e-5
    assert scale[weight > 0].min() > 1e-10
    assert 0 < table.high[0, 0] - table.low[0, 0] < 1e-5


def questions_of(y, x, controls, number):
    """Whitened columns of unit size, and the scales that were taken out."""
    basis = guards.control_basis(controls)
    left, scale = guards.standardised(guards.without_controls(x, basis))
    outcomes, of_y = guards.standardised(guards.without_controls(y, basis))
    return whiten_together(basis, left, number).joined_by(outcomes), scale, of_y


@pytest.mark.parametrize("last", [0.0, 1.0])
def test_columns_held_equal_at_every_shape(error_correlation, last):
    """Each question with columns of its own, among 40 questions: more than one pass takes."""
    y, x, controls, number = diary(6, columns=5, last=last)
    whole, scale, of_y = questions_of(y, x, controls, number)
    kinds = [(5, 0, ()), (6, 4, (0,)), (5, 2, (0, 1, 4)), (6, 1, (3,))]
    got = whole.shapes(kinds * 10)
    assert len(got) == 40
    for place in (0, 1, 2, 3, 28, 31, 32, 33, 34, 35, 39):
        outcome, factor, held = kinds[place % 4]
        beside = np.column_stack([controls, x[:, list(held)]])
        want = at_every_shape(y[:, outcome - 5], x[:, factor], beside, number, error_correlation)
        one = got[place]
        held_against((one.weight, one.slope, one.scale, one.df), want,
                     unit=of_y[outcome - 5] / scale[factor])  # fmt: skip
    # of one or two questions the products of the controls are not kept
    for many in (1, 2, 4, 5, 6):
        for one, other in zip(whole.shapes(kinds[:1] * many), got[:1] * many, strict=True):
            np.testing.assert_allclose(one.df, other.df, rtol=1e-9)
            np.testing.assert_allclose(one.scale, other.scale, rtol=1e-9)
    assert whole.shapes([]) == []


def test_what_columns_explain_wholly_has_an_error_of_rounding_beside_others_too():
    y, x, controls, number = diary(4)
    y[:, 0] = 3 * x[:, 0] - x[:, 1] + controls @ [5.0, 1.0, -2.0]
    whole, scale, of_y = questions_of(y, x, controls, number)
    (one,) = whole.shapes([(3, 0, (1,))])
    kept = one.weight > 0
    np.testing.assert_allclose(one.slope[kept] * of_y[0] / scale[0], 3.0, rtol=1e-5)
    assert (one.scale[kept] > 1e-9).all()
    assert (one.scale[kept] < 1e-4).all()


def test_weights_do_not_depend_on_the_unit_of_the_outcome():
    """Logs of what is left of 1e-12 of an outcome are of size a thousand."""
    y, x, controls, number = diary(4)
    basis = guards.control_basis(controls)
    left, outcomes = (guards.without_controls(one, basis) for one in (x, y))
    first = whiten_together(basis, left, number)
    for unit in (1e-12, 1e12):
        for one, other in zip(
            first.joined_by(outcomes).shapes([(3, 0, ()), (4, 1, (0,))]),
            first.joined_by(unit * outcomes).shapes([(3, 0, ()), (4, 1, (0,))]),
            strict=True,
        ):
            np.testing.assert_allclose(one.weight, other.weight, rtol=1e-6)
            np.testing.assert_allclose(unit * one.scale, other.scale, rtol=1e-6)


def test_sums_of_too_few_degrees_of_freedom_keep_their_counts(monkeypatch):
    y, x, controls, number = diary(8)
    (well,) = gls_contrasts(y[:, 0], x, [[1.0, 1, 0]], controls, number)
    monkeypatch.setattr(guards, "LEAST_DF", well.df + 0.1)
    (few,) = gls_contrasts(y[:, 0], x, [[1.0, 1, 0]], controls, number)
    assert few.reason == guards.TOO_FEW_INFORMATIVE
    assert (few.n, few.k, few.df) == (45, 5, well.df)
    assert np.isnan([few.estimate, few.low, few.high, few.pvalue]).all()


def test_columns_joined_in_two_steps_are_those_joined_in_one():
    y, x, controls, number = diary(2)
    basis = guards.control_basis(controls)
    left, outcomes = (guards.without_controls(one, basis) for one in (x, y))
    first = whiten_together(basis, left, number)
    one = first.joined_by(outcomes)
    two = first.joined_by(outcomes[:, :1]).joined_by(outcomes[:, 1:])
    np.testing.assert_allclose(one.columns, two.columns, atol=1e-12)
    np.testing.assert_allclose(one.cross, two.cross, atol=1e-9)
    np.testing.assert_allclose(one.cross, one.cross.transpose(0, 2, 1), atol=1e-9)
    np.testing.assert_allclose(one.cross, one.columns @ one.columns.transpose(0, 2, 1), atol=1e-9)
    np.testing.assert_allclose(one.leverage, (one.controls**2).sum(axis=1), atol=1e-12)
    assert np.abs(one.columns @ one.controls.transpose(0, 2, 1)).max() < 1e-10


def test_averages_of_questions_are_weighted_sums_of_their_shapes():
    """By hand: two shapes, three quarters and one quarter."""
    one = together.Shapes(*(np.array(v) for v in ([0.75, 0.25], [2.0, 6.0], [1.0, 2], [8.0, 16])))
    other = together.Shapes(*(np.array(v) for v in ([0.5, 0.5], [-1.0, 1], [1.0, 1], [5.0, 5])))
    got = together.averaged([one, other])
    assert got["estimate"].tolist() == [3.0, 0.0]
    assert got["df"].tolist() == [10.0, 5.0]
    assert got["pvalue"][1] == 1.0
    assert got["low"][1] == pytest.approx(-got["high"][1], rel=1e-9)
    wide = together.averaged([one, other], 0.99)
    assert (wide["low"] < got["low"]).all()
    nothing = together.averaged([])
    assert {name: values.tolist() for name, values in nothing.items()} == {
        "estimate": [], "low": [], "high": [], "pvalue": [], "df": [],
    }  # fmt: skip


@pytest.mark.parametrize("last", [0.0, 1.0])
def test_sums_of_slopes_at_every_shape(error_correlation, last):
    y, x, controls, number = diary(8, last=last)
    outcome, weights = y[:, 1], np.array([[1.0, -2.0, 0.0], [0.0, 0.5, 3.0], [0, 0, 1.0]])
    basis = guards.control_basis(controls)
    left, scale = guards.standardised(guards.without_controls(x, basis))
    of_y, unit = guards.standardised(guards.without_controls(outcome[:, None], basis))
    noise, b, variance, df = together._at_noise(basis, left, of_y, number, weights / scale)
    got = gls_contrasts(outcome, x, weights, controls, number)
    grid = noise_grid()
    for place, sums in enumerate(weights):
        want = at_every_shape(outcome, x, controls, number, error_correlation, sums=sums)
        kept = want[0] > 0
        assert len(noise.weight) == kept.sum()
        np.testing.assert_allclose(noise.weight, want[0][kept], rtol=1e-6)
        np.testing.assert_allclose(unit * b[:, place], want[1][kept], rtol=1e-6)
        np.testing.assert_allclose(unit * np.sqrt(variance[:, place]), want[2][kept], rtol=1e-6)
        np.testing.assert_allclose(df[:, place], want[3][kept], rtol=1e-6)
        assert got[place].estimate == pytest.approx(want[0] @ want[1], rel=1e-6)
        assert got[place].df == pytest.approx(want[0] @ want[3], rel=1e-6)
        assert got[place].phi == pytest.approx(want[0] @ grid.phi, rel=1e-6)
        assert got[place].kappa == pytest.approx(want[0] @ grid.kappa, rel=1e-6)
        # held equal are the controls and all columns but one
        assert (got[place].n, got[place].k, got[place].reason) == (45, 5, "")
        assert got[place].low < got[place].estimate < got[place].high


def test_sums_of_what_is_explained_wholly_have_an_error_of_rounding():
    _, x, controls, number = diary(8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (got,) = gls_contrasts(x @ [3.0, 1.0, -1.0], x, [[1.0, 1.0, 0.0]], controls, number)
    assert got.estimate == pytest.approx(4.0, rel=1e-6)
    assert 0 < got.high - got.low < 1e-5


def test_sums_have_the_level_that_was_asked_for_and_plain_numbers_will_do():
    y, x, controls, number = diary(8)
    (narrow,), (wide,) = (
        gls_contrasts(y[:, 0], x, [[1.0, 1, 0]], controls, number, level=level)
        for level in (0.5, 0.95)
    )
    assert wide.low < narrow.low < narrow.high < wide.high
    (plain,) = gls_contrasts(
        np.array(y[:, 0], object), np.array(x, object), np.array([1, 1, 0], object),
        np.array(controls, object), number,
    )  # fmt: skip
    assert plain == wide


@pytest.mark.parametrize("weights", [[[1.0, 0, 0], [0.0, 0, 0]], [[1.0, 2, 3, 4]], [[0.0] * 4]])
def test_sums_that_are_nothing_are_refused_one_and_all(weights):
    y, x, controls, number = diary(8)
    with pytest.raises(guards.DiaryError, match="weights has shape"):
        gls_contrasts(y[:, 0], x, weights, controls, number)


def test_of_sums_that_cannot_be_told_nights_and_columns_are():
    """Every way to be refused: by the outcome first, then by the sum's own column, then by any."""
    y, x, controls, number = diary(8)
    twice = x.copy()
    twice[:, 2] = 5 + 3 * twice[:, 0] + controls[:, 2]
    given = guards.CONSTANT_GIVEN_CONTROLS
    got = gls_contrasts(y[:, 0], twice, [[0, 0, 1.0], [0, 1.0, 0], [1.0, 1.0, 0]], controls, number)
    assert [one.reason for one in got] == [given] * 3
    assert {(one.n, one.k) for one in got} == {(45, 5)}
    rare = x.copy()
    rare[:, 1] = number < number[2]
    got = gls_contrasts(y[:, 0], rare, [[1.0, 0, 0], [1.0, 1.0, 0]], controls, number)
    assert [one.reason for one in got] == [guards.ONE_SIDE_TOO_RARE] * 2
    flat = gls_contrasts(np.full(45, 2.0), rare, np.eye(3), controls, number)
    assert {one.reason for one in flat} == {guards.OUTCOME + guards.CONSTANT}
    assert np.isnan([flat[0].estimate, flat[0].low, flat[0].pvalue, flat[0].df]).all()
    # a column far from zero is no repetition of the intercept
    for mean in (1e9, np.array([0.0, 1e9, 0.0])):
        far = gls_contrasts(y[:, 0], x + mean, np.eye(3), controls, number)
        assert [one.reason for one in far] == [""] * 3
    # a line among the columns is of the controls
    line = gls_contrasts(y[:, 0], np.column_stack([x[:, :2], number * 3.0]), np.eye(3), controls,
                         number)  # fmt: skip
    assert {one.reason for one in line} == {given}


def test_the_joint_test_at_every_shape(error_correlation):
    y, x, controls, number = diary(12)
    basis = guards.control_basis(controls)
    tested = np.linalg.qr(guards.without_controls(x, basis))[0]
    outcome = guards.standardised(guards.without_controls(y[:, :1], basis))[0]
    weight, fvalue = evidence.joint_evidence(basis, tested, outcome, number)
    grid, logs = noise_grid(), []
    for place, (phi, kappa) in enumerate(zip(grid.phi, grid.kappa, strict=True)):
        r = error_correlation(number, phi, kappa)
        root = np.linalg.cholesky(r)
        z, w, yw = (np.linalg.solve(root, one) for one in (basis, np.column_stack([basis, tested]),
                                                           outcome[:, 0]))  # fmt: skip
        small, large = (((yw - one @ np.linalg.lstsq(one, yw)[0]) ** 2).sum() for one in (z, w))
        assert fvalue[place] == pytest.approx((small - large) / 3 / (large / 39), rel=1e-7)
        logs.append(grid.log_prior[place] - np.log(np.diag(root)).sum()
                    - np.linalg.slogdet(w.T @ w)[1] / 2 - 19.5 * np.log(large))  # fmt: skip
    want = np.exp(np.array(logs) - max(logs))
    np.testing.assert_allclose(weight, want / want.sum(), rtol=1e-7)


def test_a_joint_test_of_what_is_explained_wholly_is_certain():
    y, x, controls, number = diary(12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = gls_joint(x @ [1.0, 2.0, 3.0], x, controls, number)
        far = gls_joint(y[:, 0], x + 1e9, controls, number)
    assert 0 <= got.pvalue < 1e-100
    assert np.isfinite(got.fvalue)
    assert (got.df1, got.df2, got.n, got.reason) == (3, 39, 45, "")
    near = gls_joint(y[:, 0], x, controls, number)
    assert (far.df1, far.pvalue) == (3, pytest.approx(near.pvalue, rel=1e-4))
    # nor is one of them, the others lying elsewhere
    one = gls_joint(y[:, 0], x + np.array([0.0, 1e9, 0.0]), controls, number)
    assert (one.df1, one.pvalue) == (3, pytest.approx(near.pvalue, rel=1e-4))


def test_refused_joint_tests_keep_their_counts():
    y, x, controls, number = diary(12)
    got = gls_joint(np.full(45, 3.0), x, controls, number)
    assert (got.reason, got.df1, got.df2, got.n) == (guards.OUTCOME + guards.CONSTANT, 3, 39, 45)
    few = gls_joint(y[:7, 0], x[:7, :2], controls[:7, :2], number[:7])
    assert (few.reason, few.df1, few.df2, few.n) == (guards.TOO_FEW_NIGHTS, 2, 3, 7)
    none = gls_joint(y[:2, 0], x[:2, :2], np.ones((2, 1)), number[:2])
    assert (none.df1, none.df2, none.n) == (1, 0, 2)
    # nothing to be tested is said before anything else of the outcome
    within = gls_joint(np.full(45, 3.0), controls[:, 1:], controls, number)
    assert (within.reason, within.df1) == (guards.CONSTANT_GIVEN_CONTROLS, 0)


# the parts that are taken in pieces


@pytest.mark.parametrize("size", [1, 1 << 15, 1 << 16, 1 << 17])
@pytest.mark.parametrize("shapes", [[], [0], [44], [3, 4, 5], [0, 7, 8, 30, 44], list(range(45))])
def test_blocks_of_shapes_hold_each_shape_once(size, shapes):
    """At most 2^16 numbers at once, and no more shapes than lie between the first and the last."""
    blocks = list(evidence._blocks(np.array(shapes, dtype=int), size))
    within = [shape for one in blocks for shape in range(one.start, one.stop)]
    assert len(set(within)) == len(within)
    assert set(shapes) <= set(within)
    for one in blocks:
        assert one.start in shapes
        assert one.stop - 1 in shapes
        assert one.stop - one.start <= max(1, (1 << 16) // size)
    assert len(blocks) == (len(shapes) if size >= 1 << 16 else len(blocks))
    assert size > 1 or len(blocks) == (len(shapes) > 0)


@pytest.mark.parametrize("size", [1, 200, 1 << 30])
@pytest.mark.parametrize("factors", [1, 3])
def test_pieces_of_any_size_give_the_same(monkeypatch, size, factors):
    y, x, controls, number = diary(1)
    asked = [(y, x[:, :factors], controls, number)] * 3
    want = gls_tables(asked)
    for name in ("_NUMBERS_AT_ONCE", "_STEPS", "_TOGETHER"):
        monkeypatch.setattr(evidence, name, size)
        for one, other in zip(gls_tables(asked), want, strict=True):
            for told in ("estimate", "low", "high", "pvalue", "df"):
                np.testing.assert_allclose(getattr(one, told), getattr(other, told), rtol=1e-9)


@pytest.mark.parametrize("n", [45, 700])
def test_noise_shapes_one_by_one_or_all_at_once(monkeypatch, n):
    """How many are in the cache together decides no answer, nor which of them come first.

    At 700 nights most shapes have no weight: those are left out as soon as it is sure.
    """
    y, x, controls, number = diary(4, n, columns=4)
    told = []
    for numbers in (1, 1 << 15, 1 << 17, 1 << 24):
        monkeypatch.setattr(evidence, "_TOGETHER", numbers)
        told.append(gls_slopes(y, x, controls, number))
    for one in told[1:]:
        for name in ("estimate", "low", "high", "pvalue", "df", "phi", "kappa"):
            np.testing.assert_allclose(getattr(one, name), getattr(told[0], name), rtol=1e-11)
    for cell, want in told[0].mixtures.items():
        assert (n == 700) == (want[0] == 0).any()
        for one in told[1:]:
            np.testing.assert_array_equal(one.mixtures[cell][0] > 0, want[0] > 0)


def test_outcomes_of_one_factor_each_are_told_like_those_of_all():
    """Where each factor has outcomes of its own no copy is made; pair by pair it is the same."""
    y, x, controls, number = diary(5, 60, columns=3)
    own = np.concatenate([y, y[:, :1] ** 2, y + x[:, :2], y[:, 1:] + x[:, 2:]], axis=1)
    cells = [(row, row % 3) for row in range(6)]
    asked = [(own, x, controls, number)]
    (few,), (whole,) = gls_tables(asked, cells=[cells]), gls_tables(asked)
    for name in ("estimate", "low", "high", "pvalue", "df"):
        for cell in cells:
            got, want = getattr(few, name)[cell], getattr(whole, name)[cell]
            assert got == pytest.approx(want, rel=1e-10)


def test_squared_norms_by_the_matrix_itself():
    rng = np.random.default_rng(3)
    q, d = rng.normal(size=(2, 4, 30)), rng.uniform(size=(2, 6, 30))
    want = [[((q[g] * d[g, p]) @ q[g].T) ** 2 for p in range(6)] for g in range(2)]
    want = np.array(want).sum(axis=(2, 3))
    for norm in (evidence._squared_norm, evidence._norm_of_few, together._among_controls):
        np.testing.assert_allclose(norm(q, d), want, rtol=1e-12)
        np.testing.assert_allclose(norm(q, d[:, :2]), want[:, :2], rtol=1e-12)
    np.testing.assert_allclose(
        evidence._squared_norm(q[:, :1], d[:, :1]),
        ((q[:, 0] ** 2 * d[:, 0]).sum(axis=1) ** 2)[:, None],
    )


def test_weights_are_of_the_largest_however_large():
    logs = np.array([[0.0, 1e5], [np.log(3.0), 1e5 - 30], [-40.0, 1e5 - 1]])
    got = evidence._weights(logs)
    assert got[:, 0] == pytest.approx([0.25, 0.75, 0.0])
    assert got[2, 0] == 0.0  # 4e-18 is negligible
    assert got[:, 1] == pytest.approx([1 / (1 + np.exp(-1)), 0.0, 1 / (1 + np.e)])
    assert got[1, 1] == 0.0
    assert got.sum(axis=0) == pytest.approx([1.0, 1.0])
