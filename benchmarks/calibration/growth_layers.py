"""Layers of independent neurons to draw, and the designs that calibrations of the growth law use."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np


@dataclass(frozen=True)
class Design:
    """A layer: N neurons, constant b, mean rate c/N, activations a neuron cD/N."""

    n: int
    b: float
    rate: float
    mu: float

    @property
    def d(self) -> int:
        return max(2, round(self.mu / self.rate))

    def cells(self) -> str:
        return f"| {self.n} | {self.b:g} | {self.rate:g} | {self.mu:g} | {self.d}"


DESIGNS = [
    Design(n, b, rate, mu)
    for n in (256, 4096)
    for b, rate, mu in (
        (0.05, 0.01, 0.3),
        (0.05, 0.01, 10),
        (0.05, 0.1, 100),
        (0.1, 0.01, 1),
        (0.1, 0.3, 30),
        (0.3, 0.004, 0.1),
        (0.3, 0.004, 1),
        (0.3, 0.01, 10),
        (0.3, 0.01, 100),
        (0.3, 0.5, 30),
        (1, 0.01, 1),
        (1, 0.01, 10),
        (1, 0.1, 100),
        (1, 0.5, 10),
        (3, 0.01, 3),
        (3, 0.01, 30),
        (3, 0.1, 100),
        (3, 0.5, 10),
    )
]
OTHERS = [
    Design(n, b, rate, mu)
    for n in (256, 4096)
    for b, rate, mu in ((0.1, 0.01, 5), (0.3, 0.01, 3), (0.3, 0.1, 10), (1, 0.01, 10), (1, 0.3, 6))
]


def draw(design: Design, rng: np.random.Generator) -> SimpleNamespace:
    """Draw counts and first activations of independent neurons with rates from Beta(b, bN/c − b)."""
    rates = rng.beta(design.b, design.b * (1 / design.rate - 1), design.n)
    # Rates below 1e-15 are never met in so few samples; the generator refuses 0.
    first = rng.geometric(np.maximum(rates, 1e-15)) - 1
    fired = first < design.d
    left = np.where(fired, design.d - 1 - first, 0)
    counts = np.where(fired, 1 + rng.binomial(left, rates), 0)
    values, neurons = np.unique(counts, return_counts=True)
    return SimpleNamespace(
        histogram=SimpleNamespace(values=values, multiplicities=neurons),
        n_samples=design.d,
        first=np.where(fired, first, -1),
    )
