"""Trials at the edges of their counts and verdicts, and what they hand on to the engine."""

import dataclasses
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.trials import analysis, designs, power
from sleepstats.trials.compliance import MISSING, _one_sided_gaps, _swaps
from sleepstats.trials.question import (
    DIFFERS,
    ENOUGH,
    FOUND,
    GO_ON,
    LESS,
    NONE,
    OPEN,
    WORSE,
    Question,
)
from sleepstats.trials.sheet import better_shift


@pytest.mark.parametrize(("word", "least"), [("n_nights", 2), ("block", 1), ("washout", 0)])
def test_counts_are_whole_from_the_least_to_the_most(word, least):
    """The most and the least are counts as any other; one beyond each is refused in words."""
    given = {"n_nights": 600, "block": 20, "washout": 1}

    def made(value):
        return designs.design("blocks", **{**given, word: value})

    most = designs.LONGEST
    with pytest.raises(DiaryError, match=f"{word}.* is above {most:,}, expected"):
        made(most + 1)
    with pytest.raises(DiaryError, match=f"expected a whole number, {least} or more"):
        made(least - 1)
    for value in (most, least):
        said = ""
        try:
            made(value)
        except DiaryError as error:  # of other rules: blocks need whole turns, and enough of them
            said = str(error)
        assert not re.search(rf"{word}.* is above|expected a whole number", said)


def test_a_washout_leaves_a_night_of_each_block():
    """By hand: of blocks of 4 nights 3 may be left out, and not 4."""
    assert designs.design("blocks", 96, block=4, washout=3).washout == 3
    with pytest.raises(DiaryError, match="washout is 4 and block is 4: no night of a block"):
        designs.design("blocks", 96, block=4, washout=4)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (20.0, 30.0, ENOUGH), (19.9, 30.0, OPEN), (-30.0, -20.0, WORSE), (-30.0, -19.9, OPEN),
        (1.0, 19.9, LESS), (1.0, 20.0, OPEN), (-19.9, -1.0, LESS), (-20.0, -1.0, OPEN),
        (-19.9, 19.9, NONE), (0.0, 19.9, NONE), (-19.9, 0.0, NONE),
    ],
)  # fmt: skip
def test_an_interval_at_what_matters(low, high, verdict):
    """By hand, for 20 minutes of sleep more: what lies at 20 itself is not less than it."""
    asked = Question("tst_min", 20.0, 0.95, ("weekday", "trend"))
    assert asked.verdict(low, high) == verdict
    assert dataclasses.replace(asked, matters=float("nan")).verdict(1.0, 2.0) == FOUND
    neither = dataclasses.replace(asked, outcome="into_bed")
    assert neither.verdict(30.0, 40.0) in (DIFFERS, ENOUGH, WORSE)


def test_of_two_moves_that_fit_alike_the_smaller_and_later_is_named():
    """A plan that goes on, off, on, off fits a day later as well as a day earlier."""
    dates = pd.date_range("2026-03-02", periods=24)
    first = np.arange(24) % 2 == 0
    assert better_shift(dates, ~first, pd.Series(first, index=dates)) == "one day later"


@pytest.mark.parametrize(("nights", "words"), [(10, "one day later"), (9, "")])
def test_ten_nights_are_enough_to_name_a_move(nights, words):
    plan = pd.Series([True, False, False, True] * 6, index=pd.date_range("2026-03-02", periods=24))
    done = plan.to_numpy()[1 : nights + 1]
    assert better_shift(plan.index[:nights], done, plan) == words


def test_a_split_of_missing_nights_by_hand():
    """Two nights are missing, both of one condition; of 99 schedules none is as uneven: 1 / 100."""
    data = pd.DataFrame({"status": [MISSING, MISSING, "as planned", "as planned"], "planned": "on"})
    first = np.array([True, True, False, False])
    even = np.tile([[True, False, True, False]], (99, 1))
    assert "(p = 0.01). If it was mostly bad nights" in _one_sided_gaps(data, first, even)
    alike = np.concatenate([even[1:], first[None]])  # one of 99 is as uneven: 2 / 100
    assert "(p = 0.02). If" in _one_sided_gaps(data, first, alike)
    assert _one_sided_gaps(data, first, even[:19]) == ""  # 1 / 20 is not below 0.05


def test_without_what_matters_no_look_gives_up():
    """No difference was asked about, so there is no chance to find it that could be too small."""
    plan = ss.plan_trial(56, seed=7, start="2026-03-02", outcome="tst_min")
    y = 420 + 40 * np.random.default_rng(1).normal(size=28)
    nights = pd.DataFrame(
        {"tst_min": y, "done": plan.table["condition"].to_numpy()[:28]}, index=plan.nights[:28]
    )
    result = ss.analyse_trial(nights, plan)
    assert (result.look, result.verdict) == (1, GO_ON)
    assert np.isnan(result.chance_left)


def test_what_could_have_been_found_has_the_degrees_of_freedom_of_its_nights(monkeypatch):
    """By hand: 56 nights less level, two columns of the week, line, a wave, and the condition."""
    seen = []

    def power_for(size, low, high, df, level):
        seen.append(df)
        return 1.0

    monkeypatch.setattr(analysis.verdicts, "power_for", power_for)
    plan = ss.plan_trial(56, seed=7, start="2026-03-02")
    y = 420 + 40 * np.random.default_rng(3).normal(size=56)
    nights = pd.DataFrame(
        {"tst_min": y, "done": plan.table["condition"].to_numpy()}, index=plan.nights
    )
    assert ss.analyse_trial(nights, plan, outcome="tst_min").status == "not found"
    assert seen == [56 - 5 - 1]


def test_longer_trials_of_the_same_design_keep_their_washout(monkeypatch):
    seen = []

    def design(name, nights, **how):
        seen.append(how)
        return designs.Design(name, nights, how["block"] or 1, 0, how["washout"])

    monkeypatch.setattr(power.designs, "design", design)
    monkeypatch.setattr(power, "_errors", lambda *_: None)
    monkeypatch.setattr(power, "_power", lambda *_: 1.0)
    made = designs.Design("blocks", 96, 4, 0, 2)
    assert power._needed(10.0, made, None, 1) == 96 + made.turn
    assert seen
    assert all(how == {"block": 4, "max_run": None, "washout": 2} for how in seen)


def test_what_a_trial_could_show_is_judged_by_its_spare_nights(monkeypatch):
    """By hand: 40 nights, less the weekday, the trend and the mean, and the condition itself."""
    seen = []
    judged = analysis.verdicts.power_for

    def power_for(size, low, high, df, **how):
        seen.append(df)
        return judged(size, low, high, df, **how)

    monkeypatch.setattr(analysis.verdicts, "power_for", power_for)
    plan = ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min", adjust=("trend",))
    rng = np.random.default_rng(4)
    nights = pd.DataFrame({"tst_min": 420 + 40 * rng.normal(size=40)}, index=plan.nights)
    got = ss.analyse_trial(nights.rename_axis("night"), plan)
    assert got.status != "found"
    spare = {40 - k - 1 for k in range(2, 12)}
    assert seen
    assert set(seen) <= spare


@pytest.mark.parametrize(("pairs", "shown", "more"), [(3, 3, ""), (4, 3, " and 1 more.")])
def test_three_exchanges_and_five_nights_are_named_the_others_counted(pairs, shown, more):
    """By hand: on and off, exchanged in the first pairs; a night is exchanged with one other."""
    dates = pd.date_range("2026-01-05", periods=20)
    planned = np.array(["on", "off"] * 10, dtype=object)
    done = planned.copy()
    done[: 2 * pairs] = ["off", "on"] * pairs
    data = pd.DataFrame({"planned": planned, "done": done}, index=dates)
    first, exchanged = _swaps(data)
    assert f"on {2 * pairs} nights: " in first
    assert f" and {2 * pairs - 5} more." in first
    assert exchanged.count(" and 2026") == shown
    assert exchanged.endswith(more or "2026-01-10.")
    five = data.assign(done=[*planned[:15], *["on" if p == "off" else "off" for p in planned[15:]]])
    assert "more" not in _swaps(five)[0]


def test_latency_cannot_fall_by_all_of_it():
    """The median of these nights is 20 minutes: 20 less is none at all, 19 less can be asked."""
    noise = SimpleNamespace(median=20.0)
    with pytest.raises(DiaryError, match="effect is -20 min, but the median latency is 20 min"):
        power._check_effect(-20.0, noise)
    power._check_effect(-19.0, noise)
    power._check_effect(20.0, noise)


def test_a_level_that_is_asked_for_is_taken():
    plan = ss.plan_trial(40, seed=2, start="2026-01-05", outcome="tst_min")
    nights = pd.DataFrame({"tst_min": 420 + 9.0 * (np.arange(40) % 7)}, index=plan.nights)
    given = ss.analyse_trial(nights.rename_axis("night"), plan, level=0.8)
    assert (given.level, ss.analyse_trial(nights.rename_axis("night"), plan).level) == (0.8, 0.95)
