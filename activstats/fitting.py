"""Fits of a whole study or recording: counts in, fitted laws out, each knowing where it is from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from activstats.counts import Counts, Recording, Study, each_counts, open_recording, open_study
from activstats.counts.from_activations import counts_of
from activstats.counts.from_values import count_values, rule_of_values
from activstats.errors import InputError
from activstats.laws.growth import GrowthLaw
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.rule_sweep import SWEEP_RULES, RuleSweep, sweep
from activstats.recording.asked import OnDamage
from activstats.rules import Rule

EACH = "each"


def fit_study(
    study: Study | str | os.PathLike[str],
    *,
    rule: str | None = None,
    layer: str | None = None,
    step: int | Literal["each"] = -1,
    where: dict[str, object] | None = None,
    recordings: str = "recording",
    law: GrowthLaw | None = None,
    on_damage: OnDamage = "raise",
) -> list[GrowthLawResult]:
    """Fit the growth law to every run, layer and rule of a study.

    Parameters
    ----------
    study : Study or path
    rule, layer : str, optional
        One of them; all where left out.
    step : int or "each"
        A recorded step, -1 the last; ``"each"`` fits every recorded step by itself.
    where : dict, optional
        Columns of the runs table and the value that a run must have there to be fitted; values are
        compared as text.
    recordings : str
        Column of the runs table that names the recording; ``"along_recording"`` has those that a
        study made along training.
    law : GrowthLaw, optional
        The fit's settings; those of ``GrowthLaw()`` if left out.
    on_damage : {"raise", "skip"}
        As for `Recording.counts`.

    Returns
    -------
    list of GrowthLawResult
        In the order of the runs. The provenance of each has the columns of its run, beside
        recording, layer, rule and step; so ``pool(fit_study(study), by="width")`` works, and
        `fits_frame` makes a table.

    Raises
    ------
    InputError
        If there is no such column, or no run with a recording is left.
    LayerNotFoundError, RecordingError
        If a recording has no such layer or rule, or cannot be read.
    """
    opened = study if isinstance(study, Study) else open_study(study)
    law = law or GrowthLaw()
    fits = []
    for run in _chosen(opened, where or {}, recordings):
        recording = Recording(opened.path / str(run[recordings]))
        for counts in _counts(recording, layer, rule, step=step, on_damage=on_damage):
            fit = law.fit(counts)
            fits.append(replace(fit, provenance={**run, **fit.provenance}))
    return fits


def fits_frame(fits: Sequence[GrowthLawResult]) -> pd.DataFrame:
    """Return fits as one table, a row for each.

    Raises
    ------
    InputError
        If there is no fit.
    """
    if not fits:
        raise InputError("there is no fit to tabulate.", hint="fits_frame(fit_study(study))")
    return pd.concat([fit.to_frame() for fit in fits], ignore_index=True)


def sweep_recording(
    recording: Recording | str | os.PathLike[str],
    *,
    layer: str | None = None,
    step: int = -1,
    rules: Sequence[str | Rule] = SWEEP_RULES,
    law: GrowthLaw | None = None,
    on_damage: OnDamage = "raise",
) -> list[RuleSweep]:
    """Fit the growth law to each layer of a recording under every rule that was recorded.

    Where values were recorded, it is fitted under further rules too.

    Parameters
    ----------
    recording : Recording or path
    layer : str, optional
        One layer; all where left out.
    step : int
        A recorded step; -1 is the last.
    rules : sequence of str or Rule
        To be applied to values, where they were recorded, unless they are among the recorded ones.
    law, on_damage
        As for `fit_study`.

    Returns
    -------
    list of RuleSweep
        One for each layer, in the order of the recording.
    """
    opened = recording if isinstance(recording, Recording) else open_recording(recording)
    by_layer: dict[str, list[Counts]] = {}
    for counts in each_counts(opened, layer, step=step, on_damage=on_damage):
        by_layer.setdefault(str(counts.provenance["layer"]), []).append(counts)
    for at, several in by_layer.items():
        late = [each for rule in rules if (each := rule_of_values(opened, at, rule)) is not None]
        if late:
            found = count_values(opened, at, late, step=step, on_damage=on_damage)
            several.extend(found.values())
    return [sweep(several, law=law) for several in by_layer.values()]


def sweep_activations(
    activations: Any,
    rules: Sequence[str | Rule] = SWEEP_RULES,
    *,
    law: GrowthLaw | None = None,
    **provenance: Any,
) -> RuleSweep:
    """Fit the growth law to activations at hand under several rules.

    Parameters
    ----------
    activations : array or tensor of float, shape (n_samples, n_neurons), or iterable of them
        Activations of one layer, whole or in blocks.
    rules : sequence of str or Rule
        0.1, 0.3, 1, 3 and 10 % of the layer and a > 0 if left out.
    law : GrowthLaw, optional
        The fit's settings.
    **provenance
        Where the activations come from, such as ``layer="relu"``.

    Returns
    -------
    RuleSweep

    Examples
    --------
    >>> import numpy as np
    >>> activations = np.random.default_rng(0).gamma(0.3, size=(500, 200))
    >>> sweep_activations(activations, ["top1%", "above(1)"]).rules
    ('top_fraction(0.01)', 'above(1)')
    """
    return sweep(counts_of(activations, rules, **provenance), law=law)


def _chosen(study: Study, where: dict[str, object], recordings: str) -> Iterator[dict[str, Any]]:
    runs = study.runs
    for column in (*where, recordings):
        if column not in runs:
            raise InputError(
                f"the runs table has no column '{column}'.",
                got=", ".join(map(str, runs.columns)),
            )
    kept = runs[recordings].fillna("").astype(bool)
    for column, value in where.items():
        kept &= runs[column].astype(str) == str(value)
    if not kept.any():
        raise InputError(
            "no run with a recording is left.",
            got=", ".join(f"{column} = {value}" for column, value in where.items()),
            hint="study.runs lists the runs and which have a recording",
        )
    for row in runs[kept].to_dict("records"):
        yield {str(name): value for name, value in row.items()}


def _counts(
    recording: Recording,
    layer: str | None,
    rule: str | None,
    *,
    step: int | str,
    on_damage: OnDamage,
) -> Iterator[Counts]:
    if not isinstance(step, str):
        yield from each_counts(recording, layer, rule, step=step, on_damage=on_damage)
        return
    if step != EACH:
        raise InputError("there is no such step.", got=step, allowed=f'a number, or "{EACH}"')
    for last in each_counts(recording, layer, rule, on_damage=on_damage):
        at, recorded = str(last.provenance["layer"]), str(last.provenance["rule"])
        for number in recording.steps(at, recorded)["step"]:
            yield recording.counts(at, recorded, step=int(number), on_damage=on_damage)
