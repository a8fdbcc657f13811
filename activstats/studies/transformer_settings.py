"""What the study of transformers does, as one frozen value."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from activstats.errors import DomainError
from activstats.rules import parse_rule
from activstats.studies.advised_sizes import advise
from activstats.studies.checks import check_count, check_list, check_pool, check_shares
from activstats.studies.settings import RULES

STUDY = "transformer"
RELU, GELU, GATED = "relu", "gelu", "gated"
BLOCKS = (GATED, RELU, GELU)


@dataclass(frozen=True)
class TransformerSettings:
    """Settings of the study of small character-level transformers, and of its controls.

    Parameters
    ----------
    widths : tuple of int
        Neurons of the MLP of every block, N.
    sizes : tuple of int
        Training-set sizes in tokens, D; empty for those that `advise` gives for the range from
        `smallest` to `largest` and `runs` networks of each width. Sizes above `context` are rounded
        down to whole windows.
    seeds : tuple of int
        Each decides the order of the documents, the initial weights and the batches.
    block : {"gated", "relu", "gelu"}
        What the MLPs are: SiLU(gate) × up, or ReLU or GELU of up.
    compared : tuple of str
        Other kinds of blocks, trained on the largest set at `along_width` and all seeds.
    depth : int
        Blocks.
    context, features, heads : int
        Tokens of a window, width of the residual stream, heads of the attention.
    steps, batch_size : int
        Optimiser steps, the same for every run, and windows of a step.
    learning_rate : float
        Of Adam.
    validation_every : int
        Steps between two looks at the validation split, each a candidate for the checkpoint; the
        first as many steps are looked at one by one.
    rules : tuple of str
        Activation rules to record under; runs below the largest size are recorded under the first.
    along_width : int
        Width whose runs on the largest set are also recorded along training.
    along_every : int
        Steps between two recordings along training.
    replicates : int
        Networks of `along_width` that are trained from the first seed's start, on its largest set, each
        in an order of its own; 0 for none.
    smallest, largest, runs : int
        Range of the training sets, and networks of each width, for the advice on sizes.
    scored_tokens : int
        Most tokens of validation, and of test, that are scored.
    probe_windows : int
        Most windows that are recorded, of the beginnings of all documents.
    validation_share, test_share : float
        Shares of the text that are never trained on.
    split_seed : int
        Decides the splits and the order of the documents that are recorded, for all runs alike.

    Raises
    ------
    DomainError
        If a setting is outside its domain.
    RuleError
        If a rule is unknown.

    Examples
    --------
    >>> TransformerSettings().size_grid(300_000)
    (8, 29, 96, 352, 1376, 4992, 18080, 65536)
    """

    widths: tuple[int, ...] = (64, 128, 256)
    sizes: tuple[int, ...] = ()
    seeds: tuple[int, ...] = (0, 1, 2)
    block: str = GATED
    compared: tuple[str, ...] = (RELU, GELU)
    depth: int = 3
    context: int = 32
    features: int = 32
    heads: int = 2
    steps: int = 200
    batch_size: int = 16
    learning_rate: float = 5e-3
    validation_every: int = 15
    rules: tuple[str, ...] = RULES
    along_width: int = 128
    along_every: int = 40
    replicates: int = 3
    smallest: int = 8
    largest: int = 65_536
    runs: int = 24
    scored_tokens: int = 3072
    probe_windows: int = 400
    validation_share: float = 0.2
    test_share: float = 0.2
    split_seed: int = 0

    def __post_init__(self) -> None:
        for name in ("widths", "sizes", "seeds", "compared", "rules"):
            object.__setattr__(self, name, tuple(getattr(self, name)))  # lists would not hash
        object.__setattr__(self, "rules", tuple(parse_rule(rule).name for rule in self.rules))
        for name in ("widths", "seeds", "rules"):
            check_list(name, getattr(self, name))
        for name in ("depth", "context", "features", "heads", "steps", "batch_size",
                     "validation_every", "along_every", "smallest", "scored_tokens",
                     "probe_windows"):  # fmt: skip
            check_count(name, getattr(self, name), least=1)
        for width in (*self.widths, self.along_width):
            check_count("widths", width, least=2)
        for number in (*self.seeds, self.split_seed, self.replicates):
            check_count("seeds and replicates", number, least=0)
        for size in self.sizes:
            check_count("sizes", size, least=2)
        _check_blocks(self.block, self.compared)
        if self.features % self.heads:
            raise DomainError(
                "the heads share the features evenly.", got=f"{self.features} among {self.heads}"
            )
        if not 0 < self.learning_rate < math.inf:
            raise DomainError("the learning rate must be positive.", got=self.learning_rate)
        check_shares(self.validation_share, self.test_share)

    @classmethod
    def quick(cls) -> TransformerSettings:
        """Return a small study that shows the same things in some seconds."""
        return cls(
            widths=(64, 128), sizes=(8, 64, 512, 4096, 16384), seeds=(0, 1), depth=2, steps=60,
            validation_every=10, along_every=20, replicates=1, scored_tokens=2048, probe_windows=256,
        )  # fmt: skip

    def size_grid(self, pool: int) -> tuple[int, ...]:
        """Return the training-set sizes for a pool of `pool` tokens, ascending.

        Raises
        ------
        DomainError
            If a size asks for more than the pool.
        """
        advised = self.sizes or _advised(self.smallest, min(self.largest, pool), self.runs)
        whole = {d if d <= self.context else d // self.context * self.context for d in advised}
        check_pool(pool, at_least=max(whole))
        return tuple(sorted(whole))

    def to_dict(self) -> dict[str, object]:
        """Return the settings as plain values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def _advised(least: int, most: int, runs: int) -> tuple[int, ...]:
    return advise(least=least, most=most, runs=runs).advice.sizes


def _check_blocks(block: str, compared: tuple[str, ...]) -> None:
    kinds = (block, *compared)
    if len(set(kinds)) < len(kinds) or not set(kinds) <= set(BLOCKS):
        raise DomainError(
            "blocks are of one kind, and are compared with others.",
            got=", ".join(map(str, kinds)),
            allowed=", ".join(BLOCKS),
        )
