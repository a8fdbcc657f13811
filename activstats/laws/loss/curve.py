"""Loss curves: one loss for each run, replicates kept."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from activstats.errors import InputError
from activstats.laws.loss._columns import column_of, finite_numbers, labels

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

_RUNS = ("d", "loss", "seed", "width", "weight", "se")


@dataclass(frozen=True, eq=False)
class LossCurve:
    """Losses of runs on training sets of several sizes, sorted by size.

    Parameters
    ----------
    d : array_like of float, shape (m,)
        Size of the training set of each run, in samples (or tokens), above 0. Runs of one size are
        replicates.
    loss : array_like of float, shape (m,)
        Loss of each run, any finite number.
    seed, width : array_like, shape (m,), optional
        Seed of each run, and number of neurons, N.
    weight : array_like of float, shape (m,), optional
        Relative precision of each run, above 0, such as the number of test samples.
    se : array_like of float, shape (m,), optional
        Standard error of each loss, above 0, in units of the loss.
    provenance : dict
        Where the runs come from.

    Raises
    ------
    InputError
        If the columns differ in length, hold no runs or what is no number, a size is not above 0,
        or both `weight` and `se` are given.

    Examples
    --------
    >>> curve = LossCurve([100, 10, 10], [1.0, 2.1, 2.0])
    >>> curve.d, curve.n_sizes, curve.n_runs
    (array([ 10.,  10., 100.]), 2, 3)
    """

    d: FloatArray
    loss: FloatArray
    seed: NDArray[Any] | None = None
    width: NDArray[Any] | None = None
    weight: FloatArray | None = None
    se: FloatArray | None = None
    provenance: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = finite_numbers(self.d, "d", above=0.0)
        columns: dict[str, NDArray[Any] | None] = {"d": sizes}
        columns["loss"] = finite_numbers(self.loss, "loss", length=sizes.size)
        for name in ("seed", "width"):
            columns[name] = labels(getattr(self, name), name, sizes.size)
        for name in ("weight", "se"):
            given = getattr(self, name)
            columns[name] = None
            if given is not None:
                columns[name] = finite_numbers(given, name, length=sizes.size, above=0.0)
        if self.weight is not None and self.se is not None:
            raise InputError(
                "weights and standard errors both say how precise a run is.",
                hint="give weight= or se=, not both",
            )
        order = np.argsort(sizes, kind="stable")
        for name, column in columns.items():
            if column is not None:
                column = column[order]  # noqa: PLW2901  (the same column, in order)
                column.flags.writeable = False
            object.__setattr__(self, name, column)

    @classmethod
    def from_arrays(cls, d: ArrayLike, loss: ArrayLike, **columns: Any) -> Self:
        """Return the curve of arrays; `columns` as in `LossCurve`.

        Losses may also be a matrix with a row for each size and a column for each seed.

        Examples
        --------
        >>> LossCurve.from_arrays([10, 100], [[2.0, 2.1], [1.0, 1.1]]).loss
        array([2. , 2.1, 1. , 1.1])
        """
        losses = np.asarray(loss)
        if losses.ndim == 2 and np.ndim(d) == 1 and losses.shape[0] == np.size(d):
            n_seeds = losses.shape[1]
            columns.setdefault("seed", np.tile(np.arange(n_seeds), np.size(d)))
            return cls(np.repeat(np.asarray(d), n_seeds), losses.ravel(), **columns)
        return cls(d, loss, **columns)  # type: ignore[arg-type]

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        d: str = "n_train",
        loss: str = "test_loss",
        seed: str | None = "seed",
        width: str | None = "width",
        weight: str | None = None,
        se: str | None = None,
        provenance: dict[str, Any] | None = None,
    ) -> Self:
        """Return the curve of a table with a row for each run.

        Parameters
        ----------
        frame : DataFrame
            The runs.
        d, loss : str
            Columns of sizes and losses; by default those of a study's table of runs.
        seed, width : str or None
            Columns that are used if they are there.
        weight, se : str, optional
            Columns that must be there if they are named.
        provenance : dict, optional
            Where the table comes from.

        Raises
        ------
        InputError
            If a column is missing, or cannot be what it should be.
        """
        found: dict[str, Any] = {"d": column_of(frame, d), "loss": column_of(frame, loss)}
        for key, name in (("seed", seed), ("width", width)):
            found[key] = frame[name].to_numpy() if name is not None and name in frame else None
        for key, name in (("weight", weight), ("se", se)):
            found[key] = None if name is None else column_of(frame, name)
        return cls(**found, provenance={"d": d, "loss": loss, **(provenance or {})})

    @cached_property
    def sizes(self) -> FloatArray:
        """Sizes that occur, ascending, shape (n,)."""
        return np.unique(self.d)

    @property
    def n_sizes(self) -> int:
        """Number of different sizes, n."""
        return int(self.sizes.size)

    @property
    def n_runs(self) -> int:
        """Number of runs, m."""
        return int(self.d.size)

    def by_width(self) -> dict[int | float | str, LossCurve]:
        """Return a curve for each width, narrowest first.

        Raises
        ------
        InputError
            If the runs have no width.
        """
        if self.width is None:
            raise InputError(
                "these runs do not say how wide their networks are.", hint="give width="
            )
        parts = {w: self.only(self.width == w) for w in np.unique(self.width).tolist()}
        return {w: replace(p, provenance=p.provenance | {"width": w}) for w, p in parts.items()}

    def only(self, chosen: NDArray[np.bool_]) -> LossCurve:
        """Return the curve of some of the runs, those where `chosen` is true, shape (m,)."""
        parts = {name: getattr(self, name) for name in _RUNS}
        kept: dict[str, Any] = {
            name: None if part is None else part[chosen] for name, part in parts.items()
        }
        return LossCurve(**kept, provenance=self.provenance)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LossCurve):
            return NotImplemented
        pairs = [(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)]
        return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)

    __hash__ = None  # type: ignore[assignment]
