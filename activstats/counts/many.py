"""Counts of many recordings, or of the many shards of one, by several workers at a time."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from activstats.counts.counts import Counts
from activstats.counts.recording import Recording, Study
from activstats.counts.sharing import count_part, finish, share
from activstats.errors import ActivstatsError, InputError
from activstats.recording.asked import OnDamage, check_on_damage, check_step
from activstats.recording.remote import RemotePath

Source = Recording | RemotePath | Any  # or a path


def count_many(
    recordings: Study | Source | Iterable[Source] | Mapping[str, Source],
    layer: str | None = None,
    rule: str | None = None,
    *,
    step: int | None = -1,
    n_jobs: int | None = None,
    on_damage: OnDamage = "raise",
) -> dict[str, Counts]:
    """Count one layer under one rule in many recordings, sharing their shards among workers.

    Parameters
    ----------
    recordings : Study, Recording or path, several of them, or mapping of names to them
        Of a study, all runs that have a recording. A path may be a URI.
    layer, rule, step
        As for `Recording.counts`.
    n_jobs : int, optional
        Workers, as joblib counts them: -1 for one a core. Threads by default; Dask and Ray inside
        ``joblib.parallel_config(backend="dask")`` and ``"ray"``, which then say how many.
    on_damage : {"raise", "skip"}
        As for `Recording.counts`.

    Returns
    -------
    dict of str to Counts
        By run of the study, by name, or by path of the recording, in the order given. Every number
        is the same, to the last digit, whoever counted it and however shards were shared out.

    Raises
    ------
    InputError
        If there is no recording, or one stands twice.
    LayerNotFoundError, RecordingError
        As for `Recording.counts`; the first recording to have an error names it.

    Examples
    --------
    >>> import tempfile, torch
    >>> from activstats import Recorder
    >>> model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU())
    >>> folder = tempfile.mkdtemp()
    >>> with Recorder(model, f"{folder}/a", layers="1") as recorder:
    ...     with recorder.batch():
    ...         _ = model(torch.ones(5, 4))
    >>> counts = count_many({"a": f"{folder}/a"}, n_jobs=2)
    >>> counts["a"].n_samples
    5
    """
    step = check_step(step)
    check_on_damage(on_damage)
    sources = _named(recordings)
    shares = _run(
        [(share, (source, layer, rule, step, on_damage)) for source in sources.values()], n_jobs
    )
    _first_error(shares)
    for shared in shares:
        shared.recording.report_problems(on_damage)
    parts = [part for shared in shares for part in shared.parts]
    counted = _run([(count_part, (part, on_damage)) for part in parts], n_jobs)
    _first_error(counted)
    found = iter(counted)
    return {
        name: finish(shared, [next(found) for _ in shared.parts], on_damage)
        for name, shared in zip(sources, shares, strict=True)
    }


def merged(counts: Iterable[Counts]) -> Counts:
    """Add counts up: the samples of recordings follow each other in the order given.

    Parameters
    ----------
    counts : iterable of Counts
        Of layers of the same name, width and rule.

    Raises
    ------
    InputError
        If there are none, or they do not go together.

    Examples
    --------
    >>> import numpy as np
    >>> one = Counts.from_active(np.array([[True, False]]), recording="a")
    >>> two = Counts.from_active(np.array([[False, True]]), recording="b")
    >>> merged([one, two]).first
    array([0, 1])
    """
    several = list(counts)
    if not several:
        raise InputError("there are no counts to add up.", hint="count_many(recordings).values()")
    return reduce(operator.add, several)


def _named(recordings: Any) -> dict[str, Any]:
    if isinstance(recordings, Study):
        return _of_study(recordings)
    if isinstance(recordings, Mapping):
        sources = {str(name): source for name, source in recordings.items()}
    else:
        one = isinstance(recordings, str | Recording | RemotePath) or hasattr(
            recordings, "__fspath__"
        )
        several = [recordings] if one else list(recordings)
        paths = [
            source.path if isinstance(source, Recording) else str(source) for source in several
        ]
        if len(set(paths)) < len(paths):
            twice = next(path for path in paths if paths.count(path) > 1)
            raise InputError("a recording stands twice.", got=twice)
        sources = dict(zip(paths, several, strict=True))
    if not sources:
        raise InputError("there is no recording to count.", hint="a study, or paths of recordings")
    return sources


def _of_study(study: Study) -> dict[str, Any]:
    runs = study.runs[study.runs["recording"].fillna("").astype(bool)]
    if runs.empty:
        raise InputError("no run of the study has a recording.", got=str(study.path))
    return {str(run): study.recording_path(run) for run in runs["run"]}


def _run(calls: Sequence[tuple[Any, tuple[Any, ...]]], n_jobs: int | None) -> list[Any]:
    """Call functions by joblib's workers and return what they return, or the error they raise."""
    import joblib

    # A preference, no demand: a back end that the caller has chosen goes before it.
    workers = joblib.Parallel(n_jobs=n_jobs, prefer="threads")
    return list(workers(joblib.delayed(_attempt)(call, *given) for call, given in calls))


def _attempt(call: Any, *given: Any) -> Any:
    # Back ends wrap errors in errors of their own, and which comes first is up to them.
    try:
        return call(*given)
    except ActivstatsError as error:
        return error


def _first_error(results: Sequence[Any]) -> None:
    for result in results:
        if isinstance(result, ActivstatsError):
            raise result
