"""Entries of a journal summed up per evening, and short sleep by day that stands alone."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

from sleepstats.reading.nights import Draft
from sleepstats.reading.nights.entries import Evenings, entry_evening
from sleepstats.reading.nights.records import name_lone_naps
from sleepstats.reading.text import open_source, read_table


def table(text):
    return read_table(open_source(io.StringIO(text)), 1, ",")


def draft_of(nights):
    rows = table("x\n" + "".join(f"{i}\n" for i in range(len(nights))))
    return Draft(rows, "test", "", np.array(nights, dtype="datetime64[D]"))


def test_the_small_hours_belong_to_the_evening_before():
    day = np.array(["2024-03-02"] * 4 + ["NaT"], dtype="datetime64[D]")
    evening = entry_evening(day, np.array([0.0, 239.0, 240.0, np.nan, 10.0]))
    assert np.datetime_as_string(evening).tolist() == [
        "2024-03-01", "2024-03-01", "2024-03-02", "2024-03-02", "NaT",
    ]  # fmt: skip


def test_lists_numbers_and_texts_of_an_evening():
    nights = ["2024-03-01", "2024-03-01", "2024-03-02", "NaT", "2024-03-03"]
    draft = draft_of(nights)
    evenings = Evenings(draft, draft.night)
    rows = np.arange(5)
    ticked = np.array(["tea", "quality", "tea", "wine", ""], dtype=object)
    assert evenings.lists(rows, ticked, "|", header="ticked")
    values = np.array([1.0, 3.0, np.nan, 9.0, 5.0])
    evenings.numbers(rows, values, "pain", "max", header="rated")
    words = np.array(["low", "high", " ", "x", "ok"], dtype=object)
    evenings.last_text(rows, words, "mood", header="mood")
    frame = evenings.frame()
    assert [f"{d:%d}" for d in frame.index] == ["01", "02", "03"]
    assert frame["tea"].tolist() == [True, True, pd.NA]
    assert frame["quality_2"].tolist() == [True, False, pd.NA]  # no rating of the night
    np.testing.assert_array_equal(frame["pain"], [3, np.nan, 5])
    assert frame["mood"].tolist()[::2] == ["high", "ok"]
    assert draft.told["tea"] == {"header": "ticked", "kind": "factor", "when": "day",
                                 "label": "tea"}  # fmt: skip


def test_no_entries_give_an_empty_frame():
    draft = draft_of(["NaT"])
    evenings = Evenings(draft, draft.night)
    nothing = np.array([""], dtype=object)
    assert not evenings.lists(np.arange(1), nothing, "|", header="x")
    assert evenings.frame().empty


def test_only_short_lone_records_by_day_are_naps():
    begin = np.array(
        ["2024-03-01T14:00", "2024-03-01T23:00", "2024-03-03T09:00", "2024-03-05T09:00",
         "2024-03-06T23:00"], dtype="datetime64[us]",
    )  # fmt: skip
    hours = np.array([60, 480, 60, 300, 60], dtype="timedelta64[m]")
    draft = draft_of(["2024-03-01", "2024-03-01", "2024-03-02", "2024-03-04", "2024-03-06"])
    name_lone_naps(draft, begin, begin + hours)
    assert draft.nap.tolist() == [False, False, True, False, False]
    by_day = draft_of(["2024-03-02"])
    by_day.day_cut_h = 20.0
    name_lone_naps(by_day, begin[2:3], (begin + hours)[2:3])
    assert by_day.nap is None


def test_several_short_records_by_day_and_no_night_are_naps():
    """Trials of an app at noon are no night; beside a night, or long together, they stay."""
    begin = np.array(
        ["2024-03-01T12:12", "2024-03-01T12:14",  # 1 and 2 min: naps
         "2024-03-02T13:00", "2024-03-02T15:00",  # 100 min each, more than three hours: a night
         "2024-03-03T12:00", "2024-03-03T23:30",  # the second is at night: neither
         "2024-03-05T12:00", "2024-03-05T12:30"],  # one has no end: not known to be short
        dtype="datetime64[us]",
    )  # fmt: skip
    minutes = np.array([1, 2, 100, 100, 20, 20, 10, "NaT"], dtype="timedelta64[m]")
    draft = draft_of(np.repeat(["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-05"], 2))
    name_lone_naps(draft, begin, begin + minutes)
    assert draft.nap.tolist() == [True, True] + [False] * 6


def test_rows_and_columns_cut_out_stay_accounted_for():
    raw = table("a,b\n1,2\n3\n5,6\n")
    cut = raw.without_rows({0: "no entry."})
    assert cut.skipped == [(1, "header"), (2, "no entry.")]
    assert cut.line.tolist() == [3, 4]
    assert cut.width == {0: 1}
    narrow = cut.with_columns([1], ["second"])
    assert narrow.header == ["second"]
    assert narrow.columns[0].tolist() == ["", "6"]
    assert raw.header == ["a", "b"]
