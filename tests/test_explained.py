"""How much week, drift and habits account for on weeks left out: nothing, a planted share."""

import math

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.inference.habit_columns import GAP_NIGHTS, _apart, _blocks, explained_shares


def diary(seed, *, n=120, share=0.0, habits=10):
    """Return white noise beside unrelated habits; the first accounts for a planted share."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(n, habits))
    y = math.sqrt(1 - share) * random.normal(size=n) + math.sqrt(share) * table[:, 0]
    index = pd.date_range("2026-01-05", periods=n, name="night")
    columns = {f"habit_{place}": column for place, column in enumerate(table.T)}
    return pd.DataFrame({"tst_min": 420 + 40 * y, **columns}, index)


def test_nothing_comes_out_as_nothing():
    """Simulated truth: the outcome is white noise."""
    results = [ss.explained(diary(seed), outcome="tst_min") for seed in range(20)]
    holds = [one.share_habits_low <= 0 <= one.share_habits_high for one in results]
    assert sum(holds) >= 18
    for one, nothing in zip(results, holds, strict=True):
        assert ("10 habits beside them with no share that can be told" in f"{one}") == nothing


def test_a_planted_share_comes_out():
    """Simulated truth: one of ten habits accounts for 30 % of the variance."""
    nights = [diary(seed, share=0.3) for seed in range(20)]
    results = [ss.explained(one, outcome="tst_min") for one in nights]
    assert sum(one.share_habits_low <= 0.3 <= one.share_habits_high for one in results) >= 17
    assert sum(one.share_habits_low > 0 for one in results) >= 17
    assert 0.2 < np.mean([one.share_habits for one in results]) < 0.35


def test_all_together_is_not_told_as_less_than_a_part():
    """Simulated truth: 30 % of the variance by one habit, none by the week or slow change."""
    results = [ss.explained(diary(seed, n=70, share=0.3), outcome="tst_min") for seed in range(20)]
    less = [one for one in results if one.share_all < one.share_habits]
    assert len(less) > 5  # the calendar did worse than nothing, as it may on few nights
    assert not any("all together" in f"{one}" for one in less)
    assert all("habits beside them with" in f"{one}" for one in results)


def test_persistence_alone_is_not_told_as_habits():
    """Simulated truth: outcome and habits each keep .6 of the night before, none of the other."""
    false = 0
    for seed in range(20):
        nights = diary(seed)
        for name in nights:
            kept = nights[name].to_numpy().copy()
            for night in range(1, len(kept)):
                kept[night] += 0.6 * (kept[night - 1] - nights[name].mean())
            nights[name] = kept
        false += ss.explained(nights, outcome="tst_min").share_habits_low > 0
    assert false <= 2


def test_week_is_told_apart_from_habits():
    """Simulated truth: Friday and Saturday are an hour longer, half of the variance; no habit."""
    nights = diary(3, n=180)
    free = nights.index.day_of_week.isin([4, 5])
    result = ss.explained(nights.assign(tst_min=nights.tst_min + 90 * free), outcome="tst_min")
    assert result.share_week_drift_low > 0.2
    assert result.share_habits_low <= 0
    assert f"{result}".startswith(
        "Of the differences in total sleep time between nights, weekdays and slow change went with "
    )
    assert math.isclose(result.share_all - result.share_week_drift, result.share_habits)


def test_ratio_and_jackknife_by_hand():
    """By hand: no column, so every loss is the mean's, and the share is 0 with no width."""
    nights, none = np.arange(84), np.zeros((84, 0))
    shares = explained_shares(np.sin(nights**2.0), none, none, nights, nights // 7)
    assert (shares.every.estimate, shares.every.low, shares.every.high) == (0.0, 0.0, 0.0)
    assert shares.weeks == 12


def test_neighbours_and_weeks_are_left_out_whole():
    """By hand: week 2 is nights 14 to 20; three nights on either side belong to neither."""
    number = np.arange(35)
    fit = _apart(number, number // 7 == 2)
    assert np.flatnonzero(~fit).tolist() == list(range(14 - GAP_NIGHTS, 21 + GAP_NIGHTS))
    weeks = np.repeat(np.arange(52), 7)
    blocks = _blocks(weeks, 26)
    assert all(len(set(blocks[weeks == week])) == 1 for week in range(52))
    assert set(np.bincount(blocks)) == {14}


def test_yes_no_kinds_gaps_and_clock_times_are_used():
    """Simulated truth: the effects that simulate_nights plants in sleep time."""
    nights, _ = ss.simulate_nights(180, seed=1)
    result = ss.explained(nights, outcome="tst_min", adjust="weekday")
    assert {"late_meal", "supplement_kind", "stress"} <= {*result.habits, *result.left_out}
    assert result.share_habits_low > 0
    told = result.to_dict()
    assert told["n"] == result.n == int(nights.tst_min.notna().sum())
    assert told["adjust"] == ["weekday"]
    assert "went with" in result._repr_html_()
    assert "weekday" in result._repr_html_()
    assert "habits beside it with" in f"{result}"


def test_a_habit_seldom_recorded_is_left_out_and_named():
    """By hand: 40 of 120 nights are fewer than half."""
    nights = diary(1, habits=2)
    nights.loc[nights.index[40:], "habit_1"] = np.nan
    result = ss.explained(nights, outcome="tst_min", adjust=())
    assert (result.habits, result.left_out) == (("habit_0",), ("habit_1",))
    assert result.share_week_drift == 0.0
    assert "week and" not in f"{result}"
    with pytest.raises(ss.DiaryError, match=r"none of habit_1 can be used .* seldom"):
        ss.explained(nights, outcome="tst_min", factors="habit_1")


def test_too_few_nights_are_refused_in_words():
    """The rule of the documentation: 56 nights with the outcome."""
    nights = diary(1, n=60)
    nights.loc[nights.index[:5], "tst_min"] = np.nan
    with pytest.raises(ss.DiaryError) as raised:
        ss.explained(nights, outcome="tst_min")
    assert str(raised.value) == (
        "outcome: 'tst_min' is known on 55 nights; at least 56 (eight weeks) were expected, so "
        "that weeks can be left out. Record more nights, or ask about single habits with "
        "correlate()."
    )
    assert ss.explained(nights.fillna(420.0), outcome="tst_min").n == 60


def test_a_constant_outcome_and_no_weeks_are_refused():
    """An outcome that never varies has no differences; three weeks leave too little to fit."""
    with pytest.raises(ss.DiaryError, match="none of habit_0"):
        ss.explained(diary(1, habits=1).assign(tst_min=420.0), outcome="tst_min")
    with pytest.raises(ss.DiaryError, match=r"3 weeks .* at least 4 weeks"):
        explained_shares(np.arange(21), np.zeros((21, 0)), np.zeros((21, 0)), *weeks_of(21))
    with pytest.raises(ss.DiaryError, match="no habits beside the outcome"):
        ss.explained(diary(1)[["tst_min"]], outcome="tst_min")


def weeks_of(n):
    """Number nights and weeks from a Monday."""
    return np.arange(n), np.arange(n) // 7
