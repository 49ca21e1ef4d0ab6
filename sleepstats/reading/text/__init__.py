"""Bytes to text cells with their line numbers; nothing is interpreted."""

from sleepstats.reading.text.containers import TABLE_FILES, Entry, again, entries_of, open_any
from sleepstats.reading.text.quotes import inside_of, split_line, split_rows
from sleepstats.reading.text.raw_table import Cells, RawTable, read_table
from sleepstats.reading.text.source import (
    DELIMITERS,
    PathOrFile,
    Source,
    checked_path,
    normal_header,
    open_source,
    peek,
    sniff_delimiter,
    tidy,
)

__all__ = [
    "DELIMITERS", "TABLE_FILES", "Cells", "Entry", "PathOrFile", "RawTable", "Source", "again",
    "checked_path", "entries_of", "inside_of", "normal_header", "open_any", "open_source", "peek",
    "read_table", "sniff_delimiter", "split_line", "split_rows", "tidy",
]  # fmt: skip
