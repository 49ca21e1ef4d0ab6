"""What ``digest.py`` digests: readings, tables, sentences, reports, the notebooks' outputs.

Public names only, wherever there is one, so that it runs unchanged on older and newer versions.
"""

import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd

import sleepstats as ss

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
BERLIN = {"tz": "Europe/Berlin"}
#: Further ways of reading, tried on every fixture.
WAYS = {"dayfirst": {"dayfirst": True}, "monthfirst": {"dayfirst": False},
        "morning": {"labels": "morning"}, "strict": {"strict": True}}  # fmt: skip
REPORTS = ("sample:diary", "sample:sleep_cycle", "sample:spreadsheet",
           "sleep_cycle/sleepdata_old_2020-09.csv",
           "zeo_and_google_forms_diary/zeodata.csv")  # fmt: skip


@cache
def located(*names):
    """Find a function wherever the package keeps it now: public, or in any of its modules."""
    for name in set(names) & set(ss.__all__):
        return getattr(ss, name)
    for info in pkgutil.walk_packages(ss.__path__, "sleepstats."):
        if not info.name.endswith("__main__"):
            module = vars(importlib.import_module(info.name))
            for name in names:
                if callable(module.get(name)):
                    return module[name]
    raise LookupError(f"none of {names} in the package")


def sources():
    """Every file or folder to read: its name, what is read, whether it is a fixture."""
    tests = sorted((ROOT / "tests").rglob("fixtures"))
    real = [SHARED / name for name in ("exports", "known-answers", "cases")]
    for top in (*tests, ROOT / "data" / "sample", *real):
        beside, fixture = (SHARED if top in real else ROOT), top in tests
        files = [path for path in sorted(top.rglob("*")) if path.is_file()
                 and path.suffix not in (".py", ".md") and path.name != "SOURCE.txt"]  # fmt: skip
        for path in files:
            yield path.relative_to(beside).as_posix(), path, fixture
        for folder in sorted({path.parent for path in files} - {top}):
            inside = [path for path in files if path.parent == folder]
            if len(inside) > 1:
                name = folder.relative_to(beside).as_posix()
                yield f"{name}/", folder, fixture
                yield f"{name}/*", inside, fixture


def reading(digest):
    """Digest every source in every way; return the nights of those read without options."""
    read = {}
    for name, path, fixture in sources():
        for way, options in {"": {}, "tz": BERLIN, **(WAYS if fixture else {})}.items():
            item = f"read {name} {way}".strip()
            nights = digest.ask(item, ss.read_diary, path, **options)
            if nights is not None:
                digest.ask(f"{item} | report", ss.reading_report, nights)
                if not way:
                    read[name] = nights
    return read


def asking(digest, name, nights):
    """Digest the tables and the sentences of one diary."""
    for ask in ("describe_nights", "regularity", "check_nights", "missing_for_a_reason",
                "entangled", "main_outcomes", "measures", "what_was_read", "what_was_odd",
                "how_you_sleep"):  # fmt: skip
        digest.ask(f"ask {name} | {ask}", lambda n=ask: located(n)(nights))
    table = digest.ask(f"ask {name} | correlate", ss.correlate, nights)
    if table is not None:
        digest.ask(f"ask {name} | present", ss.present, table)
        digest.ask(f"ask {name} | present text", lambda: ss.present(table).to_string())

    def answer():
        main = ss.correlate(nights, outcomes=list(located("main_outcomes")(nights)))
        digest.add(f"ask {name} | main table", main)
        if "answer" in ss.__all__:
            return str(ss.answer(nights))
        return str(located("what_went_with")(nights, main))

    digest.ask(f"ask {name} | answer", answer)


def questions(digest):
    """Digest every other public question, of the sample diary and of simulated nights."""
    diary = ss.load_sample("diary")
    tst, sol, cups, hours = "tst_min", "sol_min", "caffeine_cups", "caffeine_last_h_before_bed"
    drinks, late = "alcohol_drinks", "late_meal"
    claims = [ss.Claim(f"Claim {number}.", *words, **more) for number, (*words, more) in enumerate((
        (sol, "reading", "less", {}), (tst, late, "less", {}), (tst, drinks, "less", "dose", {}),
        (sol, "supplement_kind", "differs", "kind", {}), (tst, late, "differs", drinks, {}),
        (sol, hours, "more", "timing", {"used": cups}), ({"no_diary": "safety"},),
        (tst, late, "same", "over time", {"within": 10.0}),
        (tst, late, "same", "after stopping", {"within": 10.0})))]  # fmt: skip
    year = ss.simulate_nights(365, seed=5)[0]
    people = {f"p{seed}": ss.simulate_nights(90, seed=seed)[0] for seed in range(5)}
    many = pd.concat(people, names=["person", "night"])
    plan = ss.plan_trial(56, seed=7, start="2026-01-05", conditions=("reading", "no reading"),
                         nights=diary, outcome=tst, effect=30)  # fmt: skip
    trial = ss.simulate_nights(70, seed=3, start="2026-01-01")[0]
    spare, swapped = ss.sample_path("spreadsheet"), {"Bed": "lights_out", "Lights off": "into_bed"}
    calls = [
        ("dose_response", diary, {"outcome": tst, "dose": cups}),
        ("dose_response", year, {"outcome": sol, "dose": cups}),
        ("timing_response", diary, {"outcome": tst, "hours": hours, "used": cups}),
        ("over_time", diary, {"outcome": tst, "factor": late}),
        ("interaction", diary, {"outcome": tst, "factor": late, "moderator": drinks}),
        ("stress_and_sleep", diary, {}), ("stress_and_sleep", year, {}),
        ("nights_needed", diary, {"outcome": tst, "factor": late, "effect": 20}),
        ("nights_needed", None, {"effect": 20, "sd": 60, "persistence": 0.3}),
        ("check_claims", diary, {"claims": claims}),
        ("pool_people", many, {"outcome": tst, "factor": "stress"}),
        ("analyse_trial", trial, {"plan": plan, "outcome": tst, "draws": 999}),
        ("add_bedtime_deviation", diary, {}), ("add_measures", diary, {}),
        ("associate", diary, {"outcome": "tst", "factor": cups}),
        ("correlate", diary, {"method": "spearman", "family": "holm", "level": 0.9}),
        ("read_diary", spare, {"columns": swapped}), ("read_diary", spare, {"when": {cups: "day"}}),
        ("read_diary", spare, {"when": {"stress": "morning"}, "reverse": ["quality"]}),
    ]  # fmt: skip
    for factor in ("stress", late, "supplement_kind", "screens_min", hours):
        for outcome in (tst, sol, "quality"):
            asked = {"outcome": outcome, "factor": factor}
            calls += [("associate", diary, asked), ("compare", diary, asked)]
    for number, (name, nights, options) in enumerate(calls):
        digest.ask(f"question {number} {name}", getattr(ss, name), nights, **options)
    digest.ask("question plan_trial", lambda: plan)
    digest.ask("question simulate_nights", lambda: year)
    digest.ask("question list_formats", ss.list_formats)


def commands(digest, *, with_reports):
    """Digest what the program writes: its lines, and the pages of whole reports."""

    def run(*words):
        done = subprocess.run([sys.executable, "-m", "sleepstats", *words], capture_output=True,
                              text=True, check=False)  # fmt: skip
        return f"{done.returncode}\n{done.stdout}\n{done.stderr}"

    for name in ("diary", "sleep_cycle", "spreadsheet"):
        digest.add(f"command check {name}", run("check", str(ss.sample_path(name))))
    digest.add("command formats", run("formats"))
    for name in REPORTS if with_reports else ():
        file = name if name.startswith("sample:") else str(SHARED / "exports" / name)
        if file != name and not Path(file).exists():
            continue
        with tempfile.TemporaryDirectory() as folder:
            said = run("report", file, "-o", folder, "--quiet")
            digest.add(f"report {name}", said.replace(folder, ""))
            for page in Path(folder).glob("*.html"):
                html = re.sub(r"<style.*?</style>", "", page.read_text("utf-8"), flags=re.S)
                words = re.sub(r'"data:image[^"]*"', '""', html)
                digest.add(f"report {name} | page", words.replace("><", ">\n<"))
            for notebook in Path(folder).glob("*.ipynb"):
                outputs(digest, f"report {name}", notebook, pictures=True)


def outputs(digest, item, file, *, pictures=False):
    """Digest what the cells of a notebook show; their code is free to change."""
    for number, cell in enumerate(json.loads(file.read_text("utf-8"))["cells"]):
        shown = []
        for output in cell.get("outputs", ()):
            data = {"stream": output.get("text", ""), **output.get("data", {})}
            shown += [f"{kind}: {''.join(text)}" for kind, text in data.items()
                      if pictures or not kind.startswith("image/")]  # fmt: skip
        if shown:
            digest.add(f"{item} | cell {cell.get('id', number)}", "\n".join(shown))
