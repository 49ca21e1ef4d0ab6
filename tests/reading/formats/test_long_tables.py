"""Tables of one row a measure: read as one row a night. Every value is worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, clock, read

import sleepstats as ss
from sleepstats.errors import DiaryError

FILE = INVENTED / "long_table" / "measures.csv"


def table(head, *rows):
    return "\n".join([head, *rows]) + "\n"


def test_the_measures_of_a_date_are_one_night():
    nights = read(FILE, labels="evening")
    record = nights.attrs["sleepstats"]
    assert record["format"] == "long_table"
    assert clock(nights, "into_bed") == ["03 23:05", "04 23:40", "05 22:55", "07 00:20", "07 23:15"]
    assert clock(nights, "final_wake")[:3] == ["04 06:50", "05 07:10", "06 06:40"]
    np.testing.assert_array_equal(nights["coffee_cups"], [2, 0, np.nan, np.nan, 1])
    # 20 min under "min", and 0.5 h in a row of its own unit
    np.testing.assert_array_equal(nights["waso_min"], [20, np.nan, 30, np.nan, np.nan])


def test_every_row_is_accounted_for():
    nights = read(FILE)
    report = ss.reading_report(nights)
    print(report)
    notes = "\n".join(nights.attrs["sleepstats"]["notes"] + nights.attrs["sleepstats"]["assumed"])
    assert "the 17 rows of 5 dates are put together" in notes
    assert "'wake time' has several values on 1 of 5 dates: the first is read" in notes


@pytest.mark.parametrize(
    "head",
    ["date,name,amount,unit", "Datum,Messgröße,Wert,Einheit", "day,type,reading,units"],
)
def test_other_words_for_the_same(head):
    rows = [
        f"2026-01-{d:02d},{what}"
        for d in range(5, 12)
        for what in (f"Time asleep,{400 + d},min", f"Deep sleep,{50 + d},min", f"Wine,{d % 3},")
    ]
    nights = read(table(head, *rows))
    np.testing.assert_array_equal(nights["tst_min"], 400.0 + np.arange(5, 12))
    np.testing.assert_array_equal(nights["deep_min"], 50.0 + np.arange(5, 12))
    np.testing.assert_array_equal(nights["wine"], np.arange(5, 12) % 3)


def test_rows_in_the_order_of_the_measures_are_no_people():
    """All bed times, then all waking times: the dates begin anew, and nobody else does."""
    days = range(5, 15)
    rows = [f"2026-01-{d:02d},bedtime,23:{d:02d}" for d in days]
    rows += [f"2026-01-{d:02d},got up,07:{d:02d}" for d in days]
    nights = read(table("date,measure,value", *rows), labels="evening")
    assert nights["tib_min"].tolist() == [480.0] * 10


def test_several_people_are_told_apart():
    rows = [
        f"{who},2026-01-{d:02d},{what}"
        for who in ("P1", "P2")
        for d in range(5, 12)
        for what in ("bedtime,23:00", f"wake time,07:{10 * int(who[1])}")
    ]
    text = table("participant,date,metric,value", *rows)
    with pytest.raises(DiaryError, match=r"2 people \('P1', 'P2'\)"):
        read(text)
    assert read(text, person="P2")["tib_min"].tolist() == [500.0] * 7


def test_a_measure_of_many_values_a_day_is_left_out_and_told():
    rows = [
        f"2026-01-{d:02d},{what}"
        for d in range(5, 12)
        for what in ("bedtime,23:00", "wake time,07:00", "pulse,60", "pulse,66")
    ]
    nights = read(table("date,metric,value", *rows))
    assert len(nights) == 7
    assert "pulse" not in " ".join(map(str, nights))
    told = " ".join(nights.attrs["sleepstats"]["assumed"])
    assert "'pulse' has several values on 7 of 7 dates: left out" in told


def test_the_two_dates_of_a_night_are_not_mixed():
    rows = [
        row
        for d in range(5, 12)
        for row in (
            f"2026-01-{d:02d} 23:05,bedtime,23:05",
            f"2026-01-{d + 1:02d} 07:00,wake time,07:00",
        )
    ]
    with pytest.raises(DiaryError, match="One date for both was expected"):
        read(table("timestamp,metric,value", *rows))


def test_a_log_of_doses_stays_one():
    rows = [f"2026-01-{d:02d},melatonin,3,mg" for d in range(5, 12)]
    with pytest.raises(DiaryError, match="holds no nights"):
        read(table("date,name,amount,unit", *rows))


def test_an_odd_cell_in_the_last_row_of_many_is_told():
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2031-01-01", periods=900)]
    rows = [f"{day},{what}," for day in days for what in ("Bed time,23:05", "wake time,06:50")]
    rows += [f"{day},awake in the night,20,min" for day in days[:-1]]
    odd = [f"{days[-1]},awake in the night,0.5,h", f"{days[-1]}, BED TIME ,22:00,", ",wake time,,"]
    nights = read(table("date,metric,value,unit", *rows, *odd), labels="evening")
    assert nights["waso_min"].tolist() == 899 * [20.0] + [30.0]
    assert clock(nights, "into_bed")[-1] == clock(nights, "into_bed")[0].replace("01", "18", 1)
    report = ss.reading_report(nights).set_index("line")["problem"]
    assert report[2701] == "put together with line 1800: one night"  # 1 header, 2 x 899 rows
    assert report[2702] == f"a second 'BED TIME' of {days[-1]}: line 1800 has it and was kept"
    assert "'date' is blank, so this row has no night" in report[2703]
