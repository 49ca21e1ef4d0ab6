"""What headers mean in eleven languages: roles as a reader of the language would give them."""

import pytest

from sleepstats.reading.words import meanings
from sleepstats.reading.words.header_words import meanings_of, words_of
from sleepstats.reading.words.senses import sense
from sleepstats.reading.words.shapes import Shape, grades_of, shape_of, unknown

CLOCK = Shape("clock", 60, 1400)
NUMBER = Shape("number", 0, 10)
SHORT = Shape("number", 5, 45)
H_MM = Shape("clock", 400, 470, either=True)


def test_words_are_taken_apart():
    assert words_of("wentToBed_at") == ["went", "to", "bed", "at"]
    assert words_of("SleepHRV (ms)") == ["sleep", "hrv", "ms"]
    assert words_of("go2bed") == ["go", "to", "bed"]


def test_compounds_are_taken_apart():
    assert meanings_of("Schlafqualität") == {"sleep", "quality"}
    assert meanings_of("Stressnivå") >= {"stress"}
    assert meanings_of("restaurant") == {"habit"}  # no rest in it


@pytest.mark.parametrize(
    ("header", "shape", "role", "column"),
    [
        ("Turned in", CLOCK, "clock", "into_bed"),
        ("Date lever", Shape("date"), "date", "<date>"),
        ("Datum Aufwachen", Shape("date"), "date", "<date>"),
        ("switchedOffLight", CLOCK, "clock", "lights_out"),
        ("Eingeschlafen", CLOCK, "clock", "sleep_onset"),
        ("Eingeschlafen nach", SHORT, "night", "sol_min"),
        ("Me he despertado", CLOCK, "clock", "final_wake"),
        ("Veces despierto", NUMBER, "night", "nawk"),
        ("Obudziłam się", CLOCK, "clock", "final_wake"),
        ("Levantou-se", CLOCK, "clock", "out_of_bed"),
        ("Opstaan", CLOCK, "clock", "out_of_bed"),
        ("熄灯", CLOCK, "clock", "lights_out"),
        ("夜中に目が覚めた回数", NUMBER, "night", "nawk"),
        ("Slaapduur (uren)", Shape("number", 5, 9), "night", "tst_min"),
        ("slept_h", H_MM, "night", "tst_min"),
        ("Snarkning (min)", SHORT, "night", "snore_min"),
        ("Sueño profundo min", SHORT, "night", "deep_min"),
        ("HFV Puls in Ruhe", SHORT, "night", "resting_heart_rate_bpm"),
        ("Wie gut geschlafen", NUMBER, "morning", "quality"),
        ("Riposata", NUMBER, "morning", "rested"),
        ("Repos (1-10)", NUMBER, "morning", "rested"),
        ("Riposo (0-10)", NUMBER, "morning", "rested"),
        ("Rust /10", NUMBER, "morning", "rested"),
        ("Stanchezza", NUMBER, "aside", ""),
        ("Stanchezza al risveglio", NUMBER, "morning", ""),
        ("Stanchezza la sera", NUMBER, "habit", ""),
        ("Müdigkeit abends", NUMBER, "habit", ""),
        ("Glas Rotwein", NUMBER, "habit", ""),
        ("sleep tea", Shape("yes/no"), "habit", ""),
        ("HRV biofeedback breathing exercise", SHORT, "habit", ""),
        ("Mittagsschlaf (Minuten)", SHORT, "habit", "nap_min"),
        # the printed German form, and its like
        ("Haben Sie tagsüber geschlafen? (Min.)", SHORT, "habit", "nap_min"),
        ("Wie lange insgesamt geschlafen? (Std:Min)", H_MM, "night", "tst_min"),
        ("Schlaf am Tag (Min.)", SHORT, "habit", "nap_min"),
        ("Slept during the day (min)", SHORT, "habit", "nap_min"),
        ("Avez-vous dormi dans la journée ? (min)", SHORT, "habit", "nap_min"),
        ("¿Durmió durante el día? (min)", SHORT, "habit", "nap_min"),
        ("Ha dormito durante il giorno? (min)", SHORT, "habit", "nap_min"),
        ("Heeft u overdag geslapen? (min)", SHORT, "habit", "nap_min"),
        ("Estrés laboral", NUMBER, "habit", "stress"),
        ("sourceName", Shape("text"), "id", ""),
        ("Teilnehmer", Shape("text"), "person", ""),
        ("record_uuid", Shape("text"), "id", ""),
        ("备注", Shape("text"), "note", "comments"),
        ("sleepEndTimestampLocal", Shape("stamp"), "clock", "final_wake"),
        ("avgSpO2", Shape("number", 88, 99), "night", "blood_oxygen_pct"),
        ("Longest stretch asleep (h)", NUMBER, "night", ""),
        ("Koppar", NUMBER, "habit", ""),
        ("Zorb before bed", NUMBER, "habit", ""),
        ("Zorb on waking", NUMBER, "morning", ""),
        ("sex", Shape("yes/no", constant=True), "id", ""),
    ],
)  # fmt: skip
def test_what_headers_mean(header, shape, role, column):
    meant = sense(header, shape)
    assert meant is not None
    assert (meant.role, meant.column) == (role, column)


def test_unknown_words_say_nothing():
    assert sense("Flumph", NUMBER) is None


def test_how_cells_look():
    assert shape_of(["7:21", "6:58", ""]).either  # 7 h 21 min as well as 07:21
    assert not shape_of(["22:45", "0:10"]).either
    assert shape_of(["22.45", "23.10"]).kind == "clock"
    assert shape_of(["7.21", "6.99"]).kind == "number"  # no minute 99
    assert shape_of(["bad", "great", "ok"]).graded


def test_grades_keep_both_ends():
    """Ranks by the words' order, worst first."""
    assert grades_of(["Fair", "Excellent", "Poor", "Good"]) == {
        "Poor": 1, "Fair": 2, "Good": 3, "Excellent": 4,
    }  # fmt: skip
    assert grades_of(["low", "high", "med"]) == {"low": 1, "med": 2, "high": 3}
    assert grades_of(["差", "好", "一般"]) == {"差": 1, "一般": 2, "好": 3}
    assert grades_of(["good", "purple"]) is None


@pytest.mark.parametrize(
    ("header", "cells", "role"),
    [
        ("Frisbee", ["0", "1", "0", "1"], "habit"),  # ticks, now and then none
        ("Frisbee (min)", ["0", "20", "45", "0"], "habit"),
        ("Frisbee (min)", ["15", "20", "45", "30"], "aside"),  # never none
        ("Grumpf (1-5)", ["3", "4", "2", "5"], "aside"),  # of the evening or the morning?
        ("Grumpf", ["3", "4", "2", "5"], "aside"),
        ("Xsomnprop", ["0", "4", "2", "5"], "aside"),  # somn: sleep
        ("Grumpf index", ["0", "4", "2", "5"], "aside"),  # devices have indices
        ("Grumpf", ["1", "2", "3", "4"], "id"),  # counts the rows
        ("Grumpf", ["woke at three and read", "storm, window banged all night"], "note"),
    ],
)
def test_what_an_unknown_column_is_for_its_cells_alone(header, cells, role):
    """By hand: a habit is ticked, or left out now and then; everything else is left aside."""
    assert unknown(header, shape_of(cells))[0] == role


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("Went to bed 22:30", "Head on pillow 22:50", "lights_out"),
        ("Out of bed 07:10", "Left bed 06:50", "final_wake"),
        ("Went to bed 22:30", "Fuera de la cama 07:05", "out_of_bed"),
    ],
)
def test_a_second_clock_of_one_name_is_the_one_beside_it(first, second, wanted):
    heads, cells = zip(*(text.rsplit(" ", 1) for text in (first, second)), strict=True)
    shapes = [shape_of([cell, cell]) for cell in cells]
    assert meanings(list(heads), {}, shapes)[1] == wanted


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("minHeartRateAsleep", "lowest_heart_rate_bpm"),
        ("lowestHeartRate", "lowest_heart_rate_bpm"),
        ("min HR", "lowest_heart_rate_bpm"),
        ("niedrigster Puls", "lowest_heart_rate_bpm"),
        ("pulso mínimo", "lowest_heart_rate_bpm"),
        ("最低心拍数", "lowest_heart_rate_bpm"),
        ("avgHeartRate", "sleeping_heart_rate_bpm"),
        ("maxHeartRateAsleep", ""),
        ("Höchster Schlafpuls", ""),
        ("最高心拍数", ""),
        ("avg_hrv", "hrv_ms"),
        ("min_hrv", ""),
        ("max HRV", ""),
        ("avgSpO2", "blood_oxygen_pct"),
        ("lowest_spo2", ""),
        ("maxRespiration", ""),
    ],
)
def test_the_least_and_the_most_of_a_night_are_not_its_mean(header, column):
    """As a person reads the words: of a rate "min" is the minimum, no unit of time."""
    meant = sense(header, Shape("number", 40, 95))
    assert (meant.role, meant.column) == ("night", column)


@pytest.mark.parametrize("header", ["sleep_score_qualifier", "overallQualifier", "Sleep score"])
def test_what_a_device_calls_its_score_is_no_rating_of_the_person(header):
    meant = sense(header, shape_of(["FAIR", "GOOD", "POOR", "EXCELLENT"] * 6))
    assert (meant.role, meant.column) == ("night", "")
    assert sense("Sleep quality", shape_of(["fair", "good", "poor"] * 6)).column == "quality"
