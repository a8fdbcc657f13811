"""`activstats plan`: how many samples and neurons a recording needs."""

from __future__ import annotations

from typing import Annotated

import typer

from activstats.cli.output import show_json, show_table


def plan(
    b: Annotated[float, typer.Option(help="A guess of the constant b.")] = 0.3,
    c_share: Annotated[
        float, typer.Option(help="Share of the neurons that a sample activates, c/N.")
    ] = 0.01,
    se: Annotated[
        float, typer.Option(help="Wanted standard error of ln b; .1 is about ±20 % at 95 %.")
    ] = 0.1,
    neurons: Annotated[
        list[int] | None, typer.Option(help="Size of the layer; may be repeated.")
    ] = None,
    samples: Annotated[
        list[int] | None, typer.Option(help="Number of samples; may be repeated.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say before recording how well b will be known, and what it takes to know it better.

    [bold]Examples[/bold]

      activstats plan --b 0.3 --c-share 0.01 --se 0.1

      activstats plan --neurons 512 --samples 1797 --json
    """
    from dataclasses import asdict

    from activstats.laws.recording_plan import plan as planned

    sizes = {"n_neurons": neurons, "n_samples": samples}
    found = planned(b, c_share, se, **{name: size for name, size in sizes.items() if size})
    if json:
        show_json(asdict(found))
        return
    show_table(found.to_frame(), title=found.summary())
