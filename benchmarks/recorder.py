"""What recording costs: main-thread CPU over the bare forward pass, and memory.

    python -m benchmarks.recorder [--rounds 30]

Every candidate runs four batches a round, in an order drawn anew, in turn with four bare ones; the
figure is the median ratio over the rounds, each of which closes a chunk, and the share of the shards'
writing at the end. The control is a second bare pass, which should read 1.00.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch

from activstats import Recorder
from benchmarks.transformer import BLOCKS, batches, transformer

Pass = Callable[[torch.Tensor], object]
BATCHES = 4  # a chunk's worth
WARM_UP = 2  # rounds that compile and allocate
CEILINGS = {
    "counts, above(0)": 1.05,
    "mask, above(0)": 1.07,
    "counts, top1%": 1.12,
    "mask, top1%": 1.12,
    "values float16, above(0)": 1.10,
    "values float32, above(0)": 1.20,
}


FUNCTIONAL = "functional "
"""Candidates whose ReLU is a function and no module."""
CEILINGS |= {f"{FUNCTIONAL}counts, above(0)": 1.15, f"{FUNCTIONAL}mask, top1%": 1.15}


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


def candidates(folder: Path) -> dict[str, Candidate]:
    """Return the candidates by name.

    Bare and loaded passes run the same model: two copies of one model differ by several percent in
    where their weights happen to lie.
    """
    control = transformer()
    found = {"control (bare again)": Candidate(control, control)}
    for name in CEILINGS:
        what, rule = name.removeprefix(FUNCTIONAL).split(", ")
        mode, _, dtype = what.partition(" ")
        functional = name.startswith(FUNCTIONAL)
        model = transformer(functional=functional)
        layers = "*/relu" if functional else "*.act"
        recorder = Recorder(
            model, folder / name, layers=layers, rule=rule, mode=mode, rotate_seconds=3600,
            values_dtype=dtype or None,
        )  # fmt: skip
        recorder.__enter__()  # outside of a batch its hooks return at once
        found[name] = Candidate(model, recording_pass(model, recorder), closing(recorder))
    found["keep references in memory"] = keeping()
    found["torch.save float32"] = saving(folder)
    with contextlib.suppress(ImportError):
        found["TransformerLens run_with_cache, in memory"] = lens()
    return found


def closing(recorder: Recorder) -> Callable[[], object]:
    return lambda: recorder.__exit__(None, None, None)


def recording_pass(model: torch.nn.Module, recorder: Recorder) -> Pass:
    def run(x: torch.Tensor) -> None:
        with recorder.batch():
            model(x)

    return run


def keeping() -> Candidate:
    kept: list[torch.Tensor] = []

    def keep(place: int, output: torch.Tensor) -> None:
        if place == 0:
            kept.clear()
        kept.append(output)

    return hooked(keep)


def saving(folder: Path) -> Candidate:
    return hooked(lambda place, output: torch.save(output, folder / f"saved-{place}.pt"))


def hooked(use: Callable[[int, torch.Tensor], object]) -> Candidate:
    """Return a model whose ReLU outputs are handed over in its loaded passes."""
    model, switch = transformer(), [False]

    def hook(place: int) -> Callable[..., None]:
        return lambda _module, _inputs, output: use(place, output) if switch[0] else None

    for place, block in enumerate(model):
        block.act.register_forward_hook(hook(place))

    def loaded(x: torch.Tensor) -> None:
        switch[0] = True
        model(x)
        switch[0] = False

    return Candidate(model, loaded)


def lens() -> Candidate:
    """Return the same model with TransformerLens' hook points behind its ReLU layers, cached."""
    from transformer_lens import HookedRootModule
    from transformer_lens.hook_points import HookPoint

    class Lens(HookedRootModule):
        def __init__(self) -> None:
            super().__init__()
            self.blocks = transformer()
            for block in self.blocks:
                block.act = torch.nn.Sequential(block.act, HookPoint())
            self.setup()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.blocks(x)

    model = Lens()
    wanted = [name for name in model.hook_dict if name.endswith("act.1")]
    if len(wanted) != BLOCKS:
        raise RuntimeError(f"hook points {list(model.hook_dict)}")
    return Candidate(model, lambda x: model.run_with_cache(x, names_filter=wanted))


def cpu(run: Pass, x: torch.Tensor) -> float:
    start = time.thread_time()
    run(x)
    return time.thread_time() - start


def compare(rounds: int) -> dict[str, float]:
    """Return the ratio of each candidate to its bare pass, the last flush included."""
    inputs = batches(BATCHES)
    draw = random.Random(0)
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        found = candidates(Path(folder))
        for _ in range(rounds + WARM_UP):
            names = list(found)
            draw.shuffle(names)
            for name in names:
                measure(found[name], inputs, bare_first=draw.random() < 0.5)
        for one in found.values():
            del one.bare_seconds[:WARM_UP], one.loaded_seconds[:WARM_UP]
            start = time.thread_time()
            one.finish()
            one.finish_seconds = time.thread_time() - start
    return {name: one.ratio for name, one in found.items()}


def measure(one: Candidate, inputs: list[torch.Tensor], *, bare_first: bool) -> None:
    """Run a round: bare and loaded in turn, so that both meet the same moods of the machine."""
    spent = {True: 0.0, False: 0.0}
    for x in inputs:
        for is_bare in (bare_first, not bare_first):
            spent[is_bare] += cpu(one.bare if is_bare else one.loaded, x)
        bare_first = not bare_first
    one.bare_seconds.append(spent[True])
    one.loaded_seconds.append(spent[False])


_PEAK = """
import sys, tempfile, torch
from activstats import Recorder
from benchmarks.memory import peak_mb
model = torch.nn.Sequential(torch.nn.Linear(64, 1024), torch.nn.ReLU())
rng = torch.Generator().manual_seed(0)
with tempfile.TemporaryDirectory() as folder, torch.no_grad():
    with Recorder(model, folder + "/run", layers="1", rule=["top1%", "above(0)"], mode="mask") as r:
        for _ in range(int(sys.argv[1]) // 4096):
            with r.batch():
                model(torch.randn(4096, 64, generator=rng))
print(peak_mb())
"""


def peak_memory(n_samples: int) -> float:
    """Return the peak memory in MB of a fresh process that records that many samples."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(n_samples)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'main-thread CPU over the bare forward pass':<46} ratio   ceiling")
    missed = []
    for name, ratio in compare(arguments.rounds).items():
        ceiling = CEILINGS.get(name)
        print(f"{name:<46} {ratio:5.3f}   {'' if ceiling is None else f'{ceiling:.2f}'}")
        if ceiling is not None and ratio > ceiling:
            missed.append(name)
    small, large = peak_memory(200_000), peak_memory(2_000_000)
    print(f"peak memory, 200,000 samples {small:.0f} MB; 2,000,000 samples {large:.0f} MB")
    if missed:
        sys.exit(f"above the ceiling: {', '.join(missed)}")


if __name__ == "__main__":
    main()
