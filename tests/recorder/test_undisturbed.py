"""A model that is run in between is afterwards what it was."""

import random

import numpy as np
import pytest
import torch
from torch import nn

from activstats.recorder.undisturbed import undisturbed


class Counting(nn.Module):
    """Counts its calls in buffers, one in place and one anew, in whichever mode."""

    def __init__(self):
        super().__init__()
        self.register_buffer("in_place", torch.zeros(1))
        self.register_buffer("anew", torch.zeros(1))

    def forward(self, x):
        self.in_place += 1
        self.anew = self.anew + 1
        return x


def test_modes_buffers_gradients_and_random_states_stay():
    model = nn.Sequential(
        nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(), nn.BatchNorm1d(4), Counting()
    )
    model[3].eval()  # frozen, as in fine-tuning
    model(torch.randn(8, 4)).sum().backward()
    modes = [module.training for module in model.modules()]
    buffers = dict(model.named_buffers())
    values = {name: buffer.clone() for name, buffer in buffers.items()}
    gradients = [p.grad.clone() for p in model.parameters()]
    states = random.getstate(), torch.get_rng_state()
    numpy_state = np.random.get_state()[1].copy()  # noqa: NPY002
    with pytest.raises(KeyError), undisturbed(model):  # noqa: PT012  (what comes before is the test)
        assert not any(module.training for module in model.modules())
        assert not model(torch.randn(8, 4)).requires_grad
        random.random(), np.random.rand()  # noqa: NPY002
        raise KeyError
    assert [module.training for module in model.modules()] == modes
    assert all(buffers[name] is buffer for name, buffer in model.named_buffers())
    assert all(torch.equal(values[name], buffer) for name, buffer in model.named_buffers())
    assert all(torch.equal(a, p.grad) for a, p in zip(gradients, model.parameters(), strict=True))
    assert random.getstate() == states[0]
    assert torch.equal(torch.get_rng_state(), states[1])
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert torch.is_grad_enabled()
