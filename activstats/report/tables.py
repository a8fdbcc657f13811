"""Tables of a report: cells of text, ready to be set, with columns that line up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    head : str
        What stands in it, with its unit.
    group : str
        Heading over several neighbouring columns; empty if there is none.
    words : bool
        Words stand at the left, numbers at the right.
    """

    head: str
    group: str = ""
    words: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text : str
        What it says.
    span : int
        Columns it takes.
    words : bool
        Whether it says in words why there is no number.
    """

    text: str
    span: int = 1
    words: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows under a common heading.

    Parameters
    ----------
    head : str
        The heading; empty if there is none.
    rows : tuple of tuple of Cell
        The cells of each row.
    """

    head: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters
    ----------
    caption : str
        What it shows.
    columns : tuple of Column
        From left to right.
    body : tuple of Rows
        From top to bottom.
    note : str
        Words below it.
    """

    caption: str
    columns: tuple[Column, ...]
    body: tuple[Rows, ...]
    note: str = ""

    @property
    def has_groups(self) -> bool:
        """Whether some columns have a common heading."""
        return any(column.group for column in self.columns)

    @property
    def starts(self) -> tuple[bool, ...]:
        """Whether each column is the first of a common heading."""
        before = ("", *(column.group for column in self.columns))
        pairs = zip(self.columns, before, strict=False)
        return tuple(bool(column.group) and column.group != left for column, left in pairs)

    def placed(self, row: tuple[Cell, ...]) -> list[tuple[Cell, Column, bool]]:
        """Return the cells of a row with the column each begins in, and whether a group does."""
        places = accumulate((cell.span for cell in row[:-1]), initial=0)
        return [
            (cell, self.columns[place], self.starts[place])
            for cell, place in zip(row, places, strict=True)
        ]

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """Common headings with the number of columns each takes.

        Examples
        --------
        >>> Table("", (Column("N"), Column("b", "trained"), Column("SE", "trained")), ()).groups
        (('', 1), ('trained', 2))
        """
        found: list[tuple[str, int]] = []
        for column in self.columns:
            if found and column.group and found[-1][0] == column.group:
                found[-1] = (column.group, found[-1][1] + 1)
            else:
                found.append((column.group, 1))
        return tuple(found)


def cells(*texts: str) -> tuple[Cell, ...]:
    """Return plain cells."""
    return tuple(Cell(text) for text in texts)
