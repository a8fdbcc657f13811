"""What recording costs: main-thread CPU over the bare forward pass, and the size of a mask's files.

    python -m benchmarks.recorder [--rounds 30]

Every candidate runs four batches a round, in an order drawn anew, in turn with four bare ones; the
figure is the median ratio over the rounds, each of which closes a chunk, and the share of the shards'
writing at the end. The control is a second bare pass, which should read 1.00. The process keeps the
memory that it was once given: what a model frees would else go back to the system between passes or not
as it happens, and passes of one and the same model differ by a tenth. Memory is measured by
`python -m benchmarks.memory`.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from activstats import Recorder
from benchmarks.candidate import WARM_UP, Candidate, Pass, measure
from benchmarks.recorder_peers import TORCHLENS, peers, torchlens_record
from benchmarks.transformer import batches, transformer

BATCHES = 4  # a chunk's worth
_LAST_ROUNDS = 5  # of what is many times slower
MASK_ACTIVE, MASK_CEILING = 0.2, 0.025
FUNCTIONAL = "functional "
"""Candidates whose ReLU is a function and no module."""
CEILINGS = {
    "counts, above(0)": 1.03,
    "counts, top1%": 1.12,
    "mask, above(0)": 1.05,
    "mask, top1%": 1.12,
    "values float16, above(0)": 1.10,
    "values float32, above(0)": 1.10,
    f"{FUNCTIONAL}counts, above(0)": 1.15,
    f"{FUNCTIONAL}mask, top1%": 1.15,
}

# Of glibc's allocator, read when a process starts; others pass them over.
KEEPING_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(2**33), "MALLOC_MMAP_THRESHOLD_": str(2**32)}


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
    return found | peers(folder)


def closing(recorder: Recorder) -> Callable[[], object]:
    return lambda: recorder.__exit__(None, None, None)


def recording_pass(model: torch.nn.Module, recorder: Recorder) -> Pass:
    def run(x: torch.Tensor) -> None:
        with recorder.batch():
            model(x)

    return run


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
        found |= measured_last(inputs, min(rounds, _LAST_ROUNDS))
    return {name: one.ratio for name, one in found.items()}


def measured_last(inputs: list[torch.Tensor], rounds: int) -> dict[str, Candidate]:
    """Measure what leaves torch changed behind it, in fewer rounds: it is slow."""
    try:
        one = torchlens_record()
    except ImportError:
        return {}
    for number in range(rounds + WARM_UP):
        measure(one, inputs, bare_first=number % 2 == 0)
    del one.bare_seconds[:WARM_UP], one.loaded_seconds[:WARM_UP]
    return {f"{TORCHLENS} ({rounds} rounds)": one}


def mask_share(n_samples: int = 65_536, n_neurons: int = 1024, active: float = 0.2) -> float:
    """Return the size of the files of a mask, as a share of the activations in float32.

    Neurons fire independently, the given share of them: what compresses least at that share.
    """
    from activstats import open_recording

    model = torch.nn.Sequential(torch.nn.ReLU())
    rng = torch.Generator().manual_seed(0)
    level = torch.distributions.Normal(0.0, 1.0).icdf(torch.tensor(1 - active))
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        run = Path(folder) / "run"
        with Recorder(model, run, layers="0", rule="above(0)", mode="mask") as recorder:
            for _ in range(n_samples // 4096):
                with recorder.batch():
                    model(torch.randn(4096, n_neurons, generator=rng) - level)
        files = sum(file.stat().st_size for file in run.rglob("*.parquet"))
        bits = open_recording(run).counts().counts.sum()
    assert abs(bits / (n_samples * n_neurons) - active) < 0.01
    return files / (4 * n_samples * n_neurons)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    if not KEEPING_MEMORY.items() <= os.environ.items():
        again = [sys.executable, "-m", "benchmarks.recorder", *sys.argv[1:]]
        sys.exit(subprocess.run(again, env=os.environ | KEEPING_MEMORY, check=False).returncode)
    torch.set_num_threads(1)
    print(f"{'main-thread CPU over the bare forward pass':<46} ratio   ceiling")
    missed = []
    for name, ratio in compare(arguments.rounds).items():
        ceiling = CEILINGS.get(name)
        print(f"{name:<46} {ratio:5.3f}   {'' if ceiling is None else f'{ceiling:.2f}'}")
        if ceiling is not None and ratio > ceiling:
            missed.append(name)
    share = mask_share()
    print(
        f"files of a mask, {MASK_ACTIVE:.0%} active: {share:.2%} of float32, ceiling {MASK_CEILING:.1%}"
    )
    if share > MASK_CEILING:
        missed.append("size of mask files")
    if missed:
        sys.exit(f"above the ceiling: {', '.join(missed)}")


if __name__ == "__main__":
    main()
