"""Each question of reading names an option, in Python and in the shell, that settles it at once.

The advice is taken out of the text by its form alone and followed as it stands. The tables are
invented; what is expected is that the reading goes through and does not say the same again.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
import shlex
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import sleepstats as ss
from sleepstats.__main__ import main
from sleepstats.errors import in_shell

_PYTHON = re.compile(
    r"(?:(?:read_diary|join_evenings)\((?:\.\.\.|path|nights, path), )?"
    r"\b([a-z_]+=(?:\{.*?\}|\(.*?\)|'[^']*'|\w+))\)?"
)
_SHELL = re.compile(r"(?<![\w-])--[a-z-]+(?: (?:'[^']*'|\"[^\"]*\"|[\w/-]+))?")
_OPTIONS = ("labels", "when", "columns", "blank_is_no", "person", "dayfirst", "year", "tz")


def rows(form: str, n: int = 16, first: str = "2031-03-01") -> str:
    """Return rows of nights: {day}, {m}, {d}, {i} and {x} (a tick on every other)."""
    out = []
    for i in range(n):
        day = dt.date.fromisoformat(first) + dt.timedelta(i)
        out.append(form.format(day=day, d=day.day, m=day.month, i=i, j=i % 6, x="x" * (i % 2),
                               e=1929100000 + i * 86400))  # fmt: skip
    return "\n".join(out) + "\n"


TWO = "".join(
    f"{who},2031-03-{day:02d},23:{day},07:{20 + day}\n"
    for who in ("Ada", "Bo")
    for day in range(1, 13)
)
#: What is asked -> a table of which it is asked.
ASKED = {
    "the evening": "date,bed,up\n" + rows("{day},23:1{j},07:2{j}"),
    "people": "person,date,bed,up\n" + TWO,
    "day or month": "date,bed,up\n" + rows("0{m}/0{d}/2031,23:1{j},07:2{j}", 9),
    "a year": "date,bed,up\n" + rows("{d} Mar,23:1{j},07:2{j}"),
    "a blank": "evening,bed,up,wine\n" + rows("{day},23:1{j},07:2{j},{x}"),
    "a feeling": "evening,bed,up,mood\n" + rows("{day},23:1{j},07:2{j},{j}"),
    "an apostrophe": "evening,bed,up,Zorb's mood\n" + rows("{day},23:1{j},07:2{j},{j}"),
    "an unknown clock": "evening,hinx,up\n" + rows("{day},23:1{j},07:2{j}"),
    "a zone": "bed,up\n" + rows("{day}T21:1{j}:00Z,{day}T23:50:00Z"),
    "unknown clocks": "date,zqa,zqb\n" + rows("{day},23:1{j},07:2{j}"),
    "pasted habits": (
        "Date,Score,Body Battery,HRV Status,Duration,Bedtime,Wake Time,yoga\n"
        + rows("{day},7{j},40,5{j},7h 1{j}min,23:1{j},07:1{j},{x}")
    ),
    "a log's dates": (
        "Date, Sleep Time, Wake Time, Hours, Note\n" + rows("{day},23:1{j},07:2{j},8.1,")
    ),
}  # fmt: skip


def reading(path: Path, **options: object) -> tuple[list[str], bool]:
    """Return all that is said on reading a file, and whether it was read."""
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        try:
            record = ss.read_diary(path, **options).attrs["sleepstats"]  # type: ignore[arg-type]
        except ss.DiaryError as error:
            return list(error.problems), False
    return [*record["notes"], *record["asides"]], True


def advised(texts: list[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each text with each option that it names as one is typed in Python."""
    for text in texts:
        for found in _PYTHON.finditer(str(text)):
            name, _, value = found[1].partition("=")
            if name in _OPTIONS and "…" not in value:
                yield text, {name: ast.literal_eval(value)}


@pytest.mark.parametrize("asked", ASKED)
def test_the_option_that_is_named_settles_it(asked: str, tmp_path: Path) -> None:
    path = tmp_path / "nights.csv"
    path.write_text(ASKED[asked], encoding="utf-8")
    said, _ = reading(path)
    followed = list(advised(said))
    assert followed, said
    for text, given in followed:
        again, read = reading(path, **given)
        assert read, (given, again)
        if "labels" not in given:  # of what a date names, the way back is told
            assert text not in again


@pytest.mark.parametrize("asked", ASKED)
def test_so_it_does_in_the_shell(
    asked: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nights.csv"
    path.write_text(ASKED[asked], encoding="utf-8")
    said, _ = reading(path)
    python = sum("all" not in given.values() for _, given in advised(said))
    typed = [found for text in said for found in _SHELL.findall(in_shell(text))]
    typed = [one for one in typed if not one.startswith("--with ")]
    assert len(typed) >= min(python, 1)
    for one in typed:
        assert main(["check", str(path), *shlex.split(one)]) == 0, (one, capsys.readouterr())
        capsys.readouterr()


CYCLE = (
    "Start;End;Sleep Quality;Regularity;Mood;Heart rate (bpm);Steps;Alarm mode;Air Pressure (Pa)\n"
    + "".join(
        f"2031-03-{day:02d} 23:{day}:00;2031-03-{day + 1:02d} 07:{day}:00;8{day % 9}%;0%;Not set;"
        f"5{day % 9};{60 * day}12;No alarm;{98 + day % 4}.1\n"
        for day in range(10, 29)
    )
)


def test_a_products_column_is_asked_about_by_the_header_that_is_advised(tmp_path: Path) -> None:
    """The header as it stands in the file, though the column has another name and unit here."""
    path = tmp_path / "cycle.csv"
    path.write_text(CYCLE, encoding="utf-8")
    said, _ = reading(path)
    followed = [given for text, given in advised(said) if "Air Pressure" in text]
    assert followed == [{"when": {"Air Pressure (Pa)": part}} for part in ("day", "morning")]
    nights = ss.read_diary(path, **followed[0])  # type: ignore[arg-type]
    assert "air_pressure_kpa" in set(ss.correlate(nights).factor)
    assert "Air Pressure" not in " ".join(nights.attrs["sleepstats"]["asides"])


def test_a_name_of_blank_is_no_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    path, habits = tmp_path / "cycle.csv", tmp_path / "habits.csv"
    path.write_text(CYCLE, encoding="utf-8")
    habits.write_text(
        "date,tea,Mum called\n" + rows("{day},{j},{x}", 16, "2031-03-10"), encoding="utf-8"
    )
    for read in (
        lambda: ss.read_diary(path, blank_is_no=("nonsense",)),
        lambda: ss.join_evenings(ss.read_diary(path), habits, blank_is_no=("nonsense",)),
        lambda: ss.read_diary([path, habits], blank_is_no=("nonsense",)),
    ):
        with pytest.raises(ss.DiaryError, match="blank_is_no='nonsense': no habit of that name"):
            read()
    together = ss.read_diary([path, habits], blank_is_no=("Mum called",))
    assert together["mum_called"].value_counts().to_dict() == {True: 8, False: 8}  # every other


def test_advice_about_a_joined_file_names_the_function_that_joined_it(tmp_path: Path) -> None:
    """What is said of the companion is done by calling ``join_evenings`` again, as printed."""
    path, habits = tmp_path / "cycle.csv", tmp_path / "habits.csv"
    path.write_text(CYCLE, encoding="utf-8")
    habits.write_text(
        "date,tea,Mum called\n" + rows("{day},{j},{x}", 19, "2031-03-10"), encoding="utf-8"
    )
    nights = ss.join_evenings(ss.read_diary(path), habits)
    notes = [n for n in nights.attrs["sleepstats"]["notes"] if n.startswith("habits.csv")]
    assert not any("read_diary(" in note for note in notes)
    (text,) = (note for note in notes if "join_evenings(..., blank_is_no=" in note)
    ((_, given),) = advised([text])
    with pytest.warns(ss.DiaryWarning, match="joined again"):
        nights = ss.join_evenings(nights, habits, **given)  # type: ignore[arg-type]
    assert nights["mum_called"].notna().all()
    assert text not in nights.attrs["sleepstats"]["notes"]
    assert ss.compare(nights, "heart_rate_bpm", "mum_called").status != "refused"
