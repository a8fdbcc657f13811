"""Each seed's own curves and counts, from studies whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from activstats.examining_losses import examine_losses
from activstats.examining_seeds import examine_seeds
from tests.claims import made

SIZES = np.geomspace(2, 2000, 14).round()


def table(loss, rng, *, noise=0.01, widths=(64, 128)):
    kinds = [("trained", w) for w in widths] + [("linear softmax", 0)]
    rows = [
        {
            "kind": k,
            "width": w,
            "n_train": d,
            "seed": s,
            "test_loss": loss(d) * rng.normal(1, noise),
        }
        for k, w in kinds
        for d in SIZES
        for s in made.SEEDS
    ]
    return pd.DataFrame(rows)


def looked_at(runs, fits=()):
    losses = examine_losses(runs, fits, (), n_boot=99, seed=0)
    return examine_seeds(runs, fits, losses, n_boot=99, seed=0)


def crossover(d):
    return 0.2 + 2 * (1 + d / 50) ** -1.0


def power(d):
    return 0.2 + 2 * d**-0.5


def test_crossover_of_each_seed_is_found_where_it_is(rng):
    curves = looked_at(table(crossover, rng)).of_kind("trained")
    assert [(one.width, one.seed) for one in curves] == [
        (w, s) for w in (64, 128) for s in range(3)
    ]
    assert all(one.pvalue <= 0.05 and one.gain > 0.5 for one in curves)
    assert np.exp(np.mean([np.log(one.d_star) for one in curves])) == pytest.approx(50, rel=0.3)
    assert np.mean([one.b for one in curves]) == pytest.approx(1.0, abs=0.2)
    assert all(one.beta == one.b for one in curves)


def test_power_law_has_an_exponent_and_no_gain(rng):
    curves = looked_at(table(power, rng)).of_kind("trained")
    assert np.mean([one.beta for one in curves]) == pytest.approx(0.5, abs=0.1)
    assert np.mean([one.gain for one in curves]) < 0.3


def test_learners_without_neurons_have_curves_of_their_own(rng):
    curves = looked_at(table(crossover, rng)).of_kind("linear softmax")
    assert [(one.width, one.seed) for one in curves] == [(0, 0), (0, 1), (0, 2)]


def test_too_few_sizes_leave_the_numbers_open(rng):
    runs = table(crossover, rng)
    few = runs[runs["n_train"].isin(SIZES[:5])]
    assert all(np.isnan(one.gain) for one in looked_at(few).curves)


def test_counts_of_the_law_have_its_exponent_and_no_heavy_tail(rng):
    fits = made.layers(rng, lambda w, s: 0.4, widths=(1024,))
    counts = looked_at(table(power, rng), fits).counts
    assert [one.seed for one in counts] == [0, 1, 2]
    assert np.mean([one.excess for one in counts]) == pytest.approx(0.0, abs=0.1)
    assert all(one.tail_decades < 1 for one in counts)


def test_heavy_tails_span_their_decades(rng):
    shares = 0.002 * (1 - rng.uniform(size=(3, 2048))) ** (-1 / 1.5)
    fits = tuple(
        made.layer(np.minimum(rates, 1.0), rng, seed=seed, n_samples=20_000)
        for seed, rates in enumerate(shares)
    )
    counts = looked_at(table(power, rng), fits).counts
    assert all(one.tail_decades > 1 for one in counts)
    assert np.mean([one.tail_alpha for one in counts]) == pytest.approx(2.5, abs=0.2)


def test_other_runs_do_not_change_the_draws_of_one(rng):
    runs = table(crossover, rng)
    one = looked_at(runs[runs["width"] != 128]).of_kind("trained")
    assert one == looked_at(runs).of_kind("trained")[:3]


def test_study_without_losses_has_no_curves(rng):
    fits = made.layers(rng, lambda w, s: 0.4, widths=(64,))
    found = examine_seeds(pd.DataFrame(), fits, None, n_boot=39, seed=0)
    assert found.curves == ()
    assert len(found.counts) == 3
