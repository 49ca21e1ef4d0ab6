"""What leaves the program: whole files, their owner's only and safe in a spreadsheet; lines."""

from __future__ import annotations

import html
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, TextIO

from sleepstats.errors import DiaryError, harmless

if TYPE_CHECKING:
    import pandas as pd

#: An unfinished file or folder of a run carries that run's process number in its name.
_UNFINISHED = re.compile(r"\.?sleepstats-(\d+)-\w+")
_OWNER_ONLY = 0o600
_BAR = 20  # letters of the bar that shows how far the work is
#: A cell that begins with one of these is a formula to a spreadsheet, blanks before it aside.
_FORMULA = re.compile("[\\s']*[=+\\-@\uff1d\uff0b\uff0d\uff20]")

#: Where no line is broken: between a number and its unit, words that are one, a call.
_ONE = re.compile(
    r"(?<=\d) (?=(?:%|(?:h|min|ms|mg|points?|nights?|evenings?)\b))|(?<=\d h) (?=\d)|"
    r"(?<=\b(?:went|goes)) (?=with\b)|(?<=read_diary\(\.\.\.,) "
)


def write_whole(texts: Mapping[Path, str], *, encoding: str = "utf-8", over: bool = False) -> None:
    """Write several files, all of them or none; they are a person's health, so 0600.

    Everything is written beside its place under another name first and then moved, so that neither
    a full disk nor a killed run leaves half a file. ``over``: what is there is replaced.
    """
    waiting: dict[Path, Path] = {}
    placed: list[Path] = []
    try:
        for path, text in texts.items():
            sweep(path.parent)
            waiting[path] = _beside(path, text.encode(encoding))
        for path, unfinished in waiting.items():
            _move(unfinished, path, over=over)
            placed.append(path)
    except FileExistsError:
        _remove(placed)
        raise
    except OSError as error:
        if not over:
            _remove(placed)
        where = next((path for path in texts if path not in placed), path)
        raise DiaryError(
            f"{where}: cannot be written ({error.strerror or error}). Nothing was left behind; "
            "make room there, or choose another folder."
        ) from None
    finally:
        _remove([unfinished for unfinished in waiting.values() if unfinished.exists()])


def _beside(path: Path, content: bytes) -> Path:
    """Write a file with a name of its own in the folder of another."""
    number, name = tempfile.mkstemp(prefix=f".sleepstats-{os.getpid()}-", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(number)
        unfinished.chmod(_OWNER_ONLY)
    except BaseException:
        _remove([unfinished])
        raise
    return unfinished


def _move(unfinished: Path, path: Path, *, over: bool) -> None:
    """Give a finished file its name; without ``over`` never that of another file."""
    if over:
        unfinished.replace(path)
        return
    try:
        os.link(unfinished, path)  # the one way that fails where the name is taken
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        unfinished.replace(path)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def private_folder() -> Iterator[Path]:
    """Give a folder that only its owner sees, empty at first and gone at the end."""
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(
        prefix=f"sleepstats-{os.getpid()}-", ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed left in a folder: theirs only, and none that still runs."""
    if os.name != "posix":  # elsewhere asking after a process may end it
        return
    with suppress(OSError):
        for path in folder.iterdir():
            left = _UNFINISHED.fullmatch(path.name)
            if left is None or _runs(int(left[1])) or path.lstat().st_uid != os.getuid():
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                _remove([path])


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # somebody else's
        return True
    return True


def guarded(cell: str) -> str:
    """Return a person's words so that no spreadsheet computes them; :func:`unguarded` undoes it."""
    return f"'{cell}" if _FORMULA.match(cell) or cell[:1] in ("\t", "\r") else cell


def unguarded(cell: str) -> str:
    """Return what was written before it was guarded."""
    return cell[1:] if cell[:1] == "'" and guarded(cell[1:]) == cell else cell


def as_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV for a spreadsheet: words of a person are words, and no formula."""
    safe = frame.reset_index() if frame.index.names != [None] else frame.copy(deep=False)
    for name in safe.columns:
        if safe[name].dtype.kind not in "biufcM":
            safe[name] = [guarded(cell) if isinstance(cell, str) else cell for cell in safe[name]]
    safe.columns = [guarded(str(name)) for name in safe.columns]
    return safe.to_csv(index=False, lineterminator="\n")


def width_of(stream: TextIO) -> int:
    """Return how many letters a line of a stream has: those of the terminal, else 80."""
    return max(shutil.get_terminal_size().columns, 20) if stream.isatty() else 80


def wrapped(text: str, stream: TextIO) -> str:
    """Break long lines between words where a person reads them, on a terminal."""
    if not stream.isatty():
        return text
    width = width_of(stream)
    lines = []
    for line in text.split("\n"):
        edge = " " * (len(line) - len(line.lstrip()))
        long = wrap(line, width, subsequent_indent=edge, break_on_hyphens=False)
        lines += [line] if len(line) <= width else long
    return "\n".join(lines)


@contextmanager
def progress(stream: TextIO, *, quiet: bool) -> Iterator[Any]:
    """Give a function that shows the step at hand: a bar on a terminal, else a line each."""
    terminal = stream.isatty()
    done = 0.0

    def step(text: str) -> None:
        nonlocal done
        if quiet:
            return
        text = f"{harmless(text, lines=False)} …"
        if not terminal:
            print(text, file=stream, flush=True)
            return
        done = max(done, _share_done(text))
        bar = ("#" * round(_BAR * done)).ljust(_BAR, ".")
        line = f"[{bar}] {text}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r\x1b[K{line}", end="", file=stream, flush=True)

    try:
        yield step
    finally:
        if terminal and not quiet:
            print("\r\x1b[K", end="", file=stream, flush=True)


def _share_done(text: str) -> float:
    """Return about how much of the work is done where this step begins."""
    if steps := re.match(r"Step (\d+) of (\d+)", text):
        return 0.25 + 0.7 * (int(steps[1]) - 1) / int(steps[2])
    return {"Asking": 0.1, "Writing": 0.95}.get(text.split()[0], 0.0)


@contextmanager
def ended_gently() -> Iterator[list[int]]:
    """Take SIGTERM and SIGHUP for Ctrl-C, so that what is unfinished is removed on the way out.

    Gives the list that holds the signal then.
    """
    caught: list[int] = []

    def stop(number: int, frame: object) -> None:
        caught.append(number)
        if len(caught) == 1:  # a second one must not cut the cleaning short
            raise KeyboardInterrupt

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        one = getattr(signal, name, None)
        with suppress(ValueError):  # not in the main thread
            # who started us under nohup wants no end
            if one is not None and signal.getsignal(one) == signal.SIG_DFL:
                before[one] = signal.signal(one, stop)
    try:
        yield caught
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def together(text: str, space: str = "\xa0") -> str:
    """Return a text with spaces at which no line is broken between numbers and their units."""
    return _ONE.sub(space, text)


def filled(text: str, width: int = 80, *, first: str = "", rest: str = "") -> str:
    """Return a text in lines of at most ``width``, ``first`` and ``rest`` before them."""
    lines: list[str] = []
    for line in together(text, "\ue000").split("\n"):
        lines += wrap(line, width, initial_indent=first, subsequent_indent=rest,
                      break_on_hyphens=False) or [""]  # fmt: skip
    return "\n".join(lines).replace("\ue000", " ")


class Said(tuple[str, ...]):
    """A few finished sentences, shown as paragraphs in a notebook and as lines elsewhere."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n".join(filled(harmless(sentence)) for sentence in self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "".join(f"<p>{html.escape(together(harmless(sentence)))}</p>" for sentence in self)


#: Amounts as cards name them; below this ratio they tell of little more than of one amount.
_COMPARED = re.compile(r" \((?P<high>[\d.,]+)(?P<unit>.*) compared with (?P<low>[\d.,]+)\)$")
NARROW = 1.2


def listed_as(lead: str) -> str:
    """Return a habit as a list names it: of amounts hardly apart, which were compared."""
    name, ends = lead.partition(" (")[0], _COMPARED.search(lead)
    low, high = (float(ends[k].replace(",", "")) for k in ("low", "high")) if ends else (0.0, 1.0)
    if not ends or not low < high < NARROW * low:
        return name
    return f"{name} (only {ends['low']} to {ends['high']}{ends['unit']})"
