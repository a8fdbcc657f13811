"""The callback under the real Lightning: the same training to the last bit, and its steps recorded."""

import logging
import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from activstats import open_recording

# Imported by the tests alone: every worker collects this file, and the library takes seconds to load.
pytestmark = pytest.mark.skipif(find_spec("lightning") is None, reason="needs the extra lightning")


@pytest.fixture(autouse=True)
def _one_thread():
    """Nets this small lose by a second thread, the more the busier the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _quiet():
    """Contain what the library says and warns of; ours is not among it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", module="activstats")
        import lightning.pytorch  # noqa: F401  (warns when it is imported)

        loggers = [logging.getLogger(name) for name in ("lightning", "lightning.pytorch", "lightning.fabric")]  # fmt: skip
        levels = [one.level for one in loggers]
        for one in loggers:
            one.setLevel(logging.ERROR)
        yield
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)


def module():
    import lightning.pytorch as pl

    class Classifier(pl.LightningModule):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(
                nn.Linear(8, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(), nn.Linear(32, 3)
            )
            self.states = {}

        def forward(self, x):
            return self.net(x)

        def training_step(self, batch, _):
            assert self.net.training
            assert not self.net[2]._forward_hooks
            if self.global_step not in self.states:  # two batches make one step
                self.states[self.global_step] = {k: v.clone() for k, v in self.state_dict().items()}
            return nn.functional.cross_entropy(self(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=0.01)

    return Classifier()


def quiet_trainer(**options):
    import lightning.pytorch as pl

    return pl.Trainer(
        accelerator="cpu", logger=False, enable_progress_bar=False, enable_checkpointing=False,
        enable_model_summary=False, **options,
    )  # fmt: skip


def loader():
    data = TensorDataset(torch.randn(64, 8), torch.randint(0, 3, (64,)))
    return DataLoader(data, batch_size=8, shuffle=True)


def fit(callbacks, seed, **options):
    torch.manual_seed(seed)
    model = module()
    options = {"max_epochs": 3, "accumulate_grad_batches": 2, **options}
    quiet_trainer(callbacks=callbacks, **options).fit(model, loader())
    return model


def probe(out, x, **options):
    from activstats.recorder.callbacks import LightningProbe

    batches = DataLoader(
        TensorDataset(x), batch_size=20
    )  # its iterators draw from the random state
    return LightningProbe(out, batches, layers="net.2", rule="above(0)", **options)


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_training_is_the_same_to_the_last_bit_and_its_steps_are_recorded(tmp_path, seed, precision):
    x = torch.randn(50, 8, generator=torch.Generator().manual_seed(1))
    bare = fit([], seed, precision=precision)
    recorded = fit([probe(tmp_path / "run", x, every_n_steps=5)], seed, precision=precision)
    for name, value in bare.state_dict().items():
        assert torch.equal(value, recorded.state_dict()[name]), name
    recording = open_recording(tmp_path / "run")
    assert recording.steps()["step"].tolist() == [0, 5, 10, 12]
    assert recording.info.status == "complete"
    assert not recording.info.layers[0].training
    if precision == "32-true":
        for step in (0, 5, 10):
            copy = module().eval()
            copy.load_state_dict(recorded.states[step])
            with torch.no_grad():
                expected = (copy.net[:3](x) > 0).sum(0)
            np.testing.assert_array_equal(recording.counts(step=step).counts, expected)


def test_epochs_and_a_training_that_goes_on(tmp_path, seed):
    x = torch.randn(20, 8)
    ours = probe(tmp_path / "run", x, at_start=False)
    fit([ours], seed)
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [4, 8, 12]
    fit([ours], seed, max_epochs=4)
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [4, 8, 12, 16]


def test_a_training_that_fails_leaves_what_it_had(tmp_path, seed):
    from lightning.pytorch import Callback

    class Failing(Callback):
        def on_train_batch_start(self, trainer, *_):
            if trainer.global_step == 7:
                raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fit([probe(tmp_path / "run", torch.randn(20, 8), every_n_steps=3), Failing()], seed)
    recording = open_recording(tmp_path / "run")
    assert recording.steps()["step"].tolist() == [0, 3, 6]
    assert recording.info.status == "interrupted"


def test_the_page_of_the_documentation_runs(tmp_path, monkeypatch):
    page = Path(__file__).parents[2] / "docs" / "callbacks.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if "LightningProbe" in block)
    monkeypatch.chdir(tmp_path)
    names = {
        "lightning": SimpleNamespace(pytorch=SimpleNamespace(Trainer=quiet_trainer)),
        "probe_images": torch.randn(30, 8),
        "module": module(),
        "loader": loader(),
    }
    exec(code.replace("100", "4").replace("*relu", "net.2"), names)
    exec(blocks[-1].replace("100", "4"), names)
    assert names["counts"].n_samples == 30
