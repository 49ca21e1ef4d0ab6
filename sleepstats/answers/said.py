"""What is said: a few sentences; and how days and counts are written in them."""

from __future__ import annotations

import html

import pandas as pd


class Said(tuple[str, ...]):
    """A few finished sentences, shown as paragraphs in a notebook and as lines elsewhere.

    >>> Said(("You slept.", "You woke up."))
    You slept.
    You woke up.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self)


def date_said(day: pd.Timestamp) -> str:
    """Write a date with its weekday."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def count_said(n: int, word: str) -> str:
    """Write a count with its word, in the plural where it has to be."""
    return f"{n:,} {word}{'' if n == 1 else 's'}"


def known_nights(nights: pd.DataFrame, name: str) -> int:
    """Count the nights with a value."""
    return int(nights[name].notna().sum()) if name in nights else 0
