"""A study of stamina, read and judged: evidence, verdicts, and the page that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from activstats.claims import even_use, firing_not_size, unused_neurons
from activstats.claims.holm import with_holm
from activstats.claims.stamina_evidence import StaminaEvidence
from activstats.counts import open_study
from activstats.report.writing import OnePage

if TYPE_CHECKING:
    from activstats.claims.verdict import Verdict
    from activstats.dynamics.stamina_result import StaminaLedgerResult

_CLAIMS = (unused_neurons, even_use, firing_not_size)


@dataclass(frozen=True, eq=False)
class StaminaExamination(OnePage):
    """Verdicts on a study of stamina, with what they rest on.

    Parameters
    ----------
    path : path
        Folder of the study.
    evidence : StaminaEvidence
        Its layers.
    verdicts : tuple of Verdict
        One a claim, p-values adjusted for their number.
    ledger : StaminaLedgerResult or None
        Of the first run's recording, if it is there.
    """

    path: Path
    evidence: StaminaEvidence
    verdicts: tuple[Verdict, ...]
    ledger: StaminaLedgerResult | None

    def page(self) -> str:
        """Return the report as HTML that needs nothing else."""
        from activstats.report.stamina_section import stamina_page

        return stamina_page(self.evidence, self.verdicts, self.ledger, str(self.path))

    def to_dict(self) -> dict[str, Any]:
        """Return the verdicts in the types that JSON has."""
        return {"study": str(self.path), "verdicts": [one.to_dict() for one in self.verdicts]}


def examine_stamina(path: Path | str) -> StaminaExamination:
    """Read a study of stamina and judge its claims.

    Parameters
    ----------
    path : path
        Folder of the study.

    Returns
    -------
    StaminaExamination

    Raises
    ------
    StudyError
        If it is another study.
    RecordingNotFoundError
        If there is none.
    """
    from activstats.studies.stamina_study import layers_of

    study = open_study(path)
    evidence = StaminaEvidence(layers_of(study.runs))
    verdicts = with_holm([claim.decide(evidence) for claim in _CLAIMS])
    return StaminaExamination(Path(path), evidence, verdicts, _first_ledger(study))


def _first_ledger(study: Any) -> StaminaLedgerResult | None:
    from activstats.errors import RecordingError
    from activstats.stamina_reading import each_ledger

    try:
        return next(each_ledger(study.recording(str(study.runs["run"].iloc[0]))), None)
    except RecordingError:  # a table of runs may travel without its recordings
        return None
