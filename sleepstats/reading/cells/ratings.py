"""Ratings as forms and people write them: 3 - somewhat, 8/10, four stars, very good."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from sleepstats.reading.cells.numbers import number_text, read_numbers
from sleepstats.reading.cells.parsed import Parsed, Texts, distinct, says_missing

_NUMBER = r"\d+(?:[.,]\d+)?"
_LABELLED = re.compile(
    rf"({_NUMBER}) ?(?:[-–—:=.)]+ ?|\()[^\W\d][^\d]*|[^\W\d][^\d]*[(:=] ?({_NUMBER})\)?"
)
_SHARE = re.compile(rf"({_NUMBER}) ?(?:/|of|out of|von|sur|de|из) ?(\d+)", re.IGNORECASE)
_STARS = re.compile(r"([★⭐🌟*]{1,10})\ufe0f?([☆✩]{0,9})")

#: The answers of the Consensus Sleep Diary, best last.
SLEEP_WORDS = {
    "very poor": "1", "poor": "2", "fair": "3", "good": "4", "very good": "5",
    "not at all rested": "1", "slightly rested": "2", "somewhat rested": "3",
    "well rested": "4", "well-rested": "4", "very well-rested": "5", "very well rested": "5",
}  # fmt: skip


def read_ratings(cells: Texts, words: Mapping[str, str] | None = None) -> Parsed:
    """Read a column of ratings.

    >>> read_ratings(["3 - somewhat", "5", "4 (very)"]).values
    array([3., 5., 4.])
    >>> read_ratings(["8/10", "7 of 10", ""]).values
    array([ 8.,  7., nan])
    >>> read_ratings(["8/10", "4/5"]).values
    array([nan, nan])
    """
    numbers = read_numbers(cells)
    if not numbers.bad:
        return numbers
    texts, codes = distinct(cells)
    one_scale = len(set(filter(None, map(_scale, texts)))) < 2
    plain = list(texts)
    for i, text in enumerate(texts):
        if not number_text(text) and (one_scale or not _scale(text)):
            plain[i] = (words or {}).get(text.casefold()) or _digits(text) or text
    return read_numbers(np.array(plain, dtype=object)[codes])


def look_like_ratings(texts: Sequence[str]) -> bool:
    """Say whether texts are all ratings, some of them more than bare numbers."""
    said = [text for text in texts if not says_missing(text)]
    marked = [bool(_digits(text)) for text in said]
    return any(marked) and all(
        mark or bool(number_text(text)) for mark, text in zip(marked, said, strict=True)
    )


def _digits(text: str) -> str:
    """Return the number of a rating that is more than a number, or an empty text."""
    if stars := _STARS.fullmatch(text):
        return str(len(stars[1]))
    if share := _SHARE.fullmatch(text):
        value = float(share[1].replace(",", "."))
        return share[1] if value <= float(share[2]) else ""
    if labelled := _LABELLED.fullmatch(text):
        return labelled[1] or labelled[2]
    return ""


def _scale(text: str) -> str:
    """Return what a rating is out of, or an empty text."""
    share = _SHARE.fullmatch(text)
    return share[2] if share else ""
