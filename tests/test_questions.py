"""Which rows meet, and which questions are refused with which words."""

import itertools

import numpy as np
import pandas as pd
import pytest

from sleepstats.asking import MEETING, prepare
from sleepstats.asking.held_columns import hold_fixed


def frame(n=60, **columns):
    index = pd.date_range("2026-01-01", periods=n, name="night")
    rng = np.random.default_rng(5)
    nights = pd.DataFrame({"tst_min": 420 + 40 * rng.normal(size=n)}, index=index)
    return nights.assign(**columns)


def refusal(nights, factor, outcome="tst_min"):
    _, (question,) = prepare(nights, [(outcome, factor)])
    return question.refusal


@pytest.mark.parametrize(
    ("outcome", "factor"), list(itertools.product(["day", "night", "morning"], repeat=2))
)
def test_the_factor_never_comes_after_the_outcome(outcome, factor):
    # time on one axis: day t at 3t, the night after it at 3t + 1, its morning at 3t + 2
    at = {"day": 0, "night": 1, "morning": 2}
    lag, words = MEETING[outcome, factor]
    before = at[outcome] - (at[factor] - 3 * lag)
    assert 0 <= before < 3, "the latest one that is not after the outcome"
    assert words.startswith("same") == (before == 0)


def test_a_gap_in_the_calendar_breaks_the_chain():
    index = pd.DatetimeIndex(["2026-01-01", "2026-01-02", "2026-01-04", "2026-01-05"], name="night")
    nights = pd.DataFrame({"tst_min": [400.0, 410.0, 420.0, 430.0], "stress": 1.0}, index=index)
    _, (question,) = prepare(nights, [("stress", "tst_min")])
    assert (question.when, question.lag) == ("night before the day", 1)
    np.testing.assert_array_equal(question.x, [np.nan, 400.0, np.nan, 420.0])


def test_when_can_be_said():
    nights = frame(magnesium=np.arange(60) % 2 == 0)
    _, (question,) = prepare(nights, [("tst_min", "magnesium")], when={"magnesium": "morning"})
    assert (question.when, question.lag) == ("morning before the night", 1)
    assert np.isnan(question.x[0])


def test_the_record_says_when():
    nights = frame(magnesium=np.arange(60) % 2 == 0)
    nights.attrs["sleepstats"] = {"columns": {"magnesium": {"when": "morning"}}}
    _, (question,) = prepare(nights, [("tst_min", "magnesium")])
    assert question.when == "morning before the night"


def test_latency_is_analysed_as_its_logarithm_with_a_floor():
    nights = frame(sol_min=np.resize([0.0, 1.0, 2.5, 10.0, 20.0], 60), tea=np.arange(60) % 2)
    _, (question,) = prepare(nights, [("sol_min", "tea")])
    np.testing.assert_allclose(question.y[:5], np.log([2.5, 2.5, 2.5, 10.0, 20.0]))
    np.testing.assert_array_equal(question.recorded[:5], [0.0, 1.0, 2.5, 10.0, 20.0])


N = np.arange(60)
REFUSED = [
    (np.where(N < 6, N % 5, np.nan), "too few nights: needs at least 14 nights with both tst_min "
     "and it; 6 have both (it is missing on 54 of 60 nights)"),
    (np.full(60, True), "constant: it was yes on all 60 nights"),
    (np.full(60, False), "constant: it was no on all 60 nights"),
    (np.full(60, 3.0), "constant: it was 3 on all 60 nights"),
    (N < 2, "one side too rare: it on 2 of 60 nights (3 needed on each side)"),
    (N >= 2, "one side too rare: it on 58 of 60 nights (3 needed on each side)"),
    (np.where(N < 2, N, 4.0), "one side too rare: it was 4 on 58 of 60 nights (3 others needed)"),
    (pd.array([True if i % 3 else None for i in N], dtype="boolean"), "never recorded as no: it "
     "has 40 yes, 0 no and 20 not recorded; a list of ticks cannot tell no from not recorded (if a "
     "blank means no, read it with blank_is_no=('it',), in the shell --blank-is-no it)"),
    (pd.array([f"note {i % 37}" for i in N], dtype="str"),
     "text: it has 37 different answers, too many to compare"),
    (pd.array(["tea"] * 58 + ["milk", "rum"], dtype="str"), "one side too rare: it was tea "
     "on 58 of 60 nights (3 others needed)"),
    (pd.array(["tea"] * 56 + ["milk"] * 2 + ["rum"] * 2, dtype="str"), "one side too rare: of 3 "
     "kinds of it only tea was seen on at least 3 nights"),
    (pd.to_timedelta(N, "min").as_unit("s"), "not usable: it is timedelta64[s], neither number, "
     "yes or no, nor kind"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "words"),
    REFUSED,
    ids=[f"{i} {words.partition(':')[0]}" for i, (_, words) in enumerate(REFUSED)],
)
def test_refusals_say_what_was_counted(values, words):
    assert refusal(frame(it=values), "it") == words


def test_three_on_each_side_and_fourteen_nights_are_enough():
    assert refusal(frame(14, it=np.arange(14) < 3), "it") == ""
    assert refusal(frame(13, it=np.arange(13) < 3), "it").startswith("too few nights")


def test_tautologies():
    nights = frame(se_pct=90.0, sol_min=np.resize([5.0, 10.0, 20.0], 60))
    assert refusal(nights, "tst_min", "se_pct") == (
        "tautology: se_pct and tst_min are tied by definition"
    )
    assert refusal(nights, "sol_min") == "tautology: tst_min and sol_min are tied by definition"
    assert refusal(nights, "tst_min") == "tautology: tst_min is the outcome itself"


def test_a_constant_outcome_is_refused():
    nights = frame(it=np.arange(60) % 2 == 0).assign(tst_min=420.0)
    assert refusal(nights, "it") == "constant: tst_min was 420 on all 60 nights"


def test_an_unmeasured_latency_is_refused_on_either_side():
    nights = frame(it=np.arange(60) % 2 == 0, sol_min=0.0, quality=np.resize([1.0, 2.0], 60))
    words = "latency not measured: sol_min is 0 min on all 60 nights"
    assert refusal(nights, "it", "sol_min") == words
    assert refusal(nights, "sol_min", "quality") == words


def test_rare_kinds_are_left_out():
    kinds = ["tea"] * 30 + ["none"] * 28 + ["rum"] * 2
    _, (question,) = prepare(frame(it=pd.array(kinds, dtype="str")), [("tst_min", "it")])
    assert question.refusal == ""
    assert question.used.sum() == 58


def test_what_is_held_fixed_narrows_the_nights():
    index = pd.date_range("2026-01-01", periods=20, name="night")
    nights = pd.DataFrame({"stress": np.arange(20.0), "tst_min": np.arange(20.0)}, index)
    _, (question,) = prepare(nights, [("tst_min", "stress")])
    beside = np.where(np.arange(20) < 9, np.nan, 1.0)  # 11 of 20 nights have all three
    assert hold_fixed(question, beside).refusal.startswith("too few nights: ")
    assert hold_fixed(question, beside).refusal.endswith("; 11 have all")
