"""Claims on learning rates are judged by their rules: simulated studies whose truth is known."""

import json

import numpy as np
import pandas as pd
import pytest

from activstats.claims import (
    Outcome,
    best_rate_inside,
    falling_participation,
    fluctuation_and_score,
    rising_fluctuation,
)
from activstats.claims.learning_rates_evidence import PUBLISHED, LearningRateEvidence

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
CLAIMS = (rising_fluctuation, fluctuation_and_score, falling_participation, best_rate_inside)
N = 100


@pytest.fixture
def evidence(rng):
    """Make a study: fluctuation ∝ rate^slope, participation by decade, score a hill, a tie within."""

    def make(*, slope=0.8, loss=0.2, tie=0.0, hill=1.0, seeds=5, noise=0.05, pair=PUBLISHED):
        rows = []
        for seed in range(seeds):
            for rate in RATES:
                x = np.log10(rate)
                wobble, other = rng.normal(size=2)
                fluctuation = 10 ** (slope * x + noise * wobble)
                test_loss = 10 ** (
                    hill * (x + 2.8) ** 2 / 2 - noise * (tie * wobble + np.sqrt(1 - tie**2) * other)
                )
                share = np.clip(0.9 - loss * (x + 4) + 0.01 * rng.normal(), 0, 1)
                firing = np.where(np.arange(N) < share * N, 0.5, 0.0)
                train = np.geomspace(1, 0.1, 12) * (1 + 0.01 * rng.normal(size=12))
                rows.append(
                    {
                        "run": f"{pair}-{rate}-{seed}", "recording": "", "task": pair[0],
                        "optimizer": pair[1], "learning_rate": rate, "seed": seed,
                        "diverged": False, "test_loss": test_loss,
                        "fluctuation_late": fluctuation, "fluctuation_whole": fluctuation,
                        "drift_late": fluctuation, "firing_rate": firing.mean(),
                        "dead_share": np.mean(firing == 0), "always_on_share": 0.0,
                        "epoch_train_loss": train, "epoch_test_loss": train * test_loss,
                        "epoch_fluctuation": np.full(12, fluctuation), "neuron_firing": firing,
                        "neuron_fluctuation": np.full(N, fluctuation),
                    }
                )  # fmt: skip
        return LearningRateEvidence(pd.DataFrame(rows))

    return make


def test_fluctuation_that_rises_is_supported(evidence):
    verdict = rising_fluctuation.decide(evidence(slope=0.8))
    assert verdict.outcome is Outcome.SUPPORTED
    assert verdict.interval[0] < 0.8 < verdict.interval[1]
    sticks = {stick.name: stick.value for stick in verdict.yardsticks}
    assert sticks["equal loss"] == pytest.approx(0.8, abs=0.1)


@pytest.mark.parametrize("slope", [0.0, -0.5])
def test_fluctuation_that_does_not_rise_is_contradicted(evidence, slope):
    assert rising_fluctuation.decide(evidence(slope=slope)).outcome is Outcome.CONTRADICTED


def test_a_slope_at_the_margin_is_undecided(evidence):
    verdict = rising_fluctuation.decide(evidence(slope=0.1, noise=0.1))
    assert verdict.outcome is Outcome.UNDECIDED
    assert "margin" in verdict.sentence


def test_participation_that_falls_is_supported_and_one_that_stays_contradicted(evidence):
    assert falling_participation.decide(evidence(loss=0.2)).outcome is Outcome.SUPPORTED
    assert falling_participation.decide(evidence(loss=0.0)).outcome is Outcome.CONTRADICTED
    assert falling_participation.decide(evidence(loss=-0.1)).outcome is Outcome.CONTRADICTED
    assert falling_participation.decide(evidence(loss=0.02)).outcome is Outcome.UNDECIDED


def test_a_tie_within_rates_decides_and_the_rate_does_not(evidence):
    tied = fluctuation_and_score.decide(evidence(tie=0.95))
    assert tied.outcome is Outcome.SUPPORTED
    against = fluctuation_and_score.decide(evidence(tie=-0.95))
    assert against.outcome is Outcome.CONTRADICTED
    untied = fluctuation_and_score.decide(evidence(tie=0.0, seeds=4))
    assert untied.outcome is not Outcome.SUPPORTED
    between = {stick.name: stick.value for stick in untied.yardsticks}["between rates"]
    assert between > 0.5  # the confounder, in full view


def test_many_runs_without_a_tie_rule_a_large_one_out(evidence):
    verdict = fluctuation_and_score.decide(evidence(tie=0.0, seeds=40))
    assert verdict.outcome is Outcome.CONTRADICTED
    assert verdict.interval[0] < 0.1


def test_no_tie_is_seldom_called_one(evidence):
    outcomes = [fluctuation_and_score.decide(evidence(seeds=3)).outcome for _ in range(40)]
    assert sum(outcome is Outcome.SUPPORTED for outcome in outcomes) <= 4


def test_a_hill_is_supported_and_a_plain_contradicted(evidence):
    found = best_rate_inside.decide(evidence(hill=1.0))
    assert found.outcome is Outcome.SUPPORTED
    optimum = {stick.name: stick.value for stick in found.yardsticks}["optimum"]
    assert optimum == pytest.approx(10**-2.8, rel=0.3)
    flat = best_rate_inside.decide(evidence(hill=0.0, noise=0.001))
    assert flat.outcome is Outcome.CONTRADICTED
    noisy = best_rate_inside.decide(evidence(hill=0.02, noise=0.1))
    assert noisy.outcome is Outcome.UNDECIDED


def test_a_run_that_diverged_counts_as_the_worst(evidence):
    study = evidence()
    last = study.runs["learning_rate"] == RATES[-1]
    study.runs.loc[last, ["test_loss", "fluctuation_late"]] = np.nan
    study.runs.loc[last, "diverged"] = True
    arm = study.arm(PUBLISHED)
    assert (arm.score()[:, -1] == np.nanmin(arm.score())).all()
    assert best_rate_inside.decide(study).outcome is Outcome.SUPPORTED


@pytest.mark.parametrize("claim", CLAIMS)
def test_two_seeds_are_too_few_for_any_verdict(claim, evidence):
    assert claim.decide(evidence(seeds=2)).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("claim", CLAIMS)
def test_without_runs_nothing_can_be_tested(claim, evidence):
    verdict = claim.decide(evidence(), ("classifier", "sgd"))
    assert verdict.outcome is Outcome.NOT_TESTABLE
    assert claim.NEEDS in verdict.caveats[0]


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_verdict_has_rule_effect_picture_and_the_other_arms(claim, evidence):
    both = pd.concat([evidence().runs, evidence(pair=("classifier", "adam")).runs])
    verdict = claim.decide(LearningRateEvidence(both))
    assert "fixed beforehand" in verdict.rule
    assert np.isfinite([verdict.statistic, *verdict.interval]).all()
    assert "classifier, Adam" in [stick.name for stick in verdict.yardsticks]
    assert verdict.picture.draw() is not None
    assert json.loads(json.dumps(verdict.to_dict(), allow_nan=False))


def test_equal_loss_is_interpolated_between_epochs():
    train = [1.0, 0.5, 0.25, 0.125]
    row = {
        "run": "a", "task": "t", "optimizer": "adam", "learning_rate": 1e-3, "seed": 0,
        "diverged": False, "epoch_train_loss": train, "epoch_fluctuation": [8.0, 4.0, 2.0, 1.0],
        "epoch_test_loss": [2.0, 1.0, 0.5, 0.25],
    }  # fmt: skip
    other = row | {"run": "b", "seed": 1, "epoch_train_loss": [1.0, 0.9, 0.5, 0.354]}
    matched = LearningRateEvidence(pd.DataFrame([row, other])).arm(("t", "adam")).matched()
    level = np.quantile([0.125, 0.354], 0.9)
    assert matched.level == pytest.approx(level)
    assert matched.fluctuation[0, 0] == pytest.approx(8 * level)  # both are powers of two
    assert matched.test_loss[0, 0] == pytest.approx(2 * level)
    assert np.isnan(matched.fluctuation[1, 0])  # it never came down to it
