"""The claims on stamina are judged by their rules, on layers of which the truth is known."""

import numpy as np
import pandas as pd
import pytest

from activstats.claims import Outcome, even_use, firing_not_size, unused_neurons
from activstats.claims.stamina_evidence import StaminaEvidence

OUTCOMES = (Outcome.SUPPORTED, Outcome.CONTRADICTED, Outcome.UNDECIDED)


def evidence(
    rng, *, loss=0.0, evener=0.0, better=0.0, noise=0.002, seeds=5, unused=0.3, removed=0.4
):
    """Layers whose mean differences are as given, with noise of a known SD."""
    rows = []
    for condition in ("winner-take-all", "random initialisation"):
        for seed in range(seeds):
            base = {"condition": condition, "seed": seed, "width": 100, "safe_ratio": 0.3,
                    "unused_share": unused, "search": "", "signal": "", "chosen_by": "", "gini": 0.4,
                    "hit": True, "ratio": np.nan, "target": np.nan}  # fmt: skip

            def row(accuracy, entropy, kept, base=base, **more):
                drawn = rng.normal(0, noise, 2)
                return base | {"accuracy": accuracy + drawn[0], "entropy": entropy + drawn[1],
                               "kept": kept} | more  # fmt: skip

            by_size = {"chosen_by": "target", "target": 20.0}
            found = {"method": "stamina", "search": "bisection", **by_size}
            rows += [
                row(0.9, 0.6, 100, method="whole layer"),
                row(0.9 - loss, 0.7, 100 * (1 - removed), method="stamina", signal="output",
                    ratio=0.3, chosen_by="ratio"),
                row(0.8, 0.7 + evener, 20, signal="output", **found),
                row(0.8 + better, 0.7, 20, signal="firing", **found),
                row(0.7, 0.7, 20, method="random removal", **by_size),
            ]  # fmt: skip
    return StaminaEvidence(pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("claim", "truths"),
    [
        (unused_neurons, ({"loss": 0.0}, {"loss": 0.05}, {"loss": 0.01, "noise": 0.02})),
        (even_use, ({"evener": 0.1}, {"evener": 0.0}, {"evener": 0.02, "noise": 0.03})),
        (firing_not_size, ({"better": 0.03}, {"better": 0.0}, {"better": 0.01, "noise": 0.02})),
    ],
)
def test_known_truths_get_the_verdict_they_deserve(claim, truths, rng):
    for truth, outcome in zip(truths, OUTCOMES, strict=True):
        verdict = claim.decide(evidence(rng, **truth))
        assert verdict.outcome is outcome
        assert "95 % interval over 5 seeds" in verdict.sentence
        assert verdict.interval[0] <= verdict.statistic <= verdict.interval[1]
        assert verdict.p is not None
        assert len(verdict.picture.draw().get_yticklabels()) == 3


def test_false_claim_is_hardly_ever_supported(rng):
    """At a loss of twice the margin, and with nothing evener or better."""
    truths = {unused_neurons: {"loss": 0.02}, even_use: {}, firing_not_size: {}}
    for claim, truth in truths.items():
        drawn = [claim.decide(evidence(rng, noise=0.02, **truth)).outcome for _ in range(30)]
        assert drawn.count(Outcome.SUPPORTED) <= 2


@pytest.mark.parametrize("claim", [unused_neurons, even_use, firing_not_size])
def test_two_seeds_decide_nothing(claim, rng):
    verdict = claim.decide(evidence(rng, seeds=2))
    assert verdict.outcome is Outcome.UNDECIDED
    assert "three are needed" in verdict.sentence


def test_claim_on_unused_neurons_needs_some_that_are_removed(rng):
    assert unused_neurons.decide(evidence(rng, unused=0.0)).outcome is Outcome.NOT_TESTABLE
    verdict = unused_neurons.decide(evidence(rng, removed=0.01))
    assert verdict.outcome is Outcome.NOT_TESTABLE
    assert "1.0 %" in verdict.sentence


@pytest.mark.parametrize("claim", [even_use, firing_not_size])
def test_without_layers_of_one_size_nothing_can_be_said(claim, rng):
    layers = evidence(rng).layers
    verdict = claim.decide(StaminaEvidence(layers[layers["chosen_by"] != "target"]))
    assert verdict.outcome is Outcome.NOT_TESTABLE


@pytest.mark.parametrize("claim", [unused_neurons, even_use, firing_not_size])
def test_margin_of_the_rule_is_the_one_that_is_used(claim):
    written = {
        unused_neurons: "one percentage point",
        even_use: ".02",
        firing_not_size: "one percentage point",
    }
    assert written[claim] in claim.RULE
    assert claim.MARGIN in {0.01, 0.02}
