"""`activstats table`: one row a layer, rule and step, for the screen or a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from activstats.cli.completing import layers_of, rules_of
from activstats.cli.output import show_json, show_table, show_text

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet", ".tex")
SHOWN = [
    "recording", "layer", "rule", "step", "n_neurons", "c_share", "dead_share", "b", "b_low", "b_high",
    "misfit", "alpha", "n_tail", "p", "verdict",
]  # fmt: skip


def table(
    sources: Annotated[list[str], typer.Argument(help="Studies or recordings: folders or URIs.")],
    layer: Annotated[
        str | None, typer.Option(help="One layer; all by default.", autocompletion=layers_of)
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="One rule; all by default.", autocompletion=rules_of)
    ] = None,
    step: Annotated[str, typer.Option(help="A recorded step, -1 the last, or 'each'.")] = "-1",
    n_boot: Annotated[int, typer.Option(help="Replicates behind the tail’s p; 0 for none.")] = 99,
    seed: Annotated[int, typer.Option(help="Seed of the replicates.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write it: .csv, .parquet or .tex.")
    ] = None,
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave out shards that cannot be read.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Set layers side by side: N, c/N, dead, always on, b, misfit, tail, verdict, warning.

    [bold]Examples[/bold]

      activstats table runs/a runs/b

      activstats table demo --rule top1% -o table.csv

      activstats table runs/a --step each -o table.tex
    """
    from activstats.summarising import summary_table

    if n_boot < 0 or seed < 0:
        raise typer.BadParameter("--n-boot and --seed are whole numbers, not negative")
    if out is not None and out.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"--out is a file with the suffix {', '.join(SUFFIXES)}")
    frame = summary_table(
        sources,
        layer=layer,
        rule=rule,
        step=_step(step),
        n_boot=n_boot,
        rng=seed,
        on_damage="skip" if skip_damaged else "raise",
    )
    if out is not None:
        write(frame, out)
    if json:
        show_json(frame.to_dict("records"))
        return
    show_table(frame[SHOWN])
    for row in frame[frame["warning"] != ""].itertuples():
        show_text(f"{row.recording} {row.layer} {row.rule} step {row.step}: {row.warning}")
    if out is not None:
        show_text(f"table: {out}")


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table by its suffix, whole or not at all.

    Raises
    ------
    InputError
        If it cannot be written there.
    """
    from activstats.errors import InputError
    from activstats.recording.atomic import write_then_rename

    temporary = path.with_name(f".tmp-{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_then_rename(temporary, path, memoryview(_content(frame, path.suffix.lower())))
    except OSError as error:
        raise InputError(
            "the table cannot be written.", got=f"{path}: {error.strerror or error}"
        ) from error


def _content(frame: pd.DataFrame, suffix: str) -> bytes:
    if suffix == ".parquet":
        written: bytes = frame.to_parquet(None, index=False)
        return written
    text = frame.to_csv(None, index=False) if suffix == ".csv" else as_latex(frame)
    return text.encode()


def as_latex(frame: pd.DataFrame) -> str:
    r"""Return a table as LaTeX, for the package booktabs.

    Examples
    --------
    >>> import pandas as pd
    >>> r"within 5 \%" in as_latex(pd.DataFrame({"verdict": ["within 5 %"]}))
    True
    """
    columns = list(frame.columns)
    lines = [r"\begin{tabular}{" + "l" * len(columns) + "}", r"\toprule"]
    lines.append(" & ".join(map(_latex, columns)) + r" \\")
    lines.append(r"\midrule")
    lines += [
        " & ".join(_latex(value) for value in row) + r" \\"
        for row in frame.itertuples(index=False, name=None)
    ]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


# pandas' own to_latex needs a styler and a library more.
_MARKS = str.maketrans(
    {mark: rf"\{mark}" for mark in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {">": r"$>$", "<": r"$<$", "−": "$-$", "α": r"$\alpha$"}
)


def _latex(value: object) -> str:
    if isinstance(value, float):
        return "--" if value != value else r"$\infty$" if value == float("inf") else f"{value:.4g}"  # noqa: PLR0124
    return str(value).translate(_MARKS)


def _step(text: str) -> int | Literal["each"]:
    if text == "each":
        return "each"
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"--step is a number or 'each', not '{text}'") from None
