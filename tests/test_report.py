"""The report: one page that stands alone, a notebook to go on from, and the right answer."""

import html
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

import sleepstats as ss
from sleepstats.answers.diary import what_was_read
from sleepstats.errors import DiaryError
from sleepstats.report.make import write_report
from sleepstats.report.template import as_code

# the samples and the diaries made here are meant to have something to warn about
pytestmark = pytest.mark.filterwarnings("ignore::sleepstats.errors.DiaryWarning")

EXPORTS = Path(__file__).resolve().parents[1].parent / "shared" / "exports"
REAL = [
    *sorted((EXPORTS / "sleep_cycle").glob("*.csv")),
    *sorted((EXPORTS / "zeo_and_google_forms_diary").glob("*google_forms*.csv")),
]

#: Attributes by which a page makes the browser fetch something.
FETCHING = {"src", "srcset", "href", "data", "poster", "action", "background", "xlink:href"}


class Page(HTMLParser):
    """What a page is made of, as far as the tests ask."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.fetched, self.pictures, self.text = set(), [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.fetched += [value for key, value in attrs.items() if key in FETCHING]
        assert not [key for key in attrs if key.startswith("on")]
        if tag == "img":
            self.pictures.append(attrs)

    def handle_data(self, data):
        self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def stands_alone(text):
    """Return the page, after making sure that it neither fetches anything nor runs anything."""
    page = Page(text)
    assert not page.tags & {"script", "link", "iframe", "object", "embed", "form", "base", "video"}
    assert all(value.startswith(("data:image/png;base64,", "#")) for value in page.fetched)
    style = "".join(re.findall(r"<style.*?</style>", text, re.S))
    assert "url(" not in style
    assert "@import" not in style
    without_pictures = re.sub(r'"data:image/png;base64,[^"]*"', '""', text)
    assert not re.findall(r"(?:https?:)?//[a-z]", without_pictures)
    assert "default-src 'none'" in text
    return page


def code_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a function that makes the report of a file once."""
    done = {}

    def make(file, **reading):
        key = (str(file), *sorted(reading.items()))
        if key not in done:
            folder = tmp_path_factory.mktemp("report")
            steps = []
            report = write_report([file], folder=folder, on_step=steps.append, **reading)
            page = report.page.read_text(encoding="utf-8")
            notebook = nbformat.read(report.notebook, as_version=4)
            nbformat.validate(notebook)
            done[key] = report, stands_alone(page), notebook, steps
        return done[key]

    return make


def invented(path, n, *, seed=5, gap=0.0):
    """Write an invented diary table of ``n`` nights and return its path as text."""
    rng = np.random.default_rng(seed)
    dates = pd.date_range("2020-01-01", periods=n).strftime("%Y-%m-%d")
    late = rng.random(n) < 0.4
    rows = ["night,lights out,minutes to fall asleep,wake time,late meal"]
    for date, ate, minutes in zip(dates, late, rng.integers(0, 59, n), strict=True):
        hour, said = ("06", "yes") if ate else ("07", "no")
        rows.append(f"{date},23:{minutes:02d},{10 + minutes // 6},{hour}:{minutes:02d},{said}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


# ---- plain: the sample


def test_the_page_stands_alone_and_the_answer_comes_first(made):
    report, page, _, _ = made("sample:diary")
    for sentence in report.answer:
        assert sentence in page.words
    assert page.words.index(report.answer[0]) < page.words.index("What was read")


def test_the_sections_stand_in_the_order_of_a_readers_questions(made):
    _, page, _, _ = made("sample:diary")
    sections = ["What went with your sleep", "What was read", "How you sleep", "What was asked",
                "A closer look", "What this cannot tell you", "How this was computed",
                "Go on from here"]  # fmt: skip
    places = [page.words.rindex(section) for section in sections]
    assert places == sorted(places)


def test_no_code_no_warning_no_object_address_on_the_page(made):
    _, page, _, _ = made("sample:spreadsheet")
    for word in ("import sleepstats", "DiaryWarning", "<Axes", "object at 0x", "Traceback", "NaN",
                 "stderr", "Out["):  # fmt: skip
        assert word not in page.words


def test_every_picture_says_in_words_what_it_shows(made):
    _, page, _, _ = made("sample:diary")
    assert len(page.pictures) >= 5
    for picture in page.pictures:
        assert len(picture["alt"]) > 20


def test_the_notebook_is_the_page_and_runs_from_its_own_folder(made):
    report, _, notebook, _ = made("sample:diary")
    code = code_of(notebook)
    assert 'ss.sample_path("diary")' in code or "ss.sample_path('diary')" in code
    assert "/" not in re.sub(r"#.*", "", code).replace(str(report.page), "")
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    assert outputs
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


def test_the_steps_are_told_one_by_one(made):
    *_, steps = made("sample:diary")
    assert steps[0] == "Reading sample:diary"
    assert steps[-1] == "Writing"
    numbered = [step for step in steps if step.startswith("Step")]
    assert numbered[0] == f"Step 1 of {len(numbered)}"


def test_the_same_file_gives_the_same_notebook(made, tmp_path):
    report, _, _, _ = made("sample:diary")
    again = write_report(["sample:diary"], folder=tmp_path)
    assert again.notebook.read_bytes() == report.notebook.read_bytes()
    assert again.page.read_bytes() == report.page.read_bytes()


def test_a_name_with_markup_is_shown_as_it_is_and_taken_relative_to_the_notebook(tmp_path):
    (tmp_path / "in").mkdir()
    diary = invented(tmp_path / "in" / "a`b <i>_c_.csv", 30)
    report = write_report([diary], folder=tmp_path / "out")
    assert report.notebook == tmp_path / "out" / "a`b <i>_c__report.ipynb"
    assert "ss.read_diary('../in/a`b <i>_c_.csv')" in code_of(nbformat.read(report.notebook, 4))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "a`b <i>_c__report.html", "a`b <i>_c__report.ipynb",
    ]  # fmt: skip
    page = stands_alone(report.page.read_text(encoding="utf-8"))
    assert "i" not in page.tags
    assert "a`b <i>_c_.csv" in page.words


# ---- sparse, short, long, odd


def test_sleep_cycle_without_sleep_times_asks_about_time_in_bed(made):
    _, page, notebook, _ = made("sample:sleep_cycle")
    nights = ss.load_sample("sleep_cycle")
    assert ss.main_outcomes(nights)[0] == "tib_min"
    assert "when you were in bed and not how long of that you slept" in page.words
    assert "outcomes=['tib_min'" in code_of(notebook)


def test_one_night_is_shown_and_not_asked(made, tmp_path):
    report, page, _, _ = made(invented(tmp_path / "one.csv", 1))
    assert str(report.answer) == (
        "Nothing can be asked of this diary yet: it has 1 night, and a question needs at least 14 "
        "with both values."
    )
    assert "1 night, Wednesday 1 January 2020" in page.words


def test_two_thousand_nights(made, tmp_path):
    """A late meal goes with an hour less in every invented night: no noise, so found exactly."""
    report, page, _, _ = made(invented(tmp_path / "many.csv", 2000))
    assert "2,000 nights" in page.words
    assert "late meal" in report.answer[0]
    assert "60.0 min less" in report.answer[0]
    assert report.page.stat().st_size < 3_000_000


def test_a_column_of_nonsense_does_not_stop_the_rest(tmp_path):
    path = invented(tmp_path / "odd.csv", 40)
    lines = path.read_text().splitlines()
    lines = [f"{line},{'x' * i}<script>alert({i})</script>" if i else f"{line},zzz <b>"
             for i, line in enumerate(lines)]  # fmt: skip
    path.write_text("\n".join(lines))
    report = write_report([path], folder=tmp_path)
    page = stands_alone(report.page.read_text(encoding="utf-8"))
    assert "late meal" in str(report.answer)
    assert "40 nights" in page.words


def test_a_diary_without_habits_is_shown_and_not_asked(tmp_path):
    path = invented(tmp_path / "bare.csv", 30)
    path.write_text("\n".join(line.rpartition(",")[0] for line in path.read_text().splitlines()))
    report = write_report([path], folder=tmp_path)
    assert "it holds the nights but no habit or circumstance" in str(report.answer)


def test_an_earlier_report_is_replaced_only_when_told_and_options_are_kept(tmp_path):
    path = invented(tmp_path / "d.csv", 15)
    (tmp_path / "d_report.ipynb").write_text("mine")
    with pytest.raises(DiaryError, match="is already there"):
        write_report([path], folder=tmp_path)
    write_report([path], folder=tmp_path, force=True, labels="morning", format="auto")
    notebook = nbformat.read(tmp_path / "d_report.ipynb", 4)
    assert "ss.read_diary('d.csv', labels='morning')" in code_of(notebook)


def test_an_unusable_file_leaves_no_folder(tmp_path):
    with pytest.raises(DiaryError, match="no such file"):
        write_report([tmp_path / "no.csv"], folder=tmp_path / "new")
    assert not (tmp_path / "new").exists()


# ---- the planted truth, and real exports


def test_what_was_planted_is_told_and_nothing_else(made):
    """The truth of the sample stands in data/sample/README.md."""
    report, page, _, _ = made("sample:diary")
    nights = ss.load_sample("diary")
    table = ss.correlate(nights, outcomes=["tst_min", "sol_min"])
    planted = {"stress", "alcohol_drinks", "screens_min", "late_meal", "caffeine_last"}
    found = table[table.status == "found"]
    assert {name.removesuffix("_h_before_bed") for name in found.factor} == planted
    told = [sentence for sentence in report.answer if " went with " in sentence]
    assert any("60 min of screens" in sentence for sentence in told)
    assert any("with late meal" in sentence for sentence in told)
    meal = table.set_index(["outcome", "factor"]).loc[("tst_min", "late_meal")]
    assert meal.effect_low < -35 < meal.effect_high
    assert f"the measured {-meal.effect:.0f} min less" in page.words


@pytest.mark.skipif(not REAL, reason="the real exports lie beside the checkout of the developers")
@pytest.mark.parametrize("file", REAL, ids=[path.stem for path in REAL])
def test_a_report_of_every_real_export(made, file):
    report, page, _, _ = made(file)
    nights = ss.read_diary(file)
    assert html.unescape(what_was_read(nights)[0]) in page.words
    for sentence in report.answer:
        assert sentence in page.words


# ---- what else lies on the disk


@pytest.mark.skipif(os.name == "nt", reason="such a name is none on Windows")
def test_nothing_found_is_run_and_a_file_that_changes_is_told_of_as_it_was(tmp_path, monkeypatch):
    """Python files beside the report, a name with markup, and another file in its place later."""
    monkeypatch.chdir(tmp_path)
    for name in ("pandas", "sleepstats", "matplotlib", "sitecustomize", "ipython_config"):
        text = f"open({str(tmp_path / 'RUN')!r}, 'a').write({name!r})\nraise ImportError('mine')\n"
        (tmp_path / f"{name}.py").write_text(text)
    file = Path("md`<img src=x onerror=alert(1)>[l](javascript:alert(3))\x1b.csv")
    invented(file, 12)
    steps = []

    def change(step):
        if step.startswith("Step 1"):
            invented(file, 3)
        steps.append(step)

    report = write_report([file], on_step=change)
    assert not (tmp_path / "RUN").exists()
    text = report.page.read_text(encoding="utf-8")
    page = stands_alone(text)  # no tag and no attribute that runs anything
    assert "12 nights, from Wednesday 1 January 2020" in page.words
    assert any("12 nights" in sentence for sentence in report.answer) or "12 nights" in page.words
    assert "onerror=alert(1)" in page.words  # as words
    assert "\x1b" not in text
    assert "javascript:alert(3)" in page.words
    notebook = nbformat.read(report.notebook, as_version=4)
    load = next(cell for cell in notebook.cells if cell.id == "load")
    assert f"nights = ss.read_diary({str(file)!r})" in load.source
    assert "pickle" not in code_of(notebook)
    left = {path.name for path in tmp_path.iterdir()} - {file.name}
    assert left == {report.page.name, report.notebook.name} | {
        f"{name}.py"
        for name in ("pandas", "sleepstats", "matplotlib", "sitecustomize", "ipython_config")
    }
    assert {path.stat().st_mode & 0o777 for path in (report.page, report.notebook)} == {0o600}


def test_a_blank_line_in_a_name_does_not_end_its_backticks():
    """A paragraph of Markdown ends at a blank line, and with it what stands in backticks."""
    assert as_code("a\n\n<b>`\x1b") == "``a\\n\\n<b>`\\x1b``"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX pipe")
def test_a_pipe_is_refused_before_anybody_waits_for_it(tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    with pytest.raises(DiaryError) as raised:
        write_report([pipe], folder=tmp_path)
    assert str(raised.value) == (
        f"{pipe}: is a pipe or a device, which the report's notebook could not read again. Save it "
        "as a file and give the path of that; 'sleepstats check' reads pipes."
    )


def test_a_folder_that_cannot_be_written_to_is_named_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr("sleepstats.report.make.os.access", lambda *_: False)
    with pytest.raises(DiaryError) as raised:
        write_report(["sample:diary"], folder=tmp_path / "new")
    assert str(raised.value) == (
        f"{tmp_path / 'new'}: cannot be written to (Permission denied). Use -o to write elsewhere."
    )


def test_a_full_disk_is_told_with_the_path_that_was_asked_for(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sleepstats.report.make.execute_notebook", lambda *_, **__: None)
    monkeypatch.setattr("sleepstats.written.os.fsync", full)
    with pytest.raises(DiaryError, match=r"diary_report\.ipynb: cannot be written \(No space left"):
        write_report(["sample:diary"], folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
