"""A linear layer that learns locally, whose neurons compete and live by being used."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import nn
from torch.nn import functional

from activstats.errors import DomainError, LayerNotFoundError
from activstats.nn.competition import (
    Competition,
    check_competition,
    compete,
    firings,
    warn_of_collapse,
)
from activstats.nn.stamina import Signal, Stamina

Rule = Literal["oja", "hebb"]
_RULES = ("oja", "hebb")
# A neuron that never fired is helped as if it fired so much less than the mean.
_LEAST_SHARE = 1e-3


class HebbianLinear(nn.Module):
    """Linear layer with Hebbian learning, competition and stamina.

    In training mode every forward pass changes the weights and the stamina; no gradient passes
    through. In evaluation mode it is a layer like others: linear map, competition, output. Dead
    neurons are silent until `activstats.nn.remove_dead` takes them out.

    Parameters
    ----------
    in_features, out_features : int
        Inputs and neurons.
    learning_rate : float
        η, for a batch: Δw = η·mean(y x − y² w); the second term, Oja's, keeps weights near unit
        length (Oja 1982, J. Math. Biol. 15, eq. 3) and is absent from plain Hebb.
    rule : {"oja", "hebb"}
        With Oja's term or without.
    competition : {"k-winners", "softmax", "none"}
        See `activstats.nn.competition.compete`.
    winners, temperature : int, float
        Of the competition.
    penalty, ratio, life, cap, signal
        Of the stamina, see `Stamina`: a scale-free penalty once `begin` was called, or an absolute
        one from the start.
    discouragement : float
        γ: −γ·log(E_i/mean E) is added to the drive of neuron i, with E_i its running mean output, so
        that expected outputs become uniform.
    momentum : float
        Share of a batch in the running means.
    generator : torch.Generator, optional
        Of the initial weights: random directions of unit length.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    Warns
    -----
    ActivstatsWarning
        For plain Hebb, whose weights grow without bound; without competition, when all neurons turn
        to one direction and their evenness means nothing.

    Notes
    -----
    With 256 samples, 1,024 inputs and neurons, and 1 winner or 32, a training step takes 1.1 times the
    CPU of `nn.Linear` with gradient and SGD, and evaluation 1.05 times that of `nn.Linear` with ReLU
    (`benchmarks.layers`).

    Examples
    --------
    >>> layer = HebbianLinear(8, 16, winners=2, generator=torch.Generator().manual_seed(0))
    >>> int((layer(torch.ones(4, 8)) > 0).sum(dim=1).max())
    2
    """

    expected: torch.Tensor

    def __init__(  # noqa: PLR0913  (a layer is set up in one call)
        self,
        in_features: int,
        out_features: int,
        *,
        learning_rate: float = 0.5,
        rule: Rule = "oja",
        competition: Competition = "k-winners",
        winners: int = 1,
        temperature: float = 0.1,
        penalty: float | None = None,
        ratio: float = 1.0,
        life: float = 500.0,
        cap: float = 2.0,
        signal: Signal = "output",
        discouragement: float = 0.0,
        momentum: float = 0.05,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        check_competition(competition, winners, temperature)
        _check(in_features, learning_rate, rule, discouragement, momentum)
        warn_of_collapse(rule, competition)
        self.in_features = in_features
        self.learning_rate, self.rule = learning_rate, rule
        self.competition, self.winners, self.temperature = competition, winners, temperature
        self.discouragement, self.momentum = discouragement, momentum
        self.stamina = Stamina(
            out_features, penalty=penalty, ratio=ratio, life=life, cap=cap, signal=signal
        )
        drawn = torch.empty(out_features, in_features)
        drawn.normal_(generator=generator or torch.Generator().manual_seed(0))
        self.weight = nn.Parameter(functional.normalize(drawn, dim=1), requires_grad=False)
        self.register_buffer("expected", torch.zeros(out_features))

    @property
    def out_features(self) -> int:
        """Neurons, dead ones included."""
        return int(self.weight.shape[0])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the outputs of the neurons, shape (..., out_features), none negative."""
        if not self.training:
            return self._respond(x)
        with torch.no_grad():
            outputs = self._respond(x)
            self._learn(x.reshape(-1, self.in_features), outputs.reshape(-1, self.out_features))
            self.stamina.update(outputs, firings(outputs, self.competition))
        return outputs

    def _respond(self, x: torch.Tensor) -> torch.Tensor:
        drive = functional.linear(x, self.weight, self.handicap())
        return compete(drive, self.competition, winners=self.winners, temperature=self.temperature)

    def handicap(self) -> torch.Tensor:
        """Return what is added to each neuron's drive, shape (out_features,); dead ones never win."""
        nothing = torch.zeros_like(self.expected)
        if self.discouragement:
            living = self.expected * self.stamina.alive
            mean = living.sum() / self.stamina.alive.sum().clamp(min=1)
            # Where nothing was put out yet everybody has the mean.
            share = torch.where(mean > 0, self.expected / mean.clamp(min=1e-30), nothing + 1)
            nothing = -self.discouragement * share.clamp(min=_LEAST_SHARE).log()
        return nothing.masked_fill(~self.stamina.alive, torch.finfo(nothing.dtype).min / 4)

    def _learn(self, x: torch.Tensor, outputs: torch.Tensor) -> None:
        """Take one Hebbian step; dead neurons put out nothing and so learn nothing."""
        if self.discouragement:
            self.expected.lerp_(outputs.mean(dim=0), self.momentum)
        if self.rule == "oja":
            decay = outputs.square().mean(dim=0)
            self.weight.mul_((1 - self.learning_rate * decay)[:, None])
        self.weight.addmm_(outputs.T, x, alpha=self.learning_rate / len(x))

    def begin(self) -> None:
        """End the time of watching: set the penalty, see `Stamina.begin`."""
        self.stamina.begin()

    @torch.no_grad()
    def keep(self, kept: torch.Tensor) -> None:
        """Keep some neurons only: the weights shrink, and all that belongs to them.

        Parameters
        ----------
        kept : tensor of bool, shape (out_features,)
            At least one.

        Raises
        ------
        LayerNotFoundError
            If nobody would be left.
        """
        if not bool(kept.any()):
            raise LayerNotFoundError("no neuron is left of the layer.", hint="a smaller penalty")
        self.weight = nn.Parameter(self.weight[kept].clone(), requires_grad=False)
        self.expected = self.expected[kept].clone()
        self.stamina.keep(kept)

    def extra_repr(self) -> str:
        """Return what stands between the brackets of the module's text."""
        told = f"{self.in_features}, {self.out_features}, rule={self.rule!r}"
        return f"{told}, competition={self.competition!r}, winners={self.winners}"


def _check(
    in_features: int, learning_rate: float, rule: str, discouragement: float, momentum: float
) -> None:
    if in_features < 1:
        raise DomainError("a layer needs inputs.", got=in_features, allowed=">= 1")
    if rule not in _RULES:
        raise DomainError("there is no such rule.", got=rule, allowed=" or ".join(_RULES))
    if not 0 < learning_rate < math.inf:
        raise DomainError("a learning rate is positive and finite.", got=learning_rate)
    if not 0 <= discouragement < math.inf:
        raise DomainError("'discouragement' is not negative.", got=discouragement, hint="0.05")
    if not 0 < momentum <= 1:
        raise DomainError("'momentum' is a share.", got=momentum, allowed="0 < momentum <= 1")
