"""Published results, reproduced to the digit by this library's own functions.

Where a study has no nights that could resemble each other, the engine is told so: one noise shape,
without memory. It is then ordinary least squares, and so are the published results.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sleepstats.inference import gls_slope, information, whiten
from sleepstats.inference.information import effective_correlation
from sleepstats.inference.none_alone import pool_estimates
from sleepstats.inference.together import gls_contrasts
from sleepstats.inference.whiten import NoiseGrid

DATA = Path(__file__).parent / "reference_data"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch):
    """Leave one noise shape: every night on its own."""
    zero = np.zeros(1)
    monkeypatch.setattr(whiten, "noise_grid", lambda: NoiseGrid(zero, zero, zero))


def ols(y, x, others=None):
    """One slope by the engine with the model's own variance, and its standard error."""
    rows = np.arange(len(y))
    controls = np.ones((len(y), 1)) if others is None else others
    got = gls_slope(y, x, controls, rows, se="model")
    error = (got.high - got.low) / 2 / stats.t.ppf(0.975, got.df)
    return got, error


def dummies(people):
    return (np.asarray(people)[:, None] == np.unique(people)).astype(float)


# Student 1908, The probable error of a mean, Biometrika 6:1, table I: hours of sleep gained.
FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def test_student_1908_paired():
    # R 4: t.test(extra ~ group, paired = TRUE); each person's own difference, pooled
    got = pool_estimates(FIRST - SECOND, np.full(10, 0.01))
    assert got.df == 9
    assert got.estimate == pytest.approx(-1.58, rel=1e-12)
    assert got.pvalue == pytest.approx(0.002832890197384273, rel=1e-9)
    assert (got.low, got.high) == pytest.approx((-2.4598857632, -0.7001142368), abs=1e-9)
    error = (got.high - got.low) / 2 / stats.t.ppf(0.975, 9)
    assert got.estimate / error == pytest.approx(-4.062127683382037, rel=1e-9)


def test_student_1908_as_people_in_one_regression():
    people = np.tile(np.arange(10), 2)
    drug = np.repeat([1.0, 0.0], 10)
    got, error = ols(np.concatenate([FIRST, SECOND]), drug, dummies(people))
    assert got.df == 9
    assert got.pvalue == pytest.approx(0.002832890197384273, rel=1e-9)
    assert got.estimate / error == pytest.approx(-4.062127683382037, rel=1e-6)


def test_student_1908_unpaired():
    # equal group sizes: HC2 is Welch's variance, and the degrees of freedom are the pooled test's
    y, drug = np.concatenate([FIRST, SECOND]), np.repeat([1.0, 0.0], 10)
    got = gls_slope(y, drug, np.ones((20, 1)), np.arange(20), se="hc2")
    assert got.df == pytest.approx(18.0, rel=1e-9)
    assert got.pvalue == pytest.approx(0.07918671, abs=5e-9)
    error = (got.high - got.low) / 2 / stats.t.ppf(0.975, 18)
    assert got.estimate / error == pytest.approx(-1.860813467, abs=5e-9)


def test_student_1908_correlation():
    got = effective_correlation(FIRST, SECOND, np.ones((10, 1)), np.arange(10), 10)
    assert got.r == pytest.approx(0.7951702058, abs=5e-11)


# Cushny & Peebles 1905, J Physiol 32:501, as tabulated by Senn & Richardson 1994,
# doi:10.1002/sim.4780130806: mean hours of sleep on control nights and on three drugs.
CONTROL = [0.6, 3.0, 4.7, 5.5, 6.2, 3.2, 2.5, 2.8, 1.1, 2.9]
DRUGS = {
    "L-hyoscyamine": [1.3, 1.4, 4.5, 4.3, 6.1, 6.6, 6.2, 3.6, 1.1, 4.9],
    "L-hyoscine": [2.5, 3.8, 5.8, 5.6, 6.1, 7.6, 8.0, 4.4, 5.7, 6.3],
    "DL-hyoscine": [2.1, 4.4, 4.7, 4.8, 6.7, 8.3, 8.2, 4.3, 5.8, 6.4],
}


@pytest.mark.parametrize(
    ("drug", "mean", "t", "pvalue"),
    [
        ("L-hyoscyamine", 0.75, 1.325710, 0.217598),
        ("L-hyoscine", 2.33, 3.679916, 0.005076),
        ("DL-hyoscine", 2.32, 3.237524, 0.010199),
    ],
)
def test_cushny_and_peebles_against_control_nights(drug, mean, t, pvalue):
    got = pool_estimates(np.subtract(DRUGS[drug], CONTROL), np.full(10, 0.01))
    error = (got.high - got.low) / 2 / stats.t.ppf(0.975, 9)
    assert got.estimate == pytest.approx(mean, rel=1e-12)  # Student prints 0.75 and 2.33
    assert got.estimate / error == pytest.approx(t, abs=5e-7)
    assert got.pvalue == pytest.approx(pvalue, abs=5e-7)


# Bland & Altman 1995, BMJ 310:446, doi:10.1136/bmj.310.6977.446: person, pH, PaCO2.
PH = """
1 6.68 3.97 1 6.53 4.12 1 6.43 4.09 1 6.33 3.97 2 6.85 5.27 2 7.06 5.37 2 7.13 5.41 2 7.17 5.44
3 7.40 5.67 3 7.42 3.64 3 7.41 4.32 3 7.37 4.73 3 7.34 4.96 3 7.35 5.04 3 7.28 5.22 3 7.30 4.82
3 7.34 5.07 4 7.36 5.67 4 7.33 5.10 4 7.29 5.53 4 7.30 4.75 4 7.35 5.51 5 7.35 4.28 5 7.30 4.44
5 7.30 4.32 5 7.37 3.23 5 7.27 4.46 5 7.28 4.72 5 7.32 4.75 5 7.32 4.99 6 7.38 4.78 6 7.30 4.73
6 7.29 5.12 6 7.33 4.93 6 7.31 5.03 6 7.33 4.93 7 6.86 6.85 7 6.94 6.44 7 6.92 6.52 8 7.19 5.28
8 7.29 4.56 8 7.21 4.34 8 7.25 4.32 8 7.20 4.41 8 7.19 3.69 8 6.77 6.09 8 6.82 5.58
"""


def test_bland_and_altman_repeated_measures():
    person, ph, co2 = np.array(PH.split(), dtype=float).reshape(-1, 3).T
    within, error = ols(ph, co2, dummies(person))
    assert within.df == 38
    assert (within.estimate / error) ** 2 == pytest.approx(13.131319, abs=5e-6)
    assert within.pvalue == pytest.approx(0.00084711, abs=5e-9)
    rows = np.arange(47)
    r = effective_correlation(ph, co2, dummies(person), rows, 47).r
    assert r == pytest.approx(-0.5067697422, abs=5e-11)  # the paper prints -0.51
    raw, _ = ols(ph, co2)
    assert effective_correlation(ph, co2, np.ones((47, 1)), rows, 47).r == pytest.approx(
        -0.0652177, abs=5e-8
    )
    assert raw.pvalue == pytest.approx(0.6632, abs=5e-5)


@pytest.fixture
def sleepstudy():
    table = pd.read_csv(DATA / "sleepstudy.csv", index_col="person")
    return table.to_numpy()  # 18 people, 10 days


def test_sleepstudy_least_squares(sleepstudy):
    # lme4 vignette, Bates et al. 2015, doi:10.18637/jss.v067.i01; lm(Reaction ~ Days)
    days = np.tile(np.arange(10.0), 18)
    got, error = ols(sleepstudy.ravel(), days)
    assert got.estimate == pytest.approx(10.467286, abs=5e-7)
    assert error == pytest.approx(1.238195, abs=5e-7)


def test_sleepstudy_people_pooled_are_the_mixed_models_slope(sleepstudy):
    # with equal errors (ten days each) the pooled slope and its error are lme4's REML estimates
    slopes = [ols(person, np.arange(10.0))[0].estimate for person in sleepstudy]
    assert np.std(slopes, ddof=1) == pytest.approx(6.558227, abs=5e-7)
    got = pool_estimates(slopes, np.full(18, np.sqrt(654.9405 / 82.5)))
    error = (got.high - got.low) / 2 / stats.t.ppf(0.975, 17)
    assert got.estimate == pytest.approx(10.467286, abs=5e-7)
    assert error == pytest.approx(1.545790, abs=2e-6)  # lme4; statsmodels 1.545788
    assert got.estimate / error == pytest.approx(6.771485, abs=5e-7)
    assert got.pvalue == pytest.approx(3.2638e-6, rel=2e-5)
    assert got.tau**2 == pytest.approx(35.0716, abs=5e-4)  # REML variance of the slopes


def test_sleepstudy_by_statsmodels_reml(sleepstudy):
    import warnings

    from statsmodels.regression.mixed_linear_model import MixedLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    days = np.tile(np.arange(10.0), 18)
    design = np.column_stack([np.ones(180), days])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it says the gradient is 1e-4
        fit = MixedLM(sleepstudy.ravel(), design, np.repeat(np.arange(18), 10), design).fit()
    slopes = [ols(person, np.arange(10.0))[0].estimate for person in sleepstudy]
    got = pool_estimates(slopes, np.full(18, np.sqrt(fit.scale / 82.5)))
    assert got.estimate == pytest.approx(fit.params[1], abs=1e-4)
    assert -2 * fit.llf == pytest.approx(1743.62827, abs=1e-3)
    assert got.tau**2 == pytest.approx(np.asarray(fit.cov_re)[1, 1], rel=1e-3)


def test_sleepstudy_repeated_measures(sleepstudy):
    person = np.repeat(np.arange(18), 10)
    days = np.tile(np.arange(10.0), 18)
    got, _ = ols(sleepstudy.ravel(), days, dummies(person))
    assert got.df == 161
    assert got.pvalue == pytest.approx(6.4126e-27, rel=2e-5)
    r = effective_correlation(sleepstudy.ravel(), days, dummies(person), np.arange(180), 180).r
    assert r == pytest.approx(0.7160, abs=5e-5)


def test_wooldridge_sleep75():
    # Wooldridge, Introductory Econometrics, problem 3.3: 3638.25 - .148 totwrk - 11.13 educ + 2.20
    # age; 706 people, R^2 .113
    table = pd.read_csv(DATA / "sleep75.csv").astype(float)
    x = table[["totwrk", "educ", "age"]].to_numpy()
    for place, (slope, error) in enumerate(
        [(-0.148373, 0.0166935), (-11.133813, 5.884575), (2.199885, 1.445717)]
    ):
        beside = np.column_stack([np.ones(706), np.delete(x, place, axis=1)])
        got, own = ols(table["sleep"].to_numpy(), x[:, place], beside)
        assert got.estimate == pytest.approx(slope, abs=6e-7)
        assert own == pytest.approx(error, abs=6e-7)
        (same,) = gls_contrasts(
            table["sleep"], x, np.eye(3)[place], np.ones((706, 1)), np.arange(706)
        )
        assert same.estimate == pytest.approx(slope, abs=6e-7)
    alone, _ = ols(table["sleep"].to_numpy(), x[:, 0])
    assert alone.estimate == pytest.approx(-0.150746, abs=5e-7)
    asked = (table["totwrk"], table["sleep"], np.ones((706, 1)), np.arange(706), 706)
    assert effective_correlation(*asked).r == pytest.approx(-0.3213835, abs=5e-8)
    ranks = effective_correlation(*asked, method="spearman").r
    assert ranks == pytest.approx(-0.3067122, abs=5e-8)


# NIST Statistical Reference Datasets, Norris (linear regression), y then x:
# https://www.itl.nist.gov/div898/strd/lls/data/Norris.shtml
NORRIS = """
0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3
449.1 448.6 778.9 777.0 559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0
448.9 447.5 10.8 11.6 557.7 556.0 228.3 228.1 998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3
0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0 778.9 779.0 10.2 11.1 117.6 118.3
228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5
"""


def test_nist_norris():
    y, x = np.array(NORRIS.split(), dtype=float).reshape(-1, 2).T
    assert len(y) == 36
    got, error = ols(y, x)
    assert got.df == 34
    assert got.estimate == pytest.approx(1.00211681802045, rel=1e-13)  # certified
    assert error == pytest.approx(0.429796848199937e-3, rel=1e-9)
    assert y.mean() - got.estimate * x.mean() == pytest.approx(-0.262323073774029, rel=1e-10)


# NIST StRD Michelso (univariate): Michelson 1882, speed of light in air minus 299 000 km/s; as
# R's morley
MICHELSON = """
850 740 900 1070 930 850 950 980 980 880 1000 980 930 650 760 810 1000 1000 960 960 960 940 960
940 880 800 850 880 900 840 830 790 810 880 880 830 800 790 760 800 880 880 880 860 720 720 620
860 970 950 880 910 850 870 840 840 850 840 840 840 890 810 810 820 800 770 760 740 750 760 910
920 890 860 880 720 840 850 850 780 890 840 780 810 760 810 790 810 820 850 870 870 810 740 810
940 950 800 810 870
"""


def lag_1(values):
    """NIST divides by n where the mean product of the n - 1 pairs is meant here."""
    left = values - values.mean()
    left = left / np.sqrt((left * left).sum())
    n = len(left)
    (found,) = information._autocorrelations(left[:, None], np.arange(n), 1)[0]
    return found * (n - 1) / n


def test_nist_michelso_lag_1():
    speed = np.array(MICHELSON.split(), dtype=float) / 1000 + 299
    assert speed.mean() == pytest.approx(299.852400000000, rel=1e-14)
    assert speed.std(ddof=1) == pytest.approx(0.0790105478190518, rel=1e-11)
    assert lag_1(speed) == pytest.approx(0.535199668621283, rel=1e-11)


@pytest.mark.parametrize(
    ("whole", "digits"), [(1.2, 1e-12), (1_000_000.2, 1e-8), (10_000_000.2, 1e-7)]
)
def test_nist_numacc_lag_1(whole, digits):
    # NIST StRD NumAcc2, 3 and 4: 1001 values about a large mean, certified r1 = -0.999
    values = whole + np.concatenate([[0.0], np.tile([-0.1, 0.1], 500)])
    assert len(values) == 1001
    assert lag_1(values) == pytest.approx(-0.999, abs=digits)
