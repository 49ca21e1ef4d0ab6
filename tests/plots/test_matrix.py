"""All factors by all outcomes: sizes, certainty, refusals in their cells."""

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.plots import EXPOSED, REFERENCE, SLEEP


@pytest.fixture
def table():
    nan = float("nan")
    columns = ["outcome", "factor", "n", "r", "effect", "effect_low", "effect_high", "effect_unit",
               "ratio", "ratio_low", "ratio_high", "pvalue_family", "status", "reason"]  # fmt: skip
    rows = [
        ("tst_min", "stress", 90, -0.5, -6.0, -9.0, -3.0, "min per point", nan, nan, nan, 0.001,
         "found", ""),
        ("tst_min", "screens_min", 90, 0.1, 0.1, -0.2, 0.4, "min per min", nan, nan, nan, 0.5,
         "not found", ""),
        ("tst_min", "rare", 90, 0.3, 20.0, -50.0, 90.0, "min", nan, nan, nan, 0.5,
         "unreachable", "out of reach: words"),
        ("tst_min", "tea", 90, nan, nan, nan, nan, "min", nan, nan, nan, 0.41, "not found", ""),
        ("sol_min", "stress", 0, nan, nan, nan, nan, "min", nan, nan, nan, nan, "refused",
         "latency quantised: sol_min is time in bed / 150 on 30 of 80 nights"),
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=columns)
    made.attrs["sleepstats_table"] = {"steps": {"screens_min": 30.0}, "questions": 5, "refused": 1,
                                      "nights": 90}  # fmt: skip
    return made


def circles(ax):
    return {round(float(c.get_offsets()[0, 1])): c for c in ax.collections}


def test_size_sign_and_certainty(table):
    ax = ss.plot_matrix(table)
    found, ring, grey = (circles(ax)[row] for row in (0, 1, 2))
    assert to_hex(found.get_facecolor()[0]) == EXPOSED  # less with more
    assert to_hex(ring.get_facecolor()[0]) == "#ffffff"
    assert to_hex(ring.get_edgecolor()[0]) == SLEEP  # more with more
    assert to_hex(grey.get_edgecolor()[0]) == REFERENCE
    assert found.get_sizes()[0] / ring.get_sizes()[0] == pytest.approx(5.0)  # |r| 0.5 and 0.1


def test_one_measure_has_room_for_its_circles_and_words(table):
    """In a notebook its axes collapsed below the legend, and the numbers lay on the circles."""
    ax = ss.plot_matrix(table[table["outcome"] == "tst_min"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.figure.savefig(io.BytesIO(), bbox_inches="tight")
    renderer = ax.figure.canvas.get_renderer()
    for row, circle in circles(ax).items():
        (text,) = [one for one in ax.texts if round(one.get_position()[1]) == row]
        middle = ax.transData.transform(circle.get_offsets()[0])[0]
        wide = np.sqrt(circle.get_sizes()[0] / np.pi) * ax.figure.dpi / 72
        assert middle + wide < text.get_window_extent(renderer).x0


def test_the_colour_is_that_of_the_number_beside_it(table):
    """Reader in Jupyter, M3: r -0.19 beside "+2 min" was an orange ring, which is "less with more".

    In 21 of 126 cells of a tracker's file slope and correlation had different signs.
    """
    table.loc[table["factor"] == "screens_min", "r"] = -0.4
    table = table[table["factor"] != "stress"]
    ax = ss.plot_matrix(table)
    ring = circles(ax)[0]
    assert to_hex(ring.get_edgecolor()[0]) == SLEEP
    assert ring.get_sizes()[0] == pytest.approx(0.4 * 520.0)  # the area is still the correlation's
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "more with more (+)" in labels
    assert not any("less with more" in label for label in labels)


def test_words_in_the_cells(table):
    words = [text.get_text() for text in ss.plot_matrix(table).texts]
    assert words == ["−6 min", "+3 min", "+20 min", "kinds: p 0.41", "app's rule"]


def test_names_and_legend(table):
    ax = ss.plot_matrix(table)
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "Total sleep time", "Sleep onset\nlatency",
    ]  # fmt: skip
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Stress", "Screens (per 30 min)", "Rare", "Tea",
    ]  # fmt: skip
    legend = ax.get_legend().get_texts()
    told = [text.get_text().replace("\n", " ") for text in legend]
    assert told == [
        "area: correlation (here 0.2)", "more with more (+)", "less with more (−)",
        "filled: found, all questions counted",
        "ring: not clear", "grey ring: out of reach, too few nights even for a large effect",
        "diamond: kinds (filled: found)",  # a mark that the legend did not name
        "not asked, with the reason",
    ]  # fmt: skip
    # two columns are a narrow picture: lines are broken before its edge
    assert max(len(line) for text in legend for line in text.get_text().splitlines()) <= 40
    assert ax.get_legend().get_title().get_text() == "90 nights, 5 questions, 1 of them not asked"


def test_nights_are_asked(diary):
    ax = ss.plot_matrix(diary(60))
    assert len(ax.get_xticklabels()) == 2


def test_wrong_tables_are_errors(table):
    with pytest.raises(DiaryError, match=r"needs the table that correlate\(\) returned; this"):
        ss.plot_matrix(table.drop(columns="r"))
    with pytest.raises(DiaryError, match="the table has no rows"):
        ss.plot_matrix(table.iloc[:0])
    with pytest.raises(DiaryError, match="got a list"):
        ss.plot_matrix([1])
    assert np.isfinite(ss.plot_matrix(table.iloc[-1:]).get_xlim()).all()


def test_of_many_outcomes_those_are_drawn_in_which_most_was_found():
    """Seventeen columns squeezed onto a notebook's page had letters of three pixels."""
    nights = ss.load_sample("diary")
    table = ss.correlate(nights, "all", factors=["stress", "late_meal", "screens_min"])
    ax = ss.plot_matrix(table)
    drawn = len(ax.get_xticks())
    assert table["outcome"].nunique() > drawn == 6
    asked = ax.get_legend().get_title().get_text() if ax.get_legend() else ""
    texts = " ".join([asked, *(text.get_text() for text in ax.figure.findobj(Text))])
    more = table["outcome"].nunique() - 6
    assert f"{more} other measures are not drawn" in " ".join(texts.split())
    # clocks are told in minutes
    assert " h" not in " ".join(text.get_text() for text in ax.texts)
