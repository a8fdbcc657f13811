"""All counts of a recording, one after the other, and as a table."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from activstats.counts.counts import Counts
from activstats.counts.from_values import rule_of_values
from activstats.counts.recording import Recording
from activstats.recording.asked import OnDamage
from activstats.recording.names import choose, choose_rule


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
        All where left out. A rule that was not recorded is applied to the values, where they were.
    step, on_damage
        As for `Recording.counts`.

    Raises
    ------
    LayerNotFoundError
        If there is no such layer, or the rule was recorded in none of them.
    """
    pairs = recording.pairs
    if not pairs:
        recording.streams()  # says why there is nothing
    if layer is not None:
        layer = choose("layer", layer, [at for at, _ in pairs], recording.path)
        pairs = [(at, recorded) for at, recorded in pairs if at == layer]
    if rule is not None:
        late = {at: each for at, _ in pairs if (each := rule_of_values(recording, at, rule))}
        recorded_rules = [recorded for _, recorded in pairs]
        rule = next((each.name for each in late.values()), rule)
        rule = rule if late else choose_rule(rule, recorded_rules, recording.path)
        pairs = [
            (at, rule)
            for at in dict.fromkeys(at for at, _ in pairs)
            if at in late or (at, rule) in pairs
        ]
    for at, recorded in pairs:
        yield recording.counts(at, recorded, step=step, on_damage=on_damage)


def recorded_layers(recording: Recording) -> pd.DataFrame:
    """Return the table of a recording's layers with what the neurons did at the last step.

    Returns
    -------
    DataFrame
        The columns of `Recording.layers`, then k, c, dead_share, always_on_share and
        nonfinite_share. Shards that cannot be read are left out of these five.
    """
    table = recording.layers
    counts = [
        recording.counts(str(row.layer), str(row.rule), on_damage="skip")
        for row in table.itertuples()
    ]
    for name in ("k", "c", "dead_share", "always_on_share", "nonfinite_share"):
        table[name] = [getattr(one, name) for one in counts]
    return table
