"""Participating neurons of what was measured, and of recordings of activations."""

from __future__ import annotations

import pandas as pd

from activstats.counts import open_recording
from activstats.dynamics.fluctuation import LATE
from activstats.dynamics.fluctuation_result import FluctuationResult
from activstats.dynamics.participation import Participation
from activstats.dynamics.participation_result import FIRING, FLUCTUATION
from activstats.fluctuation_sources import is_recording


def participation_of(
    result: FluctuationResult, *, threshold: float | None = None, window: str = LATE
) -> pd.DataFrame:
    """Return the neurons whose weights fluctuate above a threshold, a row for each layer.

    Parameters
    ----------
    result : FluctuationResult
        What `fluctuation_of` measured.
    threshold : float, optional
        In units of the layer's root mean square; .1 if left out.
    window : {"late", "whole"}
        Which window.
    """
    measure = Participation(FLUCTUATION, threshold=threshold, level=result.level)
    frames = [
        measure.fit(
            one.neurons, n_obs=one.n_times, provenance={"layer": one.layer, "window": window}
        ).to_frame()
        for one in result.layers
        if one.window == window and one.neurons
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def activity_of(source: str, *, threshold: float | None = None) -> pd.DataFrame | None:
    """Return participating, dead and always-on shares of a recording that has activations alone.

    Parameters
    ----------
    source : str
        As for `fluctuation_of`.
    threshold : float, optional
        Share of the samples; .01 if left out.

    Returns
    -------
    DataFrame or None
        A row for each layer and rule, at the last step; None where the source is something else.
    """
    if not is_recording(source):
        return None
    recording = open_recording(source)
    if recording.info.parameters:
        return None
    measure = Participation(FIRING, threshold=threshold)
    frames = []
    for row in recording.layers.itertuples():
        counts = recording.counts(str(row.layer), str(row.rule))
        origin = {"layer": str(row.layer), "rule": str(row.rule)}
        rates = counts.counts / max(counts.n_samples, 1)
        frames.append(measure.fit(rates, n_obs=counts.n_samples, provenance=origin).to_frame())
    return pd.concat(frames, ignore_index=True) if frames else None
