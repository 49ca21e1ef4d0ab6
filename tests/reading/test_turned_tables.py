"""Tables turned round say where a cell stands in the file; JSON without sleep says what it holds.

The files are invented; what is expected was counted in them by hand.
"""

from __future__ import annotations

import json

import pytest
from exports import read

import sleepstats as ss
from sleepstats import DiaryError

TURNED = """My sleep,,,,
,2031-01-05,2031-01-06,2031-01-07,2031-01-08
Went to bed,23:10,25:99,23:00,22:50
Got up,07:00,07:10,06:50,99:20
Coffee,1,2,0,3

,2031-01-12,2031-01-13,2031-01-14,2031-01-15
Went to bed,23:10,23:20,23:00,22:50
Got up,07:00,07:10,09:99,07:20
Coffee,1,2,0,3
"""


def test_a_cell_is_placed_by_its_column_and_the_line_of_its_date() -> None:
    rows = ss.reading_report(read(TURNED))
    assert rows["line"].tolist() == [2] * 4 + [7] * 4
    told = rows.loc[rows["problem"] != "", "problem"].tolist()
    assert [one.partition(" is not")[0] for one in told] == [
        "line 2, column 3, row 'Went to bed': '25:99'",
        "line 2, column 5, row 'Got up': '99:20'",
        "line 7, column 4, row 'Got up': '09:99'",
    ]


def test_lines_are_counted_also_where_a_cell_runs_over_two() -> None:
    head = '"My sleep\nin winter",,,,\n'
    rows = ss.reading_report(read(TURNED.replace("My sleep,,,,\n", head)))
    assert rows["line"].tolist() == [3] * 4 + [8] * 4


def test_cells_of_several_lines_stand_in_the_column_of_their_night() -> None:
    # a note of two lines, a row's name of two, and clocks that are none below them
    notes = 'Coffee,1,2,0,3\n"My\nnotes","late\nfilm",,"a\n\nb",\n\n'
    text = TURNED.replace("Coffee,1,2,0,3\n\n", notes)
    nights = read(text)
    rows = ss.reading_report(nights)
    assert rows["line"].tolist() == [2] * 4 + [12] * 4
    told = rows.loc[rows["problem"] != "", "problem"].tolist()
    assert [one.partition(" is not")[0] for one in told] == [
        "line 2, column 3, row 'Went to bed': '25:99'",
        "line 2, column 5, row 'Got up': '99:20'",
        "line 12, column 4, row 'Got up': '09:99'",
    ]
    assert nights["comments"].dropna().tolist() == ["late\nfilm", "a\n\nb"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([{"endTime": "10:00", "artist": "x"}] * 40, "JSON: 40 records with 'endTime', 'artist'."),
        ({"devices": [{"id": 1}, {"id": 2}]}, "in 'devices' 2 records with 'id'."),
        ({"version": 3}, "JSON: 1 record with 'version'."),
        ({"a": [{"x": 1}], "b": [{"y": 2, "z": 3}] * 5},
         "in 'a' 1 record with 'x'; in 'b' 5 records with 'y', 'z'."),
    ],
)  # fmt: skip
def test_json_without_sleep_is_named_for_what_it_is(tmp_path, document, said) -> None:
    file = tmp_path / "some.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DiaryError) as caught:
        ss.read_diary(file)
    text = str(caught.value)
    assert text.startswith("some.json: JSON: ")
    assert f"{said} No sleep was found in it. JSON that is read: Fitbit" in text


def test_json_of_habits_says_so_and_where_it_goes(tmp_path) -> None:
    file = tmp_path / "moods.json"
    file.write_text(json.dumps([{"date": f"2031-01-0{d}", "mood": d} for d in range(1, 9)]))
    with pytest.raises(DiaryError, match=r"\(JSON: 8 records with 'date', 'mood'\) holds no night"):
        ss.read_diary(file)
