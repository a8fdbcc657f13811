"""Networks recorded at several layers: a layer twice is no more evidence than once."""

from dataclasses import replace

import pytest

from activstats.claims import (
    Evidence,
    b_over_rules,
    b_over_widths,
    form_of_learning,
    free_share,
    growth_law,
)
from activstats.claims.exponents_by_seed import of_growth
from activstats.claims.transition_scaling import log_active

CLAIMS = (growth_law, form_of_learning, b_over_widths, b_over_rules, free_share)


def twice(found):
    return tuple(replace(fit, layer=name) for fit in found.fits for name in ("first", "second"))


@pytest.fixture
def studies(evidence):
    trained = evidence(widths=(64, 128, 256))
    control = evidence(widths=(64, 128, 256), kind="untrained")
    several = [
        replace(fit, rule=rule)
        for fit in trained.fits
        for rule in ("top_fraction(0.03)", "top_fraction(0.1)")
    ]
    once = Evidence(runs=trained.runs, fits=(*trained.fits, *several, *control.fits))
    return once, Evidence(runs=trained.runs, fits=twice(once))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__.rsplit(".", 1)[-1])
def test_a_layer_that_is_counted_twice_changes_no_verdict(studies, claim):
    one, two = (claim.decide(each) for each in studies)
    assert one.outcome == two.outcome
    assert two.statistic == pytest.approx(one.statistic, rel=1e-9, nan_ok=True)
    assert two.interval == pytest.approx(one.interval, rel=1e-9, nan_ok=True)


def test_numbers_of_a_network_are_the_means_over_its_layers(evidence):
    found = evidence(widths=(64, 128), seeds=(0,))
    first, second = found.fits
    layers = tuple(
        replace(fit, width=64, layer=name) for fit, name in ((first, "a"), (second, "b"))
    )
    together = Evidence(runs=found.runs, fits=layers)
    assert of_growth(together)[64, 0] == pytest.approx((first.fit.b + second.fit.b) / 2)
    assert len(log_active(together)) == 1
