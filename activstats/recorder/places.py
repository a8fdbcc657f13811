"""What could be recorded at a place of a model, and what to think of it."""

from __future__ import annotations

from dataclasses import dataclass

POST = "post-activation"
PRODUCT = "gated product"
GATE = "gate"
SQUASHED = "squashed"
SUM = "residual stream"
PROBABILITIES = "probabilities"
NORMALISED = "normalised"
SIGNED = "signed"
INPUT = "input"

_SATURATION_SAMPLES, _SATURATED = 50, 0.9
SATURATED_SHARE = 1 - (1 - _SATURATED) ** (1 / _SATURATION_SAMPLES)
"""Share active from which 90 % of neurons that fire alike have fired within 50 samples: .045."""


@dataclass(frozen=True)
class Place:
    """A place of a model that could be recorded, as a sample showed it.

    Parameters
    ----------
    layer : str
        What to say in `layers`.
    kind : str
        Class of the module, or the operation.
    port : {"out", "in"}
    shape : tuple of int
    dtype : str
    calls : int
        How often it ran on the sample.
    share_active : float
        Share of its values above 0.
    sample_unit : {"item", "position"}
        What one sample would be.
    role : str
        What it is in the model, such as ``"post-activation"``.
    suggestion : str
        Whether to record it, and how.
    same_as : str
        Another place that gives the same tensor, empty if there is none.
    """

    layer: str
    kind: str
    port: str
    shape: tuple[int, ...]
    dtype: str
    calls: int
    share_active: float
    sample_unit: str
    role: str
    suggestion: str
    same_as: str = ""


_ADVICE = {
    SUM: "residual stream: no natural threshold",
    PROBABILITIES: "probabilities: always above 0, argmax says which",
    NORMALISED: "normalised: no natural threshold",
    SIGNED: "before or without an activation: no natural threshold",
    INPUT: "input: no natural threshold",
}


def advice(role: str, share_active: float, *, product_at: str = "", same_as: str = "") -> str:
    """Return in words whether to record a place, and how.

    Parameters
    ----------
    role : str
    share_active : float
        Share of its values above 0.
    product_at : str
        Where the product of a gate can be read.
    same_as : str
        Another place that gives the same tensor.

    Examples
    --------
    >>> advice(POST, 0.5)
    'post-activation: record this; saturated under above(0): use top1%'
    >>> advice(POST, 0.01)
    'post-activation: record this'
    """
    if same_as:
        return f"the same tensor as '{same_as}'"
    if role == GATE:
        where = f": record '{product_at}'" if product_at else ", which no module takes or gives"
        return f"gate of a product{where}"
    if role == SQUASHED:
        always = share_active == 1
        return f"bounded: {'always above 0, ' if always else 'both signs, '}use top1%"
    if role not in (POST, PRODUCT):
        return _ADVICE[role]
    crowded = share_active > SATURATED_SHARE
    return f"{role}: record this" + ("; saturated under above(0): use top1%" if crowded else "")
