"""Files written whole or not at all, for their owner only; what killed runs left is swept.

What is expected is what the words of ``written.py`` promise.
"""

import os
import subprocess
import sys

import pytest

import sleepstats as ss
from sleepstats.errors import DiaryError
from sleepstats.trials.sheet import guarded, unguarded
from sleepstats.written import private_folder, sweep, write_whole

posix = pytest.mark.skipif(os.name != "posix", reason="modes and processes as on POSIX")


@posix
def test_files_are_for_their_owner_only(tmp_path):
    previous = os.umask(0o022)
    try:
        write_whole({tmp_path / "a": "one\n", tmp_path / "b": "two\n"})
        plan = ss.plan_trial(20, seed=1, start="2026-01-05")
        plan.to_csv(tmp_path / "c"), plan.to_ics(tmp_path / "d"), plan.to_html(tmp_path / "e")
    finally:
        os.umask(previous)
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == (
        dict.fromkeys("abcde", "0o600")
    )
    assert (tmp_path / "a").read_bytes() == b"one\n"


def test_what_is_there_is_replaced_only_when_told(tmp_path):
    (tmp_path / "b").write_text("mine")
    with pytest.raises(FileExistsError):
        write_whole({tmp_path / "a": "1", tmp_path / "b": "2"})
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "mine"
    write_whole({tmp_path / "a": "1", tmp_path / "b": "2"}, over=True)
    assert (tmp_path / "b").read_text() == "2"


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch, step):
    calls = []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) == 2:  # the first file is through
            raise OSError(28, "No space left on device")
        return real(*arguments)

    real = getattr(os, step)
    monkeypatch.setattr(f"sleepstats.written.os.{step}", full)
    if step == "link":  # and the way around links is closed, too
        monkeypatch.setattr("pathlib.Path.replace", lambda *_: full() if False else _no_space())
    with pytest.raises(DiaryError) as raised:
        write_whole({tmp_path / "a": "1", tmp_path / "b": "2"})
    where = tmp_path / ("a" if step == "fsync" else "b")
    assert str(raised.value) == (
        f"{where}: cannot be written (No space left on device). Nothing was left behind; make room "
        "there, or choose another folder."
    )
    assert list(tmp_path.iterdir()) == []


def _no_space():
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_no_half_sheet_and_the_next_try_works(tmp_path, monkeypatch):
    plan = ss.plan_trial(20, seed=1, start="2026-01-05")
    with monkeypatch.context() as broken:
        broken.setattr("sleepstats.written.os.fsync", lambda _: _no_space())
        with pytest.raises(DiaryError, match=r"sheet\.csv: cannot be written \(No space left"):
            plan.to_csv(tmp_path / "sheet.csv")
    assert list(tmp_path.iterdir()) == []
    assert ss.TrialPlan.from_csv(plan.to_csv(tmp_path / "sheet.csv")).drawn == plan.drawn


@posix
def test_leftovers_of_dead_runs_are_swept_and_nothing_else(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine, theirs = f"sleepstats-{os.getpid()}-abc", f".sleepstats-{dead.pid}-abc"
    (tmp_path / theirs).mkdir()
    (tmp_path / theirs / "notebook").write_text("half")
    (tmp_path / f"sleepstats-{dead.pid}-x1_y").write_text("half")
    keep = [mine, "sleepstats-report", f"sleepstats-{dead.pid}-notes.csv", "diary.csv"]
    for name in keep:
        (tmp_path / name).write_text("keep")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(keep)


def test_a_private_folder_is_empty_at_first_and_gone_at_the_end():
    with private_folder() as folder:
        assert list(folder.iterdir()) == []
        assert os.name != "posix" or folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


@pytest.mark.parametrize(
    "words",
    ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1+1", " =1+1", "'=1+1", "''-2", "＝1",
     "\r=1", "\n@x"],
)  # fmt: skip
def test_a_formula_is_guarded_and_comes_back(words):
    """OWASP, CSV Injection: = + - @ tab and carriage return; fullwidth signs in some locales."""
    assert guarded(words) == f"'{words}"
    assert unguarded(guarded(words)) == words


@pytest.mark.parametrize("words", ["on", "", "'quoted'", "a=b", "it's", "2026-01-05", "x-y", "'"])
def test_plain_words_stay_as_they_are(words):
    assert guarded(words) == words == unguarded(words)


def test_no_cell_of_a_sheet_is_a_formula_and_the_plan_comes_back(tmp_path):
    import csv

    plan = ss.plan_trial(
        20, seed=1, start="2026-01-05", conditions=("=cmd|' /C calc'!A0", "-2"),
        stop_rule="@SUM(A1)", substance="+1+1",
    )  # fmt: skip
    sheet = plan.to_csv(tmp_path / "sheet.csv")
    with sheet.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    back = ss.TrialPlan.from_csv(sheet)
    assert (back.conditions, back.stop_rule, back.substance, back.drawn) == (
        plan.conditions, plan.stop_rule, plan.substance, plan.drawn,
    )  # fmt: skip


@pytest.mark.parametrize("where", ["conditions", "stop_rule", "substance"])
def test_words_that_no_sheet_can_keep_are_refused(where):
    words = ("a\x00b", "other") if where == "conditions" else "a\x1b[31m"
    with pytest.raises(DiaryError, match=f"{where} holds control characters"):
        ss.plan_trial(20, seed=1, **{where: words})
