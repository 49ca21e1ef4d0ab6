"""What tables pulled from a device's own interface mean: lengths, units, marks, ends in UTC.

The layouts are those of tables that people keep; the values are invented, those expected are worked
out by hand beside each table.
"""

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.answers.diary import how_you_sleep
from sleepstats.clock import is_time_in_bed
from sleepstats.columns import column_of


def read(text, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO(text), **options)


def roles(nights):
    return {h: (r["role"], r["column"]) for h, r in nights.attrs["sleepstats"]["roles"].items()}


def stamped(begin, minutes, more):
    """Return rows of a beginning on 2031-03-01 and later days, an end, and what stands beside."""
    rows = []
    for day, (one, length, beside) in enumerate(zip(begin, minutes, more, strict=True)):
        start = pd.Timestamp(f"2031-03-{day + 1:02d} {one}")
        end = start + pd.Timedelta(minutes=length)
        rows.append(f"{start:%Y-%m-%d %H:%M},{end:%Y-%m-%d %H:%M},{beside}")
    return "\n".join(rows) + "\n"


BEGIN = ("23:10", "22:50", "23:30", "23:05", "22:40", "23:55", "23:20", "22:30")
LENGTH = (455, 470, 430, 480, 500, 400, 445, 510)


@pytest.mark.parametrize("end", ["End", "Wake time"])
def test_a_duration_that_is_the_whole_span_is_time_in_bed_and_no_sleep(end):
    """It is the difference of the two stamps: nothing of it says how long was slept."""
    text = f"Bed time,{end},Duration\n" + stamped(BEGIN, LENGTH, LENGTH)
    nights = read(text)
    assert nights.tib_min.tolist() == [float(n) for n in LENGTH]
    assert "tst_min" not in nights or nights.tst_min.isna().all()
    assert roles(nights)["Duration"] == ("night", "tib_min")


def test_a_duration_shorter_than_the_span_is_sleep():
    slept = [n - 20 - 3 * k for k, n in enumerate(LENGTH)]
    nights = read("Bed time,End,Duration\n" + stamped(BEGIN, LENGTH, slept))
    assert nights.tst_min.tolist() == [float(n) for n in slept]


def test_a_span_holds_where_clocks_were_changed():
    """One of five is an hour off, as in the night in which the clocks went forward."""
    columns = {
        "into_bed": pd.to_datetime(["2031-03-01 23:00"] * 5).to_numpy(),
        "out_of_bed": pd.to_datetime(["2031-03-02 07:00"] * 5).to_numpy(),
    }
    assert is_time_in_bed(np.array([480.0, 480.0, 479.0, 420.0, 480.0]), columns)
    assert not is_time_in_bed(np.array([480.0, 420.0, 479.0, 420.0, 480.0]), columns)
    assert not is_time_in_bed(np.array([480.0] * 4), {k: v[:4] for k, v in columns.items()})
    assert not is_time_in_bed(np.array([480.0] * 5), {})


def test_stages_and_wake_that_make_up_the_duration_are_minutes():
    """60 + 240 + 90 + 40 = 430 min in bed: 390 asleep; wake is no clock time beside stages.

    What is left of the time in bed has falling asleep in it: awake in bed, not in the night.
    """
    stages = [(60, 240, 90, 40), (70, 250, 80, 75), (55, 230, 95, 30), (80, 260, 70, 151),
              (65, 255, 85, 27), (50, 245, 99, 68)]  # fmt: skip
    rows = "".join(
        f"2031-03-{day:02d},2031-03-{day - 1:02d}T23:10:30.000,{d}.0,{li}.0,{r}.0,{w}.0,"
        f"{d + li + r + w}.0\n"
        for day, (d, li, r, w) in enumerate(stages, 2)
    )
    nights = read("dateOfSleep,startTime,deep,light,rem,wake,duration\n" + rows)
    assert nights.tst_min.tolist() == [d + li + r for d, li, r, _ in stages]
    assert nights.tib_min.tolist() == [sum(one) for one in stages]
    assert nights.awake_min.tolist() == [w for *_, w in stages]
    assert roles(nights)["wake"] == ("night", "awake_min")
    assert column_of(nights, "tst_min").kind == column_of(nights, "awake_min").kind == "device"


#: In bed 23:00 to 07:00, 480 min; minutes asleep, and the rest.
_RESTS = (440, 420, 455, 410, 430)


def _table(awake="minutes_awake", rest=lambda k, slept: 480 - slept, more=()):
    head = ",".join(["date,bed time,out of bed,minutes asleep", awake, *(name for name, _ in more)])
    rows = [
        ",".join([f"2031-03-{k:02d},23:00,07:00,{slept}", str(rest(k, slept)),
                  *(str(value) for _, value in more)])
        for k, slept in enumerate(_RESTS, 2)
    ]  # fmt: skip
    return read("\n".join([head, *rows]) + "\n")


@pytest.mark.parametrize("header", ["minutes_awake", "Wachzeit (min)", "awake"])
def test_all_of_the_time_in_bed_without_sleep_is_no_time_awake_in_the_night(header):
    """480 − 440 = 40 min, and so on: falling asleep is in it, and 30 min are usual of less."""
    nights = _table(header)
    assert "waso_min" not in nights
    assert nights.awake_min.tolist() == [480 - slept for slept in _RESTS]
    assert roles(nights)[header] == ("night", "awake_min")
    assert column_of(nights, "awake_min").kind == "recorded"  # no stage says that it is a device's
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert f"Column {header!r} is all of the time in bed without sleep: falling asleep is" in notes
    assert "Up to 30 min awake are usual" not in " ".join(how_you_sleep(nights))


def test_time_awake_in_the_night_stays_where_it_is_told_apart():
    """With a header that says so, by the caller's word, or where it is less."""
    fell = [("minutes to fall asleep", 15)]
    assert _table(rest=lambda k, slept: 465 - slept, more=fell).waso_min.tolist()[0] == 25
    assert _table("WASO", more=fell).waso_min.tolist()[0] == 40
    assert _table("WASO").waso_min.tolist()[0] == 40
    assert _table("awake in the night (min)").waso_min.tolist()[0] == 40
    assert _table("awake after sleep onset (min)").waso_min.tolist()[0] == 40
    less = _table(rest=lambda k, slept: 480 - slept - 5 * k)
    assert less.waso_min.tolist() == [480 - slept - 5 * k for k, slept in enumerate(_RESTS, 2)]


def test_all_awake_beside_a_latency_holds_it():
    """480 - 440 - 15 = 25 min awake in the night; the 40 min that are told hold the latency."""
    nights = _table("Total Awake Time", more=[("minutes to fall asleep", 15)])
    assert nights.awake_min.tolist() == [480 - slept for slept in _RESTS]
    assert "waso_min" not in nights or (nights.waso_min == nights.awake_min - 15).all()


def test_no_minute_in_any_stage_is_not_measured():
    """On the second night the device told the total, and no stage: 0 min awake is no finding."""
    text = (
        "sleep,wake,minutes_asleep,minutes_deep,minutes_rem,minutes_light,minutes_wake\n"
        "2031-03-01 23:10,2031-03-02 07:00,430,60,90,280,40\n"
        "2031-03-02 23:30,2031-03-03 07:10,440,0,0,0,0\n"
        "2031-03-03 23:00,2031-03-04 06:50,420,50,80,290,50\n"
    )
    nights = read(text)
    for name in ("deep_min", "rem_min", "light_min", "waso_min"):
        assert nights[name].isna().tolist() == [False, True, False], name
    assert nights.tst_min.tolist() == [430.0, 440.0, 420.0]
    report = ss.reading_report(nights)
    assert "no stage of sleep" in report.to_string()


def test_milliseconds_are_lengths_of_a_night():
    """27,000,000 ms are 450 min, 600,000 are 10; is_nap is a mark of the record."""
    text = (
        "record,start,end,is_nap,in_bed_duration,latency_duration,sleep_duration\n"
        "7,2031-03-01 23:10,2031-03-02 06:40,False,27000000,600000,24000000\n"
        "8,2031-03-02 23:00,2031-03-03 07:00,False,28800000,1200000,25200000\n"
        "9,2031-03-03 14:00,2031-03-03 14:40,True,2400000,300000,1800000\n"
        "10,2031-03-03 23:30,2031-03-04 07:00,False,27000000,900000,24600000\n"
    )
    nights = read(text)
    assert nights.tib_min.tolist() == [450.0, 480.0, 450.0]
    assert nights.sol_min.tolist() == [10.0, 20.0, 15.0]
    assert nights.tst_min.tolist() == [400.0, 420.0, 410.0]
    assert roles(nights)["is_nap"] == ("id", "")


def test_ends_in_utc_and_names_of_apps_are_of_the_night():
    """A suffix says where a time or a length was measured; it makes no identifier of it."""
    text = "date,sleep_start_utc,sleep_end_utc,sleep_duration_app,efficacy_app,sleep_minutes\n"
    for day in range(2, 14):
        text += (
            f"2031-03-{day:02d},2031-03-{day - 1:02d}T22:1{day % 10}:00+00:00,"
            f"2031-03-{day:02d}T05:4{day % 10}:00+00:00,6H {day + 10}M 0S,"
            f"8{day % 10}.5{day},{400 + day}\n"
        )
    nights = read(text, tz="Europe/Berlin")
    told = roles(nights)
    assert told["sleep_start_utc"] == ("clock", "sleep_onset")
    assert told["sleep_end_utc"] == ("clock", "final_wake")
    assert told["sleep_duration_app"][0] == "night"
    assert told["efficacy_app"][0] in ("night", "aside")
    assert nights.final_wake.dt.strftime("%H:%M").iloc[0] == "06:42"  # 05:42 UTC in March


def test_a_second_bed_time_is_no_time_of_rising():
    text = "date,bedtime_aw,bedtime_app,time_in_bed_min\n" + "".join(
        f"2031-03-{day:02d},23:{day + 10},23:{day + 12},{450 + day}\n" for day in range(1, 9)
    )
    nights = read(text)
    assert "out_of_bed" not in roles(nights)["bedtime_app"]
    assert nights.tib_min.tolist() == [450.0 + day for day in range(1, 9)]


def test_dates_of_nobody_knows_what_are_no_habit():
    text = "occurred_at,bedtime,wake_time,score\n" + "".join(
        f"2031-03-{day:02d} 00:00:00,2031-03-{day - 1:02d} 23:10:18,"
        f"2031-03-{day:02d} 06:30:15,8{day}\n"
        for day in range(2, 9)
    )
    nights = read(text)
    assert roles(nights)["occurred_at"][0] in ("date", "aside")
    assert len(nights) == 7


def test_a_column_of_sleep_time_is_read_as_hours():
    """7.3 h are 438 min: a rating is not called a time."""
    for header in ("Sleep_time", "Sleep time", "Sömntid", "睡眠时间"):
        rows = "".join(f"3/{day}/2031,{7 + day / 10}\n" for day in range(13, 19))
        nights = read(f"Date,{header}\n{rows}")
        expected = [498.0, 504.0, 510.0, 516.0, 522.0, 528.0]
        assert nights.tst_min.round(6).tolist() == expected, header


def test_hours_after_ten_are_no_time_in_bed():
    text = "date,bed,up,bedtime_after_22_h\n" + "".join(
        f"2031-03-{day:02d},23:{10 + day},7:00,{(day % 4) / 2}\n" for day in range(1, 9)
    )
    nights = read(text)
    assert roles(nights)["bedtime_after_22_h"][0] == "aside"
    assert (nights.tib_min > 400).all()


#: Bed times that are before midnight or before noon, by what is beside them; one slip.
NOONISH = ["11:40", "11:15", "12:10", "10:50", "13:06", "11:30", "12:30", "11:05", "11:55", "10:45"]


def test_one_hour_of_thirteen_makes_no_day_sleeper():
    """11:40 to 6:10 would be 18.5 h as times of a day; 23:40 makes 6.5 h. 13:06 is not used."""
    rows = "".join(f"3/{day}/2031,{bed},6:10\n" for day, bed in enumerate(NOONISH, 3))
    nights = read("date,start,stop\n" + rows)
    begun = nights.into_bed.dt.strftime("%H:%M").tolist()
    assert begun[:4] == ["23:40", "23:15", "00:10", "22:50"]
    assert nights.tib_min.iloc[0] == 390.0  # 23:40 to 06:10
    assert pd.isna(nights.into_bed.iloc[4])
    assert "13:06" in nights.problem.iloc[4]
    assert any("12-hour clock" in one for one in nights.attrs["sleepstats"]["assumed"])


def test_one_who_sleeps_by_day_is_left_alone():
    """From 11:40 to 18:30 is a day's sleep of nearly 7 h; 13:06 is one more of them."""
    rows = "".join(f"3/{day}/2031,{bed},18:30\n" for day, bed in enumerate(NOONISH, 3))
    nights = read("date,bed time,wake time\n" + rows)
    assert nights.into_bed.dt.strftime("%H:%M").tolist()[:2] == ["11:40", "11:15"]


def test_a_pull_that_begins_with_a_month_of_blank_days():
    """Nothing stands in the first rows that are looked at: the words of the headers decide."""
    days = pd.date_range("2031-01-01", periods=40)
    rows = [f"{day:%Y-%m-%d},,,,," for day in days]
    rows += [f"2031-03-{k:02d},{24000 + 60 * k}.0,3000.0,16000.0,{5000 + 60 * k}.0,600.0"
             for k in range(1, 11)]  # fmt: skip
    header = "date,sleepTimeSeconds,deepSleepSeconds,lightSleepSeconds,remSleepSeconds,"
    nights = read(f"{header}awakeSleepSeconds\n" + "\n".join(rows) + "\n")
    assert nights.tst_min.dropna().tolist() == [400.0 + k for k in range(1, 11)]
    assert nights.deep_min.dropna().tolist() == [50.0] * 10


def test_dates_in_the_clocks_overrule_the_word_night():
    """The night of 2031-01-06 began on the 5th: the date names its morning, whatever its name."""
    text = "night,sleepSpan,asleepDuration,sleepStart,sleepEnd\n" + "".join(
        f"2031-01-{k:02d},PT7H35M,PT7H{k}M,2031-01-{k - 1:02d}T23:11:00.000+01:00,"
        f"2031-01-{k:02d}T06:46:00.000+01:00\n"
        for k in range(6, 12)
    )
    nights = read(text)
    assert [f"{n:%m-%d}" for n in nights.index] == [f"01-{k - 1:02d}" for k in range(6, 12)]
    assert nights.tst_min.tolist() == [420.0 + k for k in range(6, 12)]
    assert nights.spt_min.tolist() == [455.0] * 6


def test_counts_of_a_mask_are_of_the_night():
    """None of them is a habit of the evening before, though many nights have none."""
    text = "Date,Session Count,Start,End,Total Time,AHI,CA Count,UA Count,VS Count,LL Count\n"
    text += "".join(
        f"2031-01-{k:02d},1,2031-01-{k:02d}T23:11:0{k},2031-01-{k + 1:02d}T06:41:0{k},07:30:00,"
        f"1.{k},{k},{k % 2},0,{k % 3}\n"
        for k in range(2, 9)
    )
    told = roles(read(text))
    assert {told[h][0] for h in ("AHI", "CA Count", "UA Count", "VS Count", "LL Count")} == {
        "night"
    }
    assert told["Total Time"] == ("night", "tib_min")


def test_a_second_stay_of_a_calendar_day_is_the_night_of_its_evening():
    """By hand: 00:12 to 06:32 is of the night before, 22:42 to 23:52 of the evening: 70 min."""
    text = "date,from_1,to_1,from_2,to_2\n" + "".join(
        f"2031-01-{k:02d},00:1{k},06:3{k},22:4{k},23:5{k}\n" for k in range(2, 9)
    )
    nights = read(text)
    assert roles(nights)["from_2"][0] == roles(nights)["to_2"][0] == "clock"
    assert nights["tib_min"].tolist() == [380.0] + [380.0 + 70.0] * 6


def test_stages_show_that_points_are_no_parts_of_an_hour():
    """6.19 is 6 h 19: 39 + 94 + 246 = 379; 5.3 is 5 h 3 (303), 7.5 is 7 h 50 (470)."""
    rows = [("6.19", 39, 94, 246), ("5.51", 52, 82, 217), ("5.42", 53, 96, 193),
            ("6.9", 57, 83, 229), ("5.3", 54, 60, 189), ("7.5", 80, 120, 270)]  # fmt: skip
    text = "date,sleep_duration_hours,deep_sleep_minutes,rem_sleep_minutes,light_sleep_minutes\n"
    text += "".join(
        f"2031-08-{k:02d},{h},{d},{r},{li}\n" for k, (h, d, r, li) in enumerate(rows, 1)
    )
    assert read(text).tst_min.round(6).tolist() == [379.0, 351.0, 342.0, 369.0, 303.0, 470.0]
    decimal = text.replace("6.19", "6.3167").replace("5.51", "5.85").replace("5.42", "5.7")
    decimal = decimal.replace("6.9,", "6.15,").replace("5.3,", "5.05,").replace("7.5,", "7.8333,")
    expected = [379.0, 351.0, 342.0, 369.0, 303.0, 470.0]
    np.testing.assert_allclose(read(decimal).tst_min, expected, atol=0.01)


def test_zeros_of_a_day_without_a_device_are_no_findings():
    """On the second day the device lay in a drawer: awake 0 min, woken 0 times is not so."""
    text = (
        "Date,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed\n"
        "3/5/2031,399,38,3,441\n3/6/2031,0,0,0,0\n3/7/2031,428,0,0,468\n3/13/2031,405,65,0,478\n"
    )
    nights = read(text)
    for name in ("waso_min", "nawk", "tst_min", "tib_min"):
        assert nights[name].isna().tolist() == [False, True, False, False], name


def test_noon_for_midnight_is_told():
    """12:20 to 5:40 would be 17 h 20 min among nights from 23:20; 00:20 was meant."""
    beds = ("23:20", "22:55", "23:34", "12:20", "23:44", "23:26", "22:37", "23:21")
    text = "date,bedtime,wake_time\n"
    text += "".join(f"2031-08-{k:02d},{bed},5:40\n" for k, bed in enumerate(beds, 1))
    nights = read(text)
    assert pd.isna(nights.into_bed.iloc[3])
    assert "00:20" in nights.problem.iloc[3]
    assert nights.into_bed.notna().sum() == 7


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
def test_clocks_under_the_header_of_a_length_settle_nothing():
    """A header of one name too few moved every column by one: no crash, and the nights stand."""
    rows = "".join(f"2026-01-{day:02d},22:50,23:10,15,5,06:40,06:55\n" for day in range(5, 12))
    text = f"night,into_bed,sol_min,waso_min,nawk,final_wake,out_of_bed\n{rows}"
    nights = ss.read_diary(io.StringIO(text))
    assert len(nights) == 7
    assert "sol_min" not in nights or not (nights["sol_min"] == 23).any()


def test_a_mask_put_on_and_taken_off_are_the_ends_of_a_night_and_told():
    """By hand: 23:00 to 06:30 is 450 min; the hours of use are of the night, no time asleep."""
    rows = "".join(f"2031-01-{k:02d},23:00,06:30,7.{k % 5},2.1,{k % 3}\n" for k in range(1, 12))
    head = "Date,Mask on,Mask off,Usage hours,AHI,coffee\n"
    nights = read(head + rows, labels="evening")
    assert nights["tib_min"].tolist() == [450.0] * 11
    assert "tst_min" not in nights or nights["tst_min"].isna().all()
    assert roles(nights)["Usage hours"][0] == roles(nights)["AHI"][0] == "night"
    told = " ".join(nights.attrs["sleepstats"]["assumed"])
    assert "Column 'Mask on': putting a mask on or taking it off is read as going to bed" in told
    own = rows.replace(",23:00,06:30,", ",22:40,23:00,06:30,07:00,")
    nights = read(head.replace("Mask on,Mask off", "Bedtime,Mask on,Mask off,Up") + own,
                  labels="evening")  # fmt: skip
    assert nights["tib_min"].tolist() == [500.0] * 11  # 22:40 to 07:00, as the person wrote it
    assert {"lights_out", "final_wake"}.isdisjoint(nights.dropna(axis=1, how="all").columns)


def test_minutes_of_the_day_are_no_clock_times():
    """1310 beside 1399 may be 21:50, or 09:50 counted from noon: refused, and each cell told."""
    starts = (1299, 1371, 25, 1310, 1399, 1384, 71, 1402)  # by hand: 1310 as HHMM would be 13:10
    rows = "".join(f"2031-01-{k:02d},{m},{400 + k},430\n" for k, m in enumerate(starts, 1))
    nights = read(f"date,sleep_start,sleep_end,Total sleep (min)\n{rows}", labels="morning")
    assert nights["tst_min"].tolist() == [430.0] * 8
    assert "sleep_onset" not in nights or nights["sleep_onset"].isna().all()
    assert nights["problem"].str.contains("minute of the day").all()
    plain = "".join(f"2031-01-{k:02d},{m},700\n" for k, m in enumerate((2310, 2345, 15, 2390), 1))
    nights = read(f"date,into_bed,out_of_bed\n{plain}", labels="evening")  # one slip proves nothing
    assert nights["tib_min"].tolist()[:3] == [470.0, 435.0, 405.0]


def test_parts_of_a_night_longer_than_a_day_are_seconds_and_told():
    """By hand: 5400 s is 90 min; 5400 min would be 90 hours. So are the durations beside it."""
    rows = "".join(
        f"2031-01-{k:02d},23:00,07:00,{12000 + k * 60},5400,{4800 + k * 60},{600 + k}\n"
        for k in range(1, 10)
    )
    head = "date,bedtime,wake time,lightSleep,deepSleep,remSleep,time awake\n"
    nights = read(head + rows, labels="evening")
    assert nights["deep_min"].tolist() == [90.0] * 9
    assert nights["rem_min"].iloc[0] == 81.0
    awake = next(name for name in ("waso_min", "awake_min", "twak_min") if name in nights)
    assert nights[awake].iloc[0] == pytest.approx(601 / 60)
    told = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "'deepSleep' is read as seconds, as half of them would be more than a day" in told


def test_the_dot_of_an_abbreviation_is_no_correction():
    """``54 min.`` is 54 min, as the dot belongs to the word; by hand."""
    rows = "".join(f"2031-01-{k:02d},23:00,{k} min.,07:00\n" for k in range(5, 12))
    nights = read(f"date,bedtime,how long to fall asleep,wake time\n{rows}", labels="evening")
    assert nights["sol_min"].tolist() == [5.0, 6, 7, 8, 9, 10, 11]
    assert (nights["problem"] == "").all()
