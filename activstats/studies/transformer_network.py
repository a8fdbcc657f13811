"""A small character-level transformer: blocks with the normalisation in front, causal attention."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from activstats.errors import DomainError
from activstats.studies.splits import WEIGHTS, stream
from activstats.studies.transformer_settings import BLOCKS, GATED, RELU

_SMALL = 0.02  # SD of embeddings, as in GPT-2


class GatedMLP(nn.Module):
    """SiLU(gate) × up, then down: the product exists only as the input of ``down``.

    Shazeer 2020, arXiv 2002.05202, there called SwiGLU; here without the factor 2/3 on the width, so
    that networks of all kinds of blocks have as many neurons.
    """

    def __init__(self, features: int, neurons: int) -> None:
        super().__init__()
        self.gate = nn.Linear(features, neurons)
        self.up = nn.Linear(features, neurons)
        self.down = nn.Linear(neurons, features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map features to features."""
        return self.down(functional.silu(self.gate(x)) * self.up(x))  # type: ignore[no-any-return]


class PlainMLP(nn.Module):
    """Up, ReLU or GELU, then down."""

    def __init__(self, features: int, neurons: int, activation: nn.Module) -> None:
        super().__init__()
        self.up = nn.Linear(features, neurons)
        self.activation = activation
        self.down = nn.Linear(neurons, features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map features to features."""
        return self.down(self.activation(self.up(x)))  # type: ignore[no-any-return]


class CausalAttention(nn.Module):
    """Attention of several heads, each token to itself and to those before it."""

    def __init__(self, features: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(features, 3 * features)
        self.out = nn.Linear(features, features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map features to features."""
        batch, time, features = x.shape
        split = self.qkv(x).view(batch, time, 3, self.heads, features // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.out(seen.transpose(1, 2).reshape(batch, time, features))  # type: ignore[no-any-return]


class Block(nn.Module):
    """Attention and an MLP, each added to what it gets in normalised form."""

    def __init__(self, features: int, heads: int, mlp: nn.Module) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(features)
        self.attention = CausalAttention(features, heads)
        self.norm2 = nn.LayerNorm(features)
        self.mlp = mlp

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map features to features."""
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))  # type: ignore[no-any-return]


class Transformer(nn.Module):
    """Tokens to logits of the next token; made by `transformer`, which fills the weights in."""

    def __init__(self, *, tokens: int, context: int, features: int, blocks: list[Block]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, features)
        self.places = nn.Parameter(torch.empty(context, features))
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.LayerNorm(features)
        self.head = nn.Linear(features, tokens)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Map tokens of shape (batch, time) to logits of shape (batch, time, n_tokens)."""
        x = self.embedding(tokens) + self.places[: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))  # type: ignore[no-any-return]


def transformer(
    *, tokens: int, context: int, features: int, heads: int, neurons: int, block: str, depth: int, seed: int
) -> Transformer:  # fmt: skip
    """Return an untrained transformer; its neurons are the inputs of ``blocks.*.mlp.down``.

    Parameters
    ----------
    tokens, context : int
        Different tokens, and most tokens in a row.
    features, heads : int
        Width of the residual stream, and of how many heads the attention consists.
    neurons : int
        Neurons of each MLP, N.
    block : {"gated", "relu", "gelu"}
        What the MLPs are.
    depth : int
        Blocks.
    seed : int
        Of the weights: as torch draws them by default, the embeddings normal with SD .02, but from a
        generator of their own. torch's global random state is neither read nor changed.

    Returns
    -------
    Transformer
        float32, on the CPU.

    Raises
    ------
    DomainError
        If there is no such block, or the features cannot be shared among the heads.
    """
    if block not in BLOCKS or features % heads:
        raise DomainError(
            "there is no such transformer.",
            got=f"block {block!r}, {features} features, {heads} heads",
            allowed=f"blocks {', '.join(BLOCKS)}; features that the heads share evenly",
        )
    # Made without memory and given it unfilled: torch would draw from its global state.
    with torch.device("meta"):
        blocks = [Block(features, heads, _mlp(block, features, neurons)) for _ in range(depth)]
        made = Transformer(tokens=tokens, context=context, features=features, blocks=blocks)
    made = made.to_empty(device="cpu")
    seeds = stream(WEIGHTS, seed).integers(2**63, size=1)
    _fill(made, torch.Generator().manual_seed(int(seeds[0])))
    return made


def neuron_layers(depth: int) -> tuple[str, ...]:
    """Return the names of the layers of neurons, as the recorder knows them.

    Examples
    --------
    >>> neuron_layers(2)
    ('blocks.0.mlp.down:in', 'blocks.1.mlp.down:in')
    """
    return tuple(f"blocks.{place}.mlp.down:in" for place in range(depth))


def _mlp(block: str, features: int, neurons: int) -> nn.Module:
    if block == GATED:
        return GatedMLP(features, neurons)
    return PlainMLP(features, neurons, nn.ReLU() if block == RELU else nn.GELU())


def _fill(network: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.Linear):
                bound = 1 / math.sqrt(module.in_features)
                module.weight.uniform_(-bound, bound, generator=generator)
                module.bias.uniform_(-bound, bound, generator=generator)
            elif isinstance(module, nn.LayerNorm):
                module.reset_parameters()
            elif isinstance(module, nn.Embedding):
                module.weight.normal_(0, _SMALL, generator=generator)
            elif isinstance(module, Transformer):
                module.places.normal_(0, _SMALL, generator=generator)
