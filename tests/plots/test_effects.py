"""Pictures of one relation: the right dots, the result's own numbers, and words that say so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.plots.effects import plot_association, plot_difference
from sleepstats.plots.forest import plot_forest
from sleepstats.results.relation import Association, Difference

Maker = Callable[..., pd.DataFrame]


@pytest.fixture
def slope(diary: Maker) -> Association:
    return ss.associate(diary(60), outcome="tst_min", factor="stress")


@pytest.fixture
def difference(diary: Maker) -> Difference:
    return ss.compare(diary(60), outcome="tst_min", factor="late_meal")


def legend(ax: Axes) -> tuple[str, list[str]]:
    box = ax.get_legend()
    return box.get_title().get_text(), [text.get_text() for text in box.get_texts()]


def ticks(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_xticklabels()]


# numeric factor -------------------------------------------------------------------------------


def test_every_night_is_a_dot_and_scores_stay_near_their_score(slope: Association) -> None:
    ax = plot_association(slope)
    x, y = ax.lines[0].get_data()
    np.testing.assert_array_equal(y, slope.data["tst_min"])
    np.testing.assert_allclose(x, slope.data["stress"], atol=0.18)
    assert not np.array_equal(x, slope.data["stress"])


def test_dots_stand_still_from_call_to_call(slope: Association) -> None:
    one, two = plot_association(slope), plot_association(slope)
    np.testing.assert_array_equal(one.lines[0].get_xdata(), two.lines[0].get_xdata())


def test_measures_are_not_shifted(diary: Maker) -> None:
    nights = diary(60).assign(screens_min=np.arange(60) * 1.5)
    ax = plot_association(nights, outcome="tst_min", factor="screens_min")
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), nights["screens_min"])
    assert ax.get_xlabel() == "Screens (min)"


def test_the_line_has_the_adjusted_slope_and_meets_the_mean(slope: Association) -> None:
    x, y = plot_association(slope).lines[1].get_data()
    assert (y[-1] - y[0]) / (x[-1] - x[0]) == pytest.approx(slope.effect)
    mean = slope.data.mean()
    assert np.interp(mean["stress"], x, y) == pytest.approx(mean["tst_min"])
    assert (x[0], x[-1]) == (slope.data["stress"].min(), slope.data["stress"].max())


def test_the_band_turns_about_the_mean_between_the_interval_s_ends(slope: Association) -> None:
    corners = plot_association(slope).collections[0].get_paths()[0].vertices
    left = slope.data["stress"].min()
    at_left = np.unique(corners[np.isclose(corners[:, 0], left), 1])
    mean = slope.data.mean()
    away = left - mean["stress"]
    expected = sorted(mean["tst_min"] + away * np.array([slope.effect_low, slope.effect_high]))
    np.testing.assert_allclose([at_left.min(), at_left.max()], expected)


def test_latency_rises_by_the_ratio(diary: Maker) -> None:
    one = ss.associate(diary(60), outcome="sol_min", factor="stress")
    x, y = plot_association(one).lines[1].get_data()
    assert np.log(y[-1] / y[0]) / (x[-1] - x[0]) == pytest.approx(np.log(one.ratio))
    # at the mean stress it is the median of all nights, each brought there by the ratio
    stress, sol = (one.data[name].astype(float) for name in ("stress", "sol_min"))
    middle = float(np.interp(stress.mean(), x, y))
    there = np.maximum(sol, 2.5) * one.ratio ** (stress.mean() - stress)
    assert middle == pytest.approx(there.median(), rel=1e-3)


def test_minutes_of_a_ratio_end_where_the_nights_are() -> None:
    """Reader in Jupyter, S1: 10 min without, twice that with, planted; all nights' median is 14.

    Drawn was 10 + 14, where the nights with lie at 20; so beside kinds.
    """
    with_it = np.arange(80) % 8 < 4
    near = 1.1 ** np.tile([-1.0, 0.0, 0.0, 1.0], 20)
    index = pd.date_range("2026-01-05", periods=80, name="night")
    kinds = np.where(with_it, "wine", "none")
    nights = pd.DataFrame(
        {"sol_min": 10.0 * 2.0**with_it * near, "late_meal": with_it, "alcohol_kind": kinds},
        index=index,
    )
    diff = ss.compare(nights, outcome="sol_min", factor="late_meal")
    ax = plot_difference(diff)
    assert ax.lines[-1].get_ydata()[0] == pytest.approx(20.0, rel=0.02)
    assert ax.lines[3].get_ydata()[0] == 20.0  # the bar of the nights with
    assert ax.child_axes[0].get_ylabel().startswith("Difference (min on a typical night)")
    ax = plot_association(ss.associate(nights, "sol_min", "alcohol_kind"))
    heights = [one.get_ydata()[0] for one in ax.lines if one.get_marker() == "o"]
    assert min(abs(height - 20.0) for height in heights[-1:]) < 0.4


def test_a_curve_of_latency_runs_through_few_nights_with_any() -> None:
    """Planted: 10 min, 1.5 times as long a drink, drinks on half of the nights (by hand 33.75)."""
    rng = np.random.default_rng(3)
    drinks = np.where(rng.random(600) < 0.5, rng.integers(1, 4, 600), 0).astype(float)
    index = pd.date_range("2026-01-05", periods=600, name="night")
    sol = 10.0 * 1.5**drinks * np.exp(0.2 * rng.normal(size=600))
    nights = pd.DataFrame({"sol_min": sol, "alcohol_drinks": drinks}, index=index)
    ax = plot_association(ss.associate(nights, "sol_min", "alcohol_drinks"))
    x, y = ax.lines[1].get_data()
    np.testing.assert_allclose(np.interp([0.0, 3.0], x, y), [10.0, 33.75], rtol=0.05)


def test_words_of_a_slope(slope: Association) -> None:
    ax = plot_association(slope)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Stress", "Total sleep time (min)")
    # how often luck finds as much stands in print, and would fill a picture's title
    assert ax.get_title().replace("\n", " ") == f"{slope}".partition(" Asked alone: ")[0]
    title, entries = legend(ax)
    low, high = (f"{end:.2f}".replace("-", "−") for end in (slope.r_low, slope.r_high))
    assert title.startswith("60 nights, correlation ")
    assert title.endswith(f" [{low}, {high}]")
    assert entries == ["one night", "what went with stress, weekdays and slow change evened out",
                       "95 % interval"]  # fmt: skip


def test_found_is_solid_and_not_found_is_dashed(slope: Association) -> None:
    found = plot_association(dataclasses.replace(slope, status="found")).lines[1]
    other = plot_association(dataclasses.replace(slope, status="not found")).lines[1]
    assert (found.get_linestyle(), other.get_linestyle()) == ("-", "--")


def test_from_nights_and_from_the_result_are_one_picture(diary: Maker, slope: Association) -> None:
    ax = plot_association(diary(60), outcome="tst_min", factor="stress")
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), slope.plot().lines[1].get_ydata())


def test_refused_shows_its_nights_and_the_reason(diary: Maker) -> None:
    one = ss.associate(diary(8), outcome="tst_min", factor="stress")
    assert one.status == "refused"
    ax = plot_association(one)
    assert len(ax.lines) == 1
    assert len(ax.lines[0].get_xdata()) == 8
    assert ax.get_title().replace("\n", " ") == f"{one}"
    assert "oo few nights" in ax.get_title()


def test_refused_without_a_night(diary: Maker) -> None:
    ax = plot_association(diary(20).assign(stress=np.nan), outcome="tst_min", factor="stress")
    assert [text.get_text() for text in ax.texts] == ["No night has both values."]


def test_a_column_against_itself_is_drawn_with_its_refusal(diary: Maker) -> None:
    ax = plot_association(diary(20), outcome="tst_min", factor="tst_min")
    assert "autology" in ax.get_title()


# yes or no ------------------------------------------------------------------------------------


def test_both_groups_have_their_nights_and_counts(difference: Difference) -> None:
    ax = plot_difference(difference)
    by_side = difference.data.groupby("late_meal")["tst_min"]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), by_side.get_group(False))
    np.testing.assert_array_equal(ax.lines[2].get_ydata(), by_side.get_group(True))
    without, with_it, gap = ticks(ax)
    assert without == f"without\n{difference.n_without} nights\nmean {difference.mean_without:.0f}"
    assert with_it == f"with\n{difference.n_with} nights\nmean {difference.mean_with:.0f}"
    assert gap == "difference with\n95 % interval"


def test_bars_stand_at_the_means_of_the_result(difference: Difference) -> None:
    ax = plot_difference(difference)
    assert ax.lines[1].get_ydata()[0] == pytest.approx(difference.mean_without)
    assert ax.lines[3].get_ydata()[0] == pytest.approx(difference.mean_with)


def test_the_difference_counts_from_the_nights_without(difference: Difference) -> None:
    ax = plot_difference(difference)
    interval, dot = ax.lines[-2], ax.lines[-1]
    base = difference.mean_without
    assert dot.get_ydata()[0] == pytest.approx(base + difference.effect)
    expected = [base + difference.effect_low, base + difference.effect_high]
    np.testing.assert_allclose(interval.get_ydata(), expected)
    (right,) = ax.child_axes
    ax.figure.draw_without_rendering()
    np.testing.assert_allclose(right.get_ylim(), np.array(ax.get_ylim()) - base)
    ax.set_ylim(base - 100, base + 50)  # the right scale follows
    ax.figure.draw_without_rendering()
    np.testing.assert_allclose(right.get_ylim(), (-100, 50), atol=1e-9)
    assert right.get_ylabel() == "Difference (min)\nweekdays and slow change evened out"


def test_latency_groups_stand_at_their_medians(diary: Maker) -> None:
    """Title, table, claim and dot tell one size: the dot was the ratio of the bar, 9 for 8 min."""
    nights = diary(60).assign(sol_min=lambda x: x["sol_min"] * (1 + 2 * x["late_meal"]))
    diff = ss.compare(nights, outcome="sol_min", factor="late_meal")
    ax = plot_difference(diff)
    assert ax.lines[1].get_ydata()[0] == diff.median_without
    moved = ax.lines[-1].get_ydata()[0] - diff.median_without
    # the middle of all nights lies between those with (a share m) and without: r^(1 - m), r^-m
    y, on = nights["sol_min"].clip(lower=1.0), nights["late_meal"].astype(float)
    geometric = np.exp(np.log(y).mean())
    by_hand = geometric * (diff.ratio ** (1 - on.mean()) - diff.ratio ** -on.mean())
    assert moved == pytest.approx(by_hand, rel=1e-6)
    told = f"about {moved:.0f} min more on a typical night"
    assert told in " ".join(str(diff).split())
    claim = ss.Claim("Slower.", "sol_min", "late_meal", "more")
    assert told in ss.check_claims(nights, [claim]).table["answer"][0]
    assert f"about +{moved:.0f} min" in ss.present(diff).difference[0]
    table = ss.correlate(nights, outcomes="sol_min", factors="late_meal")
    assert plot_forest(table).texts[1].get_text().startswith(f"+{moved:.0f} [")
    assert "min on a typical night" in ax.child_axes[0].get_ylabel()
    assert "median" in ticks(ax)[0]


def test_clock_differences_are_minutes(diary: Maker) -> None:
    diff = ss.compare(diary(60), outcome="sleep_onset", factor="late_meal")
    ax = plot_difference(diff)
    (right,) = ax.child_axes
    ax.figure.draw_without_rendering()
    hours, minutes = np.diff(ax.get_ylim())[0], np.diff(right.get_ylim())[0]
    assert minutes == pytest.approx(60 * hours)
    assert ax.get_ylabel() == "Sleep onset (clock time)"
    assert ticks(ax)[0].split()[-1].count(":") == 1


def test_filled_if_found_and_hollow_if_not(difference: Difference) -> None:
    found = plot_difference(dataclasses.replace(difference, status="found")).lines[-1]
    other = plot_difference(dataclasses.replace(difference, status="not found")).lines[-1]
    assert found.get_markerfacecolor() == found.get_color()
    assert other.get_markerfacecolor() == "white"


def test_groups_are_told_apart_without_colour(difference: Difference) -> None:
    ax = plot_difference(difference, color="k")
    without, with_it = ax.lines[0], ax.lines[2]
    assert without.get_markerfacecolor() == "none"
    assert (without.get_markeredgecolor(), with_it.get_markerfacecolor()) == ("k", "k")


def test_an_association_of_yes_and_no_is_the_same_picture(
    diary: Maker, difference: Difference
) -> None:
    one = ss.associate(diary(60), outcome="tst_min", factor="late_meal")
    for ax in (plot_association(one), plot_difference(one)):
        np.testing.assert_allclose(
            ax.lines[-2].get_ydata(), plot_difference(difference).lines[-2].get_ydata()
        )
        assert ticks(ax)[0].startswith("without")


def test_a_refused_difference_draws_the_groups_alone(diary: Maker) -> None:
    nights = diary(30).assign(late_meal=False)
    ax = plot_difference(nights, outcome="tst_min", factor="late_meal")
    assert ax.child_axes == []
    assert ticks(ax)[1] == "with\n0 nights"
    assert ax.get_title().startswith("Not answered")


# kinds ----------------------------------------------------------------------------------------


def test_kinds_have_strips_and_contrasts_from_the_reference(diary: Maker) -> None:
    one = ss.associate(diary(80), outcome="tst_min", factor="tea")
    assert one.contrasts is not None
    ax = plot_association(one)
    names = [label.split("\n")[0] for label in ticks(ax)]
    assert names == ["none", *one.contrasts["level"]]
    assert ticks(ax)[1].split("\n")[1] == f"{one.contrasts['n'].iloc[0]} nights"
    base = one.data.loc[one.data["tea"] == "none", "tst_min"].mean()
    drawn = [line for line in ax.lines if line.get_markersize() == 9 and len(line.get_xdata()) == 1]
    np.testing.assert_allclose(
        [line.get_ydata()[0] for line in drawn], base + one.contrasts["effect"]
    )
    assert any("difference from none" in text for text in legend(ax)[1])


def test_a_kind_without_an_answer_is_left_out(diary: Maker) -> None:
    one = ss.associate(diary(80), outcome="tst_min", factor="tea")
    assert one.contrasts is not None
    numbers = ["effect", "effect_low", "effect_high", "pvalue_holm"]
    broken = one.contrasts.copy()
    broken.loc[0, numbers] = np.nan
    ax = plot_association(dataclasses.replace(one, contrasts=broken))
    assert sum(line.get_markersize() == 9 for line in ax.lines) == len(broken) - 1


def test_free_text_is_refused_and_not_drawn(diary: Maker) -> None:
    nights = diary(30)
    nights["memo"] = pd.array([f"note {i}" for i in range(30)], dtype="str")
    ax = plot_association(nights, outcome="tst_min", factor="memo")
    assert [text.get_text() for text in ax.texts] == ["Too many different answers to draw."]


# wrong ----------------------------------------------------------------------------------------


def test_what_cannot_be_drawn_is_said(diary: Maker, slope: Association) -> None:
    with pytest.raises(DiaryError) as caught:
        plot_association(diary(20))
    assert str(caught.value) == (
        "plot_association() with nights needs outcome= and factor=, "
        "for example outcome='tst_min', factor='stress'."
    )
    with pytest.raises(DiaryError) as caught:
        plot_association([1, 2])
    assert str(caught.value) == (
        "plot_association() got a list, expected nights or what associate() returned. "
        "For a Difference use plot_difference()."
    )
    with pytest.raises(DiaryError) as caught:
        plot_difference(slope)
    assert str(caught.value) == (
        "plot_difference() got an Association of numeric kind, expected nights or what compare() "
        "returned. For a number or kinds use plot_association()."
    )


def test_given_axes_and_looks_are_used(slope: Association, difference: Difference) -> None:
    _, (left, right) = plt.subplots(1, 2, layout="constrained")
    assert plot_association(slope, ax=left, c="k", ms=2) is left
    assert left.lines[0].get_color() == "k"
    assert left.lines[0].get_markersize() == 2
    assert plot_difference(difference, ax=right) is right
    left.figure.canvas.draw()


def test_nothing_global_changes(slope: Association, difference: Difference) -> None:
    before = mpl.rcParams.copy()
    plot_association(slope)
    plot_difference(difference)
    assert dict(mpl.rcParams) == dict(before)


def test_2000_nights_are_drawn(diary: Maker) -> None:
    ax = plot_association(diary(2000), outcome="tst_min", factor="stress")
    assert len(ax.lines[0].get_xdata()) == 2000
    ax.figure.canvas.draw()
