"""Machine code for inner loops: made on first use, and kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit
from numba.core.options import DefaultOptions

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

# Other threads run meanwhile, and dividing by zero gives infinity or nan, with no error to prepare for.
_LIKE_NUMPY: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
# What a function that allocates no memory, and one that Python never calls, can be compiled without:
# counting references, and being called from C or Python. No version of numba must know these options.
_LEAN = {"_nrt": False, "no_cfunc_wrapper": True}
_INNER = {**_LEAN, "no_cpython_wrapper": True}


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
    return _kept(function, {})


def kernel(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Compile a function that works in memory handed to it; that takes two thirds of the time.

    Parameters
    ----------
    function : callable
        As for `compiled`, but it makes no array, and neither does what it calls.

    Returns
    -------
    callable

    Examples
    --------
    >>> import numpy as np
    >>> @kernel
    ... def double(x):
    ...     for i in range(x.size):
    ...         x[i] *= 2
    >>> numbers = np.ones(2)
    >>> double(numbers)
    >>> numbers
    array([2., 2.])
    """
    return _kept(function, _LEAN)


def inner_kernel(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Compile a function as `kernel` does, for compiled functions alone: Python cannot call it.

    Parameters
    ----------
    function : callable
        As for `kernel`.

    Returns
    -------
    callable

    Examples
    --------
    >>> @inner_kernel
    ... def squared(x):
    ...     return x * x
    >>> @kernel
    ... def fourth_power(x):
    ...     return squared(squared(x))
    >>> fourth_power(3)
    81
    """
    return _kept(function, _INNER)


def _kept(
    function: Callable[Arguments, Returned], lean: dict[str, bool]
) -> Callable[Arguments, Returned]:
    options = _LIKE_NUMPY | {name: on for name, on in lean.items() if hasattr(DefaultOptions, name)}
    try:
        return cast("Callable[Arguments, Returned]", njit(cache=True, **options)(function))
    except RuntimeError:  # neither the package's folder nor a home can be written to
        return cast("Callable[Arguments, Returned]", njit(**options)(function))


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
