"""Diary tables: recognition, dating, clocks on dates, own columns, what is told and refused.

All rows are invented. Expected nights and minutes were worked out by hand.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from exports import REAL, read

import sleepstats as ss
from sleepstats.errors import DiaryError, DiaryWarning


def days(nights):
    return [f"{night:%Y-%m-%d}" for night in nights.index]


OWN = """night,into_bed,lights_out,sol_min,nawk,waso_min,final_wake,out_of_bed,quality,stress
2026-01-05,22:00,22:30,18,2,30,06:30,06:45,4,3
2026-01-06,23:50,00:20,10,0,,07:00,07:30,3,7
"""


def test_own_layout_and_the_worked_check_of_the_definitions():
    # Worked check printed in public CSD software: TIB 525, TST 432, SE 82.3 %.
    nights = read(OWN)
    first = nights.iloc[0]
    assert first["tib_min"] == 525.0
    assert first["tst_min"] == 432.0
    assert first["se_pct"] == pytest.approx(82.2857, abs=1e-4)
    assert str(nights["lights_out"].iloc[1]) == "2026-01-07 00:20:00"
    assert nights["waso_min"].iloc[1] == 0.0  # no awakenings recorded, so none lasted
    assert nights["stress"].tolist() == [3.0, 7.0]
    assert (nights["problem"] == "").all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ss.read_diary(io.StringIO(OWN), strict=True)


def test_questions_as_headers_and_form_time_stamps():
    text = (
        "Timestamp,What time did you go to bed?,How long did it take you to fall asleep?,"
        "What time did you wake up for the day?,How many times did you hit 'snooze'?\n"
        "11/14/2012 8:25:39,245,10,830,1\n"
        "11/15/2012 9:50:54,1130,5,930,0\n"
        "11/16/2012 9:21:29,1230,10,11,0\n"
        "11/18/2012 19:19:30,45,20,1100,0\n"
        "11/19/2012 8:19:30,115,20,800,0\n"
    )
    nights = read(text)
    assert days(nights)[:4] == ["2012-11-13", "2012-11-14", "2012-11-15", "2012-11-17"]
    assert [str(t) for t in nights["into_bed"]][:4] == [
        "2012-11-14 02:45:00", "2012-11-14 23:30:00", "2012-11-16 00:30:00", "2012-11-18 00:45:00",
    ]  # fmt: skip
    assert "'11'" in nights["problem"].iloc[2]
    assert "'45' read as 00:45" in nights["problem"].iloc[3]
    assert nights["final_wake"].isna().tolist() == [False, False, True, False, False]
    assert nights["hit_snooze"].tolist() == [1, 0, 0, 0, 0]
    from sleepstats.columns import column_of

    assert column_of(nights, "hit_snooze").when == "morning"


def test_russian_semicolon_table():
    text = "Дата;Продолжительность;Отбой;Подъём;Пробуждений\n09.08.2026;7ч 32м;23:32;07:42;2\n"
    night = read(text).iloc[0]
    assert night["tst_min"] == 452.0
    assert night["tib_min"] == 490.0
    assert night["nawk"] == 2


def test_explicit_map_of_headers():
    text = "Tag;Los;Auf\n2026-02-01;23:00;07:00\n"
    nights = read(text, columns={"Tag": "night", "Los": "into_bed", "Auf": "out_of_bed"})
    assert days(nights) == ["2026-02-01"]
    assert nights["tib_min"].tolist() == [480.0]
    with pytest.raises(DiaryError, match="columns= names 'Lso', which is not in the header"):
        read(text, columns={"Tag": "night", "Lso": "into_bed", "Auf": "out_of_bed"})


def test_plain_date_is_taken_as_the_morning_and_that_is_said():
    text = "Date,Bed,Woke up\n2026-02-02,23:10,07:00\n2026-02-03,23:20,07:05\n"
    with pytest.warns(DiaryWarning, match="does not say whether it names the evening or the morn"):
        nights = ss.read_diary(io.StringIO(text))
    assert days(nights) == ["2026-02-01", "2026-02-02"]
    assert days(read(text, labels="evening")) == ["2026-02-02", "2026-02-03"]
    with pytest.raises(DiaryError, match="does not say whether"):
        ss.read_diary(io.StringIO(text), strict=True)


def test_undecidable_dates_ask_for_dayfirst():
    text = "date,bed,woke up\n03/04/2026,23:10,07:00\n05/04/2026,23:10,07:00\n"
    with pytest.raises(DiaryError, match="dayfirst=True or dayfirst=False"):
        read(text)
    assert days(read(text, dayfirst=True, labels="evening")) == ["2026-04-03", "2026-04-05"]
    assert days(read(text, dayfirst=False, labels="evening")) == ["2026-03-04", "2026-05-04"]


def test_shift_worker_gets_another_day_cut():
    rows = "".join(f"2026-03-{d:02d},{9 + d // 5}:{d:02d},19:00\n" for d in range(1, 21))
    nights = read("night,into_bed,out_of_bed\n" + rows)
    cut = nights.attrs["sleepstats"]["day_cut_h"]
    assert cut != 12.0
    assert (nights["tib_min"] > 300).all()
    assert any("the day is cut at" in note for note in nights.attrs["sleepstats"]["notes"])


def test_contradicting_clock_times_are_missing_and_told():
    text = (
        "night,into_bed,lights_out,final_wake,out_of_bed\n"
        "2026-01-05,23:00,22:50,07:00,07:10\n"
        "2026-01-06,11:30,,07:00,07:10\n"
        "2026-01-07,23:00,23:10,07:20,07:10\n"
        "2026-01-08,23:00,23:10,07:00,25:10\n"
    )
    nights = read(text)
    told = nights["problem"].tolist()
    assert "lights out 22:50 is before getting into bed 23:00" in told[0]
    assert pd.isna(nights["lights_out"].iloc[0])
    assert told[1] == (  # both ends agree with each other, and not with the beginning
        "line 3, column 'into_bed': from 11:30 to 07:00 would be a night of 19 h 30 min: 11:30 is "
        "not used. If 23:30 was meant, write that."
    )
    assert pd.isna(nights["into_bed"].iloc[1])
    assert str(nights["final_wake"].iloc[1]) == "2026-01-07 07:00:00"
    assert "07:10 is before 07:20" in told[2]
    assert told[3].startswith("line 5, column 'out_of_bed': '25:10' is not a clock time.")


@pytest.mark.parametrize("labels", ["evening", "morning", "bedtime"])
@pytest.mark.parametrize(
    ("bed", "up", "wrong", "said"),
    [("11:05 AM", "6:50 AM", "into_bed", "from 11:05 to 06:50 would be a night of 19 h 45 min: "
      "11:05 is not used. If 23:05 was meant, write that."),
     ("11:05 PM", "6:50 PM", "out_of_bed", "from 23:05 to 18:50 would be a night of 19 h 45 min: "
      "18:50 is not used. If 06:50 was meant, write that.")],
)  # fmt: skip
def test_am_for_pm_costs_one_clock_time_and_no_night(labels, bed, up, wrong, said):
    rows = [f"2026-01-{d:02d},11:{d}0 PM,7:{d}0 AM,{d}" for d in (1, 2, 3, 4, 5)]
    rows.insert(3, f"2026-01-08,{bed},{up},8")
    rows += [f"2026-01-0{d},10:4{d} PM,6:3{d} AM,{d}" for d in (6, 7, 9)]
    text = "date,into_bed,out_of_bed,coffee\n" + "\n".join(rows) + "\n"
    nights = read(text, labels=labels)
    assert len(nights) == 9
    odd = nights[nights["coffee"] == 8].iloc[0]
    assert odd["problem"] == f"line 5, column {wrong!r}: {said}"
    other = {"into_bed", "out_of_bed"} - {wrong}
    assert pd.isna(odd[wrong])
    assert odd[list(other)].notna().all()
    assert odd.name == pd.Timestamp("2026-01-07" if labels == "morning" else "2026-01-08")


def test_thirteen_hours_in_bed_are_a_night():
    nights = read("night,into_bed,out_of_bed\n2026-01-05,20:00,09:00\n2026-01-06,23:00,07:00\n")
    assert nights["tib_min"].tolist() == [780, 480]


def test_second_row_of_a_night_keeps_the_fuller_one():
    text = (
        "night,into_bed,out_of_bed,stress\n2026-01-05,23:00,07:00,4\n"
        "2026-01-05,23:05,,\n2026-01-06,23:00,07:00,5\n"
    )
    nights = read(text)
    assert len(nights) == 2
    assert nights["stress"].tolist() == [4, 5]
    report = ss.reading_report(nights)
    assert report["status"].tolist() == ["skipped", "used", "duplicate", "used"]
    assert "line 2 has it and was kept" in report["problem"].iloc[2]


def test_rows_without_a_date_are_refused_with_line_and_reason():
    text = (
        "night,into_bed,out_of_bed\n2026-01-05,23:00,07:00\nsoon,23:00,07:00\n,23:10,07:00\n"
        "2026-01-06,23:00,07:00\nAverage,23:00,07:00\n"
    )
    nights = read(text)
    report = ss.reading_report(nights)
    assert report["status"].tolist() == [
        "skipped", "used", "refused", "refused", "used", "skipped"
    ]  # fmt: skip
    assert report["line"].tolist() == [1, 2, 3, 4, 5, 6]
    assert "'soon'" in report["problem"].iloc[2]
    assert "is blank, so this row has no night" in report["problem"].iloc[3]
    assert report["problem"].iloc[5] == "averages or sums"
    assert nights.attrs["sleepstats"]["rows_refused"] == 2


def test_own_columns_of_every_kind():
    head = "night,lights_out,final_wake,Coffees,Last coffee,Screens,Reading?,Pill,Notes,Who\n"
    pills = ["none", "A", "B", "none", "A", "B", "none", "A", "B", "none"]
    rows = "".join(
        f'2026-01-{d:02d},23:00,07:00,{d % 4},1{d % 8}:30,{d % 3},"yes",{pills[d - 1]},'
        f"slept ok {d},\n"
        for d in range(1, 11)
    ).replace('"yes"', "no", 3)
    nights = read(head + rows)
    assert nights["coffees"].dtype == float
    assert nights["caffeine_last"].dt.hour.iloc[0] == 11
    assert nights["caffeine_last_h_before_bed"].iloc[0] == pytest.approx(11.5)
    assert nights["reading"].tolist() == [False] * 3 + [True] * 7
    assert pd.api.types.is_string_dtype(nights["pill"].dtype)
    assert nights["comments"].iloc[0] == "slept ok 1"
    assert "who" not in nights
    assert any("'Who' is empty" in note for note in nights.attrs["sleepstats"]["notes"])


def test_check_boxes_become_one_column_each():
    rows = "".join(
        f"2026-01-{d:02d},23:00,07:00,{'Wine;Late meal' if d % 2 else 'Reading'}\n"
        for d in range(1, 21)
    )
    nights = read("night,lights_out,final_wake,Evening\n" + rows)
    assert nights["evening_wine"].sum() == 10
    assert nights["evening_reading"].sum() == 10


def test_reversed_rating_is_mirrored():
    text = OWN.replace("2026-01-06,23:50,00:20,10,0,,07:00,07:30,3,7", "2026-01-06,,,,,,,,3,1")
    assert read(text, reverse=["stress"])["stress"].tolist() == [1.0, 3.0]
    with pytest.raises(
        DiaryError, match=r"no column of ratings with that name\. Did you mean 'stre"
    ):
        read(text, reverse=["stres"])


def test_rating_words_of_the_diary_form():
    text = (
        "night,into_bed,out_of_bed,quality\n2026-01-05,23:00,07:00,Very good\n2026-01-06,,,Poor\n"
    )
    assert read(text)["quality"].tolist() == [5.0, 2.0]


def test_several_files_are_one_diary(tmp_path):
    one, two = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("night,into_bed,out_of_bed,tea\n2026-01-05,23:00,07:00,yes\n2026-01-06,,,no\n")
    two.write_text("night,into_bed,out_of_bed\n2026-01-06,22:00,06:00\n2026-01-07,22:00,06:00\n")
    for path in ([one, two], tmp_path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DiaryWarning)
            nights = ss.read_diary(path)
        assert days(nights) == ["2026-01-05", "2026-01-06", "2026-01-07"]
        assert nights["tea"].tolist() == [True, False, pd.NA]
        report = ss.reading_report(nights)
        assert "was already read from a.csv, line 3" in report["problem"].iloc[4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,c\n1,2,3\n", "does not look like the header of any known export"),
        ("night,into_bed,out_of_bed\n", "there is a header .line 1. but no row below it"),
        ("just words\n", "does not look like"),
        ("bed,woke up\n23:00,07:00\n", "no column says which night a row is"),
    ],
)
def test_files_that_are_no_diary(text, words):
    with pytest.raises(DiaryError, match=words):
        read(text)


def test_wrong_arguments_are_named():
    with pytest.raises(DiaryError, match=r"format='diry' is not known. Did you mean 'diary'"):
        read(OWN, format="diry")
    with pytest.raises(DiaryError, match="labels='dawn': expected"):
        read(OWN, labels="dawn")
    with pytest.raises(
        DiaryError, match=r"tz='Europe/Berln' is no time zone. Did you mean 'Europe"
    ):
        read(OWN, tz="Europe/Berln")
    with pytest.raises(DiaryError, match="expected 'day'"):
        read(OWN, when={"stress": "noon"})


def test_when_can_be_told():
    from sleepstats.columns import column_of

    nights = read(OWN, when={"stress": "morning"})
    assert column_of(nights, "stress").when == "morning"


def test_every_source_row_is_in_the_report():
    nights = read(OWN)
    report = ss.reading_report(nights)
    assert report["line"].tolist() == [1, 2, 3]
    assert report["status"].tolist() == ["skipped", "used", "used"]
    with pytest.raises(DiaryError, match="carries no reading record"):
        ss.reading_report(pd.DataFrame())


def test_the_real_form_diary():
    """71 rows; bed times against the same person's headband: 62 nights, 57 within 15 min."""
    folder = REAL / "zeo_and_google_forms_diary"
    if not folder.exists():
        pytest.skip("the shared exports are not on this machine")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        nights = ss.read_diary(folder / "selfdata_google_forms.csv")
    report = ss.reading_report(nights)
    assert (report["status"] != "skipped").sum() == 71
    zeo = pd.read_csv(folder / "zeodata.csv", usecols=["Sleep Date", "Start of Night", "Time to Z"])
    zeo.index = pd.to_datetime(zeo["Sleep Date"], format="%m/%d/%Y")
    start = pd.to_datetime(zeo["Start of Night"], format="%m/%d/%Y %H:%M")
    both = nights.join(start.rename("zeo"), how="inner")
    gap = (both["into_bed"] - both["zeo"]).dt.total_seconds().abs() / 60
    assert len(both) == 62
    assert (gap <= 15).sum() == 57
    assert np.isclose(both["sol_min"].mean(), 9.03, atol=0.005)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"columns": ["into_bed"]}, "columns= is a list, expected a mapping such as {"),
        ({"when": "day"}, "when= is a str, expected a mapping such as {'tea': 'day'}."),
        ({"dayfirst": "yes"}, "dayfirst='yes': expected True, False or None (decide)."),
        ({"tz": 3}, "tz=3 is no time zone. Use an IANA name such as 'Europe/Berlin'."),
    ],
)
def test_options_of_the_wrong_kind(given, said):
    with pytest.raises(DiaryError) as caught:
        ss.read_diary(io.StringIO("night,into_bed,final_wake\n2026-01-05,23:10,06:50\n"), **given)
    assert str(caught.value).startswith(said)


def test_a_number_beyond_all_numbers_is_told_and_not_used():
    text = "night,into_bed,final_wake,tea\n2026-01-05,23:10,06:50,1e400\n2026-01-06,23:10,06:50,2\n"
    with pytest.warns(DiaryWarning, match="'1e400' is too large for a number"):
        nights = ss.read_diary(io.StringIO(text))
    assert nights["tea"].isna().tolist() == [True, False]


def test_a_header_that_stands_twice_is_told():
    text = "night,into_bed,final_wake,tea,tea\n2026-01-05,23:10,06:50,1,2\n"
    nights = ss.read_diary(io.StringIO(text))
    assert nights[["tea", "tea_2"]].to_numpy().tolist() == [[1.0, 2.0]]
    assert (
        "Columns 4 and 5 are both headed 'tea': read as two columns. Rename one, or delete the one "
        "that is not meant."
    ) in nights.attrs["sleepstats"]["notes"]


def test_dates_that_are_hardly_meant_are_told():
    text = "night,into_bed,final_wake\n1900-01-05,23:10,06:50\n1900-01-06,23:10,06:50\n"
    nights = ss.read_diary(io.StringIO(text))
    assert len(nights) == 2
    said = "2 rows are dated in the year 1900. Check the dates; they were read as written."
    assert said in nights.attrs["sleepstats"]["notes"]
