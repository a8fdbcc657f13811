"""What a synthetic study is made to be, and which verdicts on it are then wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from activstats.claims import Outcome, Verdict

S, C = Outcome.SUPPORTED, Outcome.CONTRADICTED
# Every other study has three seeds, the ones between have five.
SEEDS = (3, 5)
TRUE, FALSE, MARGIN, EITHER, OPEN = "true", "false", "at the margin", "either", "open"
WRONG = {TRUE: (C,), FALSE: (S,), MARGIN: (S, C), EITHER: (), OPEN: (S, C)}


@dataclass(frozen=True)
class Truth:
    """A world from which studies are drawn.

    `standing` says of each claim that is judged in it whether it is true there, false, exactly at its
    margin (either verdict is wrong), either (between no effect and one that matters, where the words of
    both verdicts hold), or open (the study cannot tell, so that either verdict is wrong).
    """

    name: str
    noise: str
    standing: Mapping[str, str]
    judged: Callable[[np.random.Generator, int, int], Mapping[str, Verdict]]
    # Claims whose p-value is one of a null hypothesis that holds in this world.
    nulls: tuple[str, ...] = ()
    # A whole study takes seconds: fewer of them are drawn.
    every: int = 1

    @property
    def key(self) -> str:
        return f"{self.name} | {self.noise} | {'+'.join(self.standing)}"


def of(claims, make):
    """Judge some claims by the evidence of one kind of world, whatever else there is."""
    modules = {claim.__name__.rpartition(".")[2]: claim for claim in claims}

    def judged(rng, n_seeds, number):  # noqa: ARG001  (worlds that share recordings want it)
        evidence = make(rng, n_seeds)
        return {name: claim.decide(evidence) for name, claim in modules.items()}

    return judged


def each(claims, standing):
    return {claim.__name__.rpartition(".")[2]: standing for claim in claims}
