"""Run a notebook from top to bottom in this very Python, and bring it into one normal form."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sleepstats.errors import DiaryError

if TYPE_CHECKING:
    from nbformat import NotebookNode

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
            'it needs with: python -m pip install "sleepstats[notebooks]"'
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
    with tempfile.TemporaryDirectory(prefix="sleepstats-", ignore_cleanup_errors=True) as private:
        manager = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(Path(private) / "kernel.json"),
        )
        client = NotebookClient(notebook, km=manager, timeout=600, record_timing=False)
        client.reset_execution_trackers()
        with client.setup_kernel(
            cleanup_kc=True,
            cwd=str(folder),
            env={**os.environ, "IPYTHONDIR": private, "MPLBACKEND": INLINE},
            stderr=subprocess.DEVNULL,
        ):
            for number, index in enumerate(code, start=1):
                if on_cell is not None:
                    on_cell(number, len(code))
                client.execute_cell(notebook.cells[index], index, execution_count=number)


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
