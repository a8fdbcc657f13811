"""Layers for PyTorch models, after the sources whose claims are tested here."""

from activstats.nn.apoptosis import remove_dead, remove_units
from activstats.nn.balanced_relu import BalancedReLU
from activstats.nn.hebbian_linear import HebbianLinear
from activstats.nn.lambda_mask import LambdaMask
from activstats.nn.masking import add_mask, advance_masks, mask_notes, remove_masks
from activstats.nn.stamina import Stamina

__all__ = [
    "BalancedReLU",
    "HebbianLinear",
    "LambdaMask",
    "Stamina",
    "add_mask",
    "advance_masks",
    "mask_notes",
    "remove_dead",
    "remove_masks",
    "remove_units",
]
