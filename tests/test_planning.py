"""How many nights an effect takes.

Sources of the expected numbers: a table of nights for 80 % power worked out independently for a
night's SD of 60 min, persistence 0.3 and 15 % missing nights; the information of one calendar
computed with the dense covariance matrix; the engine's own interval; simulated power. The table was
worked out from what diaries tell on average; ours allows for how far they differ, which takes up to
a quarter more nights where use comes in streaks.
"""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.asking.verdicts import power_at, power_for, shift_for
from sleepstats.errors import DiaryError
from sleepstats.inference import gls_slope
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.information import expected_information
from sleepstats.inference.none_alone import bring_in_around
from sleepstats.planning import nights_needed, own_design
from sleepstats.planning.designs import Design

INDEPENDENT = {  # effect in min: coin, alternate, about ten in a row, one in five, 8 %
    15: (566, 402, 893, 877, 1892),
    20: (323, 232, 508, 498, 1069),
    30: (151, 110, 233, 228, 482),
    45: (74, 56, 110, 108, 221),
}


@pytest.mark.parametrize("effect", list(INDEPENDENT))
def test_nights_before_starting_are_near_the_independent_table(effect):
    plan = nights_needed(effect=effect, sd=60, persistence=0.3, missing=0.15)
    ours = plan.table.nights.to_numpy(float)
    assert ours == pytest.approx(np.array(INDEPENDENT[effect]), rel=0.23)


def test_information_is_that_of_the_dense_matrix():
    lag = np.arange(360)
    covariance = 0.25 * 0.7**lag
    got = expected_information(covariance[None], most=90, phi=0.6, kappa=0.2, missing=0.0)
    night = np.arange(90)
    z = calendar_controls(night, night % 7, 90)
    apart = np.abs(night[:, None] - night)
    r = np.where(apart == 0, 1.0, 0.8 * 0.6**apart)
    inverse = np.linalg.inv(r)
    m = inverse - inverse @ z @ np.linalg.inv(z.T @ inverse @ z) @ z.T @ inverse
    # 90 is not on the ladder of lengths: a line between 89 and 134 nights
    assert got.information[-1, 0] == pytest.approx((m * covariance[apart]).sum(), rel=0.02)
    assert got.spare[-1] == pytest.approx(90 - z.shape[1] - 1, abs=0.1)


@pytest.mark.parametrize("missing", [0.9, 0.95, 0.96, 0.99, 0.999])
def test_where_nearly_every_night_is_missing_short_calendars_tell_nothing(missing):
    # of 20 nights at most (1 - 0.9) 20 = 2 are there, and controls take more than that
    covariance = np.array([0.25 * 0.7 ** np.arange(360), 0.16 * 0.0 ** np.arange(360)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = expected_information(covariance, most=400, phi=0.6, kappa=0.2, missing=missing)
    assert got.information[0] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert got.spare[0] < 0
    assert np.isfinite(got.information).all()
    assert np.isfinite(got.between).all()


def test_the_power_of_the_nights_given():
    """200 diaries of as many nights as were given: four in five find the effect."""
    plan = nights_needed(effect=45, sd=60, persistence=0.3, missing=0.0)
    n, found = int(plan.table.nights[0]), 0
    night = np.arange(n)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=n)
        for t in range(1, n):
            noise[t] = 0.3 * noise[t - 1] + np.sqrt(1 - 0.09) * noise[t]
        x = (rng.random(n) < 0.5).astype(float)
        controls = calendar_controls(night, night % 7, n)
        found += gls_slope(60 * noise + 45 * x, x, controls, night).pvalue < 0.05
    assert stats.binomtest(found, 200, 0.78).pvalue > 0.01


def test_the_smallest_effect_of_a_recorded_factor_is_that_of_its_interval():
    nights, _ = ss.simulate_nights(90, seed=7)
    one = ss.associate(nights, outcome="tst_min", factor="late_meal")
    plan = nights_needed(nights, factor="late_meal")
    smallest = plan.table.smallest[0]
    assert plan.recorded_so_far == one.n
    number = (nights.index - nights.index[0]).days.to_numpy()
    controls = calendar_controls(number, nights.index.day_of_week, int(number[-1]) + 1)
    late = nights.late_meal.to_numpy(float)
    y = bring_in_around(nights.tst_min.to_numpy(), np.column_stack([controls, late]))
    slope = gls_slope(y, late, controls, number)
    assert power_for(smallest, slope.low, slope.high, slope.df) == pytest.approx(0.8, abs=1e-6)
    assert plan.table.nights.isna().all()


def test_nights_for_an_effect_and_for_more_questions():
    nights, truth = ss.simulate_nights(180, seed=3)
    plan = nights_needed(nights, factor="late_meal", effect=25)
    assert plan.persistence == pytest.approx((1 - truth.white) * truth.rho, abs=0.15)
    assert plan.missing == pytest.approx(truth.missing, abs=0.01)
    assert plan.table.questions.tolist() == [1, plan.questions]
    asked = ss.correlate(nights)
    assert plan.questions == (asked.status != "refused").sum()
    many = nights_needed(nights, factor="late_meal", effect=25, questions=plan.questions)
    assert many.table.nights[0] == plan.table.nights[1]
    many = nights_needed(nights, factor="late_meal", effect=25, questions=12)
    assert many.table.questions.tolist() == [12]
    assert many.table.nights[0] > 1.3 * plan.table.nights[0]
    assert many.table.smallest[0] > plan.table.smallest[0]
    less = nights_needed(nights, factor="late_meal", effect=12.5)
    assert 3.0 < less.table.nights[0] / plan.table.nights[0] < 5.0
    assert nights_needed(nights, factor="late_meal", effect=0.1).table.nights.isna().all()


def test_the_kurtosis_of_a_whitened_yes_or_no_is_that_of_its_turns():
    """Against 400,000 nights of a yes or no that stays, whitened by the night before."""
    rng = np.random.default_rng(1)
    share, stay, phi = 0.2, 0.6, 0.4
    x = np.empty(400_000)
    x[0], u = 0.0, rng.random(len(x))
    for night in range(1, len(x)):
        x[night] = u[night] < share + stay * (x[night - 1] - share)
    left = (x[1:] - share) - phi * (x[:-1] - share)
    design = Design("", share, share * (1 - share) * stay ** np.arange(360.0))
    assert design.tails(phi) == pytest.approx((left**4).mean() / (left**2).mean() ** 2, rel=0.03)


@pytest.mark.parametrize(("stay", "share"), [(0.0, 0.5), (0.0, 0.2), (0.8, 0.5)])
def test_how_far_diaries_differ_is_that_of_drawn_ones(stay, share):
    """Information of 300 drawn calendars of 134 nights, by the dense matrix."""
    n, phi, kappa = 134, 0.4, 0.2
    covariance = share * (1 - share) * (stay ** np.arange(360.0))
    design = Design("", share, covariance)
    expected = expected_information(
        covariance[None], most=n, phi=phi, kappa=kappa, missing=0.0,
        kurtosis=np.array([design.tails((1 - kappa) * phi)]),
    )  # fmt: skip
    night = np.arange(n)
    z = calendar_controls(night, night % 7, n)
    apart = np.abs(night[:, None] - night)
    inverse = np.linalg.inv(np.where(apart == 0, 1.0, (1 - kappa) * phi**apart))
    m = inverse - inverse @ z @ np.linalg.inv(z.T @ inverse @ z) @ z.T @ inverse
    rng = np.random.default_rng(2)
    told = []
    for _ in range(300):
        x, u = np.empty(n), rng.random(n)
        x[0] = u[0] < share
        for day in range(1, n):
            x[day] = u[day] < share + stay * (x[day - 1] - share)
        told.append(x @ m @ x)
    assert expected.information[-1, 0] == pytest.approx(np.mean(told), rel=0.05)
    assert expected.between[-1, 0] == pytest.approx(np.std(told) / np.mean(told), rel=0.2)


def test_a_number_is_asked_per_unit():
    nights, _ = ss.simulate_nights(120, seed=3)
    per_point = nights_needed(nights, factor="stress", effect=5)
    per_tenth = nights_needed(nights.assign(stress=nights.stress * 10), factor="stress", effect=0.5)
    assert per_point.effect_unit == "min per point"
    assert per_point.table.nights[0] == per_tenth.table.nights[0]
    assert np.isnan(per_point.table.share[0])


def test_latency_is_told_in_minutes_at_the_median():
    nights, _ = ss.simulate_nights(120, seed=3)
    plan = nights_needed(nights, outcome="sol_min", factor="late_meal", effect=5)
    assert plan.sd < 1.0  # of the logarithm
    assert 1.0 < plan.table.smallest[0] < 15.0
    assert "(log)" in f"{plan}"


def test_sentences():
    before = format(nights_needed(effect=30, sd=60))
    assert before.startswith(
        "To notice a difference of 30 min in total sleep time, if there is one, in 80 of 100 such "
        "diaries takes, as the only question asked, for a habit on half of the nights, by a coin: "
        "142 nights; on every other night: "
    )
    assert before.endswith(
        "(Such diaries are imagined ones: a night's standard deviation 60, correlation with the "
        "next night 0.3, 15 % of nights not recorded.)"
    )
    nights, _ = ss.simulate_nights(90, seed=7)
    plan = nights_needed(nights, factor="late_meal", effect=0.5, questions=3)
    assert "takes more than ten years among 3 questions asked together. The 90 nights so far" in (
        f"{plan}"
    )
    both = format(nights_needed(nights, factor="late_meal", effect=25))
    assert " recorded) as the only question asked and " in both
    assert " recorded) among 24 questions asked together. " in both
    assert both.count("24 questions asked together") == 2
    assert json.loads(json.dumps(plan.to_dict()))["table"][0]["nights"] is None
    assert plan._repr_html_().startswith(
        "<p>To notice a difference of 0.5 min in total sleep time "
    )
    assert repr(plan).startswith("<NightsNeeded: To notice a difference of ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "without nights needs sd=, the standard deviation of a night, and effect="),
        ({"effect": 30, "sd": -1.0}, "sd is -1.0, expected a number above 0."),
        ({"effect": 0, "sd": 60}, "effect is 0, expected a number other than 0."),
        ({"effect": 3, "sd": 60, "power": 1.0}, "power is 1.0, expected a chance from 0.1"),
        ({"effect": 3, "sd": 60, "missing": 0.9}, "missing is 0.9, expected a share from 0 to 0.6"),
        ({"effect": 3, "sd": 60, "persistence": 1}, "persistence is 1, expected 0 to below 1."),
        ({"effect": 3, "sd": 60, "outcome": "sol_min"}, "its spread must be learnt from nights"),
        ({"effect": 3, "sd": 60, "factor": "tea"}, "factor='tea' has no nights to learn from."),
    ],
)
def test_wrong_numbers_are_told(options, sentence):
    with pytest.raises(DiaryError) as told:
        nights_needed(**options)
    assert sentence in str(told.value)


def test_wrong_nights_are_told():
    nights, _ = ss.simulate_nights(60, seed=7)
    with pytest.raises(DiaryError, match="sd is learnt from nights; leave sd= out"):
        nights_needed(nights, sd=40)
    with pytest.raises(DiaryError, match="'supplement_kind' is neither a number nor a yes or no"):
        nights_needed(nights, factor="supplement_kind")
    with pytest.raises(DiaryError, match="constant: late_meal was yes on all"):
        nights_needed(nights.assign(late_meal=True), factor="late_meal")
    with pytest.raises(DiaryError, match=r"needs at least 14 nights with tst_min .* 10 have it"):
        nights_needed(nights[:10])


def test_shift_and_power_are_inverse():
    df = np.array([4.0, 20.0, 300.0])
    shift = shift_for(0.8, df, questions=5)
    assert power_at(shift, df, questions=5) == pytest.approx(np.full(3, 0.8), abs=1e-9)


def test_before_starting_the_persistence_may_be_anything():
    takes = [
        nights_needed(effect=30, sd=60, persistence=rho).table.nights[0] for rho in (0, 0.5, 0.9)
    ]
    assert takes[0] > takes[1] > takes[2]
    assert pd.api.types.is_integer_dtype(nights_needed(effect=30, sd=60).table.nights.dtype)


@pytest.mark.parametrize(("stay", "within"), [(0.0, 0.04), (0.8, 0.08)])
def test_a_habits_memory_is_learnt_without_the_controls_bias(stay, within):
    """Truth by simulation: yes on half of the nights, each like the night before with ``stay``.

    What the calendar leaves of such a habit on 60 nights is 0.62 like the night before, not 0.8.
    """
    rng = np.random.default_rng(11)
    number = np.arange(60)
    controls = calendar_controls(number, number % 7, 60, adjust=("weekday", "trend"))
    ratios = []
    for _ in range(150):
        again = rng.random(60) < stay
        drawn = rng.random(60) < 0.5
        kept = np.maximum.accumulate(np.where(again, 0, number))
        x = drawn[kept].astype(float)
        if x.std() > 0:
            own = own_design(x, controls, number, 60, True)
            ratios.append(own.covariance[1] / own.covariance[0])
    assert abs(np.median(ratios) - stay) < within


def test_sizes_are_told_for_as_much_of_a_habit_as_people_speak_of():
    """20 min for each minute of screens is 1,200 for an hour: asked back. 20 / 60 is 20 an hour."""
    nights = ss.load_sample("diary")
    said = str(ss.nights_needed(nights, factor="screens_min", effect=20))
    assert "a difference of 1200 min per 60 min in total sleep time" in " ".join(said.split())
    assert "If 20 min per 60 min was meant, give effect=20/60." in " ".join(said.split())
    plan = ss.nights_needed(nights, factor="screens_min", effect=20 / 60)
    said = " ".join(str(plan).split())
    assert "a difference of 20 min per 60 min in total sleep time" in said
    assert "was meant" not in said
    assert (plan.step, plan.per_step, plan.effect) == (60.0, "60 min", 20 / 60)
    assert f"notice {60 * plan.table['smallest'][0]:.0f} min per 60 min or more" in said


@pytest.mark.parametrize("effect", [5 / 60, 12 / 60])
def test_the_size_of_latency_that_is_told_is_the_one_asked_for(effect):
    """By hand: 5 min for 60 are asked as log(1 + 5 / median) over 60, and told as 5 min per 60."""
    nights = ss.load_sample("diary")
    plan = ss.nights_needed(nights, "sol_min", "screens_min", effect=effect, questions=1)
    median = float(nights.loc[nights["screens_min"].notna(), "sol_min"].median())
    assert plan.median == median
    told = " ".join(str(plan).split())
    assert f"a difference of {60 * effect:.0f} min per 60 min" in told
    # the smallest that was told, asked for again, takes as many nights as there are, or nearly
    again = ss.nights_needed(
        nights, "sol_min", "screens_min", effect=float(plan.table["smallest"][0]), questions=1
    )
    assert 0.6 < again.table["nights"][0] / plan.nights_so_far < 1.6


def test_a_fall_of_latency_by_more_than_it_is_is_asked_as_nearly_all_of_it():
    nights = ss.load_sample("diary")
    plan = ss.nights_needed(nights, "sol_min", "late_meal", effect=-500, questions=1)
    nearly = ss.nights_needed(
        nights, "sol_min", "late_meal", effect=-0.95 * plan.median, questions=1
    )
    assert plan.table["nights"][0] == nearly.table["nights"][0]


def test_a_size_given_as_a_habit_is_told_its_name():
    with pytest.raises(ss.DiaryError, match="Give a size by its name: effect=20"):
        ss.nights_needed(ss.load_sample("diary"), "tst_min", 20)
