"""Machine code for inner loops: made on first use, and kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

# Other threads run meanwhile, and dividing by zero gives infinity or nan, with no error to prepare for.
_LIKE_NUMPY: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def compiled(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Compile a function with numba on its first call.

    The machine code is kept beside the package or, where that folder cannot be written to, in the
    user's cache; where neither can, it is made anew in every process. While it runs, other threads
    do too; dividing by zero gives infinity or nan, as in NumPy.

    Parameters
    ----------
    function : callable
        Of arrays and numbers, in what numba knows of Python.

    Returns
    -------
    callable
        The same function, compiled when it is first called.

    Examples
    --------
    >>> @compiled
    ... def doubled(x):
    ...     return 2 * x
    >>> doubled(21)
    42
    """
    try:
        return cast("Callable[Arguments, Returned]", njit(cache=True, **_LIKE_NUMPY)(function))
    except RuntimeError:  # neither the package's folder nor a home can be written to
        return cast("Callable[Arguments, Returned]", njit(**_LIKE_NUMPY)(function))


def inlined(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Compile a function into whatever compiled function calls it.

    For small functions of arrays in hot loops: every call of a compiled function counts references to
    its arrays, which can take longer than the function.

    Parameters
    ----------
    function : callable
        As for `compiled`.

    Returns
    -------
    callable

    Examples
    --------
    >>> @inlined
    ... def halved(x):
    ...     return x / 2
    >>> halved(21)
    10.5
    """
    return cast("Callable[Arguments, Returned]", njit(inline="always", **_LIKE_NUMPY)(function))
