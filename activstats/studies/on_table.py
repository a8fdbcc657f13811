"""A study on one table, the digits or a user's own: split once, and handed to every run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from activstats.studies.making import Run, make_study
from activstats.studies.splits import Splits, split_table
from activstats.studies.table import load_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class TableSettings(Protocol):
    """Settings of a study on a table."""

    def to_dict(self) -> dict[str, object]:
        """Return the settings as plain values."""


Settings = TypeVar("Settings", bound=TableSettings)


@dataclass(frozen=True, eq=False)
class OnTable(Generic[Settings]):
    """What every run is handed.

    Parameters
    ----------
    splits : Splits
        Of the table.
    settings : object
        Of the study.
    """

    splits: Splits
    settings: Settings


def make_on_table(
    out: Path | str,
    runs: Sequence[Run],
    perform: Callable[[Any, OnTable[Any], Path], Any],
    *,
    settings: Any,
    data: Path | str | None,
    target: str | int | None,
    **how: Any,
) -> Path:
    """Make a study whose runs all see one table.

    Parameters
    ----------
    out, runs, perform
        As for `make_study`; `perform` is handed an `OnTable`.
    settings : object
        Settings of the study, with the shares of the table that are never trained on.
    data, target : path and str or int, optional
        A table of your own and the column of its labels; the digits otherwise.
    **how
        The other arguments of `make_study`.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError, DomainError, StudyError
        As for `run_study`.
    """
    table = load_table(data, target)
    return make_study(
        out,
        runs,
        perform,
        settings={**settings.to_dict(), "data": table.fingerprint()},
        given=OnTable(split_table(table, settings), settings),
        **how,
    )
