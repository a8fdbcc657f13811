"""The report says what the evidence says: numbers where there are some, words where there are none."""

import importlib.resources
from dataclasses import replace

import pytest

from activstats.claims import Evidence, growth_law
from activstats.claims.seeds import geometric
from activstats.claims.words import percent
from activstats.laws.results import Status
from activstats.report.activity_table import activity_table
from activstats.report.b_tables import table_over_seeds, tables_of_runs, two
from activstats.report.html import tidy
from activstats.report.loss_section import marks_of, marks_table
from tests.claims.conftest import TOP
from tests.report.conftest import Page


def texts(row):
    return [cell.text for cell in row]


def test_template_travels_with_the_package():
    folder = importlib.resources.files("activstats.report") / "templates"
    assert (folder / "report.html.j2").is_file()


def test_verdict_stands_first_with_its_effect_size(whole_page, whole_evidence):
    verdict = growth_law.decide(whole_evidence)
    words = Page(whole_page).words
    effect = str(tidy(percent(verdict.statistic)))
    places = [
        words.index(x) for x in ("Verdicts", verdict.outcome.value, effect, "What was recorded")
    ]
    assert places == sorted(places)
    for stick in verdict.yardsticks:
        assert stick.name in words


def test_sections_stand_in_their_order(whole_page, whole_evidence):
    page = Page(whole_page)
    heads = [text for path, text in page.texts if path[-1:] == ("h2",)]
    assert heads[:2] == ["Verdicts", growth_law.decide(whole_evidence).outcome.value]
    assert heads[2:] == [
        "What was recorded",
        "The constant b, by rule and by width",
        "K(D): neurons activated at least once",
        "How often the neurons fired",
        "Loss over log D",
        "The published rule a > 0",
        "Along training",
        "Claims that other studies test",
        "Runs",
        "Method",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Frozen weights are no evidence for the process",
        "no evidence of learning",
        "too narrow",
        "No claim about a transition is tested here",
        "activstats demo --out runs/digits",
        "ab" * 32,
        "saturated: the curve says nothing",
    ],
)
def test_page_says(whole_page, words):
    assert words in Page(whole_page).words


def test_b_of_the_table_is_the_geometric_mean_over_seeds(whole_evidence):
    row = table_over_seeds(whole_evidence).body[0].rows[1]
    fits = [f for f in whole_evidence.select(kind="trained", rule=TOP) if f.width == 128]
    found = geometric((f.seed, f.fit.b) for f in fits)
    assert texts(row)[0] == "128"
    assert texts(row)[2:4] == [two(found.mean), f"{two(found.low)} – {two(found.high)}"]


def test_b_of_saturated_rules_is_marked_and_explained(whole_evidence):
    table = table_over_seeds(whole_evidence)
    assert [rows.head.endswith(" †") for rows in table.body] == [False, False, True]
    assert not any("†" in cell for rows in table.body for row in rows.rows for cell in texts(row))
    assert all(float(texts(row)[2]) > 0 for row in table.body[2].rows)
    assert "The curve says nothing there" in table.note


def test_single_saturated_runs_mark_their_number(whole_evidence):
    top = whole_evidence.select(kind="trained", rule=TOP)
    fits = (replace(top[0], fit=replace(top[0].fit, status=Status.SATURATED)), *top[1:])
    (rows,) = table_over_seeds(Evidence(runs=whole_evidence.runs, fits=fits)).body
    assert not rows.head.endswith("†")
    assert texts(rows.rows[0])[2].endswith(" †")


def test_runs_left_out_are_marked(whole_evidence):
    top = whole_evidence.select(kind="trained", rule=TOP)
    silent = replace(top[0].fit, status=Status.NOT_IDENTIFIABLE)
    fits = (replace(top[0], fit=silent), *top[1:])
    table = table_over_seeds(Evidence(runs=whole_evidence.runs, fits=fits))
    assert texts(table.body[0].rows[0])[2].endswith(" *")
    assert "left out" in table.note
    assert "left out" not in table_over_seeds(whole_evidence).note


def test_every_run_stands_in_a_table(whole_evidence):
    tables = tables_of_runs(whole_evidence)
    assert [len(table.body[0].rows) for table in tables] == [27, 27, 27]
    row = tables[0].body[0].rows[0]
    fit = whole_evidence.fits[0].fit
    assert texts(row)[3:5] == [two(fit.b), f"{two(fit.b_low)} – {two(fit.b_high)}"]


def test_rows_fill_their_tables(whole_evidence):
    tables = [
        table_over_seeds(whole_evidence),
        activity_table(whole_evidence),
        marks_table(whole_evidence),
        *tables_of_runs(whole_evidence),
    ]
    for table in tables:
        widths = {sum(cell.span for cell in row) for rows in table.body for row in rows.rows}
        assert widths == {len(table.columns)}
        assert sum(span for _, span in table.groups) == len(table.columns)


def test_marks_are_those_of_the_theory(whole_evidence):
    mark = marks_of(whole_evidence)[128]
    b = mark.b.mean
    assert mark.d_star == pytest.approx(b * mark.steepest)
    # Half of the law's drop is over at the half-drop, 1 − 2^−b of it at D*.
    assert (1 + mark.half_drop / mark.d_star) ** -b == pytest.approx(0.5)


def test_activity_table_is_left_out_where_the_rule_was_not_recorded(whole_evidence):
    fits = whole_evidence.select(kind="trained", rule=TOP)
    assert activity_table(Evidence(runs=whole_evidence.runs, fits=fits)) is None


def test_activity_table_counts_dead_and_always_on(whole_evidence):
    row = activity_table(whole_evidence).body[0].rows[0]
    assert texts(row)[2:4] == ["0.0 %", "0.0 %"]
    assert texts(row)[-1] == "saturated: the curve says nothing"


def test_numbers_do_not_break_over_lines():
    assert str(tidy("1 079 samples, 5 %, b = 2")) == "1\u202f079 samples, 5\u202f%, b\u00a0=\u00a02"
