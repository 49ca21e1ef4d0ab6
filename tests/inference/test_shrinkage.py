"""Best guesses against the closed form, numerical integration, limits and symmetries."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slopes
from sleepstats.inference.shrinkage import (
    SCALES,
    SHARES,
    WIDTHS,
    best_guesses,
    r_units,
)

# chances of the scales before a diary is seen, exp(-(log s)^2 / .98) by hand: of log s
# -.69315 -.34657 0 .34657 .69315 1.03972 1.38629 the squares are .48045 .12011 0 .12011 .48045
# 1.08102 1.92181, over .98 .49026 .12256 0 .12256 .49026 1.10308 1.96103
CHANCES = np.array([0.61247, 0.88465, 1.0, 0.88465, 0.61247, 0.33185, 0.14071])


def of_z(r: np.ndarray, se: float, df: float = 1e9) -> tuple[np.ndarray, ...]:
    """Arguments whose intervals belong to these estimates and this standard error."""
    r = np.asarray(r, dtype=float)
    reach = stats.t.ppf(0.975, df) * se
    return r, r - reach, r + reach, np.full(r.shape, df), np.ones(r.shape)


def by_integration(r: list[float], se: float, df: float, level: float = 0.95) -> np.ndarray:
    """Mean, interval and chance of a positive sign of every row, on a fine grid of true values."""
    true = np.linspace(-3, 3, 100_001)
    if others := (len(r) - 1) * df * 2 / np.pi:  # errors alike: their middle adds only freedom
        df += 1 / (1 / 8 + 1 / others)
    posterior = np.empty((len(r), len(SCALES) + 1, len(true)))
    mixtures = [[(0.68, 0.05 * s), (0.30, 0.10 * s), (0.02, 0.20 * s)] for s in SCALES]
    for place, parts in enumerate([*mixtures, [(1.0, 0.6)]]):  # the last: a kind of its own
        prior = sum(share * stats.norm.pdf(true, 0, width) for share, width in parts)
        for row, value in enumerate(r):
            posterior[row, place] = prior * stats.t.pdf((value - true) / se, df)
    evidence = posterior.sum(axis=2)
    posterior /= evidence[:, :, None]
    told = []
    for row in range(len(r)):
        shared = np.delete(evidence[:, :-1], row, axis=0).prod(axis=0)
        shared *= stats.norm.pdf(np.log(SCALES), 0, 0.7)
        shared = shared / shared.sum()
        # Bayes: a scale shared with the others, or once in 400 / 3 a wide kind of its own
        chances = np.array([397 / 400, 3 / 400])
        chances *= [(shared * evidence[row, :-1]).sum(), evidence[row, -1]]
        chances /= chances.sum()
        whole = np.append(chances[0] * shared, chances[1]) @ posterior[row]
        ends = true[np.searchsorted(np.cumsum(whole), [0.5 - level / 2, 0.5 + level / 2])]
        told.append([(whole * true).sum(), *ends, whole[true > 0].sum()])
    return np.array(told)


def test_normal_normal_by_hand() -> None:
    # r = .3, se = .1, s = 1. Parts weigh share / sqrt(v) exp(-.045 / v), v = width^2 + .01:
    # v .0125 .02 .05; weights .68 .30 .02 times 8.944 7.071 4.472 times e^-3.6 e^-2.25 e^-.9
    # = .166187 .223584 .036364, in all .426135; kept .2 .5 .8 of .3:
    # .3 (.0332374 + .1117920 + .0290912) / .426135 = .12258
    v = np.array([0.0125, 0.02, 0.05])
    weight = np.array([0.68, 0.30, 0.02]) / np.sqrt(v) * np.exp(-0.045 / v)
    assert (weight * [0.2, 0.5, 0.8]).sum() / weight.sum() * 0.3 == pytest.approx(0.12258, abs=1e-5)
    # one row: its guess is that closed form averaged over the scales, by their chances and by how
    # well each explains it, and with .6^2 / (.6^2 + .01) kept of a kind of its own, 3 in 400
    means, evidence = [], []
    for scale in SCALES:
        total = (scale * np.array(WIDTHS)) ** 2 + 0.01
        weight = np.array(SHARES) / np.sqrt(total) * np.exp(-0.045 / total)
        means.append((weight * (1 - 0.01 / total)).sum() / weight.sum() * 0.3)
        evidence.append(weight.sum())
    assert 1.0 in SCALES
    assert means[SCALES.index(1.0)] == pytest.approx(0.12258, abs=1e-5)
    alike = 397 / 400 * np.average(evidence, weights=CHANCES)
    own = 3 / 400 / np.sqrt(0.37) * np.exp(-0.045 / 0.37)
    expected = np.average(
        [np.average(means, weights=CHANCES), 0.3 * 0.36 / 0.37], weights=[alike, own]
    )
    assert expected == pytest.approx(by_integration([0.3], 0.1, 1e9)[0, 0], rel=1e-5)
    # at most 200 degrees of freedom are used, which takes a hundredth off
    got = best_guesses(*of_z([0.3], 0.1)).guess[0]
    assert got == pytest.approx(by_integration([0.3], 0.1, 200)[0, 0], rel=1e-5)
    assert got == pytest.approx(expected, rel=0.015)


@pytest.mark.parametrize(
    ("r", "se", "df"), [(0.35, 0.12, 9.0), (-0.6, 0.15, 5.0), (0.02, 0.2, 40.0), (0.5, 0.05, 150.0)]
)
def test_one_row_equals_integration(r: float, se: float, df: float) -> None:
    got = best_guesses(*of_z([r], se, df))
    mean, low, high, positive = by_integration([r], se, df)[0]
    assert got.guess[0] == pytest.approx(mean, abs=2e-4)
    assert [got.low[0], got.high[0]] == pytest.approx([low, high], abs=5e-4)
    assert got.p_direction[0] == pytest.approx(positive if r > 0 else 1 - positive, abs=5e-4)


def test_the_scale_is_learned_from_the_other_rows() -> None:
    r = [0.4, 0.1, -0.25, 0.02]
    got = best_guesses(*of_z(r, 0.1, 30.0))
    mean, low, high, positive = by_integration(r, 0.1, 30.0).T
    np.testing.assert_allclose(got.guess, mean, atol=2e-4)
    np.testing.assert_allclose(got.low, low, atol=5e-4)
    np.testing.assert_allclose(got.high, high, atol=5e-4)
    np.testing.assert_allclose(
        got.p_direction, np.where(np.array(r) > 0, positive, 1 - positive), atol=5e-4
    )


def test_a_huge_effect_is_not_shrunk_away() -> None:
    # limit: the error is nothing beside any width, so the estimate stays; here z = 100
    r = np.concatenate([[0.5], np.random.default_rng(3).normal(0, 0.005, 23)])
    got = best_guesses(*of_z(r, 0.005, 60.0))
    assert got.guess[0] == pytest.approx(0.5, rel=0.02)
    assert got.p_direction[0] == pytest.approx(1.0, abs=1e-6)
    # one strong cause among 23 habits that are nothing, as 200 nights show it, keeps its size, and
    # as 90 show it two thirds or more: five standard errors out
    rest = np.random.default_rng(4).normal(0, 0.07, 23)
    some = best_guesses(*of_z(np.concatenate([[0.7], rest]), 0.07, 60.0))
    assert 0.9 * 0.7 < some.guess[0] < 0.7
    some = best_guesses(*of_z(np.concatenate([[0.54], rest * 0.108 / 0.07]), 0.108, 60.0))
    assert 2 / 3 * 0.54 < some.guess[0] < 0.9 * 0.54
    # what stands out as luck does among 24, three standard errors, is not taken for one
    luck = best_guesses(*of_z(np.concatenate([[0.324], rest * 0.108 / 0.07]), 0.108, 60.0))
    assert luck.guess[0] < 1 / 3 * 0.324


def test_questions_that_say_nothing_do_not_make_it_narrower() -> None:
    # 47 rows of which 23 say nothing at all (an error beyond every width): their evidence is the
    # same of every scale, so that the guesses are those of the other 24 alone
    r = np.concatenate([[0.4, 0.3], np.random.default_rng(9).normal(0, 0.1, 22)])
    half = best_guesses(*of_z(r, 0.1))
    se = np.repeat([0.1, 1e4], [24, 23])
    reach = stats.t.ppf(0.975, 1e9) * se
    both = np.concatenate([r, np.zeros(23)])
    whole = best_guesses(both, both - reach, both + reach, np.full(47, 1e9), np.ones(47))
    np.testing.assert_allclose(whole.guess[:24], half.guess, rtol=1e-6)


def test_of_few_questions_the_scale_stays_open() -> None:
    # alone, with two and with eleven others half an error out: the more, the less is left of it
    rest = np.resize([0.05, -0.05], 11)
    left = [best_guesses(*of_z([0.3, *rest[:others]], 0.1)).guess[0] for others in (0, 2, 11)]
    assert 0.2 > left[0] > left[1] > left[2] > 0.05


def test_a_table_of_nothing_is_shrunk_strongly() -> None:
    got = best_guesses(*of_z(np.zeros(24), 0.1))
    assert got.guess.tolist() == [0.0] * 24
    assert got.p_direction == pytest.approx(np.full(24, 0.5))
    assert got.scale < 1.0
    r = np.zeros(24)
    r[0] = 0.1  # one standard error, among others that show nothing
    assert 0 < best_guesses(*of_z(r, 0.1)).guess[0] < 0.025


def test_wide_tables_widen_the_scale() -> None:
    r = np.random.default_rng(5).normal(0, 0.1, 40)
    narrow, wide = best_guesses(*of_z(r, 0.1)), best_guesses(*of_z(4 * r, 0.1))
    assert narrow.scale < 1.0 < 2.0 < wide.scale
    assert (np.abs(wide.guess / (4 * r)) > np.abs(narrow.guess / r)).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
@example(seed=112928)  # weights that add up to a hair more than one
def test_order_units_and_refusals_do_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    m = 12
    r, se, df = rng.normal(0, 0.2, m), rng.uniform(0.02, 0.3, m), rng.uniform(4, 80, m)
    reach = stats.t.ppf(0.975, df) * se
    first = best_guesses(r, r - reach, r + reach, df, np.ones(m))
    order = rng.permutation(m)
    mixed = best_guesses(*(a[order] for a in (r, r - reach, r + reach, df, np.ones(m))))
    np.testing.assert_allclose(mixed.guess, first.guess[order], rtol=1e-9, atol=1e-15)
    # each question in a unit of its own (minutes for hours, points for a scale turned round)
    unit = np.exp(rng.normal(0, 4, m))
    other = best_guesses(r / unit, (r - reach) / unit, (r + reach) / unit, df, unit)
    for name in ("guess", "low", "high"):
        np.testing.assert_allclose(
            getattr(other, name) * unit, getattr(first, name), rtol=1e-6, atol=1e-9
        )
    np.testing.assert_allclose(other.p_direction, first.p_direction, rtol=1e-9)
    turned = best_guesses(-r, -r - reach, -r + reach, df, np.ones(m))
    np.testing.assert_allclose(turned.guess, -first.guess, rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(turned.low, -first.high, rtol=1e-6, atol=1e-8)
    # a refused row, in a table of another shape
    r2, df2 = np.append(r, np.nan)[None, :], np.append(df, 9.0)[None, :]
    reach2 = np.append(reach, np.nan)[None, :]
    refused = best_guesses(r2, r2 - reach2, r2 + reach2, df2, np.ones((1, m + 1)))
    np.testing.assert_allclose(refused.guess[0, :m], first.guess, rtol=1e-12)
    assert np.isnan(refused.guess[0, m])
    assert (np.abs(first.guess) <= np.abs(r)).all()
    assert ((first.p_direction >= 0.5) & (first.p_direction <= 1)).all()
    assert ((first.low < first.guess) & (first.guess < first.high)).all()


def test_the_level_of_the_given_intervals_does_not_matter_to_the_guess() -> None:
    r, se, df = np.array([0.3, -0.1]), 0.1, 12.0
    wide = stats.t.ppf(0.995, df) * se
    got = best_guesses(r, r - wide, r + wide, np.full(2, df), np.ones(2), level=0.99)
    plain = best_guesses(*of_z(r, se, df))
    np.testing.assert_allclose(got.guess, plain.guess, rtol=1e-9)
    assert (got.high - got.low > plain.high - plain.low).all()


def test_nothing_asked() -> None:
    nothing = best_guesses(*[np.full((2, 0), np.nan)] * 5)
    assert nothing.guess.shape == (2, 0)
    assert np.isnan(nothing.scale)
    assert np.isnan(best_guesses(*[[np.nan]] * 5).p_direction).all()


def test_r_units_are_the_ratio_of_what_the_controls_leave() -> None:
    # by least squares: standardised slope of residuals, Frisch, Waugh and Lovell
    rng = np.random.default_rng(6)
    controls = np.column_stack([np.ones(50), np.arange(50.0), rng.normal(size=50)])
    x, y = rng.normal(size=(50, 2)) * [3.0, 0.1], rng.normal(size=(50, 1)) * 40 + 400
    hat = controls @ np.linalg.pinv(controls)
    left_x, left_y = x - hat @ x, y - hat @ y
    expected = left_x.std(axis=0) / left_y.std(axis=0)
    np.testing.assert_allclose(r_units(y, x, controls)[0], expected, rtol=1e-10)
    assert np.isnan(r_units(y, controls[:, 1:2], controls)).all()


def test_units_of_a_real_table_do_not_matter() -> None:
    rng = np.random.default_rng(7)
    night = np.arange(60)
    x, controls = rng.normal(size=(60, 3)), np.column_stack([np.ones(60), night / 60])
    y = (x[:, 0] + rng.normal(size=60) * 1.5)[:, None]
    guesses = []
    for times in (1.0, 1e-3):
        table = gls_slopes(y * times, x / times, controls, night)
        unit = r_units(y * times, x / times, controls)
        told = best_guesses(table.estimate, table.low, table.high, table.df, unit)
        guesses.append(told.guess / times**2)
        assert (np.abs(told.guess) < np.abs(table.estimate)).all()
    np.testing.assert_allclose(guesses[0], guesses[1], rtol=1e-6)


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(DiaryError) as caught:
        best_guesses([1.0, 2.0], [0.0, 1.0], [2.0, 3.0], [9.0], [1.0, 1.0])
    assert str(caught.value) == "df has shape (1,); that of estimate, (2,), was expected."
    with pytest.raises(DiaryError) as caught:
        best_guesses([1.0], [0.0, 1.0], [2.0, 3.0], [9.0, 9.0], [1.0, 1.0])
    assert [one.split()[0] for one in caught.value.problems] == ["low", "high", "df", "unit"]
    with pytest.raises(DiaryError) as caught:
        best_guesses([1.0], [0.0], [2.0], [9.0], [1.0], level=95)
    assert str(caught.value) == "level: 95 is not between 0 and 1. Write 0.95 for 95 %."


def test_the_constants_are_a_mixture() -> None:
    # 68, 30 and 2 % of widths .05, .10, .20; from half to four times as wide by the root of two
    assert sum(SHARES) == pytest.approx(1.0)
    assert len(SHARES) == len(WIDTHS) == 3
    assert (min(SCALES), max(SCALES)) == (0.5, 4.0)
    assert np.diff(np.log(SCALES)) == pytest.approx(np.log(2) / 2)
