"""Seeds that were drawn and fitted once, of which studies are made."""

import tempfile
import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Memory

from activstats.claims import Evidence
from activstats.claims.seed_evidence import SeedEvidence
from activstats.examining_seeds import examine_seeds
from activstats.laws.chance import chance_misfit
from benchmarks.calibration.verdicts_layers import N_BOOT, layers

# Seeds of a world that studies are made of where nothing differs from study to study.
POOL = 120
DRAWS = 19
DISK = Memory(Path(tempfile.gettempdir()) / "activstats-verdicts", verbose=0)


def kept(function):
    """Keep results in memory, and on disk for a run that goes on where another was stopped."""
    stored = DISK.cache(function)
    return cache(lambda *arguments: stored(POOL, *arguments))


@kept
def pool(size, name, *kinds):
    """Seeds of one world, drawn and fitted once; studies are made of some of them.

    Each kind is a law, widths and the options of `layers`, as pairs. Returned by seed.
    """
    rng = np.random.default_rng([13, zlib.crc32(name.encode())])
    fits = [
        fit for law, widths, rest in kinds for fit in layers(rng, law, size, widths, **dict(rest))
    ]
    return [[fit for fit in fits if fit.seed == seed] for seed in range(size)]


@kept
def looked_at(size, name, *kinds):
    """What the counts of each seed of a pool say beyond the growth law."""
    fits = [fit for own in pool(name, *kinds) for fit in own]
    found = examine_seeds(pd.DataFrame(), fits, None, n_boot=N_BOOT, seed=0).counts
    return [[one for one in found if one.seed == seed] for seed in range(size)]


@kept
def chances(size, name, *kinds):
    """The misfits that chance alone gives, for each seed of a pool."""
    rng = np.random.default_rng([17, zlib.crc32(name.encode())])
    return [
        [chance_misfit(fit.fit, DRAWS, rng) if fit.tells else np.empty(0) for fit in own]
        for own in pool(name, *kinds)[:size]
    ]


def drawn(name, *kinds, counts=False):
    """Make studies of seeds that are drawn from a pool."""

    def make(rng, n):
        chosen = rng.choice(POOL, n, replace=False)
        own = [replace(f, seed=i) for i, s in enumerate(chosen) for f in pool(name, *kinds)[s]]
        known = looked_at(name, *kinds) if counts else [()] * POOL
        found = tuple(replace(one, seed=i) for i, s in enumerate(chosen) for one in known[s])
        return Evidence(runs=pd.DataFrame(), fits=tuple(own), seeds=SeedEvidence(counts=found))

    return make


def with_chance(name, *kinds):
    """Make the same studies with what chance alone gives, drawn by the same random numbers."""

    def make(rng, n):
        chosen = rng.choice(POOL, n, replace=False)
        pairs = [
            (i, *pair)
            for i, s in enumerate(chosen)
            for pair in zip(pool(name, *kinds)[s], chances(name, *kinds)[s], strict=True)
        ]
        fits = tuple(replace(fit, seed=i, chance=chance) for i, fit, chance in pairs)
        return Evidence(runs=pd.DataFrame(), fits=fits)

    return make
