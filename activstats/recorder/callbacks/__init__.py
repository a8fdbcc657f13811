"""Recording beside a training: callbacks for Lightning and for the Trainer of Hugging Face.

Each loads its library on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from activstats.errors import RecorderError

if TYPE_CHECKING:
    from activstats.recorder.callbacks.for_lightning import LightningProbe
    from activstats.recorder.callbacks.for_trainer import TrainerProbe

__all__ = ["LightningProbe", "TrainerProbe"]

_HOME = {
    "LightningProbe": ("for_lightning", "lightning"),
    "TrainerProbe": ("for_trainer", "transformers"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'activstats.recorder.callbacks' has no attribute '{name}'")
    module, extra = _HOME[name]
    try:
        return getattr(import_module(f"{__name__}.{module}"), name)
    except ModuleNotFoundError as error:
        raise RecorderError(
            f"{name} needs the package {extra}.",
            got=str(error),
            hint=f"pip install 'activstats[{extra}]'",
        ) from error
