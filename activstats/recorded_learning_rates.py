"""What the recordings of weights in a study of learning rates say, beside its table of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.fluctuation_sources import fluctuation_of

if TYPE_CHECKING:
    import pandas as pd

    from activstats.counts import Study

PARAMETERS = "parameters"
WINDOWS = ("late", "whole")


def recorded_fluctuation(study: Study) -> pd.DataFrame:
    """Return the fluctuation of the networks whose weights were recorded along the training.

    Parameters
    ----------
    study : Study
        Of learning rates.

    Returns
    -------
    DataFrame
        One row a recorded run that did not diverge: task, optimizer, learning_rate, seed, and for both
        windows ``fluctuation_late`` and ``fluctuation_whole``, measured from the recording alone, each
        beside what the table says, ``table_late`` and ``table_whole``.

    Raises
    ------
    RecordingError
        If a recording cannot be read.
    """
    import pandas as pd

    keys = ["task", "optimizer", "learning_rate", "seed"]
    columns = [*keys, *(f"{what}_{w}" for what in ("fluctuation", "table") for w in WINDOWS)]
    if PARAMETERS not in study.runs:
        return pd.DataFrame(columns=columns)
    recorded = study.runs[study.runs[PARAMETERS].fillna("").astype(bool)]
    recorded = recorded[~recorded["diverged"].astype(bool)]
    return pd.DataFrame([_row(study, row, keys) for _, row in recorded.iterrows()], columns=columns)


def _row(study: Study, row: pd.Series[float], keys: list[str]) -> dict[str, object]:
    from activstats.counts import open_recording

    path = f"{str(study.path).rstrip('/')}/{row[PARAMETERS]}"
    share = float(open_recording(path).info.notes.get("late_share", 0.25))
    found = fluctuation_of(path, late_share=share)
    told: dict[str, object] = {key: row[key] for key in keys}
    for window in WINDOWS:
        told[f"fluctuation_{window}"] = found.of_network(window)
        told[f"table_{window}"] = row[f"fluctuation_{window}"]
    return told
