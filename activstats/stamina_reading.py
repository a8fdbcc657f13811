"""The stamina ledger of a recording: which gain its sums allow, and what was said about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from activstats.dynamics.stamina import StaminaLedger
from activstats.errors import DomainError, InputError
from activstats.rules import parse_rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from activstats.counts import Counts, Recording
    from activstats.dynamics.stamina_result import StaminaLedgerResult

Gain = Literal["auto", "output", "firing"]
_GAINS = ("auto", "output", "firing")


def each_ledger(
    recording: Recording,
    layer: str | None = None,
    rule: str | None = None,
    *,
    step: int | None = -1,
    ledger: StaminaLedger | None = None,
    gain: Gain = "auto",
) -> Iterator[StaminaLedgerResult]:
    """Yield the stamina ledger of each layer and rule of a recording.

    A mask recording says who fired, and sums tell each neuron's mean output; a values recording says
    what each firing put out, and is read block by block, in bounded memory.

    Parameters
    ----------
    recording : Recording
        Made with ``mode="mask"`` or ``mode="values"``.
    layer, rule : str, optional
        One layer or rule; all by default.
    step : int or None
        A recorded step, -1 for the last; None puts all steps one after the other.
    ledger : StaminaLedger, optional
        Penalties, life and cap.
    gain : {"auto", "output", "firing"}
        What a firing gains: the neuron's mean output when it fires, which the recorded sums tell
        under the rule above(0) if no output is negative, or 1. ``"auto"`` takes the first where it
        can be had. Of values it is the output itself, if it is above 0.

    Yields
    ------
    StaminaLedgerResult

    Raises
    ------
    InputError
        If the recording holds no single activations, or its sums do not tell the outputs.
    DomainError
        If there is no such gain.
    """
    if gain not in _GAINS:
        raise DomainError("there is no such gain.", got=gain, allowed=", ".join(_GAINS))
    from activstats.counts import each_counts

    model = ledger or StaminaLedger()
    of_one = _of_values if recording.info.mode == "values" else _of_mask
    for found in each_counts(recording, layer, rule, step=-1 if step is None else step):
        yield of_one(recording, found, step, model, gain)


def _of_mask(
    recording: Recording, found: Counts, step: int | None, model: StaminaLedger, gain: Gain
) -> StaminaLedgerResult:
    name, rule = found.provenance["layer"], found.provenance["rule"]
    counts = recording.counts(name, rule, step=None) if step is None else found
    mask = recording.mask(name, rule, step=step)
    outputs = None if gain == "firing" else mean_outputs(counts, rule)
    if outputs is None and gain == "output":
        raise InputError(
            "the recorded sums do not tell the outputs of firing neurons.",
            got=f"layer {name}, rule {rule}",
            allowed="rule above(0), no negative outputs",
            hint='gain="firing"',
        )
    words = "1 at every firing" if outputs is None else "mean output when it fires"
    return model.fit(mask, outputs, gain_words=words)


def _of_values(
    recording: Recording, found: Counts, step: int | None, model: StaminaLedger, gain: Gain
) -> StaminaLedgerResult:
    """Keep the ledger of single outputs, read block by block: what a rule leaves out is silent."""
    name = found.provenance["layer"]
    rule = parse_rule(found.provenance["rule"])

    def blocks() -> Iterator[NDArray[np.float32]]:
        for values in recording.values(name, step=step):
            # Half precision is slow to compute with; what it holds, single precision holds too.
            outputs = values.astype(np.float32, copy=False)
            fires = np.asarray(rule(outputs))
            yield fires.astype(np.float32) if gain == "firing" else np.where(fires, outputs, 0)

    origin = {**found.provenance, "source": f"values in {recording.info.values_dtype}"}
    if step is None:
        origin["step"] = "all"
    result = model.fit_stream(blocks, provenance=origin)
    return replace(result, method="values, gain 1 at every firing") if gain == "firing" else result


def mean_outputs(counts: Counts, rule: str) -> NDArray[np.float64] | None:
    """Return each neuron's mean output when it fires, None where sums do not tell it.

    Sums are over all samples. They are sums over firings only where every output that is not one is
    zero: under above(0), in a layer whose outputs are not negative, such as one behind a ReLU.
    """
    moments: Any = counts.moments
    if moments is None or rule != "above(0)" or not (np.nan_to_num(moments.lowest) >= 0).all():
        return None
    fired = np.asarray(counts.counts, dtype=float)
    found: NDArray[np.float64] = np.divide(
        moments.total, fired, out=np.zeros_like(fired), where=fired > 0
    )
    return found
