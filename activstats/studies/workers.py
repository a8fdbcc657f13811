"""Work in several processes: what one of them does, again and again."""

from __future__ import annotations

import signal
import warnings
from typing import TYPE_CHECKING, Any

from activstats.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable


def check_n_jobs(n_jobs: int) -> None:
    """Refuse no process at all."""
    if n_jobs == 0:
        raise DomainError(
            "somebody has to do the work.", got="n_jobs = 0", allowed="1, 2, …, or -1"
        )


def perform_each(
    perform: Callable[..., None], tasks: Iterable[tuple[Any, ...]], n_jobs: int
) -> Generator[None, None, None]:
    """Perform tasks in some processes, and yield after each that is done.

    Parameters
    ----------
    perform : callable
        A function of a module, called with the members of a task.
    tasks : iterable of tuple
        In the order in which they are begun.
    n_jobs : int
        Processes; 1 works in this one, −1 uses every core.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    parallel = Parallel(
        n_jobs=n_jobs,
        backend="loky",
        return_as="generator_unordered",
        initializer=_leave_interrupts_to_the_parent,
    )
    results = parallel(delayed(perform)(*task) for task in tasks)
    try:
        for one in results:  # noqa: UP028  (joblib complains where GeneratorExit is passed on to it)
            yield one
    except BaseException:
        # Workers would go on with what they were given, and keep the terminal waiting for it.
        # Said without reuse=True, a new pool is made, after waiting for all the work of this one.
        get_reusable_executor(reuse=True).shutdown(wait=False, kill_workers=True)
        with warnings.catch_warnings():  # of tasks that are cancelled, which is what is wanted
            warnings.simplefilter("ignore", UserWarning)
            results.close()
        raise


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches every process of a terminal; a worker that dies of it breaks the whole pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
