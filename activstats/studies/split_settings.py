"""What a split of a table needs to know of the settings of a study."""

from __future__ import annotations

from typing import Protocol


class SplitSettings(Protocol):
    """What settings of a study say about the splits of its table."""

    @property
    def validation_share(self) -> float:
        """Share of the rows that choose the checkpoint."""

    @property
    def test_share(self) -> float:
        """Share of the rows that are only reported on."""

    @property
    def split_seed(self) -> int:
        """Decides which rows these are."""
