"""What ``sleepstats check`` says of a file."""

from __future__ import annotations

import io

import sleepstats as ss
from sleepstats.reading.check import check_lines, coverage

TEXT = """night,into_bed,out_of_bed,tea,cups,last_coffee,where
2026-01-05,23:00,07:00,yes,2,15:00,home
2026-01-06,23:10,07:05,no,,16:00,away
2026-01-11,23:20,07:10,,0,,home
"""


def test_every_part_is_there() -> None:
    assert check_lines(ss.read_diary(io.StringIO(TEXT))) == [
        "Taken as results of the night: into_bed, out_of_bed; as habits of the day or evening "
        "before: tea, cups, last_coffee, where.",
        "",
        "the file object: Diary table (Consensus Sleep Diary, Google Forms, a spreadsheet of your "
        "own) (format diary), because line 1 has 4 headers of a sleep diary.",
        "  Such a file gives whatever was written down: clock items, latency, awakenings, ratings, "
        "and every other column as a habit of the day before; what was taken, how much and when "
        "from a free text.",
        "",
        "the file object: 3 rows read, 3 used.",
        "Not in this file: sleep onset latency, wake after sleep onset, total sleep time, a rating "
        "of sleep quality.",
        "",
        "3 nights, the first 2026-01-05, the last 2026-01-11; 4 of 7 evenings in between have no "
        "night.",
        "  gap of 4 nights after 2026-01-06, until 2026-01-11",
        "",
        "factor                      recorded as                       not recorded  belongs to",
        "tea                         1 yes, 1 no                                  1  day",
        "cups                        2 numbers, 0 to 2                            1  day",
        "where                       3 answers of 2 kinds                         0  day",
        "caffeine_last_h_before_bed  2 numbers, 7.17 to 8                         1  day",
    ]


def test_a_diary_without_habits_says_so() -> None:
    nights = ss.read_diary(io.StringIO("night,into_bed,out_of_bed\n2026-01-05,23:00,07:00\n"))
    assert check_lines(nights)[-1] == (
        "No habits or circumstances were recorded: there is nothing to relate sleep to."
    )


def test_only_the_longest_gaps_are_listed() -> None:
    index = [f"2026-0{month}-0{day}" for month in range(1, 8) for day in (1, 5)]
    rows = "".join(f"{day},23:00,07:00\n" for day in index)
    nights = ss.read_diary(io.StringIO(f"night,into_bed,out_of_bed\n{rows}"))
    lines = coverage(nights)
    assert lines[1] == "  gap of 26 nights after 2026-01-05, until 2026-02-01"
    assert len(lines) == 7
    assert lines[-1] == "  and 8 more gaps of 3 nights or longer"


def test_evenings_of_habits_only_are_no_nights() -> None:
    rows = ["evening,bed,up,coffee"]
    for i in range(12):
        ends = "23:10,07:00" if i % 4 else ","
        rows.append(f"2026-02-{1 + i:02d},{ends},{i % 3}")
    nights = ss.read_diary(io.BytesIO(("\n".join(rows) + "\n").encode()))
    said = "9 nights and 3 evenings with habits only"
    assert any(line.startswith(f"{said}, the first 2026-02-01") for line in check_lines(nights))
    assert any(text.startswith(f"{said}, from Sunday") for text in ss.answer(nights).read)
