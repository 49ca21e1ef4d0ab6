"""GGIR sleep logs. Fixtures are invented; the layout follows GGIR's documentation."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, clock, read

import sleepstats as ss
from sleepstats.errors import DiaryError

FIXTURES = INVENTED / "ggir"
OWN = REAL / "ggir"


def test_a_night_runs_from_one_day_to_the_waking_of_the_next():
    nights = read(FIXTURES / "advanced.csv")
    assert nights.attrs["sleepstats"]["format"] == "ggir"
    assert [f"{n:%m-%d}" for n in nights.index] == ["02-05", "02-06", "02-07"]
    assert clock(nights, "sleep_onset") == ["05 23:20", "07 02:00", "07 23:30"]
    assert clock(nights, "final_wake") == ["06 06:50", "07 09:05", "08 06:40"]
    assert clock(nights, "out_of_bed") == ["", "07 09:15", ""]
    assert clock(nights, "into_bed") == ["05 22:40", "07 01:30", ""]
    assert nights["sol_min"].tolist() == [20, 15, 15]
    np.testing.assert_array_equal(nights["nap_min"], [30, np.nan, np.nan])


def test_all_nights_name_the_line_of_the_person():
    report = ss.reading_report(read(FIXTURES / "advanced.csv"))
    assert report["line"].tolist() == [1, 2, 2, 2]


def test_naps_add_up_and_one_that_runs_backwards_is_told():
    nights = read(FIXTURES / "two_naps.csv")
    assert nights["nap_min"].tolist()[0] == 20
    assert "column 'nap2_end': '16:30' is before the nap began" in nights["problem"].iloc[0]


def test_several_people_are_refused_by_name():
    text = (FIXTURES / "advanced.csv").read_text()
    second = text.splitlines()[1].replace("P07", "P08")
    with pytest.raises(DiaryError, match=r"column 'ID': 2 people \('P07', 'P08'\) stand in this"):
        read(io.StringIO(f"{text}{second}\n"))


def test_a_log_without_dates_is_refused_with_the_layout_that_has_them():
    text = "ID,onset_N1,wakeup_N1,onset_N2,wakeup_N2\n7,23:00:00,07:00:00,23:30:00,07:10:00\n"
    with pytest.raises(DiaryError, match=r"numbers its nights .* and has no dates"):
        read(io.StringIO(text))


def test_dates_that_cannot_be_decided_name_the_column_of_the_log():
    text = (FIXTURES / "two_naps.csv").read_text()
    text = text.replace("13/02", "05/02").replace("14/02", "06/02")
    with pytest.raises(DiaryError, match="column 'D…_date': the dates do not say"):
        read(io.StringIO(text))
    assert len(read(io.StringIO(text), dayfirst=True)) == 2
