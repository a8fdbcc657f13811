"""The two-way error of b: what neurons and samples do to the estimate, and how often it covers."""

import dataclasses
import json

import numpy as np
import pytest
from scipy.stats import norm

from activstats.counts import ActivationMask
from activstats.errors import DomainError, InputError
from activstats.laws._influence import influence
from activstats.laws.growth import GrowthLaw
from activstats.laws.histogram import Histogram, histogram_of
from activstats.laws.results import Status
from activstats.laws.two_way import TwoWay, two_way


def correlated(rng, n, b, c, d, rho, factors):
    """Beta rates; neurons fire together through shared Gaussian factors."""
    rates = np.clip(rng.beta(b, b * (n / c - 1), n), 1e-12, 1 - 1e-12)
    loadings = rng.normal(size=(n, factors))
    loadings /= np.linalg.norm(loadings, axis=1)[:, None]
    shared = np.sqrt(rho) * rng.normal(size=(d, factors)) @ loadings.T
    noise = np.sqrt(1 - rho) * rng.normal(size=(d, n))
    return ActivationMask.from_active(shared + noise < norm.ppf(rates))


def fitted(mask, **settings):
    return GrowthLaw(**settings).fit(mask.counts)


def test_effect_of_a_neuron_is_what_one_more_of_its_kind_does(rng):
    counts = histogram_of(rng.binomial(200, rng.beta(0.4, 4, 300)), 200)
    many = 2000  # of every neuron, so that one more is a small change
    base = Histogram(counts.values, counts.multiplicities * many, 200)
    start = GrowthLaw().fit(base).b
    effects = influence(counts, start)
    for place in (0, 3, counts.values.size // 2, counts.values.size - 1):
        more = base.multiplicities.copy()
        more[place] += many // 10
        moved = np.log(GrowthLaw().fit(Histogram(counts.values, more, 200)).b / start) * 10
        assert moved == pytest.approx(effects.neuron[place], rel=0.05, abs=2e-4)
    assert abs(effects.score) < 1e-3


def test_effects_of_samples_are_those_of_leaving_them_out(rng):
    mask = correlated(rng, 150, 0.5, 30, 120, 0.8, 2)
    active = mask.active
    whole = np.log(fitted(mask).b)
    effects = influence(histogram_of(mask.counts), np.exp(whole))
    values = mask.counts.histogram.values
    g = effects.activation[np.searchsorted(values, mask.counts.counts)]
    moved = (active - active.mean(axis=0)) @ g
    left_out = [
        whole - np.log(fitted(ActivationMask.from_active(np.delete(active, t, axis=0))).b)
        for t in range(0, 120, 3)
    ]
    chosen = moved[::3]
    assert np.corrcoef(chosen, left_out)[0, 1] > 0.995
    slope = np.polyfit(chosen, left_out, 1)[0]
    assert slope == pytest.approx(1, abs=0.05)


def test_both_errors_are_those_of_a_jackknife(rng):
    """Tukey 1958, over blocks of neurons and of samples; neurons share most of what samples do."""
    mask = correlated(rng, 240, 1, 60, 120, 0.9, 2)
    found = two_way(fitted(mask), mask)
    for axis, error in ((1, found.se_neurons), (0, found.se_samples)):
        blocks = rng.permutation(mask.active.shape[axis]).reshape(20, -1)
        values = [
            np.log(fitted(ActivationMask.from_active(np.delete(mask.active, block, axis))).b)
            for block in blocks
        ]
        assert error == pytest.approx(np.sqrt(19 * np.var(values)), rel=0.25)


def test_neurons_that_are_independent_need_no_other_error(rng):
    mask = correlated(rng, 1000, 0.5, 100, 500, 0.0, 1)
    result = fitted(mask)
    found = two_way(result, mask)
    assert found.inflation == pytest.approx(1, abs=0.12)
    assert found.bse == pytest.approx(np.hypot(found.se_neurons, found.se_samples))
    assert found.params == {"b": result.b}
    assert found.b_low < found.b < found.b_high


def test_neurons_that_fire_together_widen_the_interval(rng):
    mask = correlated(rng, 512, 2, 150, 60, 0.9, 2)
    found = two_way(fitted(mask), mask)
    assert found.inflation > 1.5
    assert found.b_low < found.b_low_likelihood < found.b_high_likelihood < found.b_high
    assert "too narrow" in " ".join(found.summary().split())


def test_copies_of_neurons_add_no_knowledge(rng):
    """A layer of ten copies says of samples what one copy says; its likelihood does not know that."""
    one = rng.random((300, 60)) < rng.beta(1, 4, 60)
    copies = ActivationMask.from_active(np.repeat(one, 10, axis=1))
    found = two_way(fitted(copies), copies)
    assert found.se_samples > 0.5 * found.se_likelihood


def test_each_sample_its_own_group_changes_nothing(rng):
    mask = correlated(rng, 200, 0.5, 40, 80, 0.9, 2)
    result = fitted(mask)
    alone, grouped = two_way(result, mask), two_way(result, mask, groups=np.arange(80))
    assert grouped == alone
    doubled = ActivationMask.from_active(np.repeat(mask.active, 2, axis=0))
    pairs = two_way(fitted(doubled), doubled, groups=np.repeat(np.arange(80), 2))
    taken_apart = two_way(fitted(doubled), doubled)
    assert pairs.n_groups == 80
    assert pairs.se_samples > taken_apart.se_samples


def test_the_order_of_neurons_and_samples_does_not_matter(rng):
    mask = correlated(rng, 90, 0.5, 20, 50, 0.9, 2)
    turned = mask.active[rng.permutation(50)][:, rng.permutation(90)]
    other = ActivationMask.from_active(turned)
    one, two = two_way(fitted(mask), mask), two_way(fitted(other), other)
    assert two.bse == pytest.approx(one.bse, rel=1e-9)


def test_levels_nest(rng):
    mask = correlated(rng, 200, 0.5, 40, 80, 0.9, 2)
    found = two_way(fitted(mask), mask, level=0.8)
    assert found.level == 0.8
    wide, narrow = found.interval(0.99), found.interval(0.5)
    assert wide[0] < found.b_low < narrow[0] < narrow[1] < found.b_high < wide[1]
    assert found.conf_int(0.99).loc["b"].tolist() == list(wide)
    for level in (0, 1, -1):
        with pytest.raises(DomainError):
            found.interval(level)
        with pytest.raises(DomainError):
            two_way(fitted(mask), mask, level=level)


def test_where_there_is_no_b_there_is_a_reason_and_no_interval():
    always = ActivationMask.from_active(np.ones((20, 8), bool))
    equal = ActivationMask.from_active(np.tile(np.eye(8, dtype=bool), (4, 1)))
    for mask in (always, equal):
        found = two_way(fitted(mask), mask)
        assert found.status in (Status.NOT_IDENTIFIABLE, Status.EQUAL_RATES)
        assert found.reason
        assert (found.b_low, found.b_high) == (0, np.inf)
        assert np.isnan(found.bse)
        assert "nan" not in found.summary()
        found.plot()


def test_one_group_says_nothing_of_groups(rng):
    mask = correlated(rng, 200, 0.5, 40, 80, 0.5, 2)
    found = two_way(fitted(mask), mask, groups=np.zeros(80))
    assert found.status is Status.NOT_IDENTIFIABLE
    assert "sequence" in found.reason


def test_masks_and_fits_that_do_not_belong_together_are_refused(rng):
    mask, other = (correlated(rng, 60, 0.5, 10, 40, 0.5, 2) for _ in range(2))
    with pytest.raises(InputError, match="counts of the fit"):
        two_way(fitted(other), mask)
    with pytest.raises(InputError, match="single activations"):
        two_way(fitted(mask), mask.counts)
    elsewhere = dataclasses.replace(fitted(mask), b=3 * fitted(mask).b)
    with pytest.raises(InputError, match="likelihood is highest"):
        two_way(elsewhere, mask)
    with pytest.raises(InputError, match="one label"):
        two_way(fitted(mask), mask, groups=[1, 2])
    with pytest.raises(InputError, match="follow each other"):
        two_way(fitted(mask), mask, groups=np.arange(40) % 2)


def test_it_prints_tabulates_travels_and_draws(rng):
    mask = correlated(rng, 200, 0.5, 40, 80, 0.9, 2)
    found = two_way(fitted(mask), mask)
    again = TwoWay.from_json(found.to_json())
    assert again == found
    json.loads(found.to_json(), parse_constant=pytest.fail)
    assert max(map(len, found.summary().splitlines())) <= 66
    assert found.to_frame()["inflation"].item() == found.inflation
    assert "two-way" in found._repr_html_()
    assert len(found.plot().get_yticklabels()) >= 2


@pytest.mark.slow
@pytest.mark.parametrize(("b", "share", "d"), [(0.5, 0.3, 300), (0.2, 0.02, 300), (2, 0.3, 60)])
def test_interval_covers_truth_where_neurons_fire_together(rng, b, share, d):
    held = []
    for _ in range(120):
        mask = correlated(rng, 256, b, share * 256, d, 0.9, 2)
        result = fitted(mask)
        found = two_way(result, mask)
        held.append((result.b_low <= b <= result.b_high, found.b_low <= b <= found.b_high))
    likelihood, both = np.mean(held, axis=0)
    assert both >= 0.88
    assert both > likelihood
