"""What the layers of `activstats.nn` cost: CPU over `nn.Linear`, as ratios within one run.

    python -m benchmarks.layers [--rounds 30]

One thread, 256 samples of 1,024 inputs, 1,024 neurons. Candidates and what they are held against take
turns; the figure is the median ratio over rounds. The control is the same layer twice.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch import nn

from activstats.nn import HebbianLinear, add_mask, advance_masks, remove_masks

CEILING = 1.15
SAMPLES, WIDTH, WARM_UP = 256, 1024, 3
Pair = tuple[Callable[[], object], Callable[[], object]]


def hebbian() -> dict[str, Pair]:
    """HebbianLinear beside a linear layer with its ReLU: a training step, and evaluation."""
    x = torch.randn(SAMPLES, WIDTH, generator=torch.Generator().manual_seed(0))
    x = nn.functional.normalize(x, dim=1)
    linear = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU())
    optimizer = torch.optim.SGD(linear.parameters(), lr=1e-3)

    def step() -> None:
        optimizer.zero_grad()
        linear(x).square().mean().backward()
        optimizer.step()

    def control() -> None:
        step()

    @torch.no_grad()
    def forward() -> torch.Tensor:
        return linear(x)

    found: dict[str, Pair] = {"control: linear training step twice": (control, step)}
    for winners in (1, 32):
        layer = HebbianLinear(WIDTH, WIDTH, winners=winners)
        layer(x)
        layer.begin()
        still = HebbianLinear(WIDTH, WIDTH, winners=winners).eval()
        name = f"HebbianLinear, {winners} winner{'s' if winners > 1 else ''}"
        found[f"{name}: training step"] = (lambda layer=layer: layer(x), step)
        found[f"{name}: evaluation"] = (torch.no_grad()(lambda still=still: still(x)), forward)
    return found


def lambda_masks() -> dict[str, Pair]:
    """A masked linear layer beside a plain one: a training step with its advance, and evaluation."""
    x = torch.randn(SAMPLES, WIDTH, generator=torch.Generator().manual_seed(0))

    def stepping(model: nn.Module) -> Callable[[], None]:
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)

        def step() -> None:
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()
            advance_masks(model)

        return step

    def plain() -> nn.Sequential:
        return nn.Sequential(nn.Linear(WIDTH, WIDTH))

    found: dict[str, Pair] = {}
    for name, settings in (
        ("LambdaMask, 75 % at random", {}),
        ("LambdaMask, 75 % least active", {"choice": "least_active"}),
    ):
        masked, beside = plain(), plain()
        add_mask(masked, "0", open_at=10**9, **settings)
        found[f"{name}: training step"] = (stepping(masked), stepping(beside))
    still, beside = plain().eval(), plain().eval()
    add_mask(still, "0", open_at=None)
    with_mask, without = (
        torch.no_grad()(lambda model=model: model(x)) for model in (still, beside)
    )
    found["LambdaMask: evaluation"] = (with_mask, without)
    taken, beside = plain(), plain()
    add_mask(taken, "0", open_at=0)
    remove_masks(taken)
    found["LambdaMask, removed: training step"] = (stepping(taken), stepping(beside))
    return found


def ratio(pair: Pair, rounds: int) -> float:
    ratios = []
    for number in range(rounds + WARM_UP):
        seconds = []
        for run in pair:
            begun = time.process_time()
            run()
            seconds.append(time.process_time() - begun)
        if number >= WARM_UP:
            ratios.append(seconds[0] / seconds[1])
    return statistics.median(ratios)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    for name, pair in (hebbian() | lambda_masks()).items():
        print(f"{name:<44} {ratio(pair, rounds):.2f}  (ceiling {CEILING:g})")


if __name__ == "__main__":
    main()
