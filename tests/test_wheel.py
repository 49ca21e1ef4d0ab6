"""Wheel and sdist hold what is listed and nothing private; the wheel works outside the checkout."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[1]
PRIVATE = ("data/private/mine.csv", "data/sample/mine_report.html", "notebooks/private/mine.ipynb")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy of the tree into which a person has put files of their own."""
    pytest.importorskip("hatchling", reason="the build backend is part of the extra 'test'")
    tree = tmp_path_factory.mktemp("tree")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(HERE / name, tree / name)
    leave = shutil.ignore_patterns("__pycache__")
    for name in ("sleepstats", "data"):
        shutil.copytree(HERE / name, tree / name, ignore=leave)
    for name in PRIVATE:
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("private")
    built = tmp_path_factory.mktemp("built")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return next(built.glob("*.whl"))


def test_wheel_holds_every_module_and_sample_and_nothing_else(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    modules = {
        path.relative_to(HERE).as_posix()
        for path in (HERE / "sleepstats").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    samples = {
        f"sleepstats/_sample/{path.name}"
        for path in (HERE / "data" / "sample").iterdir()
        if path.is_file()
    }
    assert names == modules | samples
    assert {
        "sleepstats/py.typed",
        "sleepstats/__init__.pyi",
        "sleepstats/_sample/diary.csv",
    } <= names
    assert not [name for name in names if "mine" in name or "private" in name]


def test_wheel_says_what_it_needs_and_which_command_it_brings(wheel):
    archive = zipfile.ZipFile(wheel)
    read = {
        Path(name).name: archive.read(name).decode()
        for name in archive.namelist()
        if name.endswith(("METADATA", "entry_points.txt"))
    }
    assert "sleepstats = sleepstats.__main__:main" in read["entry_points.txt"]
    needs = [
        line.removeprefix("Requires-Dist: ").split(">")[0].split(";")[0]
        for line in read["METADATA"].splitlines()
        if line.startswith("Requires-Dist") and "extra ==" not in line
    ]
    assert sorted(needs) == [
        "charset-normalizer", "matplotlib", "numpy", "pandas", "scipy", "tzdata",
    ]  # fmt: skip


def test_installed_wheel_loads_its_samples_outside_the_checkout(wheel, tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        "import warnings, sleepstats as ss; warnings.simplefilter('ignore', ss.DiaryWarning); "
        "print(ss.__file__); "
        "[print(name, len(ss.load_sample(name)), ss.sample_path(name)) "
        "for name in ('diary', 'spreadsheet', 'sleep_cycle')]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(site)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(str(site) in line for line in lines)


#: What belongs to a source distribution, as pyproject.toml lists it; hatchling adds the last two.
LISTED = (
    "sleepstats/", "data/make_samples.py", "data/sample/", "tests/", "notebooks/", "benchmarks/",
    "docs/", "README.md", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE",
    "pyproject.toml", ".gitignore", "PKG-INFO",
)  # fmt: skip


def test_sdist_holds_what_is_listed_and_nothing_else(tmp_path):
    pytest.importorskip("hatchling", reason="the build backend is part of the extra 'test'")
    tree = tmp_path / "tree"
    leave = shutil.ignore_patterns(
        "__pycache__", ".git", ".venv*", ".hypothesis", ".*_cache", "private", "_build"
    )
    shutil.copytree(HERE, tree, ignore=leave)
    stray = (*PRIVATE, "docs/_build/site/index.html", "docs/api/mine.rst", "mine.csv",
             "mine_report.ipynb", ".venv/mine.py", "build/mine.py")  # fmt: skip
    for name in stray:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("private")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path / "built")],
        cwd=tree, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with tarfile.open(next((tmp_path / "built").glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert [name for name in names if not name.startswith(LISTED)] == []
    assert [name for name in names if "mine" in name or "private" in name] == []
    assert {"docs/index.md", "CITATION.cff", "tests/test_wheel.py", "CHANGELOG.md"} <= names


def test_a_release_says_one_version_everywhere():
    import sleepstats as ss

    changelog = (HERE / "CHANGELOG.md").read_text(encoding="utf-8")
    first = next(line for line in changelog.splitlines() if line.startswith("## "))
    assert first.split()[1] == ss.__version__
    citation = (HERE / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {ss.__version__}\n" in citation


def test_the_lowest_versions_that_are_tried_are_those_that_are_allowed():
    """``.ci/lowest.txt`` against pyproject.toml: what is promised is what is tried."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = {}
    for need in project["dependencies"] + project["optional-dependencies"]["excel"]:
        name, least, version = need.partition(">=")
        if least:
            allowed[name] = version
    lines = (HERE / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    tried = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert set(tried) == {*allowed, "pyparsing"}
    for name, version in allowed.items():
        assert tried[name] == version or tried[name].startswith(f"{version}."), name
