"""Counts with remarks, halves, odd cells and shares of a day, as people keep them.

The diaries are invented; every value is what its cell says, by hand.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.reading.cells import kind_of_cells, read_durations

NAN = float("nan")


def diary(
    header: str, cells: list[str], *, heads: str = "night\tBed\tUp", **options: Any
) -> pd.DataFrame:
    """Return a diary of four weeks whose last column has these cells again and again."""
    days = pd.date_range("2026-01-05", periods=28)
    rows = [f"{day:%Y-%m-%d}\t23:00\t07:0{i % 7}\t{cells[i % len(cells)]}"
            for i, day in enumerate(days)]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.read_diary(io.StringIO("\n".join([f"{heads}\t{header}", *rows])), **options)


def only(nights: pd.DataFrame, name: str, cells: list[str]) -> list[float]:
    """Return the values of a column on the first nights, one for each cell."""
    assert name in nights, list(nights)
    return nights[name].astype(float).head(len(cells)).tolist()


@pytest.mark.parametrize(
    ("header", "name"),
    [("coffee", "coffee"), ("Coffees", "coffees"), ("cups of coffee", "cups_of_coffee"),
     ("Kaffee", "kaffee"), ("wine", "wine"), ("beer", "beer"), ("cafés", "cafés"),
     ("Alcohol (drinks)", "alcohol_drinks"), ("cervezas ayer", "cervezas_ayer")],
)  # fmt: skip
def test_counts_with_remarks_are_no_minutes(header, name):
    cells = ["1", "2", "4 (1 decaf)", "2 (small)", "~2"]
    nights = diary(header, cells)
    assert only(nights, name, cells) == [1, 2, 4, 2, 2]
    assert not [column for column in nights if column.startswith(name) and column != name]
    assert "'2 (small)' is read as 2." in nights["problem"].iloc[3]


def test_a_unit_beside_the_numbers_is_one():
    """Where cells say so the column is of durations: three of five do."""
    cells = ["20", "30 min", "1h20", "45 min", "~15"]
    assert kind_of_cells(cells) == "duration"
    assert only(diary("yoga", cells), "yoga_min", cells) == [20, 30, 80, 45, 15]


HALVES = ["1/2", "½", "half", "a half", "halbe", "halber", "halbes", "demi", "demie", "medio",
          "media", "mezzo", "mezza", "meio", "meia", "een half", "halve", "halv", "halva", "halvt",
          "pół", "połowa", "半", "半分"]  # fmt: skip


@pytest.mark.parametrize("half", HALVES)
def test_a_half_among_numbers_is_one_and_told(half):
    cells = ["0", "1", half, "2"]
    nights = diary("tablet", cells)
    assert only(nights, "tablet", cells) == [0, 1, 0.5, 2]
    assert half == "½" or f"{half!r} is read as 0.5" in nights["problem"].iloc[2]


@pytest.mark.parametrize(
    ("header", "cells", "values"),
    [("wine", ["0", "1 glass", "2 glasses", "half a glass"], [0, 1, 2, 0.5]),
     ("wine", ["none", "a glass", "2 glasses", "1 1/2 glasses"], [0, 1, 2, 1.5]),
     ("vino", ["no", "mezzo bicchiere", "1 bicchiere", "2 bicchieri"], [0, 0.5, 1, 2]),
     ("Wein", ["nichts", "ein halbes Glas", "ein Glas", "2 Gläser"], [0, 0.5, 1, 2]),
     ("vin", ["aucun", "1/2 verre", "un verre", "2 verres"], [0, 0.5, 1, 2]),
     ("wijn", ["geen", "een half glas", "1 glas", "2 glas"], [0, 0.5, 1, 2]),
     ("ビール", ["なし", "半杯", "一杯", "2杯", "1杯半"], [0, 0.5, 1, 2, 1.5]),
     ("咖啡", ["没有", "半杯", "两杯", "3杯"], [0, 0.5, 2, 3])],
)  # fmt: skip
def test_amounts_with_the_word_of_their_unit(header, cells, values):
    nights = diary(header, cells)
    column = nights.select_dtypes("float")
    own = [c for c in column if c not in ("tib_min", "twak_min", "midsleep_h", "spt_min")]
    assert only(nights, own[0], cells) == values


def test_what_is_no_half():
    mood = diary("mood of the day", ["alta", "media", "baja"])["mood_of_the_day"]
    assert mood.iloc[1] == 2.0  # baja < media < alta
    nights = diary("How many times did you wake up?", ["0", "1", "1/2", "2"])  # 1 to 2
    assert np.isnan(nights["nawk"].iloc[2])
    assert "'1/2' is not a number" in nights["problem"].iloc[2]
    assert only(diary("Effort", ["1/4", "3/4", "4/4"]), "effort", ["", "", ""]) == [1, 3, 4]


def test_half_a_tablet_in_a_log_and_in_a_free_answer():
    nights = diary("what I took", ["Melatonin half a tablet", "none", "Melatonin 1 1/2 tablets"])
    assert nights["melatonin_dose_pieces"].head(3).tolist() == [0.5, 0, 1.5]
    log = "Date,Time,Substance,Amount\n" + "\n".join(
        f"2026-01-{day:02d},22:00,Dormox,{much}"
        for day, much in ((5, "half a tablet"), (6, "1 tablet"), (7, "eine halbe tablet"))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        joined = ss.join_evenings(nights, io.StringIO(log))
    assert joined["dormox_tablet"].head(3).tolist() == [0.5, 1, 0.5]


@pytest.mark.parametrize("odd", ["viel", "lots", "hmm"])
def test_one_kind_of_odd_cell_costs_no_column(odd):
    cells = ["0", "1", "2", odd]
    nights = diary("coffee", cells)
    np.testing.assert_array_equal(only(nights, "coffee", cells), [0, 1, 2, NAN])
    assert f"{odd!r} is not a number" in nights["problem"].iloc[3]


def test_kinds_stay_kinds():
    for cells in (
        ["run", "gym", "swim", "2"],
        ["1", "viel", "wenig", "nie"],
        ["yes", "2", "3", "1"],
    ):
        assert kind_of_cells(cells * 7) == "text"


ABOUT = ["uns", "cerca de", "circa", "ca.", "etwa", "ungefähr", "environ", "aproximadamente", "ok.",
         "około", "ongeveer", "ungefär", "cirka", "約", "大约", "umas", "alrededor de", "quase",
         "~", "à peu près", "mniej więcej", "omkring", "почти"]  # fmt: skip


@pytest.mark.parametrize("about", ABOUT)
def test_an_approximation_is_its_number_and_told(about):
    cells = ["15", f"{about} 20", "60", "10"]
    nights = diary("Quanto tempo demorou para dormir?", cells)
    assert only(nights, "sol_min", cells) == [15, 20, 60, 10]
    assert "an approximation" in nights["problem"].iloc[1]


def test_a_word_that_is_not_known_leaves_the_latency_its_column():
    cells = ["15", "sowas wie 20", "60", "10"]
    nights = diary("Quanto tempo demorou para dormir?", cells)
    np.testing.assert_array_equal(only(nights, "sol_min", cells), [15, NAN, 60, 10])
    assert "'sowas wie 20' is not a duration" in nights["problem"].iloc[1]


@pytest.mark.parametrize(
    ("header", "cells"),
    [("中途覚醒", ["1回", "2回", "なし", "3回"]), ("Wakings", ["1", "2", "none", "3"]),
     ("réveils nocturnes", ["1 fois", "2 fois", "aucun", "3 fois"]),
     ("Aufgewacht (Anzahl)", ["1x", "2x", "keine", "3x"])],
)  # fmt: skip
def test_no_awakening_is_none(header, cells):
    assert only(diary(header, cells), "nawk", cells) == [1, 2, 0, 3]


def test_shares_of_a_day_are_durations():
    """7 h 25 is 0.30902 of a day, 20 min are 0.01389; a third of an hour is 0.3333 h."""
    read = read_durations(["0.3090277", "0.28125", "0.2951388", ""], unit="h")
    np.testing.assert_allclose(read.values, [445, 405, 425, NAN])
    assert "parts of a day" in read.assumed
    np.testing.assert_allclose(
        read_durations(["0,0138889", "0,0069444"], unit=None).values, [20, 10]
    )
    for hours in (["0.3333", "0.25", "0.1667"], ["0.5", "0.75"], ["7.4167", "6.75"]):
        read = read_durations(hours, unit="h")
        np.testing.assert_allclose(read.values, 60 * np.array(hours, dtype=float))
        assert not read.assumed


@pytest.mark.parametrize(
    "dates",
    [["27-28 feb", "28 feb-1 mars", "1-2 mars"], ["Feb 27-28", "Feb 28-Mar 1", "Mar 1-2"],
     ["27./28.2.", "28.2./1.3.", "1./2.3."],
     ["27-28 feb 2026", "28 feb-1 mars 2026", "1-2 mars 2026"]],
)  # fmt: skip
def test_a_night_between_two_months(dates):
    """2026 has no 29 February: the nights are those of the 27th, the 28th and the 1st."""
    rows = "\n".join(f"{date};23:00;07:00" for date in dates)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(f"Natt;I säng;Upp\n{rows}"), year=2026)
    assert nights.index.strftime("%m-%d").tolist() == ["02-27", "02-28", "03-01"]


def test_two_days_that_do_not_follow_each_other_are_told_as_they_stand():
    dates = [f"{day}-{day + 1 + (day == 7)} jan" for day in range(5, 25)]
    rows = "\n".join(f"{date};23:00;07:00" for date in dates)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO(f"Natt;I säng;Upp\n{rows}"), year=2026)
    told = ss.reading_report(nights)["problem"].str.cat(sep=" ")
    assert len(nights) == 19
    assert "7-9 jan" in told
    assert "blank" not in told


@pytest.mark.parametrize("header", ["日付（夜）", "Datum (Nacht)", "Date (night)", "Fecha (noche)"])
def test_the_night_in_brackets_names_the_evening(header):
    nights = diary("wine", ["0", "1"], heads=f"{header}\tBed\tUp")
    assert str(nights.index[0])[:10] == "2026-01-05"
    assert not nights.attrs["sleepstats"]["assumed"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Siesta 1 ayer (min)", "Siesta 2 ayer (min)"), ("Nap 1 (min)", "Nap 2 (min)"),
     ("First nap (min)", "Second nap (min)"), ("Dutje 1 (min)", "Dutje 2 (min)")],
)  # fmt: skip
def test_two_naps_of_a_day_are_added_up(one, other):
    """20 and nothing are 20, 40 and 20 are 60, nothing and nothing is not recorded."""
    cells = ["20\t", "40\t20", "\t", "0\t0", "many\t15"]
    nights = diary(f"{one}\t{other}", cells)
    np.testing.assert_array_equal(only(nights, "nap_min", cells), [20, 60, NAN, 0, NAN])
    assert "'many' is not a duration" in nights["problem"].iloc[4]
    assert "added up" in " ".join(nights.attrs["sleepstats"]["notes"])
    assert nights.attrs["sleepstats"]["roles"][other]["role"] == "habit"
    # what the person says of another column changes nothing; of these it is what the person says
    bed = diary(f"{one}\t{other}", cells, columns={"Up": "out_of_bed"})
    np.testing.assert_array_equal(only(bed, "nap_min", cells), [20, 60, NAN, 0, NAN])
    named = diary(f"{one}\t{other}", cells, columns={one: "nap_min"})
    np.testing.assert_array_equal(only(named, "nap_min", cells), [20, 40, NAN, 0, NAN])


def test_what_is_the_same_in_several_files_is_said_once(tmp_path):
    """Both are blank on evenings of dinner: the first says it, with its own count."""
    for month in (1, 2):
        rows = [f"2026-{month:02d}-{day:02d},23:00,07:00,{'yes' * (day % 3 == 0)}"
                for day in range(1, 26 + month)]  # fmt: skip
        text = "\n".join(["night,Bed,Up,Late dinner", *rows])
        (tmp_path / f"{month}.csv").write_text(text, encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ss.DiaryWarning)
        ss.read_diary([tmp_path / "1.csv", tmp_path / "2.csv"])
    said = [str(one.message) for one in told]
    assert len(said) == 1
    assert "blank on 18 of 26 evenings" in said[0]
    assert said[0].endswith("(So in other files or sheets, too.)")
