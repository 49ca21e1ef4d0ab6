"""The last gate: what cannot be is missing and told, whatever format it came from."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.nights.plausible import drop_impossible


def nights(**columns: list) -> pd.DataFrame:
    index = pd.date_range("2026-01-05", periods=len(next(iter(columns.values()))), name="night")
    return pd.DataFrame(columns, index=index)


def nothing_told(frame: pd.DataFrame) -> np.ndarray:
    return np.full(len(frame), "", dtype=object)


def test_durations_beyond_a_day_or_below_nothing_are_dropped() -> None:
    frame = nights(light_min=[300.0, -1.0, 5e7, np.inf], nap_min=[30.0, 2000.0, 0.0, np.nan])
    problem = nothing_told(frame)
    drop_impossible(frame, problem)
    np.testing.assert_array_equal(frame["light_min"], [300, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(frame["nap_min"], [30, np.nan, 0, np.nan])
    assert problem.tolist()[:2] == [
        "", "light_min -1 min is not between 0 and 1440: not used. Check the unit; "
        "nap_min 2000 min is not between 0 and 1440: not used. Check the unit.",
    ]  # fmt: skip


def test_clock_times_out_of_order_are_dropped() -> None:
    onset = pd.to_datetime(["2026-01-05 23:00", "2026-01-06 23:00", "2026-01-07 23:00"])
    wake = pd.to_datetime(["2026-01-06 07:00", "2026-01-05 07:00", "2026-01-10 07:00"])
    frame = nights(sleep_onset=list(onset), final_wake=list(wake))
    problem = nothing_told(frame)
    drop_impossible(frame, problem)
    assert frame["final_wake"].isna().tolist() == [False, True, True]
    assert problem.tolist()[1] == (
        "final_wake 2026-01-05 07:00 is not within a day after sleep_onset 2026-01-06 23:00: "
        "not used."
    )


def test_possible_nights_are_left_alone() -> None:
    frame = nights(tib_min=[0.0, 1440.0], se_pct=[0.0, 100.0])
    before = frame.copy()
    problem = nothing_told(frame)
    drop_impossible(frame, problem)
    pd.testing.assert_frame_equal(frame, before)
    assert not any(problem)


def read_days(days: list[str]) -> pd.DataFrame:
    rows = "".join(f"{day},23:{i:02d},07:00\n" for i, day in enumerate(days))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO(f"night,into_bed,out_of_bed\n{rows}"))


DAYS = [f"2026-01-{day:02d}" for day in range(5, 25)]


@pytest.mark.parametrize("backwards", [True, False])
@pytest.mark.parametrize("wrong", ["2025-01-10", "2027-01-10", "2062-01-10"])
def test_a_year_mistyped_in_one_row_is_corrected_and_told(wrong: str, *, backwards: bool) -> None:
    """10 January stands between the 9th and the 11th of another year, and no other row is of it."""
    days = [wrong if day == "2026-01-10" else day for day in DAYS][:: -1 if backwards else 1]
    read = read_days(days)
    assert len(read) == 20
    line = days.index(wrong) + 2
    assert wrong not in read.index.strftime("%Y-%m-%d")
    assert read.loc["2026-01-10", "problem"] == (
        f"line {line}: dated {wrong}, between rows of 2026-01-09 and 2026-01-11: read as "
        "2026-01-10, the only year that fits"
    )
    assert (read["problem"] != "").sum() == 1
    minute = days.index(wrong)  # its clock times went with it
    assert str(read.loc["2026-01-10", "into_bed"]) == f"2026-01-10 23:{minute:02d}:00"
    assert str(read.loc["2026-01-10", "out_of_bed"]) == "2026-01-11 07:00:00"


def test_a_mistyped_year_of_a_night_that_another_row_has_leaves_it_missing() -> None:
    """Between the 10th and the 10th there is no room for a 10 January."""
    read = read_days([*DAYS[:6], "2025-01-10", *DAYS[6:]])
    assert [f"{day:%Y-%m-%d}" for day in read.index] == DAYS
    told = ss.reading_report(read).query("status == 'refused'")["problem"].tolist()
    assert told == [
        "line 8: dated 2025-01-10, between rows of 2026-01-10 and 2026-01-11: its year is "
        "mistyped. Correct the date."
    ]


@pytest.mark.parametrize(
    "days",
    [
        DAYS,
        [*DAYS[:5], "2025-06-01", *DAYS[5:]],  # no day of these weeks in any year
        [*DAYS[:10], *(day.replace("2026", "2027") for day in DAYS[10:])],  # a year without
        ["2025-01-05", "2026-01-06", "2025-01-07", "2026-01-08", "2025-01-09", "2026-01-10"],
        DAYS[:1],
    ],
    ids=["in order", "another day", "a gap", "two years in turn", "one row"],
)
def test_dates_that_no_other_year_would_bring_into_order_are_not_told(days: list[str]) -> None:
    assert not (read_days(days)["problem"] != "").any()
