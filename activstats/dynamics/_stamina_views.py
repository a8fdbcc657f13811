"""Tables, text and pictures of a stamina ledger."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import bdtr

from activstats.dynamics.evenness import gini, normalised_entropy
from activstats.dynamics.stamina_drift import expected_to_live
from activstats.laws._summary import Summary, grouped, significant

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from activstats.dynamics.stamina_result import StaminaLedgerResult

_CURVES, _POINTS = 6, 200
_UNITS = (
    "Penalties are in units of the output; p* = E[a]/(1 − r) is the one at which stamina has no drift. "
    "Intervals take the neurons as a sample of their kind; extremes have none."
)
_WORDS = {"none_die": "none die up to", "half_die": "half die beyond", "all_die": "all die beyond"}


def intervals(critical: NDArray[np.float64], level: float) -> pd.DataFrame:
    """Return the interval of the median critical penalty; extremes have none."""
    import pandas as pd

    low, high = _median_interval(np.sort(critical), level)
    nothing = (math.nan, math.nan)
    rows = {"none_die": nothing, "half_die": (low, high), "all_die": nothing}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high"])


def _median_interval(ordered: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Return the order statistics between which the median lies with at least this confidence."""
    n = ordered.size
    ranks = np.arange((n + 1) // 2)
    # P(Binomial(n, 1/2) <= rank) is the chance that the median lies below the order statistic.
    inside = 1 - 2 * bdtr(ranks.astype(float), n, 0.5) >= level
    if not inside.any():
        return math.nan, math.nan
    rank = int(ranks[inside][-1])
    return float(ordered[rank]), float(ordered[n - 1 - rank])


def prediction(ledger: StaminaLedgerResult) -> pd.DataFrame:
    """Return, for each penalty, who was expected to live by p* > p beside who did."""
    import pandas as pd

    lived = ledger.died_at < 0
    expected = np.stack(
        [expected_to_live(ledger.balancing, p) for p in ledger.penalties.tolist()], axis=1
    )
    columns = {
        "penalty": ledger.penalties,
        "ratio": ledger.ratios,
        "expected_to_live": expected.sum(axis=0),
        "lived": lived.sum(axis=0),
        "both": (lived & expected).sum(axis=0),
        "agreement": np.mean(lived == expected, axis=0),
    }
    return pd.DataFrame(columns)


def table(ledger: StaminaLedgerResult) -> pd.DataFrame:
    """Return the ledger as one row."""
    import pandas as pd

    row: dict[str, Any] = {
        k: ledger.provenance[k] for k in ("layer", "rule") if k in ledger.provenance
    }
    low, high = _ends(ledger, "half_die")
    row |= {
        "n_neurons": ledger.n_neurons,
        "n_samples": ledger.n_samples,
        "typical": ledger.typical,
        **ledger.params,
        "half_die_low": low,
        "half_die_high": high,
        "agreement": float(prediction(ledger)["agreement"].min()),
        "entropy": normalised_entropy(ledger.mean_output),
        "gini": gini(ledger.mean_output),
        "method": ledger.method,
        "status": ledger.status.value,
    }
    return pd.DataFrame([row])


def describe(ledger: StaminaLedgerResult) -> Summary:
    """Return what a summary says."""
    rows = tuple(
        (_WORDS[name], significant(value), _interval(*_ends(ledger, name)), "")
        for name, value in ledger.params.items()
    )
    known = ledger.provenance
    start = f"{ledger.life:g} samples" if math.isnan(ledger.start) else significant(ledger.start)
    beside = prediction(ledger)
    worst = beside.iloc[int(beside["agreement"].to_numpy().argmin())]
    predicted = (
        f"Who lives was predicted by p* > p for {100 * worst['agreement']:.1f} % of the neurons "
        f"where it was predicted worst (p = {significant(float(worst['penalty']))})."
    )
    notes = [
        f"{ledger.status}: {ledger.reason}." if ledger.reason else "",
        _UNITS,
        predicted,
        *(f"{one[0].upper()}{one[1:]}." for one in ledger.warnings),
    ]
    return Summary(
        title="Stamina ledger",
        facts=(
            (("layer", str(known.get("layer", "–"))), ("rule", str(known.get("rule", "–")))),
            (("N", grouped(ledger.n_neurons)), ("D", grouped(ledger.n_samples))),
            (("gain", ledger.method),),
            (("start", start), ("cap", f"{ledger.cap:g} starts")),
        ),
        columns=("penalty", f"{100 * ledger.level:g} % interval", ""),
        rows=(("median p*", significant(ledger.typical), "", ""), *rows),
        measures=(
            ("normalised entropy", significant(normalised_entropy(ledger.mean_output))),
            ("Gini", significant(gini(ledger.mean_output))),
        ),
        notes=tuple(note for note in notes if note),
    )


def _ends(ledger: StaminaLedgerResult, name: str) -> tuple[float, float]:
    found = ledger.conf_int()
    return float(found["low"][name]), float(found["high"][name])


def _interval(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"[{significant(low)}, {significant(high)}]"


def plot_penalties(ledger: StaminaLedgerResult, ax: Axes | None) -> Axes:
    """Draw the share alive at the end over the penalty."""
    from activstats.figures.stamina import survivors_over_penalty

    beside = prediction(ledger)
    n = ledger.n_neurons
    return survivors_over_penalty(
        ledger.penalties, beside["lived"] / n, beside["expected_to_live"] / n, n_neurons=n,
        typical=ledger.typical, level=ledger.level, ax=ax,
    )  # fmt: skip


def plot_survival(ledger: StaminaLedgerResult, ax: Axes | None) -> Axes:
    """Draw survival curves for penalties that lie evenly among those asked for."""
    from activstats.figures.stamina import survival_curves

    chosen = np.unique(np.linspace(0, ledger.penalties.size - 1, _CURVES).round().astype(int))
    seen = np.unique(np.linspace(0, ledger.n_samples, _POINTS).round().astype(int))
    shares = ledger.survival(seen)[:, chosen]
    scale, unit = (1.0, "p") if math.isnan(ledger.typical) else (ledger.typical, "r")
    labels = [f"{unit} = {significant(p / scale)}" for p in ledger.penalties[chosen].tolist()]
    return survival_curves(seen, dict(zip(labels, shares.T, strict=True)), ax=ax)
