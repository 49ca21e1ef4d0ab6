"""The wheel holds the package and the samples, nothing private, and works outside the checkout."""

import os
import shutil
import subprocess
import sys
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
    assert "sleepstats = sleepstats.cli:main" in read["entry_points.txt"]
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
