"""What columns and rows mean: own columns in a product's table, logs, calendar days, headers.

All tables are invented here; the expected values are worked out by hand from their cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, clock, read

import sleepstats as ss
from sleepstats.reading import cells
from sleepstats.reading.words.header_words import meanings_of, words_of
from sleepstats.reading.words.senses import sense
from sleepstats.reading.words.shapes import Shape, shape_of


def roles(nights: pd.DataFrame) -> dict[str, str]:
    return {header: one["role"] for header, one in nights.attrs["sleepstats"]["roles"].items()}


def diary(more: str, cell: str | list[str], rows: int = 14, head: str = "date,bed,up") -> str:
    """A diary of two weeks from 1 March 2031 with one more column."""
    lines = [f"{head},{more}"]
    for i in range(rows):
        day = dt.date(2031, 3, 1) + dt.timedelta(i)
        lines.append(f"{day},23:{10 + i},07:{20 + i},{cell if isinstance(cell, str) else cell[i]}")
    return "\n".join(lines) + "\n"


# ---- own columns in a product's table

GARMIN = (
    "Night,Score,Resting Heart Rate,Body Battery,Pulse Ox,Respiration,HRV Status,Quality,Duration,"
    "Sleep Need,Bedtime,Wake Time,Magnesium,Steps\n"
    "2031-03-06,72,50,46,94,13.6,37,Fair,7h 17min,8h 0min,11:27 PM,7:19 AM,x,4000\n"
    "2031-03-05,84,52,52,--,14.2,35,Good,7h 36min,8h 0min,11:27 PM,7:41 AM,,9000\n"
    "2031-03-04,94,53,57,--,14.3,53,Good,8h 41min,8h 0min,11:43 PM,8:36 AM,x,7000\n"
)


def test_garmin_whose_first_header_was_renamed_names_the_morning() -> None:
    nights = read(GARMIN)
    assert nights.attrs["sleepstats"]["format"] == "garmin"
    assert [str(day)[:10] for day in nights.index] == ["2031-03-03", "2031-03-04", "2031-03-05"]
    assert nights["tst_min"].tolist() == [521, 456, 437]
    assert roles(nights)["Quality"] == "night"  # the watch's word for its score, no rating


def test_columns_beside_a_products_own_are_habits_and_both_readings_are_told() -> None:
    nights = read(GARMIN)
    assert roles(nights)["Magnesium"] == "habit"
    assert nights["magnesium"].tolist() == [True, pd.NA, True]
    record = nights.attrs["sleepstats"]
    assert record["labels"] == "morning"
    assert record["readings"] == ["calendar"]
    assert any("labels='calendar'" in note for note in record["notes"])
    moved = read(GARMIN, labels="calendar")  # of the day on which the night ended
    assert moved["magnesium"].tolist() == [pd.NA, True, pd.NA]


def test_what_is_counted_from_midnight_to_midnight_is_of_the_day_after_the_night() -> None:
    steps = read(GARMIN)["steps"]  # 7,000 on 4 March: before the night that ended on 5 March
    assert np.isnan(steps.iloc[0])
    assert steps.tolist()[1:] == [7000, 9000]


def test_a_products_own_columns_are_no_habits_because_they_are_not_read() -> None:
    text = GARMIN.replace("Magnesium", "Activity Score").replace(",x,", ",7,")
    nights = read(text)
    assert roles(nights)["Activity Score"] in ("aside", "night")
    assert nights.attrs["sleepstats"]["readings"] == []


def test_a_night_of_a_product_in_which_nothing_was_measured_is_none() -> None:
    blank = "2031-03-01,--,--,--,--,--,--,--,--,--,--,--,,\n"
    nights = read(GARMIN + blank)
    assert len(nights) == 3
    rows = nights.attrs["sleepstats"]["rows"]
    assert "nothing was measured on 2031-02-28." in " ".join(rows["problem"].values())


def test_sleepbot_whose_dates_are_those_of_going_to_bed() -> None:
    text = (
        "Date, Sleep Time, Wake Time, Hours, Note\n"
        "09/02/31,00:40,07:10,6.50,\n09/02/31,23:50,07:00,7.17,\n"
        "09/04/31,00:20,08:00,7.67,\n09/04/31,23:30,06:30,7.00,\n09/05/31,22:45,06:45,8.00,\n"
    )
    nights = read(text, dayfirst=False)
    assert nights.attrs["sleepstats"]["labels"] == "bedtime"
    assert clock(nights, "into_bed") == ["02 00:40", "02 23:50", "04 00:20", "04 23:30", "05 22:45"]
    assert clock(nights, "out_of_bed")[:2] == ["02 07:10", "03 07:00"]


# ---- a log of events


def test_a_log_of_events_makes_nights() -> None:
    nights = read(INVENTED / "event_log" / "events.csv")
    assert nights.attrs["sleepstats"]["format"] == "event_log"
    assert clock(nights, "into_bed") == ["03 23:05", "04 21:45", "05 23:15"]
    assert clock(nights, "sleep_onset") == ["03 23:35", "04 22:40", "06 00:05"]
    assert clock(nights, "final_wake") == ["04 06:50", "05 06:35", "06 06:45"]
    assert clock(nights, "out_of_bed") == ["04 07:05", "05 06:50", "06 07:00"]
    assert nights["waso_min"].tolist() == [10, 0, 0]  # 02:15 to 02:25; at 05:10 nothing follows
    assert nights["nawk"].tolist() == [1, 0, 0]
    assert nights["coffee"].tolist() == [2, 0, 1]  # an amount, none noted, one noted
    assert nights["frisbee"].tolist() == [0, 0, 45]
    assert roles(nights)["when"] == "date"
    assert roles(nights)["what"] == "clock"


def test_what_was_noted_twice_in_other_letters_is_added_up() -> None:
    """By hand: 2 cups and 1 cup before the first night; the last spelling counted alone."""
    text = (INVENTED / "event_log" / "events.csv").read_text(encoding="utf-8")
    first = "2031-03-03 17:40,coffee,2\n"
    nights = read(text.replace(first, f"{first}2031-03-03 18:40,Coffee,1\n"))
    assert nights["coffee"].tolist() == [3, 0, 1]


@pytest.mark.parametrize("change", [str, lambda text: text.replace(",coffee,", ' , "coffee" , ')])
def test_a_log_is_the_same_with_quotes_and_blanks(change: Callable[[str], str]) -> None:
    text = (INVENTED / "event_log" / "events.csv").read_text(encoding="utf-8")
    nights = read(change(text))
    assert nights["coffee"].tolist() == [2, 0, 1]
    assert clock(nights, "into_bed") == ["03 23:05", "04 21:45", "05 23:15"]


def test_no_line_of_a_log_is_lost_and_a_log_needs_no_header() -> None:
    text = (INVENTED / "event_log" / "events.csv").read_text(encoding="utf-8")
    nights = read(text)
    record = nights.attrs["sleepstats"]["rows"]
    assert len(record["line"]) == 21  # the header and 20 events
    told = " ".join(record["problem"].values())
    assert "no night follows it" in told  # the coffee of the last morning
    without = read(text.partition("\n")[2])
    assert clock(without, "into_bed") == clock(nights, "into_bed")


def test_a_log_of_events_may_end_in_half_a_line(tmp_path: Path) -> None:
    """Mangled files showed it: a last line without an event was an IndexError."""
    text = (INVENTED / "event_log" / "events.csv").read_text(encoding="utf-8").rstrip("\n")
    whole = len(read(INVENTED / "event_log" / "events.csv"))
    path = tmp_path / "log.csv"
    path.write_text(f"{text}\n2031", encoding="utf-8")
    assert len(read(path)) == whole


# ---- rows that are calendar days


def calendar_days(first_up: str = "") -> str:
    rows = ["date,got up,mins to fall asleep,coffee,went to bed"]
    for i in range(12):
        day = dt.date(2031, 3, 1) + dt.timedelta(i)
        up, sol = (f"07:{10 + i}", 10 + i) if i or first_up else (first_up, "")
        rows.append(f"{day},{up},{sol},{i % 3},23:{30 + i}")
    return "\n".join(rows) + "\n"


def test_the_bed_time_of_a_calendar_day_is_of_the_next_rows_night() -> None:
    nights = read(calendar_days())
    assert nights.attrs["sleepstats"]["labels"] == "calendar"
    night = nights.loc["2031-03-01"]
    assert f"{night['into_bed']:%d %H:%M}" == "01 23:30"
    assert f"{night['out_of_bed']:%d %H:%M}" == "02 07:11"
    assert night["sol_min"] == 11
    assert night["coffee"] == 0  # of 1 March, before that night
    assert nights.loc["2031-03-02", "coffee"] == 1
    assert any("'went to bed'" in note for note in nights.attrs["sleepstats"]["notes"])


def test_a_rising_to_the_left_of_the_bed_time_alone_shows_no_calendar_day() -> None:
    nights = read(calendar_days("07:10"))
    assert nights.attrs["sleepstats"]["labels"] != "calendar"
    said = read(calendar_days("07:10"), labels="calendar")
    assert f"{said.loc['2031-03-01', 'out_of_bed']:%d %H:%M}" == "02 07:11"


# ---- roles


@pytest.mark.parametrize(
    ("header", "cells_of", "role"),
    [
        ("Day", ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"] * 2, "date"),
        ("Device", "Band 3", "id"),
        ("ses", [f"ses-{i:02d}" for i in range(1, 15)], "id"),
        ("N°", [str(i) for i in range(1, 15)], "id"),
        ("Alarm", "07:00", "clock"),
        ("Wekker", "07:00", "clock"),
        ("Felt", ["good", "ok"] * 7, "morning"),
        ("How was it (1-5)", ["2", "3"] * 7, "morning"),
        ("Mood", ["2", "3"] * 7, "aside"),
        ("Menu", ["Drinks: tea | wine. Meals: soup", "Drinks: tea. Meals: pie"] * 7, "habit"),
        ("comment", ["", "hot"] * 7, "note"),
        ("Took (min)", [str(i + 5) for i in range(14)], "night"),
    ],
)  # fmt: skip
def test_roles_of_columns(header: str, cells_of: str | list[str], role: str) -> None:
    assert roles(read(diary(header, cells_of)))[header] == role


def test_a_second_clock_of_one_name_is_a_clock_and_not_asked_about() -> None:
    nights = read(diary("out of bed", "07:45", head="date,bed,final wake,got up").replace(
        ",07:45", ",07:45,07:50"))  # fmt: skip
    assert roles(nights)["out of bed"] == roles(nights)["got up"] == "clock"


def test_columns_that_one_date_was_made_of_have_a_role() -> None:
    rows = "".join(f"{day},3,2031,23:{day},07:{day}\n" for day in range(10, 24))
    told = roles(read("day,month,year,to bed,up\n" + rows))
    assert (told["day"], told["month"], told["year"]) == ("date", "date", "date")


def test_two_days_with_their_weekdays_name_the_evening() -> None:
    week = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]
    rows = "".join(  # 3 March 2031 is a Monday
        f"{week[i % 7]}/{week[(i + 1) % 7]} {3 + i}./{4 + i}.3.31;23:{10 + i}-07:{20 + i}\n"
        for i in range(14)
    )
    nights = read("Nacht;im Bett von-bis\n" + rows)
    assert clock(nights, "into_bed")[0] == "03 23:10"
    assert clock(nights, "out_of_bed")[0] == "04 07:20"
    assert roles(nights)["im Bett von-bis"] == "clock"


# ---- cells and headers


def test_clocks_with_points_and_seconds() -> None:
    assert cells.kind_of_cells(["23.20.00", "07.05.00", "00.05.00"]) == "clock"
    assert cells.kind_of_cells(["03.01.31", "04.01.31"]) != "clock"
    text = "evening,bed,up\n" + "".join(f"2031-03-{d},23.{d}.00,07.{d}.00\n" for d in range(10, 24))
    assert clock(read(text), "into_bed")[0] == "10 23:10"


def test_an_unknown_clock_with_points_is_no_number() -> None:
    nights = read(diary("Zorb", ["22.45", "23.10"] * 7))
    assert nights["zorb"].dtype.kind == "M"


def test_lengths_with_a_stroke_or_in_french_minutes() -> None:
    assert cells.read_durations(["15'", "25′"], unit=None).values.tolist() == [15, 25]
    assert cells.read_durations(["5 mn", "1 h 30 mn"], unit=None).values.tolist() == [5, 90]


def test_the_first_of_april_in_french_has_a_year_from_its_weekday() -> None:
    rows = [("dim. 30 mars", 0), ("lun. 31 mars", 1), ("mar. 1er avril", 2), ("mer. 2 avril", 3)]
    text = "Soir;Au lit;Debout\n" + "".join(f"{day};23h1{i};07h2{i}\n" for day, i in rows)
    nights = read(text, year=2025)  # 30 March 2025 was a Sunday
    assert [str(day)[:10] for day in nights.index][-2:] == ["2025-04-01", "2025-04-02"]


def test_short_forms_and_slips_of_spelling_in_headers() -> None:
    assert words_of("SWSmins") == ["sws", "mins"]
    assert words_of("HRVms") == ["hrv", "ms"]
    assert meanings_of("Sleep efficency") == meanings_of("Sleep efficiency")
    assert meanings_of("bettime") == meanings_of("bedtime")
    assert "habit" not in meanings_of("gebraucht")  # needed; geraucht is smoked
    assert meanings_of("Frisbee") == frozenset()


def test_numbered_names_count_the_rows_and_repeated_ones_do_not() -> None:
    assert shape_of(["Log 3", "Log 2", "Log 1"]).counting
    assert not shape_of(["Room 1", "Room 2", "Room 1"]).counting
    assert sense("Name", shape_of(["Log 3", "Log 2", "Log 1"])).role == "id"  # type: ignore[union-attr]
    assert sense("Name", Shape("text")).role == "person"  # type: ignore[union-attr]


def test_shares_below_one_are_no_clock_times_of_a_spreadsheet() -> None:
    nights = read(diary("sleep_efficiency", [f"0.{870 + i}" for i in range(14)]))
    assert nights["se_pct"].tolist()[:2] == [87.0, 87.1]


@pytest.mark.parametrize(
    ("encoding", "header", "answers"),
    [
        ("cp1250", "Wieczór;Kawa po południu;Spóźniona kolacja", "tak nie"),
        ("shift_jis", "日付;コーヒー;運動", "はい いいえ"),
        ("gb18030", "日期;咖啡;运动", "是 否"),
        ("mac_roman", "Abend;Kaffee;Spät gegessen", "ja nein"),
    ],
)
def test_a_list_of_habits_in_any_language_and_encoding_goes_beside_nights(
    encoding: str, header: str, answers: str, tmp_path: Path
) -> None:
    rows = [f"2031-03-{day:02d};{day % 4};{answers.split()[day % 2]}" for day in range(1, 15)]
    path = tmp_path / "habits.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
    nights = read(
        "evening,bed,up\n" + "".join(f"2031-03-{d:02d},23:10,07:05\n" for d in range(1, 15))
    )
    joined = ss.join_evenings(nights, path)
    drink, habit = (name for name in joined if name not in nights)
    assert joined[drink].tolist() == [day % 4 for day in range(1, 15)]
    assert joined[habit].tolist() == [day % 2 == 0 for day in range(1, 15)]


# ---- of the night or of nothing that is known, and no habit of the day before


@pytest.mark.parametrize(
    ("header", "low", "high", "role", "column"),
    [
        ("sleep_class_deep_duration", 3000, 6000, "night", "deep_min"),  # no class one goes to
        ("sleep_class_rem_duration", 3000, 6000, "night", "rem_min"),
        ("activity during sleep", 5, 60, "night", ""),  # what moved in bed, no exercise
        ("Nächtliche Aktivität", 5, 60, "night", ""),
        ("calories burned asleep", 300, 500, "night", ""),
        ("SpO2 dips", 0, 20, "night", ""),  # how often, no share
        ("blood oxygen drops", 0, 20, "night", ""),  # no drops that one takes
        ("respiratory events", 0, 30, "night", ""),
        ("glucose on waking", 80, 120, "morning", ""),
        ("morning blood pressure", 110, 140, "morning", ""),
        ("Gewicht beim Aufwachen", 70, 75, "morning", ""),
        ("pain at night (0-10)", 0, 10, "aside", ""),  # no rating of the night
        ("hot flashes night (0-10)", 0, 10, "aside", ""),
        ("sleep effort (1-10)", 1, 10, "aside", ""),
        ("pre-sleep arousal", 1, 10, "aside", ""),  # no times awake
        ("cortisol awakening", 5, 20, "aside", ""),
        ("PSQI", 0, 21, "aside", ""),  # of a month, and the higher the worse
        ("ISI", 0, 28, "aside", ""),
        ("night rating", 1, 5, "morning", "quality"),
        ("Last night (1-5)", 1, 5, "morning", "quality"),
        ("Coffee on waking", 0, 3, "habit", ""),
        ("Activity before sleep (min)", 0, 60, "habit", ""),
        ("yoga class (min)", 0, 60, "habit", ""),
    ],
)
def test_headers_with_a_word_of_habits_or_of_ratings_in_another_sense(
    header: str, low: int, high: int, role: str, column: str
) -> None:
    """What a person would say of each header; invented."""
    cells_of = [str(low + (high - low) * (k * 5 % 14) // 13) for k in range(14)]
    told = read(diary(header, cells_of)).attrs["sleepstats"]["roles"][header]
    assert told["role"] == role
    own = {"deep_min", "rem_min", "quality", "rested", "nawk", "blood_oxygen_pct", "stress"}
    assert told["column"] == column if column else told["column"] not in own


def test_the_second_stamp_of_a_row_is_told_and_can_be_named() -> None:
    """By hand: 22:50 to 07:10 is 500 min; a form's stamps and a night's have the same names."""
    rows = [f"2031-03-{k:02d} 22:50:00,2031-03-{k + 1:02d} 07:10:00,420" for k in range(1, 15)]
    text = "\n".join(["start_timestamp,end_timestamp,Total sleep time (min)", *rows])
    told = " ".join(read(text).attrs["sleepstats"]["notes"])
    assert "'end_timestamp': its words are of when a form was filled in, so it is not used" in told
    assert "'out_of_bed'" in told
    named = {"start_timestamp": "into_bed", "end_timestamp": "out_of_bed"}
    assert read(text, columns=named)["tib_min"].tolist() == [500.0] * 14


@pytest.mark.parametrize(
    ("header", "low", "high", "role"),
    [
        ("Worry before going to bed (0-10)", 0, 10, "habit"),
        ("Hungry when going to bed", 0, 1, "habit"),
        ("How tired when going to bed (1-5)", 1, 5, "habit"),
        ("Worry when I went to bed", 0, 10, "habit"),
        ("Alcohol before going to bed", 0, 3, "habit"),
        ("Worry while trying to sleep (0-10)", 0, 10, "habit"),
        ("Sleepy when getting into bed", 1, 5, "aside"),
        ("Pain getting out of bed (0-10)", 0, 10, "morning"),
        ("How rested did you feel in the evening", 1, 5, "habit"),
    ],
)
def test_what_was_felt_or_done_at_bedtime_is_no_clock_time(
    header: str, low: int, high: int, role: str
) -> None:
    """What a person would say; the bed time stands in a column of its own name, or nowhere."""
    cells_of = [str(low + (high - low) * (k * 5 % 14) // 13) for k in range(14)]
    for head in ("date,bed,up", "date,Lights out,Wake time"):
        nights = read(diary(header, cells_of, head=head))
        told = nights.attrs["sleepstats"]["roles"][header]
        assert told["role"] == role
        assert nights[told["column"]].notna().sum() == 14
    times = ["15:10", "16:30", "14:05"] * 5
    last = read(diary("Last coffee before going to bed", times, head="date,Lights out,Wake time"))
    assert roles(last)["Last coffee before going to bed"] == "habit"


def test_every_column_of_a_trackers_file_is_named_somewhere() -> None:
    """The header of a column with values stands among the taken, the aside or the unused ones."""
    record = read(GARMIN).attrs["sleepstats"]
    named = " ".join(record["notes"]) + " ".join(
        header for header, one in record["roles"].items() if one["column"] or header == "Night"
    )
    assert not [header for header in record["roles"] if header not in named]
    cycle = (
        "Start;End;Sleep Quality;Time in bed (seconds);Alarm mode\n"
        "2031-03-01 23:00:00;2031-03-02 07:00:00;80%;28800.0;Normal\n"
        "2031-03-02 23:00:00;2031-03-03 07:00:00;85%;28800.0;No alarm\n"
    )
    told = " ".join(read(cycle).attrs["sleepstats"]["asides"])
    assert "'Alarm mode' is left aside and not asked about" in told


@pytest.mark.parametrize(
    "header", ["Fitbit sleep quality", "sleep_quality_oura", "Rating (smartwatch)", "Garmin rating"]
)
def test_what_a_device_rates_is_no_rating_of_ones_own(header) -> None:
    # a device's name is in it; the person's own stands beside it and is the quality of sleep
    rows = "".join(
        f"2026-03-{d:02d},23:{d + 10},06:{d + 20},{40 + 7 * d % 50},{d % 5 + 1}\n"
        for d in range(1, 25)
    )
    nights = read(f"date,bed time,wake time,{header},Sleep quality (1-5)\n{rows}")
    assert nights["quality"].tolist() == [d % 5 + 1 for d in range(1, 25)]
    assert roles(nights)[header] == "night"


def test_the_bed_time_of_a_second_device_is_no_lights_out() -> None:
    # the same bed time twice, a minute apart: nothing lies between going to bed and lights out
    rows = "".join(
        f"2026-03-{d:02d},23:{d + 10},23:{d + 10 + d % 2},06:{d + 20}\n" for d in range(1, 25)
    )
    nights = read(f"date,bedtime watch,bedtime app,wake time\n{rows}")
    assert "lights_out" not in nights
    assert nights["into_bed"].notna().all()


def test_two_people_whose_dates_are_double_for_another_reason_too() -> None:
    # each of them has two nights of one date (that of going to bed)
    rows = [f"{who},2026-03-{d:02d},{bed},06:30"
            for who in ("Ann", "Bo") for d in range(2, 20)
            for bed in (("00:20", "23:30") if d % 4 == 0 else ("23:10",))]  # fmt: skip
    with pytest.raises(ss.DiaryError, match=r"2 people .'Ann', 'Bo'. stand in this file"):
        read("name,date,bed time,wake time\n" + "\n".join(rows) + "\n")


@pytest.mark.parametrize("header", ["Num_Classes", "number of lessons", "Num alarms"])
def test_a_number_of_few_things_is_no_identifier(header) -> None:
    # 0 to 3 a day: a count that was left out without a word, as numbers that name rows are
    nights = read(diary(header, [str(i % 4) for i in range(14)]))
    told = {**nights.attrs["sleepstats"]["roles"]}[header]
    assert told["role"] in ("habit", "aside")
    assert any(header in note for note in nights.attrs["sleepstats"]["notes"]) or told["column"]
    counted = read(diary("Row number", [str(i + 1) for i in range(14)]))
    assert counted.attrs["sleepstats"]["roles"]["Row number"]["role"] == "id"


def test_none_beside_other_kinds_is_a_kind() -> None:
    """Evenings of "None" are answers; with missing cells alone it says nothing of the kind."""
    drinks = ["Tea", "None", "Milk", "None", "Tea", "Milk", ""] * 2
    nights = read(diary("drink in the evening", drinks))
    name = next(c for c in nights if "drink" in str(c))
    assert nights[name].value_counts().to_dict() == {"Tea": 4, "None": 4, "Milk": 4}
    assert nights[name].isna().sum() == 2
    said = f"Column {'drink in the evening'!r}: 'None' is a kind; "
    assert any(x.startswith(said) for x in nights.attrs["sleepstats"]["notes"])
