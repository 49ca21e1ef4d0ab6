"""Exports for the tests of reading: the invented ones, and real ones where they lie at hand."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import pandas as pd

import sleepstats as ss
from sleepstats.errors import DiaryWarning

INVENTED = Path(__file__).parent / "fixtures"
#: Beside the checkout, on the developers' machines only; what needs it skips elsewhere.
REAL = Path(__file__).parents[2].parent / "shared" / "exports"


def read(source, **options):
    """Read a file, or a text, without its warnings."""
    source = io.StringIO(source) if isinstance(source, str) else source
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiaryWarning)
        return ss.read_diary(source, **options)


def clock(nights, name):
    """Return a clock column as texts: day of the month and time."""
    return [f"{t:%d %H:%M}" if pd.notna(t) else "" for t in nights[name]]


def status(nights):
    """Return how many rows came to which end."""
    return ss.reading_report(nights)["status"].value_counts().to_dict()
