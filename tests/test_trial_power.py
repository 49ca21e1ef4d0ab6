"""What a trial can show, said beforehand."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.inference.guards import calendar_controls
from sleepstats.inference.whiten import noise_grid
from sleepstats.trials import power
from sleepstats.trials.designs import design
from sleepstats.trials.power import Ends, TrialPower, _errors, _in_minutes, expect
from sleepstats.trials.question import Question


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
    def chance(kind, n, effect, **more):
        return expect(diary(), design(kind, n, **more), outcome="tst_min", effect=effect,
                      seed=1).power  # fmt: skip

    assert chance("pairs", 28, 30) < chance("pairs", 56, 30) < chance("pairs", 112, 30)
    assert chance("pairs", 56, 15) < chance("pairs", 56, 30) == chance("pairs", 56, -30)
    assert chance("blocks", 60, 30, block=3) < chance("pairs", 60, 30)


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


@pytest.mark.parametrize(
    ("effect", "minutes"),
    [
        (None, 3.6254),
        (-5.0, 3.6254),
        (5.0, 4.4281),
        (0.5, 4.4281),
    ],
)
def test_a_change_of_log_latency_in_minutes_by_hand(effect, minutes):
    # median 20 min: 20 (1 - exp(-0.2)) off it, 20 (exp(0.2) - 1) on it
    noise = SimpleNamespace(median=20.0)
    assert _in_minutes(0.2, noise, effect) == pytest.approx(minutes, abs=1e-4)


# by hand, without a simulation


def told(**changes):
    """What a plan of 56 nights would show, every number made up."""
    usual = {
        "outcome": "tst_min", "effect": 20.0, "power": 0.7, "smallest": 24.4, "nights_planned": 56,
        "nights_needed": 80, "recorded": 0.9, "sd": 60.0, "unit": "min",
        "outcome_label": "total sleep time", "n": 120,
    }  # fmt: skip
    return TrialPower(**{**usual, **changes})


SEEN = (
    "Going by how much 120 nights of your diary differ, 56 nights so planned (90 % of them "
    "recorded) show a difference of 24 min in total sleep time four times in five, if there is "
    "one, and smaller ones less often. One of 20 min shows in "
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, f"{SEEN}70 of 100 such trials; four in five takes 80 nights."),
        ({"power": 0.8}, f"{SEEN}80 of 100 such trials."),
        ({"power": 0.79, "nights_needed": 90},
         f"{SEEN}79 of 100 such trials; four in five takes 90 nights."),
        ({"nights_needed": 91},
         f"{SEEN}70 of 100 such trials; four in five takes 91 nights, more than a season."),
        ({"power": 0.5}, f"{SEEN}50 of 100 such trials; four in five takes 80 nights."),
        ({"power": 0.49, "effect": -20.0}, "Probably too short: a difference of 20 min would be "
         f"missed in 51 of 100 such trials. {SEEN}49 of 100 such trials; four in five takes 80 "
         "nights."),
        ({"nights_needed": None}, f"{SEEN}70 of 100 such trials; even two years of nights would be "
         "too few for four in five."),
    ],
)  # fmt: skip
def test_what_can_be_seen_is_said_by_its_chance(changes, words):
    assert told(**changes)._words() == words


def test_how_looks_end_it_without_a_difference_asked_about():
    none = Ends(found=0.02, hardly=0.4, nights=40.0, lost=0.0)
    assert told().early() == []
    assert told(without=none).early() == [
        "Looked at as planned, a trial ends before its last night in 42 of 100 cases if there is "
        "no difference (after 40 nights on average)."
    ]
    some = Ends(found=0.5, hardly=0.1, nights=42.0, lost=0.0123)
    (said,) = told(without=none, with_effect=some, effect=-20.0).early()
    assert "and in 60 if there is one of 20 min (50 because it is clear;" in said


def stepped(monkeypatch, at):
    """Let a trial find four times in five what is at least so large, and seven times else."""
    monkeypatch.setattr(power, "_power", lambda shift, *_: 0.8 if shift >= at else 0.7)


@pytest.mark.parametrize(("at", "doubled"), [(7.3, 8), (0.7, 1), (8.0, 8), (5000.0, 1024)])
def test_the_smallest_is_halved_thirty_times(monkeypatch, at, doubled):
    """By hand: from what is enough, doubled from 1 on and at most to 1,024, halved 30 times."""
    stepped(monkeypatch, at)
    step = doubled / 2**30
    want = min(np.ceil(at / step) * step, 1024.0)
    assert power._smallest(SimpleNamespace(usual=1.0), None) == want
    stepped(monkeypatch, 60.0 * at)
    assert power._smallest(SimpleNamespace(usual=60.0), None) == pytest.approx(60.0 * want)


@pytest.mark.parametrize(
    ("made", "least", "needed"),
    [
        (design("pairs", 56), 100, 100), (design("pairs", 56), 57, 58),
        (design("pairs", 56), 730, 730), (design("pairs", 56), 731, None),
        (design("blocks", 48), 61, 66), (design("blocks", 48), 727, None),
        (design("free", 24, max_run=2), 31, 31), (design("free", 24, max_run=2), 731, None),
        (design("pairs", 730), 0, None),
    ],
)  # fmt: skip
def test_the_nights_needed_are_whole_turns_of_the_same_design(monkeypatch, made, least, needed):
    """Two years are the most: 365 pairs of nights, or 121 pairs of blocks of three nights, 726."""
    seen = []

    def errors(longer, *_):
        seen.append(longer)
        return longer.n_nights

    monkeypatch.setattr(power, "_errors", errors)
    monkeypatch.setattr(power, "_power", lambda shift, noise, n: 0.8 if n >= least else 0.79)
    assert power._needed(10.0, made, None, 1) == needed
    assert {(one.name, one.block, one.max_run, one.washout) for one in seen} <= {
        (made.name, made.block, made.max_run, made.washout)
    }


@pytest.mark.parametrize("nights", [28, 730])
def test_eight_nights_are_supposed_at_least(nights):
    """Of eight nights, drawn here as there, less their columns and the slope; of two years none."""
    grid = noise_grid()
    noise = SimpleNamespace(
        weight=np.eye(1, len(grid.phi))[0], sd=np.ones(len(grid.phi)), recorded=0.01
    )
    left_out, left = np.random.default_rng([1, 2]), []
    for _ in range(5):
        kept = np.sort(left_out.permutation(nights)[:8])
        left.append(8 - calendar_controls(kept, kept % 7, nights).shape[1] - 1)
    assert min(left) > 0 or nights == 730
    error, df = _errors(design("pairs", nights), noise, 1)
    assert df == np.mean(np.maximum(left, 1))
    assert (error[0] > 1e3) == (nights == 730)  # nights that tell nothing leave any difference open


def test_the_error_is_that_of_least_squares_on_sixty_schedules_and_five_sets_of_nights():
    """White noise of 2 min: the mean information of 60 x 5 ordinary regressions, made here."""
    grid = noise_grid()
    assert (grid.phi[0], grid.kappa[0]) == (0.0, 0.0)  # the white one
    weight = np.eye(1, len(grid.phi))[0]
    noise = SimpleNamespace(weight=weight, sd=np.full(len(grid.phi), 2.0), recorded=0.75)
    made = design("blocks", 48, washout=1)
    error, df = _errors(made, noise, 9)
    schedules = made.draw(60, [9, 1]).astype(float)
    able = np.flatnonzero(np.arange(48) % 3 >= 1)
    left_out = np.random.default_rng([9, 2])
    known = []
    for _ in range(5):
        kept = np.sort(left_out.permutation(able)[:24])  # three in four of 32
        fixed = calendar_controls(kept, kept % 7, 48)
        x = schedules[:, kept].T
        x = x - fixed @ np.linalg.lstsq(fixed, x, rcond=None)[0]
        known.append((x**2).sum(axis=0))
    assert error[0] == pytest.approx(2.0 / np.sqrt(np.mean(known)), rel=1e-9)
    assert np.isinf(error[1:]).all()
    assert df == 8 - 1  # eight pairs of blocks, eight coins


def test_the_spread_of_a_night_has_the_divisor_of_what_is_left(diary):
    """By least squares: residuals of the week and of slow change, divided by n - k."""
    nights = diary(n=60).drop(pd.date_range("2025-11-10", periods=12))
    told = expect(nights, design("pairs", 56), outcome="tst_min", effect=None, seed=1)
    number = (nights.index - nights.index[0]).days.to_numpy()
    fixed = calendar_controls(number, nights.index.day_of_week.to_numpy(), 60)
    y = nights["tst_min"].to_numpy()
    left = y - fixed @ np.linalg.lstsq(fixed, y, rcond=None)[0]
    left -= left.mean()
    assert told.sd == pytest.approx(np.sqrt((left**2).sum() / (48 - np.linalg.matrix_rank(fixed))))
    assert (told.recorded, told.n, told.nights_planned) == (48 / 60, 48, 56)
    assert power._noise_of(nights, "tst_min")[0].weight.sum() == pytest.approx(1.0)
    assert np.isnan(told.effect)
    assert np.isnan(told.typical)


def test_the_spread_of_latency_is_told_at_the_median_night(diary):
    nights = diary(n=60)
    told = expect(nights, design("pairs", 56), outcome="sol_min", effect=None, seed=1)
    fixed = calendar_controls(np.arange(60), nights.index.day_of_week.to_numpy(), 60)
    y = np.log(nights["sol_min"].to_numpy())
    left = y - fixed @ np.linalg.lstsq(fixed, y, rcond=None)[0]
    usual = np.sqrt((left**2).sum() / (60 - fixed.shape[1]))
    assert told.typical == pytest.approx(nights["sol_min"].median(), rel=0.02)
    assert told.sd == pytest.approx(told.typical * (np.exp(usual) - 1))


@pytest.mark.parametrize(("n", "span", "enough"), [(14, 14, True), (13, 14, False),
                                                   (14, 500, False), (14, 1000, True)])  # fmt: skip
def test_a_diary_that_says_too_little_is_refused(n, span, enough):
    """14 nights; over 500 days nine columns are taken out, and 5 left; over 1,000 days 6."""
    number = np.linspace(0, span - 1, n).round().astype(int)
    index = (pd.Timestamp("2023-01-02") + pd.to_timedelta(number, unit="D")).rename("night")
    nights = pd.DataFrame({"tst_min": 400 + 30 * np.random.default_rng(1).normal(size=n)}, index)
    if enough:
        assert power._noise_of(nights, "tst_min")[0].n == n
    else:
        with pytest.raises(DiaryError, match=r"at least 14 nights|does not vary enough over 14"):
            power._noise_of(nights, "tst_min")


@pytest.mark.parametrize(
    ("level", "step", "enough"), [(1e9, 0.5, False), (1e9, 5.0, True), (0.0, 5e-9, True)]
)
def test_what_varies_by_less_than_its_rounding_does_not_vary(diary, level, step, enough):
    """A billionth of the largest value, or of 1 where that is larger."""
    nights = diary(n=60).assign(rested=level + step * np.random.default_rng(2).random(60))
    if enough:
        assert power._noise_of(nights, "rested")[0].usual < step
    else:
        with pytest.raises(DiaryError, match="does not vary enough"):
            power._noise_of(nights, "rested")


@pytest.mark.parametrize("effect", [True, np.nan, np.inf, 0.0, "20"])
def test_an_effect_is_a_number_other_than_nothing(effect):
    with pytest.raises(DiaryError, match="expected a difference other than 0"):
        power._check_effect(effect, SimpleNamespace(median=np.nan))
    power._check_effect(np.int64(-500), SimpleNamespace(median=np.nan))


def test_the_looks_are_walked_with_the_difference_and_without_any(monkeypatch):
    """White nights, all recorded: what is known grows with the nights, z with its root."""
    walked = []

    def walk(shares, spent, drift, asked, hardly):
        walked.append((shares, spent, drift, asked, hardly))
        return np.array([0.2, 0.3, 0.5]), np.array([0.1, 0.05, 0.0]), 0.01

    monkeypatch.setattr(power.looks, "walk_through", walk)
    grid = noise_grid()
    noise = SimpleNamespace(
        weight=np.eye(1, len(grid.phi))[0], sd=np.full(len(grid.phi), 60.0), recorded=1.0,
        median=np.nan,
    )  # fmt: skip
    asked = Question("tst_min", 20.0, level=0.9, looks=(0.5, 0.75, 1.0))
    made = design("pairs", 112)
    some, none = power._ends(30.0, made, asked, noise, 1)
    assert some == none == Ends(0.5, pytest.approx(0.15), pytest.approx(0.3 * 56 + 0.35 * 84 + 56),
                                0.01)  # fmt: skip
    (shares, spent, drift, matters, hardly), (_, _, without, _, _) = walked
    assert shares == pytest.approx((0.5, 0.75, 1.0), abs=0.03)
    assert shares[-1] == 1.0
    assert [round(share, 6) for share in shares] == list(shares)  # one set of walks for all alike
    # 2 - 2 Phi(1.6449 / sqrt(t)) from a table of the normal: z of 2.3262 and 1.8993
    assert spent == pytest.approx([0.02001, 0.05752, 0.1], abs=1e-5)
    assert without.tolist() == [0.0] * 3
    # the difference over its error, less as the coins of so many nights want a t larger than z
    for n, share, at in zip((56, 84, 112), spent, drift, strict=True):
        error = _errors(design("pairs", n), noise, 1)[0][0]
        wide = stats.norm.ppf(1 - share / 2) / stats.t.ppf(1 - share / 2, n // 2 - 1)
        assert at == pytest.approx(30 / error * wide, rel=1e-4)
    assert drift[-1] == pytest.approx(30 / (120 / np.sqrt(112)), rel=0.06)  # 2 SD / sqrt(n)
    assert matters == pytest.approx(drift[-1] * 20 / 30)
    assert hardly == 0.1
    alone, again = power._ends(None, made, asked, noise, 1)
    assert (alone, again) == (None, none)
    assert walked[2][2].tolist() == [0.0] * 3


def test_what_the_plan_finds_needs_no_more_nights(diary):
    """White nights of 60 min: 100 min show in 56 nights nearly always, 1 min not in two years."""
    for effect, needed in ((100.0, 56), (1.0, None)):
        told = expect(diary(), design("pairs", 56), outcome="tst_min", effect=effect, seed=1)
        assert told.nights_needed == needed
        assert told.effect == effect


def test_one_look_ends_nothing_early(diary):
    for looks, early in (((1.0,), False), ((0.5, 1.0), True)):
        told = expect(
            diary(n=60), design("pairs", 56), outcome="tst_min", effect=None, seed=1,
            asked=Question("tst_min", looks=looks),
        )  # fmt: skip
        assert (told.without is not None) == early
        assert told.with_effect is None
