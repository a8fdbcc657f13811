"""The study of tipping points: the same for any number of processes, resumed, and equal in its parts."""

import numpy as np
import pytest
import torch

from activstats import open_study
from activstats.errors import DomainError, InputError, StudyError
from activstats.nn import advance_masks
from activstats.studies.splits import batches, split_table
from activstats.studies.stacked import StackedNetworks
from activstats.studies.table import digits_table
from activstats.studies.tipping_settings import TippingRun, TippingSettings, plan_tipping
from activstats.studies.tipping_study import COLUMNS, run_tipping
from activstats.studies.tipping_training import look_steps, masked_network, train_masked

SMALL = {"widths": (8, 16), "adam_rates": (0.001, 0.01), "sgd_rates": (0.1,), "seeds": (0, 1),
         "steps": 24, "looks": 4}  # fmt: skip


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("studies") / "tipping"
    return run_tipping(path, TippingSettings(**SMALL), n_jobs=1, progress=False)


@pytest.fixture(scope="module")
def splits():
    return split_table(digits_table(), TippingSettings(**SMALL))


def test_every_arm_has_its_runs(study):
    runs = open_study(study).runs
    assert tuple(runs.columns) == COLUMNS
    assert len(runs) == 2 * 3 * (2 + 1) * 2
    assert runs["firing_rate"].between(0, 1).all()
    assert (runs["speed"] >= 0).all()
    assert (runs["recording"] != "").sum() == len(runs) / 2  # the first seed alone


def test_recorded_firing_is_that_of_the_table(study):
    from activstats.tipping_reading import each_course

    found = open_study(study)
    rows = found.runs[(found.runs["recording"] != "") & (found.runs["masking"] != "static")]
    for row in (rows.iloc[0], rows[rows["masking"] == "lambda"].iloc[0]):
        (course,) = each_course(found.recording(row["run"]))
        open_share = 1 - np.asarray(row["look_masked"])
        np.testing.assert_allclose(course.rates, row["look_firing"] * open_share, rtol=1e-12)
        np.testing.assert_array_equal(course.steps, row["look_step"])
    notes = found.recording(row["run"]).info.notes["lambda_masks"]["relu"]
    last = list(notes["masked_at"])[-1]
    assert (len(notes["masked"]), notes["masked_at"][last]) == (6, [])


def test_static_mask_closes_what_the_other_one_does_on_average(splits):
    settings = TippingSettings(**SMALL | {"widths": (64,), "steps": 400})
    mask = masked_network(TippingRun("adam", 64, "lambda", 0.1, 0), splits, settings)[1].lambda_mask
    static = masked_network(TippingRun("adam", 64, "static", 0.1, 0), splits, settings)[1]
    share = np.mean([len(mask.masked_at(step)) for step in range(400)]) / 64
    assert len(static.lambda_mask.masked) / 64 == pytest.approx(share, abs=0.01)


def test_arms_of_a_seed_begin_with_the_same_weights(splits):
    settings = TippingSettings(**SMALL)
    plain, masked = (
        masked_network(TippingRun("adam", 16, one, 0.1, 1), splits, settings)
        for one in ("none", "lambda")
    )
    assert torch.equal(plain[0].weight, masked[0].weight)


def test_divergence_is_told(splits):
    settings = TippingSettings(**SMALL)
    (course,) = train_masked([TippingRun("sgd", 16, "none", 1e12, 0)], splits, settings)
    assert course.diverged
    assert len(course.looks["step"]) < len(look_steps(settings))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("masking", ["none", "lambda", "static"])
def test_seeds_trained_side_by_side_are_trained_as_torch_trains_each(splits, optimizer, masking):
    settings = TippingSettings(**SMALL)
    runs = [TippingRun(optimizer, 16, masking, 0.01, seed) for seed in (0, 1, 2)]
    for run, course in zip(runs, train_masked(runs, splits, settings), strict=True):
        network = masked_network(run, splits, settings)
        kind = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}[optimizer]
        steps = kind(network.parameters(), lr=run.rate)
        x, y = torch.tensor(splits.pool.features), torch.tensor(splits.pool.labels)
        for rows in batches(len(x), steps=settings.steps, batch_size=64, seed=run.seed):
            steps.zero_grad()
            torch.nn.functional.cross_entropy(network(x[rows]), y[rows]).backward()
            steps.step()
            advance_masks(network)
        for name, expected in network.state_dict().items():
            torch.testing.assert_close(course.network.state_dict()[name], expected)


def test_a_seed_that_diverges_leaves_the_others_as_they_are(splits):
    settings = TippingSettings(**SMALL)
    runs = [TippingRun("sgd", 16, "none", 3.0, seed) for seed in range(3)]
    stacked = StackedNetworks([masked_network(run, splits, settings) for run in runs])
    x = torch.ones(3, 4, splits.n_features)
    before = stacked(x)
    stacked.parameters[0].data[1] = torch.inf
    after = stacked(x)
    assert torch.equal(before[[0, 2]], after[[0, 2]])
    assert not torch.isfinite(after[1]).any()


def test_what_is_neither_linear_nor_a_relu_is_not_stacked():
    with pytest.raises(InputError):
        StackedNetworks([torch.nn.Sequential(torch.nn.Tanh())])


def test_finished_runs_are_not_done_again(study):
    row = next((study / "_rows").iterdir())
    before = row.stat().st_mtime_ns
    run_tipping(study, TippingSettings(**SMALL), n_jobs=1, progress=False)
    assert row.stat().st_mtime_ns == before
    with pytest.raises(StudyError):
        run_tipping(study, TippingSettings(**SMALL | {"steps": 25}), n_jobs=1, progress=False)


def test_answers_do_not_depend_on_the_number_of_processes(tmp_path):
    small = SMALL | {"widths": (8,), "adam_rates": (0.01,), "sgd_rates": (), "steps": 8}
    one, two = (
        open_study(
            run_tipping(tmp_path / str(n), TippingSettings(**small), n_jobs=n, progress=False)
        ).runs
        for n in (1, 2)
    )
    for column in COLUMNS:
        for a, b in zip(one[column], two[column], strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "wrong",
    [
        {"widths": ()}, {"widths": (64, 32)}, {"adam_rates": (0.1, 0.01)}, {"sgd_rates": (-1,)},
        {"adam_rates": (), "sgd_rates": ()}, {"maskings": ("soft",)}, {"share": 1}, {"hold": 0.9},
        {"steps": 0}, {"seeds": (-1,)},
    ],
)  # fmt: skip
def test_settings_outside_their_domain_are_refused(wrong):
    with pytest.raises((DomainError, StudyError)):
        TippingSettings(**wrong)


def test_plan_has_each_run_once():
    names = [run.name for run in plan_tipping(TippingSettings())]
    assert len(set(names)) == len(names) == 720
