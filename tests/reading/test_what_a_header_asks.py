"""Cells that can be read in two ways, read as their header asks; what is not known stays missing.

The cells are invented; each value is by hand from its text (1h37 is 97 minutes, 1500 is 15:00), and
all diaries go to bed at 22:00 or 23:00, so that hours before bed can be counted in the head.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss

NAN = float("nan")


def diary(header: str, cells: list[str], bed: str = "22:00", **options: Any) -> pd.DataFrame:
    """Return a diary of sixty nights whose last column has these cells again and again."""
    days = pd.date_range("2026-01-05", periods=60)
    rows = [f"{day:%Y-%m-%d}\t{bed}\t07:0{i % 7}\t{cells[i % len(cells)]}"
            for i, day in enumerate(days)]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        text = "\n".join([f"Night of\tWent to bed at\tGot up at\t{header}", *rows])
        return ss.read_diary(io.StringIO(text), **options)


def among(cells: list[str], odd: str, times: int = 1) -> list[str]:
    """Return sixty cells, some of which say something else."""
    some = [cells[i % len(cells)] for i in range(60)]
    for i in range(times):
        some[i * (60 // times) + 1] = odd
    return some


def own(nights: pd.DataFrame) -> set[str]:
    """Return the columns that are none of the night."""
    return {*nights} - {"into_bed", "out_of_bed", "tib_min", "problem"}


def told(nights: pd.DataFrame) -> str:
    return " ".join([*nights.attrs["sleepstats"]["notes"], *nights["problem"].dropna().unique()])


# ---- how long


@pytest.mark.parametrize(
    "header",
    ["Screen time (min)", "Screen time", "Minutes of TV", "Sport duration", "Walk", "Gaming",
     "Bildschirm", "Lesen", "Spaziergang Dauer", "Écran", "Lecture", "Pantalla", "Deporte"],
)  # fmt: skip
@pytest.mark.parametrize("cells", [["1h37", "2h", "0h45", ""], ["2h", "1h30", "3h", ""]])
def test_a_length_under_a_header_of_something_done_is_no_clock_time(header, cells):
    nights = diary(header, cells)
    (name,) = own(nights)
    by_hand = {"1h37": 97.0, "2h": 120.0, "0h45": 45.0, "1h30": 90.0, "3h": 180.0}
    assert name.endswith("_min")
    np.testing.assert_array_equal(nights[name].head(3), [by_hand[cell] for cell in cells[:3]])


def test_hours_stay_hours_and_a_time_after_noon_a_time():
    assert diary("Screen time (hours)", ["1h30", "2h"])["screen_time_h"].head(2).tolist() == [
        1.5,
        2,
    ]
    gym = diary("Gym", ["18h30", "20h", "17h45"])
    assert gym["gym_h_before_bed"].head(3).tolist() == [3.5, 2.0, 4.25]  # before 22:00
    late = diary("TV (min)", ["14:30", "20:10"])
    assert own(late) == {"tv", "tv_h_before_bed"}  # no clock column is called …_min


def test_what_could_be_either_is_told():
    """7h30 of sport, or at 7:30; where the small hours are no evening, 1h30 of whatever it is."""
    sport = diary("Sport", ["7h30", "6h45", "8h"])
    assert "read as times of the clock. If they say how long, write 90 min." in told(sport)
    tea = diary("Tai chi", ["1h30", "2h", "1h15"])
    assert tea["tai_chi_min"].head(3).tolist() == [90, 120, 75]
    assert "read as how long. If these are times of the clock, write 13:30" in told(tea)
    walk = diary("Walk", ["1:15", "2:30", "1:45"])  # in the afternoon, of a clock of twelve hours?
    assert "read as how long" in told(walk)
    owl = diary("Tai chi", ["1h30", "2h", "1h15"], bed="03:30")
    assert owl["tai_chi_h_before_bed"].head(3).tolist() == [2.0, 1.5, 2.25]


def test_times_a_day_before_bed_and_after_it_are_told():
    cells = ["1h30", "2h30", "1h", "2h45", "23h"]  # 22:00 is 20.5 h before them or 3.5 h after
    days = pd.date_range("2026-01-05", periods=60)
    rows = [
        f"{d:%Y-%m-%d}\t{(22, 23)[i % 2]}:30\t07:00\t{cells[i % 5]}" for i, d in enumerate(days)
    ]
    text = "\n".join(["Night of\tWent to bed at\tGot up at\tBlorp", *rows])
    with pytest.warns(ss.DiaryWarning, match="18 h or more before bed, .* after it"):
        ss.read_diary(io.StringIO(text))


# ---- at what time


@pytest.mark.parametrize("times", [3, 6, 20, 30])
@pytest.mark.parametrize(("word", "hours"), [("noon", 10.0), ("midday", 10.0), ("midnight", -2.0)])
def test_noon_is_a_time_however_often_it_stands(times, word, hours):
    nights = diary("Last coffee", among(["2 pm", "9 am", "11 am"], word, times))
    hours_before = nights["caffeine_last_h_before_bed"]
    assert hours_before.notna().all()
    assert (hours_before == hours).sum() == times  # before 22:00


@pytest.mark.parametrize(
    ("header", "cells", "hours"),
    [("Last coffee", ["1500", "1130", ""], [7.0, 10.5, NAN]),
     ("Last coffee", ["15", "11", ""], [7.0, 11.0, NAN]),
     ("Letzter Kaffee", ["15", "11", ""], [7.0, 11.0, NAN]),
     ("Last screen", ["19", "2030", "18:15"], [3.0, 1.5, 3.75]),
     ("Dinner", ["1930", "2000", "1815"], [2.5, 2.0, 3.75]),
     ("Dinner time", ["19", "20", "18"], [3.0, 2.0, 4.0]),
     ("Last coffee", ["16", "15:00", "14:30"], [6.0, 7.0, 7.5])],
)  # fmt: skip
def test_figures_under_a_header_of_a_time_are_times(header, cells, hours):
    nights = diary(header, cells)
    (name,) = (n for n in own(nights) if n.endswith("_h_before_bed"))
    np.testing.assert_allclose(nights[name].head(3), hours)
    assert "read as times of the clock" in told(nights)


def test_midnight_or_none_is_not_guessed_and_what_is_no_time_is_told():
    zero = diary("Last coffee", ["15", "11", "0"])
    assert zero["caffeine_last"].isna().sum() == 20
    assert "'0' may be midnight or none: not used." in told(zero)
    late = diary("Dinner", ["19:30", "20h", "late"])
    assert late["dinner_h_before_bed"].head(3).tolist()[:2] == [2.5, 2.0]
    assert "column 'Dinner': 'late' is not a clock time" in told(late)
    for cells in (["2", "3", "1", "0"], ["afternoon", "morning", "evening"]):
        assert "no times of the clock, of which the header speaks" in told(
            diary("Last coffee", cells)
        )
    for header in ("Calories", "Dinner"):  # of food neither 650 nor 820 is a time
        assert own(diary(header, ["650", "820", "730"])) == {header.lower()}


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Last meal (kcal)", ["450", "630", "1800"]), ("Family time", ["15", "20", "10"]),
     ("Energy at the end (0-20)", ["15", "18", "9"]), ("Lunch (1-20)", ["15", "18", "9"]),
     ("Dinner", ["1", "2", "20"])],
)  # fmt: skip
def test_a_header_of_another_unit_makes_no_times_of_numbers(header, cells):
    nights = diary(header, cells)
    assert [nights[name].dtype.kind for name in own(nights)] == ["f"]


# ---- how much


@pytest.mark.parametrize("odd", ["half", "forgot", "?", "some"])
@pytest.mark.parametrize("times", [1, 15])
def test_one_odd_word_does_not_throw_a_dose_column_away(odd, times):
    nights = diary("Melatonin", among(["1 mg", "2 mg", "none"], odd, times))
    assert own(nights) == {"melatonin_mg"}
    expected = [{"1 mg": 1.0, "2 mg": 2.0, "none": 0.0}.get(cell, NAN)
                for cell in among(["1 mg", "2 mg", "none"], odd, times)]  # fmt: skip
    np.testing.assert_array_equal(nights["melatonin_mg"], expected)
    assert f"'{odd}'" in told(nights)


@pytest.mark.parametrize("odd", ["half", "forgot", "?", "Advil"])
def test_one_evening_makes_no_habit_and_is_no_evening_without(odd):
    cells = among(["Melatonin 1 mg", "Melatonin 2 mg", "none"], odd)
    nights = diary("Meds", cells)
    assert own(nights) == {"melatonin", "melatonin_dose_mg"}
    assert nights["melatonin"].isna().tolist() == [cell == odd for cell in cells]
    assert f"'{odd}'" in told(nights)


@pytest.mark.parametrize("cells", [["200", "0", "100mg", ""], ["200 mg", "0", "100", ""]])
def test_numbers_take_the_unit_of_the_header(cells):
    nights = diary("Caffeine (mg)", cells)
    assert own(nights) == {"caffeine_mg"}
    np.testing.assert_array_equal(nights["caffeine_mg"].head(4), [200.0, 0.0, 100.0, NAN])
    half = diary("Caffeine (mg)", ["200mg", "0", "100", "half"])["caffeine_mg"]
    np.testing.assert_array_equal(half.head(4), [200.0, 0.0, 100.0, NAN])  # of a tablet, of what
    half = diary("Melatonin (mg)", ["1", "2", "none", "half"])["melatonin_mg"]
    np.testing.assert_array_equal(half.head(4), [1.0, 2.0, 0.0, NAN])


@pytest.mark.parametrize("order", range(5))
@pytest.mark.parametrize(
    ("header", "cells", "counts"),
    [("Alcohol", ["2 beers", "none", "1 glass"], [2, 0, 1]),
     ("Drinks", ["2 beers", "0", "1 glass of wine"], [2, 0, 1]),
     ("Alkohol", ["2 Bier", "nichts", "1 Glas Wein"], [2, 0, 1]),
     ("Alcohol", ["1 beer", "none", "1 beer + 2 glasses wine"], [1, 0, 3]),
     ("Coffee", ["2 coffees", "none", "1 espresso"], [2, 0, 1])],
)  # fmt: skip
def test_drinks_of_several_kinds_are_counted_whatever_their_order(order, header, cells, counts):
    drawn = np.random.default_rng(order).integers(0, 3, 60).tolist()
    nights = diary(header, [cells[i] for i in drawn])
    (name,) = own(nights)
    assert nights[name].tolist() == [counts[i] for i in drawn]
    assert "read as how many" in told(nights)


def test_a_few_are_not_one_drink():
    nights = diary("Alcohol", among(["2 beers", "none", "1 glass"], "a few", 2))
    assert nights["alcohol"].isna().sum() == 2
    assert "'a few'" in told(nights)


def test_an_answer_that_is_not_used_is_no_evening_without():
    """5 mg of what? Of the other thing it is not known either."""
    nights = diary("Meds", ["Melatonin 2 mg", "5 mg", "Ibuprofen 400 mg", "none"])
    assert nights["melatonin"].astype(object).head(4).tolist() == [True, pd.NA, False, False]
    assert nights["melatonin_dose_mg"].isna().sum() == 15


@pytest.mark.parametrize("times", [1, 6, 9, 30])
@pytest.mark.parametrize(("cells", "name"), [(["Y", "N"], "alcohol"), (["wine", "tea"], "alcohol"),
                                             (["1", "2", "0"], "alcohol")])  # fmt: skip
def test_a_question_mark_is_never_a_kind(times, cells, name):
    nights = diary("Alcohol", asked := among(cells, "?", times))
    assert nights[name].isna().tolist() == [cell == "?" for cell in asked]
    assert "'?' is read as not recorded" in told(nights)
    assert nights["problem"].str.count("is read as not recorded").max() == 1
    if cells == ["1", "2", "0"]:  # nor is it none, where blanks are
        none = diary("Alcohol", among(asked, "", 3), blank_is_no=("alcohol",))
        assert none[name].isna().sum() == among(asked, "", 3).count("?")


def test_a_dash_beside_na_is_asked_about():
    nights = diary("Coffee", ["2", "n/a", "-", "1"])
    assert "'-' on 15 of 60 evenings counted as not recorded. If it means none" in told(nights)


def test_names_without_doses_stay_habits():
    """5 mg on one evening of sixty does not make Ibuprofen a word for how much."""
    cells = among(["ibuprofen", "paracetamol", "none"], "5 mg")
    nights = diary("Medicine", cells)
    assert nights["ibuprofen"].sum() == cells.count("ibuprofen")
    named = diary("Medicine", ["D 1000 iu", "magnesium 200 mg", "none"])
    assert {"d", "magnesium"} <= own(named)


# ---- which night, which column


def beside(stress: bool, shift: int = 0) -> tuple[pd.DataFrame, io.StringIO]:
    """Return nights whose date is a guess at the morning, and habits of the same dates."""
    days = pd.date_range("2026-01-05", periods=40)
    rng = np.random.default_rng(4)
    level = rng.integers(1, 11, 41)
    rows = [f"{d:%d.%m.%Y};22:{10 + i};06:30;{level[i]}" for i, d in enumerate(days)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO("\n".join(["Datum;Ins Bett;Aufgewacht;Stress", *rows])))
    assert nights.attrs["sleepstats"]["labels"] == "morning"
    head = "day,mood,stress" if stress else "day,mood"
    more = [f"{d:%Y-%m-%d},{i % 7}" + f",{level[i + shift]}" * stress for i, d in enumerate(days)]
    return nights, io.StringIO("\n".join([head, *more]))


def test_files_that_read_one_date_as_two_nights_are_told():
    nights, habits = beside(stress=False)
    with pytest.warns(ss.DiaryWarning, match="the same date is two different nights") as caught:
        ss.join_evenings(nights, habits)
    text = str(caught[0].message)
    assert "join_evenings(..., labels='morning')" in text
    assert "read_diary(..., labels='evening')" in text
    nights, habits = beside(stress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ss.join_evenings(nights, habits, labels="morning")  # who says it is not asked


def test_a_column_of_both_shows_that_a_file_is_one_night_off():
    nights, habits = beside(stress=True)
    with pytest.warns(ss.DiaryWarning, match="the same 'stress'; one day earlier it would be 40"):
        joined = ss.join_evenings(nights, habits)
    assert joined.attrs["sleepstats"]["joins"][0]["better_shift"] == -1
    nights, habits = beside(stress=True)
    joined = ss.join_evenings(nights, habits, labels="morning")
    assert "stress_habits" not in joined  # the same on every night
    told = " ".join(joined.attrs["sleepstats"]["notes"])
    assert "'stress': the nights hold the same already" in told


def test_sleep_alone_is_refused_with_the_way_that_works():
    text = "day,sleep,mood\n" + "\n".join(
        f"2026-01-{d:02d},{6 + d % 5 / 2:.1f},{d % 7}" for d in range(5, 26)
    )
    with pytest.raises(ss.DiaryError, match=r"columns=\{'sleep': 'tst_min'\}"):
        ss.read_diary(io.StringIO(text))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(text), columns={"sleep": "tst_min"})
    assert nights["tst_min"].iloc[0] == 360.0  # 6.0 h on the 5th


def test_the_call_that_gives_the_latency_is_said():
    rows = [f"2026-01-{d:02d},22:30,22:50,06:30" for d in range(5, 26)]
    text = "\n".join(["Night of,Bed,Fell asleep,Woke", *rows])
    nights = ss.read_diary(io.StringIO(text))
    call = "If 'Bed' is when you tried to sleep, this gives the latency: read_diary(..., columns="
    assert call in " ".join(str(ss.answer(nights)).split())
    again = ss.read_diary(io.StringIO(text), columns={"Bed": "lights_out"})
    assert (again["sol_min"] == 20.0).all()  # 22:30 to 22:50


def test_words_of_a_rating_are_steps():
    nights = diary("Stress", ["low", "medium", "high"])
    assert nights.attrs["sleepstats"]["columns"]["stress"]["unit"] == "steps"


# ---- marks, counts, points and words


def slept(cells: list[str], header: str = "Wine", **options: Any) -> pd.DataFrame:
    """Return a diary of sixty nights of 7 h 30 that has these cells again and again."""
    days = pd.date_range("2026-03-01", periods=60)
    rows = [f"{day:%Y-%m-%d};7:30;{cells[i % len(cells)]}" for i, day in enumerate(days)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        text = "\n".join([f"Evening of;Hours slept;{header}", *rows])
        return ss.read_diary(io.StringIO(text), **options)


@pytest.mark.parametrize("tick", ["✓", "✔", "☑", "v"])
def test_crosses_and_ticks_beside_many_blanks_are_both_yes(tick):
    cells = ["x", "", "X", "", tick, "", "x", "", "", "x"]  # 5 of 10 are marked, by two pens
    nights = slept(cells)
    assert nights["wine"].sum() == 30
    assert nights["wine"].isna().sum() == 30
    assert told(nights).count(f"'Wine': x and {tick} are both read as yes.") == 1
    assert "blank on 30 of 60 evenings counted as not recorded" in told(nights)
    said = slept(cells, blank_is_no=["wine"])
    assert said["wine"].tolist() == nights["wine"].fillna(False).tolist()


@pytest.mark.parametrize(
    ("cells", "asked"),
    [(["x", "✓"], "✓"), (["x", "✓", "✓", "x", "✓", "x", ""], "✓"), (["✗", "x"], "✗"),
     (["x", "✓", "✔"], "✓")],
)  # fmt: skip
def test_crosses_and_ticks_in_nearly_every_cell_are_asked_about(cells, asked):
    for options in ({}, {"blank_is_no": ["wine"]} if "" in cells else {}):
        nights = slept(cells, **options)
        assert {"x"} < set(nights["wine"].dropna())  # kinds, neither yes nor no
        assert f"is 'x' yes, or '{asked}'? Kept as kinds; write yes and no." in told(nights)


def test_a_cross_beside_circles_is_a_no_with_and_without_blanks():
    for cells in (["○", "×"], ["○", "×", "", ""]):
        assert slept(cells)["wine"].tolist()[:2] == [True, False]
    assert slept(["○", "×", ""], blank_is_no=["wine"])["wine"].sum() == 20  # each third


@pytest.mark.parametrize(
    "cells", [["2x", "1x", "0", "3 times"], ["2 mal", "1 mal", "0", "3"], ["2 fois", "1", "0", "3"],
              ["2 veces", "1 vez", "0", "3 veces"], ["twice", "once", "none", "3 x"]]
)  # fmt: skip
@pytest.mark.parametrize("header", ["Awake in the night", "Wach in der Nacht"])
def test_how_often_one_was_awake_is_no_time_awake(header, cells):
    nights = diary(header, cells)
    assert "waso_min" not in nights
    assert nights["nawk"].tolist()[:4] == [2, 1, 0, 3]


def test_numbers_of_the_night_stay_minutes_and_how_often_is_none():
    assert diary("Awake in the night", ["20", "5", "0", "35"])["waso_min"].tolist()[0] == 20
    nights = diary("Awake in the night", ["20 min", "5 min", "0", "2x"])
    assert nights["waso_min"].isna().sum() == 15  # 2x is not 2 min
    assert "'2x'" in told(nights)


def hours(cells: list[str]) -> pd.DataFrame:
    days = pd.date_range("2026-03-01", periods=60)
    rows = [f"{day:%Y-%m-%d};{cells[i % len(cells)]}" for i, day in enumerate(days)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO("\n".join(["Evening of;Hours slept", *rows])))


def test_halves_of_hours_with_a_point_are_hours_and_minutes():
    nights = hours(["8.00", "7.30", "6.30", "7.00"])
    assert nights["tst_min"].tolist()[:4] == [480, 450, 390, 420]
    assert "is read as hours and minutes, such as 8:00" in told(nights)
    assert hours(["7.3", "7.5"])["tst_min"].tolist()[:2] == [438, 450]
    assert hours(["7,50", "7,00", "6,25"])["tst_min"].tolist()[:3] == [450, 420, 375]


def test_hours_that_could_be_either_are_told():
    cells = ["7.30", "6.45", "8.15", "7.00", "6.30", "7.10", "6.20"]  # nothing above .59
    nights = hours(cells)
    assert nights["tst_min"].iloc[0] == 438.0  # 7.3 h
    assert "read as decimals, '7.30' as 438 min. If that is hours and minutes, write 7:30" in told(
        nights
    )
    assert "decimals" not in told(hours([*cells, "7.75"]))


@pytest.mark.parametrize("header", ["Anxiety", "Tension", "Workload", "Exercise", "Stress"])
def test_low_medium_high_are_steps_under_every_header(header):
    nights = slept(["low", "medium", "High", "high", ""], header)
    found = nights[header.lower()].tolist()[:5]
    np.testing.assert_array_equal(found, [1, 2, 3, 3, NAN])
    assert f"Column '{header}': its words are read as low < medium < High." in told(nights)
    assert nights.attrs["sleepstats"]["columns"][header.lower()]["unit"] == "steps"


@pytest.mark.parametrize("header", ["Stress", "Company"])
def test_a_capital_letter_makes_no_kind_of_its_own(header):
    nights = slept(["calm", "Calm ", "OK", "ok", "calm", "tense"], header)
    assert nights[header.lower()].value_counts().to_dict() == {"calm": 30, "OK": 20, "tense": 10}


@pytest.mark.parametrize(
    "header",
    ["Alkohol in den letzten 4 Stunden", "Alcool dans les 4 dernières heures",
     "Alcohol en las últimas 4 horas", "Alcohol in de laatste 4 uur"],
)  # fmt: skip
def test_within_the_last_hours_asks_for_no_time_of_the_clock(header):
    """What the cells say is how many: nothing to write as 15:00."""
    cells = ["no", "1 beer", "2 glasses of wine", "no"] * 6
    rows = [f"2026-01-{i + 5:02d},23:00,07:{i:02d},{cell}" for i, cell in enumerate(cells)]
    text = "\n".join([f"Night,Bedtime,Woke up,{header}", *rows])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ss.read_diary(io.StringIO(text))
    assert "no times of the clock" not in "".join(str(one.message) for one in caught)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("caffeine_last_h_before_bed", "9 7.4 6 8 5 9.25"),
        ("Caffeine last h before bed", "9 7 6 8 5 9"),
        ("Last coffee (hours before bed)", "9 7 6 8.5 5 9"),
        ("Letzter Kaffee (Stunden vor dem Schlafen)", "9 7 6 8.5 5 9"),
    ],
)
def test_hours_before_bed_are_not_asked_for_a_time_of_the_clock(header, cells):
    """The header says what its numbers are: two readers took "Write 15:00" for their fault."""
    rows = [f"2026-01-{i + 5:02d},23:00,07:00,{x}" for i, x in enumerate(cells.split())]
    text = "\n".join([f"Night,Bedtime,Woke up,{header}", *rows])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(text))
    assert "no times of the clock" not in "".join(str(one.message) for one in caught)
    (name,) = (x for x in nights if x.endswith("_h_before_bed"))
    assert nights[name].tolist() == [float(x) for x in cells.split()]


@pytest.mark.parametrize(
    ("header", "label"),
    [("Worry (0-10)", "worry"), ("Muscle ache 1 to 5", "muscle ache"), ("Hunger (0-100)", "hunger"),
     ("Pages 40 50", "pages 40 50")],
)  # fmt: skip
def test_the_scale_of_a_header_is_no_word_of_its_label(header, label):
    """ "Worry 0 10 (7 points compared with 0)" stood in every sentence, table and picture."""
    nights = diary(header, ["0", "3", "5", "4"])
    name = next(name for name in nights if name.startswith(label.split()[0]))
    table = ss.correlate(nights, "tib_min", name)
    assert table.attrs["sleepstats_table"]["labels"][name] == label
