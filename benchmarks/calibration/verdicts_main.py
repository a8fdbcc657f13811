"""The truths of the main study on counts, and on what runs tables tell by themselves."""

import numpy as np

from activstats.claims import (
    b_over_rules,
    b_over_widths,
    bounded_law,
    form_of_learning,
    free_share,
    growth_law,
    heavy_tail,
    model_shape,
    pruning_damage,
    reinforcement,
    samples_per_neuron,
)
from benchmarks.calibration import verdicts_counts as counts
from benchmarks.calibration import verdicts_layers as layers
from benchmarks.calibration import verdicts_pools as pools
from benchmarks.calibration import verdicts_tables as tables
from benchmarks.calibration.verdicts_truth import FALSE, MARGIN, OPEN, TRUE, Truth, each, of

SEED = "b ± 9 %"


def growth(name, law, standing):
    """Judge growth law and free share; chance is drawn where the first verdict asks for it."""
    kind = (law, layers.WIDTHS, ())

    def judged(rng, n_seeds, number):
        state = rng.bit_generator.state
        found = pools.drawn(name, kind)(rng, n_seeds)
        first = growth_law.decide(found)
        if "was not drawn" in first.sentence:
            again = np.random.default_rng(number)
            again.bit_generator.state = state
            first = growth_law.decide(pools.with_chance(name, kind)(again, n_seeds))
        return {"growth_law": first, "free_share": free_share.decide(found)}

    return Truth(name, SEED, each((growth_law, free_share), standing), judged)


def world(name, claim, make, standing, noise=SEED):
    return Truth(name, noise, each((claim,), standing), of((claim,), make))


def alike(name, law, widths):
    return pools.drawn(name, (law, widths, ()))


FIVE = layers.NARROW_TO_WIDE
COUNTS = (
    growth("the law", layers.Law(), TRUE),
    growth("2 % dead, others alike", layers.Dead(0.02), TRUE),
    growth("5 % dead, others alike", layers.Dead(0.05), MARGIN),
    growth("10 % dead, others alike", layers.Dead(0.1), FALSE),
    world("one b, 5 widths", b_over_widths, alike("five", layers.Law(), FIVE), TRUE),
    world("one b, 3 widths", b_over_widths, alike("three", layers.Law(), layers.WIDTHS), TRUE),
    world("typical ratio 1.5", b_over_widths, counts.over_widths(0.287), MARGIN),
    world("typical ratio 4", b_over_widths, counts.over_widths(1.0), FALSE),
    world("b as N^.8", b_over_widths, alike("as N^.8", layers.Law(0.8), FIVE), FALSE),
    world("one b, 3 rules", b_over_rules, counts.three_rules("rules"), TRUE),
    world("typical ratio 1.5", b_over_rules, counts.over_rules(0.287), MARGIN),
    world("typical ratio 9", b_over_rules, counts.over_rules(1.55), FALSE),
    world("controls alike", form_of_learning, counts.beside_controls("a", layers.Law()), FALSE),
    world("controls 2.5 % off", form_of_learning, counts.beside_controls("b", layers.Dead(0.025)), MARGIN),
    world("controls 15 % off", form_of_learning, counts.beside_controls("c", layers.Dead(0.2)), TRUE),
    Truth(
        "the law", SEED, {"bounded_law": TRUE, "heavy_tail": FALSE},
        of((bounded_law, heavy_tail), counts.counted("d", layers.Law())),
    ),
    world("log-normal, α .1 off", bounded_law, counts.counted("e", layers.LogNormal(1.47)), MARGIN),
    world("log-normal, α .28 off", bounded_law, counts.counted("f", layers.LogNormal(2.0)), FALSE),
    world("a tail of α = 2.2", heavy_tail, counts.counted("g", layers.Pareto(2.2)), TRUE),
    world("rates alike", heavy_tail, counts.counted("h", layers.Dead(0.0)), FALSE),
    world("one b, c = 1", samples_per_neuron, counts.one_winner("i", 0.0), TRUE),
    world("R nearly steady", samples_per_neuron, counts.one_winner("j", -1.163), MARGIN),
    world("b as N^−1.5", samples_per_neuron, counts.one_winner("k", -1.5), FALSE),
)  # fmt: skip


def pruned(name, standing, drop, counted=0.0, noise=1.0):
    table = tables.pruned(drop, counted, noise * tables.DROP_SD)
    told = f"± {100 * noise * tables.DROP_SD:.1f} points"
    return world(name, pruning_damage, tables.of_table(table), standing, told)


def deep(name, standing, ratio, depths=(2,), noise=1.0):
    table = tables.deep(ratio, noise * tables.LOSS_SD, depths)
    return world(
        name,
        model_shape,
        tables.of_table(table),
        standing,
        f"± {100 * noise * tables.LOSS_SD:.0f} %",
    )


def started(name, standing, share, *, starts=3, drift=0.0):
    make = tables.reinforced(share, drift, starts)
    return world(name, reinforcement, make, standing, f"starts: {starts}")


TABLES = (
    pruned("nothing lost", TRUE, 0),
    pruned("nothing lost", TRUE, 0, noise=10),
    pruned("1 point, new data", MARGIN, 0.01),
    pruned("1 point, both", MARGIN, 0.01, 0.01),
    pruned("3 points", FALSE, 0.03),
    deep("depth is nothing", TRUE, 1),
    deep("depth is nothing", TRUE, 1, noise=4),
    deep("loss × 1.1", MARGIN, 1.1),
    deep("loss × 1.1, 3 depths", MARGIN, 1.1, (2, 3, 4)),
    deep("loss × 1.5", FALSE, 1.5),
)
REINFORCED = (
    started("each run anew, rates drift", TRUE, 0.0, drift=3.0),
    started("each run anew, no drift", OPEN, 0.0),
    started("a quarter from the start", MARGIN, 0.25, drift=3.0),
    started("three quarters from the start", MARGIN, 0.75),
    started("all from the start", FALSE, 1.0),
    started("all from one start", OPEN, 1.0, starts=1),
)
