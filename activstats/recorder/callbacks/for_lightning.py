"""Recording beside a training with Lightning."""

from __future__ import annotations

import os
from typing import Any

from lightning.pytorch import Callback

from activstats.recorder.callbacks.probe import Probe
from activstats.recorder.callbacks.schedule import Schedule


class LightningProbe(Callback):  # type: ignore[misc]  # the library's types are not read
    """Records a probe set while a `lightning.pytorch.Trainer` fits, step by step into one recording.

    The training goes on as it would without: bit by bit the same weights come out. With several
    processes the first one records, on its own copy of the model.

    Parameters
    ----------
    out : path-like
        Folder of the recording; its steps are the trainer's `global_step`.
    data
        The probe set: a tensor, an array or a mapping of them; an iterable of batches that can be read
        again, each as the module is called with it; or a function that returns batches.
    every_n_steps, every_n_epochs, at_start, at_end
        When to record; see `Schedule`. At the start, at the end of each epoch, and at the end, if
        nothing is said.
    **settings
        ``layers`` and, if wanted, ``rule``, ``batch_size``, ``run``, ``on_error``, and the settings of
        `Recorder`; see `Probe`.

    Examples
    --------
    ::

        from activstats.recorder.callbacks import LightningProbe

        probe = LightningProbe("runs/fit", probe_images, layers="*relu", every_n_steps=100)
        trainer = lightning.pytorch.Trainer(max_epochs=5, callbacks=[probe])
        trainer.fit(module, loader)
    """

    def __init__(
        self,
        out: str | os.PathLike[str],
        data: Any,
        *,
        every_n_steps: int | None = None,
        every_n_epochs: int | None = None,
        at_start: bool = True,
        at_end: bool = True,
        **settings: Any,
    ) -> None:
        super().__init__()
        self._schedule = Schedule(every_n_steps, every_n_epochs, at_start, at_end)
        self._probe = Probe(out, data, **settings)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin the recording."""
        if not trainer.is_global_zero:
            return
        self._probe.open(pl_module)
        if self._schedule.at_start:
            self._record(trainer, pl_module)

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *_: Any) -> None:
        """Record, if the step is one to record."""
        if self._schedule.has_step(trainer.global_step):
            self._record(trainer, pl_module)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Record, if the epoch is one to record."""
        if self._schedule.has_epoch(trainer.current_epoch + 1):
            self._record(trainer, pl_module)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """End the recording, with the last step in it."""
        if self._schedule.at_end:
            self._record(trainer, pl_module)
        self._probe.close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:  # noqa: ARG002  (the library's signature)
        """End the recording as interrupted."""
        self._probe.close(exception)

    def _record(self, trainer: Any, pl_module: Any) -> None:
        if not self._probe.is_open:
            return
        precision = trainer.precision_plugin

        def run(*args: Any, **kwargs: Any) -> Any:
            with precision.forward_context():
                return pl_module(*precision.convert_input(args), **precision.convert_input(kwargs))

        self._probe.record(pl_module, trainer.global_step, run=run)
