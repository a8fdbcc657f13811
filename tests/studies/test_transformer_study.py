"""The study of transformers from end to end: recorded, gone on with, judged, told of in a report."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from activstats import open_study, validate
from activstats.examining_layers import documents_of
from activstats.laws.two_way import two_way
from activstats.studies.transformer_columns import COLUMNS
from activstats.studies.transformer_settings import TransformerSettings
from activstats.studies.transformer_study import run_transformers
from activstats.studies.transformer_text import CHARACTERS, Text

TINY = TransformerSettings(
    widths=(24, 40), sizes=(8, 64), seeds=(0, 1), compared=("relu",), depth=2, context=16,
    features=8, steps=6, batch_size=4, validation_every=3, rules=("top1%", "above(0)"),
    along_width=40, along_every=3, replicates=1, scored_tokens=256, probe_windows=64,
)  # fmt: skip
GATED = ("blocks.0.mlp.down:in", "blocks.1.mlp.down:in")


@pytest.fixture(scope="module")
def text():
    rng = np.random.default_rng(5)
    words = ["to", "be", "or", "not", "that", "is", "the", "question:"]
    documents = tuple(" ".join(rng.choice(words, 120)) for _ in range(16))
    return Text(tuple(f"scene {i:02d}" for i in range(16)), documents, "made for a test")


@pytest.fixture(scope="module")
def finished(tmp_path_factory, text):
    out = tmp_path_factory.mktemp("transformer") / "study"
    return run_transformers(out, TINY, text=text, n_jobs=1, progress=False)


@pytest.fixture(scope="module")
def judged(finished):
    return validate(finished, n_draws=5, n_boot=39)


def test_the_table_has_every_run_of_every_kind(finished):
    runs = open_study(finished).runs
    assert tuple(runs.columns) == COLUMNS
    assert runs["kind"].value_counts().to_dict() == {
        "trained": 8, "untrained": 4, "random labels": 4, "linear softmax": 4, "relu blocks": 2,
        "same start": 1,
    }  # fmt: skip
    assert runs.loc[runs["kind"] == "trained", "block"].unique().tolist() == ["gated"]
    assert np.isfinite(runs[["train_loss", "validation_loss", "test_loss"]]).all(axis=None)


def test_tokens_are_recorded_with_their_documents_in_every_layer(finished, text):
    recording = open_study(finished).recording("transformer-trained-gated-w0040-n000064-s0")
    assert tuple(dict.fromkeys(recording.layers["layer"])) == GATED
    for layer in GATED:
        table = recording.samples(layer)
        assert set(table["id"]) <= set(text.names)
        assert set(table["position"]) == set(range(16))
        first = table[table["id"] == "scene 03"].sort_values("sample")
        assert text.documents[3].startswith("".join(first["token"]))
        assert set(table["token"]) <= set(CHARACTERS)
        assert len(table) == recording.counts(layer, "top1%").n_samples


def test_along_training_every_document_is_met_at_every_step(finished, text):
    study = open_study(finished)
    (name,) = study.runs.loc[
        study.runs["along_training"] & (study.runs["seed"] == 0), "along_recording"
    ]
    recording = type(study.recording(study.runs["run"][0]))(study.path / name)
    steps = recording.samples(GATED[0]).groupby("step")["id"].nunique()
    assert steps.to_dict() == dict.fromkeys((0, 3, 6), len(text.names))


@pytest.mark.slow
def test_two_processes_make_the_same_study_as_one(tmp_path, text):
    small = replace(TINY, widths=(24,), sizes=(8,), seeds=(0,), compared=(), replicates=0, steps=2)
    one, two = (
        run_transformers(tmp_path / str(n), small, text=text, n_jobs=n, progress=False)
        for n in (1, 2)
    )
    tables = [open_study(path).runs for path in (one, two)]
    pd.testing.assert_frame_equal(*tables)
    for run in tables[0].loc[tables[0]["recording"] != "", "run"]:
        counts = [
            open_study(path).recording(run).counts(GATED[1], "top1%").counts for path in (one, two)
        ]
        np.testing.assert_array_equal(*counts)


def test_a_finished_study_is_left_as_it_is(finished, text):
    before = {file: file.stat().st_mtime_ns for file in finished.rglob("*.parquet")}
    run_transformers(finished, TINY, text=text, n_jobs=1, progress=False)
    kept = {file: file.stat().st_mtime_ns for file in before if file.name != "runs.parquet"}
    assert kept.items() <= before.items()


def test_documents_are_what_is_independent_in_the_intervals(finished, judged):
    intervals = judged.evidence.examination.intervals
    assert judged.evidence.examination.n_documents == 16
    recording = open_study(finished).recording(intervals[0].layer.run)
    one = intervals[0]
    ids = recording.samples(one.layer.layer).sort_values("sample")["id"].to_numpy()
    mask = recording.mask(one.layer.layer, "top1%", step=one.layer.step)
    expected = two_way(one.layer.fit, mask, groups=ids)
    assert (one.documents.b_low, one.documents.b_high) == (expected.b_low, expected.b_high)
    assert documents_of(recording, one.layer.layer, step=10**6) is None


def test_every_claim_gets_a_verdict_and_the_growth_law_its_caveat(judged):
    assert len(judged.verdicts) == 17
    (growth,) = [one for one in judged.verdicts if one.title.startswith("The growth law")]
    assert any("tokens of 16 documents" in caveat for caveat in growth.caveats)


def test_layers_rules_and_blocks_stand_in_the_report(judged):
    page = re.sub(r"\s+", " ", judged.to_markdown())
    section = page[page.index("Layer by layer") : page.index("Claims that other studies test")]
    for words in (*GATED, "top 1 % of the layer", "gated blocks, N = 40", "ReLU blocks"):
        assert words in section
    assert "tokens of 16 documents" in section
    assert "one sample is one token" in page
    assert "made for a test: 16 documents" in page
    assert "one hidden ReLU layer" not in page
