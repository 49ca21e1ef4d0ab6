"""What goes wrong, and how it is said: where, what was found, what was expected, what next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 5


class DiaryError(ValueError):
    """Input that cannot be used, with everything that is wrong with it.

    Parameters
    ----------
    problems : str or sequence of str
        One finished sentence per failure. The message shows the first five and counts the rest.

    Attributes
    ----------
    problems : tuple of str
        Every sentence, none left out.

    Examples
    --------
    >>> str(DiaryError(["diary.csv, line 14, column 'lights_out': '25:10' is not a clock time."]))
    "diary.csv, line 14, column 'lights_out': '25:10' is not a clock time."
    >>> print(DiaryError([f"line {i}: bad" for i in range(2, 9)]))
    7 problems:
      line 2: bad
      line 3: bad
      line 4: bad
      line 5: bad
      line 6: bad
      … and 2 more (all of them in the error's .problems)
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (
            (problems,) if isinstance(problems, str) else tuple(problems)
        )
        super().__init__(_first_of(self.problems))


class DiaryWarning(UserWarning):
    """Something in the diary was repaired, refused or ambiguous; the text says where to look."""


def _first_of(problems: tuple[str, ...]) -> str:
    if len(problems) == 1:
        return problems[0]
    lines = [f"{len(problems)} problems:", *(f"  {problem}" for problem in problems[:SHOWN])]
    if len(problems) > SHOWN:
        lines.append(f"  … and {len(problems) - SHOWN} more (all of them in the error's .problems)")
    return "\n".join(lines)


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest choice, or an empty string.

    >>> did_you_mean("stres", ["stress", "screens_min"])
    " Did you mean 'stress'?"
    >>> did_you_mean("zzz", ["stress"])
    ''
    """
    near = get_close_matches(name, list(choices), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""
