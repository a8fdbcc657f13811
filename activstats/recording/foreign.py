"""Whether the description of a recording and what its shards repeat of it are of one recording."""

from __future__ import annotations

from dataclasses import replace

from activstats.recording.layout import PARAMETERS, Stream, run_file
from activstats.recording.run_info import LayerInfo, RunInfo, parse_essentials
from activstats.recording.shard_scan import ShardScan
from activstats.recording.verify_report import Problem


def judge_foreign(
    infos: tuple[RunInfo | None, ...],
    scans: dict[str, ShardScan],
    problems: list[Problem],
) -> tuple[RunInfo | None, ...]:
    """Compare each description with the footers of its shards, and the odd one out is broken.

    A description has no checksum, but every shard repeats what is essential of it. Where most of them
    contradict it, the description is what is broken; where a few do, they are of another recording.

    Parameters
    ----------
    infos : tuple of RunInfo or None
        By rank.
    scans : dict of str to ShardScan
        By path; those of another recording get a fault.
    problems : list of Problem
        Added to.

    Returns
    -------
    tuple of RunInfo or None
        The descriptions, None for those that are broken.
    """
    judged: list[RunInfo | None] = []
    for rank, info in enumerate(infos):
        mine = {
            path: words
            for path, scan in scans.items()
            if scan.entry.stream.rank == rank and not scan.faults
            if (words := _contradiction(scan, info)) is not None
        }
        against = {path: words for path, words in mine.items() if words}
        if 2 * len(against) > len(mine):
            said = f"its shards say {next(iter(against.values()))}"
            problems.append(Problem("description", run_file(rank), said))
            judged.append(None)
            continue
        for path, words in against.items():
            fault = f"is of another recording: {words}"
            scans[path] = replace(scans[path], faults=(fault,))
            problems.append(Problem("damaged", path, fault))
        judged.append(info)
    return tuple(judged)


def _contradiction(scan: ShardScan, info: RunInfo | None) -> str | None:
    """Return what a shard says otherwise, empty for nothing; None where nothing can be compared."""
    own = parse_essentials(scan.essentials)
    if own is None or info is None:
        return None
    for name in ("mode", "values_dtype"):
        ours, theirs = getattr(own, name), getattr(info, name)
        if ours != theirs:
            return f"{name} '{ours}', not '{theirs}'"
    stream = scan.entry.stream
    mine, other = _layer(own, stream), _layer(info, stream)
    if stream.kind == PARAMETERS or mine is None:
        return ""
    if other is None:
        return f"layer '{stream.layer}', which it does not know"
    if mine.n_neurons != other.n_neurons:
        return f"{mine.n_neurons} neurons, not {other.n_neurons}"
    return "" if stream.rule in ("", *other.rules) else f"rule '{stream.rule}', unknown to it"


def _layer(info: RunInfo, stream: Stream) -> LayerInfo | None:
    return next((layer for layer in info.layers if layer.layer == stream.layer), None)
