"""Each claim ends as it should where the truth is known: true, false, open, or nothing to go by."""

import json
import math
from dataclasses import replace

import pytest

from activstats.claims import Outcome
from activstats.claims.holm import with_holm
from activstats.claims.transition_width import NARROWEST
from activstats.laws.loss.shapes import width_in_decades
from activstats.validation import CLAIMS, judge
from tests.claims import made
from tests.claims.conftest import TOP, layer

S, C, U, N = Outcome.SUPPORTED, Outcome.CONTRADICTED, Outcome.UNDECIDED, Outcome.NOT_TESTABLE
NAMES = {claim.__name__.rpartition(".")[2]: claim for claim in CLAIMS}
WOBBLE = (-1.0, 0.0, 1.0)


def around(value, spread):
    """A number by width and seed that scatters over the seeds by a known amount."""
    return lambda width, seed: value + spread * WOBBLE[seed % 3]


def b_by_width(factor):
    return lambda width, seed: 0.5 * factor ** math.log2(width / 256)


def rules(rng, values):
    several = (
        made.layers(rng, lambda w, s, b=b: b, widths=(1024,), rule=rule, mean=mean)
        for rule, b, mean in values
    )
    return made.with_fits(*several)


def three_rules(*bs):
    return [(TOP, bs[0], 0.01), ("top_fraction(0.03)", bs[1], 0.03), ("argmax", bs[2], 0.001)]


def excess(value, spread):
    return made.with_counts(lambda w, s: {"excess": value + spread * WOBBLE[s]})


def tails(decades, spread=0.02, *, n_tail=100, p=0.5, beaten=()):
    def number(width, seed):
        return {"xmin": 1.0, "largest": 10 ** (decades + spread * WOBBLE[seed])}

    return made.with_counts(number, n_tail=n_tail, tail_pvalue=p, beaten_by=beaten, tail_alpha=2.5)


def one_winner(rng, b=0.5, **options):
    """One neuron a sample, whatever the width: c is 1."""
    return made.layers(rng, lambda w, s: b, rule="argmax", mean=lambda w: 1 / w, **options)


def each_fires_alike(rng):
    """c = 1, and a b so large at great widths that R grows with the layer."""
    return made.layers(
        rng, lambda w, s: 0.02 * (2048 / w) ** 2.5, rule="argmax", mean=lambda w: 1 / w
    )


def pruned(held_out, counted=0.0, *, spread=0.001, removed=0.2, seeds=made.SEEDS):
    rows = [
        {
            "kind": "trained", "n_train": 1000, "width": w, "seed": s, "free_removed": removed,
            "free_counted_accuracy_drop": counted + spread * WOBBLE[s],
            "free_held_out_accuracy_drop": held_out + spread * WOBBLE[s],
        }
        for w in made.WIDTHS
        for s in seeds
    ]  # fmt: skip
    return made.with_runs(rows)


def deep(ratio, spread=0.01):
    rows = []
    for budget in (1000, 2000):
        for seed in made.SEEDS:
            own = {"n_train": 100, "seed": seed, "parameter_budget": budget}
            loss = 0.5 * ratio * math.exp(spread * WOBBLE[seed])
            rows.append(own | {"kind": "trained", "depth": 1, "test_loss": 0.5})
            rows.append(own | {"kind": "deep", "depth": 2, "test_loss": loss})
    return made.with_runs(rows)


def misfits(trained, control, spread=0.001):
    def evidence(rng):
        fits = made.layers(rng, lambda w, s: 0.5, widths=(256, 512))
        others = made.layers(rng, lambda w, s: 0.9, widths=(256, 512), kind="untrained")
        return made.with_fits(
            made.with_misfit(fits, lambda f: trained),
            made.with_misfit(others, lambda f: control + spread * WOBBLE[f.seed]),
        )

    return evidence


def gains(gain, p, **shown):
    return made.with_curves(lambda w, s: {"gain": gain, "pvalue": p}, **shown)


def placed(ratio, spread, *, gamma=0.0, active=None):
    """D* of the losses at a ratio to bN/c of the recordings, times a power of the width."""

    def evidence(rng):
        fits = made.layers(rng, lambda w, s: 0.5, mean=lambda w: active / w if active else 0.01)
        predicted = {(f.width, f.seed): f.fit.b * f.width / f.fit.c for f in fits}

        def number(width, seed):
            factor = ratio * (width / 256) ** gamma * math.exp(spread * WOBBLE[seed])
            return {"d_star": predicted[width, seed] * factor}

        return made.with_curves(number, widths=made.WIDE, fits=fits)

    return evidence


def tilted(spread):
    """D* that goes with the width as N/c does on average, not in any one seed."""

    def evidence(rng):
        fits = made.layers(rng, lambda w, s: 0.5)
        c = {(f.width, f.seed): f.width / f.fit.c for f in fits}

        def number(width, seed):
            return {"d_star": c[width, seed] * (width / 256) ** (spread * WOBBLE[seed])}

        return made.with_curves(number, widths=made.WIDE, fits=fits)

    return evidence


def sharp(s, spread, decades):
    def number(width, seed):
        wide = decades + 0.01 * WOBBLE[seed]
        return {"sharpness": s * math.exp(spread * WOBBLE[seed]), "width_decades": wide}

    return made.with_curves(number)


def decays(gap, spread, excess=None):
    """Losses whose exponent exceeds b by a gap; counts whose alpha exceeds 1 − b."""

    def evidence(rng):
        fits = made.layers(rng, lambda w, s: 0.5)
        b = {(f.width, f.seed): f.fit.b for f in fits}
        found = made.with_curves(
            lambda w, s: {"beta": b[w, s] + gap + spread * WOBBLE[s]}, widths=made.WIDE, fits=fits
        )
        if excess is None:
            return found
        counts = made.with_counts(
            lambda w, s: {"b": b[w, s], "excess": excess + 0.005 * WOBBLE[s]}, widths=made.WIDE
        )
        return replace(found, seeds=replace(found.seeds, counts=counts.seeds.counts))

    return evidence


def law_holds(rng):
    fits = made.layers(rng, lambda w, s: 0.6, widths=(512, 1024))
    return made.with_fits(made.with_misfit(fits, lambda f: 0.01 + 0.001 * WOBBLE[f.seed]))


CASES = [
    ("form_of_learning", S, misfits(0.01, 0.20)),
    ("form_of_learning", C, misfits(0.01, 0.012)),
    ("form_of_learning", U, misfits(0.01, 0.035, spread=0.02)),
    ("form_of_learning", N, lambda rng: made.with_fits(made.layers(rng, lambda w, s: 0.5))),
    ("b_over_widths", S, lambda rng: made.with_fits(made.layers(rng, b_by_width(1.0)))),
    (
        "b_over_widths",
        C,
        lambda rng: made.with_fits(
            made.layers(rng, b_by_width(0.35), widths=(64, 128, 256, 512, 1024, 2048))
        ),
    ),
    (
        "b_over_widths",
        U,
        lambda rng: made.with_fits(made.layers(rng, b_by_width(1.0), seeds=(0, 1))),
    ),
    ("b_over_widths", N, lambda rng: made.with_fits(made.layers(rng, b_by_width(1), widths=(64,)))),
    (
        "b_over_rules",
        S,
        lambda rng: rules(
            rng, [*three_rules(0.5, 0.5, 0.5), ("above(1)", 0.5, 0.02), ("above(2)", 0.5, 0.015)]
        ),
    ),
    ("b_over_rules", C, lambda rng: rules(rng, three_rules(0.3, 0.02, 3.0))),
    ("b_over_rules", U, lambda rng: rules(rng, three_rules(0.5, 0.7, 0.45))),
    ("b_over_rules", N, lambda rng: rules(rng, three_rules(0.5, 0.5, 0.5)[:2])),
    ("bounded_law", S, lambda rng: excess(0.01, 0.01)),
    ("bounded_law", C, lambda rng: excess(0.40, 0.02)),
    ("bounded_law", U, lambda rng: excess(0.01, 0.20)),
    ("bounded_law", N, lambda rng: made.with_counts(lambda w, s: {"reason": "b is above 1"})),
    ("heavy_tail", S, lambda rng: tails(2.0)),
    ("heavy_tail", C, lambda rng: tails(0.4)),
    ("heavy_tail", C, lambda rng: tails(2.0, p=0.001)),
    ("heavy_tail", C, lambda rng: tails(2.0, beaten=("lognormal",))),
    ("heavy_tail", U, lambda rng: tails(1.0, 0.4)),
    ("heavy_tail", U, lambda rng: tails(2.0, n_tail=20)),
    ("heavy_tail", N, lambda rng: made.empty()),
    ("samples_per_neuron", S, lambda rng: made.with_fits(one_winner(rng))),
    ("samples_per_neuron", C, lambda rng: made.with_fits(each_fires_alike(rng))),
    ("samples_per_neuron", U, lambda rng: made.with_fits(one_winner(rng, seeds=(0,)))),
    ("samples_per_neuron", N, lambda rng: made.with_fits(made.layers(rng, lambda w, s: 0.5))),
    ("free_share", S, lambda rng: made.with_fits(made.layers(rng, lambda w, s: 0.5))),
    ("free_share", U, lambda rng: made.with_fits(made.layers(rng, lambda w, s: 0.5, seeds=(0, 1)))),
    ("free_share", N, lambda rng: made.empty()),
    ("pruning_damage", S, lambda rng: pruned(0.001)),
    ("pruning_damage", C, lambda rng: pruned(0.05)),
    ("pruning_damage", C, lambda rng: pruned(0.001, counted=0.05)),
    ("pruning_damage", U, lambda rng: pruned(0.008, spread=0.01)),
    ("pruning_damage", U, lambda rng: pruned(0.0, seeds=(0,))),
    ("pruning_damage", N, lambda rng: pruned(0.0, removed=0.01)),
    ("pruning_damage", N, lambda rng: made.empty()),
    ("reinforcement", S, lambda rng: made.with_agreement(0.05, 0.1)),
    ("reinforcement", C, lambda rng: made.with_agreement(0.98, 0.02)),
    ("reinforcement", U, lambda rng: made.with_agreement(0.5, 0.1)),
    ("reinforcement", U, lambda rng: made.with_agreement(0.05, 0.1, order_p=0.6)),
    ("reinforcement", U, lambda rng: made.with_agreement(0.98, 0.02, n=2)),
    ("reinforcement", U, lambda rng: made.with_agreement(0.98, 0.02, starts=1)),
    ("reinforcement", N, lambda rng: made.with_agreement(0.05, 0.1, start="different")),
    ("transition_exists", S, lambda rng: gains(0.7, 0.005)),
    ("transition_exists", C, lambda rng: gains(0.02, 0.6, found=False, d_star_high=1.0)),
    ("transition_exists", U, lambda rng: gains(0.05, 0.6, found=False)),
    ("transition_exists", U, lambda rng: gains(0.10, 0.005)),
    ("transition_exists", N, lambda rng: made.empty()),
    ("transition_width", S, lambda rng: sharp(1.0, 0.05, 2.2)),
    ("transition_width", C, lambda rng: sharp(5.0, 0.1, 1.8)),
    ("transition_width", C, lambda rng: sharp(1.0, 0.05, 1.1)),
    ("transition_width", U, lambda rng: sharp(1.0, 1.0, 2.2)),
    ("transition_width", N, lambda rng: made.with_curves(lambda w, s: {}, found=False)),
    ("transition_location", S, placed(1.1, 0.05)),
    ("transition_location", C, placed(8.0, 0.05)),
    ("transition_location", U, placed(1.1, 1.0)),
    ("transition_location", N, lambda rng: made.with_curves(lambda w, s: {}, found=False)),
    ("transition_scaling", S, placed(3.0, 0.3, active=5)),
    ("transition_scaling", U, placed(3.0, 0.3)),
    ("transition_scaling", C, placed(1.0, 0.05, gamma=1.0)),
    ("transition_scaling", U, tilted(0.5)),
    ("transition_scaling", N, lambda rng: made.empty()),
    ("loss_decay", S, decays(0.02, 0.01)),
    ("loss_decay", C, decays(0.5, 0.02)),
    ("loss_decay", U, decays(0.02, 0.3)),
    ("loss_decay", N, lambda rng: made.with_fits(made.layers(rng, lambda w, s: 0.5))),
    ("three_exponents", S, decays(0.02, 0.01, excess=0.01)),
    ("three_exponents", C, decays(0.02, 0.01, excess=0.5)),
    ("three_exponents", C, decays(0.5, 0.01, excess=0.01)),
    ("three_exponents", U, decays(0.02, 0.3, excess=0.01)),
    ("three_exponents", N, decays(0.02, 0.01)),
    ("model_shape", S, lambda rng: deep(1.02)),
    ("model_shape", C, lambda rng: deep(0.6)),
    ("model_shape", U, lambda rng: deep(1.02, spread=0.2)),
    ("model_shape", N, lambda rng: made.empty()),
    ("growth_law", S, law_holds),
    ("growth_law", N, lambda rng: made.empty()),
]


@pytest.mark.parametrize(("name", "expected", "make"), CASES)
def test_claim_ends_as_the_truth_has_it(name, expected, make, rng):
    verdict = NAMES[name].decide(make(rng))
    assert verdict.outcome is expected, verdict.sentence


@pytest.mark.parametrize("name", NAMES)
def test_every_outcome_of_every_claim_is_tested(name):
    elsewhere = {"growth_law": {C, U}, "free_share": {C}}
    tested = {outcome for claim, outcome, _ in CASES if claim == name}
    assert tested | elsewhere.get(name, set()) == set(Outcome)


def test_free_share_of_dead_neurons_is_not_the_predicted_one(rng):
    """Where 40 % cannot fire and the others fire alike, one b cannot have both."""
    fits = []
    for seed in made.SEEDS:
        rates = [0.0] * 410 + [0.02] * 614
        fits.append(layer(rates, rng, seed=seed))
    verdict = NAMES["free_share"].decide(made.with_fits(fits))
    assert verdict.outcome is C
    assert verdict.statistic == pytest.approx(0.4 - dead_predicted(fits[0]), abs=0.1)


def dead_predicted(fit):
    from activstats.claims.free_share import predicted

    return predicted(fit)


@pytest.mark.parametrize("name", NAMES)
def test_claim_says_everything_before_it_looks(name):
    claim = NAMES[name]
    for part in ("TITLE", "SOURCE", "NEEDS", "STATISTIC", "RULE", "CHANGES"):
        assert len(getattr(claim, part)) > 10, part
    assert "ndecided" in claim.RULE
    assert "upported if" in claim.RULE
    assert "ontradicted if" in claim.RULE


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_go_by_says_what_is_missing(name):
    verdict = NAMES[name].decide(made.empty())
    assert verdict.outcome is N
    assert "cannot be tested here" in verdict.sentence
    assert verdict.caveats[0].startswith("The claim needs")
    assert verdict.changes
    assert math.isnan(verdict.statistic)


@pytest.mark.parametrize(("name", "expected", "make"), [one for one in CASES if one[1] is S])
def test_verdict_travels_and_draws(name, expected, make, rng):
    verdict = NAMES[name].decide(make(rng))
    content = json.loads(json.dumps(verdict.to_dict(), allow_nan=False))
    assert content["effect"] == verdict.effect != ""
    assert "nan" not in verdict.sentence
    if name != "reinforcement":  # drawn by its result, which is made up here
        assert verdict.picture.draw().get_xlabel()


def test_large_p_supports_nothing(rng):
    """An imprecise study whose numbers scatter about the truth has p near 1 and stays undecided."""
    verdict = NAMES["bounded_law"].decide(excess(0.0, 0.3))
    assert verdict.p == pytest.approx(1.0)
    assert verdict.outcome is U


def test_control_with_the_same_curve_takes_the_transition_away_as_evidence():
    same = {"linear softmax": {"gain": 0.7, "pvalue": 0.005}}
    none = {"linear softmax": {"gain": 0.01, "pvalue": 0.9}}
    decide = NAMES["transition_exists"].decide
    with_same, with_none, without = (
        " ".join(decide(gains(0.7, 0.005, controls=c)).caveats) for c in (same, none, None)
    )
    assert "no evidence for free neurons" in with_same
    assert "linear softmax, 1 of 1 kind" in with_same
    assert "show no transition by the test" in with_none
    assert "no learners without hidden neurons" in without


def test_small_p_alone_upholds_no_transition():
    """Curves without a scale are rejected and the mean is large, but seeds differ too much."""

    def number(width, seed):
        return {"gain": (0.9, 0.8, 0.3)[seed], "pvalue": 0.005}

    verdict = NAMES["transition_exists"].decide(made.with_curves(number))
    assert verdict.p < 0.001
    assert verdict.outcome is U
    assert "reaches below the margin" in verdict.sentence


def test_case_of_c_is_named(rng):
    grows = NAMES["transition_scaling"].decide(placed(1.0, 0.05)(rng))
    assert "proportional to N, where the theory has γ = 0" in grows.sentence
    assert any("as far as c is fixed" in caveat for caveat in grows.caveats)


def test_narrowest_transition_is_the_limit_of_large_b():
    assert width_in_decades(1e7) == pytest.approx(NARROWEST, abs=1e-4)
    assert pytest.approx(1.34, abs=0.005) == NARROWEST


def test_discrepancy_of_the_summary_is_named(rng):
    verdict = NAMES["samples_per_neuron"].decide(made.with_fits(one_winner(rng)))
    assert any("summary says the opposite for s > 1" in caveat for caveat in verdict.caveats)


def test_verdicts_keep_their_outcome_when_p_is_adjusted(rng):
    evidence = made.with_fits(made.layers(rng, b_by_width(1.0)))
    plain = [claim.decide(evidence) for claim in CLAIMS]
    judged = judge(evidence)
    assert [one.outcome for one in judged] == [one.outcome for one in plain]
    assert [one.title for one in judged] == [claim.TITLE for claim in CLAIMS]


def test_adjusted_p_is_that_of_statsmodels(rng):
    from statsmodels.stats.multitest import multipletests

    verdict = NAMES["bounded_law"].decide(excess(0.01, 0.01))
    ps = rng.uniform(size=9) ** 3
    adjusted = with_holm([replace(verdict, p=float(p)) for p in ps] + [replace(verdict, p=None)])
    assert adjusted[-1].p_holm is None
    expected = multipletests(ps, method="holm")[1]
    assert [one.p_holm for one in adjusted[:-1]] == pytest.approx(expected)
