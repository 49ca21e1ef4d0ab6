"""Courses of use: followed through the calendar, judged, and doubted with numbers."""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.responses.courses import courses_of, mostly_within


def diary(on, seed=0, sd=20.0):
    rng = np.random.default_rng(seed)
    index = pd.date_range("2026-01-05", periods=len(on), name="night")
    return pd.DataFrame(
        {"tst_min": 420 + sd * rng.normal(size=len(on)), "magnesium": np.asarray(on, dtype=bool)},
        index=index,
    )


def every(on, off, n):
    return (np.arange(n) % (on + off)) >= off


def test_courses_by_hand():
    on = np.array([1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
    got = courses_of(on, np.arange(14))
    assert got.since_start.tolist() == [0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0]
    assert np.flatnonzero(got.after_end).tolist() == [10, 11, 12]  # not after the two nights
    assert (got.starts, got.stops, got.courses, got.ended, got.longest) == (1, 2, 1, 1, 7)


def test_a_long_gap_begins_anew_and_a_short_one_does_not():
    on = np.ones(4, dtype=bool)
    assert courses_of(on, np.array([0, 1, 9, 10])).since_start.tolist() == [0, 1, 9, 10]
    assert courses_of(on, np.array([0, 1, 10, 11])).since_start.tolist() == [0, 1, 0, 1]
    assert courses_of(~on, np.arange(4)).courses == 0


def test_wearing_off_is_found_where_it_is_large():
    on = every(14, 10, 288)
    nights = diary(on, sd=15.0)
    since = courses_of(on, np.arange(288)).since_start
    nights["tst_min"] += 40 * on - 21 * since / 7 * on  # truth: 21 min less with each week
    got = ss.over_time(nights, outcome="tst_min", factor="magnesium")
    terms = got.terms.set_index("term")
    week = terms.loc["each further week"]
    assert week["effect_low"] < -21 < week["effect_high"]
    assert (week["status"], got.status) == ("found", "found")
    assert week["effect_unit"] == "min per week"
    assert f"{got}".startswith("Total sleep time changed over courses of magnesium: ")
    assert got.curve["estimate"].is_monotonic_decreasing
    assert got.curve["x"].iloc[0] == 0


def test_rebound_is_found_where_it_is_large():
    on = every(12, 12, 288)
    nights = diary(on, 1, sd=15.0)
    nights["tst_min"] -= 40 * courses_of(on, np.arange(288)).after_end  # truth: 40 min less
    got = ss.over_time(nights, outcome="tst_min", factor="magnesium")
    after = got.terms.set_index("term").loc["after stopping"]
    assert after["effect_low"] < -40 < after["effect_high"]
    assert after["status"] == "found"


def test_cannot_tell_by_default():
    got = ss.over_time(diary(every(10, 10, 120)), outcome="tst_min", factor="magnesium")
    assert got.status == "unreachable"
    assert set(got.terms["status"]) == {"cannot tell"}
    assert f"{got}".startswith(
        "These nights cannot tell whether total sleep time changed over courses of magnesium: "
    )
    assert (got.courses, got.starts, got.stops, got.ended) == (6, 6, 5, 5)
    assert got.cautions == ()


def test_a_single_onset_is_refused():
    got = ss.over_time(diary(np.arange(90) >= 45), outcome="tst_min", factor="magnesium")
    assert got.status == "refused"
    assert got.reason == (
        "single onset: magnesium was begun once and kept up, so any difference is mixed with "
        "whatever else changed over these weeks; pause and resume it a few times, or plan_trial()"
    )
    assert f"{got}".startswith("Not answered: total sleep time over courses of magnesium. Single ")
    stopped = ss.over_time(diary(np.arange(90) < 45), outcome="tst_min", factor="magnesium")
    assert "was stopped once and not taken up again" in stopped.reason


def test_short_use_has_no_course():
    got = ss.over_time(diary(every(2, 3, 100)), outcome="tst_min", factor="magnesium")
    assert got.status == "refused"
    assert got.reason == (
        "too few courses: magnesium was never kept up for 7 nights or more (2 courses needed)"
    )
    terms = got.terms.set_index("term")
    assert np.isfinite(terms.loc["with against without", "effect"])
    assert terms.loc["after stopping", "reason"] == (
        "too few courses: magnesium was never kept up for 7 nights or more, and never seen to "
        "stop, with 0 nights recorded among the first 3 after (2 courses and 3 nights needed)"
    )


def test_a_bad_week_before_is_told_with_its_numbers():
    nights = diary(np.arange(90) >= 40, sd=20.0)
    nights.iloc[33:40, 0] = 330.0
    got = ss.over_time(nights, outcome="tst_min", factor="magnesium")
    (caution,) = got.cautions
    assert caution.startswith(
        "Use began after a bad week: 330 min of total sleep time a night over the 7 nights before, "
        "usually 41"
    )
    assert " times the usual spread between weeks). Nights after such a week" in caution
    assert caution in f"{got}"
    worse = nights.assign(sol_min=np.r_[np.full(33, 10.0), np.full(7, 60.0), np.full(50, 11.0)])
    worse["sol_min"] += np.arange(90) % 3
    assert "60" in ss.over_time(worse, outcome="sol_min", factor="magnesium").cautions[0]


def test_reactive_use_is_told_with_its_numbers():
    nights = diary(np.zeros(120), seed=3)
    bad = nights["tst_min"].shift(1) < 410
    nights["magnesium"] = bad
    got = ss.over_time(nights, outcome="tst_min", factor="magnesium")
    assert any(
        caution.startswith("Magnesium followed bad nights: it was taken up on ")
        and "evenings after a night of the worst third, weekdays and slow change evened out ("
        in caution
        for caution in got.cautions
    )


def test_use_that_does_not_follow_bad_nights_is_rarely_doubted():
    # nominal 5 %, one-sided and conservative: 40 diaries without any reaction
    rng = np.random.default_rng(9)
    told = 0
    for seed in range(40):
        got = ss.over_time(
            diary(rng.random(120) < 0.3, seed), outcome="tst_min", factor="magnesium"
        )
        told += any("followed bad nights" in caution for caution in got.cautions)
    assert told <= 5  # P(more than 5 of 40 at 5 %) = 1.4 %


def test_use_that_follows_the_week_is_rarely_doubted():
    # Thursdays are short and the habit is one of Fridays: without the week removed 40 of 40
    # diaries were said to follow bad nights; nominal 5 %, one-sided
    rng = np.random.default_rng(10)
    told = 0
    for seed in range(40):
        nights = diary(np.zeros(120), seed)
        weekday = nights.index.day_of_week
        nights["tst_min"] -= 60.0 * (weekday == 3)
        nights["magnesium"] = rng.random(120) < np.where(weekday == 4, 0.8, 0.1)
        got = ss.over_time(nights, outcome="tst_min", factor="magnesium")
        told += any("followed bad nights" in caution for caution in got.cautions)
    assert told <= 5


def test_a_number_is_an_error():
    nights = diary(every(10, 10, 60)).assign(cups=np.arange(60) % 4)
    with pytest.raises(
        DiaryError, match=r"^over_time\(\) sets yes against no, and 'cups' is a numb"
    ):
        ss.over_time(nights, outcome="tst_min", factor="cups")


def test_too_few_nights():
    got = ss.over_time(diary(every(3, 3, 12)), outcome="tst_min", factor="magnesium")
    assert got.status == "refused"
    assert got.reason.startswith("too few nights: needs at least 14 nights")


def test_a_card_says_where_a_habit_stands_in_one_part_of_the_diary():
    """By hand: nine in ten of 21 nights are 19; few or scattered ones say nothing."""
    index = pd.date_range("2026-01-01", periods=100, name="night")
    once, kind = np.zeros(100), np.full(100, "none", dtype=object)
    once[[*range(30, 50), 90]] = 1
    kind[once == 1] = "tea"
    often = np.arange(100) % 4 == 0
    nights = pd.DataFrame({"tst_min": 420.0, "pill": once, "cup": kind, "walk": often}, index)
    said = "19 of these 21 nights lie from 31 January 2026 to 18 February 2026: "
    said += "whatever else was so at that time could be behind it just as well"
    assert mostly_within(nights, "tst_min", "pill") == said
    assert mostly_within(nights, "tst_min", "cup", "tea") == said
    assert mostly_within(nights, "tst_min", "cup") == ""
    assert mostly_within(nights, "tst_min", "walk") == ""
    nights.loc[index[37:100], "tst_min"] = np.nan  # seven nights are left with it
    assert mostly_within(nights, "tst_min", "pill") == ""
    assert mostly_within(nights.assign(pill=np.nan), "tst_min", "pill") == ""
