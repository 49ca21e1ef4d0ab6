"""Headers as people write them, in tables whose other columns say nothing about them.

The lists were written without looking at the vocabulary, as the benchmark of meaning was: what each
header means is what a reader of the language says.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import warnings

import pytest

import sleepstats as ss

#: Header -> what its cells are -> role and, where the dictionary has one, the column.
SHEETS = {
    "English, loose": """
        Head hit pillow|bed|clock into_bed
        Mins till I drifted off|sol|night sol_min
        Interruptions|count|night nawk
        Total mins up in the night|waso|night waso_min
        Eyes open|wake|clock final_wake
        Feet on floor|rise|clock out_of_bed
        Hrs of shut-eye|hours|night tst_min
        Sleep out of 10|ten|morning quality
        G&Ts|count|habit
        Misc|note|note""",
    "English, questions": """
        What time did you turn in?|bed|clock into_bed
        About how many minutes before you were asleep?|sol|night sol_min
        How many times did you get up in the night?|count|night nawk
        What time did you wake for the last time?|wake|clock final_wake
        When did you leave your bed?|rise|clock out_of_bed
        Rate last night's sleep (1 = awful, 5 = great)|five|morning quality
        How do you feel this morning?|five|morning
        How stressful was yesterday?|ten|habit stress""",
    "English, codes": """
        sd_bedtime|bed|clock into_bed
        sd_trysleep|lights|clock lights_out
        sd_sol|sol|night sol_min
        sd_nwak|count|night nawk
        sd_finalwake|wake|clock final_wake
        sd_outbed|rise|clock out_of_bed""",
    "German": """
        bett_um|bed|clock into_bed
        auf_um|rise|clock out_of_bed
        Wachzeiten nachts (min)|waso|night waso_min
        Endgültig wach um|wake|clock final_wake
        Alkoholfrei|yes|habit""",
    "French": """
        J'ai éteint à|lights|clock lights_out
        Réveil définitif|wake|clock final_wake
        Niveau de stress du jour|ten|habit stress
        Écrans le soir|yes|habit""",
    "Italian": """
        A letto alle|bed|clock into_bed
        Alzato alle|rise|clock out_of_bed
        Appunti|note|note""",
    "Portuguese": """
        Minutos até adormecer|sol|night sol_min
        Fui para a cama às|bed|clock into_bed
        Obs.|note|note""",
    "Dutch": """
        Minuten tot slaap|sol|night sol_min
        Cijfer voor de nacht|ten|morning quality
        Uit bed om|rise|clock out_of_bed""",
    "Polish": """
        Nie spałem w nocy (min)|waso|night waso_min
        Zgaszenie światła|lights|clock lights_out""",
    "Swedish": """
        Minuter innan jag somnade|sol|night sol_min
        Gick till sängs|bed|clock into_bed
        Mobil i sängen|yes|habit""",
    "Japanese": """
        布団に入った時間|bed|clock into_bed
        目が覚めた時間|wake|clock final_wake
        布団から出た時間|rise|clock out_of_bed
        晩酌|yes|habit""",
    "Chinese": """
        躺床时间|bed|clock into_bed
        夜里醒来次数|count|night nawk
        睡得怎么样|five|morning quality
        早上精神|five|morning""",
    "Spanish": """
        Tardé en dormirme (min)|sol|night sol_min
        Luces fuera|lights|clock lights_out
        Obs.|note|note""",
}


def sheet(columns: list[tuple[str, str]]) -> str:
    """Return thirty nights with these headers."""
    chance = random.Random(7)
    rows = [["date", *(header for header, _ in columns)]]

    def clock(minutes: int) -> str:
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"

    for i in range(30):
        bed = 1380 + chance.randint(-40, 50)
        sol, waso = chance.choice((5, 10, 20, 30)), chance.choice((0, 5, 15, 30))
        asleep = chance.randint(360, 470)
        lights = bed + chance.randint(3, 20)
        wake = lights + sol + asleep + waso
        cell = {
            "bed": clock(bed), "lights": clock(lights), "wake": clock(wake),
            "rise": clock(wake + chance.randint(3, 25)), "sol": str(sol), "waso": str(waso),
            "count": str(chance.randint(0, 3)), "hours": f"{asleep / 60:.1f}",
            "five": str(chance.randint(1, 5)), "ten": str(chance.randint(1, 10)),
            "yes": chance.choice(("yes", "no")), "note": f"night {i}" if i % 3 else "",
        }  # fmt: skip
        day = dt.date(2031, 3, 2) + dt.timedelta(i)
        rows.append([day.isoformat(), *(cell[kind] for _, kind in columns)])
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n"


def roles(text: str) -> dict[str, str]:
    """Return what each header is taken for: its role and its column."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = ss.read_diary(io.StringIO(text)).attrs["sleepstats"]["roles"]
    return {header: f"{one['role']} {one['column']}" for header, one in told.items()}


@pytest.mark.parametrize("language", SHEETS)
def test_every_header_is_what_a_reader_of_the_language_says(language: str) -> None:
    lines = [line.strip().split("|") for line in SHEETS[language].strip().splitlines()]
    columns = [(header, kind) for header, kind, _ in lines]
    if not {"bed", "lights"} & {kind for _, kind in columns}:
        columns.insert(0, ("bedtime", "bed"))
    if not {"wake", "rise"} & {kind for _, kind in columns}:
        columns.append(("got up", "rise"))
    got = roles(sheet(columns))
    for header, _, meant in lines:
        role, _, column = meant.partition(" ")
        assert got[header].split()[0] == role, header
        assert not column or got[header] == meant, header


def test_words_of_the_night_without_a_known_measure_make_no_habit() -> None:
    got = roles(sheet([("bedtime", "bed"), ("got up", "rise"), ("Sleep depth", "five")]))
    assert got["Sleep depth"].startswith("aside")


def test_an_unknown_clock_within_the_night_makes_no_habit() -> None:
    # "Zimt" is cinnamon, of which no night consists; the cells are the lights-out times
    got = roles(sheet([("bedtime", "bed"), ("got up", "rise"), ("Zimt", "lights")]))
    assert got["Zimt"].startswith("aside")
    got = roles(sheet([("bedtime", "bed"), ("got up", "rise"), ("Zimt", "yes")]))
    assert got["Zimt"].startswith("habit")
