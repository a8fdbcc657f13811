"""What pruning costs is what a network loses, by arithmetic where that can be had."""

import numpy as np
import pytest
import torch

from activstats.studies.columns import MEANINGS, PRUNING
from activstats.studies.network import hidden_layer_network
from activstats.studies.pruning import pruning_damage, without
from activstats.studies.splits import Samples


@pytest.fixture
def probe(rng):
    labels = rng.integers(3, size=400)
    features = rng.normal(size=(400, 5)) + np.eye(3, 5)[labels] * 2
    return Samples(features.astype(np.float32), labels)


@pytest.fixture
def network():
    return hidden_layer_network(n_features=5, width=32, n_classes=3, seed=0)


def test_silent_neurons_cost_nothing_on_the_counted_half(probe, network):
    with torch.no_grad():
        network.fc1.weight[:8] = 0
        network.fc1.bias[:8] = -1.0  # never above 0, whatever comes
    row = pruning_damage(network, probe, 0)
    assert set(row) == set(PRUNING) <= set(MEANINGS)
    assert row["silent_removed"] == 0.25
    for half in ("counted", "held_out"):
        assert row[f"silent_{half}_accuracy_drop"] == 0.0
        assert row[f"silent_{half}_loss_rise"] == pytest.approx(0.0, abs=1e-12)


def test_a_neuron_that_fires_for_the_other_half_alone_costs_something_there(probe, network):
    features = probe.features.copy()
    features[:, 4] = np.where(np.arange(400) % 2, 10.0, -10.0)
    with torch.no_grad():
        network.fc1.weight[0] = torch.tensor([0.0, 0, 0, 0, 1])
        network.fc1.bias[0] = 0.0
        network.fc2.weight[0, 0] = 5.0
    row = pruning_damage(network, Samples(features, probe.labels), 0)
    assert row["silent_counted_loss_rise"] == pytest.approx(0.0, abs=1e-12)
    assert abs(row["silent_held_out_loss_rise"]) > 0.1


def test_as_many_are_taken_at_random(probe, network):
    row = pruning_damage(network, probe, 0)
    assert row["random_removed"] == row["free_removed"] > 0
    assert row == pruning_damage(network, probe, 0)


def test_pruned_neurons_pass_nothing_on_and_the_network_is_left_alone(probe, network):
    gone = np.arange(32) < 16
    before = {name: value.clone() for name, value in network.state_dict().items()}
    pruned = without(network, gone)
    x = torch.tensor(probe.features)
    with torch.no_grad():
        hidden = torch.relu(network.fc1(x))
        expected = hidden[:, 16:] @ network.fc2.weight[:, 16:].T + network.fc2.bias
        assert torch.allclose(pruned(x), expected, atol=1e-6)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
