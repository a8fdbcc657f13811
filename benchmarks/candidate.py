"""One way to run a model and something besides, measured in turn with the model alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

Pass = Callable[[torch.Tensor], object]
WARM_UP = 2  # rounds that compile and allocate


@dataclass
class Candidate:
    """A bare pass, the same pass with something recorded, and what ends the recording."""

    bare: Pass
    loaded: Pass
    finish: Callable[[], object] = lambda: None
    bare_seconds: list[float] = field(default_factory=list)
    loaded_seconds: list[float] = field(default_factory=list)
    finish_seconds: float = 0.0

    @property
    def ratio(self) -> float:
        """Median over rounds, and the share of the last flush that falls to a round."""
        pairs = zip(self.loaded_seconds, self.bare_seconds, strict=True)
        in_rounds = statistics.median(loaded / bare for loaded, bare in pairs)
        # What is written at the end is of the rounds to warm up as well.
        rounds = len(self.bare_seconds)
        finish = self.finish_seconds * rounds / (rounds + WARM_UP)
        return in_rounds + finish / sum(self.bare_seconds)


def cpu(run: Pass, x: torch.Tensor) -> float:
    start = time.thread_time()
    run(x)
    return time.thread_time() - start


def measure(one: Candidate, inputs: list[torch.Tensor], *, bare_first: bool) -> None:
    """Run a round: bare and loaded in turn, so that both meet the same moods of the machine."""
    spent = {True: 0.0, False: 0.0}
    for x in inputs:
        for is_bare in (bare_first, not bare_first):
            spent[is_bare] += cpu(one.bare if is_bare else one.loaded, x)
        bare_first = not bare_first
    one.bare_seconds.append(spent[True])
    one.loaded_seconds.append(spent[False])
