"""The model that recorders are measured on: a GPT-2-like stack of 4 blocks, width 256, ReLU 1024."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import relu, scaled_dot_product_attention

WIDTH, HEADS, NEURONS, BLOCKS = 256, 4, 1024, 4
SEQUENCES, TOKENS = 16, 128


class Block(nn.Module):
    """Attention and a ReLU layer, each with its residual; the ReLU a module or a plain function."""

    def __init__(self, *, functional: bool) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, NEURONS), nn.Linear(NEURONS, WIDTH)
        self.act = relu if functional else nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, time, _ = x.shape
        q, k, v = (
            self.qkv(self.norm1(x))
            .view(batch, time, 3, HEADS, WIDTH // HEADS)
            .permute(2, 0, 3, 1, 4)
        )
        mixed = scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, time, WIDTH))
        return x + self.down(self.act(self.up(self.norm2(x))))


def transformer(*, functional: bool = False) -> nn.Module:
    """Return the model with random weights, the same each time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(*(Block(functional=functional) for _ in range(BLOCKS))).eval()


def batches(n: int) -> list[torch.Tensor]:
    """Return n different batches of 2,048 tokens: 33.5 MB of ReLU activations each."""
    rng = torch.Generator().manual_seed(1)
    return [torch.randn(SEQUENCES, TOKENS, WIDTH, generator=rng) for _ in range(n)]
