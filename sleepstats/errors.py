"""What goes wrong, and how it is said: where, what was found, what was expected, what next."""

from __future__ import annotations

import functools
import inspect
import numbers
import re
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

SHOWN = 5
#: Signs that no text can hold; between them stands advice: for Python, then for the shell.
_BEGIN, _THEN, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_ADVICE = re.compile(f"{_BEGIN}([^{_BEGIN}-{_END}]*){_THEN}([^{_BEGIN}-{_END}]*){_END}")


class Advised(str):
    """A text that holds advice: as text for Python, and in the words that are typed in a shell."""

    #: The same for the shell, and with both forms in it, to be put into a longer text.
    shell: str
    marks: str

    def __new__(cls, marks: str) -> Advised:
        """Take both forms out of a text that was put together with :func:`advice`."""
        text = super().__new__(cls, _ADVICE.sub(lambda found: found[1], marks))
        text.shell, text.marks = _ADVICE.sub(lambda found: found[2], marks), marks
        return text


def both_forms(text: str) -> str:
    """Return a finished text; one that holds advice carries both of its forms."""
    return text if isinstance(text, Advised) or _BEGIN not in text else Advised(text)


def in_shell(text: str) -> str:
    """Return a text in the words of the shell."""
    return text.shell if isinstance(text, Advised) else text


def marked(text: str) -> str:
    """Return a finished text for use within a longer one, with both forms of its advice."""
    return text.marks if isinstance(text, Advised) else text


def advice(python: str, shell: str) -> str:
    """Return advice for a text that :func:`both_forms` finishes."""
    return f"{_BEGIN}{python}{_THEN}{shell}{_END}"


#: How the options of ``read_diary`` are typed; any other is ``--name value``.
_TYPED: dict[str, Callable[[Any], str]] = {
    "when": lambda given: " ".join(f"--when {'='.join(one)!r}" for one in given.items()),
    "columns": lambda given: " ".join(f"--column {'='.join(one)!r}" for one in given.items()),
    "blank_is_no": lambda names: " ".join(f"--blank-is-no {name!r}" for name in names),
    "person": lambda one: "person='all' in Python" if one == "all" else f"--person {one!r}",
    "sheet": lambda name: f"--sheet {name!r}",
    "dayfirst": lambda so: "--dayfirst" if so else "--monthfirst",
}
#: Whether the table that goes beside the nights is read: its options are typed as --with-labels.
_beside: ContextVar[bool] = ContextVar("beside", default=False)


@contextmanager
def of_a_companion() -> Iterator[None]:
    """Let options be those of the table that goes beside the nights."""
    token = _beside.set(True)
    try:
        yield
    finally:
        _beside.reset(token)


def option(call: str = "", /, **one: Any) -> str:
    """Return an option of ``read_diary``, with the call that it stands in, as advice."""
    ((name, value),) = one.items()
    python = f"{name}={value!r}"
    shell = _TYPED[name](value) if name in _TYPED else f"--{name} {value}"
    if _beside.get() or call.startswith("join_evenings("):
        call = call.replace("(path", "(nights, path").replace("read_diary", "join_evenings")
        shell = re.sub(r"(?:^|(?<= ))--(?=[a-z])", "--with-", shell)
    return advice(f"{call}, {python})" if call else python, shell)


def given(name: str, value: Any) -> str:
    """Begin a problem with an argument of a function that has a command: what was given for it."""
    return advice(f"{name} is {spelled(value)}", f"--{name.replace('_', '-')}: {spelled(value)}")


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
        given = (problems,) if isinstance(problems, str) else tuple(problems)
        self.problems: tuple[str, ...] = tuple(both_forms(harmless(marked(one))) for one in given)
        super().__init__(_first_of(self.problems))

    @property
    def shell(self) -> str:
        """The message with its advice in the words of the shell."""
        return _first_of(tuple(map(in_shell, self.problems)))

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the reader's own line and the sentence, none of our lines."""
        steps = traceback.extract_tb(self.__traceback__)
        inside = next((k for k, at in enumerate(steps) if __file__[:-9] in at.filename), 0)
        own = [f"line {at.lineno}: {at.line}" for at in steps[:inside][-1:]]
        return [*own, f"DiaryError: {self}"]


class DiaryWarning(UserWarning):
    """Something in the diary was repaired, refused or ambiguous; the text says where to look."""

    def __init__(self, text: str = "") -> None:
        told = both_forms(harmless(marked(text)))
        self.shell = in_shell(told)  # the text with its advice in the words of the shell
        super().__init__(str(told))


#: Signs that move a terminal's cursor, colour it or turn its writing; and halves of signs.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str, *, lines: bool = True) -> str:
    """Return text with control characters spelled out, line breaks as well unless ``lines``."""
    text = _HARMFUL.sub(lambda sign: sign[0].encode("unicode_escape").decode(), text)
    return text if lines else text.replace("\n", "\\n").replace("\t", "\\t")


#: Where a problem of a row is, and the cell that it quotes.
_ROW = re.compile(r"(?P<file>.*?, )line (?P<line>\d+)(?P<rest>.*)", re.DOTALL)
_CELL = re.compile(r"(?<=': )'(?:[^'\\]|\\.)*'")


def _first_of(problems: tuple[str, ...]) -> str:
    """Return a line for each kind of problem, with its first case, a count and the first lines."""
    kinds: dict[str, list[str]] = {}
    for problem in problems:
        row = _ROW.fullmatch(problem)
        kind = f"{row['file']}{_CELL.sub('', row['rest'])}" if row else problem
        kinds.setdefault(kind, []).append(problem)
    said = [_said_once(alike) for alike in kinds.values()]
    if len(said) == 1:
        return said[0]
    lines = [f"{len(problems)} problems:", *(f"  {one}" for one in said[:SHOWN])]
    if (more := len(problems) - sum(map(len, [*kinds.values()][:SHOWN]))) > 0:
        lines.append(f"  … and {more} more (all of them in the error's .problems)")
    return "\n".join(lines)


def _said_once(alike: list[str]) -> str:
    """Return problems of one kind as one: the first, how many, and where the first ones are."""
    first = _ROW.fullmatch(alike[0])
    if len(alike) == 1 or first is None:
        return alike[0]
    rows = [found["line"] for one in alike if (found := _ROW.fullmatch(one))]
    more = ", …" if len(rows) > SHOWN else ""
    return f"{alike[0]} The same in {len(alike)} rows: lines {', '.join(rows[:SHOWN])}{more}."


def did_you_mean(name: object, choices: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest choice, or an empty string."""
    said = name if isinstance(name, str) else spelled(name)
    near = get_close_matches(said, list(choices), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


_WrongCall = type("DiaryError", (DiaryError, TypeError), {})  # a TypeError, short in a notebook
_HUGE = 10**300  # nobody's number, and too long to print
_AT_HOME = {"builtins", "_io", "io", "matplotlib", "numpy", "pandas", "pathlib", "sleepstats"}
P = ParamSpec("P")
R = TypeVar("R")
#: What an annotation of a public function says in words, and how a value is held against it.
_MEANT: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "None": ("None", lambda value: value is None),
    "str": ("text", lambda value: isinstance(value, str)),
    "bool": ("True or False", lambda value: isinstance(value, bool)),
    "int": ("a whole number", lambda value: _is_number(value, numbers.Integral, _HUGE)),
    "float": ("a number", lambda value: _is_number(value, numbers.Real, 10**18)),
    "Axes": ("axes of matplotlib", lambda value: hasattr(value, "get_figure")),
    "pd.DataFrame": ("a DataFrame", lambda value: hasattr(value, "columns")),
}
_LIST_OF = re.compile(r"(?:Sequence|Iterable)\[str\]|tuple\[str, str\]")
_MAPPING_OF_NAMES = re.compile(r"Mapping\[str, (str|float)\]")


def worded(function: Callable[P, R]) -> Callable[P, R]:
    """Turn what breaks on an argument of the wrong type into a sentence about that argument.

    What breaks although every argument is what its annotation says is ours, and stays as it is.
    """

    @functools.wraps(function)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            _no_bytes(function, args, kwargs)
            return function(*map(_usable, args), **{k: _usable(v) for k, v in kwargs.items()})
        except DiaryError:
            raise
        except Exception as error:
            if problems := _wrong_arguments(function, args, kwargs, error):
                raise DiaryError(problems) from error
            raise

    return asked


class _StandIn:
    """What stands for what cannot be printed; no text, which could pass for a path."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __repr__(self) -> str:
        return self._words


def _usable(value: Any, depth: int = 0) -> Any:
    """Return a fraction as a number, and a stand-in for what fails or warns once it is printed."""
    if isinstance(value, numbers.Rational) and not isinstance(value, numbers.Integral):
        return float(value)
    if type(value) in (list, tuple, set, frozenset, dict) and depth < 9:  # one may hold itself
        inside = value.items() if type(value) is dict else value
        return type(value)(_usable(one, depth + 1) for one in inside)
    home = type(value).__module__.partition(".")[0] in _AT_HOME
    bad = abs(value) > _HUGE if isinstance(value, int) else not (home or _shown(value))
    return _StandIn(f"a {type(value).__name__}") if bad else value


def _no_bytes(function: Callable[..., Any], args: Any, kwargs: Any) -> None:
    """Refuse bytes where text is meant: they can do what texts can, until they are printed."""
    held = any(isinstance(value, bytes) for value in (*args, *kwargs.values()))
    if held and (problems := _wrong_arguments(function, args, kwargs, TypeError("bytes"))):
        raise DiaryError(problems)


def _wrong_arguments(
    function: Callable[..., Any], args: Any, kwargs: Any, error: Exception
) -> list[str]:
    """Say of every argument that is not what its annotation says what was expected."""
    call, signature = f"{function.__name__}()", inspect.signature(function)
    try:
        given = signature.bind(*args, **kwargs).arguments
    except TypeError as wrong:
        odd = [name for name in kwargs if name not in signature.parameters]
        near = f"no option {odd[0]!r}.{did_you_mean(odd[0], signature.parameters)}" if odd else ""
        raise _WrongCall(f"{call}: {near or f'{wrong}.'}") from None
    problems = []
    for name, value in given.items():
        parameter = signature.parameters[name]
        if parameter.kind is parameter.VAR_KEYWORD:
            # only pictures have those; nothing else here calls functions that know them
            looks = ", ".join(f"{key}={spelled(one)}" for key, one in value.items())
            what = str(error).partition("\n")[0] or type(error).__name__
            problems.append(
                f"{call}: {looks} cannot be drawn with ({what}). Give what "
                "matplotlib knows, for example color='black', or leave it out."
            )
        elif expected := _not_meant(value, str(parameter.annotation)):
            problems.append(f"{call}: {name} is {spelled(value)}, expected {expected}.")
    return problems


def _not_meant(value: Any, annotation: str) -> str:
    """Return in words what an annotation expects, if the value is something else."""
    words, several = [], False
    for part in annotation.split(" | "):
        if part in _MEANT:
            said, fits = _MEANT[part]
        elif _LIST_OF.fullmatch(part):
            said, fits, several = "a list of names", _is_list_of_text, True
        elif part in ("tuple[float, ...]", "Sequence[float]"):
            said, fits = "a list of numbers", _is_list_of_numbers
        elif mapping := _MAPPING_OF_NAMES.fullmatch(part):
            inner, one_fits = _MEANT[mapping[1]]
            many = "numbers" if inner == "a number" else inner
            said, fits = f"a mapping from names to {many}", _mapping_of(one_fits)
        else:  # a result, a path, a list of claims: whoever takes it says so
            return ""
        if fits(value) or (several and isinstance(value, str)):
            return ""
        words.append(said)
    return " or ".join(words)


def _is_number(value: Any, kind: type, most: int) -> bool:
    """Whether it is one; larger whole numbers are not computed with, or not printed."""
    sized = not isinstance(value, int) or abs(value) <= most
    return isinstance(value, kind) and not isinstance(value, bool) and sized


def _is_list_of_text(value: Any) -> bool:
    listed = isinstance(value, Sequence | Set) and not isinstance(value, bytes)
    return listed and all(isinstance(one, str) for one in value)


def _is_list_of_numbers(value: Any) -> bool:
    return isinstance(value, Sequence) and all(isinstance(one, numbers.Real) for one in value)


def _mapping_of(one_fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(key, str) and one_fits(one) for key, one in value.items())
    )


def spelled(value: Any, instead: str = "") -> str:
    """Return a value as it would be typed, if that is short enough to read, else what it is."""
    short = 0 < len(text := _shown(value)) <= 60 and "\n" not in text
    return text if short else instead or f"a {type(value).__name__}"


def _shown(value: Any) -> str:
    """Return what Python prints; nothing where that fails or warns, as some numbers do."""
    with suppress(Exception), warnings.catch_warnings(action="error"):
        return repr(value)
    return ""
