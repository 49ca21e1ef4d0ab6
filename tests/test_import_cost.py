"""``import sleepstats`` stays cheap: what is slow to load is loaded where it is used."""

import subprocess
import sys

HEAVY = ("scipy", "matplotlib", "nbformat", "nbclient", "nbconvert", "IPython", "statsmodels")


def loaded_by(code):
    """Return the top-level packages that a fresh Python holds after running ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sorted(sys.modules), sep='\\n')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name.split(".")[0] for name in done.stdout.split()}


def test_import_loads_neither_scipy_nor_matplotlib_nor_jupyter():
    assert not loaded_by("import sleepstats") & set(HEAVY)


def test_import_loads_nothing_but_itself():
    """Every public name loads its module on first use."""
    done = subprocess.run(
        [sys.executable, "-c", "import sys, sleepstats\n"
         "print(*(m for m in sys.modules if m.startswith('sleepstats')))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["sleepstats"]


def test_reading_a_diary_needs_neither_scipy_nor_matplotlib():
    code = "import sleepstats as ss\nss.load_sample('diary')"
    assert not loaded_by(code) & set(HEAVY)


def test_help_of_the_command_loads_not_even_pandas():
    code = (
        "from sleepstats.__main__ import main\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(['--help'])"
    )
    assert "pandas" not in loaded_by(code)
