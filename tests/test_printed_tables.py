"""What print and a notebook show of a table: what one came for, within 80 columns."""

import pickle
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sleepstats as ss
from sleepstats.units import Table, laid_out

NIGHTS = ss.load_sample("diary")
#: What is asked for -> words of the numbers one came for, from the sample's own columns.
WORDS = {
    "describe_nights": ("tst_min", "423.8", "52.1", "23:15"),
    "regularity": ("midsleep_sd_min", "46 min", "sri", "03:52"),
    "entangled": ("Supplement kind and supplement dose cannot be told apart", "times as wide"),
    "correlate": ("late meal", "stands", "not clear"),
    "present": ("late meal", "stands", "not clear"),
    "missing_for_a_reason": ("4 nights before a gap", "Not answered"),
    "list_formats": ("sleep_cycle", "Sleep Cycle (iOS and", "sleep score"),
    "reading_report": ("'24:00' read as 00:00 of the next day", "54 used"),
}


@cache
def table_of(name):
    """Return a table as its function gives it."""
    if name == "reading_report":
        with pytest.warns(ss.DiaryWarning):
            return ss.reading_report(ss.load_sample("spreadsheet"))
    if name == "list_formats":
        return ss.list_formats()
    if name == "correlate":
        return ss.correlate(NIGHTS, beside=True)
    return getattr(ss, name)(table_of("correlate") if name == "present" else NIGHTS)


def as_words(text):
    """Return text with each run of blanks as one, so that wrapped cells can be found."""
    return " ".join(text.split())


@pytest.mark.parametrize("name", WORDS)
def test_a_table_prints_within_80_columns_what_one_came_for(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    table, words = table_of(name), WORDS[name]
    printed = repr(table)
    assert max(map(len, printed.splitlines())) <= 80
    assert "..." not in printed
    assert "  ...  " not in str(table)
    for word in words:
        assert word in as_words(printed), word


@pytest.mark.parametrize("name", ["correlate", "present"])
def test_every_question_prints_with_its_size_and_interval(name, monkeypatch):
    """The texts are those of the rounded table, whose numbers test_present_table holds.

    The time to fall asleep is told in minutes: 12 * (1.49 - 1) and so on, 12 min in the middle.
    """
    monkeypatch.setenv("COLUMNS", "80")
    lines = repr(table_of(name)).splitlines()
    for row in table_of("present").to_dict("records"):
        # up to the end of its interval no cell is broken at this width
        begins = "".join(row["difference"].partition(" per ")[0].partition("]")[:2])
        if begins.startswith("×"):
            begins = " min ["
        assert [x for x in lines if x.startswith(f"  {row['factor']} ") and begins in x], row


def test_both_sizes_are_printed_alone_and_with_the_others_held_equal():
    """Whoever reads "stands" beside a number takes it for the one with the others held equal."""
    table = table_of("correlate").set_index(["outcome", "factor"])
    row = table.loc[("tst_min", "late_meal")]
    block = repr(table_of("correlate")).partition("total sleep time:")[2]
    line = next(x for x in block.splitlines() if "late meal" in x)
    assert row["held_equal"]
    assert f"[{row['beside_low']:.0f}, {row['beside_high']:.0f}]".replace("-", "−") in line
    assert f"[{row['fcr_low']:.0f}, {row['fcr_high']:.0f}]".replace("-", "−") in line


@pytest.mark.parametrize("name", WORDS)
def test_a_notebook_shows_the_same_as_a_bare_table(name):
    table, words = table_of(name), WORDS[name]
    page = table._repr_html_()
    assert page.startswith("<table><thead><tr><th")
    # text begins at the left, numbers end together; nothing else is styled
    assert set(re.findall(r'style="([^"]*)"', page)) <= {"text-align: left"}
    assert as_words(words[0]) in as_words(page.replace("&#x27;", "'"))


@pytest.mark.parametrize("name", WORDS)
def test_the_numbers_are_those_of_a_plain_frame(name):
    """Looks only: a copy without them holds the same, and pandas prints a part of the columns."""
    table = table_of(name)
    plain = pd.DataFrame(table)
    assert type(plain) is pd.DataFrame
    pd.testing.assert_frame_equal(table, plain, check_frame_type=False)
    part = table[list(table.columns[:2])]
    assert repr(part) == repr(pd.DataFrame(part))
    assert part._repr_html_() == pd.DataFrame(part)._repr_html_()


def test_rows_picked_and_sorted_keep_the_looks_and_pickles_too():
    table = table_of("correlate")
    found = table[table["status"] == "found"].sort_values("pvalue")
    assert "stands" in repr(found)
    assert "not clear" not in repr(found)
    again = pickle.loads(pickle.dumps(table))
    assert repr(again) == repr(table)
    assert again.attrs == table.attrs


def test_rows_that_are_numbered_anew_keep_their_own_numbers():
    """A row is known by what stands in it, not by its place: the last one first, from 0 on."""
    shown = table_of("present")
    turned = shown.iloc[::-1].reset_index(drop=True)
    lines = repr(turned).splitlines()
    for line in repr(shown).splitlines():
        if line.startswith("  late meal "):
            assert line in lines
    assert sorted(re.findall("<tr>.*?</tr>", turned._repr_html_())) == sorted(
        re.findall("<tr>.*?</tr>", shown._repr_html_())
    )


def test_a_table_that_was_changed_beyond_its_view_prints_as_pandas_does():
    table = table_of("correlate")
    changed = table.assign(effect="?")
    assert repr(changed) == repr(pd.DataFrame(changed))
    nothing = f"Nothing to show: no row. ({table.shape[1]} columns)"
    assert repr(table.iloc[:0]) == nothing
    # in a notebook, too: a head of forty names ran over its edge
    assert table.iloc[:0]._repr_html_() == f"<p>{nothing}</p>"


def test_what_no_habit_can_be_asked_about_is_one_line():
    """A tracker without a latency: 14 rows of "latency not measured" say one thing."""
    nights, _ = ss.simulate_nights(60, seed=3)
    table = ss.correlate(nights.assign(sol_min=0.0))
    said = repr(table)
    assert said.count("latency not measured") == 1
    asked = int((table["outcome"] == "sol_min").sum())
    assert f"  all {asked} factors" in said
    assert len(table) == 2 * asked


def test_many_rows_are_cut_where_pandas_would_cut():
    frame = pd.DataFrame({"n": np.arange(90)})
    table = Table.of(frame, lambda rows, _: (rows.astype(str), f"{len(rows)} rows."))
    lines = repr(table).splitlines()
    last = lines.index("59")  # counted from 0
    assert lines[0].strip() == "n"
    assert last == pd.get_option("display.max_rows")
    assert lines[last + 1].startswith("The first 60 lines. 90 rows.")


def test_cells_are_wrapped_in_their_own_column_and_numbers_end_together():
    frame = pd.DataFrame({"what": ["a walk in the park", "  tea"], "n": ["5", "−12"]})
    assert laid_out(frame, width=16) == [
        "what           n", "a walk in      5", "the park", "  tea        −12",
    ]  # fmt: skip


def test_text_of_a_file_is_no_markup():
    nights = NIGHTS.rename(columns={"late_meal": "a<b>meal"})
    page = ss.correlate(nights, "tst_min", "a<b>meal")._repr_html_()
    assert "<b>" not in page
    assert "a&lt;b&gt;meal" in page


def test_the_spread_of_a_clock_is_printed_in_minutes():
    """SciPy's circular standard deviation of the bed times."""
    stamps = NIGHTS["lights_out"].dropna()
    hours = stamps.dt.hour + stamps.dt.minute / 60
    minutes = 60 * stats.circstd(hours, high=24)
    (row,) = (one for one in repr(table_of("describe_nights")).splitlines() if "lights_out" in one)
    assert f"{minutes:.0f} min" in row


def test_a_long_table_shows_its_findings_first_in_a_notebook_and_says_what_is_left_out():
    """90 rows are more than pandas shows (60): two thirds as many are shown."""
    table = table_of("correlate")
    long = Table.of(pd.concat([table] * 4, ignore_index=True), table._view)
    page = long._repr_html_()
    assert page.count("<tr>") == 1 + 40
    assert f"The first 40 rows; {len(long) - 40} more are left out here." in page
    found = (long["status"] == "found").sum()
    assert page.count("very clear; stands") + page.count(">clear; stands") <= found
    assert "stands" in page.split("<tr>")[2]
    assert table._repr_html_().count("<tr>") == 1 + len(table)
