"""Values: what comes back is what passed by, in either form, and rules can be applied to it later."""

import json

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from activstats import Counts, Recorder, open_recording
from activstats.counts import each_counts
from activstats.errors import (
    DamagedRecordingError,
    DamagedRecordingWarning,
    InputError,
    LayerNotFoundError,
    RecorderError,
    RuleError,
)
from activstats.fitting import sweep_activations, sweep_recording
from activstats.recorder.finishing import Finisher
from activstats.recorder.layer_buffer import LayerBuffer
from activstats.recorder.moment_sums import MomentSums
from activstats.recorder.values import ValueBuffer
from activstats.recording.run_info import LayerInfo, RunInfo
from activstats.recording.writer import RecordingWriter
from activstats.rules import parse_rule


class Source(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.Identity()

    def forward(self, x):
        return self.act(x)


def record(folder, activations, *, batch=50, steps=None, **options):
    options = {"layers": "act", "rule": "above(0)", "mode": "values", "chunk_samples": 64} | options
    model = Source()
    parts = torch.as_tensor(activations).split(batch)
    with Recorder(model, folder, **options) as recorder:
        for number, part in enumerate(parts):
            with recorder.batch(step=steps[number] if steps else 0):
                model(part)
    return open_recording(folder)


def activations_of(rng, share, n=400, n_neurons=30):
    """Return ReLU-like activations of which a share is not 0."""
    x = rng.normal(size=(n, n_neurons)).astype(np.float32)
    return np.maximum(x - np.quantile(x, 1 - share), 0)


def shards(folder):
    return sorted(folder.glob("values/**/*.parquet"))


def values_of(recording, **options):
    return np.concatenate(list(recording.values(**options)))


# -- what comes back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_values_come_back_as_they_passed_by(tmp_path, rng, share, dtype):
    x = activations_of(rng, share)
    recording = record(tmp_path / "r", x, values_dtype=dtype)
    found = values_of(recording)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, x.astype(dtype))
    assert recording.info.values_dtype == dtype


@settings(max_examples=15)
@given(
    st.integers(0, 2**32 - 1), st.integers(1, 130), st.integers(1, 90), st.sampled_from([64, 128])
)
def test_values_do_not_depend_on_how_the_stream_was_cut(tmp_path_factory, seed, n, batch, chunk):
    rng = np.random.default_rng(seed)
    x = activations_of(rng, rng.uniform(0.01, 1), n, n_neurons=int(rng.integers(1, 40)))
    folder = tmp_path_factory.mktemp("cut") / "r"
    recording = record(folder, x, batch=batch, chunk_samples=chunk, values_dtype="float32")
    np.testing.assert_array_equal(values_of(recording), x)


def test_segments_that_were_used_before_leave_nothing_behind(rng):
    buffer = ValueBuffer(20_000, "float16")  # a few rows a segment
    for n in (50, 3, 21):
        x = rng.normal(size=(n, 20_000)).astype(np.float32)
        for part in np.split(x, [n // 3]):
            buffer.add(part, MomentSums(part.shape[1]))
        full = buffer.hand_over()
        assert buffer.nbytes == 0
        kept = full.table(7, 100)
        flat = kept["act"].flatten().to_numpy().reshape(n, -1)
        np.testing.assert_array_equal(flat, x.astype(np.float16))
        assert kept["sample"].to_pylist() == list(range(100, 100 + n))


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16, torch.float64])
def test_activations_of_any_floating_type_are_kept(tmp_path, rng, kind):
    x = torch.as_tensor(activations_of(rng, 0.6)).to(kind)
    recording = record(tmp_path / "r", x)
    np.testing.assert_array_equal(values_of(recording), x.double().numpy().astype(np.float16))


def test_finite_values_stay_finite_and_others_stay_what_they_are(tmp_path):
    x = np.array([[1e6, -1e6, np.inf, -np.inf, np.nan, 65504.0, 1e-9]] * 3, np.float32)
    found = values_of(record(tmp_path / "r", x))[0]
    np.testing.assert_array_equal(found, [65504, -65504, np.inf, -np.inf, np.nan, 65504, 0])


def test_rules_see_values_before_they_are_cast(tmp_path):
    x = np.array([[1e-9, 0.0], [2.0, 0.0]], np.float32)  # half precision ends at 6e-8
    recording = record(tmp_path / "r", x)
    np.testing.assert_array_equal(recording.counts().counts, [2, 0])
    np.testing.assert_array_equal(values_of(recording)[:, 0], [0, 2])


def test_steps_are_read_apart_and_in_their_order(tmp_path, rng):
    x = activations_of(rng, 0.4)
    recording = record(tmp_path / "r", x, steps=[0, 0, 0, 10, 10, 20, 20, 20])
    np.testing.assert_array_equal(values_of(recording, step=10), x[150:250].astype(np.float16))
    np.testing.assert_array_equal(values_of(recording), x[250:].astype(np.float16))
    np.testing.assert_array_equal(values_of(recording, step=None), x.astype(np.float16))
    with pytest.raises(LayerNotFoundError, match="no step '11'"):
        list(recording.values(step=11))


def test_padding_is_left_out(tmp_path):
    x, mask = torch.rand(4, 5, 3), torch.rand(4, 5) < 0.5
    model = Source()
    with (
        Recorder(model, tmp_path / "r", layers="act", mode="values") as recorder,
        recorder.batch(mask=mask),
    ):
        model(x)
    found = values_of(open_recording(tmp_path / "r"))
    np.testing.assert_array_equal(found, x[mask].numpy().astype(np.float16))


def test_inference_mode_may_come_and_go(tmp_path):
    model, x = Source(), torch.rand(10, 4)
    with Recorder(model, tmp_path / "r", layers="act", mode="values") as recorder:
        with torch.inference_mode(), recorder.batch():
            model(x)
        with recorder.batch():
            model(x)
    assert len(values_of(open_recording(tmp_path / "r"))) == 20


# -- files ------------------------------------------------------------------------------------------


def test_the_form_follows_the_share_that_is_not_zero(tmp_path, rng):
    x = np.concatenate([activations_of(rng, share, 128) for share in (0.3, 0.19, 0.21, 0.02)])
    recording = record(tmp_path / "r", x, chunk_samples=128, batch=128)
    forms = [[f.name for f in pq.read_schema(shard)][2:] for shard in shards(tmp_path / "r")]
    assert forms == [["act"], ["indices", "values"], ["act"], ["indices", "values"]]
    np.testing.assert_array_equal(values_of(recording), x.astype(np.float16))
    assert recording.verify() == []


@pytest.mark.parametrize("share", [0.05, 0.8])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_shards_are_written_as_the_format_says(tmp_path, rng, share, dtype):
    record(tmp_path / "r", activations_of(rng, share), values_dtype=dtype)
    (shard,) = shards(tmp_path / "r")
    schema, parquet = pq.read_schema(shard), pq.ParquetFile(shard).metadata
    item = pa.field("element", pa.from_numpy_dtype(dtype), nullable=False)
    index = pa.field("element", pa.uint16(), nullable=False)
    if share < 0.2:
        wanted = {"indices": pa.list_(index), "values": pa.list_(item)}
    else:
        wanted = {"act": pa.list_(item, 30)}
    kinds = {field.name: field.type for field in schema}
    assert kinds == {"step": pa.int64(), "sample": pa.uint64()} | wanted
    assert not any(field.nullable for field in schema)
    columns = [parquet.row_group(0).column(n) for n in range(parquet.num_columns)]
    assert {column.compression for column in columns} == {"ZSTD"}
    assert columns[0].is_stats_set
    assert columns[1].is_stats_set
    assert not any(column.is_stats_set for column in columns[2:])
    assert ("BYTE_STREAM_SPLIT" in columns[-1].encodings) == (dtype == "float32")
    essentials = json.loads(schema.metadata[b"activstats"])
    assert essentials["values_dtype"] == dtype
    assert essentials["layers"][0]["n_neurons"] == 30


def test_row_groups_hold_a_few_thousand_rows(tmp_path, rng):
    x = rng.normal(size=(20_000, 4)).astype(np.float32)
    record(tmp_path / "r", x, chunk_samples=8192, batch=4000)
    groups = pq.ParquetFile(shards(tmp_path / "r")[0]).metadata
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [
        8192,
        8192,
        3616,
    ]


@pytest.mark.parametrize("share", [0.1, 0.7])
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_pandas_polars_and_duckdb_read_the_files_as_they_are(tmp_path, rng, share, dtype):
    x = activations_of(rng, share)
    record(tmp_path / "r", x, values_dtype=dtype, rotate_seconds=0.0)
    files = str(tmp_path / "r/values/**/*.parquet")
    column = "values" if share < 0.2 else "act"
    wanted = x.astype(dtype).astype(float).sum(axis=1)
    frame = pd.read_parquet(tmp_path / "r/values").sort_values("sample")
    by_pandas = [float(np.sum(row, dtype=float)) for row in frame[column]]
    table = pl.read_parquet(files).sort("sample")
    by_polars = [float(np.sum(row, dtype=float)) for row in table[column].to_list()]
    by_duckdb = duckdb.sql(
        f"select list_sum({column}::double[]) from '{files}' order by sample"
    ).fetchall()
    np.testing.assert_allclose(by_pandas, wanted, rtol=1e-12)
    np.testing.assert_allclose(by_polars, wanted, rtol=1e-12)
    np.testing.assert_allclose([0 if s is None else s for (s,) in by_duckdb], wanted, rtol=1e-12)


def test_a_values_recording_opens_at_a_uri(tmp_path, rng):
    import fsspec

    x = activations_of(rng, 0.5)
    record(tmp_path / "r", x)
    memory = fsspec.filesystem("memory")
    memory.put(str(tmp_path / "r"), "/values-run", recursive=True)
    try:
        found = values_of(open_recording("memory://values-run"))
        np.testing.assert_array_equal(found, x.astype(np.float16))
    finally:
        memory.rm("/values-run", recursive=True)


# -- rules afterwards ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["above(0.3)", "top_k(3)", "argmax", "abs_above(1)", "top10%"])
def test_a_rule_applied_afterwards_counts_what_it_would_have_recorded(tmp_path, rng, rule):
    x = activations_of(rng, 0.5)
    recording = record(tmp_path / "a", x, values_dtype="float32", batch=37)
    known = record(tmp_path / "b", x, rule=rule, mode="counts").counts()
    late = recording.counts(rule=rule)
    np.testing.assert_array_equal(late.counts, known.counts)
    np.testing.assert_array_equal(late.first, known.first)
    np.testing.assert_array_equal(late.moments.total, known.moments.total)
    assert late.n_samples == known.n_samples
    assert late.provenance["rule"] == known.provenance["rule"]
    assert late.provenance["source"] == "values in float32"
    assert "caution" not in late.provenance
    assert "source" not in recording.counts(rule="above(0)").provenance


def test_counts_of_half_precision_say_so(tmp_path, rng):
    x = activations_of(rng, 0.5)
    late = record(tmp_path / "r", x).counts(rule="above(0.3)")
    rounded = Counts.from_active(x.astype(np.float16).astype(np.float32) > 0.3)
    np.testing.assert_array_equal(late.counts, rounded.counts)
    assert late.provenance["source"] == "values in float16"
    assert "half precision" in late.provenance["caution"]


def test_rules_can_be_applied_to_all_steps_together(tmp_path, rng):
    x = activations_of(rng, 0.5)
    recording = record(tmp_path / "r", x, steps=[0, 0, 0, 10, 10, 20, 20, 20])
    expected = Counts.from_active(x.astype(np.float16).astype(np.float32) > 0.5)
    late = recording.counts(rule="above(0.5)", step=None)
    np.testing.assert_array_equal(late.counts, expected.counts)
    np.testing.assert_array_equal(late.first, expected.first)
    part = recording.counts(rule="above(0.5)", step=10)
    assert (part.n_samples, part.provenance["step"]) == (100, 10)


def test_listing_counts_applies_a_rule_to_every_layer(tmp_path, rng):
    model = nn.Sequential(nn.Identity(), nn.ReLU())
    with (
        Recorder(model, tmp_path / "r", layers="*", mode="values", rule="top1%") as recorder,
        recorder.batch(),
    ):
        model(torch.as_tensor(rng.normal(size=(90, 20)).astype(np.float32)))
    recording = open_recording(tmp_path / "r")
    several = list(each_counts(recording, rule="above(0.5)"))
    assert [one.provenance["layer"] for one in several] == ["0", "1"]
    np.testing.assert_array_equal(several[0].counts, several[1].counts)
    with pytest.raises(LayerNotFoundError, match="say which"):
        recording.counts(rule="above(0.5)")


def test_a_sweep_reads_rules_off_the_values(tmp_path, rng):
    x = rng.gamma(0.3, size=(400, 60)).astype(np.float32)
    recording = record(tmp_path / "r", x, values_dtype="float32", rule=["above(0)", "argmax"])
    (found,) = sweep_recording(recording, rules=["above(1)", "argmax"])
    assert set(found.rules) == {"above(0)", "argmax", "above(1)"}
    at_hand = sweep_activations(recording.values(), found.rules)
    np.testing.assert_array_equal(found.to_frame()["b"], at_hand.to_frame()["b"])


def test_the_command_line_sweeps_a_values_recording(tmp_path, rng, capsys):
    from activstats.cli.main import main

    record(tmp_path / "r", rng.gamma(0.3, size=(300, 40)).astype(np.float32), rule="top_k(2)")
    with pytest.raises(SystemExit) as ended:
        main(["growth", str(tmp_path / "r"), "--sweep"])
    assert ended.value.code in (None, 0)
    said = capsys.readouterr().out
    assert "top_k(2)" in said.lower()
    assert "above(0)" in said.lower()


@pytest.mark.parametrize(
    ("rule", "said"), [("abov(1)", "no activation rule"), ("quantile(0.9)", "no threshold yet")]
)
def test_rules_that_cannot_be_applied_are_refused(tmp_path, rng, rule, said):
    recording = record(tmp_path / "r", activations_of(rng, 0.5))
    with pytest.raises(RuleError, match=said):
        recording.counts(rule=rule)


def test_recordings_without_values_say_so(tmp_path, rng):
    recording = record(tmp_path / "r", activations_of(rng, 0.5), mode="counts")
    with pytest.raises(InputError, match="holds no values"):
        next(recording.values())
    with pytest.raises(LayerNotFoundError, match="no rule"):
        recording.counts(rule="above(1)")


def test_values_of_several_ranks_follow_each_other_step_by_step(tmp_path, rng):
    x = rng.normal(size=(2, 2, 90, 12)).astype(np.float32)  # ranks, steps, samples, neurons
    layer = {
        "layer": "act", "path": "act", "call": 0, "port": "out", "tuple_path": (), "training": False,
        "dtype": "float32", "shape": (90, 12), "neuron_axis": 1, "n_neurons": 12,
        "sample_unit": "item", "rules": ("above(0)",),
    }  # fmt: skip
    writers = []
    for rank in range(2):
        info = RunInfo(
            mode="values", chunk_samples=64, model={}, rank=rank, world=2,
            layers=(LayerInfo(**layer),), values_dtype="float32",
        )  # fmt: skip
        writers.append(RecordingWriter(tmp_path / "r", info))
        finisher = Finisher(writers[rank], with_bits=False, most_bytes=2**20)
        buffer = LayerBuffer(12, [parse_rule("above(0)")], capacity=64, values_dtype="float32")
        for step in range(2):
            buffer.begin_step(step)
            for chunk in (*buffer.add(x[rank, step]), *buffer.close()):
                finisher.add("act", chunk, None)
        finisher.flush()
        finisher.close()
    for writer in writers:
        writer.close()
    recording = open_recording(tmp_path / "r")
    in_order = x.swapaxes(0, 1).reshape(-1, 12)  # steps before ranks
    np.testing.assert_array_equal(values_of(recording, step=None), in_order)
    np.testing.assert_array_equal(values_of(recording), in_order[180:])
    for step, rows in ((None, in_order), (0, in_order[:180])):
        late, expected = recording.counts(rule="above(1)", step=step), Counts.from_active(rows > 1)
        np.testing.assert_array_equal(late.counts, expected.counts)
        np.testing.assert_array_equal(late.first, expected.first)


def test_damaged_values_are_named_or_left_out(tmp_path, rng):
    x = activations_of(rng, 0.5, 256)
    recording = record(tmp_path / "r", x, batch=64, rotate_seconds=0.0)
    second = shards(tmp_path / "r")[1]
    second.write_bytes(second.read_bytes()[:-20])
    with pytest.raises(DamagedRecordingError, match="cannot be read"):
        list(recording.values())
    with pytest.warns(DamagedRecordingWarning, match="part-000001"):
        late = recording.counts(rule="above(0.5)", on_damage="skip")
    left = np.concatenate([x[:64], x[128:]]).astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(late.counts, (left > 0.5).sum(0))
    assert (late.n_samples, late.moments) == (192, None)


# -- nothing lost -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 64, 250])
def test_an_interrupted_values_recording_resumes_exactly(tmp_path, rng, n):
    x = np.concatenate([activations_of(rng, 0.5, 200), activations_of(rng, 0.1, 200)])
    model = Source()
    options = {"layers": "act", "rule": "above(0)", "mode": "values", "chunk_samples": 64}
    with pytest.raises(KeyboardInterrupt), Recorder(model, tmp_path / "r", **options) as recorder:  # noqa: PT012
        for part in torch.as_tensor(x[:n]).split(50):
            with recorder.batch():
                model(part)
        raise KeyboardInterrupt
    recording = record(tmp_path / "r", x, resume=True, batch=33)
    np.testing.assert_array_equal(values_of(recording), x.astype(np.float16))
    np.testing.assert_array_equal(recording.counts().counts, (x > 0).sum(0))


def test_values_of_another_type_do_not_go_on(tmp_path, rng):
    x = activations_of(rng, 0.5)
    record(tmp_path / "r", x)
    with pytest.raises(OSError, match="type of values"):
        record(tmp_path / "r", x, resume=True, values_dtype="float32")


def test_many_calls_of_one_module_keep_to_the_memory_limit(tmp_path):
    class Loop(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.Identity()

        def forward(self, x):
            for _ in range(20):
                x = self.cell(x)
            return x

    model, limit = Loop(), 2**20
    with Recorder(
        model, tmp_path / "r", layers="cell", rule="above(0)", memory_limit=limit, mode="values"
    ) as recorder:
        for _ in range(10):
            with recorder.batch():
                model(torch.ones(64, 500))
            assert (
                sum(layer.nbytes for layer in recorder._open_session().layers._layers.values())
                <= limit
            )
    recording = open_recording(tmp_path / "r")
    assert sum(len(block) for block in recording.values("cell@19")) == 640


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mode": "values", "values_dtype": "float64"}, "no such values_dtype"),
        ({"mode": "mask", "values_dtype": "float16"}, "only where values are kept"),
    ],
)
def test_types_that_make_no_sense_are_refused(tmp_path, options, said):
    with pytest.raises(RecorderError, match=said):
        Recorder(Source(), tmp_path / "r", layers="act", **options)


# -- where samples are from -----------------------------------------------------------------------------


def texts():
    tokens = torch.arange(12).reshape(4, 3) + 100
    return {"document": ["a", "b", "c", "d"], "token": tokens}, torch.rand(4, 3, 2)


def part_of(ids, part):
    return {key: value[part] for key, value in ids.items()}


def test_documents_positions_and_tokens_come_back(tmp_path):
    ids, x = texts()
    mask = torch.tensor([[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]])
    model = Source()
    with Recorder(model, tmp_path / "r", layers="act", mode="values") as recorder:
        for part in (slice(0, 2), slice(2, 4)):
            with recorder.batch(mask=mask[part], sample_ids=part_of(ids, part)):
                model(x[part])
    samples = open_recording(tmp_path / "r").samples()
    assert samples["id"].tolist() == ["a", "a", "b", "d", "d", "d"]
    assert samples["position"].tolist() == [0, 1, 0, 0, 1, 2]
    assert samples["token"].tolist() == [100, 101, 103, 109, 110, 111]
    files = str(tmp_path / "r/samples/**/*.parquet")
    assert duckdb.sql(f"select max(token) from '{files}'").fetchall() == [(111,)]


def test_a_structured_array_names_samples_too(tmp_path):
    ids = np.array([(7, [1, 2]), (8, [3, 4])], dtype=[("document", "i8"), ("token", "i4", (2,))])
    model = Source()
    with Recorder(model, tmp_path / "r", layers="act") as recorder, recorder.batch(sample_ids=ids):
        model(torch.rand(2, 2, 5))
    samples = open_recording(tmp_path / "r").samples()
    assert samples[["id", "token"]].to_numpy().tolist() == [[7, 1], [7, 2], [8, 3], [8, 4]]


def test_layers_whose_samples_are_whole_items_have_no_tokens(tmp_path):
    ids, x = texts()
    model = Source()
    with (
        Recorder(model, tmp_path / "r", layers="act", sample_unit="item") as recorder,
        recorder.batch(sample_ids=ids),
    ):
        model(x)
    assert list(open_recording(tmp_path / "r").samples()) == ["step", "sample", "id", "position"]


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ({"document": [1, 2, 3, 4], "token": torch.zeros(4, 2, dtype=int)}, "other positions"),
        ({"document": [1, 2, 3, 4], "token": torch.zeros(4, 3)}, "whole numbers or strings"),
        ({"document": [1, 2, 3, 4], "token": [[1], [1, 2], [1], [1]]}, "one shape"),
        ({"token": torch.zeros(4, 3, dtype=int)}, "a document for each item"),
        ({"document": [1, 2, 3, 4], "page": [1, 2, 3, 4]}, "a document for each item"),
    ],
)
def test_sample_ids_by_name_that_do_not_fit_are_refused(tmp_path, ids, said):
    model = Source()
    with (
        pytest.raises(RecorderError, match=said),
        Recorder(model, tmp_path / "r", layers="act") as recorder,
        recorder.batch(sample_ids=ids),
    ):
        model(torch.rand(4, 3, 2))


def test_tokens_are_given_always_or_never(tmp_path):
    ids, x = texts()
    model = Source()
    with Recorder(model, tmp_path / "r", layers="act") as recorder:
        with recorder.batch(sample_ids=ids):
            model(x)
        with (
            pytest.raises(RecorderError, match="tokens were given"),
            recorder.batch(sample_ids=ids["document"]),
        ):
            model(x)
