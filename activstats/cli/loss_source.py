"""Loss curves for commands: from a table in a file, or from the runs of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.cli.pool_source import conditions, is_table, table
from activstats.cli.quiet import remark
from activstats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from activstats.laws.loss.curve import LossCurve

# Columns that are looked for where none is named.
_SIZES, _LOSSES = ("n_train", "d", "D", "n_samples"), ("test_loss", "loss")
# A study's control runs are no part of the curve unless they are asked for.
_KIND, _TRAINED = "kind", "trained"


def loss_curves(
    source: str,
    *,
    d: str | None = None,
    loss: str | None = None,
    seed: str | None = "seed",
    width_column: str | None = "width",
    width: str | None = None,
    where: Sequence[str] = (),
) -> list[LossCurve]:
    """Return the loss curve of each width, or the only one.

    Parameters
    ----------
    source : str
        Folder of a study, or a table in a file.
    d, loss : str, optional
        Columns of sizes and losses; by default those of a study, or ``d`` and ``loss``.
    seed, width_column : str, optional
        Columns of seeds and widths, used if they are there.
    width : str, optional
        One width.
    where : sequence of str
        Rows to keep, as ``column=value``. Of a study, runs of another kind than ``trained`` are
        left out unless a condition names the kind.

    Returns
    -------
    list of LossCurve
        Rows without a loss are left out, and counted in the provenance as ``left_out``.

    Raises
    ------
    InputError
        If there is no such table, column or row.
    """
    from activstats.laws.loss.curve import LossCurve

    frame = table(source, {}) if is_table(source) else _runs(source)
    chosen = conditions(where)
    if not is_table(source) and _KIND in frame and _KIND not in chosen:
        chosen[_KIND] = _TRAINED
    if width is not None:
        chosen[_named(frame, width_column, ("width",), "--width-column")] = width
    sizes = _named(frame, d, _SIZES, "--d")
    losses = _named(frame, loss, _LOSSES, "--loss")
    frame = _kept(frame, chosen)
    with_loss = frame.dropna(subset=[sizes, losses])
    known = {"source": source, "left_out": len(frame) - len(with_loss)} | chosen
    if known["left_out"]:
        several = known["left_out"] != 1
        remark(
            f"{known['left_out']} row{'s' * several} without a loss {'are' if several else 'is'} left out"
        )
    if with_loss.empty:
        raise InputError(
            f"no row of '{source}' has a loss.", got=f"{len(frame)} row{'s' * (len(frame) != 1)}"
        )
    curve = LossCurve.from_frame(
        with_loss, sizes, losses, seed=seed, width=width_column, provenance=known
    )
    return [curve] if curve.width is None else list(curve.by_width().values())


def _runs(source: str) -> pd.DataFrame:
    from activstats.counts import open_study

    return open_study(source).runs


def _named(frame: pd.DataFrame, named: str | None, usual: tuple[str, ...], option: str) -> str:
    """Return the column that was named, or the first of the usual ones that is there."""
    found = [name for name in ((named,) if named else usual) if name in frame]
    if not found:
        raise InputError(
            f"the table has no column '{named or usual[0]}'.",
            got=", ".join(map(str, frame.columns)),
            hint=f"name it with {option}",
        )
    return found[0]


def _kept(frame: pd.DataFrame, chosen: dict[str, object]) -> pd.DataFrame:
    for column, value in chosen.items():
        name = _named(frame, column, (), "--where")
        kept = frame[frame[name].astype(str) == str(value)]
        if kept.empty:
            known = ", ".join(map(str, frame[name].unique()[:8]))
            raise InputError(f"no row has {name} = {value}.", got=known or "no row")
        frame = kept
    return frame
