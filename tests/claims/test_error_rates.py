"""Verdicts keep their error rates, and every claim is held to worlds where it is true and false."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from activstats import stamina_examination, tipping_examination
from activstats.claims import (
    Outcome,
    form_of_learning,
    model_shape,
    samples_per_neuron,
    tipping_exists,
    transition_width,
)
from activstats.claims.exponents_by_seed import of_losses
from activstats.claims.judging import all_within
from activstats.claims.seeds import OverSeeds, over_seeds
from activstats.judging_learning_rates import CLAIMS as ON_RATES
from activstats.validation import CLAIMS
from benchmarks.calibration import verdicts, verdicts_stamina, verdicts_tables, verdicts_tipping
from benchmarks.calibration.verdicts_truth import FALSE, TRUE
from tests.claims import made

ALL = [
    claim.__name__.rpartition(".")[2]
    for claim in (
        *CLAIMS,
        *ON_RATES,
        *tipping_examination._CLAIMS,
        *stamina_examination._CLAIMS,
    )
]
WRONG = 0.05


def standings(name):
    return {truth.standing[name] for truth in verdicts.TRUTHS if name in truth.standing}


@pytest.mark.parametrize("name", ALL)
def test_every_claim_has_a_world_where_it_is_true_and_one_where_it_is_false(name):
    assert {TRUE, FALSE} <= standings(name)


def test_worlds_are_told_apart_by_their_keys():
    keys = [truth.key for truth in verdicts.TRUTHS]
    assert len(set(keys)) == len(keys)


def rarely(outcomes, wrong):
    share = np.mean([one is wrong for one in outcomes])
    return share <= WRONG + 3 * np.sqrt(WRONG * (1 - WRONG) / len(outcomes))


@pytest.mark.parametrize("depths", [(2,), (2, 3, 4, 6, 8, 12)])
def test_depths_at_the_margin_are_rarely_contradicted_however_many_there_are(depths, rng):
    table = verdicts_tables.deep(model_shape.MARGIN, depths=depths)
    make = verdicts_tables.of_table(table)
    outcomes = [model_shape.decide(make(rng, 3)).outcome for _ in range(200)]
    assert rarely(outcomes, Outcome.CONTRADICTED)
    assert rarely(outcomes, Outcome.SUPPORTED)


def test_losses_without_a_budget_of_parameters_are_left_out(rng):
    table = verdicts_tables.deep(1.0)(rng, 3)
    rows = table[table["depth"] == 1].assign(parameter_budget=np.nan)
    with_others = made.with_runs([*table.to_dict("records"), *rows.to_dict("records")])
    alone = made.with_runs(table.to_dict("records"))
    assert model_shape.decide(with_others).statistic == model_shape.decide(alone).statistic


def test_several_at_the_margin_are_rarely_contradicted(rng):
    outcomes = []
    for _ in range(1000):
        values = rng.normal(0.1, 0.03, (6, 3))
        found, wider = (
            [over_seeds(enumerate(row), level) for row in values] for level in (0.95, 1 - 0.05 / 6)
        )
        outcomes.append(all_within(found, wider, -0.1, 0.1).outcome)
    assert rarely(outcomes, Outcome.CONTRADICTED)


def test_several_need_all_to_lie_within_and_seeds_enough():
    near, far = OverSeeds(0.0, -0.01, 0.01, 3), OverSeeds(0.5, 0.4, 0.6, 3)
    assert all_within([near, near], [near, near], -0.1, 0.1).outcome is Outcome.SUPPORTED
    assert all_within([near, far], [near, far], -0.1, 0.1).outcome is Outcome.CONTRADICTED
    few = OverSeeds(0.5, 0.4, 0.6, 2)
    assert all_within([few], [few], -0.1, 0.1).outcome is Outcome.UNDECIDED


def test_samples_per_neuron_of_layers_that_fire_alike_are_judged(rng):
    """No b is finite there, and the law’s own slope is that of equal rates."""
    fits = tuple(
        made.layer(np.full(w, 1 / w), rng, seed=s, rule="argmax")
        for w in (64, 256, 1024)
        for s in made.SEEDS
    )
    verdict = samples_per_neuron.decide(made.with_fits(fits))
    assert verdict.outcome is not Outcome.NOT_TESTABLE
    law = {stick.name: stick.value for stick in verdict.yardsticks}["law, N ∝ D²"]
    assert law == pytest.approx(verdict.statistic, abs=0.05)


def test_verdicts_on_tipping_and_stamina_are_adjusted_together(monkeypatch, rng):
    tipping = verdicts_tipping.study(verdicts_tipping.Tipping())(rng, 3).runs
    layers = verdicts_stamina.study(verdicts_stamina.Stamina())(rng, 3).layers
    monkeypatch.setattr(tipping_examination, "open_study", lambda _: SimpleNamespace(runs=tipping))
    judged = tipping_examination.examine_tipping("made").verdicts
    assert {one.p_holm >= one.p for one in judged} == {True}
    assert min(one.p_holm for one in judged) == pytest.approx(4 * min(one.p for one in judged))
    evidence = stamina_examination.StaminaEvidence(layers)
    several = [claim.decide(evidence) for claim in stamina_examination._CLAIMS]
    for one in (*judged, *several):
        assert all((one.changes, one.needs, one.effect))


def test_departure_that_chance_could_hide_is_no_obedience(rng):
    """A misfit of 2 % by chance and one of 3 % differ by little however far the control is off."""

    def layers(kind, misfit):
        fits = made.layers(rng, lambda w, s: 0.5, widths=(256,), kind=kind)
        return made.with_misfit(fits, lambda f: misfit + 0.0005 * f.seed)

    trained = layers("trained", 0.02)
    found = form_of_learning.decide(made.with_fits(trained, layers("untrained", 0.03)))
    assert found.outcome is Outcome.UNDECIDED
    assert "hide a departure" in found.sentence
    little = [replace(fit, chance=np.full(9, 0.004)) for fit in trained]
    found = form_of_learning.decide(made.with_fits(little, layers("untrained", 0.03)))
    assert found.outcome is Outcome.CONTRADICTED


@pytest.mark.parametrize(
    ("scatter", "expected"), [(0.02, Outcome.CONTRADICTED), (0.2, Outcome.UNDECIDED)]
)
def test_kink_in_noisy_losses_is_none_of_the_form(scatter, expected):
    def number(width, seed):
        return {"sharpness": 8.0 + seed, "width_decades": 1.0, "scatter": scatter}

    verdict = transition_width.decide(made.with_curves(number))
    assert verdict.outcome is expected
    assert {stick.name: stick.value for stick in verdict.yardsticks}["scatter"] == pytest.approx(
        scatter
    )


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"found": True}, 4),
        ({"found": False, "d_star_high": 3.0}, 4),
        ({"found": False, "d_star_high": 200.0}, 0),
    ],
)
def test_exponent_counts_only_where_the_question_of_a_transition_is_settled(shown, expected):
    evidence = made.with_curves(lambda w, s: {"beta": 0.5}, seeds=(0,), **shown)
    assert len(of_losses(evidence)) == expected


def test_bend_that_rates_far_apart_flatten_is_not_contradicted(rng):
    """Of a bend at the margin, interpolation between eight rates leaves some four fifths."""
    make = verdicts_tipping.study(verdicts_tipping.Tipping(bend=tipping_exists.MARGIN))
    verdicts_on = [tipping_exists.decide(make(rng, 3)) for _ in range(20)]
    assert rarely([one.outcome for one in verdicts_on], Outcome.CONTRADICTED)
    measured = np.mean([one.statistic for one in verdicts_on])
    assert 0.7 * tipping_exists.MARGIN < measured < 0.95 * tipping_exists.MARGIN
