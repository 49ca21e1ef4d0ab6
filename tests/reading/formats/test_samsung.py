"""Samsung Health: sleep and stress. The files here are invented; layouts follow real exports."""

from __future__ import annotations

import io

import numpy as np
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning

HERE = INVENTED / "samsung"
OWN = REAL / "samsung_health"


def test_sleep_row_by_row():
    nights = read(HERE / "sleep.csv")
    assert nights.attrs["sleepstats"]["format"] == "samsung"
    assert [f"{n:%m-%d}" for n in nights.index] == ["05-01", "05-02", "06-10"]
    assert [str(t) for t in nights["into_bed"]] == [
        "2024-05-01 22:40:00", "2024-05-02 23:05:00", "2024-06-10 23:50:00",
    ]  # fmt: skip
    assert str(nights["out_of_bed"].iloc[2]) == "2024-06-11 06:50:00"
    assert nights["zone"].tolist() == ["UTC+05:30", "UTC+05:30", "UTC-04:00"]


def test_the_trailing_comma_shifts_no_column():
    nights = read(HERE / "sleep.csv")
    np.testing.assert_array_equal(nights["rem_min"], [np.nan, 90, 80])
    assert not nights["problem"].str.contains("fields where the header").any()


def test_latency_lies_before_the_record():
    """Its milliseconds are minutes; asleep / (record + latency) is the app's own efficiency."""
    night = read(HERE / "sleep.csv").loc["2024-06-10"]
    assert night["sol_min"] == 20
    assert str(night["sleep_onset"]) == "2024-06-11 00:10:00"
    assert night["tib_min"] == 420
    assert night["tst_min"] == pytest.approx(0.94 * 400)
    assert night["se_pct"] == pytest.approx(100 * 0.94 * 400 / 420)
    assert night["midsleep_h"] == pytest.approx(24 + 10 / 60 + 400 / 120)


def test_typed_and_measured_records_of_one_night_and_a_nap():
    """Of one night, typed (23:10 to 07:00) and measured (23:30 to 06:50, awake for 25 min before):
    the record that was measured is kept, though it is 5 min shorter.
    """
    nights = read(HERE / "sleep.csv")
    report = ss.reading_report(nights)
    assert "overlaps the fuller record of the night of 2024-05-02 (line 4)" in "".join(
        report["problem"]
    )
    status = dict(zip(report["line"], report["status"], strict=True))
    assert [status[n] for n in range(3, 9)] == [
        "used", "used", "duplicate", "nap", "used", "refused",
    ]  # fmt: skip
    assert nights.loc["2024-06-10", "nap_min"] == 110
    assert "'' is no offset such as UTC+0530" in report["problem"].iloc[-1]


def test_efficiency_of_zero_is_not_measured():
    nights = read(HERE / "sleep.csv")
    assert nights["tst_min"].isna().tolist() == [True, False, False]


def test_stress_samples_are_summed_up_by_the_local_day():
    nights = read([HERE / "sleep.csv", HERE / "stress.csv"])
    night = nights.loc["2024-06-10"]
    # local: 08:00 30, 19:00 50, 23:30 70; 03:00 is left out
    assert night["stress_mean"] == 50
    assert night["stress_max"] == 70
    assert night["stress_evening_mean"] == 60
    np.testing.assert_array_equal(nights["stress_mean"], [np.nan, 12, 50])
    notes = nights.attrs["sleepstats"]["notes"]
    assert any("1 samples before 06:00 were left out" in note for note in notes)
    problems = ss.reading_report(nights)["problem"]
    assert problems.str.contains("'-1.0' cannot be: expected 0 to 100").sum() == 1


def test_stamps_may_be_milliseconds_and_columns_in_another_order():
    text = (
        "com.samsung.shealth.sleep,1,2\n"
        "time_offset,end_time,start_time\n"
        "UTC-0300,1710504000000,1710475200000\n"
    )
    nights = read(io.StringIO(text))
    assert str(nights["into_bed"].iloc[0]) == "2024-03-15 01:00:00"
    assert nights["tib_min"].tolist() == [480]


def test_without_offsets_a_zone_is_asked_for():
    text = (
        "com.samsung.shealth.sleep,1,2\n"
        "start_time,end_time\n2024-03-14 22:00:00.000,2024-03-15 06:00:00.000\n"
    )
    with pytest.warns(DiaryWarning, match="There is no column 'time_offset'"):
        ss.read_diary(io.StringIO(text))
    nights = read(io.StringIO(text), tz="Asia/Kolkata")
    assert str(nights["into_bed"].iloc[0]) == "2024-03-15 03:30:00"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings(encoding):
    text = (HERE / "sleep.csv").read_text(encoding="utf-8-sig")
    again = read(io.BytesIO(text.encode(encoding)))
    assert again["tib_min"].tolist() == read(HERE / "sleep.csv")["tib_min"].tolist()


def test_histograms_of_stress_are_not_stress():
    text = "com.samsung.shealth.stress.histogram,1,2\nstart_time,score\n2024-03-14 22:00:00.000,5\n"
    with pytest.raises(DiaryError):
        ss.read_diary(io.StringIO(text))


@pytest.mark.skipif(not OWN.exists(), reason="the real export is not here")
def test_the_real_file_is_accounted_for():
    nights = read(OWN / "Sleep.csv")
    counts = nights.attrs["sleepstats"]["counts"]
    assert (len(nights), counts["nap"], counts.get("refused", 0)) == (96, 5, 0)
    # the first line of data: 20:20 UTC is 01:50 in UTC+0530
    assert str(nights.loc["2020-07-16", "into_bed"]) == "2020-07-17 01:50:00"
    assert str(nights.loc["2020-07-16", "out_of_bed"]) == "2020-07-17 09:00:00"
    # the app's own efficiency with latency, 89 and 86
    found = nights.loc[["2025-10-22", "2025-10-23"], "se_pct"]
    np.testing.assert_allclose(found, [89, 86], atol=0.5)
