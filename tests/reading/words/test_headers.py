"""The vocabulary of headers. Item texts: Carney et al. 2012, doi:10.5665/sleep.1642."""

from __future__ import annotations

import pytest

from sleepstats.reading.words import (
    meaning,
    meanings,
    own_name,
    part_of_header,
    unit_of_header,
)
from sleepstats.reading.words.header_words import EVENING_DATE, FILLED_IN, MORNING_DATE, PLAIN_DATE


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("What time did you get into bed?", "into_bed"),
        ("2. What time did you try to go to sleep?", "lights_out"),
        ("How long did it take you to fall asleep?", "sol_min"),
        ("How long do you think it took you to fall asleep?", "sol_min"),
        (
            "How many times did you wake up, not counting your final awakening?",
            "nawk",
        ),
        ("In total, how long did these awakenings last?", "waso_min"),
        ("What time was your final awakening?", "final_wake"),
        ("6a. What time was your final awakening?", "final_wake"),
        ("What time did you get out of bed for the day?", "out_of_bed"),
        ("In total, how long did you sleep?", "tst_min"),
        ("How would you rate the quality of your sleep?", "quality"),
        ("How rested or refreshed did you feel when you woke up for the day?", "rested"),
        ("In total, how long did you nap or doze?", "nap_min"),
        ("How many drinks containing alcohol did you have?", "alcohol_drinks"),
        ("What time did you go to bed?", "into_bed"),
        ("What time did you wake up for the day?", "final_wake"),
        ("How many times did you wake up?", "nawk"),
        ("How alert did you feel upon waking up?", "rested"),
    ],
)
def test_question_texts(header, column):
    assert meaning(header) == column


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Bed", "into_bed"),
        ("Bedtime", "into_bed"),
        ("Lights off", "lights_out"),
        ("lights_out", "lights_out"),
        ("Fell asleep after (min)", "sol_min"),
        ("SOL", "sol_min"),
        ("Awake in night (min)", "waso_min"),
        ("# wakings", "nawk"),
        ("Woke up", "final_wake"),
        ("Got up", "out_of_bed"),
        ("Hours slept", "tst_min"),
        ("Stress (0-10)", "stress"),
        ("Отбой", "into_bed"),
        ("Подъём", "out_of_bed"),
        ("Пробуждений", "nawk"),
        ("Продолжительность", "tst_min"),
        ("night", EVENING_DATE),
        ("Morning of", MORNING_DATE),
        ("Timestamp", FILLED_IN),
        ("Date", PLAIN_DATE),
        ("Дата", PLAIN_DATE),
    ],
)
def test_short_names(header, column):
    assert meaning(header) == column


@pytest.mark.parametrize(
    "header",
    ["Cups of coffee", "How many times did you hit 'snooze' before starting your tests?",
     "Bedroom temp (°C)", "Phone in bed", "Wine (glasses)", "Sport", "Screens (h)", "Sleep", "Nap",
     "Sleep aid", "Hours worked", "Stress ball", "Wake light", "Bed partner", "Time outside",
     "Up late", "Times up", "Awake before bed"],
)  # fmt: skip
def test_a_persons_own_headers_have_no_meaning_of_ours(header):
    assert meaning(header) is None


def test_a_map_wins_and_each_meaning_is_given_once():
    found = meanings(["Date", "Zubett", "Bed", "Bedtime"], {"zubett": "into_bed"})
    assert found == {0: PLAIN_DATE, 1: "into_bed"}


@pytest.mark.parametrize(
    ("header", "unit"),
    [("SOL (min)", "min"), ("Hours slept", "h"), ("Screens [h]", "h"), ("sol_min", "min"),
     ("Latency (seconds)", "s"), ("Stress", None)],
)  # fmt: skip
def test_units_in_headers(header, unit):
    assert unit_of_header(header) == unit


def test_own_names_lose_the_opening_words_of_a_question():
    assert own_name("How many times did you hit 'snooze'?") == "hit_snooze"
    assert own_name("Did you exercise?") == "exercise"


def test_words_of_the_morning():
    assert part_of_header("How many times did you hit 'snooze'?") == "morning"
    assert part_of_header("Coffees") is None
    assert part_of_header("Nightmares?") == part_of_header("Snoring (1-5)") == "night"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Fell asleep (min)", "sol_min"), ("Fell asleep at", "sleep_onset"),
        ("Heure du coucher", "into_bed"), ("Extinction des lumières", "lights_out"),
        ("Temps d'endormissement (min)", "sol_min"), ("Réveils nocturnes", "nawk"),
        ("Heure de réveil", "final_wake"), ("Heure du lever", "out_of_bed"),
        ("Temps passé au lit", "tib_min"), ("Durée du sommeil", "tst_min"),
        ("Qualité du sommeil", "quality"), ("Niveau de stress", "stress"),
        ("Hora de irse a dormir", "into_bed"), ("Hora de despertarse", "final_wake"),
        ("Hora de levantarse", "out_of_bed"), ("Duración del sueño", "tst_min"),
        ("Minutos hasta dormirse", "sol_min"), ("Despertares", "nawk"), ("Estrés (0-10)", "stress"),
        ("Naar bed", "into_bed"), ("Licht uit", "lights_out"), ("Inslaaptijd", "sol_min"),
        ("Opgestaan", "out_of_bed"), ("Slaapkwaliteit", "quality"),
        ("Schlafenszeit", "into_bed"), ("Aufstehzeit", "out_of_bed"),
        ("Schlafbeginn", "sleep_onset"), ("Zubettgehzeit", "into_bed"),
        ("Wachzeit nachts", "waso_min"), ("Wie oft aufgewacht?", "nawk"),
        ("Stunden geschlafen", "tst_min"), ("Ora del risveglio", "final_wake"),
        ("Bedtijd", "into_bed"), ("Opstaan", "out_of_bed"), ("Качество сна", "quality"),
    ],
)  # fmt: skip
def test_headers_in_other_languages(header, name):
    assert meaning(header) == name


@pytest.mark.parametrize(
    ("column", "headers"),
    [
        (
            "into_bed",
            [
                "Bed",
                "Bed Time",
                "Time to bed",
                "Time in bed at",
                "To bed at",
                "Went to bed at",
                "Time went to bed",
                "Got in bed",
                "Going to bed",
                "Bed (time)",
                "bedtime (24h)",
                "When did you go to bed?",
                "In bed by",
                "Got into bed at",
                "Time I got into bed",
            ],
        ),
        (
            "lights_out",
            [
                "Lights out",
                "Lights off time",
                "Turned off the lights",
                "Turned lights off",
                "Light off",
                "Tried to sleep",
                "Time lights out",
                "Time of lights out",
            ],
        ),
        (
            "sleep_onset",
            [
                "Fell asleep",
                "Fell asleep at",
                "Asleep at",
                "Time fell asleep",
                "Time I fell asleep",
                "Sleep onset",
                "Asleep by",
                "Fall asleep time",
                "Time asleep at",
            ],
        ),
        (
            "sol_min",
            [
                "Minutes to fall asleep",
                "Time to fall asleep (min)",
                "Time taken to fall asleep",
                "Mins to sleep",
                "Sleep latency",
                "How long to fall asleep?",
                "How long did it take to fall asleep",
                "Minutes falling asleep",
                "Falling asleep (min)",
                "Fall asleep (min)",
                "Took to fall asleep (min)",
            ],
        ),
        (
            "waso_min",
            [
                "WASO",
                "Awake in night (min)",
                "Minutes awake",
                "Time awake (min)",
                "Awake (min)",
                "Awake during the night",
                "Minutes awake at night",
                "Time spent awake",
                "Total time awake during night",
                "Wake time during night (min)",
                "Awake time in the night",
            ],
        ),
        (
            "nawk",
            [
                "Awakenings",
                "Times woken",
                "Times woken up",
                "Number of awakenings",
                "# awakenings",
                "No. of awakenings",
                "Wake-ups",
                "Times awake",
                "Night wakings",
                "Awakenings at night",
                "Times woke in the night",
                "How often did you wake up?",
                "Number of times woken",
                "Wakings",
                "Nighttime awakenings",
            ],
        ),
        (
            "final_wake",
            [
                "Woke up",
                "Wake time",
                "Wake-up time",
                "Woke",
                "Wake",
                "Final wake time",
                "Final wake",
                "Awake at",
                "Awoke",
                "Time woke up",
                "Time I woke up",
                "Time of waking",
                "When did you wake up?",
                "Woke up at",
                "Wakeup",
                "Morning wake time",
                "Woken at",
            ],
        ),
        (
            "out_of_bed",
            [
                "Got up",
                "Up",
                "Get up time",
                "Out of bed",
                "Rise time",
                "Rose",
                "Time out of bed",
                "Time got up",
                "Up time",
                "Got out of bed at",
                "Rising time",
                "When did you get up?",
                "Time I got up",
                "Out of bed time",
            ],
        ),
        (
            "tst_min",
            [
                "Hours slept",
                "Hours of sleep",
                "Hours sleep",
                "Sleep (h)",
                "Sleep hours",
                "Sleep (hours)",
                "Total sleep",
                "Hrs sleep",
                "Hrs slept",
                "Time slept",
                "Sleep duration",
                "Amount of sleep",
                "Total hours of sleep",
                "Total hours slept",
                "Sleep (h:mm)",
                "How many hours did you sleep?",
                "How long did you sleep?",
                "Actual sleep",
                "Total sleep (hours)",
                "Sleep length",
            ],
        ),
        ("tib_min", ["Time in bed", "Hours in bed", "TIB", "Total time in bed", "Time in bed (h)"]),
        (
            "quality",
            [
                "Sleep quality",
                "Quality",
                "Quality (1-5)",
                "Sleep quality 1-5",
                "Quality of sleep",
                "How was your sleep?",
                "How did you sleep?",
                "Rate your sleep",
                "Sleep rating (1-10)",
                "Quality of my sleep",
                "Sleep quality (0 = bad, 10 = good)",
                "Night's quality",
                "Quality 1 to 10",
            ],
        ),
        (
            "rested",
            [
                "Rested",
                "How rested do you feel",
                "Feel rested",
                "Feeling rested",
                "Refreshed",
                "Feeling rested in the morning",
                "Restedness",
                "Felt rested",
            ],
        ),
        (
            "stress",
            [
                "Stress",
                "Stress level",
                "Stress 0-10",
                "Stress (0-10)",
                "Stress today",
                "Daily stress",
                "Day stress",
                "Stress during the day",
                "How stressed were you?",
                "Stress rating 1-5",
                "Perceived stress",
                "Stress of the day",
            ],
        ),
        ("comments", ["Notes", "Comment", "Comments", "Remarks", "Other notes", "Note"]),
        ("nap_min", ["Nap (min)", "Nap minutes", "Minutes napped", "Naps (min)", "Nap length"]),
        (PLAIN_DATE, ["Date", "Day", "date (dd/mm/yyyy)", "Calendar date"]),
        (
            EVENING_DATE,
            ["Night", "Night of", "Evening", "Date of the night", "Night date", "Evening date"],
        ),
        (
            MORNING_DATE,
            [
                "Morning",
                "Morning of",
                "Date of waking",
                "Wake date",
                "Today's date",
                "Morning date",
            ],
        ),
        (FILLED_IN, ["Timestamp", "Time stamp", "Submitted at"]),
    ],
)
def test_headers_people_write(column, headers):
    """Headers of spreadsheets as people make them; the wordings are invented."""
    assert {header: meaning(header) for header in headers} == dict.fromkeys(headers, column)


def test_sleep_and_wake_are_the_ends_of_the_night_where_nothing_else_begins_it():
    assert meanings(["Date", "Sleep", "Wake"], {})[1] == "sleep_onset"
    assert 2 not in meanings(["Date", "Bed", "Sleep", "Wake"], {})  # its length, or a rating
    assert meaning("Went to sleep") == meaning("Slept at") == "lights_out"


def test_start_and_end_mean_the_night_in_a_table_about_sleep():
    assert meanings(["Start", "End", "Sleep (h:mm)"], {}) == {
        0: "into_bed", 1: "out_of_bed", 2: "tst_min"
    }  # fmt: skip
    assert meanings(["Start", "End", "Project"], {}) == {}
