"""What could be recorded of a model: one pass with a sample, and a table."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from activstats.errors import RecorderError
from activstats.recorder.compiled_models import compiler_is_loaded
from activstats.recorder.fused import fused_note
from activstats.recorder.places import POST, PRODUCT, Place
from activstats.recorder.taps import Tap
from activstats.recorder.tracer import Tracer
from activstats.recorder.wrapped import bare

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Trace:
    """Places of a model that could be recorded, in the order in which a sample passed them.

    Parameters
    ----------
    model : str
        Class of the model.
    places : tuple of Place
    notes : tuple of str
        What to know of the model as a whole.
    taps : tuple of Tap
        The places again, as the recorder takes them.
    """

    model: str
    places: tuple[Place, ...]
    notes: tuple[str, ...] = ()
    taps: tuple[Tap, ...] = field(default=(), repr=False)

    @property
    def suggested(self) -> tuple[str, ...]:
        """What to say in `layers` to record what is worth it."""
        return tuple(
            place.layer
            for place in self.places
            if place.role in (POST, PRODUCT) and not place.same_as
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each place."""
        import pandas as pd

        names = [one.name for one in fields(Place)]
        return pd.DataFrame([asdict(place) for place in self.places], columns=names)


def trace(model: nn.Module, sample: Any) -> Trace:
    """Run a model on a sample and list what could be recorded of it.

    The model runs once, in evaluation mode and without gradients; its mode and the state of the random
    number generators are what they were afterwards. Activations of the sample are held in memory.

    Parameters
    ----------
    model : torch.nn.Module
    sample : tensor, tuple or dict
        A tensor, a tuple of arguments, or a dict of them by name; a few items are enough.

    Returns
    -------
    Trace

    Raises
    ------
    RecorderError
        If nothing that could be recorded ran.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
    >>> found = trace(model, torch.ones(3, 2))
    >>> [place.layer for place in found.places]
    ['model:in', '0', '1', '2', 'model']
    >>> found.suggested
    ('1',)
    """
    model = bare(model)
    modules = tuple(model.named_modules())
    tracer = Tracer(modules)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_undisturbed(model))
        stack.enter_context(torch.no_grad())
        if compiler_is_loaded():
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        stack.enter_context(_attached(tracer))
        notes = fused_note(modules)
        with tracer:
            call(model, sample)
    if not tracer.met:
        raise RecorderError("the model ran nothing that could be recorded on the sample.")
    kind = f"{type(model).__module__}.{type(model).__qualname__}"
    found = tracer.met.values()
    places = tuple(met.place() for met in found)
    return Trace(kind, places, (notes,) if notes else (), tuple(met.tap for met in found))


def call(model: nn.Module, sample: Any) -> Any:
    """Call a model with a tensor, a tuple of arguments, or a dict of them by name."""
    if isinstance(sample, dict):
        return model(**sample)
    if isinstance(sample, tuple | list):
        return model(*sample)
    return model(sample)


@contextlib.contextmanager
def _undisturbed(model: nn.Module) -> Iterator[None]:
    """Run in evaluation mode, and leave mode and random state as they were."""
    modes = {module: module.training for module in model.modules()}
    devices = sorted({tensor.device.index or 0 for tensor in model.parameters() if tensor.is_cuda})
    with torch.random.fork_rng(devices):
        model.eval()
        try:
            yield
        finally:
            for module, training in modes.items():
                module.training = training


@contextlib.contextmanager
def _attached(tracer: Tracer) -> Iterator[None]:
    handles: list[RemovableHandle] = []
    try:
        tracer.attach(handles)
        yield
    finally:
        for handle in handles:
            handle.remove()
