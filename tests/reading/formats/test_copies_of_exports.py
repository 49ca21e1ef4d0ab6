"""Exports copied into a table of one's own: without a first line, or under other names."""

import io
import warnings

import pytest

import sleepstats as ss


def read(text, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(text), **options)


SAMSUNG = (
    "sleep_latency,efficiency,total_rem_duration,total_light_duration,sleep_score,sleep_duration,"
    "com.samsung.health.sleep.start_time,com.samsung.health.sleep.time_offset,"
    "com.samsung.health.sleep.deviceuuid,com.samsung.health.sleep.end_time,"
    "com.samsung.health.sleep.datauuid\n"
)


def test_samsung_without_its_first_line():
    """UTC 03:09 less 3 h is 00:09; 30 min of latency before it, 485 min, 88 % of them asleep."""
    nights = read(
        SAMSUNG + "1800000,88.0,105,247,86,485,2031-02-10 03:09:00.000,UTC-0300,x,"
        "2031-02-10 11:14:00.000,u1\n"
        ",0.0,,,,,2031-02-11 02:50:00.000,UTC-0300,y,2031-02-11 09:10:00.000,u2\n"
    )
    assert nights.attrs["sleepstats"]["format"] == "samsung"
    assert nights.into_bed.dt.strftime("%d %H:%M").tolist() == ["09 23:39", "10 23:50"]
    assert nights.tst_min.iloc[0] == pytest.approx(0.88 * 485)
    assert nights.rem_min.iloc[0] == 105


def test_samsung_of_old_with_milliseconds_everywhere():
    """1528084800000 is 2018-06-04 04:00 UTC, 4 h west of it midnight; 7 h later the end."""
    nights = read(
        "com.samsung.health.sleep.start_time,com.samsung.health.sleep.time_offset,"
        "com.samsung.health.sleep.end_time,efficiency\n"
        "1528084800000,-14400000,1528110000000,0\n"
        "1528173000000,-14400000,1528196400000,0\n"
    )
    assert nights.into_bed.dt.strftime("%d %H:%M").tolist() == ["04 00:00", "05 00:30"]
    assert nights.tib_min.tolist() == [420.0, 390.0]


@pytest.mark.parametrize("names", ["start_time,end_time,value", "Start,End,Value"])
def test_apple_segments_without_a_source(names):
    """In bed 23:00 to 07:00; asleep from 23:20 for 100 + 200 + 60 min, awake 20 of them between."""
    rows = (
        "2031-07-05 23:00:00 +0300,2031-07-06 07:00:00 +0300,HKCategoryValueSleepAnalysisInBed\n"
        "2031-07-05 23:20:00 +0300,2031-07-06 01:00:00 +0300,"
        "HKCategoryValueSleepAnalysisAsleepCore\n"
        "2031-07-06 01:00:00 +0300,2031-07-06 01:20:00 +0300,HKCategoryValueSleepAnalysisAwake\n"
        "2031-07-06 01:20:00 +0300,2031-07-06 04:40:00 +0300,"
        "HKCategoryValueSleepAnalysisAsleepDeep\n"
        "2031-07-06 04:40:00 +0300,2031-07-06 05:40:00 +0300,"
        "HKCategoryValueSleepAnalysisAsleepREM\n"
    )
    nights = read(f"{names}\n{rows}")
    assert len(nights) == 1
    assert nights.tst_min.tolist() == [360.0]
    assert nights.waso_min.tolist() == [20.0]
    assert nights.tib_min.tolist() == [480.0]


def test_withings_of_2017_writes_colons():
    """18,660 + 7,800 s asleep are 441 min."""
    nights = read(
        '"from:","to:","light (s)","deep (s)","rem (s)","awake (s)","wake up"\n'
        '"2031-02-16 12:02 AM","2031-02-16 7:40 AM","18660","7800","0","1020","1"\n'
        '"2031-02-14 11:52 PM","2031-02-15 7:32 AM","16620","10200","0","780","1"\n'
    )
    assert nights.attrs["sleepstats"]["format"] == "withings"
    assert sorted(nights.tst_min) == [441.0, 447.0]
    assert nights.nawk.tolist() == [1.0, 1.0]


GARMIN = (
    "Sleep Score 4 Weeks,Score,Resting Heart Rate,Body Battery,Pulse Ox,Respiration,Quality,"
    "Duration,Bedtime,Wake Time\n"
    "Jan 2,86,55,56,--,14,Good,8h 10min,8:57 PM,5:22 AM\n"
    "Jan 1,79,56,38,--,13,Fair,7h 27min,9:07 PM,5:00 AM\n"
    "Dec 31,86,55,66,--,14,Good,8h 8min,9:01 PM,5:30 AM\n"
)


def test_garmin_writes_no_year_of_dates_of_this_year():
    """Newest first: 2 January 2031, 1 January, and 31 December of the year before."""
    with pytest.raises(ss.DiaryError, match=r"the dates have no year .* year=2026"):
        read(GARMIN)
    nights = read(GARMIN, year=2031)
    assert [f"{n:%Y-%m-%d}" for n in nights.index] == ["2030-12-30", "2030-12-31", "2031-01-01"]
    assert nights.tst_min.tolist() == [488.0, 447.0, 490.0]
    assert nights.final_wake.dt.strftime("%d %H:%M").tolist() == [
        "31 05:30",
        "01 05:00",
        "02 05:22",
    ]
