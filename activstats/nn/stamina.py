"""Stamina of the neurons of a layer: gained by firing, lost in silence, and death at zero."""

from __future__ import annotations

import math
from typing import Literal, cast

import torch
from torch import nn

from activstats.errors import DomainError
from activstats.nn.walks import walked

Signal = Literal["output", "firing"]
_SIGNALS = ("output", "firing")


class Stamina(nn.Module):
    """Stamina of each neuron, kept exactly, sample by sample.

    s goes to min(cap, s + a) when the neuron fires with output a, and to s − p when it is silent; at
    s ≤ 0 it is dead. Without a penalty of its own the module first watches: call `begin` after an
    epoch, which sets p to `ratio` times the median p* = E[a]/(1 − r) of the neurons that fired, and
    all stamina to life·p.

    Parameters
    ----------
    n_neurons : int
        Neurons.
    penalty : float, optional
        p in units of the output, at work from the first sample on: the absolute form.
    ratio : float
        p over the median p*, where no penalty is given.
    life : float
        Samples that a neuron lives in silence from the start.
    cap : float
        Most stamina, in starts.
    signal : {"output", "firing"}
        What a firing neuron gains: its output, or 1.

    Attributes
    ----------
    stamina, penalty, alive : tensor
        Buffers, kept in the state dict; `penalty` is 0 before `begin`, when nobody can die.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    Examples
    --------
    >>> stamina = Stamina(2, penalty=0.5, life=3)
    >>> stamina.update(torch.tensor([[1.0, 0.0], [0.0, 0.0], [2.0, 0.0]]))
    >>> stamina.stamina, stamina.alive
    (tensor([3., 0.]), tensor([ True, False]))
    """

    stamina: torch.Tensor
    penalty: torch.Tensor
    alive: torch.Tensor
    total: torch.Tensor
    fired: torch.Tensor
    seen: torch.Tensor

    def __init__(
        self,
        n_neurons: int,
        *,
        penalty: float | None = None,
        ratio: float = 1.0,
        life: float = 500.0,
        cap: float = 2.0,
        signal: Signal = "output",
    ) -> None:
        super().__init__()
        _check(n_neurons, penalty, ratio, life, cap, signal)
        self.ratio, self.life, self.cap, self.signal = ratio, life, cap, signal
        p = 0.0 if penalty is None else penalty
        # Before it begins nobody loses anything, and any positive stamina will do.
        self.register_buffer("stamina", torch.full((n_neurons,), life * p if p else 1.0))
        self.register_buffer("penalty", torch.tensor(p))
        self.register_buffer("alive", torch.ones(n_neurons, dtype=torch.bool))
        self.register_buffer("total", torch.zeros(n_neurons))
        self.register_buffer("fired", torch.zeros(n_neurons))
        self.register_buffer("seen", torch.zeros(()))

    @property
    def n_neurons(self) -> int:
        """Neurons, dead ones included."""
        return len(self.stamina)

    @torch.no_grad()
    def update(self, outputs: torch.Tensor, fires: torch.Tensor | None = None) -> None:
        """Go through a batch of outputs in the order of its samples.

        Parameters
        ----------
        outputs : tensor of float, shape (..., n_neurons)
            Not negative.
        fires : tensor of bool or of 0 and 1, same shape, optional
            Which of them are firings; those above 0 if left out.
        """
        outputs = outputs.detach().reshape(-1, outputs.shape[-1]).to(self.stamina.dtype)
        firing = outputs.sign() if fires is None else fires.reshape(outputs.shape).to(outputs.dtype)
        gain = firing if self.signal == "firing" else outputs * firing
        self.total += gain.sum(dim=0)
        self.fired += firing.sum(dim=0)
        self.seen += len(outputs)
        change = (firing - 1) * self.penalty + gain
        most = torch.where(self.penalty > 0, self.cap * self.life * self.penalty, torch.inf)
        end, lowest = walked(change, self.stamina, most)
        self.alive &= lowest > 0
        self.stamina.copy_(torch.where(self.alive, end, torch.zeros_like(end)))

    @torch.no_grad()
    def balancing(self) -> torch.Tensor:
        """Return p* = E[a]/(1 − r) of each neuron from all samples since the last `begin`."""
        seen = self.seen.clamp(min=1)
        return torch.where(
            self.fired < self.seen, self.total / (seen - self.fired).clamp(min=1), torch.inf
        )

    @torch.no_grad()
    def begin(self) -> None:
        """Set the penalty from what was watched, fill everybody's stamina and forget the rest.

        Where nothing fired yet there is no scale, and the module goes on watching.
        """
        balancing = self.balancing()
        firing = balancing[(balancing > 0) & self.alive]
        if firing.numel() == 0 or not bool(torch.isfinite(firing.median())):
            return
        self.set_penalty(self.ratio * float(firing.median()))

    @torch.no_grad()
    def set_penalty(self, penalty: float) -> None:
        """Set the penalty in units of the output, and fill everybody's stamina."""
        self.penalty.fill_(penalty)
        self.stamina.copy_(torch.where(self.alive, self.life * self.penalty, torch.zeros(())))
        for sums in (self.total, self.fired, self.seen):
            sums.zero_()

    def keep(self, kept: torch.Tensor) -> None:
        """Drop what belongs to neurons that are gone."""
        for name in ("stamina", "alive", "total", "fired"):
            setattr(self, name, getattr(self, name)[kept].clone())

    def extra_repr(self) -> str:
        """Return what stands between the brackets of the module's text."""
        told = f"{self.n_neurons}, ratio={self.ratio:g}, life={self.life:g}, cap={self.cap:g}"
        return f"{told}, signal={self.signal!r}"


def _check(
    n_neurons: int, penalty: float | None, ratio: float, life: float, cap: float, signal: str
) -> None:
    if not isinstance(cast("object", n_neurons), int) or n_neurons < 1:
        raise DomainError("stamina belongs to neurons.", got=n_neurons, allowed=">= 1")
    for name, value in (("penalty", penalty), ("ratio", ratio), ("life", life)):
        if value is not None and not 0 < value < math.inf:
            raise DomainError(f"'{name}' must be positive and finite.", got=value)
    if not 1 <= cap < math.inf:
        raise DomainError("stamina starts below its cap.", got=cap, allowed="1 <= cap < ∞")
    if signal not in _SIGNALS:
        raise DomainError("there is no such signal.", got=signal, allowed=" or ".join(_SIGNALS))
