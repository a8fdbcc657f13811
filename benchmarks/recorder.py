"""What recording costs: main-thread CPU over the bare forward pass, and memory.

    python -m benchmarks.recorder [--rounds 30]

Every candidate runs four batches a round, in an order drawn anew, next to four bare ones; the
figure is the ratio of the sums over all rounds, so that every chunk that is closed and every shard
that is written is in it. The control is a second bare pass, which should read 1.00.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from activstats import Recorder
from benchmarks.transformer import BLOCKS, NEURONS, WIDTH, batches, transformer

Pass = Callable[[torch.Tensor], object]
BATCHES = 4  # a chunk's worth
WARM_UP = 2  # rounds that compile and allocate
CEILINGS = {
    "counts, above(0)": 1.05,
    "mask, above(0)": 1.07,
    "counts, top1%": 1.12,
    "mask, top1%": 1.12,
}


def candidates(stack: contextlib.ExitStack, folder: Path) -> dict[str, tuple[Pass, Pass]]:
    """Return, by name, a bare pass and the same pass with something recorded."""
    found: dict[str, tuple[Pass, Pass]] = {}
    bare = transformer()
    found["control (bare again)"] = (bare, bare)
    for name in CEILINGS:
        mode, rule = name.split(", ")
        model = transformer()
        recorder = stack.enter_context(
            Recorder(model, folder / name, layers="*.act", rule=rule, mode=mode, rotate_seconds=10)
        )
        found[name] = (bare, recording_pass(model, recorder))
    found["keep references in memory"] = (bare, keeping_pass(transformer()))
    found["torch.save float32"] = (bare, saving_pass(transformer(), folder))
    with contextlib.suppress(ImportError):
        found["TransformerLens run_with_cache, in memory"] = lens_passes()
    return found


def recording_pass(model: torch.nn.Module, recorder: Recorder) -> Pass:
    def run(x: torch.Tensor) -> None:
        with recorder.batch():
            model(x)

    return run


def keeping_pass(model: torch.nn.Module) -> Pass:
    kept: list[torch.Tensor] = []
    for block in model:
        block.act.register_forward_hook(lambda _m, _i, output: kept.append(output))

    def run(x: torch.Tensor) -> None:
        kept.clear()
        model(x)

    return run


def saving_pass(model: torch.nn.Module, folder: Path) -> Pass:
    for place, block in enumerate(model):
        target = folder / f"saved-{place}.pt"
        block.act.register_forward_hook(lambda _m, _i, output, t=target: torch.save(output, t))
    return model


def lens_passes() -> tuple[Pass, Pass]:
    from transformer_lens import HookedTransformer, HookedTransformerConfig

    model = HookedTransformer(
        HookedTransformerConfig(
            n_layers=BLOCKS, d_model=WIDTH, d_mlp=NEURONS, d_head=64, n_heads=4, n_ctx=128,
            d_vocab=1000, act_fn="relu", device="cpu", seed=0,
        )
    ).eval()  # fmt: skip
    tokens = torch.randint(1000, (16, 128), generator=torch.Generator().manual_seed(2))
    wanted = [f"blocks.{place}.mlp.hook_post" for place in range(BLOCKS)]
    return (
        lambda _: model(tokens, return_type=None, stop_at_layer=BLOCKS),
        lambda _: model.run_with_cache(
            tokens, return_type=None, stop_at_layer=BLOCKS, names_filter=wanted
        ),
    )


def cpu(run: Pass, x: torch.Tensor) -> float:
    start = time.thread_time()
    run(x)
    return time.thread_time() - start


def compare(rounds: int) -> dict[str, float]:
    """Return the ratio of each candidate to its bare pass."""
    totals: dict[str, list[float]] = {}
    inputs = batches(BATCHES)
    draw = random.Random(0)
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack, torch.no_grad():
        found = candidates(stack, Path(folder))
        for number in range(rounds + WARM_UP):
            order = list(found)
            draw.shuffle(order)
            for name in order:
                bare, loaded = found[name]
                pair = [(bare, 0), (loaded, 1)]
                draw.shuffle(pair)
                for run, which in pair:
                    spent = sum(cpu(run, x) for x in inputs)
                    if number >= WARM_UP:
                        totals.setdefault(name, [0.0, 0.0])[which] += spent
    return {name: loaded / bare for name, (bare, loaded) in totals.items()}


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
