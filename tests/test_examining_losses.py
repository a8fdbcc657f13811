"""What is looked at in the losses of a study, and what the report says of it."""

import math

import numpy as np
import pandas as pd
import pytest

from activstats.claims import Evidence
from activstats.claims.examination import Examination
from activstats.examining_losses import CONTROLS, examine_losses
from activstats.laws.loss.shapes import crossover
from activstats.report.agreement_section import agreement_section
from activstats.report.decay_section import decay_section
from activstats.report.section import Folded, Shown
from activstats.report.tables import Table
from activstats.report.transition_section import transition_section
from tests.claims.conftest import beta_rates, layer

SIZES = (2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)
WIDTHS, SEEDS = (64, 128, 256), (0, 1, 2)
B, MEAN = 0.6, 0.015


def runs_table(rng, *, controls=CONTROLS, d_star=B / MEAN, final=None):
    """Return a study's runs whose losses have the theory's transition at bN/c."""
    kinds = [("trained", n) for n in WIDTHS] + [(kind, 0) for kind in controls]
    rows = [
        {
            "run": f"{kind}-{n}-{d}-{seed}", "kind": kind, "width": n, "n_train": d, "seed": seed,
            "test_loss": loss, "test_brier": loss / 3,
            "final_test_loss": math.nan if not n else loss * (final(d) if final else 1.0),
            "recording": "",
        }
        for kind, n in kinds
        for d in SIZES
        for seed in SEEDS
        for loss in [
            (0.05 + 2.2 * float(crossover(math.log(d), math.log(d_star), B)))
            * (1 + 0.01 * rng.standard_normal())
        ]
    ]  # fmt: skip
    return pd.DataFrame(rows)


def recorded(rng):
    return [layer(beta_rates(rng, n, MEAN, B), rng, seed=s, n_samples=4000)
            for n in WIDTHS for s in SEEDS]  # fmt: skip


def looked_at(runs, fits, **options):
    return examine_losses(runs, fits, (), **{"n_boot": 99, "seed": 0} | options)


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(7)
    return looked_at(runs_table(rng), recorded(rng))


def evidence(losses):
    return Evidence(runs=pd.DataFrame(), fits=(), examination=Examination(loss=losses))


def words(section):
    """Return everything that a section says in words and tables."""
    told = []
    for part in section.parts:
        tables = part.tables if isinstance(part, Folded) else (part,)
        for one in tables:
            if isinstance(one, Table):
                rows = [cell.text for rows in one.body for row in rows.rows for cell in row]
                told += [one.caption, one.note, *rows]
            elif isinstance(one, Shown):
                told += [one.picture.title, one.picture.description, one.caption]
            else:
                told.append(one)
    return " ".join(told)


def check_tables(section):
    tables = [one for part in section.parts
              for one in (part.tables if isinstance(part, Folded) else (part,))
              if isinstance(one, Table)]  # fmt: skip
    for table in tables:
        spans = {sum(c.span for c in row) for rows in table.body for row in rows.rows}
        assert spans == {len(table.columns)}, table.caption


def test_every_width_and_control_has_a_transition_and_every_width_a_prediction(found):
    assert tuple(found.transitions) == WIDTHS
    assert tuple(found.controls) == CONTROLS
    assert all(one.found for one in (*found.transitions.values(), *found.controls.values()))
    assert tuple(found.agreements) == WIDTHS
    for n, one in found.agreements.items():
        assert one.predicted.n_recordings == len(SEEDS)
        assert one.predicted.n_neurons == n
        assert one.predicted.c == pytest.approx(MEAN * n, rel=0.3)
    assert found.scaling.n_obs == len(WIDTHS)
    assert found.scaling.gamma == pytest.approx(0.0, abs=0.1)
    assert found.best_loss is not None
    assert found.depth is None


def test_measures_are_compared_width_by_width(found):
    assert tuple(found.measures) == WIDTHS
    assert [knee.measure for knee in found.measures[64].knees] == [
        "test_loss", "test_brier", "final_test_loss",
    ]  # fmt: skip
    rng = np.random.default_rng(8)
    inflated = looked_at(runs_table(rng, controls=(), final=lambda d: 1 + 40 / d), [], n_boot=99)
    said = words(transition_section(evidence(inflated)))
    for n, one in inflated.measures.items():
        assert one.warning
        assert f"N = {n}: {one.warning}" in said


def test_draws_of_a_curve_do_not_depend_on_other_curves(found):
    rng = np.random.default_rng(7)
    runs = runs_table(rng)
    alone = looked_at(runs[(runs["width"] == 128)], [])
    assert alone.transitions[128].pvalue == found.transitions[128].pvalue
    assert alone.transitions[128].d_star == found.transitions[128].d_star
    assert (alone.scaling, alone.comparison, alone.best_loss) == (None, None, None)


def test_section_says_what_the_controls_mean(found):
    section = transition_section(evidence(found))
    said = words(section)
    check_tables(section)
    assert "Linear softmax: D*" in said
    assert "the knee is no evidence for free neurons" in said
    assert "p-value from the best of these" in said
    pictures = [part.picture for part in section.parts if isinstance(part, Shown)]
    assert [text.get_text() for text in pictures[0].draw().get_yticklabels()] == [
        "N = 64", "N = 128", "N = 256", *CONTROLS,
    ]  # fmt: skip


def test_controls_elsewhere_do_not_take_the_evidence_away():
    rng = np.random.default_rng(9)
    networks = runs_table(rng, controls=())
    others = runs_table(rng, d_star=900.0)
    runs = pd.concat([networks, others[others["width"] == 0]])
    said = words(transition_section(evidence(looked_at(runs, []))))
    assert "No control has its knee where the networks have theirs" in said
    assert "the knee is no evidence" not in said


def test_section_sets_losses_beside_the_prediction(found):
    section = agreement_section(evidence(found))
    said = words(section)
    check_tables(section)
    for one in found.agreements.values():
        assert one.answer in said
    assert "c measured at each N" in said
    assert "within a factor 2," in said
    assert found.scaling.case_of_c in said
    assert "c proportional to N" in said
    assert "The same runs over the width at fixed D" in said
    for part in section.parts:
        if isinstance(part, Shown):
            assert part.picture.draw().get_xlabel()


def test_section_on_decay_has_every_width(found):
    section = decay_section(evidence(found))
    check_tables(section)
    said = words(section)
    for n in WIDTHS:
        assert str(n) in said
    for part in section.parts:
        if isinstance(part, Shown):
            assert part.picture.draw().get_xlabel()


def test_curves_too_short_to_tell_are_said_so():
    rng = np.random.default_rng(10)
    runs = runs_table(rng)
    short = looked_at(runs[runs["n_train"] >= 512], recorded(rng))
    assert {one.answer for one in short.transitions.values()} == {"cannot tell"}
    for make in (transition_section, agreement_section, decay_section):
        section = make(evidence(short))
        check_tables(section)
        assert "nan" not in words(section).split()
    assert "3 sizes" in words(transition_section(evidence(short)))
    assert "the losses show no transition" in words(agreement_section(evidence(short)))


def test_without_losses_there_is_no_section():
    rng = np.random.default_rng(0)
    runs = runs_table(rng)
    assert looked_at(runs.drop(columns="test_loss"), []) is None
    assert looked_at(runs[runs["width"] == 0], []) is None
    assert looked_at(runs.assign(test_loss=math.nan), []) is None
    for make in (transition_section, agreement_section, decay_section):
        assert make(evidence(None)) is None
    bare = looked_at(runs[runs["width"] == 64], [])
    assert agreement_section(evidence(bare)) is None
