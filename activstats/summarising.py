"""One table of everything about layers: a row for each layer, rule and step of recordings."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from activstats.counts import Counts, Recording, Study, each_counts, open_recording, open_study
from activstats.counts.summary import nonfinite_words
from activstats.errors import InputError, RecordingNotFoundError
from activstats.laws.growth import GrowthLaw
from activstats.laws.growth_result import GrowthLawResult
from activstats.laws.results import Status
from activstats.laws.tail import PowerLawTail
from activstats.laws.tail_result import PowerLawTailResult

if TYPE_CHECKING:
    import pandas as pd

    from activstats.recording.asked import OnDamage

MARGIN = 0.05
EACH = "each"
COLUMNS = (
    "recording", "layer", "rule", "step", "n_neurons", "n_samples", "c_share", "dead_share",
    "always_on_share", "b", "b_low", "b_high", "misfit", "alpha", "xmin", "n_tail", "tail_share",
    "p", "verdict", "warning",
)  # fmt: skip
_VERDICTS = {
    Status.SATURATED: "saturated",
    Status.NOT_IDENTIFIABLE: "no b",
    Status.TOO_FEW: "no b",
    Status.NOT_CONVERGED: "no b",
}
_SHORT_TAIL = 50
_DEAD = 0.2

Source = Study | Recording | str | os.PathLike[str]


def summary_table(
    sources: Source | Sequence[Source],
    *,
    layer: str | None = None,
    rule: str | None = None,
    step: int | Literal["each"] = -1,
    n_boot: int = 99,
    rng: int = 0,
    on_damage: OnDamage = "raise",
) -> pd.DataFrame:
    """Return one row for each layer, rule and step of recordings or studies.

    Parameters
    ----------
    sources : Study, Recording, path, or sequence of them
        A study stands for all its recordings.
    layer, rule : str, optional
        One of them; all where left out.
    step : int or "each"
        A recorded step, -1 the last; ``"each"`` has a row for every recorded step.
    n_boot : int
        Replicates behind the p-value of the tail; 0 leaves it nan.
    rng : int
        Seed of these replicates, the same for every row.
    on_damage : {"raise", "skip"}
        As for `Recording.counts`.

    Returns
    -------
    DataFrame
        With the columns `COLUMNS`. `c_share`: mean share of the neurons that a sample activates, c/N.
        `b` with its 95 % profile interval, which takes neurons to be independent, and `misfit`
        sup|K − law|/N: the growth law. `alpha`, `xmin`, `n_tail`, `tail_share` and `p`: the power-law
        tail of Clauset, Shalizi & Newman, which is not the law's own exponent. `verdict`: ``within
        5 %`` or ``beyond 5 %`` of the neurons, ``saturated`` where the curve says nothing, ``no b``.
        `warning`: what a reader of the row must know; empty if nothing.

    Raises
    ------
    InputError
        If there is no recording.
    LayerNotFoundError, RecordingError
        If a recording has no such layer, rule or step, or cannot be read.
    """
    import pandas as pd

    several = [sources] if isinstance(sources, Study | Recording | str | os.PathLike) else sources
    rows = [
        _row(name, counts, n_boot, rng)
        for source in several
        for name, recording in _recordings(source)
        for counts in _counts(recording, layer, rule, step, on_damage)
    ]
    if not rows:
        raise InputError(
            "there is no recording to tabulate.",
            got=", ".join(str(getattr(one, "path", one)) for one in several) or "nothing",
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _recordings(source: Source) -> Iterator[tuple[str, Recording]]:
    if isinstance(source, Recording):
        yield str(source.path), source
        return
    study = source if isinstance(source, Study) else _study(source)
    if study is None:
        yield str(source), open_recording(source)
        return
    for name in study.runs["recording"].fillna(""):
        if name:
            yield str(name), Recording(study.path / str(name))


def _study(path: str | os.PathLike[str]) -> Study | None:
    try:
        found = open_study(path)
    except RecordingNotFoundError:
        return None
    if "recording" not in found.runs:
        raise InputError("the runs table names no recordings.", got=str(path))
    return found


def _counts(
    recording: Recording,
    layer: str | None,
    rule: str | None,
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


def _row(name: str, counts: Counts, n_boot: int, seed: int) -> dict[str, Any]:
    fit = GrowthLaw().fit(counts)
    tail = PowerLawTail(n_boot=n_boot).fit(counts, rng=np.random.default_rng(seed))
    return {
        "recording": Path(name).name or name,
        "layer": counts.provenance.get("layer", ""),
        "rule": counts.provenance.get("rule", ""),
        "step": counts.provenance.get("step", 0),
        "n_neurons": fit.n_neurons,
        "n_samples": fit.n_samples,
        "c_share": fit.c / fit.n_neurons,
        "dead_share": counts.dead_share,
        "always_on_share": counts.always_on_share,
        "b": fit.b,
        "b_low": fit.b_low,
        "b_high": fit.b_high,
        "misfit": fit.misfit,
        "alpha": tail.alpha,
        "xmin": tail.xmin,
        "n_tail": tail.n_tail,
        "tail_share": tail.tail_share,
        "p": tail.pvalue,
        "verdict": verdict_of(fit),
        "warning": "; ".join(_warnings(fit, tail, counts)),
    }


def verdict_of(fit: GrowthLawResult) -> str:
    """Return in a word how the growth law fares on one layer: by its misfit, not by a p-value.

    Examples
    --------
    >>> verdict_of(GrowthLaw().fit([0, 0, 0, 1, 1, 2, 3, 5, 9, 30], n_samples=600))
    'within 5 %'
    """
    if fit.status in _VERDICTS:
        return _VERDICTS[fit.status]
    return "within 5 %" if fit.misfit <= MARGIN else "beyond 5 %"


def _warnings(fit: GrowthLawResult, tail: PowerLawTailResult, counts: Counts) -> list[str]:
    found = [fit.reason, *fit.warnings]
    if counts.nonfinite_share > 0:
        found.append(f"{nonfinite_words(counts.nonfinite_share)}, which count as silence")
    elif counts.dead_share > _DEAD:
        found.append(
            f"{100 * counts.dead_share:.0f} % of the neurons never fired: some may be dead"
        )
    if 0 < tail.n_tail < _SHORT_TAIL:
        found.append(f"tail of {tail.n_tail} neurons: its p says little")
    return [one for one in dict.fromkeys(found) if one]
