"""WHOOP: sleeps, cycles, journal. The files here are invented; layouts follow real exports."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from exports import INVENTED, REAL, read

import sleepstats as ss
from sleepstats.columns import factor_names
from sleepstats.reading.formats import known_formats
from sleepstats.reading.formats.whoop import whoop_name
from sleepstats.reading.gather import gather
from sleepstats.reading.nights import Options

HERE = INVENTED / "whoop"
OWN = REAL / "whoop"
ENGLISH = [
    HERE / name for name in ("sleeps.csv", "physiological_cycles.csv", "journal_entries.csv")
]


def statuses(nights, file):
    report = ss.reading_report(nights)
    return report.loc[report["file"] == file, "status"].tolist()


def test_sleeps_row_by_row():
    nights = read(HERE / "sleeps.csv")
    assert nights.attrs["sleepstats"]["format"] == "whoop"
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-28", "03-29", "03-30", "03-31", "04-01"]
    np.testing.assert_array_equal(nights["tst_min"], [390, 400, np.nan, 420, 360])
    np.testing.assert_array_equal(nights["tib_min"], [418, 430, np.nan, 445, 388])
    assert str(nights.loc["2025-04-01", "sleep_onset"]) == "2025-04-02 00:40:10"
    assert nights["zone"].tolist() == ["UTC+01:00"] * 2 + ["UTC+02:00"] * 3
    assert "sol_min" not in nights
    assert statuses(nights, "sleeps.csv").count("nap") == 1


def test_a_named_nap_counts_with_the_night_that_follows_it():
    naps = read(HERE / "sleeps.csv")["nap_min"]
    assert naps["2025-04-01"] == 40.0
    assert naps.notna().sum() == 1


def test_the_night_of_a_clock_change_is_told():
    problem = read(HERE / "sleeps.csv")["problem"]
    assert problem[problem != ""].index.tolist() == [pd.Timestamp("2025-03-29")]
    assert problem["2025-03-29"] == (
        "line 6: both stamps carry the evening's offset, UTC+01:00, and the next night's is an "
        "hour more: if the clocks changed in this night, the clock showed an hour later at "
        "waking. Durations are right."
    )


def test_a_question_about_waking_up_is_of_an_unknown_morning_and_no_habit():
    """It may be the morning before the evening, or the one after the night: it is told."""
    head = "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes"
    question = "See direct sunlight upon waking up?"
    cycle = "2025-03-28 23:10:05,2025-03-29 23:20:05,UTC+01:00"
    journal = io.StringIO(f"{head}\n{cycle},{question},true,\n{cycle},Drank wine,true,\n")
    nights = read([HERE / "physiological_cycles.csv", journal])
    assert not [name for name in factor_names(nights) if "sunlight" in name]
    assert "drank_wine" in factor_names(nights)
    (told,) = (x for x in nights.attrs["sleepstats"]["notes"] if "not clear of which" in x)
    assert told.startswith(f"{question!r} is of a morning")


def test_the_files_of_one_export_are_joined_by_the_cycle():
    nights = read(ENGLISH)
    assert len(nights) == 5
    assert nights["drank_wine"].tolist() == [pd.NA, pd.NA, False, False, True]
    assert nights["have_any_caffeine"].tolist() == [pd.NA, pd.NA, True, False, True]
    assert nights["felt_stressed_today"].tolist() == [pd.NA, pd.NA, pd.NA, pd.NA, True]
    np.testing.assert_array_equal(nights["resting_heart_rate_bpm"], [53, 54, np.nan, 52, 61])


def test_strain_of_a_cycle_stands_with_the_night_after_it():
    nights = read(HERE / "physiological_cycles.csv")
    assert [f"{n:%m-%d}" for n in nights.index] == ["03-28", "03-29", "03-31", "04-01"]
    np.testing.assert_array_equal(nights["day_strain"], [np.nan, 11.5, 6.1, 14.2])
    told = nights.attrs["sleepstats"]["columns"]["day_strain"]
    assert (told["kind"], told["when"]) == ("factor", "day")
    refused = nights.attrs["sleepstats"]["refused"]
    assert [(r["line"], r["why"]) for r in refused] == [(4, "a cycle without a recorded sleep.")]


def test_journal_rows_are_all_accounted_for():
    nights = read(ENGLISH)
    assert statuses(nights, "journal_entries.csv") == ["skipped", *["joined"] * 10, "unmatched"]
    texts = ss.reading_report(nights)["problem"]
    said = texts[texts.str.contains("column 'Answered yes'")].tolist()
    assert said[0] == "line 9, column 'Answered yes': answered otherwise in line 10, which counts."
    assert "'perhaps' is neither yes nor no" in said[1]
    assert any("match no night" in note for note in nights.attrs["sleepstats"]["notes"])


def test_notes_of_the_journal_are_not_read():
    nights = read(ENGLISH)
    assert (
        "The journal's notes are not read: they may hold names."
        in (nights.attrs["sleepstats"]["notes"])
    )
    assert not nights.astype(str).apply(lambda c: c.str.contains("met R")).any().any()


def test_translated_headers():
    nights = read([HERE / "sueño.csv", HERE / "diario.csv"])
    assert nights["tst_min"].tolist() == [400, 410]
    assert nights["nap_min"].tolist()[1] == 30
    assert nights["tomaste_alcohol"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("Startzeit des Zyklus", "cycle start"),
        ("Ruheherzfrequenz (Schläge pro Minute)", "resting"),
        ("Premiers signes de réveil", "wake"),
        ("Temps d’éveil (min)", "awake"),
        ("Duração profundo (Sono) (min)", "deep"),
        ("Answered yes/no", "answer"),
        ("Source", "source"),
    ],
)
def test_names_of_columns_in_other_languages(header, word):
    assert whoop_name(header) == word


def test_a_spreadsheet_and_an_exporter_may_change_the_file():
    text = (HERE / "sleeps.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines()]
    order = list(range(len(rows[0])))[::-1]
    changed = "".join(
        ";".join([*(f'"{row[i]}"' for i in order), "Source" if n == 0 else "app"]) + "\r\n"
        for n, row in enumerate(rows)
    )
    again = read(io.BytesIO(b"\xef\xbb\xbf" + changed.encode()))
    original = read(HERE / "sleeps.csv")
    pd.testing.assert_frame_equal(again[sorted(original)], original[sorted(original)])


def test_american_stamps_and_gmt_offsets():
    text = (
        "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,"
        "Asleep duration (min),In bed duration (min),Nap\n"
        "3/14/2026 11:12:00 PM,,GMT-5,3/14/2026 11:12:00 PM,3/15/2026 6:40:00 AM,400,440,false\n"
        "3/13/2026 10:50:00 PM,,UTCZ,3/13/2026 10:50:00 PM,3/14/2026 6:30:00 AM,410,450,false\n"
    )
    nights = read(io.StringIO(text))
    assert str(nights["sleep_onset"].iloc[1]) == "2026-03-14 23:12:00"
    assert nights["zone"].tolist() == ["UTC+00:00", "UTC-05:00"]


def test_what_cannot_be_is_told_and_missing():
    text = (HERE / "sleeps.csv").read_text(encoding="utf-8")
    text = text.replace(",360,388,", ",3600,lots,").replace("14.3", "143")
    nights = read(io.StringIO(text))
    assert np.isnan(nights.loc["2025-04-01", "tst_min"])
    assert np.isnan(nights.loc["2025-04-01", "tib_min"])
    assert np.isnan(nights.loc["2025-03-31", "breaths_per_min"])
    assert "'143' cannot be: expected 2 to 60." in nights.loc["2025-03-31", "problem"]


needs_real = pytest.mark.skipif(not OWN.exists(), reason="the real export is not here")


@needs_real
def test_alcohol_and_resting_heart_rate_meet_in_the_same_cycle():
    """Known answer of the real export: +1.12 / +6.55 / +1.87 bpm before, same and after."""
    nights = read([OWN / n for n in ("sleeps.csv", "physiological_cycles.csv",
                                      "journal_entries_redacted.csv")])  # fmt: skip
    rate, ticked = nights["resting_heart_rate_bpm"], nights["have_any_alcoholic_drinks"]
    found = [rate.shift(by)[ticked].mean() - rate.shift(by)[~ticked].mean() for by in (1, 0, -1)]
    np.testing.assert_allclose(found, [1.12, 6.55, 1.87], atol=0.005)


@needs_real
def test_the_real_export_is_accounted_for():
    nights = read(OWN)
    assert len(nights) == 172
    assert (f"{nights.index[0]:%Y-%m-%d}", f"{nights.index[-1]:%Y-%m-%d}") == (
        "2023-12-29", "2024-06-23",
    )  # fmt: skip
    assert nights["have_any_alcoholic_drinks"].sum() == 70
    assert nights["use_breathwork"].notna().sum() == 59
    assert statuses(nights, "sleeps.csv").count("nap") == 11
    assert statuses(nights, "journal_entries_redacted.csv").count("joined") == 1772


def test_a_journal_of_someone_who_sleeps_by_day_is_dated_by_its_own_cycles():
    # cycles begin from 10:30 to 13:30 on: the middle of the empty rest of the clock is midnight
    days = range(1, 13)
    head = "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes"
    rows = [f"2026-02-{d:02d} {10 + d % 4}:30:00,,UTC+00:00,Tea?,true," for d in days]
    text = io.StringIO("\n".join([head, *rows, ""]))
    (draft,), _ = gather(text, "auto", known_formats(), Options())
    assert draft.day_cut_h == 0.0
    assert draft.night.astype(str).tolist() == [f"2026-02-{d:02d}" for d in days]
