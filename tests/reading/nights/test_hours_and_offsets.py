"""An hour and a minute in two columns; seconds since 1970 beside a column of offsets from UTC.

Invented. 2031-03-03 21:10 UTC is 23:10 two hours east of Greenwich, and 16:10 five hours west.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest

import sleepstats as ss


def read(text: str):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(text))
    return nights, " ".join(str(one.message) for one in caught)


@pytest.mark.parametrize(
    "header",
    ["Evening of;Bed hour;Bed minute;Wake hour;Wake minute;Coffee",
     "Evening of;bed_h;bed_min;wake_h;wake_min;coffee",
     "Abend;Ins Bett Stunde;Ins Bett Minute;Aufgewacht Stunde;Aufgewacht Minute;Kaffee",
     "Soir;Au lit (heure);Au lit (minute);Réveil (heure);Réveil (minute);Café",
     "Noche;Cama horas;Cama minutos;Despertar horas;Despertar minutos;Café",
     "Avond;Naar bed uur;Naar bed minuut;Wakker uur;Wakker minuut;Koffie"],
)  # fmt: skip
def test_an_hour_and_a_minute_are_one_clock_time(header):
    rows = "".join(f"2031-03-{d:02d};23;{d};7;{d % 7};{d % 3}\n" for d in range(3, 24))
    nights, _ = read(f"{header}\n{rows}")
    assert [(t.hour, t.minute) for t in nights["into_bed"]] == [(23, d) for d in range(3, 24)]
    assert [(t.hour, t.minute) for t in nights["final_wake"]] == [(7, d % 7) for d in range(3, 24)]
    roles = nights.attrs["sleepstats"]["roles"]
    assert {roles[name]["role"] for name in header.split(";")[1:5]} == {"clock"}
    assert "are read as one of hours and minutes" in " ".join(nights.attrs["sleepstats"]["notes"])


def test_a_length_in_hours_beside_one_in_minutes_stays_two_columns():
    rows = "".join(f"2031-03-{d:02d};23:00;07:00;7.5;{d}\n" for d in range(3, 24))
    nights, _ = read(f"Evening of;Bed;Wake;Sleep hours;Awake minutes\n{rows}")
    np.testing.assert_allclose(nights["tst_min"], 450)
    np.testing.assert_array_equal(nights["waso_min"], [*range(3, 24)])


@pytest.mark.parametrize(
    ("offset", "name", "hour"),
    [("+02:00", "tz_offset", 23), ("-0500", "offset", 16), ("UTC+2", "timezone", 23)],
)
def test_seconds_since_1970_go_by_the_column_of_offsets(offset, name, hour):
    begin = int((np.datetime64("2031-03-03T21:10") - np.datetime64("1970-01-01T00:00")).astype(int))
    rows = "".join(
        f"{60 * (begin + 1440 * i)},{60 * (begin + 1440 * i + 450)},{offset},{i % 3}\n"
        for i in range(20)
    )
    nights, said = read(f"start_ts,end_ts,{name},coffee\n{rows}")
    first = nights[nights.columns[nights.dtypes == "datetime64[us]"][0]].iloc[0]
    assert (first.hour, first.minute) == (hour, 10)
    assert "Name the zone of the bed" not in said


def test_a_message_shows_the_header_below_a_preamble():
    rows = "".join(f"{d:02d}/03/2031,23:10,06:{d},7:05,3.1\n" for d in range(10, 20))
    text = f"Nightly summary\nDevice,XY 300\n\nTherapy,Valve A,Valve B,Usage,AHI\n{rows}"
    with pytest.raises(ss.DiaryError, match=r"line 4: 'Therapy,Valve A,Valve B"):
        read(text)
