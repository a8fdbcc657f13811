"""What `activstats powerlaw --bounded` shows: the theory's law of counts, its rivals, its exponent."""

from __future__ import annotations

from json import loads
from pathlib import Path
from typing import Any

import typer

from activstats.cli.output import show_json, show_text


def show_bounded(
    samples: list[Any],
    *,
    level: float,
    n_boot: int,
    seed: int,
    plot: Path | None,
    json: bool,
) -> None:
    """Fit the bounded law to each sample, and test its exponent where the samples are counts."""
    from activstats.figures.save import save_axes
    from activstats.laws.bounded import BoundedPowerLaw

    model = BoundedPowerLaw(level=level, n_boot=n_boot)
    fits = [model.fit(sample, rng=seed) for sample in samples]
    if plot is not None:
        if len(fits) > 1:
            raise typer.BadParameter("--plot is for one fit: say --layer and --rule")
        save_axes(fits[0].plot(), plot)
    found = [
        [fit, *_more(fit, sample, level, n_boot, seed)]
        for fit, sample in zip(fits, samples, strict=True)
    ]
    if json:
        show_json([{type(one).__name__: _plain(one) for one in several} for several in found])
    else:
        show_text("\n\n".join(one.summary() for several in found for one in several))


def _more(fit: Any, sample: Any, level: float, n_boot: int, seed: int) -> list[Any]:
    from activstats.laws.exponent import exponent_agreement

    more = [fit.compare()] if fit.fitted else []
    if hasattr(sample, "n_samples"):
        more.append(exponent_agreement(sample, level=level, n_boot=n_boot, rng=seed))
    return more


def _plain(result: Any) -> Any:
    if hasattr(result, "to_json"):
        return loads(result.to_json())
    return result.to_frame().to_dict("records")
