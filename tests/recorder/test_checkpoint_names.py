"""Which checkpoints there are and of which steps: names, folders of trainers, repositories."""

import pytest
import torch

from activstats.errors import InputError
from activstats.recorder.checkpoints import Checkpoint, find_checkpoints
from activstats.recorder.checkpoints.steps import steps_of


@pytest.mark.parametrize(
    ("names", "steps"),
    [
        (["step1", "step10", "step2"], [1, 10, 2]),
        (["epoch=0-step=100", "epoch=1-step=200"], [100, 200]),
        (["epoch=0-val_loss=0.35", "epoch=1-val_loss=0.2"], [0, 1]),
        (["checkpoint-500", "checkpoint-1000"], [500, 1000]),
        (["stage1-step1000-tokens4B", "stage1-step2000-tokens8B"], [1000, 2000]),
        (["resnet18_v2_0005", "resnet18_v2_0010"], [5, 10]),
        (["model-10k", "model-1.5M"], [10_000, 1_500_000]),
        (["global_step7", "global_step8"], [7, 8]),
        (["run/iter_3", "run/iter_4"], [3, 4]),
        (["weights_3_0.25", "weights_4_0.5"], [3, 4]),
        (["layer7", "layer8"], [7, 8]),
        (["final12"], [12]),
    ],
)
def test_steps_are_parsed_from_names(names, steps):
    assert steps_of(names) == steps


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["best", "last"], "'best', 'last'"),
        (["step1", "final"], "'final'"),
        (["a1b2", "a2b1"], "'a1b2', 'a2b1'"),
        (["v2-width64"], "'v2-width64'"),
        (["epoch=0-step=5", "epoch=0-step=5-v1"], "step 5"),
        (["loss0.5", "loss0.25"], "'loss0.5'"),
    ],
)
def test_names_that_do_not_say_one_step_each_are_an_error_that_says_what_to_give(names, said):
    with pytest.raises(InputError) as error:
        steps_of(names)
    assert said in str(error.value)
    assert "{500: 'a.pt', 1000: 'b.pt'}" in error.value.hint


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def found(source):
    return [(one.step, one.place) for one in find_checkpoints(source)]


def test_a_glob_and_a_folder_are_put_in_order(tmp_path):
    files = [tmp_path / f"step{step}.safetensors" for step in (9, 80, 700)]
    touch(*files, tmp_path / "optimizer.pt", tmp_path / "notes5.txt")
    expected = list(zip((9, 80, 700), files, strict=True))
    assert found(tmp_path / "*.safetensors") == expected
    assert found([f"{tmp_path}/*.safetensors"]) == expected
    assert found(tmp_path) == expected


def test_folders_of_the_hugging_face_trainer(tmp_path):
    out = tmp_path / "v2-out3"
    folders = [out / f"checkpoint-{step}" for step in (500, 1000)]
    for folder in folders:
        touch(folder / "model.safetensors", folder / "optimizer.pt", folder / "rng_state.pth")
    touch(out / "model.safetensors", out / "training_args.bin")
    assert found(out) == list(zip((500, 1000), folders, strict=True))
    assert found(f"{out}/checkpoint-*/model.safetensors") == [
        (step, folder / "model.safetensors")
        for step, folder in zip((500, 1000), folders, strict=True)
    ]
    assert found(f"{out}/checkpoint-1000/*") == [(1000, folders[1] / "model.safetensors")]


def test_one_folder_in_parts_is_one_checkpoint(tmp_path):
    folder = tmp_path / "step30"
    touch(
        folder / "model.safetensors.index.json",
        folder / "model-00001-of-00002.safetensors",
        folder / "model-00002-of-00002.safetensors",
    )
    assert found(folder) == [(30, folder)]
    with pytest.raises(InputError, match="one part of a checkpoint"):
        find_checkpoints(f"{folder}/*.safetensors")


def lightning_file(path, step, epoch=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"epoch": epoch, "global_step": step, "state_dict": {}}, path)


def test_lightning_folders_and_their_second_copy_of_the_newest(tmp_path):
    folder = tmp_path / "version_0" / "checkpoints"
    for step in (100, 200):
        lightning_file(folder / f"epoch={step // 100}-step={step}.ckpt", step)
    lightning_file(folder / "last.ckpt", 200)
    assert [(step, place.name) for step, place in found(folder.parent)] == [
        (100, "epoch=1-step=100.ckpt"),
        (200, "epoch=2-step=200.ckpt"),
    ]


def test_lightning_files_whose_names_say_epochs_are_ordered_by_the_step_inside(tmp_path):
    for epoch in (0, 1):
        lightning_file(tmp_path / f"epoch={epoch}-loss={0.5 - epoch / 10}.ckpt", 70 + epoch)
    lightning_file(tmp_path / "last.ckpt", 90)
    assert [step for step, _ in found(tmp_path)] == [70, 71, 90]


def test_a_repository_in_the_hubs_cache(tmp_path):
    cache = tmp_path / "models--eleuther--tiny"
    for step in (0, 8, 64):
        touch(cache / "snapshots" / f"c{step}" / "model.safetensors")
        (cache / "refs").mkdir(exist_ok=True)
        (cache / "refs" / f"step{step}").write_text(f"c{step}")
    (cache / "refs" / "main").write_text("c64")
    (cache / "refs" / "step99").write_text("gone")
    assert found(cache) == [(step, cache / "snapshots" / f"c{step}") for step in (0, 8, 64)]


def test_steps_can_be_given(tmp_path):
    a, b = tmp_path / "epoch=0-step=5.pt", tmp_path / "best.pt"
    touch(a, b)
    assert found({7: b, 3: a}) == [(3, a), (7, b)]
    assert found([f"7={b}", f"3={a}"]) == [(3, a), (7, b)]
    assert found([a, f"7={b}"]) == [(5, a), (7, b)]
    assert found([Checkpoint(2, b)]) == [(2, b)]
    with pytest.raises(InputError, match="two checkpoints are said to be of step 7"):
        find_checkpoints([f"7={b}", f"7={a}"])


@pytest.mark.parametrize("source", ["no/such/*.pt", "nowhere", [], {}, {1: "nowhere"}, {-1: "."}, {"a": "."}, 5])  # fmt: skip
def test_what_is_not_there_is_an_error(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        find_checkpoints(source)
