"""All questions at once: rows in order, the table's numbers, nothing left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.text import Annotation

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.plots.forest import _answered, plot_forest

Maker = Callable[..., pd.DataFrame]


@pytest.fixture
def table() -> pd.DataFrame:
    """Return a table by hand: three answers of two outcomes, one refusal, one of kinds."""
    nan = float("nan")
    columns = ["outcome", "factor", "n", "effect", "effect_low", "effect_high", "effect_unit",
               "ratio", "ratio_low", "ratio_high", "pvalue_family", "status", "reason"]  # fmt: skip
    rows = [
        ("tst_min", "stress", 112, -6.0, -9.0, -3.0, "min per point", nan, nan, nan, 0.001,
         "found", ""),
        ("tst_min", "screens_min", 110, 0.1, -0.2, 0.4, "min per min", nan, nan, nan, 0.5,
         "not found", ""),
        ("tst_min", "alcohol", 100, -20.0, -90.0, 50.0, "min", nan, nan, nan, 0.9,
         "unreachable", "too few nights: words"),
        ("tst_min", "tea", 90, nan, nan, nan, "min", nan, nan, nan, 0.4, "not found", ""),
        ("tst_min", "late_meal", 0, nan, nan, nan, "min", nan, nan, nan, nan,
         "refused", "constant: late_meal was no on all 112 nights"),
        # median 20 min: 20 * (1.01 - 1) = 0.2 and so on
        ("sol_min", "screens_min", 109, 0.2, 0.1, 0.3, "min per min", 1.01, 1.005, 1.015, 0.01,
         "found", ""),
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=columns)
    made.attrs["sleepstats_table"] = {
        "level": 0.95, "adjust": ["weekday", "trend"], "questions": 6, "refused": 1,
        "nights": 112, "labels": {"stress": "stress", "tea": "herbal tea"},
        "units": {"tst_min": "min", "sol_min": "min", "screens_min": "min"},
        "steps": {"stress": 1.0, "screens_min": 30.0},
    }  # fmt: skip
    return made


@pytest.mark.parametrize("times", [100.0, 1.0, 0.1, 0.01, 1e4, 1e5])
def test_labels_of_the_scale_do_not_run_into_each_other(table: pd.DataFrame, times: float) -> None:
    """Reader in Jupyter, M11: "−0.075−0.050−0.0250.000" of −0.083 to 0.113, as in that file."""
    table = table[table["factor"] == "alcohol"].assign(n=1274, effect_unit="bpm")
    table["effect"], table["effect_low"], table["effect_high"] = 0.02, -0.083, 0.113
    table[["effect", "effect_low", "effect_high"]] *= times
    table.attrs["sleepstats_table"]["labels"]["alcohol"] = "total burn of the day"
    ax = plot_forest(table)
    ax.figure.draw_without_rendering()
    left, right = sorted(ax.get_xlim())
    labels = [one for one in ax.get_xticklabels() if left <= one.get_position()[0] <= right]
    boxes = sorted((one.get_window_extent().x0, one.get_window_extent().x1) for one in labels)
    assert len(boxes) > 1
    assert all(end + 3 < begin for (_, end), (begin, _) in pairwise(boxes))


def names(ax: Axes) -> list[str]:
    """Return the rows of all panels; below they are counted through."""
    return [label.get_text() for panel in ax.figure.axes for label in panel.get_yticklabels()]


def panels(ax: Axes) -> Iterator[tuple[int, Axes]]:
    above = 0
    for panel in ax.figure.axes:
        yield above, panel
        above += len(panel.get_yticklabels())


def written(ax: Axes) -> dict[int, str]:
    return {above + int(t.xy[1]): t.get_text() for above, panel in panels(ax)
            for t in panel.texts if isinstance(t, Annotation)}  # fmt: skip


def dots(ax: Axes) -> dict[int, tuple[float, str]]:
    return {
        above + int(x.get_ydata()[0]): (float(x.get_xdata()[0]), str(x.get_markerfacecolor()))
        for above, panel in panels(ax) for x in panel.lines if x.get_marker() == "o"
    }  # fmt: skip


def test_rows_stand_under_their_outcome_sorted_with_refusals_last(table: pd.DataFrame) -> None:
    assert names(plot_forest(table)) == [
        "Total sleep time", "Alcohol", "Screens, per 30 min", "Stress, per point", "Herbal tea",
        "Late meal", "Sleep onset latency", "Screens, per 30 min",
    ]  # fmt: skip


def test_numbers_are_written_per_step(table: pd.DataFrame) -> None:
    assert written(plot_forest(table)) == {
        1: "−20 [−90, 50] min, yes against no; 100 nights",
        2: "+3 [−6, 12] min; 110 nights",
        3: "−6 [−9, −3] min; 112 nights",
        4: "no clear difference (p = 0.4); 90 nights",
        5: "not asked: constant",
        6: "minutes on a typical night",
        # 20 * (1.01**30 - 1) = 6.96, 20 * (1.005**30 - 1) = 3.23, 20 * (1.015**30 - 1) = 11.26
        7: "+7 [3, 11] min; 109 nights",
    }


def test_dots_stand_where_the_numbers_say(table: pd.DataFrame) -> None:
    places = {row: value for row, (value, _) in dots(plot_forest(table)).items()}
    assert places == pytest.approx({1: -20.0, 2: 3.0, 3: -6.0, 7: 20 * (1.01**30 - 1)})


def test_found_is_filled_and_the_rest_is_hollow(table: pd.DataFrame) -> None:
    faces = {row: face for row, (_, face) in dots(plot_forest(table)).items()}
    assert faces == {1: "white", 2: "white", 3: "#0072b2", 7: "#0072b2"}
    unreachable = [line for line in plot_forest(table).lines if list(line.get_ydata()) == [1, 1]]
    assert unreachable[0].get_linestyle() == ":" or unreachable[0].is_dashed()


def test_words_around_it(table: pd.DataFrame) -> None:
    ax = plot_forest(table)
    assert ax.get_xlabel() == "Difference (min, per the step named) with 95 % interval"
    box = ax.figure.axes[-1].get_legend()
    assert box.get_title().get_text() == (
        "112 nights, 6 questions, 1 of them not asked, weekdays and slow change evened out\n"
        "unlike steps cannot be compared: one is more of one habit than of another"
    )
    assert [text.get_text() for text in box.get_texts()] == [
        "found, all questions counted",
        "not clear",
        "out of reach: too few nights even for a large effect",
    ]


def test_zero_and_every_interval_are_inside(table: pd.DataFrame) -> None:
    low, high = plot_forest(table).get_xlim()
    assert low < -90
    assert high > 50
    only = table[table["factor"] == "stress"]
    assert plot_forest(only).get_xlim()[1] > 0


def test_a_part_of_the_table_still_counts_all_questions(table: pd.DataFrame) -> None:
    ax = plot_forest(table[table["outcome"] == "sol_min"])
    assert names(ax) == ["Sleep onset latency", "Screens, per 30 min"]
    # one row is drawn, and what was not asked is not among it
    assert ax.get_legend().get_title().get_text() == (
        "112 nights, 1 of 6 questions, weekdays and slow change evened out"
    )
    # rows that are told per the same step do stand on one scale
    assert ax.get_xlabel() == "Difference (min) with 95 % interval"


def test_latency_has_a_scale_on_which_its_ranges_are_seen(table: pd.DataFrame) -> None:
    """Ranges of 3 to 11 min lay under their dots on a scale of -90 to 50 min of sleep."""
    first, second = plot_forest(table).figure.axes
    assert first.get_xlim()[0] < -90
    assert 11 < second.get_xlim()[1] < 12
    # what is told per a step lies below what is not, and a dotted line is between
    (between,) = [line for line in first.lines if line.get_linestyle() == ":"]
    assert between.get_ydata()[0] == 1.5


def test_a_long_name_is_cut_before_its_step(table: pd.DataFrame) -> None:
    table.attrs["sleepstats_table"]["labels"]["stress"] = "worry about work and money " * 5
    (row,) = [one for one in names(plot_forest(table)) if one.startswith("Worry")]
    assert row.endswith(" …\nper point")
    (row,) = [one.get_text() for one in ss.plot_matrix(table.assign(r=0.2)).get_yticklabels()
              if one.get_text().startswith("Worry")]  # fmt: skip
    assert row.endswith(" …\n(per point)")


def test_refusals_all_alike_take_one_row(table: pd.DataFrame) -> None:
    refused = table.assign(status="refused", reason="latency not measured: sol_min is 0 min")
    ax = plot_forest(refused[refused["outcome"] == "tst_min"])
    assert names(ax) == ["Total sleep time", "All 5 factors"]
    assert written(ax)[1] == "not asked: latency not measured"
    assert [t.get_text() for t in ax.texts if not isinstance(t, Annotation)] == [
        "No question could be drawn; the reasons stand on the right."
    ]


def mixed_units(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the second outcome in another unit than the first."""
    mixed = table.replace({"outcome": {"sol_min": "se_pct"}})
    mixed.attrs = table.attrs
    return mixed


@pytest.mark.parametrize("where", ["a new figure", "one of two", "placed by hand"])
def test_outcomes_of_another_unit_have_a_panel_of_their_own(
    table: pd.DataFrame, where: str
) -> None:
    given = None
    if where == "one of two":
        _, (given, other) = plt.subplots(1, 2)
    elif where == "placed by hand":
        given = plt.figure().add_axes((0.2, 0.2, 0.5, 0.7))
    first = plot_forest(mixed_units(table), ax=given)
    assert given is None or first is given
    second = first.figure.axes[-1]
    assert first.get_xlabel() == "Difference (min, per the step named) with 95 % interval"
    assert second.get_xlabel() == "Difference (percentage points) with 95 % interval"
    own = [[label.get_text() for label in one.get_yticklabels()] for one in (first, second)]
    assert own[0][0] == "Total sleep time"
    assert own[1] == ["Sleep efficiency", "Screens, per 30 min"]
    # an efficiency is not drawn on a scale of ninety minutes
    assert second.get_xlim()[1] < 15
    assert second.get_position().y1 < first.get_position().y0
    assert first.get_legend() is None
    assert "6 questions" in second.get_legend().get_title().get_text()
    if where == "one of two":
        assert other.get_position().x0 > first.get_position().x1


def test_a_ratio_of_one_is_no_difference(table: pd.DataFrame) -> None:
    same = table.tail(1).assign(effect=0.0, ratio=1.0)
    assert next(iter(dots(plot_forest(same)).values()))[0] == 0.0


@pytest.mark.parametrize("ratio", [1.0, 1.005])
def test_intervals_are_drawn_whatever_the_effect_beside_them(
    table: pd.DataFrame, ratio: float
) -> None:
    # hand calculation: the ends say a median of 20 min, 2 / (1.1 - 1); 30 units of 1 min more each
    # are 20 ((1 + 1 / 20)^30 - 1) = 66.4 and 20 ((1 - 1 / 20)^30 - 1) = -15.7
    effect = 20.0 * (ratio - 1.0)
    same = table.tail(1).assign(
        effect=effect, effect_low=-2.0, effect_high=2.0, ratio=ratio, ratio_low=0.9, ratio_high=1.1,
        fcr_low=-1.0, fcr_high=1.0, status="stands", beside_effect=0.5, beside_low=-1.0,
        beside_high=1.0,
    )  # fmt: skip
    row = _answered(same.to_dict("records")[0], table.attrs["sleepstats_table"])
    ends = pytest.approx((-15.7, 66.4), abs=0.05)
    assert row.value == pytest.approx(20.0 * (ratio**30 - 1.0))
    assert (row.ends, row.left[1:]) == (ends, ends)
    # of ratios that are all lost in rounding a step is a multiple: 30 times -1 and 1
    lost = same.assign(effect=0.0, ratio=1.0, ratio_low=1.0, ratio_high=1.0).to_dict("records")[0]
    row = _answered(lost, table.attrs["sleepstats_table"])
    assert (row.value, row.ends, row.left) == (0.0, (-30.0, 30.0), (15.0, -30.0, 30.0))


def test_without_its_notes_a_table_is_drawn_as_it_stands(table: pd.DataFrame) -> None:
    bare = pd.DataFrame(table.to_dict("list"))
    ax = plot_forest(bare)
    assert written(ax)[2] == "+0.1 [−0.2, 0.4] min; 110 nights"
    assert names(ax)[2] == "Screens, per min"


def test_from_nights_it_is_the_table_of_correlate(diary: Maker) -> None:
    nights = diary(60)
    ax = plot_forest(nights)
    assert names(ax) == names(plot_forest(ss.correlate(nights)))
    assert len(names(ax)) == 2 + 2 * 4  # two outcomes and four factors of each
    ax.figure.canvas.draw()


def test_every_row_has_its_place_on_paper(diary: Maker) -> None:
    ax = plot_forest(diary(60))
    ax.figure.canvas.draw()
    page = ax.figure.bbox
    for text in [*ax.texts, *ax.get_yticklabels()]:
        box = text.get_window_extent()
        assert box.x0 >= page.x0 - 1
        assert box.x1 <= page.x1 + 1


def test_looks_and_axes_are_the_readers(table: pd.DataFrame) -> None:
    _, ax = plt.subplots()
    assert plot_forest(table, ax=ax, c="k") is ax
    faces = {face for _, face in dots(ax).values()}
    assert faces == {"k", "white"}


def test_what_cannot_be_drawn_is_said(table: pd.DataFrame) -> None:
    with pytest.raises(DiaryError) as caught:
        plot_forest({"a": 1})
    assert str(caught.value) == (
        "plot_forest() got a dict, expected nights or the table that correlate() returned."
    )
    with pytest.raises(DiaryError) as caught:
        plot_forest(table.drop(columns=["ratio", "status"]))
    assert str(caught.value) == (
        "plot_forest() needs the table that correlate() returned; this one lacks ratio, status. "
        "Leave its columns in, and round with present() last."
    )
    with pytest.raises(DiaryError, match="no rows"):
        plot_forest(table.iloc[:0])


def test_the_table_is_left_alone(table: pd.DataFrame) -> None:
    before = table.copy()
    plot_forest(table)
    pd.testing.assert_frame_equal(table, before)
    assert np.isnan(table["ratio"].iloc[0])


def test_a_square_is_drawn_only_where_other_habits_were_held_equal() -> None:
    """One habit alone has none beside it: a square of the same size said that there were some."""
    nights, _ = ss.simulate_nights(120, seed=7)
    table = ss.correlate(nights, "tst_min", ["stress"], beside=True)
    assert (table["status"][0], table["held_equal"][0]) == ("found", "")
    ax = ss.plot_forest(table)
    assert not [line for line in ax.lines if line.get_marker() == "s"]
    words = [text.get_text() for text in ax.figure.findobj(plt.Text)]
    assert not any("below it: with the others held equal" in text for text in words)


@pytest.fixture
def unsure(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a finding whose best guess reaches 0, and one clear alone only."""
    table["pvalue"] = [0.0001, 0.02, 0.9, 0.4, np.nan, 0.001]
    table["stands"] = pd.array([True, None, None, None, None, True], dtype="boolean")
    table["held_equal"], table["p_direction"] = "", 0.9
    table["best_guess"] = [-3.0, 0.05, -1.0, np.nan, np.nan, 0.2]
    table["best_guess_low"] = [-6.5, -0.1, -9.0, np.nan, np.nan, 0.1]
    table["best_guess_high"] = [0.5, 0.2, 9.0, np.nan, np.nan, 0.3]
    r = np.array([-0.5, 0.2, -0.1, np.nan, np.nan, 0.3])
    return table.assign(r=r, r_low=r - 0.1, r_high=r + 0.1, when="", n_dropped=0, n_eff=90.0)


def test_a_row_says_in_pictures_what_it_says_in_its_table(unsure: pd.DataFrame) -> None:
    said = ss.present(unsure).set_index(["outcome", "factor"])["how sure"]
    assert said["tst_min", "stress"] == "perhaps"
    assert said["tst_min", "screens_min"] == "may be luck"
    assert said["sol_min", "screens_min"] == "fairly clear"
    ax = plot_forest(unsure)
    # by hand: the third row, stress, is hollow though found; the last one is filled
    assert {row: face for row, (_, face) in dots(ax).items()} == {
        1: "white", 2: "white", 3: "white", 7: "#0072b2",
    }  # fmt: skip
    # no other habit was held equal in this table, and the legend does not say that one was
    told = [text.get_text() for text in ax.figure.axes[-1].get_legend().get_texts()]
    assert told[0] == "stands: found, and no other went with it and sleep"
    words = [text.partition(":")[0] for text in told]
    assert words == ["stands", "perhaps", "may be luck", "out of reach"]
    circles = {
        (round(float(c.get_offsets()[0, 0])), round(float(c.get_offsets()[0, 1]))): c
        for c in ss.plot_matrix(unsure).collections
    }
    assert to_hex(circles[0, 0].get_facecolor()[0]) == "#ffffff"
    assert circles[0, 0].get_linewidth()[0] > circles[0, 1].get_linewidth()[0]
    assert to_hex(circles[1, 1].get_facecolor()[0]) == "#0072b2"


def test_clocks_are_told_in_minutes_as_in_the_table(table: pd.DataFrame) -> None:
    clock = table.iloc[:1].assign(
        outcome="out_of_bed", effect=-0.5, effect_low=-0.8, effect_high=-0.1,
        effect_unit="h per point",
    )  # fmt: skip
    ax = plot_forest(clock)
    # -0.5 h [-0.8, -0.1] is -30 min [-48, -6]
    assert written(ax)[1] == "−30 [−48, −6] min; 112 nights"
    assert ax.get_xlabel() == "Difference (min) with 95 % interval"
    assert dots(ax)[1][0] == -30.0


@pytest.mark.parametrize("draw", [ss.plot_forest, ss.plot_matrix])
def test_nights_without_a_habit_have_a_sentence_for_a_picture(diary: Maker, draw) -> None:  # type: ignore[no-untyped-def]
    nights = diary(20).drop(columns=["stress", "screens_min", "late_meal", "tea"])
    table = ss.correlate(nights, beside=True)
    for given in (nights, table, table[table["outcome"] == "tst_min"]):
        (said,) = draw(given).texts
        assert " ".join(said.get_text().split()).startswith("No habit is noted beside these nights")
