"""A text bar on stderr, drawn only where it was asked for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

#: Called with how many are done and how many there are (0 where unknown).
Progress = Callable[[int, int], None]

_WIDTH = 30
_EVERY_S = 0.2


def text_bar(what: str = "people", *, to: TextIO | None = None) -> Progress:
    """Return a callback that draws how far a long run is.

    >>> import io
    >>> out = io.StringIO()
    >>> bar = text_bar(to=out)
    >>> bar(4, 4)
    >>> out.getvalue().split(",")[0].strip()
    '[##############################] 4 of 4 people'
    """
    stream = sys.stderr if to is None else to
    began = time.monotonic()
    last = -1.0

    def draw(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done != total and now - last < _EVERY_S:
            return
        last = now
        spent = now - began
        if total:
            filled = _WIDTH * done // total
            bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,} {what}"
            left = spent / done * (total - done) if done else 0.0
            words = f"{bar}, {left:.0f} s left" if done < total else f"{bar}, {spent:.0f} s"
        else:
            words = f"{done:,} {what}, {spent:.0f} s"
        stream.write(f"\r{words}   " + ("\n" if total and done == total else ""))
        stream.flush()

    return draw
