"""The vocabulary of headers. Item texts: Carney et al. 2012, doi:10.5665/sleep.1642."""

from __future__ import annotations

import pytest

from sleepstats.reading.headers import (
    EVENING_DATE,
    FILLED_IN,
    MORNING_DATE,
    PLAIN_DATE,
    is_of_the_morning,
    meaning,
    meanings,
    own_name,
    unit_of_header,
)


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
     "Bedroom temp (°C)", "Phone in bed", "Wine (glasses)", "Sport", "Screens (h)"],
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
    assert is_of_the_morning("How many times did you hit 'snooze'?")
    assert not is_of_the_morning("Coffees")


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
    ],
)  # fmt: skip
def test_headers_in_other_languages(header, name):
    assert meaning(header) == name
