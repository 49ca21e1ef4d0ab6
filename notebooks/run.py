"""Execute the notebooks and keep them in one normal form.

    python notebooks/run.py             run all, write them back
    python notebooks/run.py 02 04       run some
    python notebooks/run.py --check     run all, write nothing, say what is stale

The executed notebooks are the source: edit them in JupyterLab, then run this before committing.
Cell ids are names typed once; a cell without one is an error, not a random id.
"""

from __future__ import annotations

import argparse
import base64
import io
import re
import sys
from pathlib import Path

import nbformat
from nbclient.exceptions import CellExecutionError

from sleepstats.report.notebook import execute_notebook, normalise

HERE = Path(__file__).resolve().parent


def notebooks(wanted: list[str]) -> list[Path]:
    """Return the notebooks whose name begins with one of the words; all without a word."""
    every = sorted(HERE.glob("[0-9][0-9]_*.ipynb"))
    return [path for path in every if not wanted or path.name.startswith(tuple(wanted))]


def refreshed(path: Path) -> nbformat.NotebookNode:
    """Return the notebook, executed and in the normal form."""
    notebook = nbformat.read(path, as_version=4)
    execute_notebook(notebook, folder=path.parent)
    normalise(notebook)
    for cell in notebook.cells:
        if "outputs" in cell:  # the warning of a file with odd rows names this machine's folders
            cell.outputs = [o for o in cell.outputs if "DiaryWarning" not in o.get("text", "")]
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = lighter(output.data["image/png"])
    return notebook


def lighter(picture: str) -> str:
    """Return a picture in 64 colours: a third of the size, and the eye sees no difference."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA")
    out = io.BytesIO()
    # this method alone keeps what can be seen through
    image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        out, "png", optimize=True
    )
    return base64.b64encode(out.getvalue()).decode("ascii")


def differences(old: nbformat.NotebookNode, new: nbformat.NotebookNode) -> list[str]:
    """Say which cells show something else than they did: text to the letter, pictures by kind."""
    return [
        f"cell {after.id!r}"
        for before, after in zip(old.cells, new.cells, strict=True)
        if shown(before) != shown(after)
    ]


def shown(cell: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return what a cell shows as (kind, text); a picture's bytes differ between machines."""
    found = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            found.append((output.name, output.text))
        elif output.output_type == "error":
            found.append(("error", f"{output.ename}: {output.evalue}"))
        else:
            found += [
                (kind, "" if kind.startswith("image/") else _without_style(str(text)))
                for kind, text in sorted(output.data.items())
            ]
    return found


def _without_style(text: str) -> str:
    return re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("which", nargs="*", help="numbers or beginnings of names")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if stale")
    arguments = parser.parse_args()
    stale = 0
    for path in notebooks(arguments.which):
        try:
            new = refreshed(path)
        except CellExecutionError as error:
            print(f"{path.name}: fails\n{error}", file=sys.stderr)
            stale += 1
            continue
        if arguments.check:
            found = differences(nbformat.read(path, as_version=4), new)
            print(f"{path.name}: {'stale in ' + ', '.join(found) if found else 'up to date'}")
            stale += bool(found)
        else:
            path.write_text(nbformat.writes(new) + "\n", encoding="utf-8", newline="\n")
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
