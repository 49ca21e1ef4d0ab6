"""Everything stays on the person's machine: no connection is tried, whatever is done with nights.

Python itself says when one is (``sys.addaudithook``, PEP 578): each step runs in a process of its
own in which any of those events is written down, also one that the code would catch.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sleepstats as ss

HERE = Path(__file__).resolve().parents[1]
FIXTURES = HERE / "tests" / "reading" / "fixtures"

#: Opens no connection and lets none through: what Python tells of sockets, and of what uses them.
WATCH = """
import sys, warnings
warnings.simplefilter("ignore")
SEEN = []
SIGNS = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "poplib.", "imaplib.", "webbrowser.")

def watch(event, args):
    if event.startswith(SIGNS):
        SEEN.append(event)
        raise RuntimeError(f"a connection was tried: {event}")

sys.addaudithook(watch)
import sleepstats as ss
nights = ss.load_sample("diary")
"""
STEPS = {
    "reading": """
for path in FILES:
    try:
        ss.reading_report(ss.read_diary(path))
    except ss.DiaryError:
        pass
""",
    "answering": """
ss.describe_nights(nights); ss.regularity(nights); ss.add_measures(nights)
said = ss.answer(nights)
str(said); said._repr_html_(); said.table
ss.stress_and_sleep(nights)
ss.dose_response(nights, outcome="tst_min", dose="alcohol_drinks")
ss.entangled(nights); ss.explained(nights, outcome="tst_min"); ss.missing_for_a_reason(nights)
ss.nights_needed(effect=30, sd=50)
late = ss.Claim("Late meals", outcome="tst_min", factor="late_meal", direction="less")
ss.check_claims(nights, [late])
ss.anonymise(nights, seed=1).to_csv(PLACE + "/shown.csv")
plan = ss.plan_trial(28, seed=1, start="2026-03-02")
ss.analyse_trial(ss.simulate_nights(28, seed=3, start="2026-03-02")[0], plan, outcome="tst_min")
""",
    "pictures": """
import matplotlib
matplotlib.use("agg")
for ax in (ss.plot_raster(nights), ss.plot_matrix(ss.correlate(nights)), ss.plot_calendar(nights)):
    ax.figure.savefig(PLACE + "/picture.png")
""",
    "the page": """
if "write_report" in ss.__all__:
    import matplotlib
    matplotlib.use("agg")
    ss.write_report(nights, PLACE + "/page.html")
""",
    "the shell": """
from sleepstats.__main__ import main
path = str(ss.sample_path("spreadsheet"))
assert main(["check", path]) == 0
assert main(["formats"]) == 0
""",
}


def run(code, place):
    files = [str(path) for path in sorted(FIXTURES.rglob("*")) if path.is_file()]
    before = f"PLACE = {str(place)!r}\nFILES = {files!r}\n"
    return subprocess.run(
        [sys.executable, "-c", f"{before}{WATCH}{code}\nassert SEEN == [], SEEN\nprint('done')"],
        capture_output=True, text=True, check=False, cwd=place,
        env={**os.environ, "PYTHONPATH": str(Path(ss.__file__).parents[1])},
    )  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_no_connection_is_tried(step, tmp_path):
    done = run(STEPS[step], tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "done"


@pytest.mark.parametrize(
    "code",
    ["import socket; socket.socket()", "import urllib.request; urllib.request.urlopen('http://a.b')",
     "import socket\ntry: socket.getaddrinfo('a.b', 80)\nexcept RuntimeError: pass"],
)  # fmt: skip
def test_one_that_is_tried_would_be_seen(code, tmp_path):
    done = run(code, tmp_path)
    assert done.returncode == 1
    assert "socket." in done.stderr or "urllib." in done.stderr


def test_the_package_imports_nothing_that_talks_to_others():
    """Nor does importing all of it load such a module: numpy and pandas load some themselves."""
    talking = ("socket", "ssl", "http.client", "urllib.request", "requests", "asyncio", "ftplib")
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in Path(ss.__file__).parent.rglob("*.py")
    )
    for module in talking:
        assert f"import {module}\n" not in sources, module
        assert f"from {module} import" not in sources, module
