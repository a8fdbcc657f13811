"""One number for a network that was recorded at several layers: the mean over its layers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)


def over_layers(values: Iterable[tuple[Place, float]]) -> dict[Place, float]:
    """Return the mean of the values at each place, in the order in which places are met.

    Parameters
    ----------
    values : iterable of (place, float)
        A place is what a network is known by, such as its width and seed; each of its layers has a
        value.

    Examples
    --------
    >>> over_layers([((64, 0), 0.5), ((64, 0), 0.7), ((64, 1), 0.4)])
    {(64, 0): 0.6, (64, 1): 0.4}
    """
    found: dict[Place, list[float]] = {}
    for place, value in values:
        found.setdefault(place, []).append(value)
    return {place: sum(several) / len(several) for place, several in found.items()}
