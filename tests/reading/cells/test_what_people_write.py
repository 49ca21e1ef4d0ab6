"""Remarks, fractions, words and odd cells, in several languages.

The cells are invented; what each must mean is plain from its text, and what it must not become is
said beside it. Every value is by hand.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.cells import (
    as_lists,
    bare_counts,
    kind_of_cells,
    looks_like_stamps,
    read_clocks,
    read_durations,
    read_numbers,
    read_ratings,
    read_stamps,
    read_yes_no,
    without_bands,
)

NAN = float("nan")


def diary(header: str, *cells: str, **options: object) -> pd.DataFrame:
    """Return a diary whose last column has these cells."""
    days = pd.date_range("2026-01-05", periods=len(cells))
    rows = [f"{day:%Y-%m-%d}\t23:00\t07:00\t{cell}" for day, cell in zip(days, cells, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        text = "\n".join([f"night\tLights out\tWake\t{header}", *rows])
        return ss.read_diary(io.StringIO(text), **options)  # type: ignore[arg-type]


def notes(nights: pd.DataFrame) -> str:
    """Return what is said of a diary as a whole."""
    return " ".join(nights.attrs["sleepstats"]["notes"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [("yes - 3mg", 1), ("ja, Yoga 30 min", 1), ("Y - legs", 1), ("sim, 3 latas", 1), ("是,跑步", 1),
     ("✔ (2 cañas)", 1), ("✔ yoga", 1), ("oui; film", 1), ("x 3mg", 1), ("tak – 20 min", 1),
     ("Sì! corsa", 1), ("no - ill", 0), ("nein, Knie", 0), ("niet gedaan; moe", 0),
     ("non (pluie)", 0), ("❌ trött", 0), ("いいえ、風邪", 0)],
)  # fmt: skip
def test_a_yes_or_no_with_a_remark_is_one(cell, value):
    read = read_yes_no(["yes", "no", cell])
    assert read.values[2] == value
    assert not read.bad
    if "(" not in cell or not cell[0].isalpha():
        assert "taken for a note" in read.repaired[2]


@pytest.mark.parametrize("cell", ["no problem", "on a plane", "yes/no", "si duerme", "1, small"])
def test_words_that_only_begin_like_an_answer_are_none(cell):
    assert read_yes_no(["yes", "no", cell]).bad_mask.tolist() == [False, False, True]


def test_notes_that_begin_with_yes_or_no_stay_notes():
    told = ["no, slept badly", "yes, but woke at 3", "no, the neighbours", "yes, fine", "no: hot"]
    assert kind_of_cells(told) == "text"
    assert kind_of_cells(["no", "yes", *told[:2]]) == "yes/no"


@pytest.mark.parametrize(
    ("yes", "no"),
    [("VERO", "FALSO"), ("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("VERDADERO", "FALSO"),
     ("VERDADEIRO", "FALSO"), ("PRAWDA", "FAŁSZ"), ("WAAR", "ONWAAR"), ("SANT", "FALSKT"),
     ("真", "偽"), ("是", "否")],
)  # fmt: skip
def test_check_boxes_of_spreadsheets(yes, no):
    nights = diary("sauna", yes, no, no, yes)
    assert nights["sauna"].tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    "cell", ["forgot", "vergessen", "oublié", "olvidé", "zapomniałam", "忘れた"]
)
def test_forgotten_is_not_recorded_and_told_with_the_way_on(cell):
    cells = ["yes", "no", cell, "no", "yes", cell]
    nights = diary("phone in bed", *cells)
    assert nights["phone_in_bed"].isna().tolist() == [c == cell for c in cells]
    said = f"{cell!r} on 2 of 6 evenings counted as not recorded. If it means no:"
    assert said in notes(nights)
    settled = diary("phone in bed", *cells, blank_is_no=("phone_in_bed",))
    assert settled["phone_in_bed"].tolist() == [True, False, False, False, True, False]


@pytest.mark.parametrize("header", ["Melatonin", "Vitamine D", "Tablette", "Medicina", "Zopiclon"])
def test_forgotten_is_not_taken_where_something_is_taken(header):
    nights = diary(header, "yes", "no", "vergessen", "yes")
    assert nights.iloc[:, -2:].select_dtypes("boolean").iloc[:, 0].tolist() == [1, 0, 0, 1]
    assert "'vergessen' on 1 of 4 evenings counted as not taken." in notes(nights)


def test_doses_beside_yes_are_kept_and_a_bare_yes_is_told():
    cells = ["3mg", "no", "no", "5mg", "yes", "no", "3mg", "no"]
    nights = diary("Melatonin", *cells)
    assert nights["melatonin"].tolist() == [c != "no" for c in cells]
    np.testing.assert_array_equal(nights["melatonin_mg"], [3, 0, 0, 5, NAN, 0, 3, 0])
    assert "yes without how much on 1 of 8 evenings" in notes(nights)


def test_a_doubtful_dose_is_no_other_thing():
    nights = diary("Melatonin", *["3mg", "no", "no"] * 4, "3mg?", "1½mg")
    np.testing.assert_array_equal(nights["melatonin_mg"], [3, 0, 0] * 4 + [3, 1.5])


def test_yes_and_amounts_mixed_are_told():
    nights = diary("Wine", "2", "yes", "no", "1", "yes", "no", "2", "yes", "3", "no")
    assert nights["wine"].tolist()[:3] == ["2", "yes", "no"]
    assert "mixes yes or no with amounts" in notes(nights)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("½", 0.5), ("1½", 1.5), ("6 ½", 6.5), ("1 1/2", 1.5), ("約20", 20), ("20くらい", 20),
     ("2 dont 1 déca", 2), ("2, davon 1 koffeinfrei", 2), ("2杯(下午)", 2), ("3!!", 3),
     ("mezzo bicchiere", 0.5), ("half a glass", 0.5), ("halbes Glas", 0.5), ("pół szklanki", 0.5),
     ("1 Glas Rotwein", 1), ("2 large cups", 2), ("1 mug (green)", 1), ("1 verre et demi", NAN),
     ("1/2", NAN), ("3/4", NAN), ("1 + amaro", NAN), ("2 + te", NAN), ("2 oder 3", NAN),
     ("5 mg", NAN), ("2 hours", NAN), ("a few", NAN), ("ein paar", NAN), ("15 January", NAN)],
)  # fmt: skip
def test_fractions_and_words_beside_numbers(cell, value):
    read = read_numbers(["2", cell, "0"])
    np.testing.assert_array_equal(read.values, [2, value, 0])
    assert (1 in read.bad) == np.isnan(value)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [("½ h", 30), ("¾ h", 45), ("1/2 h", 30), ("3/4 hour", 45), ("7½ hrs?", 450), ("1 1/2 Std", 90),
     ("約20分", 20), ("45min!!", 45), ("20 min, phone", 20), ("une demi-heure", 30),
     ("half an hour", 30), ("20 + 10", NAN), ("ages", NAN)],
)  # fmt: skip
def test_fractions_in_lengths(cell, minutes):
    read = read_durations(["10", cell], unit="min")
    np.testing.assert_array_equal(read.values, [10, minutes])
    assert (cell in ("une demi-heure", "half an hour")) <= (not read.repaired)


@pytest.mark.parametrize(
    ("most", "odd", "value"),
    [(["nichts", "1 Bier", "2 Bier"], "1 Glas Rotwein", 1.0),
     (["0", "1 bicchiere", "2 bicchieri"], "mezzo bicchiere", 0.5),
     (["0", "1 bicchiere", "2 bicchieri"], "1 bicchiere + amaro", NAN),
     (["6/8", "7/8", "8/8"], "?", NAN), (["6/8", "7/8", "8/8"], "9/8", 9.0),
     (["0,5 l", "1 l", "2 l"], "viel", NAN), (["2", "1", "0"], "lots", NAN)],
)  # fmt: skip
def test_one_odd_cell_makes_no_kinds_of_amounts(most, odd, value):
    nights = diary("Drinks today", *(most * 4), odd)
    column = nights.select_dtypes("float").filter(like="drinks").iloc[:, 0]
    assert column.notna().sum() == 12 + (not np.isnan(value))
    np.testing.assert_array_equal(column.iloc[-1], value)
    assert repr(odd) in nights["problem"].iloc[-1]


def test_text_is_no_amount_because_a_few_cells_have_numbers():
    assert kind_of_cells(["2 friends came", "late film", "3 calls", "walk", "1 argument"]) == "text"
    nights = diary("What else", "2 friends came", "late film", "3 calls", "walk", "1 argument")
    assert not nights.filter(like="what_else").select_dtypes("number").size


BEDS = ["22:40", "23:05", "23:30", "22:50", "00:10"]


@pytest.mark.parametrize(
    ("cell", "clock"),
    [("minuit", "00:00"), ("minuit et demi", "00:30"), ("Mitternacht", "00:00"),
     ("medianoche", "00:00"), ("mezzanotte e mezza", "00:30"), ("meia-noite", "00:00"),
     ("middernacht", "00:00"), ("północ", "00:00"), ("midnatt", "00:00"), ("полночь", "00:00"),
     ("深夜0時", "00:00"), ("夜0時", "00:00"), ("零点", "00:00"), ("midi", "12:00"),
     ("mediodía", "12:00"), ("mezzogiorno", "12:00"), ("halb zwölf", "23:30"),
     ("half twaalf", "23:30"), ("halv tolv", "23:30"), ("wpół do dwunastej", "23:30"),
     ("half past eleven", "23:30"), ("onze heures et demie", "23:30"), ("las 11 y media", "23:30"),
     ("alle undici e mezza", "23:30"), ("onze e meia", "23:30"), ("kwart voor elf", "22:45"),
     ("Viertel nach zehn", "22:15"), ("dreiviertel elf", "22:45"), ("kvart i elva", "22:45"),
     ("kwadrans po jedenastej", "23:15"), ("vijf over half elf", "22:35"), ("ten to one", "00:50"),
     ("23", "23:00"), ("kl 23", "23:00"), ("0", "00:00"), ("onze da noite", "23:00"),
     ("gegen halb elf", "22:30"), ("vers minuit", "00:00"), ("mezzanotte circa", "00:00"),
     ("około północy", "00:00"), ("ore 23", "23:00"), ("23時頃", "23:00"),
     ("晚上11点左右", "23:00"), ("um quarto para as onze", "22:45")],
)  # fmt: skip
def test_hours_in_words_and_whole_hours_among_bed_times(cell, clock):
    read = read_clocks([*BEDS, cell], role="bed")
    hour, minute = map(int, clock.split(":"))
    assert read.values[5] == 60 * hour + minute
    again = read_clocks([*BEDS, cell], role="bed")  # what was decided for one column stays there
    assert again.values[5] == read.values[5]


@pytest.mark.parametrize(
    ("cell", "clock"),
    [("7 da manhã", "07:00"), ("7h da manhã", "07:00"), ("7 's ochtends", "07:00"), ("7", "07:00"),
     ("sette e mezza", "07:30"), ("halb acht", "07:30"), ("siete y cuarto", "07:15"),
     ("ten past seven in the morning", "07:10")],
)  # fmt: skip
def test_hours_in_words_among_waking_times(cell, clock):
    read = read_clocks(["06:40", "07:05", "06:30", "07:50", cell], role="wake")
    assert read.values[4] == int(clock[:2]) * 60 + int(clock[3:])


@pytest.mark.parametrize("cell", ["half 11", "late", "gym", "45", "elf oder zwölf", "2 beers"])
def test_what_is_no_hour_is_refused(cell):
    assert 5 in read_clocks([*BEDS, cell], role="bed").bad


def test_two_times_in_a_cell_with_whole_hours_and_about():
    cells = ["23:10-6:45", "22:50-7:05", "23-6:30", "ca. 0.30-7.15", "23:20-6:50", "23:05-6:40"]
    rows = [f"2026-01-{5 + i:02d};{cell}" for i, cell in enumerate(cells)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO("\n".join(["night;slept from to", *rows])))
    first = nights.filter(items=["sleep_onset", "into_bed"]).iloc[:, 0]
    assert first.dt.strftime("%H:%M").tolist() == [
        "23:10", "22:50", "23:00", "00:30", "23:20", "23:05"
    ]  # fmt: skip


def test_hashtags_and_lists_however_parted():
    assert as_lists(["#wine #walk", "#walk", "#wine;#tea", "#tea, #walk"])[0] == [
        "wine|walk", "walk", "wine|tea", "tea|walk"
    ]  # fmt: skip
    assert as_lists(["slept ok #wine", "#walk"])[1] == ""  # free text with a hashtag in it
    nights = diary("Tags", "#calm #wine", "#wine", "", "#calm", "#walk #calm #wine")
    assert nights["tags_wine"].tolist() == [True, True, pd.NA, False, True]
    some = as_lists(["#tea #walk", "none", "#tea"])[0]
    assert some == ["tea|walk", "none", "tea"]  # an answer, too: of all others it says no
    mixed = ["tea, walk", "tea; walk", "walk", "tea", "walk + tea", "tea, walk"]
    parted = [text.replace(",", ";").replace("+", ";") for text in mixed]
    assert as_lists(mixed) == (parted, ";")


def test_bounds_are_told_of_those_that_were_read():
    cells = ["2", "1", "2 + te", "0", "3", "2", "1", "0", "1", "2"]
    assert without_bands(cells)[2] == ""
    told = without_bands([*cells, ">4", "5+", "3", "1"])[2]
    assert told == "'>4' and its like in 2 rows has no upper end: read as 4, the least it can be."


def test_off_the_scale_of_the_others_is_kept_and_told():
    read = read_ratings(["6/8", "7/8", "9/8"])
    assert read.values.tolist() == [6, 7, 9]
    assert read.repaired[2] == "'9/8' is off its scale: kept."


def test_titles_averages_and_legends_are_no_refused_nights():
    rows = ["2026-01-05;23:00;07:00;2", "2026-01-06;23:10;07:10;1", "Ø Januar;23:05;07:05;1.5",
            "Februar 2026;;;", "2026-02-01;22:50;06:50;3", "2026-02-02;22:40;06:40;0",
            "średnia;;;1.5", "2 = viel Kaffee;;;", "2026-02-30;23:00;07:00;1"]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO("\n".join(["Abend;Licht aus;wach;Kaffee", *rows])))
    report = ss.reading_report(nights)
    assert len(nights) == 4
    assert report["status"].value_counts().to_dict() == {"skipped": 5, "used": 4, "refused": 1}
    assert "4 lines are titles, averages or remarks, no nights" in notes(nights)
    # a night whose date is unreadable is refused as ever, and a table of none is left as it is
    assert report.loc[report["status"] == "refused", "line"].tolist() == [10]


def test_of_one_title_there_is_one():
    rows = ["2026-01-05;23:00;07:00", "2026-01-06;23:10;07:10", "Februar 2026;;"]
    nights = ss.read_diary(io.StringIO("\n".join(["Abend;Licht aus;wach", *rows])))
    assert "1 line is a title, an average or a remark, no night: line 4." in notes(nights)


def test_counts_of_several_things_are_no_tags_however_many():
    """By hand: 1 beer + 1 wine are two; how much 2 + tea is nobody can tell. Both are told."""
    assert bare_counts(["1 beer + 1 wine", "1", "2", "0"] * 6)[:4].tolist() == ["2", "1", "2", "0"]
    got = diary("alcohol", *["1 beer + 1 wine", "1", "3"] * 8)
    assert got["alcohol"].tolist() == [2.0, 1.0, 3.0] * 8
    assert "'1 beer + 1 wine' is read as 2" in got["problem"].iloc[0]
    got = diary("coffee", *["2 + tea", "1", "0"] * 8)
    np.testing.assert_array_equal(got["coffee"], [NAN, 1.0, 0.0] * 8)
    assert "'2 + tea' is not read, as one part has no number" in got["problem"].iloc[0]


@pytest.mark.parametrize("cell", ["3 mg + 5 mg", "30 min + tea", "a + b", "2 +", "+ 2"])
def test_what_is_no_count_of_several_things(cell):
    assert bare_counts([cell, "1", "2", "0"])[0] == cell


def test_lists_parted_by_a_stroke_or_an_ampersand():
    """Things that stand alone elsewhere are things; a pair that never parts is one answer."""
    some = ["beer/wine", "wine", "beer", "wine / beer"] * 3
    assert as_lists(some)[1] == ";"
    assert as_lists(["tea/coffee", "water", "juice", "tea/coffee"] * 3)[1] == ""
    got = diary("drinks", *["beer/wine", "wine", "beer"] * 8)
    assert got["drinks_beer"].sum() == got["drinks_wine"].sum() == 16
    got = diary("supplements", *["melatonin & magnesium", "magnesium", "melatonin"] * 8)
    assert (got["supplements_melatonin"] & got["supplements_magnesium"]).sum() == 8


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("23:15 05/01/2026", "2026-01-05T23:15"),
        ("23:15 05.01.2026", "2026-01-05T23:15"),
        ("23:15 Uhr, 05.01.2026", "2026-01-05T23:15"),
        ("23:15:30 2026-01-05", "2026-01-05T23:15:30"),
        ("23:15 on 2026-01-05", "2026-01-05T23:15"),
        ("11:15 PM Jan 5, 2026", "2026-01-05T23:15"),
        ("11:15 p. m., 5 enero 2026", "2026-01-05T23:15"),
        ("11 PM 2026-01-05", "2026-01-05T23:00"),
        ("2026-01-05 23:15", "2026-01-05T23:15"),  # as ever
    ],
)
def test_the_time_of_a_stamp_may_stand_first(text, stamp):
    """What a person reads; the 25th beside it settles that the day is first."""
    cells = [text, text.replace("05/01", "25/01").replace("05.01", "25.01")]
    assert looks_like_stamps(cells)
    assert read_stamps(cells, dayfirst=None, where="").values[0] == np.datetime64(stamp)


def test_stamps_without_a_year_ask_for_it_once():
    """11:15 PM Jan 5 and Jan 5 11:15 PM: by hand, over New Year."""
    rows = [("11:15 PM Dec 30", "7:00 AM Dec 31"), ("11:45 PM Dec 31", "7:30 AM Jan 1"),
            ("12:15 AM Jan 2", "6:45 AM Jan 2"), ("11:00 PM Jan 2", "7:00 AM Jan 3")]  # fmt: skip
    for turned in (False, True):
        cells = [
            " ".join([*c.split()[2:], *c.split()[:2]]) if turned else c for r in rows for c in r
        ]
        lines = [",".join(cells[i : i + 2]) for i in range(0, 8, 2)]
        text = "\n".join(["bedtime,wake time", *lines])
        with pytest.raises(ss.DiaryError, match="the dates have no year") as refused:
            ss.read_diary(io.StringIO(text))
        assert "year=2026" in str(refused.value)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ss.DiaryWarning)
            got = ss.read_diary(io.StringIO(text), year=2025)
        assert [f"{n:%Y-%m-%d}" for n in got.index] == [
            "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02"
        ]  # fmt: skip
        assert got["tib_min"].tolist() == [465.0, 465.0, 390.0, 480.0]
