"""Layers with stamina keep its account exactly, die when it is used up, and shrink for good."""

import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import floats, integers
from torch import nn
from torch.nn.utils import prune

from activstats.errors import ActivstatsWarning, DomainError, InputError, LayerNotFoundError
from activstats.nn import BalancedReLU, HebbianLinear, Stamina, remove_dead, remove_units
from activstats.nn.competition import compete, keep_winners
from activstats.nn.walks import walked


@pytest.fixture(autouse=True)
def _torch_draws_of_its_own(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def layer(n_in=6, n_out=10, **options):
    return HebbianLinear(n_in, n_out, generator=generator(), **options)


@pytest.mark.parametrize("n_samples", [1, 2, 3, 7, 8, 33])
def test_batch_of_samples_equals_a_walk_through_them(n_samples, rng):
    change = torch.tensor(rng.normal(0, 1, (n_samples, 5)))
    start, most = torch.tensor(rng.uniform(0, 2, 5)), torch.tensor(2.0, dtype=torch.float64)
    end, lowest = walked(change, start, most)
    s, seen = start.clone(), []
    for step in change:
        s = torch.minimum(most, s + step)
        seen.append(s)
    torch.testing.assert_close(end, s)
    # A ceiling at the start is no point of the walk, and none of its points is higher.
    torch.testing.assert_close(lowest, torch.stack(seen).amin(dim=0))


def test_cut_of_the_stream_into_batches_changes_nothing(rng):
    outputs = torch.tensor(rng.gamma(1, 1, (60, 4)) * (rng.random((60, 4)) < 0.4)).float()
    whole, parts = (Stamina(4, penalty=0.5, life=8) for _ in range(2))
    whole.update(outputs)
    for part in outputs.split(7):
        parts.update(part)
    torch.testing.assert_close(whole.stamina, parts.stamina)
    assert torch.equal(whole.alive, parts.alive)


def test_silent_neuron_dies_at_the_end_of_its_life():
    stamina = Stamina(1, penalty=0.5, life=20)
    stamina.update(torch.zeros(19, 1))
    assert bool(stamina.alive)
    stamina.update(torch.zeros(1, 1))
    assert not bool(stamina.alive)
    stamina.update(torch.ones(5, 1))
    assert float(stamina.stamina) == 0  # the dead stay dead


def test_stamina_is_capped_and_gains_by_output_or_by_firing():
    for signal, expected in (("output", 3.0 + 2.5), ("firing", 3.0 + 1.0)):
        stamina = Stamina(1, penalty=1.0, life=3, signal=signal)
        stamina.update(torch.full((1, 1), 2.5))
        assert float(stamina.stamina) == expected
        stamina.update(torch.full((50, 1), 2.5))
        assert float(stamina.stamina) == 6.0  # twice the start


def test_penalty_is_the_ratio_times_the_median_balance_of_neurons_that_fire():
    stamina = Stamina(4, ratio=0.5, life=10)
    outputs = torch.zeros(100, 4)
    outputs[:50, 0], outputs[:20, 1], outputs[:80, 2] = 1.0, 1.0, 1.0  # p* = 1, .25, 4; one silent
    stamina.update(outputs)
    torch.testing.assert_close(stamina.balancing(), torch.tensor([1.0, 0.25, 4.0, 0.0]))
    assert stamina.alive.all()  # before it begins nobody dies
    stamina.begin()
    assert float(stamina.penalty) == 0.5
    assert stamina.stamina.tolist() == [5.0] * 4


@pytest.mark.parametrize("k", [1, 2, 5, 12])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_winners_are_those_of_a_sorted_list(k, dtype, rng):
    drive = torch.tensor(rng.normal(size=(3, 4, 12))).to(dtype)
    before = drive.clone()
    kth = drive.sort(dim=-1, descending=True).values[..., k - 1 : k]
    expected = torch.where((drive >= kth) & (drive > 0), drive, torch.zeros_like(drive))
    assert torch.equal(keep_winners(drive, k), expected)
    assert torch.equal(keep_winners(drive.mT.contiguous().mT, k), expected)
    assert torch.equal(torch.func.vmap(lambda x: keep_winners(x, k))(drive), expected)
    compiled = torch.compile(keep_winners, backend="eager", fullgraph=True)
    assert torch.equal(compiled(drive, k), expected)
    assert torch.equal(drive, before)


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=9),
        elements=floats(width=32, allow_nan=False),
    ),
    integers(1, 9),
)
def test_numbers_of_any_size_win_by_their_order(drive, k):
    # From the least normal number up; what is below is put out by nobody.
    kth = np.sort(drive, axis=1)[:, ::-1][:, min(k, drive.shape[1]) - 1, None]
    positive = drive >= np.finfo(np.float32).tiny
    expected = np.where((drive >= kth) & positive, drive, 0)
    kept = keep_winners(torch.tensor(drive), k).numpy()
    reaching = np.isfinite(kth) & (kth < np.finfo(np.float32).max)
    np.testing.assert_array_equal(np.where(reaching, kept, 0), np.where(reaching, expected, 0))
    assert np.all((kept == drive) | (kept == 0))
    assert np.all((kept > 0).sum(axis=1) >= np.minimum(k, positive.sum(axis=1)))


def test_not_a_number_is_not_hidden():
    drive = torch.tensor([[1.0, float("nan"), 3.0, 2.0]])
    assert keep_winners(drive, 1).isnan().tolist() == [[False, True, False, False]]


def test_gradients_pass_through_the_winners_alone():
    drive = torch.tensor([[3.0, 1.0, 2.0, -1.0]], requires_grad=True)
    compete(drive, "k-winners", winners=2, temperature=1.0).sum().backward()
    assert drive.grad.tolist() == [[1.0, 0.0, 1.0, 0.0]]


def test_winners_are_the_largest_and_no_more_than_asked_for(rng):
    x = torch.tensor(rng.normal(size=(40, 6))).float()
    for winners in (1, 3):
        one = layer(winners=winners).eval()
        out = one(x)
        assert ((out > 0).sum(dim=1) <= winners).all()
        drive = (x @ one.weight.T).relu()
        torch.testing.assert_close(out.sum(dim=1), drive.topk(winners, dim=1).values.sum(dim=1))


def test_softmax_fires_above_the_even_share(rng):
    one = layer(competition="softmax").eval()
    out = one(torch.tensor(rng.normal(size=(9, 6))).float())
    torch.testing.assert_close(out.sum(dim=1), torch.ones(9))


def test_oja_turns_one_neuron_to_the_first_principal_direction(rng):
    """Oja 1982: the weight converges to the unit eigenvector of the largest eigenvalue."""
    direction = np.array([3.0, 4.0]) / 5
    x = rng.normal(size=(4000, 1)) * direction * 2 + rng.normal(size=(4000, 2)) * 0.2
    x = np.where((x @ direction > 0)[:, None], x, -x)  # outputs are rectified
    one = HebbianLinear(2, 1, learning_rate=0.05, generator=generator())
    one.weight.data.copy_(torch.tensor([[1.0, 0.2]]))
    for part in torch.tensor(x).float().split(20):
        one(part)
    assert float(one.weight.norm()) == pytest.approx(1, abs=0.05)
    assert abs(one.weight[0].numpy() @ direction) == pytest.approx(1, abs=0.02)


def test_learning_step_is_the_formula():
    one = layer(2, 2, winners=2, learning_rate=0.1)
    w = one.weight.clone()
    x = torch.tensor([[1.0, 0.5], [0.2, 2.0]])
    y = (x @ w.T).relu()
    one(x)
    expected = w + 0.1 * (y.T @ x / 2 - y.square().mean(dim=0)[:, None] * w)
    torch.testing.assert_close(one.weight.data, expected)


def test_discouragement_is_minus_gamma_log_of_the_share_of_the_mean():
    one = layer(4, 2, discouragement=0.1)
    one.expected.copy_(torch.tensor([3.0, 1.0]))
    expected = -0.1 * torch.tensor([3 / 2, 1 / 2]).log()
    torch.testing.assert_close(one.handicap(), expected)


def test_discouragement_makes_expected_outputs_more_uniform(rng):
    x = torch.tensor(rng.normal(size=(2000, 6)) + np.array([1.5, 0, 0, 0, 0, 0])).float()
    spread = []
    for gamma in (0.0, 0.1, 0.5):
        one = layer(discouragement=gamma, learning_rate=0.1)
        for part in x.split(20):
            one(part)
        mean = one.eval()(x).mean(dim=0)
        spread.append(float(mean.std() / mean.mean()))
    assert spread[2] < spread[1] < spread[0]


def test_plain_hebb_and_absent_competition_are_warned_of():
    with pytest.warns(ActivstatsWarning, match="without bound"):
        layer(rule="hebb")
    with pytest.warns(ActivstatsWarning, match="one direction"):
        layer(competition="none")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        layer()


def test_everything_is_in_the_state_dict(rng):
    x = torch.tensor(rng.normal(size=(100, 6))).float()
    one, other = layer(discouragement=0.05), layer(discouragement=0.05)
    one(x)
    one.begin()
    one(x)
    other.load_state_dict(one.state_dict())
    one(x)
    other(x)
    for name, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_layer_runs_under_dynamo_without_a_graph_break(rng):
    one, other = layer(), layer()
    compiled = torch.compile(other, backend="eager", fullgraph=True)
    x = torch.tensor(rng.normal(size=(16, 6))).float()
    torch.testing.assert_close(one(x), compiled(x))
    torch.testing.assert_close(one.weight, other.weight)
    relu = torch.compile(BalancedReLU(0.5), backend="eager", fullgraph=True)
    torch.testing.assert_close(relu(x), BalancedReLU(0.5)(x))


def test_dead_neurons_are_silent_and_then_gone(rng):
    x = torch.tensor(rng.normal(size=(50, 6))).float()
    one = layer(winners=10)
    model = nn.Sequential(one, nn.Linear(10, 3)).eval()
    before = model(x)
    one.stamina.alive[[2, 5]] = False
    silenced = model(x)
    assert (one(x)[:, [2, 5]] == 0).all()
    n_before = sum(p.numel() for p in model.parameters())
    assert remove_dead(model) == {"0": 2}
    torch.testing.assert_close(model(x), silenced)
    assert not torch.allclose(before, silenced)
    assert n_before - sum(p.numel() for p in model.parameters()) == 2 * 6 + 2 * 3
    assert one.out_features == model[1].in_features == 8
    model.train()(x)  # and it goes on learning


def wide():
    return nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Sequential(nn.Sigmoid(), nn.Dropout(0.1)),
        BalancedReLU(torch.arange(8.0)), nn.Linear(8, 3),
    )  # fmt: skip


def test_model_answers_as_if_the_removed_units_had_been_silent(rng):
    model = wide()
    x = torch.randn(20, 4)
    model.train()(x)
    model.eval()
    keep = torch.tensor([True, False, True, True, False, True, True, True])
    silenced = model[0](x) * keep
    expected = model[4](model[3](model[2](model[1](silenced))))
    remove_units(model, "0", keep)
    torch.testing.assert_close(model(x), expected)
    assert [tuple(p.shape) for p in model.parameters()] == [(6, 4), (6,), (6,), (6,), (3, 6), (3,)]
    model.train()(x).sum().backward()
    assert model[0].weight.grad.shape == (6, 4)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.second(x + self.first(x))


def test_what_cannot_be_followed_is_refused_with_advice():
    some = torch.tensor([True, True, True, False])
    with pytest.raises(InputError, match="followers"):
        remove_units(Residual(), "first", some)
    for mixing in (nn.LayerNorm(4), nn.Softmax(dim=1), nn.Flatten()):
        with pytest.raises(InputError, match="mixes neurons"):
            remove_units(nn.Sequential(nn.Linear(3, 4), mixing, nn.Linear(4, 2)), "0", some)
    with pytest.raises(InputError, match="no linear layer"):
        remove_units(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), "0", some)
    model = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Linear(4, 2, bias=False))
    with pytest.raises(InputError, match="no bias"):
        remove_units(model, "0", some)


def test_layers_of_other_models_are_followed_where_they_are_named(rng):
    model = Residual()  # named wrongly it would be cut wrongly: who names it vouches for it
    plain = nn.ModuleDict({"a": nn.Linear(3, 4), "act": nn.ReLU(), "b": nn.Linear(4, 2)})
    remove_units(plain, "a", torch.tensor([True, False, True, True]), followers=["act", "b"])
    assert plain["b"].in_features == 3
    with pytest.raises(LayerNotFoundError):
        remove_units(model, "first", torch.ones(4, dtype=torch.bool), followers=["third"])


def test_shared_and_computed_weights_are_refused():
    shared = nn.Linear(4, 4)
    model = nn.Sequential(nn.Linear(3, 4), shared, nn.ReLU(), shared)
    with pytest.raises(InputError, match="used twice"):
        remove_units(model, "0", torch.tensor([True, True, True, False]))
    pruned = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    prune.ln_structured(pruned[0], "weight", 1, n=2, dim=0)
    with pytest.raises(InputError, match="computed from others"):
        remove_units(pruned, "0", torch.tensor([True, True, True, False]))


def test_nobody_left_and_unknown_layers_are_refused():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    with pytest.raises(LayerNotFoundError, match="no neuron"):
        remove_units(model, "0", torch.zeros(4, dtype=torch.bool))
    with pytest.raises(LayerNotFoundError):
        remove_units(model, "7", torch.ones(4, dtype=torch.bool))
    with pytest.raises(InputError):
        remove_units(model, "0", torch.ones(3, dtype=torch.bool))


def test_balanced_relu_costs_its_penalty_when_silent_and_balances_to_mean_zero(rng):
    x = torch.tensor(rng.normal(0.3, 1, (5000, 3)))
    relu = BalancedReLU(torch.zeros(3, dtype=torch.float64)).double()
    relu.balance(x)
    torch.testing.assert_close(relu(x).mean(dim=0), torch.zeros(3).double(), atol=1e-6, rtol=0)
    expected = x.relu().mean(dim=0) / (x <= 0).double().mean(dim=0)
    torch.testing.assert_close(relu.penalty.double(), expected, atol=1e-6, rtol=1e-6)
    relu.balance(torch.ones(4, 3))
    assert (relu.penalty == 0).all()  # what is never silent has no penalty


def test_gradient_of_balanced_relu_is_that_of_relu():
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    BalancedReLU(0.5)(x).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: BalancedReLU(-1.0),
        lambda: BalancedReLU(float("nan")),
        lambda: Stamina(0),
        lambda: Stamina(3, penalty=0.0),
        lambda: Stamina(3, cap=0.5),
        lambda: Stamina(3, signal="size"),
        lambda: layer(rule="delta"),
        lambda: layer(competition="war"),
        lambda: layer(winners=0),
        lambda: layer(temperature=0.0),
        lambda: layer(learning_rate=0.0),
        lambda: layer(discouragement=-0.1),
        lambda: layer(momentum=0.0),
    ],
)
def test_settings_outside_their_domain_are_refused(make):
    with pytest.raises(DomainError):
        make()
