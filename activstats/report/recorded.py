"""What was recorded, and where it comes from: label and words, a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from activstats.claims.evidence import RANDOM_LABELS, TRAINED, UNTRAINED
from activstats.claims.words import counted, grouped, listed, percent, rule_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from activstats.claims.evidence import Evidence
    from activstats.report.origin import Origin

_HASH_SHOWN = 16
_KINDS = {
    TRAINED: "trained",
    UNTRAINED: "untrained",
    RANDOM_LABELS: "trained on random labels",
    "same start": "trained from one start in several orders",
    "deep": "of several hidden layers",
    "gated blocks": "with gated blocks",
    "relu blocks": "with ReLU blocks",
    "gelu blocks": "with GELU blocks",
    "linear softmax": "linear softmax",
    "nearest neighbours": "nearest neighbours",
    "random forest": "random forest",
}


def what_was_recorded(evidence: Evidence, origin: Origin) -> tuple[tuple[str, str], ...]:
    """Return the rows of the section on what was recorded; those without words are left out."""
    runs = evidence.runs
    trained = runs[runs["kind"] == TRAINED]
    kinds = [
        f"{grouped(int((runs['kind'] == kind).sum()))} {name}"
        for kind, name in _KINDS.items()
        if (runs["kind"] == kind).any()
    ]
    rows = (
        ("Data", _data(evidence, origin)),
        ("Runs", f"{grouped(len(runs))}: {listed(kinds)}" if kinds else grouped(len(runs))),
        # Learners without hidden neurons have no width.
        ("Widths N", _numbers(runs.loc[runs["width"] > 0, "width"].unique())),
        ("Training samples D", _numbers(trained["n_train"].unique())),
        ("Seeds", _numbers(runs["seed"].unique())),
        ("Training", _training(origin)),
        ("Splits", _splits(origin)),
        ("Layers", listed(sorted({fit.layer for fit in evidence.fits}))),
        ("Activation rules", listed([rule_words(rule) for rule in evidence.rules])),
        ("Recorded samples", _samples(evidence, origin)),
        ("Along training", _along(evidence)),
    )
    # What a study says of itself goes before what is made up from its settings.
    said = dict(origin.description.get("about", {}))
    told = [(label, str(said.pop(label, words))) for label, words in rows]
    return tuple((label, words) for label, words in [*told, *said.items()] if words)


def provenance(evidence: Evidence, origin: Origin) -> tuple[tuple[str, str], ...]:
    """Return the rows on versions, hashes and the command that makes it all anew."""
    first, last = (time.replace("T", " ").replace("+00:00", " UTC") for time in origin.created)
    rows = (
        ("Command", origin.command),
        ("Study", origin.study),
        ("Recorded", first if first == last else f"{first} to {last}"),
        ("Versions", "; ".join(_versions(v) for v in origin.versions)),
        ("Settings and data, sha256", str(origin.description.get("hash", ""))),
        ("Table, sha256", str(origin.description.get("data", {}).get("sha256", ""))),
        ("Runs table, sha256", origin.runs_sha256),
        ("Weights, sha256", _weights(evidence, origin)),
    )
    return tuple((label, words) for label, words in rows if words)


def _data(evidence: Evidence, origin: Origin) -> str:
    data = origin.description.get("data", {})
    if not data:
        names = evidence.runs["dataset"].unique() if "dataset" in evidence.runs else ()
        return listed([str(name) for name in names]) if len(names) else ""
    return (
        f"{data['name']}: {counted(int(data['rows']), 'row')}, "
        f"{counted(int(data['features']), 'feature')}, "
        f"{counted(len(data['classes']), 'class', 'classes')}{_largest(data)}"
    )


def _largest(data: Mapping[str, Any]) -> str:
    if "largest_class" not in data:
        return ""
    return f", the largest of {percent(data['largest_class'])} of the rows"


def _training(origin: Origin) -> str:
    settings = origin.description.get("settings", {})
    if not {"learning_rate", "batch_size", "steps", "validation_every"} <= set(settings):
        return ""
    return (
        f"one hidden ReLU layer, Adam at {settings['learning_rate']:g}, batches of "
        f"{settings['batch_size']}, {counted(int(settings['steps']), 'step')} for every run; the "
        f"checkpoint with the lowest validation loss, looked for at each of the first "
        f"{counted(int(settings['validation_every']), 'step')} and every "
        f"{settings['validation_every']} from there"
    )


def _splits(origin: Origin) -> str:
    settings = origin.description.get("settings", {})
    if not {"validation_share", "test_share"} <= set(settings):
        return ""
    validation, test = settings["validation_share"], settings["test_share"]
    return (
        f"at random, the same for all runs: {100 * (1 - validation - test):.0f} % to train on, "
        f"{100 * validation:.0f} % validation, {100 * test:.0f} % test; features standardised by the "
        "first of them"
    )


def _samples(evidence: Evidence, origin: Origin) -> str:
    sizes = {fit.fit.n_samples for fit in evidence.fits}
    if not sizes:
        return ""
    units = ["token"] if evidence.examination.n_documents else list(origin.units)
    unit = f"; one sample is one {listed(units)}" if units else ""
    return f"{_numbers(sizes)} in every recording{unit}"


def _along(evidence: Evidence) -> str:
    if not evidence.along:
        return ""
    runs = {fit.run for fit in evidence.along}
    steps = {fit.step for fit in evidence.along}
    samples = {fit.fit.n_samples for fit in evidence.along}
    return (
        f"{counted(len(runs), 'run')} of width {_numbers({fit.width for fit in evidence.along})}, at "
        f"{counted(len(steps), 'step')} from {min(steps)} to {grouped(max(steps))}, on a fixed set of "
        f"{_numbers(samples)} samples"
    )


def _numbers(numbers: Iterable[int]) -> str:
    return listed([grouped(int(number)) for number in sorted(numbers)])


def _versions(versions: object) -> str:
    return ", ".join(f"{name} {version}" for name, version in dict(versions).items())  # type: ignore[call-overload]


def _weights(evidence: Evidence, origin: Origin) -> str:
    """Return the hashes of the runs that the verdict rests on."""
    runs = dict.fromkeys(fit.run for fit in evidence.fits if fit.kind == TRAINED)
    known = [(run, origin.weights.get(run, "")) for run in runs]
    return ", ".join(f"{run} {text[:_HASH_SHOWN]}…" for run, text in known if text)
