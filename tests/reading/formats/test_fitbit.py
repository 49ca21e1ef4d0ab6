"""Fitbit: website, Takeout, scores. The files here are invented; layouts follow the exports."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning

HERE = INVENTED / "fitbit"
OWN = REAL / "fitbit"


def test_website_row_by_row():
    nights = read(HERE / "website.csv")
    assert nights.attrs["sleepstats"]["format"] == "fitbit_website"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-09", "03-10", "03-11", "03-12"]
    np.testing.assert_array_equal(nights["tib_min"], [450, 450, 470, 490])
    np.testing.assert_array_equal(nights["tst_min"], [400, np.nan, 420, 430])
    np.testing.assert_array_equal(nights["nap_min"], [np.nan, np.nan, np.nan, 45])
    np.testing.assert_array_equal(nights["rem_min"], [80, 0, 90, 95])
    assert str(nights.loc["2024-03-12", "into_bed"]) == "2024-03-12 22:40:00"


def test_website_contradictions_are_told():
    problem = read(HERE / "website.csv")["problem"]
    assert "'1,025' cannot be: expected 0 to 500" in problem["2024-03-10"]
    assert "clock" in problem["2024-03-09"]  # 510 min between the stamps, 450 in bed


def test_other_sections_are_accounted_for():
    report = ss.reading_report(read(HERE / "website.csv"))
    assert report["line"].tolist() == list(range(1, 16))
    assert report["status"].tolist().count("skipped") == 10
    assert report["problem"].iloc[1] == "section 'Body', not sleep"
    assert report["problem"].iloc[4] == "title of a section"
    assert report["problem"].iloc[13] == "section 'Activities', not sleep"


def test_two_spellings_of_stamps_in_one_file():
    text = (
        "Sleep\nStart Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed\n"
        '"2024-03-14 10:40PM","2024-03-15 6:50AM","430","60","28","490"\n'
        '"13-03-2024 9:10 pm","14-03-2024 6:09 am","480","50","28","530"\n'
    )
    nights = read(io.StringIO(text))
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-13", "03-14"]


def test_an_undecided_order_of_day_and_month_is_taken_as_fitbit_writes_it_and_told():
    text = (
        "Sleep\nStart Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed\n"
        '"03-04-2024 9:10 pm","04-04-2024 6:09 am","480","50","28","530"\n'
    )
    with pytest.warns(DiaryWarning, match="begins with the day or the month; the day was taken"):
        nights = ss.read_diary(io.StringIO(text))
    assert f"{nights.index[0]:%Y-%m-%d}" == "2024-04-03"
    other = text.replace("04-04", "03-05")
    assert f"{read(io.StringIO(other), dayfirst=False).index[0]:%Y-%m-%d}" == "2024-03-04"


def test_every_line_of_a_long_section_above_sleep_stands_in_the_report():
    # found by mangling: a section of a thousand lines, of which the first sixty were told
    text = (HERE / "website.csv").read_text(encoding="utf-8-sig")
    body = "".join(f"2024-03-09,70.{n},23.0,0\n" for n in range(1000))
    text = "Body\nDate,Weight,BMI,Fat\n" + body + "\n" + text[text.index("Sleep") :]
    report = ss.reading_report(read(io.StringIO(text)))
    filled = [n for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    assert set(filled) <= set(report["line"])
    assert report["line"].is_unique
    assert report["line"].is_monotonic_increasing


def test_a_website_export_without_sleep_says_so():
    with pytest.raises(DiaryError, match="has the sections 'Body', but no 'Sleep'"):
        ss.read_diary(io.StringIO('Body\nDate,Weight,BMI,Fat\n"2024-03-09","70","22","0"\n'))


def test_pasted_files_with_other_columns_are_set_aside_and_named():
    head = "Start Time,End Time,Minutes Asleep,Minutes Awake"
    row = '"2024-03-{0} 10:40PM","2024-03-{1} 6:50AM","430","60"\n'
    text = f"Sleep\n{head}\n{row.format(14, 15)}\nSleep\n{head}\n{row.format(15, 16)}"
    assert len(read(io.StringIO(text))) == 2
    odd = text + "\nSleep\nEnd Time,Start Time\n1,2\nBody"
    nights = read(io.StringIO(odd))
    report = ss.reading_report(nights)
    assert len(nights) == 2
    assert report["line"].tolist() == list(range(1, 13))
    assert report["problem"].iloc[9] == "section 'Sleep', other columns"


def test_a_sleep_section_without_its_header_says_so():
    text = 'Body\nDate,Weight,BMI,Fat\n"2024-03-09","70","22","0"\n\nSleep\nnothing,here\n'
    with pytest.raises(DiaryError, match="line 5: below the title 'Sleep' there is no header"):
        ss.read_diary(io.StringIO(text))


def test_takeout_row_by_row():
    nights = read(HERE / "UserSleeps.csv")
    assert nights.attrs["sleepstats"]["format"] == "fitbit_takeout"
    assert [f"{n:%m-%d}" for n in nights.index] == ["02-01", "02-02", "02-03", "02-04", "03-07"]
    np.testing.assert_array_equal(nights["sol_min"], [12, 8, 10, 9, 9])
    np.testing.assert_array_equal(nights["twak_min"], [4, 0, 6, 2, 0])
    np.testing.assert_array_equal(nights["nap_min"], [np.nan, 60, np.nan, np.nan, np.nan])
    assert str(nights["into_bed"].iloc[0]) == "2026-02-01 23:00:00"
    assert str(nights["final_wake"].iloc[0]) == "2026-02-02 06:56:00"
    report = ss.reading_report(nights)
    assert report["status"].tolist().count("duplicate") == 1


def test_a_placeholder_offset_is_replaced_and_told():
    nights = read(HERE / "UserSleeps.csv")
    assert str(nights.loc["2026-02-03", "into_bed"]) == "2026-02-03 23:15:00"
    assert nights.loc["2026-02-03", "problem"] == (
        "line 5, column 'start_utc_offset': +00:00 would put the bed time 8.0 h from the usual; "
        "the offset of the nearest night, UTC-08:00, was used."
    )


def test_a_clock_change_keeps_both_clocks():
    night = read(HERE / "UserSleeps.csv").loc["2026-03-07"]
    assert str(night["into_bed"]) == "2026-03-07 23:30:00"
    assert str(night["out_of_bed"]) == "2026-03-08 07:30:00"
    assert night["tib_min"] == 420
    assert "the offset changes in the night, from UTC-08:00 to UTC-07:00" in night["problem"]


def test_takeout_without_offsets_takes_a_zone():
    text = (HERE / "UserSleeps.csv").read_text().replace("-08:00", "").replace("-07:00", "")
    with pytest.warns(DiaryWarning, match="rows have no offset from UTC"):
        ss.read_diary(io.StringIO(text))
    nights = read(io.StringIO(text), tz="America/Los_Angeles")
    assert str(nights["into_bed"].iloc[0]) == "2026-02-01 23:00:00"


def test_scores_and_stress_are_joined():
    names = ("UserSleeps.csv", "sleep_score.csv", "Stress Score.csv")
    nights = read([HERE / name for name in names])
    np.testing.assert_array_equal(nights["sleep_score"], [79, 74, np.nan, 81, np.nan])
    np.testing.assert_array_equal(
        nights["resting_heart_rate_day_bpm"], [51, 53, np.nan, 52, np.nan]
    )
    np.testing.assert_array_equal(nights["stress"], [21, np.nan, 38, np.nan, np.nan])
    np.testing.assert_array_equal(
        nights["stress_management_score"], [79, np.nan, 62, np.nan, np.nan]
    )
    notes = nights.attrs["sleepstats"]["notes"]
    assert any("taken for waking in the morning, in UTC-08:00" in note for note in notes)
    report = ss.reading_report(nights)
    assert report["status"].tolist().count("unmatched") == 1


def test_sleep_scores_of_a_named_zone():
    nights = read([HERE / "UserSleeps.csv", HERE / "sleep_score.csv"], tz="America/Los_Angeles")
    np.testing.assert_array_equal(nights["sleep_score"], [79, 74, np.nan, 81, np.nan])


@pytest.mark.skipif(not OWN.exists(), reason="the example file is not here")
def test_the_example_of_another_reader_is_accounted_for():
    """Its numbers do not add up on purpose: 5,000 minutes asleep, ends before beginnings."""
    nights = read(OWN / "fitbit_website_sleep_example.csv")
    assert len(nights) == 4
    assert nights["out_of_bed"].notna().sum() == 1
    assert "tst_min" not in nights or nights["tst_min"].isna().all()
    assert "'5,000' would be 83.3 hours" in nights["problem"].iloc[0]


def test_a_sleep_log_as_a_table():
    # by hand from the fixture: a night in two pieces an hour apart, a lone nap in the afternoon
    nights = read(HERE / "sleep_log.csv")
    assert [f"{night:%m-%d}" for night in nights.index] == ["02-02", "02-03", "02-05"]
    assert nights["tst_min"].tolist() == [405, 380, 400]
    assert nights["tib_min"].tolist() == [450, 420, 450]
    assert nights["deep_min"].dropna().tolist() == [65, 70]  # one piece has no stages
    assert str(nights["out_of_bed"].iloc[1]) == "2026-02-04 07:00:00"
    assert nights["twak_min"].iloc[2] == 2
    assert (
        nights["problem"].iloc[1] == "line 5: 2 records (lines 4, 5) joined as one night in pieces."
    )
    report = ss.reading_report(nights)
    assert report["status"].value_counts()["nap"] == 1
    assert (
        ss.correlate(nights.assign(tea=[1.0, 2.0, 3.0]))
        .reason.iloc[1]
        .startswith("latency not measured")
    )  # zero on every row


def test_sleep_scores_of_a_late_sleeper_go_with_the_night_before():
    # up between 10:30 and 13:30, in bed at 03:00: a waking after noon ends the same night still
    days = range(1, 13)
    scores = ["sleep_log_entry_id,timestamp,overall_score"]
    scores += [f"{d},2026-02-{d + 1:02d}T{10 + d % 4}:30:00Z,{60 + d}" for d in days]
    nights = ["night,into_bed,out_of_bed"]
    nights += [f"2026-02-{d:02d},03:00,{10 + d % 4}:30" for d in days]
    files = [io.StringIO("\n".join([*lines, ""])) for lines in (nights, scores)]
    joined = read(files, tz="UTC")
    assert joined["sleep_score"].tolist() == [60.0 + d for d in days]
