"""All counts of a recording, one after the other, and as a table."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from activstats.counts.counts import Counts
from activstats.counts.recording import Recording
from activstats.recording.reader import OnDamage
from activstats.rules import parse_rule


def each_counts(
    recording: Recording,
    layer: str | None = None,
    rule: str | None = None,
    *,
    step: int | None = -1,
    on_damage: OnDamage = "raise",
) -> Iterator[Counts]:
    """Yield the counts of every layer and rule of a recording, or of those that are named.

    Parameters
    ----------
    recording : Recording
    layer, rule : str, optional
        All where left out.
    step, on_damage
        As for `Recording.counts`.
    """
    pairs = [(str(row.layer), str(row.rule)) for row in recording.layers.itertuples()]
    if layer is not None or not pairs:
        recording.streams(layer, rule or next((r for at, r in pairs if at == layer), None))
    for at, recorded in pairs:
        if layer in (None, at) and (rule is None or parse_rule(rule).name == recorded):
            yield recording.counts(at, recorded, step=step, on_damage=on_damage)


def recorded_layers(recording: Recording) -> pd.DataFrame:
    """Return the table of a recording's layers with what the neurons did at the last step.

    Returns
    -------
    DataFrame
        The columns of `Recording.layers`, then k, c, dead_share and always_on_share. Shards that
        cannot be read are left out of these four.
    """
    table = recording.layers
    counts = [
        recording.counts(str(row.layer), str(row.rule), on_damage="skip")
        for row in table.itertuples()
    ]
    for name in ("k", "c", "dead_share", "always_on_share"):
        table[name] = [getattr(one, name) for one in counts]
    return table
