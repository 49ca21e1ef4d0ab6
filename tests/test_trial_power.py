"""What a trial can show, said beforehand."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.inference.whiten import noise_grid
from sleepstats.trials.designs import design
from sleepstats.trials.power import Ends, TrialPower, _errors, _in_minutes, expect


@pytest.fixture
def diary():
    def make(sd=60.0, n=120, seed=1):
        rng = np.random.default_rng(seed)
        index = pd.date_range("2025-11-03", periods=n, name="night")
        return pd.DataFrame(
            {"tst_min": 420 + sd * rng.normal(size=n), "sol_min": np.exp(rng.normal(2.8, 0.4, n))},
            index=index,
        )

    return make


def test_white_nights_give_the_textbook_power(diary):
    # independent nights of SD s, n nights half of each: se = 2 s / sqrt(n); 112 nights, effect
    # 0.5 s: noncentrality 2.65; power of a t test with 55 df is 0.74 (tables of the noncentral t)
    nights = diary(n=730)
    told = expect(nights, design("pairs", 112), outcome="tst_min", effect=30.0, seed=1)
    assert told.recorded == 1.0
    assert told.sd == pytest.approx(60, rel=0.05)
    assert told.power == pytest.approx(0.74, abs=0.06)


def test_power_grows_with_nights_and_effect_and_falls_with_blocks(diary):
    def power(kind, n, effect, **more):
        return expect(diary(), design(kind, n, **more), outcome="tst_min", effect=effect,
                      seed=1).power  # fmt: skip

    assert power("pairs", 28, 30) < power("pairs", 56, 30) < power("pairs", 112, 30)
    assert power("pairs", 56, 15) < power("pairs", 56, 30) == power("pairs", 56, -30)
    assert power("blocks", 60, 30, block=3) < power("pairs", 60, 30)


def test_smallest_effect_and_nights_needed_agree_with_the_power(diary):
    made = design("pairs", 56)
    told = expect(diary(), made, outcome="tst_min", effect=25.0, seed=1)
    at_smallest = expect(diary(), made, outcome="tst_min", effect=told.smallest, seed=1)
    assert at_smallest.power == pytest.approx(0.8, abs=0.001)
    assert at_smallest.nights_needed == 56
    longer = design("pairs", told.nights_needed)
    assert expect(diary(), longer, outcome="tst_min", effect=25.0, seed=1).power >= 0.8
    shorter = design("pairs", told.nights_needed - 2)
    assert expect(diary(), shorter, outcome="tst_min", effect=25.0, seed=1).power < 0.8


def test_what_a_season_cannot_show_is_said_before_it_starts(diary):
    def words(effect):
        return format(
            ss.plan_trial(56, seed=7, nights=diary(), outcome="tst_min", effect=effect).expectation
        )

    assert words(100.0).endswith(" One of 100 min shows in 100 of 100 such trials.")
    assert not words(100.0).startswith("Probably")
    missed = re.match(
        r"Probably too short: a difference of 20 min would be missed in (\d+) of 100 such trials. ",
        words(20.0),
    )
    shown = re.search(r"One of 20 min shows in (\d+) of 100 such trials", words(20.0))
    assert missed
    assert shown
    assert int(missed[1]) + int(shown[1]) == 100
    assert words(20.0).endswith(" nights, more than a season.")
    assert words(5.0).endswith("; even two years of nights would be too few for four in five.")
    assert words(20.0) in format(
        ss.plan_trial(56, seed=7, nights=diary(), outcome="tst_min", effect=20.0)
    )


@pytest.mark.parametrize(
    ("kind", "recorded", "freedom"),
    [
        # 14 nights, four columns taken out (level, Friday and Saturday, Sunday, line), one slope
        ("free", 0.5, 14 - 4 - 1),
        ("pairs", 0.5, 14 - 4 - 1),
        ("pairs", 1.0, 14 - 1),  # 14 coins, fewer than 28 - 5
        ("free", 1.0, 22 - 1),  # without long runs between 2**22 and 2**23 schedules are left
    ],
)
def test_degrees_of_freedom_are_those_of_nights_or_of_coins(kind, recorded, freedom):
    """By hand, for 28 nights."""
    grid = noise_grid()
    noise = SimpleNamespace(
        weight=np.eye(1, len(grid.phi))[0], sd=np.ones(len(grid.phi)), recorded=recorded
    )
    assert _errors(design(kind, 28), noise, 1)[1] == freedom


@pytest.mark.parametrize(
    ("lost", "words"), [(0.0123, "1.2 in 100"), (0.0005, "0.1 in 100"), (0.0004, "next to nothing")]
)
def test_what_looking_early_costs_is_said_to_a_tenth_in_100(lost, words):
    told = SimpleNamespace(
        without=Ends(found=0.02, hardly=0.4, nights=40.0, lost=0.0),
        with_effect=Ends(found=0.5, hardly=0.1, nights=42.0, lost=lost),
        effect=20.0, _said="{} min".format,
    )  # fmt: skip
    (said,) = TrialPower.early(told)
    assert said == (
        "Looked at as planned, a trial ends before its last night in 42 of 100 cases if there is "
        "no difference (after 40 nights on average), and in 60 if there is one of 20.0 min (50 "
        "because it is clear; after 42 nights on average); the others go on to the last night. "
        f"Looking early lowers the chance of noticing it by {words}."
    )


def test_without_an_effect_only_the_smallest_visible_is_said(diary):
    told = ss.plan_trial(56, seed=7, nights=diary(), outcome="tst_min").expectation
    assert np.isnan(told.power)
    assert told.nights_needed is None
    assert format(told) == (
        "Going by how much 120 nights of your diary differ, 56 nights so planned (100 % of them "
        f"recorded) show a difference of {told.smallest:.0f} min in total sleep time four times in "
        "five, if there is one, and smaller ones less often."
    )


def test_latency_is_said_in_minutes_at_the_median_night(diary):
    told = ss.plan_trial(56, seed=7, nights=diary(), outcome="sol_min", effect=-6.0).expectation
    assert told.unit == f"min on a typical night of {told.typical:.0f} min"
    assert 2 < told.smallest < 12
    assert 0.2 < told.power < 1.0


@pytest.mark.parametrize(
    ("nights", "arguments", "message"),
    [
        (60, {"outcome": None}, "plan_trial() with nights= needs outcome=, the column that the "
         "trial is to change, for example outcome='tst_min'."),
        (60, {"outcome": "tst"}, "'tst' is no column. Did you mean tst_min? A column of your own "
         "needs a name that says more."),
        (10, {}, "plan_trial() needs at least 14 nights with tst_min to say what a trial can show; "
         "10 have it. Record more nights first, or leave nights= out."),
        (60, {"effect": 0}, "effect is 0, expected a difference other than 0 in the outcome's own "
         "unit, such as 20 for 20 min."),
        (60, {"effect": "20"}, "effect is '20', expected a difference other than 0 in the "
         "outcome's own unit, such as 20 for 20 min."),
        (60, {"outcome": "words"}, "Column 'words' is categorical, expected numbers. Choose a "
         "measured outcome such as 'tst_min'."),
        (60, {"outcome": "flat"}, "flat does not vary enough over 60 nights to say what a trial "
         "can show. Record more nights first, or leave nights= out."),
    ],
)  # fmt: skip
def test_diaries_that_cannot_say_are_refused_in_words(diary, nights, arguments, message):
    frame = diary(n=nights).assign(words=["a", "b"] * (nights // 2), flat=7.0)
    with pytest.raises(DiaryError) as raised:
        ss.plan_trial(56, **{"seed": 7, "nights": frame, "outcome": "tst_min", **arguments})
    assert str(raised.value) == message


def test_latency_cannot_fall_by_more_than_it_is(diary):
    with pytest.raises(DiaryError, match=r"effect is -60 min, but the median latency is 1\d min"):
        ss.plan_trial(56, seed=7, nights=diary(), outcome="sol_min", effect=-60)


@pytest.mark.parametrize(("effect", "minutes"), [(None, 3.6254), (-5.0, 3.6254), (5.0, 4.4281)])
def test_a_change_of_log_latency_in_minutes_by_hand(effect, minutes):
    # median 20 min: 20 (1 - exp(-0.2)) off it, 20 (exp(0.2) - 1) on it
    noise = SimpleNamespace(median=20.0)
    assert _in_minutes(0.2, noise, effect) == pytest.approx(minutes, abs=1e-4)
