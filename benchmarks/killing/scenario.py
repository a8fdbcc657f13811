"""Recordings that are the same every time they are made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RULES = ("above(0)", "top_k(2)")
MODES = ("counts", "mask", "values")
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Scenario:
    """A recording: the same one every time it is made."""

    seed: int
    mode: str
    n_layers: int
    n_rules: int
    n_steps: int
    with_ids: bool
    by_size: bool  # whether shards end by their size, or with every batch
    n_batches: int

    @classmethod
    def drawn(
        cls, rng: np.random.Generator, *, by_size: bool = False, n_batches: int = 12
    ) -> Scenario:
        return cls(
            seed=int(rng.integers(2**31)),
            mode=str(rng.choice(MODES)),
            n_layers=int(rng.integers(1, 3)),
            n_rules=int(rng.integers(1, 3)),
            n_steps=int(rng.integers(1, 4)),
            with_ids=bool(rng.integers(2)),
            by_size=by_size,
            n_batches=n_batches,
        )

    @property
    def rules(self) -> list[str]:
        return list(RULES[: self.n_rules])

    @property
    def widths(self) -> tuple[int, ...]:
        return ((256, 128) if self.by_size else (12, 7))[: self.n_layers]

    @property
    def batch_size(self) -> int:
        return 1000 if self.by_size else 50

    def batches(self) -> list[tuple[int, np.ndarray]]:
        """Return (step, activations) of every batch."""
        rng = np.random.default_rng(self.seed)
        shape = (self.n_batches, self.batch_size, max(self.widths))
        x = rng.standard_normal(shape, dtype=np.float32)
        steps = np.sort(rng.integers(self.n_steps, size=self.n_batches))
        return list(zip(steps.tolist(), x, strict=True))

    def record(self, folder, *, resume: bool = False, say=lambda _: None) -> None:
        """Make the recording, or the rest of it."""
        import torch

        from activstats import Recorder

        model = _slices(self.widths)
        with Recorder(
            model, folder, layers=[f"{n}" for n in range(self.n_layers)], rule=self.rules,
            mode=self.mode, chunk_samples=256 if self.by_size else 64, resume=resume,
            rotate_seconds=1e9 if self.by_size else 0.0, memory_limit=MEBIBYTE,
        ) as recorder:  # fmt: skip
            for number, (step, x) in enumerate(self.batches()):
                ids = range(number * len(x), (number + 1) * len(x)) if self.with_ids else None
                with recorder.batch(step=step, sample_ids=ids):
                    model(torch.as_tensor(x))
                say(number)


def _slices(widths: tuple[int, ...]):
    """Return a model whose layer n passes on the first widths[n] columns of what it is given."""
    import torch

    class Slice(torch.nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.width = width

        def forward(self, x):
            return x[:, : self.width]

    return torch.nn.Sequential(*(Slice(width) for width in widths))
