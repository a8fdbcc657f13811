"""What a killed recorder left, compared with the activations themselves and with other readers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.killing.scenario import Scenario


def naive(scenario: Scenario, layer: int, rule: str, step: int) -> np.ndarray:
    """Return the activations of a layer at a step, shape (samples, neurons), without a recorder."""
    from activstats import parse_rule

    of_step = [x for at, x in scenario.batches() if at == step]
    return np.asarray(parse_rule(rule)(np.concatenate(of_step)[:, : scenario.widths[layer]]))


def samples_left(scenario: Scenario, folder: Path) -> dict[str, int]:
    """Return how many samples of each layer are left, after checking that they are the first ones.

    Every count is compared with the activations themselves, and so are those of DuckDB and polars,
    which read all files that are there.
    """
    from activstats import open_recording
    from activstats.recording.verifying import verify

    faults = {problem.kind for problem in verify(folder).found}
    assert faults <= {"orphan", "temporary", "lost", "manifest"}, verify(folder).summary()
    recording = open_recording(folder)
    if not recording.shards:
        return dict.fromkeys(map(str, range(scenario.n_layers)), 0)
    left: Counter[str] = Counter()
    for layer, rule in recording.pairs:
        on_disk = 0
        for step, n in recording.steps(layer, rule).itertuples(index=False):
            counts = recording.counts(layer, rule, step=step)
            active = naive(scenario, int(layer), rule, step)[:n]
            assert counts.spans.tolist() == [[0, n]]
            np.testing.assert_array_equal(counts.counts, active.sum(axis=0))
            if recording.info.mode == "mask":
                bits = recording.mask(layer, rule, step=step).active
                np.testing.assert_array_equal(bits, active)
            on_disk += n
        left[layer] = max(left[layer], on_disk)
        _check_foreign(scenario, folder, int(layer), rule)
    return dict(left)


def _check_foreign(scenario: Scenario, folder: Path, layer: int, rule: str) -> None:
    import duckdb
    import polars as pl

    files = f"{folder}/stats/layer={layer}/rule={rule}/**/*.parquet"
    found = duckdb.sql(
        f"select step, neuron, sum(n)::bigint n, sum(n_act)::bigint k from '{files}'"
        " group by all order by all"
    ).fetchall()
    columns = ["step", "neuron", "n", "n_act"]
    again = pl.read_parquet(files, columns=columns).group_by("step", "neuron").sum()
    assert again.sort("step", "neuron").rows() == found
    steps = {step: n for step, neuron, n, _ in found if neuron == 0}
    for step, n in steps.items():
        expected = naive(scenario, layer, rule, step)[:n].sum(axis=0).tolist()
        assert [k for at, _, _, k in found if at == step] == expected


def assert_same(scenario: Scenario, folder: Path, reference: Path) -> None:
    """Check that a recording that was resumed says what one says that never was."""
    from activstats import open_recording
    from activstats.recording.verifying import verify

    report = verify(folder)
    assert report.ok, report.summary()
    ours, theirs = open_recording(folder), open_recording(reference)
    assert ours.pairs == theirs.pairs
    for layer, rule in theirs.pairs:
        assert ours.steps(layer, rule).equals(theirs.steps(layer, rule))
        for step in theirs.steps(layer, rule)["step"]:
            a, b = (one.counts(layer, rule, step=int(step)) for one in (ours, theirs))
            np.testing.assert_array_equal(a.counts, b.counts)
            np.testing.assert_array_equal(a.first, b.first)
            assert a.spans.tolist() == b.spans.tolist()
            np.testing.assert_allclose(a.moments.total, b.moments.total, rtol=1e-12, atol=1e-9)
    for layer in map(str, range(scenario.n_layers)):
        if scenario.with_ids:
            assert ours.samples(layer).equals(theirs.samples(layer))
        for step in (
            ours.steps(layer, scenario.rules[0])["step"] if scenario.mode == "values" else ()
        ):
            a, b = (
                np.concatenate(list(one.values(layer, step=int(step)))) for one in (ours, theirs)
            )
            np.testing.assert_array_equal(a, b)
