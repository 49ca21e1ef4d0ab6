"""The shipped samples: reproducible to the byte, and read as their README says they must be.

The table WARTS is written from the file, not from the reader: what a careful person would do with
each line. The README beside the samples lists the same lines.
"""

import importlib.util
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats import simulation

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"
NAMES = ("diary", "spreadsheet", "sleep_cycle")

#: line, status of the line, night, what must hold of that night, words of the problem.
WARTS = [
    (1, {"skipped"}, None, {}, ""),
    (2, {"skipped"}, None, {}, ""),
    (3, {"skipped"}, None, {}, ""),
    (4, {"used", "repaired"}, "2026-01-10", {"lights_out": "2026-01-11 00:00"}, ""),
    (13, {"repaired"}, "2026-01-19", {"lights_out": None, "into_bed": "2026-01-19 23:10"},
     r"Lights off.*25:10"),
    (17, {"repaired"}, "2026-01-23", {"final_wake": None, "out_of_bed": "2026-01-24 09:10"},
     r"Woke up.*'45'"),
    (19, {"skipped"}, None, {}, ""),
    (22, {"used"}, "2026-01-27", {"caffeine_last": None}, ""),
    (25, {"used"}, "2026-01-30", {"nap_min": 30.0}, ""),
    (27, {"used"}, "2026-02-01", {"comments": 'late call; "could not settle"'}, ""),
    (29, {"used"}, "2026-02-03", {"tst_min": 375.0}, ""),
    (31, {"used", "repaired"}, "2026-02-05", {"tst_min": 380.0}, r"tst_min.*380"),
    (34, {"duplicate"}, "2026-02-08", {}, r"2026-02-08.*line 35"),
    (35, {"used"}, "2026-02-08", {"quality": 2.0, "comments": "typed again"}, ""),
    (39, {"repaired"}, "2026-02-12", {"out_of_bed": None, "final_wake": "2026-02-13 06:30"},
     r"Got up.*04:00"),
    (42, {"skipped"}, None, {}, ""),
    (43, {"skipped"}, None, {}, ""),
    (48, {"refused"}, None, {}, r"31/02/2026"),
    (52, {"used", "repaired"}, "2026-02-23", {"stress": None}, ""),
    (56, {"used"}, "2026-02-27", {"into_bed": None, "tst_min": None, "stress": None}, ""),
    (60, {"used"}, "2026-03-03", {"into_bed": "2026-03-03 22:30"}, ""),
    (65, {"used"}, "2026-03-08", {"comments": "warm, 26° in the attic"}, ""),
    (68, {"skipped"}, None, {}, r"an average"),
]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    script = ROOT / "data" / "make_samples.py"
    if not script.is_file():
        pytest.skip("data/make_samples.py is in the checkout, not in an installation")
    spec = importlib.util.spec_from_file_location("make_samples", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sheet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)  # the warning has its own test
        return ss.load_sample("spreadsheet")


@pytest.fixture(scope="module")
def app():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ss.DiaryWarning)
        return ss.load_sample("sleep_cycle")


@pytest.mark.parametrize("name", NAMES)
def test_the_script_makes_the_committed_file_to_the_byte(made, name):
    assert made.FILES[f"{name}.csv"]() == (SAMPLE / f"{name}.csv").read_bytes()


def test_the_script_writes_every_sample(made, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["make_samples.py", "-o", str(tmp_path)])
    made.main()
    assert {p.stem for p in tmp_path.iterdir()} == set(NAMES) == set(simulation.SAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_lies_where_sample_path_says(name):
    assert ss.sample_path(name).is_file()
    assert ss.sample_path(name).with_name("README.md").is_file()


def test_an_unknown_sample_is_answered_with_the_list():
    with pytest.raises(ss.DiaryError) as caught:
        ss.load_sample("sleepcycle")
    assert str(caught.value) == (
        "No sample 'sleepcycle'. Did you mean 'sleep_cycle'? "
        "Samples: diary, spreadsheet, sleep_cycle."
    )


def test_samples_lost_from_an_installation_are_said_with_both_places(monkeypatch, tmp_path):
    monkeypatch.setattr(simulation, "_places", lambda: (tmp_path / "a", tmp_path / "b"))
    with pytest.raises(ss.DiaryError) as caught:
        ss.sample_path("diary")
    assert str(caught.value) == (
        f"Sample 'diary.csv' lies neither in {tmp_path / 'a'} (where an installation has it) nor "
        f"in {tmp_path / 'b'} (where a checkout has it). Install sleepstats again."
    )


def test_the_installed_place_is_asked_first(monkeypatch, tmp_path):
    (tmp_path / "diary.csv").write_text("x")
    monkeypatch.setattr(simulation, "_places", lambda: (tmp_path, SAMPLE))
    assert ss.sample_path("diary") == tmp_path / "diary.csv"


# --- diary ----------------------------------------------------------------------------------


def test_the_diary_loads_without_a_word():
    nights = ss.load_sample()  # pytest turns a warning into an error
    report = ss.reading_report(nights)
    assert set(report["status"]) == {"skipped", "used"}
    assert (nights["problem"] == "").all()
    assert len(nights) == 111
    assert (nights.index[-1] - nights.index[0]).days == 119
    for column in re.findall(r"^ +``(\w+)`` {2,}", ss.load_sample.__doc__, re.MULTILINE):
        assert column in nights, column


def test_the_diary_has_the_promised_share_of_open_cells():
    nights = ss.load_sample()
    asked = nights[["stress", "screens_min", "late_meal", "exercise_min", "reading"]]
    assert 0.01 < asked.isna().to_numpy().mean() < 0.06


def test_the_diary_answers_with_its_truth(made):
    effects, ratios = dict(made.DIARY_EFFECTS), dict(made.DIARY_RATIOS)
    planted = {"tst_min": effects, "sol_min": ratios}
    columns = {"tst_min": "effect", "sol_min": "ratio"}
    table = ss.correlate(ss.load_sample())
    asked = {"tst_min": 0, "sol_min": 0}
    for row in table.itertuples():
        where = (row.outcome, row.factor, row.status)
        asked[row.outcome] += 1
        truth = planted[row.outcome].get(row.factor)
        if truth is None or row.factor in made.DIARY_TOO_SMALL:
            assert row.status == "not found", where
        else:
            assert row.status == "found", where
        if truth is not None:
            low = getattr(row, f"{columns[row.outcome]}_low")
            high = getattr(row, f"{columns[row.outcome]}_high")
            assert low < truth < high, where
    assert asked == {"tst_min": 12, "sol_min": 12}


# --- spreadsheet ----------------------------------------------------------------------------


def test_the_spreadsheet_warns_once_with_counts():
    with pytest.warns(ss.DiaryWarning) as caught:
        ss.load_sample("spreadsheet")
    assert len(caught) == 1
    assert str(caught[0].message).startswith("spreadsheet.csv: ")


def test_no_line_of_the_spreadsheet_is_lost(sheet):
    lines = ss.sample_path("spreadsheet").read_bytes().decode("cp1252").splitlines()
    report = ss.reading_report(sheet)
    assert report["line"].tolist() == list(range(1, len(lines) + 1))
    assert len(sheet) == 59
    assert report["night"].nunique() == 59


@pytest.mark.parametrize(
    ("line", "status", "night", "holds", "words"), WARTS, ids=[f"line {w[0]}" for w in WARTS]
)
def test_each_wart_has_its_fate(sheet, line, status, night, holds, words):
    row = ss.reading_report(sheet).set_index("line").loc[line]
    assert row["status"] in status
    assert re.search(words, row["problem"])
    if night is None:
        assert pd.isna(row["night"])
        return
    assert row["night"] == pd.Timestamp(night)
    for name, value in holds.items():
        found = sheet.loc[night, name]
        if value is None:
            assert pd.isna(found), name
        elif isinstance(value, str) and name != "comments":
            assert found == pd.Timestamp(value), name
        else:
            assert found == value, name


def test_lines_without_a_wart_are_used_as_they_are(sheet):
    report = ss.reading_report(sheet).set_index("line")
    plain = report.drop(index=[wart[0] for wart in WARTS])
    assert set(plain["status"]) == {"used"}
    assert (plain["problem"] == "").all()


def test_the_spreadsheet_decodes_to_the_nights_it_was_typed_from(sheet, made):
    typed, _ = ss.simulate_nights(
        60, seed=made.SPREADSHEET_SEED, start="2026-01-10", effects=made.SPREADSHEET_EFFECTS,
        latency_ratios=made.SPREADSHEET_RATIOS, sd_min=25.0, missing=0.0, rounding=5,
    )  # fmt: skip
    warty = [pd.Timestamp(wart[2]) for wart in WARTS if wart[2] and wart[1] != {"used"}]
    typed = typed.loc[sheet.index].drop([*warty, pd.Timestamp("2026-02-27")])
    found = sheet.loc[typed.index]
    for name in ("into_bed", "lights_out", "sol_min", "nawk", "waso_min", "final_wake",
                 "out_of_bed", "tst_min", "quality", "stress"):  # fmt: skip
        assert (found[name] == typed[name]).all(), name


def test_the_spreadsheet_answers_with_its_truth(sheet, made):
    one = ss.associate(sheet, outcome="tst_min", factor="stress")
    assert one.effect_low < made.SPREADSHEET_EFFECTS["stress"] < one.effect_high
    assert one.status == "found"


# --- Sleep Cycle ----------------------------------------------------------------------------


def test_the_export_has_the_app_s_layout():
    raw = ss.sample_path("sleep_cycle").read_bytes()
    assert raw.startswith(
        b"Start;End;Sleep quality;Time in bed;Wake up;Sleep Notes;Heart rate;Activity (steps)\r\n"
    )
    assert raw.count(b"\n") == raw.count(b"\r\n") == 143
    assert raw.count(b";0%;0:00;") == 2


def test_the_export_s_zeros_and_blanks_are_not_measurements(app):
    assert len(app) == 142
    assert app.loc[["2019-09-11", "2019-11-23"], "tib_min"].isna().all()
    assert app["tib_min"].isna().sum() == 2
    assert (app["heart_rate_bpm"].dropna() > 40).all()
    assert 0.2 < app["heart_rate_bpm"].isna().mean() < 0.4
    off = app.loc["2019-09-26":"2019-10-07"]  # the notes feature was off
    assert off["stressful_day"].isna().all()
    assert app["stressful_day"].notna().sum() > 100
    assert "read_a_book" in app  # the app keeps the blank typed after it


def test_the_night_of_the_clock_change_has_its_true_length(app):
    night = app.loc["2019-10-26"]
    stamps = (night["out_of_bed"] - night["into_bed"]) / pd.Timedelta(minutes=1)
    assert night["tib_min"] - np.floor(stamps) == pytest.approx(60, abs=1)


def test_the_export_answers_with_its_truth(app, made):
    table = ss.correlate(app, outcomes=("tib_min",)).set_index("factor")
    stressful = table.loc["stressful_day"]
    assert stressful["effect_low"] < made.STRESSFUL_DAY_MIN < stressful["effect_high"]
    assert table.index[table["status"] == "found"].tolist() == ["stressful_day"]


# --- README ---------------------------------------------------------------------------------


def test_the_readme_lists_every_wart_and_every_planted_effect(made):
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for line, *_ in WARTS:
        assert f"\n| {line} |" in text, line
    for factor, minutes in made.DIARY_EFFECTS.items():
        assert f"| `{factor}` | {minutes:+g} " in text.replace("−", "-"), factor
    for factor, ratio in made.DIARY_RATIOS.items():
        assert re.search(rf"\| `{factor}` \|.*×{ratio:g}", text), factor
