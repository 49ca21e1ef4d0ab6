"""Text cells that remember their distinct texts, so that they are looked for once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class CodedCells(np.ndarray[Any, np.dtype[np.object_]]):
    """An object array of texts with room for the distinct texts.

    Attributes
    ----------
    coded : (list of str, int array) or None
        The distinct tidy texts, and each row's place among them, once somebody asked for them;
        None again when a cell was written to, and in every array made from this one.

    Examples
    --------
    >>> cells = np.array(["yes", "no"], dtype=object).view(CodedCells)
    >>> cells.coded = (["yes", "no"], np.array([0, 1]))
    >>> cells[:1].coded is None
    True
    >>> cells[0] = "perhaps"
    >>> cells.coded is None
    True
    """

    coded: tuple[list[str], NDArray[np.intp]] | None

    def __array_finalize__(self, other: object) -> None:
        """Forget the codes in whatever is made from an array."""
        self.coded = None

    def __setitem__(self, place: Any, value: Any) -> None:
        """Write cells, and forget the codes."""
        self.coded = None
        super().__setitem__(place, value)
