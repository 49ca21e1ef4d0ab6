"""Daylio. Fixtures are invented; their layout follows real exports."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read, status

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning

FIXTURES = INVENTED / "daylio"
OWN = REAL / "daylio"


DIARY = "night,into_bed,out_of_bed\n" + "".join(f"2024-05-0{d},23:00,07:00\n" for d in range(1, 6))


def joined(path, diary=DIARY):
    nights = read(io.StringIO(diary))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.join_evenings(nights, path)


def test_alone_it_holds_no_nights():
    with pytest.raises(DiaryError, match="holds no nights, only what goes with them"):
        read(FIXTURES / "older_24_hours.csv")


def test_an_entry_after_midnight_belongs_to_the_evening_before():
    nights = joined(FIXTURES / "twelve_hours_and_scales.csv")
    assert nights.loc["2024-05-03", "mood"] == "Not so good [-]"
    assert pd.isna(nights.loc["2024-05-04", "mood"])
    assert nights.loc["2024-05-03", "gaming"]


def test_the_last_mood_of_a_day_is_kept_as_its_word_and_its_order_must_be_told():
    nights = joined(FIXTURES / "twelve_hours_and_scales.csv")
    assert nights["mood"].tolist()[:3] == ["rad", "meh", "Not so good [-]"]
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "whose order is not in the file" in notes


def test_activities_are_yes_no_or_not_recorded():
    nights = joined(FIXTURES / "twelve_hours_and_scales.csv")
    assert nights["wine"].tolist() == [True, pd.NA, True, pd.NA, pd.NA]
    assert nights["work"].tolist() == [False, pd.NA, True, pd.NA, pd.NA]
    assert "n_3_friends" in nights  # '<3 friends' as a name


def test_scales_are_the_mean_of_a_day():
    nights = joined(FIXTURES / "twelve_hours_and_scales.csv")
    np.testing.assert_array_equal(nights["stress"], [np.nan, np.nan, 3, np.nan, np.nan])
    np.testing.assert_array_equal(nights["pain"], [np.nan, np.nan, 1, np.nan, np.nan])


def test_notes_do_not_enter_and_an_undated_entry_is_refused():
    nights = joined(FIXTURES / "twelve_hours_and_scales.csv")
    assert not any("private" in str(value) for value in nights.to_numpy().ravel())
    report = ss.reading_report(nights)
    refused = report[report["status"] == "refused"]["problem"].tolist()
    assert len(refused) == 1
    assert "'yesterday' is not a date" in refused[0]


@pytest.mark.skipif(not OWN.exists(), reason="the folder of real exports is not here")
def test_real_excerpts():
    diary = "night,into_bed,out_of_bed\n" + "".join(
        f"2019-03-{d},23:00,07:00\n" for d in range(10, 18)
    )
    nights = joined(OWN / "daylio_2019_12h_excerpt.csv", diary)
    # 15 March: three entries, 10:58 AM okay, 12:55 PM okay, 5:00 PM content
    assert nights.loc["2019-03-15", "mood"] == "content"
    assert nights.loc["2019-03-15", "non_work_work"]
    assert nights["friends"].tolist() == [
        False, pd.NA, pd.NA, False, pd.NA, False, True, False,
    ]  # fmt: skip
    assert status(nights)["joined"] == 8
    diary = "night,into_bed,out_of_bed\n2023-09-11,23:00,07:00\n2023-09-13,23:00,07:00\n"
    nights = joined(OWN / "daylio_2023_24h_bom_layout.csv", diary)
    assert nights["mood"].tolist() == ["Bad", "Not so good"]
    assert nights["working_private"].tolist() == [True, False]
