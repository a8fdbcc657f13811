"""Data that several tests of the laws draw or read."""

import json
from pathlib import Path

import numpy as np
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="session")
def golden():
    """Known answers of the laws, computed with 50 digits."""
    names = ("laws", "rarefaction")
    return {name: json.loads((REFERENCE / f"golden_{name}.json").read_text()) for name in names}


@pytest.fixture
def species(shared_data):
    """Folder of public species counts."""
    return shared_data / "species"


@pytest.fixture
def draw_counts(rng):
    """Draw counts of independent neurons whose rates come from Beta(b, bN/c − b)."""

    def draw(n_neurons, b, c, n_samples):
        rates = np.full(n_neurons, c / n_neurons)
        if np.isfinite(b):
            rates = rng.beta(b, b * (n_neurons / c - 1), n_neurons)
        return rng.binomial(n_samples, rates)

    return draw
