"""The claim on the growth law is judged by its rule, and by nothing else."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from activstats.claims import Evidence, Outcome, growth_law
from activstats.claims.growth_law import decide
from tests.claims.conftest import TOP, beta_rates, layer


def two_point(rng, width, mean):
    """A tenth of the neurons does nine tenths of the firing."""
    return np.where(np.arange(width) < width / 10, 9 * mean, mean / 9)


def dead(rng, width, mean):
    """35 % of the neurons cannot fire, the others fire alike."""
    return np.where(np.arange(width) < 0.35 * width, 0.0, mean / 0.65)


def dense(rng, width, mean):
    """Half of the layer fires in every sample."""
    return rng.beta(20, 20, width)


def with_misfits(evidence, misfits, chance=0.01):
    """Replace the misfits of the runs, seed by seed, and what chance alone gives."""
    fits = tuple(
        dataclasses.replace(
            fit,
            fit=dataclasses.replace(fit.fit, misfit=misfits[fit.seed]),
            chance=np.full(19, chance),
        )
        for fit in evidence.fits
    )
    return Evidence(runs=evidence.runs, fits=fits)


@pytest.mark.slow
def test_true_law_is_hardly_ever_contradicted(evidence):
    outcomes = [decide(evidence()).outcome for _ in range(12)]
    assert outcomes.count(Outcome.CONTRADICTED) <= 1


def test_true_law_is_supported_where_layers_are_wide(evidence):
    outcomes = [decide(evidence(widths=(512, 1024))).outcome for _ in range(5)]
    assert outcomes == [Outcome.SUPPORTED] * 5


@pytest.mark.parametrize("rates", [two_point, dead])
def test_false_law_is_never_supported(evidence, rates):
    outcomes = [decide(evidence(rates)).outcome for _ in range(5)]
    assert Outcome.SUPPORTED not in outcomes


@pytest.mark.parametrize("rates", [two_point, dead])
def test_false_law_is_contradicted_where_layers_are_wide(evidence, rates):
    assert decide(evidence(rates, widths=(512,))).outcome is Outcome.CONTRADICTED


def test_interval_at_the_margin_decides(evidence):
    study = evidence(widths=(64,), n_draws=1)
    near = with_misfits(study, {0: 0.049, 1: 0.05, 2: 0.049})  # ends at .0507
    within = with_misfits(study, {0: 0.03, 1: 0.03, 2: 0.03})
    beyond = with_misfits(study, {0: 0.08, 1: 0.081, 2: 0.079})
    assert decide(near).outcome is Outcome.UNDECIDED
    assert "both sides of the margin" in decide(near).sentence
    assert decide(within).outcome is Outcome.SUPPORTED
    assert decide(beyond).outcome is Outcome.CONTRADICTED


def test_misfit_that_chance_could_give_contradicts_nothing(evidence):
    study = with_misfits(evidence(widths=(64,), n_draws=1), {0: 0.08, 1: 0.081, 2: 0.079}, 0.09)
    verdict = decide(study)
    assert verdict.outcome is Outcome.UNDECIDED
    assert "chance alone" in verdict.sentence
    assert verdict.p == 1


def test_contradiction_needs_chance_to_be_drawn(evidence):
    study = with_misfits(evidence(widths=(64,), n_draws=1), {0: 0.08, 1: 0.081, 2: 0.079})
    fits = tuple(dataclasses.replace(fit, chance=np.empty(0)) for fit in study.fits)
    verdict = decide(Evidence(runs=study.runs, fits=fits))
    assert verdict.outcome is Outcome.UNDECIDED
    assert "was not drawn" in verdict.sentence
    assert verdict.p is None


@pytest.mark.parametrize("seeds", [(0,), (0, 1)])
def test_too_few_seeds_leave_it_undecided(evidence, seeds):
    verdict = decide(evidence(widths=(1024,), seeds=seeds))
    assert verdict.outcome is Outcome.UNDECIDED
    assert "at least three" in verdict.sentence


def test_saturated_curves_leave_it_undecided(evidence):
    verdict = decide(evidence(dense))
    assert verdict.outcome is Outcome.UNDECIDED
    assert "in 6 of 6 runs" in verdict.sentence
    assert np.isnan(verdict.statistic)


def test_some_saturated_runs_are_left_out_and_named(evidence, rng):
    study = evidence(widths=(512, 1024))
    more = Evidence(runs=study.runs, fits=(*study.fits, layer(dense(rng, 64, 0.5), rng)))
    verdict = decide(more)
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.statistic == decide(study).statistic
    assert any("1 run left out of the average: saturated" in words for words in verdict.caveats)


def test_only_the_largest_training_size_is_judged(evidence, rng):
    study = evidence(widths=(512,))
    small = tuple(
        layer(dead(rng, 512, 0.015), rng, seed=seed, n_train=16, n_draws=5) for seed in range(3)
    )
    assert decide(Evidence(runs=study.runs, fits=(*study.fits, *small))).statistic == pytest.approx(
        decide(study).statistic
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"kind": "untrained"}, "no trained network"), ({"rule": "argmax"}, "winner of each sample")],
)
def test_claim_is_not_testable_without_its_runs(evidence, options, reason):
    verdict = decide(evidence(n_draws=0, **options))
    assert verdict.outcome is Outcome.NOT_TESTABLE
    assert reason in verdict.sentence
    assert verdict.picture is None


def test_empty_study_is_not_testable():
    verdict = decide(Evidence(runs=pd.DataFrame(), fits=()))
    assert verdict.outcome is Outcome.NOT_TESTABLE


def test_verdict_names_controls_and_warns_of_the_process(evidence, rng):
    study = evidence(widths=(512,))
    control = layer(beta_rates(rng, 512, 0.015, b=1.2), rng, kind="untrained")
    words = " ".join(decide(Evidence(runs=study.runs, fits=(*study.fits, control))).caveats)
    assert f"untrained networks b = {control.fit.b:.1f}" in words
    assert "no evidence for the process" in words
    assert "no evidence of learning" in words
    assert "too narrow" in words


def test_order_of_the_runs_does_not_matter(evidence):
    study = evidence()
    turned = Evidence(runs=study.runs, fits=study.fits[::-1])
    assert decide(turned).statistic == pytest.approx(decide(study).statistic, rel=1e-12)
    assert decide(turned).sentence == decide(study).sentence


def test_verdict_is_frozen_and_travels_as_json(evidence):
    verdict = decide(evidence(dense))
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.outcome = Outcome.SUPPORTED
    content = json.loads(json.dumps(verdict.to_dict(), allow_nan=False))
    assert content["outcome"] == "undecided"
    assert content["statistic"] == "nan"
    assert content["rule"] == growth_law.RULE


def test_picture_draws_every_width_and_the_margin(evidence):
    ax = decide(evidence()).picture.draw()
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert {"exact law", "chance alone", "N = 64", "N = 128", "equal firing rates"} <= set(labels)
    assert "margin" in [text.get_text() for text in ax.texts]


def test_default_rule_is_the_one_that_is_judged():
    assert growth_law.DEFAULT_RULE.name == TOP
