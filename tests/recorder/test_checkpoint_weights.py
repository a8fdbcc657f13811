"""Weights from files to models: forms of files, prefixes, names that are missing, equal contents."""

import json

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from activstats.errors import InputError
from activstats.recorder.checkpoints.files import read_states
from activstats.recorder.checkpoints.fitting import content_sha256, fit_names, load_state
from activstats.recorder.models import load_weights


def mlp():
    return nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 2))


def fit_of(model, path):
    return fit_names(model, [name for state in read_states(path) for name in state])


def sha(model, path):
    return content_sha256(fit_of(model, path), read_states(path))


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))  # fmt: skip


def write(form, state, folder):
    if form == "safetensors":
        save_file(state, folder / "a.safetensors")
        return folder / "a.safetensors"
    if form == "parts":
        names = sorted(state)
        parts = {"model-00001-of-00002.safetensors": names[:3], "model-00002-of-00002.safetensors": names[3:]}  # fmt: skip
        for file, some in parts.items():
            save_file({name: state[name] for name in some}, folder / file)
        weight_map = {name: file for file, some in parts.items() for name in some}
        (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
        return folder
    if form == "old":
        torch.save(state, folder / "a.pth", _use_new_zipfile_serialization=False)
        return folder / "a.pth"
    content = {"pt": state, "lightning": {"epoch": 1, "global_step": 2, "state_dict": state}}[form]
    torch.save(content, folder / "a.ckpt")
    return folder / "a.ckpt"


FORMS = ("safetensors", "parts", "pt", "old", "lightning")


def test_equal_weights_have_one_hash_in_files_of_every_form(tmp_path):
    model, hashes = mlp(), set()
    for form in FORMS:
        (tmp_path / form).mkdir()
        path = write(form, dict(reversed(model.state_dict().items())), tmp_path / form)
        hashes.add(sha(model, path))
        other = mlp()
        load_state(other, fit_of(other, path), read_states(path))
        assert same(other, model)
    assert len(hashes) == 1
    torch.save(mlp().state_dict(), tmp_path / "other.pt")
    assert sha(model, tmp_path / "other.pt") not in hashes


@pytest.mark.parametrize(
    "prefix", ["module.", "_orig_mod.", "model.", "module._orig_mod.", "model._orig_mod."]
)
def test_prefixes_are_taken_off_said_and_no_part_of_the_hash(tmp_path, prefix):
    model = mlp()
    torch.save(model.state_dict(), tmp_path / "plain.pt")
    torch.save({prefix + k: v for k, v in model.state_dict().items()}, tmp_path / "front.pt")
    fit = fit_of(model, tmp_path / "front.pt")
    assert (fit.prefix, fit.missing, fit.unexpected) == (prefix, (), ())
    assert sha(model, tmp_path / "front.pt") == sha(model, tmp_path / "plain.pt")
    other = mlp()
    load_weights(other, tmp_path / "front.pt")
    assert same(other, model)


def test_a_compiled_part_within_a_model_fits():
    model = mlp()
    fit = fit_names(model, [name.replace("0.", "0._orig_mod.", 1) for name in model.state_dict()])
    assert (fit.missing, fit.unexpected, fit.prefix) == ((), (), "_orig_mod.")


def test_a_module_that_is_called_model_keeps_its_name():
    outer = nn.ModuleDict({"model": mlp()})
    fit = fit_names(outer, outer.state_dict())
    assert (fit.prefix, fit.missing) == ("", ())


def test_tied_weights_need_one_name_only():
    model = nn.ModuleDict({"wte": nn.Embedding(5, 3), "head": nn.Linear(3, 5, bias=False)})
    model["head"].weight = model["wte"].weight
    assert fit_names(model, ["wte.weight"]).missing == ()
    assert fit_names(model, []).missing == ("wte.weight", "head.weight")


def test_missing_and_unexpected_names_are_an_error_that_lists_them(tmp_path):
    model = mlp()
    state = model.state_dict()
    del state["0.bias"]
    torch.save(state | {"ema.0.bias": torch.zeros(6)}, tmp_path / "a.pt")
    with pytest.raises(InputError) as error:
        load_weights(model, tmp_path / "a.pt")
    assert error.value.got == "missing: 0.bias; unexpected: ema.0.bias"


def test_other_shapes_are_an_error(tmp_path):
    torch.save(mlp().state_dict() | {"3.bias": torch.zeros(9)}, tmp_path / "a.pt")
    with pytest.raises(InputError, match=r"'3\.bias' of shape \(9,\)"):
        load_weights(mlp(), tmp_path / "a.pt")


class Code:
    def __reduce__(self):
        return print, ("code was run",)


@pytest.mark.parametrize("content", [Code(), {"state_dict": Code()}, [1, 2], nn.Linear(2, 2)])
def test_code_in_files_is_not_run_and_files_of_other_things_are_refused(tmp_path, content, capsys):
    torch.save(content, tmp_path / "a.pt")
    with pytest.raises(InputError, match="cannot be read"):
        load_weights(mlp(), tmp_path / "a.pt")
    assert "code was run" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["a.pt", "a.safetensors", "model.safetensors.index.json"])
def test_broken_files_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"{nonsense")
    with pytest.raises(InputError, match="cannot be read"):
        load_weights(mlp(), tmp_path / name)
    with pytest.raises(InputError, match="there is no checkpoint"):
        load_weights(mlp(), tmp_path / "none" / name)
