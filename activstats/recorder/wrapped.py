"""Wrappers around a model: seen through, or refused with advice."""

from __future__ import annotations

from torch import nn
from torch.nn.parallel import DistributedDataParallel

from activstats.errors import RecorderError
from activstats.recorder.compiled_models import original

# By name: to import them takes seconds, and a model cannot be one before somebody has.
_SHARDED = ("FullyShardedDataParallel", "FSDPModule")


def bare(model: nn.Module) -> nn.Module:
    """Return the model inside of `torch.compile` and `DistributedDataParallel`.

    Its layers are called the same whether or not it was wrapped, so that recordings compare.

    Parameters
    ----------
    model : torch.nn.Module

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    RecorderError
        If the model, or a part of it, is wrapped in `DataParallel` or sharded by FSDP.

    Examples
    --------
    >>> model = nn.ReLU()
    >>> bare(model) is model
    True
    """
    for module in model.modules():
        _check_whole(module)
    while True:
        inner = model.module if isinstance(model, DistributedDataParallel) else original(model)
        if inner is model:
            return model
        model = inner


def _check_whole(module: nn.Module) -> None:
    if isinstance(module, nn.DataParallel):
        raise RecorderError(
            "a model in DataParallel cannot be recorded: its replicas run in threads of their own, "
            "each on a part of the batch, in no order.",
            got="torch.nn.DataParallel",
            hint="Recorder(model.module, …) and run model.module on one device, or "
            "DistributedDataParallel, one process a device, which is recorded rank by rank",
        )
    names = {kind.__name__ for kind in type(module).__mro__}
    for name in _SHARDED:
        if name in names:
            raise RecorderError(
                "a model sharded by FSDP cannot be recorded: no process has all of its weights.",
                got=name,
                hint="save a full checkpoint and record the model that it loads into, or use "
                "DistributedDataParallel, which is recorded rank by rank",
            )
