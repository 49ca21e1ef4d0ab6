"""The report: a diary in, an executed notebook and one self-contained page out."""

from __future__ import annotations

import os
import platform
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sleepstats.answers.diary import ALL_READ, Said, answer, clearest
from sleepstats.errors import DiaryError
from sleepstats.reading.read import read_diary
from sleepstats.relations.one_or_all import associate
from sleepstats.report.execution import execute_notebook, normalise, require_notebook_packages
from sleepstats.report.template import Contents, as_code, build_notebook
from sleepstats.samples import sample_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: A file named like this means a diary that ships with the package.
SAMPLE = "sample:"
#: How many of the findings are looked at closely.
CLOSELY = 2


@dataclass(frozen=True)
class Report:
    """Where a report was written, and its answer."""

    #: The executed notebook and the self-contained HTML page.
    notebook: Path
    page: Path
    #: The sentences at the top of the page.
    answer: Said


def write_report(
    files: Sequence[str | Path],
    *,
    folder: str | Path = ".",
    force: bool = False,
    on_step: Callable[[str], None] | None = None,
    **reading: Any,
) -> Report:
    """Read a diary, analyse it, and write a notebook and a page.

    The page holds its pictures and its stylesheet, refers to nothing outside itself, and forbids
    the browser to fetch anything. Both files appear only when both are finished.
    """
    step = on_step or (lambda _: None)
    require_notebook_packages()
    folder = Path(folder)
    stem = _stem(files[0])
    notebook_path, page_path = (folder / f"{stem}_report{end}" for end in (".ipynb", ".html"))
    if folder.exists() and not folder.is_dir():
        raise DiaryError(f"{folder}: is a file, not a folder. Give another folder with -o.")
    # before the work, not after it: asking and drawing take a while
    for path in (notebook_path, page_path):
        if path.is_dir():
            raise DiaryError(f"{path}: is a folder. Move it, or use -o to write elsewhere.")
        if path.exists() and not force:
            raise DiaryError(
                f"{path}: is already there. Use --force to replace it, or -o to write elsewhere."
            )
    step(f"Reading {', '.join(Path(file).name for file in files)}")
    nights = read(files, **reading)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sleepstats-", dir=folder) as unfinished:
        step("Asking")
        contents, said = _contents(nights, files, folder, notebook_path.name, reading)
        notebook = build_notebook(contents)
        execute_notebook(
            notebook,
            folder=folder,
            on_cell=lambda number, of: step(f"Step {number} of {of}"),
        )
        normalise(notebook)
        _without_warnings(notebook)
        step("Writing")
        _write(Path(unfinished) / "notebook", _as_json(notebook))
        _write(
            Path(unfinished) / "page", as_page(notebook, title=f"What went with your sleep: {stem}")
        )
        os.replace(Path(unfinished) / "notebook", notebook_path)
        os.replace(Path(unfinished) / "page", page_path)
    return Report(notebook_path, page_path, said)


def read(files: Sequence[str | Path], **reading: Any) -> pd.DataFrame:
    """Read files as ``read_diary`` does; ``sample:NAME`` is a shipped sample."""
    paths: list[str | Path] = []
    for file in files:
        name = _sample_name(file)
        paths.append(file if name is None else sample_path(name))
    return read_diary(paths[0] if len(paths) == 1 else paths, **reading)


def as_page(notebook: NotebookNode, *, title: str) -> str:
    """Return an executed notebook as one HTML page without its code."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="page",
        extra_template_basedirs=[str(Path(__file__).parent)],
        exclude_input=True,
        exclude_output_prompt=True,
    )
    page, _ = exporter.from_notebook_node(notebook, {"page_title": title})
    # pandas repeats its own style before every table; the page has one for all of them
    return re.sub(r"<style scoped.*?</style>", "", page, flags=re.DOTALL)


def _contents(
    nights: pd.DataFrame,
    files: Sequence[str | Path],
    folder: Path,
    notebook: str,
    reading: dict[str, Any],
) -> tuple[Contents, Said]:
    """Decide what the report of these nights has to hold, and work out its answer."""
    got = answer(nights)
    table = got.table
    asked = table.loc[table["status"] != "refused", "outcome"]
    found = clearest(table).head(CLOSELY)[["outcome", "factor"]].astype(str)
    contents = Contents(
        file=", ".join(_shown_name(file) for file in files),
        load=_load_code(files, folder, reading),
        outcomes=got.outcomes,
        asked=tuple(dict.fromkeys(asked)),
        has_odd_rows=got.odd != ALL_READ,
        has_table=not table.empty,
        has_clocks=_has_clocks(nights),
        closely=tuple(_closely(nights, y, x) for y, x in found.to_numpy().tolist()),
        made_with=_made_with(),
        notebook=notebook,
    )
    return contents, got.findings


def _closely(nights: pd.DataFrame, outcome: str, factor: str) -> tuple[str, str, str, str]:
    """Return one question for the closer look, with the kind of its factor and its answer."""
    one = associate(nights, outcome=outcome, factor=factor)
    return outcome, factor, one.kind, str(one)


def _has_clocks(nights: pd.DataFrame) -> bool:
    """Say whether any night has a start and an end on the clock."""
    starts = [name for name in ("into_bed", "lights_out", "sleep_onset") if name in nights]
    ends = [name for name in ("out_of_bed", "final_wake") if name in nights]
    if not starts or not ends:
        return False
    return bool((nights[starts].notna().any(axis=1) & nights[ends].notna().any(axis=1)).any())


def _load_code(files: Sequence[str | Path], folder: Path, reading: dict[str, Any]) -> str:
    """Return the call that reads these files from the notebook's own folder."""
    given = {key: value for key, value in reading.items() if value is not None and value != "auto"}
    options = "".join(f", {key}={value!r}" for key, value in given.items())
    paths = []
    for file in files:
        name = _sample_name(file)
        paths.append(f"ss.sample_path({name!r})" if name else repr(_relative(file, folder)))
    what = paths[0] if len(paths) == 1 else f"[{', '.join(paths)}]"
    return f"ss.read_diary({what}{options})"


def _relative(file: str | Path, folder: Path) -> str:
    """Return a path as seen from ``folder``, so that both can be moved together."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return Path(file).resolve().as_posix()


def _sample_name(file: str | Path) -> str | None:
    """Return NAME of ``sample:NAME``, unless a file is really called so."""
    text = str(file)
    if not text.startswith(SAMPLE) or Path(text).exists():
        return None
    return text.removeprefix(SAMPLE)


def _shown_name(file: str | Path) -> str:
    """Return a file's name in Markdown, for the heading."""
    name = _sample_name(file)
    if name:
        return f"the invented diary {as_code(name + '.csv')} that comes with sleepstats"
    return as_code(Path(file).resolve().name)


def _stem(file: str | Path) -> str:
    return _sample_name(file) or Path(file).resolve().stem


def _made_with() -> str:
    from importlib.metadata import version

    from sleepstats import __version__

    others = ", ".join(f"{name} {version(name)}" for name in ("pandas", "numpy", "scipy"))
    return f"Made with sleepstats {__version__}, {others} and Python {platform.python_version()}."


def _without_warnings(notebook: NotebookNode) -> None:
    """Take stderr out of the loading cell: what was read is told in full by the next section."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if not (output.output_type == "stream" and output.name == "stderr")
            ]


def _as_json(notebook: NotebookNode) -> str:
    import nbformat

    return str(nbformat.writes(notebook)) + "\n"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
