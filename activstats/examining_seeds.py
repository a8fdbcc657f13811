"""Looks at a study seed by seed: loss curves, and power laws in the counts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from activstats.claims.evidence import TRAINED, FittedLayer
from activstats.claims.loss_examination import LossExamination
from activstats.claims.seed_evidence import CountsOfSeed, CurveOfSeed, SeedEvidence
from activstats.examining import random_stream
from activstats.laws.exponent import exponent_agreement
from activstats.laws.loss.curve import LossCurve
from activstats.laws.loss.decay import LossDecay
from activstats.laws.loss.families import CROSSOVER, SHARP_CROSSOVER
from activstats.laws.loss.fit import fit_family, refit
from activstats.laws.loss.shapes import width_in_decades
from activstats.laws.loss.transition import LossTransition
from activstats.laws.loss.transition_result import LossTransitionResult
from activstats.laws.tail import PowerLawTail
from activstats.laws.tail_result import PowerLawTailResult
from activstats.rules import DEFAULT_RULE

# The crossover with free s has five parameters; with fewer sizes there is nothing left to judge by.
_LEAST_SIZES = 6
_LEAST_TAIL = 10
_LEVEL = 0.05


def examine_seeds(
    runs: pd.DataFrame,
    fits: Sequence[FittedLayer],
    losses: LossExamination | None,
    *,
    n_boot: int,
    seed: int,
) -> SeedEvidence:
    """Return what each seed of a study says by itself.

    Parameters
    ----------
    runs : DataFrame
        The runs table.
    fits : sequence of FittedLayer
        As the claims have them.
    losses : LossExamination or None
        What all seeds together say of the losses: where the theory’s form is rejected, the curves of
        single seeds are fitted with free s as well.
    n_boot : int
        Draws behind each p-value.
    seed : int
        Of these draws; every curve and layer has a stream of its own.
    """
    curves = _curves(runs, losses, n_boot, seed) if losses is not None else ()
    trained = [f for f in fits if f.kind == TRAINED and f.rule == DEFAULT_RULE.name]
    return SeedEvidence(
        curves=tuple(curves), counts=tuple(_counts(fit, n_boot, seed) for fit in trained)
    )


def _curves(
    runs: pd.DataFrame, losses: LossExamination, n_boot: int, seed: int
) -> Iterator[CurveOfSeed]:
    usable = runs[(runs["n_train"] > 0) & runs[losses.measure].notna()]
    kinds = (TRAINED, *losses.controls)
    for kind in kinds:
        of_kind = usable[usable["kind"] == kind]
        places = of_kind[["width", "seed"]].drop_duplicates().astype(int)
        for width, own in sorted(places.itertuples(index=False, name=None)):
            part = of_kind[(of_kind["width"] == width) & (of_kind["seed"] == own)]
            curve = LossCurve.from_frame(part, loss=losses.measure, width=None)
            together = losses.transitions.get(width) if width else losses.controls[kind]
            stream = random_stream(seed, "seed", kind, width, own)
            yield _curve(
                CurveOfSeed(kind=kind, width=width, seed=own), curve, together, n_boot, stream
            )


def _curve(
    known: CurveOfSeed,
    curve: LossCurve,
    together: LossTransitionResult | None,
    n_boot: int,
    rng: np.random.Generator,
) -> CurveOfSeed:
    if curve.n_sizes < _LEAST_SIZES or np.ptp(curve.loss) == 0 or curve.loss.min() <= 0:
        return known
    test = LossTransition(n_boot=n_boot).fit(curve, rng=rng)
    smooth = fit_family(CROSSOVER, curve)
    sharp = refit(SHARP_CROSSOVER, smooth)
    free = together is not None and together.form_contradicted
    place = (sharp if free else smooth).params
    beyond = place["b"] if together is not None and together.found else LossDecay().fit(curve).beta
    sharpness = sharp.params["sharpness"]
    return replace(
        known,
        gain=-math.expm1(-test.statistic / curve.n_runs),
        pvalue=test.pvalue,
        d_star=place["d_star"],
        b=place["b"],
        sharpness=sharpness,
        width_decades=float(width_in_decades(sharp.params["b"], sharpness)),
        scatter=sharp.noise,
        beta=beyond,
    )


def _counts(layer: FittedLayer, n_boot: int, seed: int) -> CountsOfSeed:
    counts = layer.fit.histogram

    def stream(purpose: str) -> np.random.Generator:
        return random_stream(seed, "seed", purpose, layer.run, layer.layer)

    exponent = exponent_agreement(counts, n_boot=n_boot, rng=stream("exponent"))
    tail = PowerLawTail(n_boot=n_boot).fit(counts, rng=stream("tail"))
    return CountsOfSeed(
        width=layer.width,
        seed=layer.seed,
        b=exponent.b,
        excess=exponent.excess if exponent.testable else math.nan,
        reason=exponent.reason,
        tail_alpha=tail.alpha,
        xmin=tail.xmin,
        largest=float(counts.values[-1]),  # noqa: PD011  (no DataFrame)
        n_tail=tail.n_tail,
        n_fired=counts.k,
        tail_pvalue=tail.pvalue,
        beaten_by=_better_laws(tail),
    )


def _better_laws(tail: PowerLawTailResult) -> tuple[str, ...]:
    """Return the laws that describe a tail better, at .05 shared among them (Bonferroni)."""
    if tail.n_tail < _LEAST_TAIL:
        return ()
    ratios = tail.compare().ratios
    return tuple(one.law for one in ratios if one.ratio < 0 and one.pvalue <= _LEVEL / len(ratios))
