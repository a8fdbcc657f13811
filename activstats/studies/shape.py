"""How wide a deeper network is that has as many parameters as one with a single hidden layer."""

from __future__ import annotations

import math

from activstats.errors import DomainError


def n_parameters(*, n_features: int, width: int, n_classes: int, depth: int = 1) -> int:
    """Return the number of weights and biases of a network with hidden layers of equal width.

    Examples
    --------
    >>> n_parameters(n_features=64, width=256, n_classes=10)
    19210
    """
    hidden = (n_features + 1) * width + (depth - 1) * (width + 1) * width
    return hidden + (width + 1) * n_classes


def n_softmax_parameters(n_features: int, n_classes: int) -> int:
    """Return the number of weights and biases of a linear softmax.

    Examples
    --------
    >>> n_softmax_parameters(64, 10)
    650
    """
    return (n_features + 1) * n_classes


def equal_width(*, n_features: int, width: int, n_classes: int, depth: int) -> int:
    """Return the width at which a deeper network comes nearest to the parameters of a flat one.

    Parameters
    ----------
    n_features, n_classes : int
        Inputs and outputs of both networks.
    width : int
        Neurons of the network with one hidden layer.
    depth : int
        Hidden layers of the other network, all of the width returned.

    Returns
    -------
    int

    Raises
    ------
    DomainError
        If fewer than two neurons a layer were left.

    Notes
    -----
    Derived: with h hidden layers the number of parameters is (h − 1)w² + (F + C + h)w + C, which is
    solved for w; of the two whole numbers beside the root the one with the nearer number of
    parameters is taken.

    Examples
    --------
    >>> equal_width(n_features=64, width=256, n_classes=10, depth=2)
    106
    """
    if depth == 1:
        return width
    budget = n_parameters(n_features=n_features, width=width, n_classes=n_classes)
    linear, square = n_features + n_classes + depth, depth - 1
    root = math.sqrt(linear**2 + 4 * square * (budget - n_classes))
    below = int((root - linear) / (2 * square))
    found = min(
        (below, below + 1),
        key=lambda w: abs(
            n_parameters(n_features=n_features, width=w, n_classes=n_classes, depth=depth) - budget
        ),
    )
    if found < 2:  # noqa: PLR2004  (the least that a study's widths allow)
        raise DomainError(
            "a network of that depth and as many parameters has fewer than two neurons a layer.",
            got=f"width {width}, depth {depth}",
            hint="larger widths, or smaller depths",
        )
    return found
