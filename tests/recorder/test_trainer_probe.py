"""The callback under the real Trainer of Hugging Face: the same weights, and the steps recorded."""

import re
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from activstats import open_recording
from activstats.recorder.undisturbed import random_state_kept

# Imported by the tests alone: every worker collects this file, and the libraries take long to load.
pytestmark = pytest.mark.skipif(
    find_spec("transformers") is None or find_spec("accelerate") is None,
    reason="needs the extra transformers",
)


@pytest.fixture(autouse=True)
def _one_thread():
    """Nets this small lose by a second thread, the more the busier the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def _quiet():
    """Contain what the library says, warns of and seeds; ours is not among it."""
    with warnings.catch_warnings(), random_state_kept():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", module="activstats")
        from transformers.utils import logging

        level = logging.get_verbosity()
        logging.set_verbosity_error()
        yield
        logging.set_verbosity(level)


class Texts(torch.utils.data.Dataset):
    def __len__(self):
        return 24

    def __getitem__(self, place):
        tokens = torch.randint(50, (12,), generator=torch.Generator().manual_seed(place))
        return {"input_ids": tokens, "labels": tokens}


def model():
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(
        GPT2Config(vocab_size=50, n_positions=16, n_embd=16, n_layer=2, n_head=2,
                   activation_function="relu", bos_token_id=0, eos_token_id=1)
    )  # fmt: skip


def train(folder, callbacks, seed, **options):
    from transformers import Trainer, TrainingArguments

    torch.manual_seed(seed)
    trained = model()
    options = {"save_strategy": "no", **options}
    arguments = TrainingArguments(
        str(folder), num_train_epochs=2, per_device_train_batch_size=4, learning_rate=0.01,
        gradient_accumulation_steps=2, report_to=[], disable_tqdm=True, logging_strategy="no",
        use_cpu=True, seed=3, **options,
    )  # fmt: skip
    Trainer(trained, arguments, train_dataset=Texts(), callbacks=callbacks).train()
    return trained


def probe(out, **options):
    from activstats.recorder.callbacks import TrainerProbe

    tokens = torch.randint(50, (10, 12), generator=torch.Generator().manual_seed(99))
    data = {"input_ids": tokens, "mask": torch.arange(12).expand(10, 12) < 9}
    return TrainerProbe(out, data, layers="*.1.mlp.act", rule="above(0)", **options)


def test_training_is_the_same_to_the_last_bit_and_its_steps_are_recorded(tmp_path, seed):
    bare = train(tmp_path / "a", [], seed)
    ours = probe(tmp_path / "run", every_n_steps=4)
    recorded = train(tmp_path / "b", [ours], seed)
    for name, value in bare.state_dict().items():
        assert torch.equal(value, recorded.state_dict()[name]), name
    recording = open_recording(tmp_path / "run")
    assert recording.steps()["step"].tolist() == [0, 4, 6]
    assert set(recording.steps()["n_samples"]) == {90}  # padding does not count
    assert recording.info.status == "complete"
    assert not any(module._forward_hooks for module in recorded.modules())


def test_epochs_agree_with_the_checkpoints_that_the_trainer_saves(tmp_path, seed):
    """What was recorded live is what is recorded from the saved folders afterwards."""
    from activstats.recorder.checkpoints import record_checkpoints

    ours = probe(tmp_path / "live", at_start=False)
    train(tmp_path / "saved", [ours], seed, save_strategy="epoch", save_only_model=True)
    tokens = torch.randint(50, (10, 12), generator=torch.Generator().manual_seed(99))
    table = record_checkpoints(
        model, tmp_path / "saved", tmp_path / "afterwards",
        {"input_ids": tokens, "mask": torch.arange(12).expand(10, 12) < 9},
        layers="*.1.mlp.act", rule="above(0)",
    )  # fmt: skip
    live, afterwards = (open_recording(tmp_path / name) for name in ("live", "afterwards"))
    assert table["step"].tolist() == [3, 6]
    assert table["missing"].tolist() == [(), ()]  # the head's weights are tied, and saved once
    for step in (3, 6):
        one, other = live.counts(step=step), afterwards.counts(step=step)
        np.testing.assert_array_equal(one.counts, other.counts)
        np.testing.assert_array_equal(one.first, other.first)


def test_a_training_after_one_that_failed_goes_on_in_the_same_recording(tmp_path, seed):
    from transformers import TrainerCallback

    class Failing(TrainerCallback):
        def on_step_begin(self, args, state, control, **_):
            if state.global_step == 4:
                raise ArithmeticError

    ours = probe(tmp_path / "run", every_n_steps=2)
    with pytest.raises(ArithmeticError):
        train(tmp_path / "a", [ours, Failing()], seed)
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [0, 2, 4]
    train(tmp_path / "a", [ours], seed)
    assert open_recording(tmp_path / "run").steps()["step"].tolist() == [0, 2, 4, 6]
    assert open_recording(tmp_path / "run").info.status == "complete"


def test_the_page_of_the_documentation_runs(tmp_path, monkeypatch):
    from transformers import Trainer, TrainingArguments

    page = Path(__file__).parents[2] / "docs" / "callbacks.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if "TrainerProbe" in block)
    monkeypatch.chdir(tmp_path)
    tokens = torch.randint(50, (10, 12))
    names = {
        "transformers": SimpleNamespace(Trainer=Trainer),
        "tokens": {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)},
        "model": model(),
        "dataset": Texts(),
        "arguments": TrainingArguments("out", report_to=[], disable_tqdm=True, use_cpu=True, save_strategy="no", logging_strategy="no", max_steps=4),
    }  # fmt: skip
    exec(code.replace("100", "2"), names)
    exec(blocks[-1].replace("100", "2"), names)
    assert names["counts"].n_samples == 120
