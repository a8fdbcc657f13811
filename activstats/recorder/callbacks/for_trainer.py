"""Recording beside a training with the Trainer of Hugging Face."""

from __future__ import annotations

import os
from typing import Any

from transformers import TrainerCallback

from activstats.recorder.callbacks.probe import Probe
from activstats.recorder.callbacks.schedule import Schedule


class TrainerProbe(TrainerCallback):  # type: ignore[misc]  # the library's types are not read
    """Records a probe set while a `transformers.Trainer` trains, step by step into one recording.

    The training goes on as it would without: bit by bit the same weights come out. With several
    processes the first one records, on its own copy of the model.

    Parameters
    ----------
    out : path-like
        Folder of the recording; its steps are the trainer's `global_step`.
    data
        The probe set: a mapping of tensors such as a tokenizer gives; an iterable of batches that can
        be read again, each as the model is called with it; or a function that returns batches. Under
        the name ``mask`` the recorder takes what counts: the attention mask, where there is padding.
    every_n_steps, every_n_epochs, at_start, at_end
        When to record; see `Schedule`. At the start, at the end of each epoch, and at the end, if
        nothing is said.
    **settings
        ``layers`` and, if wanted, ``rule``, ``batch_size``, ``run``, ``on_error``, and the settings of
        `Recorder`; see `Probe`.

    Examples
    --------
    ::

        from activstats.recorder.callbacks import TrainerProbe

        tokens = tokenizer(texts, padding=True, return_tensors="pt")
        probe = TrainerProbe(
            "runs/fit", {**tokens, "mask": tokens["attention_mask"]}, layers="*.act", every_n_steps=100
        )
        transformers.Trainer(model, arguments, train_dataset=dataset, callbacks=[probe]).train()
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

    def on_train_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002  (the library's signature, here and below)
        """Begin the recording."""
        if not state.is_world_process_zero:
            return
        if self._probe.is_open:  # the training before this one ended with an error
            self._probe.close(InterruptedError())
        self._probe.open(others["model"])
        if self._schedule.at_start:
            self._probe.record(others["model"], state.global_step)

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002
        """Record, if the step is one to record."""
        if self._schedule.has_step(state.global_step):
            self._probe.record(others["model"], state.global_step)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002
        """Record, if the epoch is one to record."""
        if self._schedule.has_epoch(round(state.epoch or 0)):
            self._probe.record(others["model"], state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:  # noqa: ARG002
        """End the recording, with the last step in it."""
        if self._schedule.at_end:
            self._probe.record(others["model"], state.global_step)
        self._probe.close()
