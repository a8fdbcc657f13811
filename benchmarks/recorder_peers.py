"""What others do about the outputs of four ReLU layers: keep them in memory, or save them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.candidate import Candidate
from benchmarks.transformer import BLOCKS, transformer

TORCHLENS = "torchlens record, in memory"
"""Wraps the functions of torch for as long as the process lives, so it must be measured last."""


def peers(folder: Path) -> dict[str, Candidate]:
    """Return those that are installed, by name."""
    found = {
        "keep references in memory": keeping(),
        "torch.save float32": saving(folder),
    }
    for name, make in (
        ("TransformerLens run_with_cache, in memory", lens),
        ("nnsight cache, in memory", nnsight_cache),
    ):
        with contextlib.suppress(ImportError):
            found[name] = make()
    return found


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


def nnsight_cache() -> Candidate:
    """Return the model in a trace of nnsight that caches its ReLU modules."""
    from nnsight import NNsight

    model = transformer()
    traced = NNsight(model)
    modules = [block.act for block in traced]

    def cached(x: torch.Tensor) -> object:
        with traced.trace(x) as tracer:
            cache = tracer.cache(modules=modules)
        return cache  # noqa: RET504  (nnsight binds it when the block ends)

    if len(cached(torch.zeros(1, 2, model[0].norm1.normalized_shape[0])).keys()) != BLOCKS:
        raise RuntimeError("nnsight did not cache the four ReLU modules")
    return Candidate(model, cached)


def torchlens_record() -> Candidate:
    """Return the model recorded by torchlens, its ReLU operations kept."""
    import torchlens

    model = transformer()
    relu = torchlens.func("relu")
    return Candidate(model, lambda x: torchlens.record(model, x, save=relu))
