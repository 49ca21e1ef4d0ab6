"""The report as a notebook to go on from: its cells, executed in a kernel of this Python.

Its code is what a person would type; its prose is short, since the page beside it explains.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sleepstats.answers import cards, findings
from sleepstats.errors import DiaryError, harmless
from sleepstats.written import private_folder

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Called before each code cell with its number, counted from 1, and how many there are.
OnCell = Callable[[int, int], None]
#: How many of the findings are looked at closely.
CLOSELY = 2
#: A file named like this means a diary that ships with the package.
SAMPLE = "sample:"


def build_notebook(got: findings.Answer, *, file: str, load: str, page: str) -> NotebookNode:
    """Return the notebook of an answer, not yet executed.

    ``file`` is the diary's name in Markdown, ``load`` the code that reads it.
    """
    from nbformat import v4

    asked = "" if got.asked == "all" else f", outcomes={got.asked!r}"
    notebook: NotebookNode = v4.new_notebook()
    notebook.cells = [
        _prose("title", f"# What your nights show\n\nMade from {file}. The page {as_code(page)} "
               "says the same in full; here are its steps, to go on from."),
        _code("load", "import sleepstats as ss", "",
              '%config InlineBackend.figure_formats = ["retina"]',
              f"nights = {load}", f"answer = ss.answer(nights{asked})"),
        _code("answer", "answer", tags=["answer"]),
        *_nights(got),
        *_questions(got),
        # a night or two with nothing beside them leave nothing to ask of: any measure stands for it
        _prose("next", NEXT.replace("tst_min", [*got.main, "tst_min"][0])),
    ]  # fmt: skip
    return notebook


def _nights(got: findings.Answer) -> Iterator[NotebookNode]:
    yield _prose("read", "## What was read")
    yield _code("read-summary", "answer.read")
    if not got.all_read:
        yield _code("odd-rows", "answer.odd")
    yield _prose("nights", "## How you sleep")
    yield _code("nights-summary", "answer.sleep")
    yield _code("measures-table", "answer.measures")
    if _has_clocks(got.nights):
        yield _code("raster-picture", "ss.plot_raster(nights);")
    for outcome in got.outcomes[:1]:
        yield _code(f"series-{_id(outcome)}", f"ss.plot_series(nights, outcome={outcome!r});")


def _questions(got: findings.Answer) -> Iterator[NotebookNode]:
    table = got.table
    if table.empty:
        return
    yield _prose("questions", "## Every question with its numbers")
    yield _code("table-all", "ss.present(answer.table)")
    asked = table.loc[table["status"] != "refused", "outcome"]
    for outcome in asked.unique()[:1].tolist():
        yield _code(
            f"forest-{_id(outcome)}",
            f"ss.plot_forest(answer.table[answer.table.outcome == {outcome!r}]);",
        )
    found = cards.clearest(table).drop_duplicates("factor").head(CLOSELY)
    if len(found):
        yield _prose("closely", "## A closer look\n\nThe clearest, with every night as a dot.")
    for outcome, factor in found[["outcome", "factor"]].astype(str).to_numpy().tolist():
        yield _code(
            f"closely-{_id(outcome)}-{_id(factor)}",
            f"one = ss.associate(nights, outcome={outcome!r}, factor={factor!r})",
            "ss.plot_association(one);",
        )


def _prose(name: str, text: str) -> NotebookNode:
    from nbformat import v4

    cell: NotebookNode = v4.new_markdown_cell(text, id=name)
    return cell


def _code(name: str, *lines: str, tags: Sequence[str] = ()) -> NotebookNode:
    from nbformat import v4

    metadata: dict[str, Any] = {"tags": list(tags)} if tags else {}
    cell: NotebookNode = v4.new_code_cell("\n".join(lines), id=name[:64], metadata=metadata)
    return cell


def _id(name: str) -> str:
    """Return a column name as part of a cell id."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name)


def _has_clocks(nights: pd.DataFrame) -> bool:
    """Say whether any night has a start and an end on the clock."""
    starts = [name for name in ("into_bed", "lights_out", "sleep_onset") if name in nights]
    ends = [name for name in ("out_of_bed", "final_wake") if name in nights]
    if not starts or not ends:
        return False
    return bool((nights[starts].notna().any(axis=1) & nights[ends].notna().any(axis=1)).any())


NEXT = """\
## Go on from here

```python
ss.associate(nights, outcome="tst_min", factor="…")  # one question
ss.compare(nights, outcome="tst_min", factor="…")    # with against without
ss.nights_needed(nights, outcome="tst_min")          # what it would take
ss.reading_report(nights)                            # every row of the file
```"""


def executed(
    notebook: NotebookNode, nights: pd.DataFrame, *, load: str, on_cell: OnCell | None = None
) -> str:
    """Execute the notebook on nights that were read already, and return it as text.

    The file is read once: what the shell says and what the notebook shows cannot disagree,
    whatever happens to the file meanwhile; and nothing that lies beside it can be imported.
    """
    import nbformat

    with private_folder() as private:
        nights.to_pickle(private / "nights")
        cell = next(cell for cell in notebook.cells if cell.id == "load")
        shown = cell.source
        cell.source = shown.replace(load, f"pd.read_pickle({str(private / 'nights')!r})")
        cell.source = f"import pandas as pd\n{cell.source}"
        execute_notebook(notebook, folder=private, on_cell=on_cell)
        cell.source = shown
    normalise(notebook)
    _without_warnings(notebook)
    return str(nbformat.writes(notebook)) + "\n"


def _without_warnings(notebook: NotebookNode) -> None:
    """Take stderr out of the cells: what was read is told in full by the section on it."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output
                for output in cell.outputs
                if not (output.output_type == "stream" and output.name == "stderr")
            ]


def has_notebook_packages() -> bool:
    """Say whether a notebook can be made here."""
    from importlib.util import find_spec

    return all(find_spec(name) is not None for name in ("ipykernel", "nbclient", "nbformat"))


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
        import nbformat  # noqa: F401
    except ModuleNotFoundError as error:
        raise DiaryError(
            f"A notebook needs the package {error.name!r}, which is not installed. Install what "
            "it needs with: python -m pip install jupyterlab nbclient"
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

    Cell ids, sources, execution counts and outputs stay. Of the metadata only tags stay.
    """
    notebook.metadata.clear()
    notebook.metadata.update({key: dict(value) for key, value in METADATA.items()})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        for key in set(cell.metadata) - {"tags"}:
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


def sample_name(file: str | Path) -> str | None:
    """Return NAME of ``sample:NAME``, unless a file is really called so."""
    text = str(file)
    if not text.startswith(SAMPLE) or Path(text).exists():
        return None
    return text.removeprefix(SAMPLE)


def load_code(
    files: Sequence[str | Path],
    companions: Sequence[str | Path],
    folder: Path,
    reading: dict[str, Any],
    beside: dict[str, Any] | None = None,
) -> str:
    """Return the call that reads these files from the notebook's own folder."""
    options, of_companions = (
        "".join(f", {key}={value!r}" for key, value in given.items() if value not in (None, "auto"))
        for given in (reading, beside or {})
    )
    paths = []
    for file in files:
        name = sample_name(file)
        paths.append(f"ss.sample_path({name!r})" if name else repr(_relative(file, folder)))
    what = paths[0] if len(paths) == 1 else f"[{', '.join(paths)}]"
    code = f"ss.read_diary({what}{options})"
    for file in companions:
        code = f"ss.join_evenings({code}, {_relative(file, folder)!r}{of_companions})"
    return code


def _relative(file: str | Path, folder: Path) -> str:
    """Return a path as seen from ``folder``, so that both can be moved together."""
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive
        return Path(file).resolve().as_posix()


def as_code(text: str) -> str:
    """Return text in as many backticks as Markdown needs to show it as it is."""
    text = harmless(text, lines=False)  # a blank line would end the paragraph and the backticks
    ticks = "`"
    while ticks in text:
        ticks += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"
