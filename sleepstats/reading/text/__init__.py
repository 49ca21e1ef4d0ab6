"""Bytes to text cells with their line numbers; nothing is interpreted."""

from sleepstats.reading.text.raw_table import Cells, RawTable, read_table
from sleepstats.reading.text.source import (
    DELIMITERS,
    PathOrFile,
    Source,
    normal_header,
    open_source,
    peek,
    sniff_delimiter,
    split_line,
    tidy,
)

__all__ = [
    "DELIMITERS", "Cells", "PathOrFile", "RawTable", "Source", "normal_header", "open_source",
    "peek", "read_table", "sniff_delimiter", "split_line", "tidy",
]  # fmt: skip
