"""Small pictures of eight geometric shapes, drawn by code: data for an autoencoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from activstats.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIDE = 8
_STREAM = 7919  # apart from the streams of the splits, whose numbers are small
_GRID = 4  # points a pixel and axis that are looked at: soft edges

# Where a shape is, in coordinates with its half-size as the unit; x to the right, y downwards.
_LINE = 0.35
SHAPES: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]] = {
    "disc": lambda x, y: x * x + y * y <= 1,
    "ring": lambda x, y: (x * x + y * y <= 1) & (x * x + y * y >= 0.3),  # noqa: PLR2004
    "square": lambda x, y: np.maximum(abs(x), abs(y)) <= 0.9,  # noqa: PLR2004
    "frame": lambda x, y: abs(np.maximum(abs(x), abs(y)) - 0.75) <= 0.2,  # noqa: PLR2004
    "triangle": lambda x, y: (y <= 0.9) & (y >= 2 * abs(x) - 0.9),  # noqa: PLR2004
    "diamond": lambda x, y: abs(x) + abs(y) <= 1,
    "plus": lambda x, y: (np.minimum(abs(x), abs(y)) <= _LINE) & (np.maximum(abs(x), abs(y)) <= 1),
    "cross": lambda x, y: (
        (np.minimum(abs(x - y), abs(x + y)) <= 1.4 * _LINE) & (np.maximum(abs(x), abs(y)) <= 0.9)  # noqa: PLR2004
    ),
}


def shape_pictures(
    n_pictures: int, *, seed: int = 0, noise: float = 0.05
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return pictures of shapes at random places, sizes and brightnesses, with noise.

    Parameters
    ----------
    n_pictures : int
        The shapes take turns, so that each is there equally often, give or take one.
    seed : int
        Of everything that is random.
    noise : float
        SD of the noise of every pixel; a full shape is bright by .6 to 1.

    Returns
    -------
    pictures : ndarray of float32, shape (n_pictures, 64)
        8 by 8 pixels, row by row.
    labels : ndarray of int64, shape (n_pictures,)
        Index into `SHAPES`.

    Raises
    ------
    DomainError
        If there is nothing to draw.

    Examples
    --------
    >>> pictures, labels = shape_pictures(16)
    >>> pictures.shape, labels[:9].tolist()
    ((16, 64), [0, 1, 2, 3, 4, 5, 6, 7, 0])
    """
    if n_pictures < 1 or noise < 0:
        raise DomainError("nothing can be drawn.", got=f"{n_pictures} pictures, noise {noise}")
    rng = np.random.default_rng([_STREAM, seed])
    labels = np.arange(n_pictures) % len(SHAPES)
    centre = SIDE / 2 + rng.uniform(-1, 1, (n_pictures, 2))
    size = rng.uniform(2.0, 3.2, n_pictures)
    bright = rng.uniform(0.6, 1.0, n_pictures)
    points = (np.arange(SIDE * _GRID) + 0.5) / _GRID
    shape_of = list(SHAPES.values())
    pictures = np.empty((n_pictures, SIDE * SIDE), np.float32)
    for i in range(n_pictures):
        x = (points[None, :] - centre[i, 0]) / size[i]
        y = (points[:, None] - centre[i, 1]) / size[i]
        inside = shape_of[labels[i]](x, y)
        pixels = inside.reshape(SIDE, _GRID, SIDE, _GRID).mean(axis=(1, 3))
        pictures[i] = bright[i] * pixels.ravel()
    pictures += rng.normal(0, noise, pictures.shape).astype(np.float32)
    return pictures, labels.astype(np.int64)
