"""Every notebook runs, shows what it shows in the repository, and keeps to the form."""

import importlib.util
import re
import runpy
from pathlib import Path

import nbformat
import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
PATHS = sorted(FOLDER.glob("[0-9][0-9]_*.ipynb"))
REFRESH = "run: python notebooks/run.py"

spec = importlib.util.spec_from_file_location("notebooks_run", FOLDER / "run.py")
run = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)


@pytest.fixture(params=PATHS, ids=[path.stem for path in PATHS])
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def test_the_notebooks_are_there():
    assert {f"0{number}" for number in range(1, 10)} <= {path.name[:2] for path in PATHS}


def test_the_export_of_notebook_9_is_made_by_its_script():
    made = runpy.run_path(str(FOLDER / "export" / "make.py"))["export"]()
    for name, text in made.items():
        assert (FOLDER / "export" / name).read_text(encoding="utf-8") == text, name


def test_no_plumbing_is_in_view(path, notebook):
    """A reader's steps only; 06 and 07 are left with their own."""
    if path.name[:2] in ("06", "07"):
        pytest.skip("keeps its own form")
    source = "\n".join(cell.source for cell in code(notebook))
    for word in ("with ss.theme", "catch_warnings", "option_context", "from sleepstats."):
        assert word not in source, word


def test_runs_and_shows_what_the_repository_shows(path, notebook):
    found = run.differences(notebook, run.refreshed(path))
    assert not found, f"{path.name} shows stale output in {found}; {REFRESH}"


def test_is_in_the_normal_form(path, notebook):
    before = nbformat.writes(notebook)
    run.normalise(notebook)
    assert nbformat.writes(notebook) == before, f"{path.name} is not normalised; {REFRESH}"
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1)), f"cells ran out of order; {REFRESH}"


def test_cell_ids_are_names_typed_once(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", one) for one in ids), ids


def test_nothing_on_stderr_no_error_no_absolute_path(path, notebook):
    shown = [pair for cell in code(notebook) for pair in run.shown(cell)]
    assert not [text for kind, text in shown if kind in ("stderr", "error")]
    everything = "\n".join(
        [cell.source for cell in notebook.cells]
        + [text for kind, text in shown if not kind.startswith("image/")]
    )
    assert not re.search(r"(?<![\w.:/])/(home|Users|root|tmp|work|usr|opt|mnt)/", everything)
    assert not re.search(r"\b[A-Z]:\\", everything)


def test_is_small(path, notebook):
    assert path.stat().st_size <= 300_000
    assert len(code(notebook)) <= 12
    for cell in code(notebook):
        assert len(cell.source.splitlines()) <= 10, cell.id


def test_holds_no_machinery_and_silences_nothing(notebook):
    source = "\n".join(cell.source for cell in code(notebook))
    for word in (r"^\s*def ", r"^\s*class ", "lambda", "filterwarnings", "simplefilter", "warn="):
        assert not re.search(word, source, re.M), word


def test_says_what_a_reader_needs(path, notebook):
    """Title a question; why; the answer from the library; limits; the way on."""
    first = notebook.cells[0].source
    title = first.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    why = re.split(r"\n\n", first)[1]
    assert len(re.findall(r"[.?!](?:\s|$)", why)) == 3, "the why has three sentences"
    answer = next(cell for cell in code(notebook) if cell.id == "answer")
    assert any(kind in ("text/html", "stdout") for kind, _ in run.shown(answer))
    last = notebook.cells[-1].source
    assert "## What this cannot tell you" in "\n".join(cell.source for cell in prose(notebook))
    links = re.findall(r"\]\(([\w.]+\.ipynb)\)", last)
    assert links, "the last cell links to the next notebook"
    assert all((FOLDER / link).exists() for link in links)


def test_each_step_is_introduced(notebook):
    """A code cell follows prose, except directly after the answer's own loading."""
    kinds = [cell.cell_type for cell in notebook.cells]
    for before, here, cell in zip(kinds, kinds[1:], notebook.cells[1:], strict=False):
        assert (before, here) != ("code", "code"), f"{cell.id!r} has no sentence before it"


def test_a_changed_number_is_noticed(notebook):
    """The check itself: an edited output is a difference, a redrawn picture is not."""
    other = nbformat.from_dict(notebook)
    altered = nbformat.reads(nbformat.writes(other), as_version=4)
    cell = next(c for c in code(altered) if any(k != "image/png" for k, _ in run.shown(c)))
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text += "9"
        else:
            output.data["text/plain"] = output.data.get("text/plain", "") + "9"
    assert run.differences(notebook, altered) == [f"cell {cell.id!r}"]
    pictures = nbformat.reads(nbformat.writes(other), as_version=4)
    for cell in code(pictures):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = "another"
    assert run.differences(notebook, pictures) == []


def test_the_notebook_to_copy_runs_on_a_file_without_habits(tmp_path):
    """A tracker's or a form's file has none, and cells 13 and 17 stopped with an error."""
    lines = ["night,into_bed,sleep_onset,final_wake,out_of_bed"]
    for day in range(5, 30):
        early, late = 7 * day % 30, 11 * day % 50
        lines += [
            f"2026-01-{day:02},22:{early:02},23:{early + 20:02},07:{late:02},07:{late + 9:02}"
        ]
    (tmp_path / "mine.csv").write_text("\n".join(lines), encoding="utf-8")
    notebook = nbformat.read(next(FOLDER.glob("08_*.ipynb")), as_version=4)
    told = 'path = ss.sample_path("diary")'
    assert told in notebook.cells[1].source
    notebook.cells[1].source = notebook.cells[1].source.replace(told, 'path = "mine.csv"')
    run.execute_notebook(notebook, folder=tmp_path)
    pictures = [
        output for cell in code(notebook) for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]  # fmt: skip
    assert len(pictures) == 3  # the nights, the sentence that no habit is noted, the calendar
