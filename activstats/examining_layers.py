"""Looks at every layer of a study's networks: those of other kinds, and documents as what is independent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from activstats.claims.evidence import TRAINED, FittedLayer
from activstats.claims.examination import LayerIntervals
from activstats.counts import Study
from activstats.fitted_runs import after_training
from activstats.laws.two_way import two_way
from activstats.rules import DEFAULT_RULE

# Kinds of runs that no claim is judged by and that are shown layer by layer.
COMPARED = ("deep", "gated blocks", "relu blocks", "gelu blocks")
_TWO = 2


def compared_layers(study: Study) -> Iterator[FittedLayer]:
    """Yield the layers of networks of other kinds on the largest training set, default rule."""
    runs = study.runs[study.runs["recording"].fillna("").astype(bool)]
    for kind in COMPARED:
        of_kind = runs[runs["kind"] == kind]
        for run in of_kind[of_kind["n_train"] == of_kind["n_train"].max()].itertuples():
            yield from after_training(study, run, rule=DEFAULT_RULE.name)


def layer_intervals(study: Study, fits: Sequence[FittedLayer]) -> Iterator[LayerIntervals]:
    """Yield the intervals of b in each layer of one network, the widest of the first seed.

    Nothing where samples stand alone: then the intervals of `Examination.layers` say it all.

    Parameters
    ----------
    study : Study
        Its recording is read again for the single activations and their documents.
    fits : sequence of FittedLayer
        As the claims have them.
    """
    known = [f for f in fits if f.kind == TRAINED and f.rule == DEFAULT_RULE.name and f.has_b]
    if not known:
        return
    first = min(known, key=lambda fit: (-fit.width, fit.seed))
    recording = study.recording(first.run)
    if recording.info.mode != "mask":
        return
    for fit in known:
        documents = documents_of(recording, fit.layer, fit.step) if fit.run == first.run else None
        if documents is not None:
            mask = recording.mask(fit.layer, fit.rule, step=fit.step)
            yield LayerIntervals(
                layer=fit,
                samples=two_way(fit.fit, mask),
                documents=two_way(fit.fit, mask, groups=documents),
            )


def documents_of(recording: Any, layer: str, step: int) -> NDArray[np.int64] | None:
    """Return the number of the document that each sample of a layer is from.

    Parameters
    ----------
    recording : Recording
        With or without ids of its samples.
    layer : str
        Name of the layer.
    step : int
        A recorded step.

    Returns
    -------
    ndarray of int, shape (n_samples,), or None
        None where no ids were given, every sample has its own, there is one document only, or the
        samples of a document are not neighbours.
    """
    table = recording.samples(layer)
    table = table[table["step"] == step].sort_values("sample")
    codes = np.asarray(pd.factorize(table["id"])[0], dtype=np.int64)
    if codes.size == 0:
        return None
    n_documents, n_runs = int(codes.max()) + 1, 1 + int(np.count_nonzero(np.diff(codes)))
    return codes if _TWO <= n_documents == n_runs < codes.size else None
