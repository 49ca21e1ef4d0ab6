"""A column of text cells to clocks, dates, durations, numbers, ratings, tags."""

from sleepstats.reading.cells.clocks import read_clocks
from sleepstats.reading.cells.dates import read_dates, read_stamps
from sleepstats.reading.cells.durations import read_durations
from sleepstats.reading.cells.kinds import Kind, kind_of_cells, looks_like_stamps
from sleepstats.reading.cells.number_words import (
    bare_counts,
    with_unit,
    without_degrees,
    without_units,
)
from sleepstats.reading.cells.numbers import (
    SLEEP_WORDS,
    look_like_ratings,
    read_counted,
    read_numbers,
    read_ratings,
    read_yes_no,
)
from sleepstats.reading.cells.parsed import Parsed, distinct, is_missing, says_missing

__all__ = [
    "SLEEP_WORDS", "Kind", "Parsed", "bare_counts", "distinct", "is_missing", "kind_of_cells",
    "look_like_ratings", "looks_like_stamps", "read_clocks", "read_counted", "read_dates",
    "read_durations", "read_numbers", "read_ratings", "read_stamps", "read_yes_no", "says_missing",
    "with_unit", "without_degrees", "without_units",
]  # fmt: skip
