"""What the package takes columns and rows for, against what a person would: headers and tables.

    python benchmarks/meaning.py [--show] [headers] [tables] [01_watch_renamed ...]
    python benchmarks/meaning.py [--show] blind      450 headers by somebody else, not mended for

`meaning/headers.csv` and `headers_later.csv` have headers in eleven languages with a few of their
cells; each is put into a
table of thirty nights beside a date and the two ends of the time in bed, and read. `meaning/tables`
has small tables, with the meaning of every column in `meaning/tables.csv` and of their rows in
`meaning/tables_expect.csv`. All are invented, by somebody who had not seen the rules.

A column is *right* if its role is one of those expected (a bar between them: either will do) and,
for the clocks, the diary's own minutes and the ratings (`CORE`), its name in the data dictionary
is too. Else it is *told* if it was put aside, named between quotes in a warning or a note, or the
file was refused; the rest is *silent*. A table is right if all its columns, its people, its number
of nights, the evening they are put on, its units, zeros and graded words are; where nothing in a
table settles the evening (`settled`), a sentence about it that names `labels` will do as well.

Reach: 97 % of the columns right, none of the others silent.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import random
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sleepstats as ss

HERE = Path(__file__).parent / "meaning"
REACH = 97.0
NIGHTS = 30
RIGHT, TOLD, SILENT, NO_ROLES = "right", "wrong, told", "wrong in silence", "no roles"
WEEKDAYS = {"English": "Mon Tue Wed Thu Fri Sat Sun", "German": "Mo Di Mi Do Fr Sa So"}
CORE = {
    "into_bed", "lights_out", "sleep_onset", "final_wake", "out_of_bed", "sol_min", "waso_min",
    "nawk", "tib_min", "spt_min", "tst_min", "twak_min", "se_pct", "quality", "rested", "nap_min",
    "stress",
}  # fmt: skip


@dataclass
class Reading:
    """What one call of `read_diary` gave: nights or an error, roles, and all that was said."""

    nights: Any = None
    roles: Mapping[str, Mapping[str, Any]] | None = None
    labels: str = ""
    said: str = ""
    error: str = ""


@dataclass
class Score:
    """The verdicts of one part, and a line for each that is not right."""

    verdicts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, verdict: str, line: str) -> None:
        """Count one verdict; keep its line unless it is right."""
        self.verdicts[verdict] += 1
        if verdict != RIGHT:
            self.wrong.append(f"{verdict:<17} {line}")

    def lines(self, name: str) -> list[str]:
        """Return a line of percentages."""
        total = self.verdicts.total()
        shares = [
            f"{verdict} {100 * self.verdicts[verdict] / total:5.1f} %"
            for verdict in (RIGHT, TOLD, SILENT, NO_ROLES)
            if verdict != NO_ROLES or self.verdicts[verdict]
        ]
        return [f"{name:<22} {total:4}   " + "   ".join(shares)] if total else []


def table_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of one of the benchmark's own lists."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reading(path: Path, **options: Any) -> Reading:
    """Read one file and keep what was said."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            nights = ss.read_diary(path, **options)
        except ss.DiaryError as error:
            return Reading(error=str(error))
        except TypeError as error:  # an option that this version does not have
            if not options or "unexpected keyword" not in str(error):
                raise
            return Reading(error=f"no such option: {error}")
    record = nights.attrs["sleepstats"]
    told = [str(warning.message) for warning in caught]
    for key in ("notes", "assumed", "asides"):
        told += [str(sentence) for sentence in record.get(key, ())]
    return Reading(nights, record.get("roles"), str(record.get("labels", "")), "\n".join(told))


def named(header: str, column: object, said: str) -> bool:
    """Whether a column is named, by its header or its name in nights, between quotes."""
    quotes = "['\"‘’“”«»„`]"
    words = [re.escape(word) for word in (header.strip(), str(column or "")) if word]
    return re.search(f"{quotes}(?:{'|'.join(words)}){quotes}", said) is not None


def verdict_on(expected: Mapping[str, str], got: Reading) -> tuple[str, str]:
    """Return the verdict on one column, and what it was taken for."""
    header = expected["header"]
    if got.nights is None:
        return TOLD, f"refused: {got.error.splitlines()[0][:90]}"
    if got.roles is None:
        return NO_ROLES, "no roles"
    taken = got.roles.get(header, got.roles.get(header.strip(), {}))
    role, column = str(taken.get("role", "")), str(taken.get("column") or "")
    names = expected["column"].split("|")
    named_well = not CORE.intersection(names) or "" in names or column in names
    if role in expected["role"].split("|") and (
        named_well or role not in ("clock", "night", "morning", "habit")
    ):
        return RIGHT, role
    told = role == "aside" or named(header, column, got.said)
    return TOLD if told else SILENT, f"{role or 'nothing'} {column}".strip()


def jittered(examples: Sequence[str], clock: bool, chance: random.Random) -> str:
    """Return a cell like the examples: numbers and minutes moved a little, words as they are."""
    cell = chance.choice(examples)
    time = re.fullmatch(r"(\D*?)(\d{1,2})(:|\.|h ?)(\d{2})(\D*)", cell)
    if time and (clock or time[3] != "."):
        minute = min(59, max(0, int(time[4]) + chance.randint(-8, 8)))
        return f"{time[1]}{time[2]}{time[3]}{minute:02d}{time[5]}"
    if re.fullmatch(r"-?\d+([.,]\d+)?", cell) and len(set(examples)) > 1:
        value, places = float(cell.replace(",", ".")), len(re.sub(r"^[^.,]*[.,]?", "", cell))
        if abs(value) >= 10 or places:  # small whole numbers are counts and grades: they stay
            value = round(value * chance.uniform(0.95, 1.05), places)
        return f"{value:.{places}f}".replace(".", "," if "," in cell else ".")
    return cell


def unique(examples: Sequence[str], row: int, chance: random.Random) -> str:
    """Return an identifier like the examples, another one for each row."""
    numbers = [int(e) for e in examples if e.isdigit()]
    if len(numbers) == len(examples):
        step = numbers[1] - numbers[0]
        return str(numbers[0] + row * step + (chance.randrange(step) if step > 1 else 0))
    return "".join(chance.sample(examples[row % len(examples)], len(examples[0])))


def minutes_written(cell: str, style: str) -> float:
    """Return the minutes of a duration written in a style of `make_tables.py`."""
    if style in ("h:mm", "Xh Ymin"):
        hours, minutes = re.findall(r"\d+", cell)
        return 60 * int(hours) + int(minutes)
    scale = {"min": 1.0, "s": 1 / 60}.get(style, 60.0)
    return scale * float(cell.replace(",", "."))


def table_around(row: Mapping[str, str]) -> list[list[str]]:
    """Return a table of thirty nights that has the header of one row of the list.

    The ends of the time in bed stand around the column's own times: from 22:00 where it has no
    say. A header that is itself one of the two stands in its place. Persons come in blocks.
    """
    chance = random.Random(f"{row['language']} {row['header']}")
    examples, roles = row["example_cells"].split("|"), row["role"].split("|")
    names = row["column"].split("|")
    own = [name for name in ("into_bed", "out_of_bed") if names[0] == name]
    head = [name for name in ("into_bed", "out_of_bed") if name not in own]
    table = [["date", *head, row["header"]]]
    blocks = len(examples) if roles == ["person"] else 1
    for i in range(NIGHTS):
        day = dt.date(2031, 3, 1) + dt.timedelta(i % (NIGHTS // blocks))
        if roles == ["person"]:
            cell = examples[i // (NIGHTS // blocks)]
        elif "date" in roles and re.search(r"\d{4}", examples[0]):
            stamp = f"{day.month}/{day.day}/{day.year} 8:{10 + i}:07"
            cell = stamp if ":" in examples[0] else day.isoformat()
        elif "date" in roles:
            cell = WEEKDAYS.get(row["language"], WEEKDAYS["English"]).split()[day.weekday()]
        elif "id" in roles and len(set(examples)) > 1:
            cell = unique(examples, i, chance)
        else:
            cell = jittered(examples, roles[0] == "clock", chance)
        bed = 22 * 60 + chance.randint(5, 40)
        span = 520 + chance.randint(-15, 30)
        if names[0] == "tib_min":
            style = "h:mm" if ":" in cell else "min" if len(cell) == 3 and cell.isdigit() else "h1"
            span = round(minutes_written(cell, style))
        ends = {"into_bed": bed, "out_of_bed": bed + span}
        clocks = [f"{ends[name] // 60 % 24:02d}:{ends[name] % 60:02d}" for name in head]
        table.append([day.isoformat(), *clocks, cell])
    return table


def try_headers(*lists: str) -> dict[str, Score]:
    """Return the verdicts on all headers, in total and by expected role and by language."""
    scores: dict[str, Score] = {"headers": Score()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nights.csv"
        for row in (row for name in lists for row in table_of(HERE / f"{name}.csv")):
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(table_around(row))
            got = reading(path)
            if row["role"] == "person" and speaks_of_people(got.error):
                got = reading(path, person="all")
            verdict, taken = verdict_on(row, got)
            line = (
                f"{row['language']:<11} {row['header']!r}: {row['role']} {row['column']}, {taken}"
            )
            scores["headers"].add(verdict, line)
            for part in (f"  {row['role'].split('|')[0]}", f"  in {row['language']}"):
                scores.setdefault(part, Score()).add(verdict, line)
    return dict(sorted(scores.items(), key=lambda part: part[0].startswith("  in ")))


def speaks_of_people(error: str) -> bool:
    """Whether a refusal says that there are several people."""
    return re.search(r"\bpeople\b|\bperson=|\ba person\b", error) is not None


def evening_verdict(expect: Mapping[str, str], got: Reading) -> tuple[str, str]:
    """Return the verdict on which evening the first row was put on."""
    if not expect["start"]:
        return RIGHT, ""
    first = str(got.nights.index.get_level_values(-1).min())[:10]
    good = first == expect["start"]
    if expect["labels"] == "calendar":  # habits are after the night: the rule has to be known
        good = got.labels == "calendar"
    told = re.search(r"labels\W", got.said) is not None
    if good or (told and expect["settled"] == "nothing"):
        return RIGHT, ""
    said = f"first evening {first} by {got.labels or 'no rule'!r}, not {expect['start']}"
    return TOLD if told else SILENT, f"{said} by {expect['labels']!r}"


def cells_verdict(column: Mapping[str, str], written: Sequence[str], got: Reading) -> str:
    """Return what was misread in the cells of a column whose role is right, or nothing.

    Zeros that are not measured must be missing, grades in words must all be there, and the middle
    of a duration must be what was written, in minutes or in hours.
    """
    name = str((got.roles or {}).get(column["header"], {}).get("column") or "")
    if name not in got.nights.columns:
        return ""
    values, (verb, _, rest) = got.nights[name], column["cells"].partition(" ")
    if " zero=" in rest and (values == 0).any():
        return f"{column['header']!r}: 0 is not measured"
    if verb == "words" and values.isna().mean() > 0.02:
        return f"{column['header']!r}: {values.isna().sum()} words lost"
    if verb == "dur" and column["column"] == name and "=" not in rest:
        minutes = [minutes_written(cell, rest.partition(" ")[2]) for cell in written]
        told, truth = float(values.median()), sorted(minutes)[len(minutes) // 2]
        if abs(told - truth) > max(3.0, 0.1 * truth):
            return f"{column['header']!r}: {told:.0f} min in the middle, written {truth:.0f}"
    return ""


def try_table(expect: Mapping[str, str], columns: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return the verdicts on one table: its columns', and those on its people, evening, cells."""
    path = HERE / "tables" / f"{expect['table']}.csv"
    options = dict(option.split("=") for option in expect["options"].split())
    people, nights = int(expect["people"]), int(expect["nights"])
    got, rows = reading(path, **options), []
    if people > 1:  # refused, and read once it is said whom is meant
        if not speaks_of_people(got.error):
            what = f"{people} people" if nights else f"one row each of {people} people"
            rows.append((TOLD if got.error else SILENT, f"{what}: not recognised"))
        elif nights:
            got = reading(path, person="all", **options)
    if nights and got.nights is None:
        rows.append((TOLD, f"refused: {got.error.splitlines()[0][:90]}"))
    elif nights:
        if len(got.nights) not in (nights, nights + (expect["labels"] == "calendar")):
            rows.append((TOLD if got.said else SILENT, f"{len(got.nights)} nights, not {nights}"))
        rows.append(evening_verdict(expect, got))
    of_columns = [(column, *verdict_on(column, got)) for column in columns] if nights else []
    with path.open(encoding="utf-8", newline="") as file:
        written = list(zip(*list(csv.reader(file, delimiter=expect["delimiter"]))[1:], strict=True))
    for (column, verdict, _), cells in zip(of_columns, written, strict=False):
        wrong = cells_verdict(column, cells, got) if verdict == RIGHT else ""
        if wrong:
            told = named(column["header"], "", got.said)
            rows.append((TOLD if told else SILENT, wrong))
    return {"columns": of_columns, "rows": [row for row in rows if row[0] != RIGHT]}


def try_tables(only: Sequence[str]) -> dict[str, Score]:
    """Return the verdicts on the columns of all tables, on their rows, and on whole tables."""
    scores = {"columns of tables": Score(), "rows and cells": Score(), "tables": Score()}
    every = table_of(HERE / "tables.csv")
    for expect in table_of(HERE / "tables_expect.csv"):
        name = expect["table"]
        if only and name not in only:
            continue
        found = try_table(expect, [column for column in every if column["table"] == name])
        for column, verdict, taken in found["columns"]:
            wanted = f"{column['role']} {column['column']}".strip()
            line = f"{name} {column['header']!r}: {wanted}, taken for {taken}"
            scores["columns of tables"].add(verdict, line)
        worst = [verdict for _, verdict, _ in found["columns"]] + [v for v, _ in found["rows"]]
        of_rows = [verdict for verdict, _ in found["rows"]]
        for part, verdicts in (("rows and cells", of_rows), ("tables", worst)):
            verdict = next((v for v in (SILENT, NO_ROLES, TOLD) if v in verdicts), RIGHT)
            why = "; ".join(text for _, text in found["rows"]) or "its columns"
            scores[part].add(verdict, f"{name}: {why}")
    return scores


def main() -> int:
    """Print a line a part; fail if the reach is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="store_true", help="list what is not right")
    parser.add_argument("what", nargs="*", help="headers, tables, or names of tables")
    asked = parser.parse_args()
    if asked.what == ["blind"]:
        score = try_headers("headers_blind")["headers"]
        print(*score.lines("blind"), *(score.wrong if asked.show else ()), sep="\n")
        return 0
    only = [name for name in asked.what if name not in ("headers", "tables")]
    scores: dict[str, Score] = {}
    if "headers" in asked.what or not asked.what:
        scores |= try_headers("headers", "headers_later")
    if only or "tables" in asked.what or not asked.what:
        scores |= try_tables(only)
    for name, score in scores.items():
        print(*score.lines(name), sep="\n")
    columns = Score()
    for name in ("headers", "columns of tables"):
        columns.verdicts += scores.get(name, Score()).verdicts
    print(*columns.lines("all columns"), sep="\n")
    if columns.verdicts[NO_ROLES]:
        print('no roles: nights.attrs["sleepstats"]["roles"] does not exist in this version')
    if asked.show:
        for name, score in scores.items():
            if not name.startswith("  ") and score.wrong:
                print(f"\n{name}", *score.wrong, sep="\n")
    share = 100 * columns.verdicts[RIGHT] / columns.verdicts.total()
    print(f"reach: {REACH:g} % of columns right, none silent; measured {share:.1f} %, ", end="")
    print(f"{columns.verdicts[SILENT]} silent")
    return int(share < REACH or columns.verdicts[SILENT] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
