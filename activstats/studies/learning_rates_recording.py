"""Recording of the weights of a study of learning rates, in windows as long as the late one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from activstats.recorder.parameters import ParameterRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torch import nn


@contextmanager
def recorded_weights(
    network: nn.Module, path: Path | None, n_steps: int, late_share: float
) -> Iterator[Callable[[int], None]]:
    """Record running moments of weights and biases for as long as the context lasts.

    Parameters
    ----------
    network : torch.nn.Module
        The network that is trained.
    path : path or None
        Folder of the recording; an earlier one is replaced. None records nothing.
    n_steps : int
        Steps of the training.
    late_share : float
        Share of them that makes a window: the last ones are the late window then, and all of them the
        whole run.

    Yields
    ------
    callable
        To be called with the steps done, whenever the weights are to be observed.
    """
    if path is None:
        yield lambda _: None
        return
    with ParameterRecorder(
        network,
        path,
        window=max(round(n_steps * late_share), 1),
        snapshots=None,
        gradients=False,
        overwrite=True,
        notes={"late_share": late_share},
    ) as recorder:
        yield recorder.step
