"""The table of runs holds every run of the study, with the losses of its row."""

import pandas as pd

from activstats.report.runs_table import runs_section, runs_table
from tests.report.conftest import runs_table as made


def texts(table):
    return [[cell.text for cell in row] for rows in table.body for row in rows.rows]


def test_every_run_has_a_row_in_the_order_of_width_size_and_seed():
    runs = made()
    shown = texts(runs_table(runs.sample(frac=1, random_state=0)))
    assert len(shown) == len(runs)
    wanted = runs.sort_values(["width", "n_train", "seed"])
    assert [row[0] for row in shown] == [str(w) for w in wanted["width"]]
    assert [float(row[-2]) for row in shown] == [float(f"{x:.4g}") for x in wanted["test_loss"]]


def test_kinds_stand_under_their_names():
    runs = made().assign(kind=lambda t: ["trained", "linear softmax", "trained"] * (len(t) // 3))
    assert [rows.head for rows in runs_table(runs).body] == ["trained", "linear softmax"]


def test_what_a_learner_has_not_is_a_dash():
    runs = pd.DataFrame(
        {"kind": ["forest"], "width": [0], "seed": [1], "test_loss": [float("nan")]}
    )
    assert texts(runs_table(runs)) == [["–", "1", "–"]]


def test_no_runs_no_section(whole_evidence):
    from dataclasses import replace

    assert runs_section(replace(whole_evidence, runs=whole_evidence.runs.iloc[:0])) is None
