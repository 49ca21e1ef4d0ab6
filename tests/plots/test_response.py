"""Responses drawn: the result's own numbers, what it counts from, and refusals."""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError


@pytest.fixture(scope="module")
def nights():
    return ss.simulate_nights(180, seed=7)[0]


def line(ax):
    return next(one for one in ax.lines if len(one.get_xdata()) > 2 and one.get_linewidth() == 2)


def test_dose_is_the_curve_from_the_lowest_dose(nights):
    got = ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks")
    ax = ss.plot_response(got)
    np.testing.assert_allclose(line(ax).get_xdata(), got.curve["x"][1:])
    np.testing.assert_allclose(line(ax).get_ydata(), got.curve["estimate"][1:])
    assert line(ax).get_linestyle() == "-"
    assert ax.get_ylabel() == "Total sleep time: difference\nfrom nights without (min)"
    assert (
        ax.get_title()
        .replace("\n", " ")
        .startswith("Total sleep time went with the dose of alcohol")
    )
    assert ax.get_legend().get_title().get_text() == "153 nights, 36 of them with any"
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [
        "nights without",
        "difference, weekdays and slow change evened out",
        "95 % interval",
    ]


def test_a_dose_not_found_is_dashed(nights):
    got = ss.dose_response(nights, outcome="tst_min", dose="caffeine_cups")
    assert got.status == "not found"
    assert line(got.plot()).get_linestyle() == "--"


def test_timing_runs_towards_bed(nights):
    got = ss.timing_response(
        nights, outcome="sol_min", hours="caffeine_last_h_before_bed", used="caffeine_cups"
    )
    ax = got.plot()
    left, right = ax.get_xlim()
    assert left > right
    assert ax.get_ylabel().endswith("from nights without (min)")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "never turning back (no interval)" in labels
    # the sentence's numbers are of the decay term, the line's of the spline: 54 beside 67 min
    assert labels[0].replace("\n", " ") == (
        "difference in any smooth shape (the sentence's is of a curve that only gets steeper "
        "towards bed), weekdays and slow change evened out"
    )


def test_courses_and_their_refusal(nights):
    on = (np.arange(len(nights)) // 15) % 2 == 1
    ax = ss.over_time(nights.assign(tea=on), outcome="tst_min", factor="tea").plot()
    assert ax.get_xlabel() == "Nights since starting, tea"
    once = nights.assign(tea=nights.index > nights.index[70])
    ax = ss.over_time(once, outcome="tst_min", factor="tea").plot()
    assert "Single onset: tea was begun once" in ax.get_title().replace("\n", " ")
    assert [text.get_text() for text in ax.texts] == ["No response to draw."]


def test_a_clock_outcome_is_drawn_in_minutes(nights):
    got = ss.dose_response(nights, outcome="midsleep_h", dose="screens_min")
    ax = got.plot()
    np.testing.assert_allclose(line(ax).get_ydata(), 60 * got.curve["estimate"][1:])
    assert ax.get_ylabel().endswith("(min)")


def test_looks_and_axes_are_the_readers(nights):
    from matplotlib import pyplot as plt

    _, ax = plt.subplots()
    got = ss.dose_response(nights, outcome="tst_min", dose="screens_min")
    assert ss.plot_response(got, ax=ax, color="black") is ax
    assert line(ax).get_color() == "black"


def test_something_else_is_an_error():
    with pytest.raises(DiaryError, match=r"plot_response\(\) got a DataFrame, expected what dose"):
        ss.plot_response(pd.DataFrame())


def test_people_drawn(nights):
    diaries = {name: ss.simulate_nights(60, seed=seed)[0] for seed, name in enumerate("abcde")}
    diaries["short"] = nights.iloc[:9]
    got = ss.pool_people(
        pd.concat(diaries, names=["person", "night"]).sort_index(),
        outcome="tst_min", factor="late_meal",
    )  # fmt: skip
    ax = got.plot()
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert set(labels[:5]) == set("abcde")
    assert labels[5:] == ["Mean of people", "One more person"]
    told = ax.get_legend().get_title().get_text()
    assert told == f"{got.n_nights} nights of 5 people, 1 more could not be answered"
    few = ss.pool_people(
        pd.concat({"a": nights.iloc[:9], "b": nights.iloc[:8]}, names=["person", "night"]),
        outcome="tst_min", factor="late_meal",
    )  # fmt: skip
    assert [text.get_text() for text in few.plot().texts] == ["No person could be answered."]
