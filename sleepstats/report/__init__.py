"""The report: nights in, one self-contained page out, and a notebook beside it where it can be."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from sleepstats.anonymising import with_roles
from sleepstats.answers.findings import Answer, answer, printed
from sleepstats.asking.present_table import how_sure, rows_with
from sleepstats.errors import DiaryError, worded
from sleepstats.reading import read_diary
from sleepstats.reading.gather import of_people
from sleepstats.reading.join import join_evenings
from sleepstats.report import notebook as notebooks
from sleepstats.report.page import page_of
from sleepstats.report.sheet import sheet_of
from sleepstats.simulation import sample_path
from sleepstats.written import as_csv, write_whole

#: Endings of a page, and what stands in those of this program; nothing else is written over.
_PAGES, _OURS = (".html", ".htm"), (b"Made with sleepstats ", b"Made by sleepstats ")
_PDF = " A browser prints it to PDF."


@worded
def write_report(
    nights: pd.DataFrame, path: str | os.PathLike[str], *, summary: bool = False
) -> Path:
    """Write what these nights show as one HTML page, or as a sheet for a clinician.

    Parameters
    ----------
    nights : DataFrame
        One row per night of one person.
    path : path-like
        The file to write, such as ``"page.html"``; a page of sleepstats that is there is
        replaced.
    summary : bool
        Instead of the page for the person one sheet (A4) in the terms of the Consensus Sleep
        Diary: what was recorded, what was asked and found, method and limits.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DiaryError
        If ``nights`` breaks an invariant or has no rows, or the file cannot be written, or
        something else than a page of sleepstats stands there.

    Notes
    -----
    The page holds its pictures and its looks, refers to nothing outside itself, and forbids the
    browser to fetch anything. The file appears whole or not at all, readable by its owner only.

    Examples
    --------
    >>> import sleepstats as ss, tempfile, pathlib
    >>> nights, _ = ss.simulate_nights(30, seed=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = ss.write_report(nights, pathlib.Path(folder) / "page.html")
    ...     "What your nights show" in page.read_text(encoding="utf-8")
    True
    """
    try:
        place = Path(path)
        place.lstat()
    except FileNotFoundError:
        pass
    except (TypeError, ValueError, OSError):
        shown = path if isinstance(path, str) and len(path) < 200 else f"a {type(path).__name__}"
        raise DiaryError(
            f"write_report(): path is {shown!r}, which cannot be the path of a file. Write for "
            "example 'page.html'."
        ) from None
    if place.is_dir():
        raise DiaryError(f"{place}: is a folder. Give the path of a file, such as page.html.")
    if place.exists() and not (place.is_file() and any(x in place.read_bytes() for x in _OURS)):
        kept = "is there already and is no page of sleepstats, so it is not written over"
        raise DiaryError(f"{place}: {kept}. Give another name, such as my_nights.html.")
    if place.suffix and place.suffix.casefold() not in _PAGES:
        why = f"a page is .html, not {place.suffix}. Write for example 'page.html'.{_PDF}"
        raise DiaryError(f"{place}: {why}")
    if not place.parent.is_dir():
        raise DiaryError(f"{place}: there is no folder {place.parent}. Make it first.")
    if isinstance(nights, pd.DataFrame) and not len(nights):
        raise DiaryError(
            "write_report(): nights has no rows, so there is nothing to show. Read a file that "
            "holds at least one night."
        )
    got = answer(nights)
    write_whole({place: sheet_of(got) if summary else page_of(got)}, over=True)
    return place


@dataclass(frozen=True)
class Report:
    """Where a report was written, and its answer."""

    #: The self-contained HTML page, and the executed notebook where one could be made.
    page: Path
    notebook: Path | None
    #: What the page says.
    answer: Answer

    def printed(self, spoken: Callable[[str], str], width: int) -> str:
        """Return what the page says for a shell; ``spoken`` puts advice as it is typed there."""
        return printed(self.answer, spoken, width)


def report_files(
    files: Sequence[str | Path],
    *,
    companions: Sequence[str | Path] = (),
    beside: Mapping[str, Any] | None = None,
    folder: str | Path = ".",
    outcomes: Sequence[str] = (),
    summary: bool = False,
    force: bool = False,
    on_step: Callable[[str], None] | None = None,
    **reading: Any,
) -> Report:
    """Read a diary, analyse it, and write a page, and a notebook where Jupyter is installed.

    Both files appear only when both are finished. ``summary``: the sheet for a clinician alone.
    """
    step = on_step or (lambda _: None)
    folder = Path(folder)
    with_notebook = notebooks.has_notebook_packages() and not summary
    if with_notebook:
        _check_files(files)
    kind = "summary" if summary else "report"
    stem = f"{notebooks.sample_name(files[0]) or Path(files[0]).resolve().stem}_{kind}"
    if folder.suffix.casefold() == ".pdf" and not folder.is_dir():
        raise DiaryError(f"{folder}: a page is .html. Write -o {folder.stem}.html.{_PDF}")
    if folder.suffix.casefold() in _PAGES and not folder.is_dir():
        folder, stem = folder.parent, folder.stem  # a page was named, not a folder
    page_path, notebook_path = (folder / f"{stem}{end}" for end in (".html", ".ipynb"))
    if folder.exists() and not folder.is_dir():
        raise DiaryError(f"{folder}: is a file, not a folder. Give another folder with -o.")
    # before the work, not after it: asking and drawing take a while
    for path in (notebook_path, page_path) if with_notebook else (page_path,):
        if path.is_dir():
            raise DiaryError(f"{path}: is a folder. Move it, or use -o to write elsewhere.")
        if path.exists() and not force:
            raise DiaryError(_already(path))
    _check_folder(folder)
    step(f"Reading {', '.join(Path(file).name or str(file) for file in files)}")
    reading = {key: value for key, value in reading.items() if value is not None}
    nights = read(files, companions=companions, beside=beside, **reading)
    step("Asking")
    got = answer(nights, list(outcomes) or "all")
    every = (*files, *companions)
    source = ", ".join(plain_name(file) for file in every)
    beside_page = notebook_path.name if with_notebook else ""
    page = sheet_of(got) if summary else page_of(got, source=source, beside=beside_page)
    texts = {page_path: page}
    if with_notebook:
        own, other = _split(files, reading, beside) if companions else (reading, {})
        other = beside_options(nights, own) | other
        load = notebooks.load_code(files, companions, folder, own, other)
        name = ", ".join(shown_name(file) for file in every)
        notebook = notebooks.build_notebook(got, file=name, load=load, page=page_path.name)
        made = notebooks.executed(
            notebook, nights, load=load, on_cell=lambda n, of: step(f"Step {n} of {of}")
        )
        texts = {notebook_path: made, page_path: page}
    step("Writing")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(texts, over=force)
    except FileExistsError:
        raise DiaryError(_already(page_path)) from None
    return Report(page_path, notebook_path if with_notebook else None, got)


def write_tables(
    page: Path, nights: pd.DataFrame, table: pd.DataFrame, *, over: bool
) -> list[Path]:
    """Write the nights and every question as CSV beside the page; return the files."""
    stem = page.stem.removesuffix("_report").removesuffix("_summary")
    rows, about = rows_with(table)
    verdicts = [how_sure(row, about) for row in rows]  # in the words of the page and of print
    frames = {"nights": with_roles(nights), "questions": table.assign(verdict=verdicts)}
    texts = {page.with_name(f"{stem}_{name}.csv"): as_csv(one) for name, one in frames.items()}
    try:
        write_whole(texts, over=over)
    except FileExistsError as error:
        raise DiaryError(
            f"{error.filename or page.parent}: is already there; the page was written, the tables "
            "were not. Use --force to replace them, or -o to write elsewhere."
        ) from None
    return list(texts)


def _already(path: Path) -> str:
    return f"{path}: is already there. Use --force to replace it, or -o to write elsewhere."


def _check_files(files: Sequence[str | Path]) -> None:
    """Refuse what a notebook could not read a second time."""
    for file in files:
        path = Path(file)
        if path.is_fifo() or path.is_char_device() or path.is_socket():
            raise DiaryError(
                f"{file}: is a pipe or a device, which the report's notebook could not read again. "
                "Save it as a file and give the path of that; 'sleepstats check' reads pipes."
            )


def _check_folder(folder: Path) -> None:
    """Say before the work, and with the name that was given, where nothing can be written."""
    there = next(part for part in (folder, *folder.absolute().parents) if part.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        raise DiaryError(
            f"{folder}: cannot be written to (Permission denied). Use -o to write elsewhere."
        )


def read(
    files: Sequence[str | Path],
    *,
    companions: Sequence[str | Path] = (),
    beside: Mapping[str, Any] | None = None,
    **reading: Any,
) -> pd.DataFrame:
    """Read files as ``read_diary`` does, and what goes beside; ``sample:NAME`` is a sample.

    ``beside``: what was said of the companions alone.
    """
    reading = {key: value for key, value in reading.items() if value is not None}
    other: dict[str, Any] = {}
    if companions:
        reading, other = _split(files, reading, beside)
    paths: list[str | Path] = []
    for file in files:
        name = notebooks.sample_name(file)
        paths.append(file if name is None else sample_path(name))
    nights = read_diary(paths[0] if len(paths) == 1 else paths, **reading)
    for file in companions:
        nights = join_evenings(nights, file, **beside_options(nights, reading) | other)
    return nights


def reading_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what was chosen as keyword arguments of :func:`read`."""
    if arguments.person == "all":
        raise DiaryError(
            "A report is of one person: name one with --person. All together are read in Python, "
            "and pool_people() asks about them."
        )
    of_companions = _of_table(arguments, "with_")
    return _of_table(arguments, "") | {
        "format": arguments.format,
        "person": arguments.person,
        "companions": arguments.companions,
        "beside": {name: x for name, x in of_companions.items() if x not in (None, (), "auto")},
    }


def _of_table(arguments: argparse.Namespace, begin: str) -> dict[str, Any]:
    given = {
        name.removeprefix(begin): value
        for name, value in vars(arguments).items()
        if name.startswith(begin)
    }
    dayfirst = True if given["dayfirst"] else False if given["monthfirst"] else None
    return {
        "labels": given["labels"],
        "dayfirst": dayfirst,
        "columns": _pairs("--column", given["column"]) or None,
        "when": _pairs("--when", given["when"]) or None,
        "blank_is_no": tuple(given["blank_is_no"]),
        "tz": given["tz"],
        "sheet": given["sheet"],
        "year": given["year"],
        "reverse": tuple(given["reverse"]) or None,
    }


def _pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE as a mapping; a name may hold an equals sign itself."""
    pairs: dict[str, str] = {}
    for one in given:
        name, sign, value = one.rpartition("=")
        if not (name.strip() and sign and value.strip()):
            example = "tired=morning" if option == "--when" else "Went to bed=into_bed"
            raise DiaryError(f"{option} {one!r}: expected NAME=VALUE, such as {example!r}.")
        pairs[name.strip()] = value.strip()
    return pairs


#: Files that have sheets.
_BOOKS = (".xlsx", ".xlsm", ".ods")


def _split(
    files: Sequence[str | Path], reading: dict[str, Any], beside: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is said of the files of nights, and what of those beside them.

    A sheet is the companion's where the nights stand in no workbook; a zone is of both.
    """
    other = {name: reading[name] for name in ("tz",) if reading.get(name)}
    if "sheet" in reading and not any(str(file).casefold().endswith(_BOOKS) for file in files):
        other["sheet"] = reading["sheet"]
        reading = {name: value for name, value in reading.items() if name != "sheet"}
    return reading, other | dict(beside or {})


#: What is said about a table of one's own.
_OF_A_TABLE = ("labels", "columns", "when", "blank_is_no", "reverse", "dayfirst", "year")


def beside_options(nights: pd.DataFrame, reading: dict[str, Any]) -> dict[str, Any]:
    """Return what was said about a table where that is the one beside an export.

    An export leaves nothing of it open.
    """
    if of_people(nights):
        return {}
    return {name: reading[name] for name in _OF_A_TABLE if reading.get(name) not in (None, ())}


def shown_name(file: str | Path) -> str:
    """Return a file's name in Markdown, for the heading."""
    name = notebooks.sample_name(file)
    if name:
        return f"the invented diary {notebooks.as_code(name + '.csv')} that comes with sleepstats"
    return notebooks.as_code(Path(file).resolve().name)


def plain_name(file: str | Path) -> str:
    """Return a file's name as it is, for the page."""
    name = notebooks.sample_name(file)
    return f"the made-up example {name}.csv" if name else Path(file).resolve().name
