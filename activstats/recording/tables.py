"""Tables of what a recording holds: its layers, and the steps of each."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from activstats.recording.manifest import ShardEntry
from activstats.recording.run_info import LayerInfo

# One neuron's rows name every chunk.
CHUNK_COLUMNS = ("step", "sample0", "n", "neuron")

LAYER_COLUMNS = [
    "layer", "rule", "n_neurons", "n_steps", "n_samples", "sample_unit", "neuron_axis", "shape",
    "dtype", "shards", "bytes",
]  # fmt: skip


def chunks_of(tables: Iterable[pa.Table]) -> pd.DataFrame:
    """Return the chunks that `stats` rows come from.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        With the columns `CHUNK_COLUMNS`.

    Returns
    -------
    DataFrame of int
        Columns step, sample0, n; one row a chunk.
    """
    names = ["step", "sample0", "n"]
    found = [table.filter(pc.equal(table["neuron"], 0)).select(names) for table in tables]
    frame = pa.concat_tables(found).to_pandas() if found else pd.DataFrame(columns=names)
    return frame.astype("int64")


def steps_table(chunks: pd.DataFrame) -> pd.DataFrame:
    """Return the samples of each step, in the order of the steps: columns step, n_samples."""
    samples = chunks.rename(columns={"n": "n_samples"})[["step", "n_samples"]]
    summed: pd.DataFrame = samples.groupby("step", as_index=False).sum()
    return summed


def layer_row(
    layer: LayerInfo, rule: str, steps: pd.DataFrame, shards: list[ShardEntry]
) -> dict[str, object]:
    """Return the row of one layer and rule in the table of layers."""
    return {
        "layer": layer.layer,
        "rule": rule,
        "n_neurons": layer.n_neurons,
        "n_steps": len(steps),
        "n_samples": int(steps["n_samples"].sum()),
        "sample_unit": layer.sample_unit,
        "neuron_axis": layer.neuron_axis,
        "shape": " × ".join(str(size) for size in layer.shape),
        "dtype": layer.dtype,
        "shards": len(shards),
        "bytes": sum(shard.bytes for shard in shards),
    }
