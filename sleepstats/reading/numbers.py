"""Numbers and yes/no answers, the decimal sign decided from the whole column."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from sleepstats.reading.parsed import (
    Cells,
    Texts,
    Told,
    all_match,
    distinct,
    lines_of,
    says_missing,
)

Floats = NDArray[np.float64]

_PLAIN = lines_of(r"-?[0-9]+(?:\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*", re.ASCII)
_SPACED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))", re.ASCII)

POINT, COMMA = "decimal point", "decimal comma"

_YES = frozenset(
    ("yes", "y", "true", "t", "x", "✓", "✔", "☑", "✅", "1", "1.0", "on", "checked", "ja", "j",
     "oui", "o", "si", "sí", "sì", "s", "да", "д")
)  # fmt: skip
_NO = frozenset(
    ("no", "n", "false", "f", "✗", "✘", "☐", "❌", "0", "0.0", "off", "unchecked", "nein", "non",
     "não", "nao", "нет", "н", "nee")
)  # fmt: skip


def read_numbers(cells: Texts) -> Cells:
    """Read a column of numbers.

    Parameters
    ----------
    cells : object array or sequence of str
        Text cells of one column. A percent sign after the number is dropped.

    Returns
    -------
    Cells
        ``values``: floats; ``style``: which decimal sign the column uses.

    Notes
    -----
    A comma is the decimal sign if some cell shows it: ``7,5``, ``0,125``, ``1.234,5``. It groups
    thousands if some cell shows that: ``1,234,567``, ``1,234.5``, or ``7.5`` elsewhere in the
    column. A column whose only commas stand before three digits (``11,528``) is read as thousands.
    Where cells of one column contradict each other, those that can be read both ways are refused.

    Examples
    --------
    >>> read_numbers(["7,5", "8", "12 %", "lots"]).values
    array([ 7.5,  8. , 12. ,  nan])
    >>> read_numbers(["11,528", "2,768"]).values
    array([11528.,  2768.])
    """
    texts, codes = distinct(cells)
    if all_match(_PLAIN, texts):
        values = np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)
        return Cells(values[codes], style=POINT)
    clean = [number_text(text) for text in texts]
    sign = decimal_sign([text for text in clean if text])
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    for i, text in enumerate(clean):
        if text:
            values[i], why = number_of(text, sign)
            if why:
                bad[i] = f"{texts[i]!r} {why}"
        elif not says_missing(texts[i]):
            bad[i] = f"{texts[i]!r} is not a number. Write digits only, for example 2.5."
    return Cells(values[codes], Told(codes, bad), style=COMMA if sign == "," else POINT)


def number_text(text: str) -> str:
    """Return the digits and signs of a tidy text that is one number, else an empty text."""
    if says_missing(text):
        return ""
    text = text.removesuffix("%").rstrip().replace("−", "-")
    text = _SPACED.sub("", text)
    return text if _NUMBER.fullmatch(text) else ""


def decimal_sign(texts: list[str]) -> str:
    """Return the decimal sign of a column of number texts: ".", ",", or "" if it contradicts."""
    comma = point = grouped = 0
    for text in texts:
        if "," in text and "." in text:
            comma += text.rindex(",") > text.rindex(".")
            point += text.rindex(".") > text.rindex(",")
        elif "," in text:
            if not _GROUPS.fullmatch(text):
                comma += 1
            elif text.count(",") > 1:
                point += 1
            else:
                grouped += 1
        elif "." in text:
            if not _GROUPS.fullmatch(text):
                point += 1
            elif text.count(".") > 1:
                comma += 1
    if comma and point:
        return "" if grouped else "?"
    return "," if comma else "."


def number_of(text: str, sign: str) -> tuple[float, str]:
    """Return a number text's value and, if it cannot be read, why."""
    both = "," in text and "." in text
    if both:
        sign = "," if text.rindex(",") > text.rindex(".") else "."
    elif sign in ("", "?"):
        if _GROUPS.fullmatch(text):
            return np.nan, (
                "could be read with a decimal comma or a decimal point: the column has both. "
                "Write all of it one way."
            )
        sign = "," if "," in text else "."
    other = "." if sign == "," else ","
    if other in text:
        whole, _, rest = text.partition(sign)
        if not _GROUPS.fullmatch(whole) or other in rest:
            if other == "." and text.count(".") == 1 and not both:
                return float(text), ""
            return np.nan, "is not a number. Write digits only, for example 2.5."
    plain = text.replace(other, "").replace(sign, ".")
    try:
        return float(plain), ""
    except ValueError:
        return np.nan, "is not a number. Write digits only, for example 2.5."


def read_yes_no(cells: Texts) -> Cells:
    """Read a column of yes/no answers.

    Parameters
    ----------
    cells : object array or sequence of str
        Text cells of one column.

    Returns
    -------
    Cells
        ``values``: 1.0 yes, 0.0 no, NaN not recorded. An empty cell is not recorded; it is never
        taken for no.

    Notes
    -----
    Read, in any case: yes/no, y/n, true/false, x, ticks and crosses, on/off, checked/unchecked,
    1/0, and yes and no in German, French, Spanish, Italian, Portuguese, Dutch and Russian.

    Examples
    --------
    >>> read_yes_no(["Yes", "n", "", "ja", "perhaps"]).values
    array([ 1.,  0., nan,  1., nan])
    """
    texts, codes = distinct(cells)
    values = np.full(len(texts), np.nan)
    bad: dict[int, str] = {}
    for i, text in enumerate(texts):
        word = text.casefold()
        if word in _YES:
            values[i] = 1.0
        elif word in _NO:
            values[i] = 0.0
        elif not says_missing(text):
            bad[i] = f"{text!r} is neither yes nor no. Write yes or no, or leave the cell empty."
    return Cells(values[codes], Told(codes, bad), style="yes/no")
