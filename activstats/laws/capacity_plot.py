"""Use of several layers against the samples seen, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.errors import DomainError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from activstats.laws.capacity import Capacity


def plot_capacity(
    layers: Sequence[Capacity], ax: Axes | None = None, *, measure: str = "per_neuron"
) -> Axes:
    """Draw a measure of several layers against the number of samples, the law beside it.

    Parameters
    ----------
    layers : sequence of Capacity
        One a layer or run.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    measure : {"per_neuron", "free_share"}
        Samples per working neuron, or compressible share.
    """
    from activstats.figures.capacity import Course, capacity_courses

    labels = {
        "per_neuron": "activations per working neuron, R = cD/K",
        "free_share": "compressible share, S = 1 − K/N",
    }
    if measure not in labels:
        raise DomainError("there is no such measure.", got=measure, allowed=", ".join(labels))
    if not layers:
        raise InputError("there is no layer to draw.", got="an empty list")
    courses = [
        Course(
            f"N = {layer.fit.n_neurons:,}".replace(",", " "),
            layer.n_samples,
            getattr(layer, measure),
            getattr(layer, f"{measure}_law")[:, 0],
        )
        for layer in layers
    ]
    log = measure == "per_neuron"
    return capacity_courses(courses, labels[measure], log=log, level=layers[0].level, ax=ax)
