"""One text cell in its tidy form, and columns of cells that remember their distinct texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from sleepstats.arrays import Rows


class CodedCells(np.ndarray[Any, np.dtype[np.object_]]):
    """An object array of texts with room for the distinct texts.

    >>> cells = np.array(["yes", "no"], dtype=object).view(CodedCells)
    >>> cells.coded = (["yes", "no"], np.array([0, 1]))
    >>> cells[:1].coded is None
    True
    >>> cells[0] = "perhaps"
    >>> cells.coded is None
    True
    """

    #: (list of str, int array) or None: the distinct tidy texts, and each row's place among them,
    #: once somebody asked for them; None again when a cell was written to, and in every array made
    #: from this one.
    coded: tuple[list[str], Rows] | None

    def __array_finalize__(self, other: object) -> None:
        """Forget the codes in whatever is made from an array."""
        self.coded = None

    def __setitem__(self, place: Any, value: Any) -> None:
        """Write cells, and forget the codes."""
        self.coded = None
        super().__setitem__(place, value)


_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))


def tidy(text: object) -> str:
    """Strip a cell, bring every kind of blank to one, and drop invisible characters."""
    if not isinstance(text, str):
        return "" if text is None or text != text else str(text)
    if text.isascii():
        return text.strip()
    return " ".join(text.translate(_INVISIBLE).split())
