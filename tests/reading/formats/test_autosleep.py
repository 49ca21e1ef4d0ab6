"""AutoSleep. Fixtures are invented; their layout follows real exports."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, clock, read, status

FIXTURES = INVENTED / "autosleep"
OWN = REAL / "autosleep"


@pytest.fixture
def nights():
    return read(FIXTURES / "with_tags.csv")


def test_stamps_date_the_night_and_durations_are_minutes(nights):
    assert nights.attrs["sleepstats"]["format"] == "autosleep"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-09", "03-10", "03-11", "03-12"]
    assert clock(nights, "into_bed") == ["09 23:05", "11 00:30", "11 23:30", ""]
    assert nights["tib_min"].tolist() == [465, 450, 480, 310]
    assert nights["tst_min"].tolist() == [443, 450, 460, 280]
    assert nights["deep_min"].tolist() == [100, 90, 90, 50]


def test_a_latency_of_zero_was_not_measured(nights):
    np.testing.assert_array_equal(nights["sol_min"], [12, np.nan, np.nan, np.nan])


def test_zeros_of_heart_rate_are_missing_and_running_means_are_not_read(nights):
    np.testing.assert_array_equal(nights["heart_rate_bpm"], [55, np.nan, 57, 57])
    np.testing.assert_array_equal(nights["hrv_ms"], [61, np.nan, 55, 55])
    assert not [name for name in nights if "avg7" in name.lower()]


def test_the_duration_is_right_where_the_clocks_change(nights):
    assert nights.loc["2023-03-11", "tib_min"] == 480
    assert "likely a night in which the clocks changed" in nights.loc["2023-03-11", "problem"]


def test_stamps_of_one_session_of_several_are_not_used(nights):
    assert nights.loc["2023-03-12", "problem"] == (
        "line 5, column 'sessions': 3 sessions: the times 06:00 to 06:40 are of one of them and "
        "the durations the total of all, so the times are not used"
    )


def test_tags_have_three_states_and_notes_are_text(nights):
    assert nights["tea"].tolist() == [True, pd.NA, True, pd.NA]
    assert nights["long_day"].tolist() == [True, pd.NA, False, pd.NA]
    assert nights.loc["2023-03-09", "comments"] == "slept, well"


def test_a_row_without_times_is_refused(nights):
    assert status(nights) == {"used": 3, "skipped": 1, "repaired": 1, "refused": 1}


def test_another_delimiter_and_order_read_the_same(nights):
    table = pd.read_csv(FIXTURES / "with_tags.csv", dtype=str, keep_default_na=False)
    again = read(io.StringIO(table[table.columns[::-1]].to_csv(index=False, sep=";")))
    pd.testing.assert_frame_equal(
        again[sorted(again)].drop(columns="problem"),
        nights[sorted(nights)].drop(columns="problem"),
    )


@pytest.mark.skipif(not OWN.exists(), reason="the folder of real exports is not here")
def test_real_file_row_by_row():
    nights = read(OWN / "AutoSleep_part2.csv")
    assert len(nights) == 13
    assert f"{nights.index[0]:%F} {nights.index[-1]:%F}" == "2022-04-11 2022-04-27"
    # as the cells say: inBed and asleep of each row
    assert nights["tib_min"].tolist() == [
        302, 388, 487, 575, 284, 372, 410, 426, 466, 449, 350, 650, 448,
    ]  # fmt: skip
    assert nights["tst_min"].tolist() == [
        302, 385, 487, 561, 284, 372, 406, 420, 453, 449, 335, 423, 448,
    ]  # fmt: skip
    assert "sol_min" not in nights
    assert "In 13 of 13 rows the label 'toDate' is not the morning after the bed time" in " ".join(
        nights.attrs["sleepstats"]["notes"]
    )
