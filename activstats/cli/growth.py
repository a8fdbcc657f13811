"""`activstats growth`: fit the growth law to a recording."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from warnings import warn

import typer

from activstats.cli.completing import layers_of, rules_of
from activstats.cli.output import show_json, show_table, show_text
from activstats.cli.picture import picture

if TYPE_CHECKING:
    from activstats.counts import Counts

COLUMNS = [
    "layer", "rule", "n_neurons", "n_samples", "k", "c", "b", "b_low", "b_high", "d_star", "misfit",
    "status",
]  # fmt: skip


def growth(
    recording: Annotated[str, typer.Argument(help="Folder or URI of a recording.")],
    layer: Annotated[
        str | None, typer.Option(help="One layer; all by default.", autocompletion=layers_of)
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="One rule; all by default.", autocompletion=rules_of)
    ] = None,
    step: Annotated[int, typer.Option(help="A recorded step; -1 is the last.")] = -1,
    method: Annotated[str, typer.Option(help="likelihood, hazard or curve.")] = "likelihood",
    likelihood: Annotated[
        str,
        typer.Option(help="beta-binomial, dirichlet-multinomial, zero-inflated or zero-truncated."),
    ] = "beta-binomial",
    law: Annotated[str, typer.Option(help="exact, or mean-field with --method curve.")] = "exact",
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    predict: Annotated[
        list[int] | None, typer.Option(help="Expected K after so many samples; may be repeated.")
    ] = None,
    checks: Annotated[
        bool,
        typer.Option(
            "--checks",
            help="Also: goodness of fit, other laws of counts and, from a mask recording, the "
            "two-way interval and tests of order.",
        ),
    ] = False,
    n_boot: Annotated[int, typer.Option(help="Draws and orders of the checks.")] = 999,
    seed: Annotated[int, typer.Option(min=0, help="Of these draws.")] = 0,
    sweep: Annotated[bool, typer.Option("--sweep", help="Set all recorded rules side by side.")] = (
        False
    ),
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Draw one layer and rule, or the sweep: .svg, .png, .pdf.", callback=picture
        ),
    ] = None,
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave out shards that cannot be read.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Fit the growth law: the constant b with its interval, for each layer and rule.

    [bold]Examples[/bold]

      activstats growth runs/a

      activstats growth runs/a --layer relu --rule top1% --plot growth.svg

      activstats growth runs/a --rule top1% --checks --predict 100000

      activstats growth runs/a --sweep --json
    """
    import pandas as pd

    from activstats.counts import each_counts, open_recording
    from activstats.laws.growth import GrowthLaw

    model = GrowthLaw(method=method, likelihood=likelihood, law=law, level=level)
    opened = open_recording(recording)
    on_damage: Any = "skip" if skip_damaged else "raise"
    if sweep:
        _sweep(opened, layer, step, model, on_damage, plot=plot, as_json=json)
        return
    several = list(each_counts(opened, layer, rule, step=step, on_damage=on_damage))
    _warn_of_nonfinite(several)
    results = [model.fit(counts) for counts in several]
    _plot(results, plot)
    more = [
        [
            *_predictions(result, predict),
            *(_checks(opened, result, step, n_boot, seed) if checks else []),
        ]
        for result in results
    ]
    if json:
        show_json([_as_json(result, found) for result, found in zip(results, more, strict=True)])
    elif len(results) == 1 or any(more):
        for result, found in zip(results, more, strict=True):
            show_text("\n\n".join(one.summary() for one in (result, *found)))
    else:
        show_table(pd.concat([result.to_frame() for result in results])[COLUMNS])


def _sweep(
    recording: Any,
    layer: str | None,
    step: int,
    model: Any,
    on_damage: Any,
    *,
    plot: Path | None,
    as_json: bool,
) -> None:
    from activstats.fitting import sweep_recording

    sweeps = sweep_recording(recording, layer=layer, step=step, law=model, on_damage=on_damage)
    _plot(sweeps, plot)
    if as_json:
        show_json([_as_json(one, []) for one in sweeps])
    else:
        show_text("\n\n".join(one.summary() for one in sweeps))


def _warn_of_nonfinite(several: list[Counts]) -> None:
    from activstats.counts.summary import nonfinite_words
    from activstats.errors import ActivstatsWarning

    for counts in several:
        if counts.nonfinite_share > 0:
            said = f"{nonfinite_words(counts.nonfinite_share)}, which count as not activated"
            warn(f"{counts.provenance['layer']}: {said}", ActivstatsWarning, stacklevel=2)


def _plot(results: list[Any], path: Path | None) -> None:
    from activstats.figures.save import save_axes

    if path is None:
        return
    if len(results) > 1:
        raise typer.BadParameter("--plot draws one fit: say --layer and --rule")
    save_axes(results[0].plot(), path)


def _predictions(result: Any, sizes: list[int] | None) -> list[Any]:
    return [result.predict(sizes)] if sizes else []


def _checks(recording: Any, result: Any, step: int, n_boot: int, seed: int) -> list[Any]:
    from activstats.laws.comparison import compare_laws
    from activstats.laws.order import order_tests

    found: list[Any] = [compare_laws(result.histogram)]
    if result.status.value != "not_identifiable":
        found.insert(0, result.goodness_of_fit(n_boot, rng=seed))
    if recording.info.mode == "mask":
        layer, rule = result.provenance["layer"], result.provenance["rule"]
        mask = recording.mask(layer, rule, step=step)
        found += [result.two_way(mask), order_tests(mask, n_permutations=n_boot, rng=seed)]
    return found


def _as_json(result: Any, more: list[Any]) -> dict[str, Any]:
    from json import loads

    content: dict[str, Any] = loads(result.to_json())
    for one in more:
        if hasattr(one, "to_json"):
            content[type(one).__name__] = loads(one.to_json())
        else:
            content[type(one).__name__] = one.to_frame().to_dict("records")
    return content
