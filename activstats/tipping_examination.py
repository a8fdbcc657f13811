"""A study of tipping points, read and judged: evidence, verdicts, and the page that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from activstats.claims import (
    masking_and_accuracy,
    masking_and_tipping,
    tipping_and_size,
    tipping_exists,
)
from activstats.claims.holm import with_holm
from activstats.claims.tipping_evidence import NONE, TippingEvidence
from activstats.counts import open_study
from activstats.dynamics.tipping_places import DEFINITIONS
from activstats.errors import StudyError
from activstats.report.writing import OnePage

if TYPE_CHECKING:
    import pandas as pd

    from activstats.claims.verdict import Verdict

_CLAIMS = (tipping_exists, tipping_and_size, masking_and_tipping, masking_and_accuracy)
_NEEDED = ("optimizer", "width", "masking", "learning_rate", "seed", "firing_rate", "speed")


@dataclass(frozen=True, eq=False)
class TippingExamination(OnePage):
    """Verdicts on a study of tipping points, with what they rest on.

    Parameters
    ----------
    path : path
        Folder of the study.
    evidence : TippingEvidence
        Its runs.
    verdicts : tuple of Verdict
        One a claim and optimiser, p-values adjusted for their number.
    """

    path: Path
    evidence: TippingEvidence
    verdicts: tuple[Verdict, ...]

    def points(self) -> pd.DataFrame:
        """Return the tipping points, a row for each arm and definition."""
        import pandas as pd

        rows = []
        for optimizer in self.evidence.optimizers:
            for width in self.evidence.widths:
                for masking in self.evidence.maskings:
                    arm = self.evidence.arm(optimizer, width, masking)
                    rows += [
                        arm.tipping(name)
                        .to_frame()
                        .assign(optimizer=optimizer, width=width, masking=masking)
                        for name in DEFINITIONS
                    ]
        return pd.concat(rows, ignore_index=True).drop(columns="arm")

    def page(self) -> str:
        """Return the report as HTML that needs nothing else."""
        from activstats.report.tipping_section import tipping_page

        return tipping_page(self.evidence, self.verdicts, str(self.path))

    def to_dict(self) -> dict[str, Any]:
        """Return verdicts, shifts and tipping points in the types that JSON has."""
        from json import loads

        shifts = [self.evidence.shift(one, NONE) for one in self.evidence.optimizers]
        return {
            "study": str(self.path),
            "verdicts": [one.to_dict() for one in self.verdicts],
            "shifts": [loads(one.to_json()) for one in shifts],
            "points": loads(self.points().to_json(orient="records")),
        }


def examine_tipping(path: Path | str) -> TippingExamination:
    """Read a study of tipping points and judge its claims, for each optimiser apart.

    Parameters
    ----------
    path : path
        Folder of the study.

    Returns
    -------
    TippingExamination

    Raises
    ------
    StudyError
        If it is another study.
    RecordingNotFoundError
        If there is none.
    """
    runs = open_study(path).runs
    if missing := [name for name in _NEEDED if name not in runs]:
        raise StudyError(
            "this is no study of tipping points.",
            got=f"no column '{missing[0]}'",
            hint="activstats study tipping",
        )
    evidence = TippingEvidence(runs)
    verdicts = with_holm(
        [claim.decide(evidence, one) for one in evidence.optimizers for claim in _CLAIMS]
    )
    return TippingExamination(Path(path), evidence, verdicts)
