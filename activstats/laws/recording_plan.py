"""A table of what it takes to know b well enough, over sizes of layer and recording."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activstats.laws._summary import grouped
from activstats.laws.planning import expected_standard_error, neurons_needed, samples_needed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True)
class Plan:
    """What sizes of layer and recording give a wanted standard error of ln b.

    Parameters
    ----------
    b, c_share, se : float
        Constant guessed, share of neurons that a sample activates, wanted standard error.
    n_neurons : tuple of int
        Sizes of the layer.
    samples : tuple of float
        Samples needed at each size; infinite where no number is enough.
    n_samples : tuple of int
        Numbers of samples asked about.
    neurons : tuple of float
        Neurons needed with each of them.
    errors : tuple of tuple of float
        Expected standard error, a row for each size of the layer, a column for each `n_samples`.
    """

    b: float
    c_share: float
    se: float
    n_neurons: tuple[int, ...]
    samples: tuple[float, ...]
    n_samples: tuple[int, ...]
    neurons: tuple[float, ...]
    errors: tuple[tuple[float, ...], ...]

    def summary(self) -> str:
        """Return in words what the table says."""
        given = ", ".join(
            f"{grouped(d)} samples: {_needed(n)}"
            for d, n in zip(self.n_samples, self.neurons, strict=True)
        )
        return (
            f"Samples needed for a standard error of {self.se:g} of ln b, and the error expected at "
            f"given numbers of samples,\nif b = {self.b:g} and a sample activates "
            f"{100 * self.c_share:g} % of the neurons, neurons being independent.\n"
            f"Neurons needed, by samples: {given}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table: a row for each size of the layer, samples needed, expected errors."""
        import pandas as pd

        frame = pd.DataFrame({"n_neurons": self.n_neurons, "samples_needed": self.samples})
        for column, samples in enumerate(self.n_samples):
            frame[f"se_at_{samples}"] = [row[column] for row in self.errors]
        return frame


def plan(
    b: float,
    c_share: float,
    se: float,
    n_neurons: Sequence[int] = (128, 256, 512, 1024, 2048, 4096),
    n_samples: Sequence[int] = (100, 1000, 10_000),
) -> Plan:
    """Return how many samples layers of several sizes need, and what other numbers would give.

    Parameters
    ----------
    b, c_share, se
        As in `neurons_needed`.
    n_neurons, n_samples : sequence of int
        Sizes to look at.

    Examples
    --------
    >>> plan(0.3, 0.01, 0.1, n_neurons=[512], n_samples=[1000]).samples
    (160.0,)
    """
    sizes, numbers = tuple(n_neurons), tuple(n_samples)
    return Plan(
        b=b,
        c_share=c_share,
        se=se,
        n_neurons=sizes,
        samples=tuple(samples_needed(se, n_neurons=n, b=b, c=c_share * n) for n in sizes),
        n_samples=numbers,
        neurons=tuple(neurons_needed(se, n_samples=d, b=b, c_share=c_share) for d in numbers),
        errors=tuple(
            tuple(expected_standard_error(n, d, b=b, c=c_share * n) for d in numbers) for n in sizes
        ),
    )


def _needed(neurons: float) -> str:
    return grouped(int(neurons)) if math.isfinite(neurons) else "no number is enough"
