"""Masks close the share that was asked for, open on time, and leave nothing behind."""

import copy
import io

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from activstats import open_recording
from activstats.errors import DomainError, InputError, LayerNotFoundError
from activstats.nn import LambdaMask, add_mask, advance_masks, mask_notes, remove_masks
from activstats.recorder import Recorder


@pytest.fixture(autouse=True)
def _torch_draws_of_its_own(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def counts(mask, n_steps):
    found = [int(mask.closed.sum())]
    for _ in range(n_steps):
        mask.advance()
        found.append(int(mask.closed.sum()))
    return found


def model():
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("linear", [8, 8, 8, 6, 4, 2, 0, 0]),
        ("cosine", [8, 8, 8, 7, 4, 1, 0, 0]),  # 8·(1 + cos(π/4))/2 = 6.8, 8·(1 + cos(3π/4))/2 = 1.2
        ("step", [8, 8, 8, 8, 4, 4, 0, 0]),
    ],
)
def test_schedules_release_as_many_as_their_formulas_say(schedule, expected):
    mask = LambdaMask(16, share=0.5, hold=2, open_at=6, schedule=schedule, stages=2)
    assert counts(mask, 7) == expected


def test_a_mask_that_opens_at_once_and_one_that_never_does():
    assert counts(LambdaMask(10, share=0.3, hold=2, open_at=2), 3) == [3, 3, 0, 0]
    assert counts(LambdaMask(10, share=0.3, open_at=0), 1) == [0, 0]
    assert counts(LambdaMask(10, share=0.3, open_at=None), 3) == [3, 3, 3, 3]


@given(
    st.integers(1, 40), st.floats(0, 1), st.integers(0, 5), st.integers(0, 6),
    st.sampled_from(["linear", "cosine", "step"]), st.integers(1, 5),
)  # fmt: skip
def test_released_neurons_stay_released_and_all_are_in_the_end(n, share, hold, more, how, block):
    mask = LambdaMask(n, share=share, hold=hold, open_at=hold + more, schedule=how, block=block)
    before = set(range(n))
    for step in range(hold + more + 1):
        now = set(mask.masked)
        assert now <= before
        assert now == set(mask.masked_at(step))
        before = now
        mask.advance()
    assert mask.is_open
    assert mask.masked_at(hold + more) == []


def test_masked_neurons_put_out_zero_and_get_no_gradient():
    masked = model()
    mask = add_mask(masked, "0", share=0.5, open_at=None)
    hidden = masked[0](torch.randn(5, 6))
    assert (hidden[:, mask.closed] == 0).all()
    masked(torch.randn(5, 6)).sum().backward()
    assert (masked[0].weight.grad[mask.closed] == 0).all()
    assert (masked[0].weight.grad[~mask.closed] != 0).any(dim=1).sum() > 4


def test_masks_are_the_same_for_the_same_seed_and_torch_is_left_alone():
    before = torch.get_rng_state()
    one, two, other = (LambdaMask(64, open_at=9, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert one.masked == two.masked != other.masked


def test_blocks_are_masked_whole():
    mask = LambdaMask(22, share=0.5, hold=0, open_at=4, block=4)
    for _ in range(5):
        closed = mask.closed.tolist()
        assert all(len(set(closed[at : at + 4])) == 1 for at in range(0, 22, 4))
        mask.advance()


@pytest.mark.parametrize(
    ("choice", "expected"), [("least_active", {0, 1}), ("most_active", {4, 5})]
)
def test_choice_by_activity_follows_the_firing_before_the_mask(choice, expected):
    mask = LambdaMask(6, share=1 / 3, open_at=None, choice=choice, momentum=0.5)
    x = (torch.arange(100)[:, None] < torch.tensor([0, 10, 30, 50, 70, 100])).float()
    for _ in range(20):
        mask(x)
        mask.advance()
    assert set(mask.masked) == expected
    torch.testing.assert_close(mask.activity, torch.tensor([0, 0.1, 0.3, 0.5, 0.7, 1.0]), atol=1e-4, rtol=0)  # fmt: skip
    mask.eval()
    before = mask.activity.clone()
    mask(torch.ones(3, 6))
    assert torch.equal(mask.activity, before)


def test_state_dict_goes_on_where_it_was():
    one, two = model(), model()
    for each, seed in ((one, 0), (two, 5)):
        add_mask(each, "0", hold=1, open_at=9, seed=seed)
    for _ in range(4):
        advance_masks(one)
    kept = io.BytesIO()
    torch.save(one.state_dict(), kept)
    kept.seek(0)
    two.load_state_dict(torch.load(kept))
    x = torch.randn(7, 6)
    for _ in range(3):
        assert torch.equal(one(x), two(x))
        for each in (one, two):
            advance_masks(each)


def test_removal_leaves_the_plain_module_to_the_last_bit():
    plain = model()
    masked = copy.deepcopy(plain)
    add_mask(masked, "0", open_at=2)
    add_mask(masked, "1", n_neurons=16, open_at=1, choice="most_active")
    for _ in range(2):
        advance_masks(masked)
    x = torch.randn(9, 6)
    opened = masked(x)
    assert remove_masks(masked) is masked
    assert str(masked) == str(plain)
    assert list(masked.state_dict()) == list(plain.state_dict())
    assert not any(module._forward_hooks for module in masked.modules())
    assert torch.equal(masked(x), plain(x))
    assert torch.equal(opened, plain(x))


def test_closed_masks_are_not_removed_unasked():
    masked = model()
    add_mask(masked, "0", open_at=None)
    with pytest.raises(InputError, match="not open yet"):
        remove_masks(masked)
    assert "0.lambda_mask.closed" in masked.state_dict()
    remove_masks(masked, closed="open")
    assert "0.lambda_mask.closed" not in masked.state_dict()


def test_masks_as_layers_of_their_own_become_identities():
    chain = nn.Sequential(nn.Linear(4, 8), LambdaMask(8, open_at=0), nn.Linear(8, 2))
    names = [name for name in chain.state_dict() if "1." not in name]
    remove_masks(chain)
    assert isinstance(chain[1], nn.Identity)
    assert list(chain.state_dict()) == names


def test_copies_have_masks_of_their_own():
    masked = model()
    add_mask(masked, "0", share=0.5, open_at=1)
    twin = copy.deepcopy(masked)
    advance_masks(twin)
    x = torch.randn(4, 6)
    assert int((masked[0](x) == 0).sum()) == 4 * 8
    assert int((twin[0](x) == 0).sum()) == 0
    remove_masks(twin)
    assert not twin[0]._forward_hooks
    assert len(masked[0]._forward_hooks) == 1


def test_convolutions_are_masked_by_channel():
    convolution = nn.Sequential(nn.Conv2d(1, 8, 3))
    mask = add_mask(convolution, "0", share=0.5, open_at=None, block=2)
    out = convolution(torch.randn(2, 1, 6, 6))
    assert (out[:, mask.closed] == 0).all()
    assert (out[:, ~mask.closed] != 0).all()


def test_half_precision_stays_half():
    mask = LambdaMask(4, open_at=None)
    assert mask(torch.ones(2, 4, dtype=torch.bfloat16)).dtype is torch.bfloat16
    assert mask.half().closed.dtype is torch.bool


@pytest.mark.parametrize("choice", ["random", "least_active"])
def test_masked_model_compiles_whole(choice):
    masked = model()
    add_mask(masked, "0", open_at=4, choice=choice)
    twin = copy.deepcopy(masked)
    compiled = torch.compile(masked, backend="eager", fullgraph=True)
    x = torch.randn(5, 6)
    for _ in range(5):
        torch.testing.assert_close(compiled(x), twin(x))
        advance_masks(masked)
        advance_masks(twin)
    assert masked[0].lambda_mask.is_open
    torch._dynamo.reset()


def test_recording_names_the_masked_neurons(tmp_path):
    masked = model()
    mask = add_mask(masked, "1", n_neurons=16, share=0.25, hold=1, open_at=5)
    notes = mask_notes(masked, steps=(0, 3, 5))
    to = Recorder(masked, tmp_path / "r", layers="1", rule="above(0)", notes=notes)
    with to as recorder, recorder.batch():
        masked(torch.randn(200, 6))
    recording = open_recording(tmp_path / "r")
    told = recording.info.notes["lambda_masks"]["1"]
    assert told["masked"] == mask.masked
    assert told["masked_at"]["5"] == []
    assert set(told["masked_at"]["3"]) < set(told["masked"])
    fired = recording.counts().counts > 0
    assert [at for at, one in enumerate(fired.tolist()) if not one] == mask.masked


def test_activity_has_no_future_to_tell():
    with pytest.raises(InputError, match="activity"):
        LambdaMask(4, open_at=3, choice="most_active").masked_at(1)


@pytest.mark.parametrize(
    "settings",
    [
        {"share": 1.2}, {"share": float("nan")}, {"hold": -1}, {"hold": 5, "open_at": 4},
        {"schedule": "sudden"}, {"stages": 0}, {"choice": "best"}, {"block": 0},
        {"block": 2, "choice": "least_active"}, {"momentum": 0}, {"n_neurons": 0},
    ],
)  # fmt: skip
def test_settings_outside_their_domain_are_refused(settings):
    with pytest.raises(DomainError):
        LambdaMask(**{"n_neurons": 8, "open_at": 9} | settings)


def test_layers_that_cannot_be_masked_are_refused_with_advice():
    chain = model()
    with pytest.raises(LayerNotFoundError):
        add_mask(chain, "fc7", open_at=1)
    with pytest.raises(InputError, match="how many neurons"):
        add_mask(chain, "1", open_at=1)
    with pytest.raises(InputError, match="container"):
        add_mask(chain, "", n_neurons=3, open_at=1)
    add_mask(chain, "0", open_at=1)
    with pytest.raises(InputError, match="already"):
        add_mask(chain, "0", open_at=1)
    with pytest.raises(InputError, match="another number"):
        LambdaMask(5, open_at=1)(torch.ones(2, 4))
    recurrent = nn.Sequential(nn.LSTM(4, 8))
    add_mask(recurrent, "0", n_neurons=8, open_at=1)
    with pytest.raises(InputError, match="one tensor"):
        recurrent(torch.ones(2, 3, 4))
    with pytest.raises(DomainError):
        remove_masks(chain, closed="maybe")
