"""What turns the sense of a header: a no, bad sleep, a scale, the better end, the day after.

The cells are invented. What a header means is as a person reads it; mirrored ratings are by hand:
within 1 to 5 a 2 becomes 6 - 2 = 4.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import pandas as pd
import pytest

import sleepstats as ss

CELLS = ["1", "2", "5", "4", "3", "2"]


def diary(header: str, cells: list[str] = CELLS, **options: Any) -> pd.DataFrame:
    """Return a diary of thirty nights whose last column has these cells again and again."""
    days = pd.date_range("2026-01-05", periods=30)
    rows = [f"{day:%Y-%m-%d}\t23:{10 + i % 7}\t07:0{i % 7}\t{cells[i % len(cells)]}"
            for i, day in enumerate(days)]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        text = "\n".join([f"Night of\tWent to bed at\tGot up at\t{header}", *rows])
        return ss.read_diary(io.StringIO(text), **options)


def role(nights: pd.DataFrame, header: str) -> tuple[str, str]:
    told = nights.attrs["sleepstats"]["roles"][header]
    return told["role"], told["column"]


def told(nights: pd.DataFrame, header: str) -> str:
    return " ".join(note for note in nights.attrs["sleepstats"]["notes"] if repr(header) in note)


# ---- no


@pytest.mark.parametrize(
    "header",
    ["No stress", "Not stressed", "Without stress", "No stress today", "Stress-free (1-5)",
     "Kein Stress", "Pas de stress", "Sin estrés", "Senza stress", "Sem stress", "Geen stress"],
)  # fmt: skip
@pytest.mark.parametrize("cells", [CELLS, ["yes", "no", "yes"]])
def test_no_stress_is_not_stress(header, cells):
    nights = diary(header, cells)
    kind, column = role(nights, header)
    assert (kind, "stress" in nights) == ("habit", False)
    assert list(nights[column].astype(float)[:2]) == ([1.0, 2.0] if cells is CELLS else [1.0, 0.0])
    assert "no or not, so it keeps a name of its own" in told(nights, header)


@pytest.mark.parametrize(
    "header",
    ["Not rested", "Not refreshed", "Nicht erholt (1-5)", "Bad mood on waking", "Not rested (1-5)",
     "Did not sleep well", "Didn't sleep well (1-5)"],
)  # fmt: skip
def test_not_rested_is_neither_rested_nor_quality(header):
    nights = diary(header)
    assert {"rested", "mood_on_waking", "quality"}.isdisjoint(nights)
    assert role(nights, header)[0] == "morning"


@pytest.mark.parametrize(
    ("header", "column"),
    [("Stress yes/no", "stress"), ("Stress oui/non", "stress"), ("Rested or not", "rested"),
     ("How stressed, 1 if not at all", "stress"), ("Stress (0 = no stress, 5 = high)", "stress")],
)  # fmt: skip
def test_a_no_that_is_only_the_other_answer_turns_nothing(header, column):
    assert list(diary(header)[column][:3]) == [1.0, 2.0, 5.0]


# ---- bad sleep


@pytest.mark.parametrize(
    "header",
    ["Restless sleep (1-5)", "Restless night (1-5)", "Bad sleep 0-10", "Poor sleep (1-5)",
     "Sleep problems 1-5", "Sleep disturbance (0-10)", "Sleep difficulty (1-5)", "Slept badly",
     "How badly did I sleep (1-5)", "Poor sleep quality (1-5)", "Schlecht geschlafen (1-5)",
     "Unruhiger Schlaf 1-5", "Nuit agitée (1-5)", "Dormito male (1-5)", "Slecht geslapen (1-5)",
     "Onrustige nacht (1-5)"],
)  # fmt: skip
def test_of_bad_sleep_more_is_no_better_quality(header):
    nights = diary(header)
    kind, column = role(nights, header)
    assert kind == "morning"
    assert "quality" not in nights
    assert list(nights[column][:3]) == [1.0, 2.0, 5.0]
    assert "of which more is worse" in told(nights, header)
    # the way out that is told: 6 - 1, 6 - 2, 6 - 5
    turned = diary(header, columns={header: "quality"}, reverse=("quality",))
    assert list(turned["quality"][:3]) == [5.0, 4.0, 1.0]


@pytest.mark.parametrize(
    "header",
    ["Sleep quality good/bad (1-5)", "How well or badly did you sleep (1-5)", "Sleep quality (1-5)",
     "Was it good, not so good or bad sleep (1-5)", "Wie gut hast du geschlafen (1-10)?",
     "Schlaf gut oder schlecht 1-5", "Comment était ma nuit (1-5)", "How did you sleep? 1-10"],
)  # fmt: skip
def test_a_bad_that_names_the_other_end_leaves_quality(header):
    assert list(diary(header)["quality"][:3]) == [1.0, 2.0, 5.0]


@pytest.mark.parametrize(
    "header", ["Schlafnote (1-6)", "Schlafnote", "Schlafqualität (Schulnote 1-6)"]
)
def test_school_grades_are_asked_about(header):
    nights = diary(header)
    assert "quality" not in nights
    assert "1 is the best in some countries and 6 in others" in told(nights, header)
    assert f"columns={{{header!r}: 'quality'}}) and reverse='quality'" in told(nights, header)


# ---- the better end


@pytest.mark.parametrize(
    "header",
    ["Sleep quality (1=great, 5=awful)", "Sleep quality (1 = very good, 5 = very bad)",
     "Sleep quality 1 best - 5 worst", "Sleep quality (5 = worst)", "Sleep quality (1 = best)",
     "Sleep quality (best=1, worst=5)", "Sleep quality (1-5, 1 being best)",
     "Schlafqualität (1 = sehr gut, 5 = sehr schlecht)", "Sommeil (1 = excellent, 5 = mauvais)",
     "Calidad del sueño (1 = muy buena, 5 = muy mala)",
     "Qualidade do sono (1 = ótima, 5 = péssima)",
     "Qualità del sonno (1 = ottima, 5 = pessima)",
     "Slaapkwaliteit (1 = zeer goed, 5 = zeer slecht)"],
)  # fmt: skip
def test_a_header_that_says_that_1_is_the_best_is_mirrored(header):
    nights = diary(header)
    assert list(nights["quality"][:4]) == [5.0, 4.0, 1.0, 2.0]
    assert "was mirrored within 1 to 5, as its header says that" in told(nights, header)
    # said by the person, too: the same, mirrored once
    assert list(diary(header, reverse=("quality",))["quality"]) == list(nights["quality"])


@pytest.mark.parametrize(
    ("header", "column"),
    [("Rested? 1 (fully) to 5 (not at all)", "rested"),
     ("Erholt (1 = sehr erholt, 5 = gar nicht erholt)", "rested"),
     ("Mood on waking (1 = great, 5 = bad)", "mood_on_waking"),
     ("Stress (1=very stressed, 5=relaxed)", "stress"), ("Stress (1=hoch, 5=niedrig)", "stress"),
     ("Stress (1 = very, 5 = not at all)", "stress")],
)  # fmt: skip
def test_other_ratings_are_mirrored_so_that_more_is_more(header, column):
    assert list(diary(header)[column][:4]) == [5.0, 4.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("header", "column"),
    [("Sleep quality (1=awful, 5=great)", "quality"), ("Sleep quality (5 = best)", "quality"),
     ("Rested? 1 (not at all) to 5 (fully)", "rested"), ("Stress (1=relaxed, 5=tense)", "stress"),
     ("Stress (1 = none, 5 = extreme)", "stress"), ("Sleep quality 1 to 5 stars", "quality"),
     ("Wie erholt (1-5)?", "rested"), ("How did you sleep (1-10)?", "quality"),
     ("How stressed (0-10) ...?", "stress"), ("Stress 0-10 low or high", "stress"),
     ("Q5 Stress", "stress"),
     ("Sleep quality: 1 - terrible, 3 - ok, 5 - great", "quality")],
)  # fmt: skip
def test_where_more_is_more_nothing_is_mirrored(header, column):
    nights = diary(header)
    assert list(nights[column][:4]) == [1.0, 2.0, 5.0, 4.0]
    assert "mirrored" not in told(nights, header)


def test_a_scale_is_mirrored_within_its_own_ends():
    """Of 0 to 10, of which 10 is none, a 4 is 10 - 4 = 6, though 5 is the most that was written."""
    assert list(diary("Stress (0-10, 10 = none)")["stress"][:4]) == [9.0, 8.0, 5.0, 6.0]


def test_words_in_cells_are_ranked_as_they_are():
    nights = diary("Sleep quality (1=great, 3=bad)", ["great", "bad", "ok"])
    assert list(nights["quality"][:3]) == [3.0, 1.0, 2.0]


def test_ends_that_are_not_understood_are_told_with_the_way_out():
    header = "Sleep quality (1 = plim, 5 = plam)"
    nights = diary(header)
    assert list(nights["quality"][:3]) == [1.0, 2.0, 5.0]
    assert "1 is 'plim' and 5 is 'plam', which is not understood" in told(nights, header)
    assert "reverse='quality'" in told(nights, header)


# ---- a scale


@pytest.mark.parametrize(
    "header",
    ["Trouble falling asleep (1-5)", "Difficulty falling asleep (0-10)", "Insomnia (0-5)",
     "Insomnia severity", "Einschlafprobleme (0-5)", "Difficultés d'endormissement (0-10)",
     "Fell asleep easily (1-5)", "Ease of falling asleep (1-5)", "Moeite met inslapen (1-5)",
     "Difficoltà ad addormentarsi (1-5)", "Time to fall asleep 1=fast 5=slow",
     "Awake in the night (0-5)", "Deep sleep (1-5)", "Light sleep 1-5", "Woke up unrested (1-5)"],
)  # fmt: skip
def test_a_rating_of_trouble_is_no_minutes(header):
    nights = diary(header)
    kind, column = role(nights, header)
    assert kind == "morning"
    assert list(nights[column][:3]) == [1.0, 2.0, 5.0]
    made = {"sol_min", "waso_min", "deep_min", "light_min", "nawk", "sleep_onset", "midsleep_h"}
    assert made.isdisjoint(nights)
    assert "it is a rating, so it is no minutes and no count" in told(nights, header)


@pytest.mark.parametrize(
    ("header", "column", "cells"),
    [("Number of awakenings (0-10)", "nawk", CELLS), ("Awakenings (0-5)", "nawk", CELLS),
     ("Trouble falling asleep (min)", "sol_min", CELLS), ("Time to fall asleep", "sol_min", CELLS),
     ("Difficulty falling asleep", "sol_min", ["10", "25", "40"]),
     ("Insomnia (0-5)", "sol_min", ["10", "25", "40"])],
)  # fmt: skip
def test_counts_and_minutes_stay(header, column, cells):
    assert list(diary(header, cells)[column][:2]) == [float(cells[0]), float(cells[1])]


# ---- after the night


@pytest.mark.parametrize(
    "header",
    ["Coffee next morning", "Coffee next day", "Coffee the morning after", "Nap next day",
     "Nap next day (min)", "Painkiller next morning", "Stress next day (1-5)",
     "Kaffee am nächsten Morgen", "Kaffee am Morgen danach", "Café le lendemain",
     "Café al día siguiente", "Caffè il giorno dopo", "Koffie de volgende ochtend"],
)  # fmt: skip
def test_what_came_after_the_night_is_no_habit_before_it(header):
    nights = diary(header)
    assert role(nights, header)[0] == "morning"
    assert {"stress", "nap_min"}.isdisjoint(nights)
    assert "its words are of the day after the night" in told(nights, header)


@pytest.mark.parametrize("header", ["Day after alcohol", "Morning after pill", "Sport today"])
def test_a_day_after_something_else_is_not_that_after_the_night(header):
    assert role(diary(header, ["yes", "no"]), header)[0] == "habit"


def test_who_woke_one_is_of_the_night():
    assert role(diary("Wake-ups due to kids"), "Wake-ups due to kids")[0] == "night"


def test_today_beside_yesterday_is_after_the_night_in_a_form_of_the_morning():
    days = pd.date_range("2026-01-05", periods=20)
    rows = [f"{day:%m/%d/%Y} 8:03:00\t23:1{i % 7}\t07:0{i % 7}\t{i % 3}\t{i % 2}\t{i % 4 + 1}"
            for i, day in enumerate(days)]  # fmt: skip
    coffee, drinks = "How many coffees have you had today?", "How many drinks yesterday?"
    stress = "Stress today"
    head = f"Timestamp\tWent to bed\tGot up\t{coffee}\t{drinks}\t{stress}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO("\n".join([head, *rows])))
    assert role(nights, coffee)[0] == role(nights, stress)[0] == "morning"
    assert role(nights, drinks)[0] == "habit"
    assert "stress" not in nights


# ---- ends of a scale in words


@pytest.mark.parametrize(
    "header",
    ["Stress (low number = high stress)", "Stress (lower = more)", "Stress (high is good)",
     "Stress (höher = entspannter)", "Sleep quality (lower is better)", "Quality (low=good)",
     "Quality 1-5, lower = better", "Sleep quality (higher = worse)",
     "Schlafqualität (niedriger = besser)", "Schlafqualität (je niedriger, desto besser)",
     "Qualité (plus bas = mieux)", "Calidad (menor es mejor)", "Sleep quality (better = lower)",
     "Qualità del sonno (più basso = meglio)", "Slaapkwaliteit (lager = beter)",
     "Sleep quality (the lower the better)", "Stress 1-5 (low = stressed, high = relaxed)",
     "Sleep quality (high quality = low number)", "睡眠の質(低いほど良い)"],
)  # fmt: skip
def test_words_that_say_what_a_low_number_means_mirror_the_rating_and_it_is_told(header):
    nights = diary(header)
    column = role(nights, header)[1]
    assert column in ("stress", "quality")
    assert list(nights[column][:3]) == [5.0, 4.0, 1.0]  # 6 - 1, 6 - 2, 6 - 5
    assert "was mirrored within 1 to 5, as its header says that" in told(nights, header)


@pytest.mark.parametrize(
    "header",
    ["Stress (lower = less stress)", "Stress (higher = more stress)", "Stress (high = bad)",
     "How low is your stress", "Sleep quality (higher is better)", "Stress (low to high)",
     "Quality (high = good, low = bad)", "Stress (1 = low, 5 = high)", "Stress level (low/high)",
     "Sleep quality (lower = worse)", "Stress 1-5 (low = relaxed, high = stressed)"],
)  # fmt: skip
def test_words_that_say_what_is_so_anyway_turn_nothing(header):
    nights = diary(header)
    assert list(nights[role(nights, header)[1]][:3]) == [1.0, 2.0, 5.0]
    assert "mirrored" not in told(nights, header)


def test_what_a_low_number_means_and_is_not_understood_is_asked():
    nights = diary("Quality (low = blorb)")
    assert list(nights["quality"][:3]) == [1.0, 2.0, 5.0]
    assert "not understood, so more is read as more" in told(nights, "Quality (low = blorb)")


# ---- awake before sleep, after its end, and what only begins with falling asleep


@pytest.mark.parametrize(
    ("header", "column"),
    [("How long did I lie awake before sleep?", "sol_min"), ("Lying awake before sleep", "sol_min"),
     ("Awake in bed before sleep (min)", "sol_min"), ("Despierto antes de dormir (min)", "sol_min"),
     ("Wach gelegen vor dem Einschlafen (min)", "sol_min"),
     ("Wachzeit vor dem Schlaf (Min)", "sol_min"), ("Einschlafdauer (Min)", "sol_min"),
     ("Minutes awake before alarm", "twak_min"), ("Minutes awake after alarm", "twak_min"),
     ("Woke up before alarm (min)", "twak_min"), ("Min awake before the alarm", "twak_min"),
     ("Time awake in bed in the morning (min)", "twak_min"),
     ("Im Bett wach morgens (Min)", "twak_min"), ("Minutes awake at night", "waso_min"),
     ("Morning: minutes awake", "waso_min"), ("WASO in the morning (min)", "waso_min")],
)  # fmt: skip
def test_time_awake_before_sleep_and_in_the_morning_is_not_within_it(header, column):
    nights = diary(header, ["17 min", "5 min", "25 min"])
    assert role(nights, header) == ("night", column)
    assert {"sol_min", "twak_min", "waso_min"} & {*nights} == {column}
    assert list(nights[column][:3]) == [17.0, 5.0, 25.0]


@pytest.mark.parametrize(
    "header",
    ["How long until I fell asleep after waking at night?", "Wieder eingeschlafen nach (min)",
     "Minutes to fall back asleep", "Minutes awake before bed"],
)  # fmt: skip
def test_falling_asleep_again_is_no_latency_of_the_night(header):
    nights = diary(header, ["10", "20", "35"])
    assert {"sol_min", "waso_min", "sleep_onset"}.isdisjoint(nights)


@pytest.mark.parametrize("header", ["Morning light (min)", "Light in the morning (min)"])
def test_light_that_the_eyes_see_is_no_stage_of_sleep(header):
    nights = diary(header, ["10", "0", "25"])
    assert role(nights, header)[0] == "habit"
    assert "light_min" not in nights
    assert "light_min" in diary("Light sleep in the morning (min)", ["10", "0", "25"])


def test_time_awake_before_sleep_is_taken_off_once():
    text = "Abend;Licht aus;aufgewacht;aufgestanden;Wach vor dem Schlaf (min);Einschlafdauer (min)"
    rows = [f"2026-01-{day:02d};23:00;07:00;07:10;20;20" for day in range(1, 29)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(io.StringIO("\n".join([text, *rows])))
    assert set(nights["sol_min"]) == {20.0}
    assert "waso_min" not in nights


@pytest.mark.parametrize(
    "header",
    ["Einschlafmeditation (Min)", "Einschlafhörbuch (Min)", "Einschlafgeschichte (Min)",
     "Einschlafritual (Min)", "Einschlafmusik (Min)", "Aufwachlicht (Min)",
     "Inslaapmeditatie (min)", "Insomningsmeditation (min)", "Wake-up light (min)"],
)  # fmt: skip
def test_what_is_done_to_fall_asleep_or_to_wake_is_a_habit(header):
    nights = diary(header, ["0", "10", "20"])
    assert role(nights, header)[0] == "habit"
    assert {"sol_min", "waso_min", "sleep_onset", "spt_min"}.isdisjoint(nights)


# ---- the morning of a feeling


def test_am_of_stress_and_of_mood_is_one_morning_and_it_is_told():
    headers = ["Stress AM", "Stress PM", "Mood AM", "Mood PM"]
    nights = diary("\t".join(headers), ["1\t3\t5\t2", "2\t4\t1\t3", "5\t1\t2\t4"])
    assert [role(nights, h) for h in headers] == [
        ("morning", "stress_am"), ("habit", "stress"), ("morning", "mood_on_waking"),
        ("aside", "mood_pm"),
    ]  # fmt: skip
    assert list(nights["stress"][:3]) == [3.0, 4.0, 1.0]
    assert "the one after the night" in " ".join(nights.attrs["sleepstats"]["assumed"])
    assert "of the morning after the night" in told(nights, "Mood AM")


@pytest.mark.parametrize(
    "header",
    ["AM stress", "Stress (am)", "Stress a.m.", "Morning stress", "Stress (morning)",
     "Stress morgens", "Stress am Morgen", "Stress le matin"],
)  # fmt: skip
def test_stress_of_the_morning_is_none_of_the_day_before(header):
    assert role(diary(header), header)[0] == "morning"
    assert role(diary(header, when={header: "day"}), header)[0] == "habit"


@pytest.mark.parametrize(
    "header", ["Stress", "Stress PM", "Stress am Abend", "Stress am Tag", "How stressed am I"]
)
def test_am_that_is_no_morning_changes_nothing(header):
    assert role(diary(header), header) == ("habit", "stress")


def test_mood_am_of_the_morning_before_can_be_said():
    nights = diary("Mood AM", columns={"Mood AM": "mood_am"}, when={"mood_am": "day"})
    assert role(nights, "Mood AM") == ("habit", "mood_am")


# ---- feelings, worries, days, marks and naps: what each header asks is as a person reads it


@pytest.mark.parametrize(
    "header",
    ["How tired did you feel when you woke up? (1-10)", "How tired do you feel this morning",
     "How sleepy did you feel on waking (1-5)", "Felt groggy in the morning", "Woke feeling tired",
     "How low did you feel this morning", "How irritable did you feel this morning",
     "How calm did you feel on waking?", "How wobbly did you feel on waking?",
     "Low mood on waking", "Wie müde hast du dich beim Aufwachen gefühlt?",
     "Müdigkeitsgefühl am Morgen", "Sensation de fatigue au réveil",
     "Sensación de cansancio al despertar", "Sensazione di stanchezza al risveglio",
     "Vermoeid gevoel bij het wakker worden"],
)  # fmt: skip
def test_a_feeling_that_is_named_is_not_being_rested_and_it_is_told(header):
    nights = diary(header)
    assert {"rested", "mood_on_waking", "quality"}.isdisjoint(nights)
    assert role(nights, header)[0] == "morning"
    assert "a feeling of its own, so it keeps a name of its own" in told(nights, header)


@pytest.mark.parametrize(
    "header",
    ["How did you feel when you woke up?", "How rested did you feel?", "Feeling on waking",
     "How well did you feel on waking?", "How tired or refreshed did you feel this morning?",
     "Wie hast du dich beim Aufwachen gefühlt?", "How energetic did you feel on waking?"],
)  # fmt: skip
def test_a_feeling_without_a_name_is_being_rested(header):
    assert list(diary(header)["rested"][:3]) == [1.0, 2.0, 5.0]


@pytest.mark.parametrize("header", ["How light was your sleep?", "Wie leicht war dein Schlaf?"])
def test_of_light_sleep_more_is_no_better_quality(header):
    assert "quality" not in diary(header)


@pytest.mark.parametrize("header", ["How stress-free was your day?", "How stress free was today?"])
def test_stress_free_within_a_question_is_not_stress(header):
    assert "stress" not in diary(header)
    assert "no or not" in told(diary(header), header)


@pytest.mark.parametrize(
    "header",
    ["Anxiety on waking", "Stress on waking", "Worried on waking", "Angst beim Aufwachen",
     "Anxious this morning", "Woke up anxious", "Anxiété au réveil", "Ansiedad al despertar",
     "Ansia al risveglio", "Angst bij het wakker worden"],
)  # fmt: skip
def test_a_worry_on_waking_is_of_the_morning_after(header):
    assert role(diary(header), header)[0] == "morning"


def test_a_worry_of_a_morning_is_of_the_one_after_and_it_is_told():
    for header in ("Morning anxiety", "Worry in the morning", "Sorgen am Morgen"):
        nights = diary(header)
        assert role(nights, header)[0] == "morning"
        assert f"If it is the one before: read_diary(..., when={{{header!r}: 'day'}})" in told(
            nights, header
        )
    for header in ("Anxiety in the evening", "Anxiety", "Morning walk", "Coffee on waking"):
        assert role(diary(header), header)[0] == "habit"


def of_dates(dates: str, header: str, **options: Any) -> pd.DataFrame:
    rows = [f"{day:%Y-%m-%d},23:{10 + i % 7},07:0{i % 5},{i % 4}"
            for i, day in enumerate(pd.date_range("2026-01-05", periods=20))]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        text = "\n".join([f"{dates},Bedtime,Woke up,{header}", *rows])
        return ss.read_diary(io.StringIO(text), **options)


@pytest.mark.parametrize(
    ("dates", "header"),
    [("Date (morning)", "Anxiety today (0-10)"), ("Morning", "Mood today"),
     ("Datum (Morgen)", "Stress heute"), ("Date (matin)", "Stress du jour"),
     ("Fecha (mañana)", "Ansiedad hoy"), ("Data (mattina)", "Stress oggi"),
     ("Datum (ochtend)", "Stress vandaag")],
)  # fmt: skip
def test_today_in_a_file_of_mornings_is_after_the_night_and_it_is_told(dates, header):
    nights = of_dates(dates, header)
    assert role(nights, header)[0] == "morning"
    assert "asks of today in a file of mornings" in told(nights, header)
    assert role(of_dates(dates, header, when={header: "day"}), header)[0] == "habit"


@pytest.mark.parametrize("dates", ["Date (evening)", "Night of", "Date (calendar day)"])
def test_today_in_a_file_of_evenings_or_of_days_is_the_day(dates):
    assert role(of_dates(dates, "Stress today"), "Stress today") == ("habit", "stress")


def test_where_the_dates_are_left_open_today_stays_and_the_doubt_is_told():
    nights = of_dates("Date", "Stress today")
    assert role(nights, "Stress today")[0] == "habit"
    assert "does not say whether it names the evening or the morning" in " ".join(
        nights.attrs["sleepstats"]["assumed"]
    )


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Study", ["yes", "no"]), ("Study (h)", ["2", "0", "3"]), ("Study", ["2", "0", "3"]),
     ("Study late", ["yes", "no"]), ("Day type", ["work", "off", "holiday"]),
     ("Type of day", ["work", "off"]), ("Tagestyp", ["frei", "Arbeit"]),
     ("Tipo de día", ["libre", "trabajo"])],
)  # fmt: skip
def test_what_one_studied_and_the_kind_of_day_are_habits(header, cells):
    assert role(diary(header, cells), header)[0] == "habit"


@pytest.mark.parametrize("cells", [["yes", "no"], ["red", "blue", "red"], ["2", "0", "3"]])
def test_what_is_left_out_and_differs_from_night_to_night_is_named(cells):
    nights = diary("Type", cells)
    assert role(nights, "Type") == ("id", "")
    assert "left out. If it is a habit: read_diary(..., when={'Type': 'day'})" in told(
        nights, "Type"
    )
    assert told(diary("Type", ["main"]), "Type") == ""


def test_from_and_to_behind_a_nap_are_of_the_nap():
    rows = [f"{day:%Y-%m-%d},23:00,07:00,yes,13:30,14:15"
            for day in pd.date_range("2026-01-05", periods=9)]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        nights = ss.read_diary(
            io.StringIO("\n".join(["Night,Bedtime,Wake time,Nap,From,To", *rows]))
        )
    assert "out_of_bed" not in nights
    assert set(nights["tib_min"].dropna() if "tib_min" in nights else []) <= {480.0}
    roles = nights.attrs["sleepstats"]["roles"]
    assert roles["To"]["role"] == "aside"
    assert "behind 'Nap'" in roles["To"]["why"]


@pytest.mark.parametrize(
    ("cells", "ranks"),
    [(["+", "o", "-"], [3, 2, 1]), (["+", "0", "-"], [3, 2, 1]), (["+", "-", "+"], [2, 1, 2]),
     (["+", "o", "+"], [2, 1, 2]), (["++", "+", "-"], [3, 2, 1]), (["+", "±", "–"], [3, 2, 1]),
     (["TB", "B", "Moy", "M", "TM"], [5, 4, 3, 2, 1])],
)  # fmt: skip
def test_marks_of_quality_are_grades_and_their_order_is_told(cells, ranks):
    nights = diary("Sleep quality", cells)
    assert list(nights["quality"][: len(ranks)]) == ranks
    assert nights["quality"].notna().all()
    assert "its words are read as" in told(nights, "Sleep quality")


def test_plus_and_minus_of_a_habit_are_yes_and_no():
    assert list(diary("Alcohol", ["+", "-"])["alcohol"][:2]) == [True, False]
    assert list(diary("Alcohol", ["+", "o", "-"])["alcohol"][:3]) == [3, 2, 1]


@pytest.mark.parametrize("cells", [["A", "B", "C"], ["😀", "😐", "☹"], ["M", "B", "P"]])
def test_a_rating_of_no_known_scale_is_told(cells):
    nights = diary("Sleep quality", cells)
    assert "are of no scale that is known" in " ".join(nights.attrs["sleepstats"]["assumed"])


def test_minutes_awake_with_a_baby_are_wake_within_the_night():
    for header in ("Awake with baby (min)", "Time awake with baby (min)", "Wach mit Baby (min)"):
        assert role(diary(header, ["20", "45", "60"]), header) == ("night", "waso_min")


def test_the_rating_of_a_day_is_left_aside():
    for header in ("Day rating", "Overall day rating", "Tagesbewertung"):
        assert role(diary(header), header)[0] == "aside"
