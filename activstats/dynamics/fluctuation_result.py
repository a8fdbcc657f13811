"""What the measurement of fluctuations gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from activstats.dynamics.estimates import Estimate, read_estimates
from activstats.errors import LayerNotFoundError
from activstats.laws._checks import check_level
from activstats.laws._summary import Summary, grouped, significant
from activstats.laws.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

_SHOWN = (
    ("fluctuation", "fluctuation"),
    ("drift", "drift"),
    ("spread_of_spread", "spread²"),
    ("relative_spread", "spread²/mean"),
)


@dataclass(frozen=True, kw_only=True)
class LayerFluctuation:
    """One layer over one window.

    Parameters
    ----------
    layer, window : str
        Names.
    n_times, n_neurons, n_inputs : int
        Times observed, neurons, and weights that lead to each, the bias among them.
    estimates : tuple of Estimate
        The measures of `activstats.dynamics.fluctuation_measures.MEASURES`; empty where there are
        too few times.
    neurons, drifts : tuple of float
        Fluctuation and drift of each neuron.
    """

    layer: str
    window: str
    n_times: int
    n_neurons: int
    n_inputs: int
    estimates: tuple[Estimate, ...]
    neurons: tuple[float, ...]
    drifts: tuple[float, ...]

    def estimate(self, name: str) -> Estimate:
        """Return a measure; nan where it could not be had."""
        found = {one.name: one for one in self.estimates}
        return found.get(name, Estimate(name, math.nan))


def _read_layers(content: list[dict[str, Any]]) -> tuple[LayerFluctuation, ...]:
    def read(one: dict[str, Any]) -> LayerFluctuation:
        return LayerFluctuation(
            layer=str(one["layer"]),
            window=str(one["window"]),
            n_times=int(one["n_times"]),
            n_neurons=int(one["n_neurons"]),
            n_inputs=int(one["n_inputs"]),
            estimates=read_estimates(one["estimates"]),
            neurons=tuple(map(float, one["neurons"])),
            drifts=tuple(map(float, one["drifts"])),
        )

    return tuple(read(one) for one in content)


@dataclass(frozen=True, kw_only=True)
class FluctuationResult(Result):
    """Fluctuation of the layers of a model.

    Parameters
    ----------
    of : str
        What fluctuates: weights, gradients or activations.
    layers : tuple of LayerFluctuation
        One for each layer and window.

    Notes
    -----
    The remaining parameters are those of `Result`; `n_obs` is the number of times observed.
    """

    of: str = "weights"
    layers: tuple[LayerFluctuation, ...] = ()

    _readers: ClassVar[dict[str, Callable[[Any], Any]]] = {
        **Result._readers,  # noqa: SLF001  (a class extends what its base reads)
        "tuple[LayerFluctuation, ...]": _read_layers,
    }

    def __getitem__(self, key: tuple[str, str]) -> LayerFluctuation:
        for one in self.layers:
            if (one.layer, one.window) == key:
                return one
        known = ", ".join(f"{one.layer} {one.window}" for one in self.layers)
        raise LayerNotFoundError("there is no such layer and window.", got=key, allowed=known)

    @property
    def params(self) -> dict[str, float]:
        """Measures by layer, window and name: ``fc1.late.fluctuation``."""
        return {key: estimate.value for key, estimate in self._estimates()}

    def _estimates(self) -> list[tuple[str, Estimate]]:
        return [(f"{x.layer}.{x.window}.{e.name}", e) for x in self.layers for e in x.estimates]

    def of_network(self, window: str, name: str = "fluctuation") -> float:
        """Return the root mean square over all layers, each weighted by its number of weights.

        For measures that are one themselves: fluctuation, relative, drift; nan with too few times.
        """
        layers = [one for one in self.layers if one.window == window and one.estimates]
        weights = sum(one.n_neurons * one.n_inputs for one in layers)
        squares = (one.n_neurons * one.n_inputs * one.estimate(name).value ** 2 for one in layers)
        return math.sqrt(sum(squares) / weights) if weights else math.nan

    def conf_int(self, level: float | None = None) -> pd.DataFrame:
        """Return the intervals over neurons.

        Parameters
        ----------
        level : float, optional
            Another confidence level.

        Returns
        -------
        DataFrame
            Index the names of `params`, columns `low` and `high`. The neurons of a layer are taken
            as a sample; how much another seed would differ is not in them.
        """
        import pandas as pd

        chosen = self.level if level is None else level
        check_level(chosen)
        found = {key: estimate.interval(chosen) for key, estimate in self._estimates()}
        return pd.DataFrame.from_dict(found, orient="index", columns=["low", "high"], dtype=float)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each layer and window."""
        import pandas as pd

        simple = bool | int | float | str
        known = {k: v for k, v in self.provenance.items() if isinstance(v, simple)}
        rows: list[dict[str, Any]] = []
        for one in self.layers:
            row: dict[str, Any] = {
                **known, "of": self.of, "layer": one.layer, "window": one.window,
                "n_times": one.n_times, "n_neurons": one.n_neurons, "n_inputs": one.n_inputs,
            }  # fmt: skip
            for estimate in one.estimates:
                low, high = estimate.interval(self.level)
                name = estimate.name
                row |= {name: estimate.value, f"{name}_low": low, f"{name}_high": high}
            rows.append(row | {"status": self.status.value, "reason": self.reason})
        return pd.DataFrame(rows)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how the fluctuation is distributed over the neurons of each layer."""
        from activstats.figures.fluctuation import neuron_fluctuations

        return neuron_fluctuations(
            [(f"{one.layer}, {one.window}", one.neurons) for one in self.layers if one.neurons],
            of=self.of,
            ax=ax,
        )

    def _summary(self) -> Summary:
        rows: list[tuple[str, ...]] = []
        for one in self.layers:
            rows.append((f"{one.layer}, {one.window}", "", "", ""))
            rows += [(f"  {head}", *_cells(one.estimate(n), self.level)) for n, head in _SHOWN]
        notes = (self.reason, *self.warnings)
        return Summary(
            title=f"Fluctuation of {self.of}",
            facts=((("times", grouped(self.n_obs)), ("status", str(self.status))),),
            columns=("estimate", f"{100 * self.level:g} % over neurons", "SE(log)"),
            rows=tuple(rows),
            measures=(),
            notes=tuple(note[0].upper() + note[1:] + "." for note in notes if note),
        )


def _cells(estimate: Estimate, level: float) -> tuple[str, str, str]:
    low, high = estimate.interval(level)
    ends = "–" if math.isnan(low) else f"[{significant(low)}, {significant(high)}]"
    return significant(estimate.value), ends, significant(estimate.error, 2)
