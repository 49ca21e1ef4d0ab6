"""What reading asks of a file stays in proportion to the file: work is counted, not timed."""

import io
from pathlib import Path

import pytest

import sleepstats as ss
from sleepstats.reading.cells.parsed import kept
from sleepstats.reading.formats import diary

SAMPLES = Path(__file__).parents[2] / "data" / "sample"


@pytest.mark.filterwarnings("ignore::sleepstats.DiaryWarning")
@pytest.mark.parametrize("name", ["diary.csv", "spreadsheet.csv"])
def test_rows_below_the_headers_are_not_taken_for_headers(name, monkeypatch):
    """A row holds a word or two that mean something: fewer than a line of headers that is found.

    How all below a line looks, column by column, is only asked where the line may be a better one:
    in the sample diaries of none but those above the headers (none, and a title).
    """
    asked = []
    below = diary.shapes_below

    def counted(preview, number, delimiter, width):
        asked.append(number)
        return below(preview, number, delimiter, width)

    monkeypatch.setattr(diary, "shapes_below", counted)
    nights = ss.read_diary(SAMPLES / name)
    header = ss.reading_report(nights)["line"].min()
    assert [number for number in asked if number > header] == []
    assert len(asked) <= 1


def test_the_best_line_of_headers_is_found_whatever_stands_above():
    """By hand: the second line has a date, two clock times and three more; the first a name."""
    text = "Sleep,Coffee\nDate,Bed,Up,Rested,Wine,Awake (min)\n" + "".join(
        f"2031-03-{day:02d},23:10,7:05,4,1,10\n" for day in range(1, 9)
    )
    nights = ss.read_diary(io.StringIO(text), labels="evening")
    assert {"into_bed", "out_of_bed", "rested", "wine", "waso_min"} <= set(nights.columns)
    assert len(nights) == 8


def test_what_was_said_of_a_short_column_is_recalled_of_an_equal_one_only():
    """By hand: three columns, two of them equal, are asked about twice; long ones every time."""
    asked = []

    @kept
    def first(cells):
        asked.append(len(cells))
        return cells[0]

    assert [first(["a", "b"]), first(("a", "b")), first(["b", "a"])] == ["a", "a", "b"]
    assert asked == [2, 2]
    long = ["a"] * 2_000
    assert [first(long), first(long)] == ["a", "a"]
    assert asked == [2, 2, 2_000, 2_000]
