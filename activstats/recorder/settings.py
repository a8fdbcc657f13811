"""What a user may say to the recorder, checked before anything is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from activstats.errors import RecorderError, RuleError
from activstats.recorder.device import REDUCE_ON, ReduceOn
from activstats.recorder.matrix import SampleUnit
from activstats.rules import LayerQuantile, Rule, parse_rule

Mode = Literal["counts", "mask", "values"]
ValuesType = Literal["float16", "float32"]
OneOrMoreRules: TypeAlias = str | Rule | Sequence[str | Rule]
Rules: TypeAlias = OneOrMoreRules | Mapping[str, OneOrMoreRules]

MEBIBYTE = 2**20
_SMALLEST_CHUNK = 64
_LARGEST_CHUNK = 8192


@dataclass(frozen=True)
class Settings:
    """How to record.

    Parameters
    ----------
    rules : mapping of str to tuple of Rule
        By layer; the key ``"*"`` stands for layers that are not named.
    mode : {"counts", "mask", "values"}
    sample_unit : {"item", "position"}, optional
    neuron_axis : int, optional
    chunk_samples : int
        Most samples in a chunk.
    memory_limit : int
        Bytes that open chunks and tables waiting to be written may take together.
    values_type : {"float16", "float32"}, optional
        What values are cast to in mode ``"values"``, half precision by default.
    reduce_on : {"auto", "host", "device"}
        Where activations are reduced.
    """

    rules: Mapping[str, tuple[Rule, ...]]
    mode: Mode
    sample_unit: SampleUnit | None
    neuron_axis: int | None
    chunk_samples: int
    memory_limit: int
    values_type: ValuesType | None = None
    reduce_on: ReduceOn = "auto"

    def __post_init__(self) -> None:
        _one_of("mode", self.mode, ("counts", "mask", "values"))
        _one_of("values_dtype", self.values_type, (None, "float16", "float32"))
        if self.values_type is not None and self.mode != "values":
            raise RecorderError(
                "values have a type only where values are kept.",
                got=f"values_dtype={self.values_type!r} with mode={self.mode!r}",
                hint='mode="values"',
            )
        _one_of("reduce_on", self.reduce_on, REDUCE_ON)
        _one_of("sample_unit", self.sample_unit, (None, "item", "position"))
        _whole_numbers(self)
        if self.chunk_samples not in range(_SMALLEST_CHUNK, _LARGEST_CHUNK + 1, _SMALLEST_CHUNK):
            raise RecorderError(
                "a chunk must be a multiple of 64 samples.",
                got=f"chunk_samples={self.chunk_samples}",
                allowed=f"{_SMALLEST_CHUNK}, {2 * _SMALLEST_CHUNK}, …, {_LARGEST_CHUNK}",
            )
        if self.memory_limit < MEBIBYTE:
            raise RecorderError(
                "the memory limit is too small to record anything.",
                got=f"{self.memory_limit} bytes",
                allowed=f"at least {MEBIBYTE}",
            )

    def rules_of(self, layer: str) -> tuple[Rule, ...]:
        """Return the rules of a layer.

        Raises
        ------
        RuleError
            If rules were given by layer and this one is not among them.
        """
        for key in (layer, "*"):
            if key in self.rules:
                return self.rules[key]
        raise RuleError(
            f"no rule was given for layer '{layer}'.",
            allowed=", ".join(self.rules),
            hint="name the layer, or '*' for all others",
        )

    @property
    def values_dtype(self) -> str:
        """Type that values are kept in, empty where they are not."""
        return (self.values_type or "float16") if self.mode == "values" else ""

    @property
    def chunk_bytes(self) -> int:
        """Bytes that the bits and values of the open chunks of all layers may take together.

        Full chunks that wait for the other thread may take as much again; and where more than counts
        is kept, so may the chunk that is being turned round.
        """
        return self.memory_limit // (4 if self.mode == "counts" else 6)

    @property
    def open_bytes(self) -> int:
        """Bytes at which open chunks are closed: of values early, so that they are encoded in time."""
        return self.chunk_bytes // (4 if self.mode == "values" else 1)

    def capacity(self, n_neurons: int) -> int:
        """Return the most samples that a chunk of a layer holds within the memory limit."""
        n_rules = max(len(rules) for rules in self.rules.values())
        value_bits = 8 * np.dtype(self.values_dtype).itemsize if self.values_dtype else 0
        bound = self.chunk_bytes * 8 // ((n_rules + value_bits) * n_neurons)
        whole = min(self.chunk_samples, bound) // _SMALLEST_CHUNK * _SMALLEST_CHUNK
        return max(_SMALLEST_CHUNK, whole)

    @property
    def rotate_bytes(self) -> int:
        """Bytes of waiting tables that cause a flush, which itself takes as much again."""
        return self.memory_limit // 4


def read_rules(rules: Rules) -> dict[str, tuple[Rule, ...]]:
    """Return the rules by layer, ``"*"`` standing for all.

    Raises
    ------
    RuleError
        If a rule is unknown, or a layer quantile has no threshold.
    """
    by_layer = rules if isinstance(rules, Mapping) else {"*": rules}
    return {layer: _read(some) for layer, some in by_layer.items()}


def _read(rules: OneOrMoreRules) -> tuple[Rule, ...]:
    if not isinstance(rules, str | Rule | Sequence):
        raise RuleError(
            "rules are given by name.", got=repr(rules), allowed="a name, a rule, or a list of them"
        )
    several = [rules] if isinstance(rules, str | Rule) else list(rules)
    read = {rule.name: rule for rule in map(parse_rule, several)}
    if not read:
        raise RuleError("no activation rule was given.", hint="rule='top1%', the default")
    for rule in read.values():
        if isinstance(rule, LayerQuantile) and not rule.is_calibrated:
            raise RuleError(
                f"rule '{rule.name}' has no threshold yet.",
                hint="activstats.recorder.calibrate(rule, model, batches, layers=…) gives the rules "
                "to record with",
            )
    return tuple(read.values())


def check_layers(rules: Mapping[str, tuple[Rule, ...]], layers: Sequence[str]) -> None:
    """Check that rules given by layer are given for layers that there are, and for all of them.

    Raises
    ------
    RuleError
        If a layer has no rule, or a rule no layer.
    """
    if "*" in rules:
        layers = [*layers, "*"]
    for layer in rules:
        if layer not in layers and "@" not in layer:
            raise RuleError(
                f"a rule was given for '{layer}', which is not recorded.",
                allowed=", ".join(layers),
            )
    missing = [layer for layer in layers if layer not in rules and "*" not in rules]
    if missing:
        raise RuleError(
            f"no rule was given for layer '{missing[0]}'.",
            allowed=", ".join(rules),
            hint="name the layer, or '*' for all others",
        )


def _whole_numbers(settings: Settings) -> None:
    for name in ("chunk_samples", "memory_limit", "neuron_axis"):
        value = getattr(settings, name)
        if not isinstance(value, int) and not (name == "neuron_axis" and value is None):
            raise RecorderError(f"{name} must be a whole number.", got=repr(value))


def _one_of(what: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise RecorderError(
            f"the recorder has no such {what}.",
            got=repr(value),
            allowed=", ".join(map(repr, allowed)),
        )
