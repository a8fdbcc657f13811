"""Activation checkpointing: a forward pass that is run again within the backward pass."""

from __future__ import annotations

import torch


def is_recomputing() -> bool:
    """Return whether the autograd engine is at work in this thread, so that a call is a second one.

    `torch.utils.checkpoint`, reentrant or not, drops activations in the forward pass and calls the
    same modules again from within the backward pass. What they give there has been met already.
    """
    # What torch.utils.checkpoint itself asks; there is no public name for it.
    task: int = torch._C._current_graph_task_id()  # noqa: SLF001  (no public name)
    return task != -1
