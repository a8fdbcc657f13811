"""Counts in words and figures."""

from __future__ import annotations

from activstats.counts.counts import Counts


def summary(counts: Counts) -> str:
    """Return the counts in words and figures, a line each, and a warning where one is due."""
    origin = [(key, str(value)) for key, value in counts.provenance.items()]
    half, most = counts.samples_to(0.5), counts.samples_to(0.9)
    figures = [
        ("N", f"{counts.n_neurons} neurons"),
        ("D", f"{counts.n_samples} samples"),
        ("c", f"{counts.c:.4g} neurons a sample, c/N {counts.c / counts.n_neurons:.4g}"),
        ("K", f"{counts.k} neurons activated at least once"),
        ("dead", f"{counts.dead_share:.1%} of the neurons"),
        ("always on", f"{counts.always_on_share:.1%} of the neurons"),
        ("50 % of K", "never" if half is None else f"after {half} samples"),
        ("90 % of K", "never" if most is None else f"after {most} samples"),
    ]
    if counts.nonfinite_share >= 0:  # known
        figures.append(("not finite", f"{counts.nonfinite_share:.3g} of the activations"))
    lines = [f"{label:<11} {text}" for label, text in [*origin, *figures]]
    return "\n".join([*lines, *nonfinite_warning(counts.nonfinite_share)])


def nonfinite_warning(share: float) -> list[str]:
    """Return a sentence on activations that were not finite, nothing where all of them were."""
    if not share > 0:
        return []
    return [
        (
            f"warning: {nonfinite_words(share)}. They count as not activated, so counts, c and K are too low; "
            "look for the cause in the model or its data."
        )
    ]


def nonfinite_words(share: float) -> str:
    """Say how many activations were not finite."""
    return f"{100 * share:.3g} % of the activations were NaN or infinite"
