"""simulate_nights: what is planted is what stands in the frame.

Expected numbers are worked out from the formula in the docstring, or are the request itself.
"""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.simulation import EFFECTS
from sleepstats.simulation.habits import HABITS

QUIET = {"sd_min": 0.0, "weekday_min": (0.0,) * 7, "drift_min": 0.0, "missing": 0.0, "rounding": 0}


def habit(nights, name):
    column, _, level = name.partition("=")
    values = nights[column] == level if level else nights[column]
    return values.to_numpy(dtype=float, na_value=np.nan)


def lag_correlation(x, lag):
    x = x - x.mean()
    return float((x[lag:] * x[:-lag]).sum() / (x * x).sum())


@pytest.mark.parametrize(
    ("name", "minutes"),
    [("stress", -8.0), ("late_meal", -25.0), ("screens_min", -0.4),
     ("caffeine_last_h_before_bed", 6.0), ("supplement_kind=magnesium", 12.0)],
)  # fmt: skip
def test_without_noise_total_sleep_time_is_exactly_what_was_planted(name, minutes):
    nights, truth = ss.simulate_nights(200, seed=3, effects={name: minutes}, **QUIET)
    x = habit(nights, name)
    expected = 425.0 + minutes * np.nan_to_num(x - np.nanmean(x))
    np.testing.assert_allclose(nights["tst_min"], expected, atol=1e-6)
    assert truth.effects["tst_min"][name] == minutes
    assert sum(value != 0 for value in truth.effects["tst_min"].values()) == 1


def test_weekday_profile_and_drift_are_exact_without_noise():
    week = (0.0, 1.0, 2.0, 3.0, 40.0, 50.0, -20.0)
    nights, _ = ss.simulate_nights(
        71,
        seed=1,
        effects={},
        start="2026-01-05",
        **(QUIET | {"weekday_min": week, "drift_min": 70}),
    )
    expected = 425.0 + np.array([*week * 10, 0.0]) + np.arange(71) - 35.0  # 2026-01-05: a Monday
    np.testing.assert_allclose(nights["tst_min"], expected, atol=1e-6)


def test_latency_is_multiplied_by_the_planted_ratio():
    plain, _ = ss.simulate_nights(150, seed=8, latency_ratios={}, **QUIET)
    planted, truth = ss.simulate_nights(150, seed=8, latency_ratios={"stress": 1.1}, **QUIET)
    stress = planted["stress"].to_numpy()
    ratio = 1.1 ** (stress - stress.mean())
    np.testing.assert_allclose(planted["sol_min"] / plain["sol_min"], ratio, rtol=1e-9)
    assert truth.effects["sol_min"]["stress"] == 1.1
    assert truth.effects["sol_min"]["reading"] == 1.0


def test_noise_has_the_persistence_and_spread_asked_for():
    nights, _ = ss.simulate_nights(
        20_000, seed=5, effects={}, **(QUIET | {"sd_min": 40.0}), rho=0.6, white=0.25
    )
    tst = nights["tst_min"].to_numpy()
    assert tst.std() == pytest.approx(40.0, rel=0.03)
    for lag in (1, 2, 3):  # AR(1) share of the variance times rho to the lag
        assert lag_correlation(tst, lag) == pytest.approx(0.75 * 0.6**lag, abs=0.03)


def test_habits_move_as_described():
    nights, _ = ss.simulate_nights(20_000, seed=6, missing=0.0)
    assert set(HABITS) <= set(nights.columns)
    assert nights["stress"].between(0, 10).all()
    assert lag_correlation(nights["stress"].to_numpy(), 1) == pytest.approx(0.5, abs=0.06)
    reading = nights["reading"].to_numpy(dtype=float)
    assert reading.mean() == pytest.approx(0.5, abs=0.02)
    assert lag_correlation(reading, 1) == pytest.approx(0.6, abs=0.02)
    drank = nights["alcohol_drinks"] > 0
    weekend = np.isin(nights.index.day_of_week, (4, 5))
    assert drank[weekend].mean() == pytest.approx(0.60, abs=0.02)
    assert drank[~weekend].mean() == pytest.approx(0.12, abs=0.01)
    assert (nights["caffeine_cups"] == 0).mean() == pytest.approx(0.3, abs=0.02)
    assert (nights["caffeine_last_h_before_bed"].isna() == (nights["caffeine_cups"] == 0)).all()
    none = nights["supplement_kind"] == "none"
    assert (nights["supplement_time_h_before_bed"].isna() == none).all()
    assert ((nights["supplement_dose_mg"] == 0) == none).all()


def test_the_night_is_consistent_and_passes_the_check():
    nights, _ = ss.simulate_nights(120, seed=2)
    assert ss.check_nights(nights) is nights
    onset = nights["lights_out"] + pd.to_timedelta(nights["sol_min"], unit="min")
    pd.testing.assert_series_equal(onset, nights["sleep_onset"], check_names=False)
    slept = (nights["final_wake"] - onset).dt.total_seconds() / 60 - nights["waso_min"]
    np.testing.assert_allclose(slept, nights["tst_min"])
    assert ((nights["waso_min"] == 0) == (nights["nawk"] == 0)).all()
    assert nights["quality"].isin([1, 2, 3, 4, 5]).all()
    assert str(nights["late_meal"].dtype) == "boolean"
    assert str(nights["supplement_kind"].dtype) == "str"
    assert pd.api.types.is_datetime64_dtype(nights["into_bed"].dtype)


def test_gaps_are_a_third_single_nights_and_runs_of_two_to_seven():
    nights, _ = ss.simulate_nights(600, seed=4, missing=0.15)
    assert len(nights) == 510
    apart = np.diff(nights.index.to_numpy().astype("datetime64[D]")).astype(int) - 1
    gaps = apart[apart > 0]
    assert gaps.sum() == 90
    assert (gaps == 1).sum() == 30
    assert gaps.max() <= 7
    assert (nights.index[-1] - nights.index[0]).days == 599


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_the_shortest_diaries_keep_their_first_and_last_night(n):
    nights, _ = ss.simulate_nights(n, seed=1, missing=0.6)
    ss.check_nights(nights)
    assert (nights.index[-1] - nights.index[0]).days == n - 1


@pytest.mark.parametrize("step", [5, 15])
def test_rounding_makes_the_heaps_of_self_reports(step):
    nights, _ = ss.simulate_nights(60, seed=9, rounding=step)
    for name in ("sol_min", "waso_min", "tst_min"):
        assert (nights[name] % step == 0).all()
    for name in ("into_bed", "lights_out", "final_wake", "out_of_bed"):
        assert (nights[name].dt.minute % step == 0).all()
        assert (nights[name].dt.second == 0).all()


def test_one_seed_is_one_diary_on_every_machine():
    nights, truth = ss.simulate_nights(90, seed=1)
    again, same = ss.simulate_nights(90, seed=1)
    other, _ = ss.simulate_nights(90, seed=2)
    pd.testing.assert_frame_equal(nights, again)
    assert truth == same
    assert not nights["tst_min"].equals(other["tst_min"])
    # values of this version, to hold every platform and every numpy to them
    assert nights["tst_min"].iloc[:5].tolist() + nights["stress"].iloc[:5].tolist() == GOLDEN


GOLDEN = [370.0, 500.0, 502.0, 436.0, 447.0, 7.0, 4.0, 3.0, 7.0, 5.0]


def test_truth_lists_every_habit_and_the_noise():
    _, truth = ss.simulate_nights(30, seed=7, rho=0.2, sd_min=33, missing=0.1)
    assert {name: e for name, e in truth.effects["tst_min"].items() if e} == dict(EFFECTS)
    named = {name.partition("=")[0] for name in truth.effects["sol_min"]}
    assert named == set(HABITS)
    assert (truth.rho, truth.sd_min, truth.missing, truth.n, truth.seed) == (0.2, 33, 0.1, 30, 7)


def test_effects_of_the_argument_replace_the_usual_ones():
    _, truth = ss.simulate_nights(30, seed=7, effects={}, latency_ratios={})
    assert set(truth.effects["tst_min"].values()) == {0.0}
    assert set(truth.effects["sol_min"].values()) == {1.0}


def test_an_unknown_habit_is_named_with_the_nearest():
    with pytest.raises(ss.DiaryError) as caught:
        ss.simulate_nights(30, seed=1, effects={"stres": -8.0})
    assert str(caught.value).startswith(
        "simulate_nights(): effects names 'stres', which is no habit. Did you mean 'stress'? "
        "Habits: stress, caffeine_cups, "
    )


def test_everything_wrong_is_said_at_once():
    with pytest.raises(ss.DiaryError) as caught:
        ss.simulate_nights(
            0, seed=-1, rho=1.0, white=2, sd_min=-1, weekday_min=(1.0,), missing=0.9,
            rounding=90, latency_ratios={"stress": 0.0}, effects={"stress": float("nan")},
        )  # fmt: skip
    assert caught.value.problems == (
        "simulate_nights(): n is 0, expected a whole number of nights from 1 to 1,000,000.",
        "simulate_nights(): seed is -1, expected a whole number, 0 or more.",
        "simulate_nights(): rho is 1.0, expected a number between -1 and 1.",
        "simulate_nights(): white is 2, expected a share from 0 to 1.",
        "simulate_nights(): sd_min is -1, expected minutes, 0 or more.",
        "simulate_nights(): missing is 0.9, expected a share from 0 to 0.6.",
        "simulate_nights(): rounding is 90, expected minutes from 0 to 60.",
        "simulate_nights(): weekday_min is (1.0,), expected seven numbers, Monday to Sunday.",
        "simulate_nights(): effects['stress'] is nan, expected a number.",
        "simulate_nights(): latency_ratios['stress'] is 0.0, expected a ratio above 0, "
        "1 for no effect.",
    )


@pytest.mark.parametrize("n", [2**63, 10**30, 1_000_001])
def test_more_nights_than_a_million_are_refused(n):
    with pytest.raises(ss.DiaryError, match="expected a whole number of nights from 1 to 1,000,0"):
        ss.simulate_nights(n, seed=1)


@pytest.mark.parametrize("start", ["soon", None, "NaT"])
def test_a_beginning_that_is_no_date(start):
    with pytest.raises(ss.DiaryError) as caught:
        ss.simulate_nights(3, seed=1, start=start)
    assert str(caught.value) == (
        f"simulate_nights(): start is {start!r}, expected a date such as '2026-01-05'."
    )
