"""How long it took to fall asleep, never how long one slept, in eleven languages; questions and se.

The headers are invented; what each is follows from its words, and from what a length can be beside
clock times seven to eight hours apart.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import warnings

import numpy as np
import pytest

import sleepstats as ss

UNTIL = {
    "en": "Minutes till I slept|Min it took to sleep|Mins needed to fall asleep",
    "de": "Min bis zum Schlafen|Dauer bis ich schlief (Min)|Minuten bis zum Schlaf",
    "fr": "Temps mis à dormir (min)|Minutes pour dormir|Minutes jusqu'au sommeil",
    "es": "Min hasta dormir|Minutos para dormirme|Tardé en dormir (min)",
    "it": "Minuti impiegati per dormire|Min fino al sonno|Tempo per dormire (min)",
    "pt": "Minutos para dormir|Levei p/ dormir (min)|Min até dormir",
    "nl": "Min tot slapen|Minuten tot ik sliep|Tijd om te slapen tot slaap (min)",
    "pl": "Minuty do snu|Ile trwało do snu (min)|Czas do snu (min)",
    "sv": "Min tills jag sov|Minuter att somna|Minuter till sömn",
    "ja": "眠るまで(分)|睡眠までの分数(分)|寝付くまでの時間(分)",
    "zh": "多久才睡着(分钟)|到睡着(分钟)|多久才睡(分钟)",
}
HEADERS = [header for line in UNTIL.values() for header in line.split("|")]


def table(header: str, cells: list[str], nights: int = 24) -> str:
    chance, first = random.Random(5), dt.date(2031, 3, 3)
    rows = [
        f"{first + dt.timedelta(i)};{chance.choice(['22:40', '23:05', '23:30'])};"
        f"{chance.choice(['06:30', '07:05', '06:45'])};{cells[i % len(cells)]}"
        for i in range(nights)
    ]
    return "\n".join([f"Night of;Bed;Wake;{header}", *rows]) + "\n"


def read(header: str, *cells: str):
    """Return nights, what the column was taken for, and what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nights = ss.read_diary(io.StringIO(table(header, list(cells))))
    return (
        nights,
        nights.attrs["sleepstats"]["roles"][header],
        " ".join(str(one.message) for one in caught),
    )


@pytest.mark.parametrize("header", HEADERS)
def test_until_and_sleep_is_how_long_it_took(header):
    nights, role, _ = read(header, "15", "5", "40", "25", "10")
    assert (role["role"], role["column"]) == ("night", "sol_min")
    assert nights["sol_min"].head(5).tolist() == [15, 5, 40, 25, 10]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Horas a dormir", ["7", "6.5", "6.25"]),  # hours asleep, in Portuguese
        ("Heures passées à dormir", ["7", "6.5", "6.25"]),
        ("Tempo a dormir (min)", ["400", "385", "372"]),
        ("Minuten Schlaf", ["400", "385", "372"]),
    ],
)
def test_what_is_as_long_as_a_night_stays_time_asleep(header, cells):
    nights, role, _ = read(header, *cells)
    assert role["column"] == "tst_min"
    assert nights["tst_min"].median() > 360


@pytest.mark.parametrize("header", ["Sono (min)", "Schlaf (min)", "TST", "Sömn (min)"])
def test_a_total_sleep_of_minutes_is_put_aside_and_told(header):
    """20 min of some 470 min between the clock times are 4 %: whatever it is, not time asleep."""
    nights, role, said = read(header, "15", "20", "25", "10")
    assert role["role"] == "aside"
    assert "tst_min" not in nights or nights["tst_min"].isna().all()
    assert f"Column {header!r} is left aside: its numbers are 4 %" in said
    assert f"columns={{{header!r}: 'sol_min'}}" in said


def test_a_latency_of_whole_nights_is_put_aside_and_told():
    _, role, said = read("Einschlafdauer (min)", "420", "400", "435")
    assert role["role"] == "aside"
    assert "'Einschlafdauer (min)': 'tst_min'" in said


def test_what_the_person_says_of_it_stands():
    text = table("Schlaf (min)", ["15", "20", "25"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO(text), columns={"Schlaf (min)": "tst_min"})
    assert nights["tst_min"].median() == 20


@pytest.mark.parametrize(
    "header",
    ["Como se sente agora? (1 a 5)", "¿Cómo se siente hoy?", "Come si sente oggi (1-5)",
     "Se levantó con ganas (1-5)", "SE sente descansado?"],
)  # fmt: skip
def test_se_in_a_sentence_is_no_efficiency(header):
    nights, role, _ = read(header, "3", "4", "2", "5", "1")
    assert role["column"] != "se_pct"
    np.testing.assert_array_equal(nights[role["column"]].head(5), [3, 4, 2, 5, 1])


@pytest.mark.parametrize("header", ["SE", "SE %", "sleep_se", "se_pct", "SE pct"])
def test_se_alone_or_in_capitals_is_efficiency(header):
    assert read(header, "88", "92", "79")[1]["column"] == "se_pct"


@pytest.mark.parametrize("header", ["SE", "Sleep efficiency", "Effizienz (1-5)"])
def test_one_to_five_is_no_efficiency(header):
    """Of a hundred, a night of seven hours asleep in eight is 88, never 1 to 5."""
    nights, _, _ = read(header, "3", "4", "2", "5", "1")
    assert "se_pct" not in nights or nights["se_pct"].isna().all()


@pytest.mark.parametrize(
    "header", ["Wie fühlst du dich (1-5)", "Wie geht es dir?", "Wie war der Tag (1-5)",
               "Wie fit bist du?", "Hoe gaat het (1-5)"],
)  # fmt: skip
def test_a_question_names_no_person(header):
    nights, role, _ = read(header, "3", "4", "2", "5", "1")
    assert role["role"] in ("morning", "aside", "habit")
    np.testing.assert_array_equal(nights[role["column"]].head(5), [3, 4, 2, 5, 1])


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Fitness index", ["78", "85", "91"]),
        ("mattress_temperature", ["29.1", "30.2", "28.7"]),
        ("Betttemperatur", ["29,1", "30,2", "28,7"]),
        ("Temperatura del letto (°C)", ["29.1", "30.2", "28.7"]),
        ("bed_exits", ["0", "1", "2"]),
        ("Geräusch (dB)", ["32", "41", "29"]),
        ("sound_db_max", ["32", "41", "29"]),
        ("Presión media (cmH2O)", ["8.1", "9.2", "7.4"]),
        ("Leak rate", ["0", "3.2", "5"]),
        ("Mask size", ["M", "M", "L"]),
        ("dawn_start", ["06:10", "06:20", "06:05"]),
    ],
)
def test_what_a_device_measures_is_no_habit(header, cells):
    assert read(header, *cells)[1]["role"] in ("night", "aside", "clock", "id")


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Fitness (min)", ["0", "30", "45"]), ("Sunrise walk", ["yes", "no", "no"]),
     ("Eye mask", ["yes", "no", "no"]), ("Noise", ["yes", "no", "no"])],
)  # fmt: skip
def test_and_what_a_person_does_stays_one(header, cells):
    assert read(header, *cells)[1]["role"] == "habit"


@pytest.mark.parametrize(
    ("header", "column"),
    [("昨晚睡前上床时间", "into_bed"), ("昨夜の就寝時刻", "into_bed"),
     ("昨天晚上躺下时间", "into_bed"),
     ("昨晩消灯した時刻", "lights_out"), ("昨晚关灯的时间", "lights_out")],
)  # fmt: skip
def test_words_before_and_after_a_clock_in_chinese_and_japanese(header, column):
    """The longest words count wherever they stand: 昨|晚上|床时间 is 昨晚|上床时间."""
    rows = "".join(f"2031-03-{d:02d};23:{d};07:1{d % 10}\n" for d in range(10, 30))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nights = ss.read_diary(io.StringIO(f"日期;{header};起床时间\n{rows}"))
    assert nights[column].notna().sum() == 20
