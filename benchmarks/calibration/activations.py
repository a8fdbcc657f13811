"""Masks with known truth: correlated neurons, urns, drift and bursts."""

import numpy as np
from scipy.stats import norm

N_CLASSES = 10


def beta_rates(n, b, c, rng):
    return np.clip(rng.beta(b, b * (n / c - 1), n), 1e-12, 1 - 1e-12)


def correlated(n, b, c, d, rho, factors, rng):
    """Beta rates; neurons fire together through shared Gaussian factors."""
    rates = beta_rates(n, b, c, rng)
    loadings = rng.normal(size=(n, factors))
    loadings /= np.linalg.norm(loadings, axis=1)[:, None]
    shared = np.sqrt(rho) * rng.normal(size=(d, factors)) @ loadings.T
    return shared + np.sqrt(1 - rho) * rng.normal(size=(d, n)) < norm.ppf(rates)


def fixed(n, b, c, d, rng):
    return rng.random((d, n)) < rng.beta(b, b * (n / c - 1), n)


def urn(n, b, c, d, rng, forgetting=0.0, power=1.0):
    """P(neuron fires) = (D_i^power + b) / (D + bN/c); what is remembered may fade."""
    weight, seen, active = np.zeros(n), 0.0, np.zeros((d, n), bool)
    for t in range(d):
        pull = weight**power + b
        chance = pull / (seen + b * n / c) if power == 1 else c * pull / pull.sum()
        active[t] = rng.random(n) < np.minimum(chance, 1)
        weight, seen = weight * (1 - forgetting) + active[t], seen * (1 - forgetting) + 1
    return active


def _logit(rates):
    return np.log(rates / (1 - rates))


def drift(n, b, c, d, rng, size):
    """Each neuron's logit moves by N(0, size²) from the first sample to the last."""
    slopes = size * rng.normal(size=n) * np.linspace(-0.5, 0.5, d)[:, None]
    return rng.random((d, n)) < 1 / (1 + np.exp(-_logit(beta_rates(n, b, c, rng)) - slopes))


def classes(n, b, c, d, rng, size, *, in_blocks):
    """Ten classes of samples with logits of their own: one after the other, or shuffled."""
    shift = rng.normal(0, size, (N_CLASSES, n))
    label = rng.integers(0, N_CLASSES, d)
    label = np.sort(label) if in_blocks else label
    return rng.random((d, n)) < 1 / (1 + np.exp(-_logit(beta_rates(n, b, c, rng)) - shift[label]))


def sequences(n, b, c, d, rng, size, length=10):
    """Runs of tokens that share a shift of the logits; the runs come in random order."""
    shift = np.repeat(rng.normal(0, size, (d // length, n)), length, axis=0)
    return rng.random((d, n)) < 1 / (1 + np.exp(-_logit(beta_rates(n, b, c, rng)) - shift))
