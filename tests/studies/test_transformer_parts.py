"""The parts of the study of transformers: its network, its learner without neurons, its sizes."""

from collections import Counter, defaultdict

import numpy as np
import pytest
import torch
from torch.nn import functional

from activstats.errors import DomainError
from activstats.laws.loss.location_error import expected_location_errors
from activstats.studies.advised_sizes import (
    ADVISED_SEEDS,
    ADVISED_SIZES,
    NOISE,
    STEEPEST,
    B,
    advise,
)
from activstats.studies.metrics import score
from activstats.studies.settings import StudySettings
from activstats.studies.training import tensors
from activstats.studies.transformer_bigram import PRIORS, fit_bigram
from activstats.studies.transformer_data import (
    split_text,
    training_windows,
)
from activstats.studies.transformer_network import BLOCKS, neuron_layers, transformer
from activstats.studies.transformer_pruning import pruning_of_blocks, without_neurons
from activstats.studies.transformer_settings import TransformerSettings
from activstats.studies.transformer_text import (
    CHARACTERS,
    N_TOKENS,
    help_topics,
)

SETTINGS = TransformerSettings(context=16, scored_tokens=640, probe_windows=200)


@pytest.fixture(scope="module")
def splits():
    return split_text(help_topics(), SETTINGS)


def network(block="gated", **changes):
    shape = {
        "tokens": N_TOKENS,
        "context": 16,
        "features": 8,
        "heads": 2,
        "neurons": 12,
        "depth": 2,
    }
    return transformer(**shape | changes, block=block, seed=3)


@pytest.mark.parametrize("block", BLOCKS)
def test_no_token_sees_those_after_it(block):
    tokens = torch.arange(16)[None]
    other = tokens.clone()
    other[0, 9:] = 40
    one, changed = network(block)(tokens), network(block)(other)
    torch.testing.assert_close(one[:, :9], changed[:, :9])
    assert not torch.allclose(one[:, 9:], changed[:, 9:])


def test_the_recorded_input_of_down_is_the_gated_product():
    made, seen = network(), []
    mlp = made.blocks[1].mlp
    mlp.down.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    mlp.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    made(torch.arange(16)[None])
    x, product = seen
    gate, up = (functional.linear(x, one.weight, one.bias) for one in (mlp.gate, mlp.up))
    torch.testing.assert_close(product, gate / (1 + torch.exp(-gate)) * up)
    assert neuron_layers(2)[1] == "blocks.1.mlp.down:in"
    assert float(product.detach().min()) < 0


def test_networks_of_a_seed_are_alike_and_have_torchs_own_spread():
    one, again = network(neurons=400), network(neurons=400)
    for name, weights in one.state_dict().items():
        torch.testing.assert_close(weights, again.state_dict()[name])
    # Uniform on ±1/√8: SD 1/√24.
    assert float(one.blocks[0].mlp.up.weight.detach().std()) == pytest.approx(24**-0.5, rel=0.05)


def test_an_unknown_block_and_heads_that_do_not_fit_are_refused():
    with pytest.raises(DomainError, match="no such transformer"):
        network("maxout")
    with pytest.raises(DomainError, match="no such transformer"):
        network(heads=3)
    with pytest.raises(DomainError, match="blocks are of one kind"):
        TransformerSettings(compared=("gated",))


def test_losses_of_sequences_are_those_of_their_tokens_one_by_one(splits):
    made = network()
    x, y = tensors(splits.test)
    found = score(made, x, y)
    with torch.no_grad():
        logits = made(x).double().reshape(-1, N_TOKENS)
    expected = -torch.log_softmax(logits, dim=1)[torch.arange(len(logits)), y.reshape(-1)].mean()
    assert found.loss == pytest.approx(float(expected), rel=1e-12)
    assert found.accuracy == float((logits.argmax(dim=1) == y.reshape(-1)).double().mean())


def test_neurons_that_are_removed_pass_nothing_on(splits):
    made = network()
    gone = [np.arange(12) < 6, np.arange(12) >= 6]
    pruned = without_neurons(made, gone)
    x, _ = tensors(splits.test.rows(slice(0, 4)))
    kept = [torch.tensor(~without) for without in gone]
    handles = [
        block.mlp.down.register_forward_pre_hook(lambda _, given, keep=keep: (given[0] * keep,))
        for block, keep in zip(made.blocks, kept, strict=True)
    ]
    torch.testing.assert_close(pruned(x), made(x))
    for handle in handles:
        handle.remove()
    row = pruning_of_blocks(made, splits.probe, 0)
    assert row["free_removed"] == row["random_removed"]
    assert row == pruning_of_blocks(made, splits.probe, 0)


def test_the_learner_without_neurons_has_the_counted_frequencies_of_pairs(splits):
    samples = training_windows(splits, 4096, 0, 16)
    after = defaultdict(Counter)
    for x, y in zip(
        samples.features.ravel().tolist(), samples.labels.ravel().tolist(), strict=True
    ):
        after[x][y] += 1
    learner = fit_bigram(samples, splits.validation)
    place = CHARACTERS.index("t")
    overall = np.bincount(samples.labels.ravel(), minlength=N_TOKENS) / samples.n_tokens
    counts = np.array([after[place][i] for i in range(N_TOKENS)])
    prior = next(p for p in PRIORS if learner.words.startswith(f"{p:g} "))
    expected = (counts + prior * overall) / (counts.sum() + prior)
    found = learner.predict(np.array([[place]], dtype=np.float32))[0]
    np.testing.assert_allclose(found, (1 - learner.weight) * expected + learner.floor, rtol=1e-10)


def test_sizes_of_the_studies_are_no_worse_than_those_advised():
    plan = advise(least=2, most=1079, runs=36)
    assert (len(plan.advice.sizes), plan.advice.seeds) == (ADVISED_SIZES, ADVISED_SEEDS)
    guess = {"d_star": B * STEEPEST, "b": B, "cv": NOISE}
    own = StudySettings()
    every = np.repeat(own.size_grid(1079), len(own.seeds))
    found = expected_location_errors(every, **guess).log_d_star
    assert found <= plan.advice.se_log_d_star * 1.01
    with pytest.raises(DomainError, match="both sides"):
        advise(least=2, most=100, runs=36)
