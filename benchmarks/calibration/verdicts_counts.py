"""Synthetic studies of counts: which layers stand side by side in them."""

from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from benchmarks.calibration.verdicts_layers import (
    NARROW_TO_WIDE,
    RULES,
    WINNER,
    Law,
    evidence,
    layers,
)
from benchmarks.calibration.verdicts_pools import drawn


def over_widths(tau):
    def make(rng, n):
        law = Law(0.0, {width: rng.normal(0, tau) for width in NARROW_TO_WIDE})
        return evidence(layers(rng, law, n, NARROW_TO_WIDE))

    return make


def over_rules(tau):
    def make(rng, n):
        law = Law(by_rule={rule: rng.normal(0, tau) for rule in RULES})
        several = [
            layers(rng, law, n, (1024,), rule=rule, share=share) for rule, share in RULES.items()
        ]
        return evidence([fit for fits in several for fit in fits])

    return make


def three_rules(name):
    kinds = [(Law(), (1024,), (("rule", rule), ("share", share))) for rule, share in RULES.items()]
    return drawn(name, *kinds)


def beside_controls(name, controls):
    """Trained networks under the law beside untrained ones and ones on random labels."""
    laws = {TRAINED: Law(), UNTRAINED: controls, RANDOM_LABELS: controls}
    return drawn(name, *((law, (128, 1024), (("kind", kind),)) for kind, law in laws.items()))


def counted(name, law):
    return drawn(name, (law, (512,), ()), counts=True)


def one_winner(name, slope):
    return drawn(name, (Law(slope), NARROW_TO_WIDE, (("rule", WINNER), ("active", 1))))
