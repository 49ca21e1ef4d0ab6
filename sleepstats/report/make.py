"""The report: a diary in, an executed notebook and one self-contained page out."""

from __future__ import annotations

import logging
import os
import platform
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sleepstats.answers.diary import ALL_READ, Said
from sleepstats.answers.findings import Answer, answer, clearest
from sleepstats.errors import DiaryError, harmless
from sleepstats.relations.one_or_all import associate
from sleepstats.report.named_files import load_code, read, sample_name, shown_name
from sleepstats.report.template import Contents, build_notebook
from sleepstats.written import private_folder, write_whole

if TYPE_CHECKING:
    from nbformat import NotebookNode

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
    #: The whole answer, with its nights and its table.
    found: Answer


def write_report(
    files: Sequence[str | Path],
    *,
    companions: Sequence[str | Path] = (),
    folder: str | Path = ".",
    outcomes: Sequence[str] = (),
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
    _check_files(files)
    stem = _stem(files[0])
    notebook_path, page_path = (folder / f"{stem}_report{end}" for end in (".ipynb", ".html"))
    if folder.exists() and not folder.is_dir():
        raise DiaryError(f"{folder}: is a file, not a folder. Give another folder with -o.")
    # before the work, not after it: asking and drawing take a while
    for path in (notebook_path, page_path):
        if path.is_dir():
            raise DiaryError(f"{path}: is a folder. Move it, or use -o to write elsewhere.")
        if path.exists() and not force:
            raise DiaryError(_already(path))
    _check_folder(folder)
    step(f"Reading {', '.join(Path(file).name or str(file) for file in files)}")
    reading = {key: value for key, value in reading.items() if value is not None}
    nights = read(files, companions=companions, **reading)
    step("Asking")
    got = answer(nights, outcomes=outcomes or None)
    contents = _contents(got, files, companions, folder, notebook_path.name, reading)
    notebook = build_notebook(contents)
    with private_folder() as private:
        # the file is read once: what the shell says and what the page shows cannot disagree,
        # whatever happens to the file meanwhile; and nothing that lies beside it can be imported
        nights.to_pickle(private / "nights")
        load = next(cell for cell in notebook.cells if cell.id == "load")
        shown = load.source
        load.source = shown.replace(contents.load, f"pd.read_pickle({str(private / 'nights')!r})")
        load.source = f"import pandas as pd\n{load.source}"
        execute_notebook(
            notebook,
            folder=private,
            on_cell=lambda number, of: step(f"Step {number} of {of}"),
        )
        load.source = shown
    normalise(notebook)
    _without_warnings(notebook)
    step("Writing")
    page = as_page(notebook, title=f"What went with your sleep: {harmless(stem, lines=False)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole({notebook_path: _as_json(notebook), page_path: page}, over=force)
    except FileExistsError:
        raise DiaryError(_already(notebook_path)) from None
    return Report(notebook_path, page_path, Said((*got.findings, *got.asides)), got)


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
    got: Answer,
    files: Sequence[str | Path],
    companions: Sequence[str | Path],
    folder: Path,
    notebook: str,
    reading: dict[str, Any],
) -> Contents:
    """Decide what the report of these nights has to hold."""
    nights, table = got.nights, got.table
    asked = table.loc[table["status"] != "refused", "outcome"]
    found = clearest(table).head(CLOSELY)[["outcome", "factor"]].astype(str)
    return Contents(
        file=", ".join(shown_name(file) for file in (*files, *companions)),
        load=load_code(files, companions, folder, reading),
        outcomes=got.outcomes,
        asked=tuple(dict.fromkeys(asked)),
        has_odd_rows=got.odd != ALL_READ,
        has_table=not table.empty,
        has_clocks=_has_clocks(nights),
        closely=tuple(_closely(nights, y, x) for y, x in found.to_numpy().tolist()),
        made_with=_made_with(),
        notebook=notebook,
    )


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


def _stem(file: str | Path) -> str:
    return sample_name(file) or Path(file).resolve().stem


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


#: Called before each code cell with its number, counted from 1, and how many there are.
OnCell = Callable[[int, int], None]

#: Pictures go into the notebook, whatever the person's own setting is.
INLINE = "module://matplotlib_inline.backend_inline"

#: What a notebook of this project says about itself: enough to open it anywhere, nothing more.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def require_notebook_packages() -> None:
    """Raise DiaryError with the line to type if nbclient and its kin are not installed."""
    try:
        import ipykernel  # noqa: F401
        import nbclient  # noqa: F401
        import nbconvert  # noqa: F401
    except ModuleNotFoundError as error:
        raise DiaryError(
            f"The report needs the package {error.name!r}, which is not installed. Install what "
            "it needs with: python -m pip install jupyterlab nbclient nbconvert"
        ) from None


def execute_notebook(
    notebook: NotebookNode, *, folder: str | Path, on_cell: OnCell | None = None
) -> None:
    """Execute every code cell in a fresh kernel of the running Python, in place.

    The kernel is this interpreter whatever kernels are registered on the machine, and a person's
    own IPython start-up files are not run, so the result depends on the installed packages only.
    """
    require_notebook_packages()
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    with private_folder() as private:
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(private / "kernel.json"),
        )
        client = NotebookClient(notebook, km=manager, timeout=600, record_timing=False)
        client.reset_execution_trackers()
        with client.setup_kernel(
            cleanup_kc=True,
            cwd=str(folder),
            env={**os.environ, "IPYTHONDIR": str(private), "MPLBACKEND": INLINE},
            stderr=subprocess.DEVNULL,
        ):
            try:
                for number, index in enumerate(code, start=1):
                    if on_cell is not None:
                        on_cell(number, len(code))
                    client.execute_cell(notebook.cells[index], index, execution_count=number)
            except KeyboardInterrupt:
                # what still waits for the kernel, which ends with us, would say so in a traceback
                logging.getLogger("asyncio").setLevel(logging.CRITICAL)
                raise


def normalise(notebook: NotebookNode) -> None:
    """Drop everything that differs between two runs with the same result, in place.

    Cell ids, sources, execution counts and outputs stay. Of the metadata only tags and picture
    descriptions stay.
    """
    notebook.metadata.clear()
    notebook.metadata.update({key: dict(value) for key, value in METADATA.items()})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        for key in set(cell.metadata) - {"tags", "alt"}:
            del cell.metadata[key]
        if cell.cell_type == "code":
            cell.outputs = _one_stream_each(cell.outputs)


def _one_stream_each(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: how text is cut into messages is chance."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and output.output_type == "stream"
            and last.output_type == "stream"
            and output.name == last.name
        ):
            last.text += output.text
        else:
            joined.append(output)
    return joined
