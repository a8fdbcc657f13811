"""When a neuron counts as activated: an array of activations in, a boolean array out.

A rule looks at activations of shape (..., n_neurons), the last axis being the layer, and works on
NumPy arrays and torch tensors alike. Each rule has a `name` that can be written to a file and read
back with `parse_rule`.

NaN and infinite activations never activate a neuron, and never take a place among the largest.
"""

from activstats.rules.base import Array, Rule
from activstats.rules.names import DEFAULT_RULE, RULES, parse_rule
from activstats.rules.quantile import LayerQuantile
from activstats.rules.ranks import Argmax, FractionOfMax, TopFraction, TopK
from activstats.rules.thresholds import Above, AbsAbove

above = Above
abs_above = AbsAbove
top_k = TopK
top_fraction = TopFraction
argmax = Argmax
fraction_of_max = FractionOfMax
quantile = LayerQuantile

__all__ = [
    "DEFAULT_RULE",
    "RULES",
    "Above",
    "AbsAbove",
    "Argmax",
    "Array",
    "FractionOfMax",
    "LayerQuantile",
    "Rule",
    "TopFraction",
    "TopK",
    "above",
    "abs_above",
    "argmax",
    "fraction_of_max",
    "parse_rule",
    "quantile",
    "top_fraction",
    "top_k",
]
