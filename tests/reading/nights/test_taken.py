"""Free-text answers about what was taken. Item 14 of the Consensus Sleep Diary (Carney et al. 2012,
doi:10.5665/sleep.1642) asks for names, doses and times in one box; the answers are invented."""

from __future__ import annotations

import io
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.cells.clock_words import hours_before_bed
from sleepstats.reading.cells.doses import read_taken

NAN = float("nan")


@pytest.mark.parametrize(
    ("text", "name", "amount", "unit", "clock", "before_h"),
    [
        ("Melatonin 3 mg 10:30pm", "Melatonin", 3.0, "mg", "10:30pm", NAN),
        ("melatonin 3mg, 22:00", "melatonin", 3.0, "mg", "22:00", NAN),
        ("Melatonin - 3mg - 30 min before", "Melatonin", 3.0, "mg", "", 0.5),
        ("Yes, melatonin 1 mg", "melatonin", 1.0, "mg", "", NAN),
        ("Ambien 10mg at 11pm", "Ambien", 10.0, "mg", "11pm", NAN),
        ("Benadryl 25 mg x2 10 pm", "Benadryl", 50.0, "mg", "10 pm", NAN),
        ("2 x 200mg Mg, 1 h before bed", "Mg", 400.0, "mg", "", 1.0),
        ("melatonin 500mcg at bedtime", "melatonin", 0.5, "mg", "", 0.0),
        ("Zopiclon 7,5 mg um 23 Uhr", "Zopiclon", 7.5, "mg", "23", NAN),
        ("Mélatonine 1,9 mg 1 heure avant le coucher", "Mélatonine", 1.9, "mg", "", 1.0),
        ("half an hour before bed 2 mg melatonin", "melatonin", 2.0, "mg", "", 0.5),
        ("½ tablet zopiclone 22.30 uhr", "zopiclone", 0.5, "pieces", "22.30 uhr", NAN),
        ("Vitamin D3 1000 IU", "Vitamin D3", 1000.0, "iu", "", NAN),
        ("5-HTP", "5-HTP", NAN, "", "", NAN),
        ("doxylamine 25mg @ 2230", "doxylamine", 25.0, "mg", "2230", NAN),
        ("2 cups at 3pm", "", 2.0, "cups", "3pm", NAN),
    ],
)  # fmt: skip
def test_one_thing(text, name, amount, unit, clock, before_h):
    (one,) = read_taken(text)
    assert (one.name, one.unit, one.clock, one.odd) == (name, unit, clock, "")
    np.testing.assert_allclose((one.amount, one.before_h), (amount, before_h), rtol=1e-12)


def test_several_things_nothing_and_what_has_no_unit():
    two = read_taken("melatonin, 3 mg, 10pm, magnesium, 200 mg, 9pm")
    assert [(one.name, one.amount, one.clock) for one in two] == [
        ("melatonin", 3.0, "10pm"), ("magnesium", 200.0, "9pm")
    ]  # fmt: skip
    assert read_taken("None.") == read_taken("keine") == []
    assert [one.empty for one in read_taken("yes")] == [True]
    (one,) = read_taken("Tylenol PM (2) 10:30")
    assert (one.name, one.odd, one.clock) == ("Tylenol PM", "2", "10:30")


def diary(header: str, answers: list[str]) -> pd.DataFrame:
    lines = [f"night;Lights out;Wake;{header}"]
    days = pd.date_range("2026-01-05", periods=len(answers))
    lines += [f"{day:%Y-%m-%d};23:00;07:00;{text}" for day, text in zip(days, answers, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO("\n".join(lines)))


MEDICINES = "14. Did you take any over-the-counter or prescription medication(s)? If so, list them"


def test_a_box_of_medicines_becomes_columns():
    nights = diary(
        MEDICINES,
        ["Melatonin 3 mg, 22:00", "same", "none", "", "melatonin 5mg + Magnesium 400 mg 1h before",
         "yes", "2 melatonin 22:30"],
    )  # fmt: skip
    assert nights["melatonin"].tolist() == [True, True, False, pd.NA, True, pd.NA, True]
    np.testing.assert_array_equal(nights["melatonin_dose_mg"], [3, 3, 0, NAN, 5, NAN, NAN])
    np.testing.assert_array_equal(nights["melatonin_h_before_bed"], [1, 1, NAN, NAN, NAN, NAN, 0.5])
    assert nights["magnesium"].tolist() == [False, False, False, pd.NA, True, pd.NA, False]
    assert nights["magnesium_h_before_bed"].tolist()[4] == 1.0
    problems = nights["problem"].tolist()
    assert "does not say what was taken" in problems[5]
    assert "'2' has no unit and is no time" in problems[6]
    assert not any(problems[i] for i in (0, 1, 2, 3, 4))
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "'same' in 1 row is read as the answer before." in notes
    # yes or no is asked about, and a dose that varies; one that is always the same is not
    asked = ss.correlate(nights, outcomes=["tib_min"])["factor"].tolist()
    assert {"melatonin", "melatonin_dose_mg"} <= set(asked)
    assert "magnesium_dose_mg" not in asked


def test_same_after_a_long_silence_is_not_read():
    nights = diary("Supplements", ["magnesium 200 mg", *[""] * 9, "same"])
    assert nights["magnesium"].tolist()[-1] is pd.NA
    assert "no answer shortly before" in nights["problem"].iloc[-1]


def test_too_many_things_are_no_habits_and_nothing_is_told_of_them():
    answers = [f"remedy{chr(97 + i)} {i + 1} mg" for i in range(25)]
    nights = diary("Medication", [*answers, "same"])
    assert nights["medication"].iloc[0] == "remedya 1 mg"  # kept as text
    assert nights["problem"].eq("").all()
    assert "'same'" not in " ".join(nights.attrs["sleepstats"]["notes"])


def test_a_column_that_names_nothing_is_named_by_its_header():
    nights = diary("Coffee", ["2 cups at 3pm", "1 cup 14:00", "none", "", "3 cups"])
    np.testing.assert_array_equal(nights["coffee_cups"], [2, 1, 0, NAN, 3])
    np.testing.assert_array_equal(nights["coffee_h_before_bed"], [8, 9, NAN, NAN, NAN])
    assert "coffee" not in nights


def test_doses_in_two_units_are_not_mixed():
    nights = diary("Vitamin", ["D3 1000 IU", "D3 2000 IU", "D3 25 mcg", "no"])
    np.testing.assert_array_equal(nights["d3_dose_iu"], [1000, 2000, NAN, 0])
    assert "in mg, elsewhere in iu" in nights["problem"].iloc[2]


@pytest.mark.parametrize(
    ("header", "answers"),
    [
        ("Medication", ["Zolpidem", "none", "Zolpidem", "none"]),  # kinds, as before
        ("Evening", ["read 20 min", "walk", "read", "tv"]),
        ("Dinner", ["200 g pasta", "soup", "salad", "out"]),
    ],
)
def test_other_texts_stay_what_they_are(header, answers):
    nights = diary(header, answers)
    assert nights[header.casefold() if header != "Evening" else nights.columns[-2]].dtype == "str"


def of_days(heads: str, rows: list[str], **said: dict[str, str]) -> pd.DataFrame:
    """A diary of evenings from 5 January 2026 on, read without its warnings."""
    days = pd.date_range("2026-01-05", periods=len(rows))
    lines = [f"{day:%Y-%m-%d},{row}" for day, row in zip(days, rows, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ss.read_diary(io.StringIO("\n".join([f"night,{heads}", *lines])), **said)


def test_on_a_twelve_hour_clock_habits_are_the_last_half_day_before_bed():
    """11:20 is a bed time of the evening there, so 7:05 is dinner's 19:05; told, not silent.

    A coffee at 11:30 among others of 12:45 and 1:50 is before noon; am, pm or 19:05 decide.
    """
    beds = ["11:20", "10:50", "12:05", "11:40", "11:10", "10:45"] * 2
    dinner = ["7:05", "6:40", "7:30", "8:00", "7:15", "6:55"] * 2
    coffee = ["11:30", "12:45", "1:50", "12:10", "1:05", "12:30"] * 2
    rows = [",".join(row) for row in zip(beds, ["6:48"] * 12, dinner, coffee, strict=True)]
    nights = of_days("bed time,wake time,dinner,last coffee", rows)
    assert nights["dinner"].dt.strftime("%H:%M").tolist()[:3] == ["19:05", "18:40", "19:30"]
    cups = nights["caffeine_last"].dt.strftime("%H:%M").tolist()[:3]
    assert cups == ["11:30", "12:45", "13:50"]
    notes = " ".join(nights.attrs["sleepstats"]["notes"])
    assert "Column 'dinner': times without am or pm are taken for the last half day" in notes
    plain = [row.replace("11:20", "23:20").replace("11:40", "23:40") for row in rows]
    nights = of_days("bed time,wake time,dinner,last coffee", plain[:1] * 12)
    assert nights["dinner"].dt.strftime("%H:%M").tolist()[0] == "19:05"  # no dinner is at 7:05
    marked = [row.replace("7:05", "7:05 am").replace("7:30", "7:30 am") for row in rows]
    nights = of_days("bed time,wake time,dinner,last coffee", marked)
    assert nights["dinner"].dt.strftime("%H:%M").tolist()[0] == "07:05"


def test_times_that_follow_the_waking_of_their_own_row_are_of_the_morning_after():
    """Breakfast half an hour after getting up; lunch at its own hour stays of the day before."""
    rng = np.random.default_rng(3)
    rows = []
    for _ in range(40):
        wake, lunch = int(rng.integers(360, 600)), int(rng.integers(720, 800))
        late = wake + int(rng.integers(25, 40))
        clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in (wake, late, lunch)]
        rows.append(f"23:{rng.integers(0, 60):02d},{clock[0]},{clock[1]},{clock[2]}")
    nights = of_days("bed time,wake time,breakfast,lunch", rows)
    told = nights.attrs["sleepstats"]["columns"]
    assert told["breakfast"]["when"] == "morning"
    assert "when" not in told["lunch"] or told["lunch"]["when"] == "day"
    said = of_days("bed time,wake time,breakfast,lunch", rows, when={"breakfast": "day"})
    assert said.attrs["sleepstats"]["roles"]["breakfast"]["role"] == "habit"  # the person knows
    # the breakfast of the morning before the night is a habit of its day
    moved = [
        ",".join([*row.split(",")[:2], before.split(",")[2], row.split(",")[3]])
        for before, row in pairwise(rows)
    ]
    told = of_days("bed time,wake time,breakfast,lunch", moved).attrs["sleepstats"]["columns"]
    assert told["breakfast"].get("when", "day") == "day"


# ---- hours before bed noted as a number, whatever the header says it with

#: Header -> what it counts back from bed, and the unit of its numbers; as a reader of the language
#: says.
COUNTED_BACK = {
    "dinner hours before bed": ("dinner", "h"),
    "Dinner (hours before bed)": ("dinner", "h"),
    "hours between dinner and bed": ("dinner", "h"),
    "hours since last meal at bedtime": ("last meal", "h"),
    "last_coffee_hrs_before_sleep": ("last coffee", "h"),
    "min between last coffee and lights out": ("last coffee", "min"),
    "dinner minutes before bed": ("dinner", "min"),
    "meal→bed (hrs)": ("meal", "h"),
    "Screens off (min before lights out)": ("screens off", "min"),
    "Hours without food before bedtime": ("without food", "h"),
    "Time between dinner and bed": ("dinner", ""),
    "Stunden zwischen Abendessen und Bett": ("abendessen", "h"),
    "Letzter Kaffee (Stunden vor dem Zubettgehen)": ("letzter kaffee", "h"),
    "heures entre le dîner et le coucher": ("dîner", "h"),
    "dernier café (minutes avant de dormir)": ("dernier café", "min"),
    "horas desde la cena hasta la cama": ("cena", "h"),
    "última comida (horas antes de dormir)": ("última comida", "h"),
    "ore dalla cena al letto": ("cena", "h"),
    "horas entre o jantar e a cama": ("jantar", "h"),
    "uren tussen avondeten en bed": ("avondeten", "h"),
    "ostatnia kawa (godziny przed snem)": ("ostatnia kawa", "h"),
    "timmar mellan middag och säng": ("middag", "h"),
    "夕食から就寝まで(時間)": ("夕食", "h"),
    "晚餐到睡觉(小时)": ("晚餐", "h"),
    "часы между ужином и сном": ("ужином", "h"),
}


@pytest.mark.parametrize("header", COUNTED_BACK)
def test_hours_before_bed_are_known_by_many_headers(header: str) -> None:
    assert hours_before_bed(header) == COUNTED_BACK[header]


@pytest.mark.parametrize(
    "header",
    [
        "Screens before bed (min)", "reading minutes before bed", "hours of tv before bed",
        "minutes to fall asleep", "time from lights out to sleep (min)", "min to sleep",
        "coffees within 6 hours before bed", "alcohol in the hours before bed", "hours in bed",
        "No food 3 hours before bed", "screen time hours before bed", "went to bed",
        "Handy vor dem Schlafen (min)", "Time awake before bed (min)", "hours from bed to wake",
    ],
)  # fmt: skip
def test_how_long_something_took_is_not_counted_back(header: str) -> None:
    assert hours_before_bed(header) is None


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("dinner hours before bed", "{h:.2f}"), ("min between dinner and bed", "{m}"),
        ("Time between dinner and bed", "{m}"), ("hours between dinner and bed", "{c}"),
        ("Stunden zwischen Abendessen und Bett", "{h:.2f} h"),
    ],
)  # fmt: skip
def test_a_number_of_hours_is_asked_as_the_clock_time_is(header: str, cells: str) -> None:
    """The same dinners by the clock and as so long before bed: one question, one answer.

    Dinner is at dice's hour; the bed time moves by an hour, and with it the night, which ends by an
    alarm. Asked plainly, each later hour of bed is "more hours from dinner" and a shorter night.
    """
    rng = np.random.default_rng(11)
    bed, dinner = rng.integers(22 * 60, 25 * 60, 60), rng.integers(18 * 60, 21 * 60, 60)
    days = pd.date_range("2026-01-05", periods=60)

    def nights(head: str, texts: list[str]) -> pd.DataFrame:
        lines = [f"evening,bed,up,{head}"]
        lines += [
            f"{day:%Y-%m-%d},{b // 60 % 24}:{b % 60:02d},6:30,{text}"
            for day, b, text in zip(days, bed.tolist(), texts, strict=True)
        ]
        return ss.read_diary(io.StringIO("\n".join(lines)))

    gap = (bed - dinner).tolist()
    texts = [cells.format(h=m / 60, m=m, c=f"{m // 60}:{m % 60:02d}") for m in gap]
    texts[7] = "none"  # no dinner is no zero hours
    by_clock = [f"{at // 60}:{at % 60:02d}" for at in dinner.tolist()]
    by_clock[7] = ""
    one, other = nights(header, texts), nights("dinner", by_clock)
    (name,) = (n for n in one if n.endswith("_h_before_bed"))
    np.testing.assert_allclose(one[name], other["dinner_h_before_bed"], atol=0.006)
    assert np.isnan(one[name].iloc[7])
    noted = ss.associate(one, "tib_min", name)
    timed = ss.associate(other, "tib_min", "dinner_h_before_bed")
    assert (noted.factor_unit, noted.status) == ("h before bed", timed.status)
    np.testing.assert_allclose(noted.effect, timed.effect, atol=0.1)
    told = " ".join(one.attrs["sleepstats"]["notes"])
    assert f"Column {header!r} is read as hours before bed" in told
    assert ("its minutes as parts of one" in told) == ("{m}" in cells)


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Melatonin", ["3 mg", "none", "1 mg 30 min before bed", "2-3 mg"],
         {"melatonin_mg": [3.0, 0.0, 1.0, 2.5]}),
        ("Medicine", ["zolpidem 5 mg", "none", "zolpidem 5-10 mg", "zolpidem 5 to 10mg"],
         {"zolpidem": [True, False, True, True], "zolpidem_dose_mg": [5.0, 0.0, 7.5, 7.5]}),
        ("Supplements", ["vitamin B6-100 mg", "none", "omega 3-1000 mg", "none"],
         {"vitamin_b6_dose_mg": [100.0, 0.0, 0.0, 0.0], "omega_3_dose_mg": [0.0, 0, 1000, 0]}),
    ],
)  # fmt: skip
def test_a_range_of_a_dose_is_its_middle_and_no_name(header, cells, expected):
    """By hand: 2-3 mg is 2.5 mg (a medicine named 2, or a zolpidem 5, before); it is told."""
    rows = "".join(
        f'2031-01-{k + 1:02d},23:{k + 10},06:{k + 10},"{cells[k % 4]}"\n' for k in range(24)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO(f"Night,Bed,Wake,{header}\n{rows}"))
    for name, values in expected.items():
        assert nights[name].iloc[:4].tolist() == values
    told = " ".join(nights.attrs["sleepstats"]["notes"])
    assert ("Of a range the middle is read." in told) == (header != "Supplements")
