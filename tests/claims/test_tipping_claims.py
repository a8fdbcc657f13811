"""The claims on tipping points are judged by their rules, on runs of which the truth is known."""

import numpy as np
import pandas as pd
import pytest

from activstats.claims import (
    Outcome,
    masking_and_accuracy,
    masking_and_tipping,
    tipping_and_size,
    tipping_exists,
)
from activstats.claims._difference_over_seeds import larger
from activstats.claims._tipping_verdict import moved
from activstats.claims.seeds import OverSeeds
from activstats.claims.tipping_evidence import TippingEvidence

CLAIMS = (tipping_exists, tipping_and_size, masking_and_tipping, masking_and_accuracy)
RATES = np.logspace(-4, 0, 17)
WIDTHS = (32, 128, 512)


def evidence(
    rng, *, slope=-0.5, shift=0.3, gain=0.0, bend=0.4, before=0.0, noise=0.01, seeds=5,
    maskings=("none", "lambda", "static"), tip=-1.5, accuracy_noise=0.003,
):  # fmt: skip
    """Runs whose firing falls by `before` a decade up to a place, and by `before + bend` beyond it.

    The place lies at a width of 128 at `tip`, and moves by `slope` and `shift`, give or take `noise`.
    """
    rows = []
    x = np.log10(RATES)
    for width in WIDTHS:
        for masking in maskings:
            for seed in range(seeds):
                place = tip + slope * np.log10(width / 128) + shift * (masking == "lambda")
                place += rng.normal(0, noise)
                firing = 0.5 * (1 - before * (x + 4) - bend * np.clip(x - place + 0.2, 0, None))
                loss = np.exp((x - place + 0.5) ** 2)
                better = gain * (masking == "lambda") + rng.normal(0, accuracy_noise)
                rows += [
                    {"run": "", "recording": "", "optimizer": "adam", "width": width, "seed": seed,
                     "masking": masking, "learning_rate": rate, "diverged": False, "speed": rate,
                     "firing_rate": f, "validation_loss": v, "test_accuracy": 0.9 + better}
                    for rate, f, v in zip(RATES, firing, loss, strict=True)
                ]  # fmt: skip
    return TippingEvidence(pd.DataFrame(rows))


@pytest.mark.parametrize(
    ("claim", "supported", "contradicted", "undecided"),
    [
        (
            tipping_exists,
            {},
            {"bend": 0.0, "before": 0.06, "slope": 0.0},  # an even decline that crosses .9
            {"noise": 0.0, "bend": 0.1, "before": 0.03, "slope": 0.0, "seeds": 2},
        ),
        (tipping_and_size, {}, {"slope": 0.0}, {"slope": -0.12, "noise": 0.3}),
        (masking_and_tipping, {}, {"shift": 0.0}, {"shift": 0.1, "noise": 0.25}),
        (
            masking_and_accuracy,
            {"gain": 0.0},
            {"gain": -0.05},
            {"gain": -0.01, "accuracy_noise": 0.1, "seeds": 3},
        ),
    ],
)
def test_known_truths_get_the_verdict_they_deserve(claim, supported, contradicted, undecided, rng):
    for truth, outcome in (
        (supported, Outcome.SUPPORTED),
        (contradicted, Outcome.CONTRADICTED),
        (undecided, Outcome.UNDECIDED),
    ):
        verdict = claim.decide(evidence(rng, **truth))
        assert verdict.outcome is outcome, verdict.sentence
        assert "95 % interval over" in verdict.sentence
        assert verdict.interval[0] <= verdict.statistic <= verdict.interval[1]
        assert verdict.picture.draw().get_xlabel()
        assert verdict.to_dict()["title"].endswith("(Adam)")


def test_statistics_are_those_that_were_put_in(rng):
    found = evidence(rng, noise=0.0, slope=-0.4, shift=0.25, gain=0.02, accuracy_noise=0.0)
    assert tipping_and_size.decide(found).statistic == pytest.approx(-0.4, abs=0.02)
    assert masking_and_tipping.decide(found).statistic == pytest.approx(0.25, abs=0.02)
    accuracy = masking_and_accuracy.decide(found)
    assert accuracy.statistic == pytest.approx(0.02)
    assert {y.name: y.value for y in accuracy.yardsticks}[
        "lambda minus static mask"
    ] == pytest.approx(0.02)


def test_masks_that_move_it_down_are_seen_as_well(rng):
    verdict = masking_and_tipping.decide(evidence(rng, shift=-0.4))
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.statistic < -0.3


def test_improvement_is_said_only_where_the_interval_lies_above_zero(rng):
    assert "improves" in masking_and_accuracy.decide(evidence(rng, gain=0.03)).sentence
    kept = masking_and_accuracy.decide(evidence(rng, accuracy_noise=0.005))
    assert "keeps" in kept.sentence
    small = masking_and_accuracy.decide(evidence(rng, gain=-0.005, accuracy_noise=0.0005))
    assert small.outcome is Outcome.SUPPORTED
    assert "costs accuracy, but less" in small.sentence


def test_firing_that_never_falls_contradicts_and_leaves_the_rest_undecided(rng):
    flat = evidence(rng, bend=0.0)
    verdict = tipping_exists.decide(flat)
    assert verdict.outcome is Outcome.CONTRADICTED
    assert "0 of 15 points" in verdict.sentence
    for claim in (tipping_and_size, masking_and_tipping):
        open_ones = claim.decide(flat)
        assert open_ones.outcome is Outcome.UNDECIDED
        assert "inside the range" in open_ones.sentence


def test_a_difference_that_is_there_but_small_is_called_so():
    for judge in (moved, larger):
        outcome, reason = judge(OverSeeds(0.09, 0.07, 0.12, 5), 0.1)
        assert outcome is Outcome.UNDECIDED
        assert "too small to matter" in reason
        assert "holds both" in judge(OverSeeds(0.09, -0.07, 0.12, 5), 0.1)[1]


@pytest.mark.parametrize("claim", CLAIMS)
def test_two_seeds_decide_nothing(claim, rng):
    assert claim.decide(evidence(rng, seeds=2)).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("claim", CLAIMS)
def test_optimisers_without_runs_cannot_be_judged(claim, rng):
    verdict = claim.decide(evidence(rng, seeds=1), "sgd")
    assert verdict.outcome is Outcome.NOT_TESTABLE
    assert "SGD" in verdict.title


def test_accuracy_is_not_judged_without_the_control(rng):
    found = evidence(rng, maskings=("none", "lambda"))
    assert masking_and_accuracy.decide(found).outcome is Outcome.NOT_TESTABLE
    assert masking_and_tipping.decide(found).outcome is Outcome.SUPPORTED


def test_false_claims_are_hardly_ever_supported(rng):
    for claim, truth in (
        (tipping_and_size, {"slope": 0.0, "noise": 0.1}),
        (masking_and_tipping, {"shift": 0.0, "noise": 0.1}),
        (masking_and_accuracy, {"gain": -0.02, "accuracy_noise": 0.01}),
    ):
        wrong = sum(
            claim.decide(evidence(rng, **truth)).outcome is Outcome.SUPPORTED for _ in range(20)
        )
        assert wrong <= 3, claim.CLAIM.title
