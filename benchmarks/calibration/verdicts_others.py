"""The truths of the studies of learning rates, tipping points and stamina."""

import math

from activstats.claims import (
    best_rate_inside,
    even_use,
    falling_participation,
    firing_not_size,
    fluctuation_and_score,
    masking_and_accuracy,
    masking_and_tipping,
    rising_fluctuation,
    tipping_and_size,
    tipping_exists,
    unused_neurons,
)
from benchmarks.calibration import verdicts_rates, verdicts_stamina, verdicts_tipping
from benchmarks.calibration.verdicts_rates import Rates
from benchmarks.calibration.verdicts_stamina import Stamina
from benchmarks.calibration.verdicts_tipping import Tipping
from benchmarks.calibration.verdicts_truth import EITHER, FALSE, MARGIN, TRUE, Truth, of

FIVE_PERCENT = math.log10(1.05)


def world(module, claims, name, truth, *standings):
    named = {claim.__name__.rpartition(".")[2]: claim for claim in claims}
    standing = {claim: one for claim, one in zip(named, standings, strict=True) if one}
    noise = "as seen" if truth.noise == 1 else f"{truth.noise:g} times"
    judged = of([named[one] for one in standing], module.study(truth))
    return Truth(name, noise, standing, judged)


def rates(name, truth, *standings):
    """Standings: fluctuation rises, goes with the score, participation falls, a best rate inside."""
    claims = (rising_fluctuation, fluctuation_and_score, falling_participation, best_rate_inside)
    return world(verdicts_rates, claims, name, truth, *standings)


def tipping(name, truth, *standings):
    """Standings: firing tips over, the point moves with size, with masks, masks keep accuracy."""
    claims = (tipping_exists, tipping_and_size, masking_and_tipping, masking_and_accuracy)
    return world(verdicts_tipping, claims, name, truth, *standings)


def stamina(name, truth, *standings):
    """Standings: unused neurons can go, use is evener, stamina should see the frequency."""
    claims = (unused_neurons, even_use, firing_not_size)
    return world(verdicts_stamina, claims, name, truth, *standings)


RATES = (
    rates("all as claimed", Rates(tie=0.8, single=True), TRUE, TRUE, TRUE, TRUE),
    rates("all as claimed", Rates(tie=0.8, single=True, noise=10), TRUE, TRUE, TRUE, TRUE),
    rates(
        "slopes .1 and −.02, tie .3, 5 % at one rate",
        Rates(fluctuation=0.1, tie=0.3, share=-0.02, gain=FIVE_PERCENT, single=True),
        MARGIN, TRUE, MARGIN, MARGIN,
    ),
    rates("5 % at all inner rates", Rates(tie=0.15, gain=FIVE_PERCENT), "", EITHER, "", MARGIN),
    rates("no effects", Rates(fluctuation=0, share=0, gain=0), FALSE, FALSE, FALSE, FALSE),
    rates(
        "all against", Rates(fluctuation=-0.3, share=0.05, gain=math.nan, tie=-0.5),
        FALSE, FALSE, FALSE, FALSE,
    ),
)  # fmt: skip
TIPPING = (
    tipping("all as claimed", Tipping(), TRUE, TRUE, TRUE, TRUE),
    tipping("all as claimed", Tipping(noise=5), TRUE, TRUE, TRUE, TRUE),
    tipping(
        "bend .05, moves of .1, 1 point lost",
        Tipping(bend=0.05, slope=-0.1, shift=-0.1, gain=-0.01), TRUE, TRUE, TRUE, MARGIN,
    ),
    tipping(
        "an even decline, no moves, 3 points lost",
        Tipping(bend=0, slope=0, shift=0, gain=-0.03), FALSE, FALSE, FALSE, FALSE,
    ),
    tipping("no decline", Tipping(falls=False), FALSE, "", "", ""),
    tipping("no moves", Tipping(slope=0, shift=0, noise=5), "", FALSE, FALSE, TRUE),
)  # fmt: skip
STAMINA = (
    stamina("all as claimed", Stamina(better=0.05), TRUE, TRUE, TRUE),
    stamina("all as claimed", Stamina(better=0.05, noise=4), TRUE, TRUE, TRUE),
    stamina(
        "1 point lost, .02 evener, 1 point better", Stamina(loss=0.01, evener=0.02, better=0.01),
        MARGIN, TRUE, TRUE,
    ),
    stamina("5 points lost, no effects", Stamina(loss=0.05, evener=0, better=0), FALSE, FALSE, FALSE),
    stamina("no effects", Stamina(evener=0, better=0, noise=4), TRUE, FALSE, FALSE),
    stamina("all against", Stamina(0.05, -0.05, -0.03), FALSE, FALSE, FALSE),
)  # fmt: skip
