"""The sheet, the calendar and the page of a plan; sheets filled in with and without care."""

import csv
import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.trials import plan_of, write_all
from sleepstats.trials.filled_sheet import read_filled
from sleepstats.trials.sheet import _agreement, _escaped, _folded, better_shift

STOP = "Stop if ill, or if it helps; no, wait: only if ill."


@pytest.fixture
def plan():
    return ss.plan_trial(
        28, seed=7, start="2026-03-02", conditions=("reading", "no reading"), stop_rule=STOP,
        substance="a book",
    )  # fmt: skip


@pytest.fixture
def nights(plan):
    rng = np.random.default_rng(2)
    return pd.DataFrame({"tst_min": 420 + 40 * rng.normal(size=28)}, index=plan.nights)


@pytest.fixture
def sheet(plan, tmp_path):
    """Write the plan's sheet, filled in as told, and return its path."""

    def make(change=None, name="trial.csv", **how):
        blank = tmp_path / "blank.csv"
        if not blank.exists():
            plan.to_csv(blank)
        with blank.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            row["done"] = row["planned"]
        if change is not None:
            rows = change(rows) or rows
        path = tmp_path / name
        with path.open("w", encoding=how.pop("encoding", "utf-8"), newline="") as stream:
            out = csv.DictWriter(stream, rows[0], **how)
            out.writeheader()
            out.writerows(rows)
        return path

    return make


def test_the_sheet_has_a_row_per_night_and_room_to_answer(plan, tmp_path):
    path = plan.to_csv(tmp_path / "trial.csv")
    text = path.read_bytes().decode("utf-8-sig")
    assert text.splitlines()[0] == (
        "night,planned,done,guess,note,into_bed,lights_out,sol_min,nawk,waso_min,final_wake,"
        "out_of_bed,quality,trial_plan,stop_rule,trial_warning"
    )
    assert len(text.splitlines()) == 29
    assert text.splitlines()[1].startswith("2026-03-02,reading,,,,")
    assert f'"{STOP}"' in text.splitlines()[1]


def test_a_plan_comes_back_from_its_sheet_whole(plan, tmp_path):
    again = ss.TrialPlan.from_csv(plan.to_csv(tmp_path / "trial.csv"))
    pd.testing.assert_frame_equal(again.table, plan.table)
    assert str(again) == str(plan)
    assert again.substance == "a book"
    for design, more in (("blocks", {"block": 2}), ("free", {"max_run": 2})):
        one = ss.plan_trial(
            32, seed=1, design=design, start="2026-12-20", conditions=("50 % tea/milk", "a=b"),
            substance="Kava", asked_a_clinician=True, **more,
        )  # fmt: skip
        back = ss.TrialPlan.from_csv(one.to_csv(tmp_path / f"{design}.csv"))
        pd.testing.assert_frame_equal(back.table, one.table)
        assert (back.conditions, back.warning) == (one.conditions, one.warning)


def test_nothing_filled_in_is_written_over(plan, tmp_path):
    path = plan.to_csv(tmp_path / "trial.csv")
    for write in (plan.to_csv, plan.to_ics, plan.to_html):
        with pytest.raises(DiaryError) as raised:
            write(path)
        assert str(raised.value) == (
            f"{path}: the file exists, and what was filled in is never written over. Choose "
            "another name, or delete the file."
        )


def test_a_sheet_filled_in_is_diary_and_answers_at_once(sheet):
    def change(rows):
        for row in rows:
            row |= {"lights_out": "23:00", "sol_min": "15", "waso_min": "10", "nawk": "1"}
            row |= {"final_wake": f"06:{int(row['night'][-2:]) ** 2 % 59:02d}"}
        rows[4] |= {"done": rows[5]["planned"], "guess": "?", "final_wake": ""}

    path = sheet(change)
    nights = ss.read_diary(path)
    result = ss.analyse_trial(nights, path, outcome="tst_min")
    assert result.n == 27
    assert result.compliance.iloc[-1].to_dict() == {
        "condition": "all", "planned": 28, "as_planned": 27, "swapped": 1, "not_recorded": 0,
        "missing": 1,
    }  # fmt: skip
    assert "planned" not in ss.correlate(nights)["factor"].tolist()
    plan = ss.TrialPlan.from_csv(path)
    assert ss.analyse_trial(nights, plan, outcome="tst_min").pvalue == result.pvalue


def test_a_spreadsheet_may_save_it_its_own_way(sheet, nights):
    def german(rows):
        for row in rows:
            year, month, day = row["night"].split("-")
            row["night"] = f"{day}.{month}.{year}"
        return rows[::-1]

    usual = ss.analyse_trial(nights, sheet(), outcome="tst_min")
    path = sheet(german, "saved.csv", delimiter=";", encoding="utf-8-sig")
    assert ss.analyse_trial(nights, path, outcome="tst_min").pvalue == usual.pvalue

    def american(rows):
        for row in rows:
            year, month, day = row["night"].split("-")
            row["night"] = f"{int(month)}/{int(day)}/{year}"

    path = sheet(american, "american.csv")
    assert ss.analyse_trial(nights, path, outcome="tst_min").pvalue == usual.pvalue


def problems_of(path, nights):
    with pytest.raises(DiaryError) as raised:
        ss.analyse_trial(nights, path, outcome="tst_min")
    return raised.value.problems


def test_nights_left_out_after_a_change_stay_so_in_the_sheet(tmp_path):
    """Blocks of three nights of which the first is left out: what was planned comes back."""
    made = ss.plan_trial(48, seed=3, start="2026-01-05", design="blocks", block=3, washout=1)
    back = ss.TrialPlan.from_csv(made.to_csv(tmp_path / "t.csv"))
    assert back.design == made.design
    assert back.design.washout == 1


def test_nights_twice_are_listed(sheet, nights):
    path = sheet(lambda rows: [*rows[:3], rows[1], *rows[3:], rows[0]])
    assert problems_of(path, nights) == (
        "trial.csv, line 5: the night 2026-03-03 stands in the sheet already (line 3). Keep one "
        "row per night.",
        "trial.csv, line 31: the night 2026-03-02 stands in the sheet already (line 2). Keep one "
        "row per night.",
    )


@pytest.mark.parametrize(
    "note", ["n" * 200_000, "a\u2028b", "a\x0bb", "a\x85b", 'so "good"\nat last', "a\x1cb"]
)
def test_a_note_of_any_length_and_with_any_break_is_one_cell(sheet, nights, note):
    """The ``csv`` module stops at 131,072 letters; other programs break lines at U+2028."""
    csv.field_size_limit(131_072)

    def write(rows):
        rows[3]["note"] = note

    plain, noted = (
        ss.analyse_trial(nights, sheet(change), outcome="tst_min") for change in (None, write)
    )
    assert noted.to_dict() == plain.to_dict()


def test_unknown_words_are_listed_with_their_lines(sheet, nights):
    def change(rows):
        rows[0]["done"] = "Reading "
        rows[1]["done"] = "yes"
        rows[2]["guess"] = "no readin"
        rows[3]["guess"] = "don't know"
        rows[4]["done"] = ""

    assert problems_of(sheet(change), nights) == (
        "trial.csv, line 3, done: 'yes' is not a condition of this plan: a tick does not say which "
        "of the two it was. Write 'reading' or 'no reading', or leave it empty.",
        "trial.csv, line 4, guess: 'no readin' is not a condition of this plan. Write 'reading' "
        "or 'no reading', or leave it empty. Did you mean 'no reading'?",
    )


def test_a_shifted_month_is_named_and_not_moved(sheet, nights):
    def change(rows):
        for row in rows[12:]:
            row["night"] = row["night"].replace("2026-03", "2026-04")

    problems = problems_of(sheet(change), nights)
    assert problems[0] == (
        "The 16 rows from 2026-04-14 to 2026-04-29 would fit the plan if they were dated one month "
        "earlier. Nothing was moved: correct the dates in the file if they are wrong."
    )
    assert problems[1] == (
        "trial.csv, line 14: the evening 2026-04-14 is not in the plan, which runs from 2026-03-02 "
        "to 2026-03-29."
    )
    assert len(problems) == 17


def test_the_end_shifted_by_a_day_is_named(sheet, nights):
    def change(rows):
        for row in rows[8:]:
            day = dt.date.fromisoformat(row["night"]) + dt.timedelta(days=1)
            row["night"] = day.isoformat()

    problems = problems_of(sheet(change), nights)
    assert re.fullmatch(
        r"The \d+ rows from 2026-03-\d\d to 2026-03-30 would fit the plan if they were dated one "
        r"day earlier\. Nothing was moved: correct the dates in the file if they are wrong\.",
        problems[0],
    )


def test_a_planned_cell_that_was_changed_is_found(sheet, nights):
    def change(rows):
        rows[6]["planned"] = rows[7]["planned"]

    (problem,) = problems_of(sheet(change), nights)
    assert problem == (
        "trial.csv, line 8: 'no reading' stands as planned, but the plan says 'reading' for that "
        "evening."
    ) or problem == (
        "trial.csv, line 8: 'reading' stands as planned, but the plan says 'no reading' for that "
        "evening."
    )


def test_missing_weeks_stay_missing(sheet, nights):
    path = sheet(lambda rows: [*rows[:7], *rows[14:]])
    result = ss.analyse_trial(nights, path, outcome="tst_min")
    assert result.compliance["not_recorded"].iloc[-1] == 7
    assert result.n == 28
    assert "What was done is not recorded on 7 planned nights." in result.notes


def test_swapped_nights_count_as_planned(sheet, nights):
    def change(rows):
        for one, other in ((2, 3), (10, 11)):
            rows[one]["done"], rows[other]["done"] = rows[other]["done"], rows[one]["done"]

    result = ss.analyse_trial(nights, sheet(change), outcome="tst_min")
    assert result.effect == ss.analyse_trial(nights, sheet(), outcome="tst_min").effect
    assert result.notes[1] == (
        "Two nights in a row were swapped: 2026-03-04 and 2026-03-05; 2026-03-12 and 2026-03-13."
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: [{**row, "night": "soon" if row is rows[0] else row["night"]}
                       for row in rows], "'soon' "),
        (lambda rows: [{**row, "night": "" if row is rows[0] else row["night"]} for row in rows],
         "trial.csv, line 2: the row has no date. Write the evening's, YYYY-MM-DD."),
        (lambda rows: [{**row, "trial_plan": ""} for row in rows],
         "trial.csv, column 'trial_plan': 0 different plans, expected one. Keep that column as it "
         "was written, and one trial per sheet."),
        (lambda rows: [{**row, "trial_plan": "mine"} for row in rows],
         "trial.csv, column 'trial_plan': 'mine' is not how a plan is written. Keep that column "
         "as it was, or give analyse_trial() the plan itself."),
        (lambda rows: [{**row, "trial_plan": row["trial_plan"].replace("nights=28", "nights=2")}
                       for row in rows], "is not how a plan is written."),
        (lambda rows: [{"night": row["night"], "done": row["done"]} for row in rows],
         "trial.csv: no column 'planned', 'trial_plan'; this is not the sheet of a trial. Write "
         "one with plan.to_csv(path), and keep its header."),
    ],
)  # fmt: skip
def test_sheets_that_are_none_are_refused(sheet, nights, change, message):
    assert any(message in problem for problem in problems_of(sheet(change), nights))


def test_the_diary_with_its_own_planned_column_is_held_to_the_plan(plan, nights):
    shifted = plan.table["condition"].shift(-1).to_numpy()
    with pytest.raises(DiaryError) as raised:
        ss.analyse_trial(nights.assign(planned=shifted), plan, outcome="tst_min")
    assert "would fit the plan if they were dated one day later" in raised.value.problems[0]


# calendar


def test_the_calendar_keeps_the_standard(plan, tmp_path):
    raw = plan.to_ics(tmp_path / "trial.ics").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    lines = raw.decode().replace("\r\n ", "").split("\r\n")  # unfolded, RFC 5545 section 3.1
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    events = "\n".join(lines).split("BEGIN:VEVENT\n")[1:]
    assert len(events) == 28
    fields = [dict(line.split(":", 1) for line in event.splitlines()) for event in events]
    assert len({event["UID"] for event in fields}) == 28
    first = fields[0]
    assert first["DTSTART;VALUE=DATE"] == "20260302"
    assert first["DTEND;VALUE=DATE"] == "20260303"
    assert first["DTSTAMP"] == "20260302T000000Z"
    assert first["SUMMARY"] == "reading (trial night 1 of 28)"
    assert first["DESCRIPTION"] == (
        "Stop rule: Stop if ill\\, or if it helps\\; no\\, wait: only if ill."
    )
    assert fields[-1]["DTSTART;VALUE=DATE"] == "20260329"


def test_the_same_plan_gives_the_same_calendar(plan, tmp_path):
    one, two = (plan.to_ics(tmp_path / name).read_bytes() for name in ("1.ics", "2.ics"))
    assert one == two


def test_long_lines_are_folded_between_characters(tmp_path):
    plan = ss.plan_trial(
        16, seed=1, start="2026-03-02", conditions=("çå" * 40, "off"), stop_rule="ü" * 200
    )
    raw = plan.to_ics(tmp_path / "trial.ics").read_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert "çå" * 40 in raw.decode().replace("\r\n ", "")


# page


def test_the_page_stands_alone_and_escapes(tmp_path):
    plan = ss.plan_trial(
        16, seed=1, start="2026-03-02", conditions=("<b>kava</b>", "none"), stop_rule="1 < 2",
        asked_a_clinician=True,
    )  # fmt: skip
    text = plan.to_html(tmp_path / "trial.html").read_text(encoding="utf-8")
    assert text.count("☐") == 16
    assert "<b>" not in text
    assert "1 &lt; 2" in text
    assert '<p class="warning">Before anything else, ask a doctor' in text
    assert not re.search(r"https?://|<script|<link|<img", text)


@pytest.mark.parametrize(("moved", "words"), [
    ({"days": 1}, "one day earlier"), ({"days": -1}, "one day later"),
    ({"days": 2}, "2 days earlier"), ({"days": -7}, "7 days later"),
    ({"days": 7}, "7 days earlier"), ({"days": -2}, "2 days later"),
    ({"days": 3}, "3 days earlier"), ({"days": -3}, "3 days later"),
    ({"months": 1}, "one month earlier"), ({"months": -1}, "one month later"),
    ({"years": 1}, "one year earlier"), ({"years": -1}, "one year later"),
])  # fmt: skip
def test_every_way_in_which_dates_go_wrong_is_named(moved, words):
    # the dates of a sheet, all moved alike; the plan's own order fits none of the other ways
    rng = np.random.default_rng(4)
    dates = pd.date_range("2026-03-02", periods=24)
    first = rng.permutation(np.repeat([True, False], 12))
    wrong = pd.DatetimeIndex([date + pd.DateOffset(**moved) for date in dates])
    assert better_shift(wrong, first, pd.Series(first, index=dates)) == words
    assert better_shift(dates, first, pd.Series(first, index=dates)) == ""


# to the letter


def test_lines_end_as_on_unix_and_the_rules_stand_once(plan, tmp_path):
    raw = plan.to_csv(tmp_path / "trial.csv").read_bytes()
    assert b"\r" not in raw
    lines = raw.decode("utf-8-sig").splitlines()
    assert [STOP in line for line in lines[1:]] == [True] + [False] * 27
    assert all(line.endswith(",,") for line in lines[2:])


def test_the_checksum_has_twelve_signs_and_entries_an_identity_of_32(plan, tmp_path):
    assert re.fullmatch("[0-9a-f]{12}", plan.checksum)
    text = plan.to_ics(tmp_path / "trial.ics").read_text(encoding="utf-8")
    assert len(re.findall(r"UID:[0-9a-f]{32}@sleepstats", text)) == 28


def test_lines_of_a_calendar_have_75_octets_the_blank_counted():
    assert _folded("a" * 75) == "a" * 75
    assert _folded("a" * 76) == "a" * 75 + "\r\n a"
    assert _folded("a" * 149) == "a" * 75 + "\r\n " + "a" * 74
    assert _folded("a" * 150) == "a" * 75 + "\r\n " + "a" * 74 + "\r\n a"


def test_signs_of_a_calendar_are_escaped():
    """RFC 5545, section 3.3.11: backslash, semicolon, comma, and any break as a backslash and n."""
    assert _escaped("a\\b;c,d\r\ne\nf\rg") == "a\\\\b\\;c\\,d\\ne\\nf\\ng"


def test_a_warning_stands_first_in_every_entry(tmp_path):
    plan = ss.plan_trial(
        16, seed=1, start="2026-03-02", substance="Kava", asked_a_clinician=True, stop_rule="If ill"
    )
    text = plan.to_ics(tmp_path / "t.ics").read_bytes().decode().replace("\r\n ", "")
    assert text.count("DESCRIPTION:Before anything else\\, ask a doctor") == 16
    assert text.count("\\nStop rule: If ill") == 16
    page = plan.to_html(tmp_path / "t.html").read_text(encoding="utf-8")
    assert "<title>Plan of a sleep trial: Kava</title>" in page
    assert page.count('<p class="warning">') == 1
    assert page.index('<p class="warning">') < page.index("16 nights from")


@pytest.mark.parametrize(
    ("design", "more", "starts"), [("pairs", {}, 16), ("blocks", {"block": 2}, 8), ("free", {}, 0)]
)
def test_a_page_draws_a_line_where_a_pair_of_blocks_begins(design, more, starts, tmp_path):
    made = ss.plan_trial(32, seed=1, start="2026-03-02", design=design, **more)
    page = made.to_html(tmp_path / "t.html").read_text(encoding="utf-8")
    assert page.count('<tr class="first">') == starts
    assert '<p class="warning">' not in page
    assert "<title>Plan of a sleep trial</title>" in page
    mark = ' class="first"' if starts else ""
    assert f"<tr{mark}><th>1</th><td>Mon 02 Mar 2026</td>" in page
    assert "<tr><th>2</th><td>Tue 03 Mar 2026</td>" in page


@pytest.mark.parametrize(
    ("now", "moved", "named"),
    [(0.79, 0.95, True), (0.8, 0.95, False), (0.79, 0.94, False), (0.5, 1.0, True)],
)
def test_a_move_is_named_where_a_fifth_does_not_fit_and_19_of_20_would(
    monkeypatch, now, moved, named
):
    dates = pd.date_range("2026-03-02", periods=20)
    shares = iter([now, *[0.0] * 3, moved, *[0.0] * 20])
    monkeypatch.setattr("sleepstats.trials.sheet._agreement", lambda *_: next(shares))
    words = better_shift(dates, np.ones(20, dtype=bool), pd.Series(True, index=dates))
    assert words == ("2 days earlier" if named else "")  # the fourth way: a day or two, or back


def test_rows_outside_the_plan_agree_with_nothing():
    """By hand: of four rows the first evening of the plan is one, the day before it is none."""
    plan = pd.Series([True, False, True], index=pd.date_range("2026-03-02", periods=3))
    dates = pd.DatetimeIndex(["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-05"])
    assert _agreement(dates, np.array([True, True, False, True]), plan) == 0.5
    assert _agreement(dates, np.array([True, True, True, True]), plan) == 0.25


def test_a_sheet_with_a_header_alone_has_no_nights(sheet, nights):
    path = sheet()
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert problems_of(path, nights) == ("trial.csv: the sheet has a header and no nights.",)


def test_rows_that_lack_their_last_cells_are_read(sheet, nights, plan):
    """A spreadsheet leaves empty cells out at the end of a line."""
    path = sheet()
    lines = path.read_text(encoding="utf-8").splitlines()
    short = [lines[0], lines[1], *(line.removesuffix(",,") for line in lines[2:])]
    path.write_text("\n".join(short) + "\n", encoding="utf-8")
    assert ss.analyse_trial(nights, path, outcome="tst_min").n == 28


def test_two_plans_in_one_sheet_are_refused(sheet, nights):
    def change(rows):
        rows[5]["trial_plan"] = rows[5]["trial_plan"].replace("seed=7", "seed=8")

    assert problems_of(sheet(change), nights) == (
        "trial.csv, column 'trial_plan': 2 different plans, expected one. Keep that column as it "
        "was written, and one trial per sheet.",
    )


@pytest.mark.parametrize("values", [pd.array([None] * 28, "boolean"), np.full(28, np.nan)])
def test_a_column_of_the_diary_without_any_answer_is_none(nights, plan, values):
    result = ss.analyse_trial(nights.assign(done=values), plan, outcome="tst_min")
    assert (result.as_done.reason, result.as_done.n) == ("not recorded", 0)
    assert result.compliance["not_recorded"].tolist() == [14, 14, 28]


def twelve(tmp_path, keep, written):
    """Some rows of a plan of 1 to 12 March, dates that a spreadsheet wrote its own way."""
    plan = ss.plan_trial(12, seed=7, design="free", start="2026-03-01")
    with plan.to_csv(tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for i, row in enumerate(csv.DictReader(stream)) if i in keep]
    with (tmp_path / "x.csv").open("w", newline="") as stream:
        out = csv.DictWriter(stream, rows[0])
        out.writeheader()
        for row, night in zip(rows, written, strict=True):
            out.writerow(row | {"night": night, "done": row["planned"]})
    return read_filled(tmp_path / "x.csv", plan_of)[1]


@pytest.mark.parametrize("written", [("3/5/2026", "3/8/2026"), ("5/3/2026", "8/3/2026")])
def test_of_two_orders_of_day_and_month_the_one_that_fits_the_plan_is_read(tmp_path, written):
    got = twelve(tmp_path, (4, 7), written)
    assert np.flatnonzero(got.rows).tolist() == [4, 7]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (("4/5/2026", "4/8/2026"), "x.csv, column 'night': the dates do not say whether"),
        (("3/13/2026", "14/3/2026"), r"contradict each other: .* in line 3 is day first"),
    ],
)
def test_where_no_order_fits_the_plan_the_dates_are_told(tmp_path, written, message):
    with pytest.raises(DiaryError, match=message):
        twelve(tmp_path, (4, 7), written)


def test_spreadsheets_are_told_the_letters_and_calendars_are_not(plan, tmp_path):
    """A mark at the beginning, which calendars do not know (RFC 5545, section 3.1.4)."""
    assert plan.to_csv(tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfnight,")
    assert plan.to_ics(tmp_path / "t.ics").read_bytes().startswith(b"BEGIN:VCALENDAR")
    for path in write_all(plan, f"{tmp_path}/all"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf") == (path.suffix == ".csv")


def test_the_file_that_is_there_is_named(plan, tmp_path):
    for place, suffix in enumerate(("csv", "html", "ics")):
        folder = tmp_path / suffix
        folder.mkdir()
        (folder / f"t.{suffix}").write_text("mine")
        with pytest.raises(DiaryError, match=rf"t\.{suffix}: is already there"):
            write_all(plan, f"{folder}/t")
        assert [path.name for path in folder.iterdir()] == [f"t.{suffix}"], place
    (tmp_path / "lost.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DiaryError, match=r"lost\.csv: is already there"):
        write_all(plan, f"{tmp_path}/lost")


def test_of_moves_that_fit_alike_the_first_of_the_list_is_named():
    """On and off in turn for months: a day, three, a month of 31 days later all fit."""
    dates = pd.date_range("2026-01-05", periods=200)
    plan = pd.Series(np.arange(200) % 2 == 0, index=dates)
    done = ~plan.to_numpy()[100:120]
    assert better_shift(dates[100:120], done, plan) == "one day later"
