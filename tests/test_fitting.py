"""Fits of a study know their run; sweeps of a recording know every rule."""

import numpy as np
import pandas as pd
import pytest
import torch

from activstats import GrowthLaw, Recorder, open_recording, open_study, pool
from activstats.errors import InputError, LayerNotFoundError
from activstats.fitting import fit_study, fits_frame, sweep_activations, sweep_recording
from activstats.recording.study import write_runs

RULES = ["top_fraction(0.05)", "above(0)"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Three runs of two widths, one of them recorded at two steps, and one that was not recorded."""
    folder = tmp_path_factory.mktemp("study")
    rows = []
    with torch.random.fork_rng():
        for seed, width in enumerate([40, 80, 80]):
            torch.manual_seed(seed)
            model = torch.nn.Sequential(torch.nn.Linear(6, width), torch.nn.ReLU())
            with Recorder(model, folder / f"run{seed}", layers="1", rule=RULES) as recorder:
                for step in range(2 if seed == 0 else 1):
                    with recorder.batch(step=step):
                        model(torch.randn(300, 6))
            rows.append(
                {"run": f"run{seed}", "recording": f"run{seed}", "width": width, "seed": seed}
            )
    rows.append({"run": "lost", "recording": "", "width": 80, "seed": 9})
    write_runs(folder, pd.DataFrame(rows))
    return folder


def test_every_run_layer_and_rule_is_fitted_and_knows_where_it_is_from(study):
    fits = fit_study(study)
    assert len(fits) == 6
    assert [fit.provenance["run"] for fit in fits] == ["run0"] * 2 + ["run1"] * 2 + ["run2"] * 2
    for fit in fits:
        known = fit.provenance
        counts = open_recording(study / known["run"]).counts("1", known["rule"])
        assert fit.b == GrowthLaw().fit(counts).b
        assert known["width"] == fit.n_neurons
        assert known["recording"] == str(study / known["run"])


def test_a_study_is_fitted_in_part(study):
    opened = open_study(study)
    assert len(fit_study(opened, rule="top5%")) == 3
    assert len(fit_study(opened, layer="1", rule="above(0)", where={"width": 80})) == 2
    assert fit_study(opened, law=GrowthLaw(level=0.5))[0].level == 0.5


def test_every_step_can_be_fitted_by_itself(study):
    fits = fit_study(study, rule="top5%", step="each", where={"run": "run0"})
    assert [fit.provenance["step"] for fit in fits] == [0, 1]
    assert [fit.n_samples for fit in fits] == [300, 300]


def test_fits_make_a_table_and_are_pooled_by_the_columns_of_their_runs(study):
    fits = fit_study(study, rule="top5%")
    frame = fits_frame(fits)
    assert frame["width"].tolist() == [40, 80, 80]
    pooled = pool(fits, by="width")
    assert pooled.group_names == ("width 40", "width 80")
    assert pooled.to_json() == pool(frame, by="width").to_json()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"where": {"height": 3}}, "height"),
        ({"where": {"width": 3}}, "no run"),
        ({"where": {"run": "lost"}}, "no run"),
        ({"recordings": "along_recording"}, "along_recording"),
        ({"step": "all"}, "no such step"),
    ],
)
def test_what_a_study_has_not_is_said(study, settings, words):
    with pytest.raises(InputError, match=words):
        fit_study(study, **settings)


def test_rules_and_layers_that_were_not_recorded_are_said(study):
    with pytest.raises(LayerNotFoundError):
        fit_study(study, rule="argmax")
    with pytest.raises(InputError):
        fits_frame([])


def test_a_recording_is_swept_layer_by_layer(study):
    (swept,) = sweep_recording(study / "run1")
    assert swept.rules == tuple(RULES)
    assert swept.provenance["layer"] == "1"
    counts = open_recording(study / "run1").counts("1", "above(0)")
    assert swept["above(0)"].b == GrowthLaw().fit(counts).b


def test_activations_at_hand_are_swept_like_their_recording(rng):
    activations = rng.gamma(0.2, size=(400, 1000))
    swept = sweep_activations(activations, layer="relu")
    assert len(swept.rules) == 6
    assert swept.provenance == {"layer": "relu"}
    np.testing.assert_allclose(swept.shares, [0.001, 0.003, 0.01, 0.03, 0.1, 1.0], rtol=0.01)
    blocks = sweep_activations(iter(np.split(activations, 4)), layer="relu")
    assert blocks.to_json() == swept.to_json()
