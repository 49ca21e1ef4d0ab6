"""Several rows of one night: which one is kept, and what is counted beside it."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.nights.draft import Draft
from sleepstats.reading.nights.tracker_nights import settle
from sleepstats.reading.text import RawTable

HEAD = "night,into_bed,out_of_bed,stress,coffee_cups\n"


def read(*rows: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(HEAD + "\n".join(rows) + "\n"), labels="evening")


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("2026-01-05,23:00,07:00,1,2", "2026-01-05,23:10,07:00,2,3", 2),  # the later answer
        ("2026-01-05,23:00,07:00,1,2", "2026-01-05,23:10,07:00,2,", 1),  # the fuller
        ("2026-01-05,23:00,07:00,1,", "2026-01-05,23:10,07:00,2,3", 2),
        ("2026-01-05,23:00,07:00,1,2", "2026-01-05,23:10,07:00,2,   ", 1),  # blanks fill nothing
    ],
)
def test_of_two_answers_the_fuller_then_the_later_is_kept(
    first: str, second: str, kept: int
) -> None:
    nights = read(first, second)
    assert nights["stress"].tolist() == [kept]
    report = ss.reading_report(nights)
    statuses = {1: ["used", "duplicate"], 2: ["duplicate", "used"]}
    assert report["status"].tolist()[1:] == statuses[kept]


def a_draft(**more: object) -> Draft:
    """Three rows of one evening: a night and two records from 14:00 to 14:30."""
    cells = np.array(["a", "b", "c"], dtype=object)
    draft = Draft(
        RawTable("x.csv", ["h"], [cells], np.array([2, 3, 4])), "x", "",
        np.full(3, "2026-01-05", "datetime64[D]"), tracker=True,
    )  # fmt: skip
    draft.columns["into_bed"] = np.array(
        ["2026-01-05T23:00", "2026-01-05T14:00", "2026-01-05T15:00"], "datetime64[us]"
    )
    draft.columns["out_of_bed"] = np.array(
        ["2026-01-06T07:00", "2026-01-05T14:30", "2026-01-05T15:20"], "datetime64[us]"
    )
    draft.nap = np.array([False, True, True])
    for name, value in more.items():
        setattr(draft, name, value)
    return draft


def test_named_naps_are_counted_once_and_not_where_the_row_was_set_aside() -> None:
    """30 and 20 minutes; of a row that was summed up elsewhere nothing is counted."""
    draft = a_draft()
    assert {i: fate for i, (fate, _) in settle(draft).items()} == {1: "nap", 2: "nap"}
    assert draft.columns["nap_min"][0] == 50
    draft = a_draft(aside=np.array([False, False, True]))
    assert {i: fate for i, (fate, _) in settle(draft).items()} == {1: "nap", 2: "joined"}
    assert draft.columns["nap_min"][0] == 30
    draft = a_draft(part_of=np.array([-1, -1, 1]))
    assert {i: fate for i, (fate, _) in settle(draft).items()} == {1: "nap", 2: "merged"}
    assert draft.columns["nap_min"][0] == 30
