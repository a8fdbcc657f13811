"""`activstats design`: which training-set sizes and seeds place the transition of a loss curve."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table


def design(
    d_star: Annotated[
        float | None, typer.Option(help="A guess of D* = bN/c, in samples; or --steepest.")
    ] = None,
    steepest: Annotated[
        float | None, typer.Option(help="A guess of N/c, where the loss falls fastest, instead.")
    ] = None,
    b: Annotated[float, typer.Option(help="A guess of the constant b.")] = 0.3,
    cv: Annotated[float, typer.Option(help="Noise of a run, relative to its loss.")] = 0.02,
    floor_share: Annotated[
        float, typer.Option(help="Lowest loss over the loss on the plateau.")
    ] = 0.2,
    runs: Annotated[
        int | None, typer.Option(help="Most networks to train; 36 unless --samples is said.")
    ] = None,
    samples: Annotated[
        float | None, typer.Option(help="Most training samples, over all runs.")
    ] = None,
    decades_below: Annotated[float, typer.Option(help="Decades of D below D*.")] = 1.0,
    decades_above: Annotated[float, typer.Option(help="Decades of D above D*.")] = 2.0,
    least: Annotated[float, typer.Option(help="Smallest training set that can be had.")] = 1,
    most: Annotated[float, typer.Option(help="Largest training set that can be had.")] = math.inf,
    level: Annotated[float, typer.Option(help="Confidence level.")] = 0.95,
    simulations: Annotated[
        int, typer.Option(help="Curves drawn to see how often the test finds it; 0 for none.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Seed of the drawn curves.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say before training which sizes and seeds place the transition of a loss curve, and how well.

    [bold]Examples[/bold]

      activstats design --d-star 200 --b 0.3 --cv 0.02 --runs 36

      activstats design --steepest 5000 --b 0.5 --samples 1e6 --most 60000 --json
    """
    from activstats.laws.loss.design import plan_transition

    if seed < 0 or simulations < 0:
        raise typer.BadParameter("--seed and --simulations are whole numbers, not negative")
    found = plan_transition(
        d_star,
        b,
        steepest=steepest,
        cv=cv,
        floor_share=floor_share,
        runs=runs,
        samples=samples,
        decades_below=decades_below,
        decades_above=decades_above,
        least=least,
        most=most,
        level=level,
        n_simulations=simulations,
        rng=seed,
    )
    if json:
        show_json(found.to_dict())
        return
    show_table(found.to_frame(), title=found.summary())
