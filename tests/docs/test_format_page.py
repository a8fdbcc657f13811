"""The page on format 1 says what the writer writes: every file, column, type and key."""

import json
import re

import pyarrow.parquet as pq
import pytest

from activstats.recording.schema import samples_schema, stats_schema, values_schema
from tests.docs.pages import DOCS, text

torch = pytest.importorskip("torch", reason="recording needs torch")
PAGE = DOCS / "format.md"


def section(title):
    return text(PAGE).split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(title, head):
    """Return first and second cells of a table in a section, without the marks of code."""
    lines = section(title).split(f"\n| {head} |", 1)[1].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {key.strip("` "): meaning for key, meaning, *_ in cells}


def keys(title, head):
    return {one.strip("` ") for key in table(title, head) for one in key.split(",")}


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """A recording of values with ids and tokens, and one of parameters."""
    from activstats import ParameterRecorder, Recorder

    folder = tmp_path_factory.mktemp("format")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU())
        batches = torch.randn(4, 20, 4)
    ids = {"document": torch.arange(20), "token": torch.arange(20)}
    with Recorder(model, folder / "values", layers="1", rule="top_k(2)", mode="values") as recorder:
        for batch in batches:
            with recorder.batch(sample_ids=ids):
                model(batch)
    with ParameterRecorder(
        model, folder / "weights", parameters="0.weight", snapshots=1, gradients=False
    ) as weights:
        weights.step(0)
        weights.step(1)
    return folder


def shard(folder, pattern):
    (found,) = folder.glob(f"{pattern}/**/*.parquet")
    return pq.ParquetFile(found)


def written(schema):
    return {field.name: str(field.type) for field in schema}


def test_the_columns_of_stats_are_those_of_the_schema():
    assert table("stats", "column") == written(stats_schema(with_bits=True))


def test_nothing_in_stats_is_null():
    assert not any(field.nullable for field in stats_schema(with_bits=True))


def test_the_columns_of_samples_are_those_of_the_schema(recordings):
    import pyarrow as pa

    said = table("samples", "column")
    assert list(said) == samples_schema(pa.int64(), pa.int64()).names
    for column, kind in written(shard(recordings / "values", "samples").schema_arrow).items():
        assert kind in said[column].split(" or ")


def test_the_columns_of_values_are_those_of_the_schema(recordings):
    forms = [values_schema("float16", 16, sparse=sparse) for sparse in (False, True)]
    assert set(table("values", "column")) == {name for form in forms for name in form.names}
    assert shard(recordings / "values", "values").schema_arrow.names in [f.names for f in forms]


@pytest.mark.parametrize(
    ("name", "head"), [("snapshot", "column of a snapshot"), ("moments", "column of moments")]
)
def test_the_columns_of_parameters_are_those_that_are_written(recordings, name, head):
    said = table("parameters", head)
    found = shard(recordings / "weights", f"parameters/*/table={name}").schema_arrow
    assert list(said) == found.names
    for field in found:
        assert said[field.name].split()[0] == str(field.type).split("<")[0]


def test_the_keys_of_the_description_are_those_that_are_written(recordings):
    content = json.loads((recordings / "values" / "_run.json").read_text())
    assert keys("_run.json", "key") == set(content)
    assert keys("_run.json", "key of a layer") == set(content["layers"][0])


def test_the_footer_has_the_keys_that_are_named(recordings):
    footer = shard(recordings / "values", "stats").schema_arrow.metadata[b"activstats"]
    said = re.search(r"\((`format`[^)]*)\)", section("_run.json"))[1]
    assert {one.strip("` \n") for one in said.split(",")} == set(json.loads(footer))


def test_the_keys_of_the_manifest_are_those_that_are_written(recordings):
    line = (recordings / "values" / "_manifest.jsonl").read_text().splitlines()[0]
    assert keys("_manifest.jsonl", "key") == set(json.loads(line))


def test_shards_are_compressed_as_the_page_says(recordings):
    column = shard(recordings / "values", "stats").metadata.row_group(0).column(0)
    assert (column.compression, column.has_dictionary_page) == ("ZSTD", False)
    assert "zstd at level 1, without dictionaries" in text(PAGE)


def test_the_sizes_of_row_groups_are_those_of_the_writer():
    from activstats.recording import schema

    for size in (schema._ROWS_PER_GROUP, schema._ROWS_PER_GROUP_WITH_BITS):
        assert f"{size:,}" in text(PAGE)
    assert f"{schema._BYTES_OF_VALUES // 2**20} MiB" in text(PAGE)
    assert schema._MOST_ROWS_OF_VALUES == schema._ROWS_PER_GROUP_WITH_BITS


def test_every_file_of_the_layout_is_named():
    from activstats.recording import layout

    for name in (layout.RUN_FILE, layout.MANIFEST_FILE, layout.CHECKPOINTS_FILE, layout.SET_ASIDE,
                 layout.COMPACTING_FILE, layout.run_file(1), layout.manifest_file(1)):  # fmt: skip
        assert f"RUN/{name}" in text(PAGE)
    assert layout.encode("block/relu") == "block%2Frelu"
    assert layout.encode("top_fraction(0.01)") == "top_fraction(0.01)"
