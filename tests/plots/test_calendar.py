"""The calendar: every night in its square, missing ones hatched, the scale honest."""

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError


def squares(ax):
    filled, *hatched = ax.collections
    return filled, hatched


def test_every_night_has_its_square(diary):
    nights = diary(30)
    filled, hatched = squares(ss.plot_calendar(nights))
    assert not hatched
    places = np.array([path.vertices[0] for path in filled.get_paths()])
    np.testing.assert_array_equal(places[:, 1], nights.index.day_of_week)
    np.testing.assert_array_equal(places[:, 0], np.arange(30) // 7)  # begins on a Monday
    np.testing.assert_array_equal(filled.get_array(), nights["tst_min"])


def test_missing_nights_are_hatched_and_counted(diary):
    nights = diary(30).drop(diary(30).index[[3, 4]])
    nights.iloc[7, nights.columns.get_loc("tst_min")] = np.nan
    ax = ss.plot_calendar(nights)
    filled, (hatched,) = squares(ax)
    assert len(filled.get_paths()) == 27
    assert len(hatched.get_paths()) == 3
    assert hatched.get_hatch() == "////"
    told = " ".join(ax.get_legend().get_title().get_text().split())
    assert told.startswith("Total sleep time: 27 nights, 3 missing, mean ")


def test_one_odd_night_does_not_bleach_the_others(diary):
    nights = diary(60)
    nights.loc[nights.index[10], "tst_min"] = 1200.0
    filled, _ = squares(ss.plot_calendar(nights))
    assert filled.get_clim()[1] < 700


def test_darker_is_more_in_one_hue(diary):
    filled, _ = squares(ss.plot_calendar(diary(30)))
    shades = filled.cmap(np.linspace(0, 1, 20))[:, :3]
    assert (np.diff(shades @ [0.299, 0.587, 0.114]) < 0).all()  # luminance falls all the way
    assert (shades[:, 2] >= shades[:, 0]).all()  # never red
    assert (shades[:, 2] >= shades[:, 1]).all()  # never green


def test_years_continue_below(diary):
    ax = ss.plot_calendar(diary(500), outcome="midsleep_h")
    assert len(ax.get_yticks()) == 8  # two bands
    months = [text.get_text() for text in ax.texts]
    assert months[0] == "2026\nJan"
    assert "2027\nJan" in months


@pytest.mark.parametrize(
    ("begins", "nights", "named"),
    [
        ("2026-01-31", 60, "2026/Jan Feb Mar"),
        ("2026-03-31", 60, "2026/Mar Apr May"),
        ("2023-12-31", 60, "2023/Dec 2024/Jan Feb"),
        # rows of 53 weeks: 8 January of the next year begins the second, two weeks before February
        ("2025-01-06", 400, "2025/Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec 2026/Jan "
         "2026/Jan Feb"),
    ],
)  # fmt: skip
def test_every_month_has_its_name(begins, nights, named):
    """Reader in Jupyter, S3: beside "Jan 2026" of one night February had no name.

    By hand, from a calendar; names of one row must not lie on each other.
    """
    index = pd.date_range(begins, periods=nights, name="night")
    ax = ss.plot_calendar(pd.DataFrame({"tst_min": 420.0 + index.day}, index=index))
    words = [text for text in ax.texts if text.get_text()]
    assert " ".join(text.get_text().replace("\n", "/") for text in words) == named
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in words]
    assert not any(a.overlaps(b) for place, a in enumerate(boxes) for b in boxes[:place])


def test_a_line_runs_where_a_month_begins():
    """Monday 26 January 2026: 1 February is the Sunday of that week, so the line goes round it."""
    index = pd.date_range("2026-01-26", periods=30, name="night")
    ax = ss.plot_calendar(pd.DataFrame({"tst_min": 420.0 + index.day}, index=index))
    (line,) = ax.lines
    assert list(line.get_xdata()) == [1, 1, 0, 0]
    assert list(line.get_ydata()) == [0, 6, 6, 7]


def test_no_values_say_so(diary):
    ax = ss.plot_calendar(diary(20).assign(tst_min=np.nan))
    assert "No night here has a value of tst_min." in [text.get_text() for text in ax.texts]


def test_text_is_an_error(diary):
    with pytest.raises(DiaryError, match="column 'tea' is str"):
        ss.plot_calendar(diary(20), outcome="tea")
    with pytest.raises(DiaryError, match=r"No column 'tst' in nights"):
        ss.plot_calendar(diary(20), outcome="tst")


@pytest.mark.parametrize("days", [0.25, 0.4, 1, 2, 9, 400, 20_000])
def test_clock_times_of_other_days_have_a_scale_with_a_few_ticks(diary, days):
    # a column of stamps, such as when a form was sent, may lie days or years beside the night
    nights = diary(20)
    sent = nights.index + pd.to_timedelta(np.linspace(20, 20 + 24 * days, 20), unit="h")
    ax = ss.plot_calendar(nights.assign(sent=sent), outcome="sent")
    (bar,) = [other for other in ax.figure.axes if other is not ax]
    low, high = bar.get_ylim()
    assert 2 <= sum(low <= tick <= high for tick in bar.get_yticks()) <= 6
