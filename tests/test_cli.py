"""The command: what it prints, how it fails, and that no traceback reaches anybody."""

import argparse
import csv
import datetime as dt
import errno
import inspect
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
import pytest

import sleepstats as ss
from sleepstats import __main__ as cli
from sleepstats import report, written
from sleepstats.__main__ import main
from sleepstats.errors import DiaryWarning, marked, option
from sleepstats.report import notebook as notebooks
from sleepstats.report.notebook import load_code

HEADER = "date,bed time,wake time,stress\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and gives its path as text."""

    def put(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return put


def failed(capsys, *arguments):
    """Run a command that has to fail; return what it said on stderr."""
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    said = "".join(line for line in err.splitlines(keepends=True) if not line.endswith(" …\n"))
    assert said.startswith("sleepstats: ")
    return said


# ---- what it prints


def test_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"sleepstats {ss.__version__}\n"


def test_formats_lists_every_format_with_what_it_gives(capsys):
    assert main(["formats"]) == 0
    out = capsys.readouterr().out
    for row in ss.list_formats().itertuples():
        assert f"{row.Index}: {row.product}" in out
        assert row.recognised_by in out
        assert row.gives in out


def test_check_accounts_for_the_rows_and_lists_the_columns(capsys):
    assert main(["check", "sample:diary"]) == 0
    out = capsys.readouterr().out
    nights = ss.load_sample("diary")
    assert out.startswith("Taken as results of the night: ")
    assert "\ndiary.csv: Diary table (Consensus Sleep Diary" in out
    assert f"\n{len(nights)} nights, the first {nights.index[0]:%Y-%m-%d}, the last " in out
    for name in nights.columns:
        assert f"\n{name} " in out


def test_check_calls_a_measure_that_the_file_has_recorded(capsys, tmp_path):
    file = tmp_path / "diary.csv"
    file.write_text("night,lights out,woke up,hours slept\n2026-01-05,23:00,07:00,7.5\n")
    assert main(["check", str(file)]) == 0
    kinds = {line.split()[0]: line.split()[2] for line in capsys.readouterr().out.splitlines()
             if line.startswith(("tst_min ", "tib_min "))}  # fmt: skip
    assert kinds == {"tst_min": "recorded", "tib_min": "computed"}


def test_check_shows_the_odd_rows_with_their_lines(capsys):
    assert main(["check", "sample:spreadsheet"]) == 0
    out, err = capsys.readouterr()
    assert "spreadsheet.csv, line " in out
    assert err == ""


def test_a_warning_tells_a_shell_user_what_to_type(capsys, tmp_path, monkeypatch):
    """The library's own warning names a Python function; the shell names its command."""
    monkeypatch.setattr(notebooks, "execute_notebook", lambda *_, **__: None)  # not needed here
    assert main(["report", "sample:spreadsheet", "-o", str(tmp_path), "--quiet"]) == 0
    err = capsys.readouterr().err
    assert "Note: spreadsheet.csv: 61 rows read" in err
    assert "See every row: sleepstats check FILE." in err


def test_notes_of_the_shell_speak_of_measures_and_leave_what_is_typed(capsys):
    """ "tib_min recorded as 523 min" stood in no file of the reader's; what is quoted is typed."""
    told = "line 3: tib_min recorded as 523 min. If a blank means no: --blank-is-no 'waso_min'."
    with cli._warnings_in_words():
        warnings.warn(DiaryWarning(f"{told} --column 'Bed=into_bed'"), stacklevel=1)
    assert capsys.readouterr().err == (
        "Note: line 3: time in bed recorded as 523 min. If a blank means no: "
        "--blank-is-no 'waso_min'. --column 'Bed=into_bed'\n"
    )


def test_unknown_sample_is_answered_with_the_near_one(capsys):
    assert "Did you mean 'diary'?" in failed(capsys, "check", "sample:dairy")


def test_without_a_command_the_help_is_shown_with_examples(capsys):
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: sleepstats")
    assert "  sleepstats report sample:diary --open" in out
    assert err == ""


@pytest.mark.parametrize("command", ["", "report", "check", "template", "formats"])
@pytest.mark.parametrize("columns", [60, 100])
def test_every_help_has_examples_and_fits_the_terminal(capsys, monkeypatch, command, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"][not command :])
    assert stopped.value.code == 0
    before, _, examples = capsys.readouterr().out.partition("\nexamples:\n")
    assert max(map(len, before.splitlines())) <= columns
    typed = [line for line in examples.splitlines() if line.startswith("  sleepstats ")]
    assert typed


@pytest.mark.parametrize(
    "typed",
    [typed for one in cli.typed()["command"].values() for typed, _ in one.get("examples", ())],
)
def test_every_example_is_a_command_that_is_understood(typed):
    """Only parsed: the files of most of them are the reader's own."""
    words = shlex.split(typed)
    assert words[0] == "sleepstats"
    if "--help" not in words:
        assert cli._parser().parse_args(words[1:]).run is not None


# ---- what cannot be used: one sentence, exit status 2


@pytest.mark.parametrize("command", ["check", "report"])
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", "", "empty.csv: the file is empty."),
        ("blank.csv", "\n\n  \n", "blank.csv: the file is empty."),
        ("picture.csv", PNG, "picture.csv: this is a picture, not a CSV text file."),
        ("book.xlsx", b"PK\x03\x04" + bytes(40), "an Excel workbook (.xlsx)"),
        ("noise.csv", bytes(range(256)) * 20, "noise.csv: this is a binary file, not text."),
        ("letter.txt", "Dear diary,\nI slept well.\n", "does not look like the header of"),
    ],
)
def test_a_file_that_is_no_diary(capsys, write, tmp_path, command, name, content, said):
    path = write(name, content)
    where = ["-o", str(tmp_path / "out")] if command == "report" else []
    assert said in failed(capsys, command, path, *where)
    assert not (tmp_path / "out").exists()


def test_a_header_without_nights(capsys, write):
    said = failed(capsys, "check", write("header.csv", HEADER))
    assert "header.csv" in said
    assert "no" in said


def test_a_missing_file(capsys, tmp_path):
    assert "nowhere.csv: no such file." in failed(capsys, "check", str(tmp_path / "nowhere.csv"))


def test_a_folder_without_a_table(capsys, tmp_path):
    assert "the folder holds no .csv" in failed(capsys, "check", str(tmp_path))


def test_an_unreadable_file(capsys, write):
    path = write("locked.csv", HEADER)
    os.chmod(path, 0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "no permission to read it" in failed(capsys, "check", path)


def test_an_output_folder_that_is_a_file(capsys, write):
    path = write("diary.csv", HEADER)
    said = failed(capsys, "report", "sample:diary", "--quiet", "-o", path)
    assert "diary.csv" in said

    assert "is a file, not a folder. Give another folder with -o." in said


def test_a_page_may_be_named(capsys, tmp_path):
    assert main(["report", "sample:spreadsheet", "-o", str(tmp_path / "mine.html"), "--quiet"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.html", "mine.ipynb"]


def test_a_sheet_for_a_doctor_is_written_alone(capsys, tmp_path):
    options = ["report", "sample:spreadsheet", "--summary", "-o", str(tmp_path), "--quiet"]
    assert main(options) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["spreadsheet_summary.html"]
    sheet = (tmp_path / "spreadsheet_summary.html").read_text(encoding="utf-8")
    assert "<h1>Sleep diary summary</h1>" in sheet
    assert "To go on from" not in capsys.readouterr().out


def test_a_folder_in_the_place_of_the_report(capsys, tmp_path):
    """Nothing is written when one of the two cannot be, even with --force."""
    (tmp_path / "diary_report.html").mkdir()
    said = failed(capsys, "report", "sample:diary", "--quiet", "--force", "-o", str(tmp_path))
    assert "diary_report.html: is a folder. Move it, or use -o to write elsewhere." in said
    assert [path.name for path in tmp_path.iterdir()] == ["diary_report.html"]


def test_an_empty_path_is_not_the_working_folder(capsys):
    said = failed(capsys, "check", "")
    assert "an empty path. Give the path of the export, or '.' for every file of" in said


@pytest.mark.parametrize(
    ("call", "given", "python", "shell"),
    [
        ("read_diary(...", {"labels": "evening"}, "read_diary(..., labels='evening')",
         "--labels evening"),
        ("", {"labels": "calendar"}, "labels='calendar'", "--labels calendar"),
        ("read_diary(path", {"tz": "Europe/Berlin"}, "read_diary(path, tz='Europe/Berlin')",
         "--tz Europe/Berlin"),
        ("read_diary(path", {"dayfirst": False}, "read_diary(path, dayfirst=False)",
         "--monthfirst"),
        ("read_diary(...", {"when": {"tired": "morning"}},
         "read_diary(..., when={'tired': 'morning'})", "--when 'tired=morning'"),
        ("read_diary(...", {"blank_is_no": ("wine",)}, "read_diary(..., blank_is_no=('wine',))",
         "--blank-is-no 'wine'"),
        ("read_diary(...", {"columns": {"Went to bed": "into_bed"}},
         "read_diary(..., columns={'Went to bed': 'into_bed'})", "--column 'Went to bed=into_bed'"),
        ("read_diary(...", {"person": "all"}, "read_diary(..., person='all')",
         "person='all' in Python"),
        ("", {"sheet": "May 2"}, "sheet='May 2'", "--sheet 'May 2'"),
    ],
)  # fmt: skip
def test_an_error_carries_its_advice_for_python_and_for_the_shell(call, given, python, shell):
    error = ss.DiaryError([f"d.csv: so {option(call, **given)}.", "d.csv: and more."])
    assert error.problems[0] == f"d.csv: so {python}."
    assert f"so {python}." in str(error)
    assert f"so {shell}." in error.shell
    again = ss.DiaryError([f"x: {marked(error.problems[0])}"])  # within a longer text
    assert (str(again), again.shell) == (f"x: d.csv: so {python}.", f"x: d.csv: so {shell}.")


def test_what_a_file_itself_says_in_pythons_words_stays_as_it_is(capsys, write):
    """Nothing is translated by pattern: a note that quotes Python is no advice."""
    path = write("d.csv", "date,bedtime,woke up\nlabels='evening',23:10,06:50\n")
    assert "'labels='evening'' is not a date" in failed(capsys, "check", path).replace('"', "'")


@pytest.mark.parametrize(
    ("text", "python", "shell"),
    [
        ("date,bedtime,woke up\n03/04/2026,23:10,06:50\n", "Pass dayfirst=True or dayfirst=False",
         "Give --dayfirst or --monthfirst"),
        ("when,x\n1,2\n", "read_diary(path, columns={'your header': 'into_bed', …})",
         "--column 'your header=into_bed'; 'sleepstats formats' shows"),
        ("date,tea\n2026-01-05,1\n2026-01-06,2\n",
         "join_evenings(nights, this).", "sleepstats report NIGHTS --with THIS."),
    ],
)  # fmt: skip
def test_errors_advise_in_the_words_of_the_place(capsys, write, text, python, shell):
    path = write("d.csv", text)
    with pytest.raises(ss.DiaryError) as caught:
        ss.read_diary(path)
    assert python in str(caught.value)
    said = failed(capsys, "check", path)
    assert shell in said
    assert python not in said


def test_the_zone_can_be_named_in_the_shell(capsys, write):
    path = write("d.csv", "night,into_bed,final_wake\n2026-01-05,23:10,06:50\n")
    assert main(["check", path, "--tz", "Europe/Berlin"]) == 0
    capsys.readouterr()
    assert "--tz 'Mars' is no time zone." in failed(capsys, "check", path, "--tz", "Mars")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["--tz", "Mars"], "--tz 'Mars' is no time zone."),
        (["--year", "1"], "--year 1: expected the year of the first date, such as 2026."),
        (["--person", "ana"], "--person 'ana': no column of this file names several people. Leave "
         "--person out."),
        (["--when", "tea=noon"], "--when 'tea=noon': expected 'day'"),
        (["--column", "tea=tst"], "--column 'tea=tst': 'tst' is no column of nights"),
        (["--column", "cake=tst_min"], "--column names 'cake', which is not in the header."),
        (["--blank-is-no", "cake"], "--blank-is-no 'cake': no habit of that name."),
        (["--reverse", "cake"], "--reverse cake: no column of ratings with that name."),
        (["--outcome", "tea"], "sleepstats report without --outcome asks what every habit goes"),
    ],
)  # fmt: skip
def test_what_was_typed_is_told_as_it_was_typed(capsys, write, tmp_path, typed, told):
    """A shell printed Python's keywords (year=1) to people who had typed --year 1."""
    path = write("d.csv", "night,into_bed,final_wake,tea\n2026-01-05,23:10,06:50,yes\n")
    said = " ".join(failed(capsys, "report", path, "-o", str(tmp_path / "p.html"), *typed).split())
    assert told in said
    assert not re.search(r"\b\w+=[{'\d(]|\w\(\)|\w\(nights", said)


def test_a_report_in_the_shell_names_no_function(capsys, tmp_path):
    """Below every finding it named compare() and associate(), which nobody can type there."""
    assert main(["report", "sample:diary", "--summary", "-o", str(tmp_path / "p.html")]) == 0
    said = capsys.readouterr().out
    assert "Sizes are smaller than where one question is asked alone" in said
    assert not re.search(r"\w\(\)", said)


def test_a_pipe_that_knows_fewer_letters_than_the_diary(write):
    path = write("d.csv", "night,into_bed,final_wake,アルコール\n2026-01-05,23:10,06:50,2\n")
    done = subprocess.run(
        [sys.executable, "-m", "sleepstats", "check", path],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert b"?????" in done.stdout


def test_an_earlier_report_is_not_replaced(capsys, tmp_path, monkeypatch):
    """It is refused before any work is done."""
    (tmp_path / "diary_report.html").write_text("mine")
    monkeypatch.setattr(report, "read", lambda *_, **__: pytest.fail("the diary was read"))
    said = failed(capsys, "report", "sample:diary", "-o", str(tmp_path))
    assert said == (
        f"sleepstats: {tmp_path / 'diary_report.html'}: is already there. "
        "Use --force to replace it, or -o to write elsewhere.\n"
    )
    assert (tmp_path / "diary_report.html").read_text() == "mine"


def test_without_jupyter_there_is_a_page_and_no_notebook(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["report", "sample:spreadsheet", "-o", str(tmp_path), "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "One of 6 habits goes with a difference in your nights, also in time asleep." in out
    assert "To read:" in out
    assert "To go on from:" not in out
    assert [path.name for path in tmp_path.iterdir()] == ["spreadsheet_report.html"]


def test_a_failure_of_ours_is_a_sentence_and_debug_shows_the_rest(capsys, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("several\nlines, the last says why")

    monkeypatch.setattr(report, "report_files", fails)
    said = failed(capsys, "report", "sample:diary")
    assert "(RuntimeError: lines, the last says why)" in said
    assert "--debug" in said
    assert main(["report", "sample:diary", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


# ---- interruption, pipes, progress


def test_ctrl_c_is_130(capsys, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "report_files", interrupted)
    assert main(["report", "sample:diary"]) == 130
    assert "Stopped. Nothing was written." in capsys.readouterr().err


def _heard():
    """Let a child hear what jobs in the background and behind nohup ignore."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as on POSIX")
@pytest.mark.parametrize(("sent", "status"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_while_the_notebook_runs_leaves_nothing_behind(tmp_path, sent, status):
    """Interrupt the real command once its kernel is at work; 128 + signal, as shells count."""
    made, private = tmp_path / "made", tmp_path / "private"
    made.mkdir(), private.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "sleepstats", "report", "sample:diary", "-o", str(made)],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(private)},
        preexec_fn=_heard,
    )  # fmt: skip
    for line in process.stderr:
        if line.startswith("Step 2"):
            break
    time.sleep(0.3)
    process.send_signal(getattr(signal, sent))
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, err
    assert "Traceback" not in err
    assert out == ""
    assert [*made.iterdir(), *private.iterdir()] == []


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
def test_a_reader_who_has_seen_enough_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "sleepstats", "check", "sample:diary"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_one_changing_line_on_a_terminal_and_lines_elsewhere():
    with written.progress(terminal := Terminal(), quiet=False) as step:
        step("Reading")
        step("Asking")
        step("Step 3 of 4")
        step("Writing")
    bars = ["[....................] Reading", "[##..................] Asking",
            "[############........] Step 3 of 4", "[###################.] Writing"]  # fmt: skip
    # 0.25 + 0.7 * 2 / 4 = 0.6 of 20
    assert terminal.getvalue() == "".join(f"\r\x1b[K{bar} …" for bar in bars) + "\r\x1b[K"
    with written.progress(file := io.StringIO(), quiet=False) as step:
        step("Reading")
    assert file.getvalue() == "Reading …\n"
    with written.progress(quiet := Terminal(), quiet=True) as step:
        step("Reading")
    assert quiet.getvalue() == ""


def test_both_date_orders_at_once_are_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["check", "sample:diary", "--dayfirst", "--monthfirst"])
    assert stopped.value.code == 2
    capsys.readouterr()


def test_nothing_in_a_file_or_its_name_controls_the_terminal(capsys, tmp_path):
    """ESC ] 0 sets the title of a window; ESC [ 31 m writes in red."""
    file = tmp_path / "di\x1b[31mary.csv"
    file.write_text(
        "night,into_bed,out_of_bed,\x1b]0;pwned\x07x,notes\n"
        "2026-01-05,23:10,07:00,1,\x1b[31mred\n2026-01-06,2\x1b[31m3:10,07:00,1,\x9b2J\n",
        encoding="utf-8",
    )
    main(["check", str(file)])
    main(["check", str(tmp_path / "none\x1b[31m.csv")])
    shown = capsys.readouterr()
    assert not set("\x1b\x07\x9b") & set(shown.out + shown.err)
    assert "di\\x1b[31mary.csv" in shown.out + shown.err


# a blank diary


@pytest.mark.parametrize("name", ["blank.csv", "blank.xlsx"])
def test_a_blank_diary_reads_back_without_a_question(capsys, tmp_path, name):
    path = tmp_path / name
    habits = ["Coffee (cups)", "Evening walk"]
    assert main(["template", *habits, "-o", str(path), "--first", "2027-01-30"]) == 0
    assert f"sleepstats report {path}" in capsys.readouterr().out
    filled = ["23:10", "23:30", "15", "2", "10", "06:50", "07:05", "4", "3", "6", "2", "yes", "ok"]
    if name.endswith("xlsx"):
        import openpyxl

        book = openpyxl.load_workbook(path)
        for at, value in enumerate(filled, start=2):
            clock = dt.time.fromisoformat(value) if ":" in value else value
            book.active.cell(row=2, column=at, value=clock)
        book.save(path)
    else:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
        lines[1] = ",".join([lines[1].split(",")[0], *filled])
        path.write_text("\n".join(lines), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nights = ss.read_diary(path)
    first = nights.iloc[0]
    assert str(nights.index[0].date()) == "2027-01-30"
    # 23:30 to 06:50 are 440 min, less 15 and 10.
    assert (first["tst_min"], first["quality"], first["stress"]) == (415, 4, 6)
    assert (first["coffee_cups"], first["evening_walk"]) == (2, True)


def test_a_diary_that_is_still_blank_is_told_so(capsys, tmp_path):
    path = tmp_path / "blank.csv"
    assert main(["template", "Coffee (cups)", "-o", str(path)]) == 0
    assert main(["check", str(path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Nothing is filled in yet: the rows (28) have a date and nothing else." in said


def test_the_sheet_of_a_trial_is_known_for_what_it_is(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["trial", "plan", "28", "--outcome", "tst_min", "--matters", "20"]) == 0
    assert main(["check", "sleep_trial.csv"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "This is the sheet of a trial: sleepstats trial analyse FILE says what it showed." in said
    )


def test_a_blank_diary_replaces_nothing(capsys, tmp_path):
    path = tmp_path / "blank.csv"
    path.write_text("mine", encoding="utf-8")
    assert "is already there" in failed(capsys, "template", "-o", str(path))
    assert path.read_text(encoding="utf-8") == "mine"


def test_habits_go_beside_the_nights(capsys, write):
    nights = write("nights.csv", "night,bed time,wake time\n" + "".join(
        f"2027-03-0{d},23:1{d},07:00\n" for d in range(1, 8)))  # fmt: skip
    habits = write("habits.csv", "date,tea\n2027-03-04,2\n2027-03-03,1\n")
    assert "sleepstats report NIGHTS --with THIS" in failed(capsys, "check", habits)
    assert main(["check", nights, "--with", habits]) == 0
    assert "tea              2  factor    day" in capsys.readouterr().out


def test_the_report_reads_habits_beside_the_nights_again():
    code = load_code(["a/n.csv"], ["a/h.csv"], Path("a"), {"tz": "UTC"})
    assert code == "ss.join_evenings(ss.read_diary('n.csv', tz='UTC'), 'h.csv')"


def test_a_missing_year_is_asked_for_in_the_words_of_the_shell(capsys, write):
    path = write("d.csv", "date,bed time,wake time\n5.1.,23:10,07:00\n6.1.,23:10,07:00\n")
    said = failed(capsys, "check", path)
    assert said.endswith("Say which year the first row is of: --year 2026.\n")
    assert main(["check", path, "--year", "2027"]) == 0


def test_what_columns_mean_can_be_said_in_the_shell(tmp_path, capsys):
    rows = "".join(f"2026-01-{i:02d},23:0{i % 6},07:1{i % 7},{i % 4},-\n" for i in range(5, 20))
    path = tmp_path / "mine.csv"
    path.write_text(f"night,Zzz,out_of_bed,Tired,Wine\n{rows}", encoding="utf-8")
    assert main(["check", str(path), "--column", "Zzz=into_bed", "--when", "tired=morning"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Taken as results of the night: Zzz, out_of_bed, Tired;")
    assert main(["check", str(path), "--column", "Zzz=into_bed"]) == 0
    assert "--when 'Tired=day'" in capsys.readouterr().out
    assert main(["check", str(path), "--when", "tired"]) == 2
    assert "expected NAME=VALUE, such as 'tired=morning'" in capsys.readouterr().err


# ---- options, from the command to what they do


class Done:
    """What a report leaves, made without its page: the page is not what is tested here."""

    def __init__(self, files, *, folder, companions, outcomes, summary, force, on_step, **reading):
        from sleepstats.report import read

        self.page = Path(folder) / "diary_report.html"
        self.page.write_text("page")
        self.notebook = Path(folder) / "diary_report.ipynb"
        self.answer = ss.answer(read(files, companions=companions, **reading), outcomes or "all")

    printed = report.Report.printed


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(report, "report_files", Done)


def test_tables_stand_beside_the_page_and_hold_no_formula(quick, write, capsys, tmp_path):
    rows = "".join(
        f"2026-01-{day:02d},23:{day:02d},07:{60 - day},{'=1+1' if day % 2 else '@cmd'}\n"
        for day in range(5, 29)
    )
    file = write("diary.csv", f"night,bed time,wake time,=HYPERLINK\n{rows}")
    options = ["-o", str(tmp_path), "--quiet", "--csv"]
    assert main(["report", file, *options]) == 0
    assert "As tables:      " in capsys.readouterr().out
    for name in ("nights", "questions"):
        made = tmp_path / f"diary_{name}.csv"
        assert (made.stat().st_mode & 0o777) == 0o600 or os.name == "nt"
        with made.open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        # as every spreadsheet reads them: none begins a formula; minus is a number
        assert [c for c in cells if c[:1] in "=@+\t\r" and c] == []
    nights = pd.read_csv(tmp_path / "diary_nights.csv")
    assert len(nights) == 24
    assert "'=1+1" in nights.to_csv()
    assert main(["report", file, *options]) == 2
    assert "the page was written, the tables were not. Use --force" in capsys.readouterr().err
    assert main(["report", file, *options, "--force"]) == 0


def test_the_page_is_opened_where_that_is_possible(quick, capsys, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or False)
    assert main(["report", "sample:diary", "-o", str(tmp_path), "--quiet", "--open"]) == 0
    assert opened == [(tmp_path / "diary_report.html").resolve().as_uri()]
    assert "could not be opened from here; open it by hand" in capsys.readouterr().err


def test_one_outcome_is_asked_about_and_a_misspelt_one_is_answered(quick, capsys, tmp_path):
    options = ["report", "sample:diary", "-o", str(tmp_path), "--quiet", "--csv"]
    assert main([*options, "--outcome", "quality", "--outcome", "tib_min"]) == 0
    asked = pd.read_csv(tmp_path / "diary_questions.csv")["outcome"]
    assert asked.unique().tolist() == ["quality", "tib_min"]
    assert "Did you mean 'quality'?" in failed(capsys, *options, "--force", "--outcome", "qality")


@pytest.mark.parametrize(
    ("option", "first"), [("--dayfirst", "2026-04-03"), ("--monthfirst", "2026-03-04")]
)
def test_the_order_of_day_and_month_can_be_said(capsys, write, option, first):
    rows = "".join(f"0{3 + k}/0{4 + k}/2026,23:10,07:00\n" for k in range(2))
    path = write("dates.csv", f"night,bed time,wake time\n{rows}")
    assert main(["check", path, option]) == 0
    assert f"the first {first}" in capsys.readouterr().out


def test_the_zone_of_utc_stamps_moves_the_clock(capsys, tmp_path, quick):
    """Fixture in UTC; Berlin is an hour or two later, so the bed times in the table are, too."""
    file = Path(__file__).parent / "reading" / "fixtures" / "plees_tracker"
    path = str(sorted(file.glob("*.csv"))[0])
    options = ["-o", str(tmp_path), "--quiet", "--csv", "--force"]
    beds = []
    for zone in ("UTC", "Europe/Berlin"):
        assert main(["report", path, *options, "--tz", zone]) == 0
        capsys.readouterr()
        beds.append(pd.read_csv(tmp_path / "diary_nights.csv", parse_dates=["into_bed"]).into_bed)
    moved = (beds[1] - beds[0]).dropna().dt.total_seconds() / 3600
    assert len(moved)
    assert set(moved) <= {1.0, 2.0}


def test_a_near_name_in_the_folder_is_asked_about(capsys, write):
    path = write("my_diary.csv", HEADER)
    said = failed(capsys, "check", path.replace("diary", "diry"))
    assert "my_diry.csv: no such file. Did you mean 'my_diary.csv'? The working folder" in said


def test_a_full_disk_is_told_with_the_persons_own_path(monkeypatch, capsys, tmp_path):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(report, "report_files", full)
    said = failed(capsys, "report", "sample:diary", "-o", str(tmp_path))
    assert said == f"sleepstats: {tmp_path}: No space left on device.\n"


def test_lines_are_broken_between_words_on_a_terminal_only(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    text = "  " + "word " * 20
    lines = written.wrapped(text, Terminal()).split("\n")
    assert len(lines) > 2
    assert max(map(len, lines)) <= 40
    assert all(line.startswith("  word") for line in lines)
    assert written.wrapped(text, io.StringIO()) == text


def test_every_argument_of_every_command_says_what_it_is():
    def told(parser, name):
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for command, below in action.choices.items():
                    yield from told(below, f"{name} {command}")
            else:
                yield f"{name} {action.dest}", action.help

    said = dict(told(cli._parser(), "sleepstats"))
    assert len(said) > 40
    assert [name for name, help_ in said.items() if not help_] == []


def test_an_option_that_is_not_typed_is_what_the_function_takes_by_itself():
    """The signature of plan_trial; of the start and of words for nothing the shell has its own."""
    given = vars(cli._parser().parse_args(["trial", "plan", "28"]))
    taken = inspect.signature(ss.plan_trial).parameters
    shared = (given.keys() & taken.keys()) - {"nights", "start", "seed"}
    assert len(shared) > 8
    for name in shared:
        default = taken[name].default
        value = tuple(given[name]) if isinstance(given[name], list) else given[name]
        assert value == default, name
