"""Training of one Hebbian layer, with stamina, pruned half-way, or left whole."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune

from activstats.nn.hebbian_linear import HebbianLinear
from activstats.nn.stamina import Signal
from activstats.studies.splits import Samples, Splits, batches, stream
from activstats.studies.stamina_settings import CONDITIONS, SIGNALS, StaminaRun, StaminaSettings

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEIGHTS, _READOUT_PENALTY = 70, 0.1
PRUNINGS = ("random removal", "magnitude pruning", "frequency pruning")
AtStep = Callable[[torch.Tensor], None]


def directions(samples: Samples) -> torch.Tensor:
    """Return the features of each sample at unit length: what counts is their direction."""
    return functional.normalize(torch.tensor(samples.features), dim=1)


@dataclass(frozen=True, eq=False)
class LayerTrainer:
    """Trains layers that begin alike and see the same samples in the same order.

    What several of them have in common, a warm-up or the half before a pruning, is trained once.

    Parameters
    ----------
    run : StaminaRun
        Condition and seed.
    splits : Splits
        Data; the validation split is not used.
    settings : StaminaSettings
        Epochs, batches, learning rate.
    """

    run: StaminaRun
    splits: Splits
    settings: StaminaSettings

    @property
    def steps_per_epoch(self) -> int:
        """Steps in which every training sample is seen once, nearly."""
        return max(1, len(self.splits.pool) // self.settings.batch_size)

    def layer(self, signal: Signal = "output") -> HebbianLinear:
        """Return a layer before its training."""
        winners, start = CONDITIONS[self.run.condition]
        seed = int(stream(_WEIGHTS, self.run.seed).integers(2**63))
        generator = torch.Generator().manual_seed(seed)
        layer = HebbianLinear(
            self.splits.n_features, self.settings.width, winners=winners,
            learning_rate=self.settings.learning_rate, signal=signal, generator=generator,
        )  # fmt: skip
        if start == "data":
            x = directions(self.splits.pool)
            rows = torch.randperm(len(x), generator=generator)[: self.settings.width]
            layer.weight.data.copy_(x[rows])
        return layer

    def warm(self, signal: Signal = "output") -> HebbianLinear:
        """Return a layer after the warm-up, before its stamina begins."""
        return deepcopy(self._warm[signal])

    def finish(self, layer: HebbianLinear, at_step: AtStep | None = None) -> HebbianLinear:
        """Train a layer from the end of the warm-up on, and return it in evaluation mode.

        Parameters
        ----------
        layer : HebbianLinear
            Trained in place.
        at_step : callable, optional
            Passes a batch through the layer, in place of the layer itself.
        """
        self._pass(layer, self._rows[self._watched :], at_step)
        return layer.eval()

    def with_stamina(self, ratio: float, signal: Signal) -> HebbianLinear:
        """Return a trained layer whose dead neurons were taken out; it may have none left."""
        layer = self.warm(signal)
        layer.stamina.ratio = ratio
        layer.begin()
        self.finish(layer)
        if bool(layer.stamina.alive.any()):
            layer.keep(layer.stamina.alive)
        return layer

    def pruned(self, how: str, n_kept: int) -> HebbianLinear:
        """Return a layer that was cut to a size half-way through its training, and trained on."""
        layer = deepcopy(self._half_way)
        layer.keep(self._kept(layer, how, n_kept))
        self._pass(layer, self._rows[len(self._rows) // 2 :])
        return layer.eval()

    @cached_property
    def _warm(self) -> dict[Signal, HebbianLinear]:
        """Layers after the warm-up: no penalty is at work in it, so all penalties share it."""
        found = {signal: self.layer(signal) for signal in SIGNALS}
        for layer in found.values():
            self._pass(layer, self._rows[: self._watched])
        return found

    @cached_property
    def _half_way(self) -> HebbianLinear:
        half = len(self._rows) // 2
        begun = self._watched if self._watched <= half else 0
        layer = self.warm() if begun else self.layer()
        self._pass(layer, self._rows[begun:half])
        return layer

    @property
    def _watched(self) -> int:
        return self.settings.warm_up * self.steps_per_epoch

    @cached_property
    def _inputs(self) -> torch.Tensor:
        return directions(self.splits.pool)

    @cached_property
    def _rows(self) -> torch.Tensor:
        return torch.from_numpy(
            batches(
                len(self.splits.pool),
                steps=self.settings.epochs * self.steps_per_epoch,
                batch_size=self.settings.batch_size,
                seed=self.run.seed,
            )
        )

    def _pass(
        self, layer: HebbianLinear, steps: torch.Tensor, at_step: AtStep | None = None
    ) -> None:
        for rows in steps:
            (at_step or layer)(self._inputs[rows])

    def _kept(self, layer: HebbianLinear, how: str, n_kept: int) -> torch.Tensor:
        """Return which neurons one of the `PRUNINGS` keeps."""
        # Torch prunes a parameter in place of a module; a twin leaves the layer as it is.
        twin = nn.Linear(layer.in_features, layer.out_features, bias=False, device="meta")
        twin.to_empty(device="cpu").load_state_dict({"weight": layer.weight})
        scores = None
        if how != "magnitude pruning":
            if how == "random removal":
                key = int.from_bytes(self.run.condition.encode()[:4], "little")
                drawn = stream(_WEIGHTS + 1, self.run.seed, key).random(layer.out_features) + 0.1
                neuron = torch.tensor(drawn, dtype=torch.float32)
            else:
                neuron = layer.stamina.fired + 1
            scores = neuron[:, None].expand_as(twin.weight).contiguous()
        n_cut = layer.out_features - n_kept
        prune.ln_structured(twin, "weight", n_cut, n=2, dim=0, importance_scores=scores)  # type: ignore[no-untyped-call]
        return cast("torch.Tensor", twin.weight_mask)[:, 0].bool()


@torch.no_grad()
def outputs_of(layer: HebbianLinear, samples: Samples) -> NDArray[np.float64]:
    """Return the outputs of a layer in evaluation, shape (n_samples, n_neurons)."""
    layer.eval()
    found: NDArray[np.float64] = layer(directions(samples)).numpy().astype(np.float64)
    return found


def read_out(layer: HebbianLinear, splits: Splits) -> float:
    """Return the share of the test split that a linear read-out of the layer classifies right.

    Ridge regression on the classes, fitted anew to the outputs on the training pool: the layer itself
    knows nothing of labels, and each way to choose neurons gets the best read-out of its own.
    """
    from sklearn.linear_model import RidgeClassifier

    model = RidgeClassifier(alpha=_READOUT_PENALTY)
    model.fit(outputs_of(layer, splits.pool), splits.pool.labels)
    return float(model.score(outputs_of(layer, splits.test), splits.test.labels))
