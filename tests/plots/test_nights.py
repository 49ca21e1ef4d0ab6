"""The raster and the series: what is drawn where, and that nothing is hidden."""

from __future__ import annotations

from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

import sleepstats as ss
from sleepstats import plots as style
from sleepstats.columns import CLOCKS
from sleepstats.errors import DiaryError
from sleepstats.plots.calendar import day_numbers
from sleepstats.plots.nights import AnswerRow, draw_answer, plot_raster, plot_series

Maker = Callable[..., pd.DataFrame]


def bars(ax: Axes, layer: int) -> np.ndarray:
    """Return (left, right, row) of each bar; layers: 0 weekends, 1 in bed, 2 asleep,
    3 in bed with the sleep not known."""
    corners = [path.vertices[:4] for path in ax.collections[layer].get_paths()]
    return np.array([(c[:, 0].min(), c[:, 0].max(), c[:, 1].mean()) for c in corners])


def legend(ax: Axes) -> tuple[str, list[str]]:
    box = ax.get_legend()
    return box.get_title().get_text(), [text.get_text() for text in box.get_texts()]


# raster ---------------------------------------------------------------------------------------


def test_raster_draws_each_night_at_its_clock_times(diary: Maker) -> None:
    nights = diary(10)
    ax = plot_raster(nights)
    rows = day_numbers(nights.index)
    # first night by hand: Monday, no delay; in bed 22:45 to 07:15, asleep from 23:05 to 07:00
    np.testing.assert_allclose(bars(ax, 1)[0], [22.75, 31.25, rows[0]])
    np.testing.assert_allclose(bars(ax, 2)[0], [23 + 5 / 60, 31.0, rows[0]])
    assert len(bars(ax, 1)) == len(bars(ax, 2)) == 10
    assert ax.get_xlim() == (12.0, 36.0)
    assert ax.get_ylim() == (rows[-1] + 0.5, rows[0] - 0.5)  # first night on top


def test_raster_words(diary: Maker) -> None:
    ax = plot_raster(diary(10))
    assert ax.get_xlabel() == "Clock time"
    assert ax.get_ylabel() == "Evening, 2026"
    assert legend(ax) == ("10 nights, 0 missing", ["asleep", "in bed", "Friday, Saturday"])
    clock = ax.xaxis.get_major_formatter()
    assert [clock(h, 0) for h in (12, 24, 30)] == ["12:00", "00:00", "06:00"]


def test_raster_shades_friday_and_saturday_evenings(diary: Maker) -> None:
    nights = diary(14)
    rows = bars(plot_raster(nights), 0)[:, 2]
    expected = day_numbers(nights.index[nights.index.day_of_week.isin([4, 5])])
    np.testing.assert_array_equal(rows, expected)


def test_raster_keeps_rows_of_missing_nights_and_counts_them(diary: Maker) -> None:
    nights = diary(20).drop(diary(20).index[[4, 5, 6]])
    nights.iloc[8, :5] = pd.NaT
    ax = plot_raster(nights)
    assert legend(ax)[0] == "16 nights, 4 missing"
    assert abs(np.diff(ax.get_ylim())[0]) == 20
    assert len(bars(ax, 1)) == 16


def test_raster_draws_in_bed_alone_where_sleep_is_not_known(diary: Maker) -> None:
    ax = plot_raster(diary(9)[["into_bed", "out_of_bed"]])
    assert len(bars(ax, 3)) == 9
    assert not ax.collections[3].get_facecolor().size  # filled it would be a night without sleep
    assert [len(ax.collections[layer].get_paths()) for layer in (1, 2)] == [0, 0]
    assert legend(ax)[0] == "9 nights, 0 missing"
    assert legend(ax)[1][0] == "in bed, when you\nslept is not known"


@pytest.mark.parametrize("rows", [9, 1200])
def test_rasters_legend_shows_unknown_sleep_as_it_is_drawn(diary: Maker, rows: int) -> None:
    """Reader in Jupyter, M10: outlines without room ran into a blue band, read as sleep."""
    ax = plot_raster(diary(rows)[["into_bed", "out_of_bed"]])
    drawn, key = ax.collections[3], ax.get_legend().get_patches()[0]
    assert (key.get_facecolor()[3] > 0) is bool(drawn.get_facecolor().size) is (rows == 1200)
    shown, colour = (drawn.get_facecolor(), style.REFERENCE), (drawn.get_edgecolor(), style.IN_BED)
    (same,), expected = shown if rows == 1200 else colour
    assert tuple(same) == to_rgba(expected)
    assert (key.get_facecolor() if rows == 1200 else key.get_edgecolor()) == to_rgba(expected)


def test_raster_draws_the_one_night_of_unknown_sleep_as_an_outline(diary: Maker) -> None:
    """A waking time that could not be read, as 25:10 of the sample spreadsheet."""
    nights = diary(9)
    nights.loc[nights.index[4], "final_wake"] = pd.NaT
    ax = plot_raster(nights)
    assert [len(bars(ax, layer)) for layer in (1, 2, 3)] == [8, 8, 1]
    assert legend(ax)[1][:2] == ["asleep", "in bed"]
    assert bars(ax, 3)[0][2] == day_numbers(nights.index)[4]


def test_rasters_legend_names_only_what_is_drawn(diary: Maker) -> None:
    """A tracker that knows sleep alone: its bars in bed lie wholly behind those of sleep."""
    ax = plot_raster(diary(9)[["sleep_onset", "final_wake"]])
    assert legend(ax)[1] == ["asleep", "Friday, Saturday"]


def test_raster_takes_the_next_best_clock(diary: Maker) -> None:
    nights = diary(9)[["lights_out", "final_wake"]]
    np.testing.assert_allclose(bars(plot_raster(nights), 3)[0][:2], [23.0, 31.0])


def test_raster_widens_for_a_night_past_noon_and_cuts_none(diary: Maker) -> None:
    nights = diary(12)
    nights.loc[nights.index[3:6], list(CLOCKS)] += pd.Timedelta("10h")
    ax = plot_raster(nights)
    left, right = ax.get_xlim()
    assert left == 12
    assert right == 42  # the latest out_of_bed is just before 18:00 of the next day
    assert bars(ax, 1)[:, 1].max() <= right


def test_raster_widens_for_a_night_before_the_cut(diary: Maker) -> None:
    nights = diary(12)
    nights.loc[nights.index[3], list(CLOCKS)] -= pd.Timedelta("13h")
    assert plot_raster(nights).get_xlim()[0] == 9.0


def test_raster_starts_at_the_day_cut_of_the_record(diary: Maker) -> None:
    nights = diary(9)
    nights.attrs["sleepstats"] = {"day_cut_h": 15.0}
    assert plot_raster(nights).get_xlim() == (15.0, 39.0)


def test_raster_double_repeats_the_next_night_on_the_right(diary: Maker) -> None:
    ax = plot_raster(diary(9), double=True)
    assert ax.get_xlim() == (12.0, 60.0)
    asleep = bars(ax, 2)
    assert len(asleep) == 18
    once, again = asleep[1], asleep[9 + 1]
    np.testing.assert_allclose(again, once + np.array([24, 24, -1]))


def test_raster_of_one_night(diary: Maker) -> None:
    ax = plot_raster(diary(1))
    assert legend(ax)[0] == "1 night, 0 missing"
    ax.figure.draw_without_rendering()


def test_raster_without_any_time_says_so(diary: Maker) -> None:
    nights = diary(9)
    nights[list(CLOCKS)] = pd.NaT
    nights = nights.astype(dict.fromkeys(CLOCKS, "datetime64[us]"))
    ax = plot_raster(nights)
    assert legend(ax)[0] == "0 nights, 9 missing"
    assert [text.get_text() for text in ax.texts] == ["No night here has both a start and an end."]


def test_raster_of_2000_nights_is_not_endless(diary: Maker) -> None:
    ax = plot_raster(diary(2000))
    assert len(ax.collections) + len(ax.patches) + len(ax.lines) < 50  # not an artist a night
    assert ax.figure.get_size_inches()[1] <= 14
    assert len(bars(ax, 2)) == 2000
    assert legend(ax)[1] == ["asleep", "in bed"]  # no stripes that only flicker


def test_raster_grows_with_the_nights_and_takes_given_axes(diary: Maker) -> None:
    heights = [plot_raster(diary(n)).figure.get_size_inches()[1] for n in (10, 60, 120)]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]
    _, ax = plt.subplots()
    assert plot_raster(diary(10), ax=ax) is ax


@pytest.mark.parametrize("alias", ["color", "c", "facecolor"])
def test_raster_colour_of_sleep_is_the_readers(diary: Maker, alias: str) -> None:
    ax = plot_raster(diary(9), **{alias: "k"})
    assert tuple(ax.collections[2].get_facecolor()[0]) == to_rgba("k")
    assert ax.get_legend().get_patches()[0].get_facecolor() == to_rgba("k")


def test_raster_needs_clocks(diary: Maker) -> None:
    with pytest.raises(DiaryError) as caught:
        plot_raster(diary(9)[["tst_min", "stress"]])
    assert str(caught.value) == (
        "plot_raster() needs clock times: one column of into_bed, lights_out, sleep_onset and one "
        "of final_wake, out_of_bed. nights has none of them. "
        "For a diary of durations use plot_series(nights, outcome='tst_min')."
    )
    with pytest.raises(DiaryError, match=r"nights has into_bed, lights_out\."):
        plot_raster(diary(9)[["into_bed", "lights_out"]])


@pytest.mark.parametrize("plot", [plot_raster, plot_series])
def test_one_person_at_a_time_and_at_least_one_night(
    diary: Maker, plot: Callable[..., Axes]
) -> None:
    two = pd.concat({"ann": diary(3), "bea": diary(3)}, names=["person"])
    with pytest.raises(DiaryError) as caught:
        plot(two)
    assert str(caught.value) == (
        f"{plot.__name__}() draws one person; nights holds 2. "
        "Choose one, for example nights.xs('ann')."
    )
    with pytest.raises(DiaryError, match="nights has no rows"):
        plot(diary(3).iloc[:0])


# series ---------------------------------------------------------------------------------------


def test_series_draws_every_night_at_its_date(diary: Maker) -> None:
    nights = diary(30)
    ax = plot_series(nights)
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), day_numbers(nights.index))
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), nights["tst_min"])
    assert ax.get_ylabel() == "Total sleep time (min)"
    assert ax.get_xlabel() == "Evening, 2026"


def test_series_breaks_where_a_night_is_missing(diary: Maker) -> None:
    nights = diary(30).drop(diary(30).index[[10, 11]])
    nights.iloc[20, nights.columns.get_loc("tst_min")] = np.nan
    ax = plot_series(nights)
    drawn = np.asarray(ax.lines[0].get_ydata(), dtype=float)
    assert len(drawn) == 30
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(drawn)), [10, 11, 22])
    assert len(ax.collections[0].get_paths()) == 3  # shaded
    assert legend(ax)[0] == "27 nights, 3 missing"
    assert legend(ax)[1][-1] == "missing"


def test_series_rings_are_fridays_and_saturdays(diary: Maker) -> None:
    nights = diary(14)
    rings = plot_series(nights).lines[1]
    expected = nights.index[nights.index.day_of_week.isin([4, 5])]
    np.testing.assert_array_equal(rings.get_xdata(), day_numbers(expected))
    assert rings.get_markerfacecolor() == "white"


@pytest.mark.parametrize("look", ["light", "dark", "both"])
def test_a_ring_is_hollow_in_every_look(diary: Maker, look: str) -> None:
    # without a ground a ring cannot be filled with it: no dot may lie below. Of 14 nights from
    # a Monday on the fifth, sixth, twelfth and thirteenth are Fridays and Saturdays
    nights = diary(14)
    with ss.theme(look):
        every, rings = plot_series(nights).lines[:2]
    filled = np.flatnonzero(every.get_markevery())
    weekend = np.flatnonzero(nights.index.day_of_week.isin([4, 5]))
    assert not set(filled) & set(weekend)
    assert len(filled) + len(weekend) == 14 == len(filled) + len(rings.get_xdata())
    face = np.array([*to_rgba(rings.get_markerfacecolor())])
    assert face[3] == 0 or (face[:3] == [*to_rgba(style._LOOKS[look]["PAPER"])][:3]).all()


def test_series_mean_is_the_mean(diary: Maker) -> None:
    nights = diary(30)
    ax = plot_series(nights)
    assert f"mean {nights['tst_min'].mean():.0f} min" in legend(ax)[1]
    assert float(ax.lines[2].get_ydata()[0]) == pytest.approx(nights["tst_min"].mean())


@pytest.mark.parametrize("outcome", ["sleep_onset", "midsleep_h"])
def test_series_of_a_clock_has_a_clock_axis(diary: Maker, outcome: str) -> None:
    ax = plot_series(diary(30), outcome=outcome)
    assert ax.get_ylabel().endswith("(clock time)")
    assert ":" in ax.yaxis.get_major_formatter()(25.5, 0)
    assert any(text.startswith(("mean 0", "mean 2")) for text in legend(ax)[1])


def test_series_of_yes_and_no_leaves_not_recorded_out(diary: Maker) -> None:
    nights = diary(10)
    nights.iloc[2, nights.columns.get_loc("late_meal")] = pd.NA
    ax = plot_series(nights, outcome="late_meal")
    assert legend(ax)[0] == "9 nights, 1 missing"


def test_series_of_one_none_and_2000_nights(diary: Maker) -> None:
    assert legend(plot_series(diary(1)))[0] == "1 night, 0 missing"
    empty = plot_series(diary(9).assign(tst_min=np.nan))
    assert [text.get_text() for text in empty.texts] == ["No night here has a value of tst_min."]
    many = plot_series(diary(2000))
    assert many.lines[0].get_linestyle() == "None"  # dots only
    many.figure.canvas.draw()


def test_series_words_of_the_reading_record_win(diary: Maker) -> None:
    nights = diary(9)
    nights.attrs["sleepstats"] = {"columns": {"stress": {"label": "worry", "unit": "of 10"}}}
    assert plot_series(nights, outcome="stress").get_ylabel() == "Worry (of 10)"


def test_series_looks_are_the_readers(diary: Maker) -> None:
    ax = plot_series(diary(9), c="k", lw=3)
    assert ax.lines[0].get_color() == "k"
    assert ax.lines[0].get_linewidth() == 3


def test_series_refuses_what_it_cannot_draw(diary: Maker) -> None:
    with pytest.raises(DiaryError) as caught:
        plot_series(diary(9)[["tst_min", "stress"]], outcome="tst_mins")
    assert str(caught.value) == (
        "No column 'tst_mins' in nights. Did you mean 'tst_min'? Columns present: tst_min, stress."
    )
    with pytest.raises(DiaryError) as caught:
        plot_series(diary(9), outcome="tea")
    assert str(caught.value) == (
        "plot_series() draws numbers, and column 'tea' is str. "
        "Choose a measure, for example outcome='tst_min'."
    )


def test_nothing_global_changes_and_nights_stay_as_they_were(diary: Maker) -> None:
    settings, nights = mpl.rcParams.copy(), diary(30)
    before = nights.copy()
    ss.plot_raster(nights)
    ss.plot_series(nights)
    assert dict(mpl.rcParams) == dict(settings)
    pd.testing.assert_frame_equal(nights, before)


# answer ---------------------------------------------------------------------------------------


def test_no_text_of_an_answer_lies_on_another() -> None:
    """Headings of two lines, as a device's long names make them; boxes as they are drawn."""
    long = "Strain of the day before (13 points compared with 4.3): performance perhaps lower"
    rows = [
        AnswerRow(long, "5 points lower to 0.5 points higher; " * 4, (-1, -0.4, 0.1), "5"),
        AnswerRow("Short", "Small"),
        AnswerRow(long, "Small", (-0.2, 0.1, 0.4), "5", hollow=True),
    ]  # fmt: skip
    ax = draw_answer("Lead.", rows, 2)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 3 * 2 + 2 * 3 + 1
    for place, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[place + 1 :]), ax.texts[place]
    assert max(box.x1 for box in boxes) <= ax.figure.bbox.x1
