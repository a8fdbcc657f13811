"""Schemas of the results of laws, read off their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from importlib import import_module
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np

from activstats.cli.schemas.parts import (
    ANYTHING,
    FLAG,
    NOTHING,
    NUMBER,
    TEXT,
    WHOLE,
    Schema,
    either,
    list_of,
    table_of,
)

# Every kind of result, and the module that it is in.
RESULTS = {
    "AssociationResult": "dynamics.association_result",
    "BestLossResult": "laws.loss.best_loss_result",
    "BoundedPowerLawResult": "laws.bounded_result",
    "CommonRateFit": "laws.common_rate",
    "CurveChoice": "laws.loss.choice_result",
    "DepthComparison": "laws.loss.depth_result",
    "ExponentAgreement": "laws.exponent_result",
    "ExponentComparison": "laws.loss.exponent_comparison",
    "FiringCourseResult": "dynamics.firing",
    "FluctuationResult": "dynamics.fluctuation_result",
    "GoodnessOfFit": "laws.goodness_result",
    "GrowthLawResult": "laws.growth_result",
    "InteriorOptimumResult": "dynamics.interior_optimum_result",
    "LawComparison": "laws.comparison_result",
    "LogitNormalFit": "laws.logit_normal",
    "LossDecayResult": "laws.loss.decay_result",
    "LossTransitionResult": "laws.loss.transition_result",
    "OptimumResult": "dynamics.tipping_optimum",
    "OrderTests": "laws.order_result",
    "ParticipationResult": "dynamics.participation_result",
    "PermutationBands": "laws.bands_result",
    "Pooled": "laws.pooled",
    "PowerLawTailResult": "laws.tail_result",
    "RateTrendResult": "dynamics.rate_trend",
    "ReplicateAgreement": "laws.replicates_result",
    "RivalComparison": "laws.bounded_rivals",
    "RuleSweep": "laws.swept",
    "StaminaLedgerResult": "dynamics.stamina_result",
    "TippingPointResult": "dynamics.tipping_result",
    "TippingShiftResult": "dynamics.tipping_shift",
    "TransitionAgreement": "laws.loss.agreement_result",
    "TransitionScaling": "laws.loss.scaling_result",
    "TwoWay": "laws.two_way_result",
    "ZeroInflatedFit": "laws.zero_inflated",
    "ZeroTruncatedFit": "laws.zero_truncated",
}
_SCALARS: dict[Any, Schema] = {
    float: NUMBER, int: WHOLE, bool: FLAG, str: TEXT, type(None): NOTHING, Any: ANYTHING,
}  # fmt: skip


def result_class(name: str) -> type[Any]:
    """Return the class of a kind of result."""
    found: type[Any] = getattr(import_module(f"activstats.{RESULTS[name]}"), name)
    return found


def result_schema(name: str) -> Schema:
    """Return the schema of what `to_json` writes of a result.

    Examples
    --------
    >>> result_schema("GoodnessOfFit")["properties"]["result"]
    {'const': 'GoodnessOfFit'}
    """
    schema = fields_schema(result_class(name))
    head = {"result": {"const": name}, "format": {"const": 1}}
    return {
        "type": "object",
        "properties": head | schema["properties"],
        "required": [*head, *schema["required"]],
    }


def fields_schema(kind: type[Any]) -> Schema:
    """Return the schema of an object with the fields of a dataclass."""
    # The hints of class variables need names that a module imports for type checkers alone.
    hints = get_type_hints(kind, localns={"Callable": Callable})
    properties = {field.name: _of(hints[field.name]) for field in fields(kind)}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _of(kind: Any) -> Schema:
    """Return the schema of a field."""
    origin = get_origin(kind)
    if kind in _SCALARS:
        return _SCALARS[kind]
    if origin is not None:
        return _of_parts(origin, get_args(kind))
    if issubclass(kind, Enum):
        return {"enum": [str(one.value) for one in kind]}
    if hasattr(kind, "_fields"):  # a named tuple is a list in JSON
        return {"type": "array", "prefixItems": [*map(_of, get_type_hints(kind).values())]}
    return fields_schema(kind)


def _of_parts(origin: Any, inner: tuple[Any, ...]) -> Schema:
    """Return the schema of a field whose kind is made of others."""
    if origin is Literal:
        return {"enum": list(inner)}
    if origin is np.ndarray:
        return list_of(either(NUMBER, FLAG, list_of(either(NUMBER, FLAG))))
    if origin in {tuple, list}:
        return list_of(either(*map(_of, [one for one in inner if one is not Ellipsis])))
    if issubclass(origin, Mapping):
        return table_of(_of(inner[1]))
    return either(*map(_of, inner))
