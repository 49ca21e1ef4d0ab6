"""Times of 12 hours beside bed times of 24, entries of a log by their time, and no coffee.

The expected hours are those between the time that was meant and the bed time, by hand.
"""

import io
import warnings

import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.columns import factor_names

DAYS = pd.date_range("2026-03-01", periods=20)
BED = ("23:10", "22:50", "23:40")


def diary(bed=BED, wake="7:05", **columns):
    """A diary of 20 nights whose columns repeat their cells."""
    rows = ["Evening of,Bed time,Wake time," + ",".join(h.replace("_", " ") for h in columns)]
    for i, day in enumerate(DAYS):
        own = (cells[i % len(cells)] for cells in columns.values())
        rows.append(",".join((f"{day:%Y-%m-%d}", bed[i % len(bed)], wake, *own)))
    return "\n".join(rows) + "\n"


def read(text, **how):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO(text), **how)


def told(nights, header):
    return [n for n in nights.attrs["sleepstats"]["notes"] if f"Column {header!r}: " in n]


@pytest.mark.parametrize("header", ["Dinner", "Abendessen", "Dîner", "Cena", "Last meal", "ужин"])
def test_an_evening_meal_of_twelve_hours_is_of_the_evening(header):
    nights = read(diary(**{header: ("7:30", "6:45", "8:10")}))
    (name,) = (n for n in nights if n.endswith("_h_before_bed"))
    # 19:30 to 23:10, 18:45 to 22:50, 20:10 to 23:40
    assert nights[name][:3].tolist() == pytest.approx([220 / 60, 245 / 60, 210 / 60])
    (said,) = told(nights, header)
    assert "'7:30' is read as 19:30" in said
    assert "Write 19:30, or am" in said


@pytest.mark.parametrize("header", ["Last screen", "Phone off", "Letzter Bildschirm"])
def test_a_last_screen_of_twelve_hours_is_of_the_night(header):
    nights = read(diary(**{header: ("10:45", "11:15", "12:05")}))
    (name,) = (n for n in nights if n.endswith("_h_before_bed"))
    # 22:45 to 23:10, 23:15 after 22:50, 00:05 after 23:40
    assert nights[name][:3].tolist() == pytest.approx([25 / 60, -25 / 60, -25 / 60])
    assert len(told(nights, header)) == 1


def test_what_is_read_as_of_the_evening_is_refused_when_strict():
    with pytest.raises(ss.DiaryError, match="read as 19:30"):
        read(diary(Dinner=("7:30",)), strict=True)


@pytest.mark.parametrize(
    "cells",
    [
        ("7:30", "19:30"),  # one shows a clock of 24 hours
        ("07:30", "08:10"),  # nobody writes 12 hours so
        ("7:30 am", "8:10 am"),
        ("12:15", "11:40"),  # a dinner at noon
    ],
)
def test_a_dinner_whose_half_of_the_day_is_said_stays(cells):
    hours = read(diary(Dinner=cells)).dinner
    meant = pd.to_datetime([f"2026-03-01 {cell}" for cell in cells])
    assert [(t.hour, t.minute) for t in hours[:2]] == [(t.hour, t.minute) for t in meant]


def test_who_goes_to_bed_in_the_morning_has_dinner_then():
    nights = read(diary(bed=("08:10", "08:30"), wake="15:05", Dinner=("7:30", "6:45")))
    assert nights.dinner_h_before_bed[:2].tolist() == pytest.approx([40 / 60, 105 / 60])


def test_breakfast_is_of_the_morning():
    breakfast = read(diary(Breakfast=("7:30", "8:10"))).breakfast
    assert {t.hour for t in breakfast} == {7, 8}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Last coffee", ("2:30", "11:00", "4:15")),
        ("Letzter Kaffee", ("2:30", "11:00", "4:15")),
        ("Last alcohol", ("7:30", "8:15", "9:05")),
        ("Exercise at", ("6:30", "7:45", "6:10")),
    ],
)
def test_what_may_be_of_either_half_is_told_and_not_asked_about(header, cells):
    nights = read(diary(**{header: cells}))
    assert not [n for n in nights if n.endswith("_h_before_bed")]
    assert factor_names(nights) == []
    (said,) = told(nights, header)
    hour, minute = map(int, cells[0].split(":"))
    assert f"'{cells[0]}' is read as morning. Write {hour + 12}:{minute:02d}" in said
    assert nights.attrs["sleepstats"]["roles"][header]["role"] == "aside"


def test_coffee_of_the_morning_is_asked_about():
    nights = read(diary(Last_coffee=("8:30", "11:00", "9:15")))
    # 08:30 to 23:10, 11:00 to 22:50
    hours = nights.caffeine_last_h_before_bed[:2].tolist()
    assert hours == pytest.approx([14 + 40 / 60, 11 + 50 / 60])


def test_one_early_coffee_among_many_is_told_in_its_row():
    text = diary(Last_coffee=("8:30", "11:00", "9:15")).replace("7:05,8:30", "7:05,2:30", 1)
    nights = read(text)
    assert "caffeine_last_h_before_bed" in nights
    assert "'2:30' is read as morning" in ss.reading_report(nights).problem.str.cat()


# ---- a log with several entries a day

LOG = [(day, *entry) for day in DAYS for entry in (("08:10", "awful"), ("21:30", "rad"))]


def log(entries, header="date,time,mood"):
    return io.StringIO("\n".join([header, *(f"{d:%Y-%m-%d},{t},{m}" for d, t, m in entries)]))


@pytest.mark.parametrize("header", ["date,time,mood", "Datum,Uhrzeit,Stimmung"])
@pytest.mark.parametrize("turned", [False, True])
def test_the_latest_entry_of_a_day_counts_whatever_the_order(header, turned):
    entries = LOG[::-1] if turned else LOG
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.join_evenings(read(diary(Wine=("yes", "no"))), log(entries, header))
    (mood,) = {"mood", "stimmung"} & {*nights}
    assert set(nights[mood]) == {"rad"}
    assert not {"time", "uhrzeit", "time_h_before_bed", "uhrzeit_h_before_bed"} & {*nights}
    assert any("the latest of a day counts" in n for n in nights.attrs["sleepstats"]["notes"])


def test_an_entry_after_midnight_is_of_the_evening_before_and_told():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        late = [(DAYS[5], "00:40", "meh"), *LOG]
        nights = ss.join_evenings(read(diary(Wine=("yes", "no"))), log(late))
    assert nights.mood.loc[DAYS[4]] == "meh"
    assert nights.mood.loc[DAYS[5]] == "rad"
    assert any("1 before 04:00 is of the evening before" in n
               for n in nights.attrs["sleepstats"]["notes"])  # fmt: skip


# ---- no coffee


@pytest.mark.parametrize(
    ("header", "none"),
    [
        ("Dernier café", "pas de café"),
        ("Last coffee", "no coffee"),
        ("Letzter Kaffee", "kein Kaffee"),
        ("Último café", "sin café"),
        ("Last coffee", "skipped"),
        ("Last coffee", "none"),
    ],
)
def test_no_coffee_has_no_time_and_is_told_once(header, none):
    nights = read(diary(**{header: ("15:30", "14:10", none, "13:45")}))
    (name,) = (n for n in nights if n.endswith("_h_before_bed"))
    assert nights[name].isna().sum() == 5  # every fourth of 20
    assert (nights.problem == "").all()
    assert told(nights, header) == [f"Column {header!r}: {none!r} in 5 rows is read as no time."]


def test_no_idea_is_no_answer_and_told_in_its_row():
    nights = read(diary(Last_coffee=("15:30", "14:10", *["13:45"] * 7, "no idea")))
    assert ss.reading_report(nights).problem.str.contains("no idea").sum() == 2
