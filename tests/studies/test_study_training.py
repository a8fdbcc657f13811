"""Networks, metrics and training."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss

from activstats.errors import DomainError, StudyError
from activstats.studies.metrics import mean_loss, score
from activstats.studies.network import hidden_layer_network, hidden_layers
from activstats.studies.settings import StudySettings
from activstats.studies.shape import equal_width, n_parameters
from activstats.studies.splits import split_table, training_set
from activstats.studies.table import digits_table
from activstats.studies.training import copy_of_state, one_thread, tensors, train

SHORT = StudySettings(steps=40, validation_every=5)


@pytest.fixture(scope="module")
def splits():
    return split_table(digits_table(), SHORT)


def network(seed=0, width=12):
    return hidden_layer_network(n_features=64, width=width, n_classes=10, seed=seed)


def weights(net):
    return torch.cat([value.detach().flatten() for value in net.parameters()]).numpy()


def test_layers_are_named_and_shaped_as_documented():
    net = network()
    assert [name for name, _ in net.named_children()] == ["fc1", "relu", "fc2"]
    assert net(torch.zeros(3, 64)).shape == (3, 10)


def test_deeper_networks_have_a_relu_after_each_hidden_layer():
    net = hidden_layer_network(n_features=64, width=12, n_classes=10, seed=0, depth=3)
    names = ["fc1", "relu1", "fc2", "relu2", "fc3", "relu3", "fc4"]
    assert [name for name, _ in net.named_children()] == names
    assert hidden_layers(3) == ("relu1", "relu2", "relu3")
    assert net(torch.zeros(3, 64)).shape == (3, 10)


@given(
    n_features=st.integers(1, 200),
    width=st.integers(16, 2000),
    n_classes=st.integers(2, 50),
    depth=st.integers(2, 5),
)
@settings(max_examples=50)
def test_networks_of_every_depth_have_the_parameters_of_a_flat_one(
    n_features, width, n_classes, depth
):
    ends = {"n_features": n_features, "n_classes": n_classes}
    budget = n_parameters(width=width, **ends)
    try:
        narrow = equal_width(width=width, depth=depth, **ends)
    except DomainError:
        assert n_parameters(width=2, depth=depth, **ends) > budget
        return
    off = [abs(n_parameters(width=narrow + d, depth=depth, **ends) - budget) for d in (-1, 0, 1)]
    assert off[1] == min(off)


def test_parameters_are_counted_as_torch_counts_them():
    for depth in (1, 3):
        net = hidden_layer_network(n_features=7, width=5, n_classes=4, seed=0, depth=depth)
        counted = sum(value.numel() for value in net.parameters())
        assert n_parameters(n_features=7, width=5, n_classes=4, depth=depth) == counted


def test_initial_weights_are_uniform_within_the_bounds_of_torch():
    fc1 = network(width=2000).fc1
    bound = 1 / math.sqrt(64)
    values = fc1.weight.detach().flatten()
    assert values.abs().max() <= bound
    # A uniform variable on ±bound has standard deviation bound/√3; 128,000 draws.
    assert float(values.std()) == pytest.approx(bound / math.sqrt(3), rel=0.01)


def test_networks_of_one_seed_are_identical_and_of_two_seeds_are_not():
    np.testing.assert_array_equal(weights(network(1)), weights(network(1)))
    assert not np.array_equal(weights(network(1)), weights(network(2)))


def test_metrics_agree_with_scikit_learn(splits):
    net = network()
    with torch.no_grad():
        net.fc2.weight.mul_(8)  # probabilities that are far from even
    x, y = tensors(splits.test)
    probabilities = net(x).detach().double().softmax(dim=1).numpy()
    found = score(net, x, y)
    labels = np.arange(10)
    assert found.loss == pytest.approx(log_loss(y, probabilities, labels=labels), rel=1e-9)
    assert found.accuracy == pytest.approx(accuracy_score(y, probabilities.argmax(axis=1)))
    # scikit-learn's multiclass score runs from 0 to 2 when it is not halved.
    brier = brier_score_loss(y, probabilities, labels=labels, scale_by_half=False)
    assert found.brier == pytest.approx(brier, rel=1e-9)
    assert mean_loss(net, x, y) == pytest.approx(found.loss, rel=1e-5)


def test_scores_do_not_depend_on_how_the_rows_are_cut(splits, monkeypatch):
    x, y = tensors(splits.test)
    whole = score(network(), x, y)
    monkeypatch.setattr("activstats.studies.metrics.ROWS_AT_ONCE", 7)
    cut = score(network(), x, y)
    assert cut.loss == pytest.approx(whole.loss, rel=1e-7)  # the network itself is float32
    assert cut.accuracy == whole.accuracy


def test_checkpoint_has_the_smallest_validation_loss_of_those_seen(splits):
    net = network(width=64)
    samples = training_set(splits, 16, seed=0)
    long = replace(SHORT, steps=300)
    training = train(net, samples, splits.validation, long, seed=0)
    assert training.steps_seen == (1, 2, 3, 4, *range(5, 301, 5))
    # Sixteen samples are overfitted long before step 300.
    assert training.best_step < 300
    smallest = min(training.validation_losses)
    assert training.validation_losses[training.steps_seen.index(training.best_step)] == smallest
    assert training.validation_losses[-1] > smallest
    net.load_state_dict(training.best_state)
    assert mean_loss(net, *tensors(splits.validation)) == smallest


def test_two_samples_do_not_make_a_wide_network_worse_than_guessing(splits):
    """It learns them by heart within three steps, long before the first regular look."""
    config = replace(SHORT, validation_every=20)
    training = train(
        network(width=1024), training_set(splits, 2, seed=0), splits.validation, config, seed=0
    )
    assert training.best_step < 5
    assert min(training.validation_losses) < math.log(10) + 0.05
    assert training.validation_losses[19] > math.log(10) + 0.2


def test_last_step_is_looked_at_even_off_the_grid(splits):
    samples = training_set(splits, 16, seed=0)
    training = train(network(), samples, splits.validation, replace(SHORT, steps=12), seed=0)
    assert training.steps_seen == (1, 2, 3, 4, 5, 10, 12)


def test_training_twice_gives_the_same_weights_to_the_last_bit(splits):
    found = []
    for _ in range(2):
        net = network()
        train(net, training_set(splits, 100, seed=0), splits.validation, SHORT, seed=0)
        found.append(weights(net))
    np.testing.assert_array_equal(*found)


def test_training_agrees_with_adam_written_out(splits):
    samples, rate = training_set(splits, 30, seed=0), SHORT.learning_rate
    net, reference = network(), network().double()
    train(net, samples, splits.validation, SHORT, seed=0)
    x, y = tensors(samples)
    moments = {name: (0.0, 0.0) for name, _ in reference.named_parameters()}
    for step in range(1, SHORT.steps + 1):
        reference.zero_grad()
        # Thirty samples are fewer than a batch: every step takes them all.
        (-reference(x.double()).log_softmax(dim=1)[torch.arange(30), y].mean()).backward()
        for name, value in reference.named_parameters():
            first, second = moments[name]
            first = 0.9 * first + 0.1 * value.grad
            second = 0.999 * second + 0.001 * value.grad**2
            moments[name] = first, second
            size = (second / (1 - 0.999**step)).sqrt() + 1e-8
            value.data -= rate * first / (1 - 0.9**step) / size
    np.testing.assert_allclose(weights(net), weights(reference), atol=2e-4)


def test_each_step_is_reported_and_the_network_ends_at_the_last_one(splits):
    net, told = network(), []
    samples = training_set(splits, 16, seed=0)
    train(net, samples, splits.validation, SHORT, seed=0, at_step=told.append)
    assert told == list(range(SHORT.steps + 1))
    state = copy_of_state(net)
    assert all(torch.equal(state[name], value) for name, value in net.state_dict().items())


def test_a_diverging_run_is_an_error_and_no_number(splits):
    wild = replace(SHORT, learning_rate=1e38)
    with pytest.raises(StudyError, match="training diverged"):
        train(network(), training_set(splits, 16, seed=0), splits.validation, wild, seed=0)


def test_global_state_of_torch_is_left_as_it_was(splits):
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
        train(network(), training_set(splits, 16, seed=0), splits.validation, SHORT, seed=0)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.get_num_threads() == threads
