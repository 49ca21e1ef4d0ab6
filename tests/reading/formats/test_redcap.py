"""REDCap diaries. Fixtures are invented; the layout follows a public script and its form."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, clock, read

import sleepstats as ss
from sleepstats.errors import DiaryError

FIXTURES = INVENTED / "redcap"
OWN = REAL / "redcap"


def test_fields_of_the_public_form():
    nights = read(FIXTURES / "raw.csv")
    assert nights.attrs["sleepstats"]["format"] == "redcap"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-06", "03-07", "03-08", "03-09"]
    assert clock(nights, "into_bed")[:2] == ["06 22:30", "08 00:20"]
    assert clock(nights, "lights_out")[:2] == ["06 22:50", "08 00:30"]
    assert clock(nights, "out_of_bed")[:2] == ["07 06:55", "08 07:30"]
    assert nights["sol_min"].tolist() == [20, 10, 35, 15]
    assert nights["waso_min"].tolist() == [15, 0, 25, 5]
    assert nights["tst_min"].tolist() == [435, 390, 390, 450]


def test_own_fields_are_factors_and_waking_early_is_of_the_morning():
    nights = read(FIXTURES / "raw.csv")
    assert nights["stress"].tolist() == [4, 2, 6, 3]
    np.testing.assert_array_equal(nights["woke_earlier_than_planned"], [1, 0, 0, np.nan])
    told = nights.attrs["sleepstats"]["columns"]
    assert told["woke_earlier_than_planned"]["when"] == "morning"
    assert not [name for name in nights if "redcap" in name or "timestamp" in name]


def test_a_night_that_stands_in_one_cell_is_split_and_told():
    """Line 3 is the night of 2023-03-06; a spreadsheet put it into quotes as a whole."""
    lines = (FIXTURES / "raw.csv").read_text(encoding="utf-8-sig").splitlines()
    lines[2] = f'"{lines[2]}"'
    with pytest.warns(ss.DiaryWarning, match=r"line 3: the whole line stood in one cell: it was "):
        nights = ss.read_diary(io.StringIO("\n".join(lines)))
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-06", "03-07", "03-08", "03-09"]


def test_rows_of_other_instruments_are_skipped_and_accounted_for():
    report = ss.reading_report(read(FIXTURES / "raw.csv")).set_index("line")
    assert report.loc[2, "problem"] == "no diary row: 'redcap_repeat_instrument' is blank."
    assert report.loc[7, "problem"] == "no item of the diary is answered in this row."
    assert len(report) == 7


def test_diaries_filled_in_at_one_sitting_are_noted():
    notes = read(FIXTURES / "raw.csv").attrs["sleepstats"]["notes"]
    assert any(note.startswith("3 rows were filled in on days") for note in notes)


def test_an_export_with_labels():
    nights = read(FIXTURES / "labels.csv")
    assert nights["sol_min"].tolist() == [15, 30]
    assert nights["quality"].tolist() == [4, 1]
    assert clock(nights, "into_bed") == ["01 22:40", "02 23:05"]


def test_several_people_are_refused_by_name():
    text = (FIXTURES / "raw.csv").read_text()
    other = text.splitlines()[2].replace("12,", "13,", 1)
    with pytest.raises(DiaryError, match=r"column 'record_id': 2 people \('12', '13'\) stand"):
        read(io.StringIO(f"{text}{other}\n"))


def test_an_export_without_the_diary_says_so():
    text = "".join((FIXTURES / "raw.csv").read_text().splitlines(keepends=True)[:2])
    with pytest.raises(DiaryError, match="no row of the diary in this export"):
        read(io.StringIO(text))
